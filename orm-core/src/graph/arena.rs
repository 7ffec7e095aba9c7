//! Floor 3: one model's nodes and versions.
//!
//! Append-only: a version, once in, neither moves nor changes, so `&M` of it lives as long as the arena. A node is the
//! index of its newest version; the highest bit says that a draft waits which the next read publishes.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use postgres_types::Type;

use super::edit::Start;
use crate::model::{AnyModel, CellError, ColumnSet, Page, Table};
use crate::types::Value;

const DRAFT: u32 = 1 << 31;

/// A version that stands in a page.
const PAGED: u32 = 1 << 30;

/// So many versions a page holds at most.
pub(super) const PAGE: usize = 1 << 10;

/// As many drafts have room at any time.
const FEW_DRAFTS: usize = 1_000;

/// The nodes and versions of one model.
pub(crate) struct Arena {
    table: &'static Table,
    /// A value in which nothing is set.
    unset: Box<dyn AnyModel>,
    heads: boxcar::Vec<AtomicU32>,
    versions: boxcar::Vec<Box<dyn AnyModel>>,
    /// Versions that came from the database together, as they came.
    pages: boxcar::Vec<Box<dyn Page>>,
    drafts: Mutex<HashMap<u32, Box<dyn AnyModel>>>,
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

impl Arena {
    pub(super) fn new(table: &'static Table) -> Self {
        let (heads, versions, pages) = (boxcar::Vec::new(), boxcar::Vec::new(), boxcar::Vec::new());
        Self { table, unset: (table.unset)(), heads, versions, pages, drafts: Mutex::default() }
    }

    pub(crate) fn table(&self) -> &'static Table {
        self.table
    }

    /// The model's number.
    pub(super) fn number(&self) -> usize {
        (self.table.number)()
    }

    /// The newest version of a node.
    pub(crate) fn newest(&self, position: u32) -> &dyn AnyModel {
        self.version(self.publish(position))
    }

    pub(crate) fn version(&self, version: u32) -> &dyn AnyModel {
        let place = (version & !PAGED) as usize;
        match version & PAGED {
            0 => &*self.versions[place],
            _ => self.pages[place / PAGE].row(place % PAGE),
        }
    }

    /// A column of a version.
    pub(crate) fn value(&self, version: u32, column: usize) -> &dyn Value {
        self.version(version).value(column)
    }

    /// A value in which nothing is set.
    pub(super) fn unset(&self) -> &dyn AnyModel {
        &*self.unset
    }

    /// Takes rows over without moving them; the version of the first, whom the others follow.
    pub(super) fn push_page(&self, page: Box<dyn Page>) -> u32 {
        let page = index(self.pages.push(page) * PAGE);
        PAGED | page
    }

    pub(crate) fn push(&self, version: Box<dyn AnyModel>) -> u32 {
        index(self.versions.push(version))
    }

    pub(super) fn reserve(&self, additional: usize) {
        self.versions.reserve(additional);
    }

    pub(super) fn reserve_nodes(&self, additional: usize) {
        self.heads.reserve(additional);
    }

    /// A new node. Only with the graph's lock held, so that its record gets the same position.
    pub(super) fn push_node(&self, version: u32) -> u32 {
        index(self.heads.push(AtomicU32::new(version)))
    }

    /// The newest version of a node; a draft becomes a version.
    pub(crate) fn publish(&self, position: u32) -> u32 {
        let head = self.head(position).load(Ordering::Acquire);
        if head & DRAFT == 0 { head } else { self.publish_draft(position) }
    }

    fn publish_draft(&self, position: u32) -> u32 {
        let head = self.head(position);
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

    /// The newest published version; what is drafted is left alone.
    pub(crate) fn published(&self, position: u32) -> u32 {
        self.head(position).load(Ordering::Acquire) & !DRAFT
    }

    /// Makes a version the newest; what was drafted is lost. Only with the graph's lock held.
    pub(crate) fn set_head(&self, position: u32, version: u32) {
        let head = self.head(position);
        if head.load(Ordering::Acquire) & DRAFT == 0 {
            // Drafts come with the graph's lock held, which the caller has.
            return head.store(version, Ordering::Release);
        }
        let mut drafts = self.drafts();
        drafts.remove(&position);
        head.store(version, Ordering::Release);
    }

    /// A new version: another one with some columns changed.
    pub(crate) fn derive(&self, from: u32, changes: &[(usize, Change<'_>)]) -> Result<u32, CellError> {
        let mut version = self.version(from).copied();
        for (column, change) in changes {
            let value = version.value_mut(*column);
            match change {
                Change::Copy(from) => value.assign(*from),
                Change::Null => value.assign(&None::<bool>),
                Change::Forget => value.assign(self.unset.value(*column)),
                Change::Cell(ty, raw) => {
                    value.decode(ty, *raw).map_err(|source| CellError { column: *column, source })?;
                    true
                }
            };
        }
        Ok(self.push(version))
    }

    /// The columns in which another version says something else. What it does not know it does not say.
    pub(crate) fn difference(&self, one: u32, other: u32) -> ColumnSet {
        if one == other {
            return ColumnSet::EMPTY;
        }
        let (one, other) = (self.version(one), self.version(other));
        let differs = |&column: &usize| {
            let value = other.value(column);
            value.is_loaded() && !value.is_same(one.value(column))
        };
        (0..self.table.columns.len()).filter(differs).collect()
    }

    /// What an edit starts from. Makes no version.
    pub(crate) fn start(&self, position: u32) -> Start {
        let drafted = |head: u32| {
            (head & DRAFT != 0).then(|| self.drafts().get(&position).map(|draft| draft.copied())).flatten()
        };
        match drafted(self.head(position).load(Ordering::Acquire)) {
            Some(draft) => Start::Draft(draft),
            None => Start::Version(self.published(position)),
        }
    }

    /// Takes an edit's changed columns into the draft of a node, which starts as its newest version.
    pub(super) fn change_draft(
        &self,
        position: u32,
        started_at: Option<u32>,
        edited: &mut dyn AnyModel,
        changed: ColumnSet,
    ) {
        let mut drafts = self.drafts();
        let newest = self.published(position);
        match drafts.entry(position) {
            Entry::Vacant(place) if started_at == Some(newest) => {
                place.insert(edited.take());
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

    fn drafts(&self) -> MutexGuard<'_, HashMap<u32, Box<dyn AnyModel>>> {
        self.drafts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn index(index: usize) -> u32 {
    u32::try_from(index)
        .ok()
        .filter(|index| index & (DRAFT | PAGED) == 0)
        .expect("a graph holds at most 2^30 versions of a model's rows")
}
