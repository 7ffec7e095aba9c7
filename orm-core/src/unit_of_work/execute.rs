//! Floor 5: a plan's steps become statements, and the answers become versions.
//!
//! Nothing in the graph changes here but that new versions are appended, which nobody sees before the settling.

use std::sync::Arc;
use std::time::Instant;

use hashbrown::HashMap;

use super::changes::Row;
use super::follow::{Moved, follow};
use super::handed::HandedOn;
use super::plan::{Plan, Step, StepAction};
use super::stale::explain;
use super::statement::{self, Keys};
use super::step::Form;
use super::versions::{Expected, Passed};
use crate::connection::{Connection, End, Prepared, Reply, Request, Returns, Unfinished};
use crate::error::Result;
use crate::graph::{Change, Graph, Node};
use crate::model::ColumnSet;
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
pub(super) struct Statement<'a> {
    pub(super) text: Arc<str>,
    pub(super) arguments: Vec<Argument<'a>>,
    pub(super) rows: &'a [Row],
    pub(super) step: &'a Step,
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
        let (mut written, mut passed) = (Written::default(), Passed::default());
        for flight in plan.steps.chunk_by(|one, other| one.flight == other.flight) {
            let is_last = flight.last().is_some_and(|step| step.flight + 1 == plan.flights());
            let handed_on = HandedOn::of(flight);
            let mut statements = Vec::new();
            for (place, step) in flight.iter().enumerate() {
                passed.note(step, plan);
                let expected = self.expect(step, &written, &passed);
                statements.extend(self.statements(step, &expected, &written, &handed_on));
                if !step.waits_for_values() || flight[place..].iter().any(|other| other.names(step.table)) {
                    self.foresee(step, &expected, &mut written);
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
        expected: &[Expected<'a>],
        written: &Written,
        handed_on: &HandedOn<'_>,
    ) -> Vec<Statement<'a>> {
        if let StepAction::Insert(left) = step.action {
            return self.inserts(step, left, expected, written, handed_on);
        }
        if step.travels_together() {
            return vec![self.statement_for_many(step, expected, written)];
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
        let held = step.held(row);
        let keys =
            || table.primary_key.iter().map(|&column| Argument::Value(self.base(row, column, written)));
        let place = || keys().chain(expected.map(|expected| argument(expected.before)));
        let arguments = match step.action {
            StepAction::Update(columns) => values(columns).chain(place()).chain(held).collect(),
            _ => place().collect(),
        };
        let text = statement::text(step, false, Keys::default(), |_| match step.action {
            StepAction::Update(columns) => statement::update_one(step.update(columns)),
            _ => statement::delete_one(table),
        });
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
        let versions = || Argument::array(expected.iter().map(|expected| expected.before));
        let place = |old: Vec<usize>| old.into_iter().map(bases).chain(table.version.map(|_| versions()));
        let arguments = match step.action {
            StepAction::Update(columns) => {
                let old = statement::old_columns(table, &step.followers);
                let plain = statement::plain(columns, step.update(columns).assignments);
                place(old).chain(plain.iter().map(values)).chain(step.all_held()).collect()
            }
            StepAction::Insert(_) | StepAction::Delete => place(table.primary_key.to_vec()).collect(),
            StepAction::SetNull(key) | StepAction::Unlink(key) => {
                let references = (table.foreign_keys[key].references)();
                references.iter().map(|&column| bases(column)).collect()
            }
        };
        let text = statement::text(step, true, Keys::default(), |_| match step.action {
            StepAction::Update(columns) => statement::update_many(step.update(columns)),
            StepAction::Insert(_) | StepAction::Delete => statement::delete_many(table),
            StepAction::SetNull(key) => statement::set_null(table, key),
            StepAction::Unlink(key) => statement::unlink(table, key),
        });
        Statement { text, arguments, rows, step }
    }

    /// The value that is written to a column, which may be the row's version; `None` is NULL.
    pub(super) fn written_value(
        &self,
        row: &Row,
        column: usize,
        expected: Option<&Expected<'_>>,
        written: &Written,
    ) -> Option<&dyn Value> {
        let is_version = row.table.version.is_some_and(|version| version.column == column);
        match expected.and_then(|expected| expected.after) {
            Some(after) if is_version => Some(self.graph.any(row.node.model).value(after, column)),
            _ => self.value(row, column, written),
        }
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

    /// What the database has after a step, but for what the server makes, is known before it is sent; later steps of the
    /// flight build on it.
    fn foresee(&self, step: &Step, expected: &[Expected<'_>], written: &mut Written) {
        let mut moved = Moved::new();
        for (n, row) in step.rows.iter().enumerate() {
            let before = written.before(row);
            let counted = expected.get(n).and_then(|expected| expected.after);
            let after = match step.action {
                StepAction::Update(_) if counted.is_some() => counted.unwrap_or(before),
                StepAction::Update(columns) => self.updated(row, columns, before, None, written),
                StepAction::Insert(_) => self.inserted(row, written),
                StepAction::Delete | StepAction::SetNull(_) | StepAction::Unlink(_) => return,
            };
            written.0.insert(row.node, after);
            if row.rekeys {
                moved.insert(row.node, (before, after));
            }
        }
        if !moved.is_empty() {
            follow(&self.graph.lock(), &moved, written);
        }
    }

    /// The version of a new row with the keys of its parents.
    fn inserted(&self, row: &Row, written: &Written) -> u32 {
        let columns = row.needs.iter().flat_map(|need| need.columns.iter().copied());
        let columns = columns.chain(row.nulls.iter()).collect();
        self.updated(row, columns, row.version, None, written)
    }

    /// The version of a row with these columns written, one of them with this value: its own, if no others differ.
    pub(super) fn updated(
        &self,
        row: &Row,
        columns: ColumnSet,
        before: u32,
        counted: Option<(usize, &dyn Value)>,
        written: &Written,
    ) -> u32 {
        let arena = self.graph.any(row.node.model);
        let plain = |column: usize| columns.contains(column) && !row.nulls.contains(column);
        let is_own = counted.is_none_or(|(column, value)| arena.value(row.version, column).is_same(value));
        let is_whole = row.is_whole && before == row.base && row.nulls.is_empty();
        let has_all = || is_whole || arena.difference(before, row.version).iter().all(plain);
        if columns.is_empty() || is_own && row.needs.is_empty() && has_all() {
            return row.version;
        }
        let change = |column| match (counted, self.value(row, column, written)) {
            (Some((counted, value)), _) if counted == column => (column, Change::Copy(value)),
            (_, Some(value)) => (column, Change::Copy(value)),
            (_, None) => (column, Change::Null),
        };
        let changes: Vec<_> = columns.iter().map(change).collect();
        arena.derive(before, &changes).expect("copying decodes nothing")
    }
}

impl Statement<'_> {
    fn request(&self) -> Request<'_> {
        let returned = Some(self.step.returned()).filter(|returned| !returned.is_empty());
        let returns = returned.map(|columns| {
            let form = self.step.answer();
            let start = usize::from(form != Form::Cells);
            let in_arrays_of = (form == Form::Arrays).then_some(self.rows.len());
            Returns { table: self.step.table, columns, start, in_arrays_of }
        });
        Request {
            text: &self.text,
            arguments: &self.arguments,
            returns,
            reads: &[],
            prepared: Prepared::Kept,
        }
    }
}
