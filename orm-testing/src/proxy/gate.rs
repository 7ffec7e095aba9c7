//! When bytes may pass: the delay of both directions, a client's silence, and `hold`.
//!
//! One gate for all connections of a proxy. It is set by the test's thread and obeyed by the
//! proxy's; what is kept back is counted, so that a test can wait for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

const QUIET: Duration = Duration::from_millis(5);

pub(super) struct Gate {
    delays: Mutex<Delays>,
    held: watch::Sender<bool>,
    /// Complete answers that the server has given and the client has not been given.
    waiting: watch::Sender<usize>,
}

#[derive(Clone, Copy)]
struct Delays {
    quiet: Duration,
    latency: Duration,
}

/// Counts answers as waiting for as long as it lives.
pub(super) struct Waiting {
    gate: Arc<Gate>,
    answers: usize,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            delays: Mutex::new(Delays { quiet: QUIET, latency: Duration::ZERO }),
            held: watch::Sender::new(false),
            waiting: watch::Sender::new(0),
        }
    }
}

impl Gate {
    pub(super) fn set_quiet(&self, quiet: Duration) {
        self.delays().quiet = quiet;
    }

    pub(super) fn set_latency(&self, latency: Duration) {
        self.delays().latency = latency;
    }

    pub(super) fn quiet(&self) -> Duration {
        self.delays().quiet
    }

    pub(super) fn latency(&self) -> Duration {
        self.delays().latency
    }

    pub(super) fn hold(&self) {
        self.held.send_replace(true);
    }

    pub(super) fn release(&self) {
        self.held.send_replace(false);
    }

    pub(super) async fn released(&self) {
        wait(&self.held, |held| !held).await;
    }

    pub(super) async fn answer_held(&self) {
        wait(&self.waiting, |waiting| *waiting > 0).await;
    }

    pub(super) fn keep_waiting(self: &Arc<Self>, answers: usize) -> Waiting {
        self.waiting.send_modify(|waiting| *waiting += answers);
        Waiting { gate: Arc::clone(self), answers }
    }

    fn delays(&self) -> MutexGuard<'_, Delays> {
        self.delays.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.gate.waiting.send_modify(|waiting| *waiting -= self.answers);
    }
}

async fn wait<T>(state: &watch::Sender<T>, condition: impl FnMut(&T) -> bool) {
    let waited = state.subscribe().wait_for(condition).await.map(drop);
    waited.expect("the sender is borrowed for as long as this waits");
}
