//! Floor 1: values of a model, without the model.
//!
//! What is said here of a model is compiled with the model, all above is compiled once. Invariant: what lies in a page has
//! one model; who gives up the type has its number, and finds it again by that.

use std::any::Any;

use super::{CellError, Cells, Model, Table};
use crate::types::Value;

/// Room for so many rows is made when a second one comes.
const SEVERAL: usize = 31;

/// A model's value, whatever the model is.
#[doc(hidden)]
pub trait AnyModel: Any + Send + Sync {
    /// A value in which nothing is set.
    fn unset() -> Box<dyn AnyModel>
    where
        Self: Sized;

    /// The table, for what must not read it while the application is compiled.
    fn table() -> &'static Table
    where
        Self: Sized;

    /// The primary key's columns, likewise.
    fn primary_key() -> &'static [usize]
    where
        Self: Sized;

    /// The column's value.
    fn value(&self, column: usize) -> &dyn Value;

    /// The column's value, to be changed.
    fn value_mut(&mut self, column: usize) -> &mut dyn Value;

    /// Another value like it.
    fn copied(&self) -> Box<dyn AnyModel>;

    /// The value; in what is left nothing is set.
    fn take(&mut self) -> Box<dyn AnyModel>;

    /// An empty page for values of this model.
    fn page(&self, capacity: usize) -> Box<dyn Page>;
}

/// Values of one model that were read together.
#[doc(hidden)]
pub trait Page: Send + Sync {
    /// Reads one more.
    ///
    /// # Errors
    /// If a cell is not what its column holds.
    fn read(&mut self, cells: &Cells<'_>) -> Result<(), CellError>;

    /// The value at this place.
    fn row(&self, place: usize) -> &dyn AnyModel;

    /// The value at this place, to be changed.
    fn row_mut(&mut self, place: usize) -> &mut dyn AnyModel;
}

impl<M: Model> AnyModel for M {
    fn unset() -> Box<dyn AnyModel> {
        Box::new(<M as Model>::unset())
    }

    fn table() -> &'static Table {
        M::TABLE
    }

    fn primary_key() -> &'static [usize] {
        M::TABLE.primary_key
    }

    fn value(&self, column: usize) -> &dyn Value {
        Model::value(self, column)
    }

    fn value_mut(&mut self, column: usize) -> &mut dyn Value {
        Model::value_mut(self, column)
    }

    fn copied(&self) -> Box<dyn AnyModel> {
        Box::new(Model::copied(self))
    }

    fn take(&mut self) -> Box<dyn AnyModel> {
        Box::new(std::mem::replace(self, <M as Model>::unset()))
    }

    fn page(&self, capacity: usize) -> Box<dyn Page> {
        Box::new(Vec::<M>::with_capacity(capacity))
    }
}

impl<M: Model> Page for Vec<M> {
    #[inline(always)]
    fn read(&mut self, cells: &Cells<'_>) -> Result<(), CellError> {
        // The first grows as it must: often it holds one row, else rarely few.
        if self.len() == 1 {
            self.reserve(SEVERAL);
        }
        match M::decode(cells) {
            Ok(row) => self.push(row),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    #[inline(always)]
    fn row(&self, place: usize) -> &dyn AnyModel {
        let rows: &[M] = self;
        &rows[place]
    }

    #[inline(always)]
    fn row_mut(&mut self, place: usize) -> &mut dyn AnyModel {
        let rows: &mut [M] = self;
        &mut rows[place]
    }
}

impl dyn AnyModel {
    /// The value, as its model.
    #[inline(always)]
    pub(crate) fn of<M: Model>(&self) -> &M {
        let any: &dyn Any = self;
        match any.downcast_ref() {
            Some(model) => model,
            None => unreachable!("a model's number belongs to one type"),
        }
    }
}
