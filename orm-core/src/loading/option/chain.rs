//! Floor 6: an option goes on from where it has led.

use std::marker::PhantomData;

use super::{ContainsEager, LoadOption, Raise, RaiseAll, SelectIn};
use crate::model::{Model, Relationship, RelationshipMarker};
use crate::query::{Load, Loads, Strategy};
use crate::types::{Loadable, MayBeEmpty};

impl<M, Tip: Model, Last> LoadOption<M, Tip, Last> {
    /// From there on, loads a relationship with one more statement.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{joinedload, select};
    /// let users = select::<User>().options(joinedload(User::profile).selectinload(Profile::user));
    /// # let _ = users;
    /// ```
    pub fn selectinload<R: RelationshipMarker<Source = Tip, Cardinality: Loadable>>(
        self,
        relationship: Relationship<R>,
    ) -> LoadOption<M, R::Target, SelectIn<R>> {
        self.along(relationship, Strategy::SelectIn)
    }

    /// From there on, loads a relationship by a LEFT JOIN.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{select, selectinload};
    /// let users = select::<User>().options(selectinload(User::posts).joinedload(Post::user));
    /// # let _ = users;
    /// ```
    pub fn joinedload<R: RelationshipMarker<Source = Tip, Cardinality: Loadable>>(
        self,
        relationship: Relationship<R>,
    ) -> LoadOption<M, R::Target> {
        self.along(relationship, Strategy::Joined)
    }

    /// From there on, loads a relationship with one more statement, which travels with the one before it.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{select, subqueryload};
    /// let users = select::<User>().options(subqueryload(User::posts).subqueryload(Post::user));
    /// # let _ = users;
    /// ```
    pub fn subqueryload<R: RelationshipMarker<Source = Tip, Cardinality: Loadable>>(
        self,
        relationship: Relationship<R>,
    ) -> LoadOption<M, R::Target> {
        self.along(relationship, Strategy::Subquery)
    }

    /// From there on, loads a relationship when it is awaited.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{select, selectinload};
    /// let users = select::<User>().options(selectinload(User::posts).lazyload(Post::user));
    /// # let _ = users;
    /// ```
    pub fn lazyload<R: RelationshipMarker<Source = Tip, Cardinality: Loadable>>(
        self,
        relationship: Relationship<R>,
    ) -> LoadOption<M, R::Target> {
        self.along(relationship, Strategy::Lazy)
    }

    /// From there on, refuses to load a relationship.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{joinedload, select};
    /// let users = select::<User>().options(joinedload(User::profile).raiseload(Profile::user));
    /// # let _ = users;
    /// ```
    pub fn raiseload<R: RelationshipMarker<Source = Tip, Cardinality: Loadable>>(
        self,
        relationship: Relationship<R>,
    ) -> LoadOption<M, R::Target, Raise> {
        self.along(relationship, Strategy::Raise)
    }

    /// From there on, shows a relationship as empty.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{joinedload, select};
    /// let posts = select::<Post>().options(joinedload(Post::user).noload(User::profile));
    /// # let _ = posts;
    /// ```
    pub fn noload<R: RelationshipMarker<Source = Tip, Cardinality: MayBeEmpty>>(
        self,
        relationship: Relationship<R>,
    ) -> LoadOption<M, R::Target> {
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
    pub fn options<End, Last2>(mut self, option: LoadOption<Tip, End, Last2>) -> Self {
        self.tip().extend(option.loads);
        self
    }

    /// Goes on along a relationship of the tip.
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
    pub fn contains_eager<R: RelationshipMarker<Source = Tip, Cardinality: Loadable>>(
        self,
        relationship: Relationship<R>,
    ) -> LoadOption<M, R::Target, ContainsEager>
    where
        Tip: Model,
    {
        self.along(relationship, Strategy::Contains)
    }
}

impl<M, Tip, Last> LoadOption<M, Tip, Last> {
    /// The options of the tip.
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
