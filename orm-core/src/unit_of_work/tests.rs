//! The order of a flush for random rows over a few tables: what a plan must keep, said independently of how it is made.

use hashbrown::HashMap;
use proptest::prelude::*;

use super::changes::{Changes, Need, Row};
use super::plan::{Plan, Step, StepAction, plan};
use crate::graph::Node;
use crate::model::{Action, ColumnFacts, ColumnSet, Default as ServerDefault, ForeignKey, Table};
use crate::schema::fixture::{column, identity, table};
use crate::types::SqlType;

const KEY: ColumnFacts = column("key", SqlType::new("bigint"));
const NULLABLE: ColumnFacts = ColumnFacts { nullable: true, ..KEY };
const NATURAL: ColumnFacts = column("id", SqlType::new("bigint"));

const fn key(columns: &'static [usize], target: fn() -> &'static Table) -> ForeignKey {
    let (on_delete, on_update) = (Action::NoAction, Action::NoAction);
    ForeignKey { columns, target, references: || &[0], on_delete, on_update }
}

macro_rules! tables {
    ($($name:ident $number:literal: $columns:expr, $keys:expr;)+) => {
        $(static $name: Table = Table { number: || $number, ..table(stringify!($name), &$columns, &$keys) };)+
        static TABLES: &[&Table] = &[$(&$name),+];
    };
}

tables! {
    COUNTRIES 0: [NATURAL], [];
    USERS 1: [identity()], [];
    POSTS 2: [identity(), KEY, NULLABLE], [key(&[1], || &USERS), key(&[2], || &COUNTRIES)];
    NODES 3: [identity(), NULLABLE, KEY], [key(&[1], || &NODES), key(&[2], || &NODES)];
    DEPARTMENTS 4: [identity(), NULLABLE, KEY], [key(&[1], || &EMPLOYEES), key(&[2], || &EMPLOYEES)];
    EMPLOYEES 5: [identity(), KEY, NULLABLE], [key(&[1], || &DEPARTMENTS), key(&[2], || &DEPARTMENTS)];
    PROFILES 6: [NATURAL], [key(&[0], || &USERS)];
    BADGES 7: [identity(), NULLABLE], [key(&[1], || &PROFILES)];
    LINKS 8: [identity(), NULLABLE, NULLABLE], [key(&[1], || &LINKS), key(&[2], || &LINKS)];
}

/// A row: its table, whether its key is given, and for each foreign key the new row that it leads to, if any.
type Drawn = (usize, bool, [Option<u8>; 2]);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    // Tables in a cycle come more often, so that circles come at all.
    let table = prop_oneof![0..TABLES.len(), 3..6usize, Just(3usize)];
    let drawn = (table, any::<bool>(), any::<[Option<u8>; 2]>());
    prop::collection::vec(drawn, 0..20).prop_map(|drawn| {
        let place =
            |place: usize| Node { model: drawn[place].0, position: u32::try_from(place).unwrap_or(0) };
        (0..drawn.len()).map(|n| row(place(n), &drawn, place)).collect()
    })
}

fn row(node: Node, drawn: &[Drawn], place: impl Fn(usize) -> Node) -> Row {
    let (number, given, parents) = drawn[node.position as usize];
    let table = TABLES[number];
    let needs = table.foreign_keys.iter().zip(parents).filter_map(|(key, parent)| {
        let target = ((key.target)().number)();
        let candidates: Vec<_> = (0..drawn.len()).filter(|&row| drawn[row].0 == target).collect();
        let parent = place(*candidates.get(usize::from(parent?) % candidates.len().max(1))?);
        let deferrable = key.columns.iter().all(|&column| table.columns[column].nullable);
        Some(Need { columns: key.columns, parent, references: (key.references)(), deferrable })
    });
    let left = !given && table.columns[0].default == ServerDefault::Identity;
    let columns = left.then_some(0).into_iter().collect();
    Row { is_new: true, columns, needs: needs.collect(), ..Row::of(node, table, 0) }
}

/// Whether needs lead from one row to another, over one need at least.
fn leads(rows: &[Row], counts: fn(&Need) -> bool, from: Node, to: Node) -> bool {
    let mut open = vec![from];
    let mut met = vec![false; rows.len()];
    while let Some(node) = open.pop() {
        for need in rows[node.position as usize].needs.iter().filter(|need| counts(need)) {
            if need.parent == to {
                return true;
            }
            if !std::mem::replace(&mut met[need.parent.position as usize], true) {
                open.push(need.parent);
            }
        }
    }
    false
}

/// Where each row is inserted, and which updates write keys afterwards.
#[derive(Default)]
struct Places<'p> {
    inserts: HashMap<Node, (usize, &'p Row)>,
    updates: Vec<(usize, &'p Row)>,
}

impl<'p> Places<'p> {
    fn of(plan: &'p Plan) -> Self {
        let mut places = Self::default();
        for (place, step) in plan.steps.iter().enumerate() {
            for row in &step.rows {
                match step.action {
                    StepAction::Insert(_) => assert!(places.inserts.insert(row.node, (place, row)).is_none()),
                    _ => places.updates.push((place, row)),
                }
            }
        }
        places
    }

    /// The update that writes a need which the insert left out.
    fn deferred(&self, node: Node, need: &Need) -> Option<usize> {
        let same =
            |row: &Row| row.node == node && row.needs.iter().any(|other| other.columns == need.columns);
        self.updates.iter().find(|(_, row)| same(row)).map(|&(place, _)| place)
    }

    /// The first flight in which a new row's key is known, or can be taken by those that go in behind it.
    fn known(&self, plan: &Plan, node: Node, by: &Step) -> usize {
        let (place, row) = self.inserts[&node];
        match row.need(0) {
            Some((parent, _)) => self.known(plan, parent, by),
            None if row.columns.contains(0) => plan.steps[place].flight + usize::from(is_update(by)),
            None => 0,
        }
    }

    /// The first flight in which a step can travel.
    fn earliest(&self, plan: &Plan, place: usize) -> usize {
        let step = &plan.steps[place];
        let parents = step.rows.iter().flat_map(|row| row.needs.iter().map(|need| need.parent));
        let updated = || step.rows.iter().filter(|_| is_update(step)).map(|row| row.node);
        let inserted = updated().map(|node| plan.steps[self.inserts[&node].0].flight);
        let keys = parents.chain(updated()).map(|node| self.known(plan, node, step)).chain(inserted);
        let named = |other: &&Step| names_by_value(step, other);
        keys.chain(plan.steps[..place].iter().filter(named).map(|other| other.flight)).max().unwrap_or(0)
    }
}

fn is_update(step: &Step) -> bool {
    matches!(step.action, StepAction::Update(_))
}

/// Whether a step may name rows of another, inserted with given keys, by their values.
fn names_by_value(step: &Step, other: &Step) -> bool {
    let StepAction::Insert(left) = other.action else { return false };
    step.table.foreign_keys.iter().any(|key| {
        let written = match step.action {
            StepAction::Update(columns) => columns.contains(key.columns[0]),
            _ => true,
        };
        written && ((key.target)().number)() == (other.table.number)() && !left.contains(0)
    })
}

fn changes(inserts: &[Row]) -> Changes {
    Changes { inserts: inserts.to_vec(), ..Changes::default() }
}

proptest! {
    #[test]
    fn a_row_stands_behind_the_rows_whose_keys_it_needs(rows in rows()) {
        let Ok(plan) = plan(changes(&rows)) else { return Ok(()) };
        let places = Places::of(&plan);
        prop_assert_eq!(places.inserts.len(), rows.len());
        for row in &rows {
            let (place, inserted) = places.inserts[&row.node];
            for need in &row.needs {
                let parent = places.inserts[&need.parent].0;
                let column = need.columns[0];
                match places.deferred(row.node, need) {
                    None => prop_assert!(parent < place && !inserted.nulls.contains(column)),
                    Some(update) => {
                        prop_assert!(place < update && parent < update && inserted.nulls.contains(column));
                        prop_assert!(inserted.need(column).is_none());
                    }
                }
            }
        }
    }

    #[test]
    fn only_nullable_keys_in_a_cycle_are_written_afterwards(rows in rows()) {
        let Ok(plan) = plan(changes(&rows)) else { return Ok(()) };
        for (_, update) in Places::of(&plan).updates {
            prop_assert!(!update.needs.is_empty() && update.nulls.is_empty());
            for need in &update.needs {
                prop_assert!(need.deferrable);
                prop_assert!(need.columns.iter().all(|&column| update.columns.contains(column)));
                prop_assert!(need.parent == update.node || leads(&rows, |_| true, need.parent, update.node));
            }
        }
    }

    #[test]
    fn a_cycle_without_a_nullable_key_is_unsolvable_and_nothing_else_is(rows in rows()) {
        let stiff = rows.iter().any(|row| leads(&rows, |need| !need.deferrable, row.node, row.node));
        match plan(changes(&rows)) {
            Ok(_) => prop_assert!(!stiff),
            Err(error) => prop_assert!(stiff && error.is_unsolvable()),
        }
    }

    #[test]
    fn a_step_travels_as_early_as_its_keys_are_known(rows in rows()) {
        let Ok(plan) = plan(changes(&rows)) else { return Ok(()) };
        let places = Places::of(&plan);
        prop_assert!(plan.steps.is_sorted_by_key(|step| step.flight));
        for (place, step) in plan.steps.iter().enumerate() {
            prop_assert_eq!(step.flight, places.earliest(&plan, place), "{}", plan);
        }
    }
}

#[test]
fn random_rows_are_solvable_and_unsolvable_with_and_without_cycles() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let (mut unsolvable, mut deferred, mut plain) = (0, 0, 0);
    let mut runner = TestRunner::deterministic();
    for _ in 0..500 {
        let rows = rows().new_tree(&mut runner).expect("nothing is rejected").current();
        match plan(changes(&rows)) {
            Err(_) => unsolvable += 1,
            Ok(plan) if plan.steps.iter().any(is_update) => deferred += 1,
            Ok(_) => plain += 1,
        }
    }
    assert!(unsolvable > 20 && deferred > 20 && plain > 20, "{unsolvable} {deferred} {plain}");
}

/// A new node whose parent is another.
fn child(position: u32, parent: u32) -> Row {
    let node = |position| Node { model: 3, position };
    let need = Need { columns: &[1], parent: node(parent), references: &[0], deferrable: true };
    let (columns, needs) = (ColumnSet::first(1), vec![need]);
    Row { is_new: true, columns, needs, ..Row::of(node(position), &NODES, 0) }
}

#[test]
fn a_large_tree_has_a_step_for_each_of_its_levels() {
    let mut rows: Vec<Row> = (1..50_000).map(|position| child(position, (position - 1) / 10)).collect();
    rows.push(Row { needs: Vec::new(), ..child(0, 0) });
    let plan = plan(changes(&rows)).expect("a tree has no circle");
    let counts: Vec<_> = plan.steps.iter().map(|step| step.rows.len()).collect();
    assert_eq!(counts, [1, 10, 100, 1_000, 10_000, 38_889]);
}

#[test]
fn many_circles_are_broken_at_once() {
    let rows: Vec<Row> = (0..20_000).map(|position| child(position, position ^ 1)).collect();
    let plan = plan(changes(&rows)).expect("the keys can be written afterwards");
    let counts: Vec<_> = plan.steps.iter().map(|step| step.rows.len()).collect();
    assert_eq!(counts, [20_000, 20_000]);
}

/// Each node knows the next and the one before: a circle of as many rows as there are.
#[test]
fn a_list_that_is_linked_both_ways_is_written_by_two_statements() {
    let need = |columns: &'static [usize], position| Need {
        columns,
        parent: Node { model: 8, position },
        references: &[0],
        deferrable: true,
    };
    let count = 20_000;
    let rows: Vec<Row> = (0..count)
        .map(|position| {
            let next = (position + 1 < count).then(|| need(&[1], position + 1));
            let previous = (position > 0).then(|| need(&[2], position - 1));
            let needs = next.into_iter().chain(previous).collect();
            let node = Node { model: 8, position };
            Row { is_new: true, columns: ColumnSet::first(1), needs, ..Row::of(node, &LINKS, 0) }
        })
        .collect();
    let plan = plan(changes(&rows)).expect("the keys can be written afterwards");
    let counts: Vec<_> = plan.steps.iter().map(|step| step.rows.len()).collect();
    assert_eq!(counts, [20_000, 20_000]);
}

/// A row with a given key goes in late, since it needs a key that comes late; what was left out of it comes later still.
#[test]
fn what_was_left_out_is_written_behind_the_row_although_its_key_is_given() {
    let (employees, departments) = (EMPLOYEES.number, DEPARTMENTS.number);
    let node = |table: fn() -> usize, position| Node { model: table(), position };
    let (boss, clerk) = (node(employees, 0), node(employees, 1));
    let (sales, board) = (node(departments, 0), node(departments, 1));
    let need = |column: &'static [usize], parent, deferrable| Need {
        columns: column,
        parent,
        references: &[0],
        deferrable,
    };
    let new = |node, table, left: &[usize], needs| {
        let columns = left.iter().copied().collect();
        Row { is_new: true, columns, needs, ..Row::of(node, table, 0) }
    };
    let rows = [
        new(boss, &EMPLOYEES, &[], vec![need(&[1], sales, false), need(&[2], board, true)]),
        new(clerk, &EMPLOYEES, &[0], vec![need(&[1], board, false)]),
        new(sales, &DEPARTMENTS, &[0], vec![need(&[2], clerk, false)]),
        new(board, &DEPARTMENTS, &[0], vec![need(&[1], boss, true)]),
    ];
    let plan = plan(changes(&rows)).expect("nullable keys break the circle");
    let places = Places::of(&plan);
    for &(update, row) in &places.updates {
        assert!(places.inserts[&row.node].0 < update, "{plan}");
    }
    assert!(!places.updates.is_empty());
}

/// As `rows`, of which some are in the database: their keys change, or what they refer to; some wait for others.
fn written() -> impl Strategy<Value = Vec<Row>> {
    (rows(), prop::collection::vec((0..4usize, any::<u8>()), 20)).prop_map(|(mut rows, drawn)| {
        let is_new = |row: &Row| drawn[row.node.position as usize].0 < 2;
        let rekeys = |row: &Row| drawn[row.node.position as usize].0 == 3;
        let named: Vec<bool> = rows.iter().map(|row| is_new(row) || rekeys(row)).collect();
        let nodes: Vec<Node> = rows.iter().map(|row| row.node).collect();
        for row in &mut rows {
            let (node, goes_in) = (row.node, is_new(row));
            row.needs.retain(|need| named[need.parent.position as usize] && (goes_in || need.parent != node));
            let other = nodes[usize::from(drawn[row.node.position as usize].1) % nodes.len()];
            if other.model == row.node.model
                && other.position < row.node.position
                && !is_new_node(&drawn, other)
            {
                row.after.push(other);
            }
            if !is_new(row) {
                (row.is_new, row.rekeys) = (false, rekeys(row));
                row.columns = row.needs.iter().flat_map(|need| need.columns.iter().copied()).collect();
                row.columns.insert(if row.rekeys { 0 } else { row.table.columns.len() - 1 });
            }
        }
        rows
    })
}

fn is_new_node(drawn: &[(usize, u8)], node: Node) -> bool {
    drawn[node.position as usize].0 < 2
}

proptest! {
    #[test]
    fn what_is_written_goes_behind_what_it_names_and_waits_for(rows in written()) {
        let (inserts, updates): (Vec<Row>, Vec<Row>) = rows.iter().cloned().partition(|row| row.is_new);
        let Ok(plan) = plan(Changes { inserts, updates, ..Changes::default() }) else { return Ok(()) };
        prop_assert!(plan.steps.is_sorted_by_key(|step| step.flight));
        let first = |node: Node| plan.steps.iter().position(|step| step.rows.iter().any(|row| row.node == node));
        for row in &rows {
            let place = first(row.node).expect("each row is written");
            for &other in &row.after {
                prop_assert!(first(other).is_some_and(|other| other < place), "{}", plan);
            }
            for need in &row.needs {
                let names = |other: &Row| {
                    other.node == row.node && other.needs.iter().any(|other| other.columns == need.columns)
                };
                let written = plan.steps.iter().position(|step| step.rows.iter().any(names));
                let written = written.expect("each key is written");
                let parent = first(need.parent).expect("each row is written");
                prop_assert!(parent < written, "{}", plan);
                let [parent, written] = [parent, written].map(|place| &plan.steps[place]);
                if matches!(parent.action, StepAction::Insert(left) if left.contains(need.references[0])) {
                    let handed_on = !is_update(written) && parent.handed_on.contains(need.references[0]);
                    prop_assert!(parent.flight + usize::from(!handed_on) <= written.flight, "{}", plan);
                }
            }
        }
    }
}
