//! Floor 2: UPDATE and DELETE as data.
//!
//! Invariant: what a model says of every update (its version counts, `on_update`) and of deletes (`soft_delete`) is part of
//! the statement when it is `complete`, whatever the application has said.

use std::fmt;

use super::expression::{BinaryOperator, Expression, UnaryOperator};
use super::{Alias, CommonTable, Sql, TableReference, Writer};
use crate::model::{ColumnSet, Default, Table};

/// What the rows are called as they were before a statement that changes their keys.
pub(super) const OLD: Alias = Alias::new("orm_old");

/// An UPDATE or a DELETE of a table's rows.
#[derive(Clone)]
pub(crate) struct ChangeStatement {
    pub(crate) table: &'static Table,
    /// What is set, each column once; none in a DELETE.
    pub(super) set: Option<Vec<(usize, Expression)>>,
    pub(super) filter: Option<Expression>,
    /// What the application wants of each row.
    pub(super) outputs: Vec<Expression>,
    /// What comes back behind it.
    pub(super) returning: Vec<Expression>,
    /// Other tables, whose columns conditions and values may name.
    pub(super) others: Vec<TableReference>,
    /// Whether the rows are joined with themselves as they were.
    pub(super) joins_old: bool,
    /// Whether the update marks rows as deleted.
    pub(crate) marks: bool,
    /// What it begins with.
    pub(crate) with: Vec<CommonTable>,
}

impl ChangeStatement {
    pub(crate) fn update(table: &'static Table) -> Self {
        Self { set: Some(Vec::new()), ..Self::delete(table) }
    }

    pub(crate) fn delete(table: &'static Table) -> Self {
        Self {
            table,
            set: None,
            filter: None,
            outputs: Vec::new(),
            returning: Vec::new(),
            others: Vec::new(),
            joins_old: false,
            marks: false,
            with: Vec::new(),
        }
    }

    /// The update that marks the rows as deleted which are not yet.
    pub(crate) fn mark(table: &'static Table, column: usize) -> Self {
        let value = Expression::Literal(table.columns[column].soft_delete.unwrap_or("now()"));
        let alive = TableReference::of(table).column(column).unary(UnaryOperator::IsNull);
        Self { marks: true, ..Self::update(table) }.set(column, value).filter(alive)
    }

    /// Sets a column, if this is an update; of several values the last one counts.
    pub(crate) fn set(mut self, column: usize, value: Expression) -> Self {
        if let Some(set) = &mut self.set {
            let facts = &self.table.columns[column];
            // A declared type may be a domain: what is cast is assigned to it.
            let value = match facts.declared_type {
                Some(_) => Expression::Cast(Box::new(value), facts.parameter_type()),
                None => value,
            };
            set.retain(|(other, _)| *other != column);
            set.push((column, value));
        }
        self
    }

    /// Changes only rows for which the condition holds too.
    pub(crate) fn filter(mut self, condition: Expression) -> Self {
        self.filter = Some(Expression::and(self.filter.take().into_iter().chain([condition])));
        self
    }

    /// The columns that are set; none in a DELETE.
    pub(crate) fn columns(&self) -> impl Iterator<Item = usize> {
        self.set.iter().flatten().map(|(column, _)| *column)
    }

    pub(crate) fn is_delete(&self) -> bool {
        self.set.is_none()
    }

    /// Reads another table too: in FROM, or in the USING of a DELETE.
    pub(crate) fn reading(mut self, other: TableReference) -> Self {
        self.others.push(other);
        self
    }

    /// Yields these of each row.
    pub(crate) fn yielding(self, outputs: Vec<Expression>) -> Self {
        Self { outputs, ..self }
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

    /// With what the model says of every update.
    pub(crate) fn complete(mut self) -> Self {
        if let Some(set) = self.set.as_mut().filter(|set| !set.is_empty()) {
            complete(self.table, set);
        }
        self
    }

    /// Brings back the key that each row had, and then these columns as they are now; without columns nothing.
    pub(crate) fn returning(mut self, columns: Option<ColumnSet>) -> Self {
        let Some(columns) = columns else { return self };
        let now = TableReference::of(self.table);
        let key = self.table.primary_key;
        let rekeys = self.columns().any(|column| key.contains(&column));
        self.joins_old = rekeys;
        let before = if self.joins_old { TableReference::aliased(self.table, OLD) } else { now };
        if self.joins_old {
            let same = key.iter().map(|&column| now.column(column).equal(before.column(column)));
            self = self.filter(Expression::and(same.collect::<Vec<_>>()));
        }
        let key = key.iter().map(|&column| before.column(column));
        self.returning = key.chain(columns.iter().map(|column| now.column(column))).collect();
        self
    }

    /// The statement's text and parameters.
    pub(crate) fn to_sql(&self) -> Sql {
        let mut writer = Writer::new();
        writer.change(self);
        writer.finish()
    }
}

/// Sets what every update sets, unless the application has.
pub(super) fn complete(table: &'static Table, set: &mut Vec<(usize, Expression)>) {
    for (column, facts) in table.columns.iter().enumerate() {
        let said = facts.on_update.map(Expression::Literal);
        let value = said.or_else(|| next_version(TableReference::of(table), column));
        if let Some(value) = value.filter(|_| !set.iter().any(|(other, _)| *other == column)) {
            set.push((column, value));
        }
    }
}

/// What an update sets a version to: a counter is counted on, one that a default makes is made anew.
fn next_version(source: TableReference, column: usize) -> Option<Expression> {
    let version = source.table.version.filter(|version| version.column == column)?;
    if version.is_counter() {
        return Some(source.column(column).binary(BinaryOperator::Add, Expression::Literal("1")));
    }
    let is_default = matches!(source.table.columns[column].default, Default::Expression(_));
    is_default.then_some(Expression::Literal("DEFAULT"))
}

/// Shows the text, and so no values.
impl fmt::Debug for ChangeStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChangeStatement({})", self.to_sql())
    }
}

#[cfg(test)]
mod tests {
    use super::{ChangeStatement, ColumnSet};
    use crate::query::ColumnOperators;
    use crate::query::Operand;
    use crate::query::fixture::{ENTRIES, Entry, USERS, User};

    fn text(statement: ChangeStatement) -> String {
        statement.complete().to_sql().text
    }

    #[test]
    fn rows_are_updated() {
        let update = ChangeStatement::update(USERS)
            .set(1, Operand::<String>::into_term("first").0)
            .set(2, Operand::<String>::into_term(User::name).0)
            .set(1, Operand::<String>::into_term("last").0);
        assert_eq!(text(update.clone()), "UPDATE users SET email = users.name, name = $1");
        let some = update.filter(User::id.gt(1).0).filter((User::id.lt(9) | User::name.is_null()).0);
        assert_eq!(
            text(some.returning(Some([1, 2].into_iter().collect()))),
            "UPDATE users SET email = users.name, name = $1 \
             WHERE users.id > $2 AND (users.id < $3 OR users.name IS NULL) \
             RETURNING users.id, users.name, users.email"
        );
    }

    #[test]
    fn rows_are_deleted() {
        assert_eq!(text(ChangeStatement::delete(USERS)), "DELETE FROM users");
        let entries = ChangeStatement::delete(ENTRIES).filter(Entry::select.eq(true).0);
        assert_eq!(
            text(entries.returning(Some(ColumnSet::EMPTY))),
            "DELETE FROM app.\"order\" WHERE app.\"order\".\"select\" = $1 \
             RETURNING app.\"order\".tenant_id, app.\"order\".\"Code\""
        );
    }

    #[test]
    fn rows_whose_keys_change_come_back_with_the_old_ones() {
        let update = ChangeStatement::update(USERS).set(0, Operand::<i64>::into_term(User::id + 1).0);
        assert_eq!(
            text(update.returning(Some([0].into_iter().collect()))),
            "UPDATE users SET id = users.id + $1 FROM users AS orm_old WHERE users.id = orm_old.id \
             RETURNING orm_old.id, users.id"
        );
    }
}
