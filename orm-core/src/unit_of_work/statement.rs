//! Floor 5: the text of a flush's statements. Pure.
//!
//! Invariant: the text depends on the table, the columns and on whether there is one row or several, never on how many
//! or on values, so that each shape is prepared once.

mod checked;
mod following;

pub(super) use checked::{
    CHANGED, STALE, Update, delete_many, delete_one, old_columns, update_many, update_one,
};

use std::sync::Arc;

use crate::graph::Assignment;
use crate::model::{ColumnSet, Default, Table};
use crate::query::{draw, quote, quote_table};
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

/// Inserts one row: a parameter for each written column, and then those of expressions.
pub(super) fn insert_one(table: &Table, left_out: ColumnSet, assignments: &[Arc<Assignment>]) -> String {
    let into = quote_table(table);
    let columns: ColumnSet = written(table, left_out).collect();
    let given = plain(columns, assignments).iter().count();
    let expressions = expressions(assignments, "$", given + 1);
    let written = values(table, columns, &expressions, |column, n| value(table, column, n));
    let (columns, values): (Vec<_>, Vec<_>) = written.into_iter().unzip();
    let mut text = match columns.is_empty() {
        true => format!("INSERT INTO {into} DEFAULT VALUES"),
        false => format!("INSERT INTO {into} ({}) VALUES ({})", columns.join(", "), values.join(", ")),
    };
    let returned = left_out.iter().chain(assignments.iter().map(|assignment| assignment.column));
    let returned: ColumnSet = returned.collect();
    if !returned.is_empty() {
        text += &format!(" RETURNING {}", names(table, returned.iter()));
    }
    text
}

/// Inserts several rows: an array parameter for each written column. If the server makes some of the columns, each
/// answer is a row's place among the input (from 1) and then those columns.
pub(super) fn insert_many(table: &Table, left_out: ColumnSet) -> String {
    if !left_out.is_empty() {
        return insert_numbered(table, left_out);
    }
    let (into, columns) = (quote_table(table), names(table, written(table, left_out)));
    format!("INSERT INTO {into} ({columns}) SELECT * FROM {}", unnest(table, written(table, left_out), 1))
}

/// What the message of a failed cast begins with when a new row is not there under its key.
pub(super) const LOST: &str = "lost rows: ";

/// Keys that the server makes are drawn before the rows go in, next to the rows' ordinals: nothing hangs on the order
/// of `RETURNING`. Fails if a row did not go in, or not with its key.
fn insert_numbered(table: &Table, left_out: ColumnSet) -> String {
    let name = |column: usize| quote(table.columns[column].name);
    let drawn = || table.primary_key.iter().copied().filter(|&column| left_out.contains(column));
    let others = || left_out.iter().filter(|column| !table.primary_key.contains(column));
    let draws: String =
        drawn().map(|column| format!("{} AS {}, ", draw(table, column), name(column))).collect();
    // A column that is always generated takes no other values, although these are its own.
    let is_identity = drawn().any(|column| table.columns[column].default == Default::Identity);
    let overriding = if is_identity { " OVERRIDING SYSTEM VALUE" } else { "" };
    let columns = names(table, drawn().chain(written(table, left_out)));
    let back = names(table, table.primary_key.iter().copied().chain(others()));
    let fresh =
        format!("WITH orm_fresh AS MATERIALIZED (SELECT {draws}orm_input.* FROM {})", input(table, left_out));
    let done = format!(
        "orm_done AS (INSERT INTO {} ({columns}){overriding} SELECT {columns} FROM orm_fresh RETURNING {back})",
        quote_table(table)
    );
    let made = list(left_out.iter().map(|column| format!("orm_done.{}", name(column))));
    let key = names(table, table.primary_key.iter().copied());
    format!(
        "{fresh}, {done} SELECT CASE WHEN orm_done.{} IS NULL THEN ('{LOST}' || {ORDINAL})::bigint ELSE {ORDINAL} END, \
         {made} FROM orm_fresh LEFT JOIN orm_done USING ({key})",
        name(table.primary_key[0])
    )
}

/// The rows as a source, each with its ordinal. Without columns, the parameter says how many there are.
fn input(table: &Table, left_out: ColumnSet) -> String {
    match names(table, written(table, left_out)).as_str() {
        "" => format!("generate_series(1, $1::bigint) AS orm_input({ORDINAL})"),
        given => {
            let rows = unnest(table, written(table, left_out), 1);
            format!("{rows} WITH ORDINALITY AS orm_input({given}, {ORDINAL})")
        }
    }
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
