//! Floor 3: rows on their way into the graph.
//!
//! They are decoded as they come, so that the driver's rows are let go one by one and no lock is held while the next ones
//! are awaited. Invariant: nothing here knows what the graph holds; what came is taken in all at once, see
//! [`Arena::take_in`].

use hashbrown::HashTable;
use tokio_postgres::Row;

use super::absorb::Portion;
use super::arena::{Arena, PAGE};
use super::identity::hash;
use super::repeats::Repeats;
use crate::error::Result;
use crate::model::{AnyModel, CellError, Cells, Page, Table};

/// What is read of each row while it comes.
#[derive(Clone, Copy)]
pub(crate) struct Read<'g> {
    pub(crate) arena: &'g Arena,
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
pub(crate) enum Incoming {
    Rows(IncomingRows<'static>),
    Keys(IncomingKeys),
}

/// The entities of rows; none where the key is NULL.
pub(crate) struct IncomingRows<'p> {
    table: &'static Table,
    pub(super) portion: Portion<'p>,
    /// Each is full but the last.
    pub(super) pages: Vec<Box<dyn Page>>,
    /// How many entities there are.
    pub(super) count: usize,
    /// For each row the place of its entity; without it they are one after the other.
    pub(super) places: Option<Vec<Option<u32>>>,
    repeats: Repeats,
}

/// The distinct keys of rows, each in a value of the model in which nothing else is set.
pub(crate) struct IncomingKeys {
    table: &'static Table,
    pub(super) columns: &'static [usize],
    pub(super) keys: Vec<Box<dyn AnyModel>>,
    /// Where each stands, behind its hash.
    places: HashTable<(u64, usize)>,
    read: Box<dyn AnyModel>,
}

impl Read<'_> {
    /// Before the first row.
    pub(crate) fn start(&self) -> Incoming {
        match self.part {
            Part::Row(portion) => Incoming::Rows(IncomingRows::new(self.arena, portion)),
            Part::Key(columns) => Incoming::Keys(IncomingKeys::new(self.arena, columns)),
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

impl<'p> IncomingRows<'p> {
    pub(super) fn new(arena: &Arena, portion: Portion<'p>) -> Self {
        let (places, repeats) = (portion.comes_again.then(Vec::new), Repeats::default());
        // The first page grows as it must.
        let pages = vec![arena.unset().page(0)];
        Self { table: arena.table(), portion, pages, count: 0, places, repeats }
    }

    pub(super) fn read(&mut self, row: &Row) -> Result<(), CellError> {
        let (cells, primary_key) = (self.portion.cells(row), self.table.primary_key);
        let next = u32::try_from(self.count).unwrap_or(u32::MAX);
        let place = match self.portion.may_miss && primary_key.iter().any(|&column| cells.is_null(column)) {
            true => None,
            false if self.portion.comes_again => Some(self.repeats.place(&cells, primary_key, next)),
            false => Some(next),
        };
        match &mut self.places {
            Some(places) => places.push(place),
            None if place.is_none() => self.places = Some((0..next).map(Some).chain([None]).collect()),
            None => {}
        }
        if place == Some(next) { self.decode(&cells) } else { Ok(()) }
    }

    fn decode(&mut self, cells: &Cells<'_>) -> Result<(), CellError> {
        if self.count > 0 && self.count.is_multiple_of(PAGE) {
            self.pages.push(self.pages[0].row(0).page(PAGE));
        }
        self.count += 1;
        self.pages.last_mut().expect("there is a page").read(cells)
    }
}

impl IncomingKeys {
    fn new(arena: &Arena, columns: &'static [usize]) -> Self {
        let (table, read) = (arena.table(), arena.unset().copied());
        Self { table, columns, keys: Vec::new(), places: HashTable::new(), read }
    }

    fn read(&mut self, row: &Row) -> Result<(), CellError> {
        let Self { columns, keys, places, read, .. } = self;
        decode_key(&mut **read, columns, &Cells::new(row, 0))?;
        let is_same = |&(_, place): &(u64, usize)| {
            columns.iter().all(|&column| keys[place].value(column).is_same(read.value(column)))
        };
        if let Some(hash) = hash(columns.iter().map(|&column| read.value(column)))
            && places.find(hash, is_same).is_none()
        {
            places.insert_unique(hash, (hash, keys.len()), |&(hash, _)| hash);
            keys.push(read.copied());
        }
        Ok(())
    }
}

/// Reads these columns from the first cells.
pub(super) fn decode_key(
    row: &mut dyn AnyModel,
    columns: &[usize],
    cells: &Cells<'_>,
) -> Result<(), CellError> {
    for (cell, &column) in columns.iter().enumerate() {
        let (ty, raw) = cells.raw(cell);
        row.value_mut(column).decode(ty, raw).map_err(|source| CellError { column, source })?;
    }
    Ok(())
}

impl Incoming {
    /// # Errors
    /// If a cell is not what its column holds.
    pub(crate) fn read(&mut self, row: &Row) -> Result<()> {
        match self {
            Self::Rows(rows) => rows.read(row).map_err(|error| error.of(rows.table)),
            Self::Keys(keys) => keys.read(row).map_err(|error| error.of(keys.table)),
        }
    }
}
