//! Floor 6: a typed select of entities, with what is to be loaded along.

use std::marker::PhantomData;

use super::option::{Load, LoadOption};
use crate::model::Model;
use crate::query::{Condition, OrderBy, SelectStatement, Sql};
use crate::types::DataType;

/// A select of entities of the model `M`.
#[must_use = "a select does nothing until a session executes it"]
pub struct Select<M> {
    pub(crate) statement: SelectStatement,
    pub(crate) options: Vec<Load>,
    pub(crate) populate_existing: bool,
    model: PhantomData<fn() -> M>,
}

/// Selects entities of the model `M`: all of them, until it is filtered.
pub fn select<M: Model>() -> Select<M> {
    Select {
        statement: SelectStatement::of(M::TABLE),
        options: Vec::new(),
        populate_existing: false,
        model: PhantomData,
    }
}

impl<M: Model> Select<M> {
    /// Keeps the rows for which the condition holds; several filters must all hold.
    pub fn filter(mut self, condition: Condition) -> Self {
        self.statement = self.statement.filter(condition.0);
        self
    }

    /// Orders by a column, ascending unless it says otherwise; after what was ordered by before.
    pub fn order_by(mut self, order: impl Into<OrderBy>) -> Self {
        self.statement = self.statement.order_by(order);
        self
    }

    /// At most so many entities.
    pub fn limit(mut self, entities: u64) -> Self {
        self.statement = self.statement.limit(entities);
        self
    }

    /// Leaves out the first so many entities.
    pub fn offset(mut self, entities: u64) -> Self {
        self.statement = self.statement.offset(entities);
        self
    }

    /// Loads relationships along. Call it once for each.
    pub fn options<Tip>(mut self, option: LoadOption<M, Tip>) -> Self {
        self.options.push(option.load);
        self
    }

    /// Takes the rows' values also for entities that are known already; their unflushed edits are lost.
    pub fn populate_existing(mut self) -> Self {
        self.populate_existing = true;
        self
    }

    /// How many rows there are.
    pub fn count(self) -> Scalar<i64> {
        Scalar { statement: self.statement.count(), ty: PhantomData }
    }

    /// Whether there is a row.
    pub fn exists(self) -> Scalar<bool> {
        Scalar { statement: self.statement.exists(), ty: PhantomData }
    }

    /// The text and the parameters, without those of loader options.
    pub fn to_sql(&self) -> Sql {
        self.statement.to_sql()
    }
}

impl<M> Clone for Select<M> {
    fn clone(&self) -> Self {
        Self { statement: self.statement.clone(), options: self.options.clone(), ..*self }
    }
}

impl<M: Model> std::fmt::Debug for Select<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Select").field(&format_args!("{}", self.to_sql())).finish()
    }
}

impl<M: Model> std::fmt::Display for Select<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.to_sql().fmt(f)
    }
}

/// A select of one value.
#[must_use = "a select does nothing until a session executes it"]
#[derive(Clone, Debug)]
pub struct Scalar<T> {
    pub(crate) statement: SelectStatement,
    ty: PhantomData<fn() -> T>,
}

impl<T: DataType> Scalar<T> {
    /// The text and the parameters.
    pub fn to_sql(&self) -> Sql {
        self.statement.to_sql()
    }
}
