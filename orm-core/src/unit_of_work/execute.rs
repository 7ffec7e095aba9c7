//! Floor 5: a plan's steps become statements, and the answers become versions.
//!
//! Nothing in the graph changes here but that new versions are appended, which nobody sees before the settling.

use std::time::Instant;

use hashbrown::HashMap;

use super::changes::Row;
use super::follow::{Moved, follow};
use super::plan::{Plan, Step, StepAction};
use super::statement::{self, LOST, STALE};
use super::unique::taken_place;
use crate::connection::{Connection, End, Reply, Request, Unfinished};
use crate::error::{Error, Result};
use crate::graph::{AnyArena, Change, Graph, Node};
use crate::model::{CellError, Cells, ColumnSet, Table};
use crate::query::Argument;
use crate::types::Value;

/// What has been written: for each node the version that the database has now.
#[derive(Default)]
pub(crate) struct Written(pub(crate) HashMap<Node, u32>);

impl Written {
    /// The version that the database has of a row before a step.
    fn before(&self, row: &Row) -> u32 {
        self.0.get(&row.node).copied().unwrap_or(if row.is_new { row.version } else { row.base })
    }
}

/// A statement of a step.
struct Statement<'a> {
    text: String,
    arguments: Vec<Argument<'a>>,
    rows: &'a [Row],
    step: &'a Step,
}

/// A plan being carried out.
pub(crate) struct Execution<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) connection: &'a Connection,
}

impl Execution<'_> {
    /// Carries the plan out, flight by flight.
    ///
    /// # Errors
    /// The first that a statement met. The transaction can then only be rolled back.
    pub(crate) async fn run(&self, plan: &Plan, last: End) -> Result<Written> {
        let started = Instant::now();
        let mut partly = None;
        let written = self.run_flights(plan, last, &mut partly).await;
        if let Some(partly) = partly {
            partly.finish();
        }
        tracing::trace!(target: "orm", steps = plan.steps.len(), elapsed = ?started.elapsed(), "flush");
        written
    }

    /// From the first flight's answer on the database has a part of the flush, which `partly` says if this is dropped.
    async fn run_flights<'c>(
        &'c self,
        plan: &Plan,
        last: End,
        partly: &mut Option<Unfinished<'c>>,
    ) -> Result<Written> {
        let mut written = Written::default();
        for flight in plan.steps.chunk_by(|one, other| one.flight == other.flight) {
            let is_last = flight.last().is_some_and(|step| step.flight + 1 == plan.flights());
            let mut statements = Vec::new();
            for (place, step) in flight.iter().enumerate() {
                statements.extend(self.statements(step, &written));
                if !step.waits_for_values() || flight[place..].iter().any(|other| other.names(step.table)) {
                    self.foresee(step, &mut written);
                }
            }
            let replies = self.send(&statements, if is_last { last } else { End::Write }).await?;
            partly.get_or_insert_with(|| self.connection.unfinished());
            let answers: Vec<_> =
                statements.iter().map(|statement| (statement.step, statement.rows)).collect();
            for ((step, rows), reply) in answers.into_iter().zip(&replies) {
                self.take(step, rows, reply, &mut written)
                    .inspect_err(|error| self.connection.fail(error))?;
            }
        }
        Ok(written)
    }

    async fn send(&self, statements: &[Statement<'_>], end: End) -> Result<Vec<Reply>> {
        let requests: Vec<_> = statements.iter().map(Statement::request).collect();
        self.connection.send(&requests, end).await.map_err(|(place, error)| match statements.get(place) {
            Some(statement) => self.connection.reword(error, |error| explain(self.graph, statement, error)),
            None => error,
        })
    }

    fn statements<'a>(&'a self, step: &'a Step, written: &Written) -> Vec<Statement<'a>> {
        if step.travels_together() {
            return vec![self.statement_for_many(step, written)];
        }
        step.rows.chunks(1).map(|rows| self.statement_for_one(step, rows, written)).collect()
    }

    fn statement_for_one<'a>(&'a self, step: &'a Step, rows: &'a [Row], written: &Written) -> Statement<'a> {
        let (row, table) = (&rows[0], step.table);
        let values = |columns: &mut dyn Iterator<Item = usize>| -> Vec<Argument<'a>> {
            columns
                .map(|column| self.value(row, column, written).map_or(Argument::Null, Argument::Value))
                .collect()
        };
        let keys =
            || table.primary_key.iter().map(|&column| Argument::Value(self.base(row, column, written)));
        let (text, arguments) = match step.action {
            StepAction::Insert(left) => {
                (statement::insert_one(table, left), values(&mut statement::written(table, left)))
            }
            StepAction::Update(columns) => {
                let values = values(&mut columns.iter());
                (statement::update_one(table, columns), values.into_iter().chain(keys()).collect())
            }
            _ => (statement::delete_one(table), keys().collect()),
        };
        Statement { text, arguments, rows, step }
    }

    fn statement_for_many<'a>(&'a self, step: &'a Step, written: &Written) -> Statement<'a> {
        let (rows, table) = (&step.rows, step.table);
        let values = |column: usize| Argument::array(rows.iter().map(|row| self.value(row, column, written)));
        let bases =
            |column: usize| Argument::array(rows.iter().map(|row| Some(self.base(row, column, written))));
        let keys = || table.primary_key.iter().map(|&column| bases(column));
        let (text, arguments) = match step.action {
            StepAction::Insert(left) => {
                let arguments: Vec<_> = statement::written(table, left).map(values).collect();
                let count = arguments.is_empty().then_some(Argument::Count(rows.len()));
                (statement::insert_many(table, left), arguments.into_iter().chain(count).collect())
            }
            StepAction::Update(columns) => {
                let old = statement::old_columns(table, &step.followers).into_iter().map(bases);
                let text = statement::update_many(table, columns, &step.followers);
                (text, old.chain(columns.iter().map(values)).collect())
            }
            StepAction::Delete => (statement::delete_many(table), keys().collect()),
            StepAction::SetNull(key) => {
                let references = (table.foreign_keys[key].references)();
                (statement::set_null(table, key), references.iter().map(|&column| bases(column)).collect())
            }
            StepAction::Unlink(key) => {
                let references = (table.foreign_keys[key].references)();
                (statement::unlink(table, key), references.iter().map(|&column| bases(column)).collect())
            }
        };
        Statement { text, arguments, rows, step }
    }

    /// The value that is written to a column; `None` is NULL.
    fn value(&self, row: &Row, column: usize, written: &Written) -> Option<&dyn Value> {
        if row.nulls.contains(column) {
            return None;
        }
        if let Some((parent, reference)) = row.need(column)
            && let Some(&version) = written.0.get(&parent)
        {
            return Some(self.graph.any(parent.model).value(version, reference));
        }
        Some(self.graph.any(row.node.model).value(row.version, column))
    }

    /// The value that a column has in the database before the step.
    fn base(&self, row: &Row, column: usize, written: &Written) -> &dyn Value {
        self.graph.any(row.node.model).value(written.before(row), column)
    }

    /// What the database has after a step, but for what the server makes, is known before it is sent; later steps of the
    /// flight build on it.
    fn foresee(&self, step: &Step, written: &mut Written) {
        let mut moved = Moved::new();
        for row in &step.rows {
            let before = written.before(row);
            let after = match step.action {
                StepAction::Update(columns) => self.updated(row, columns, before, written),
                StepAction::Insert(_) => self.inserted(row, written),
                StepAction::Delete | StepAction::SetNull(_) | StepAction::Unlink(_) => return,
            };
            written.0.insert(row.node, after);
            if row.rekeys {
                moved.insert(row.node, (before, after));
            }
        }
        if !moved.is_empty() {
            follow(self.graph, &moved, written);
        }
    }

    /// The version of a new row with the keys of its parents.
    fn inserted(&self, row: &Row, written: &Written) -> u32 {
        let columns = row.needs.iter().flat_map(|need| need.columns.iter().copied());
        let columns = columns.chain(row.nulls.iter()).collect();
        self.updated(row, columns, row.version, written)
    }

    /// The version of a row with these columns written: its own, if no others differ.
    fn updated(&self, row: &Row, columns: ColumnSet, before: u32, written: &Written) -> u32 {
        let arena = self.graph.any(row.node.model);
        let plain = |column: usize| columns.contains(column) && !row.nulls.contains(column);
        if columns.is_empty()
            || row.needs.is_empty() && arena.difference(before, row.version).iter().all(plain)
        {
            return row.version;
        }
        let change = |column| match self.value(row, column, written) {
            Some(value) => (column, Change::Copy(value)),
            None => (column, Change::Null),
        };
        let changes: Vec<_> = columns.iter().map(change).collect();
        arena.derive(before, &changes).expect("copying decodes nothing")
    }

    /// The versions that the database has after a statement.
    fn take(&self, step: &Step, rows: &[Row], reply: &Reply, written: &mut Written) -> Result<()> {
        match step.action {
            StepAction::Insert(left) if step.waits_for_values() => {
                self.take_inserted(step, rows, left, reply, written)
            }
            StepAction::Delete => {
                if reply.affected != rows.len() as u64 {
                    let (table, expected, found) = (step.table.name, rows.len(), reply.affected);
                    tracing::warn!(target: "orm", table, expected, found, "rows to be deleted were not there");
                }
                Ok(())
            }
            StepAction::Insert(_) | StepAction::Update(_) => Ok(()),
            StepAction::SetNull(_) | StepAction::Unlink(_) => Ok(()),
        }
    }

    fn take_inserted(
        &self,
        step: &Step,
        rows: &[Row],
        left: ColumnSet,
        reply: &Reply,
        written: &mut Written,
    ) -> Result<()> {
        let table = step.table;
        for (row, answer) in rows.iter().zip(self.in_order_of_rows(step, rows, reply)?) {
            let mut changes = Vec::new();
            match answer {
                Some(cells) => changes.extend(left.iter().enumerate().map(|(n, column)| {
                    let (ty, raw) = cells.raw(n);
                    (column, Change::Cell(ty, raw))
                })),
                None => return Err(Error::lost_rows(table.model)),
            }
            let version = self.version(row, &changes, written).map_err(|error| cell_error(step, error))?;
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
            // A single row comes without an ordinal.
            let (place, start) = if step.travels_together() { (ordinal(row), 1) } else { (Some(0), 0) };
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
        let made = made.iter().map(|(column, change)| match change {
            Change::Cell(ty, raw) => (*column, Change::Cell(ty, *raw)),
            Change::Copy(value) => (*column, Change::Copy(*value)),
            Change::Null => (*column, Change::Null),
        });
        arena.derive(from, &changes.into_iter().chain(made).collect::<Vec<_>>())
    }
}

impl Statement<'_> {
    fn request(&self) -> Request<'_> {
        let returns = match self.step.action {
            StepAction::Insert(left) => {
                Some((self.step.table, left, usize::from(self.step.travels_together())))
            }
            _ => None,
        };
        Request { text: &self.text, arguments: &self.arguments, returns }
    }
}

impl Step {
    /// Whether the server makes columns of new rows.
    fn waits_for_values(&self) -> bool {
        matches!(self.action, StepAction::Insert(left) if !left.is_empty())
    }

    /// Whether a row takes a key of this table's rows.
    fn names(&self, table: &Table) -> bool {
        let model = (table.number)();
        self.rows.iter().any(|row| row.needs.iter().any(|need| need.parent.model == model))
    }

    /// Whether all rows are in one statement.
    fn travels_together(&self) -> bool {
        let unnested = match self.action {
            StepAction::SetNull(_) | StepAction::Unlink(_) => return true,
            StepAction::Delete => return self.rows.len() > 1,
            StepAction::Insert(left) => statement::written(self.table, left).collect(),
            StepAction::Update(_) if !self.followers.is_empty() => return true,
            StepAction::Update(columns) => columns,
        };
        // `unnest` would flatten arrays of arrays.
        self.rows.len() > 1 && unnested.iter().all(|column| !self.table.columns[column].sql_type.is_array)
    }
}

/// The place among the input, from 0.
fn ordinal(row: &tokio_postgres::Row) -> Option<usize> {
    let ordinal: i64 = row.try_get(0).ok()?;
    usize::try_from(ordinal - 1).ok()
}

fn cell_error(step: &Step, error: CellError) -> Error {
    Error::decode(step.table.model, step.table.columns[error.column].field, error.source)
}

/// A statement's error in the words of its step; rows that were not there are named.
fn explain(graph: &Graph, statement: &Statement<'_>, error: Error) -> Error {
    let model = statement.step.table.model;
    let message = error.server_message().filter(|_| error.is_failed_cast()).unwrap_or_default();
    match statement.step.action {
        StepAction::Insert(_) if message.contains(LOST) => Error::lost_rows(model),
        StepAction::Update(_) if message.contains(STALE) => {
            let locked = graph.lock();
            let rows = stale_rows(message, statement.rows).into_iter();
            let keys: Vec<_> = rows.map(|row| locked.key_in_words(row.node)).collect();
            Error::stale(model, &keys.join("; "))
        }
        _ => match taken_place(statement.step.table, &error) {
            Some(relationship) => error.about(model).place_taken(model, relationship),
            None => error.about(model),
        },
    }
}

/// The rows whose ordinals a failed cast names.
fn stale_rows<'r>(message: &str, rows: &'r [Row]) -> Vec<&'r Row> {
    let Some((_, ordinals)) = message.split_once(STALE) else { return Vec::new() };
    let ordinals =
        ordinals.split(|other: char| !other.is_ascii_digit() && other != ',').next().unwrap_or_default();
    let places = ordinals.split(',').filter_map(|ordinal| ordinal.parse::<usize>().ok());
    places.filter_map(|ordinal| rows.get(ordinal.checked_sub(1)?)).collect()
}
