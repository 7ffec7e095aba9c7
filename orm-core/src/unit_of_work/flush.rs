//! Floor 5: changes, plan, execute, settle.

use std::sync::Arc;

use super::cascade::Fate;
use super::execute::Execution;
use super::hooks::SessionEvent;
use super::plan::{Plan, plan};
use super::scope::Scope;
use crate::connection::{End, TransactionOptions};
use crate::error::{Error, Result};
use crate::graph::Locked;
use crate::model::Table;

impl Scope {
    /// What a flush would do now.
    ///
    /// # Errors
    /// As for `flush`, of what is found before anything is sent.
    pub(crate) fn plan(&self) -> Result<Plan> {
        let mut locked = self.graph.lock();
        if let Some(misuse) = locked.misuse() {
            return Err(misuse);
        }
        let place = locked.place();
        let mut fate = Fate::default();
        locked.decide_all(&mut fate);
        let plan = locked.changes(&fate).and_then(plan);
        locked.replay(place);
        plan
    }

    /// Writes what changed. Cancel safety: dropped before it is done, the session says so until it is rolled back.
    pub(crate) async fn flush(self: &Arc<Self>) -> Result<()> {
        let _turn = self.write_turn().await;
        self.write(End::Write).await.map(|_| ())
    }

    /// Writes what changed and ends the transaction; the `COMMIT` travels with the last statements.
    pub(crate) async fn commit(self: &Arc<Self>) -> Result<()> {
        let _turn = self.write_turn().await;
        let mut round = 0;
        // What hooks do after a flush is committed too.
        while self.hooks.follow_flushes() && self.write(End::Write).await? {
            round = Self::next_round(round)?;
        }
        if !self.write(End::Commit).await? {
            self.connection.commit().await?;
            self.graph.lock().ended(End::Commit);
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

    /// Says how the next transaction begins.
    pub(crate) async fn begin(&self, options: TransactionOptions) -> Result<()> {
        let _turn = self.write_turn().await;
        self.connection.begin(options)
    }

    /// Whether the transaction is more than reads: anything was changed or written, or there is a savepoint.
    pub(crate) fn has_begun(&self) -> bool {
        self.connection.has_written() || self.connection.has_savepoints() || self.graph.lock().was_changed()
    }

    /// Writes what changed and begins a savepoint with this number, which travels with the last statements.
    pub(crate) async fn begin_nested(self: &Arc<Self>, savepoint: u64) -> Result<()> {
        let _turn = self.write_turn().await;
        let begun = self.write_to(End::Savepoint(savepoint)).await;
        if begun.is_err() && self.connection.check().is_err() {
            // The server may have it; what came before it has failed, which its rollback would not mend.
            self.connection.forget_savepoint(savepoint);
        }
        begun
    }

    /// Writes what changed and ends a savepoint, and those within it; what they did belongs to what is around them.
    pub(crate) async fn release(self: &Arc<Self>, savepoint: u64) -> Result<()> {
        let _turn = self.write_turn().await;
        self.connection.savepoint_depth(savepoint)?;
        self.write_to(End::Release(savepoint)).await
    }

    /// Everything is as it was when the savepoint began, here and in the database; the savepoint has ended.
    pub(crate) async fn rollback_to(&self, savepoint: u64) -> Result<()> {
        let _turn = self.write_turn().await;
        self.connection.savepoint_depth(savepoint)?;
        self.graph.lock().rolled_back_to(savepoint);
        self.connection.rollback_to(savepoint).await
    }

    /// Before a statement that reads these tables: writes what changed, if it could be seen there.
    pub(crate) async fn autoflush(self: &Arc<Self>, tables: &[&'static Table]) -> Result<()> {
        if !self.autoflushes() || !self.graph.lock().touches(tables) {
            return Ok(());
        }
        let _turn = self.write_turn().await;
        self.connection.check()?;
        self.write(End::Write).await.map(|_| ()).map_err(Error::in_autoflush)
    }

    /// The same before a statement of which it is not known what it reads.
    pub(crate) async fn autoflush_all(self: &Arc<Self>) -> Result<()> {
        let tables: Vec<_> = {
            let locked = self.graph.lock();
            locked.models().map(|model| locked.table(model)).collect()
        };
        self.autoflush(&tables).await
    }

    /// Writes what changed, and sends what ends it in any case.
    async fn write_to(self: &Arc<Self>, end: End) -> Result<()> {
        if !self.write(end).await? {
            self.connection.send(&[], end).await.map_err(|(_, error)| error)?;
            self.graph.lock().ended(end);
        }
        Ok(())
    }

    /// The plan of a flush that begins with it: what is changed from here on is not part of it. What the cascades must
    /// know is loaded before.
    async fn next_plan(self: &Arc<Self>) -> Result<Plan> {
        let mut fate = Fate::that_loads();
        loop {
            let missing = {
                let mut locked = self.graph.lock();
                if let Some(misuse) = locked.take_misuse() {
                    return Err(misuse);
                }
                let place = locked.place();
                locked.decide_all(&mut fate);
                let missing = fate.take_missing();
                if missing.is_empty() {
                    // What fails before anything is sent changes nothing.
                    let plan = locked.changes(&fate).and_then(plan).inspect_err(|_| locked.replay(place))?;
                    locked.let_go_along(fate.all());
                    locked.begin_flush();
                    return Ok(plan);
                }
                locked.replay(place);
                missing
            };
            self.load_missing(&missing).await?;
        }
    }

    /// Whether anything was sent.
    pub(super) async fn write(self: &Arc<Self>, end: End) -> Result<bool> {
        self.connection.check()?;
        self.tell_before().await?;
        let plan = self.next_plan().await?;
        if plan.is_empty() {
            self.graph.lock().keep_unwritten();
            return Ok(false);
        }
        let execution = Execution { graph: &self.graph, connection: &self.connection };
        let written = execution.run(&plan, end).await?;
        {
            let mut locked = self.graph.lock();
            locked.settle(&plan, &written);
            locked.ended(end);
        }
        self.tell_after(&plan, &written)?;
        Ok(true)
    }
}

impl Locked<'_> {
    /// The server has carried out what ends a flush.
    fn ended(&mut self, end: End) {
        match end {
            End::PlainRead | End::Read | End::Write => {}
            End::Commit => self.committed(),
            End::Savepoint(savepoint) => self.mark(savepoint),
            End::Release(savepoint) => self.unmark(savepoint),
        }
    }
}
