//! Floor 7: how an entity is shown: columns, and relationships as far as they are in memory.
//!
//! What it is linked to is shown with its columns, each entity once; what lies beyond by its key, and of a long collection
//! only the first. So the text does not grow with the graph, and neither does the stack.

use std::fmt;

use hashbrown::HashSet;

use crate::graph::{Graph, Link, Locked, Node};
use crate::model::Kind;

/// How many entities of a collection are shown.
const ITEMS: usize = 20;

/// Writes a node and what it is linked to in memory.
pub(super) fn write(f: &mut fmt::Formatter<'_>, graph: &Graph, node: Node) -> fmt::Result {
    let shown = Shown::of(&mut graph.lock(), node, &mut Seen::default());
    fmt::Debug::fmt(&shown, f)
}

/// What is shown, gathered with the lock held and written without it.
struct Shown {
    model: &'static str,
    fields: Vec<(&'static str, String)>,
    relationships: Vec<(&'static str, Relation)>,
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
    /// It is shown elsewhere or lies beyond: the model and the key.
    Key(String),
}

/// Which entities are shown with their columns, and whether what comes next lies beyond.
#[derive(Default)]
struct Seen {
    nodes: HashSet<Node>,
    is_beyond: bool,
}

impl Shown {
    fn of(locked: &mut Locked<'_>, node: Node, seen: &mut Seen) -> Self {
        seen.nodes.insert(node);
        let table = locked.table(node.model);
        let arena = locked.arena(node.model);
        let version = arena.publish(node.position);
        let columns = table.columns.iter().enumerate();
        let fields =
            columns.map(|(n, column)| (column.field, format!("{:?}", arena.value(version, n)))).collect();
        let relationships = table.relationships.iter().enumerate();
        let named = relationships.filter(|(_, facts)| !facts.hidden);
        let relationships =
            named.map(|(n, facts)| (facts.name, Relation::of(locked, node, n, seen))).collect();
        Self { model: table.model, fields, relationships }
    }
}

impl Relation {
    fn of(locked: &mut Locked<'_>, node: Node, relationship: usize, seen: &mut Seen) -> Self {
        let side = locked.side(node, relationship);
        let model = ((side.facts.target)().number)();
        if matches!(side.facts.kind, Kind::HasMany | Kind::ManyToMany) {
            let Some(items) = locked.many(side) else { return Self::NotLoaded };
            let (first, more) = items.split_at(items.len().min(ITEMS));
            let nodes = first.iter().map(|&position| Node { model, position });
            return Self::Many(nodes.map(|node| Item::of(locked, node, seen)).collect(), more.len());
        }
        match locked.link(side) {
            Link::Unknown => Self::NotLoaded,
            Link::Absent => Self::None,
            Link::To(position) => Self::One(Box::new(Item::of(locked, Node { model, position }, seen))),
        }
    }
}

impl Item {
    fn of(locked: &mut Locked<'_>, node: Node, seen: &mut Seen) -> Self {
        if seen.is_beyond || seen.nodes.contains(&node) {
            return Self::Key(format!("{}({})", locked.table(node.model).model, locked.key_in_words(node)));
        }
        seen.is_beyond = true;
        let shown = Shown::of(locked, node, seen);
        seen.is_beyond = false;
        Self::Full(shown)
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(self.model);
        for (name, value) in &self.fields {
            shown.field(name, &format_args!("{value}"));
        }
        for (name, relation) in &self.relationships {
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
            Self::Key(name) => f.write_str(name),
        }
    }
}
