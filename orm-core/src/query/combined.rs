//! Floor 2: statements made of statements: common tables (`WITH`) and set operations.

use super::{CommonWrite, SelectStatement, TableReference};

/// A statement under a name, for the statement that begins with it.
#[derive(Clone, Debug)]
pub(crate) struct CommonTable {
    /// Its name and those of its columns.
    pub(crate) reference: TableReference,
    pub(crate) body: CommonBody,
    /// Whether it reads itself.
    pub(crate) recursive: bool,
    /// Whether it is computed once, or as a part of what reads it, if that is said.
    pub(crate) materialized: Option<bool>,
    /// In which order its rows are found, and by which columns, if it reads itself.
    pub(crate) search: Option<(Search, Vec<usize>)>,
    /// By which columns it is seen that a row has been there on the way to it.
    pub(crate) cycle: Option<Vec<usize>>,
}

/// What makes a common table's rows.
#[derive(Clone, Debug)]
pub(crate) enum CommonBody {
    Query(Box<SelectStatement>),
    Write(Box<CommonWrite>),
}

/// In which order a recursive query finds its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Search {
    DepthFirst,
    BreadthFirst,
}

impl CommonTable {
    pub(crate) fn new(reference: TableReference, body: CommonBody) -> Self {
        Self { reference, body, recursive: false, materialized: None, search: None, cycle: None }
    }

    /// The query that makes its rows, unless they are written.
    pub(super) fn query(&self) -> Option<&SelectStatement> {
        match &self.body {
            CommonBody::Query(query) => Some(query),
            CommonBody::Write(_) => None,
        }
    }

    /// The same, to be changed.
    pub(crate) fn query_mut(&mut self) -> Option<&mut SelectStatement> {
        match &mut self.body {
            CommonBody::Query(query) => Some(query),
            CommonBody::Write(_) => None,
        }
    }

    pub(crate) fn writes(&self) -> bool {
        matches!(self.body, CommonBody::Write(_))
    }
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
        self.with.iter().filter_map(CommonTable::query).chain(set)
    }

    /// The same, to be changed.
    pub(super) fn queries_mut(&mut self) -> impl Iterator<Item = &mut Self> {
        let set = self.set.iter_mut().flat_map(|set| {
            let SetOperation { left, right, .. } = &mut **set;
            [left, right]
        });
        self.with.iter_mut().filter_map(CommonTable::query_mut).chain(set)
    }
}
