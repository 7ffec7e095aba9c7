//! Floor 6: an accessor is awaited.
//!
//! The relationship is loaded for all entities that came with this one (its *peers*) and do not have it yet, in one
//! statement: a loop over a result cannot become one statement for each.

use std::sync::Arc;

use super::option::Load;
use super::relationship::{Known, load_relationship};
use crate::error::Result;
use crate::graph::{Link, Locked, Node};
use crate::model::Kind;
use crate::unit_of_work::Scope;

/// Loads a relationship of a node and of its peers.
pub(crate) async fn load_lazily(scope: &Arc<Scope>, node: Node, load: Load) -> Result<()> {
    (load.prepare)(&mut scope.graph.lock());
    autoflush(scope, &load).await?;
    let positions = scope.graph.lock().peers_without(node, &load);
    load_relationship(scope, &load.composed(), &positions, Known::Keep).await.map(|_| ())
}

/// Loads a relationship of one node again, whether it is known or not.
pub(crate) async fn load_attribute(scope: &Arc<Scope>, node: Node, load: Load) -> Result<()> {
    (load.prepare)(&mut scope.graph.lock());
    autoflush(scope, &load).await?;
    load_relationship(scope, &load.composed(), &[node.position], Known::Refresh).await.map(|_| ())
}

async fn autoflush(scope: &Arc<Scope>, load: &Load) -> Result<()> {
    let mut tables = Vec::new();
    load.collect_tables(&mut tables);
    scope.autoflush(&tables).await
}

impl Locked<'_> {
    fn peers_without(&mut self, node: Node, load: &Load) -> Vec<u32> {
        let mut peers: Vec<u32> = self.model(node.model).peers(node.position).collect();
        peers.retain(|&position| position != node.position);
        peers.retain(|&position| {
            let peer = Node { position, ..node };
            let side = self.side(peer, load.relationship);
            self.record(peer).is_persistent()
                && match side.facts.kind {
                    Kind::HasMany => self.collection(side).is_none(),
                    Kind::ManyToMany => self.many(side).is_none(),
                    _ => self.link(side) == Link::Unknown,
                }
        });
        peers.insert(0, node.position);
        peers
    }
}
