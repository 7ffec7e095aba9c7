//! Floor 5: what follows from a step's rows: what comes back, and whether they travel in one statement.

use super::changes::Row;
use super::plan::{Step, StepAction};
use super::statement::{self, Update};
use crate::model::{ColumnSet, Table};
use crate::query::Argument;

/// How columns stand in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// One row with their cells.
    Cells,
    /// A row for each that was written: its ordinal, from 1, and the cells.
    Numbered,
    /// One row: something else, and an array for each column, in the order of what was written.
    Arrays,
}

impl Step {
    /// The update of these columns.
    pub(super) fn update(&self, columns: ColumnSet) -> Update<'_> {
        let assignments = self.rows.first().map_or(&[][..], |row| &row.assignments);
        Update {
            table: self.table,
            columns,
            assignments,
            returned: self.returned(),
            followers: &self.followers,
        }
    }

    /// The columns that come back: what the server makes, and what expressions became.
    pub(super) fn returned(&self) -> ColumnSet {
        let assigned = self.rows.first().map(Row::assigned).unwrap_or_default();
        let made: ColumnSet = match self.action {
            StepAction::Insert(left) => left,
            StepAction::Update(written) => {
                self.table.fetched().iter().filter(|&column| !written.contains(column)).collect()
            }
            StepAction::Delete | StepAction::SetNull(_) | StepAction::Unlink(_) => return ColumnSet::EMPTY,
        };
        made.iter().chain(assigned.iter()).collect()
    }

    /// Whether the server makes columns of new rows.
    pub(super) fn waits_for_values(&self) -> bool {
        matches!(self.action, StepAction::Insert(_)) && !self.returned().is_empty()
    }

    /// The columns that later statements can take from where the server makes them: keys that are drawn for new rows of
    /// one statement, as text that needs no quotes.
    pub(super) fn drawn(&self) -> ColumnSet {
        let StepAction::Insert(left) = self.action else { return ColumnSet::EMPTY };
        let is_plain = |column: &usize| self.table.columns[*column].parameter_type().is_plain();
        let drawn = self.table.primary_key.iter().copied().filter(|&column| left.contains(column));
        let drawn: ColumnSet = drawn.filter(is_plain).collect();
        match drawn.is_empty() || self.rows.len() == 1 || self.travels_together() {
            true => drawn,
            false => ColumnSet::EMPTY,
        }
    }

    /// Whether a row takes a key of this table's rows.
    pub(super) fn names(&self, table: &Table) -> bool {
        let model = (table.number)();
        self.rows.iter().any(|row| row.needs.iter().any(|need| need.parent.model == model))
    }

    /// How the columns that come back stand in the answer.
    pub(super) fn answer(&self) -> Form {
        match self.action {
            StepAction::Insert(_) if self.travels_together() => Form::Arrays,
            StepAction::Insert(_) => Form::Cells,
            _ => Form::Numbered,
        }
    }

    /// Whether all rows are in one statement.
    pub(super) fn travels_together(&self) -> bool {
        let assignments = self.rows.first().map_or(&[][..], |row| &row.assignments);
        let unnested = match self.action {
            StepAction::SetNull(_) | StepAction::Unlink(_) => return true,
            StepAction::Delete => return self.rows.len() > 1,
            StepAction::Insert(_) if !assignments.is_empty() => return false,
            StepAction::Insert(_) => ColumnSet::first(self.table.columns.len()),
            StepAction::Update(_) if !self.followers.is_empty() => return true,
            StepAction::Update(columns) => statement::plain(columns, assignments),
        };
        let mut held = assignments.iter().flat_map(|assignment| &assignment.sql.parameters);
        // `unnest` would flatten arrays of arrays, and rows with arrays of several lengths do not make one.
        self.rows.len() > 1
            && unnested.iter().all(|column| !self.table.columns[column].sql_type.is_array)
            && !held.any(|parameter| parameter.sql_type().is_array)
    }

    /// The values that a row's expressions hold.
    pub(super) fn held<'a>(&self, row: &'a Row) -> impl Iterator<Item = Argument<'a>> + use<'a> {
        let held = row.assignments.iter().flat_map(|assignment| &assignment.sql.parameters);
        held.map(Argument::Parameter)
    }

    /// For each value that the rows' expressions hold, an array of all rows' values.
    pub(super) fn all_held(&self) -> impl Iterator<Item = Argument<'_>> {
        let first = self.rows.first().into_iter();
        let places = first.flat_map(|row| row.assignments.iter().enumerate());
        let places =
            places.flat_map(|(n, assignment)| (0..assignment.sql.parameters.len()).map(move |m| (n, m)));
        places.map(|(n, m)| {
            Argument::array(self.rows.iter().map(|row| row.assignments[n].sql.parameters[m].single()))
        })
    }
}
