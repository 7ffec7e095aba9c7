//! Floor 4: what was asked, and the answers as they come.
//!
//! Invariant: all that is asked together is written before the first answer is awaited, in order.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use futures_util::TryStreamExt;
use futures_util::future::{MaybeDone, join_all, maybe_done};
use tokio_postgres::Statement;

use super::checkout::Checkout;
use super::encode::Encoded;
use super::failed::Failed;
use super::flight::Reply;
use crate::graph::Incoming;

pub(super) type Answer<'a> = Pin<Box<dyn Future<Output = Result<Option<Reply>, Failed>> + Send + 'a>>;

pub(super) fn command(checkout: &Checkout, text: String) -> Answer<'_> {
    Box::pin(async move {
        let done = checkout.client().batch_execute(&text).await;
        done.map(|()| None).map_err(Failed::Answer)
    })
}

/// A statement that is on its way, and what its rows are read into.
pub(super) struct Asked {
    pub(super) statement: Statement,
    pub(super) parameters: Vec<Encoded>,
    pub(super) incoming: Vec<Incoming>,
}

impl Asked {
    pub(super) async fn ask(self, checkout: &Checkout) -> Result<Option<Reply>, Failed> {
        let Self { statement, parameters, mut incoming } = self;
        let stream = checkout.client().query_raw(&statement, parameters).await;
        let mut stream = pin!(stream.map_err(Failed::Answer)?);
        let (mut rows, mut count, mut read) = (Vec::new(), 0, Ok(()));
        while let Some(row) = stream.try_next().await.map_err(Failed::Answer)? {
            count += 1;
            match incoming.is_empty() {
                true => rows.push(row),
                // After an error the rest is let go: it must have come before the next statement.
                false => read = read.and_then(|()| incoming.iter_mut().try_for_each(|part| part.read(&row))),
            }
        }
        read.map_err(Failed::Read)?;
        let affected = stream.rows_affected().unwrap_or(count);
        Ok(Some(Reply { statement, rows, incoming, affected }))
    }
}

/// The replies, if nothing failed: what the server refused counts before what could not be read here.
pub(super) fn in_full(answers: Vec<Result<Option<Reply>, Failed>>) -> Result<Vec<Reply>, (usize, Failed)> {
    let (mut replies, mut unread) = (Vec::with_capacity(answers.len()), None);
    let mut place = 0;
    for answer in answers {
        match answer {
            Ok(None) => continue,
            Ok(Some(reply)) => replies.push(reply),
            Err(failed @ Failed::Read(_)) => unread = unread.or(Some((place, failed))),
            Err(failed) => return Err((place, failed)),
        }
        place += 1;
    }
    unread.map_or(Ok(replies), Err)
}

/// What was written, and is waited for.
pub(super) type Sent<'a> = Vec<MaybeDone<Answer<'a>>>;

/// Polls all once, in order, so that they are written in that order.
pub(super) fn sent<'a>(answers: Vec<Answer<'a>>, context: &mut Context<'_>) -> Sent<'a> {
    let mut answers: Vec<_> = answers.into_iter().map(maybe_done).collect();
    for answer in &mut answers {
        let _ = Pin::new(answer).poll(context);
    }
    answers
}

/// The same, and then waits for all.
pub(super) async fn in_order(answers: Vec<Answer<'_>>) -> Vec<Result<Option<Reply>, Failed>> {
    let mut answers = Some(answers);
    answered(poll_fn(|context| Poll::Ready(sent(answers.take().unwrap_or_default(), context))).await).await
}

/// All answers, in the order of what was sent.
pub(super) async fn answered(mut answers: Sent<'_>) -> Vec<Result<Option<Reply>, Failed>> {
    join_all(answers.iter_mut()).await;
    answers.iter_mut().filter_map(|answer| Pin::new(answer).take_output()).collect()
}
