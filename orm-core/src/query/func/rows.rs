//! Floor 2: row values: several values that are compared together.

use std::marker::PhantomData;
use std::sync::Arc;

use crate::query::argument::{arguments, operand};
use crate::query::expression::BinaryOperator;
use crate::query::{
    ArgumentType, Arguments, Both, Condition, Element, Expression, FunctionArgument, Operand, Parameter,
    Sources, Term,
};
use crate::types::{ArrayElement, ColumnType, DataType, SqlType, Value};

/// A row value: `(a, b)`. Rows are compared by their first values, where these are equal by the second, and so on.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// let next_page = func::row((User::name, User::id)).gt(("Ann", 7));
/// assert_eq!(format!("{next_page:?}"), "Condition((users.name, users.id) > ($1::text, $2::bigint))");
/// ```
pub fn row<R: Arguments>(values: R) -> Row<R> {
    Row { values: arguments(values), types: PhantomData }
}

/// A row value, made by [`row`].
///
/// ```
/// # use orm_core::{func, func::Row};
/// let row: Row<(i32, i32)> = func::row((1, 2));
/// # let _ = row;
/// ```
#[must_use = "a row value does nothing by itself"]
pub struct Row<R> {
    values: Vec<Expression>,
    types: PhantomData<fn() -> R>,
}

impl<R> std::fmt::Debug for Row<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Row").field(&self.values).finish()
    }
}

/// Values that a row value of the type `R` is compared with: a tuple of as many, each of the same data type.
///
/// ```
/// # use orm_core::func::RowOperand;
/// fn is_comparable<O: RowOperand<(i32, String)>>(_: O) {}
/// is_comparable((1, "a"));
/// ```
#[diagnostic::on_unimplemented(
    message = "a row of `{R}` is not compared with `{Self}`",
    label = "a tuple of as many values of the same types is expected"
)]
pub trait RowOperand<R> {
    /// What it reads.
    type Sources: Sources;

    #[doc(hidden)]
    fn into_row(self) -> RowValues;
}

#[doc(hidden)]
#[derive(Debug)]
pub struct RowValues(Vec<Expression>);

/// Values that a row value of the type `R` is looked for among: a tuple of as many.
///
/// ```
/// # use orm_core::func::RowElement;
/// fn is_element<O: RowElement<(i32, String)>>(_: O) {}
/// is_element((1, "a"));
/// ```
#[diagnostic::on_unimplemented(
    message = "a row of `{R}` is not looked for among rows of `{Self}`",
    label = "tuples of as many values of the same types are expected"
)]
pub trait RowElement<R> {
    #[doc(hidden)]
    fn into_values(self) -> Vec<Arc<dyn Value>>;
    #[doc(hidden)]
    fn types() -> Vec<SqlType>;
}

/// What a row value of the type `R` is looked for in: a list of tuples, or a query of as many columns of the same types.
///
/// ```
/// # use orm_core::func::RowAmong;
/// fn is_searchable<A: RowAmong<(i32, String)>>(_: A) {}
/// is_searchable([(1, "a"), (2, "b")]);
/// ```
#[diagnostic::on_unimplemented(
    message = "a row of `{R}` is not looked for in `{Self}`",
    label = "a list of tuples, or a query of as many columns of the same types, is expected"
)]
pub trait RowAmong<R> {
    /// What it reads.
    type Sources: Sources;

    #[doc(hidden)]
    fn search_row(self, row: Term) -> Term;
}

#[diagnostic::do_not_recommend]
impl<R, O: RowElement<R>, I: IntoIterator<Item = O>> RowAmong<R> for I {
    type Sources = ();

    fn search_row(self, row: Term) -> Term {
        let types = O::types();
        let mut columns: Vec<Vec<Arc<dyn Value>>> = types.iter().map(|_| Vec::new()).collect();
        for values in self {
            columns.iter_mut().zip(values.into_values()).for_each(|(column, value)| column.push(value));
        }
        let arrays = columns.into_iter().zip(types).map(|(values, element)| {
            let array = Expression::Parameter(Parameter::array(values, element));
            Expression::Cast(Box::new(array), element.array())
        });
        let arrays = Expression::Function("unnest", arrays.collect());
        Term(Expression::Syntax(vec!["", " IN (SELECT * FROM ", ")"], vec![row.0, arrays]))
    }
}

/// A query's rows that have the columns of a row value of the type `R`.
///
/// ```
/// # use orm_core::func::RowOf;
/// fn is_row<V: RowOf<(i32, &'static str)>>() {}
/// is_row::<(i32, Option<String>)>();
/// ```
#[diagnostic::on_unimplemented(
    message = "rows of `{Self}` are not compared with a row of `{R}`",
    label = "as many columns of the same types are expected"
)]
pub trait RowOf<R> {}

macro_rules! tuples {
    ($($left:ident $right:ident),+) => {
        impl<$($left: FunctionArgument, $right: Operand<ArgumentType<$left>>),+> RowOperand<($($left,)+)> for ($($right,)+) {
            type Sources = tuples!(@sources $($left $right),+);

            #[allow(non_snake_case)]
            fn into_row(self) -> RowValues {
                let ($($right,)+) = self;
                RowValues(vec![$(operand::<ArgumentType<$left>>($right)),+])
            }
        }

        impl<$($left: FunctionArgument, $right: Element<ArgumentType<$left>>),+> RowElement<($($left,)+)> for ($($right,)+)
        where
            $(ArgumentType<$left>: ArrayElement),+
        {
            #[allow(non_snake_case)]
            fn into_values(self) -> Vec<Arc<dyn Value>> {
                let ($($right,)+) = self;
                vec![$(Arc::new(Element::<ArgumentType<$left>>::into_element($right)) as Arc<dyn Value>),+]
            }

            fn types() -> Vec<SqlType> {
                vec![$(<ArgumentType<$left> as DataType>::SQL_TYPE),+]
            }
        }

        impl<$($left: FunctionArgument, $right: ColumnType<NotNull = ArgumentType<$left>>),+> RowOf<($($left,)+)> for ($($right,)+) {}
    };
    (@sources $left:ident $right:ident) => { <$right as Operand<ArgumentType<$left>>>::Sources };
    (@sources $left:ident $right:ident, $($rest:tt)+) => {
        Both<<$right as Operand<ArgumentType<$left>>>::Sources, tuples!(@sources $($rest)+)>
    };
}

tuples!(A X, B Y);
tuples!(A X, B Y, C Z);
tuples!(A W, B X, C Y, D Z);

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident $operator:ident $sql:literal;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# use orm_examples::blog::User; use orm_core::{func, prelude::*};\nlet condition = func::row((User::name, User::id)).", stringify!($name), "((\"Ann\", 7));\nassert_eq!(format!(\"{condition:?}\"), \"Condition((users.name, users.id) ", $sql, " ($1::text, $2::bigint))\");\n```")]
            pub fn $name<O: RowOperand<R>>(self, other: O) -> Condition<Both<R::Sources, O::Sources>> {
                let other = Expression::List(other.into_row().0);
                Condition::new(Expression::List(self.values).binary(BinaryOperator::$operator, other))
            }
        )+
    };
}

impl<R: Arguments> Row<R> {
    comparisons! {
        /// `=`
        eq Equal "=";
        /// `<>`
        ne NotEqual "<>";
        /// `<`
        lt Less "<";
        /// `<=`
        le LessOrEqual "<=";
        /// `>`
        gt Greater ">";
        /// `>=`
        ge GreaterOrEqual ">=";
        /// `IS DISTINCT FROM`: NULL is a value like any other.
        is_distinct_from IsDistinctFrom "IS DISTINCT FROM";
        /// `IS NOT DISTINCT FROM`: NULL is a value like any other.
        is_not_distinct_from IsNotDistinctFrom "IS NOT DISTINCT FROM";
    }

    /// Whether it is one of these rows, or one of those of a query.
    ///
    /// Rows that are given travel as an array for each column, so that the statement is the same for any number.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
    /// let known = func::row((User::name, User::id)).in_([("Ann", 1), ("Bob", 2)]);
    /// assert_eq!(
    ///     format!("{known:?}"),
    ///     "Condition((users.name, users.id) IN (SELECT * FROM unnest($1::text[], $2::bigint[])))"
    /// );
    /// let titled = func::row((User::id, User::name)).in_(select::<Post>().columns((Post::user_id, Post::title)));
    /// assert_eq!(
    ///     format!("{titled:?}"),
    ///     "Condition((users.id, users.name) IN (SELECT posts.user_id, posts.title FROM posts))"
    /// );
    /// ```
    pub fn in_<A: RowAmong<R>>(self, among: A) -> Condition<Both<R::Sources, A::Sources>> {
        Condition::new(among.search_row(Term(Expression::List(self.values))).0)
    }
}
