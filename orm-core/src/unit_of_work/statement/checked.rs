//! Floor 5: updates and deletes of rows that must be there, as they were read.
//!
//! Invariant: if a row is not there, or has another version, the statement fails on the server, so that a `COMMIT` which
//! is on its way becomes a rollback; the message names the rows by their ordinals. Only deletes without versions pass.

use std::sync::Arc;

use super::following::Following;
use super::{ORDINAL, columns_in, expressions, list, names, plain, unnest_types, value, values};
use crate::graph::Assignment;
use crate::model::{ColumnSet, Default, Table, Version};
use crate::query::{Parameter, quote, quote_table};
use crate::unit_of_work::follow::Follower;

/// What an expression calls a value that it holds, but for its number.
const VALUE: &str = "orm_input.orm_value_";

/// What the message of a failed cast begins with when rows were not there; their ordinals follow.
pub(crate) const STALE: &str = "stale rows: ";

/// What stands behind the ordinal of a row that is there, with another version.
pub(crate) const CHANGED: &str = " changed";

/// What an update writes and brings back.
#[derive(Clone, Copy)]
pub(crate) struct Update<'a> {
    pub(crate) table: &'a Table,
    pub(crate) columns: ColumnSet,
    /// Expressions for some of the columns.
    pub(crate) assignments: &'a [Arc<Assignment>],
    pub(crate) returned: ColumnSet,
    /// Tables whose rows refer to what changes.
    pub(crate) followers: &'a [Follower],
}

/// Updates one row: the new values, then the key, the version that it must have, and what expressions hold. Returns the
/// row's ordinal and columns, if any are to come back.
pub(crate) fn update_one(update: Update<'_>) -> String {
    let Update { table, columns, assignments, returned, .. } = update;
    let first = plain(columns, assignments).iter().count() + 1;
    let behind = first + table.primary_key.len() + usize::from(table.version.is_some());
    let set =
        values(table, columns, &expressions(assignments, "$", behind), |column, n| value(table, column, n));
    let set = set.into_iter().map(|(name, value)| format!("{name} = {value}"));
    let set = list(set.chain(reset(table)));
    let write = format!("UPDATE {} SET {set} WHERE {}", quote_table(table), row_is(table, first));
    check_one(table, &write, first, returned)
}

/// The columns of which an update of several rows is given what was there before: the key, and what others follow by.
pub(crate) fn old_columns(table: &Table, followers: &[Follower]) -> Vec<usize> {
    let mut columns = table.primary_key.to_vec();
    for &(_, column) in followers.iter().flat_map(|follower| &follower.ways).flatten() {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    columns
}

/// The name under which the input has what was in a column before.
pub(super) fn old_key(input: &str, old: &[usize], column: usize) -> String {
    let place = old.iter().position(|&other| other == column);
    format!("{input}.orm_key_{}", place.expect("what others follow by is in the input"))
}

/// Updates several rows: arrays of what was there before, of the versions that the rows must have, of the new values and of what
/// expressions hold. Returns each row's ordinal and columns, if any are to come back. Rows that refer to what changes are
/// changed along.
pub(crate) fn update_many(update: Update<'_>) -> String {
    let Update { table, columns, assignments, .. } = update;
    let input = |column, _| format!("orm_input.{}", name(table, column));
    let set = values(table, columns, &expressions(assignments, VALUE, 0), input);
    let set = set.into_iter().map(|(name, value)| format!("{name} = {value}"));
    let set = list(set.chain(reset(table)));
    let write = format!("UPDATE {} SET {set} FROM orm_input WHERE {}", quote_table(table), input_is(table));
    check_many(update, &write)
}

/// Deletes one row: by its key, and the version that it must have.
pub(crate) fn delete_one(table: &Table) -> String {
    let delete = format!("DELETE FROM {} WHERE {}", quote_table(table), row_is(table, 1));
    match table.version {
        Some(_) => check_one(table, &delete, 1, ColumnSet::EMPTY),
        None => delete,
    }
}

/// Deletes several rows: arrays of the keys, and of the versions that the rows must have.
pub(crate) fn delete_many(table: &Table) -> String {
    let from = quote_table(table);
    if table.version.is_none() {
        return format!(
            "DELETE FROM {from} WHERE {}",
            columns_in(table, table.primary_key, table, table.primary_key)
        );
    }
    let delete = format!("DELETE FROM {from} USING orm_input WHERE {}", input_is(table));
    let nothing = ColumnSet::EMPTY;
    check_many(
        Update { table, columns: nothing, assignments: &[], returned: nothing, followers: &[] },
        &delete,
    )
}

fn name(table: &Table, column: usize) -> String {
    quote(table.columns[column].name).into_owned()
}

/// A version that is made by the column's default is made anew.
fn reset(table: &Table) -> Option<String> {
    let column = table.version.filter(|version| !version.is_counter())?.column;
    let is_default = matches!(table.columns[column].default, Default::Expression(_));
    is_default.then(|| format!("{} = DEFAULT", name(table, column)))
}

/// Conditions with AND between them.
fn all(conditions: impl Iterator<Item = String>) -> String {
    conditions.collect::<Vec<_>>().join(" AND ")
}

/// The key is that of the parameters from this one on.
fn key_is(table: &Table, first: usize) -> String {
    all(table
        .primary_key
        .iter()
        .enumerate()
        .map(|(n, &column)| format!("{} = ${}", name(table, column), first + n)))
}

/// The key, and the version, are those of the parameters from this one on.
fn row_is(table: &Table, first: usize) -> String {
    let version = table.version.map(|version| {
        let column = &table.columns[version.column];
        let expected = format!("${}::{}", first + table.primary_key.len(), column.parameter_type());
        version_is(version, &quote(column.name), &expected)
    });
    all(std::iter::once(key_is(table, first)).chain(version))
}

/// The version of a row. What the server makes is not known of a row that the flush has written before: then NULL is
/// expected, and any is right, since nobody else can have written the row meanwhile.
fn version_is(version: Version, column: &str, expected: &str) -> String {
    match version.is_counter() {
        true => format!("{column} = {expected}"),
        false => format!("{column} = coalesce({expected}, {column})"),
    }
}

/// The key is that of the input's row.
fn key_is_input(table: &Table) -> String {
    let target = quote_table(table);
    let part = |(n, &column)| format!("{target}.{} = orm_input.orm_key_{n}", name(table, column));
    all(table.primary_key.iter().enumerate().map(part))
}

/// The key, and the version, are those of the input's row.
fn input_is(table: &Table) -> String {
    let version = table.version.map(|version| {
        let column = format!("{}.{}", quote_table(table), name(table, version.column));
        version_is(version, &column, "orm_input.orm_version")
    });
    all(std::iter::once(key_is_input(table)).chain(version))
}

/// A write of one row, which fails with a message that names it, as the first, if it is not there.
fn check_one(table: &Table, write: &str, first: usize, returned: ColumnSet) -> String {
    let stale = match table.version {
        None => format!("'{STALE}1'"),
        Some(_) => format!(
            "'{STALE}1' || CASE WHEN EXISTS (SELECT 1 FROM {} WHERE {}) THEN '{CHANGED}' ELSE '' END",
            quote_table(table),
            key_is(table, first)
        ),
    };
    if returned.is_empty() {
        return format!(
            "WITH orm_changed AS ({write} RETURNING 1) \
             SELECT (CASE count(*) WHEN 0 THEN {stale} ELSE '0' END)::integer FROM orm_changed"
        );
    }
    let (columns, outside) = (names(table, returned.iter()), outside(table, returned));
    format!(
        "WITH orm_changed AS ({write} RETURNING 1 AS {ORDINAL}, {columns}) \
         SELECT (CASE WHEN orm_changed.{ORDINAL} IS NULL THEN {stale} ELSE '1' END)::bigint, {outside} \
         FROM (SELECT 1) AS orm_input LEFT JOIN orm_changed ON TRUE"
    )
}

/// A write of several rows, which fails with a message that holds the ordinals of those that are not there.
fn check_many(update: Update<'_>, write: &str) -> String {
    let Update { table, returned, .. } = update;
    let old = old_columns(table, update.followers);
    let rows = input(update, &old);
    let target = quote_table(table);
    let back: String = returned.iter().map(|column| format!(", {target}.{}", name(table, column))).collect();
    let with = format!(
        "WITH orm_input AS (SELECT * FROM {rows}), \
         orm_changed AS ({write} RETURNING orm_input.{ORDINAL}{back}){}",
        followed(update, &old)
    );
    let how = table.version.map(|_| {
        let place = key_is_input(table);
        format!(" || CASE WHEN EXISTS (SELECT 1 FROM {target} WHERE {place}) THEN '{CHANGED}' ELSE '' END")
    });
    let joined = format!("orm_input LEFT JOIN orm_changed USING ({ORDINAL})");
    let check = format!(
        "SELECT coalesce('{STALE}' || string_agg({ORDINAL}::text{}, ','), '0')::integer \
         FROM {joined} WHERE orm_changed.{ORDINAL} IS NULL",
        how.unwrap_or_default()
    );
    match returned.is_empty() {
        true => format!("{with} {check}"),
        false => format!("{with} SELECT {ORDINAL} + ({check}), {} FROM {joined}", outside(table, returned)),
    }
}

/// The parts of the statement that change rows which refer to those of the input.
fn followed(update: Update<'_>, old: &[usize]) -> String {
    let Update { table, columns, followers, .. } = update;
    let part = |(n, follower)| {
        format!(", orm_followed_{n} AS ({})", Following { table, columns, old, follower }.text())
    };
    followers.iter().enumerate().map(part).collect()
}

/// The rows as a source: what was there before, versions, new values and what expressions hold, each with its ordinal.
fn input(update: Update<'_>, old: &[usize]) -> String {
    let Update { table, assignments, .. } = update;
    let columns = plain(update.columns, assignments);
    let version = table.version.map(|version| version.column);
    let held = || assignments.iter().flat_map(|assignment| &assignment.sql.parameters);
    let keys = (0..old.len()).map(|n| format!("orm_key_{n}"));
    let given = columns.iter().map(|column| name(table, column));
    let names = keys.chain(version.map(|_| "orm_version".to_owned())).chain(given);
    let names = names.chain(held().enumerate().map(|(n, _)| format!("orm_value_{n}")));
    let columns = old.iter().copied().chain(version).chain(columns.iter());
    let types = columns.map(|column| table.columns[column].parameter_type());
    let rows = unnest_types(types.chain(held().map(Parameter::sql_type)), 1);
    format!("{rows} WITH ORDINALITY AS orm_input({}, {ORDINAL})", list(names))
}

/// What was returned, as it is called outside.
fn outside(table: &Table, returned: ColumnSet) -> String {
    list(returned.iter().map(|column| format!("orm_changed.{}", name(table, column))))
}
