//! Floor 2: functions on ranges.

use crate::query::argument::{Like, LikeBoth, argument, operand};
use crate::query::{ArgumentType, Both, Expr, FunctionArgument, Operand, Ranged};

/// `name "sql" -> ..`: functions of one range.
macro_rules! unary {
    ($($(#[$doc:meta])* $name:ident $sql:literal -> $output:ty;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# use orm_core::{func, types::Range};\nlet end = func::", stringify!($name), "(Range::from(1..5));\nassert_eq!(format!(\"{end:?}\"), \"Expr(", $sql, "($1::int4range))\");\n```")]
            pub fn $name<A: FunctionArgument>(range: A) -> Expr<$output, A::Sources>
            where
                ArgumentType<A>: Ranged,
            {
                Expr::call($sql, vec![argument(range)])
            }
        )+
    };
}

unary! {
    /// Where it begins; NULL if it is open there, or empty.
    range_lower "lower" -> Option<<ArgumentType<A> as Ranged>::Element>;
    /// Where it ends; NULL if it is open there, or empty.
    range_upper "upper" -> Option<<ArgumentType<A> as Ranged>::Element>;
    /// Whether there is no value in it.
    isempty "isempty" -> Like<A, bool>;
    /// Whether its begin is in it.
    lower_inc "lower_inc" -> Like<A, bool>;
    /// Whether its end is in it.
    upper_inc "upper_inc" -> Like<A, bool>;
    /// Whether it is open at its begin.
    lower_inf "lower_inf" -> Like<A, bool>;
    /// Whether it is open at its end.
    upper_inf "upper_inf" -> Like<A, bool>;
}

/// `range_merge(one, other)`: the smallest range that has both.
///
/// ```
/// # use orm_core::{func, types::Range};
/// let all = func::range_merge(Range::from(1..2), Range::from(3..4));
/// assert_eq!(format!("{all:?}"), "Expr(range_merge($1::int4range, $2::int4range))");
/// ```
pub fn range_merge<A: FunctionArgument, O: Operand<ArgumentType<A>>>(
    one: A,
    other: O,
) -> Expr<LikeBoth<A, O, ArgumentType<A>, ArgumentType<A>>, Both<A::Sources, O::Sources>>
where
    ArgumentType<A>: Ranged,
{
    Expr::call("range_merge", vec![argument(one), operand(other)])
}
