//! Plain rows in memory, and who is tied to whom.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};

use super::live::Kind;
use super::ties::TieId;

/// The number of a row.
pub(super) type Id = usize;

/// Rows, and which of them are tied: the many-to-many, and the rows at its two sides.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Rows {
    pub(super) rows: BTreeMap<Id, Row>,
    pub(super) ties: BTreeSet<(TieId, Id, Id)>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) kind: Kind,
    pub(super) name: String,
    /// 0 in models that have none.
    pub(super) tenant: i32,
    pub(super) parents: [Option<Id>; 2],
    /// The key that it was given.
    pub(super) key: Option<i64>,
}

impl Row {
    pub(super) fn new(kind: Kind, name: &str, parents: [Option<Id>; 2]) -> Self {
        Self { kind, name: name.to_owned(), tenant: 0, parents, key: None }
    }
}

impl Deref for Rows {
    type Target = BTreeMap<Id, Row>;

    fn deref(&self) -> &Self::Target {
        &self.rows
    }
}

impl DerefMut for Rows {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.rows
    }
}
