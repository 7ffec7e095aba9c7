//! Floor 6: rows of any shape: values, tuples, structs and entities, read from what a statement returns.
//!
//! A type says its *shape* once, which is matched with the statement's columns before the first row is read; then each
//! row is read by position. Invariant: what does not fit is one error that names the field or the position, whatever
//! number of rows there is.

mod fetch;
mod joins;
mod layout;
mod mapping;
mod reader;
mod returned;
mod shape;
mod stream;

pub(crate) use fetch::{RowQuery, execute_raw, fetch_rows, fetch_select, fetch_shape};
pub(crate) use layout::Mapping;
pub use mapping::RowMapping;
pub use reader::RowReader;
pub(crate) use returned::{Returned, read_returned, read_with};
pub use shape::Shape;
pub(crate) use stream::Chunks;

use crate::error::Result;
use crate::types::ColumnType;

/// What a row of a statement can be read as.
///
/// Implemented for every type that can be a column, for tuples of up to 16, for entities (`Option` where there may be
/// none) and for structs that derive it. In a tuple each part takes the columns that it needs, one after the other.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// #[derive(FromRow)]
/// struct Author {
///     email: String,
///     posts: i64,
/// }
/// fn is_a_row<R: orm_core::FromRow>() {}
/// is_a_row::<Author>();
/// is_a_row::<(Entity<User>, Option<Entity<Post>>, i64)>();
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "a row cannot be read as `{Self}`",
    label = "rows are read as columns' types, tuples of up to 16, structs with `#[derive(FromRow)]`, and models as `Entity<..>`"
)]
pub trait FromRow: Sized + Send + 'static {
    /// Says what it needs of a row.
    fn shape(shape: &mut Shape);

    /// Reads itself from a row, in the order of its shape.
    ///
    /// # Errors
    /// If a cell is NULL or malformed where the type cannot hold that.
    fn from_row(row: &mut RowReader<'_>) -> Result<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType> FromRow for T {
    fn shape(shape: &mut Shape) {
        shape.cell::<T>();
    }

    fn from_row(row: &mut RowReader<'_>) -> Result<Self> {
        row.cell()
    }
}

macro_rules! tuples {
    ($first:ident $($rest:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<$first: FromRow, $($rest: FromRow),*> FromRow for ($first, $($rest,)*) {
            fn shape(shape: &mut Shape) {
                $first::shape(shape);
                $($rest::shape(shape);)*
            }

            fn from_row(row: &mut RowReader<'_>) -> Result<Self> {
                Ok(($first::from_row(row)?, $($rest::from_row(row)?,)*))
            }
        }

        tuples!($($rest)*);
    };
    () => {};
}

tuples!(A B C D E F G H I J K L M N O P);
