//! Floor 2: what a column may be compared with.
//!
//! Invariant: for each target there is exactly one integer source and one `Option` source, so that every literal and
//! `None` infers.

use std::sync::Arc;

use super::aggregate::Aggregate;
use super::sources::Aggregated;
use super::{ColumnElement, Condition, Expr, Expression, Parameter, RowWise, Sources, TableReference};
use crate::model::{Column, Selectable};
use crate::types::{ArrayElement, ColumnType, DataType, MaybeNull, NeverNull, Nullness, Value};

/// One side of a comparison: a value or a column. [`Operand`] makes them.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{Operand, prelude::*};
/// let term = Operand::<i64>::into_term(Post::user_id);
/// # let _ = term;
/// let condition = User::id.eq(Post::user_id); // as every operator does
/// assert_eq!(format!("{condition:?}"), "Condition(users.id = posts.user_id)");
/// ```
#[derive(Debug, Clone)]
pub struct Term(pub(crate) Expression);

impl Term {
    fn value<T: ColumnType>(value: T) -> Self {
        Self(Expression::Parameter(Parameter::of(value)))
    }
}

/// What a column of type `T` or `Option<T>` may be compared with: a `T`, a reference to one, an `Option` of one, a
/// `&str` for text, an array for a `Vec`, another column of the same type.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{Condition, Operand, prelude::*};
/// fn is_called(name: impl Operand<String, Sources = ()>) -> Condition<User> {
///     User::name.eq(name)
/// }
/// assert_eq!(format!("{:?}", is_called("Ann")), "Condition(users.name = $1)");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value or a column of type `{T}`",
    label = "a value or a column of type `{T}` is expected"
)]
pub trait Operand<T> {
    /// What it reads.
    type Sources: Sources;
    /// Whether it may be NULL.
    type Nullness: Nullness;

    /// The other side of the comparison.
    fn into_term(self) -> Term;
}

#[diagnostic::do_not_recommend]
impl<T, V: Side<T>> Operand<T> for V {
    type Sources = V::Sources;
    type Nullness = V::Nullness;

    fn into_term(self) -> Term {
        self.term()
    }
}

/// What [`Operand`] is said of.
#[doc(hidden)]
pub trait Side<T> {
    type Sources: Sources;
    type Nullness: Nullness;

    fn term(self) -> Term;
}

impl<T: DataType> Side<T> for T {
    type Sources = ();
    type Nullness = NeverNull;

    fn term(self) -> Term {
        Term::value(self)
    }
}

impl<T: DataType> Side<T> for &T {
    type Sources = ();
    type Nullness = NeverNull;

    fn term(self) -> Term {
        Term::value(self.clone())
    }
}

impl<T: DataType> Side<T> for Option<T> {
    type Sources = ();
    type Nullness = MaybeNull;

    fn term(self) -> Term {
        match self {
            Some(value) => Term::value(value),
            None => Term::value(None::<T>),
        }
    }
}

impl<T: DataType> Side<T> for &Option<T> {
    type Sources = ();
    type Nullness = MaybeNull;

    fn term(self) -> Term {
        self.clone().term()
    }
}

impl Side<String> for &str {
    type Sources = ();
    type Nullness = NeverNull;

    fn term(self) -> Term {
        Term::value(self.to_owned())
    }
}

impl Side<Vec<u8>> for &[u8] {
    type Sources = ();
    type Nullness = NeverNull;

    fn term(self) -> Term {
        Term::value(self.to_vec())
    }
}

/// An array column's value: `Product::tags.contains(["new"])`.
impl<T: ArrayElement, E: Element<T>, const N: usize> Side<Vec<T>> for [E; N] {
    type Sources = ();
    type Nullness = NeverNull;

    fn term(self) -> Term {
        Term::value(self.map(Element::into_element).to_vec())
    }
}

impl<T: ArrayElement, E: Element<T> + Clone> Side<Vec<T>> for &[E] {
    type Sources = ();
    type Nullness = NeverNull;

    fn term(self) -> Term {
        Term::value(self.iter().cloned().map(Element::into_element).collect::<Vec<T>>())
    }
}

impl<M: Selectable, C: ColumnType> Side<C::NotNull> for Column<M, C> {
    type Sources = M;
    type Nullness = C::Nullness;

    fn term(self) -> Term {
        Term(TableReference::to::<M>().column(self.index()))
    }
}

impl<C: ColumnType, S: Sources> Side<C::NotNull> for Expr<C, S> {
    type Sources = S;
    type Nullness = C::Nullness;

    fn term(self) -> Term {
        Term(self.expression)
    }
}

impl<C: ColumnType, S: RowWise> Side<C::NotNull> for Aggregate<C, S> {
    type Sources = Aggregated<S>;
    type Nullness = C::Nullness;

    fn term(self) -> Term {
        Term(self.into_expr().expression)
    }
}

impl<S: Sources> Side<bool> for Condition<S> {
    type Sources = S;
    type Nullness = MaybeNull;

    fn term(self) -> Term {
        Term(self.0)
    }
}

/// A value that may stand in the list that a column of type `T` or `Option<T>` is looked for in: a `T`, a reference to
/// one, a `&str` for text. NULL may not: nothing is equal to it.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{Condition, Element, prelude::*};
/// fn are_called(names: &[impl Element<String> + Copy]) -> Condition<User> {
///     User::name.in_(names.iter().copied())
/// }
/// assert_eq!(format!("{:?}", are_called(&["Ann", "Bob"])), "Condition(users.name = ANY($1))");
/// ```
#[diagnostic::on_unimplemented(
    message = "a column of type `{T}` cannot be looked for among values of type `{Self}`",
    label = "values of type `{T}` are expected"
)]
pub trait Element<T> {
    /// The value.
    fn into_element(self) -> T;
}

#[diagnostic::do_not_recommend]
impl<T, V: OneOf<T>> Element<T> for V {
    fn into_element(self) -> T {
        self.value()
    }
}

/// What [`Element`] is said of.
#[doc(hidden)]
pub trait OneOf<T> {
    fn value(self) -> T;
}

impl<T: DataType> OneOf<T> for T {
    fn value(self) -> T {
        self
    }
}

impl<T: DataType> OneOf<T> for &T {
    fn value(self) -> T {
        self.clone()
    }
}

impl OneOf<String> for &str {
    fn value(self) -> String {
        self.to_owned()
    }
}

impl OneOf<Vec<u8>> for &[u8] {
    fn value(self) -> Vec<u8> {
        self.to_vec()
    }
}

/// The values as one array parameter.
pub(crate) fn array<T: DataType>(values: impl IntoIterator<Item: Element<T>>) -> Expression {
    let values = values.into_iter().map(|value| Arc::new(value.into_element()) as Arc<dyn Value>);
    Expression::Parameter(Parameter::array(values, T::SQL_TYPE))
}
