//! Floor 6: the options of a select, below its rows.

use std::sync::Arc;

use std::future::Future;
use std::pin::Pin;

use futures_util::future::join_all;

use super::joined::Found;
use super::links::composed;
use super::option::{Load, Strategy};
use super::relationship::{Known, load_relationship};
use crate::error::Result;
use crate::unit_of_work::Scope;

/// Carries the options out for these entities; siblings travel together.
pub(super) async fn load(
    scope: &Arc<Scope>,
    positions: &[u32],
    options: &[Load],
    joined: &[Found<'_>],
) -> Result<()> {
    let here = options
        .iter()
        .filter(|load| load.strategy == Strategy::SelectIn)
        .map(|load| load_option(scope, load, positions));
    let below = joined.iter().flat_map(|(load, positions)| {
        let below = load.below.iter().filter(|load| load.strategy == Strategy::SelectIn);
        below.map(move |load| load_option(scope, load, positions))
    });
    join_all(here.chain(below)).await.into_iter().collect()
}

/// Carries the options out for one entity that was in memory already, whatever their strategy.
pub(crate) async fn load_for_known(scope: &Arc<Scope>, position: u32, options: &[Load]) -> Result<()> {
    let positions = [position];
    let options = composed(options);
    join_all(options.iter().map(|load| load_option(scope, load, &positions))).await.into_iter().collect()
}

/// Boxed, since options nest to any depth.
fn load_option<'a>(
    scope: &'a Arc<Scope>,
    load: &'a Load,
    positions: &'a [u32],
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(async move {
        (load.prepare)(&mut scope.graph.lock());
        load_relationship(scope, load, positions, Known::Refresh).await.map(|_| ())
    })
}
