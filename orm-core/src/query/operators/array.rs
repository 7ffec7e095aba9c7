//! Floor 2: the operators of arrays.

use crate::query::argument::{argument, operand};
use crate::query::expression::BinaryOperator;
use crate::query::{Both, ColumnElement, Combined, Condition, DataTypeOf, Expr, Expression, Operand};
use crate::types::{ArrayElement, ColumnType, DataType};

/// A data type that is an array.
///
/// ```
/// # use orm_core::query::Array;
/// fn holds_texts<T: Array<Element = String>>() {}
/// holds_texts::<Vec<String>>();
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` is not an array", label = "an array is expected")]
pub trait Array: DataType {
    /// The data type of its elements.
    type Element: ArrayElement;
}

impl<T: ArrayElement> Array for Vec<T> {
    type Element = T;
}

pub(crate) type ElementOf<E> = <DataTypeOf<E> as Array>::Element;

fn condition<E: ColumnElement, D, O: Operand<D>>(
    left: E,
    operator: &'static str,
    right: O,
) -> Condition<Both<E::Sources, O::Sources>> {
    Condition::new(left.into_expr().expression.binary(BinaryOperator::Other(operator), operand(right)))
}

/// Operators of arrays. Elements that are NULL are an error when they are read.
///
/// ```
/// # use orm_core::{func, prelude::*};
/// let tags = func::string_to_array("a,b", ",");
/// assert_eq!(
///     format!("{:?}", tags.overlaps(["a"])),
///     "Condition(string_to_array($1::text, $2::text) && $3::text[])"
/// );
/// ```
pub trait ArrayOperators: ColumnElement<Type: ColumnType<NotNull: Array>> {
    /// `@>`: whether all elements of the other are in it.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*};
    /// let condition = func::value(vec![1, 4, 3]).contains([3, 1]);
    /// assert_eq!(format!("{condition:?}"), "Condition($1::integer[] @> $2::integer[])");
    /// ```
    fn contains<O: Operand<DataTypeOf<Self>>>(self, other: O) -> Condition<Both<Self::Sources, O::Sources>> {
        condition(self, "@>", other)
    }

    /// `<@`: whether all of its elements are in the other.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*};
    /// let condition = func::value(vec![2, 7]).contained_by(vec![1, 7, 4, 2]);
    /// assert_eq!(format!("{condition:?}"), "Condition($1::integer[] <@ $2::integer[])");
    /// ```
    fn contained_by<O: Operand<DataTypeOf<Self>>>(
        self,
        other: O,
    ) -> Condition<Both<Self::Sources, O::Sources>> {
        condition(self, "<@", other)
    }

    /// `&&`: whether they have an element in common.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*};
    /// let condition = func::value(vec![1, 4]).overlaps(vec![2, 1]);
    /// assert_eq!(format!("{condition:?}"), "Condition($1::integer[] && $2::integer[])");
    /// ```
    fn overlaps<O: Operand<DataTypeOf<Self>>>(self, other: O) -> Condition<Both<Self::Sources, O::Sources>> {
        condition(self, "&&", other)
    }

    /// `value = ANY (array)`: whether the value is one of its elements.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*};
    /// assert_eq!(format!("{:?}", func::value(vec![1, 4]).has(4)), "Condition($1::integer = ANY ($2::integer[]))");
    /// ```
    fn has<O: Operand<ElementOf<Self>>>(self, value: O) -> Condition<Both<Self::Sources, O::Sources>> {
        let any = Expression::Syntax(vec!["ANY (", ")"], vec![self.into_expr().expression]);
        Condition::new(operand(value).binary(BinaryOperator::Equal, any))
    }

    /// `||`: its elements and those of the other.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*};
    /// let all = func::value(vec![1, 2]).concat(vec![3]);
    /// assert_eq!(format!("{all:?}"), "Expr($1::integer[] || $2::integer[])");
    /// ```
    fn concat<O: Operand<DataTypeOf<Self>>>(
        self,
        other: O,
    ) -> Expr<Combined<Self, O, DataTypeOf<Self>, DataTypeOf<Self>>, Both<Self::Sources, O::Sources>> {
        Expr::new(self.into_expr().expression.binary(BinaryOperator::Other("||"), operand(other)))
    }

    /// `array[number]`: the element of this number, from 1; NULL if there is none.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*};
    /// let second = func::value(vec![1, 4, 3]).at(2);
    /// assert_eq!(format!("{second:?}"), "Expr(($1::integer[])[$2::integer])");
    /// ```
    fn at<O: Operand<i32>>(
        self,
        number: O,
    ) -> Expr<Option<ElementOf<Self>>, Both<Self::Sources, O::Sources>> {
        let operands = vec![self.into_expr().expression, operand(number)];
        Expr::new(Expression::Syntax(vec!["(", ")[", "]"], operands))
    }

    /// `array[from:to]`: the elements between these numbers, both included.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*};
    /// let middle = func::value(vec![1, 2, 3, 4]).slice(2, 3);
    /// assert_eq!(format!("{middle:?}"), "Expr(($1::integer[])[$2::integer:$3::integer])");
    /// ```
    fn slice(self, from: i32, to: i32) -> Expr<Self::Type, Self::Sources> {
        let operands = vec![self.into_expr().expression, argument(from), argument(to)];
        Expr::new(Expression::Syntax(vec!["(", ")[", ":", "]"], operands))
    }
}

impl<E: ColumnElement<Type: ColumnType<NotNull: Array>>> ArrayOperators for E {}
