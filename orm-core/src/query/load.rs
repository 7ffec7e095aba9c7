//! Floor 2: which relationships are loaded along with a model's rows, as data.
//!
//! Invariant: of each relationship there is one [`Load`] in a list; a second one says more about the same.

use std::fmt;

use super::{Expression, OrderBy};
use crate::model::{RelationshipFacts, Table};

/// How a relationship is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strategy {
    /// By one more statement, over the keys of the entities that were found.
    SelectIn,
    /// By a LEFT JOIN in the statement of the entities.
    Joined,
    /// By a statement that repeats the one of the entities and travels with it.
    Subquery,
}

/// A relationship that is to be loaded, how, and what below it.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) source: &'static Table,
    pub(crate) relationship: usize,
    pub(crate) strategy: Strategy,
    pub(crate) below: Loads,
    pub(crate) narrow: Narrow,
    pub(crate) levels: Levels,
}

/// Which of the rows that a relationship leads to are loaded, and in which order.
#[derive(Clone, Default)]
pub(crate) struct Narrow {
    pub(crate) filter: Option<Expression>,
    pub(crate) order: Vec<OrderBy>,
    /// At most so many for each entity that they belong to.
    pub(crate) limit: Option<u64>,
}

/// How often a relationship that leads to its own model is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Levels {
    /// So many times.
    Some(usize),
    /// Until nothing new is found.
    All,
}

/// The relationships that are to be loaded along.
#[derive(Clone, Default)]
pub(crate) struct Loads {
    given: Vec<Load>,
}

impl Narrow {
    /// Lets only rows through for which this holds too.
    pub(crate) fn filter(&mut self, condition: Expression) {
        self.filter = Some(Expression::and(self.filter.take().into_iter().chain([condition])));
    }

    /// Whether some rows may be left out.
    pub(crate) fn is_partial(&self) -> bool {
        self.filter.is_some() || self.limit.is_some()
    }
}

impl Load {
    pub(crate) fn new(source: &'static Table, relationship: usize, strategy: Strategy) -> Self {
        let (below, narrow) = (Loads::default(), Narrow::default());
        Self { source, relationship, strategy, below, narrow, levels: Levels::Some(1) }
    }

    pub(crate) fn facts(&self) -> &'static RelationshipFacts {
        &self.source.relationships[self.relationship]
    }

    pub(crate) fn target(&self) -> &'static Table {
        (self.facts().target)()
    }
}

impl Loads {
    /// Adds one. What was said before about the same relationship is said more exactly now: the strategy is this one's,
    /// and below it is what both say.
    pub(crate) fn push(&mut self, load: Load) {
        let Some(place) = self.given.iter().position(|other| other.relationship == load.relationship) else {
            return self.given.push(load);
        };
        let before = self.given.remove(place);
        let mut below = before.below;
        load.below.given.into_iter().for_each(|deeper| below.push(deeper));
        self.given.push(Load { below, ..load });
    }

    pub(crate) fn extend(&mut self, others: Self) {
        others.given.into_iter().for_each(|load| self.push(load));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Load> {
        self.given.iter()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// The one that was added last.
    pub(crate) fn last_mut(&mut self) -> Option<&mut Load> {
        self.given.last_mut()
    }

    /// Adds the tables that are read.
    pub(crate) fn collect_tables(&self, tables: &mut Vec<&'static Table>) {
        for load in &self.given {
            tables.push(load.target());
            load.below.collect_tables(tables);
        }
    }
}

/// `User::posts (SelectIn)`, with what is below it in a list.
impl fmt::Debug for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{} ({:?})", self.source.model, self.facts().name, self.strategy)?;
        if self.below.is_empty() {
            return Ok(());
        }
        write!(f, " {:?}", self.below)
    }
}

impl fmt::Debug for Loads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
