//! Floor 2: conditions as an argument.

use super::{Condition, Sources};

/// A condition, whatever it reads.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{Condition, prelude::*, query::IntoCondition};
/// fn about_users(condition: impl IntoCondition<Sources = User>) -> Condition<User> {
///     condition.into_condition()
/// }
/// # let _ = about_users(User::id.gt(1));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition",
    label = "a condition is expected; whether a query has rows is `func::exists(query)`"
)]
pub trait IntoCondition {
    /// What it reads.
    type Sources: Sources;

    /// The condition.
    fn into_condition(self) -> Condition<Self::Sources>;
}

#[diagnostic::do_not_recommend]
impl<C: IsCondition> IntoCondition for C {
    type Sources = C::Sources;

    fn into_condition(self) -> Condition<C::Sources> {
        self.itself()
    }
}

/// What [`IntoCondition`] is said of.
#[doc(hidden)]
pub trait IsCondition {
    type Sources: Sources;

    fn itself(self) -> Condition<Self::Sources>;
}

impl<S: Sources> IsCondition for Condition<S> {
    type Sources = S;

    fn itself(self) -> Self {
        self
    }
}
