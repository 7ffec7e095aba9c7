//! Floor 5: updates and deletes of rows that must be there, as they were read.
//!
//! Invariant: if a row is not there, or has another version, the statement fails on the server, so that a `COMMIT` which
//! is on its way becomes a rollback; the message names the rows by their ordinals. Only deletes without versions pass.

use super::{ORDINAL, columns_in, list, names, unnest, value};
use crate::model::{ColumnSet, Default, Table, Version};
use crate::query::{quote, quote_table};

/// What the message of a failed cast begins with when rows were not there; their ordinals follow.
pub(crate) const STALE: &str = "stale rows: ";

/// What stands behind the ordinal of a row that is there, with another version.
pub(crate) const CHANGED: &str = " changed";

/// Updates one row: the new values, then the key, then the version that it must have. Returns the row's ordinal and
/// these columns, if there are any.
pub(crate) fn update_one(table: &Table, columns: ColumnSet, returned: ColumnSet) -> String {
    let set = columns
        .iter()
        .enumerate()
        .map(|(n, column)| format!("{} = {}", name(table, column), value(table, column, n + 1)));
    let set = list(set.chain(reset(table)));
    let first = columns.iter().count() + 1;
    let write = format!("UPDATE {} SET {set} WHERE {}", quote_table(table), row_is(table, first));
    check_one(table, &write, first, returned)
}

/// Updates several rows: arrays of the keys, of the versions that the rows must have, and of the new values. Returns each
/// row's ordinal and these columns, if there are any.
pub(crate) fn update_many(table: &Table, columns: ColumnSet, returned: ColumnSet) -> String {
    let set = columns.iter().map(|column| format!("{0} = orm_input.{0}", name(table, column)));
    let set = list(set.chain(reset(table)));
    let write = format!("UPDATE {} SET {set} FROM orm_input WHERE {}", quote_table(table), input_is(table));
    check_many(table, columns, &write, returned)
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
    check_many(table, ColumnSet::EMPTY, &delete, ColumnSet::EMPTY)
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

/// A write of several rows, which fails with a message that holds the ordinals of those that are not there. The input is
/// the keys, the versions and these columns.
fn check_many(table: &Table, columns: ColumnSet, write: &str, returned: ColumnSet) -> String {
    let keys = (0..table.primary_key.len()).map(|n| format!("orm_key_{n}"));
    let version = table.version.map(|version| version.column);
    let given = columns.iter().map(|column| name(table, column));
    let input = list(keys.chain(version.map(|_| "orm_version".to_owned())).chain(given));
    let rows = unnest(table, table.primary_key.iter().copied().chain(version).chain(columns.iter()), 1);
    let target = quote_table(table);
    let back: String = returned.iter().map(|column| format!(", {target}.{}", name(table, column))).collect();
    let with = format!(
        "WITH orm_input AS (SELECT * FROM {rows} WITH ORDINALITY AS orm_input({input}, {ORDINAL})), \
         orm_changed AS ({write} RETURNING orm_input.{ORDINAL}{back})"
    );
    let how = version.map(|_| {
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

/// What was returned, as it is called outside.
fn outside(table: &Table, returned: ColumnSet) -> String {
    list(returned.iter().map(|column| format!("orm_changed.{}", name(table, column))))
}
