//! Floor 6: what a select joins: tables along relationships, or on conditions.

use std::fmt;

use super::{Select, TableSource};
use crate::loading::statement::along;
use crate::model::{Model, Relationship, RelationshipMarker, Selectable, Through};
use crate::query::{
    Columns, Condition, Correlate, Covers, Expression, FullJoin, Has, Join, JoinKind, LeftJoin,
    RelationshipTo, RightJoin, RowWise, Scope, SelectStatement, TableReference,
};
use crate::types::NeverNull;

/// A query of rows of the type `R`, whatever it reads from: what a function returns that builds one, or a list holds. Made by
/// [`Select::forget_joins`] and [`select_row`](crate::select_row).
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{prelude::*, Query};
/// let reports: Vec<Query<String>> =
///     vec![select::<User>().columns(User::email).forget_joins(), select::<Post>().columns(Post::title).forget_joins()];
/// # let _ = reports;
/// ```
pub type Query<R> = Select<Columns<R>, ()>;

/// What can be joined to a select of the scope `S`: a relationship of a model that is there, or a table with a condition.
/// `I` is inferred.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// let along = select::<Post>().join(Post::user);
/// let on = select::<Post>().join(table::<User>().on(User::id.eq(Post::user_id)));
/// assert!(along.to_string().ends_with("JOIN users ON posts.user_id = users.id"));
/// assert!(on.to_string().ends_with("JOIN users ON users.id = posts.user_id"));
/// ```
#[diagnostic::on_unimplemented(
    message = "this cannot be joined here",
    label = "a relationship of what is there already, or `table::<..>().on(condition)`, is expected"
)]
pub trait JoinTo<S, I> {
    /// What is joined.
    type Target: Selectable;

    #[doc(hidden)]
    fn add_to(self, select: &mut Joining);
}

/// A statement that is being joined to.
#[doc(hidden)]
#[derive(Debug)]
pub struct Joining {
    statement: SelectStatement,
    kind: JoinKind,
}

impl Joining {
    /// Joins along a relationship, of a many-to-many also the rows that link.
    fn along(
        &mut self,
        source: TableReference,
        relationship: usize,
        through: Option<&Through>,
        target: Option<TableReference>,
    ) {
        let statement = std::mem::take(&mut self.statement);
        self.statement = match through {
            None => along(statement, self.kind, (source, relationship), target),
            Some(through) => {
                let statement = along(statement, self.kind, (source, through.links), None);
                let links = statement.joined_along(source, through.links).expect("it was just joined");
                along(statement, self.kind, (links, through.far), target)
            }
        };
    }
}

#[diagnostic::do_not_recommend]
impl<S: Has<R::Source, I>, R: RelationshipMarker, I> JoinTo<S, I> for Relationship<R> {
    type Target = R::Target;

    fn add_to(self, select: &mut Joining) {
        select.along(TableReference::of(R::Source::TABLE), R::INDEX, R::THROUGH, None);
    }
}

#[diagnostic::do_not_recommend]
impl<S: Has<Source, I>, R: RelationshipMarker, Source: Selectable, Target: Selectable, I> JoinTo<S, I>
    for RelationshipTo<R, Source, Target>
{
    type Target = Target;

    fn add_to(self, select: &mut Joining) {
        let target = Target::ALIAS.map(|_| TableReference::to::<Target>());
        select.along(TableReference::to::<Source>(), R::INDEX, R::THROUGH, target);
    }
}

/// A table with the condition that it is joined on. Made by [`TableSource::on`].
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{prelude::*, On};
/// let users: On<User, (Post, User)> = table::<User>().on(Post::user_id.eq(User::id));
/// let posts = select::<Post>().join(users);
/// # let _ = posts;
/// ```
pub struct On<J, C>(TableSource<J>, Condition<C>);

#[diagnostic::do_not_recommend]
impl<S, J: Selectable, C, I> JoinTo<S, I> for On<J, C>
where
    Join<S, J>: Covers<C, I>,
{
    type Target = J;

    fn add_to(self, select: &mut Joining) {
        let statement = std::mem::take(&mut select.statement);
        select.statement = statement.join(select.kind, self.0.source, self.1.0);
    }
}

/// A scope in which every row has one of `M`: all but right and full joins to it. `I` is inferred.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{Keeps, query::{From, LeftJoin}};
/// fn has_users<Scope: Keeps<User, I>, I>() {}
/// has_users::<LeftJoin<From<User>, Post>, _>();
/// ```
#[diagnostic::on_unimplemented(
    message = "rows of this query may be without a `{M}`",
    label = "a right or full join is not forgotten: select the columns, or join from the other side"
)]
pub trait Keeps<M, I> {}

#[diagnostic::do_not_recommend]
impl<M, S: Has<M, I, Nullness = NeverNull>, I> Keeps<M, I> for S {}

impl<J: Selectable> TableSource<J> {
    /// On this condition.
    ///
    /// ```
    /// # use orm_examples::chinook::sales::Employee; use orm_core::prelude::*;
    /// alias!(Colleague = Employee);
    /// let same_city = Colleague::col(Employee::city).eq(Employee::city);
    /// let query = select::<Employee>().join(table::<Colleague>().on(same_city));
    /// # let _ = query;
    /// ```
    pub fn on<C: RowWise>(self, condition: Condition<C>) -> On<J, C> {
        On(self, condition)
    }

    /// Each of its rows for each of those before it: `ON TRUE`, as a lateral subquery is mostly joined.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let pairs = select::<User>().left_join(table::<Post>().on_true());
    /// assert!(pairs.to_string().ends_with("LEFT JOIN posts ON TRUE"));
    /// ```
    pub fn on_true(self) -> On<J, ()> {
        On(self, Condition::new(Expression::And(Vec::new())))
    }
}

impl<J: Selectable, C> fmt::Debug for On<J, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "On({}, {:?})", J::SOURCE.name, self.1)
    }
}

impl<T, S> Select<T, S> {
    /// Joins a table along a relationship, or on a condition, so that its columns can be used; rows without a match are left
    /// out.
    ///
    /// The relationship is one of what is there already. The table stands under its own name, as its columns expect; an
    /// [`alias!`](crate::alias) lets it stand there twice. A relationship is in memory only if an option says so, as
    /// [`contains_eager`](crate::contains_eager) does for what was joined here. Over a to-many a row comes once for each
    /// match: an entity is still there once, and a limit counts rows.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let sql = select::<Post>().join(Post::user).filter(User::email.eq("ann@example.org")).to_string();
    /// assert!(sql.ends_with("FROM posts JOIN users ON posts.user_id = users.id WHERE users.email = $1"));
    /// ```
    pub fn join<J: JoinTo<S, I, Target = N>, I, N>(self, to: J) -> Select<T, Join<S, N>> {
        self.joined(JoinKind::Inner, to)
    }

    /// As [`join`](Select::join), and keeps rows without a match: there the columns of what is joined are NULL, and come
    /// as `Option`s.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let sql = select::<User>().left_join(User::profile).filter(Profile::bio.is_null()).to_string();
    /// assert!(sql.ends_with("LEFT JOIN profiles ON profiles.user_id = users.id WHERE profiles.bio IS NULL"));
    /// ```
    pub fn left_join<J: JoinTo<S, I, Target = N>, I, N>(self, to: J) -> Select<T, LeftJoin<S, N>> {
        self.joined(JoinKind::Left, to)
    }

    /// Joins each row with each of the table's.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let pairs = select::<User>().cross_join(table::<Post>()).columns((User::id, Post::id));
    /// assert_eq!(pairs.to_string(), "SELECT users.id, posts.id FROM users CROSS JOIN posts");
    /// ```
    pub fn cross_join<J: Selectable>(mut self, table: TableSource<J>) -> Select<T, Join<S, J>> {
        let on = Expression::And(Vec::new());
        self.statement = self.statement.join(JoinKind::Cross, table.source, on);
        self.typed()
    }

    /// Lets conditions read a source of the statement that this one will be a part of.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
    /// let posts = select::<Post>().correlate::<User>().filter(Post::user_id.eq(User::id));
    /// let authors = select::<User>().filter(func::exists(posts));
    /// assert!(
    ///     authors.to_string().ends_with("WHERE EXISTS (SELECT 1 FROM posts WHERE posts.user_id = users.id)")
    /// );
    /// ```
    pub fn correlate<Outer: Selectable>(self) -> Select<T, Correlate<S, Outer>> {
        self.typed()
    }

    fn joined<J: JoinTo<S, I>, I, Scope>(mut self, kind: JoinKind, to: J) -> Select<T, Scope> {
        let mut select = Joining { statement: self.statement, kind };
        to.add_to(&mut select);
        self.statement = select.statement;
        self.typed()
    }
}

impl<M: Model, S> Select<M, S> {
    /// The same select, without saying what was joined, so that selects with different joins are of one type. What was
    /// joined can no longer be named. A right or full join, by which `M` itself may be missing, is not forgotten.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{prelude::*, Select};
    /// fn posts_of(name: Option<&str>) -> Select<Post> {
    ///     match name {
    ///         None => select::<Post>(),
    ///         Some(name) => select::<Post>().join(Post::user).filter(User::name.eq(name)).forget_joins(),
    ///     }
    /// }
    /// assert!(posts_of(Some("Ann")).order_by(Post::id).to_string().contains("JOIN users"));
    /// ```
    #[rustfmt::skip]
    pub fn forget_joins<I>(self) -> Select<M> where S: Keeps<M, I> {
        self.typed()
    }

    /// As [`join`](Select::join), and keeps rows of what is joined without a match: there all other columns are NULL, and
    /// come as `Option`s. Entities are left out there.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let all_users = select::<Post>().right_join(Post::user).columns((User::email, Post::title));
    /// # let _: orm_core::Select<orm_core::query::Columns<(String, Option<String>)>, _> = all_users;
    /// ```
    pub fn right_join<J: JoinTo<S, I, Target = N>, I, N>(self, to: J) -> Select<M, RightJoin<S, N>> {
        self.joined(JoinKind::Right, to)
    }

    /// As [`join`](Select::join), and keeps the rows of both sides: all columns come as `Option`s. Entities are left out
    /// where they are NULL.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let all = select::<Post>().full_join(Post::user).columns((User::email, Post::title));
    /// # let _: orm_core::Select<orm_core::query::Columns<(Option<String>, Option<String>)>, _> = all;
    /// ```
    pub fn full_join<J: JoinTo<S, I, Target = N>, I, N>(self, to: J) -> Select<M, FullJoin<S, N>> {
        self.joined(JoinKind::Full, to)
    }
}

impl<R, S> Select<Columns<R>, S> {
    /// The same query, without saying what it reads from, so that queries of the same rows are of one type, a [`Query`]. What it
    /// reads from can no longer be named: filters and groups come before; order by [`nth_column`](crate::nth_column).
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{func, prelude::*, Query};
    /// fn posts_by(user: bool) -> Query<(Option<String>, i64)> {
    ///     match user {
    ///         true => {
    ///             let by_user = select::<User>().left_join(User::posts).group_by((User::id, User::name));
    ///             by_user.columns((User::name, func::count(Post::id))).forget_joins()
    ///         }
    ///         false => {
    ///             let by_title = select::<Post>().group_by(Post::title);
    ///             by_title.columns((func::nullable(Post::title), func::count_all())).forget_joins()
    ///         }
    ///     }
    /// }
    /// assert!(posts_by(false).limit(10).to_string().contains("GROUP BY posts.title"));
    /// ```
    pub fn forget_joins(self) -> Query<R>
    where
        S: Scope<Outer = ()>,
    {
        self.typed()
    }

    /// As the select of entities has it: rows of what is joined are kept without a match. The columns that were there before
    /// may be NULL then, so [`columns`](Select::columns) are said afterwards.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// #[derive(FromRow)]
    /// struct Wanted {
    ///     id: i64,
    /// }
    /// let wanted = values([1, 2].map(|id| Wanted { id })).select();
    /// let users = wanted.right_join(table::<User>().on(Wanted::id.eq(User::id))).columns((Wanted::id, User::email));
    /// # let _: orm_core::Select<orm_core::query::Columns<(Option<i64>, String)>, _> = users;
    /// ```
    pub fn right_join<J: JoinTo<S, I>, I>(self, to: J) -> Select<(), RightJoin<S, J::Target>> {
        self.typed::<(), S>().joined(JoinKind::Right, to)
    }

    /// As the select of entities has it: rows of both sides are kept. All columns may be NULL then, so
    /// [`columns`](Select::columns) are said afterwards.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// #[derive(FromRow)]
    /// struct Wanted {
    ///     id: i64,
    /// }
    /// let wanted = values([1, 2].map(|id| Wanted { id })).select();
    /// let all = wanted.full_join(table::<User>().on(Wanted::id.eq(User::id))).columns((Wanted::id, User::email));
    /// # let _: orm_core::Select<orm_core::query::Columns<(Option<i64>, Option<String>)>, _> = all;
    /// ```
    pub fn full_join<J: JoinTo<S, I>, I>(self, to: J) -> Select<(), FullJoin<S, J::Target>> {
        self.typed::<(), S>().joined(JoinKind::Full, to)
    }
}
