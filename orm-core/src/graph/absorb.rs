//! Floor 3: rows from the database become entities.
//!
//! Invariant: a row whose key is in the identity map is that entity, whatever statement brought it. What was read or
//! written in this transaction is kept; what is stale takes the row's values, and unflushed edits stay on top of them.

use hashbrown::hash_table::Entry;
use tokio_postgres::Row;

use super::arena::{Arena, Change, PAGE};
use super::deferred::{lacking, with_known};
use super::incoming::{Incoming, IncomingKeys, IncomingRows, decode_key};
use super::record::{Batch, EntityState, ModelState, NO_BATCH, Record};
use super::{Locked, Node};
use crate::model::{AnyModel, CellError, Cells, ColumnSet, Page};

/// From so many on, rows of which none is there stay where they came in.
const MANY: usize = 1 << 6;

/// Where a model's cells stand in a row, and the deferred columns whose cells say nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Portion<'a> {
    pub(crate) start: usize,
    pub(crate) left_out: ColumnSet,
    /// Where each cell is, where they do not stand one after the other.
    pub(crate) places: Option<&'a [usize]>,
    /// Whether a row may have none, which has NULL as its key.
    pub(crate) may_miss: bool,
    /// Whether many rows are expected to have the same.
    pub(crate) comes_again: bool,
}

impl Portion<'_> {
    /// The cells from `start` on. Only what is joined, and so does not come first, can be missing.
    pub(crate) fn new(start: usize, left_out: ColumnSet) -> Self {
        Self { start, left_out, places: None, may_miss: start > 0, comes_again: false }
    }
}

impl<'p> Portion<'p> {
    /// Its cells in a row.
    pub(super) fn cells<'c>(&self, row: &'c Row) -> Cells<'c>
    where
        'p: 'c,
    {
        Cells::partial(row, self.start, self.left_out).scattered(self.places)
    }
}

/// What a row does to an entity that is already there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Values of this transaction stay; older ones are taken from the row, below unflushed edits.
    Keep,
    /// The row's values are taken, below unflushed edits: the row is locked, so nothing can be newer.
    Renew,
    /// The row's values are taken, and unflushed edits are lost.
    Overwrite,
}

impl Arena {
    /// Takes in a portion of each row; a row of a join whose key is NULL there yields none.
    ///
    /// # Errors
    /// If a cell is not what its column holds; then nothing is taken in.
    pub(crate) fn absorb(
        &self,
        locked: &mut Locked<'_>,
        rows: &[Row],
        portion: Portion<'_>,
        freshness: Freshness,
    ) -> Result<Vec<Option<u32>>, CellError> {
        let mut incoming = IncomingRows::new(self, portion);
        rows.iter().try_for_each(|row| incoming.read(row))?;
        Ok(self.take_in_rows(locked, incoming, freshness))
    }

    /// Takes in the rows that have been read for this arena, where a join found nothing, none. Of keys, the nodes that have
    /// them.
    pub(crate) fn take_in(
        &self,
        locked: &mut Locked<'_>,
        incoming: Incoming,
        freshness: Freshness,
    ) -> Vec<Option<u32>> {
        match incoming {
            Incoming::Rows(rows) => self.take_in_rows(locked, rows, freshness),
            Incoming::Keys(keys) => {
                let IncomingKeys { columns, keys, .. } = keys;
                keys.iter().map(|key| self.find(locked, columns, &**key)).collect()
            }
        }
    }

    fn take_in_rows(
        &self,
        locked: &mut Locked<'_>,
        rows: IncomingRows<'_>,
        freshness: Freshness,
    ) -> Vec<Option<u32>> {
        let IncomingRows { portion, pages, count, places, .. } = rows;
        let pages = Pages { pages, count };
        let is_first = locked.model(self.number()).indexes[0].is_empty();
        let taken = match count >= MANY && is_first {
            true => absorb_pages(self, locked, pages),
            false => absorb_rows(self, locked, pages, portion.left_out, freshness),
        };
        match places {
            Some(places) => places.into_iter().map(|place| taken[place? as usize]).collect(),
            None => taken,
        }
    }

    /// The nodes whose `columns` hold the cells of each row from one on.
    ///
    /// # Errors
    /// If a cell is not what its column holds.
    pub(crate) fn locate(
        &self,
        locked: &mut Locked<'_>,
        rows: &[Row],
        (columns, start): (&'static [usize], usize),
    ) -> Result<Vec<Option<u32>>, CellError> {
        let mut key = self.unset().copied();
        let mut find = |row: &Row| {
            decode_key(&mut *key, columns, &Cells::new(row, start))?;
            Ok(self.find(locked, columns, &*key))
        };
        rows.iter().map(&mut find).collect()
    }

    /// The node whose columns have the values that they have in this row.
    fn find(&self, locked: &mut Locked<'_>, columns: &'static [usize], row: &dyn AnyModel) -> Option<u32> {
        let found = locked.find_where(self.number(), columns, &|part| row.value(columns[part]));
        found.map(|node| node.position)
    }
}

/// Rows that have been read.
struct Pages {
    /// Each is full but the last.
    pages: Vec<Box<dyn Page>>,
    count: usize,
}

impl Pages {
    /// The pages with the numbers of their rows.
    fn each(self) -> impl Iterator<Item = (Box<dyn Page>, usize)> {
        let count = self.count;
        self.pages.into_iter().enumerate().map(move |(page, rows)| (rows, PAGE.min(count - page * PAGE)))
    }
}

/// Rows of a model of which some may be there.
fn absorb_rows(
    arena: &Arena,
    locked: &mut Locked<'_>,
    pages: Pages,
    left_out: ColumnSet,
    freshness: Freshness,
) -> Vec<Option<u32>> {
    let (table, now) = (arena.table(), locked.state.undo.transaction());
    let brought = table.deferred().without(left_out);
    let state = locked.model_mut(arena.number());
    let (mut met, mut positions) = (Vec::new(), Vec::with_capacity(pages.count));
    arena.reserve(pages.count);
    make_room(arena, state, pages.count);
    for (mut page, rows) in pages.each() {
        for place in 0..rows {
            let row = page.row(place);
            let ModelState { indexes, records, .. } = &mut *state;
            let position = match indexes[0].entry(arena, records, &|part| row.value(table.primary_key[part]))
            {
                Entry::Occupied(known) => {
                    let position = *known.get();
                    if is_met(arena, &records[position as usize], (freshness, now), brought) {
                        met.push((position, page.row_mut(place).take()));
                    }
                    position
                }
                Entry::Vacant(free) => {
                    let version = arena.push(page.row_mut(place).take());
                    let position = take_in(records, arena.push_node(version), (version, now));
                    free.insert(position);
                    enter_others(arena, state, position);
                    position
                }
            };
            positions.push(Some(position));
        }
    }
    locked.note_result(arena.number(), &positions);
    for (position, row) in met {
        locked.meet(arena, Node { model: arena.number(), position }, row, (left_out, freshness));
    }
    positions
}

/// The rows of a model of which no row is there: they stay where they came in. What of them has a key that an earlier one
/// has is nobody's, and goes with the graph.
fn absorb_pages(arena: &Arena, locked: &mut Locked<'_>, pages: Pages) -> Vec<Option<u32>> {
    let (table, now) = (arena.table(), locked.state.undo.transaction());
    let state = locked.model_mut(arena.number());
    let mut positions = Vec::with_capacity(pages.count);
    make_room(arena, state, pages.count);
    for (page, rows) in pages.each() {
        for version in (arena.push_page(page)..).take(rows) {
            let row = arena.version(version);
            let ModelState { indexes, records, .. } = &mut *state;
            let position = match indexes[0].entry(arena, records, &|part| row.value(table.primary_key[part]))
            {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(free) => {
                    let position = take_in(records, arena.push_node(version), (version, now));
                    free.insert(position);
                    enter_others(arena, state, position);
                    position
                }
            };
            positions.push(Some(position));
        }
    }
    locked.note_result(arena.number(), &positions);
    positions
}

fn make_room(arena: &Arena, state: &mut ModelState, additional: usize) {
    arena.reserve_nodes(additional);
    state.records.reserve(additional);
    state.indexes[0].reserve(additional, arena, &state.records);
}

/// Whether a row says something of an entity that is there: it is newer, or brings what is not known.
fn is_met(arena: &Arena, known: &Record, (freshness, now): (Freshness, u32), brought: ColumnSet) -> bool {
    let lacks = || !brought.is_empty() && !lacking(arena, known, brought).is_empty();
    freshness != Freshness::Keep || known.fresh != now || lacks()
}

/// A new node, which is in the identity map, goes into the other indexes.
fn enter_others(arena: &Arena, state: &mut ModelState, position: u32) {
    let ModelState { indexes, referrers, records, .. } = state;
    let base = records[position as usize].base;
    indexes[1..].iter_mut().for_each(|index| index.insert(arena, records, position));
    referrers.iter_mut().for_each(|referrers| referrers.insert(arena, base, position));
}

fn take_in(records: &mut Vec<Record>, position: u32, (version, now): (u32, u32)) -> u32 {
    records.push(Record {
        base: version,
        batch: NO_BATCH,
        fresh: now,
        logged: 0,
        state: EntityState::Persistent,
        queued: false,
        doomed: false,
        for_good: false,
        row_stays: false,
        born_here: false,
        expunged: false,
    });
    position
}

impl ModelState {
    /// Remembers which nodes came together; they load their relationships together.
    fn note_batch(&mut self, positions: &[Option<u32>]) {
        let together = match positions {
            [Some(first), ..] if positions.iter().copied().eq((*first..).map(Some).take(positions.len())) => {
                let count = u32::try_from(positions.len()).expect("there are no more than nodes");
                Batch::Range(*first..*first + count)
            }
            _ => Batch::of(positions.iter().copied().flatten()),
        };
        if together.len() < 2 {
            return;
        }
        self.push_batch(together);
    }
}

impl Locked<'_> {
    fn note_result(&mut self, model: usize, positions: &[Option<u32>]) {
        self.model_mut(model).note_batch(positions);
        self.state.undo.note_read(model, positions);
    }

    /// A row of an entity that is there.
    fn meet(
        &mut self,
        arena: &Arena,
        node: Node,
        row: Box<dyn AnyModel>,
        (left_out, freshness): (ColumnSet, Freshness),
    ) {
        let (now, table) = (self.state.undo.transaction(), arena.table());
        let head = arena.publish(node.position);
        let record = *self.record(node);
        let base = record.base;
        let row = match table.deferred().is_empty() {
            true => row,
            false => with_known(arena, &record, row, (left_out, freshness, now)),
        };
        let known = arena.version(base);
        let same = (0..table.columns.len()).all(|column| row.value(column).is_same(known.value(column)));
        let (discard, was_changed) = (freshness == Freshness::Overwrite, self.was_changed());
        if !same || discard && head != base {
            let base = if same { base } else { arena.push(row) };
            self.rebase(node, base, discard);
        }
        if discard {
            self.forget_assignments(node, ColumnSet::first(table.columns.len()));
            self.find_lost_parents(node);
        }
        if !was_changed {
            self.state.undo.forget();
        }
        self.record_mut(node).fresh = now;
    }

    /// Gives a persistent node a new base. Unflushed edits stay on top of it, unless `discard`.
    pub(crate) fn rebase(&mut self, node: Node, base: u32, discard: bool) {
        self.log(node);
        self.move_base(node, base, discard);
    }

    /// The same, without a note for a rollback.
    pub(super) fn move_base(&mut self, node: Node, base: u32, discard: bool) {
        let arena = self.arena(node.model);
        let (old_base, old_head) = (self.record(node).base, arena.publish(node.position));
        self.leave(node);
        self.record_mut(node).base = base;
        self.enter(node);
        let head = if discard { base } else { on_top(arena, base, old_base, old_head) };
        arena.set_head(node.position, head);
        self.follow_keys(node, arena.difference(old_head, head));
    }
}

/// A version with the changes from `from` to `to` made to `base`; `base` itself if there are none.
pub(crate) fn on_top(arena: &Arena, base: u32, from: u32, to: u32) -> u32 {
    let edits = arena.difference(from, to);
    if edits == ColumnSet::EMPTY {
        return base;
    }
    let copies: Vec<_> = edits.iter().map(|column| (column, Change::Copy(arena.value(to, column)))).collect();
    arena.derive(base, &copies).expect("copying decodes nothing")
}
