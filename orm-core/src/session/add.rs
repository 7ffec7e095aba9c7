//! Floor 8: what can be added to a session.

use super::events::UnitOfWork;
use crate::entity::{Entity, Live};
use crate::error::Error;
use crate::graph::{IntoNew, NewRow};

/// What [`Session::add`](crate::Session::add) takes: a builder that has everything its row needs, or an entity that left the session.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let user = session.add(User::builder().email("ann@example.org"));
/// session.rollback().await?;
/// session.add(&user); // once more
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be added to a session",
    note = "give it a builder that has all required columns, or `&entity`"
)]
pub trait Add {
    /// The model.
    type Model: Live;

    /// Puts it into the session's graph.
    #[doc(hidden)]
    fn add_to(self, unit: &UnitOfWork<'_>) -> Entity<Self::Model>;
}

impl<B: IntoNew> Add for B
where
    B::Model: Live,
{
    type Model = B::Model;

    #[inline(always)]
    fn add_to(self, unit: &UnitOfWork<'_>) -> Entity<B::Model> {
        let scope = unit.scope;
        let new = self.into_row();
        let node = scope.graph.lock().add_new(NewRow::from(new));
        Entity::at(scope, node.position)
    }
}

#[diagnostic::do_not_recommend]
impl<M: Live> Add for &Entity<M> {
    type Model = M;

    #[inline(always)]
    fn add_to(self, unit: &UnitOfWork<'_>) -> Entity<M> {
        let scope = unit.scope;
        let mut locked = scope.graph.lock();
        match super::own(scope, self) {
            Some(node) => locked.add_again(node.node),
            None => locked.report(Error::foreign_to_session(M::TABLE.model, "add")),
        }
        self.clone()
    }
}
