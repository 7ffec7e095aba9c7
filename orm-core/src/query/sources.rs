//! Floor 2: which tables an expression reads, as a type.
//!
//! Invariant: these types only stand in type parameters; what they say is used up while the application is compiled.

use std::marker::PhantomData;

use crate::model::{Model, Selectable};

/// What an expression reads: nothing (`()`), one source (a model, an alias), or a pair of such.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{prelude::*, Expr};
/// let sum: Expr<i64, (User, Post)> = User::id + Post::id;
/// # let _ = sum;
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` is not what an expression can read")]
pub trait Sources: 'static {
    /// What an expression reads that is made of one with these sources and another.
    type Then<Other: Sources>: Sources;
    #[doc(hidden)]
    type After<First: Sources>: Sources;
}

/// What is read together.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::query::Both;
/// fn same<A>(_: fn() -> A, _: fn() -> A) {}
/// same::<Both<User, ()>>(|| unreachable!(), || -> User { unreachable!() });
/// ```
pub type Both<A, B> = <A as Sources>::Then<B>;

impl Sources for () {
    type Then<Other: Sources> = Other;
    type After<First: Sources> = First;
}

impl<S: Selectable> Sources for S {
    type Then<Other: Sources> = Other::After<Self>;
    type After<First: Sources> = (First, Self);
}

impl<A: Sources, B: Sources> Sources for (A, B) {
    type Then<Other: Sources> = Other::After<Self>;
    type After<First: Sources> = (First, Self);
}

/// Sources that are read, but whose NULLs do not show: `coalesce(a, 1)` is not NULL where `a` is.
#[derive(Debug)]
pub struct Hidden<S>(PhantomData<fn() -> S>);

impl<S: Sources> Sources for Hidden<S> {
    type Then<Other: Sources> = Other::After<Self>;
    type After<First: Sources> = (First, Self);
}

/// Sources that are read over many rows: those of an aggregate.
#[derive(Debug)]
pub struct Aggregated<S>(PhantomData<fn() -> S>);

/// Sources that are read over many rows, after these were grouped: those of a window function.
#[derive(Debug)]
pub struct Windowed<S>(PhantomData<fn() -> S>);

impl<S: Sources> Sources for Windowed<S> {
    type Then<Other: Sources> = Other::After<Self>;
    type After<First: Sources> = (First, Self);
}

impl<S: Sources> Sources for Aggregated<S> {
    type Then<Other: Sources> = Other::After<Self>;
    type After<First: Sources> = (First, Self);
}

/// Sources that are read row by row: what `filter` and `group_by` take.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::query::RowWise;
/// fn row_by_row<S: RowWise>() {}
/// row_by_row::<User>();
/// ```
#[diagnostic::on_unimplemented(
    message = "an aggregate or window function cannot stand here, where rows are looked at one by one",
    label = "reads many rows: groups are filtered by `having`, windows by a query around a `.subquery()`"
)]
pub trait RowWise: Sources {}

#[diagnostic::do_not_recommend]
impl<S: ByRow> RowWise for S {}

/// What [`RowWise`] says, by the shape of the sources.
#[doc(hidden)]
pub trait ByRow: Sources {}

impl ByRow for () {}
impl<S: Selectable> ByRow for S {}
impl<S: ByRow> ByRow for Hidden<S> {}
impl<A: ByRow, B: ByRow> ByRow for (A, B) {}

/// Sources that are read row by row or group by group: what `having` takes, and what an aggregate is made of.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::query::{Aggregated, GroupWise};
/// fn group_by_group<S: GroupWise>() {}
/// group_by_group::<Aggregated<User>>();
/// ```
#[diagnostic::on_unimplemented(
    message = "a window function cannot stand here, where groups are looked at one by one",
    label = "compute it in a `.subquery()`, and filter its column"
)]
pub trait GroupWise: Sources {}

#[diagnostic::do_not_recommend]
impl<S: ByGroup> GroupWise for S {}

/// What [`GroupWise`] says, by the shape of the sources.
#[doc(hidden)]
pub trait ByGroup: Sources {}

impl ByGroup for () {}
impl<S: Selectable> ByGroup for S {}
impl<S: ByGroup> ByGroup for Hidden<S> {}
impl<S: ByRow> ByGroup for Aggregated<S> {}
impl<A: ByGroup, B: ByGroup> ByGroup for (A, B) {}

/// Sources that are all this one.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::query::Only;
/// fn only_users<S: Only<User>>() {}
/// only_users::<User>();
/// only_users::<()>();
/// ```
#[diagnostic::on_unimplemented(
    message = "this is not only about `{S}`",
    label = "it reads another table than that of `{S}`"
)]
pub trait Only<S>: Sources {}

#[diagnostic::do_not_recommend]
impl<S, A: AllOf<S>> Only<S> for A {}

/// What [`Only`] says, by the shape of the sources.
#[doc(hidden)]
pub trait AllOf<S>: Sources {}

impl<S> AllOf<S> for () {}
impl<S: Selectable> AllOf<S> for S {}
impl<S, H: AllOf<S>> AllOf<S> for Hidden<H> {}
impl<S, A: AllOf<S>, B: AllOf<S>> AllOf<S> for (A, B) {}

/// Sources that are all one model, which can be told from them.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::query::About;
/// fn is_about<S: About<Model = User>>() {}
/// is_about::<User>();
/// is_about::<(User, User)>();
/// ```
#[diagnostic::on_unimplemented(
    message = "this is not about one model",
    label = "the columns of one model are expected"
)]
pub trait About: Sources {
    /// The model.
    type Model: Model;
}

#[diagnostic::do_not_recommend]
impl<M: Model> About for M {
    type Model = M;
}

#[diagnostic::do_not_recommend]
impl<A: About, B: Only<A::Model>> About for (A, B) {
    type Model = A::Model;
}
