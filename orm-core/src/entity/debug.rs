//! Floor 7: how an entity is shown: columns, and relationships as far as they are in memory, each entity once.
//!
//! Invariant: what is shown of a graph of any size is bounded, in depth and in width, and `..` says where it ends.

use std::fmt;

use hashbrown::HashSet;

use crate::graph::{Graph, Link, Locked, Node};
use crate::model::{Kind, RelationshipFacts};

/// How many entities stand inside each other, the first among them.
const LEVELS: usize = 4;

/// How many entities of a collection are shown.
const ITEMS: usize = 20;

/// Writes a node and what it is linked to in memory.
pub(super) fn write(f: &mut fmt::Formatter<'_>, graph: &Graph, node: Node) -> fmt::Result {
    let shown = Gathering { locked: &mut graph.lock(), seen: HashSet::new() }.shown(node, LEVELS);
    fmt::Debug::fmt(&shown, f)
}

/// What is shown, gathered with the lock held and written without it.
struct Shown {
    model: &'static str,
    fields: Vec<(&'static str, String)>,
    /// `None` is too deep to be shown.
    relationships: Option<Vec<(&'static str, Relation)>>,
}

enum Relation {
    NotLoaded,
    None,
    One(Box<Item>),
    /// The first of a collection, and how many more there are.
    Many(Vec<Item>, usize),
}

enum Item {
    Full(Shown),
    /// It is shown elsewhere: the model and the key.
    Again(String),
}

/// The way through the graph, as deep as there are levels left.
struct Gathering<'l, 'g> {
    locked: &'l mut Locked<'g>,
    seen: HashSet<Node>,
}

impl Gathering<'_, '_> {
    fn shown(&mut self, node: Node, levels: usize) -> Shown {
        self.seen.insert(node);
        let table = self.locked.table(node.model);
        let arena = self.locked.arena(node.model);
        let version = arena.publish(node.position);
        let columns = table.columns.iter().enumerate();
        let fields =
            columns.map(|(n, column)| (column.field, format!("{:?}", arena.value(version, n)))).collect();
        let deeper = levels.saturating_sub(1);
        let is_shown = deeper > 0 || table.relationships.is_empty();
        let relation = |(n, facts): (usize, &RelationshipFacts)| (facts.name, self.relation(node, n, deeper));
        let relationships = is_shown.then(|| table.relationships.iter().enumerate().map(relation).collect());
        Shown { model: table.model, fields, relationships }
    }

    fn relation(&mut self, node: Node, relationship: usize, levels: usize) -> Relation {
        let side = self.locked.side(node, relationship);
        let model = ((side.facts.target)().number)();
        if side.facts.kind == Kind::HasMany {
            let Some(items) = self.locked.collection(side) else { return Relation::NotLoaded };
            let (count, first) = (items.len(), items[..items.len().min(ITEMS)].to_vec());
            let nodes = first.into_iter().map(|position| Node { model, position });
            return Relation::Many(
                nodes.map(|node| self.item(node, levels)).collect(),
                count.saturating_sub(ITEMS),
            );
        }
        match self.locked.link(side) {
            Link::Unknown => Relation::NotLoaded,
            Link::Absent => Relation::None,
            Link::To(position) => Relation::One(Box::new(self.item(Node { model, position }, levels))),
        }
    }

    fn item(&mut self, node: Node, levels: usize) -> Item {
        if self.seen.contains(&node) {
            let model = self.locked.table(node.model).model;
            return Item::Again(format!("{model}({})", self.locked.key_in_words(node)));
        }
        Item::Full(self.shown(node, levels))
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(self.model);
        for (name, value) in &self.fields {
            shown.field(name, &format_args!("{value}"));
        }
        let Some(relationships) = &self.relationships else { return shown.finish_non_exhaustive() };
        for (name, relation) in relationships {
            shown.field(name, relation);
        }
        shown.finish()
    }
}

impl fmt::Debug for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoaded => f.write_str("<not loaded>"),
            Self::None => f.write_str("None"),
            Self::One(item) => item.fmt(f),
            Self::Many(items, 0) => f.debug_list().entries(items).finish(),
            Self::Many(items, more) => {
                f.debug_list().entries(items).entry(&format_args!(".. {more} more")).finish()
            }
        }
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(shown) => shown.fmt(f),
            Self::Again(name) => f.write_str(name),
        }
    }
}
