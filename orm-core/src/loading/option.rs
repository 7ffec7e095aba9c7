//! Floor 6: loader options, typed at the edge and data inside.

mod chain;
mod columns;
mod more;

use std::fmt;
use std::marker::PhantomData;

pub use chain::{BeginsAt, OptionOf};
pub use columns::{ColumnList, Defer, defer, load_only, undefer, undefer_group};
pub use more::{ContainsEager, LoadsParts, Raise, RaiseAll, SelectIn};

use crate::model::{Relationship, RelationshipMarker};
use crate::query::{Loads, Strategy};
use crate::types::{Loadable, MayBeEmpty};

/// A loader option that starts at the model `M` and has led to the model `Tip`.
///
/// Made by [`selectinload`], [`joinedload`], [`subqueryload`], [`contains_eager`], [`lazyload`], [`raiseload`] and
/// [`noload`]; goes on from `Tip` with the methods of the same names. `Last` is what can still be said about the last
/// relationship. Two options for one relationship are one: below it is loaded what both say, in the way that the later one
/// says. What a query says comes before what a model says (`lazy = ..`).
///
/// Options that speak of later (`lazyload`, `raiseload`, `noload`, and what is below the others) hold for the entities of
/// the query until another query brings them.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::selectinload;
/// let option = selectinload(User::posts).selectinload(Post::user);
/// assert_eq!(format!("{option:?}"), "LoadOption(User::posts (SelectIn) [Post::user (SelectIn)])");
/// ```
#[must_use = "an option does nothing until a select has it"]
pub struct LoadOption<M, Tip, Last = ()> {
    pub(crate) loads: Loads,
    /// How many levels below the options the tip's own are.
    depth: usize,
    types: Types<M, Tip, Last>,
}

type Types<M, Tip, Last> = PhantomData<fn() -> (M, Tip, Last)>;

impl<M, Tip, Last> Clone for LoadOption<M, Tip, Last> {
    fn clone(&self) -> Self {
        Self { loads: self.loads.clone(), depth: self.depth, types: PhantomData }
    }
}

impl<M, Tip, Last> fmt::Debug for LoadOption<M, Tip, Last> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("LoadOption");
        for column in self.loads.columns.shown() {
            tuple.field(&column);
        }
        for load in self.loads.iter() {
            tuple.field(load);
        }
        self.loads.rest.iter().for_each(|rest| {
            tuple.field(&format_args!("* ({rest:?})"));
        });
        tuple.finish()
    }
}

/// Loads a relationship of all entities of a result with one more statement: `WHERE key = ANY(..)`.
///
/// The best choice for collections: no row is sent twice.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let users = select::<User>().options(selectinload(User::posts)).options(selectinload(User::profile));
/// for user in session.scalars(users).await? {
///     println!("{} wrote {:?}", user.email, user.posts().get()?);
/// }
/// # Ok(()) }
/// ```
#[inline(always)]
pub fn selectinload<R: RelationshipMarker<Cardinality: Loadable>>(
    relationship: Relationship<R>,
) -> LoadOption<R::Source, R::Target, SelectIn<R>> {
    LoadOption::nothing().selectinload(relationship)
}

/// Loads a relationship in the same statement, by a LEFT JOIN. A limit still counts the entities that are selected.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let posts = select::<Post>().options(joinedload(Post::user)).limit(10);
/// for post in session.scalars(posts).await? {
///     println!("{} by {}", post.title, post.user().get()?.email);
/// }
/// # Ok(()) }
/// ```
#[inline(always)]
pub fn joinedload<R: RelationshipMarker<Cardinality: Loadable>>(
    relationship: Relationship<R>,
) -> LoadOption<R::Source, R::Target> {
    LoadOption::nothing().joinedload(relationship)
}

/// Loads a relationship of all entities of a result with one more statement that repeats the select of these entities,
/// and so travels with it: no round trip is added, however deep such options nest.
///
/// The server does the work of the select once for each. Give a select with a limit an order in which no two rows are
/// equal: else the server may take other rows the second time, and their relationships stay unloaded.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let users = select::<User>().options(subqueryload(User::posts)).order_by(User::id).limit(10);
/// for user in session.scalars(users).await? {
///     println!("{} wrote {:?}", user.email, user.posts().get()?); // both came at once
/// }
/// # Ok(()) }
/// ```
#[inline(always)]
pub fn subqueryload<R: RelationshipMarker<Cardinality: Loadable>>(
    relationship: Relationship<R>,
) -> LoadOption<R::Source, R::Target> {
    LoadOption::nothing().subqueryload(relationship)
}

/// Takes a relationship from a join that the select has of its own ([`Select::join`](crate::Select::join)).
///
/// Of a to-many only those are there that the select let through: it [is partial](crate::Related::is_partial), and a flush
/// concludes nothing from it.
///
/// # Errors
/// The select fails ([`Error::is_not_joined`](crate::Error::is_not_joined)) if it does not join the relationship.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let posts = select::<Post>()
///     .join(Post::user)
///     .filter(User::email.ends_with("@example.org"))
///     .order_by(User::email)
///     .options(contains_eager(Post::user));
/// for post in session.scalars(posts).await? {
///     println!("{} by {}", post.title, post.user().get()?.email);
/// }
/// # Ok(()) }
/// ```
pub fn contains_eager<R: RelationshipMarker<Cardinality: Loadable>>(
    relationship: Relationship<R>,
) -> LoadOption<R::Source, R::Target, ContainsEager> {
    LoadOption::nothing().along(relationship, Strategy::Contains)
}

/// Loads a relationship when it is awaited, whatever the model says; and then, what is below.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let users = select::<User>().options(lazyload(User::posts).joinedload(Post::user));
/// for user in session.scalars(users).await? {
///     println!("{:?}", user.posts().await?); // one statement for all, with a join
/// }
/// # Ok(()) }
/// ```
pub fn lazyload<R: RelationshipMarker<Cardinality: Loadable>>(
    relationship: Relationship<R>,
) -> LoadOption<R::Source, R::Target> {
    LoadOption::nothing().lazyload(relationship)
}

/// Refuses to load a relationship when it is asked for: awaiting it is an error
/// ([`Error::is_raise_load`](crate::Error::is_raise_load)) unless it is loaded by other means, and nothing is sent. A flush
/// still loads what it needs.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// for user in session.scalars(select::<User>().options(raiseload(User::posts))).await? {
///     assert!(user.posts().await.is_err_and(|error| error.is_raise_load()));
/// }
/// # Ok(()) }
/// ```
pub fn raiseload<R: RelationshipMarker<Cardinality: Loadable>>(
    relationship: Relationship<R>,
) -> LoadOption<R::Source, R::Target, Raise> {
    LoadOption::nothing().raiseload(relationship)
}

/// Shows a relationship as empty without loading it. Only where it is shown: it stays unloaded, a flush concludes nothing
/// from it, and what is added to it is shown.
///
/// Not for a to-one that is always there: [`raiseload`] says better what is missing, there and mostly elsewhere too.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// for user in session.scalars(select::<User>().options(noload(User::posts))).await? {
///     assert_eq!(user.posts().await?, []);
/// }
/// # Ok(()) }
/// ```
pub fn noload<R: RelationshipMarker<Cardinality: MayBeEmpty>>(
    relationship: Relationship<R>,
) -> LoadOption<R::Source, R::Target> {
    LoadOption::nothing().noload(relationship)
}

/// Refuses, as [`raiseload`], to load all relationships of `M` that no other option names, and of all that is loaded
/// below. Nor is loaded what models load by default.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let users = select::<User>().options(selectinload(User::posts)).options(raiseload_all());
/// for user in session.scalars(users).await? {
///     println!("{:?}", user.posts().get()?);
///     assert!(user.profile().await.is_err_and(|error| error.is_raise_load()));
/// }
/// # Ok(()) }
/// ```
pub fn raiseload_all<M: crate::Model>() -> LoadOption<M, M, RaiseAll> {
    LoadOption::nothing().raiseload_all()
}

/// Loads all relationships of `M` that no other option names, and of all that is loaded below, when they are awaited,
/// whatever the models say.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{lazyload_all, select};
/// let users = select::<User>().options(lazyload_all());
/// # let _ = users;
/// ```
pub fn lazyload_all<M: crate::Model>() -> LoadOption<M, M> {
    LoadOption::nothing().lazyload_all()
}

impl<M> LoadOption<M, M> {
    /// What says nothing yet.
    #[inline(always)]
    pub(super) fn nothing() -> Self {
        Self { loads: Loads::default(), depth: 0, types: PhantomData }
    }
}
