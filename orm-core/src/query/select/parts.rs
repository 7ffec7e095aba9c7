//! Floor 2: what a SELECT is made of, to be walked: tables, sources, expressions.

use super::SelectStatement;
use crate::model::Table;
use crate::query::{Expression, Source};

impl SelectStatement {
    /// All tables that the statement reads, also in subqueries, each once.
    pub(crate) fn tables(&self) -> Vec<&'static Table> {
        let mut tables = Vec::new();
        self.collect_tables(&mut tables);
        tables
    }

    pub(in crate::query) fn collect_tables(&self, tables: &mut Vec<&'static Table>) {
        for source in self.sources() {
            source.collect_tables(tables);
        }
        for query in self.queries() {
            query.collect_tables(tables);
        }
        for expression in self.expressions() {
            expression.collect_tables(tables);
        }
        self.criteria.iter().for_each(|criteria| criteria.collect_tables(tables));
    }

    /// All expressions of the statement's own.
    fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let conditions = self.joins.iter().map(|join| &join.on).chain(&self.filter).chain(&self.having);
        let windows = self.windows.iter().flat_map(|(_, window)| window.children());
        let order = self.order.iter().map(|order| &order.expression);
        let distinct = self.distinct.iter().flatten();
        self.outputs
            .iter()
            .chain(distinct)
            .chain(conditions)
            .chain(&self.group_by)
            .chain(windows)
            .chain(order)
    }

    /// The same, to be changed.
    pub(in crate::query) fn expressions_mut(&mut self) -> impl Iterator<Item = &mut Expression> {
        let conditions = self.joins.iter_mut().map(|join| &mut join.on);
        let conditions = conditions.chain(&mut self.filter).chain(&mut self.having);
        let windows = self.windows.iter_mut().flat_map(|(_, window)| window.children_mut());
        let order = self.order.iter_mut().map(|order| &mut order.expression);
        let distinct = self.distinct.iter_mut().flatten();
        self.outputs
            .iter_mut()
            .chain(distinct)
            .chain(conditions)
            .chain(&mut self.group_by)
            .chain(windows)
            .chain(order)
    }

    pub(in crate::query) fn sources(&self) -> impl Iterator<Item = &Source> {
        self.from.iter().chain(self.joins.iter().map(|join| &join.source))
    }

    /// The same, to be changed.
    pub(in crate::query) fn sources_mut(&mut self) -> impl Iterator<Item = &mut Source> {
        self.from.iter_mut().chain(self.joins.iter_mut().map(|join| &mut join.source))
    }
}
