//! Floor 2: the operators of ranges.

use crate::query::argument::operand;
use crate::query::expression::BinaryOperator;
use crate::query::{Both, ColumnElement, Combined, Condition, DataTypeOf, Expr, Operand};
use crate::types::{ColumnType, DataType, Range, RangeElement};

/// A data type that is a range.
///
/// ```
/// # use orm_core::{query::Ranged, types::Range};
/// fn is_of_numbers<T: Ranged<Element = i32>>() {}
/// is_of_numbers::<Range<i32>>();
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` is not a range", label = "a range is expected")]
pub trait Ranged: DataType {
    /// What it is a range of.
    type Element: RangeElement;
}

impl<T: RangeElement> Ranged for Range<T> {
    type Element = T;
}

macro_rules! conditions {
    ($($(#[$doc:meta])* $name:ident $operator:literal;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# use orm_core::{func, prelude::*, types::Range};\nlet condition = func::value(Range::from(1..5)).", stringify!($name), "(Range::from(2..3));\nassert_eq!(format!(\"{condition:?}\"), \"Condition($1::int4range ", $operator, " $2::int4range)\");\n```")]
            fn $name<O: Operand<DataTypeOf<Self>>>(self, other: O) -> Condition<Both<Self::Sources, O::Sources>> {
                Condition::new(self.into_expr().expression.binary(BinaryOperator::Other($operator), operand(other)))
            }
        )+
    };
}

macro_rules! sets {
    ($($(#[$doc:meta])* $name:ident $operator:literal;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# use orm_core::{func, prelude::*, types::Range};\nlet range = func::value(Range::from(1..5)).", stringify!($name), "(Range::from(2..9));\nassert_eq!(format!(\"{range:?}\"), \"Expr($1::int4range ", $operator, " $2::int4range)\");\n```")]
            fn $name<O: Operand<DataTypeOf<Self>>>(
                self,
                other: O,
            ) -> Expr<Combined<Self, O, DataTypeOf<Self>, DataTypeOf<Self>>, Both<Self::Sources, O::Sources>> {
                Expr::new(self.into_expr().expression.binary(BinaryOperator::Other($operator), operand(other)))
            }
        )+
    };
}

/// Operators of ranges.
///
/// ```
/// # use orm_core::{func, prelude::*, types::Range};
/// let condition = func::value(Range::from(1..5)).overlaps(Range::from(4..9));
/// assert_eq!(format!("{condition:?}"), "Condition($1::int4range && $2::int4range)");
/// ```
pub trait RangeOperators: ColumnElement<Type: ColumnType<NotNull: Ranged>> {
    conditions! {
        /// `@>`: whether all of the other is in it.
        contains "@>";
        /// `<@`: whether all of it is in the other.
        contained_by "<@";
        /// `&&`: whether they have a value in common.
        overlaps "&&";
        /// `<<`: whether it ends before the other begins.
        strictly_left_of "<<";
        /// `>>`: whether it begins behind the other's end.
        strictly_right_of ">>";
        /// `&<`: whether it does not reach beyond the other's end.
        not_extend_right_of "&<";
        /// `&>`: whether it does not reach before the other's begin.
        not_extend_left_of "&>";
        /// `-|-`: whether one begins where the other ends.
        adjacent_to "-|-";
    }

    sets! {
        /// `+`: both together; an error of the server's if there is a gap between them.
        union "+";
        /// `*`: what they have in common.
        intersection "*";
        /// `-`: what the other does not have; an error of the server's if that is in two pieces.
        difference "-";
    }

    /// `@>`: whether the value is in it.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*, types::Range};
    /// let condition = func::value(Range::from(1..5)).has(3);
    /// assert_eq!(format!("{condition:?}"), "Condition($1::int4range @> $2::integer)");
    /// ```
    fn has<O: Operand<<DataTypeOf<Self> as Ranged>::Element>>(
        self,
        value: O,
    ) -> Condition<Both<Self::Sources, O::Sources>> {
        Condition::new(self.into_expr().expression.binary(BinaryOperator::Other("@>"), operand(value)))
    }
}

impl<E: ColumnElement<Type: ColumnType<NotNull: Ranged>>> RangeOperators for E {}
