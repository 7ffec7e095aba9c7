//! Floor 5: the answers of a flight become versions.
//!
//! Invariant: each row meets its own answer, by its ordinal or its place in an array.

use postgres_types::Type;

use super::changes::Row;
use super::execute::{Execution, Written};
use super::plan::{Step, StepAction};
use super::step::Form;
use crate::connection::Reply;
use crate::error::{Error, Result};
use crate::graph::{Arena, Change};
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
            let version =
                self.version(row, &mut Vec::new(), written).map_err(|error| error.of(step.table))?;
            written.0.insert(row.node, version);
        }
        Ok(())
    }

    fn take_returned(&self, step: &Step, rows: &[Row], reply: &Reply, written: &mut Written) -> Result<()> {
        let returned: Vec<usize> = step.returned().iter().collect();
        let answers = Answers::of(step.answer(), &reply.rows, rows.len(), returned.len());
        written.0.reserve(rows.len());
        let mut made = Vec::with_capacity(returned.len());
        for (place, row) in rows.iter().enumerate() {
            made.clear();
            let cell = |(n, &column): (usize, &usize)| {
                let (ty, raw) = answers.cell(place, n)?;
                Some((column, Change::Cell(ty, raw)))
            };
            made.extend(returned.iter().enumerate().map_while(cell));
            if made.len() < returned.len() {
                return Err(Error::lost_rows(step.table.model));
            }
            let version = self.version(row, &mut made, written).map_err(|error| error.of(step.table))?;
            written.0.insert(row.node, version);
        }
        Ok(())
    }

    /// The version of a row with what came from its parents and from the server.
    fn version<'v>(
        &'v self,
        row: &Row,
        changes: &mut Vec<(usize, Change<'v>)>,
        written: &Written,
    ) -> Result<u32, CellError> {
        let arena: &Arena = self.graph.any(row.node.model);
        let from = written.0.get(&row.node).copied().unwrap_or(row.version);
        for need in &row.needs {
            for (&column, &reference) in need.columns.iter().zip(need.references) {
                if let Some(&parent) = written.0.get(&need.parent) {
                    let key = self.graph.any(need.parent.model).value(parent, reference);
                    changes.push((column, Change::Copy(key)));
                }
            }
        }
        if changes.is_empty() { Ok(from) } else { arena.derive(from, changes) }
    }
}

/// What came back for the rows of a statement.
enum Answers<'r> {
    /// For each row its cells.
    Rows(Vec<Option<Cells<'r>>>),
    /// For each column its type and a cell of each row.
    Columns(Vec<(&'r Type, Vec<Option<&'r [u8]>>)>),
}

impl<'r> Answers<'r> {
    fn of(form: Form, answer: &'r [tokio_postgres::Row], rows: usize, columns: usize) -> Self {
        let first = |start: usize| answer.first().map(|row| Cells::new(row, start));
        match form {
            Form::Cells => Self::Rows(vec![first(0)]),
            Form::Arrays => {
                Self::Columns(first(1).map_or_else(Vec::new, |cells| {
                    (0..columns).map(|column| cells.elements(column)).collect()
                }))
            }
            Form::Numbered => {
                let mut cells = vec![None; rows];
                for row in answer {
                    if let Some(place) = ordinal(row).filter(|&place| place < rows) {
                        cells[place] = Some(Cells::new(row, 1));
                    }
                }
                Self::Rows(cells)
            }
        }
    }

    /// The type of a row's n-th cell and what the server sent; nothing if the row did not come back.
    fn cell(&self, row: usize, n: usize) -> Option<(&'r Type, Option<&'r [u8]>)> {
        match self {
            Self::Rows(rows) => Some(rows.get(row)?.as_ref()?.raw(n)),
            Self::Columns(columns) => {
                let (ty, cells) = columns.get(n)?;
                Some((ty, *cells.get(row)?))
            }
        }
    }
}

/// The place among the input, from 0.
fn ordinal(row: &tokio_postgres::Row) -> Option<usize> {
    let ordinal: i64 = row.try_get(0).ok()?;
    usize::try_from(ordinal - 1).ok()
}
