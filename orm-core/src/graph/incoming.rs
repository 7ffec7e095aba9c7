//! Floor 3: rows on their way into the graph.
//!
//! They are decoded as they come, so that the driver's rows are let go one by one and no lock is held while the next ones
//! are awaited. Invariant: nothing here knows what the graph holds; what came is taken in all at once, see
//! [`AnyArena::take_in`](super::AnyArena::take_in).

use std::any::Any;

use hashbrown::HashTable;
use tokio_postgres::Row;

use super::absorb::{Portion, decode};
use super::arena::{AnyArena, PAGE, Page};
use super::identity::hash;
use super::repeats::Repeats;
use crate::error::{Error, Result};
use crate::model::{Cells, Model, Table};

/// Room for so many rows is made when a second one comes.
const SEVERAL: usize = 31;

/// What is read of each row while it comes.
#[derive(Clone, Copy)]
pub(crate) struct Read<'g> {
    pub(crate) arena: &'g dyn AnyArena,
    pub(crate) part: Part,
}

/// A part of a row.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    /// An entity.
    Row(Portion<'static>),
    /// Only these columns of one, in the first cells.
    Key(&'static [usize]),
}

/// Parts of rows, read one by one.
pub(crate) trait Incoming: Any + Send {
    /// # Errors
    /// If a cell is not what its column holds.
    fn read(&mut self, row: &Row) -> Result<()>;
}

/// The entities of rows; none where the key is NULL.
pub(super) struct IncomingRows<M> {
    pub(super) portion: Portion<'static>,
    /// Each is full but the last.
    pub(super) pages: Vec<Page<M>>,
    /// For each row the place of its entity; without it they are one after the other.
    pub(super) places: Option<Vec<u32>>,
    repeats: Repeats,
}

/// The distinct keys of rows, each in a value of the model in which nothing else is set.
pub(super) struct IncomingKeys<M> {
    pub(super) columns: &'static [usize],
    pub(super) keys: Vec<M>,
    /// Where each stands, behind its hash.
    places: HashTable<(u64, usize)>,
    read: M,
}

impl Read<'_> {
    /// Before the first row.
    pub(crate) fn start(&self) -> Box<dyn Incoming> {
        match self.part {
            Part::Row(portion) => self.arena.incoming_rows(portion),
            Part::Key(columns) => self.arena.incoming_keys(columns),
        }
    }

    /// The columns that are read, and the cell of each.
    pub(crate) fn columns(&self) -> (&'static Table, Vec<(usize, usize)>) {
        let table = self.arena.table();
        let columns = match self.part {
            Part::Row(Portion { start, left_out, .. }) => {
                let brought = (0..table.columns.len()).filter(|&column| !left_out.contains(column));
                brought.map(|column| (column, start + column)).collect()
            }
            Part::Key(columns) => columns.iter().enumerate().map(|(cell, &column)| (column, cell)).collect(),
        };
        (table, columns)
    }
}

impl<M: Model> IncomingRows<M> {
    pub(super) fn new(portion: Portion<'static>) -> Self {
        let (places, repeats) = (portion.comes_again.then(Vec::new), Repeats::default());
        Self { portion, pages: Vec::new(), places, repeats }
    }
}

impl<M: Model> IncomingKeys<M> {
    pub(super) fn new(columns: &'static [usize]) -> Self {
        Self { columns, keys: Vec::new(), places: HashTable::new(), read: M::unset() }
    }
}

impl<M: Model> IncomingRows<M> {
    fn decode(&mut self, row: &Row) -> Result<()> {
        let read = decode::<M>(row, self.portion).map_err(|error| error.of(M::TABLE))?;
        match self.pages.last_mut() {
            Some(page) if page.len() < PAGE => {
                // The first grows as it must: often it holds one row, else rarely few.
                if page.len() == 1 {
                    page.reserve(SEVERAL);
                }
                page.push(read);
            }
            None => self.pages.push(vec![read]),
            Some(_) => {
                let mut page = Vec::with_capacity(PAGE);
                page.push(read);
                self.pages.push(page);
            }
        }
        Ok(())
    }

    /// How many have been read.
    fn count(&self) -> usize {
        self.pages.last().map_or(0, |last| (self.pages.len() - 1) * PAGE + last.len())
    }
}

impl<M: Model> Incoming for IncomingRows<M> {
    fn read(&mut self, row: &Row) -> Result<()> {
        let next = u32::try_from(self.count()).unwrap_or(u32::MAX);
        let place = match &self.places {
            Some(_) => self.repeats.place(&self.portion.cells(row), M::TABLE.primary_key, next),
            None => next,
        };
        if let Some(places) = &mut self.places {
            places.push(place);
        }
        if place == next { self.decode(row) } else { Ok(()) }
    }
}

impl<M: Model> Incoming for IncomingKeys<M> {
    fn read(&mut self, row: &Row) -> Result<()> {
        let Self { columns, keys, places, read } = self;
        let cells = Cells::new(row, 0);
        for (cell, &column) in columns.iter().enumerate() {
            let (ty, raw) = cells.raw(cell);
            let decoded = read.value_mut(column).decode(ty, raw);
            decoded
                .map_err(|source| Error::decode(M::TABLE.model, M::TABLE.columns[column].field, source))?;
        }
        let is_same = |&(_, place): &(u64, usize)| {
            columns.iter().all(|&column| keys[place].value(column).is_same(read.value(column)))
        };
        let values: &dyn Fn(usize) -> _ = &|part| read.value(columns[part]);
        if let Some(hash) = hash((0..columns.len()).map(values))
            && places.find(hash, is_same).is_none()
        {
            note(places, hash, keys.len());
            keys.push(read.copied());
        }
        Ok(())
    }
}

fn note(places: &mut HashTable<(u64, usize)>, hash: u64, place: usize) {
    places.insert_unique(hash, (hash, place), |&(hash, _)| hash);
}
