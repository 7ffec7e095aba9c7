//! Floor 6: options for deferred columns.

use std::marker::PhantomData;

use super::LoadOption;
use crate::model::{Column, ColumnSet, Model};
use crate::query::ColumnStrategy;

/// Loads a deferred column with its entity; the other columns of its group are not concerned.
///
/// Columns that are not deferred always come, so that it says nothing about them. An entity that is in memory without the
/// column gets it; what it knows stays as it is.
///
/// ```no_run
/// # use orm_examples::archive::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// for document in session.scalars(select::<Document>().options(undefer(Document::text))).await? {
///     println!("{}", document.text.get()?);
/// }
/// # Ok(()) }
/// ```
pub fn undefer<M: Model, T>(column: Column<M, T>) -> LoadOption<M, M> {
    LoadOption::nothing().undefer(column)
}

/// Loads with its entity a deferred column and all that are in its group (`#[orm(deferred(group = ..))]`).
///
/// ```no_run
/// # use orm_examples::archive::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let scanned = select::<Document>().options(undefer_group(Document::scan));
/// for document in session.scalars(scanned).await? {
///     println!("{:?}: {:?}", document.summary.get()?, document.scan.get()?);
/// }
/// # Ok(()) }
/// ```
pub fn undefer_group<M: Model, T>(member: Column<M, T>) -> LoadOption<M, M> {
    LoadOption::nothing().undefer_group(member)
}

/// Leaves a deferred column out, as its model says, until it is awaited; also where the model says `raise`, or another
/// option undefers it.
///
/// ```no_run
/// # use orm_examples::archive::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let documents = select::<Document>().options(undefer_group(Document::scan)).options(defer(Document::scan));
/// for document in session.scalars(documents).await? {
///     println!("{:?}", document.summary.get()?);
/// }
/// # Ok(()) }
/// ```
pub fn defer<M: Model, T>(column: Column<M, T>) -> LoadOption<M, M, Defer> {
    LoadOption::nothing().defer(column)
}

/// Of the deferred columns, loads these and no others: one column, or a tuple of them. Columns that are not deferred, the
/// key among them, always come, named or not.
///
/// ```
/// # use orm_examples::archive::*; use orm_core::{load_only, select};
/// let documents = select::<Document>().options(load_only((Document::title, Document::text)));
/// assert!(documents.to_string().starts_with("SELECT documents.id, documents.title, documents.text, NULL, NULL,"));
/// ```
pub fn load_only<M: Model>(columns: impl ColumnList<M>) -> LoadOption<M, M, Defer> {
    LoadOption::nothing().load_only(columns)
}

/// The last word of an option was that deferred columns are left out.
///
/// ```
/// # use orm_examples::archive::*; use orm_core::{Defer, LoadOption, defer};
/// let option: LoadOption<Document, Document, Defer> = defer(Document::text);
/// # let _ = option;
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Defer;

/// A column of a model, or a tuple of up to eight.
///
/// ```
/// # use orm_examples::archive::*; use orm_core::{ColumnList, LoadOption, load_only};
/// fn reading(columns: impl ColumnList<Document>) -> LoadOption<Document, Document, orm_core::Defer> {
///     load_only(columns)
/// }
/// let option = reading((Document::title, Document::text));
/// # let _ = option;
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name columns of `{M}`",
    note = "give a column, or a tuple of up to eight: `(Document::title, Document::text)`"
)]
pub trait ColumnList<M>: Sized {
    #[doc(hidden)]
    fn add_positions(self, positions: &mut Vec<usize>);

    /// Their positions, in the order in which they were said.
    #[doc(hidden)]
    fn in_order(self) -> Vec<usize> {
        let mut positions = Vec::new();
        self.add_positions(&mut positions);
        positions
    }

    /// Their positions.
    #[doc(hidden)]
    fn positions(self) -> ColumnSet {
        self.in_order().into_iter().collect()
    }
}

#[diagnostic::do_not_recommend]
impl<M, T> ColumnList<M> for Column<M, T> {
    fn add_positions(self, positions: &mut Vec<usize>) {
        positions.push(self.index());
    }
}

macro_rules! column_lists {
    ($($last:ident)?) => {};
    ($first:ident $($rest:ident)+) => {
        #[diagnostic::do_not_recommend]
        impl<M, $first: ColumnList<M>, $($rest: ColumnList<M>),+> ColumnList<M> for ($first, $($rest),+) {
            fn add_positions(self, positions: &mut Vec<usize>) {
                #[expect(non_snake_case, reason = "a tuple's fields are called like their types")]
                let ($first, $($rest),+) = self;
                $first.add_positions(positions);
                $($rest.add_positions(positions);)+
            }
        }
        column_lists!($($rest)+);
    };
}

column_lists!(A B C D E F G H);

impl<M, Tip: Model, Last> LoadOption<M, Tip, Last> {
    /// From there on, loads a deferred column with its entity.
    ///
    /// ```
    /// # use orm_examples::archive::*; use orm_core::{joinedload, select};
    /// let notes = select::<Note>().options(joinedload(Note::document).undefer(Document::text));
    /// # let _ = notes;
    /// ```
    pub fn undefer<T>(self, column: Column<Tip, T>) -> LoadOption<M, Tip> {
        self.columns(ColumnSet::from_iter([column.index()]), ColumnStrategy::Undefer)
    }

    /// From there on, loads a deferred column and all that are in its group.
    ///
    /// ```
    /// # use orm_examples::archive::*; use orm_core::{joinedload, select};
    /// let notes = select::<Note>().options(joinedload(Note::document).undefer_group(Document::scan));
    /// # let _ = notes;
    /// ```
    pub fn undefer_group<T>(self, member: Column<Tip, T>) -> LoadOption<M, Tip> {
        self.columns(Tip::TABLE.group_of(member.index()), ColumnStrategy::Undefer)
    }

    /// From there on, leaves a deferred column out until it is awaited.
    ///
    /// ```
    /// # use orm_examples::archive::*; use orm_core::{joinedload, select};
    /// let notes = select::<Note>().options(joinedload(Note::document).defer(Document::text).raise());
    /// # let _ = notes;
    /// ```
    pub fn defer<T>(self, column: Column<Tip, T>) -> LoadOption<M, Tip, Defer> {
        self.columns(ColumnSet::from_iter([column.index()]), ColumnStrategy::Defer)
    }

    /// From there on, loads of the deferred columns these and no others.
    ///
    /// ```
    /// # use orm_examples::archive::*; use orm_core::{joinedload, select};
    /// let notes = select::<Note>().options(joinedload(Note::document).load_only(Document::text));
    /// # let _ = notes;
    /// ```
    pub fn load_only(self, columns: impl ColumnList<Tip>) -> LoadOption<M, Tip, Defer> {
        let columns = columns.positions();
        let option: LoadOption<M, Tip> = self.columns(columns, ColumnStrategy::Undefer);
        option.columns(Tip::TABLE.deferred().without(columns), ColumnStrategy::Defer)
    }

    fn columns<Next>(mut self, columns: ColumnSet, strategy: ColumnStrategy) -> LoadOption<M, Tip, Next> {
        self.tip().columns.say(Tip::TABLE, columns, strategy);
        LoadOption { loads: self.loads, depth: self.depth, types: PhantomData }
    }
}

impl<M, Tip> LoadOption<M, Tip, Defer> {
    /// Refuses to load what was left out: to await it is an error ([`Error::is_raise_load`](crate::Error::is_raise_load)),
    /// until another query brings the entity.
    ///
    /// ```no_run
    /// # use orm_examples::archive::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// for document in session.scalars(select::<Document>().options(defer(Document::text).raise())).await? {
    ///     assert!(document.text().await.is_err_and(|error| error.is_raise_load()));
    /// }
    /// # Ok(()) }
    /// ```
    pub fn raise(mut self) -> Self {
        self.tip().columns.raise();
        self
    }
}
