//! Floor 5: after the statements succeeded, the graph says what the database has.
//!
//! Edits made while the flush was under way stay on top of what was written.

use super::changes::{Row, lets_go};
use super::execute::Written;
use super::plan::{Plan, StepAction};
use crate::graph::{Change, EntityState, Link, Locked, Node, on_top};
use crate::model::{Action, Kind, Table};

impl Locked<'_> {
    /// Takes over what a plan wrote.
    pub(crate) fn settle(&mut self, plan: &Plan, written: &Written) {
        for step in &plan.steps {
            for row in &step.rows {
                match (step.action, written.0.get(&row.node)) {
                    (StepAction::Insert(_), Some(&version)) => self.inserted(row, version),
                    (StepAction::Update(_), Some(&version)) => self.updated(row, version),
                    (StepAction::Delete, _) => self.deleted(row),
                    _ => {}
                }
            }
        }
        self.keep_unwritten();
    }

    fn inserted(&mut self, row: &Row, version: u32) {
        let head = self.arena(row.node.model).publish(row.node.position);
        self.log_insert(row.node, row.version);
        let now = self.transaction();
        let record = self.record_mut(row.node);
        record.state = EntityState::Persistent;
        record.base = version;
        record.fresh = now;
        self.enter(row.node);
        self.move_head(row, head, version);
    }

    fn updated(&mut self, row: &Row, version: u32) {
        let head = self.arena(row.node.model).publish(row.node.position);
        self.log(row.node);
        self.leave(row.node);
        let now = self.transaction();
        let record = self.record_mut(row.node);
        record.base = version;
        record.fresh = now;
        self.enter(row.node);
        self.move_head(row, head, version);
    }

    fn move_head(&mut self, row: &Row, head: u32, version: u32) {
        let arena = self.arena(row.node.model);
        // A row that is written twice in one flush has been moved on already.
        if head != version {
            arena.set_head(row.node.position, on_top(arena, version, row.version, head));
        }
    }

    fn deleted(&mut self, row: &Row) {
        self.log(row.node);
        self.leave(row.node);
        let record = self.record_mut(row.node);
        record.state = EntityState::Deleted;
        record.doomed = false;
        for (relationship, facts) in row.table.relationships.iter().enumerate() {
            let side = self.side(row.node, relationship);
            if facts.kind == Kind::BelongsTo {
                let link = self.link(side);
                self.detach(side, link);
            } else if let Some(inverse) = facts.inverse {
                self.children_of_deleted(row.node, (facts.target)(), inverse);
            }
        }
    }

    /// What the database, or this flush, did to the rows that referred to a deleted one.
    fn children_of_deleted(&mut self, parent: Node, table: &'static Table, relationship: usize) {
        let model = (table.number)();
        if !self.graph.has_arena(model) {
            return;
        }
        let key = &table.foreign_keys[table.relationships[relationship].foreign_key];
        let count = self.model(model).records.len();
        for position in (0..).take(count) {
            let child = self.side(Node { model, position }, relationship);
            if self.record(child.node).is_persistent() && self.link(child) == Link::To(parent.position) {
                match key.on_delete {
                    Action::Cascade => self.deleted_with_parent(child.node),
                    Action::SetNull => self.let_go(child),
                    _ if lets_go(table, key) => self.let_go(child),
                    _ => {}
                }
            }
        }
    }

    fn deleted_with_parent(&mut self, node: Node) {
        let (table, base) = (self.table(node.model), self.record(node).base);
        let row = Row::of(node, table, base);
        self.deleted(&row);
    }

    /// The key is NULL in the database; so it is in memory.
    fn let_go(&mut self, child: crate::graph::Side) {
        let table = self.table(child.node.model);
        let key = child.facts.foreign_key(table);
        let nulls = key.columns.iter().filter(|&&column| table.columns[column].nullable);
        let changes: Vec<_> = nulls.map(|&column| (column, Change::Null)).collect();
        let base = self.record(child.node).base;
        let base = self.arena(child.node.model).derive(base, &changes).expect("setting NULL decodes nothing");
        self.rebase(child.node, base, false);
    }

    /// The list of what the next flush looks at keeps what was changed since the plan was made.
    pub(crate) fn keep_unwritten(&mut self) {
        for model in self.models() {
            let changed = std::mem::take(&mut self.model_mut(model).changed);
            for position in changed {
                let node = Node { model, position };
                self.record_mut(node).queued = false;
                if self.is_dirty(node) {
                    self.queue(node);
                }
            }
        }
    }
}
