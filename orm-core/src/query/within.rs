//! Floor 2: what a statement takes, by what it reads from: conditions, orders, lists of columns, values.
//!
//! Each trait says two things of one argument, so that what is wrong is one error that points at it.

use super::{Condition, Covers, Elements, GroupWise, Operand, OrderTerms, RowWise, Sources};
use crate::types::{ColumnType, Fits};

/// A condition, whatever it reads.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{Condition, prelude::*, query::IntoCondition};
/// fn about_users(condition: impl IntoCondition<Sources = User>) -> Condition<User> {
///     condition.into_condition()
/// }
/// # let _ = about_users(User::id.gt(1));
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` is not a condition", label = "a condition is expected")]
pub trait IntoCondition {
    /// What it reads.
    type Sources: Sources;

    /// The condition.
    fn into_condition(self) -> Condition<Self::Sources>;
}

#[diagnostic::do_not_recommend]
impl<S: Sources> IntoCondition for Condition<S> {
    type Sources = S;

    fn into_condition(self) -> Self {
        self
    }
}

/// A condition on the rows that a statement of this scope reads: what `filter` takes. `I` is inferred.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{prelude::*, query::{ConditionIn, From}};
/// fn only_of_users<C: ConditionIn<From<User>, I>, I>(condition: C) -> impl std::fmt::Display {
///     select::<User>().filter(condition)
/// }
/// assert!(only_of_users(User::id.gt(1)).to_string().ends_with("WHERE users.id > $1"));
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` is not a condition", label = "a condition is expected")]
pub trait ConditionIn<Scope, I>: IntoCondition {}

impl<Scope: Covers<C::Sources, I>, C: IntoCondition<Sources: RowWise>, I> ConditionIn<Scope, I> for C {}

/// A condition on groups of what a statement of this scope reads: what `having` takes. `I` is inferred.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*, query::{GroupConditionIn, From}};
/// fn is_about_groups<C: GroupConditionIn<From<Post>, I>, I>(_: C) {}
/// is_about_groups(func::count_all().gt(1));
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` is not a condition", label = "a condition is expected")]
pub trait GroupConditionIn<Scope, I>: IntoCondition {}

impl<Scope: Covers<C::Sources, I>, C: IntoCondition<Sources: GroupWise>, I> GroupConditionIn<Scope, I> for C {}

/// What the rows of a statement of this scope can be ordered by. `I` is inferred.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{prelude::*, query::{From, OrderIn}};
/// fn orders_users<O: OrderIn<From<User>, I>, I>(_: O) {}
/// orders_users((User::name.desc(), User::id));
/// ```
#[diagnostic::on_unimplemented(
    message = "rows cannot be ordered by `{Self}`",
    label = "a column, an expression, or a tuple of such is expected"
)]
pub trait OrderIn<Scope, I>: OrderTerms {}

impl<Scope: Covers<O::Sources, I>, O: OrderTerms, I> OrderIn<Scope, I> for O {}

/// Columns and expressions, row by row, of what a statement of this scope reads: what `group_by` and `distinct_on` take.
/// `I` is inferred.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{prelude::*, query::{ElementsIn, From}};
/// fn groups_posts<E: ElementsIn<From<Post>, I>, I>(_: E) {}
/// groups_posts((Post::user_id, Post::title));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of columns and expressions",
    label = "a column, an expression, or a tuple of such is expected"
)]
pub trait ElementsIn<Scope, I>: Elements {}

impl<Scope: Covers<E::Sources, I>, E: Elements<Sources: RowWise>, I> ElementsIn<Scope, I> for E {}

/// What a column of the type `T` can be set to by a statement of this scope. `I` is inferred.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*, query::{From, ValueIn}};
/// fn is_text<V: ValueIn<String, From<User>, I>, I>(_: V) {}
/// is_text(func::lower(User::email));
/// ```
#[diagnostic::on_unimplemented(
    message = "a column of type `{T}` cannot be set to `{Self}`",
    label = "a value or a column of its type is expected"
)]
pub trait ValueIn<T: ColumnType, Scope, I>: Operand<T::NotNull> {}

impl<Scope, V, T: ColumnType, I> ValueIn<T, Scope, I> for V
where
    V: Operand<T::NotNull, Nullness: Fits<T::Nullness>>,
    Scope: Covers<V::Sources, I>,
{
}
