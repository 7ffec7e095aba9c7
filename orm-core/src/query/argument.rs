//! Floor 2: arguments of functions that take values of many types.
//!
//! Invariant: a value that is an argument says its data type in the text, since the function is found by it.

use super::aggregate::Aggregate;
use super::raw::Fragment;
use super::sources::Aggregated;
use super::{Both, ColumnElement, Condition, Expr, Expression, Operand, Parameter, RowWise, Sources, Term};
use crate::model::{Column, Selectable};
use crate::types::{ColumnType, DataType, Nullness, OrNull};

/// An argument of a function: a value, a column, an expression, an aggregate, or a condition.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// assert_eq!(format!("{:?}", func::abs(-17.4)), "Expr(abs($1::double precision))");
/// assert_eq!(format!("{:?}", func::abs(User::id)), "Expr(abs(users.id))");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a function's argument",
    label = "a value, a column or an expression is expected"
)]
pub trait FunctionArgument {
    /// Its Rust type, an `Option` if it may be NULL.
    type Type: ColumnType;
    /// What it reads.
    type Sources: Sources;

    /// The argument as data.
    fn into_argument(self) -> Term;
}

/// Of an argument's type, the data type without NULL.
pub type ArgumentType<A> = <<A as FunctionArgument>::Type as ColumnType>::NotNull;
/// Whether an argument may be NULL.
pub type ArgumentNullness<A> = <<A as FunctionArgument>::Type as ColumnType>::Nullness;
/// The type of a value of data type `T` that is NULL where the argument is.
pub type Like<A, T> = OrNull<ArgumentNullness<A>, T>;
/// The type of a value of data type `T` that is NULL where the argument or the operand is.
pub type LikeBoth<A, O, D, T> = OrNull<<ArgumentNullness<A> as Nullness>::Or<<O as Operand<D>>::Nullness>, T>;

/// A parameter with its data type in the text; anything else as it is.
pub(crate) fn cast_value(term: Term) -> Expression {
    match term.0 {
        Expression::Parameter(parameter) => {
            let sql_type = parameter.sql_type();
            Expression::Cast(Box::new(Expression::Parameter(parameter)), sql_type)
        }
        other => other,
    }
}

fn value<T: ColumnType>(value: T) -> Term {
    Term(cast_value(Term(Expression::Parameter(Parameter::of(value)))))
}

/// The argument's expression.
pub(crate) fn argument(argument: impl FunctionArgument) -> Expression {
    argument.into_argument().0
}

/// The operand's expression, as an argument.
pub(crate) fn operand<T>(operand: impl Operand<T>) -> Expression {
    cast_value(operand.into_term())
}

#[diagnostic::do_not_recommend]
impl<T: DataType> FunctionArgument for T {
    type Type = T;
    type Sources = ();

    fn into_argument(self) -> Term {
        value(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: DataType> FunctionArgument for Option<T> {
    type Type = Self;
    type Sources = ();

    fn into_argument(self) -> Term {
        value(self)
    }
}

#[diagnostic::do_not_recommend]
impl FunctionArgument for &str {
    type Type = String;
    type Sources = ();

    fn into_argument(self) -> Term {
        value(self.to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl<M: Selectable, C: ColumnType> FunctionArgument for Column<M, C> {
    type Type = C;
    type Sources = M;

    fn into_argument(self) -> Term {
        Term(self.into_expr().expression)
    }
}

#[diagnostic::do_not_recommend]
impl<C: ColumnType, S: Sources> FunctionArgument for Expr<C, S> {
    type Type = C;
    type Sources = S;

    fn into_argument(self) -> Term {
        Term(self.expression)
    }
}

#[diagnostic::do_not_recommend]
impl<C: ColumnType, S: RowWise> FunctionArgument for Aggregate<C, S> {
    type Type = C;
    type Sources = Aggregated<S>;

    fn into_argument(self) -> Term {
        Term(self.into_expr().expression)
    }
}

#[diagnostic::do_not_recommend]
impl<S: Sources> FunctionArgument for Condition<S> {
    type Type = Option<bool>;
    type Sources = S;

    fn into_argument(self) -> Term {
        Term(self.0)
    }
}

/// Arguments of any types, as a tuple of up to 12.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// let text = func::concat((User::email, " is number ", User::id));
/// assert_eq!(format!("{text:?}"), "Expr(concat(users.email, $1::text, users.id))");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of arguments",
    label = "a tuple of values, columns and expressions is expected: `(a,)` for one"
)]
pub trait Arguments {
    /// What they read.
    type Sources: Sources;

    #[doc(hidden)]
    fn into_arguments(self) -> Vec<Term>;
}

/// The arguments' expressions.
pub(crate) fn arguments(arguments: impl Arguments) -> Vec<Expression> {
    arguments.into_arguments().into_iter().map(|term| term.0).collect()
}

/// The same of a function of the application's own, of which nobody knows what it does.
pub(crate) fn own_arguments(own: impl Arguments) -> Vec<Expression> {
    let mut own = arguments(own).into_iter();
    let first = own.next().map(Fragment::Expression);
    std::iter::once(Expression::Raw(first.into_iter().collect())).chain(own).collect()
}

impl Arguments for () {
    type Sources = ();

    fn into_arguments(self) -> Vec<Term> {
        Vec::new()
    }
}

macro_rules! tuples {
    ($first:ident $($rest:ident)*) => {
        impl<$first: FunctionArgument, $($rest: FunctionArgument),*> Arguments for ($first, $($rest,)*) {
            type Sources = tuples!(@sources $first $($rest)*);

            #[allow(non_snake_case)]
            fn into_arguments(self) -> Vec<Term> {
                let ($first, $($rest,)*) = self;
                vec![$first.into_argument(), $($rest.into_argument()),*]
            }
        }

        tuples!($($rest)*);
    };
    (@sources $only:ident) => { $only::Sources };
    (@sources $first:ident $($rest:ident)+) => { Both<$first::Sources, tuples!(@sources $($rest)+)> };
    () => {};
}

tuples!(A B C D E F G H I J K L);
