//! Floor 3: rows of another graph come in.
//!
//! A row that is here, under its key, takes the columns that are set; of the others come pending ones. Nothing is changed
//! until all rows are known to be complete, and nothing is awaited in between, so that no half-built graph is ever seen.

use hashbrown::HashMap;

use super::identity::hash;
use super::links::Side;
use super::source::SourceRow;
use super::{Change, Graph, Locked, Node};
use crate::error::{Error, Result};
use crate::model::{ColumnSet, Default, Kind};
use crate::types::Value;

/// Pending nodes by the keys that they were given, as far as they have been looked at.
#[derive(std::default::Default)]
pub(crate) struct PendingKeys {
    generation: u64,
    seen: usize,
    by_hash: HashMap<u64, Vec<u32>>,
}

impl Locked<'_> {
    /// Makes a place for the models of these rows.
    pub(crate) fn make_arenas(&mut self, source: &Graph, rows: &[SourceRow]) {
        for row in rows {
            let table = source.any(row.node.model).table();
            let targets = row.loaded.iter().map(|&loaded| (table.relationships[loaded].target)());
            for table in targets.chain([table]).filter(|table| !self.graph.has_arena((table.number)())) {
                self.make_arena(table);
            }
        }
    }

    /// The row here that a source row names. One that was expired is none until it has been read again.
    pub(crate) fn counterpart(&self, row: &SourceRow) -> Option<Node> {
        if row.is_here {
            return Some(row.node);
        }
        self.find(row.node.model, &parts(row)?).filter(|&node| !self.record(node).is_in_doubt())
    }

    /// Takes the rows in; where each of them is then. All that the database has of them is in memory.
    ///
    /// # Errors
    /// If one is new here, and a column that it must have was not set, or is here and was changed since its version;
    /// nothing is changed then.
    pub(crate) fn merge_rows(&mut self, source: &Graph, rows: &[SourceRow]) -> Result<Vec<Node>> {
        let known: Vec<Option<Node>> = rows.iter().map(|row| self.counterpart_or_pending(row)).collect();
        for (row, known) in rows.iter().zip(&known) {
            match *known {
                Some(node) => self.refuse_stale(source, row, node)?,
                None => self.refuse_incomplete(source, row)?,
            }
        }
        for &(_, node) in rows.iter().flat_map(|row| &row.outside) {
            self.add_again_if_out(node);
        }
        let mut places = Vec::with_capacity(rows.len());
        for (row, known) in rows.iter().zip(known) {
            // One that came in just now may have the same key.
            let node = known.or_else(|| self.counterpart_or_pending(row));
            if let Some(node) = node.filter(|_| !row.is_here) {
                self.overwrite(source, row, node);
            }
            places.push(node.unwrap_or_else(|| self.bring(source, row)));
        }
        for (row, &node) in rows.iter().zip(&places).filter(|(row, _)| !row.is_here) {
            self.link_merged(row, node, &places);
        }
        Ok(places)
    }

    fn counterpart_or_pending(&mut self, row: &SourceRow) -> Option<Node> {
        if let Some(node) = self.counterpart(row) {
            return Some(node);
        }
        self.find_pending(row.node.model, &parts(row)?)
    }

    /// The pending node that was given this key.
    pub(super) fn find_pending(&mut self, model: usize, key: &[&dyn Value]) -> Option<Node> {
        let wanted = hash(key.iter().copied())?;
        let (generation, columns) = (self.generation(), self.table(model).primary_key);
        let arena = self.arena(model);
        let mut keys = std::mem::take(&mut self.model_mut(model).pending_keys);
        if keys.generation != generation || keys.seen > self.model(model).changed.len() {
            keys = PendingKeys { generation, ..PendingKeys::default() };
        }
        let values = |position| {
            let version = arena.publish(position);
            columns.iter().map(move |&column| arena.value(version, column))
        };
        let is_meant = |position| {
            let node = Node { model, position };
            self.record(node).is_pending() && self.has_key(node, columns)
        };
        for &position in self.model(model).changed.get(keys.seen..).unwrap_or_default() {
            if is_meant(position)
                && let Some(hash) = hash(values(position))
            {
                keys.by_hash.entry(hash).or_default().push(position);
            }
        }
        keys.seen = self.model(model).changed.len();
        let is_same = |position: u32| values(position).zip(key).all(|(value, part)| value.is_same(*part));
        let same = keys.by_hash.get(&wanted).into_iter().flatten().copied();
        let found = same.into_iter().find(|&position| is_meant(position) && is_same(position));
        self.model_mut(model).pending_keys = keys;
        found.map(|position| Node { model, position })
    }

    /// A new row's key has changed: it is found under the one that it has now.
    pub(super) fn note_pending_key(&mut self, node: Node) {
        let arena = self.arena(node.model);
        let version = arena.publish(node.position);
        let key = self.table(node.model).primary_key;
        let keys = &mut self.model_mut(node.model).pending_keys;
        if keys.seen > 0
            && let Some(hash) = hash(key.iter().map(|&column| arena.value(version, column)))
        {
            keys.by_hash.entry(hash).or_default().push(node.position);
        }
    }

    fn refuse_incomplete(&self, source: &Graph, row: &SourceRow) -> Result<()> {
        let table = self.table(row.node.model);
        let linked = row.links.iter().map(|&(relationship, _)| relationship);
        let linked = linked.chain(row.outside.iter().map(|&(relationship, _)| relationship));
        let by_link: ColumnSet =
            linked.flat_map(|link| table.relationships[link].foreign_key(table).columns).copied().collect();
        let lacks = |&(column, facts): &(usize, &crate::model::ColumnFacts)| {
            let is_known = source.any(row.node.model).value(row.version, column).is_loaded();
            let is_filled =
                facts.nullable && is_known || facts.default != Default::None || table.is_version(column);
            !is_filled && !row.set.contains(column) && !by_link.contains(column)
        };
        let missing: Vec<_> =
            table.columns.iter().enumerate().filter(lacks).map(|(_, facts)| facts.field).collect();
        if missing.is_empty() { Ok(()) } else { Err(Error::incomplete(table.model, &missing)) }
    }

    /// What was made of another version of the row than the one that is here would undo what lies between.
    fn refuse_stale(&self, source: &Graph, row: &SourceRow, node: Node) -> Result<()> {
        let (table, record) = (self.table(node.model), self.record(node));
        let Some(version) = table.version.filter(|version| row.set.contains(version.column)) else {
            return Ok(());
        };
        let seen = source.any(node.model).value(row.base, version.column);
        let is_seen = self.arena(node.model).value(record.base, version.column).is_same(seen);
        if row.is_here || is_seen || !record.is_persistent() {
            return Ok(());
        }
        Err(Error::stale(table.model, "", &self.key_in_words(node)))
    }

    /// A row that is not here becomes a pending one. What stood for it has been read again, and has vanished.
    fn bring(&mut self, source: &Graph, row: &SourceRow) -> Node {
        let model = row.node.model;
        if let Some(vanished) = parts(row).and_then(|key| self.find(model, &key)) {
            self.expunge(vanished);
        }
        let (arena, mut given) = (self.arena(model), row.set);
        let mut version = arena.push(source.any(model).version(row.version).copied());
        let counter = self.table(model).counter().filter(|counter| !given.contains(counter.column));
        if let Some((counter, first)) = counter.and_then(|counter| Some((counter, counter.next(None)?))) {
            let first = [(counter.column, Change::Copy(&*first))];
            version = arena.derive(version, &first).expect("copying decodes nothing");
            given.insert(counter.column);
        }
        let node = self.create(model, version);
        self.model_mut(model).given.insert(node.position, given);
        self.link_by_keys(node);
        node
    }

    /// A row that is here takes the columns that are set. One that was to be deleted stays.
    fn overwrite(&mut self, source: &Graph, row: &SourceRow, node: Node) {
        let (arena, from) = (self.arena(node.model), source.any(node.model));
        let head = arena.publish(node.position);
        let value = |column| from.value(row.version, column);
        let table = self.table(node.model);
        let is_made = |column| table.is_read_only(column) || table.is_version(column);
        let differs = |&column: &usize| !is_made(column) && !arena.value(head, column).is_same(value(column));
        let changed: ColumnSet = row.set.iter().filter(differs).collect();
        if self.record(node).doomed {
            self.log(node);
            self.record_mut(node).doomed = false;
        }
        self.forget_assignments(node, row.set);
        if changed.is_empty() {
            return;
        }
        let copies: Vec<_> = changed.iter().map(|column| (column, Change::Copy(value(column)))).collect();
        let version = arena.derive(head, &copies).expect("copying decodes nothing");
        self.log(node);
        arena.set_head(node.position, version);
        self.give(node, changed);
        self.queue(node);
        self.follow_keys(node, changed);
    }

    /// A row that came in leads where it led, among those that came with it.
    fn link_merged(&mut self, row: &SourceRow, node: Node, places: &[Node]) {
        for &(relationship, target) in &row.links {
            self.set_link(self.side(node, relationship), Some(places[target].position));
        }
        for &(relationship, target) in &row.outside {
            self.set_link(self.side(node, relationship), Some(target.position));
        }
        for &relationship in &row.cut {
            self.set_link(self.side(node, relationship), None);
        }
    }

    /// Whether a row's key is that of a row which is new here too, so that the database cannot have it.
    pub(crate) fn is_below_new(&self, rows: &[SourceRow], row: &SourceRow) -> bool {
        let table = self.table(row.node.model);
        row.is_new
            && row.links.iter().any(|&(relationship, parent)| {
                let side = Side { node: row.node, relationship, facts: &table.relationships[relationship] };
                let key = side.facts.foreign_key(table).columns;
                let parent = &rows[parent];
                side.facts.kind == Kind::BelongsTo
                    && key.iter().any(|column| table.primary_key.contains(column))
                    && parent.level < row.level
                    && self.counterpart(parent).is_none()
            })
    }
}

fn parts(row: &SourceRow) -> Option<Vec<&dyn Value>> {
    let key = row.key.as_ref()?;
    Some(key.iter().map(|part| &**part).collect())
}
