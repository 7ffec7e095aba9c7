//! Floor 2: what a statement reads from.
//!
//! Invariant: a column is always written with the name that its source has in the statement, so that the same table
//! can stand there twice. Everything here but a subselect is `Copy`: naming a source allocates nothing.

use std::fmt;

use super::raw::Fragment;
use super::{Expression, SelectStatement, quote};
use crate::model::{Selectable, Table};

/// A name that a statement gives to a source: a word, and a number if it is not 0 (`users_1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Alias {
    pub(super) name: &'static str,
    pub(super) number: u32,
}

impl Alias {
    /// The alias that is just this name.
    pub(crate) const fn new(name: &'static str) -> Self {
        Self { name, number: 0 }
    }

    /// The alias `name_number`.
    pub(crate) const fn numbered(name: &'static str, number: u32) -> Self {
        Self { name, number }
    }

    /// The name that a subselect gets, as SQLAlchemy calls it: `anon_1`, ...
    pub(crate) const fn anonymous(number: u32) -> Self {
        Self::numbered("anon", number)
    }
}

/// How many bytes of a name PostgreSQL keeps.
const NAME_LENGTH: usize = 63;

/// The name without quotes, cut so that the server keeps its number.
impl fmt::Display for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.number == 0 {
            return f.write_str(self.name);
        }
        let digits = self.number.ilog10() as usize + 1;
        let end = self.name.floor_char_boundary(NAME_LENGTH - 1 - digits);
        write!(f, "{}_{}", &self.name[..end], self.number)
    }
}

/// One occurrence of a table's columns in a statement: the table under its own name, or under an alias.
///
/// A subselect over a table is referred to in the same way, with the subselect's alias.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TableReference {
    /// The table whose columns these are.
    pub(crate) table: &'static Table,
    /// The name in the statement, if it is not the table's.
    pub(crate) alias: Option<Alias>,
    /// Its columns are called by numbers, from this one on.
    pub(super) first: Option<usize>,
}

impl TableReference {
    /// The table under its own name.
    pub(crate) const fn of(table: &'static Table) -> Self {
        Self { table, alias: None, first: None }
    }

    /// What a type says that statements read from.
    #[inline(always)]
    pub(crate) const fn to<S: Selectable>() -> Self {
        match S::ALIAS {
            None => Self::of(S::SOURCE),
            Some(alias) => Self::aliased(S::SOURCE, Alias::new(alias)),
        }
    }

    /// The table, or a subselect over it, under an alias.
    pub(crate) const fn aliased(table: &'static Table, alias: Alias) -> Self {
        Self { table, alias: Some(alias), first: None }
    }

    /// Columns of a subselect that calls them by numbers (`anon_1.c4`), from this one on.
    pub(crate) const fn numbered(table: &'static Table, alias: Alias, first: usize) -> Self {
        Self { table, alias: Some(alias), first: Some(first) }
    }

    /// What it is called in its statement.
    pub(super) fn name(self) -> String {
        self.alias.map_or_else(|| self.table.name.to_owned(), |alias| alias.to_string())
    }

    /// Whether both are the same occurrence.
    pub(crate) fn is(self, other: Self) -> bool {
        self.table.is(other.table) && self.alias == other.alias && self.first == other.first
    }

    /// A column of this occurrence.
    pub(crate) const fn column(self, column: usize) -> Expression {
        Expression::Column(self, column)
    }

    /// A column that the statement adds to the source's own.
    pub(crate) fn made_column(self, name: &'static str) -> Expression {
        let source = quote(&self.name()).into_owned();
        Expression::Raw(vec![
            Fragment::Text(source.into()),
            Fragment::Text(".".into()),
            Fragment::Text(name.into()),
        ])
    }

    /// All columns, in the table's order.
    pub(crate) fn columns(self) -> impl Iterator<Item = Expression> {
        (0..self.table.columns.len()).map(move |column| self.column(column))
    }
}

/// An item of a statement's FROM clause.
#[derive(Clone)]
pub(crate) enum Source {
    /// A table.
    Table(TableReference),
    /// A subselect.
    Subquery(Box<SelectStatement>, Alias),
    /// A subselect whose columns, so many, are called by numbers.
    Numbered(Box<SelectStatement>, Alias, usize),
    /// A function that returns rows.
    Function(&'static str, Vec<Expression>),
    /// A subselect whose columns are called as those of a struct, or a function's rows.
    Derived(Box<Derived>),
    /// `unnest(..)` of arrays, whose elements are called as columns of a table under an alias.
    Keys(Vec<Expression>, TableReference, Vec<usize>),
}

/// Rows that a statement makes, under the names of a struct's fields.
#[derive(Clone, Debug)]
pub(crate) struct Derived {
    pub(crate) body: DerivedBody,
    pub(crate) reference: TableReference,
    /// Whether it may read the sources before it.
    pub(crate) lateral: bool,
    /// Whether the rows' numbers are the last column.
    pub(crate) with_ordinality: bool,
}

/// What makes rows.
#[derive(Clone, Debug)]
pub(crate) enum DerivedBody {
    /// A query.
    Select(Box<SelectStatement>),
    /// A function.
    Call(Expression),
}

impl Source {
    /// What the source is called in its statement.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Table(reference) | Self::Keys(_, reference, _) => reference.name(),
            Self::Subquery(_, alias) | Self::Numbered(_, alias, _) => alias.to_string(),
            Self::Derived(derived) => derived.reference.name(),
            Self::Function(name, _) => (*name).to_owned(),
        }
    }

    /// Adds the tables that are read.
    pub(super) fn collect_tables(&self, tables: &mut Vec<&'static Table>) {
        match self {
            Self::Table(source) => {
                if !tables.iter().any(|table| (table.number)() == (source.table.number)()) {
                    tables.push(source.table);
                }
            }
            Self::Subquery(query, _) | Self::Numbered(query, ..) => query.collect_tables(tables),
            Self::Derived(derived) => match &derived.body {
                DerivedBody::Select(query) => query.collect_tables(tables),
                DerivedBody::Call(call) => call.collect_tables(tables),
            },
            Self::Function(_, arguments) | Self::Keys(arguments, ..) => {
                arguments.iter().for_each(|argument| argument.collect_tables(tables));
            }
        }
    }
}

impl From<TableReference> for Source {
    fn from(table: TableReference) -> Self {
        Self::Table(table)
    }
}

/// How a join treats rows that have no match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JoinKind {
    /// Leaves them out.
    Inner,
    /// Keeps those of the left side.
    Left,
    /// Keeps those of the source.
    Right,
    /// Keeps those of both sides.
    Full,
    /// There is no condition: each row with each.
    Cross,
    /// The source is asked for each row before it, whose columns it may name; there is no condition.
    CrossLateral,
}

/// A further source, and the condition under which its rows belong to those before it.
#[derive(Clone)]
pub(crate) struct Join {
    pub(super) kind: JoinKind,
    pub(super) source: Source,
    pub(super) on: Expression,
    /// The relationship that the join follows, from which source, and where it has led.
    pub(super) along: Option<(TableReference, usize, TableReference)>,
}

#[cfg(test)]
mod tests {
    use super::Alias;

    #[test]
    fn an_alias_fits_into_a_name() {
        let long = "a_table_name_that_is_as_long_as_the_server_allows_names_to_be_..";
        assert_eq!(Alias::numbered("users", 1).to_string(), "users_1");
        assert_eq!(Alias::numbered(long, 12).to_string(), format!("{}_12", &long[..60]));
        assert_eq!(Alias::new("users").to_string(), "users");
    }
}
