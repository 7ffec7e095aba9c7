//! Floor 5: changes, plan, execute, settle.

use std::sync::atomic::{AtomicU64, Ordering};

use super::execute::Execution;
use super::plan::{Plan, plan};
use super::scope::Scope;
use crate::connection::{End, TransactionOptions};
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
    pub(crate) async fn flush(&self) -> Result<()> {
        let _turn = self.write_turn().await;
        self.write(End::Write).await.map(|_| ())
    }

    /// Writes what changed and ends the transaction; the `COMMIT` travels with the last statements.
    pub(crate) async fn commit(&self) -> Result<()> {
        let _turn = self.write_turn().await;
        if !self.write(End::Commit).await? {
            self.connection.commit().await?;
            self.graph.lock().committed();
        }
        Ok(())
    }

    /// Everything is as it was before the transaction, here and in the database.
    pub(crate) async fn rollback(&self) -> Result<()> {
        let _turn = self.connection.write_turn().await;
        // First in memory: dropped at the await, the connection is closed, and the session goes on from here.
        self.graph.lock().rolled_back();
        self.connection.rollback().await
    }

    /// Says how the next transaction begins.
    pub(crate) async fn begin(&self, options: TransactionOptions) -> Result<()> {
        let _turn = self.write_turn().await;
        self.connection.begin(options)
    }

    /// Whether anything was changed or written since the last transaction ended.
    pub(crate) fn has_changes(&self) -> bool {
        self.connection.has_written() || self.graph.lock().has_changes()
    }

    /// Writes what changed and begins a savepoint, which travels with the last statements; its number.
    pub(crate) async fn begin_nested(&self) -> Result<u64> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let _turn = self.write_turn().await;
        self.write_to(End::Savepoint(self.connection.depth() + 1)).await?;
        let savepoint = NEXT.fetch_add(1, Ordering::Relaxed);
        self.connection.savepoint_begun(savepoint)?;
        self.graph.lock().mark(savepoint);
        Ok(savepoint)
    }

    /// Writes what changed and ends a savepoint, and those within it; what they did belongs to what is around them.
    pub(crate) async fn release(&self, savepoint: u64) -> Result<()> {
        let _turn = self.write_turn().await;
        self.write_to(End::Release(self.connection.savepoint_depth(savepoint)?)).await?;
        self.connection.savepoint_released(savepoint);
        self.graph.lock().unmark(savepoint);
        Ok(())
    }

    /// Everything is as it was when the savepoint began, here and in the database; the savepoint has ended.
    pub(crate) async fn rollback_to(&self, savepoint: u64) -> Result<()> {
        let _turn = self.write_turn().await;
        self.connection.savepoint_depth(savepoint)?;
        self.graph.lock().rolled_back_to(savepoint);
        self.connection.rollback_to(savepoint).await
    }

    /// Before a statement that reads these tables: writes what changed, if it could be seen there.
    pub(crate) async fn autoflush(&self, tables: &[&'static Table]) -> Result<()> {
        if !self.autoflushes() || !self.graph.lock().touches(tables) {
            return Ok(());
        }
        let _turn = self.write_turn().await;
        self.connection.check()?;
        self.write(End::Write).await.map(|_| ()).map_err(Error::in_autoflush)
    }

    /// Writes what changed, and sends what ends it in any case.
    async fn write_to(&self, end: End) -> Result<()> {
        if !self.write(end).await? {
            self.connection.send(&[], end).await.map_err(|(_, error)| error)?;
        }
        Ok(())
    }

    /// Whether anything was sent.
    async fn write(&self, end: End) -> Result<bool> {
        self.connection.check()?;
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
        let mut locked = self.graph.lock();
        locked.settle(&plan, &written);
        if end == End::Commit {
            locked.committed();
        }
        Ok(true)
    }
}
