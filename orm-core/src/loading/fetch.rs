//! Floor 6: statements are sent, their rows become entities, and what is to be loaded along follows.
//!
//! Invariant: what is loaded at one depth travels in one flight, so that a tree of options costs a round trip a level,
//! and subqueries none.

use std::sync::Arc;

use hashbrown::HashSet;

use super::joined;
use super::relationship::Known;
use super::step::{Found, Step};
use crate::connection::{End, Prepared, Reply, Request};
use crate::error::{Error, Result};
use crate::graph::{Freshness, Locked, Node, Read};
use crate::model::Table;
use crate::query::{Argument, Criteria, Levels, Load, Loads, SelectStatement, Sql, TableReference};
use crate::unit_of_work::Scope;

/// A select of entities of one model.
pub(crate) struct Fetch<'a> {
    pub(crate) table: &'static Table,
    pub(crate) statement: SelectStatement,
    pub(crate) options: &'a Loads,
    pub(crate) reading: Reading,
}

/// What rows do to entities that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// The same for all that comes; from then on the entities are as the query's options say.
    Select(Freshness),
    /// The select's own take the rows' values, others as they need them; what was said about them stays.
    Refresh,
}

impl Reading {
    /// For the rows themselves, and for what is loaded along.
    fn freshness(self) -> (Freshness, Freshness) {
        match self {
            Self::Select(freshness) => (freshness, freshness),
            Self::Refresh => (Freshness::Overwrite, Freshness::Keep),
        }
    }
}

/// A relationship that is to be loaded for entities in memory.
pub(super) struct Want<'o> {
    load: &'o Load,
    parents: Vec<u32>,
    known: Known,
    levels: Levels,
    /// Those for which it was loaded at a level above.
    above: HashSet<u32>,
}

/// A statement that reads.
pub(super) struct Question<'g> {
    /// The table that an error is about.
    pub(super) about: Option<&'static Table>,
    pub(super) sql: Sql,
    /// What is read of each row while it comes; without any, the rows are kept.
    pub(super) reads: Vec<Read<'g>>,
}

/// What travels together.
struct Wave<'o> {
    select: Option<Fetch<'o>>,
    wants: Vec<Want<'o>>,
    freshness: Freshness,
}

/// The entities of the select, what came in, and what is to be loaded next.
type Landed<'o> = (Vec<u32>, Vec<Found<'o>>, Vec<Want<'o>>);

/// The positions of the entities that a select yields, each once, in the order of the rows; its options are carried out.
pub(crate) async fn fetch(scope: &Arc<Scope>, fetch: Fetch<'_>) -> Result<Vec<u32>> {
    joined::check(&fetch.statement, Some(TableReference::of(fetch.table)), fetch.options)?;
    let freshness = fetch.reading.freshness().1;
    Wave { select: Some(fetch), wants: Vec::new(), freshness }.run(scope).await
}

/// Loads relationships for entities in memory.
pub(super) async fn load(scope: &Arc<Scope>, wants: Vec<Want<'_>>, freshness: Freshness) -> Result<()> {
    match &*wants {
        [] => Ok(()),
        _ => Wave { select: None, wants, freshness }.run(scope).await.map(|_| ()),
    }
}

/// Loads what is still to be loaded along with entities that came in; from then on they are as their options say.
pub(super) async fn load_along(scope: &Arc<Scope>, found: &[Found<'_>], freshness: Freshness) -> Result<()> {
    load(scope, found.iter().flat_map(|found| found.wants(freshness)).collect(), freshness).await?;
    let mut locked = scope.graph.lock();
    // Where an entity came in several ways, what is said first counts.
    found.iter().rev().for_each(|found| found.remember(&mut locked));
    Ok(())
}

/// Sends reads in one flight; what the server refuses is about the statement's model.
pub(super) async fn ask(
    scope: &Arc<Scope>,
    statements: &[(Option<&'static Table>, Sql)],
) -> Result<Vec<Reply>> {
    send(scope, statements, End::Read).await
}

/// The same for statements that may write.
pub(super) async fn send(
    scope: &Arc<Scope>,
    statements: &[(Option<&'static Table>, Sql)],
    end: End,
) -> Result<Vec<Reply>> {
    let question = |(about, sql): &(Option<&'static Table>, Sql)| Question {
        about: *about,
        sql: sql.clone(),
        reads: Vec::new(),
    };
    put(scope, &statements.iter().map(question).collect::<Vec<_>>(), end).await
}

async fn put(scope: &Arc<Scope>, questions: &[Question<'_>], end: End) -> Result<Vec<Reply>> {
    let arguments: Vec<Vec<_>> =
        questions.iter().map(|of| of.sql.parameters.iter().map(Argument::Parameter).collect()).collect();
    let requests = questions.iter().zip(&arguments).map(|(Question { sql, reads, .. }, arguments)| Request {
        text: &sql.text,
        arguments,
        returns: None,
        reads,
        prepared: Prepared::Kept,
    });
    let refused = |(place, error): (usize, Error)| match questions.get(place).and_then(|of| of.about) {
        Some(table) => scope.connection.reword(error, |error| error.about(table.model)),
        None => error,
    };
    let is_plain = end == End::Read && questions.iter().all(|of| !of.sql.is_of_transaction);
    let end = if is_plain { End::PlainRead } else { end };
    scope.connection.send(&requests.collect::<Vec<_>>(), end).await.map_err(refused)
}

impl<'o> Want<'o> {
    pub(super) fn new(load: &'o Load, parents: Vec<u32>, known: Known) -> Self {
        Self { load, parents, known, levels: load.levels, above: HashSet::new() }
    }

    /// Whether there is nothing to load it for.
    pub(super) fn is_empty(&self) -> bool {
        self.parents.is_empty()
    }

    /// Where it led. What was not among the rows was in memory: nothing has been loaded for that yet.
    fn led(self, locked: &mut Locked<'_>, rows: &[u32], found: &mut Vec<Found<'o>>) -> Option<Self> {
        let Self { load, parents, known, levels, mut above } = self;
        let is_last = matches!(levels, Levels::Some(0 | 1));
        // Without changes in memory all that hold its key were among the rows.
        let has_others = !load.facts().kind.is_has() || locked.was_changed();
        if is_last && !(has_others && load.below.says_something()) {
            return None;
        }
        let led = locked.follow_all((load.source.number)(), load.relationship, &parents);
        if load.below.says_something() {
            let rows: HashSet<u32> = rows.iter().copied().collect();
            let others = led.iter().copied().filter(|position| !rows.contains(position));
            found.push(Found::known(load.target(), &load.below, others.collect()));
        }
        let levels = match levels {
            Levels::Some(0 | 1) => return None,
            Levels::Some(levels) => Levels::Some(levels - 1),
            Levels::All => Levels::All,
        };
        above.extend(parents);
        let parents: Vec<u32> = led.into_iter().filter(|position| !above.contains(position)).collect();
        Some(Self { load, parents, known, levels, above })
    }
}

impl<'o> Found<'o> {
    /// What is still to be loaded for them.
    fn wants(&self, freshness: Freshness) -> impl Iterator<Item = Want<'o>> {
        let known = Known::below(freshness);
        let rest = self.rest().filter(|_| !self.positions.is_empty());
        rest.map(move |load| Want::new(load, self.positions.clone(), known))
    }
}

impl<'o> Wave<'o> {
    /// The entities of the select.
    async fn run(self, scope: &Arc<Scope>) -> Result<Vec<u32>> {
        let freshness = self.freshness;
        let (selected, mut came, mut wants) = self.fly(scope).await?;
        while !wants.is_empty() {
            let (_, deeper, next) = Wave { select: None, wants, freshness }.fly(scope).await?;
            came.extend(deeper);
            wants = next;
        }
        let mut locked = scope.graph.lock();
        // Where an entity came in several ways, what is said above counts.
        came.iter().rev().for_each(|found| found.remember(&mut locked));
        drop(locked);
        Ok(selected)
    }

    /// The entities of the select, and what is to be loaded next.
    async fn fly(mut self, scope: &Arc<Scope>) -> Result<Landed<'o>> {
        let mut turn = None;
        loop {
            let generation = scope.generation(turn.as_ref()).await;
            let (steps, questions) = {
                let mut locked = scope.graph.lock();
                let mut steps = self.steps(&mut locked);
                let of = |step: &mut Step<'_>| step.questions(&mut locked, &scope.criteria);
                let questions: Vec<_> = steps.iter_mut().flatten().flat_map(of).collect();
                (steps, questions)
            };
            let (replies, generation) = match &*questions {
                [] => (Vec::new(), None),
                questions => (put(scope, questions, End::Read).await?, Some(generation)),
            };
            if let Some((landed, loaded)) = self.land(scope, generation, &steps, replies)? {
                scope.tell_loaded(loaded)?;
                return Ok(landed);
            }
            // The second time nothing is written while it is asked for.
            turn = Some(scope.write_turn().await);
        }
    }

    /// The step of the select, if there is one, and one for each want that needs one.
    fn steps(&self, locked: &mut Locked<'_>) -> Vec<Option<Step<'o>>> {
        let select = self.select.iter().map(|Fetch { table, statement, options, reading }| {
            Some(Step::select(statement.clone(), table, options, *reading != Reading::Refresh))
        });
        let select: Vec<_> = select.collect();
        let wants = self.wants.iter().map(|want| Step::keys(locked, want.load, &want.parents, want.known));
        select.into_iter().chain(wants).collect()
    }

    /// Takes the answers in, and says what was read for the first time. None if something was written, committed or
    /// rolled back since the generation in which they were asked for, so that they may be older than what is known.
    fn land(
        &mut self,
        scope: &Arc<Scope>,
        asked_in: Option<u64>,
        steps: &[Option<Step<'o>>],
        replies: Vec<Reply>,
    ) -> Result<Option<(Landed<'o>, Vec<Node>)>> {
        let mut locked = scope.graph.lock();
        if asked_in.is_some_and(|generation| locked.generation() != generation) {
            return Ok(None);
        }
        let counted = scope.count_loaded(&locked);
        let landed = self.take_in(&mut locked, &scope.criteria, steps, replies)?;
        Ok(Some((landed, Scope::loaded_since(&locked, &counted))))
    }

    fn take_in(
        &mut self,
        locked: &mut Locked<'_>,
        criteria: &Criteria,
        steps: &[Option<Step<'o>>],
        replies: Vec<Reply>,
    ) -> Result<Landed<'o>> {
        let mut replies = replies.into_iter();
        let (mut selected, mut found, mut next) = (Vec::new(), Vec::new(), Vec::new());
        steps.iter().flatten().for_each(|step| step.note_hidden(locked, criteria));
        let (select, wanted) = steps.split_at(usize::from(self.select.is_some()));
        for (step, of) in select.iter().flatten().zip(&self.select) {
            let own = of.reading.freshness();
            selected = step.take_in(locked, &mut replies, &[], own, &mut found)?;
        }
        for (step, want) in wanted.iter().zip(self.wants.drain(..)) {
            let rows = match step {
                Some(step) => step.take_in(
                    locked,
                    &mut replies,
                    &want.parents,
                    (self.freshness, self.freshness),
                    &mut found,
                )?,
                None => Vec::new(),
            };
            next.extend(want.led(locked, &rows, &mut found));
        }
        next.extend(found.iter().flat_map(|found| found.wants(self.freshness)));
        next.retain(|want| !want.is_empty());
        Ok((selected, found, next))
    }
}
