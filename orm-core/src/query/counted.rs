//! Floor 2: statements about the rows of a statement: how many, and whether there are any.

use super::source::{Join, JoinKind};
use super::{Alias, Expression, SelectStatement, Source, UnaryOperator};

impl SelectStatement {
    /// Without rows in which the first source is missing, as an outer join keeps them.
    pub(crate) fn of_first(self) -> Self {
        let keeps_others = |join: &Join| matches!(join.kind, JoinKind::Right | JoinKind::Full);
        match self.from {
            Some(Source::Table(first)) if self.joins.iter().any(keeps_others) => {
                let is_there = first.column(first.table.primary_key[0]).unary(UnaryOperator::IsNotNull);
                self.filter(is_there)
            }
            _ => self,
        }
    }

    /// The statement that yields how many rows this one has.
    pub(crate) fn count(mut self) -> Self {
        let count = vec![Expression::Function("count", vec![Expression::Literal("*")])];
        let distinct = self.distinct.is_some();
        if !self.with_ties {
            self.order.clear();
        }
        if !distinct && !self.is_limited() && !self.is_grouped() && self.set.is_none() {
            return Self { outputs: count, ..self };
        }
        if !distinct && self.set.is_none() && !self.with_ties && !self.aggregates() {
            self.outputs = vec![Expression::Literal("1")];
        }
        let from = Source::Subquery(Box::new(self), Alias::anonymous(1));
        Self { outputs: count, from: Some(from), ..Self::default() }
    }

    /// The statement that yields whether this one has rows.
    pub(crate) fn exists(self) -> Self {
        Self { outputs: vec![self.into_exists()], ..Self::default() }
    }

    /// Whether this statement has rows, as a condition.
    pub(crate) fn into_exists(self) -> Expression {
        // Whether there is a second row depends on the outputs, and all rows are one where these are aggregates.
        let skips_equal = self.distinct.is_some() && self.offset.is_some();
        if self.set.is_some() || skips_equal || self.aggregates() {
            return Expression::Exists(Box::new(self));
        }
        let outputs = vec![Expression::Literal("1")];
        let query = Self { outputs, order: Vec::new(), with_ties: false, distinct: None, ..self };
        Expression::Exists(Box::new(query))
    }

    /// Whether a row stands for several of those that are read.
    pub(crate) fn is_grouped(&self) -> bool {
        !self.group_by.is_empty() || self.having.is_some() || self.aggregates()
    }

    /// Whether its rows have aggregates in them.
    fn aggregates(&self) -> bool {
        self.outputs.iter().any(Expression::is_aggregate)
    }
}
