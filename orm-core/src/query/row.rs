//! Floor 2: a struct as what a select yields, its fields being computed.
//!
//! Invariant: the fields stand in the struct's order, whatever the order in which they were said.

use std::fmt;
use std::marker::PhantomData;

use super::{Output, OutputList, Term};
use crate::model::Selectable;
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
    name: &'static str,
    output: O,
    field: PhantomData<fn() -> (R, T)>,
}

impl<R, T, O> RowField<R, T, O> {
    /// Stands for the field's value where only types are looked at.
    pub fn value(&self) -> T {
        unreachable!("it is never called")
    }
}

/// One field of a struct, and what it is computed from.
#[doc(hidden)]
pub const fn field<R, T, O>(name: &'static str, output: O) -> RowField<R, T, O> {
    RowField { name, output, field: PhantomData }
}

/// A struct that a select yields in each row. Made by [`row!`](crate::row).
pub struct Row<R, Fields> {
    fields: Fields,
    row: PhantomData<fn() -> R>,
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
impl<R, Scope, Fields: RowFields<R, Scope, I>, I> Output<Scope, I, R> for Row<R, Fields> {
    fn add_to(self, list: &mut OutputList) {
        let mut fields = Vec::new();
        self.fields.add_to(&mut fields);
        fields.sort_by_key(|(column, _)| *column);
        fields.into_iter().for_each(|(_, term)| list.add(term.0));
    }
}

impl<R: Selectable, T, O> RowField<R, T, O> {
    fn add_to<Scope, I, V>(self, fields: &mut Vec<(usize, Term)>)
    where
        O: Output<Scope, I, V>,
    {
        let name = self.name.strip_prefix("r#").unwrap_or(self.name);
        let column = R::SOURCE.columns.iter().position(|column| column.field == name);
        let column = column.expect("it is a field of the struct");
        let (outputs, _) = OutputList::gather::<Scope, I, V>(self.output, None);
        fields.extend(outputs.into_iter().map(|expression| (column, Term(expression))));
    }
}

/// `I` says of each field where its sources are, and what it is computed to.
macro_rules! tuples {
    ($($output:ident $type:ident $at:ident $value:ident),+) => {
        #[diagnostic::do_not_recommend]
        impl<R: Selectable, Scope, $($output, $type, $at, $value),+> RowFields<R, Scope, ($(($at, $value),)+)>
            for ($(RowField<R, $type, $output>,)+)
        where
            $($output: Output<Scope, $at, $value>, $value: IntoField<$type>,)+
        {
            #[allow(non_snake_case)]
            fn add_to(self, fields: &mut Vec<(usize, Term)>) {
                let ($($output,)+) = self;
                $($output.add_to(fields);)+
            }
        }
    };
}

tuples!(A TA IA VA);
tuples!(A TA IA VA, B TB IB VB);
tuples!(A TA IA VA, B TB IB VB, C TC IC VC);
tuples!(A TA IA VA, B TB IB VB, C TC IC VC, D TD ID VD);
tuples!(A TA IA VA, B TB IB VB, C TC IC VC, D TD ID VD, E TE IE VE);
tuples!(A TA IA VA, B TB IB VB, C TC IC VC, D TD ID VD, E TE IE VE, F TF IF VF);
tuples!(A TA IA VA, B TB IB VB, C TC IC VC, D TD ID VD, E TE IE VE, F TF IF VF, G TG IG VG);
tuples!(A TA IA VA, B TB IB VB, C TC IC VC, D TD ID VD, E TE IE VE, F TF IF VF, G TG IG VG, H TH IH VH);
tuples!(A TA IA VA, B TB IB VB, C TC IC VC, D TD ID VD, E TE IE VE, F TF IF VF, G TG IG VG, H TH IH VH, J TJ IJ VJ);
tuples!(A TA IA VA, B TB IB VB, C TC IC VC, D TD ID VD, E TE IE VE, F TF IF VF, G TG IG VG, H TH IH VH, J TJ IJ VJ, K TK IK VK);
tuples!(A TA IA VA, B TB IB VB, C TC IC VC, D TD ID VD, E TE IE VE, F TF IF VF, G TG IG VG, H TH IH VH, J TJ IJ VJ, K TK IK VK, L TL IL VL);
tuples!(A TA IA VA, B TB IB VB, C TC IC VC, D TD ID VD, E TE IE VE, F TF IF VF, G TG IG VG, H TH IH VH, J TJ IJ VJ, K TK IK VK, L TL IL VL, M TM IM VM);

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
        match ($($crate::__private::field::<ThisRow, _, _>(stringify!($field), $value),)+) {
            ($($field,)+) => {
                let _ = || $($row)::+ { $($field: $field.value()),+ };
                $crate::__private::row::<ThisRow, _>(($($field,)+))
            }
        }
    }};
}
