//! Floor 3: rows from the database become entities.
//!
//! Invariant: a row whose key is in the identity map is that entity, whatever statement brought it. What was read or
//! written in this transaction is kept; what is stale takes the row's values, and unflushed edits stay on top of them.

use hashbrown::hash_table::Entry;
use tokio_postgres::Row;

use super::arena::{AnyArena, Arena, Change, Page};
use super::deferred::{lacking, with_known};
use super::identity::Index;
use super::record::{Batch, EntityState, ModelState, NO_BATCH, Record};
use super::referrers::Referrers;
use super::{Locked, Node};
use crate::model::{CellError, Cells, ColumnSet, Model};

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

/// A portion of a row; none where a join found nothing.
pub(super) fn decode<M: Model>(row: &Row, portion: Portion<'_>) -> Result<Option<M>, CellError> {
    let cells = portion.cells(row);
    if portion.may_miss && M::TABLE.primary_key.iter().any(|&column| cells.is_null(column)) {
        return Ok(None);
    }
    M::decode(&cells).map(Some)
}

/// See [`AnyArena::absorb`]; the first row that cannot be read ends it.
pub(super) fn absorb<M: Model, E>(
    arena: &Arena<M>,
    locked: &mut Locked<'_>,
    (rows, count): (impl Iterator<Item = Result<Option<M>, E>>, usize),
    left_out: ColumnSet,
    freshness: Freshness,
) -> Result<Vec<Option<u32>>, E> {
    let (brought, now) = (M::TABLE.deferred().without(left_out), locked.state.undo.transaction());
    let state = locked.model_mut(M::number());
    let mut met = Vec::new();
    let mut positions = Vec::with_capacity(count);
    arena.reserve(count);
    state.records.reserve(count);
    state.indexes[0].reserve(count, arena, &state.records);
    for row in rows {
        let Some(row) = row? else {
            positions.push(None);
            continue;
        };
        let ModelState { indexes, referrers, records, .. } = state;
        let position = match indexes[0].entry(arena, records, &|part| row.value(M::TABLE.primary_key[part])) {
            Entry::Occupied(known) => {
                let position = *known.get();
                if is_met(arena, &records[position as usize], (freshness, now), brought) {
                    met.push((position, row));
                }
                position
            }
            Entry::Vacant(place) => {
                let version = arena.push(row);
                let position = take_in(records, arena.push_node(version), (version, now));
                place.insert(position);
                enter_others(indexes, referrers, (arena, records), position);
                position
            }
        };
        positions.push(Some(position));
    }
    locked.note_result(M::number(), &positions);
    for (position, row) in met {
        locked.meet(arena, Node { model: M::number(), position }, row, (left_out, freshness));
    }
    Ok(positions)
}

/// Whether a row says something of an entity that is there: it is newer, or brings what is not known.
fn is_met(
    arena: &dyn AnyArena,
    known: &Record,
    (freshness, now): (Freshness, u32),
    brought: ColumnSet,
) -> bool {
    let lacks = || !brought.is_empty() && !lacking(arena, known, brought).is_empty();
    freshness != Freshness::Keep || known.fresh != now || lacks()
}

/// A new node, which is in the identity map, goes into the other indexes.
fn enter_others(
    indexes: &mut [Index],
    referrers: &mut [Referrers],
    (arena, records): (&dyn AnyArena, &[Record]),
    position: u32,
) {
    let base = records[position as usize].base;
    indexes[1..].iter_mut().for_each(|index| index.insert(arena, records, position));
    referrers.iter_mut().for_each(|referrers| referrers.insert(arena, base, position));
}

/// The rows of a model of which no row is there: they stay where they came in. What of them has a key that an earlier one
/// has is nobody's, and goes with the graph.
pub(super) fn absorb_pages<M: Model>(
    arena: &Arena<M>,
    locked: &mut Locked<'_>,
    pages: Vec<Page<M>>,
) -> Vec<Option<u32>> {
    let now = locked.state.undo.transaction();
    let state = locked.model_mut(M::number());
    let count = pages.iter().map(Vec::len).sum();
    let mut positions = Vec::with_capacity(count);
    arena.reserve_nodes(count);
    state.records.reserve(count);
    state.indexes[0].reserve(count, arena, &state.records);
    for page in pages {
        let found: Vec<bool> = page.iter().map(Option::is_some).collect();
        for (version, found) in (arena.push_page(page)..).zip(found) {
            if !found {
                positions.push(None);
                continue;
            }
            let row = arena.version(version);
            let ModelState { indexes, referrers, records, .. } = state;
            let key = |part: usize| row.value(M::TABLE.primary_key[part]);
            let position = match indexes[0].entry(arena, records, &key) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(place) => {
                    let position = take_in(records, arena.push_node(version), (version, now));
                    place.insert(position);
                    enter_others(indexes, referrers, (arena, records), position);
                    position
                }
            };
            positions.push(Some(position));
        }
    }
    locked.note_result(M::number(), &positions);
    positions
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

/// See [`AnyArena::locate`].
pub(crate) fn locate<M: Model>(
    locked: &mut Locked<'_>,
    rows: &[Row],
    (columns, start): (&'static [usize], usize),
) -> Result<Vec<Option<u32>>, CellError> {
    let mut read = M::unset();
    let mut find = |row: &Row| {
        let cells = Cells::new(row, start);
        for (cell, &column) in columns.iter().enumerate() {
            let (ty, raw) = cells.raw(cell);
            read.value_mut(column).decode(ty, raw).map_err(|source| CellError { column, source })?;
        }
        let found = locked.find_where(M::number(), columns, &|part| read.value(columns[part]));
        Ok(found.map(|node| node.position))
    };
    rows.iter().map(&mut find).collect()
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
    fn meet<M: Model>(
        &mut self,
        arena: &Arena<M>,
        node: Node,
        row: M,
        (left_out, freshness): (ColumnSet, Freshness),
    ) {
        let now = self.state.undo.transaction();
        let head = arena.publish(node.position);
        let record = *self.record(node);
        let base = record.base;
        let row = match M::TABLE.deferred().is_empty() {
            true => row,
            false => with_known(arena.version(base), &record, row, (left_out, freshness, now)),
        };
        let same =
            (0..M::TABLE.columns.len()).all(|column| row.value(column).is_same(arena.value(base, column)));
        let (discard, was_changed) = (freshness == Freshness::Overwrite, self.was_changed());
        if !same || discard && head != base {
            let base = if same { base } else { arena.push(row) };
            self.rebase(node, base, discard);
        }
        if discard {
            self.forget_assignments(node, ColumnSet::first(M::TABLE.columns.len()));
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
pub(crate) fn on_top(arena: &dyn AnyArena, base: u32, from: u32, to: u32) -> u32 {
    let edits = arena.difference(from, to);
    if edits == ColumnSet::EMPTY {
        return base;
    }
    let copies: Vec<_> = edits.iter().map(|column| (column, Change::Copy(arena.value(to, column)))).collect();
    arena.derive(base, &copies).expect("copying decodes nothing")
}
