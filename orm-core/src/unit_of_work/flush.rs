//! Floor 5: changes, plan, execute, settle.

use std::sync::Arc;

use super::execute::Execution;
use super::hooks::SessionEvent;
use super::plan::{Plan, plan};
use super::scope::Scope;
use crate::connection::End;
use crate::error::{Error, Result};
use crate::model::Table;

impl Scope {
    /// What a flush would do now.
    ///
    /// # Errors
    /// As for `flush`, of what is found before anything is sent.
    pub(crate) fn plan(&self) -> Result<Plan> {
        let mut locked = self.graph.lock();
        match locked.misuse() {
            Some(misuse) => Err(misuse),
            None => plan(locked.changes()?),
        }
    }

    /// Writes what changed. Cancel safety: dropped before it is done, the session says so until it is rolled back.
    pub(crate) async fn flush(self: &Arc<Self>) -> Result<()> {
        let _turn = self.connection.write_turn().await;
        self.write(End::Write).await.map(|_| ())
    }

    /// Writes what changed and ends the transaction; the `COMMIT` travels with the last statements.
    pub(crate) async fn commit(self: &Arc<Self>) -> Result<()> {
        let _turn = self.connection.write_turn().await;
        let mut round = 0;
        // What hooks do after a flush is committed too.
        while self.hooks.follow_flushes() && self.write(End::Write).await? {
            round = Self::next_round(round)?;
        }
        if !self.write(End::Commit).await? {
            self.connection.commit().await?;
            self.graph.lock().committed();
        }
        self.tell(SessionEvent::AfterCommit)
    }

    /// Everything is as it was before the transaction, here and in the database.
    pub(crate) async fn rollback(self: &Arc<Self>) -> Result<()> {
        let _turn = self.connection.write_turn().await;
        // First in memory: dropped at the await, the connection is closed, and the session goes on from here.
        self.graph.lock().rolled_back();
        self.connection.rollback().await?;
        self.tell(SessionEvent::AfterRollback)
    }

    /// Before a statement that reads these tables: writes what changed, if it could be seen there.
    pub(crate) async fn autoflush(self: &Arc<Self>, tables: &[&'static Table]) -> Result<()> {
        if !self.autoflushes() || !self.graph.lock().touches(tables) {
            return Ok(());
        }
        self.connection.check()?;
        self.flush().await.map_err(Error::in_autoflush)
    }

    /// Whether anything was sent.
    async fn write(self: &Arc<Self>, end: End) -> Result<bool> {
        self.connection.check()?;
        self.tell_before()?;
        let plan = {
            let mut locked = self.graph.lock();
            if let Some(misuse) = locked.take_misuse() {
                return Err(misuse);
            }
            let plan = plan(locked.changes()?)?;
            // What is changed from here on is not part of this flush.
            locked.begin_flush();
            plan
        };
        if plan.is_empty() {
            self.graph.lock().keep_unwritten();
            return Ok(false);
        }
        let execution = Execution { graph: &self.graph, connection: &self.connection };
        let written = execution.run(&plan, end).await?;
        {
            let mut locked = self.graph.lock();
            locked.settle(&plan, &written);
            if end == End::Commit {
                locked.committed();
            }
        }
        self.tell_after(&plan)?;
        Ok(true)
    }
}
