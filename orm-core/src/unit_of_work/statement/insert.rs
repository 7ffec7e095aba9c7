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

/// The keys that were noted, and behind them those that are known, which the last parameter holds.
fn noted(table: &Table, column: usize, notes: &[usize], known: usize) -> String {
    let ty = table.columns[column].parameter_type().array();
    let notes = notes.iter().map(|note| format!("current_setting('orm.keys_{note}')"));
    let notes = notes.collect::<Vec<_>>().join(" || ',' || ");
    format!("(SELECT ('{{' || {notes} || '}}')::{ty} || ${known}::{ty})")
}

/// A column that is written, and the array that has its values.
struct Input {
    column: usize,
    array: String,
    /// Keys that were noted: then the array has the places of the values among these.
    noted: Option<String>,
}

impl Input {
    /// An array of the values themselves.
    fn values(&self) -> String {
        match &self.noted {
            None => self.array.clone(),
            Some(noted) => format!(
                "(SELECT array_agg({noted}[orm_place] ORDER BY {ORDINAL}) \
                 FROM unnest({}) WITH ORDINALITY AS orm_places(orm_place, {ORDINAL}))",
                self.array
            ),
        }
    }
}

/// Inserts several rows: an array parameter for each written column, one for each that is taken from notes, and, if the
/// server makes keys, how many rows there are. If it makes some of the columns, the answer is one row: the word of a check,
/// and an array for each of these columns, in the order of the input.
pub(crate) fn insert_many(table: &Table, left_out: ColumnSet, keys: &Keys) -> String {
    let (input, next) = inputs(table, left_out, keys);
    match left_out.is_empty() {
        true => insert_input(table, &input, next),
        false => insert_with_keys(table, left_out, input, next, keys),
    }
}

/// The written columns; and the number of the parameter behind all these.
fn inputs(table: &Table, left_out: ColumnSet, keys: &Keys) -> (Vec<Input>, usize) {
    let columns: Vec<usize> = written(table, left_out).collect();
    let mut next = columns.len() + 1;
    let input = |(n, column): (usize, usize)| match keys.notes_of(column) {
        Some(notes) => {
            next += 1;
            let noted = Some(noted(table, column, notes, next - 1));
            Input { column, array: format!("${}::bigint[]", n + 1), noted }
        }
        None => {
            let array = format!("${}::{}", n + 1, table.columns[column].parameter_type().array());
            Input { column, array, noted: None }
        }
    };
    let input = columns.into_iter().enumerate().map(input).collect();
    (input, next)
}

/// Inserts the rows that these columns make, side by side; without any, as many as a parameter says.
fn insert_input(table: &Table, input: &[Input], count: usize) -> String {
    let into = quote_table(table);
    if input.is_empty() {
        return format!("INSERT INTO {into} SELECT FROM generate_series(1, ${count}::bigint)");
    }
    let columns = names(table, input.iter().map(|input| input.column));
    let rows = format!("unnest({})", list(input.iter().map(|input| input.array.clone())));
    if input.iter().all(|input| input.noted.is_none()) {
        return format!("INSERT INTO {into} ({columns}) SELECT * FROM {rows}");
    }
    let value = |(n, input): (usize, &Input)| match &input.noted {
        Some(noted) => format!("{noted}[orm_input.orm_{n}]"),
        None => format!("orm_input.orm_{n}"),
    };
    let values = list(input.iter().enumerate().map(value));
    let called = list((0..input.len()).map(|n| format!("orm_{n}")));
    format!("INSERT INTO {into} ({columns}) SELECT {values} FROM {rows} AS orm_input({called})")
}

/// What comes back must be the keys that were given or drawn ahead, in their order; and those that a sequence counts, one
/// for each row, must rise, as the rows stand: else a row did not go in, or with another key, or what came back is in
/// another order. Nothing beside them is aggregated in an order: the server would gather all in that one.
fn insert_with_keys(
    table: &Table,
    left_out: ColumnSet,
    input: Vec<Input>,
    count: usize,
    keys: &Keys,
) -> String {
    let (with, input) = with_keys_ahead(table, left_out, input, count);
    let insert = insert_input(table, &input, count);
    let key = table.primary_key.iter().copied();
    let same = key.clone().filter_map(|column| {
        let given = input.iter().find(|input| input.column == column)?;
        Some(format!("{} = {}", gathered(table, column), given.array))
    });
    let counted = |column: &usize| left_out.contains(*column) && !is_drawn_ahead(table, *column);
    let risen = key.clone().find(counted).map(|column| {
        let name = plain_name(table, column);
        format!(
            "count(*) = ${count}::bigint AND {} = ARRAY(SELECT DISTINCT {name} FROM orm_done ORDER BY 1)",
            gathered(table, column)
        )
    });
    let note = |column| format!("array_to_string({}, ',')", gathered(table, column));
    let notes = keys.note(note).into_iter().map(|note| format!(", {note} IS NULL"));
    let back = left_out.iter().map(|column| format!(", {}", gathered(table, column)));
    let returned: ColumnSet = key.chain(left_out.iter()).collect();
    format!(
        "WITH {with}orm_done AS ({insert} RETURNING {}) \
         SELECT CASE WHEN {} THEN 0 ELSE ('{LOST}' || count(*))::bigint END{}{} FROM orm_done",
        names(table, returned.iter()),
        same.chain(risen).collect::<Vec<_>>().join(" AND "),
        back.collect::<String>(),
        notes.collect::<String>(),
    )
}

/// Whether the keys are made before the rows go in, by an expression; a sequence counts while they go in.
fn is_drawn_ahead(table: &Table, column: usize) -> bool {
    matches!(table.columns[column].default, Default::Expression(_))
}

/// Keys that are more than a parameter, since they are drawn or taken, are arrays before the rows go in, in a part of the
/// statement.
fn with_keys_ahead(
    table: &Table,
    left_out: ColumnSet,
    input: Vec<Input>,
    count: usize,
) -> (String, Vec<Input>) {
    let is_drawn = |&column: &usize| left_out.contains(column) && is_drawn_ahead(table, column);
    let drawn = table.primary_key.iter().copied().filter(is_drawn).map(|column| {
        let draw = draw(table, column);
        let array = format!("ARRAY(SELECT {draw} FROM generate_series(1, ${count}::bigint))");
        Input { column, array, noted: None }
    });
    let mut ahead = Vec::new();
    let input = drawn.chain(input).map(|input| {
        let column = input.column;
        let is_parameter = !left_out.contains(column) && input.noted.is_none();
        if is_parameter || !table.primary_key.contains(&column) {
            return input;
        }
        let name = quote(table.columns[column].name);
        ahead.push(format!("{} AS {name}", input.values()));
        Input { column, array: format!("(SELECT orm_keys.{name} FROM orm_keys)"), noted: None }
    });
    let input = input.collect();
    let with = match ahead.is_empty() {
        true => String::new(),
        false => format!("orm_keys AS MATERIALIZED (SELECT {}), ", ahead.join(", ")),
    };
    (with, input)
}

/// What came back of a column as an array.
fn gathered(table: &Table, column: usize) -> String {
    format!("array_agg({})", plain_name(table, column))
}

/// A column that came back; of a domain as what it is made of, which the driver can read.
fn plain_name(table: &Table, column: usize) -> String {
    let facts = &table.columns[column];
    let name = quote(facts.name);
    match facts.declared_type {
        Some(_) => format!("{name}::{}", facts.parameter_type()),
        None => name.into_owned(),
    }
}
