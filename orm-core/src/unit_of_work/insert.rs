//! Floor 5: the inserts of a plan become statements.
//!
//! Invariant: a key that an earlier statement of the flight makes is taken on the server; every other value is sent.

use super::changes::Row;
use super::execute::{Execution, Statement, Written};
use super::handed::HandedOn;
use super::plan::Step;
use super::statement;
use super::versions::Expected;
use crate::model::ColumnSet;
use crate::query::Argument;
use crate::types::Value;

impl Execution<'_> {
    /// The statements of a step that inserts; these columns are left to the server.
    pub(super) fn inserts<'a>(
        &'a self,
        step: &'a Step,
        left: ColumnSet,
        expected: &[Expected<'a>],
        written: &Written,
        handed_on: &HandedOn<'_>,
    ) -> Vec<Statement<'a>> {
        if step.travels_together() {
            return vec![self.insert_many(step, left, expected, written, handed_on)];
        }
        let one = |(n, rows): (usize, &'a [Row])| {
            let value = |column| self.written_value(&rows[0], column, expected.get(n), written);
            self.insert_one(step, left, rows, value, handed_on)
        };
        step.rows.chunks(1).enumerate().map(one).collect()
    }

    fn insert_one<'a>(
        &'a self,
        step: &'a Step,
        left: ColumnSet,
        rows: &'a [Row],
        value: impl Fn(usize) -> Option<&'a dyn Value>,
        handed_on: &HandedOn<'_>,
    ) -> Statement<'a> {
        let row = &rows[0];
        let columns = statement::plain(statement::written(step.table, left).collect(), &row.assignments);
        let mut taken = handed_on.taken(rows, columns.iter(), |_, column| value(column));
        let given = |column| {
            taken.place(column).unwrap_or_else(|| value(column).map_or(Argument::Null, Argument::Value))
        };
        let mut arguments: Vec<_> = columns.iter().map(given).collect();
        arguments.extend(step.held(row));
        let keys = taken.keys(handed_on.noted_by(step));
        let text = statement::text(step, false, keys, |keys| {
            statement::insert_one(step.table, left, &row.assignments, keys)
        });
        Statement { text, arguments, rows, step }
    }

    fn insert_many<'a>(
        &'a self,
        step: &'a Step,
        left: ColumnSet,
        expected: &[Expected<'a>],
        written: &Written,
        handed_on: &HandedOn<'_>,
    ) -> Statement<'a> {
        let (rows, table) = (&step.rows, step.table);
        let columns = || statement::written(table, left);
        let known = |row: &'a Row, column| self.value(row, column, written);
        let mut taken = handed_on.taken(rows, columns(), known);
        let values = |column: usize| {
            let rows = rows.iter().enumerate();
            Argument::array(rows.map(|(n, row)| self.written_value(row, column, expected.get(n), written)))
        };
        let given = |column| taken.places(column).unwrap_or_else(|| values(column));
        let mut arguments: Vec<_> = columns().map(given).collect();
        arguments.append(&mut taken.known);
        if table.primary_key.iter().any(|&column| left.contains(column)) {
            // So many keys are drawn.
            arguments.push(Argument::Count(rows.len()));
        }
        let keys = taken.keys(handed_on.noted_by(step));
        let text = statement::text(step, true, keys, |keys| statement::insert_many(table, left, keys));
        Statement { text, arguments, rows, step }
    }
}
