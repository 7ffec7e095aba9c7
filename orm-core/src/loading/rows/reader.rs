//! Floor 6: one row, read from left to right.

use std::sync::Arc;

use tokio_postgres::Row;

use super::layout::Layout;
use crate::error::Result;
use crate::model::{Cells, Table};
use crate::types::ColumnType;
use crate::unit_of_work::Scope;

/// One row, read from left to right, in the order of a [`Shape`](crate::Shape).
///
/// ```
/// # use orm_core::{FromRow, RowReader, Shape};
/// struct Labelled<T>(String, T);
///
/// impl<T: FromRow> FromRow for Labelled<T> {
///     fn shape(shape: &mut Shape) {
///         shape.cell::<String>();
///         T::shape(shape);
///     }
///
///     fn from_row(row: &mut RowReader<'_>) -> orm_core::Result<Self> {
///         Ok(Self(row.cell()?, T::from_row(row)?))
///     }
/// }
/// ```
#[derive(Debug)]
pub struct RowReader<'a> {
    pub(super) row: &'a Row,
    /// Which row it is.
    pub(super) number: usize,
    pub(super) taken_in: &'a TakenIn,
    /// The next cell and the next entity.
    pub(super) cell: usize,
    pub(super) entity: usize,
}

/// What rows are read with.
pub(super) struct TakenIn {
    pub(super) scope: Arc<Scope>,
    pub(super) layout: Layout,
    /// For each entity of the shape, row by row, its position in the graph.
    pub(super) entities: Vec<Vec<Option<u32>>>,
}

impl std::fmt::Debug for TakenIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TakenIn").field("layout", &self.layout).finish_non_exhaustive()
    }
}

impl RowReader<'_> {
    /// The next cell.
    ///
    /// # Errors
    /// [`Error::is_decode`](crate::Error::is_decode) if it is NULL or malformed where `T` cannot hold that.
    ///
    /// ```
    /// # use orm_core::RowReader;
    /// fn name_and_age(row: &mut RowReader<'_>) -> orm_core::Result<(String, Option<i32>)> {
    ///     Ok((row.cell()?, row.cell()?))
    /// }
    /// ```
    pub fn cell<T: ColumnType>(&mut self) -> Result<T> {
        let layout = &self.taken_in.layout;
        let cell = self.cell;
        self.cell += 1;
        let read = Cells::new(self.row, layout.place_of(cell)).get(0);
        read.map_err(|error| layout.cell_error(cell, error.source))
    }

    /// The first of the cells that are left.
    pub(super) fn rest(&mut self) -> usize {
        self.cell += 1;
        self.taken_in.layout.place_of(self.cell - 1)
    }

    /// The next entity of a table: its place in the graph, if its key is not NULL.
    pub(crate) fn entity(&mut self, table: &'static Table) -> Option<(&Arc<Scope>, u32)> {
        let position = self.taken_in.entities[self.entity][self.number];
        self.entity += 1;
        self.cell += table.columns.len();
        position.map(|position| (&self.taken_in.scope, position))
    }
}
