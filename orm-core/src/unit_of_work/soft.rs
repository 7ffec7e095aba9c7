//! Floor 5: rows that stay when they are deleted: the delete is an update, and goes the way of one.
//!
//! Invariant: with a row that stays no row goes. With one that goes for good, what hangs on it over its key goes for good
//! too, since it would refer to nothing.

use std::sync::Arc;

use super::cascade::Fate;
use super::changes::Row;
use crate::graph::{Assignment, Locked, Node, Side};

impl Fate {
    /// Whether the node leaves and its row stays.
    pub(crate) fn keeps(&self, node: Node) -> bool {
        self.kept.contains(&node)
    }

    /// Whether the node's row is there no more.
    pub(crate) fn removes(&self, node: Node) -> bool {
        self.takes(node) && !self.keeps(node)
    }
}

impl Locked<'_> {
    /// Lets a node leave: for good, or as its model says. A row that is marked as deleted already is left alone.
    pub(super) fn take(&self, node: Node, for_good: bool, fate: &mut Fate) {
        let record = self.record(node);
        let is_kept = !for_good
            && !record.for_good
            && record.is_persistent()
            && self.table(node.model).soft_delete().is_some();
        if !record.is_in_session() || is_kept && self.is_marked(node) {
            return;
        }
        if fate.gone.insert(node) {
            fate.kept.extend(is_kept.then_some(node));
            fate.in_order.push(node);
            fate.open.push(node);
        } else if !is_kept && fate.kept.remove(&node) {
            // What hangs on it goes for good too.
            fate.open.push(node);
        }
    }

    /// Whether what a row leads to, and belongs to it alone, goes for good with it.
    pub(super) fn purges(&self, node: Node, fate: &Fate) -> bool {
        fate.removes(node) && self.table(node.model).soft_delete().is_some()
    }

    /// The far side's rows that refer to a node in the database and are in memory, where results may have left some out.
    pub(super) fn unshown_children(&mut self, side: Side) -> Vec<Node> {
        let (table, target) = (self.table(side.node.model), (side.facts.target)());
        let model = (target.number)();
        let Some(inverse) = side.facts.inverse.filter(|_| self.hides(model)) else { return Vec::new() };
        if !self.record(side.node).is_persistent() {
            return Vec::new();
        }
        let key = side.facts.foreign_key(table);
        let (arena, base) = (self.arena(side.node.model), self.record(side.node).base);
        let values: Vec<_> = (key.references)().iter().map(|&column| arena.value(base, column)).collect();
        let found = self.referrers(model, key.columns, &values).into_iter();
        let nodes: Vec<Node> = found.map(|position| Node { model, position }).collect();
        let leads_here = |locked: &mut Self, node: Node| {
            let side_of_child = locked.side(node, inverse);
            locked.link(side_of_child).position() == Some(side.node.position)
        };
        nodes.into_iter().filter(|&node| leads_here(self, node)).collect()
    }

    /// Makes an update of a row the one that marks it as deleted. What was edited is written along, but for its key.
    pub(super) fn mark_row(&self, row: &mut Row) {
        row.leaves = true;
        row.table.primary_key.iter().for_each(|&column| row.columns.remove(column));
        row.part_assignments();
        let Some(column) = row.table.soft_delete() else { return };
        let value = row.table.columns[column].soft_delete.unwrap_or("now()");
        let is_given =
            row.columns.contains(column) && !self.arena(row.node.model).value(row.version, column).is_null();
        if !is_given && !row.assigned().contains(column) {
            row.assign(Arc::new(Assignment::of_model(column, value)));
        }
    }

    /// Rows that a flush has marked, of one model, leave the session.
    pub(super) fn settle_marked(&mut self, model: usize, positions: &[u32]) {
        for (relationship, facts) in self.table(model).relationships.iter().enumerate() {
            if facts.kind == crate::model::Kind::BelongsTo {
                self.detach_all(model, relationship, positions);
            }
        }
        positions.iter().for_each(|&position| self.marked(Node { model, position }));
        let gone: Vec<u32> = positions
            .iter()
            .copied()
            .filter(|&position| self.record(Node { model, position }).row_stays)
            .collect();
        for (table, relationship) in self.referring(model) {
            self.hide_from(model, &gone, table, relationship);
        }
    }
}
