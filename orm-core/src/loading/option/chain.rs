//! Floor 6: an option goes on from where it has led.

use std::marker::PhantomData;

use super::{ContainsEager, LoadOption, Raise, RaiseAll, SelectIn};
use crate::model::{Model as _, Relationship, RelationshipMarker};
use crate::query::{Load, Loads, Strategy};
use crate::types::{Loadable, MayBeEmpty};

/// A relationship of the model `M`.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{BeginsAt, LoadOption, Relationship, SelectIn, model::RelationshipMarker, prelude::*};
/// fn and<R: RelationshipMarker<Target = Post, Cardinality = orm_core::types::Many>>(
///     option: LoadOption<Post, User>,
///     relationship: Relationship<R>,
/// ) -> LoadOption<Post, Post, SelectIn<R>>
/// where
///     Relationship<R>: BeginsAt<User>,
/// {
///     option.selectinload(relationship)
/// }
/// # let _ = and(joinedload(Post::user), User::posts);
/// ```
#[diagnostic::on_unimplemented(
    message = "this is not a relationship of `{M}`",
    label = "the option has led to `{M}`, and goes on from there"
)]
pub trait BeginsAt<M> {}

#[diagnostic::do_not_recommend]
impl<M, R: Begins<At = M>> BeginsAt<M> for R {}

/// What [`BeginsAt`] is said of.
#[doc(hidden)]
pub trait Begins {
    type At;
}

impl<R: RelationshipMarker> Begins for Relationship<R> {
    type At = R::Source;
}

/// An option that begins at the model `M`.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{OptionOf, Select, prelude::*};
/// fn all_users(option: impl OptionOf<User>) -> Select<User> {
///     select::<User>().options(option)
/// }
/// # let _ = all_users(selectinload(User::posts));
/// ```
#[diagnostic::on_unimplemented(
    message = "this is not an option of `{M}`",
    label = "an option of `{M}` begins with a relationship or a column of `{M}`"
)]
pub trait OptionOf<M> {
    #[doc(hidden)]
    fn into_loads(self) -> Loads;
}

#[diagnostic::do_not_recommend]
impl<M, O: Loading<From = M>> OptionOf<M> for O {
    #[inline(always)]
    fn into_loads(self) -> Loads {
        self.what_it_loads()
    }
}

/// What [`OptionOf`] is said of.
#[doc(hidden)]
pub trait Loading {
    type From;

    fn what_it_loads(self) -> Loads;
}

impl<M, Tip, Last> Loading for LoadOption<M, Tip, Last> {
    type From = M;

    #[inline(always)]
    fn what_it_loads(self) -> Loads {
        self.loads
    }
}

impl<M, Tip, Last> LoadOption<M, Tip, Last> {
    /// From there on, loads a relationship with one more statement.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{joinedload, select};
    /// let users = select::<User>().options(joinedload(User::profile).selectinload(Profile::user));
    /// # let _ = users;
    /// ```
    #[rustfmt::skip]
    #[inline(always)]
    pub fn selectinload<R: RelationshipMarker<Cardinality: Loadable>>(self, relationship: Relationship<R>) -> LoadOption<M, R::Target, SelectIn<R>> where Relationship<R>: BeginsAt<Tip> {
        self.along(relationship, Strategy::SelectIn)
    }

    /// From there on, loads a relationship by a LEFT JOIN.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{select, selectinload};
    /// let users = select::<User>().options(selectinload(User::posts).joinedload(Post::user));
    /// # let _ = users;
    /// ```
    #[rustfmt::skip]
    #[inline(always)]
    pub fn joinedload<R: RelationshipMarker<Cardinality: Loadable>>(self, relationship: Relationship<R>) -> LoadOption<M, R::Target> where Relationship<R>: BeginsAt<Tip> {
        self.along(relationship, Strategy::Joined)
    }

    /// From there on, loads a relationship with one more statement, which travels with the one before it.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{select, subqueryload};
    /// let users = select::<User>().options(subqueryload(User::posts).subqueryload(Post::user));
    /// # let _ = users;
    /// ```
    #[rustfmt::skip]
    #[inline(always)]
    pub fn subqueryload<R: RelationshipMarker<Cardinality: Loadable>>(self, relationship: Relationship<R>) -> LoadOption<M, R::Target> where Relationship<R>: BeginsAt<Tip> {
        self.along(relationship, Strategy::Subquery)
    }

    /// From there on, loads a relationship when it is awaited.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{select, selectinload};
    /// let users = select::<User>().options(selectinload(User::posts).lazyload(Post::user));
    /// # let _ = users;
    /// ```
    #[rustfmt::skip]
    pub fn lazyload<R: RelationshipMarker<Cardinality: Loadable>>(self, relationship: Relationship<R>) -> LoadOption<M, R::Target> where Relationship<R>: BeginsAt<Tip> {
        self.along(relationship, Strategy::Lazy)
    }

    /// From there on, refuses to load a relationship.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{joinedload, select};
    /// let users = select::<User>().options(joinedload(User::profile).raiseload(Profile::user));
    /// # let _ = users;
    /// ```
    #[rustfmt::skip]
    pub fn raiseload<R: RelationshipMarker<Cardinality: Loadable>>(self, relationship: Relationship<R>) -> LoadOption<M, R::Target, Raise> where Relationship<R>: BeginsAt<Tip> {
        self.along(relationship, Strategy::Raise)
    }

    /// From there on, shows a relationship as empty.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{joinedload, select};
    /// let posts = select::<Post>().options(joinedload(Post::user).noload(User::profile));
    /// # let _ = posts;
    /// ```
    #[rustfmt::skip]
    pub fn noload<R: RelationshipMarker<Cardinality: MayBeEmpty>>(self, relationship: Relationship<R>) -> LoadOption<M, R::Target> where Relationship<R>: BeginsAt<Tip> {
        self.along(relationship, Strategy::NoLoad)
    }

    /// From there on, refuses to load all that no other option names, at this model and below.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{joinedload, select};
    /// let users = select::<User>().options(joinedload(User::posts).raiseload_all());
    /// # let _ = users;
    /// ```
    pub fn raiseload_all(self) -> LoadOption<M, Tip, RaiseAll> {
        self.all(Strategy::Raise)
    }

    /// From there on, loads all that no other option names when it is awaited, at this model and below.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{joinedload, select};
    /// let users = select::<User>().options(joinedload(User::posts).lazyload_all());
    /// # let _ = users;
    /// ```
    pub fn lazyload_all(self) -> LoadOption<M, Tip> {
        self.all(Strategy::Lazy)
    }

    /// From there on, loads what another option says; call it several times for several relationships of `Tip`.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{joinedload, select, selectinload};
    /// let authors = joinedload(Post::user).options(selectinload(User::profile)).options(selectinload(User::posts));
    /// let posts = select::<Post>().options(authors);
    /// # let _ = posts;
    /// ```
    pub fn options<O: OptionOf<Tip>>(mut self, option: O) -> Self {
        self.tip().extend(option.into_loads());
        self
    }

    /// Goes on along a relationship of the tip.
    #[inline(always)]
    pub(super) fn along<R: RelationshipMarker, Next>(
        mut self,
        relationship: Relationship<R>,
        strategy: Strategy,
    ) -> LoadOption<M, R::Target, Next> {
        self.tip().push(Load::new(R::Source::TABLE, relationship.index(), strategy));
        LoadOption { loads: self.loads, depth: self.depth + 1, types: PhantomData }
    }

    fn all<Next>(mut self, strategy: Strategy) -> LoadOption<M, Tip, Next> {
        self.tip().rest = Some(strategy);
        LoadOption { loads: self.loads, depth: self.depth, types: PhantomData }
    }
}

impl<M, Tip> LoadOption<M, Tip, ContainsEager> {
    /// From there on, takes a relationship from a further join of the select.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{contains_eager, select};
    /// let posts = select::<Post>()
    ///     .join(Post::user)
    ///     .left_join(User::profile)
    ///     .options(contains_eager(Post::user).contains_eager(User::profile));
    /// # let _ = posts;
    /// ```
    #[rustfmt::skip]
    pub fn contains_eager<R: RelationshipMarker<Cardinality: Loadable>>(self, relationship: Relationship<R>) -> LoadOption<M, R::Target, ContainsEager> where Relationship<R>: BeginsAt<Tip> {
        self.along(relationship, Strategy::Contains)
    }
}

impl<M, Tip, Last> LoadOption<M, Tip, Last> {
    /// The options of the tip.
    #[inline(always)]
    pub(super) fn tip(&mut self) -> &mut Loads {
        level(&mut self.loads, self.depth)
    }

    /// The load that has led to the tip.
    pub(super) fn last(&mut self) -> &mut Load {
        level(&mut self.loads, self.depth - 1).last_mut().expect("a chain is as deep as it was made")
    }
}

/// The options so many levels below these, going down by the one that was added last.
fn level(mut loads: &mut Loads, depth: usize) -> &mut Loads {
    for _ in 0..depth {
        loads = &mut loads.last_mut().expect("a chain is as deep as it was made").below;
    }
    loads
}
