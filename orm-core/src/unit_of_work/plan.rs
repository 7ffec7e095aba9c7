//! Floor 5: ordered steps from changes. Pure.
//!
//! Invariant: a row stands after every row whose key it names; what lets a value go stands before what may take it;
//! a flight ends only where a later step needs a value that the server makes in an earlier one and cannot hand on.

use std::fmt;
use std::sync::Arc;

use hashbrown::HashMap;

use super::changes::{Changes, Need, Released, Row};
use super::follow::{Follower, followers};
use super::order::{self, Order};
use super::tables::dependent_first;
use super::touch::touch;
use super::turns::{Turns, turns};
use crate::error::Result;
use crate::graph::{Assignment, Node};
use crate::model::{ColumnSet, ForeignKey, Table};

/// What a flush would do: the steps in order. Its `Display` has one line a step.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let user = session.add(User::builder().email("ann@example.org"));
/// session.add(Post::builder().title("Hello").user(&user));
/// assert_eq!(session.plan()?.to_string(), "insert 1 into users\ninsert 1 into posts\n");
/// # Ok(()) }
/// ```
#[must_use = "a plan only says what a flush would do"]
#[derive(Debug, Default)]
pub struct Plan {
    pub(crate) steps: Vec<Step>,
}

/// Rows of one table that are written by one statement.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) action: StepAction,
    pub(crate) table: &'static Table,
    pub(crate) rows: Vec<Row>,
    /// Steps of one flight are sent together.
    pub(crate) flight: usize,
    /// What changes along, since it refers to what an update changes.
    pub(super) followers: Vec<Follower>,
    /// Columns of new rows which the server makes, and which later steps of the flight take from there.
    pub(super) handed_on: ColumnSet,
    /// Those that they could.
    pub(super) can_be_handed_on: ColumnSet,
}

impl Step {
    pub(super) fn new(action: StepAction, table: &'static Table, rows: Vec<Row>) -> Self {
        let none = ColumnSet::EMPTY;
        let followers = Vec::new();
        let step =
            Self { action, table, rows, flight: 0, followers, handed_on: none, can_be_handed_on: none };
        Self { can_be_handed_on: step.drawn(), ..step }
    }
}

/// What a step does with its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum StepAction {
    /// Inserts them; these columns are left to the server and come back.
    Insert(ColumnSet),
    /// Updates these columns.
    Update(ColumnSet),
    /// Deletes them.
    Delete,
    /// The rows are parents: the foreign key at this position of the table, where it names them, becomes NULL.
    SetNull(usize),
    /// The rows are parents: the links that name them in the foreign key at this position of the table go.
    Unlink(usize),
}

/// Orders the changes.
///
/// # Errors
/// If new rows need each other's keys in a circle.
pub(crate) fn plan(changes: Changes) -> Result<Plan> {
    let Changes { inserts, updates, freed, deleted_first, released_first, deletes, released, rekeyed } =
        changes;
    let refer_to = |tables: &[&'static Table], row: &Row| tables.iter().any(|&table| refers_to(row, table));
    let mut left: Vec<&'static Table> = deleted_first.iter().map(|row| row.table).collect();
    left.dedup_by(|one, other| one.is(other));
    let (leaving, updates): (Vec<Row>, Vec<Row>) =
        updates.into_iter().partition(|row| row.goes_behind().next().is_none() && refer_to(&left, row));
    let is_bound = inserts.iter().chain(&updates).chain(&freed).any(|row| row.goes_behind().next().is_some());
    let Turns { early, among, late } = turns(&inserts, updates);
    let mut rows = inserts;
    rows.extend(among);
    let Order { layers, mut deferred } = order::order(&mut rows)?;
    // The others have been.
    touch(deferred.iter_mut().filter(|row| row.is_new));
    let mut plan = Planner { tables: rekeyed.tables, is_bound, ..Planner::default() };
    plan.updates(freed);
    plan.updates(leaving);
    plan.deletes(deleted_first, released_first);
    plan.updates(early);
    plan.layers(rows, &layers);
    plan.updates(late);
    plan.updates(deferred);
    plan.deletes(deletes, released);
    plan.steps.sort_by_key(|step| step.flight);
    Ok(Plan { steps: plan.steps })
}

/// Whether an update writes a key to this table.
pub(super) fn refers_to(row: &Row, table: &'static Table) -> bool {
    row.table
        .foreign_keys
        .iter()
        .any(|key| (key.target)().is(table) && key.columns.iter().any(|&column| row.columns.contains(column)))
}

fn is_update(action: StepAction) -> bool {
    matches!(action, StepAction::Update(_))
}

#[derive(Default)]
struct Planner {
    steps: Vec<Step>,
    /// The tables that may refer to rows whose keys change.
    tables: Vec<&'static Table>,
    /// For each row inserted, or updated in a later flight: the step, and its place among the step's rows.
    made: HashMap<Node, (usize, usize)>,
    /// Whether any row goes behind another; else nobody asks who made what.
    is_bound: bool,
}

impl Planner {
    fn layers(&mut self, rows: Vec<Row>, layers: &[Vec<usize>]) {
        let mut rows: Vec<Option<Row>> = rows.into_iter().map(Some).collect();
        for layer in layers {
            let is_update = |row: &&usize| rows[**row].as_ref().is_some_and(|row| !row.is_new);
            let updates: Vec<usize> = layer.iter().filter(is_update).copied().collect();
            self.updates(updates.into_iter().filter_map(|row| rows[row].take()).collect());
            for rows in grouped(layer.iter().filter_map(|&row| rows[row].take())) {
                let columns = rows[0].columns;
                self.step(StepAction::Insert(columns), rows[0].table, rows);
            }
        }
    }

    fn updates(&mut self, mut updates: Vec<Row>) {
        if updates.is_empty() {
            return;
        }
        updates.sort_by_key(|row| row.rank);
        for rows in grouped(updates.into_iter()) {
            let columns = rows[0].with_version();
            self.step(StepAction::Update(columns), rows[0].table, rows);
        }
    }

    fn deletes(&mut self, deletes: Vec<Row>, released: Vec<Released>) {
        if deletes.is_empty() && released.is_empty() {
            return;
        }
        for Released { table, key, parents } in released {
            let action = match table.is_bare() {
                true => StepAction::Unlink(key),
                false => StepAction::SetNull(key),
            };
            self.step(action, table, parents);
        }
        let mut groups = grouped(deletes.into_iter());
        let tables: Vec<_> = groups.iter().map(|rows| rows[0].table).collect();
        for table in dependent_first(&tables) {
            let place = groups.iter().position(|rows| rows[0].table.is(table));
            if let Some(place) = place {
                self.step(StepAction::Delete, table, groups.swap_remove(place));
            }
        }
    }

    fn step(&mut self, action: StepAction, table: &'static Table, rows: Vec<Row>) {
        let flight = match action {
            StepAction::Insert(_) | StepAction::Update(_) => {
                let known = rows.iter().map(|row| self.ready_in(row, action)).max().unwrap_or(0);
                known.max(self.given_in(action, table))
            }
            // What goes is the last of all.
            StepAction::Delete | StepAction::SetNull(_) | StepAction::Unlink(_) => {
                self.steps.iter().map(|step| step.flight).max().unwrap_or(0)
            }
        };
        if let StepAction::Insert(_) = action {
            self.hand_on(&rows, flight);
        }
        let step = self.steps.len();
        let noted = if self.is_bound { &*rows } else { &[] };
        self.made.reserve(noted.len());
        for (place, row) in noted.iter().enumerate() {
            // A key that was left out of a row is no part of it: the row stays the one that goes in.
            if matches!(action, StepAction::Insert(_)) || is_update(action) && flight > 0 && !row.is_new {
                self.made.insert(row.node, (step, place));
            }
        }
        let followers = match action {
            StepAction::Update(columns) if rows.iter().any(|row| row.rekeys) => {
                followers(table, columns, &self.tables)
            }
            _ => Vec::new(),
        };
        self.steps.push(Step { flight, followers, ..Step::new(action, table, rows) });
    }

    /// Notes what rows of this flight take from steps of the same flight.
    fn hand_on(&mut self, rows: &[Row], flight: usize) {
        for (parent, reference) in rows.iter().flat_map(|row| &row.needs).flat_map(Need::pairs) {
            if let Some((step, column)) = self.maker(parent, reference)
                && self.steps[step].flight == flight
            {
                self.steps[step].handed_on.insert(column);
            }
        }
    }

    /// The step in which the server makes what stands in a column of a new row, and the column there.
    fn maker(&self, node: Node, column: usize) -> Option<(usize, usize)> {
        let &(step, place) = self.made.get(&node)?;
        let row = &self.steps[step].rows[place];
        match row.need(column) {
            Some((parent, reference)) => self.maker(parent, reference),
            None => row.is_new.then_some((step, column)).filter(|_| row.columns.contains(column)),
        }
    }

    /// The first flight in which all keys that a row needs are known: its parents', and for an update its own, which does
    /// not go before the row itself.
    fn ready_in(&self, row: &Row, action: StepAction) -> usize {
        let parents = row.needs.iter().flat_map(Need::pairs).map(|(parent, reference)| {
            match self.maker(parent, reference) {
                Some((step, column))
                    if !is_update(action) && self.steps[step].can_be_handed_on.contains(column) =>
                {
                    self.steps[step].flight
                }
                _ => self.known_in(parent, reference),
            }
        });
        if !is_update(action)
            && row.after.is_empty()
            && row.needs.iter().all(|need| self.is_inserted(need.parent))
        {
            return parents.max().unwrap_or(0);
        }
        let own = row.table.primary_key.iter().map(|&column| self.known_in(row.node, column));
        let flight =
            |node: Node| self.made.get(&node).map(|&(step, _)| &self.steps[step]).map(|step| step.flight);
        let updated =
            |node: &Node| self.made.get(node).is_some_and(|&(step, _)| is_update(self.steps[step].action));
        let others = row.goes_behind().filter(updated).filter_map(flight);
        parents.chain(own).chain(flight(row.node)).chain(others).max().unwrap_or(0)
    }

    /// Whether a row is written by its insert alone so far.
    fn is_inserted(&self, node: Node) -> bool {
        self.made.get(&node).is_some_and(|&(step, _)| !is_update(self.steps[step].action))
    }

    /// The flight of new rows that this step's keys may name by value: it goes behind them.
    fn given_in(&self, action: StepAction, table: &'static Table) -> usize {
        let writes = |column: usize| match action {
            StepAction::Update(columns) => columns.contains(column),
            _ => true,
        };
        let keys = table.foreign_keys.iter().filter(|key| key.columns.iter().any(|&column| writes(column)));
        let parents = |key: &ForeignKey| {
            let (target, references) = ((key.target)(), (key.references)());
            let flights = self.steps.iter().filter_map(|step| match step.action {
                StepAction::Insert(left) if step.table.is(target) => {
                    references.iter().all(|&column| !left.contains(column)).then_some(step.flight)
                }
                _ => None,
            });
            flights.max().unwrap_or(0)
        };
        keys.map(parents).max().unwrap_or(0)
    }

    /// The first flight in which a column's value is known.
    fn known_in(&self, node: Node, column: usize) -> usize {
        let Some(&(step, place)) = self.made.get(&node) else { return 0 };
        let Step { action, flight, rows, .. } = &self.steps[step];
        let row = &rows[place];
        match row.need(column) {
            Some((parent, reference)) => self.known_in(parent, reference),
            None if is_update(*action) => 0,
            None if row.columns.contains(column) || row.assigned().contains(column) => flight + 1,
            None => 0,
        }
    }
}

/// Rows of one table, one set of columns and one rank, in the order in which the first of each came.
pub(super) fn grouped(rows: impl Iterator<Item = Row>) -> Vec<Vec<Row>> {
    let mut places: HashMap<(usize, ColumnSet, usize, String), usize> = HashMap::new();
    let mut groups: Vec<Vec<Row>> = Vec::new();
    let mut room = rows.size_hint().1.unwrap_or_default();
    for row in rows {
        if let Some(group) = groups.last_mut().filter(|group| goes_with(&group[0], &row)) {
            group.push(row);
            continue;
        }
        let place =
            *places.entry((row.node.model, row.columns, row.rank, shape(&row))).or_insert_with(|| {
                groups.push(Vec::with_capacity(std::mem::take(&mut room)));
                groups.len() - 1
            });
        groups[place].push(row);
    }
    groups
}

/// Whether a row belongs to the group of another, told without a look at expressions.
fn goes_with(first: &Row, row: &Row) -> bool {
    first.assignments.is_empty()
        && row.assignments.is_empty()
        && (first.node.model, first.rank, first.columns) == (row.node.model, row.rank, row.columns)
}

/// What is the same for expressions that differ in values alone.
fn shape(row: &Row) -> String {
    let text = |assignment: &Arc<Assignment>| format!("{} = {:?}\n", assignment.column, assignment.sql);
    row.assignments.iter().map(text).collect()
}

impl Plan {
    /// Whether there is nothing to write.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// if !session.plan()?.is_empty() {
    ///     session.commit().await?;
    /// }
    /// # Ok(()) }
    /// ```
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// How many flights the steps take: one round trip each. More than one where an update needs what the server makes.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let user = session.add(User::builder().email("ann@example.org"));
    /// session.add(Post::builder().title("Hello").user(&user));
    /// assert_eq!(session.plan()?.flights(), 1); // the post takes the key that the server makes there
    /// # Ok(()) }
    /// ```
    pub fn flights(&self) -> usize {
        self.steps.last().map_or(0, |step| step.flight + 1)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            writeln!(f, "{step}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, rows) = (self.table.name, self.rows.len());
        let names = |columns: ColumnSet| {
            let names: Vec<_> = columns.iter().map(|column| self.table.columns[column].name).collect();
            names.join(", ")
        };
        match self.action {
            StepAction::Insert(_) => write!(f, "insert {rows} into {name}"),
            StepAction::Update(columns) => write!(f, "update {rows} of {name}: {}", names(columns)),
            StepAction::Delete => write!(f, "delete {rows} from {name}"),
            StepAction::Unlink(key) => {
                let columns = self.table.foreign_keys[key].columns.iter().copied().collect();
                write!(f, "delete the links of {rows} from {name}: {}", names(columns))
            }
            StepAction::SetNull(key) => {
                let columns = self.table.foreign_keys[key].columns.iter().copied().collect();
                write!(f, "release the children of {rows} in {name}: {}", names(columns))
            }
        }
    }
}
