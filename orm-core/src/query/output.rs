//! Floor 2: what a select yields in each row, typed by where it stands.

use std::marker::PhantomData;

use super::aggregate::Aggregate;
use super::{ColumnElement, Condition, Covers, Expr, Expression, Loads, RowWise, Sources, TableReference};
use crate::model::{Column, Selectable};
use crate::types::{ColumnType, MaybeNull, Nullness, OrNull};

/// In [`Select`](crate::Select): rows of type `R`.
#[derive(Debug)]
pub struct Columns<R>(PhantomData<fn() -> R>);

/// In [`Columns`]: what is yielded is still to be said, with `.columns(..)`.
#[derive(Debug)]
pub struct NoneYet;

/// What a select of this scope can yield: a column, an expression, an aggregate, an entity, or a tuple of such. `I` says
/// where in the scope its sources are and is inferred.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// let query = select::<User>().left_join(User::posts).columns((User::email, Post::title));
/// let rows: Select<Columns<(String, Option<String>)>, _> = query;
/// # use orm_core::{query::Columns, Select};
/// # let _ = rows;
/// ```
#[diagnostic::on_unimplemented(
    message = "this is not something that the query can yield",
    label = "no column or expression of what it reads from, or in `row!` a field of another type: what may be NULL needs an `Option`"
)]
pub trait Output<Scope, I> {
    /// What a row holds of it.
    type Value;

    #[doc(hidden)]
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
    pub(crate) fn gather<Scope, I>(
        outputs: impl Output<Scope, I>,
        given: Option<(TableReference, Loads)>,
    ) -> (Vec<Expression>, Vec<Loads>) {
        let mut list = Self { given, ..Self::default() };
        outputs.add_to(&mut list);
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
impl<Scope: Covers<M, I>, M: Selectable, C: ColumnType, I> Output<Scope, I> for Column<M, C> {
    type Value = In<Scope, M, I, C>;

    fn add_to(self, list: &mut OutputList) {
        list.add(self.into_expr().expression);
    }
}

#[diagnostic::do_not_recommend]
impl<Scope: Covers<S, I>, S, C: ColumnType, I> Output<Scope, I> for Expr<C, S> {
    type Value = In<Scope, S, I, C>;

    fn add_to(self, list: &mut OutputList) {
        list.add(self.expression);
    }
}

#[diagnostic::do_not_recommend]
impl<Scope: Covers<S, I>, S: RowWise, C: ColumnType, I> Output<Scope, I> for Aggregate<C, S> {
    type Value = C;

    fn add_to(self, list: &mut OutputList) {
        list.add(self.into_expr().expression);
    }
}

#[diagnostic::do_not_recommend]
impl<Scope: Covers<S, I>, S: Sources, I> Output<Scope, I> for Condition<S> {
    type Value = OrNull<MaybeNull, bool>;

    fn add_to(self, list: &mut OutputList) {
        list.add(self.0);
    }
}

macro_rules! tuples {
    ($first:ident $at_first:ident $($rest:ident $at_rest:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<Scope, $first: Output<Scope, $at_first>, $($rest: Output<Scope, $at_rest>,)* $at_first, $($at_rest),*>
            Output<Scope, ($at_first, $($at_rest,)*)> for ($first, $($rest,)*)
        {
            type Value = ($first::Value, $($rest::Value,)*);

            #[allow(non_snake_case)]
            fn add_to(self, list: &mut OutputList) {
                let ($first, $($rest,)*) = self;
                $first.add_to(list);
                $($rest.add_to(list);)*
            }
        }

        tuples!($($rest $at_rest)*);
    };
    () => {};
}

tuples!(A IA B IB C IC D ID E IE F IF G IG H IH J IJ K IK L IL M IM N IN O IO P IP Q IQ);
