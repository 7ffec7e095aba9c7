//! Floor 3: new rows come in.

use super::links::Side;
use super::new::{Child, NewRow};
use super::record::{NO_BATCH, NodeRef};
use super::undo::Undo;
use super::{EntityState, Link, Locked, Node, Record};
use crate::error::Error;
use crate::model::{AnyModel, ColumnSet, ForeignKey, Kind, Table};

impl Locked<'_> {
    /// A new row becomes a pending entity, with what comes with it.
    pub(crate) fn add_new(&mut self, mut new: NewRow) -> Node {
        if self.state.outside.is_none() {
            new.number_version();
        }
        new.know_nulls();
        let NewRow { table, value, given, links, children } = new;
        let node = self.create_with(table, value, given);
        let refused =
            links.into_iter().filter(|&(relationship, target)| !self.link_to(node, relationship, target));
        if refused.count() > 0 {
            // Without its parent the row would be a wrong one, and so would what comes with it.
            self.take_out(node);
            return node;
        }
        self.link_by_given_keys(node);
        for child in children {
            self.add_child(node, child);
        }
        node
    }

    fn add_child(&mut self, parent: Node, child: Child) {
        match child {
            Child::Row(relationship, row) => {
                let node = self.add_new(row);
                self.set_link(self.side(node, relationship), Some(parent.position));
            }
            Child::Link(relationship, target, links) => {
                let side = self.side(parent, relationship);
                if target.graph == self.graph.id() {
                    self.add_again_if_out(target.node);
                    self.add_link(side, target.node, links);
                } else if !self.link_outside(side, target, links) {
                    let (this, other) = (self.table(parent.model).model, (side.facts.target)().model);
                    self.report(Error::foreign_entity(other, this));
                }
            }
        }
    }

    /// A pending node of a table, of whose columns these are given.
    pub(super) fn create_with(
        &mut self,
        table: &'static Table,
        value: Box<dyn AnyModel>,
        given: ColumnSet,
    ) -> Node {
        let version = self.make_arena(table).push(value);
        let node = self.create((table.number)(), version);
        self.model_mut(node.model).given.insert(node.position, given);
        node
    }

    /// A pending node of a model, with a version of its arena.
    pub(super) fn create(&mut self, model: usize, version: u32) -> Node {
        let node = Node { model, position: self.arena(model).push_node(version) };
        let logged = self.state.undo.stretch();
        self.model_mut(node.model).records.push(Record {
            base: version,
            batch: NO_BATCH,
            fresh: 0,
            logged,
            state: EntityState::Pending,
            queued: false,
            doomed: false,
            for_good: false,
            row_stays: false,
            born_here: true,
            expunged: false,
        });
        self.state.undo.push(Undo::Created(node));
        self.queue(node);
        node
    }

    /// A row that was just read is one that this transaction has inserted: a rollback takes it out.
    pub(crate) fn note_inserted(&mut self, node: Node) {
        let record = *self.record(node);
        self.state.undo.push(Undo::Created(node));
        let before = Record { state: EntityState::Pending, born_here: true, ..record };
        let head = self.arena(node.model).published(node.position);
        self.state.undo.push(Undo::Inserted { node, record: before, head });
        let logged = self.state.undo.stretch();
        let record = self.record_mut(node);
        record.born_here = true;
        record.logged = logged;
    }

    /// Lets a node lead to an entity that the application named. One of another graph is refused and reported.
    fn link_to(&mut self, node: Node, relationship: usize, target: NodeRef) -> bool {
        let side = self.side(node, relationship);
        if target.graph != self.graph.id() {
            if let Some(outside) = &mut self.state.outside {
                outside.push((node, relationship, target));
                return true;
            }
            let (this, other) = (self.table(node.model).model, (side.facts.target)().model);
            self.report(Error::foreign_entity(other, this));
            return false;
        }
        self.add_again_if_out(target.node);
        self.set_link(side, Some(target.node.position));
        true
    }

    /// Where a key was given by value, and its entity is in memory, both sides know it.
    pub(crate) fn link_by_keys(&mut self, node: Node) {
        self.link_where(node, |_, _| true);
    }

    /// The same of a new row, of which a key says nothing while it is not given.
    fn link_by_given_keys(&mut self, node: Node) {
        self.link_where(node, |locked, key| locked.has_key(node, key.columns));
    }

    fn link_where(&mut self, node: Node, is_said: impl Fn(&Self, &ForeignKey) -> bool) {
        let table = self.table(node.model);
        for (relationship, facts) in table.relationships.iter().enumerate() {
            let side = Side { node, relationship, facts };
            if facts.kind == Kind::BelongsTo
                && self.slot(side) == Link::Unknown
                && is_said(self, facts.foreign_key(table))
            {
                let to = self.link(side);
                self.attach(side, to.position());
            }
        }
    }

    /// Marks a row for deletion; one that is only pending is taken out again.
    pub(crate) fn doom(&mut self, node: Node) {
        let table = self.table(node.model);
        match self.record(node).state {
            _ if self.record(node).row_stays => {}
            EntityState::Persistent if !self.record(node).for_good && self.is_marked(node) => {}
            EntityState::Persistent => {
                self.log(node);
                self.record_mut(node).doomed = true;
                self.queue(node);
            }
            EntityState::Pending => self.take_out(node),
            EntityState::Deleted => {}
            EntityState::Detached if self.record(node).is_let_go() => {
                self.take_back(node);
                if self.record(node).is_persistent() {
                    self.doom(node);
                }
            }
            EntityState::Transient | EntityState::Detached => {
                self.report(Error::not_persistent(table.model, "delete"));
            }
        }
    }

    /// An entity that left the session comes back, and with it what it is linked to.
    pub(crate) fn add_again(&mut self, node: Node) {
        match self.record(node).state {
            EntityState::Transient => {}
            EntityState::Pending | EntityState::Persistent => {
                if self.record(node).doomed {
                    self.log(node);
                    self.record_mut(node).doomed = false;
                    self.record_mut(node).for_good = false;
                }
                self.state.going.remove(&node);
                return;
            }
            _ if self.record(node).row_stays => return self.unmark_row(node),
            EntityState::Detached if self.record(node).is_let_go() => return self.take_back(node),
            EntityState::Deleted | EntityState::Detached => return self.insert_again(node),
        }
        self.log(node);
        self.state.undo.push(Undo::Created(node));
        let record = self.record_mut(node);
        record.state = EntityState::Pending;
        record.born_here = true;
        record.expunged = false;
        self.queue(node);
        self.add_linked_again(node);
    }

    pub(super) fn add_linked_again(&mut self, node: Node) {
        for (relationship, facts) in self.table(node.model).relationships.iter().enumerate() {
            let side = Side { node, relationship, facts };
            let model = ((facts.target)().number)();
            match facts.kind {
                Kind::BelongsTo => {
                    let Link::To(position) = self.link(side) else { continue };
                    self.add_again_if_out(Node { model, position });
                    self.attach_once(side, position);
                    // The parent may have got its key since.
                    if self.has_other_key(side, Node { model, position }) {
                        self.copy_key(side, Some(position));
                    }
                }
                Kind::HasOne => {
                    let Link::To(position) = self.slot(side) else { continue };
                    self.add_again_if_out(Node { model, position });
                }
                Kind::HasMany => {
                    for position in self.held(side) {
                        self.add_again_if_out(Node { model, position });
                    }
                }
                Kind::ManyToMany => {}
            }
        }
    }

    pub(crate) fn add_again_if_out(&mut self, node: Node) {
        if self.record(node).is_out() {
            self.add_again(node);
        }
    }

    /// The inverse takes the node back in, unless it has kept it.
    fn attach_once(&mut self, side: Side, position: u32) {
        let Some(inverse) = self.inverse(side, position) else { return };
        let held = match inverse.facts.kind {
            Kind::HasMany => self.collection_mut(inverse).items.contains(side.node.position),
            _ => self.slot(inverse) == Link::To(side.node.position),
        };
        if !held {
            self.attach(side, Some(position));
        }
    }
}
