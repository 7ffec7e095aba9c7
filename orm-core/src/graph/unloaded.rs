//! Floor 3: what becomes of a relationship that is not loaded.
//!
//! The options of the result that last brought an entity say it, else its model does. Invariant: this is asked only where
//! the application asks for a relationship; the unit of work goes by what is known.

use super::links::Side;
use super::{Link, Locked, Node};
use crate::model::Kind;
use crate::query::{ColumnLoads, Load, Loads, Strategy};

impl Locked<'_> {
    /// What is done when a relationship that is not loaded is asked for: never an eager strategy.
    pub(crate) fn unloaded(&self, side: Side) -> Strategy {
        let by_default = Strategy::from(side.facts.lazy);
        let said = self.said(side.node).map_or(by_default, |loads| {
            let load = loads.find(side.relationship).map(|load| load.strategy);
            load.or(loads.rest).unwrap_or(by_default)
        });
        if said.is_eager() { Strategy::Lazy } else { said }
    }

    /// Whether to ask for a deferred column that is not loaded is an error.
    pub(crate) fn refuses(&self, node: Node, column: usize) -> bool {
        let (table, nothing) = (self.table(node.model), ColumnLoads::default());
        self.said(node).map_or(&nothing, |loads| &loads.columns).refuses(table, column)
    }

    /// Where a to-one leads, if that is known. One that is not to be loaded is not looked for in the identity map either.
    pub(crate) fn known_link(&mut self, side: Side) -> Option<Link> {
        let by_key = side.facts.kind == Kind::BelongsTo;
        let link = match self.slot(side) {
            Link::Unknown if by_key && self.unloaded(side) == Strategy::Raise => Link::Unknown,
            _ => self.link(side),
        };
        let link = if link == Link::Unknown && by_key && self.is_unseen(side) { Link::Absent } else { link };
        Some(link).filter(|&link| link != Link::Unknown)
    }

    /// The load of a relationship by itself, with what was said about what is below it.
    pub(crate) fn load_of(&self, side: Side) -> Load {
        let mut load = Load::new(self.table(side.node.model), side.relationship, Strategy::SelectIn);
        let Some(loads) = self.said(side.node) else { return load.complete(&Loads::default()) };
        if let Some(said) = loads.find(side.relationship) {
            load.below = said.below.clone();
            load.below.instead_of_contains(Strategy::Lazy);
        }
        load.complete(loads)
    }

    /// What comes with an entity's columns: what its model loads by default, but for what was said otherwise.
    pub(crate) fn loads_of(&self, node: Node) -> Loads {
        let said = self.said(node).map(|loads| loads.clone().without_eager());
        said.unwrap_or_default().complete(self.table(node.model))
    }

    fn said(&self, node: Node) -> Option<&Loads> {
        self.model(node.model).loads(node.position).map(|loads| &**loads)
    }
}
