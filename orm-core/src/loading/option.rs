//! Floor 6: loader options, typed at the edge and data inside.

use std::fmt;
use std::marker::PhantomData;

use crate::model::{Model, Relationship, RelationshipMarker};
use crate::query::{Condition, Levels, Load, Loads, OrderBy, Strategy};
use crate::types::Many;

/// A loader option that starts at the model `M` and has led to the model `Tip`.
///
/// Made by [`selectinload`], [`joinedload`] and [`subqueryload`]; goes on from `Tip` with the methods of the same names.
/// `Last` is what can still be said about the last relationship. Two options for one relationship are one: below it is
/// loaded what both say, in the way that the later one says.
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

/// The last relationship of an option, `R`, is loaded by [`selectinload`]: with a statement of its own, which can say more.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{LoadOption, SelectIn, model::RelationshipMarker, selectinload};
/// fn newest<R: RelationshipMarker<Source = User, Target = Post, Cardinality = orm_core::types::Many>>(
///     posts: LoadOption<User, Post, SelectIn<R>>,
/// ) -> LoadOption<User, Post, SelectIn<R>> {
///     posts.order_by(Post::id.desc()).limit(3)
/// }
/// let option = newest(selectinload(User::posts));
/// # let _ = option;
/// ```
pub struct SelectIn<R>(PhantomData<fn() -> R>);

type Types<M, Tip, Last> = PhantomData<fn() -> (M, Tip, Last)>;

impl<M, Tip, Last> Clone for LoadOption<M, Tip, Last> {
    fn clone(&self) -> Self {
        Self { loads: self.loads.clone(), depth: self.depth, types: PhantomData }
    }
}

impl<M, Tip, Last> fmt::Debug for LoadOption<M, Tip, Last> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("LoadOption");
        self.loads.iter().for_each(|load| {
            tuple.field(load);
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
pub fn selectinload<R: RelationshipMarker>(
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
pub fn joinedload<R: RelationshipMarker>(relationship: Relationship<R>) -> LoadOption<R::Source, R::Target> {
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
pub fn subqueryload<R: RelationshipMarker>(
    relationship: Relationship<R>,
) -> LoadOption<R::Source, R::Target> {
    LoadOption::nothing().subqueryload(relationship)
}

impl<M> LoadOption<M, M> {
    /// What says nothing yet.
    fn nothing() -> Self {
        Self { loads: Loads::default(), depth: 0, types: PhantomData }
    }
}

impl<M, Tip: Model, Last> LoadOption<M, Tip, Last> {
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
    ) -> LoadOption<M, R::Target, SelectIn<R>> {
        self.deeper(relationship, Strategy::SelectIn)
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
        self.deeper(relationship, Strategy::Joined)
    }

    /// From there on, loads a relationship with one more statement, which travels with the one before it.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{select, subqueryload};
    /// let users = select::<User>().options(subqueryload(User::posts).subqueryload(Post::user));
    /// # let _ = users;
    /// ```
    pub fn subqueryload<R: RelationshipMarker<Source = Tip>>(
        self,
        relationship: Relationship<R>,
    ) -> LoadOption<M, R::Target> {
        self.deeper(relationship, Strategy::Subquery)
    }

    /// From there on, loads what another option says; call it several times for several relationships of `Tip`.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{joinedload, select, selectinload};
    /// let authors = joinedload(Post::user).options(selectinload(User::profile)).options(selectinload(User::posts));
    /// let posts = select::<Post>().options(authors);
    /// # let _ = posts;
    /// ```
    pub fn options<Other, Last2>(mut self, option: LoadOption<Tip, Other, Last2>) -> Self {
        self.tip().extend(option.loads);
        self
    }

    /// The load at the end of the chain.
    fn last(&mut self) -> &mut Load {
        level(&mut self.loads, self.depth - 1).last_mut().expect("a chain is as deep as it was made")
    }

    /// Goes on along a relationship of the tip.
    fn deeper<R: RelationshipMarker, Next>(
        mut self,
        relationship: Relationship<R>,
        strategy: Strategy,
    ) -> LoadOption<M, R::Target, Next> {
        self.tip().push(Load::new(R::Source::TABLE, relationship.index(), strategy));
        LoadOption { loads: self.loads, depth: self.depth + 1, types: PhantomData }
    }

    /// The options of the tip.
    fn tip(&mut self) -> &mut Loads {
        level(&mut self.loads, self.depth)
    }
}

/// The options so many levels below these, going down by the one that was added last.
fn level(mut loads: &mut Loads, depth: usize) -> &mut Loads {
    for _ in 0..depth {
        loads = &mut loads.last_mut().expect("a chain is as deep as it was made").below;
    }
    loads
}

/// Of a to-many, some rows, or all in another order.
///
/// With a filter or a limit an entity shows the rows that were let through, by `get` and when it is awaited, and
/// [`is_partial`](crate::Related::is_partial) says so. What was left out is still known to be somewhere: a flush
/// concludes nothing from it, and the next load of the relationship without filter and limit replaces what is shown.
impl<M, R: RelationshipMarker<Cardinality = Many>> LoadOption<M, R::Target, SelectIn<R>> {
    /// Loads only the rows for which the condition holds; several filters must all hold.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{select, selectinload};
    /// let posts = selectinload(User::posts).filter(Post::title.contains("Rust"));
    /// let users = select::<User>().options(posts);
    /// # let _ = users;
    /// ```
    pub fn filter(mut self, condition: Condition) -> Self {
        self.last().narrow.filter(condition.0);
        self
    }

    /// Orders the rows of each entity, after what was ordered by before; rows that are equal in it, by their keys.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{select, selectinload};
    /// let users = select::<User>().options(selectinload(User::posts).order_by(Post::title));
    /// # let _ = users;
    /// ```
    pub fn order_by(mut self, order: impl Into<OrderBy>) -> Self {
        self.last().narrow.order.push(order.into());
        self
    }

    /// Loads at most so many rows for each entity, in one statement for all of them.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{select, selectinload};
    /// let newest = selectinload(User::posts).order_by(Post::id.desc()).limit(3);
    /// let users = select::<User>().options(newest);
    /// # let _ = users;
    /// ```
    pub fn limit(mut self, rows: u64) -> Self {
        self.last().narrow.limit = Some(rows);
        self
    }
}

/// Of a relationship that leads to its own model, several levels: with one statement a level, as long as there is more.
impl<M, R: RelationshipMarker<Source = <R as RelationshipMarker>::Target>>
    LoadOption<M, R::Target, SelectIn<R>>
{
    /// Loads so many levels.
    ///
    /// ```
    /// # use orm_examples::chinook::sales::Employee; use orm_core::{select, selectinload};
    /// let heads = select::<Employee>().filter(Employee::manager_id.is_null());
    /// let with_two_levels = heads.options(selectinload(Employee::reports).recursive(2));
    /// # let _ = with_two_levels;
    /// ```
    pub fn recursive(mut self, levels: usize) -> Self {
        self.last().levels = Levels::Some(levels);
        self
    }

    /// Loads all levels. A circle ends where it meets itself.
    ///
    /// ```
    /// # use orm_examples::chinook::sales::Employee; use orm_core::{select, selectinload};
    /// let heads = select::<Employee>().filter(Employee::manager_id.is_null());
    /// let trees = heads.options(selectinload(Employee::reports).recursive_all());
    /// # let _ = trees;
    /// ```
    pub fn recursive_all(mut self) -> Self {
        self.last().levels = Levels::All;
        self
    }
}
