//! Floor 2: conditions for all rows of a model, wherever a statement reads them.
//!
//! Invariant: a restricted statement is one that says the same of its tables, joins and subselects, each under the name that
//! the table has there; rows that a LEFT JOIN keeps are kept.

use std::fmt;

use super::raw::Fragment;
use super::source::{DerivedBody, Join, JoinKind};
use super::{
    ChangeStatement, CommonTable, Expression, InsertSource, InsertStatement, RawSql, SelectStatement, Source,
    TableReference, UnaryOperator,
};
use crate::model::Table;

/// What is said of rows beyond a query's own conditions.
#[derive(Clone, Default)]
pub(crate) struct Criteria {
    conditions: Vec<(&'static Table, Expression)>,
    /// Rows that are marked as deleted are shown too.
    pub(crate) with_deleted: bool,
    /// What the session says does not count.
    pub(crate) alone: bool,
}

impl Criteria {
    /// Says this of a table's rows too.
    pub(crate) fn push(&mut self, table: &'static Table, condition: Expression) {
        self.conditions.push((table, condition));
    }

    pub(crate) fn extend(&mut self, others: Self) {
        self.conditions.extend(others.conditions);
        self.with_deleted |= others.with_deleted;
        self.alone |= others.alone;
    }

    /// Whether anything is said other than what the models say.
    pub(crate) fn says_something(&self) -> bool {
        !self.conditions.is_empty() || self.with_deleted || self.alone
    }

    /// With what the session says, unless that does not count.
    pub(crate) fn within(&self, session: &Self) -> Self {
        let mut all = self.clone();
        if !self.alone {
            all.extend(session.clone());
        }
        all
    }

    /// Whether some of a table's rows are left out.
    pub(crate) fn restrict(&self, table: &Table) -> bool {
        self.hide_some(table) || self.hides_deleted(table).is_some()
    }

    /// Whether rows of a table are left out for another reason than being marked as deleted.
    pub(crate) fn hide_some(&self, table: &Table) -> bool {
        self.conditions.iter().any(|(other, _)| other.is(table))
    }

    /// Adds the tables that the conditions for these read.
    pub(crate) fn collect_tables(&self, tables: &mut Vec<&'static Table>) {
        let said = self.conditions.iter().filter(|(table, _)| tables.iter().any(|other| other.is(table)));
        let mut read = Vec::new();
        said.for_each(|(_, condition)| condition.collect_tables(&mut read));
        tables.extend(read);
    }

    fn hides_deleted(&self, table: &Table) -> Option<usize> {
        table.soft_delete().filter(|_| !self.with_deleted && !self.alone)
    }

    /// What must hold of the rows of a source.
    fn of(&self, source: TableReference) -> Vec<Expression> {
        let under_its_name =
            |other: TableReference| match other.alias.is_none() && other.table.is(source.table) {
                true => source,
                false => other,
            };
        let said = self.conditions.iter().filter(|(table, _)| table.is(source.table));
        let said = said.map(|(_, condition)| condition.clone().map_sources(&under_its_name));
        let lives = self.hides_deleted(source.table);
        let lives = lives.map(|column| source.column(column).unary(UnaryOperator::IsNull));
        said.chain(lives).collect()
    }
}

impl SelectStatement {
    /// The same statement, without the rows that the criteria leave out.
    pub(crate) fn restricted(mut self, criteria: &Criteria) -> Self {
        self.restrict(criteria);
        self
    }

    pub(super) fn restrict(&mut self, criteria: &Criteria) {
        let own = self.criteria.take().map(|own| own.within(criteria));
        let criteria = own.as_ref().unwrap_or(criteria);
        self.queries_mut().for_each(|query| query.restrict(criteria));
        self.expressions_mut().for_each(|expression| expression.restrict(criteria));
        self.sources_mut().for_each(|source| source.restrict(criteria));
        let first = match self.from {
            Some(Source::Table(source)) if !self.unrestricted => Some((source, criteria.of(source))),
            _ => None,
        };
        let kept = self.restrict_joins(criteria, first.clone());
        let own = first.into_iter().flat_map(|(_, criteria)| criteria);
        narrow(&mut self.filter, kept.unwrap_or_else(|| own.collect()));
    }

    /// Restricts what is joined. Where a join keeps rows that others are missing for, what all rows must satisfy.
    fn restrict_joins(
        &mut self,
        criteria: &Criteria,
        first: Option<(TableReference, Vec<Expression>)>,
    ) -> Option<Vec<Expression>> {
        let keeps_others = |join: &Join| matches!(join.kind, JoinKind::Right | JoinKind::Full);
        let keeps = self.joins.iter().any(keeps_others);
        let mut sources: Vec<_> = first.into_iter().collect();
        for join in &mut self.joins {
            let Source::Table(source) = join.source else { continue };
            let own = criteria.of(source);
            if join.kind == JoinKind::Cross && !own.is_empty() {
                join.kind = JoinKind::Inner;
            }
            if keeps_others(join) {
                // What is left out must neither match nor be kept.
                add(&mut join.on, sources.iter().flat_map(|(_, criteria)| criteria.clone()).collect());
            }
            add(&mut join.on, own.clone());
            sources.push((source, own));
        }
        let is_missing =
            |source: TableReference| source.column(source.table.primary_key[0]).unary(UnaryOperator::IsNull);
        let restricted = sources.into_iter().filter(|(_, criteria)| !criteria.is_empty());
        let kept = restricted
            .map(|(source, criteria)| Expression::or([is_missing(source), Expression::and(criteria)]));
        keeps.then(|| kept.collect())
    }

    /// Says this of all rows that it reads, in whatever statement it stands.
    pub(crate) fn saying(mut self, criteria: &Criteria) -> Self {
        self.say(criteria);
        self
    }

    fn say(&mut self, criteria: &Criteria) {
        if criteria.says_something() {
            let own = self.criteria.take().unwrap_or_default();
            self.criteria = Some(Box::new(own.within(criteria)));
        }
    }

    /// Its common tables, for a statement that is to begin with them; what it says holds for them there too.
    pub(super) fn take_with(&mut self) -> Vec<CommonTable> {
        let mut with = std::mem::take(&mut self.with);
        if let Some(criteria) = &self.criteria {
            with.iter_mut().filter_map(CommonTable::query_mut).for_each(|query| query.say(criteria));
        }
        with
    }

    /// The rows of its first source are read whatever the criteria say.
    pub(crate) fn unrestricted(self) -> Self {
        Self { unrestricted: true, ..self }
    }
}

impl ChangeStatement {
    /// Changes only those rows, and reads only those, that criteria let through.
    pub(crate) fn restricted(mut self, criteria: &Criteria) -> Self {
        self.with.iter_mut().filter_map(CommonTable::query_mut).for_each(|query| query.restrict(criteria));
        let set = self.set.iter_mut().flatten().map(|(_, value)| value);
        set.chain(&mut self.filter).for_each(|expression| expression.restrict(criteria));
        // What marks rows as deleted leaves those alone that are, by itself.
        let own = Criteria { with_deleted: criteria.with_deleted || self.marks, ..criteria.clone() };
        narrow(&mut self.filter, own.of(TableReference::of(self.table)));
        self.outputs.iter_mut().for_each(|output| output.restrict(criteria));
        self.others.iter().for_each(|&other| narrow(&mut self.filter, criteria.of(other)));
        self
    }
}

impl InsertStatement {
    /// Of the rows that are there, changes only those that criteria let through; so it reads.
    pub(crate) fn restricted(mut self, criteria: &Criteria) -> Self {
        self.with.iter_mut().filter_map(CommonTable::query_mut).for_each(|query| query.restrict(criteria));
        if let InsertSource::Select(query) = &mut self.source {
            query.restrict(criteria);
        }
        self.outputs.iter_mut().for_each(|output| output.restrict(criteria));
        let update = self.conflict.as_mut().and_then(|conflict| conflict.update.as_mut());
        if let Some(update) = update {
            let set = update.set.iter_mut().map(|(_, value)| value);
            set.chain(&mut update.filter).for_each(|expression| expression.restrict(criteria));
            narrow(&mut update.filter, criteria.of(TableReference::of(self.table)));
        }
        self
    }
}

impl RawSql {
    /// The same; the typed queries within do not show the rows that criteria leave out.
    pub(crate) fn restricted(mut self, criteria: &Criteria) -> Self {
        let queries = self.0.iter_mut().filter_map(Fragment::expression_mut);
        queries.for_each(|query| query.restrict(criteria));
        self
    }
}

/// Adds criteria to a filter.
fn narrow(filter: &mut Option<Expression>, criteria: Vec<Expression>) {
    let all = filter.take().into_iter().chain(criteria).collect::<Vec<_>>();
    *filter = (!all.is_empty()).then(|| Expression::and(all));
}

impl Source {
    fn restrict(&mut self, criteria: &Criteria) {
        match self {
            Self::Subquery(query, _) | Self::Numbered(query, ..) => query.restrict(criteria),
            Self::Derived(derived) => match &mut derived.body {
                DerivedBody::Select(query) => query.restrict(criteria),
                DerivedBody::Call(call) => call.restrict(criteria),
            },
            Self::Table(_) | Self::Function(..) | Self::Keys(..) => {}
        }
    }
}

impl Expression {
    /// Restricts the subqueries within.
    fn restrict(&mut self, criteria: &Criteria) {
        if let Self::In(_, query) | Self::Exists(query) | Self::Subquery(query) = self {
            query.restrict(criteria);
        }
        self.children_mut().into_iter().for_each(|child| child.restrict(criteria));
    }
}

fn add(on: &mut Expression, criteria: Vec<Expression>) {
    if !criteria.is_empty() {
        let own = std::mem::replace(on, Expression::And(Vec::new()));
        *on = Expression::and(std::iter::once(own).chain(criteria));
    }
}

/// Shows the conditions, and so no values.
impl fmt::Debug for Criteria {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let conditions = self.conditions.iter().map(|(_, condition)| condition);
        let words = [(self.with_deleted, "with deleted"), (self.alone, "without the session's")];
        let words = words.iter().filter(|(is_said, _)| *is_said).map(|(_, word)| word);
        f.debug_list().entries(conditions).entries(words).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Criteria, Expression, SelectStatement};
    use crate::query::ColumnOperators;
    use crate::query::fixture::{POSTS, Post, USERS, User};
    use crate::query::{Alias, TableReference};

    fn criteria() -> Criteria {
        let mut criteria = Criteria::default();
        criteria.push(USERS, User::id.gt(1).0);
        criteria.push(POSTS, Post::id.gt(2).0);
        criteria
    }

    fn text(statement: SelectStatement) -> String {
        let text = statement.restricted(&criteria()).to_sql().text;
        text.split_once(" FROM ").map(|(_, rest)| rest.to_owned()).unwrap_or_default()
    }

    #[test]
    fn a_table_is_restricted_under_the_name_that_it_has() {
        assert_eq!(text(SelectStatement::of(USERS)), "users WHERE users.id > $1");
        let alias = TableReference::aliased(USERS, Alias::numbered("users", 1));
        let join = SelectStatement::of(USERS).left_join(alias, Expression::And(Vec::new()));
        assert_eq!(text(join), "users LEFT JOIN users AS users_1 ON users_1.id > $1 WHERE users.id > $1");
    }

    #[test]
    fn what_a_left_join_keeps_is_kept() {
        let posts = TableReference::of(POSTS);
        let on = || TableReference::of(USERS).column(0).equal(posts.column(0));
        let left = SelectStatement::of(USERS).left_join(posts, on());
        assert_eq!(
            text(left),
            "users LEFT JOIN posts ON users.id = posts.id AND posts.id > $1 WHERE users.id > $2"
        );
    }

    #[test]
    fn subselects_are_restricted_too() {
        let limited = SelectStatement::of(USERS).limit(1).into_subquery(Alias::anonymous(1));
        assert!(text(limited).contains("FROM users WHERE users.id > $1 LIMIT $2) AS anon_1"));
        let exists = SelectStatement::of(USERS).exists().restricted(&criteria()).to_sql().text;
        assert_eq!(exists, "SELECT EXISTS (SELECT 1 FROM users WHERE users.id > $1)");
        assert_eq!(text(SelectStatement::of(USERS).unrestricted()), "users");
    }
}
