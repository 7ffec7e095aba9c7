//! Floor 7: the key that a row will have when a query is sent.
//!
//! The flush before the query may insert the row or change its key; so the key is looked for when the statement's
//! parameters are written, and not before.

use std::any::Any;
use std::cmp::Ordering;
use std::fmt;
use std::hash::Hasher;
use std::sync::Arc;

use postgres_types::{ToSql, Type};

use crate::graph::{EntityState, Node};
use crate::types::{DecodeError, Value};
use crate::unit_of_work::Scope;

/// A column as the database has it; NULL as long as there is no row, so that nothing is equal to it.
#[derive(Clone)]
pub(super) struct LateKey {
    scope: Arc<Scope>,
    node: Node,
    column: usize,
}

impl LateKey {
    pub(super) fn new(scope: Arc<Scope>, node: Node, column: usize) -> Self {
        Self { scope, node, column }
    }

    fn value(&self) -> &dyn Value {
        let record = *self.scope.graph.lock().record(self.node);
        match record.state {
            EntityState::Pending | EntityState::Transient => &None::<bool>,
            _ => self.scope.graph.any(self.node.model).value(record.base, self.column),
        }
    }
}

impl fmt::Debug for LateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

impl Value for LateKey {
    fn as_any(&self) -> Option<&dyn Any> {
        Value::as_any(self.value())
    }

    fn as_sql(&self) -> &(dyn ToSql + Sync) {
        self.value().as_sql()
    }

    fn to_shared(&self) -> Arc<dyn Value> {
        Arc::new(self.clone())
    }

    fn is_same(&self, other: &dyn Value) -> bool {
        self.value().is_same(other)
    }

    fn hash_to(&self, state: &mut dyn Hasher) -> bool {
        self.value().hash_to(state)
    }

    fn order(&self, other: &dyn Value) -> Ordering {
        self.value().order(other)
    }

    /// It is read, and never written.
    fn assign(&mut self, _: &dyn Value) -> bool {
        false
    }

    fn decode(&mut self, _: &Type, _: Option<&[u8]>) -> Result<(), DecodeError> {
        Ok(())
    }
}
