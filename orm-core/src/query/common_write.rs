//! Floor 2: statements that write under a name, and statements that begin with such.
//!
//! Invariant: what comes back of each for the entities in memory stands behind the rows of the statement itself, in rows of its
//! own: `SELECT .., NULL, 0 .. UNION ALL SELECT NULL, .., 1 FROM ..`. The last column says whose rows they are.

use super::{
    ChangeStatement, CommonBody, CommonTable, Criteria, Expression, InsertStatement, SelectStatement, Sql,
    Writer,
};
use crate::error::Error;
use crate::model::{ColumnSet, Table};
use crate::types::SqlType;

/// A statement that writes, whose `RETURNING` are the rows of a common table.
#[derive(Clone, Debug)]
pub(crate) struct CommonWrite {
    pub(crate) statement: WriteStatement,
    /// What it says of rows itself.
    pub(crate) criteria: Criteria,
    /// Why it cannot be sent, of which model.
    pub(crate) refused: Option<fn(&'static str) -> Error>,
}

/// INSERT, UPDATE or DELETE.
#[derive(Clone, Debug)]
pub(crate) enum WriteStatement {
    Change(ChangeStatement),
    Insert(InsertStatement),
}

/// A statement that begins with some that write, or is led by others and writes itself.
pub(crate) struct WithStatement {
    pub(crate) with: Vec<CommonTable>,
    pub(crate) main: Main,
}

/// What a statement does behind its common tables.
#[expect(clippy::large_enum_variant, reason = "there is one of a statement")]
pub(crate) enum Main {
    Query(SelectStatement),
    Write(CommonWrite),
}

impl WriteStatement {
    pub(crate) fn table(&self) -> &'static Table {
        match self {
            Self::Change(change) => change.table,
            Self::Insert(insert) => insert.table,
        }
    }

    /// As it is sent, without the rows that the criteria leave out.
    pub(crate) fn complete(self, criteria: &Criteria) -> Self {
        match self {
            Self::Change(change) => Self::Change(change.complete().restricted(criteria)),
            // Rows that were given have been completed by what they give.
            Self::Insert(insert) if !insert.selects() => Self::Insert(insert.restricted(criteria)),
            Self::Insert(insert) => {
                let columns: ColumnSet = insert.columns.iter().copied().collect();
                Self::Insert(insert.writing(columns, columns).restricted(criteria))
            }
        }
    }

    /// Brings back the key and these columns of each row.
    pub(crate) fn returning(self, columns: Option<ColumnSet>) -> Self {
        match self {
            Self::Change(change) => Self::Change(change.returning(columns)),
            Self::Insert(insert) => Self::Insert(insert.returning(columns)),
        }
    }

    /// What comes back behind what the application wants.
    fn brought(&self) -> &[Expression] {
        match self {
            Self::Change(change) => change.brought(),
            Self::Insert(insert) => insert.brought(),
        }
    }

    /// The data types of that.
    fn brought_types(&self) -> impl Iterator<Item = SqlType> {
        self.brought().iter().filter_map(|expression| match expression {
            Expression::Column(source, column) => Some(source.table.columns[*column].parameter_type()),
            _ => None,
        })
    }
}

impl SelectStatement {
    /// Whether it begins with statements that write.
    pub(crate) fn writes(&self) -> bool {
        self.with.iter().any(CommonTable::writes)
    }

    /// How many columns its rows have.
    pub(crate) fn width(&self) -> usize {
        self.set.as_ref().map_or(self.outputs.len(), |set| set.left.width())
    }
}

impl WithStatement {
    /// A query that begins with statements that write.
    pub(crate) fn of_query(mut query: SelectStatement) -> Self {
        Self { with: std::mem::take(&mut query.with), main: Main::Query(query) }
    }

    /// A statement that writes, and begins with others that do.
    pub(crate) fn of_write(mut statement: WriteStatement, criteria: Criteria) -> Self {
        let with = match &mut statement {
            WriteStatement::Change(change) => std::mem::take(&mut change.with),
            WriteStatement::Insert(insert) => std::mem::take(&mut insert.with),
        };
        Self { with, main: Main::Write(CommonWrite { statement, criteria, refused: None }) }
    }

    /// The statements that write, the main one last.
    pub(crate) fn writes_mut(&mut self) -> impl Iterator<Item = &mut CommonWrite> {
        let main = match &mut self.main {
            Main::Query(_) => None,
            Main::Write(write) => Some(write),
        };
        let named = self.with.iter_mut().filter_map(|table| match &mut table.body {
            CommonBody::Write(write) => Some(&mut **write),
            CommonBody::Query(_) => None,
        });
        named.chain(main)
    }

    /// The same without the rows that the criteria of the main statement leave out; each that writes has its own.
    pub(crate) fn restricted(mut self, own: &Criteria, session: &Criteria) -> Self {
        let all = own.within(session);
        self.with.iter_mut().filter_map(CommonTable::query_mut).for_each(|query| query.restrict(&all));
        for write in self.writes_mut() {
            write.statement = write.statement.clone().complete(&write.criteria.within(session));
        }
        if let Main::Query(query) = &mut self.main {
            query.restrict(&all);
        }
        self
    }

    /// Whether rows come back for entities in memory, so that the last column says whose they are.
    pub(crate) fn brings_rows(&self) -> bool {
        self.brought().any(|(_, write)| !write.brought().is_empty())
    }

    fn brought(&self) -> impl Iterator<Item = (&CommonTable, &WriteStatement)> {
        self.with.iter().filter_map(|table| match &table.body {
            CommonBody::Write(write) => Some((table, &write.statement)),
            CommonBody::Query(_) => None,
        })
    }

    /// The statement's text and parameters.
    pub(crate) fn to_sql(&self) -> Sql {
        let mut writer = Writer::new();
        writer.with_main(&self.with, self.main_write());
        match (&self.main, self.brings_rows()) {
            (Main::Query(query), false) => writer.select(query),
            (Main::Write(_), false) => writer.text(MAIN_ROWS),
            (_, true) => self.write_all(&mut writer),
        }
        writer.finish()
    }

    /// How many columns its own rows have.
    pub(crate) fn own_width(&self) -> usize {
        match &self.main {
            Main::Query(query) => query.width(),
            Main::Write(write) => (write.statement.outputs() + write.statement.brought_width()).max(1),
        }
    }

    fn main_write(&self) -> Option<&WriteStatement> {
        match &self.main {
            Main::Query(_) => None,
            Main::Write(write) => Some(&write.statement),
        }
    }

    /// The statement's own rows, and then those that come back of each of the others.
    fn write_all(&self, writer: &mut Writer) {
        let types = || self.brought().flat_map(|(_, write)| write.brought_types());
        writer.text("(SELECT orm_rows.*, ");
        types().for_each(|ty| writer.text(&format!("NULL::{ty}, ")));
        writer.text("0 FROM (");
        match &self.main {
            Main::Query(query) => writer.select(query),
            Main::Write(_) => writer.text(MAIN_ROWS),
        }
        let own = self.own_width();
        writer.text(") AS orm_rows)");
        let (all, mut before) = (types().count(), 0);
        for (number, (table, write)) in (1..).zip(self.brought()) {
            let width = write.brought().len();
            if width > 0 {
                writer.text(" UNION ALL (SELECT ");
                (0..own + before).for_each(|_| writer.text("NULL, "));
                for column in 0..width {
                    writer.identifier(&table.reference.name());
                    writer.text(&format!(".orm_{column}, "));
                }
                (before + width..all).for_each(|_| writer.text("NULL, "));
                writer.text(&format!("{number} FROM "));
                writer.identifier(&table.reference.name());
                writer.text(")");
            }
            before += width;
        }
    }
}

/// The rows of the main statement, if it writes.
const MAIN_ROWS: &str = "SELECT * FROM orm_main";

impl WriteStatement {
    /// How many columns come back behind what the application wants.
    pub(crate) fn brought_width(&self) -> usize {
        self.brought().len()
    }

    /// How many columns the application wants.
    fn outputs(&self) -> usize {
        match self {
            Self::Change(change) => change.outputs(),
            Self::Insert(insert) => insert.outputs(),
        }
    }
}
