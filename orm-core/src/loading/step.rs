//! Floor 6: one statement of a flight, and what becomes of its rows.
//!
//! What is loaded by subqueries stands beside its parents' statement and is sent with it. Invariant: statements and
//! answers stand in one order, parents first.

use super::fetch::Question;
use super::joined::Joins;
use super::relationship::Known;
use super::statement::{Rows, among, beside, by_keys, ends, order_of};
use crate::connection::Reply;
use crate::error::{Error, Result};
use crate::graph::{Extent, Freshness, Incoming, Locked, Part, Portion, Read};
use crate::model::{Kind, Table};
use crate::query::{Criteria, Load, Loads, SelectStatement, Strategy};

/// Entities that came in, and what is to be loaded along with them.
pub(super) struct Found<'o> {
    table: &'static Table,
    pub(super) options: &'o Loads,
    pub(super) positions: Vec<u32>,
    /// Whether the statement that brought them has done what it could.
    is_row: bool,
    /// Whether they are from now on as the options say.
    remember: bool,
}

/// One statement, and those beside it.
pub(super) struct Step<'o> {
    aim: Aim<'o>,
    table: &'static Table,
    statement: SelectStatement,
    /// Where the cells of the rows' own entities are.
    portion: Portion<'static>,
    joins: Joins<'o>,
    options: &'o Loads,
    /// By the place of the entities, among those that this step brings, whose relationship they load.
    beside: Vec<(usize, Step<'o>)>,
}

/// What a statement is for.
enum Aim<'o> {
    /// Entities by themselves; whether they are from then on as the options say.
    Select { remember: bool },
    /// A relationship of entities, by their keys.
    Keys(&'o Load),
    /// A relationship of entities that come with the same flight; their keys stand in the first cells.
    Beside(&'o Load),
}

impl<'o> Step<'o> {
    pub(super) fn select(
        statement: SelectStatement,
        table: &'static Table,
        options: &'o Loads,
        remember: bool,
    ) -> Self {
        Self::new(Aim::Select { remember }, Rows { statement, ..Rows::of(table) }, 0, options)
    }

    /// A relationship of entities in memory; none if nothing has to be asked for.
    pub(super) fn keys(
        locked: &mut Locked<'_>,
        load: &'o Load,
        parents: &[u32],
        known: Known,
    ) -> Option<Self> {
        let load = load.asked();
        let keys = locked.keys(load, parents, known);
        let rows = (!keys.first()?.is_empty()).then(|| by_keys(load, keys))?;
        Some(Self::new(Aim::Keys(load), rows, 0, &load.below))
    }

    fn new(aim: Aim<'o>, rows: Rows, start: usize, options: &'o Loads) -> Self {
        let table = rows.source.table;
        let beside = Self::all_beside(&mut 0, &rows, options);
        let (statement, joins) = Joins::add(rows.statement, rows.source, options);
        let portion = Portion::new(start, options.columns.left_out(table));
        let statement = statement.leave_out(start, portion.left_out);
        Self { aim, table, statement, portion, joins, options, beside }
    }

    /// The subqueries for these rows and for what is joined to them.
    fn all_beside(place: &mut usize, rows: &Rows, options: &'o Loads) -> Vec<(usize, Self)> {
        let own = *place;
        *place += 1;
        let mut steps = Vec::new();
        for load in options.iter().filter(|load| load.strategy == Strategy::Subquery) {
            let load = load.asked();
            let (rows, start) = beside(load, rows.clone());
            steps.push((own, Self::new(Aim::Beside(load), rows, start, &load.below)));
        }
        for load in options.joined().map(Load::asked) {
            steps.extend(Self::all_beside(place, &among(load, rows.clone()), &load.below));
        }
        steps
    }
}

impl<'o> Step<'o> {
    /// The statements in the order in which they are sent, and what is read of their rows. Only once: the step keeps what
    /// becomes of the rows.
    pub(super) fn questions<'g>(&mut self, locked: &mut Locked<'g>, session: &Criteria) -> Vec<Question<'g>> {
        let statement = std::mem::take(&mut self.statement).restricted(&self.criteria(session));
        let mut reads = Vec::new();
        if let Some((table, keys)) = self.parents_key() {
            reads.push(Read { arena: locked.make_arena(table), part: Part::Key(keys) });
        }
        reads.push(Read { arena: locked.make_arena(self.table), part: Part::Row(self.portion) });
        self.joins.collect_reads(locked, &mut reads);
        let mut questions = vec![Question { about: Some(self.table), sql: statement.to_sql(), reads }];
        questions.extend(self.beside.iter_mut().flat_map(|(_, step)| step.questions(locked, session)));
        questions
    }

    /// The columns of its parents whose values stand in the first cells.
    fn parents_key(&self) -> Option<(&'static Table, &'static [usize])> {
        match self.aim {
            Aim::Beside(load) if self.portion.start > 0 => {
                Some((load.source, ends(load.source, load.relationship).1))
            }
            _ => None,
        }
    }

    fn criteria(&self, session: &Criteria) -> Criteria {
        self.options.criteria.within(session)
    }

    /// Of these models rows may be left out.
    pub(super) fn note_hidden(&self, locked: &mut Locked<'_>, session: &Criteria) {
        let mut tables = vec![self.table];
        self.joins.collect_tables(&mut tables);
        note_hidden(locked, &self.criteria(session), tables);
        self.beside.iter().for_each(|(_, step)| step.note_hidden(locked, session));
    }

    /// Takes the answers in: rows become entities and are linked to `parents`. Yields the entities that were asked for,
    /// each once, and adds what came in to `found`.
    pub(super) fn take_in(
        &self,
        locked: &mut Locked<'_>,
        replies: &mut impl Iterator<Item = Reply>,
        parents: &[u32],
        (freshness, below): (Freshness, Freshness),
        found: &mut Vec<Found<'o>>,
    ) -> Result<Vec<u32>> {
        let reply = replies.next().ok_or_else(Error::closed)?;
        let mut incoming = reply.incoming.into_iter();
        let mut next = || incoming.next().ok_or_else(Error::closed);
        let keys = self.parents_key().map(|_| next()).transpose()?;
        let rows = next()?;
        let arena = locked.make_arena(self.table);
        let known = locked.count((self.table.number)());
        let rows = arena.take_in(locked, rows, freshness);
        let own = each_once(rows.iter().copied());
        self.link(locked, keys, parents, &own, freshness);
        let remember = !matches!(self.aim, Aim::Select { remember: false });
        let mut came = vec![Found { remember, ..Found::rows(self.table, self.options, own.clone()) }];
        self.joins.take_in(locked, &mut incoming, (&rows, known), below, &mut came)?;
        let mut beside = Vec::new();
        for (place, step) in &self.beside {
            step.take_in(locked, replies, &came[*place].positions, (below, below), &mut beside)?;
        }
        // Of a many-to-many the far side, which is the first that is joined.
        let meant = match self.aim {
            Aim::Keys(load) if load.far.is_some() => came[1].positions.clone(),
            _ => own,
        };
        found.extend(came.into_iter().chain(beside));
        Ok(meant)
    }

    fn link(
        &self,
        locked: &mut Locked<'_>,
        keys: Option<Incoming>,
        parents: &[u32],
        found: &[u32],
        freshness: Freshness,
    ) {
        let (Aim::Keys(load) | Aim::Beside(load)) = self.aim else { return };
        let model = (load.source.number)();
        if load.facts().kind == Kind::BelongsTo {
            locked.follow_all(model, load.relationship, parents);
            locked.note_unseen(model, load.relationship, parents);
            return;
        }
        let found = (found, order_of(load));
        if let Aim::Keys(_) = self.aim {
            let extent = if load.narrow.is_partial() { Extent::Part } else { Extent::All };
            locked.merge_loaded((model, load.relationship), parents, found, extent, freshness);
            return;
        }
        // Between two statements a parent may have come or gone: only those count whose keys are there.
        let arena = locked.arena(model);
        let asked = keys.map_or_else(Vec::new, |keys| arena.take_in(locked, keys, freshness));
        let known: hashbrown::HashSet<u32> = parents.iter().copied().collect();
        let asked: Vec<u32> = asked.into_iter().flatten().filter(|parent| known.contains(parent)).collect();
        locked.merge_loaded((model, load.relationship), &asked, found, Extent::All, freshness);
    }
}

impl<'o> Found<'o> {
    /// Entities that a statement brought.
    pub(super) fn rows(table: &'static Table, options: &'o Loads, positions: Vec<u32>) -> Self {
        Self { table, options, positions, is_row: true, remember: true }
    }

    /// Entities that a statement brought by themselves.
    pub(super) fn read(table: &'static Table, options: &'o Loads, positions: Vec<u32>) -> Self {
        Self { table, options, positions, is_row: false, remember: true }
    }

    /// Entities that were in memory.
    pub(super) fn known(table: &'static Table, options: &'o Loads, positions: Vec<u32>) -> Self {
        Self { table, options, positions, is_row: false, remember: false }
    }

    /// What the options say of later holds from now on.
    pub(super) fn remember(&self, locked: &mut Locked<'_>) {
        if self.remember {
            locked.model_mut((self.table.number)()).remember(&self.positions, self.options);
        }
    }

    /// What is still to be loaded for them.
    pub(super) fn rest(&self) -> impl Iterator<Item = &'o Load> + use<'o> {
        let is_row = self.is_row;
        let is_left = move |load: &&Load| match is_row {
            true => load.strategy == Strategy::SelectIn,
            false => load.strategy.is_eager(),
        };
        self.options.iter().filter(is_left)
    }
}

/// Of those of these models that the criteria restrict rows may be left out.
pub(super) fn note_hidden(locked: &mut Locked<'_>, criteria: &Criteria, tables: Vec<&'static Table>) {
    for table in tables.into_iter().filter(|table| criteria.restrict(table)) {
        locked.make_arena(table);
        locked.note_hidden((table.number)(), criteria.hide_some(table));
    }
}

/// Each position once, at its first place.
pub(super) fn each_once(positions: impl IntoIterator<Item = Option<u32>>) -> Vec<u32> {
    let rows = positions.into_iter();
    let mut positions = Vec::with_capacity(rows.size_hint().0);
    positions.extend(rows.flatten());
    // New entities stand in a row, so that nothing has to be looked up.
    if positions.is_sorted_by(|one, next| one < next) {
        return positions;
    }
    let end = positions.iter().max().map_or(0, |&last| last as usize + 1);
    if end / 64 < positions.len() {
        // They stand close enough together for a mark each.
        let mut seen = vec![false; end];
        positions.retain(|&position| !std::mem::replace(&mut seen[position as usize], true));
    } else {
        let mut seen = hashbrown::HashSet::with_capacity(positions.len());
        positions.retain(|&position| seen.insert(position));
    }
    positions
}
