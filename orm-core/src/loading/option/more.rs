//! Floor 6: what can be said about the last relationship of an option.

use std::marker::PhantomData;

use super::LoadOption;
use crate::model::RelationshipMarker;
use crate::query::{ConditionOn, Levels, OrderOn, Strategy, terms};
use crate::types::Many;

/// The last relationship of an option, `R`, is loaded by [`selectinload`](crate::selectinload): with a statement of its own, which can say more.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{LoadOption, SelectIn, model::RelationshipMarker, prelude::*};
/// fn newest<R: RelationshipMarker<Source = User, Target = Post, Cardinality = orm_core::types::Many>>(
///     posts: LoadOption<User, Post, SelectIn<R>>,
/// ) -> LoadOption<User, Post, SelectIn<R>> {
///     posts.order_by(Post::id.desc()).limit(3)
/// }
/// let option = newest(selectinload(User::posts));
/// # let _ = option;
/// ```
pub struct SelectIn<R>(PhantomData<fn() -> R>);

/// The last relationship of an option is taken from a join of the select.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{ContainsEager, LoadOption, contains_eager};
/// let option: LoadOption<Post, User, ContainsEager> = contains_eager(Post::user);
/// # let _ = option;
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct ContainsEager;

/// The last relationship of an option is not to be loaded.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{LoadOption, Raise, raiseload};
/// let option: LoadOption<Post, User, Raise> = raiseload(Post::user);
/// # let _ = option;
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Raise;

/// All relationships of the last model that are not named are not to be loaded.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{LoadOption, RaiseAll, raiseload_all};
/// let option: LoadOption<Post, Post, RaiseAll> = raiseload_all();
/// # let _ = option;
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct RaiseAll;

impl<M, Tip> LoadOption<M, Tip, Raise> {
    /// Refuses only what needs SQL: what is in memory, or whose key is in the identity map, is there.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{raiseload, select};
    /// let posts = select::<Post>().options(raiseload(Post::user).sql_only());
    /// # let _ = posts;
    /// ```
    pub fn sql_only(mut self) -> Self {
        self.last().strategy = Strategy::RaiseOnSql;
        self
    }
}

impl<M, Tip> LoadOption<M, Tip, RaiseAll> {
    /// Refuses only what needs SQL: what is in memory, or whose key is in the identity map, is there.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{raiseload_all, select};
    /// let posts = select::<Post>().options(raiseload_all().sql_only());
    /// # let _ = posts;
    /// ```
    pub fn sql_only(mut self) -> Self {
        self.tip().rest = Some(Strategy::RaiseOnSql);
        self
    }
}

/// The last relationship of an option is a to-many that is loaded by [`selectinload`](crate::selectinload).
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{LoadOption, LoadsParts, prelude::*};
/// fn newest<Last: LoadsParts>(posts: LoadOption<User, Post, Last>) -> LoadOption<User, Post, Last> {
///     posts.order_by(Post::id.desc()).limit(3)
/// }
/// # let _ = newest(selectinload(User::posts));
/// ```
#[diagnostic::on_unimplemented(
    message = "this relationship is loaded as a whole",
    label = "a part is loaded of a to-many, and by `selectinload`"
)]
pub trait LoadsParts {}

#[diagnostic::do_not_recommend]
impl<Last: SelectsMany> LoadsParts for Last {}

/// What [`LoadsParts`] is said of.
#[doc(hidden)]
pub trait SelectsMany {}

impl<R: RelationshipMarker<Cardinality = Many>> SelectsMany for SelectIn<R> {}

/// Of a to-many, some rows, or all in another order.
///
/// With a filter or a limit an entity shows the rows that were let through, by `get` and when it is awaited, and
/// [`is_partial`](crate::Related::is_partial) says so. What was left out is still known to be somewhere: a flush
/// concludes nothing from it, and the next load of the relationship without filter and limit replaces what is shown.
impl<M, Tip, Last> LoadOption<M, Tip, Last> {
    /// Loads only the rows for which the condition holds; several filters must all hold.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let posts = selectinload(User::posts).filter(Post::title.contains("Rust"));
    /// let users = select::<User>().options(posts);
    /// # let _ = users;
    /// ```
    #[rustfmt::skip]
    pub fn filter<C: ConditionOn<Tip>>(mut self, condition: C) -> Self where Last: LoadsParts {
        self.last().narrow.filter(condition.into_condition_on().0);
        self
    }

    /// Orders the rows of each entity, after what was ordered by before; rows that are equal in it, by their keys.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let users = select::<User>().options(selectinload(User::posts).order_by(Post::title));
    /// # let _ = users;
    /// ```
    #[rustfmt::skip]
    pub fn order_by<O: OrderOn<Tip>>(mut self, order: O) -> Self where Last: LoadsParts {
        self.last().narrow.order.extend(terms(order));
        self
    }

    /// Loads at most so many rows for each entity, in one statement for all of them.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let newest = selectinload(User::posts).order_by(Post::id.desc()).limit(3);
    /// let users = select::<User>().options(newest);
    /// # let _ = users;
    /// ```
    #[rustfmt::skip]
    pub fn limit(mut self, rows: u64) -> Self where Last: LoadsParts {
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
    /// # use orm_examples::chinook::sales::Employee; use orm_core::prelude::*;
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
    /// # use orm_examples::chinook::sales::Employee; use orm_core::prelude::*;
    /// let heads = select::<Employee>().filter(Employee::manager_id.is_null());
    /// let trees = heads.options(selectinload(Employee::reports).recursive_all());
    /// # let _ = trees;
    /// ```
    pub fn recursive_all(mut self) -> Self {
        self.last().levels = Levels::All;
        self
    }
}
