//! Floor 6: `joinedload` for the entities in a row of several things.
//!
//! The select becomes a subselect that numbers its rows, and what is loaded is joined to that. Invariant: neither the
//! select's groups, limits nor order see the joins; a row that they repeat comes once.

use tokio_postgres::Row;

use super::shape::Shape;
use crate::connection::Reply;
use crate::error::Result;
use crate::graph::{Freshness, Locked};
use crate::loading::joined::Joins;
use crate::loading::step::{Found, note_hidden};
use crate::model::Cells;
use crate::query::{Alias, Criteria, Loads, SelectStatement, TableReference};

/// What was joined for the entities of a shape.
pub(super) struct RowJoins<'o> {
    /// How many cells the rows had before: behind them stands a row's number.
    pub(super) width: usize,
    /// For each entity.
    joins: Vec<Joins<'o>>,
    criteria: &'o Criteria,
}

impl<'o> RowJoins<'o> {
    /// Adds the joins that the options of the shape's entities want; none if they want none.
    pub(super) fn add(
        statement: SelectStatement,
        shape: &Shape,
        options: &'o [Loads],
    ) -> (SelectStatement, Option<Self>) {
        if options.iter().all(|options| options.joined().next().is_none()) {
            return (statement, None);
        }
        let width = shape.width();
        let sources: Vec<_> = shape
            .entity_places()
            .map(|(place, table)| TableReference::numbered(table, Alias::anonymous(1), place))
            .collect();
        let mut statement = statement.numbered(width, Alias::anonymous(1), sources[0].table);
        let mut joins = Vec::new();
        for (source, options) in sources.into_iter().zip(options) {
            let (joined, own) = Joins::below(statement, source, options);
            statement = joined;
            joins.push(own);
        }
        (statement, Some(Self { width, joins, criteria: &options[0].criteria }))
    }

    /// Takes in what was joined for the entities of the rows, and leaves out what the joins repeat.
    ///
    /// # Errors
    /// If the database has other data types than the models say.
    pub(super) fn take_in(
        &self,
        locked: &mut Locked<'_>,
        session: &Criteria,
        reply: &mut Reply,
        entities: &mut [Vec<Option<u32>>],
        freshness: Freshness,
        found: &mut Vec<Found<'o>>,
    ) -> Result<()> {
        let mut tables = Vec::new();
        for (joins, parents) in self.joins.iter().zip(&*entities) {
            joins.collect_tables(&mut tables);
            let mut reads = Vec::new();
            joins.collect_reads(locked, &mut reads);
            let incoming = reply.read(&reads)?;
            joins.take_in(locked, &mut incoming.into_iter(), (parents, usize::MAX), freshness, found)?;
        }
        note_hidden(locked, &self.criteria.within(session), tables);
        let number = |row: &Row| Cells::new(row, self.width).get::<i64>(0).ok();
        let numbers: Vec<_> = reply.rows.iter().map(number).collect();
        let is_first = |place: usize| place == 0 || numbers[place] != numbers[place - 1];
        entities.iter_mut().for_each(|positions| keep(positions, is_first));
        keep(&mut reply.rows, is_first);
        Ok(())
    }
}

/// Keeps what stands at these places.
fn keep<T>(items: &mut Vec<T>, is_kept: impl Fn(usize) -> bool) {
    let mut place = 0;
    items.retain(|_| {
        place += 1;
        is_kept(place - 1)
    });
}
