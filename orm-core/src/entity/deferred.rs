//! Floor 7: a deferred column of one entity.
//!
//! The accessor is itself the future, as that of a relationship is. Cancel safety: a dropped await loses nothing.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::Live;
use super::handle::Handle;
use crate::error::{Error, Result};
use crate::loading::load_column;
use crate::model::ColumnFacts;

/// A deferred column of one entity: `document.text()`.
///
/// Await it to have the value, loaded if need be: with the columns of its group, and for all entities that came with this
/// one from the database and lack it, in one statement. What is in memory stays: edits and what is loaded already. Nothing
/// is flushed for it, but for an entity that is only added. [`get`](DeferredColumn::get) never does I/O.
///
/// A value that is loaded stays readable, in later transactions too, until the row is read as it must be now: locked, with
/// `populate_existing`, in another version, or after [`expire`](crate::Session::expire). Then it is not loaded any more.
/// [`refresh`](crate::Session::refresh) reads again what is loaded.
///
/// # Errors
/// Awaited: [`Error::is_raise_load`] if its query or its model says so, [`Error::is_detached`] if it must be loaded and the
/// session is gone, [`Error::is_not_persistent`] if this entity is no row any more, [`Error::is_no_result`] if the row has
/// vanished; else as for [`Session::execute`](crate::Session::execute).
///
/// ```no_run
/// # use orm_examples::archive::*; use orm_core::prelude::*;
/// # async fn example(session: &Session, document: Entity<Document>) -> orm_core::Result<()> {
/// println!("{} has {} letters", document.title, document.text().await?.len());
/// let text: &String = document.text.get()?; // it is loaded now
/// # Ok(()) }
/// ```
#[must_use = "await the column, or ask `get` for what is in memory"]
pub struct DeferredColumn<'a, M: Live, T> {
    handle: &'a Handle<M>,
    column: usize,
    loading: Option<Pin<Box<dyn Future<Output = Result<()>> + Send>>>,
    value: PhantomData<fn() -> T>,
}

impl<'a, M: Live, T: 'static> DeferredColumn<'a, M, T> {
    /// The column of this entity. Generated code calls it.
    #[doc(hidden)]
    pub fn new(handle: &'a Handle<M>, column: usize) -> Self {
        Self { handle, column, loading: None, value: PhantomData }
    }

    /// The value, if it is in memory. Never SQL.
    ///
    /// # Errors
    /// [`Error::is_not_loaded`] if it is not, [`Error::is_raise_load`] if moreover it is not to be loaded.
    ///
    /// ```no_run
    /// # use orm_examples::archive::*; use orm_core::prelude::*;
    /// # async fn example(document: Entity<Document>) -> orm_core::Result<()> {
    /// match document.text().get() {
    ///     Ok(text) => println!("{text}"),
    ///     Err(error) if error.is_not_loaded() => println!("not loaded"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(()) }
    /// ```
    pub fn get(&self) -> Result<&'a T> {
        let value: &dyn std::any::Any = self.handle.value().value(self.column);
        let (model, field) = (M::TABLE.model, self.facts().field);
        value.downcast_ref().ok_or_else(|| match self.is_refused() {
            true => Error::column_raise_load(model, field),
            false => Error::column_not_loaded(model, field),
        })
    }

    fn facts(&self) -> &'static ColumnFacts {
        &M::TABLE.columns[self.column]
    }

    fn is_refused(&self) -> bool {
        self.handle.scope.graph.lock().refuses(self.handle.node(), self.column)
    }

    fn load(&self) -> Result<Pin<Box<dyn Future<Output = Result<()>> + Send>>> {
        let scope = Arc::clone(&self.handle.scope);
        if scope.is_detached() || scope.graph.lock().record(self.handle.node()).is_let_go() {
            return Err(Error::detached(M::TABLE.model));
        }
        let (node, column) = (self.handle.node(), self.column);
        Ok(Box::pin(async move { load_column(&scope, node, column).await }))
    }

    /// The statement has been sent and did not bring it.
    fn loaded(&self) -> Result<&'a T> {
        self.get().map_err(|_| {
            let key = self.handle.scope.graph.lock().key_in_words(self.handle.node());
            Error::column_gone(M::TABLE.model, self.facts().field, &key)
        })
    }
}

impl<'a, M: Live, T: 'static> Future for DeferredColumn<'a, M, T> {
    type Output = Result<&'a T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.loading.is_none() {
            let handle = self.handle;
            let is_wanted = handle.scope.graph.lock().must_load(handle.node(), self.column);
            // What is in doubt is shown where it cannot be asked for.
            match self.get() {
                Err(error) if error.is_raise_load() => return Poll::Ready(Err(error)),
                Ok(value) if !is_wanted || handle.scope.is_detached() => return Poll::Ready(Ok(value)),
                _ => {}
            }
            match self.load() {
                Ok(loading) => self.loading = Some(loading),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        let Some(loading) = &mut self.loading else { return Poll::Pending };
        match loading.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(())) => Poll::Ready(self.loaded()),
        }
    }
}

impl<M: Live, T> fmt::Debug for DeferredColumn<'_, M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", M::TABLE.model, M::TABLE.columns[self.column].field)
    }
}
