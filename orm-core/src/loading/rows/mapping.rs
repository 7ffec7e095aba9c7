//! Floor 6: a row whose columns are asked for by their names.

use std::fmt;

use tokio_postgres::Row;

use super::layout::short;
use super::{FromRow, RowReader, Shape};
use crate::connection::type_name;
use crate::error::{Error, Result};
use crate::model::Cells;
use crate::types::{ColumnType, DataType};

/// A row whose columns are asked for by their names, where no type says what they are.
///
/// It is a whole row, or in a tuple all that is left of one.
///
/// ```no_run
/// # use orm_core::{RowMapping, prelude::*};
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let query = sql!("select id, email, now() as moment from users").rows::<RowMapping>();
/// for row in session.execute(query).await? {
///     println!("{}: {}", row.get::<i64>("id")?, row.get::<String>("email")?);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct RowMapping {
    row: Row,
    /// Its first column.
    start: usize,
}

impl RowMapping {
    /// The value of the column that is called so.
    ///
    /// # Errors
    /// [`Error::is_decode`] if there is no such column, or several, or if its type is another.
    ///
    /// ```no_run
    /// # use orm_core::RowMapping;
    /// fn name(row: &RowMapping) -> orm_core::Result<Option<String>> {
    ///     row.get("name")
    /// }
    /// ```
    pub fn get<T: ColumnType>(&self, column: &str) -> Result<T> {
        let columns = self.row.columns().iter().enumerate().skip(self.start);
        let mut found = columns.filter(|(_, other)| other.name() == column);
        let (place, facts) = match (found.next(), found.next()) {
            (Some(one), None) => one,
            (Some(_), Some(_)) => return Err(Error::ambiguous_column("RowMapping", column)),
            (None, _) => return Err(Error::no_such_column(column, &self.columns().collect::<Vec<_>>())),
        };
        let rust = || short(std::any::type_name::<T>());
        if !<T as postgres_types::FromSql<'_>>::accepts(facts.type_()) {
            let expected = T::NotNull::SQL_TYPE.to_string();
            return Err(Error::cell_type((place, column), type_name(facts.type_()), &rust(), &expected));
        }
        let read = Cells::new(&self.row, place).get(0);
        read.map_err(|error| Error::cell((place, column), &rust(), error.source))
    }

    /// The columns' names, in their order.
    ///
    /// ```no_run
    /// # use orm_core::RowMapping;
    /// fn header(row: &RowMapping) -> String {
    ///     row.columns().collect::<Vec<_>>().join(",")
    /// }
    /// ```
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.row.columns().iter().skip(self.start).map(tokio_postgres::Column::name)
    }
}

/// Shows the columns' names, and so no values.
impl fmt::Debug for RowMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RowMapping")?;
        f.debug_list().entries(self.columns()).finish()
    }
}

#[diagnostic::do_not_recommend]
impl FromRow for RowMapping {
    fn shape(shape: &mut Shape) {
        shape.rest();
    }

    fn from_row(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self { start: row.rest(), row: row.row.clone() })
    }
}
