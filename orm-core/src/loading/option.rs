//! Floor 6: loader options, typed at the edge and data inside.

use std::fmt;
use std::marker::PhantomData;

use crate::graph::Locked;
use crate::model::{Model, Relationship, RelationshipFacts, RelationshipMarker, Table};

/// How a relationship is to be loaded, and what below it.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) source: &'static Table,
    pub(crate) relationship: usize,
    pub(crate) strategy: Strategy,
    pub(crate) below: Vec<Load>,
    /// Makes sure that the target has its place in a graph.
    pub(crate) prepare: fn(&mut Locked<'_>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strategy {
    SelectIn,
    Joined,
}

impl Load {
    pub(crate) fn new<R: RelationshipMarker>(strategy: Strategy) -> Self {
        let prepare = |locked: &mut Locked<'_>| {
            locked.arena_of::<R::Link>();
            locked.arena_of::<R::Target>();
        };
        Self { source: R::Source::TABLE, relationship: R::INDEX, strategy, below: Vec::new(), prepare }
    }

    pub(crate) fn facts(&self) -> &'static RelationshipFacts {
        &self.source.relationships[self.relationship]
    }

    pub(crate) fn target(&self) -> &'static Table {
        (self.facts().target)()
    }

    /// Adds the tables that the option reads.
    pub(crate) fn collect_tables(&self, tables: &mut Vec<&'static Table>) {
        tables.push(self.target());
        tables.extend(
            self.facts().through.map(|through| (self.source.relationships[through().links].target)()),
        );
        self.below.iter().for_each(|load| load.collect_tables(tables));
    }

    /// The option at the end of the chain that was added last.
    fn tip(&mut self, depth: usize) -> &mut Self {
        match depth {
            0 => self,
            _ => self.below.last_mut().expect("a chain is as deep as it was made").tip(depth - 1),
        }
    }
}

/// `User::posts (SelectIn)`, with what is below it in a list.
impl fmt::Debug for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{} ({:?})", self.source.model, self.facts().name, self.strategy)?;
        match &*self.below {
            [] => Ok(()),
            below => {
                f.write_str(" ")?;
                f.debug_list().entries(below).finish()
            }
        }
    }
}

/// A loader option that starts at the model `M` and has led to the model `Tip`.
///
/// Made by [`selectinload`] and [`joinedload`]; goes on from `Tip` with the methods of the same names.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::selectinload;
/// let option = selectinload(User::posts).selectinload(Post::user);
/// assert_eq!(format!("{option:?}"), "LoadOption(User::posts (SelectIn) [Post::user (SelectIn)])");
/// ```
#[must_use = "an option does nothing until a select has it"]
pub struct LoadOption<M, Tip> {
    pub(crate) load: Load,
    depth: usize,
    models: PhantomData<fn() -> (M, Tip)>,
}

impl<M, Tip> Clone for LoadOption<M, Tip> {
    fn clone(&self) -> Self {
        Self { load: self.load.clone(), depth: self.depth, models: PhantomData }
    }
}

impl<M, Tip> fmt::Debug for LoadOption<M, Tip> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LoadOption").field(&self.load).finish()
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
pub fn selectinload<R: RelationshipMarker>(
    relationship: Relationship<R>,
) -> LoadOption<R::Source, R::Target> {
    let _ = relationship;
    LoadOption { load: Load::new::<R>(Strategy::SelectIn), depth: 0, models: PhantomData }
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
pub fn joinedload<R: RelationshipMarker>(relationship: Relationship<R>) -> LoadOption<R::Source, R::Target> {
    let _ = relationship;
    LoadOption { load: Load::new::<R>(Strategy::Joined), depth: 0, models: PhantomData }
}

impl<M: Model, Tip: Model> LoadOption<M, Tip> {
    /// From there on, loads a relationship with one more statement.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{joinedload, select};
    /// let users = select::<User>().options(joinedload(User::profile).selectinload(Profile::user));
    /// # let _ = users;
    /// ```
    pub fn selectinload<R: RelationshipMarker<Source = Tip>>(
        self,
        relationship: Relationship<R>,
    ) -> LoadOption<M, R::Target> {
        let _ = relationship;
        self.deeper(Load::new::<R>(Strategy::SelectIn))
    }

    /// From there on, loads a relationship by a LEFT JOIN.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{select, selectinload};
    /// let users = select::<User>().options(selectinload(User::posts).joinedload(Post::user));
    /// # let _ = users;
    /// ```
    pub fn joinedload<R: RelationshipMarker<Source = Tip>>(
        self,
        relationship: Relationship<R>,
    ) -> LoadOption<M, R::Target> {
        let _ = relationship;
        self.deeper(Load::new::<R>(Strategy::Joined))
    }

    /// From there on, loads what another option says; call it several times for several relationships of `Tip`.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{joinedload, select, selectinload};
    /// let authors = joinedload(Post::user).options(selectinload(User::profile)).options(selectinload(User::posts));
    /// let posts = select::<Post>().options(authors);
    /// # let _ = posts;
    /// ```
    pub fn options<Other>(mut self, option: LoadOption<Tip, Other>) -> Self {
        self.load.tip(self.depth).below.push(option.load);
        self
    }

    fn deeper<Target>(mut self, load: Load) -> LoadOption<M, Target> {
        self.load.tip(self.depth).below.push(load);
        LoadOption { load: self.load, depth: self.depth + 1, models: PhantomData }
    }
}
