//! Floor 6: what pages are ordered by, and the values that a cursor has of it.

use super::CursorValues;
use crate::model::{Column, Selectable};
use crate::query::{Covers, Expr, GroupWise, In, OrderBy, OrderTerms, Ordered};
use crate::types::ColumnType;

/// What a select of this scope can be read in pages by: a column, an expression, one of them with a direction, or a tuple of
/// up to eight. `I` says where in the scope its sources are and is inferred.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{prelude::*, Pages, query::From};
/// let users: Pages<User, From<User>, ((Option<String>, String), i64)> =
///     select::<User>().paginate((User::name.desc().nulls_last(), User::email), 50);
/// # let _ = users;
/// ```
#[diagnostic::on_unimplemented(
    message = "rows cannot be read in pages by `{Self}`",
    label = "a column, an expression, or a tuple of such is expected"
)]
pub trait PageOrder<Scope, I>: OrderTerms {
    /// The values of a row's place: of each term one.
    type Values: CursorValues;
}

#[diagnostic::do_not_recommend]
impl<Scope, O: Paged<Scope, I>, I> PageOrder<Scope, I> for O {
    type Values = O::Values;
}

/// What [`PageOrder`] is said of.
#[doc(hidden)]
pub trait Paged<Scope, I>: Ordered {
    type Values: CursorValues;
}

impl<Scope: Covers<M, I>, M: Selectable, C: ColumnType, I> Paged<Scope, I> for Column<M, C> {
    type Values = In<Scope, M, I, C>;
}

impl<Scope: Covers<S, I>, S: GroupWise, C: ColumnType, I> Paged<Scope, I> for Expr<C, S> {
    type Values = In<Scope, S, I, C>;
}

impl<Scope: Covers<S, I>, S: GroupWise, C: ColumnType, I> Paged<Scope, I> for OrderBy<S, C> {
    type Values = In<Scope, S, I, C>;
}

macro_rules! tuples {
    ($first:ident $at_first:ident $($rest:ident $at_rest:ident)*) => {
        impl<Scope, $first: Paged<Scope, $at_first>, $($rest: Paged<Scope, $at_rest>,)* $at_first, $($at_rest),*>
            Paged<Scope, ($at_first, $($at_rest,)*)> for ($first, $($rest,)*)
        {
            type Values = ($first::Values, $($rest::Values,)*);
        }

        tuples!($($rest $at_rest)*);
    };
    () => {};
}

tuples!(A IA B IB C IC D ID E IE F IF G IG H IH);
