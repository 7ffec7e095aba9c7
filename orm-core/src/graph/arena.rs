//! Floor 3: one model's nodes and versions.
//!
//! Append-only: a version, once in, neither moves nor changes, so `&M` of it lives as long as the arena. A node is the
//! index of its newest version; the highest bit says that a draft waits which the next read publishes.

use std::any::Any;
use std::convert::Infallible;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use postgres_types::Type;
use tokio_postgres::Row;

use super::Locked;
use super::absorb::{Freshness, Portion, absorb, absorb_pages, decode, locate};
use super::edit::Start;
use super::incoming::{Incoming, IncomingKeys, IncomingRows};
use crate::model::{CellError, ColumnSet, Model, Table};
use crate::types::Value;

const DRAFT: u32 = 1 << 31;

/// A version that stands in a page.
const PAGED: u32 = 1 << 30;

/// So many versions a page holds at most.
pub(super) const PAGE: usize = 1 << 10;

/// From so many on, rows of which none is there stay where they came in.
const MANY: usize = 1 << 6;

/// Rows that came together; none where another row has the same key.
pub(super) type Page<M> = Vec<Option<M>>;

/// As many drafts have room at any time.
const FEW_DRAFTS: usize = 1_000;

/// The nodes and versions of one model.
pub(crate) struct Arena<M> {
    heads: boxcar::Vec<AtomicU32>,
    versions: boxcar::Vec<M>,
    /// Versions that came from the database together, as they came.
    pages: boxcar::Vec<Page<M>>,
    drafts: Mutex<HashMap<u32, M>>,
}

/// What becomes of a column in a version that is derived from another.
#[derive(Clone, Copy)]
pub(crate) enum Change<'a> {
    Copy(&'a dyn Value),
    Cell(&'a Type, Option<&'a [u8]>),
    Null,
    /// The value is not known any more.
    Forget,
}

impl<M: Model> Arena<M> {
    pub(crate) fn new() -> Self {
        let pages = boxcar::Vec::new();
        Self { heads: boxcar::Vec::new(), versions: boxcar::Vec::new(), pages, drafts: Mutex::default() }
    }

    /// The newest version of a node.
    pub(crate) fn newest(&self, position: u32) -> &M {
        let head = self.head(position).load(Ordering::Acquire);
        self.version(if head & DRAFT == 0 { head } else { self.publish(position) })
    }

    pub(crate) fn version(&self, version: u32) -> &M {
        match version & PAGED {
            0 => &self.versions[version as usize],
            _ => self.in_page(version),
        }
    }

    fn in_page(&self, version: u32) -> &M {
        let place = (version & !PAGED) as usize;
        self.pages[place / PAGE][place % PAGE]
            .as_ref()
            .expect("a version is what was there when it got its number")
    }

    /// Takes rows over without moving them; the version of the first, whom the others follow.
    pub(super) fn push_page(&self, page: Page<M>) -> u32 {
        let page = index(self.pages.push(page) * PAGE);
        PAGED | page
    }

    pub(crate) fn push(&self, version: M) -> u32 {
        index(self.versions.push(version))
    }

    pub(crate) fn reserve(&self, additional: usize) {
        self.heads.reserve(additional);
        self.versions.reserve(additional);
    }

    pub(super) fn reserve_nodes(&self, additional: usize) {
        self.heads.reserve(additional);
    }

    /// What an edit starts from, and a copy of it to be changed. Makes no version.
    pub(crate) fn start(&self, position: u32) -> (Start<M>, M) {
        let drafted =
            |head: u32| (head & DRAFT != 0).then(|| self.drafts().get(&position).map(M::copied)).flatten();
        match drafted(self.head(position).load(Ordering::Acquire)) {
            Some(draft) => (Start::Draft(draft.copied()), draft),
            None => {
                let version = self.published(position);
                (Start::Version(version), self.version(version).copied())
            }
        }
    }

    /// Takes an edit's changed columns into the draft of a node, which starts as its newest version.
    pub(crate) fn change_draft(&self, position: u32, started_at: Option<u32>, edited: M, changed: ColumnSet) {
        let mut drafts = self.drafts();
        let newest = self.published(position);
        match drafts.entry(position) {
            Entry::Vacant(place) if started_at == Some(newest) => {
                place.insert(edited);
            }
            place => {
                let draft = place.or_insert_with(|| self.version(newest).copied());
                for column in changed.iter() {
                    draft.value_mut(column).assign(edited.value(column));
                }
            }
        }
        self.head(position).fetch_or(DRAFT, Ordering::AcqRel);
    }

    fn head(&self, position: u32) -> &AtomicU32 {
        &self.heads[position as usize]
    }

    fn drafts(&self) -> MutexGuard<'_, HashMap<u32, M>> {
        self.drafts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn index(index: usize) -> u32 {
    u32::try_from(index)
        .ok()
        .filter(|index| index & (DRAFT | PAGED) == 0)
        .expect("a graph holds at most 2^30 versions of a model's rows")
}

/// An arena without its model: the one place where the graph is generic over models at run time.
pub(crate) trait AnyArena: Any + Send + Sync {
    fn as_any(&self) -> &dyn Any;
    fn table(&self) -> &'static Table;
    /// A version, as its model.
    #[cfg(feature = "serde")]
    fn any_version(&self, version: u32) -> &dyn Any;
    /// A column of a version.
    fn value(&self, version: u32, column: usize) -> &dyn Value;
    /// The newest version of a node; a draft becomes a version.
    fn publish(&self, position: u32) -> u32;
    /// A new node. Only with the graph's lock held, so that its record gets the same position.
    fn push_node(&self, version: u32) -> u32;
    /// The newest published version; what is drafted is left alone.
    fn published(&self, position: u32) -> u32;
    /// Makes a version the newest; what was drafted is lost. Only with the graph's lock held.
    fn set_head(&self, position: u32, version: u32);
    /// A new version, in which nothing is set.
    fn unset(&self) -> u32;
    /// A new version: another one with some columns changed.
    fn derive(&self, from: u32, changes: &[(usize, Change<'_>)]) -> Result<u32, CellError>;
    /// A new version: a copy of one in another graph's arena of the same model.
    fn adopt(&self, from: &dyn AnyArena, version: u32) -> u32;
    /// Takes in a portion of each row; a row of a join whose key is NULL there yields none.
    fn absorb(
        &self,
        locked: &mut Locked<'_>,
        rows: &[Row],
        portion: Portion<'_>,
        freshness: Freshness,
    ) -> Result<Vec<Option<u32>>, CellError>;

    /// Entities that are read as their rows come.
    fn incoming_rows(&self, portion: Portion<'static>) -> Box<dyn Incoming>;

    /// The distinct values of these columns, which are read as rows come.
    fn incoming_keys(&self, columns: &'static [usize]) -> Box<dyn Incoming>;

    /// Takes in what this arena's `incoming_rows` has read; where a join found nothing, none.
    fn take_in(
        &self,
        locked: &mut Locked<'_>,
        rows: Box<dyn Incoming>,
        freshness: Freshness,
    ) -> Vec<Option<u32>>;

    /// The nodes whose keys this arena's `incoming_keys` has read.
    fn find_all(&self, locked: &mut Locked<'_>, keys: Box<dyn Incoming>) -> Vec<u32>;

    /// The nodes whose `columns` hold the cells of each row from one on.
    fn locate(
        &self,
        locked: &mut Locked<'_>,
        rows: &[Row],
        place: (&'static [usize], usize),
    ) -> Result<Vec<Option<u32>>, CellError>;

    /// The columns in which another version says something else. What it does not know it does not say.
    fn difference(&self, one: u32, other: u32) -> ColumnSet {
        if one == other {
            return ColumnSet::EMPTY;
        }
        let differs = |&column: &usize| {
            let value = self.value(other, column);
            value.is_loaded() && !value.is_same(self.value(one, column))
        };
        (0..self.table().columns.len()).filter(differs).collect()
    }
}

/// What was read for this model.
fn own<I: Incoming>(incoming: Box<dyn Incoming>) -> Box<I> {
    (incoming as Box<dyn Any>).downcast().expect("what is taken in was read for this model")
}

/// An empty arena of a model, for [`Table::arena`]: what knows no more than the table can take the model's rows in.
pub fn new_arena<M: Model>() -> Box<dyn Any> {
    Box::new(Box::new(Arena::<M>::new()) as Box<dyn AnyArena>)
}

impl<M: Model> AnyArena for Arena<M> {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn table(&self) -> &'static Table {
        M::TABLE
    }

    #[cfg(feature = "serde")]
    fn any_version(&self, version: u32) -> &dyn Any {
        self.version(version)
    }

    fn value(&self, version: u32, column: usize) -> &dyn Value {
        self.version(version).value(column)
    }

    fn publish(&self, position: u32) -> u32 {
        let head = self.head(position);
        let version = head.load(Ordering::Acquire);
        if version & DRAFT == 0 {
            return version;
        }
        let mut drafts = self.drafts();
        let Some(draft) = drafts.remove(&position) else {
            return head.load(Ordering::Acquire) & !DRAFT;
        };
        if drafts.is_empty() {
            // After many drafts at once, the room that they took is given back.
            drafts.shrink_to(FEW_DRAFTS);
        }
        let version = self.push(draft);
        head.store(version, Ordering::Release);
        version
    }

    fn push_node(&self, version: u32) -> u32 {
        index(self.heads.push(AtomicU32::new(version)))
    }

    fn published(&self, position: u32) -> u32 {
        self.head(position).load(Ordering::Acquire) & !DRAFT
    }

    fn set_head(&self, position: u32, version: u32) {
        let head = self.head(position);
        if head.load(Ordering::Acquire) & DRAFT == 0 {
            // Drafts come with the graph's lock held, which the caller has.
            return head.store(version, Ordering::Release);
        }
        let mut drafts = self.drafts();
        drafts.remove(&position);
        head.store(version, Ordering::Release);
    }

    fn unset(&self) -> u32 {
        self.push(M::unset())
    }

    fn derive(&self, from: u32, changes: &[(usize, Change<'_>)]) -> Result<u32, CellError> {
        let mut version = self.version(from).copied();
        for (column, change) in changes {
            let value = version.value_mut(*column);
            match change {
                Change::Copy(from) => value.assign(*from),
                Change::Null => value.assign(&None::<bool>),
                Change::Forget => value.assign(M::unset().value(*column)),
                Change::Cell(ty, raw) => {
                    value.decode(ty, *raw).map_err(|source| CellError { column: *column, source })?;
                    true
                }
            };
        }
        Ok(self.push(version))
    }

    fn adopt(&self, from: &dyn AnyArena, version: u32) -> u32 {
        let from: &Self = from.as_any().downcast_ref().expect("both arenas are one model's");
        self.push(from.version(version).copied())
    }

    fn absorb(
        &self,
        locked: &mut Locked<'_>,
        rows: &[Row],
        portion: Portion<'_>,
        freshness: Freshness,
    ) -> Result<Vec<Option<u32>>, CellError> {
        let read = (rows.iter().map(|row| decode(row, portion)), rows.len());
        absorb(self, locked, read, portion.left_out, freshness)
    }

    fn incoming_rows(&self, portion: Portion<'static>) -> Box<dyn Incoming> {
        Box::new(IncomingRows::<M>::new(portion))
    }

    fn incoming_keys(&self, columns: &'static [usize]) -> Box<dyn Incoming> {
        Box::new(IncomingKeys::<M>::new(columns))
    }

    fn take_in(
        &self,
        locked: &mut Locked<'_>,
        rows: Box<dyn Incoming>,
        freshness: Freshness,
    ) -> Vec<Option<u32>> {
        let IncomingRows { portion, pages, places, .. } = *own::<IncomingRows<M>>(rows);
        let count = pages.iter().map(Vec::len).sum();
        let taken = match count >= MANY && locked.model(M::number()).indexes[0].is_empty() {
            true => absorb_pages(self, locked, pages),
            false => {
                let rows = pages.into_iter().flatten().map(Ok::<_, Infallible>);
                let Ok(taken) = absorb(self, locked, (rows, count), portion.left_out, freshness);
                taken
            }
        };
        match places {
            Some(places) => places.into_iter().map(|place| taken[place as usize]).collect(),
            None => taken,
        }
    }

    fn find_all(&self, locked: &mut Locked<'_>, keys: Box<dyn Incoming>) -> Vec<u32> {
        let IncomingKeys { columns, keys, .. } = *own::<IncomingKeys<M>>(keys);
        let mut find = |key: &M| locked.find_where(M::number(), columns, &|part| key.value(columns[part]));
        keys.iter().filter_map(|key| find(key).map(|node| node.position)).collect()
    }

    fn locate(
        &self,
        locked: &mut Locked<'_>,
        rows: &[Row],
        (columns, start): (&'static [usize], usize),
    ) -> Result<Vec<Option<u32>>, CellError> {
        locate::<M>(locked, rows, (columns, start))
    }
}
