//! Floor 5: what goes with what is deleted, by the `cascade` of the relationships.
//!
//! Found anew for each flush, from what is known then; nothing is marked before the rows are gone, so that taking a mark
//! back, a rollback or a flush that fails leaves no traces. Invariant: what is not known is named as missing, and found
//! when it has been loaded.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};

use super::released::is_released;
use crate::graph::{Link, Locked, Node, Side};
use crate::model::{Action, Cascade, Kind, RelationshipFacts, Table};
use crate::types::Value;

/// What leaves with the next flush: rows that are deleted, and new ones that do not go in.
#[derive(Default)]
pub(crate) struct Fate {
    pub(super) gone: HashSet<Node>,
    /// The same, those first with which others go.
    pub(super) in_order: Vec<Node>,
    /// Of what is gone, the rows that stay and are marked as deleted.
    pub(super) kept: HashSet<Node>,
    /// What is gone and has not been followed yet.
    pub(super) open: Vec<Node>,
    /// To-one targets that a row belongs to which did not lead there before.
    claims: HashMap<Node, Node>,
    /// Whether the database alone deletes what a relationship of a model leads to.
    passive: HashMap<(usize, usize), bool>,
    loads: bool,
    missing: BTreeMap<(usize, usize), Vec<u32>>,
    asked: HashSet<(Node, usize)>,
}

/// What must be loaded before it is known what goes: a relationship of some nodes of a model.
pub(crate) struct Missing {
    pub(crate) model: usize,
    pub(crate) relationship: usize,
    pub(crate) positions: Vec<u32>,
}

impl Fate {
    /// One for which what is missing will be loaded; any other is found from what is in memory.
    pub(crate) fn that_loads() -> Self {
        Self { loads: true, ..Self::default() }
    }

    /// Whether the node leaves.
    pub(crate) fn takes(&self, node: Node) -> bool {
        self.gone.contains(&node)
    }

    /// All that leave.
    pub(crate) fn all(&self) -> &HashSet<Node> {
        &self.gone
    }

    /// What must be loaded; each is named once.
    pub(crate) fn take_missing(&mut self) -> Vec<Missing> {
        let missing = std::mem::take(&mut self.missing).into_iter();
        missing.map(|((model, relationship), positions)| Missing { model, relationship, positions }).collect()
    }

    /// Forgets all but what was asked for: it may have changed meanwhile.
    fn start_over(&mut self) {
        let (loads, asked) = (self.loads, std::mem::take(&mut self.asked));
        *self = Self { loads, asked, ..Self::default() };
    }

    fn miss(&mut self, side: Side) {
        if self.loads && self.asked.insert((side.node, side.relationship)) {
            self.missing.entry((side.node.model, side.relationship)).or_default().push(side.node.position);
        }
    }

    fn is_claimed_from(&self, target: Node, holder: Node) -> bool {
        self.claims.get(&target).is_some_and(|&by| by != holder && !self.takes(by))
    }
}

impl<'g> Locked<'g> {
    /// Finds out what leaves, as far as it is in memory.
    pub(crate) fn decide(&mut self, fate: &mut Fate) {
        fate.start_over();
        let mut left = Vec::new();
        for model in self.models() {
            let has_rule = has_orphan_rule(self.table(model));
            for place in 0..self.model(model).changed.len() {
                let node = Node { model, position: self.model(model).changed[place] };
                if self.record(node).is_persistent() && self.record(node).doomed {
                    self.take(node, false, fate);
                } else if has_rule && self.record(node).is_in_session() {
                    self.find_orphans(node, fate, &mut left);
                }
            }
        }
        for (side, target) in left {
            self.take_target(side, target, false, fate);
        }
        while let Some(node) = fate.open.pop() {
            self.spread(node, fate);
        }
    }

    /// What leaves with the next flush, as far as it is in memory.
    pub(crate) fn leaving(&mut self) -> HashSet<Node> {
        let mut fate = Fate::default();
        self.decide(&mut fate);
        fate.gone
    }

    /// Finds out what leaves; new rows that would, if nothing is missing, leave the session now.
    pub(crate) fn decide_all(&mut self, fate: &mut Fate) {
        self.decide(fate);
        while fate.missing.is_empty() {
            let pending: Vec<Node> =
                fate.in_order.iter().copied().filter(|&node| self.record(node).is_pending()).collect();
            if pending.is_empty() {
                return;
            }
            for node in pending {
                if self.record(node).is_pending() {
                    self.take_out(node);
                }
            }
            self.decide(fate);
        }
    }

    /// The nodes of a model that the next flush looks at: those that were changed, and those that go along.
    pub(super) fn concerned(&self, model: usize, fate: &Fate) -> impl ExactSizeIterator<Item = Node> + use<> {
        let mut positions = self.model(model).changed.clone();
        let along = fate.all().iter().filter(|node| node.model == model && !self.record(**node).queued);
        positions.extend(along.map(|node| node.position));
        positions.sort_unstable();
        positions.into_iter().map(move |position| Node { model, position })
    }

    /// A changed node that was let go by a parent which deletes orphans goes; the to-one targets that it left are noted.
    fn find_orphans(&mut self, node: Node, fate: &mut Fate, left: &mut Vec<(Side, Option<Node>)>) {
        for (relationship, facts) in self.table(node.model).relationships.iter().enumerate() {
            let side = Side { node, relationship, facts };
            if holds_orphans(facts) && self.link(side) == Link::Absent && self.has_base_key(side) {
                self.take(node, false, fate);
            }
            if facts.kind == Kind::BelongsTo && facts.cascade == Cascade::DeleteOrphan {
                let link = self.link(side);
                let before = self.base_target(side);
                if let Link::To(position) = link
                    && before.is_none_or(|before| before.position != position)
                {
                    fate.claims.insert(target(side, position), node);
                }
                if self.no_longer_leads(side, link, before) {
                    left.push((side, before));
                }
            }
        }
    }

    /// Whether a to-one has led elsewhere in the database, to `before` if that is in memory.
    fn no_longer_leads(&self, side: Side, link: Link, before: Option<Node>) -> bool {
        if !self.has_base_key(side) {
            return false;
        }
        match (before, link) {
            (Some(before), link) => link != Link::To(before.position),
            (None, Link::Unknown) => self.has_new_key(side),
            (None, _) => true,
        }
    }

    /// A to-one target goes, unless it belongs to another row by now; if it is not in memory, it is looked for.
    fn take_target(&mut self, side: Side, target: Option<Node>, for_good: bool, fate: &mut Fate) {
        match target {
            Some(target) if fate.is_claimed_from(target, side.node) => {}
            Some(target) => self.take(target, for_good, fate),
            None => fate.miss(side),
        }
    }

    /// What goes with a node that goes.
    fn spread(&mut self, node: Node, fate: &mut Fate) {
        for (relationship, facts) in self.table(node.model).relationships.iter().enumerate() {
            let side = Side { node, relationship, facts };
            match facts.kind {
                Kind::BelongsTo if facts.cascade.deletes() => self.spread_to_one(side, fate),
                Kind::BelongsTo | Kind::ManyToMany => {}
                Kind::HasOne | Kind::HasMany => self.spread_to_children(side, fate),
            }
        }
    }

    fn spread_to_one(&mut self, side: Side, fate: &mut Fate) {
        if fate.keeps(side.node) && (side.facts.target)().soft_delete().is_none() {
            return;
        }
        let (link, for_good) = (self.link(side), self.purges(side.node, fate));
        match link {
            Link::To(position) => self.take_target(side, Some(target(side, position)), for_good, fate),
            Link::Unknown => fate.miss(side),
            Link::Absent => {}
        }
        let before = self.base_target(side);
        if self.no_longer_leads(side, link, before) {
            self.take_target(side, before, for_good, fate);
        }
    }

    fn spread_to_children(&mut self, side: Side, fate: &mut Fate) {
        let key = side.facts.foreign_key(self.table(side.node.model));
        // With a row that stays none goes: only those that stay too are marked with it.
        let stays = fate.keeps(side.node);
        if stays && !(side.facts.cascade.deletes() && (side.facts.target)().soft_delete().is_some()) {
            return;
        }
        // With a row that is only replaced the database deletes nothing, and no statement its bare links.
        let is_replaced = self.is_replaced(side.node);
        let by_database = !stays && key.on_delete == Action::Cascade && !is_replaced;
        let by_session = side.facts.cascade.deletes() || side.facts.hidden && is_replaced;
        let rows_go = by_session && !(by_database && self.is_passive(side, fate));
        if !rows_go && !by_database {
            return;
        }
        for child in self.known_children(side) {
            if rows_go || self.record(child).is_pending() {
                self.take(child, !stays, fate);
            }
        }
        if rows_go && self.record(side.node).is_persistent() && !self.knows_children(side, stays) {
            fate.miss(side);
        }
    }

    /// Whether what the relationship leads to is left to the database: the key says so, and nothing that hangs on those
    /// rows in turn is for the session to delete.
    fn is_passive(&self, side: Side, fate: &mut Fate) -> bool {
        let table = self.table(side.node.model);
        let place = (side.node.model, side.relationship);
        *fate.passive.entry(place).or_insert_with(|| {
            side.facts.foreign_key(table).on_delete == Action::Cascade
                && !needs_session((side.facts.target)(), &mut Vec::new())
        })
    }

    fn known_children(&mut self, side: Side) -> Vec<Node> {
        let positions = match side.facts.kind {
            Kind::HasMany => self.known_items(side),
            _ => self.link(side).position().into_iter().collect(),
        };
        let shown = positions.into_iter().map(|position| target(side, position));
        shown.chain(self.unshown_children(side)).collect()
    }

    /// Whether all children are known, as far as they are to go; those that are marked already only go for good.
    fn knows_children(&mut self, side: Side, stays: bool) -> bool {
        let model = ((side.facts.target)().number)();
        if if stays { self.hides_alive(model) } else { self.hides(model) } {
            return false;
        }
        match side.facts.kind {
            Kind::HasMany => self.collection(side).is_some(),
            _ => self.link(side) != Link::Unknown,
        }
    }

    /// The values of a relationship's key in a version.
    fn key(&self, side: Side, version: u32) -> Vec<&'g dyn Value> {
        let arena = self.arena(side.node.model);
        let key = side.facts.foreign_key(self.table(side.node.model));
        key.columns.iter().map(|&column| arena.value(version, column)).collect()
    }

    /// Whether the row's key leads anywhere in the database.
    fn has_base_key(&self, side: Side) -> bool {
        let record = self.record(side.node);
        record.is_persistent() && !self.key(side, record.base).iter().any(|value| value.is_null())
    }

    fn has_new_key(&self, side: Side) -> bool {
        let arena = self.arena(side.node.model);
        let key = side.facts.foreign_key(self.table(side.node.model));
        let changed = arena.difference(self.record(side.node).base, arena.publish(side.node.position));
        key.columns.iter().any(|&column| changed.contains(column))
    }

    /// Where the key leads in the database, if that is in memory.
    fn base_target(&mut self, side: Side) -> Option<Node> {
        let model = ((side.facts.target)().number)();
        if !self.has_base_key(side) || !self.graph.has_arena(model) {
            return None;
        }
        let references = (side.facts.foreign_key(self.table(side.node.model)).references)();
        let key = self.key(side, self.record(side.node).base);
        self.find_by(model, references, &key)
    }
}

fn target(side: Side, position: u32) -> Node {
    Node { model: ((side.facts.target)().number)(), position }
}

/// Whether the far end of a relationship over a key of this table deletes what it lets go.
fn holds_orphans(facts: &RelationshipFacts) -> bool {
    let far = facts.inverse.filter(|_| facts.kind == Kind::BelongsTo);
    far.is_some_and(|inverse| (facts.target)().relationships[inverse].cascade == Cascade::DeleteOrphan)
}

/// Whether a change of this table's keys can make orphans.
pub(super) fn has_orphan_rule(table: &Table) -> bool {
    let rule = |facts: &RelationshipFacts| {
        holds_orphans(facts) || facts.kind == Kind::BelongsTo && facts.cascade == Cascade::DeleteOrphan
    };
    table.relationships.iter().any(rule)
}

/// Whether something goes with the rows of a table that the database does not delete with them.
fn needs_session(table: &'static Table, seen: &mut Vec<&'static Table>) -> bool {
    if seen.iter().any(|other| other.is(table)) {
        return false;
    }
    seen.push(table);
    table.relationships.iter().filter(|facts| facts.cascade.deletes()).any(|facts| {
        facts.kind == Kind::BelongsTo
            || facts.foreign_key(table).on_delete != Action::Cascade
            || needs_session((facts.target)(), seen)
    })
}

/// The tables whose rows go, or lose their keys, with a row of this one.
pub(super) fn collect_dependents(table: &'static Table, found: &mut Vec<&'static Table>) {
    for facts in table.relationships {
        let target = (facts.target)();
        let key = facts.foreign_key(table);
        let is_written = facts.cascade.deletes()
            || facts.kind.is_has()
                && (matches!(key.on_delete, Action::Cascade | Action::SetNull) || is_released(target, key));
        if is_written && !found.iter().any(|other| other.is(target)) {
            found.push(target);
            collect_dependents(target, found);
        }
    }
}
