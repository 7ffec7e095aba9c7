//! Floor 5: a plan's steps become statements, and the answers become versions.
//!
//! Nothing in the graph changes here but that new versions are appended, which nobody sees before the settling.

use std::time::Instant;

use hashbrown::HashMap;

use super::changes::Row;
use super::plan::{Plan, Step, StepAction};
use super::stale::explain;
use super::statement::{self, Update};
use super::versions::{Expected, Versions};
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
    pub(super) fn before(&self, row: &Row) -> u32 {
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
        let (mut written, mut versions) = (Written::default(), Versions::default());
        for flight in plan.steps.chunk_by(|one, other| one.flight == other.flight) {
            let is_last = flight.last().is_some_and(|step| step.flight + 1 == plan.flights());
            let mut statements = Vec::new();
            for (place, step) in flight.iter().enumerate() {
                versions.pass_released(step, plan);
                statements.extend(self.statements(step, &written, &mut versions));
                if !step.waits_for_values() || flight[place..].iter().any(|other| other.names(step.table)) {
                    self.foresee(step, &versions, &mut written);
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
            Some(statement) => self
                .connection
                .reword(error, |error| explain(self.graph, statement.step, statement.rows, error)),
            None => error,
        })
    }

    fn statements<'a>(
        &'a self,
        step: &'a Step,
        written: &Written,
        versions: &mut Versions,
    ) -> Vec<Statement<'a>> {
        let expected = versions.expect(self.graph, step);
        if step.travels_together() {
            return vec![self.statement_for_many(step, &expected, written)];
        }
        let row = |(n, rows)| self.statement_for_one(step, rows, expected.get(n), written);
        step.rows.chunks(1).enumerate().map(row).collect()
    }

    fn statement_for_one<'a>(
        &'a self,
        step: &'a Step,
        rows: &'a [Row],
        expected: Option<&Expected<'a>>,
        written: &Written,
    ) -> Statement<'a> {
        let (row, table) = (&rows[0], step.table);
        let argument = |value: Option<&'a dyn Value>| value.map_or(Argument::Null, Argument::Value);
        let values = |columns: ColumnSet| {
            let plain = statement::plain(columns, &row.assignments).iter();
            plain.map(|column| argument(self.written_value(row, column, expected, written)))
        };
        let held = row.assignments.iter().flat_map(|assignment| &assignment.sql.parameters);
        let held = held.map(Argument::Parameter);
        let keys =
            || table.primary_key.iter().map(|&column| Argument::Value(self.base(row, column, written)));
        let place = || keys().chain(expected.map(|expected| argument(expected.before)));
        let (text, arguments) = match step.action {
            StepAction::Insert(left) => {
                let given = values(statement::written(table, left).collect());
                (statement::insert_one(table, left, &row.assignments), given.chain(held).collect())
            }
            StepAction::Update(columns) => {
                let text = statement::update_one(step.update(columns));
                (text, values(columns).chain(place()).chain(held).collect())
            }
            StepAction::Delete | StepAction::SetNull(_) => (statement::delete_one(table), place().collect()),
        };
        Statement { text, arguments, rows, step }
    }

    fn statement_for_many<'a>(
        &'a self,
        step: &'a Step,
        expected: &[Expected<'a>],
        written: &Written,
    ) -> Statement<'a> {
        let (rows, table) = (&step.rows, step.table);
        let values = |column: usize| {
            let rows = rows.iter().enumerate();
            Argument::array(rows.map(|(n, row)| self.written_value(row, column, expected.get(n), written)))
        };
        let bases =
            |column: usize| Argument::array(rows.iter().map(|row| Some(self.base(row, column, written))));
        let old = statement::old_columns(table, &step.followers).into_iter().map(bases);
        let versions = || Argument::array(expected.iter().map(|expected| expected.before));
        let place = old.chain(table.version.map(|_| versions()));
        let (text, arguments) = match step.action {
            StepAction::Insert(left) => {
                let arguments: Vec<_> = statement::written(table, left).map(values).collect();
                let count = arguments.is_empty().then_some(Argument::Count(rows.len()));
                (statement::insert_many(table, left), arguments.into_iter().chain(count).collect())
            }
            StepAction::Update(columns) => {
                let update = step.update(columns);
                let plain = statement::plain(columns, update.assignments);
                let arguments = place.chain(plain.iter().map(values)).chain(held(rows));
                (statement::update_many(update), arguments.collect())
            }
            StepAction::Delete => (statement::delete_many(table), place.collect()),
            StepAction::SetNull(key) => {
                let references = (table.foreign_keys[key].references)();
                (statement::set_null(table, key), references.iter().map(|&column| bases(column)).collect())
            }
        };
        Statement { text, arguments, rows, step }
    }

    /// The value that is written to a column, which may be the row's version; `None` is NULL.
    fn written_value<'a>(
        &'a self,
        row: &Row,
        column: usize,
        expected: Option<&Expected<'a>>,
        written: &Written,
    ) -> Option<&'a dyn Value> {
        let version = expected.and_then(|expected| expected.after);
        let is_version = row.table.version.is_some_and(|version| version.column == column);
        version.filter(|_| is_version).or_else(|| self.value(row, column, written))
    }

    /// The value that is written to a column; `None` is NULL.
    pub(super) fn value(&self, row: &Row, column: usize, written: &Written) -> Option<&dyn Value> {
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

    /// What came back with a statement.
    fn take(&self, step: &Step, rows: &[Row], reply: &Reply, written: &mut Written) -> Result<()> {
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
            StepAction::Insert(_) | StepAction::Update(_) | StepAction::SetNull(_) => Ok(()),
        }
    }

    fn take_returned(&self, step: &Step, rows: &[Row], reply: &Reply, written: &mut Written) -> Result<()> {
        let returned = step.returned();
        for (row, answer) in rows.iter().zip(self.in_order_of_rows(step, rows, reply)?) {
            let cells = answer.ok_or_else(|| Error::lost_rows(step.table.model))?;
            let changes: Vec<_> = returned
                .iter()
                .enumerate()
                .map(|(n, column)| {
                    let (ty, raw) = cells.raw(n);
                    (column, Change::Cell(ty, raw))
                })
                .collect();
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
        let returned = Some(self.step.returned()).filter(|returned| !returned.is_empty());
        let start = usize::from(self.step.has_ordinals());
        let returns = returned.map(|returned| (self.step.table, returned, start));
        Request { text: &self.text, arguments: &self.arguments, returns }
    }
}

impl Step {
    /// The update of these columns.
    fn update(&self, columns: ColumnSet) -> Update<'_> {
        let assignments = self.rows.first().map_or(&[][..], |row| &row.assignments);
        let followers = &self.followers;
        Update { table: self.table, columns, assignments, returned: self.returned(), followers }
    }

    /// The columns that come back.
    pub(super) fn returned(&self) -> ColumnSet {
        let assigned = self.rows.first().map(Row::assigned).unwrap_or_default();
        let made: ColumnSet = match self.action {
            StepAction::Insert(left) => left,
            StepAction::Update(written) => {
                self.table.fetched().iter().filter(|&column| !written.contains(column)).collect()
            }
            StepAction::Delete | StepAction::SetNull(_) => return ColumnSet::EMPTY,
        };
        made.iter().chain(assigned.iter()).collect()
    }

    /// Whether the server makes columns of new rows.
    fn waits_for_values(&self) -> bool {
        matches!(self.action, StepAction::Insert(left) if !left.is_empty())
    }

    /// Whether a row takes a key of this table's rows.
    fn names(&self, table: &Table) -> bool {
        let model = (table.number)();
        self.rows.iter().any(|row| row.needs.iter().any(|need| need.parent.model == model))
    }

    /// Whether rows come back with their ordinals: but for a single one that goes in, they do.
    fn has_ordinals(&self) -> bool {
        self.travels_together() || !matches!(self.action, StepAction::Insert(_))
    }

    /// Whether all rows are in one statement.
    fn travels_together(&self) -> bool {
        let unnested = match self.action {
            StepAction::SetNull(_) => return true,
            StepAction::Delete => return self.rows.len() > 1,
            StepAction::Insert(_) if !self.rows[0].assignments.is_empty() => return false,
            StepAction::Insert(left) => statement::written(self.table, left).collect(),
            StepAction::Update(_) if !self.followers.is_empty() => return true,
            StepAction::Update(columns) => columns,
        };
        let held = self.rows[0].assignments.iter().flat_map(|assignment| &assignment.sql.parameters);
        if held.into_iter().any(|parameter| parameter.sql_type().is_array) {
            return false;
        }
        // `unnest` would flatten arrays of arrays.
        self.rows.len() > 1 && unnested.iter().all(|column| !self.table.columns[column].sql_type.is_array)
    }
}

/// For each value that the rows' expressions hold, an array of the rows' values.
fn held(rows: &[Row]) -> impl Iterator<Item = Argument<'_>> {
    let places = rows.first().into_iter().flat_map(|row| row.assignments.iter().enumerate());
    let places = places.flat_map(|(n, assignment)| (0..assignment.sql.parameters.len()).map(move |m| (n, m)));
    places.map(|(n, m)| Argument::array(rows.iter().map(|row| row.assignments[n].sql.parameters[m].single())))
}

/// The place among the input, from 0.
fn ordinal(row: &tokio_postgres::Row) -> Option<usize> {
    let ordinal: i64 = row.try_get(0).ok()?;
    usize::try_from(ordinal - 1).ok()
}

fn cell_error(step: &Step, error: CellError) -> Error {
    Error::decode(step.table.model, step.table.columns[error.column].field, error.source)
}
