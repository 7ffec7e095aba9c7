//! Floor 5: the inserts of a flush.
//!
//! A key that the server makes is noted in a setting of the transaction where a later statement of the same flight needs
//! it, which takes it from there by its place: so parents and children travel together. Invariant: nothing hangs on the
//! order of `RETURNING`; a row that did not go in, or not with its key, makes the statement fail.

use std::sync::Arc;

use super::{ORDINAL, expressions, list, names, plain, unnest_types, value, values, written};
use crate::graph::Assignment;
use crate::model::{ColumnSet, Default, Table};
use crate::query::{draw, quote, quote_table};

/// What the message of a failed cast begins with when a new row is not there under its key.
pub(crate) const LOST: &str = "lost rows: ";

/// The keys that an insert hands on to later statements, and takes from earlier ones.
#[derive(Debug, Default)]
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

/// Inserts several rows: an array parameter for each written column, and then one for each that is taken from notes. If
/// the server makes some of the columns, each answer is a row's place among the input (from 1) and then those columns.
pub(crate) fn insert_many(table: &Table, left_out: ColumnSet, keys: &Keys) -> String {
    if !left_out.is_empty() {
        return insert_numbered(table, left_out, keys);
    }
    let (into, columns) = (quote_table(table), names(table, written(table, left_out)));
    format!("INSERT INTO {into} ({columns}) SELECT * FROM {}", arrays(table, left_out, keys))
}

/// `unnest($1::bigint[], ..)`
fn arrays(table: &Table, left_out: ColumnSet, keys: &Keys) -> String {
    let columns: Vec<usize> = written(table, left_out).collect();
    if keys.taken.is_empty() {
        return unnest_types(columns.iter().map(|&column| table.columns[column].parameter_type()), 1);
    }
    let mut known = columns.len();
    let array = |(n, &column): (usize, &usize)| match keys.notes_of(column) {
        Some(notes) => {
            known += 1;
            taken_by_many(table, column, notes, n + 1, known)
        }
        None => format!("${}::{}", n + 1, table.columns[column].parameter_type().array()),
    };
    format!("unnest({})", list(columns.iter().enumerate().map(array)))
}

/// Keys that the server makes are drawn before the rows go in, next to the rows' ordinals.
fn insert_numbered(table: &Table, left_out: ColumnSet, keys: &Keys) -> String {
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
    let rows = input(table, left_out, keys);
    let fresh = format!("WITH orm_fresh AS MATERIALIZED (SELECT {draws}orm_input.* FROM {rows})");
    let done = format!(
        "orm_done AS (INSERT INTO {} ({columns}){overriding} SELECT {columns} FROM orm_fresh RETURNING {back})",
        quote_table(table)
    );
    let (mut noted, mut notes) = (String::new(), "");
    if !keys.noted.is_empty() {
        let all = |column| format!("string_agg({}::text, ',' ORDER BY {ORDINAL})", name(column));
        noted = format!(
            ", orm_noted AS MATERIALIZED (SELECT {} FROM orm_fresh)",
            list(keys.note(all).into_iter())
        );
        notes = " CROSS JOIN orm_noted";
    }
    let made = list(left_out.iter().map(|column| format!("orm_done.{}", name(column))));
    let key = names(table, table.primary_key.iter().copied());
    format!(
        "{fresh}, {done}{noted} SELECT CASE WHEN orm_done.{} IS NULL THEN ('{LOST}' || {ORDINAL})::bigint ELSE {ORDINAL} END, \
         {made} FROM orm_fresh LEFT JOIN orm_done USING ({key}){notes}",
        name(table.primary_key[0])
    )
}

/// The rows as a source, each with its ordinal. Without columns, the parameter says how many there are.
fn input(table: &Table, left_out: ColumnSet, keys: &Keys) -> String {
    match names(table, written(table, left_out)).as_str() {
        "" => format!("generate_series(1, $1::bigint) AS orm_input({ORDINAL})"),
        given => {
            let rows = arrays(table, left_out, keys);
            format!("{rows} WITH ORDINALITY AS orm_input({given}, {ORDINAL})")
        }
    }
}
