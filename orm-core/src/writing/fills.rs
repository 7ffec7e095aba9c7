//! Floor 6: which columns take the rows of a query.

use crate::model::Column;
use crate::types::{ColumnType, Fits};

/// Columns that take rows of type `R`: a column one of its own data type, a tuple of up to eight a tuple.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::Fills;
/// fn takes<R>(columns: impl Fills<Post, R>) {}
/// takes::<(String, i64)>((Post::title, Post::user_id));
/// ```
#[diagnostic::on_unimplemented(
    message = "these columns of `{M}` do not take rows of type `{R}`",
    label = "a column of the same data type is expected for each value"
)]
pub trait Fills<M, R> {
    /// Adds their positions.
    #[doc(hidden)]
    fn add_positions(self, positions: &mut Vec<usize>);
}

#[diagnostic::do_not_recommend]
impl<M, T: ColumnType, R: ColumnType<NotNull = T::NotNull, Nullness: Fits<T::Nullness>>> Fills<M, R>
    for Column<M, T>
{
    fn add_positions(self, positions: &mut Vec<usize>) {
        positions.push(self.index());
    }
}

macro_rules! tuples {
    ($($last:ident $row:ident)?) => {};
    ($first:ident $at_first:ident $($rest:ident $at_rest:ident)+) => {
        #[diagnostic::do_not_recommend]
        impl<Model, $first: Fills<Model, $at_first>, $($rest: Fills<Model, $at_rest>,)+ $at_first, $($at_rest),+>
            Fills<Model, ($at_first, $($at_rest),+)> for ($first, $($rest),+)
        {
            fn add_positions(self, positions: &mut Vec<usize>) {
                #[expect(non_snake_case, reason = "a tuple's fields are called like their types")]
                let ($first, $($rest),+) = self;
                $first.add_positions(positions);
                $($rest.add_positions(positions);)+
            }
        }

        tuples!($($rest $at_rest)+);
    };
}

tuples!(A RA B RB C RC D RD E RE F RF G RG H RH);
