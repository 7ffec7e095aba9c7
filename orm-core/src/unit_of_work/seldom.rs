//! Floor 5: what few of the rows that are written have, so that the others are small.
//!
//! Invariant: a row without it reads as if all of it were empty.

use std::ops::{Deref, DerefMut};

use super::changes::Row;
use crate::graph::{Assignments, Node};
use crate::model::ColumnSet;

/// What few rows have. It is read, and changed, as if it were the row's own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seldom {
    /// Columns that are written as NULL, whatever the version says.
    pub(crate) nulls: ColumnSet,
    /// Expressions that are written, to columns that are among those written.
    pub(crate) assignments: Assignments,
    /// Rows that are written before this one, since they give up what it takes.
    pub(crate) after: Vec<Node>,
    /// Updates of a higher rank go later: they take values that those of a lower one give up.
    pub(crate) rank: usize,
}

static NOTHING: Seldom =
    Seldom { nulls: ColumnSet::EMPTY, assignments: Assignments::new(), after: Vec::new(), rank: 0 };

impl Deref for Row {
    type Target = Seldom;

    fn deref(&self) -> &Seldom {
        self.seldom.as_deref().unwrap_or(&NOTHING)
    }
}

impl DerefMut for Row {
    fn deref_mut(&mut self) -> &mut Seldom {
        self.seldom.get_or_insert_default()
    }
}

impl Row {
    /// Waits for no row that gives up what it takes.
    pub(super) fn goes_behind_none(&mut self) {
        if !self.after.is_empty() {
            self.after.clear();
        }
    }
}
