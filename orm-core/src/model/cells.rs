//! Floor 1: the cells of one model in a row that the server sent.
//!
//! Invariant: the statement's column types were checked once against the model before rows are read, so that cells are
//! decoded without a check each.

use postgres_types::{FromSql, Kind, Type};
use tokio_postgres::Row;

use super::{ColumnSet, Table};
use crate::error::Error;
use crate::types::{ColumnType, DecodeError};

/// The cells of one model in a row: as many as the table has columns, from some position on.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::model::{CellError, Cells};
/// fn email(cells: Cells<'_>) -> Result<String, CellError> {
///     cells.get(User::email.index())
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Cells<'a> {
    row: &'a Row,
    start: usize,
    /// Where each column's cell is, where they do not stand one after the other.
    places: Option<&'a [usize]>,
    /// Columns whose cells say nothing.
    left_out: ColumnSet,
}

/// A cell that could not be read.
///
/// ```
/// # use orm_core::model::CellError;
/// fn explain(error: &CellError) -> String {
///     format!("column {} cannot be read: {}", error.column, error.source)
/// }
/// ```
#[derive(Debug)]
pub struct CellError {
    /// The column's position in the model's table.
    pub column: usize,
    /// Why.
    pub source: DecodeError,
}

impl CellError {
    pub(crate) fn of(self, table: &Table) -> Error {
        Error::decode(table.model, table.columns[self.column].field, self.source)
    }
}

impl<'a> Cells<'a> {
    /// The cells from position `start` of the row, which a driver's statement returned.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::model::{CellError, Cells, Model};
    /// fn user(row: &tokio_postgres::Row) -> Result<User, CellError> {
    ///     User::decode(&Cells::new(row, 0))
    /// }
    /// ```
    pub fn new(row: &'a Row, start: usize) -> Self {
        Self::partial(row, start, ColumnSet::EMPTY)
    }

    /// The cells from position `start` of the row, of which those of some columns say nothing.
    pub(crate) fn partial(row: &'a Row, start: usize, left_out: ColumnSet) -> Self {
        Self { row, start, places: None, left_out }
    }

    /// The same, each at its own place.
    pub(crate) fn scattered(self, places: Option<&'a [usize]>) -> Self {
        Self { places, ..self }
    }

    fn index(&self, column: usize) -> usize {
        self.places.map_or(self.start + column, |places| places[column])
    }

    /// Whether the column's cell says nothing.
    pub(crate) fn lacks(&self, column: usize) -> bool {
        self.left_out.contains(column)
    }

    /// The value of a column of the model.
    ///
    /// # Errors
    /// If the cell is NULL or malformed where `T` cannot hold that.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::model::{CellError, Cells};
    /// fn name(cells: Cells<'_>) -> Result<Option<String>, CellError> {
    ///     cells.get(User::name.index())
    /// }
    /// ```
    pub fn get<T: ColumnType>(&self, column: usize) -> Result<T, CellError> {
        self.row
            .try_get::<_, Unchecked<T>>(self.index(column))
            .map(|cell| cell.0)
            .map_err(|error| CellError { column, source: reason(error) })
    }

    /// The cell's data type and what the server sent; `None` is NULL.
    ///
    /// # Panics
    /// If the row ends before the cell.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::model::Cells;
    /// fn length(cells: Cells<'_>) -> Option<usize> {
    ///     cells.raw(User::email.index()).1.map(<[u8]>::len)
    /// }
    /// ```
    pub fn raw(&self, column: usize) -> (&'a Type, Option<&'a [u8]>) {
        let index = self.index(column);
        let raw = self.row.try_get::<_, Raw<'a>>(index).ok().and_then(|cell| cell.0);
        (self.row.columns()[index].type_(), raw)
    }

    /// The type of an array's elements and what the server sent for each; `None` is NULL.
    pub(crate) fn elements(&self, column: usize) -> (&'a Type, Vec<Option<&'a [u8]>>) {
        let index = self.index(column);
        let raw = self.row.try_get::<_, Vec<Raw<'a>>>(index).unwrap_or_default();
        let ty = self.row.columns()[index].type_();
        let element = if let Kind::Array(element) = ty.kind() { element } else { ty };
        (element, raw.into_iter().map(|cell| cell.0).collect())
    }

    /// Whether the cell is NULL.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::model::Cells;
    /// fn is_anonymous(cells: Cells<'_>) -> bool {
    ///     cells.is_null(User::name.index())
    /// }
    /// ```
    pub fn is_null(&self, column: usize) -> bool {
        self.raw(column).1.is_none()
    }
}

/// Why a cell could not be read, without the driver's words around it.
fn reason(error: tokio_postgres::Error) -> DecodeError {
    let words = error.to_string();
    error.into_source().unwrap_or_else(|| words.into())
}

/// A value whose data type was checked when the statement was prepared.
struct Unchecked<T>(T);

impl<'a, T: FromSql<'a>> FromSql<'a> for Unchecked<T> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, DecodeError> {
        T::from_sql(ty, raw).map(Self)
    }

    fn from_sql_null(ty: &Type) -> Result<Self, DecodeError> {
        T::from_sql_null(ty).map(Self)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

struct Raw<'a>(Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, DecodeError> {
        Ok(Self(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, DecodeError> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
