//! Floor 1: the DDL of a list of tables, as text.
//!
//! Pure functions over the facts of [`Table`]. Invariant: run in order on a database, the statements of
//! [`create_statements`] succeed, and succeed again; a table stands after those that its inline foreign keys refer to,
//! and the keys that close a cycle of tables come after all tables.

pub(crate) mod dependencies;
mod enumeration;
#[cfg(test)]
pub(crate) mod fixture;
pub(crate) mod identifier;
mod names;
#[cfg(test)]
mod server_tests;
mod table;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use crate::model::{ForeignKey, Table};
use enumeration::{create_enumeration, enumerations};
use identifier::{quote, quote_table};
use names::Names;
use table::{column_names, create_table, foreign_key, indexes};

/// The statements that create what is missing of these tables: schemas, enum types, tables, indexes, foreign keys.
///
/// A many-to-many over a bare table brings that table along, from the side that names it.
///
/// What exists is left as it is: a table with other columns, or an enum type with other labels, is not changed. A
/// table may stand in the list more than once, and may refer to one that does not stand in it and exists.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{models, schema::create_statements};
/// let statements = create_statements(&models![Post, User]);
/// assert!(statements[0].starts_with("CREATE TABLE IF NOT EXISTS users"));
/// assert!(statements[1].starts_with("CREATE TABLE IF NOT EXISTS posts"));
/// ```
pub fn create_statements(tables: &[&'static Table]) -> Vec<String> {
    let tables = sorted(&with_links(tables, |link, table| (link.foreign_keys[0].target)().is(table)));
    let ordered: Vec<_> = tables.iter().flatten().copied().collect();
    let keys = Keys::new(&ordered);
    let mut statements: Vec<_> = schemas(&ordered).map(create_schema).collect();
    statements.extend(enumerations(&ordered).into_iter().map(create_enumeration));
    for (position, table) in ordered.iter().enumerate() {
        statements.push(create_table(table, keys.inline(position, table)));
    }
    statements.extend(create_indexes(&ordered));
    for (position, table) in ordered.iter().enumerate() {
        statements.extend(add_foreign_keys(table, &keys, position));
    }
    statements
}

/// The statements that drop these tables and their enum types, if they exist. Schemas stay.
///
/// The bare tables of many-to-many relationships go along, from either side.
///
/// Tables that refer to each other in a cycle are dropped by one statement, so that nothing outside of the list is ever
/// dropped with them.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{models, schema::drop_statements};
/// let statements = drop_statements(&models![User, Post]);
/// assert_eq!(statements, ["DROP TABLE IF EXISTS posts", "DROP TABLE IF EXISTS users"]);
/// ```
pub fn drop_statements(tables: &[&'static Table]) -> Vec<String> {
    let tables = sorted(&with_links(tables, |_, _| true));
    let mut statements: Vec<_> = tables.iter().rev().map(|component| drop_tables(component)).collect();
    let ordered: Vec<_> = tables.into_iter().flatten().collect();
    let types = enumerations(&ordered).into_iter();
    statements.extend(types.map(|sql_type| format!("DROP TYPE IF EXISTS {}", sql_type.name)));
    statements
}

/// A table's place in the database, which stands for the table: the facts may exist in several copies.
fn name(table: &Table) -> (Option<&'static str>, &'static str) {
    (table.schema, table.name)
}

/// The tables, and those of their bare links for which the condition holds.
fn with_links(tables: &[&'static Table], include: impl Fn(&Table, &Table) -> bool) -> Vec<&'static Table> {
    let mut all = tables.to_vec();
    for table in tables {
        let hidden = table.relationships.iter().filter(|facts| facts.hidden).map(|facts| (facts.target)());
        all.extend(hidden.filter(|link| include(link, table)));
    }
    all
}

/// The tables, each once, in groups: each refers to groups before it only, a group of several to each other.
fn sorted(tables: &[&'static Table]) -> Vec<Vec<&'static Table>> {
    let mut positions = HashMap::new();
    let mut distinct = Vec::new();
    for &table in tables {
        positions.entry(name(table)).or_insert_with(|| {
            distinct.push(table);
            distinct.len() - 1
        });
    }
    let mut edges = Vec::new();
    for (position, table) in distinct.iter().enumerate() {
        let targets = table.foreign_keys.iter().filter_map(|key| positions.get(&name((key.target)())));
        edges.extend(targets.map(|&target| (position, target)));
    }
    let components = dependencies::components(distinct.len(), &edges);
    components.into_iter().map(|nodes| nodes.into_iter().map(|node| distinct[node]).collect()).collect()
}

/// Which foreign keys can stand inside `CREATE TABLE`: those to tables that exist by then.
struct Keys(HashMap<(Option<&'static str>, &'static str), usize>);

impl Keys {
    fn new(ordered: &[&'static Table]) -> Self {
        Self(ordered.iter().enumerate().map(|(position, table)| (name(table), position)).collect())
    }

    fn is_inline(&self, position: usize, key: &ForeignKey) -> bool {
        self.0.get(&name((key.target)())).is_none_or(|&target| target <= position)
    }

    fn inline(&self, position: usize, table: &'static Table) -> impl Iterator<Item = &'static ForeignKey> {
        table.foreign_keys.iter().filter(move |key| self.is_inline(position, key))
    }
}

fn schemas(ordered: &[&'static Table]) -> impl Iterator<Item = &'static str> {
    let mut schemas: Vec<_> = ordered.iter().filter_map(|table| table.schema).collect();
    schemas.sort_unstable();
    schemas.dedup();
    schemas.into_iter()
}

fn create_schema(schema: &str) -> String {
    format!("CREATE SCHEMA IF NOT EXISTS {}", quote(schema))
}

/// Indexes share one space of names with the others of their schema, where a second of one name would be skipped.
fn create_indexes(ordered: &[&'static Table]) -> Vec<String> {
    let mut names: HashMap<Option<&str>, Names> = HashMap::new();
    let mut statements = Vec::new();
    for table in ordered {
        let names = names.entry(table.schema).or_default();
        for columns in indexes(table) {
            let fields = columns.iter().map(|&column| table.columns[column].name);
            let name = names.choose(table.name, fields, "idx");
            let (name, columns) = (quote(&name).into_owned(), column_names(table, &columns));
            statements
                .push(format!("CREATE INDEX IF NOT EXISTS {name} ON {} ({columns})", quote_table(table)));
        }
    }
    statements
}

/// The foreign keys that close a cycle. The names are those that the server would choose after the inline ones.
fn add_foreign_keys(table: &'static Table, keys: &Keys, position: usize) -> Vec<String> {
    let mut names = Names::default();
    let mut choose = |key: &ForeignKey| {
        names.choose(table.name, key.columns.iter().map(|&column| table.columns[column].name), "fkey")
    };
    keys.inline(position, table).for_each(|key| drop(choose(key)));
    let closing = table.foreign_keys.iter().filter(|key| !keys.is_inline(position, key));
    closing
        .map(|key| {
            let (table_name, name) = (quote_table(table), choose(key));
            let constraint = format!("CONSTRAINT {} {}", quote(&name), foreign_key(table, key));
            guarded(&format!("ALTER TABLE {table_name} ADD {constraint}"), "duplicate_object")
        })
        .collect()
}

fn drop_tables(component: &[&'static Table]) -> String {
    let names: Vec<_> = component.iter().map(|table| quote_table(table)).collect();
    format!("DROP TABLE IF EXISTS {}", names.join(", "))
}

/// The statement, with these conditions taken as "it is there already".
fn guarded(statement: &str, conditions: &str) -> String {
    let tag = dollar_tag(statement);
    format!("DO {tag} BEGIN\n    {statement};\nEXCEPTION WHEN {conditions} THEN NULL;\nEND {tag}")
}

/// A dollar quote that does not end inside the text.
fn dollar_tag(text: &str) -> String {
    let mut tag = "$$".to_owned();
    let mut number = 0;
    while text.contains(&tag) {
        number += 1;
        tag = format!("$orm{number}$");
    }
    tag
}
