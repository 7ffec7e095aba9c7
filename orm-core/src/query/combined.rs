//! Floor 2: statements made of statements: common tables (`WITH`) and set operations.

use super::{SelectStatement, TableReference};

/// A query under a name, for the statement that begins with it.
#[derive(Clone, Debug)]
pub(crate) struct CommonTable {
    /// Its name and those of its columns.
    pub(crate) reference: TableReference,
    pub(crate) query: SelectStatement,
    /// Whether it reads itself.
    pub(crate) recursive: bool,
    /// Whether it is computed once, or as a part of what reads it, if that is said.
    pub(crate) materialized: Option<bool>,
}

/// Two queries whose rows are put together.
#[derive(Clone, Debug)]
pub(crate) struct SetOperation {
    pub(crate) left: SelectStatement,
    pub(crate) operator: SetOperator,
    /// Whether equal rows stay.
    pub(crate) all: bool,
    pub(crate) right: SelectStatement,
}

/// How rows of two queries are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SetOperator {
    Union,
    Intersect,
    Except,
}

impl SelectStatement {
    /// The rows of both.
    pub(crate) fn combined(left: Self, operator: SetOperator, all: bool, right: Self) -> Self {
        let set = SetOperation { left, operator, all, right };
        Self { set: Some(Box::new(set)), ..Self::default() }
    }

    /// The queries that are neither sources nor parts of expressions.
    pub(super) fn queries(&self) -> impl Iterator<Item = &Self> {
        let set = self.set.iter().flat_map(|set| [&set.left, &set.right]);
        self.with.iter().map(|table| &table.query).chain(set)
    }

    /// The same, to be changed.
    pub(super) fn queries_mut(&mut self) -> impl Iterator<Item = &mut Self> {
        let set = self.set.iter_mut().flat_map(|set| {
            let SetOperation { left, right, .. } = &mut **set;
            [left, right]
        });
        self.with.iter_mut().map(|table| &mut table.query).chain(set)
    }
}
