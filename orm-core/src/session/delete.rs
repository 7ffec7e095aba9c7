//! Floor 8: an entity is marked for deletion.

use crate::error::Error;
use crate::graph::NodeRef;
use crate::unit_of_work::Scope;

/// Marks an entity of this model for deletion; one of another session is reported.
pub(super) fn delete(scope: &Scope, entity: NodeRef, model: &'static str, for_good: bool) {
    let mut locked = scope.graph.lock();
    match entity.graph == scope.graph.id() {
        true if for_good => locked.doom_for_good(entity.node),
        true => locked.doom(entity.node),
        false => locked.report(Error::foreign_to_session(model, "delete")),
    }
}
