//! Floor 6: an accessor is awaited, or one entity's relationship is asked for.
//!
//! The relationship is loaded for all entities that came with this one (its *peers*) and do not have it yet, in one
//! statement: a loop over a result cannot become one statement for each.

use std::sync::Arc;

use futures_util::future::try_join;

use super::columns::load_columns;
use super::fetch::{Want, load};
use super::relationship::Known;
use crate::error::Result;
use crate::graph::{Freshness, Link, Locked, Node};
use crate::model::Kind;
use crate::query::{Load, Loads, Strategy};
use crate::unit_of_work::Scope;

/// Loads a relationship of a node and of its peers.
pub(crate) async fn load_lazily(scope: &Arc<Scope>, node: Node, relationship: usize) -> Result<()> {
    let option = option(scope, node, relationship).await?;
    let positions = scope.graph.lock().peers_without(node, &option);
    load(scope, vec![Want::new(&option, positions, Known::Keep)], Freshness::Keep).await
}

/// Loads a relationship of one node again, whether it is known or not.
pub(crate) async fn load_attribute(scope: &Arc<Scope>, node: Node, relationship: usize) -> Result<()> {
    let option = option(scope, node, relationship).await?;
    load(scope, vec![Want::new(&option, vec![node.position], Known::Refresh)], Freshness::Keep).await
}

/// The load of a relationship as the query that brought the node, and the models, say; what it reads is flushed.
async fn option(scope: &Arc<Scope>, node: Node, relationship: usize) -> Result<Load> {
    let option = {
        let locked = scope.graph.lock();
        locked.load_of(locked.side(node, relationship))
    };
    let mut tables = Vec::new();
    option.collect_tables(&mut tables);
    option.below.criteria.within(&scope.criteria).collect_tables(&mut tables);
    scope.autoflush(&tables).await?;
    Ok(option)
}

/// Carries options out for one entity that was in memory already, whatever their strategy.
pub(crate) async fn load_for_known(scope: &Arc<Scope>, node: Node, options: &Loads) -> Result<()> {
    if options.outlast() {
        scope.graph.lock().model_mut(node.model).remember(&[node.position], options);
    }
    let mut options = options.clone();
    options.instead_of_contains(Strategy::SelectIn);
    let eager = options.iter().filter(|load| load.strategy.is_eager()).cloned();
    let eager: Vec<Load> = eager.map(|load| load.complete(&options)).collect();
    let wants = eager.iter().map(|option| Want::new(option, vec![node.position], Known::Refresh));
    let (table, lacking) = {
        let locked = scope.graph.lock();
        (locked.table(node.model), locked.lacks(node, options.columns.undeferred()))
    };
    let columns = load_columns(scope, table, vec![node.position], lacking);
    try_join(load(scope, wants.collect(), Freshness::Keep), columns).await.map(|_| ())
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
                    Kind::HasMany | Kind::ManyToMany => self.many(side).is_none(),
                    _ => self.link(side) == Link::Unknown && !self.is_unseen(side),
                }
        });
        peers.insert(0, node.position);
        peers
    }
}
