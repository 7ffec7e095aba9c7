//! Floor 4: whether what a prepared statement will bring can be read.
//!
//! Invariant: what does not fit is an error before the statement is sent.

use postgres_types::{Kind, Type};
use tokio_postgres::{Column, Statement};

use crate::error::{Error, Result};
use crate::graph::Read;
use crate::model::{ColumnSet, Table};

/// Columns that come back.
pub(crate) struct Returns {
    pub(crate) table: &'static Table,
    pub(crate) columns: ColumnSet,
    /// The cell of the first.
    pub(crate) start: usize,
    /// Each cell is an array with a value for each of so many rows.
    pub(crate) in_arrays_of: Option<usize>,
}

impl Returns {
    pub(super) fn check(&self, statement: &Statement) -> Result<()> {
        let columns = self.columns.iter().map(|column| (self.table, column));
        match self.in_arrays_of {
            Some(_) => check_types(columns, elements(statement, self.start)),
            None => check(statement, columns, self.start),
        }
    }
}

pub(super) fn check_reads(statement: &Statement, reads: &[Read<'_>]) -> Result<()> {
    reads.iter().try_for_each(|read| {
        let (table, columns) = read.columns();
        let mut columns = columns.into_iter();
        columns.try_for_each(|(column, cell)| check(statement, [(table, column)].into_iter(), cell))
    })
}

pub(super) fn check(
    statement: &Statement,
    columns: impl Iterator<Item = (&'static Table, usize)>,
    start: usize,
) -> Result<()> {
    check_types(columns, types(statement, start))
}

fn types(statement: &Statement, start: usize) -> impl Iterator<Item = &Type> {
    statement.columns().iter().skip(start).map(Column::type_)
}

/// The types of the arrays' elements.
fn elements(statement: &Statement, start: usize) -> impl Iterator<Item = &Type> {
    types(statement, start).map(|ty| if let Kind::Array(element) = ty.kind() { element } else { ty })
}

fn check_types<'t>(
    columns: impl Iterator<Item = (&'static Table, usize)>,
    found: impl Iterator<Item = &'t Type>,
) -> Result<()> {
    for ((table, column), found) in columns.zip(found) {
        let facts = &table.columns[column];
        if !(facts.accepts)(found) {
            let expected = facts.sql_type.to_string();
            return Err(Error::column_type(table.model, facts.field, &expected, type_name(found)));
        }
    }
    Ok(())
}

/// The data type as SQL spells it.
pub(crate) fn type_name(ty: &Type) -> &str {
    match ty.name() {
        "int2" => "smallint",
        "int4" => "integer",
        "int8" => "bigint",
        "float4" => "real",
        "float8" => "double precision",
        "bool" => "boolean",
        other => other,
    }
}
