//! Floor 7: an entity as `serde` writes it, behind the feature `serde`.
//!
//! The value's own fields, as its `Serialize` says, and next to them each relationship that is in memory. Invariant:
//! nothing is written inside of itself, and no lock is held while a value is written.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Entity, Live};
use crate::graph::{Graph, Link, Node};
use crate::model::{Kind, Lazy, RelationshipFacts};

/// How deep entities may stand inside of each other, so that a long chain is an error and not the end of the stack.
const DEEPEST: usize = 100;

/// Writes a map: the fields that the value's own `Serialize` writes, and each loaded relationship under its name, as an
/// entity, as nothing, or as a list of entities.
///
/// A relationship is left out if it is not loaded, if the model that it leads to is not `Serialize`, or if it leads back
/// to an entity that is just being written: a user is written with its posts, and these without their user. An entity
/// that is reached in several ways is written each time; more than 100 inside of each other are an error.
///
/// ```
/// # use orm_core::prelude::*;
/// #[derive(Model, Clone, serde::Serialize)]
/// struct Note {
///     #[orm(primary_key)]
///     id: i64,
/// }
/// fn is_serializable<T: serde::Serialize>() {}
/// is_serializable::<Entity<Note>>();
/// ```
impl<M: Live + Serialize> Serialize for Entity<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let handle = Self::handle(self);
        Place { graph: &handle.scope.graph, node: handle.node(), above: None, depth: 0 }.serialize(serializer)
    }
}

/// An entity that is being written, and those around it.
struct Place<'a> {
    graph: &'a Graph,
    node: Node,
    above: Option<&'a Place<'a>>,
    depth: usize,
}

#[derive(serde::Serialize)]
struct Fields<'a> {
    #[serde(flatten)]
    value: &'a dyn erased_serde::Serialize,
    #[serde(flatten)]
    relationships: Relationships<'a>,
}

impl Serialize for Place<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.depth > DEEPEST {
            return Err(serde::ser::Error::custom(format!(
                "loaded entities nest deeper than {DEEPEST} levels"
            )));
        }
        let arena = self.graph.any(self.node.model);
        let value = arena.newest(self.node.position);
        let value = arena.table().serializer.serializable(value);
        let value = value.ok_or_else(|| serde::ser::Error::custom("the model is not `Serialize`"))?;
        Fields { value, relationships: Relationships(self) }.serialize(serializer)
    }
}

/// The relationships of an entity.
struct Relationships<'a>(&'a Place<'a>);

impl Serialize for Relationships<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let table = self.0.graph.any(self.0.node.model).table();
        let mut map = serializer.serialize_map(None)?;
        for (relationship, facts) in table.relationships.iter().enumerate().filter(|(_, facts)| !facts.hidden)
        {
            let Some(targets) = self.0.targets(relationship, facts) else { continue };
            match facts.kind {
                Kind::HasMany | Kind::ManyToMany => map.serialize_entry(facts.name, &targets)?,
                _ => map.serialize_entry(facts.name, &targets.first())?,
            }
        }
        map.end()
    }
}

impl Place<'_> {
    /// What a relationship leads to, if it is to be written.
    fn targets(&self, relationship: usize, facts: &RelationshipFacts) -> Option<Vec<Place<'_>>> {
        let table = (facts.target)();
        if facts.lazy == Lazy::WriteOnly {
            return None;
        }
        let positions = self.positions(relationship)?;
        let nodes = positions.into_iter().map(|position| Node { model: (table.number)(), position });
        let places =
            nodes.map(|node| Place { graph: self.graph, node, above: Some(self), depth: self.depth + 1 });
        let places: Vec<_> = places.collect();
        let leads_back = places.iter().any(|place| self.is_inside(place.node));
        (table.serializer.is_known() && !leads_back).then_some(places)
    }

    fn positions(&self, relationship: usize) -> Option<Vec<u32>> {
        let mut locked = self.graph.lock();
        let side = locked.side(self.node, relationship);
        match side.facts.kind {
            Kind::HasMany | Kind::ManyToMany => locked.many(side),
            _ => match locked.link(side) {
                Link::Unknown => None,
                known => Some(known.position().into_iter().collect()),
            },
        }
    }

    /// Whether this is the node, or is written inside of it.
    fn is_inside(&self, node: Node) -> bool {
        self.node == node || self.above.is_some_and(|above| above.is_inside(node))
    }
}
