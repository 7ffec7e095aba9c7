//! Floor 2: what a value is looked for in: a list of values, which travels as one array, or a subquery.

use super::expression::{BinaryOperator, Quantifier};
use super::operand::array;
use super::{Element, Sources, Term};
use crate::types::DataType;

/// What a value of data type `T` can be looked for in: a list of values, or a query of one column.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{Condition, prelude::*, query::Among};
/// fn is_among(ids: impl Among<i64, Sources = ()>) -> Condition<User> {
///     User::id.in_(ids)
/// }
/// assert_eq!(format!("{:?}", is_among([1, 2])), "Condition(users.id = ANY($1))");
/// ```
#[diagnostic::on_unimplemented(
    message = "a value of type `{T}` cannot be looked for in `{Self}`",
    label = "a list of values, or a query of one column of type `{T}`, is expected"
)]
pub trait Among<T> {
    /// What of the statement around it is read.
    type Sources: Sources;

    #[doc(hidden)]
    fn search(self, operand: Term, is_in: bool) -> Term;
}

#[diagnostic::do_not_recommend]
impl<T, A: Choices<T>> Among<T> for A {
    type Sources = A::Sources;

    fn search(self, operand: Term, is_in: bool) -> Term {
        self.find(operand, is_in)
    }
}

/// What [`Among`] is said of.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a value of type `{T}` cannot be looked for in `{Self}`",
    label = "a list of values, or a query of one column of type `{T}`, is expected"
)]
pub trait Choices<T> {
    type Sources: Sources;

    fn find(self, operand: Term, is_in: bool) -> Term;
}

#[diagnostic::do_not_recommend]
impl<T: DataType, I: IntoIterator<Item: Element<T>>> Choices<T> for I {
    type Sources = ();

    fn find(self, operand: Term, is_in: bool) -> Term {
        const {
            assert!(
                !T::SQL_TYPE.is_array,
                "a column that is an array cannot be looked for in a list: PostgreSQL flattens arrays of arrays"
            );
        };
        let values = array(self);
        Term(match is_in {
            true => operand.0.quantified(BinaryOperator::Equal, Quantifier::Any, values),
            false => operand.0.quantified(BinaryOperator::NotEqual, Quantifier::All, values),
        })
    }
}
