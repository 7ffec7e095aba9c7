//! Floor 5: after the statements succeeded, the graph says what the database has.
//!
//! Edits made while the flush was under way stay on top of what was written.

use hashbrown::HashSet;

use super::changes::{Row, deletes_links, lets_go};
use super::execute::Written;
use super::plan::{Plan, Step, StepAction};
use crate::graph::{Change, EntityState, Locked, Node, Record, on_top};
use crate::model::{Action, ColumnSet, Kind, RelationshipFacts, Table};

impl Locked<'_> {
    /// Takes over what a plan wrote.
    pub(crate) fn settle(&mut self, plan: &Plan, written: &Written) {
        self.end_flush();
        for step in &plan.steps {
            for row in &step.rows {
                match (step.action, written.0.get(&row.node)) {
                    (StepAction::Insert(_), Some(&version)) => self.inserted(row, version),
                    (StepAction::Update(_), Some(&version)) => self.updated(row, version),
                    _ => {}
                }
            }
            if step.action == StepAction::Delete {
                let positions: Vec<u32> = step.rows.iter().map(|row| row.node.position).collect();
                self.deleted((step.table.number)(), &positions);
            }
        }
        let is_written = |step: &&Step| matches!(step.action, StepAction::Insert(_) | StepAction::Update(_));
        let rows = || plan.steps.iter().filter(is_written).flat_map(|step| &step.rows).map(|row| row.node);
        self.followed(rows(), written);
        // Keys given by value may name rows that came into being with this flush.
        rows().for_each(|node| self.link_by_keys(node));
        self.keep_unwritten();
    }

    /// Rows that the database changed since they refer to others.
    fn followed(&mut self, rows: impl Iterator<Item = Node>, written: &Written) {
        let rows: HashSet<Node> = rows.collect();
        let mut followed: Vec<_> = written.0.iter().filter(|(node, _)| !rows.contains(*node)).collect();
        followed.sort_unstable();
        for (&node, &version) in followed {
            if self.record(node).is_persistent() {
                self.rebase(node, version, false);
            }
        }
    }

    fn inserted(&mut self, row: &Row, version: u32) {
        let head = self.arena(row.node.model).publish(row.node.position);
        self.log_insert(row.node, row.version);
        let now = self.transaction();
        let record = self.record_mut(row.node);
        // One that was deleted while its row went in is deleted by the next flush.
        record.doomed = record.state == EntityState::Transient;
        record.state = EntityState::Persistent;
        record.base = version;
        record.fresh = now;
        self.enter(row.node);
        self.move_head(row, head, version);
        self.queue(row.node);
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

    /// The nodes, of one model, are gone from the database.
    fn deleted(&mut self, model: usize, positions: &[u32]) {
        let gone: HashSet<u32> = positions.iter().copied().collect();
        for facts in self.table(model).relationships {
            if let Some(inverse) = facts.inverse.filter(|_| facts.kind.is_has()) {
                self.children_of_deleted(&gone, (facts.target)(), inverse);
            }
        }
        for (table, relationship) in self.not_named_back(self.table(model)) {
            self.children_of_deleted(&gone, table, relationship);
        }
        for (relationship, facts) in self.table(model).relationships.iter().enumerate() {
            if facts.kind == Kind::BelongsTo {
                self.detach_all(model, relationship, positions);
            }
        }
        for &position in positions {
            self.delete(Node { model, position });
        }
    }

    /// The relationships that lead to a table from models which have nodes here, and that it does not know.
    fn not_named_back(&self, target: &'static Table) -> Vec<(&'static Table, usize)> {
        let leads_here = |facts: &RelationshipFacts| {
            facts.kind == Kind::BelongsTo && facts.inverse.is_none() && (facts.target)().is(target)
        };
        let tables = self.models().map(|model| self.table(model));
        let all = tables.flat_map(|table| {
            let relationships = table.relationships.iter().enumerate();
            relationships.filter(|(_, facts)| leads_here(facts)).map(move |(place, _)| (table, place))
        });
        all.collect()
    }

    fn delete(&mut self, node: Node) {
        if !self.record(node).is_persistent() {
            return;
        }
        self.log(node);
        self.leave(node);
        let record = self.record_mut(node);
        if record.doomed {
            record.state = EntityState::Deleted;
            record.doomed = false;
            return;
        }
        // It was added again while its row was deleted: the next flush inserts it.
        record.state = EntityState::Pending;
        let all = ColumnSet::first(self.table(node.model).columns.len());
        self.model_mut(node.model).given.insert(node.position, all);
        self.queue(node);
    }

    /// What the database, or this flush, did to the rows that referred to deleted ones. The parents are still in the
    /// identity map, so that keys lead to them.
    fn children_of_deleted(&mut self, gone: &HashSet<u32>, table: &'static Table, relationship: usize) {
        let model = (table.number)();
        let key = &table.foreign_keys[table.relationships[relationship].foreign_key];
        let lets_go = key.on_delete == Action::SetNull || lets_go(table, key);
        let goes = key.on_delete == Action::Cascade || deletes_links(table, key);
        if !self.graph.has_arena(model) || !lets_go && !goes {
            return;
        }
        // One that is doomed has a step of its own, or is on its way already, in a circle.
        let is_row = |record: &Record| record.is_persistent() && !record.doomed;
        let orphans = self.led_to(gone, model, relationship, is_row);
        if table.is_bare() {
            for position in self.led_to(gone, model, relationship, Record::is_pending) {
                self.doom(Node { model, position });
            }
        }
        if lets_go {
            orphans
                .into_iter()
                .for_each(|position| self.let_go(self.side(Node { model, position }, relationship)));
        } else {
            for &position in &orphans {
                let node = Node { model, position };
                self.log(node);
                self.record_mut(node).doomed = true;
            }
            self.deleted(model, &orphans);
        }
    }

    /// The nodes of a model for which the condition holds and that a relationship leads to these.
    fn led_to(
        &mut self,
        gone: &HashSet<u32>,
        model: usize,
        relationship: usize,
        counts: impl Fn(&Record) -> bool,
    ) -> Vec<u32> {
        let count = u32::try_from(self.model(model).records.len()).unwrap_or(u32::MAX);
        let leads_there = |&position: &u32| {
            let child = self.side(Node { model, position }, relationship);
            counts(self.record(child.node))
                && self.link(child).position().is_some_and(|parent| gone.contains(&parent))
        };
        (0..count).filter(leads_there).collect()
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
