//! Steps that begin and end savepoints.

use super::operation::{Step, What};
use super::world::{Before, World};
use super::{Outcome, told};

impl World<'_> {
    pub(super) async fn nest(&mut self, step: &Step) -> Outcome {
        match step.what {
            What::Nest => self.begin_nested().await,
            _ if self.savepoints.is_empty() => Ok(()),
            What::Release => self.release(step).await,
            _ => self.rollback_to(step).await,
        }
    }

    async fn begin_nested(&mut self) -> Outcome {
        self.end_orphans().await?;
        self.note(format!("begin savepoint {}", self.savepoints.len()));
        let savepoint = self.session.begin_nested().await.map_err(told("begin_nested"))?;
        self.flushed()?;
        let (rows, keys) = (self.model.flushed.clone(), self.keys.clone());
        self.savepoints.push((savepoint, Before { rows, keys, last: self.model.last() }));
        Ok(())
    }

    async fn release(&mut self, step: &Step) -> Outcome {
        self.end_orphans().await?;
        let place = self.depth(step);
        self.note(format!("commit savepoint {place}"));
        let within = self.savepoints.split_off(place + 1);
        if let Some((savepoint, ..)) = self.savepoints.pop() {
            savepoint.commit().await.map_err(told("commit a savepoint"))?;
        }
        drop(within);
        self.flushed()
    }

    async fn rollback_to(&mut self, step: &Step) -> Outcome {
        let place = self.depth(step);
        self.note(format!("{:?} savepoint {place}", step.what));
        let within = self.savepoints.split_off(place + 1);
        let Some((savepoint, before)) = self.savepoints.pop() else { return Ok(()) };
        if step.what == What::Abandon {
            drop(savepoint);
        } else {
            savepoint.rollback().await.map_err(told("roll a savepoint back"))?;
        }
        drop(within);
        self.restored(before);
        Ok(())
    }

    /// The innermost one more often than those around it.
    fn depth(&self, step: &Step) -> usize {
        let innermost = self.savepoints.len() - 1;
        if step.picks[0].is_multiple_of(2) {
            innermost
        } else {
            usize::from(step.picks[1]) % self.savepoints.len()
        }
    }
}
