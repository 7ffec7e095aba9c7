//! Floor 4: savepoints, a stack in each transaction.
//!
//! The statements are our own: their names are the depths, so that there are few of them. Cancel safety: a rollback to a
//! savepoint that is dropped half way makes the session say so until all is rolled back.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::flight::{Underway, command, in_order};
use super::{Connection, End};
use crate::connection::checkout::Checkout;
use crate::error::{Error, Result};

pub(super) fn begin(depth: usize) -> String {
    format!("SAVEPOINT orm_savepoint_{depth}")
}

pub(super) fn release(depth: usize) -> String {
    format!("RELEASE SAVEPOINT orm_savepoint_{depth}")
}

fn rollback_to(depth: usize) -> String {
    format!("ROLLBACK TO SAVEPOINT orm_savepoint_{depth}")
}

impl Connection {
    /// How many savepoints there are.
    pub(crate) fn depth(&self) -> usize {
        self.held().map_or(0, |checkout| checkout.savepoints().len())
    }

    /// The server has begun a savepoint.
    ///
    /// # Errors
    /// If the session was closed meanwhile.
    pub(crate) fn savepoint_begun(&self, savepoint: u64) -> Result<()> {
        let checkout = self.held().ok_or_else(Error::closed)?;
        checkout.savepoints().push(savepoint);
        Ok(())
    }

    /// The server has released a savepoint, and those within it.
    pub(crate) fn savepoint_released(&self, savepoint: u64) {
        if let Some((checkout, depth)) = self.find_savepoint(savepoint) {
            checkout.savepoints().truncate(depth - 1);
        }
    }

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

    /// Undoes what the transaction did since a savepoint, and ends the savepoint. What failed since is forgotten.
    ///
    /// # Errors
    /// What the server says. The transaction can then only be rolled back as a whole.
    pub(crate) async fn rollback_to(&self, savepoint: u64) -> Result<()> {
        let Some((checkout, depth)) = self.rewind(savepoint) else {
            return Err(Error::savepoint_ended());
        };
        let underway = Underway::new(self, &checkout, End::Write, false);
        let commands = [rollback_to(depth), release(depth)].map(|text| command(&checkout, text));
        let answers = in_order(Vec::from(commands)).await;
        underway.landed();
        match answers.into_iter().find_map(Result::err) {
            None => Ok(()),
            Some(error) => {
                let error = Error::driver(error, "the savepoint could not be rolled back");
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
        for text in [rollback_to(depth), release(depth)] {
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
        let place = checkout.savepoints().iter().position(|&other| other == savepoint)?;
        Some((checkout, place + 1))
    }
}
