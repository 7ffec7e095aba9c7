//! Floor 8: rows and entities from elsewhere come into a session.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::Session;
use crate::entity::{Entity, Handle, Live};
use crate::error::{Error, Result};
use crate::graph::{EntityState, Graph, IntoRow, New, Node};
use crate::loading::{OptionOf, load_for_known, merge};
use crate::query::Loads;
use crate::unit_of_work::Scope;

/// What [`Session::merge`] takes: a model's value, a builder, complete or not, or an entity of another session.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session, cached: User, elsewhere: Entity<User>) -> orm_core::Result<()> {
/// session.merge(cached).await?; // every column
/// session.merge(User::builder().id(7).name("Ann")).await?; // what was set
/// session.merge(&elsewhere).await?; // and what it is linked to in memory
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be merged into a session",
    note = "give it a model's value, a builder, or `&entity`"
)]
pub trait MergeSource {
    /// The model.
    type Model: Live;

    /// What it is.
    #[doc(hidden)]
    fn into_source(self) -> Source<Self::Model>;
}

/// What is merged.
#[doc(hidden)]
pub enum Source<M: Live> {
    Row(New<M>),
    Entity(Entity<M>),
}

impl<M: Live> fmt::Debug for Source<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row(row) => row.fmt(f),
            Self::Entity(entity) => entity.fmt(f),
        }
    }
}

impl<R: IntoRow> MergeSource for R
where
    R::Model: Live,
{
    type Model = R::Model;

    fn into_source(self) -> Source<R::Model> {
        Source::Row(self.into_row())
    }
}

impl<M: Live> MergeSource for &Entity<M> {
    type Model = M;

    fn into_source(self) -> Source<M> {
        Source::Entity(self.clone())
    }
}

/// A row comes into the session when this is awaited, see [`Session::merge`].
///
/// # Errors
/// As for [`Session::merge`].
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session, cached: User) -> orm_core::Result<()> {
/// let user = session.merge(cached).options(selectinload(User::posts)).await?;
/// # Ok(()) }
/// ```
#[must_use = "await it"]
pub struct Merge<M: Live> {
    scope: Arc<Scope>,
    source: Option<Box<Source<M>>>,
    options: Loads,
    running: Option<Running<M>>,
}

type Running<M> = Pin<Box<dyn Future<Output = Result<Entity<M>>> + Send>>;

impl Session {
    /// Brings a row's values into the session: onto the entity that stands for the row, read first if it is not in
    /// memory, or as a new one if there is no such row. Yields the session's own entity; what was given stays outside.
    ///
    /// * **A value**, `User { .. }`, sets every column. **A builder** sets what was set on it, NULL included; the rest of
    ///   the row stays. If the row does not exist, a builder must have all that a new one needs.
    /// * **An entity** of another session, from before [`clear`](Session::clear) or [expunged](Session::expunge), brings
    ///   all columns as they are now, and the same of what its relationships are known to lead to there, as far as that
    ///   goes, each row once. What is loaded there is loaded here. Members that it does not know of stay.
    ///
    /// What names the row is its primary key. A key of which a part was never set, or that the server makes and that has
    /// the type's default (`0`), names none: the row is new, and nothing is asked. Columns that are as they were are not
    /// written. A row that is pending here under the same key is that row; one that was marked by
    /// [`delete`](Session::delete) is not deleted.
    ///
    /// One statement a model and level of relationships, and one for each relationship that is loaded there; none for
    /// what is in memory. Nothing is flushed. Cancel safety: dropped, it has changed nothing.
    ///
    /// # Errors
    /// [`Error::is_incomplete`] if a builder names no row and lacks a required column; nothing is changed then.
    /// [`Error::is_foreign_entity`] for a builder with an entity of another session; else as for
    /// [`execute`](Session::execute).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let ann = User { id: 7, name: None, email: "ann@example.org".into() };
    /// let user = session.merge(ann).await?;
    /// let same = session.merge(User::builder().id(7).name("Ann")).await?; // without SQL
    /// assert_eq!((&user, user.email.as_str()), (&same, "ann@example.org"));
    /// session.commit().await?; // an INSERT, or an UPDATE of what differs
    /// # Ok(()) }
    /// ```
    pub fn merge<S: MergeSource>(&self, source: S) -> Merge<S::Model> {
        let source = Some(Box::new(source.into_source()));
        Merge { scope: self.scope(), source, options: Loads::default(), running: None }
    }

    /// Merges several values or builders: one statement for all keys that are not in memory. See
    /// [`merge`](Session::merge).
    ///
    /// # Errors
    /// As for [`merge`](Session::merge); so is cancel safety.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, imported: Vec<User>) -> orm_core::Result<()> {
    /// let users = session.merge_all(imported).await?;
    /// session.commit().await?;
    /// # Ok(()) }
    /// ```
    pub async fn merge_all<R: IntoRow>(
        &self,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<Vec<Entity<R::Model>>>
    where
        R::Model: Live,
    {
        let scope = self.scope();
        let rows = rows.into_iter().map(IntoRow::into_row).collect();
        let positions = merge_rows::<R::Model>(&scope, rows, &Loads::default()).await?;
        Ok(positions.into_iter().map(|position| Entity::at(&scope, position)).collect())
    }
}

/// Builders and values are put into a graph of their own, and come from there.
async fn merge_rows<M: Live>(scope: &Arc<Scope>, rows: Vec<New<M>>, options: &Loads) -> Result<Vec<u32>> {
    let source = Graph::outside();
    let roots: Vec<Node> = {
        let mut locked = source.lock();
        rows.into_iter().map(|row| locked.add_new(row.into())).collect()
    };
    scope.adopt_keys(&source, false)?;
    merge(scope, &source, &roots, options).await
}

impl<M: Live> Merge<M> {
    /// Loads relationships of the entity along. Call it once for each.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session, cached: User) -> orm_core::Result<()> {
    /// let user = session.merge(cached).options(joinedload(User::profile)).await?;
    /// println!("{:?}", user.profile().get()?);
    /// # Ok(()) }
    /// ```
    pub fn options<O: OptionOf<M>>(mut self, option: O) -> Self {
        self.options.extend(option.into_loads());
        self
    }

    async fn run(scope: Arc<Scope>, source: Source<M>, options: Loads) -> Result<Entity<M>> {
        let positions = match source {
            Source::Row(row) => merge_rows(&scope, vec![row], &options).await?,
            Source::Entity(entity) => {
                let handle = Entity::handle(&entity);
                if is_inside(&scope, &entity) {
                    load_for_known(&scope, handle.node(), &options).await?;
                    return Ok(entity);
                }
                merge(&scope, &handle.scope.graph, &[handle.node()], &options).await?
            }
        };
        let position = positions.first().copied().ok_or_else(Error::closed)?;
        Ok(Entity::new(Handle::new(scope, position)))
    }
}

/// Whether the entity is in the session already.
fn is_inside<M: Live>(scope: &Scope, entity: &Entity<M>) -> bool {
    let in_session = |state: EntityState| matches!(state, EntityState::Pending | EntityState::Persistent);
    super::own(scope, entity).is_some_and(|node| in_session(scope.graph.lock().record(node.node).state))
}

impl<M: Live> Future for Merge<M> {
    type Output = Result<Entity<M>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { scope, source, options, running } = &mut *self;
        if let Some(source) = source.take() {
            *running = Some(Box::pin(Self::run(Arc::clone(scope), *source, std::mem::take(options))));
        }
        running.as_mut().map_or(Poll::Pending, |running| running.as_mut().poll(context))
    }
}

impl<M: Live> fmt::Debug for Merge<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Merge")
            .field("source", &self.source)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
