//! Floor 2: a struct as what a select yields, its fields being computed.
//!
//! Invariant: the fields stand in the struct's order, whatever the order in which they were said.

use std::fmt;
use std::marker::PhantomData;

use super::{Output, OutputList, Term};
use crate::model::{Column, Selectable};
use crate::types::{ColumnType, DataType};

/// What a field of the type `T` can be made of: a value of `T`, or for an `Option` one that is never NULL.
#[diagnostic::on_unimplemented(
    message = "a field of type `{T}` cannot take a value of type `{Self}`",
    label = "`{T}` is expected",
    note = "what may be NULL, as all columns of a left join, goes into an `Option`"
)]
pub trait IntoField<T> {}

impl<T: ColumnType> IntoField<T> for T {}

#[diagnostic::do_not_recommend]
impl<T: DataType> IntoField<Option<T>> for T {}

/// One field of a struct, and what it is computed from.
#[doc(hidden)]
pub struct RowField<R, T, O> {
    column: Column<R, T>,
    output: O,
}

/// One field of a struct, and what it is computed from.
#[doc(hidden)]
pub const fn field<R, T, O>(column: Column<R, T>, output: O) -> RowField<R, T, O> {
    RowField { column, output }
}

/// A struct that a select yields in each row. Made by [`row!`](crate::row).
pub struct Row<R, Fields> {
    fields: Fields,
    row: PhantomData<fn() -> R>,
}

/// Stands for a value where only types are looked at.
#[doc(hidden)]
pub fn any<T>() -> T {
    unreachable!("it is never called")
}

/// A struct whose fields are computed.
#[doc(hidden)]
pub const fn row<R, Fields>(fields: Fields) -> Row<R, Fields> {
    Row { fields, row: PhantomData }
}

impl<R: Selectable, Fields> fmt::Debug for Row<R, Fields> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row({})", R::SOURCE.model)
    }
}

/// The fields of a struct.
#[doc(hidden)]
pub trait RowFields<R, Scope, I> {
    fn add_to(self, fields: &mut Vec<(usize, Term)>);
}

#[diagnostic::do_not_recommend]
impl<R, Scope, Fields: RowFields<R, Scope, I>, I> Output<Scope, I> for Row<R, Fields> {
    type Value = R;

    fn add_to(self, list: &mut OutputList) {
        let mut fields = Vec::new();
        self.fields.add_to(&mut fields);
        fields.sort_by_key(|(column, _)| *column);
        fields.into_iter().for_each(|(_, term)| list.add(term.0));
    }
}

impl<R, T, O> RowField<R, T, O> {
    fn add_to<Scope, I>(self, fields: &mut Vec<(usize, Term)>)
    where
        O: Output<Scope, I>,
    {
        let (columns, _) = OutputList::gather::<Scope, I>(self.output, None);
        fields.extend(columns.into_iter().map(|expression| (self.column.index(), Term(expression))));
    }
}

macro_rules! tuples {
    ($($output:ident $type:ident $at:ident),+) => {
        #[diagnostic::do_not_recommend]
        impl<R, Scope, $($output, $type,)+ $($at),+> RowFields<R, Scope, ($($at,)+)>
            for ($(RowField<R, $type, $output>,)+)
        where
            $($output: Output<Scope, $at, Value: IntoField<$type>>,)+
        {
            #[allow(non_snake_case)]
            fn add_to(self, fields: &mut Vec<(usize, Term)>) {
                let ($($output,)+) = self;
                $($output.add_to(fields);)+
            }
        }
    };
}

tuples!(A TA IA);
tuples!(A TA IA, B TB IB);
tuples!(A TA IA, B TB IB, C TC IC);
tuples!(A TA IA, B TB IB, C TC IC, D TD ID);
tuples!(A TA IA, B TB IB, C TC IC, D TD ID, E TE IE);
tuples!(A TA IA, B TB IB, C TC IC, D TD ID, E TE IE, F TF IF);
tuples!(A TA IA, B TB IB, C TC IC, D TD ID, E TE IE, F TF IF, G TG IG);
tuples!(A TA IA, B TB IB, C TC IC, D TD ID, E TE IE, F TF IF, G TG IG, H TH IH);
tuples!(A TA IA, B TB IB, C TC IC, D TD ID, E TE IE, F TF IF, G TG IG, H TH IH, J TJ IJ);
tuples!(A TA IA, B TB IB, C TC IC, D TD ID, E TE IE, F TF IF, G TG IG, H TH IH, J TJ IJ, K TK IK);
tuples!(A TA IA, B TB IB, C TC IC, D TD ID, E TE IE, F TF IF, G TG IG, H TH IH, J TJ IJ, K TK IK, L TL IL);
tuples!(A TA IA, B TB IB, C TC IC, D TD ID, E TE IE, F TF IF, G TG IG, H TH IH, J TJ IJ, K TK IK, L TL IL, M TM IM);

/// A struct that derives [`FromRow`](derive@crate::FromRow) as what a select yields, each field said by its name. All fields
/// must be there, and each must be able to hold what it is computed from: what may be NULL needs an `Option`.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, prelude::*};
/// #[derive(FromRow)]
/// struct Author {
///     email: String,
///     posts: i64,
/// }
///
/// let authors = select::<User>()
///     .left_join(User::posts)
///     .group_by(User::email)
///     .columns(row!(Author { email: User::email, posts: func::count(Post::id) }));
/// assert!(authors.to_string().starts_with("SELECT users.email, count(posts.id) FROM users"));
/// ```
#[macro_export]
macro_rules! row {
    ($($row:ident)::+ { $($field:ident: $value:expr),+ $(,)? }) => {{
        type ThisRow = $($row)::+;
        let _ = || $($row)::+ { $($field: $crate::__private::any()),+ };
        $crate::__private::row::<ThisRow, _>(($($crate::__private::field(ThisRow::$field, $value),)+))
    }};
}
