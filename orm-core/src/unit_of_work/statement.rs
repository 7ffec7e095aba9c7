//! Floor 5: the text of a flush's statements. Pure.
//!
//! Invariant: the text depends on the table, the columns and on whether there is one row or several, never on how many
//! or on values, so that each shape is prepared once.

mod following;

use self::following::Following;
use super::follow::Follower;
use crate::model::{ColumnSet, Default, Table};
use crate::query::{quote, quote_table};

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
    let arrays = columns
        .enumerate()
        .map(|(n, column)| format!("${}::{}", first + n, table.columns[column].parameter_type().array()));
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

/// Inserts one row: a parameter for each written column.
pub(super) fn insert_one(table: &Table, left_out: ColumnSet) -> String {
    let into = quote_table(table);
    let columns: Vec<usize> = written(table, left_out).collect();
    let mut text = if columns.is_empty() {
        format!("INSERT INTO {into} DEFAULT VALUES")
    } else {
        let values = list(columns.iter().enumerate().map(|(n, &column)| value(table, column, n + 1)));
        format!("INSERT INTO {into} ({}) VALUES ({values})", names(table, columns.into_iter()))
    };
    if !left_out.is_empty() {
        text += &format!(" RETURNING {}", names(table, left_out.iter()));
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

/// The expression that draws a key.
fn draw(table: &Table, column: usize) -> String {
    let facts = &table.columns[column];
    match facts.default {
        Default::Expression(expression) => format!("({expression})::{}", facts.sql_type),
        _ => {
            let table = quote_table(table).replace('\'', "''");
            let column = facts.name.replace('\'', "''");
            format!(
                "nextval((SELECT pg_get_serial_sequence('{table}', '{column}'))::regclass)::{}",
                facts.sql_type
            )
        }
    }
}

/// What the message of a failed cast begins with when rows of an update were not there; their ordinals follow.
pub(super) const STALE: &str = "stale rows: ";

/// Updates one row: the new values, then the key. Fails with a message that names it, as the first, if it is not there.
pub(super) fn update_one(table: &Table, columns: ColumnSet) -> String {
    let set = columns.iter().enumerate().map(|(n, column)| {
        format!("{} = {}", quote(table.columns[column].name), value(table, column, n + 1))
    });
    let first = columns.iter().count() + 1;
    format!(
        "WITH orm_changed AS (UPDATE {} SET {} WHERE {} RETURNING 1) \
         SELECT (CASE count(*) WHEN 0 THEN '{STALE}1' ELSE '0' END)::integer FROM orm_changed",
        quote_table(table),
        list(set),
        key_is(table, first)
    )
}

/// The columns of which an update of several rows is given what was there before: the key, and what others follow by.
pub(super) fn old_columns(table: &Table, followers: &[Follower]) -> Vec<usize> {
    let mut columns = table.primary_key.to_vec();
    for &(_, column) in followers.iter().flat_map(|follower| &follower.ways).flatten() {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    columns
}

/// Updates several rows: what was there before as arrays, then the new values. Fails with a message that holds the
/// ordinals of the rows that are not there. Rows that refer to what changes are changed along.
pub(super) fn update_many(table: &Table, columns: ColumnSet, followers: &[Follower]) -> String {
    let target = quote_table(table);
    let old = old_columns(table, followers);
    let keys = list((0..old.len()).map(|n| format!("orm_key_{n}")));
    let rows = unnest(table, old.iter().copied().chain(columns.iter()), 1);
    let following = |follower| Following { table, columns, old: &old, follower }.text();
    let parts = followers.iter().enumerate();
    let follow: String =
        parts.map(|(n, follower)| format!(", orm_followed_{n} AS ({})", following(follower))).collect();
    let set = columns.iter().map(|column| {
        let name = quote(table.columns[column].name);
        format!("{name} = orm_input.{name}")
    });
    let on = table.primary_key.iter().enumerate().map(|(n, &column)| {
        format!("{target}.{} = orm_input.orm_key_{n}", quote(table.columns[column].name))
    });
    format!(
        "WITH orm_input AS (SELECT * FROM {rows} WITH ORDINALITY AS orm_input({keys}, {}, {ORDINAL})), \
         orm_changed AS (UPDATE {target} SET {} FROM orm_input WHERE {} RETURNING orm_input.{ORDINAL}){follow} \
         SELECT coalesce('{STALE}' || string_agg({ORDINAL}::text, ','), '0')::integer \
         FROM orm_input LEFT JOIN orm_changed USING ({ORDINAL}) WHERE orm_changed.{ORDINAL} IS NULL",
        names(table, columns.iter()),
        list(set),
        on.collect::<Vec<_>>().join(" AND ")
    )
}

/// The name under which the input has what was in a column before.
fn old_key(input: &str, old: &[usize], column: usize) -> String {
    let place = old.iter().position(|&other| other == column);
    format!("{input}.orm_key_{}", place.expect("what others follow by is in the input"))
}

/// Deletes one row by its key.
pub(super) fn delete_one(table: &Table) -> String {
    format!("DELETE FROM {} WHERE {}", quote_table(table), key_is(table, 1))
}

/// Deletes several rows: an array parameter for each column of the key.
pub(super) fn delete_many(table: &Table) -> String {
    format!(
        "DELETE FROM {} WHERE {}",
        quote_table(table),
        columns_in(table, table.primary_key, table, table.primary_key)
    )
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

fn key_is(table: &Table, first: usize) -> String {
    let parts = table.primary_key.iter().enumerate();
    let parts = parts.map(|(n, &column)| format!("{} = ${}", quote(table.columns[column].name), first + n));
    parts.collect::<Vec<_>>().join(" AND ")
}

fn columns_in(table: &Table, columns: &[usize], target: &Table, references: &[usize]) -> String {
    let names = names(table, columns.iter().copied());
    match columns {
        [_] => format!("{names} = ANY($1)"),
        _ => format!("({names}) IN (SELECT * FROM {})", unnest(target, references.iter().copied(), 1)),
    }
}
