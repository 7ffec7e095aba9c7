//! Floor 2: functions on arrays.

use crate::query::argument::{Like, LikeBoth, argument, arguments, operand};
use crate::query::{ArgumentType, Arguments, Array, Both, Expr, Expression, FunctionArgument, Operand};
use crate::types::ArrayElement;

type Element<A> = <ArgumentType<A> as Array>::Element;

/// `name "sql" -> ..`: functions of one array.
macro_rules! unary {
    ($($(#[$doc:meta])* $name:ident ($($more:expr),*) -> $output:ty = $text:literal;)+) => {
        $(
            $(#[$doc])*
            #[doc = super::define::example!($name (vec![1, 2]) $text)]
            pub fn $name<A: FunctionArgument>(array: A) -> Expr<$output, A::Sources>
            where
                ArgumentType<A>: Array,
            {
                Expr::call(stringify!($name), vec![argument(array), $($more),*])
            }
        )+
    };
}

unary! {
    /// How many elements it has, in all dimensions.
    cardinality() -> Like<A, i32> = "cardinality($1::integer[])";
    /// How many elements it has; NULL for none.
    array_length(Expression::Literal("1")) -> Option<i32> = "array_length($1::integer[], 1)";
    /// The number of its first element; NULL without elements.
    array_lower(Expression::Literal("1")) -> Option<i32> = "array_lower($1::integer[], 1)";
    /// The number of its last element; NULL without elements.
    array_upper(Expression::Literal("1")) -> Option<i32> = "array_upper($1::integer[], 1)";
    /// Its dimensions as text; NULL without elements.
    array_dims() -> Option<String> = "array_dims($1::integer[])";
    /// How many dimensions it has; NULL without elements.
    array_ndims() -> Option<i32> = "array_ndims($1::integer[])";
    /// A row for each element, in place of the one row: among the columns of a select, or as a source by [`Expr::table`].
    unnest() -> Option<Element<A>> = "unnest($1::integer[])";
}

/// `name -> ..`: functions of an array and an element.
macro_rules! with_element {
    ($($(#[$doc:meta])* $name:ident -> $output:ty = $text:literal;)+) => {
        $(
            $(#[$doc])*
            #[doc = super::define::example!($name (vec![1, 2], 3) $text)]
            pub fn $name<A: FunctionArgument, O: Operand<Element<A>>>(
                array: A,
                element: O,
            ) -> Expr<$output, Both<A::Sources, O::Sources>>
            where
                ArgumentType<A>: Array,
            {
                Expr::call(stringify!($name), vec![argument(array), operand(element)])
            }
        )+
    };
}

with_element! {
    /// The element behind all others.
    array_append -> Like<A, ArgumentType<A>> = "array_append($1::integer[], $2::integer)";
    /// Without those elements that are this one.
    array_remove -> Like<A, ArgumentType<A>> = "array_remove($1::integer[], $2::integer)";
    /// The number of the first element that is this one; NULL without it.
    array_position -> Option<i32> = "array_position($1::integer[], $2::integer)";
    /// The numbers of all elements that are this one.
    array_positions -> LikeBoth<A, O, Element<A>, Vec<i32>> = "array_positions($1::integer[], $2::integer)";
}

/// `array_prepend(element, array)`: the element before all others.
///
/// ```
/// # use orm_core::{func, prelude::*};
/// let all = func::array_prepend(1, vec![2, 3]);
/// assert_eq!(format!("{all:?}"), "Expr(array_prepend($1::integer, $2::integer[]))");
/// ```
pub fn array_prepend<A: FunctionArgument, O: Operand<Element<A>>>(
    element: O,
    array: A,
) -> Expr<Like<A, ArgumentType<A>>, Both<A::Sources, O::Sources>>
where
    ArgumentType<A>: Array,
{
    Expr::call("array_prepend", vec![operand(element), argument(array)])
}

/// `array_replace(array, from, to)`: every element that is the one as the other.
///
/// ```
/// # use orm_core::{func, prelude::*};
/// let all = func::array_replace(vec![1, 2, 5], 5, 3);
/// assert_eq!(format!("{all:?}"), "Expr(array_replace($1::integer[], $2::integer, $3::integer))");
/// ```
pub fn array_replace<A: FunctionArgument>(
    array: A,
    from: Element<A>,
    to: Element<A>,
) -> Expr<A::Type, A::Sources>
where
    ArgumentType<A>: Array,
{
    Expr::call("array_replace", vec![argument(array), argument(from), argument(to)])
}

/// `array_to_string(array, separator)`: its elements as one text; those that are NULL are left out.
///
/// ```
/// # use orm_core::{func, prelude::*};
/// let text = func::array_to_string(vec![1, 2], ", ");
/// assert_eq!(format!("{text:?}"), "Expr(array_to_string($1::integer[], $2::text))");
/// ```
pub fn array_to_string<A: FunctionArgument>(array: A, separator: &str) -> Expr<Like<A, String>, A::Sources>
where
    ArgumentType<A>: Array,
{
    Expr::call("array_to_string", vec![argument(array), argument(separator)])
}

/// `trim_array(array, count)`: without its last elements.
///
/// ```
/// # use orm_core::{func, prelude::*};
/// let all = func::trim_array(vec![1, 2, 3], 1);
/// assert_eq!(format!("{all:?}"), "Expr(trim_array($1::integer[], $2::integer))");
/// ```
pub fn trim_array<A: FunctionArgument>(array: A, count: i32) -> Expr<A::Type, A::Sources>
where
    ArgumentType<A>: Array,
{
    Expr::call("trim_array", vec![argument(array), argument(count)])
}

/// `array_fill(element, count)`: so many times the element.
///
/// ```
/// # use orm_core::{func, prelude::*};
/// let all = func::array_fill(11, 3);
/// assert_eq!(format!("{all:?}"), "Expr(array_fill($1::integer, ARRAY[$2::integer]))");
/// ```
pub fn array_fill<A: FunctionArgument>(element: A, count: i32) -> Expr<Vec<ArgumentType<A>>, A::Sources>
where
    ArgumentType<A>: ArrayElement,
{
    let counts = Expression::Syntax(vec!["ARRAY[", "]"], vec![argument(count)]);
    Expr::call("array_fill", vec![argument(element), counts])
}

/// `ARRAY[a, b, ..]`: an array of these elements, whose data type is `T`. One that is NULL is an error when it is read.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// let both = func::array::<String, _>((User::name, User::email));
/// assert_eq!(format!("{both:?}"), "Expr(ARRAY[users.name, users.email]::text[])");
/// ```
pub fn array<T: ArrayElement, A: Arguments>(elements: A) -> Expr<Vec<T>, A::Sources> {
    let elements = arguments(elements);
    let mut words = vec![", "; elements.len().saturating_sub(1)];
    words.insert(0, "ARRAY[");
    words.push("]");
    let array = Expression::Syntax(words, elements);
    Expr::new(Expression::Cast(Box::new(array), T::SQL_TYPE.array()))
}
