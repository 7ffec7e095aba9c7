//! Floor 5: what a failed statement of a flush says, in words: which rows were not there.

use super::changes::Row;
use super::plan::{Step, StepAction};
use super::statement::{CHANGED, LOST, STALE};
use super::unique::taken_place;
use crate::error::Error;
use crate::graph::Graph;

/// A statement's error in the words of its step; rows that were not there are named.
pub(super) fn explain(graph: &Graph, step: &Step, rows: &[Row], error: Error) -> Error {
    let model = step.table.model;
    let message = error.server_message().filter(|_| error.is_failed_cast()).unwrap_or_default();
    match step.action {
        StepAction::Insert(_) if message.contains(LOST) => Error::lost_rows(model),
        StepAction::Update(_) | StepAction::Delete if message.contains(STALE) => {
            let locked = graph.lock();
            let rows = stale_rows(message, rows).into_iter();
            let (changed, gone): (Vec<_>, Vec<_>) = rows.partition(|(_, changed)| *changed);
            let keys = |rows: Vec<(&Row, bool)>| {
                let keys = rows.into_iter().map(|(row, _)| locked.key_in_words(row.node));
                keys.collect::<Vec<_>>().join("; ")
            };
            Error::stale(model, &keys(gone), &keys(changed))
        }
        _ => match taken_place(step.table, &error) {
            Some(relationship) => error.about(model).place_taken(model, relationship),
            None => error.about(model),
        },
    }
}

/// The rows whose ordinals a failed cast names, and whether each is there with another version.
fn stale_rows<'r>(message: &str, rows: &'r [Row]) -> Vec<(&'r Row, bool)> {
    let Some((_, ordinals)) = message.split_once(STALE) else { return Vec::new() };
    let stale = |text: &str| {
        let digits = text.split(|other: char| !other.is_ascii_digit()).next()?;
        let row = rows.get(digits.parse::<usize>().ok()?.checked_sub(1)?)?;
        Some((row, text[digits.len()..].starts_with(CHANGED)))
    };
    ordinals.split(',').filter_map(stale).collect()
}
