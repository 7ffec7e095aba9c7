//! Floor 5: the inserts of a flush.
//!
//! A key that the server makes is noted in a setting of the transaction where a later statement of the same flight needs
//! it, which takes it from there by its place: so parents and children travel together. Invariant: nothing hangs on the
//! order of `RETURNING`; a row that did not go in, or not with its key, makes the statement fail.

use std::sync::Arc;

use super::{ORDINAL, expressions, list, names, plain, value, values, written};
use crate::graph::Assignment;
use crate::model::{ColumnSet, Default, Table};
use crate::query::{draw, quote, quote_table};

/// What the message of a failed cast begins with when a new row is not there under its key.
pub(crate) const LOST: &str = "lost rows: ";

/// The keys that an insert hands on to later statements, and takes from earlier ones.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Keys {
    /// Columns that are noted, each with the number of its note.
    pub(crate) noted: Vec<(usize, usize)>,
    /// Columns that are taken from notes. The parameter says at which place.
    pub(crate) taken: Vec<(usize, Vec<usize>)>,
}

impl Keys {
    fn notes_of(&self, column: usize) -> Option<&[usize]> {
        self.taken.iter().find(|taken| taken.0 == column).map(|taken| &*taken.1)
    }

    /// What notes keys, where `value` is what is to be written of a column.
    fn note(&self, value: impl Fn(usize) -> String) -> Vec<String> {
        let note = |&(column, number): &(usize, usize)| {
            format!("set_config('orm.keys_{number}', {}, true)", value(column))
        };
        self.noted.iter().map(note).collect()
    }
}

/// Inserts one row: a parameter for each written column, and then those of expressions. What the server makes comes back.
pub(crate) fn insert_one(
    table: &Table,
    left_out: ColumnSet,
    assignments: &[Arc<Assignment>],
    keys: &Keys,
) -> String {
    let into = quote_table(table);
    let columns: ColumnSet = written(table, left_out).collect();
    let given = plain(columns, assignments).iter().count();
    let expressions = expressions(assignments, "$", given + 1);
    let value = |column: usize, n: usize| match keys.notes_of(column) {
        Some(notes) => taken_by_one(table, column, notes[0], n),
        None => value(table, column, n),
    };
    let (columns, values): (Vec<_>, Vec<_>) = values(table, columns, &expressions, value).into_iter().unzip();
    let mut text = match columns.is_empty() {
        true => format!("INSERT INTO {into} DEFAULT VALUES"),
        false => format!("INSERT INTO {into} ({}) VALUES ({})", columns.join(", "), values.join(", ")),
    };
    let returned = left_out.iter().chain(assignments.iter().map(|assignment| assignment.column));
    let returned: ColumnSet = returned.collect();
    if !returned.is_empty() {
        text += &format!(" RETURNING {}", names(table, returned.iter()));
    }
    match keys.noted.is_empty() {
        true => text,
        false => note_one(table, &text, returned, keys),
    }
}

/// The insert of one row whose keys are noted. Fails if the row did not go in: what stands in the note from before is
/// another row's.
fn note_one(table: &Table, insert: &str, returned: ColumnSet, keys: &Keys) -> String {
    let note = |column: usize| {
        let key = quote(table.columns[column].name);
        format!(
            "CASE count(*) WHEN 0 THEN ('{LOST}' || count(*))::bigint::text ELSE (array_agg({key}))[1]::text END"
        )
    };
    let notes = list(keys.note(note).into_iter());
    let back = list(returned.iter().map(|column| format!("orm_done.{}", quote(table.columns[column].name))));
    format!(
        "WITH orm_done AS ({insert}), orm_noted AS MATERIALIZED (SELECT {notes} FROM orm_done) \
         SELECT {back} FROM orm_noted LEFT JOIN orm_done ON true"
    )
}

/// A key by its place among those that were noted.
fn taken_by_one(table: &Table, column: usize, note: usize, parameter: usize) -> String {
    let ty = table.columns[column].parameter_type();
    format!("split_part(current_setting('orm.keys_{note}'), ',', ${parameter}::bigint::integer)::{ty}")
}

/// Keys by their places among those that were noted; behind them stand those that are known, which the last parameter
/// holds.
fn taken_by_many(table: &Table, column: usize, notes: &[usize], places: usize, known: usize) -> String {
    let ty = table.columns[column].parameter_type().array();
    let notes = notes.iter().map(|note| format!("current_setting('orm.keys_{note}')"));
    let noted = notes.collect::<Vec<_>>().join(" || ',' || ");
    format!(
        "(SELECT array_agg((SELECT ('{{' || {noted} || '}}')::{ty} || ${known}::{ty})[orm_place] ORDER BY {ORDINAL}) \
         FROM unnest(${places}::bigint[]) WITH ORDINALITY AS orm_places(orm_place, {ORDINAL}))"
    )
}

/// Inserts several rows: an array parameter for each written column, one for each that is taken from notes, and, if keys
/// are drawn, how many rows there are. If the server makes some of the columns, the answer is one row: the word of a check,
/// and an array for each of these columns, in the order of the input.
pub(crate) fn insert_many(table: &Table, left_out: ColumnSet, keys: &Keys) -> String {
    let (into, columns) = (quote_table(table), names(table, written(table, left_out)));
    let (arrays, next) = arrays(table, left_out, keys);
    if left_out.is_empty() {
        let arrays = list(arrays.into_iter().map(|array| array.1));
        return format!("INSERT INTO {into} ({columns}) SELECT * FROM unnest({arrays})");
    }
    insert_with_keys(table, left_out, &arrays, next, keys)
}

/// For each written column an array of its values; and the number of the parameter behind all these.
fn arrays(table: &Table, left_out: ColumnSet, keys: &Keys) -> (Vec<(usize, String)>, usize) {
    let columns: Vec<usize> = written(table, left_out).collect();
    let mut next = columns.len() + 1;
    let array = |(n, column): (usize, usize)| {
        let array = match keys.notes_of(column) {
            Some(notes) => {
                next += 1;
                taken_by_many(table, column, notes, n + 1, next - 1)
            }
            None => format!("${}::{}", n + 1, table.columns[column].parameter_type().array()),
        };
        (column, array)
    };
    let arrays = columns.into_iter().enumerate().map(array).collect();
    (arrays, next)
}

/// The keys, drawn or given, are arrays before the rows go in, and what comes back must be the same: else a row did not go
/// in, or with another key, or what came back is in another order.
fn insert_with_keys(
    table: &Table,
    left_out: ColumnSet,
    arrays: &[(usize, String)],
    count: usize,
    keys: &Keys,
) -> String {
    let name = |column: usize| quote(table.columns[column].name);
    let key = || table.primary_key.iter().copied();
    let drawn = || key().filter(|&column| left_out.contains(column));
    // A column that is always generated takes no other values, although these are its own.
    let is_identity = drawn().any(|column| table.columns[column].default == Default::Identity);
    let overriding = if is_identity { " OVERRIDING SYSTEM VALUE" } else { "" };
    let input = arrays.iter().map(|(column, array)| match table.primary_key.contains(column) {
        true => format!("orm_keys.{}", name(*column)),
        false => array.clone(),
    });
    let input = drawn().map(|column| format!("orm_keys.{}", name(column))).chain(input);
    let same = key().map(|column| format!("orm_back.{0} = orm_keys.{0}", name(column)));
    let back = left_out.iter().map(|column| format!(", orm_back.{}", name(column)));
    let note = |column| format!("array_to_string(orm_keys.{}, ',')", name(column));
    let notes = keys.note(note).into_iter().map(|note| format!(", {note} IS NULL"));
    let returned: ColumnSet = key().chain(left_out.iter()).collect();
    format!(
        "WITH orm_keys AS MATERIALIZED (SELECT {}), \
         orm_done AS (INSERT INTO {} ({}){overriding} SELECT orm_input.* FROM orm_keys, unnest({}) AS orm_input RETURNING {}) \
         SELECT CASE WHEN {} THEN 0 ELSE ('{LOST}' || cardinality(orm_keys.{}))::bigint END{}{} \
         FROM orm_keys, (SELECT {} FROM orm_done) AS orm_back",
        key_arrays(table, arrays, count),
        quote_table(table),
        names(table, drawn().chain(arrays.iter().map(|array| array.0))),
        list(input),
        names(table, returned.iter()),
        same.collect::<Vec<_>>().join(" AND "),
        name(table.primary_key[0]),
        back.collect::<String>(),
        notes.collect::<String>(),
        list(returned.iter().map(|column| gathered(table, column))),
    )
}

/// The columns of the key as arrays: as they are given, or drawn.
fn key_arrays(table: &Table, arrays: &[(usize, String)], count: usize) -> String {
    let array = |&column: &usize| {
        let name = quote(table.columns[column].name);
        match arrays.iter().find(|array| array.0 == column) {
            Some((_, array)) => format!("{array} AS {name}"),
            None => {
                let draw = draw(table, column);
                format!("ARRAY(SELECT {draw} FROM generate_series(1, ${count}::bigint)) AS {name}")
            }
        }
    };
    list(table.primary_key.iter().map(array))
}

/// What came back of a column as an array; of a domain as what it is made of, which the driver can read.
fn gathered(table: &Table, column: usize) -> String {
    let facts = &table.columns[column];
    let name = quote(facts.name);
    match facts.declared_type {
        Some(_) => format!("array_agg({name}::{}) AS {name}", facts.parameter_type()),
        None => format!("array_agg({name}) AS {name}"),
    }
}
