//! Floor 5: keys that a statement makes and a later one of the same flight takes, before they have come back.
//!
//! Invariant: what is taken from a note was noted by an earlier statement of the flight, in the order of its rows.

use hashbrown::HashMap;

use super::changes::Row;
use super::plan::{Step, StepAction};
use super::statement::Keys;
use crate::graph::Node;
use crate::query::Argument;
use crate::types::Value;

/// Who hands on what in a flight.
#[derive(Default)]
pub(super) struct HandedOn<'p> {
    /// For each new row the step that inserts it, and its place there.
    made: HashMap<Node, (&'p Step, usize)>,
    /// The notes: the first row of a step, and a column.
    notes: Vec<(Node, usize)>,
}

/// The keys that an insert takes from notes, and their parameters.
#[derive(Default)]
pub(super) struct Taken<'a> {
    /// Each column with its notes.
    pub(super) columns: Vec<(usize, Vec<usize>)>,
    /// For each of these columns the places.
    places: Vec<Argument<'a>>,
    /// For each of these columns the keys that are known.
    pub(super) known: Vec<Argument<'a>>,
}

impl<'p> HandedOn<'p> {
    pub(super) fn of(flight: &'p [Step]) -> Self {
        if flight.iter().all(|step| step.handed_on.is_empty()) {
            return Self::default();
        }
        let (mut made, mut notes) = (HashMap::new(), Vec::new());
        for step in flight.iter().filter(|step| matches!(step.action, StepAction::Insert(_))) {
            made.extend(step.rows.iter().enumerate().map(|(place, row)| (row.node, (step, place))));
            notes.extend(step.handed_on.iter().map(|column| (step.rows[0].node, column)));
        }
        Self { made, notes }
    }

    /// The columns that a step notes, each with its number.
    pub(super) fn noted_by(&self, step: &Step) -> Vec<(usize, usize)> {
        let own = |(number, note): (usize, &(Node, usize))| {
            (note.0 == step.rows[0].node).then_some((note.1, number))
        };
        self.notes.iter().enumerate().filter_map(own).collect()
    }

    /// Where a row's column is noted: the number of the note, and the place there, from 1.
    fn note_of(&self, row: &Row, column: usize) -> Option<(usize, usize)> {
        let (parent, reference) = row.need(column)?;
        let &(step, place) = self.made.get(&parent)?;
        if step.rows[place].need(reference).is_some() {
            return self.note_of(&step.rows[place], reference);
        }
        let note = self.notes.iter().position(|note| *note == (step.rows[0].node, reference))?;
        Some((note, place + 1))
    }

    fn rows_in(&self, note: usize) -> usize {
        self.made.get(&self.notes[note].0).map_or(0, |(step, _)| step.rows.len())
    }

    /// The keys that rows take from notes among these columns; `value` is what is known of a row's column.
    pub(super) fn taken<'a>(
        &self,
        rows: &'a [Row],
        columns: impl Iterator<Item = usize>,
        value: impl Fn(&'a Row, usize) -> Option<&'a dyn Value>,
    ) -> Taken<'a> {
        let mut taken = Taken::default();
        if self.notes.is_empty() {
            return taken;
        }
        for column in columns {
            let places: Vec<_> = rows.iter().map(|row| self.note_of(row, column)).collect();
            let mut notes: Vec<usize> = places.iter().flatten().map(|place| place.0).collect();
            notes.sort_unstable();
            notes.dedup();
            if notes.is_empty() {
                continue;
            }
            let (mut before, mut noted) = (HashMap::new(), 0);
            for &note in &notes {
                before.insert(note, noted);
                noted += self.rows_in(note);
            }
            let mut known = Vec::new();
            let place = |(row, place): (&'a Row, Option<(usize, usize)>)| match place {
                Some((note, place)) => Some(before[&note] + place),
                None => {
                    known.push(Some(value(row, column)?));
                    Some(noted + known.len())
                }
            };
            let places = rows.iter().zip(places).map(place).collect();
            taken.columns.push((column, notes));
            taken.places.push(Argument::Places(places));
            taken.known.push(Argument::array(known));
        }
        taken
    }
}

impl<'a> Taken<'a> {
    /// The places of a column's keys, if it is taken from notes.
    pub(super) fn places(&mut self, column: usize) -> Option<Argument<'a>> {
        let place = self.columns.iter().position(|taken| taken.0 == column)?;
        Some(std::mem::replace(&mut self.places[place], Argument::Null))
    }

    /// The same of the only row.
    pub(super) fn place(&mut self, column: usize) -> Option<Argument<'a>> {
        match self.places(column)? {
            Argument::Places(places) => Some(Argument::Count(places[0]?)),
            other => Some(other),
        }
    }

    /// What the statement notes and takes.
    pub(super) fn keys(self, noted: Vec<(usize, usize)>) -> Keys {
        Keys { noted, taken: self.columns }
    }
}
