//! Futures that are dropped half way.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

/// Polls a future at most so many times, whenever it says that it can go on, and then drops it. What it yielded, if it
/// was done by then.
pub async fn polled<F: Future>(future: F, times: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polls = 0;
    poll_fn(|context| {
        if polls == times {
            return Poll::Ready(None);
        }
        polls += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if polls == times => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// How often a future is polled in each of many tries, none of them the last: the same await takes one poll or two, so
/// that a single row of tries may miss an await. A test goes on until it has seen all that it wants to see.
pub fn numbers_of_polls() -> impl Iterator<Item = usize> {
    (0..50).cycle().take(1_000)
}
