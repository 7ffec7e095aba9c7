//! Floor 7: entities among what a select yields.

use std::fmt;
use std::marker::PhantomData;

use super::{Entity, Live};
use crate::loading::OptionOf;
use crate::model::Selectable;
use crate::query::{Aliased, Has, Loads, Output, OutputList, TableReference};
use crate::types::Nullness;

/// An entity among what a select yields. Made by [`entity`].
///
/// ```
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// let query = select::<Post>().join(Post::user).columns((entity::<Post>(), User::email));
/// assert!(query.to_string().starts_with("SELECT posts.id, posts.title, posts.user_id, users.email"));
/// ```
#[derive(Clone)]
pub struct EntityOf<S, M> {
    options: Loads,
    types: PhantomData<fn() -> (S, M)>,
}

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
pub fn entity<M: Live>() -> EntityOf<M, M> {
    EntityOf { options: Loads::default(), types: PhantomData }
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
pub fn entity_as<A: Aliased<Of: Live>>() -> EntityOf<A, A::Of> {
    EntityOf { options: Loads::default(), types: PhantomData }
}

impl<S, M: Live> EntityOf<S, M> {
    /// Loads relationships along for this entity of the rows. Call it once for each.
    ///
    /// All that is loaded for the entities of a row travels together. `joinedload` adds joins to the statement: the select
    /// stands in it as a subselect, so that neither its groups nor its limit change, and no row comes twice. `subqueryload` is
    /// `selectinload` here. A query of entities alone takes options by [`Select::options`](crate::Select::options); what
    /// is said there before the columns holds for the entities of that model among them.
    ///
    /// # Errors
    /// The query fails with `contains_eager` ([`Error::is_not_joined`](crate::Error::is_not_joined)): what the select joins
    /// can be yielded beside.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let query = select::<User>().join(User::posts).group_by((User::id, Post::id)).columns((
    ///     entity::<User>().options(selectinload(User::posts)).options(joinedload(User::profile)),
    ///     entity::<Post>().options(joinedload(Post::user)),
    ///     func::count_all(),
    /// ));
    /// for (user, post, _) in session.execute(query).await? {
    ///     println!("{}, one of {}", post.title, user.posts().get()?.len());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn options<O: OptionOf<M>>(mut self, option: O) -> Self {
        self.options.extend(option.into_loads());
        self
    }
}

#[diagnostic::do_not_recommend]
impl<Scope, S, M, N, I> Output<Scope, I, N::OrNone<Entity<M>>> for EntityOf<S, M>
where
    Scope: Has<S, I, Nullness = N>,
    S: Selectable,
    M: Live,
    N: Nullness,
{
    fn add_to(self, list: &mut OutputList) {
        list.add_entity(TableReference::to::<S>(), self.options);
    }
}

impl<S, M: Live> fmt::Debug for EntityOf<S, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntityOf({})", M::TABLE.model)
    }
}
