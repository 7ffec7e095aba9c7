//! What generated code asks of a field's type.
//!
//! Generated code goes through this one trait, always at the field's type, so that a type which cannot be a column is
//! one error and not one per place that mentions it.

use postgres_types::FromSql;

use crate::entity::Live;
use crate::loading::RowReader;
use crate::model::{CellError, Cells, ColumnFacts, Default, Model};
use crate::types::{Cardinality, ColumnType, DataType, Deferred, State, Value};

/// A field of a model.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a column",
    label = "not a column's type",
    note = "derive `ColumnNewtype` or `ColumnEnum` for it, switch on the feature of `orm-core` that knows it, or mark a `Deferred<..>` with `#[orm(deferred)]`"
)]
pub trait Field: Sized {
    /// The data type without NULL.
    type NotNull;
    /// How the column starts in a builder.
    type Initial: State;
    /// How a single-column primary key starts in a builder.
    type KeyState: State;
    /// How a to-one relationship over this key is shown.
    type Cardinality: Cardinality;
    /// What is known of the column from its type; the names are empty.
    const FACTS: ColumnFacts;
    /// What the server puts into a single-column primary key.
    const KEY_DEFAULT: Default;

    /// See [`ColumnType::unset`].
    fn unset() -> Self;

    /// Reads the cell at this position.
    ///
    /// # Errors
    /// If the cell is NULL or malformed where the field cannot hold that.
    fn decode(cells: &Cells<'_>, column: usize) -> Result<Self, CellError>;

    /// Reads the next cell of a query's row.
    ///
    /// # Errors
    /// If the cell is NULL or malformed where the field cannot hold that.
    fn read(row: &mut RowReader<'_>) -> crate::Result<Self>;

    /// The field's value.
    fn value(&self) -> &dyn Value;

    /// The field's value as a part of a key; what stands for "not set yet" if it is NULL.
    fn key(&self) -> Self::NotNull;

    /// The field's value, to be changed.
    fn value_mut(&mut self) -> &mut dyn Value;
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType> Field for T {
    type NotNull = T::NotNull;
    type Initial = T::Initial;
    type KeyState = <T::NotNull as DataType>::KeyState;
    type Cardinality = T::Cardinality;
    const FACTS: ColumnFacts = ColumnFacts {
        field: "",
        name: "",
        sql_type: <T::NotNull as DataType>::SQL_TYPE,
        declared_type: None,
        nullable: T::NULLABLE,
        unique: false,
        index: false,
        default: Default::None,
        fetched: false,
        deferred: None,
        on_update: None,
        soft_delete: None,
        accepts: <T as FromSql<'_>>::accepts,
    };
    const KEY_DEFAULT: Default =
        if <Self::KeyState as State>::IS_SET { Default::Identity } else { Default::None };

    fn unset() -> Self {
        T::unset()
    }

    fn decode(cells: &Cells<'_>, column: usize) -> Result<Self, CellError> {
        cells.get(column)
    }

    fn read(row: &mut RowReader<'_>) -> crate::Result<Self> {
        row.cell()
    }

    fn value(&self) -> &dyn Value {
        self
    }

    fn key(&self) -> T::NotNull {
        self.not_null().cloned().unwrap_or_else(DataType::unset)
    }

    fn value_mut(&mut self) -> &mut dyn Value {
        self
    }
}

/// A field that queries leave out. What is known of it from its type is what is known of the value's.
#[diagnostic::on_unimplemented(
    message = "a deferred column of type `{Self}` is a `Deferred<{Self}>`",
    label = "not a `Deferred`",
    note = "the field holds no value before it is loaded: write `Deferred<{Self}>`, or take `deferred` away"
)]
pub trait DeferredField: Sized {
    /// The type of the value.
    type Value: ColumnType;

    /// The column that is not loaded.
    fn unset<M: Model>(column: usize) -> Self;

    /// Reads the cell at this position, if it says something.
    ///
    /// # Errors
    /// If the cell is NULL or malformed where the field cannot hold that.
    fn decode<M: Model>(cells: &Cells<'_>, column: usize) -> Result<Self, CellError>;

    /// The field's value.
    fn value(&self) -> &dyn Value;

    /// The field's value as a part of a key, which it never is: only the code beside an error says so.
    fn key(&self) -> <Self::Value as ColumnType>::NotNull;

    /// The field's value, to be changed.
    fn value_mut(&mut self) -> &mut dyn Value;
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType> DeferredField for Deferred<T> {
    type Value = T;

    fn unset<M: Model>(column: usize) -> Self {
        Self::not_loaded(M::TABLE, column)
    }

    fn decode<M: Model>(cells: &Cells<'_>, column: usize) -> Result<Self, CellError> {
        match cells.lacks(column) {
            true => Ok(Self::not_loaded(M::TABLE, column)),
            false => cells.get::<T>(column).map(Self::from),
        }
    }

    fn value(&self) -> &dyn Value {
        self.loaded().map_or(self, |value| value)
    }

    fn key(&self) -> T::NotNull {
        self.loaded().and_then(ColumnType::not_null).cloned().unwrap_or_else(DataType::unset)
    }

    fn value_mut(&mut self) -> &mut dyn Value {
        self
    }
}

/// A model that a relationship or a foreign key leads to. The derive implements it, and generated code names a target
/// through it alone: what is not a model is then one error, at the user's word.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "put `#[derive(Model)]` above the struct"
)]
pub trait Target {
    /// The model itself.
    type Model: Live;
}
