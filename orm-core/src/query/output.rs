//! Floor 2: what a select yields in each row, typed by where it stands.

use std::marker::PhantomData;

use super::aggregate::Aggregate;
use super::{ColumnElement, Condition, Covers, Expr, Expression, Loads, RowWise, Sources, TableReference};
use crate::model::{Column, Selectable};
use crate::types::{ColumnType, Nullness, OrNull};

/// In [`Select`](crate::Select): rows of type `R`.
#[derive(Debug)]
pub struct Columns<R>(PhantomData<fn() -> R>);

/// In [`Columns`]: what is yielded is still to be said, with `.columns(..)`.
#[derive(Debug)]
pub struct NoneYet;

/// What a select of this scope can yield as rows of the type `R`: a column, an expression, an aggregate, an entity, or a tuple
/// of such. `I` says where in the scope its sources are; it and `R` are inferred.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// let query = select::<User>().left_join(User::posts).columns((User::email, Post::title));
/// let rows: Query<(String, Option<String>)> = query.forget_joins();
/// # use orm_core::Query;
/// # let _ = rows;
/// ```
#[diagnostic::on_unimplemented(
    message = "this is not something that the query can yield",
    label = "not in what it reads from (join it first, with `.join(..)`), or in `row!` a field of another type (what may be NULL needs an `Option`); a value by itself is `func::value(..)`"
)]
pub trait Yields<Scope, I, R> {
    #[doc(hidden)]
    fn add_all_to(self, list: &mut OutputList);
}

#[diagnostic::do_not_recommend]
impl<Scope, O: Output<Scope, I, R>, I, R> Yields<Scope, I, R> for O {
    fn add_all_to(self, list: &mut OutputList) {
        self.add_to(list);
    }
}

/// What [`Yields`] is said of.
#[doc(hidden)]
pub trait Output<Scope, I, R> {
    fn add_to(self, list: &mut OutputList);
}

/// Output columns while they are gathered.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct OutputList {
    columns: Vec<Expression>,
    /// For each entity among them what is to be loaded along.
    entities: Vec<Loads>,
    /// What was said before about a table's entities.
    given: Option<(TableReference, Loads)>,
}

impl OutputList {
    /// The columns of these outputs, and for each entity among them what is to be loaded along: what it says, and before
    /// that what is given for a table's entities.
    pub(crate) fn gather<Scope, I, R>(
        outputs: impl Yields<Scope, I, R>,
        given: Option<(TableReference, Loads)>,
    ) -> (Vec<Expression>, Vec<Loads>) {
        let mut list = Self { given, ..Self::default() };
        outputs.add_all_to(&mut list);
        (list.columns, list.entities)
    }

    pub(super) fn add(&mut self, column: Expression) {
        self.columns.push(column);
    }

    /// All columns of a source, NULL in place of those that are left out.
    pub(crate) fn add_entity(&mut self, source: TableReference, own: Loads) {
        let given = self.given.as_ref().filter(|(table, _)| table.is(source));
        let mut options = given.map_or_else(Loads::default, |(_, given)| given.clone());
        options.extend(own);
        let left_out = options.columns.left_out(source.table);
        let columns = source.columns().enumerate();
        self.columns.extend(columns.map(|(column, expression)| match left_out.contains(column) {
            true => Expression::Literal("NULL"),
            false => expression,
        }));
        self.entities.push(options);
    }
}

/// What a source's column is in a scope: NULL also where the source is.
pub(crate) type In<Scope, S, I, C> = OrNull<
    <<Scope as Covers<S, I>>::Nullness as Nullness>::Or<<C as ColumnType>::Nullness>,
    <C as ColumnType>::NotNull,
>;

#[diagnostic::do_not_recommend]
impl<Scope, M, C, N, I> Output<Scope, I, OrNull<N::Or<C::Nullness>, C::NotNull>> for Column<M, C>
where
    Scope: Covers<M, I, Nullness = N>,
    M: Selectable,
    C: ColumnType,
    N: Nullness,
{
    fn add_to(self, list: &mut OutputList) {
        list.add(self.into_expr().expression);
    }
}

#[diagnostic::do_not_recommend]
impl<Scope, S, C, N, I> Output<Scope, I, OrNull<N::Or<C::Nullness>, C::NotNull>> for Expr<C, S>
where
    Scope: Covers<S, I, Nullness = N>,
    C: ColumnType,
    N: Nullness,
{
    fn add_to(self, list: &mut OutputList) {
        list.add(self.expression);
    }
}

#[diagnostic::do_not_recommend]
impl<Scope: Covers<S, I>, S: RowWise, C: ColumnType, I> Output<Scope, I, C> for Aggregate<C, S> {
    fn add_to(self, list: &mut OutputList) {
        list.add(self.into_expr().expression);
    }
}

#[diagnostic::do_not_recommend]
impl<Scope: Covers<S, I>, S: Sources, I> Output<Scope, I, Option<bool>> for Condition<S> {
    fn add_to(self, list: &mut OutputList) {
        list.add(self.0);
    }
}

macro_rules! tuples {
    ($first:ident $at_first:ident $of_first:ident $($rest:ident $at_rest:ident $of_rest:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<Scope, $first, $at_first, $of_first, $($rest, $at_rest, $of_rest),*>
            Output<Scope, ($at_first, $($at_rest,)*), ($of_first, $($of_rest,)*)> for ($first, $($rest,)*)
        where
            $first: Output<Scope, $at_first, $of_first>,
            $($rest: Output<Scope, $at_rest, $of_rest>,)*
        {
            #[allow(non_snake_case)]
            fn add_to(self, list: &mut OutputList) {
                let ($first, $($rest,)*) = self;
                $first.add_to(list);
                $($rest.add_to(list);)*
            }
        }

        tuples!($($rest $at_rest $of_rest)*);
    };
    () => {};
}

tuples!(A IA RA B IB RB C IC RC D ID RD E IE RE F IF RF G IG RG H IH RH I II RI J IJ RJ K IK RK L IL RL M IM RM N IN RN O IO RO P IP RP);
