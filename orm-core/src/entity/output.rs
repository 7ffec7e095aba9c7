//! Floor 7: entities among what a select yields.

use std::fmt;
use std::marker::PhantomData;

use super::{Entity, Live};
use crate::model::Selectable;
use crate::query::{Aliased, Has, Output, OutputList, TableReference};
use crate::types::Nullness;

/// An entity among what a select yields. Made by [`entity`].
///
/// ```
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// let query = select::<Post>().join(Post::user).columns((entity::<Post>(), User::email));
/// assert!(query.to_string().starts_with("SELECT posts.id, posts.title, posts.user_id, users.email"));
/// ```
pub struct EntityOf<S, M>(PhantomData<fn() -> (S, M)>);

/// The entity of a model that the select reads, among other columns: the session's own, as from any query. Where it comes
/// by an outer join it is an `Option`.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let query = select::<User>()
///     .left_join(User::posts)
///     .group_by(User::id)
///     .columns((entity::<User>(), func::count(Post::id)));
/// for (user, posts) in session.execute(query).await? {
///     println!("{} has written {posts}", user.email);
/// }
/// # Ok(()) }
/// ```
pub const fn entity<M: Live>() -> EntityOf<M, M> {
    EntityOf(PhantomData)
}

/// As [`entity`], of an alias of a model.
///
/// ```
/// # use orm_examples::chinook::sales::Employee; use orm_core::prelude::*;
/// alias!(Manager = Employee);
/// let query = select::<Employee>()
///     .left_join(Employee::manager.to::<Manager>())
///     .columns((entity::<Employee>(), entity_as::<Manager>()));
/// # let _ = query;
/// ```
pub const fn entity_as<A: Aliased<Of: Live>>() -> EntityOf<A, A::Of> {
    EntityOf(PhantomData)
}

#[diagnostic::do_not_recommend]
impl<Scope: Has<S, I>, S: Selectable, M: Live, I> Output<Scope, I> for EntityOf<S, M> {
    type Value = <Scope::Nullness as Nullness>::OrNone<Entity<M>>;

    fn add_to(self, list: &mut OutputList) {
        list.add_entity(TableReference::to::<S>());
    }
}

impl<S, M: Live> fmt::Debug for EntityOf<S, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntityOf({})", M::TABLE.model)
    }
}
