//! Floor 5: the answers of a flight become versions.
//!
//! Invariant: each row meets its own answer, by its ordinal where there are several.

use super::changes::Row;
use super::execute::{Execution, Written};
use super::plan::{Step, StepAction};
use crate::connection::Reply;
use crate::error::{Error, Result};
use crate::graph::{AnyArena, Change};
use crate::model::{CellError, Cells};

impl Execution<'_> {
    /// The versions that the database has after a statement.
    pub(super) fn take(&self, step: &Step, rows: &[Row], reply: &Reply, written: &mut Written) -> Result<()> {
        match step.action {
            StepAction::Insert(_) | StepAction::Update(_) if !step.returned().is_empty() => {
                self.take_returned(step, rows, reply, written)
            }
            StepAction::Delete => {
                if step.table.version.is_none() && reply.affected != rows.len() as u64 {
                    let (table, expected, found) = (step.table.name, rows.len(), reply.affected);
                    tracing::warn!(target: "orm", table, expected, found, "rows to be deleted were not there");
                }
                Ok(())
            }
            StepAction::Insert(_) => self.take_parents(step, rows, written),
            StepAction::Update(_) => Ok(()),
            StepAction::SetNull(_) | StepAction::Unlink(_) => Ok(()),
        }
    }

    /// The keys of parents that new rows have taken on the server.
    fn take_parents(&self, step: &Step, rows: &[Row], written: &mut Written) -> Result<()> {
        for row in rows.iter().filter(|row| !row.needs.is_empty()) {
            let version = self.version(row, &[], written).map_err(|error| error.of(step.table))?;
            written.0.insert(row.node, version);
        }
        Ok(())
    }

    fn take_returned(&self, step: &Step, rows: &[Row], reply: &Reply, written: &mut Written) -> Result<()> {
        let (table, returned) = (step.table, step.returned());
        for (row, answer) in rows.iter().zip(self.in_order_of_rows(step, rows, reply)?) {
            let mut changes = Vec::new();
            match answer {
                Some(cells) => changes.extend(returned.iter().enumerate().map(|(n, column)| {
                    let (ty, raw) = cells.raw(n);
                    (column, Change::Cell(ty, raw))
                })),
                None => return Err(Error::lost_rows(table.model)),
            }
            let version = self.version(row, &changes, written).map_err(|error| error.of(step.table))?;
            written.0.insert(row.node, version);
        }
        Ok(())
    }

    /// For each row what came back for it.
    fn in_order_of_rows<'r>(
        &self,
        step: &Step,
        rows: &[Row],
        reply: &'r Reply,
    ) -> Result<Vec<Option<Cells<'r>>>> {
        let mut answers = vec![None; rows.len()];
        for row in &reply.rows {
            let (place, start) = if step.has_ordinals() { (ordinal(row), 1) } else { (Some(0), 0) };
            let place = place
                .filter(|&place| place < rows.len())
                .ok_or_else(|| Error::lost_rows(step.table.model))?;
            answers[place] = Some(Cells::new(row, start));
        }
        Ok(answers)
    }

    /// The version of a row with what came from its parents and from the server.
    fn version(&self, row: &Row, made: &[(usize, Change<'_>)], written: &Written) -> Result<u32, CellError> {
        let arena: &dyn AnyArena = self.graph.any(row.node.model);
        let from = written.0.get(&row.node).copied().unwrap_or(row.version);
        let mut changes = Vec::new();
        for need in &row.needs {
            for (&column, &reference) in need.columns.iter().zip(need.references) {
                if let Some(&parent) = written.0.get(&need.parent) {
                    changes.push((
                        column,
                        Change::Copy(self.graph.any(need.parent.model).value(parent, reference)),
                    ));
                }
            }
        }
        if changes.is_empty() && made.is_empty() {
            return Ok(from);
        }
        changes.extend(made);
        arena.derive(from, &changes)
    }
}

/// The place among the input, from 0.
fn ordinal(row: &tokio_postgres::Row) -> Option<usize> {
    let ordinal: i64 = row.try_get(0).ok()?;
    usize::try_from(ordinal - 1).ok()
}
