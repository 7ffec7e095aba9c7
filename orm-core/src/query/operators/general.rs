//! Floor 2: casts, truth, bits, and operators by their text.

use crate::query::argument::{argument, operand};
use crate::query::expression::BinaryOperator;
use crate::query::{
    Both, ColumnElement, Combined, Condition, DataTypeOf, Expr, Expression, FunctionArgument, NullnessOf,
    Operand, Sources,
};
use crate::types::{ColumnType, DataType, OrNull};

/// What every column and expression can be asked for beside comparisons.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::prelude::*;
/// let ids = select::<User>().columns(User::id.cast::<String>());
/// assert_eq!(ids.to_string(), "SELECT users.id::text FROM users");
/// ```
pub trait GeneralOperators: ColumnElement {
    /// `::type`: the value as another data type. The server refuses what it cannot convert.
    ///
    /// Arithmetic and comparisons want one type on both sides: `Line::quantity.cast::<Decimal>() * Line::price`.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// assert_eq!(format!("{:?}", User::id.cast::<f64>()), "Expr(users.id::double precision)");
    /// ```
    fn cast<T: DataType>(self) -> Expr<OrNull<NullnessOf<Self>, T>, Self::Sources> {
        Expr::new(Expression::Cast(Box::new(self.into_expr().expression), T::SQL_TYPE))
    }

    /// An operator by its text, which is a part of the program and written as it is, and what it returns: an `Option` if it may
    /// be NULL.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::{prelude::*, Expr};
    /// let distance: Expr<Option<f32>, _> = User::name.op("<->", "Ann");
    /// assert_eq!(format!("{distance:?}"), "Expr(users.name <-> $1::text)");
    /// ```
    fn op<T: ColumnType, A: FunctionArgument>(
        self,
        operator: &'static str,
        other: A,
    ) -> Expr<T, Both<Self::Sources, A::Sources>> {
        Expr::new(self.into_expr().expression.binary(BinaryOperator::Other(operator), argument(other)))
    }

    /// An operator by its text that compares.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let near = select::<User>().filter(User::name.bool_op("<%", "Ann"));
    /// assert!(near.to_string().ends_with("WHERE users.name <% $1::text"));
    /// ```
    fn bool_op<A: FunctionArgument>(
        self,
        operator: &'static str,
        other: A,
    ) -> Condition<Both<Self::Sources, A::Sources>> {
        Condition::new(self.into_expr().expression.binary(BinaryOperator::Other(operator), argument(other)))
    }

    /// `BETWEEN SYMMETRIC`: between the two, whichever is less.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let users = select::<User>().filter(User::id.between_symmetric(9, 1));
    /// assert!(users.to_string().ends_with("WHERE users.id BETWEEN SYMMETRIC $1::bigint AND $2::bigint"));
    /// ```
    fn between_symmetric<L: Operand<DataTypeOf<Self>>, H: Operand<DataTypeOf<Self>>>(
        self,
        one: L,
        other: H,
    ) -> Condition<Both<Both<Self::Sources, L::Sources>, H::Sources>> {
        let operands = vec![self.into_expr().expression, operand(one), operand(other)];
        Condition::new(Expression::Syntax(vec!["", " BETWEEN SYMMETRIC ", " AND ", ""], operands))
    }
}

impl<E: ColumnElement> GeneralOperators for E {}

macro_rules! truths {
    ($($(#[$doc:meta])* $name:ident $words:literal;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# use orm_examples::blog::User; use orm_core::prelude::*;\nlet condition = User::name.eq(\"Ann\").", stringify!($name), "();\nassert_eq!(format!(\"{condition:?}\"), \"Condition((users.name = $1)", $words, ")\");\n```")]
            fn $name(self) -> Condition<Self::Sources> {
                Condition::new(Expression::Syntax(vec!["", $words], vec![self.into_expr().expression]))
            }
        )+
    };
}

/// Predicates of what is true, false or NULL: columns of `bool`, and conditions.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::prelude::*;
/// let not_ann = select::<User>().filter(User::name.eq("Ann").is_not_true());
/// assert!(not_ann.to_string().ends_with("WHERE (users.name = $1) IS NOT TRUE"));
/// ```
#[expect(clippy::wrong_self_convention, reason = "an operator takes its expression along")]
pub trait BooleanOperators: ColumnElement<Type: ColumnType<NotNull = bool>> {
    truths! {
        /// `IS TRUE`: a column of `bool` as a condition.
        is_true " IS TRUE";
        /// `IS NOT TRUE`: false or NULL.
        is_not_true " IS NOT TRUE";
        /// `IS FALSE`
        is_false " IS FALSE";
        /// `IS NOT FALSE`: true or NULL.
        is_not_false " IS NOT FALSE";
        /// `IS UNKNOWN`: NULL.
        is_unknown " IS UNKNOWN";
        /// `IS NOT UNKNOWN`: true or false.
        is_not_unknown " IS NOT UNKNOWN";
    }
}

impl<S: Sources> BooleanOperators for Condition<S> {}

/// A whole number, whose bits are operated on.
///
/// ```
/// # use orm_core::query::Whole;
/// fn has_bits<T: Whole>() {}
/// has_bits::<i32>();
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` is not a whole number")]
pub trait Whole: DataType {}

impl Whole for i16 {}
impl Whole for i32 {}
impl Whole for i64 {}

macro_rules! bits {
    ($($(#[$doc:meta])* $name:ident $operator:literal;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# use orm_examples::blog::User; use orm_core::prelude::*;\nassert_eq!(format!(\"{:?}\", User::id.", stringify!($name), "(15)), \"Expr(users.id ", $operator, " $1::bigint)\");\n```")]
            fn $name<O: Operand<DataTypeOf<Self>>>(
                self,
                other: O,
            ) -> Expr<Combined<Self, O, DataTypeOf<Self>, DataTypeOf<Self>>, Both<Self::Sources, O::Sources>> {
                Expr::new(self.into_expr().expression.binary(BinaryOperator::Other($operator), operand(other)))
            }
        )+
    };
}

macro_rules! shifts {
    ($($(#[$doc:meta])* $name:ident $operator:literal;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# use orm_examples::blog::User; use orm_core::prelude::*;\nassert_eq!(format!(\"{:?}\", User::id.", stringify!($name), "(4)), \"Expr(users.id ", $operator, " $1::integer)\");\n```")]
            fn $name<O: Operand<i32>>(
                self,
                by: O,
            ) -> Expr<Combined<Self, O, i32, DataTypeOf<Self>>, Both<Self::Sources, O::Sources>> {
                Expr::new(self.into_expr().expression.binary(BinaryOperator::Other($operator), operand(by)))
            }
        )+
    };
}

/// Operators on the bits of whole numbers.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::prelude::*;
/// let odd = select::<User>().filter(User::id.bit_and(1).eq(1));
/// assert!(odd.to_string().ends_with("WHERE (users.id & $1::bigint) = $2"));
/// ```
pub trait BitOperators: ColumnElement<Type: ColumnType<NotNull: Whole>> {
    bits! {
        /// `&`
        bit_and "&";
        /// `|`
        bit_or "|";
        /// `#`: the bits that are set in one of them.
        bit_xor "#";
    }
    shifts! {
        /// `<<`
        shift_left "<<";
        /// `>>`
        shift_right ">>";
    }

    /// `~`: each bit the other way.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// assert_eq!(format!("{:?}", User::id.bit_not()), "Expr((~ users.id))");
    /// ```
    fn bit_not(self) -> Expr<Self::Type, Self::Sources> {
        Expr::new(Expression::Syntax(vec!["(~ ", ")"], vec![self.into_expr().expression]))
    }
}

impl<E: ColumnElement<Type: ColumnType<NotNull: Whole>>> BitOperators for E {}
