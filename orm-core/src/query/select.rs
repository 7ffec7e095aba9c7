//! Floor 2: SELECT as data.
//!
//! Invariant: the output columns stand in the order in which they were asked for, so that a row is read by position.

mod parts;

use std::fmt;

use super::combined::{CommonTable, SetOperation};
use super::expression::Expression;
use super::lock::Lock;
use super::source::Join;
use super::window::WindowClause;
use super::{
    Alias, Criteria, JoinKind, OrderTerms, Ordering, Parameter, Source, Sql, TableReference, Writer, terms,
};
use crate::model::{ColumnSet, Table};

/// A SELECT statement.
#[derive(Clone, Default)]
pub(crate) struct SelectStatement {
    pub(crate) with: Vec<CommonTable>,
    /// This statement's rows are those of two others; then it has but an order and limits.
    pub(crate) set: Option<Box<SetOperation>>,
    /// Without rows that are there already; those that are equal in these, if there are any.
    pub(crate) distinct: Option<Vec<Expression>>,
    pub(crate) outputs: Vec<Expression>,
    pub(crate) from: Option<Source>,
    pub(crate) joins: Vec<Join>,
    pub(crate) filter: Option<Expression>,
    pub(crate) group_by: Vec<Expression>,
    pub(crate) having: Option<Expression>,
    pub(crate) windows: Vec<(&'static str, WindowClause)>,
    pub(crate) order: Vec<Ordering>,
    pub(crate) limit: Option<Parameter>,
    /// The limit's last row brings along those that are equal to it in the order.
    pub(crate) with_ties: bool,
    pub(crate) offset: Option<Parameter>,
    pub(crate) lock: Option<Lock>,
    /// Criteria leave none of the rows of `from` out.
    pub(crate) unrestricted: bool,
    /// What is said here of all rows that are read, beside what the statement around this one says.
    pub(crate) criteria: Option<Box<Criteria>>,
}

impl SelectStatement {
    /// All columns of the table, in the table's order.
    pub(crate) fn of(table: &'static Table) -> Self {
        let source = TableReference::of(table);
        Self { outputs: source.columns().collect(), from: Some(source.into()), ..Self::default() }
    }

    /// These columns of the table.
    pub(crate) fn columns_of(source: TableReference, columns: &[usize]) -> Self {
        let outputs = columns.iter().map(|&column| source.column(column)).collect();
        Self { outputs, from: Some(source.into()), ..Self::default() }
    }

    /// `SELECT * FROM source`, for sources whose columns have no names that we know.
    pub(super) fn everything_from(source: Source) -> Self {
        Self { outputs: vec![Expression::Literal("*")], from: Some(source), ..Self::default() }
    }

    /// Adds all columns of a joined source to the output; returns the position of the first.
    pub(crate) fn add_source_columns(&mut self, source: TableReference) -> usize {
        let start = self.outputs.len();
        self.outputs.extend(source.columns());
        start
    }

    /// Sends NULL instead of some columns of a source, the first of which is at this position of the output.
    pub(crate) fn leave_out(mut self, start: usize, columns: ColumnSet) -> Self {
        columns.iter().for_each(|column| self.outputs[start + column] = Expression::Literal("NULL"));
        self
    }

    /// The first alias for the table, `users_1` and on, that nothing in the statement is called by.
    pub(crate) fn free_alias(&self, table: &'static Table) -> Alias {
        let taken: Vec<String> = self.sources().map(Source::name).collect();
        (1..)
            .map(|number| Alias::numbered(table.name, number))
            .find(|alias| !taken.contains(&alias.to_string()))
            .unwrap_or(Alias::new(table.name))
    }

    /// Joins a source, rows without a match being kept.
    pub(crate) fn left_join(self, source: impl Into<Source>, on: Expression) -> Self {
        self.join(JoinKind::Left, source.into(), on)
    }

    /// Joins a source on a condition.
    pub(crate) fn join(mut self, kind: JoinKind, source: Source, on: Expression) -> Self {
        self.joins.push(Join { kind, source, on, along: None });
        self
    }

    /// Joins a table along a relationship of a source: under its own name if nothing is called so, else under an alias.
    pub(crate) fn join_along(
        mut self,
        kind: JoinKind,
        (source, relationship): (TableReference, usize),
        target: Option<TableReference>,
        on: impl FnOnce(TableReference, TableReference) -> Expression,
    ) -> Self {
        let target =
            target.unwrap_or_else(|| self.free_name((source.table.relationships[relationship].target)()));
        let along = Some((source, relationship, target));
        self.joins.push(Join { kind, source: target.into(), on: on(source, target), along });
        self
    }

    /// The table under its own name if nothing is called so, else under an alias.
    fn free_name(&self, table: &'static Table) -> TableReference {
        match self.sources().any(|source| source.name() == table.name) {
            true => TableReference::aliased(table, self.free_alias(table)),
            false => TableReference::of(table),
        }
    }

    /// What a join along a relationship has led to.
    pub(crate) fn joined_along(&self, source: TableReference, relationship: usize) -> Option<TableReference> {
        let mut along = self.joins.iter().filter_map(|join| join.along);
        along.find(|along| along.0.is(source) && along.1 == relationship).map(|along| along.2)
    }

    pub(crate) fn has_joins(&self) -> bool {
        !self.joins.is_empty()
    }

    /// Keeps the rows for which the condition holds too.
    pub(crate) fn filter(mut self, condition: Expression) -> Self {
        self.filter = Some(Expression::and(self.filter.take().into_iter().chain([condition])));
        self
    }

    /// Orders by these terms, after those before.
    #[inline(always)]
    pub(crate) fn order_by(mut self, order: impl OrderTerms) -> Self {
        self.order.extend(terms(order));
        self
    }

    /// At most so many rows.
    pub(crate) fn limit(mut self, rows: u64) -> Self {
        self.limit = Some(row_count(rows));
        self
    }

    /// Without the first so many rows.
    pub(crate) fn offset(mut self, rows: u64) -> Self {
        self.offset = Some(row_count(rows));
        self
    }

    /// Whether the number of rows is bounded by more than the condition.
    pub(crate) fn is_limited(&self) -> bool {
        self.limit.is_some() || self.offset.is_some()
    }

    /// The statement's text and parameters.
    pub(crate) fn to_sql(&self) -> Sql {
        let mut writer = Writer::new();
        writer.select(self);
        writer.finish()
    }
}

/// A number of rows as the server counts them.
fn row_count(rows: u64) -> Parameter {
    Parameter::of(i64::try_from(rows).unwrap_or(i64::MAX))
}

/// Shows the text.
impl fmt::Display for SelectStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_sql().text)
    }
}

/// Shows the text, and so no values.
impl fmt::Debug for SelectStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SelectStatement({self})")
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Table;
    use crate::query::fixture::{ENTRIES, Entry, POSTS, Post, USERS, User};
    use crate::query::{Alias, BinaryOperator, Expression, SelectStatement, Source, TableReference};
    use crate::query::{ColumnOperators, TextOperators};

    fn users() -> SelectStatement {
        SelectStatement::of(USERS)
    }

    fn names(tables: &[&Table]) -> Vec<&'static str> {
        tables.iter().map(|table| table.name).collect()
    }

    /// Whether a post of `posts` belongs to a user of `users`.
    fn belongs(posts: TableReference, users: TableReference) -> Expression {
        posts.column(2).binary(BinaryOperator::Equal, users.column(0))
    }

    #[test]
    fn a_whole_table() {
        assert_eq!(users().to_string(), "SELECT users.id, users.name, users.email FROM users");
    }

    #[test]
    fn filter_order_limit_offset() {
        let statement = users()
            .filter(User::id.eq(1).0)
            .filter((User::email.eq("a") | User::name.eq(None)).0)
            .order_by(User::name.desc().nulls_last())
            .order_by(User::email.asc().nulls_first())
            .order_by(User::id)
            .limit(10)
            .offset(20);
        let sql = statement.to_sql();
        assert_eq!(
            sql.text,
            "SELECT users.id, users.name, users.email FROM users \
             WHERE users.id = $1 AND (users.email = $2 OR users.name IS NULL) \
             ORDER BY users.name DESC NULLS LAST, users.email NULLS FIRST, users.id LIMIT $3 OFFSET $4"
        );
        let values: Vec<String> = sql.parameters.iter().map(|p| p.display_value().to_string()).collect();
        assert_eq!(values, ["1", "\"a\"", "10", "20"]);
    }

    #[test]
    fn limits_beyond_the_server_are_its_greatest() {
        let sql = users().limit(u64::MAX).to_sql();
        assert_eq!(sql.parameters[0].display_value().to_string(), i64::MAX.to_string());
    }

    #[test]
    fn joins_bring_columns_under_an_alias() {
        let mut statement = users();
        let posts = TableReference::aliased(POSTS, statement.free_alias(POSTS));
        statement = statement.left_join(posts, belongs(posts, TableReference::of(USERS)));
        assert_eq!(statement.add_source_columns(posts), 3);
        assert_eq!(
            statement.to_string(),
            "SELECT users.id, users.name, users.email, posts_1.id, posts_1.title, posts_1.user_id, \
             posts_1.published, posts_1.body FROM users LEFT JOIN posts AS posts_1 ON posts_1.user_id = users.id"
        );
        assert_eq!(statement.free_alias(POSTS), Alias::numbered("posts", 2));
        assert_eq!(statement.free_alias(USERS), Alias::numbered("users", 1));
    }

    #[test]
    fn a_join_under_the_tables_name() {
        let posts = TableReference::of(POSTS);
        let statement = users().left_join(posts, Post::user_id.eq(User::id).0);
        assert_eq!(
            statement.to_string(),
            "SELECT users.id, users.name, users.email FROM users LEFT JOIN posts ON posts.user_id = users.id"
        );
    }

    #[test]
    fn an_alias_that_needs_quotes() {
        let entries = TableReference::aliased(ENTRIES, Alias::new("Entry"));
        let numbered = TableReference::aliased(ENTRIES, Alias::numbered("Entry", 2));
        let on = entries.column(0).equal(numbered.column(0));
        let statement = users().left_join(entries, entries.column(2)).left_join(numbered, on);
        assert_eq!(
            statement.to_string(),
            "SELECT users.id, users.name, users.email FROM users \
             LEFT JOIN app.\"order\" AS \"Entry\" ON \"Entry\".\"select\" \
             LEFT JOIN app.\"order\" AS \"Entry_2\" ON \"Entry\".tenant_id = \"Entry_2\".tenant_id"
        );
    }

    #[test]
    fn a_limited_select_is_joined_as_a_subquery() {
        let parents = users().filter(User::id.gt(5).0).order_by(User::name.desc()).limit(2);
        let outer = TableReference::aliased(USERS, Alias::anonymous(1));
        let posts = TableReference::aliased(POSTS, Alias::numbered("posts", 1));
        let mut statement =
            parents.into_subquery(Alias::anonymous(1)).left_join(posts, belongs(posts, outer));
        statement.add_source_columns(posts);
        assert_eq!(
            statement.to_string(),
            "SELECT anon_1.id, anon_1.name, anon_1.email, posts_1.id, posts_1.title, posts_1.user_id, \
             posts_1.published, posts_1.body FROM (SELECT users.id, users.name, users.email FROM users \
             WHERE users.id > $1 ORDER BY users.name DESC LIMIT $2) AS anon_1 \
             LEFT JOIN posts AS posts_1 ON posts_1.user_id = anon_1.id ORDER BY anon_1.name DESC"
        );
    }

    #[test]
    fn count() {
        let filtered = users().filter(User::id.gt(1).0).order_by(User::id);
        assert_eq!(filtered.clone().count().to_string(), "SELECT count(*) FROM users WHERE users.id > $1");
        assert_eq!(
            filtered.limit(3).count().to_string(),
            "SELECT count(*) FROM (SELECT 1 FROM users WHERE users.id > $1 LIMIT $2) AS anon_1"
        );
    }

    #[test]
    fn exists() {
        let statement = users().filter(User::id.gt(1).0).order_by(User::id).offset(2).exists();
        assert_eq!(
            statement.to_string(),
            "SELECT EXISTS (SELECT 1 FROM users WHERE users.id > $1 OFFSET $2)"
        );
    }

    #[test]
    fn tables_are_found_wherever_they_are_read() {
        assert_eq!(names(&users().tables()), ["users"]);
        assert_eq!(names(&users().limit(1).count().tables()), ["users"]);
        assert_eq!(names(&users().exists().tables()), ["users"]);
        let entries = SelectStatement::of(ENTRIES).filter(Entry::code.eq("a").0).exists().outputs.remove(0);
        let posts = TableReference::of(POSTS);
        let subquery = SelectStatement::of(USERS).into_subquery(Alias::anonymous(1)).from;
        let statement = SelectStatement::of(POSTS)
            .left_join(TableReference::aliased(posts.table, Alias::numbered("posts", 1)), entries)
            .left_join(subquery.unwrap_or(Source::from(posts)), Expression::And(Vec::new()));
        assert_eq!(names(&statement.tables()), ["posts", "users", "order"]);
    }

    #[test]
    fn the_text_does_not_depend_on_values() {
        let text = |ids: &[i64], name: &str, rows| {
            users().filter((User::id.in_(ids) & User::name.contains(name)).0).limit(rows).to_sql().text
        };
        assert_eq!(text(&[], "", 1), text(&[1, 2, 3], "'; drop table users; -- $1 {}", 1000));
    }
}
