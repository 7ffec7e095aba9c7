//! Floor 2: conditions as an argument.

use super::{Condition, Only, Sources};

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

    #[inline(always)]
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

    #[inline(always)]
    fn itself(self) -> Self {
        self
    }
}

/// A condition that reads nothing but `M`: what `any` and `has` of a relationship take, and a loader option.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{Condition, prelude::*, query::ConditionOn};
/// fn written_by(condition: impl ConditionOn<User>) -> Condition<Post> {
///     Post::user.has(condition)
/// }
/// # let _ = written_by(User::id.gt(1));
/// ```
#[diagnostic::on_unimplemented(
    message = "this is not a condition on `{M}` alone",
    label = "it reads another table than that of `{M}`, or is no condition"
)]
pub trait ConditionOn<M> {
    /// The condition.
    fn into_condition_on(self) -> Condition<M>;
}

#[diagnostic::do_not_recommend]
impl<M, C: IsCondition<Sources: Only<M>>> ConditionOn<M> for C {
    fn into_condition_on(self) -> Condition<M> {
        self.itself().about::<M>()
    }
}
