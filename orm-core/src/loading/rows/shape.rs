//! Floor 6: what a type needs of a row.

use postgres_types::Type;

use crate::model::Table;
use crate::types::{ColumnType, DataType, SqlType};

/// What a type needs of a row, one part after the other.
///
/// ```
/// # use orm_core::{FromRow, RowReader, Shape};
/// struct Pair(i64, String);
///
/// impl FromRow for Pair {
///     fn shape(shape: &mut Shape) {
///         shape.cell::<i64>();
///         shape.cell::<String>();
///     }
///
///     fn from_row(row: &mut RowReader<'_>) -> orm_core::Result<Self> {
///         Ok(Self(row.cell()?, row.cell()?))
///     }
/// }
/// ```
#[derive(Debug, Default)]
pub struct Shape {
    pub(super) segments: Vec<Segment>,
}

/// A part of a shape.
#[derive(Debug, Clone, Copy)]
pub(super) enum Segment {
    /// One cell.
    Cell(Cell),
    /// A cell for each field of a struct.
    Fields(&'static Table),
    /// The cells of an entity.
    Entity(&'static Table),
    /// All cells that are left.
    Rest,
}

/// What a cell is read as.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) accepts: fn(&Type) -> bool,
    pub(super) sql_type: SqlType,
    pub(super) rust_type: fn() -> &'static str,
}

impl Shape {
    #[inline(always)]
    pub(crate) fn of<R: super::FromRow>() -> Self {
        let mut shape = Self::default();
        R::shape(&mut shape);
        shape
    }

    /// One cell, which is read as a `T`.
    ///
    /// ```
    /// # use orm_core::Shape;
    /// let mut shape = Shape::default();
    /// shape.cell::<Option<String>>();
    /// ```
    pub fn cell<T: ColumnType>(&mut self) {
        self.segments.push(Segment::Cell(Cell {
            accepts: <T as postgres_types::FromSql<'_>>::accepts,
            sql_type: T::NotNull::SQL_TYPE,
            rust_type: std::any::type_name::<T>,
        }));
    }

    /// A cell for each field of a struct; raw SQL finds them by their names.
    #[doc(hidden)]
    pub fn fields(&mut self, table: &'static Table) {
        self.segments.push(Segment::Fields(table));
    }

    /// The cells of an entity.
    pub(crate) fn entity(&mut self, table: &'static Table) {
        self.segments.push(Segment::Entity(table));
    }

    /// All cells that are left.
    pub(super) fn rest(&mut self) {
        self.segments.push(Segment::Rest);
    }

    /// The tables of the entities, in their order.
    pub(super) fn entities(&self) -> impl Iterator<Item = &'static Table> {
        self.entity_places().map(|(_, table)| table)
    }

    /// The same, and where the cells of each begin.
    pub(super) fn entity_places(&self) -> impl Iterator<Item = (usize, &'static Table)> {
        let places = self.segments.iter().scan(0, |next, segment| {
            let place = *next;
            *next += segment.width();
            Some((place, segment))
        });
        places.filter_map(|(place, segment)| match segment {
            Segment::Entity(table) => Some((place, *table)),
            _ => None,
        })
    }

    /// How many cells are read.
    pub(super) fn width(&self) -> usize {
        self.segments.iter().map(|segment| segment.width()).sum()
    }
}

impl Segment {
    /// The table whose columns are read.
    pub(super) fn table(self) -> Option<&'static Table> {
        match self {
            Self::Cell(_) | Self::Rest => None,
            Self::Fields(table) | Self::Entity(table) => Some(table),
        }
    }

    /// How many cells are read.
    pub(super) fn width(self) -> usize {
        self.table().map_or(1, |table| table.columns.len())
    }
}
