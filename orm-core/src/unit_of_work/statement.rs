//! Floor 5: the text of a flush's statements. Pure.
//!
//! Invariant: the text depends on the table, the columns and on whether there is one row or several, never on how many
//! or on values, so that each shape is prepared once.

mod checked;
mod following;
mod insert;
mod texts;

pub(super) use checked::{
    CHANGED, STALE, Update, delete_many, delete_one, old_columns, update_many, update_one,
};
pub(super) use insert::{Keys, LOST, insert_many, insert_one};
pub(super) use texts::text;

use std::sync::Arc;

use crate::graph::Assignment;
use crate::model::{ColumnSet, Table};
use crate::query::{quote, quote_table};
use crate::types::SqlType;

/// The name of the column that says which input row an output row belongs to.
const ORDINAL: &str = "orm_ordinal";

/// Several column names, or what is made of them, with commas between.
fn list(columns: impl Iterator<Item = String>) -> String {
    columns.collect::<Vec<_>>().join(", ")
}

fn names(table: &Table, columns: impl Iterator<Item = usize>) -> String {
    list(columns.map(|column| quote(table.columns[column].name).into_owned()))
}

/// The columns that an insert writes.
pub(super) fn written(table: &Table, left_out: ColumnSet) -> impl Iterator<Item = usize> {
    (0..table.columns.len()).filter(move |&column| !left_out.contains(column))
}

/// `unnest($1::bigint[], ..)`, from the n-th parameter on.
fn unnest(table: &Table, columns: impl Iterator<Item = usize>, first: usize) -> String {
    unnest_types(columns.map(|column| table.columns[column].parameter_type()), first)
}

fn unnest_types(types: impl Iterator<Item = SqlType>, first: usize) -> String {
    let arrays = types.enumerate().map(|(n, ty)| format!("${}::{}", first + n, ty.array()));
    format!("unnest({})", list(arrays))
}

/// The n-th parameter as a column's new value. A declared type may be a domain, which the driver cannot write: what is
/// cast is assigned to it.
fn value(table: &Table, column: usize, n: usize) -> String {
    let facts = &table.columns[column];
    match facts.declared_type {
        Some(_) => format!("${n}::{}", facts.parameter_type()),
        None => format!("${n}"),
    }
}

/// The columns that are written as values, and not as expressions.
pub(super) fn plain(columns: ColumnSet, assignments: &[Arc<Assignment>]) -> ColumnSet {
    let assigned = |column: usize| assignments.iter().any(|assignment| assignment.column == column);
    columns.iter().filter(|&column| !assigned(column)).collect()
}

/// The expressions for columns. Their parameters are called by this word and numbers from this one on.
fn expressions(assignments: &[Arc<Assignment>], word: &'static str, first: usize) -> Vec<(usize, String)> {
    let mut next = first;
    let expressions = assignments.iter().map(|assignment| {
        let sql = assignment.expression.to_sql(word, next);
        next += sql.parameters.len();
        (assignment.column, sql.text)
    });
    expressions.collect()
}

/// What each column becomes: its expression, or the parameter of its number among the plain ones.
fn values(
    table: &Table,
    columns: ColumnSet,
    expressions: &[(usize, String)],
    plain: impl Fn(usize, usize) -> String,
) -> Vec<(String, String)> {
    let mut number = 0;
    let value = |column: usize| {
        let value = match expressions.iter().find(|expression| expression.0 == column) {
            Some((_, text)) => text.clone(),
            None => {
                number += 1;
                plain(column, number)
            }
        };
        (quote(table.columns[column].name).into_owned(), value)
    };
    columns.iter().map(value).collect()
}

/// Sets a foreign key to NULL where it names one of several rows: an array parameter for each column.
pub(super) fn set_null(table: &Table, key: usize) -> String {
    let key = &table.foreign_keys[key];
    let nullable = key.columns.iter().filter(|&&column| table.columns[column].nullable);
    let set = list(nullable.map(|&column| format!("{} = NULL", quote(table.columns[column].name))));
    let place = columns_in(table, key.columns, (key.target)(), (key.references)());
    format!("UPDATE {} SET {set} WHERE {place}", quote_table(table))
}

/// Deletes the rows whose foreign key names one of several rows: an array parameter for each column.
pub(super) fn unlink(table: &Table, key: usize) -> String {
    let key = &table.foreign_keys[key];
    let place = columns_in(table, key.columns, (key.target)(), (key.references)());
    format!("DELETE FROM {} WHERE {place}", quote_table(table))
}
fn columns_in(table: &Table, columns: &[usize], target: &Table, references: &[usize]) -> String {
    let names = names(table, columns.iter().copied());
    match columns {
        [_] => format!("{names} = ANY($1)"),
        _ => format!("({names}) IN (SELECT * FROM {})", unnest(target, references.iter().copied(), 1)),
    }
}
