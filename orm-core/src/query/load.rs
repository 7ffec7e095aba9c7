//! Floor 2: which relationships are loaded along with a model's rows, as data.
//!
//! Invariant: of each relationship there is one [`Load`] in a list; a second one says more about the same.

use std::fmt;

use super::{ColumnLoads, Criteria, Expression, Ordering};
use crate::model::{Kind, Lazy, RelationshipFacts, Table};

/// How a relationship is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strategy {
    /// By one more statement, over the keys of the entities that were found.
    SelectIn,
    /// By a LEFT JOIN in the statement of the entities.
    Joined,
    /// By a statement that repeats the one of the entities and travels with it.
    Subquery,
    /// From a join that the select has of its own.
    Contains,
    /// When it is awaited.
    Lazy,
    /// Not at all: to ask for it is an error.
    Raise,
    /// As `Raise`, unless memory knows where it leads.
    RaiseOnSql,
    /// Not at all: it reads as empty.
    NoLoad,
}

impl Strategy {
    /// Whether the relationship comes with the entities.
    pub(crate) fn is_eager(self) -> bool {
        matches!(self, Self::SelectIn | Self::Joined | Self::Subquery | Self::Contains)
    }

    /// Whether it comes in the statement of the entities.
    pub(crate) fn is_joined(self) -> bool {
        matches!(self, Self::Joined | Self::Contains)
    }
}

impl From<Lazy> for Strategy {
    fn from(lazy: Lazy) -> Self {
        match lazy {
            Lazy::Select => Self::Lazy,
            Lazy::SelectIn => Self::SelectIn,
            Lazy::Joined => Self::Joined,
            Lazy::Subquery => Self::Subquery,
            Lazy::Raise | Lazy::WriteOnly => Self::Raise,
            Lazy::RaiseOnSql => Self::RaiseOnSql,
        }
    }
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
    /// Of links: the relationship to the far side, which is what is meant.
    pub(crate) far: Option<usize>,
    /// Of a many-to-many: the load of its links.
    links: Option<Box<Load>>,
    /// The model says it, and nobody else.
    by_default: bool,
}

/// Which of the rows that a relationship leads to are loaded, and in which order.
#[derive(Clone, Default)]
pub(crate) struct Narrow {
    pub(crate) filter: Option<Expression>,
    pub(crate) order: Vec<Ordering>,
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

/// How relationships are to be loaded.
#[derive(Clone, Default)]
pub struct Loads {
    given: Vec<Load>,
    /// All others, also those of what is loaded below.
    pub(crate) rest: Option<Strategy>,
    /// What holds for all rows that are read, also below and later.
    pub(crate) criteria: Criteria,
    /// The model's own deferred columns.
    pub(crate) columns: ColumnLoads,
}

/// The relationships that a load has come along: the table and the relationship's place in it.
type Path = Vec<(&'static Table, usize)>;

impl Narrow {
    /// Lets only rows through for which this holds too.
    pub(crate) fn filter(&mut self, condition: Expression) {
        self.filter = Some(Expression::and(self.filter.take().into_iter().chain([condition])));
    }

    /// Whether the rows' own values count.
    fn says_something(&self) -> bool {
        self.is_partial() || !self.order.is_empty()
    }

    /// Whether some rows may be left out.
    pub(crate) fn is_partial(&self) -> bool {
        self.filter.is_some() || self.limit.is_some()
    }
}

impl Load {
    pub(crate) fn new(source: &'static Table, relationship: usize, strategy: Strategy) -> Self {
        let (below, narrow) = (Loads::default(), Narrow::default());
        let (levels, far, links) = (Levels::Some(1), None, None);
        Self { source, relationship, strategy, below, narrow, levels, far, links, by_default: false }
    }

    pub(crate) fn facts(&self) -> &'static RelationshipFacts {
        &self.source.relationships[self.relationship]
    }

    pub(crate) fn target(&self) -> &'static Table {
        (self.facts().target)()
    }

    /// With what its target loads by default, and with what is said from above of all that is read and of what is not
    /// named.
    pub(crate) fn complete(mut self, above: &Loads) -> Self {
        let path = &mut vec![(self.source, self.relationship)];
        self.below.criteria = above.criteria.clone();
        self.below.complete_below(self.target(), above.rest, path);
        self.compose();
        self
    }

    /// What is asked of the database: itself, or of a many-to-many the links with their far side.
    pub(crate) fn asked(&self) -> &Self {
        self.links.as_deref().unwrap_or(self)
    }

    /// Puts a many-to-many together of what it is made of: the load of its links, and below it, in the same statement,
    /// the one of their far side.
    fn compose(&mut self) {
        let Some(through) = self.facts().through.map(|through| through()) else { return };
        let links = Self { relationship: through.links, links: None, ..self.clone() };
        // What narrows it speaks of the far side, which is joined for that.
        let has_join = self.strategy == Strategy::Contains || self.narrow.says_something();
        let strategy = if has_join { Strategy::Contains } else { Strategy::Joined };
        let far = Self { below: self.below.clone(), ..Self::new(links.target(), through.far, strategy) };
        let below = Loads { given: vec![far], criteria: self.below.criteria.clone(), ..Loads::default() };
        self.links = Some(Box::new(Self { below, far: Some(through.far), ..links }));
    }

    /// Adds the tables that are read.
    pub(crate) fn collect_tables(&self, tables: &mut Vec<&'static Table>) {
        tables.extend([self.target(), self.asked().target()]);
        self.below.collect_tables(tables);
    }

    /// Whether a join makes several rows of one.
    pub(crate) fn multiplies(&self) -> bool {
        !matches!(self.facts().kind, Kind::BelongsTo | Kind::HasOne)
            || self.below.joined().any(Self::multiplies)
    }
}

impl Loads {
    /// Adds one. What was said before about the same relationship is said more exactly now: the strategy is this one's,
    /// and below it is what both say.
    pub(crate) fn push(&mut self, load: Load) {
        let Some(place) = self.given.iter().position(|other| other.relationship == load.relationship) else {
            return self.given.push(load);
        };
        let mut below = self.given.remove(place).below;
        below.extend(load.below);
        self.given.push(Load { below, ..load });
    }

    pub(crate) fn extend(&mut self, others: Self) {
        others.given.into_iter().for_each(|load| self.push(load));
        self.rest = others.rest.or(self.rest);
        self.criteria.extend(others.criteria);
        self.columns.extend(others.columns);
    }

    /// With what the model and the models below load by default. What is loaded already on the way, and the way back to
    /// where a load came from, is not loaded beneath itself: so circles end.
    pub(crate) fn complete(mut self, table: &'static Table) -> Self {
        self.complete_below(table, None, &mut Path::new());
        self
    }

    fn complete_below(&mut self, table: &'static Table, rest: Option<Strategy>, path: &mut Path) {
        self.rest = self.rest.or(rest);
        for (relationship, facts) in table.relationships.iter().enumerate() {
            let by_default = self.rest.is_none() && Strategy::from(facts.lazy).is_eager();
            if by_default && self.find(relationship).is_none() && !goes_back(path, table, relationship) {
                let load = Load::new(table, relationship, facts.lazy.into());
                self.given.push(Load { by_default, ..load });
            }
        }
        for load in &mut self.given {
            load.below.criteria = self.criteria.clone();
            if !load.strategy.is_eager() {
                continue;
            }
            path.push((table, load.relationship));
            load.below.complete_below(load.target(), self.rest, path);
            load.compose();
            path.pop();
        }
    }

    /// What is said of a relationship.
    pub(crate) fn find(&self, relationship: usize) -> Option<&Load> {
        self.given.iter().find(|load| load.relationship == relationship)
    }

    /// Whether something is said that counts when the statement is done.
    pub(crate) fn outlast(&self) -> bool {
        self.rest.is_some()
            || self.criteria.says_something()
            || self.columns.outlast()
            || self
                .given
                .iter()
                .any(|load| !load.by_default && (!load.strategy.is_eager() || load.below.says_something()))
    }

    pub(crate) fn says_something(&self) -> bool {
        !self.given.is_empty()
            || self.rest.is_some()
            || !self.columns.is_empty()
            || self.criteria.says_something()
    }

    /// Without those that come with the entities.
    pub(crate) fn without_eager(mut self) -> Self {
        self.given.retain(|load| !load.strategy.is_eager());
        self
    }

    /// Those that come in the statement of the entities.
    pub(crate) fn joined(&self) -> impl Iterator<Item = &Load> {
        self.given.iter().filter(|load| load.strategy.is_joined())
    }

    /// Loads in this way what was to be taken from joins of a select, where there is no such select.
    pub(crate) fn instead_of_contains(&mut self, strategy: Strategy) {
        for load in &mut self.given {
            if load.strategy == Strategy::Contains {
                load.strategy = strategy;
            }
            load.below.instead_of_contains(strategy);
        }
    }

    /// Whether something is to be taken from the select's own joins.
    pub(crate) fn takes_from_joins(&self) -> bool {
        self.given.iter().any(|load| load.strategy == Strategy::Contains || load.below.takes_from_joins())
    }

    /// Gives statements of their own to joins that make several rows of one.
    pub(crate) fn separate_many(&mut self) {
        for load in &mut self.given {
            match load.strategy {
                Strategy::Joined if load.multiplies() => load.strategy = Strategy::SelectIn,
                Strategy::Contains => load.below.separate_many(),
                _ => {}
            }
            load.compose();
        }
    }

    /// Gives statements over the keys to what would repeat a select that yields more than the entities.
    pub(crate) fn separate_subqueries(&mut self) {
        for load in self.given.iter_mut().filter(|load| load.strategy.is_eager()) {
            if load.strategy == Strategy::Subquery {
                load.strategy = Strategy::SelectIn;
            }
            load.below.separate_subqueries();
            load.compose();
        }
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
        for load in self.given.iter().filter(|load| load.strategy.is_eager()) {
            load.collect_tables(tables);
        }
    }
}

/// Whether a relationship is on the way already, or leads back to where the last one came from, which is known then.
fn goes_back(path: &Path, table: &Table, relationship: usize) -> bool {
    let returns = path.last().is_some_and(|&(source, last)| {
        let facts = &source.relationships[last];
        matches!(facts.kind, Kind::HasOne | Kind::HasMany) && facts.inverse == Some(relationship)
    });
    returns || path.iter().any(|&(source, other)| source.is(table) && other == relationship)
}

/// `User::posts (SelectIn)`, with what is below it in a list.
impl fmt::Debug for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{} ({:?})", self.source.model, self.facts().name, self.strategy)?;
        if self.below.is_empty() && self.below.columns.is_empty() {
            return Ok(());
        }
        write!(f, " {:?}", self.below)
    }
}

impl fmt::Debug for Loads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        list.entries(self.columns.shown());
        list.entries(self.iter());
        self.rest.iter().for_each(|rest| {
            list.entry(&format_args!("* ({rest:?})"));
        });
        list.finish()
    }
}
