//! Floor 2: INSERT as data.
//!
//! Invariant: the text depends on the table, the columns that are written and on what was said of conflicts, never on how many
//! rows there are: each column of all rows is one array parameter, and those come first.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::change::{ChangeStatement, complete};
use super::{
    Alias, CommonTable, Expr, Expression, Parameter, SelectStatement, Sql, TableReference, Writer,
    quote_table,
};
use crate::model::{Column, ColumnSet, Default, Model, Selectable, Table};
use crate::types::ColumnType;

/// What the row is called that could not be inserted.
const EXCLUDED: &str = "excluded";

/// An INSERT into a table.
#[derive(Clone)]
pub(crate) struct InsertStatement {
    pub(crate) table: &'static Table,
    /// The columns that are written.
    pub(crate) columns: Vec<usize>,
    pub(crate) source: InsertSource,
    pub(crate) conflict: Option<OnConflict>,
    /// What the application wants of each row.
    pub(super) outputs: Vec<Expression>,
    /// What comes back behind it.
    pub(super) returning: Vec<Expression>,
    /// What it begins with.
    pub(crate) with: Vec<CommonTable>,
}

/// Where the rows come from.
#[derive(Clone)]
pub(crate) enum InsertSource {
    /// A parameter for each column: an array of all rows' values.
    Arrays,
    /// A parameter for each column of the one row.
    Row,
    /// These: as with [`Arrays`](Self::Arrays), or as with [`Row`](Self::Row).
    Given { many: bool, values: Vec<Parameter> },
    /// A query, with a column for each.
    Select(Box<SelectStatement>),
}

/// What is done about rows that violate a unique constraint.
#[derive(Clone)]
pub(crate) struct OnConflict {
    pub(crate) target: ConflictTarget,
    pub(crate) update: Option<ConflictUpdate>,
}

/// Which constraint or index it is about.
#[derive(Debug, Clone)]
pub(crate) enum ConflictTarget {
    Any,
    /// That over these columns; if it is a partial index, with its condition.
    Columns(ColumnSet, Option<Expression>),
    Constraint(&'static str),
}

/// How the row that is there is changed.
#[derive(Debug, Clone, Default)]
pub(crate) struct ConflictUpdate {
    pub(crate) set: Vec<(usize, Expression)>,
    pub(super) filter: Option<Expression>,
    /// All columns that are given, but for the key and those of the constraint, take the new row's values.
    pub(crate) takes_all: bool,
}

/// The row that could not be inserted, as what [`excluded`] reads from.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{Excluded, Expr, excluded};
/// let email: Expr<String, Excluded<User>> = excluded(User::email);
/// # let _ = email;
/// ```
#[derive(Debug)]
pub struct Excluded<M>(PhantomData<fn() -> M>);

impl<M: Model> Selectable for Excluded<M> {
    const SOURCE: &'static Table = M::TABLE;
    const ALIAS: Option<&'static str> = Some(EXCLUDED);
}

/// The value that the row which could not be inserted has in a column, in
/// [`do_update`](crate::OnConflict::do_update).
///
/// ```
/// # use orm_examples::blog::User; use orm_core::prelude::*;
/// assert_eq!(format!("{:?}", excluded(User::email)), "Expr(excluded.email)");
/// ```
pub fn excluded<M: Model, T: ColumnType>(column: Column<M, T>) -> Expr<T, Excluded<M>> {
    Expr::new(new_value(M::TABLE, column.index()))
}

/// A column of the row that could not be inserted.
const fn new_value(table: &'static Table, column: usize) -> Expression {
    TableReference::aliased(table, Alias::new(EXCLUDED)).column(column)
}

impl InsertStatement {
    pub(crate) fn new(table: &'static Table) -> Self {
        Self {
            table,
            columns: Vec::new(),
            source: InsertSource::Arrays,
            conflict: None,
            outputs: Vec::new(),
            returning: Vec::new(),
            with: Vec::new(),
        }
    }

    /// The same for rows that write these columns, of which some were given, with what the model says of every update.
    pub(crate) fn writing(&self, columns: ColumnSet, given: ColumnSet) -> Self {
        let mut statement = self.clone();
        if matches!(statement.source, InsertSource::Arrays | InsertSource::Row) {
            statement.columns = columns.iter().collect();
        }
        let is_array = |&column: &usize| self.table.columns[column].sql_type.is_array;
        if let InsertSource::Arrays = statement.source
            && (columns.is_empty() || columns.iter().any(|column| is_array(&column)))
        {
            statement.source = InsertSource::Row;
        }
        if let Some(conflict) = &mut statement.conflict {
            conflict.complete(self.table, given);
        }
        statement
    }

    /// The rows of a query, with a column for each of these. A version that is counted starts as that of any new row.
    pub(crate) fn selecting(mut self, mut columns: Vec<usize>, mut query: SelectStatement) -> Self {
        let counter = self.table.counter().filter(|version| !columns.contains(&version.column));
        if let Some((version, first)) = counter.and_then(|version| Some((version, version.next(None)?))) {
            let ty = self.table.columns[version.column].sql_type;
            let first = Expression::Parameter(Parameter::value(Arc::from(first), ty));
            query.outputs.push(Expression::Cast(Box::new(first), ty));
            columns.push(version.column);
        }
        self.with.append(&mut query.take_with());
        self.columns = columns;
        self.source = InsertSource::Select(Box::new(query));
        self
    }

    /// What comes back behind what the application wants.
    pub(super) fn brought(&self) -> &[Expression] {
        &self.returning
    }

    /// How many columns the application wants.
    pub(super) fn outputs(&self) -> usize {
        self.outputs.len()
    }

    /// Whether it begins with statements that write.
    pub(crate) fn writes_with(&self) -> bool {
        self.with.iter().any(CommonTable::writes)
    }

    /// Whether the rows are those of a query.
    pub(crate) fn selects(&self) -> bool {
        matches!(self.source, InsertSource::Select(_))
    }

    /// Whether the text depends on what was given, and not only on what is written.
    pub(crate) fn depends_on_given(&self) -> bool {
        let update = self.conflict.as_ref().and_then(|conflict| conflict.update.as_ref());
        update.is_some_and(|update| update.takes_all)
    }

    /// Whether the rows travel in one statement.
    pub(crate) fn holds_many(&self) -> bool {
        matches!(self.source, InsertSource::Arrays)
    }

    /// The columns that are set in rows that were there.
    pub(crate) fn updated(&self) -> Option<ColumnSet> {
        let update = self.conflict.as_ref()?.update.as_ref()?;
        Some(update.set.iter().map(|(column, _)| *column).collect())
    }

    /// Brings back the key and these columns of each row.
    pub(crate) fn returning(mut self, columns: Option<ColumnSet>) -> Self {
        let Some(columns) = columns else { return self };
        let source = TableReference::of(self.table);
        let columns = self.table.primary_key.iter().copied().chain(columns.iter());
        self.returning = columns.map(|column| source.column(column)).collect();
        self
    }

    /// Yields these of each row.
    pub(crate) fn yielding(self, outputs: Vec<Expression>) -> Self {
        Self { outputs, ..self }
    }

    /// Where several rows are inserted and something is wanted of each: the columns by which what comes back is found to be a
    /// row's. Rows that are updated must be known by those of the constraint.
    pub(crate) fn numbered_by(&self) -> Option<Vec<usize>> {
        if self.outputs.is_empty() || !self.holds_many() {
            return None;
        }
        let Some(OnConflict { target, update: Some(update) }) = &self.conflict else {
            return Some(self.table.primary_key.to_vec());
        };
        let ConflictTarget::Columns(columns, None) = target else { return None };
        let is_same = |column: usize| {
            self.columns.contains(&column)
                && !self.table.columns[column].nullable
                && !update.set.iter().any(|(set, _)| *set == column)
        };
        columns.iter().all(is_same).then(|| columns.iter().collect())
    }

    /// The columns of the key that are drawn before the rows go in.
    pub(super) fn drawn(&self) -> impl Iterator<Item = usize> {
        self.table.primary_key.iter().copied().filter(|column| !self.columns.contains(column))
    }

    /// Whether rows are left out that are there.
    pub(super) fn leaves_out(&self) -> bool {
        self.conflict.as_ref().is_some_and(|conflict| conflict.update.is_none())
    }

    /// Brings back all columns of each row.
    pub(crate) fn returning_all(self) -> Self {
        Self { returning: TableReference::of(self.table).columns().collect(), ..self }
    }

    /// The statement's text, and the parameters behind those of the rows.
    pub(crate) fn to_sql(&self) -> Sql {
        let mut writer = match self.source {
            InsertSource::Select(_) | InsertSource::Given { .. } => Writer::new(),
            InsertSource::Arrays | InsertSource::Row => Writer::naming("$", self.columns.len() + 1),
        };
        writer.insert(self);
        writer.finish()
    }
}

impl OnConflict {
    /// Says what was left to the columns that are given, and what the model says of updates.
    fn complete(&mut self, table: &'static Table, given: ColumnSet) {
        let Some(update) = &mut self.update else { return };
        if update.takes_all {
            let mut kept: ColumnSet = table.primary_key.iter().copied().collect();
            if let ConflictTarget::Columns(columns, _) = &self.target {
                kept = kept.union(*columns);
            }
            let is_said = |column: usize| update.set.iter().any(|(other, _)| *other == column);
            let taken =
                given.without(kept).iter().filter(|&column| !table.is_version(column) && !is_said(column));
            let taken: Vec<_> = taken.map(|column| (column, new_value(table, column))).collect();
            update.set.extend(taken);
        }
        if update.set.is_empty() {
            self.update = None;
            return;
        }
        complete(table, &mut update.set);
    }
}

impl ConflictUpdate {
    /// Sets a column; of several values the last one counts.
    pub(crate) fn set(&mut self, table: &'static Table, column: usize, value: Expression) {
        let set = ChangeStatement::update(table).set(column, value).set.unwrap_or_default();
        self.set.retain(|(other, _)| *other != column);
        self.set.extend(set);
    }

    /// Changes the row only if the condition holds too.
    pub(crate) fn filter(&mut self, condition: Expression) {
        self.filter = Some(Expression::and(self.filter.take().into_iter().chain([condition])));
    }
}

/// The expression that draws a key.
pub(crate) fn draw(table: &Table, column: usize) -> String {
    let facts = &table.columns[column];
    match facts.default {
        Default::Expression(expression) => format!("({expression})::{}", facts.sql_type),
        _ => {
            let table = quote_table(table).replace('\'', "''");
            let column = facts.name.replace('\'', "''");
            // The subselect is read once; a cast outside of it would look the name up for each row.
            format!(
                "nextval((SELECT pg_get_serial_sequence('{table}', '{column}')::regclass))::{}",
                facts.sql_type
            )
        }
    }
}

/// Shows the text, and so no values.
impl fmt::Debug for InsertStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InsertStatement({})", self.to_sql())
    }
}
