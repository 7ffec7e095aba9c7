//! Floor 5: what the next flush has to write.
//!
//! Reads the graph once, with its lock held; what comes out is plain data that the plan is made from.

use std::cmp::Ordering;

use super::cascade::{Fate, collect_dependents, has_orphan_rule};
use super::rekey::Rekeyed;
use super::seldom::Seldom;
use super::touch::touch;
use crate::error::{Error, Result};
use crate::graph::{Arena, Link, Locked, Node, Side};
use crate::model::{ColumnSet, ForeignKey, Kind, Table};

/// What is to be written.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) inserts: Vec<Row>,
    pub(crate) updates: Vec<Row>,
    /// Updates that go before all others, since they free what those take.
    pub(crate) freed: Vec<Row>,
    /// Deletes that go before updates and inserts, since they free what those take.
    pub(crate) deleted_first: Vec<Row>,
    pub(crate) released_first: Vec<Released>,
    pub(crate) deletes: Vec<Row>,
    pub(crate) released: Vec<Released>,
    pub(super) rekeyed: Rekeyed,
}

/// A row that is to be written.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) node: Node,
    pub(crate) table: &'static Table,
    /// The version that is written (for deletes: the one that is in the database).
    pub(crate) version: u32,
    /// The version that is in the database.
    pub(crate) base: u32,
    /// The row goes in with this flush, and has no base yet.
    pub(crate) is_new: bool,
    /// Insert: the columns left to the server. Update: the columns written.
    pub(crate) columns: ColumnSet,
    /// Keys that come from rows which are inserted in the same flush.
    pub(crate) needs: Vec<Need>,
    /// What few rows have.
    pub(super) seldom: Option<Box<Seldom>>,
    /// The version is known to say nothing else than the base but in the columns that are written.
    pub(crate) is_whole: bool,
    /// The row's key changes, or other columns that others refer to.
    pub(crate) rekeys: bool,
    /// The update marks the row as deleted.
    pub(crate) leaves: bool,
}

/// A key that is that of a new row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need {
    pub(crate) columns: &'static [usize],
    pub(crate) parent: Node,
    pub(crate) references: &'static [usize],
    /// Whether the row may go in without it and get it afterwards.
    pub(crate) deferrable: bool,
}

/// Rows of a table that lose their parents, which are deleted: their key becomes NULL, and a bare link goes.
#[derive(Debug, Clone)]
pub(crate) struct Released {
    pub(crate) table: &'static Table,
    pub(crate) key: usize,
    pub(crate) parents: Vec<Row>,
}

impl Need {
    /// The parent, with each column that is taken from it.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (Node, usize)> + use<> {
        let parent = self.parent;
        self.references.iter().map(move |&reference| (parent, reference))
    }
}

impl Row {
    /// A row of which nothing is to be written.
    pub(crate) fn of(node: Node, table: &'static Table, base: u32) -> Self {
        Self {
            node,
            table,
            version: base,
            base,
            is_new: false,
            columns: ColumnSet::EMPTY,
            needs: Vec::new(),
            seldom: None,
            is_whole: false,
            rekeys: false,
            leaves: false,
        }
    }

    /// The columns that expressions are written to.
    pub(crate) fn assigned(&self) -> ColumnSet {
        self.assignments.iter().map(|assignment| assignment.column).collect()
    }

    /// Forgets the expressions for columns that are not written.
    pub(super) fn part_assignments(&mut self) {
        let columns = self.columns;
        self.is_whole = false;
        if !self.assignments.is_empty() {
            self.assignments.retain(|assignment| columns.contains(assignment.column));
        }
    }

    /// Leaves these columns to another update.
    pub(super) fn split_off(&mut self, columns: ColumnSet) -> Self {
        columns.iter().for_each(|column| self.columns.remove(column));
        let mut other = Self { columns, needs: Vec::new(), rekeys: false, ..self.clone() };
        other.goes_behind_none();
        self.part_assignments();
        other.part_assignments();
        other
    }

    /// The rows that are written before this one.
    pub(crate) fn goes_behind(&self) -> impl Iterator<Item = Node> {
        self.needs.iter().map(|need| need.parent).chain(self.after.iter().copied())
    }

    /// Goes without these keys; the update that writes them afterwards.
    pub(crate) fn leave_out(&mut self, needs: Vec<Need>) -> Self {
        // Without one of its columns a key refers to nothing, whatever the others hold.
        let columns = needs.iter().flat_map(|need| need.columns.iter().copied());
        let columns: ColumnSet = columns.filter(|&column| self.table.columns[column].nullable).collect();
        columns.iter().for_each(|column| self.nulls.insert(column));
        let seldom = Seldom { rank: self.rank, ..Seldom::default() };
        let seldom = (seldom.rank > 0).then(|| Box::new(seldom));
        Self { columns, needs, seldom, is_whole: false, ..self.clone() }
    }

    /// The need that a column is part of, and the column that it refers to.
    pub(crate) fn need(&self, column: usize) -> Option<(Node, usize)> {
        self.needs.iter().find_map(|need| {
            let place = need.columns.iter().position(|&own| own == column)?;
            Some((need.parent, need.references[place]))
        })
    }
}

impl Locked<'_> {
    /// What is to be written.
    ///
    /// # Errors
    /// If a row lost a parent that it must have.
    pub(crate) fn changes(&mut self, fate: &Fate) -> Result<Changes> {
        self.switch_rows(fate.all());
        let mut changes = Changes { rekeyed: self.rekeyed(fate), ..Changes::default() };
        for model in self.models_by_name() {
            let nodes = self.concerned(model, fate);
            // Not more than both: old rows are changed in sessions with many new ones too.
            changes.inserts.reserve(nodes.len().min(self.model(model).given.len()));
            for node in nodes {
                self.classify(node, fate, &mut changes)?;
            }
        }
        touch(&mut changes.updates);
        self.in_key_order(&mut changes.updates);
        self.in_key_order(&mut changes.deletes);
        self.free(&mut changes)?;
        changes.released_first = self.released(&changes.deleted_first, fate);
        changes.released = self.released(&changes.deletes, fate);
        Ok(changes)
    }

    /// Tables in the order of their names: models are numbered in each process as it happens.
    fn models_by_name(&self) -> Vec<usize> {
        let mut models: Vec<usize> = self.models().collect();
        models.sort_by_key(|&model| name(self.table(model)));
        models
    }

    /// Whether a flush would write one of these tables, or delete or change what their rows refer to.
    pub(crate) fn touches(&self, tables: &[&'static Table]) -> bool {
        let is_read = |table: &Table| tables.iter().any(|other| other.is(table));
        if self.models().all(|model| self.model(model).changed.is_empty()) {
            return false;
        }
        self.models().any(|model| {
            let table = self.table(model);
            let changed = || self.model(model).changed.iter().map(|&position| Node { model, position });
            let mut dependents = Vec::new();
            if changed().any(|node| self.record(node).doomed)
                || has_orphan_rule(table) && changed().next().is_some()
            {
                collect_dependents(table, &mut dependents);
            }
            is_read(table) && changed().any(|node| self.is_dirty(node)) || dependents.into_iter().any(is_read)
        }) || self.rekeyed(&Fate::default()).following().into_iter().any(is_read)
    }

    /// Whether the node is not as the database has it.
    pub(crate) fn is_dirty(&self, node: Node) -> bool {
        let record = *self.record(node);
        let head = || self.arena(node.model).publish(node.position);
        record.is_pending()
            || record.is_persistent()
                && (record.doomed
                    || !self.assignments(node).is_empty()
                    || !self.arena(node.model).difference(record.base, head()).is_empty()
                    || self.key_sides(node).any(|side| self.is_unwritten(side)))
    }

    /// The relationships of a node that run over keys of its own.
    pub(super) fn key_sides(&self, node: Node) -> impl Iterator<Item = Side> + use<> {
        let relationships = self.table(node.model).relationships.iter().enumerate();
        let keys = relationships.filter(|(_, facts)| facts.kind == Kind::BelongsTo);
        keys.map(move |(relationship, facts)| Side { node, relationship, facts })
    }

    /// Whether a link says something that the key's columns do not say: it leads to a row without a key, or to one whose
    /// key came after it was linked, or nowhere over a key that must be somewhere.
    fn is_unwritten(&self, side: Side) -> bool {
        match self.slot(side) {
            Link::Unknown => false,
            Link::Absent => self.is_orphan(side),
            Link::To(position) => {
                let parent = Node { model: ((side.facts.target)().number)(), position };
                self.record(parent).is_pending() || self.has_other_key(side, parent)
            }
        }
    }

    fn is_orphan(&self, side: Side) -> bool {
        let table = self.table(side.node.model);
        self.slot(side) == Link::Absent && !table.can_be_null(side.facts.foreign_key(table))
    }

    fn classify(&mut self, node: Node, fate: &Fate, changes: &mut Changes) -> Result<()> {
        let record = *self.record(node);
        let arena = self.arena(node.model);
        let version = arena.publish(node.position);
        if record.is_persistent() && fate.removes(node) {
            let row = Row { version: record.base, ..self.row(node, version, record.base) };
            changes.deletes.push(row);
            return Ok(());
        }
        let is_kept = fate.keeps(node);
        if !record.is_in_session() || fate.takes(node) && !is_kept || self.is_lost_link(node, fate) {
            return Ok(());
        }
        if !is_kept {
            self.refuse_orphan(node)?;
        }
        self.write_known_keys(node);
        let version = arena.publish(node.position);
        let mut row = self.row(node, version, record.base);
        row.is_new = record.is_pending();
        self.name(&mut row, &changes.rekeyed);
        if let assignments @ [_, ..] = self.assignments(node) {
            row.assignments = assignments.to_vec();
        }
        if row.is_new {
            row.columns = self.left_to_server(&row);
            self.refuse_unknown(node, version, row.columns.union(row.assigned()))?;
            changes.inserts.push(row);
            return Ok(());
        }
        self.classify_update(row, is_kept, changes);
        Ok(())
    }

    fn classify_update(&mut self, mut row: Row, is_kept: bool, changes: &mut Changes) {
        let version = row.version;
        let differs = self.arena(row.node.model).difference(row.base, version);
        row.columns = Self::written_columns(&row, differs);
        self.rekey(&mut row, changes);
        if is_kept {
            self.mark_row(&mut row);
        }
        row.is_whole = row.version == version && differs.without(row.columns).is_empty();
        if !row.columns.is_empty() {
            changes.updates.push(row);
        }
    }

    /// The columns that an update writes.
    fn written_columns(row: &Row, differs: ColumnSet) -> ColumnSet {
        let changed = differs.iter().filter(|&column| !row.table.is_read_only(column));
        let needed = row.needs.iter().flat_map(|need| need.columns).copied();
        changed.chain(row.assigned().iter()).chain(needed).collect()
    }

    /// Whether the node is a bare link of a row that is deleted, with which it goes.
    fn is_lost_link(&self, node: Node, fate: &Fate) -> bool {
        let is_doomed = |side: Side| {
            let model = ((side.facts.target)().number)();
            let end = self.slot(side).position();
            end.is_some_and(|position| fate.removes(Node { model, position }))
        };
        self.table(node.model).is_bare() && self.key_sides(node).any(is_doomed)
    }

    /// A link that was made while the parent had no key has one to write by now.
    fn write_known_keys(&mut self, node: Node) {
        for side in self.key_sides(node) {
            if let Link::To(position) = self.slot(side) {
                let parent = Node { model: ((side.facts.target)().number)(), position };
                if self.record(parent).is_persistent() && self.has_other_key(side, parent) {
                    self.copy_key(side, Some(position));
                }
            }
        }
    }

    fn row(&self, node: Node, version: u32, base: u32) -> Row {
        Row { version, base, ..Row::of(node, self.table(node.model), base) }
    }

    /// The columns that an insert leaves out, since they were not given and the server fills them.
    pub(super) fn left_to_server(&self, row: &Row) -> ColumnSet {
        let given = self.model(row.node.model).given.get(&row.node.position).copied().unwrap_or_default();
        let assigned = row.assigned();
        let left = |&(column, facts): &(usize, &crate::model::ColumnFacts)| {
            row.table.is_read_only(column)
                || facts.is_server_made()
                    && !given.contains(column)
                    && !assigned.contains(column)
                    && row.need(column).is_none()
        };
        row.table.columns.iter().enumerate().filter(left).map(|(column, _)| column).collect()
    }

    /// Whether a row may go in without this key: a column takes NULL, and what stands in the others is known.
    pub(super) fn may_be_written_later(&self, table: &Table, key: &ForeignKey, parent: Node) -> bool {
        let mut pairs = key.columns.iter().zip((key.references)());
        let known = |(&column, &reference): (&usize, &usize)| {
            table.columns[column].nullable || self.has_key(parent, &[reference])
        };
        table.can_be_null(key) && pairs.all(known)
    }

    fn refuse_orphan(&mut self, node: Node) -> Result<()> {
        let table = self.table(node.model);
        match self.key_sides(node).find(|&side| self.is_orphan(side)) {
            Some(side) => Err(Error::orphan(table.model, side.facts.name, &self.key_in_words(node))),
            None => Ok(()),
        }
    }

    /// Rows that are written in the order of their tables and keys cannot deadlock against each other.
    pub(super) fn in_key_order(&self, rows: &mut [Row]) {
        rows.sort_by(|one, other| {
            let arena = self.arena(one.node.model);
            let tables = name(one.table).cmp(&name(other.table));
            tables.then_with(|| key_order(arena, one, other))
        });
    }
}

fn name(table: &Table) -> (Option<&'static str>, &'static str) {
    (table.schema, table.name)
}

fn key_order(arena: &Arena, one: &Row, other: &Row) -> Ordering {
    let columns = one.table.primary_key.iter();
    columns
        .map(|&column| arena.value(one.base, column).order(arena.value(other.base, column)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}
