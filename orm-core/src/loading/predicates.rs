//! Floor 6: conditions on where relationships lead, in the database.

use super::statement::on;
use crate::model::{Model, Relationship, RelationshipMarker};
use crate::query::{Alias, Condition, ConditionOn, Expression, JoinKind, SelectStatement, TableReference};
use crate::types::{ToMany, ToOne};

/// Whether the relationship leads to a row for which the condition holds.
pub(crate) fn leads_to<R: RelationshipMarker>(
    condition: impl FnOnce(TableReference) -> Option<Expression>,
) -> Expression {
    let source = TableReference::of(R::Source::TABLE);
    let target = beside(source, R::Target::TABLE, 1);
    let statement = match R::THROUGH {
        None => SelectStatement::columns_of(target, &[]).filter(on(R::INDEX, source, target)),
        Some(through) => {
            let links = beside(source, R::Link::TABLE, 2);
            SelectStatement::columns_of(links, &[])
                .join(JoinKind::Inner, target.into(), on(through.far, links, target))
                .filter(on(through.links, source, links))
        }
    };
    condition(target).into_iter().fold(statement, SelectStatement::filter).into_exists()
}

/// The table within a subquery: under an alias if it is the one outside too.
fn beside(source: TableReference, table: &'static crate::Table, number: u32) -> TableReference {
    match source.table.is(table) {
        true => TableReference::aliased(table, Alias::numbered(table.name, number)),
        false => TableReference::of(table),
    }
}

/// The condition with the target's columns under the name that it has within the subquery.
fn within(condition: Expression, target: TableReference) -> Expression {
    condition.map_sources(&|source| match source.alias.is_none() && source.table.is(target.table) {
        true => target,
        false => source,
    })
}

/// Conditions on a to-many relationship.
impl<R: RelationshipMarker<Cardinality: ToMany>> Relationship<R> {
    /// Whether it leads to a row for which the condition holds: `EXISTS (..)`.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let fans = select::<User>().filter(User::posts.any(Post::title.contains("Rust")));
    /// assert!(fans.to_string().ends_with(
    ///     "WHERE EXISTS (SELECT 1 FROM posts WHERE posts.user_id = users.id AND posts.title LIKE $1)"
    /// ));
    /// ```
    pub fn any<C: ConditionOn<R::Target>>(self, condition: C) -> Condition<R::Source> {
        let condition = condition.into_condition_on().0;
        Condition::new(leads_to::<R>(|target| Some(within(condition, target))))
    }

    /// Whether it leads to no row: `NOT EXISTS (..)`.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let silent = select::<User>().filter(User::posts.is_empty());
    /// assert!(
    ///     silent.to_string().ends_with("WHERE NOT EXISTS (SELECT 1 FROM posts WHERE posts.user_id = users.id)")
    /// );
    /// ```
    pub fn is_empty(self) -> Condition<R::Source> {
        !Condition::new(leads_to::<R>(|_| None))
    }
}

/// Conditions on a to-one relationship.
impl<R: RelationshipMarker<Cardinality: ToOne>> Relationship<R> {
    /// Whether it leads to a row for which the condition holds: `EXISTS (..)`.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let posts = select::<Post>().filter(Post::user.has(User::name.eq("Ann")));
    /// assert!(posts.to_string().ends_with(
    ///     "WHERE EXISTS (SELECT 1 FROM users WHERE posts.user_id = users.id AND users.name = $1)"
    /// ));
    /// ```
    pub fn has<C: ConditionOn<R::Target>>(self, condition: C) -> Condition<R::Source> {
        let condition = condition.into_condition_on().0;
        Condition::new(leads_to::<R>(|target| Some(within(condition, target))))
    }

    /// Whether it leads to no row: `NOT EXISTS (..)`.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let without = select::<User>().filter(User::profile.is_none());
    /// assert!(without.to_string().contains("WHERE NOT EXISTS (SELECT 1 FROM profiles WHERE"));
    /// ```
    pub fn is_none(self) -> Condition<R::Source> {
        !Condition::new(leads_to::<R>(|_| None))
    }
}
