//! Floor 4: savepoints, a stack in each transaction.
//!
//! The statements are our own: their names are the depths, so that there are few of them. Cancel safety: a rollback to a
//! savepoint that is dropped half way makes the session say so until all is rolled back.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::answers::{command, in_order};
use super::flight::Underway;
use super::{Connection, End};
use crate::connection::checkout::Checkout;
use crate::error::{Error, Result};

/// A savepoint's name on the server, by its depth.
fn name(depth: usize) -> String {
    format!("orm_savepoint_{depth}")
}

fn rollback_to(depth: usize) -> [String; 2] {
    let name = name(depth);
    [format!("ROLLBACK TO SAVEPOINT {name}"), format!("RELEASE SAVEPOINT {name}")]
}

impl Checkout {
    /// The command that follows the last statement.
    pub(super) fn command(&self, end: End) -> Option<String> {
        match end {
            End::PlainRead | End::Read | End::Write => None,
            End::Commit => Some("COMMIT".to_owned()),
            End::Savepoint(_) => Some(format!("SAVEPOINT {}", name(self.savepoints().len() + 1))),
            // One that has ended is no name on the server either, which says so.
            End::Release(savepoint) => {
                Some(format!("RELEASE SAVEPOINT {}", name(self.savepoint_depth(savepoint).unwrap_or(0))))
            }
        }
    }

    /// A savepoint was released, and those within it.
    pub(super) fn savepoint_released(&self, savepoint: u64) {
        if let Some(depth) = self.savepoint_depth(savepoint) {
            self.savepoints().truncate(depth - 1);
            self.keep_cursors(depth - 1);
        }
    }

    /// From 1; none if it has ended.
    fn savepoint_depth(&self, savepoint: u64) -> Option<usize> {
        let place = self.savepoints().iter().position(|&other| other == savepoint)?;
        Some(place + 1)
    }
}

impl Connection {
    /// The depth of a savepoint, from 1.
    ///
    /// # Errors
    /// If the transaction is lost, or the savepoint has ended.
    pub(crate) fn savepoint_depth(&self, savepoint: u64) -> Result<usize> {
        match self.find_savepoint(savepoint) {
            Some((_, depth)) => Ok(depth),
            None => Err(self.check().err().unwrap_or_else(Error::savepoint_ended)),
        }
    }

    /// Whether there is a savepoint.
    pub(crate) fn has_savepoints(&self) -> bool {
        self.held().is_some_and(|checkout| !checkout.savepoints().is_empty())
    }

    /// A savepoint is not to be used, though the server may have it.
    pub(crate) fn forget_savepoint(&self, savepoint: u64) {
        if let Some(checkout) = self.held() {
            checkout.savepoint_released(savepoint);
        }
    }

    /// Undoes what the transaction did since a savepoint, and ends the savepoint. What failed since is forgotten.
    ///
    /// # Errors
    /// What the server says. The transaction can then only be rolled back as a whole.
    pub(crate) async fn rollback_to(&self, savepoint: u64) -> Result<()> {
        let Some((checkout, depth)) = self.rewind(savepoint) else {
            return Err(Error::savepoint_ended());
        };
        let underway = Underway::new(self, &checkout, End::Write, false);
        let commands = rollback_to(depth).map(|text| command(&checkout, text));
        let answers = in_order(Vec::from(commands)).await;
        underway.landed();
        match answers.into_iter().find_map(Result::err) {
            None => Ok(()),
            Some(failed) => {
                let error = failed.into_error(&checkout);
                self.lose(&checkout, &error, End::Write);
                Err(error)
            }
        }
    }

    /// As `rollback_to`, without waiting for the answer: it is sent, and what is sent later finds it done. If it has
    /// failed, so does all that follows in the transaction.
    pub(crate) fn rollback_to_unheard(&self, savepoint: u64) {
        let Some((checkout, depth)) = self.rewind(savepoint) else { return };
        // An answer that is owed: a `COMMIT` asks before it.
        checkout.launch(false);
        for text in rollback_to(depth) {
            let mut sent = command(&checkout, text);
            let answer = Pin::new(&mut sent).poll(&mut Context::from_waker(Waker::noop()));
            debug_assert!(!matches!(answer, Poll::Ready(Ok(_))), "there was no time for an answer");
        }
    }

    /// Takes a savepoint off the stack, with those within it, and forgets what failed since; what fails from what was
    /// sent before is of no account.
    fn rewind(&self, savepoint: u64) -> Option<(Arc<Checkout>, usize)> {
        let (checkout, depth) = self.find_savepoint(savepoint)?;
        checkout.rewind(depth - 1);
        self.state().failure = None;
        Some((checkout, depth))
    }

    fn find_savepoint(&self, savepoint: u64) -> Option<(Arc<Checkout>, usize)> {
        let checkout = self.held()?;
        let depth = checkout.savepoint_depth(savepoint)?;
        Some((checkout, depth))
    }
}
