//! Floor 3: many-to-many relationships, which hold nothing: a view over the links of a node and the far side of each.
//!
//! Invariant: both sides see one set of links, so they agree; a link that the next flush deletes is not seen.

use hashbrown::HashSet;

use super::links::Side;
use super::new::NewRow;
use super::record::{IN_DOUBT, NodeRef};
use super::{EntityState, Link, Locked, Node};
use crate::error::Error;
use crate::model::{ColumnSet, Kind, Table, Through};
use crate::types::Value;

/// So many are looked through without an index.
const FEW: usize = 32;

/// The way from a node over its links.
#[derive(Clone, Copy)]
pub(crate) struct Route {
    /// The to-many that leads to the links.
    pub(crate) links: Side,
    pub(crate) through: &'static Through,
}

impl Route {
    /// The way of a many-to-many of a node.
    pub(crate) fn of(side: Side, table: &'static Table) -> Option<Self> {
        let through = side.facts.through?();
        let links = Side { relationship: through.links, facts: &table.relationships[through.links], ..side };
        Some(Self { links, through })
    }

    /// The links' table.
    pub(crate) fn table(&self) -> &'static Table {
        (self.links.facts.target)()
    }

    fn link(&self, position: u32) -> Node {
        Node { model: (self.table().number)(), position }
    }

    fn near(&self, link: Node) -> Side {
        self.end(link, self.through.near)
    }

    fn far(&self, link: Node) -> Side {
        self.end(link, self.through.far)
    }

    fn end(&self, link: Node, relationship: usize) -> Side {
        Side { node: link, relationship, facts: &self.table().relationships[relationship] }
    }
}

impl Locked<'_> {
    /// What a to-many or a many-to-many shows: `None` if it is not loaded.
    pub(crate) fn many(&mut self, side: Side) -> Option<Vec<u32>> {
        let Some(route) = self.route(side) else { return self.shown(side) };
        let links = self.shown(route.links)?;
        self.far_ends(route, &self.living(route, links)).into_iter().collect()
    }

    /// What a many-to-many shows as far as it is known, if its links are.
    pub(crate) fn many_found(&mut self, side: Side) -> Option<Vec<u32>> {
        let route = self.route(side)?;
        let links = self.shown(route.links)?;
        Some(self.far_ends(route, &self.living(route, links)).into_iter().flatten().collect())
    }

    /// What was added to a to-many or a many-to-many that is not loaded.
    pub(crate) fn added(&mut self, side: Side) -> Vec<u32> {
        let Some(route) = self.route(side) else { return self.known_items(side) };
        let links = self.known_items(route.links);
        self.far_ends(route, &self.living(route, links)).into_iter().flatten().collect()
    }

    /// The to-many that a relationship's members stand in: its own, or the one that leads to the links.
    pub(crate) fn held_in(&self, side: Side) -> Side {
        self.route(side).map_or(side, |route| route.links)
    }

    /// Where these links of a many-to-many lead; `None` if that is not known of one.
    pub(super) fn ends(&mut self, side: Side, links: &[u32]) -> Option<Vec<u32>> {
        let route = self.route(side)?;
        self.far_ends(route, links).into_iter().collect()
    }

    fn route(&self, side: Side) -> Option<Route> {
        Route::of(side, self.table(side.node.model))
    }

    /// The links that the next flush does not delete.
    fn living(&self, route: Route, mut links: Vec<u32>) -> Vec<u32> {
        links.retain(|&link| !self.record(route.link(link)).doomed);
        links
    }

    /// The far sides of the links, each once; `None` for those that are not known.
    fn far_ends(&mut self, route: Route, links: &[u32]) -> Vec<Option<u32>> {
        let mut seen = HashSet::with_capacity(if links.len() > FEW { links.len() } else { 0 });
        let mut ends = Vec::with_capacity(links.len());
        for &position in links {
            match self.link(route.far(route.link(position))) {
                Link::Absent => {}
                Link::To(end) => {
                    let is_new =
                        if links.len() > FEW { seen.insert(end) } else { !ends.contains(&Some(end)) };
                    ends.extend(is_new.then_some(Some(end)));
                }
                Link::Unknown if self.is_unseen(route.far(route.link(position))) => {}
                Link::Unknown => ends.push(None),
            }
        }
        ends
    }

    /// Links two nodes, unless they are; `links` is the table of the links.
    pub(crate) fn add_link(&mut self, side: Side, target: Node, links: &'static Table) {
        self.make_arena(links);
        let Some(route) = Route::of(side, self.table(side.node.model)) else { return };
        let both_out = self.record(side.node).is_out() && self.record(target).is_out();
        let known = self.links_between(route, target).into_iter().find(|&link| !self.is_going_for_good(link));
        if let Some(link) = known {
            if !both_out {
                self.add_again(link);
            }
            return;
        }
        if let Some(column) = required(links, route.through) {
            let (model, name) = (self.table(side.node.model).model, side.facts.name);
            return self.report(Error::link_is_more(model, name, links.model, column));
        }
        let mut new = NewRow::unset(links);
        new.number_version();
        let link = self.create_with(links, new.value, new.given);
        self.set_link(route.near(link), Some(side.node.position));
        self.set_link(route.far(link), Some(target.position));
        if !self.joins(route, link, target) {
            self.doom(link);
            let (model, name) = (self.table(side.node.model).model, side.facts.name);
            return self.report(Error::keys_differ(model, name, links.model));
        }
        if both_out {
            self.record_mut(link).state = EntityState::Transient;
        }
    }

    /// Parts two nodes; the table is that of the links. A link that is not in memory is deleted by its key, if its key says
    /// which it is; else it must be loaded first.
    pub(crate) fn remove_link(&mut self, side: Side, target: Node, table: &'static Table) {
        self.make_arena(table);
        let Some(route) = Route::of(side, self.table(side.node.model)) else { return };
        let links = self.all_links_between(route, target);
        if !links.is_empty() {
            return links.into_iter().for_each(|link| self.doom(link));
        }
        if !self.may_be_linked(route, target) {
            return;
        }
        let has_own_key = table.primary_key.iter().any(|column| !route.through.pair().contains(column));
        if has_own_key || table.primary_key.len() != route.through.pair().len() {
            let (model, name) = (self.table(side.node.model).model, side.facts.name);
            return self.report(Error::link_not_loaded(model, name, table.model));
        }
        self.doom_unseen(route, target, table);
    }

    /// Links a row that is to be merged with an entity of the graph that it is merged into, if this is such a row's graph.
    pub(crate) fn link_outside(&mut self, side: Side, target: NodeRef, links: &'static Table) -> bool {
        let Some(route) = self.route(side).filter(|_| self.state.outside.is_some()) else { return false };
        let link = self.create_with(links, (links.unset)(), ColumnSet::EMPTY);
        self.set_link(route.near(link), Some(side.node.position));
        self.state.outside.get_or_insert_default().push((link, route.through.far, target));
        true
    }

    /// A link that was never seen, and is deleted whether it is there or not.
    fn doom_unseen(&mut self, route: Route, target: Node, table: &'static Table) {
        let version = self.make_arena(table).push((table.unset)());
        let link = self.create((table.number)(), version);
        self.copy_key(route.near(link), Some(route.links.node.position));
        self.copy_key(route.far(link), Some(target.position));
        if !self.joins(route, link, target) {
            // Their keys share a column, in which they differ: no row links them.
            return self.doom(link);
        }
        let head = self.arena(link.model).publish(link.position);
        self.log_insert(link, head);
        let record = self.record_mut(link);
        (record.state, record.base) = (EntityState::Persistent, head);
        (record.fresh, record.doomed) = (IN_DOUBT, true);
        self.enter(link);
    }

    /// Whether the link is deleted by the next flush, and may not be a row at all: taking it back links nothing.
    fn is_going_for_good(&self, link: Node) -> bool {
        let record = self.record(link);
        record.doomed && record.is_unseen()
    }

    /// Whether a link that is not in memory may be in the database.
    fn may_be_linked(&mut self, route: Route, target: Node) -> bool {
        let there = |locked: &Self, node| locked.record(node).is_persistent();
        let known = |locked: &Self, side: Side| locked.collection(side).is_some();
        let far = self.far_links(route, target);
        there(self, route.links.node)
            && there(self, target)
            && !known(self, route.links)
            && !far.is_some_and(|side| known(self, side))
    }

    /// The to-many of the far side that leads to the same links.
    fn far_links(&self, route: Route, target: Node) -> Option<Side> {
        let facts = &route.table().relationships[route.through.far];
        let side = self.side(target, facts.inverse?);
        (side.facts.kind == Kind::HasMany).then_some(side)
    }

    /// A link between two nodes that is in memory, of several any.
    ///
    /// One that is new stands in the collections of both, loaded or not, so the shorter of the two is gone through; one
    /// that is a row is found by the index over its keys.
    fn links_between(&mut self, route: Route, target: Node) -> Vec<Node> {
        let mut found: Vec<Node> = self.row_between(route, target).into_iter().collect();
        let own = route.links;
        let shorter = self.far_links(route, target).filter(|&far| self.holds(far) < self.holds(own));
        self.collect_links(shorter.unwrap_or(own), route, target, &mut found);
        found
    }

    /// All links between two nodes that are in memory: where there may be several rows for one pair, what is loaded says
    /// which.
    fn all_links_between(&mut self, route: Route, target: Node) -> Vec<Node> {
        let mut found = self.links_between(route, target);
        if !route.table().is_unique(route.through.pair()) {
            let lists = [Some(route.links), self.far_links(route, target)];
            let loaded = lists.into_iter().flatten().find(|&side| self.collection(side).is_some());
            if let Some(side) = loaded {
                self.collect_links(side, route, target, &mut found);
            }
        }
        found
    }

    fn collect_links(&mut self, side: Side, route: Route, target: Node, found: &mut Vec<Node>) {
        for link in self.known_items(side) {
            let link = route.link(link);
            if !found.contains(&link) && self.joins(route, link, target) {
                found.push(link);
            }
        }
    }

    fn holds(&self, side: Side) -> usize {
        let collection = self.model(side.node.model).to_many[side.relationship].get(side.node.position);
        collection.map_or(0, |collection| collection.items.len())
    }

    fn joins(&mut self, route: Route, link: Node, target: Node) -> bool {
        self.link(route.near(link)) == Link::To(route.links.node.position)
            && self.link(route.far(link)) == Link::To(target.position)
    }

    /// The row that links two rows.
    fn row_between(&mut self, route: Route, target: Node) -> Option<Node> {
        let source = route.links.node;
        if !self.record(source).is_persistent() || !self.record(target).is_persistent() {
            return None;
        }
        let (table, model) = (route.table(), (route.table().number)());
        let part = |locked: &Self, column: usize| {
            let end = |relationship: usize, node: Node| {
                let key = table.relationships[relationship].foreign_key(table);
                let place = key.columns.iter().position(|&own| own == column)?;
                Some((node, (key.references)()[place]))
            };
            let of = end(route.through.near, source).or_else(|| end(route.through.far, target));
            of.map(|(node, column)| (locked.record(node).base, locked.arena(node.model), column))
        };
        let parts: Vec<_> = route.through.pair().iter().filter_map(|&column| part(self, column)).collect();
        let key: Vec<&dyn Value> =
            parts.iter().map(|&(version, arena, column)| arena.value(version, column)).collect();
        let found = self.find_by(model, route.through.pair(), &key)?;
        self.joins(route, found, target).then_some(found)
    }
}

/// A column that a new link needs and a many-to-many has no value for.
fn required(link: &'static Table, through: &Through) -> Option<&'static str> {
    let is_given = |column: usize| through.pair().contains(&column);
    let mut columns = link.columns.iter().enumerate();
    let needed =
        columns.find(|&(column, facts)| !facts.nullable && !facts.is_server_made() && !is_given(column));
    needed.map(|(_, facts)| facts.field)
}
