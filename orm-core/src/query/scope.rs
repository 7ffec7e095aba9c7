//! Floor 2: which sources a statement has, as a type, and whether those of an expression are among them.
//!
//! A scope reads like the statement: `LeftJoin<From<User>, Post>`. Invariant: a column whose source is not there does
//! not compile, and one that may be NULL by a join comes back as an `Option`.

use std::marker::PhantomData;

use super::sources::{Aggregated, Hidden, Sources, Windowed};
use crate::model::Selectable;
use crate::types::{MaybeNull, NeverNull, Nullness};

macro_rules! scopes {
    ($($(#[$doc:meta])* $scope:ident: $before:ident, $own:ident);+ $(;)?) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $scope<Before, S>(PhantomData<fn() -> (Before, S)>);

            #[diagnostic::do_not_recommend]
            impl<Before: Scope, S: Sources> Scope for $scope<Before, S> {
                type Outer = Before::Outer;
            }

            #[diagnostic::do_not_recommend]
            impl<Before, S: Selectable> Has<S, Here> for $scope<Before, S> {
                type Nullness = $own;
            }

            #[diagnostic::do_not_recommend]
            impl<Before: Has<X, I>, S, X, I> Has<X, There<I>> for $scope<Before, S> {
                type Nullness = <$before as Nullness>::Or<Before::Nullness>;
            }
        )+
    };
}

/// The sources of a statement.
pub trait Scope: 'static {
    /// The sources of the statement around it that it may read.
    type Outer: Sources;
}

/// A statement that reads no table.
impl Scope for () {
    type Outer = ();
}

/// A statement that reads from `S`.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{select, query::From, Select};
/// let users: Select<User, From<User>> = select::<User>();
/// # let _ = users;
/// ```
#[derive(Debug)]
pub struct From<S>(PhantomData<fn() -> S>);

impl<S: Selectable> Scope for From<S> {
    type Outer = ();
}

#[diagnostic::do_not_recommend]
impl<S: Selectable> Has<S, Here> for From<S> {
    type Nullness = NeverNull;
}

scopes! {
    /// With a source whose rows must match: `JOIN`.
    Join: NeverNull, NeverNull;
    /// With a source whose columns are NULL where nothing matches: `LEFT JOIN`.
    LeftJoin: NeverNull, MaybeNull;
    /// With a source all of whose rows are there, whatever those before have: `RIGHT JOIN`.
    RightJoin: MaybeNull, NeverNull;
    /// With all rows of both sides: `FULL JOIN`.
    FullJoin: MaybeNull, MaybeNull;
}

/// A statement within another, one of whose sources it reads.
#[derive(Debug)]
pub struct Correlate<Before, S>(PhantomData<fn() -> (Before, S)>);

impl<Before: Scope, S: Selectable> Scope for Correlate<Before, S> {
    type Outer = <S as Sources>::Then<Before::Outer>;
}

#[diagnostic::do_not_recommend]
impl<Before, S: Selectable> Has<S, Here> for Correlate<Before, S> {
    type Nullness = MaybeNull;
}

#[diagnostic::do_not_recommend]
impl<Before: Has<X, I>, S, X, I> Has<X, There<I>> for Correlate<Before, S> {
    type Nullness = Before::Nullness;
}

/// A statement whose rows are grouped by several sets of columns, each of which is NULL where it is not in the set.
#[derive(Debug)]
pub struct Rollup<Before>(PhantomData<fn() -> Before>);

impl<Before: Scope> Scope for Rollup<Before> {
    type Outer = Before::Outer;
}

#[diagnostic::do_not_recommend]
impl<Before: Has<X, I>, X, I> Has<X, There<I>> for Rollup<Before> {
    type Nullness = MaybeNull;
}

/// A statement about the rows of another, whose sources can be named no longer: `count` and `exists`.
#[derive(Debug)]
pub struct Closed<Before>(PhantomData<fn() -> Before>);

impl<Before: Scope> Scope for Closed<Before> {
    type Outer = Before::Outer;
}

/// Where a source is in a scope: the last one.
#[derive(Debug)]
pub struct Here;

/// Where a source is in a scope: before the last one.
#[derive(Debug)]
pub struct There<I>(PhantomData<fn() -> I>);

/// A scope with the source `S` in it. `I` says where and is inferred.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::query::{From, Has, Join};
/// fn reads_users<Scope: Has<User, I>, I>() {}
/// reads_users::<From<User>, _>();
/// reads_users::<Join<From<Post>, User>, _>();
/// ```
#[diagnostic::on_unimplemented(
    message = "the query does not read from `{S}`",
    label = "join it first, with `.join(..)`"
)]
pub trait Has<S, I> {
    /// Whether the source's columns may be NULL by the way it is joined.
    type Nullness: Nullness;
}

/// A scope that has all sources of an expression. `I` says where they are and is inferred.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::query::{Covers, From, Join};
/// fn reads_both<Scope: Covers<(User, Post), I>, I>() {}
/// reads_both::<Join<From<Post>, User>, _>();
/// ```
#[diagnostic::on_unimplemented(
    message = "the query does not read from `{C}`",
    label = "join it first, with `.join(..)`"
)]
pub trait Covers<C, I> {
    /// Whether one of them may be NULL by the way it is joined.
    type Nullness: Nullness;
}

#[diagnostic::do_not_recommend]
impl<Scope: HasAll<C, I>, C, I> Covers<C, I> for Scope {
    type Nullness = Scope::Nullness;
}

/// What [`Covers`] says, by the shape of the sources.
#[doc(hidden)]
pub trait HasAll<C, I> {
    type Nullness: Nullness;
}

#[diagnostic::do_not_recommend]
impl<Scope> HasAll<(), ()> for Scope {
    type Nullness = NeverNull;
}

#[diagnostic::do_not_recommend]
impl<Scope: Has<S, I>, S: Selectable, I> HasAll<S, I> for Scope {
    type Nullness = Scope::Nullness;
}

#[diagnostic::do_not_recommend]
impl<Scope: HasAll<A, I> + HasAll<B, J>, A, B, I, J> HasAll<(A, B), (I, J)> for Scope {
    type Nullness = <<Scope as HasAll<A, I>>::Nullness as Nullness>::Or<<Scope as HasAll<B, J>>::Nullness>;
}

#[diagnostic::do_not_recommend]
impl<Scope: HasAll<S, I>, S, I> HasAll<Hidden<S>, I> for Scope {
    type Nullness = NeverNull;
}

#[diagnostic::do_not_recommend]
impl<Scope: HasAll<S, I>, S, I> HasAll<Aggregated<S>, I> for Scope {
    type Nullness = NeverNull;
}

#[diagnostic::do_not_recommend]
impl<Scope: HasAll<S, I>, S, I> HasAll<Windowed<S>, I> for Scope {
    type Nullness = NeverNull;
}
