//! Floor 5: after the statements succeeded, the graph says what the database has.
//!
//! Edits made while the flush was under way stay on top of what was written.

use hashbrown::HashSet;

use super::changes::Row;
use super::execute::Written;
use super::plan::{Plan, Step, StepAction};
use super::released::{deletes_links, lets_go};
use crate::graph::{Change, EntityState, Locked, Node, on_top};
use crate::model::{Action, ColumnSet, Kind, RelationshipFacts, Table};

impl Locked<'_> {
    /// Takes over what a plan wrote.
    pub(crate) fn settle(&mut self, plan: &Plan, written: &Written) {
        self.end_flush();
        let is_written = |step: &&Step| matches!(step.action, StepAction::Insert(_) | StepAction::Update(_));
        let rows = || plan.steps.iter().filter(is_written).flat_map(|step| &step.rows).map(|row| row.node);
        let last = plan.steps.iter().rposition(|step| is_written(&step));
        let rekeys = plan.steps.iter().flat_map(|step| &step.rows).any(|row| row.rekeys);
        for (place, step) in plan.steps.iter().enumerate() {
            if let StepAction::Insert(_) = step.action {
                self.make_room((step.table.number)(), step.rows.len());
            }
            for row in &step.rows {
                match (step.action, written.0.get(&row.node)) {
                    (StepAction::Insert(_), Some(&version)) => self.inserted(row, version),
                    (StepAction::Update(_), Some(&version)) => self.updated(row, version),
                    _ => {}
                }
            }
            if rekeys && Some(place) == last {
                // Before the deletes, which let go rows that may be among these.
                self.followed(rows(), written);
            }
            let marked = step.rows.iter().filter(|row| row.leaves).map(|row| row.node.position);
            let marked: Vec<u32> = marked.collect();
            if !marked.is_empty() {
                self.settle_marked((step.table.number)(), &marked);
            }
            if step.action == StepAction::Delete {
                let positions: Vec<u32> = step.rows.iter().map(|row| row.node.position).collect();
                self.deleted((step.table.number)(), &positions);
            }
        }
        // Keys given by value may name rows that came into being with this flush.
        rows().for_each(|node| self.link_by_keys(node));
        if !rekeys && self.is_undisturbed() {
            rows().for_each(|node| self.rest(node));
        }
        self.keep_unwritten();
    }

    /// Rows that the database changed since they refer to others.
    pub(super) fn followed(&mut self, rows: impl Iterator<Item = Node>, written: &Written) {
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
        record.doomed = record.state == EntityState::Transient && !record.expunged;
        record.state = if record.expunged { EntityState::Detached } else { EntityState::Persistent };
        record.base = version;
        record.fresh = now;
        if !record.expunged {
            self.enter(row.node);
        }
        self.move_head(row, head, version);
        self.settle_assignments(row, head);
        self.queue(row.node);
    }

    fn updated(&mut self, row: &Row, version: u32) {
        if self.record(row.node).expunged {
            self.record_mut(row.node).base = version;
            return;
        }
        let head = self.arena(row.node.model).publish(row.node.position);
        self.log(row.node);
        let moves = !self.is_found_alike(row.node, version);
        if moves {
            self.leave(row.node);
        }
        let now = self.transaction();
        let record = self.record_mut(row.node);
        record.base = version;
        record.fresh = now;
        if moves {
            self.enter(row.node);
        }
        self.move_head(row, head, version);
        self.settle_assignments(row, head);
    }

    /// What was written, and nobody has touched since the plan was made, is as the database has it: no flush looks at it.
    fn rest(&mut self, node: Node) {
        let head = self.arena(node.model).published(node.position);
        let has_assignments = !self.assignments(node).is_empty();
        let record = self.record_mut(node);
        record.queued &= has_assignments || record.base != head || record.doomed;
    }

    /// Expressions have become values, which may be keys.
    fn settle_assignments(&mut self, row: &Row, before: u32) {
        if row.assignments.is_empty() {
            return;
        }
        self.end_assignments(row.node, &row.assignments);
        let arena = self.arena(row.node.model);
        let changed = arena.difference(before, arena.published(row.node.position));
        self.follow_keys(
            row.node,
            changed.iter().filter(|&column| row.assigned().contains(column)).collect(),
        );
    }

    fn move_head(&mut self, row: &Row, head: u32, version: u32) {
        let arena = self.arena(row.node.model);
        // A row that is written twice in one flush has been moved on already.
        if head != version {
            arena.set_head(row.node.position, on_top(arena, version, row.version, head));
        }
    }

    /// The nodes, of one model, are gone from the database, and what the database deletes with them.
    pub(super) fn deleted(&mut self, model: usize, positions: &[u32]) {
        let mut open = vec![(model, positions.to_vec())];
        while let Some((model, positions)) = open.pop() {
            let base = |&position: &u32| self.record(Node { model, position }).base;
            let gone: Vec<u32> = positions.iter().map(base).collect();
            for (child, relationship) in self.referring(model) {
                self.take_links_out(&positions, child, relationship);
                let along = self.children_of_deleted(model, &gone, child, relationship);
                open.extend((!along.is_empty()).then_some(((child.number)(), along)));
            }
            for (relationship, facts) in self.table(model).relationships.iter().enumerate() {
                if facts.kind == Kind::BelongsTo {
                    self.detach_all(model, relationship, &positions);
                }
            }
            for &position in &positions {
                self.delete(Node { model, position });
            }
        }
    }

    /// The relationships that run over keys which refer to a model, with their tables: those that it knows, and those of
    /// other models with nodes here.
    pub(super) fn referring(&self, model: usize) -> Vec<(&'static Table, usize)> {
        let target = self.table(model);
        let known = target.relationships.iter().filter(|facts| facts.kind.is_has());
        let known = known.filter_map(|facts| Some(((facts.target)(), facts.inverse?)));
        let leads_here = |facts: &RelationshipFacts| {
            facts.kind == Kind::BelongsTo && facts.inverse.is_none() && (facts.target)().is(target)
        };
        let others = self.models().map(|model| self.table(model)).flat_map(|table| {
            let relationships = table.relationships.iter().enumerate();
            relationships.filter(|(_, facts)| leads_here(facts)).map(move |(place, _)| (table, place))
        });
        known.chain(others).collect()
    }

    fn delete(&mut self, node: Node) {
        if !self.record(node).is_persistent() {
            return;
        }
        self.log(node);
        self.leave(node);
        let goes_along = self.goes_along(node);
        let record = self.record_mut(node);
        if record.doomed || goes_along {
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

    /// What the database, or this flush, did to the rows that referred to deleted ones: those that are let go are so in
    /// memory; those that are gone too. `gone` are the versions in which the deleted rows were.
    pub(super) fn children_of_deleted(
        &mut self,
        model: usize,
        gone: &[u32],
        table: &'static Table,
        relationship: usize,
    ) -> Vec<u32> {
        let child_model = (table.number)();
        let key = &table.foreign_keys[table.relationships[relationship].foreign_key];
        let lets_go = key.on_delete == Action::SetNull || lets_go(table, key);
        let goes = key.on_delete == Action::Cascade || deletes_links(table, key);
        if !self.graph.has_arena(child_model) || !lets_go && !goes {
            return Vec::new();
        }
        let arena = self.arena(model);
        let mut along = Vec::new();
        for &version in gone {
            let values = (key.references)().iter().map(|&column| arena.value(version, column));
            for position in self.referrers(child_model, key.columns, &values.collect::<Vec<_>>()) {
                let node = Node { model: child_model, position };
                // One that is doomed has a step of its own, or is on its way already, in a circle.
                if self.record(node).doomed || self.goes_along(node) {
                    continue;
                }
                if lets_go {
                    self.let_go(self.side(node, relationship));
                } else {
                    self.log(node);
                    self.record_mut(node).doomed = true;
                    along.push(position);
                }
            }
        }
        along
    }

    /// New bare links that lead to these, which are gone, leave.
    fn take_links_out(&mut self, gone: &[u32], table: &'static Table, relationship: usize) {
        if !table.is_bare() || !self.graph.has_arena((table.number)()) {
            return;
        }
        let gone: HashSet<u32> = gone.iter().copied().collect();
        let model = (table.number)();
        for position in self.model(model).changed.clone() {
            let link = self.side(Node { model, position }, relationship);
            let is_lost = self.slot(link).position().is_some_and(|end| gone.contains(&end));
            if is_lost && self.record(link.node).is_pending() {
                self.take_out(link.node);
            }
        }
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
                let was_queued = std::mem::replace(&mut self.record_mut(node).queued, false);
                if was_queued && self.is_dirty(node) {
                    self.queue(node);
                }
            }
        }
    }
}
