//! Floor 5: an INSERT whose rows are parameters like any other.
//!
//! That is how it stands within another statement, and how it is explained.

use super::Batch;
use super::batch::Placed;
use crate::error::Error;
use crate::query::{Criteria, InsertSource, InsertStatement, Parameter, Sql};
use crate::types::Value;

impl Batch {
    /// The insert with its rows in it; and why it cannot be one statement, if it cannot.
    pub(crate) fn given(
        &self,
        insert: InsertStatement,
    ) -> (InsertStatement, Option<fn(&'static str) -> Error>) {
        if insert.selects() {
            return (insert, None);
        }
        let shapes = self.shapes(&insert);
        let [shape] = &*shapes else { return (insert, Some(Error::no_single_insert)) };
        let mut statement = insert.writing(shape.written, shape.given);
        let many = statement.holds_many();
        if self.holds_others() || !self.graph.lock().outside().is_empty() || !many && shape.rows.len() > 1 {
            return (insert, Some(Error::no_single_insert));
        }
        let values = self.parameters(&statement, &shape.rows);
        statement.source = InsertSource::Given { many, values };
        (statement, None)
    }

    /// The statement for rows like the first one, as it is sent.
    pub(crate) fn sql(&self, insert: &InsertStatement, criteria: &Criteria) -> Sql {
        let first = self.shapes(insert).into_iter().next().filter(|_| !insert.selects());
        let columns = insert.columns.iter().copied().collect();
        let (written, given) =
            first.as_ref().map_or((columns, columns), |shape| (shape.written, shape.given));
        let statement = insert.writing(written, given).restricted(criteria);
        let mut sql = statement.to_sql();
        if let Some(shape) = first {
            let rows = if statement.holds_many() { &*shape.rows } else { &shape.rows[..1] };
            sql.parameters.splice(..0, self.parameters(&statement, rows));
        }
        sql
    }

    fn parameters(&self, statement: &InsertStatement, rows: &[Placed]) -> Vec<Parameter> {
        let arena = self.graph.any((statement.table.number)());
        row_parameters(statement, rows, |(_, version), column| arena.value(*version, column))
    }
}

/// The values of these rows: for each column that is written an array, or the only row's.
pub(crate) fn row_parameters<'r, R>(
    statement: &InsertStatement,
    rows: &'r [R],
    value: impl Fn(&'r R, usize) -> &'r dyn Value,
) -> Vec<Parameter> {
    let parameter = |&column: &usize| {
        let ty = statement.table.columns[column].sql_type;
        match (statement.holds_many(), rows) {
            (false, [row, ..]) => Parameter::value(value(row, column).to_shared(), ty),
            _ => Parameter::array(rows.iter().map(|row| value(row, column).to_shared()), ty),
        }
    };
    statement.columns.iter().map(parameter).collect()
}
