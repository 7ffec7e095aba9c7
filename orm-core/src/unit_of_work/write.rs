//! Floor 5: statements of the application that write, and what they do to what is in memory.
//!
//! Such a statement is sent with the turn to write, behind a flush. Invariant: entities whose rows it changed are as the
//! database has them, by what came back with it; nothing is asked for afterwards.

use std::sync::Arc;

use super::execute::Written;
use super::follow::{Moved, follow};
use super::scope::Scope;
use crate::connection::{End, Prepared, Reply, Request, Returns};
use crate::error::{Error, Result};
use crate::graph::{Change, Locked, Node, Record};
use crate::model::{Action, CellError, Cells, ColumnSet, Kind, Table};
use crate::query::{Argument, ChangeStatement, Criteria, Sql};

/// What is made of what a statement returns, in the midst of what it does in memory.
pub(crate) trait ReadBack {
    type Read;

    /// How many cells of each row it is about, the first ones.
    fn width(&self) -> usize;

    /// Whether they become entities.
    fn has_entities(&self) -> bool;

    /// Reads them; `inserted` if rows that are not known are those of this statement.
    fn read(&self, locked: &mut Locked<'_>, reply: &Reply, inserted: bool) -> Result<Self::Read>;
}

/// Of what a statement has returned nothing but the number of rows is wanted.
pub(crate) struct Counted;

impl ReadBack for Counted {
    type Read = u64;

    fn width(&self) -> usize {
        0
    }

    fn has_entities(&self) -> bool {
        false
    }

    fn read(&self, _: &mut Locked<'_>, reply: &Reply, _: bool) -> Result<u64> {
        Ok(reply.affected)
    }
}

/// What comes back of each row for those in memory: where it begins, and which columns stand behind the key.
pub(super) type Brought = (usize, ColumnSet);

impl Scope {
    /// Runs an UPDATE or a DELETE behind a flush.
    ///
    /// Cancel safety: dropped before it is done, the session says so until it is rolled back.
    ///
    /// # Errors
    /// If it sets nothing, or a column that only the database writes; what a flush and the server refuse.
    pub(crate) async fn change<B: ReadBack>(
        self: &Arc<Self>,
        change: ChangeStatement,
        criteria: &Criteria,
        back: &B,
    ) -> Result<(B::Read, Reply)> {
        check(&change)?;
        let _turn = self.write_turn().await;
        self.flush_before().await?;
        let change = change.complete().restricted(&criteria.within(&self.criteria));
        let (change, brought) = {
            let mut locked = self.graph.lock();
            let brought = locked.bring_changed(&change, back.has_entities());
            locked.begin_flush();
            (change.returning(brought), brought.map(|columns| (back.width(), columns)))
        };
        let reply = self.send_write(change.table, &change.to_sql(), brought).await?;
        let mut locked = self.graph.lock();
        locked.end_flush();
        let read = locked.settle_change(&change, &reply, brought, back);
        drop(locked);
        let read = read.inspect_err(|error| self.connection.fail(error))?;
        Ok((read, reply))
    }

    /// Writes what changed, unless queries do not flush: the statement works on what is in the database.
    pub(super) async fn flush_before(self: &Arc<Self>) -> Result<()> {
        match self.autoflushes() {
            true => self.write(End::Write).await.map(|_| ()).map_err(Error::in_autoflush),
            false => self.connection.check(),
        }
    }

    /// Sends one statement that writes a table; the columns come back behind the key.
    pub(super) async fn send_write(
        &self,
        table: &'static Table,
        sql: &Sql,
        brought: Option<Brought>,
    ) -> Result<Reply> {
        let arguments: Vec<_> = sql.parameters.iter().map(Argument::Parameter).collect();
        let returns = returned(table, brought);
        let request =
            Request { text: &sql.text, arguments: &arguments, returns, reads: &[], prepared: Prepared::Kept };
        let refused = |(_, error)| self.connection.reword(error, |error| error.about(table.model));
        let mut replies = self.connection.send(&[request], End::Write).await.map_err(refused)?;
        Ok(replies.pop().expect("a statement has an answer"))
    }
}

/// The columns that come back, for the check of their data types.
pub(super) fn returned(table: &'static Table, brought: Option<Brought>) -> Option<Returns> {
    let start = |start: usize| start + table.primary_key.len();
    brought.map(|(first, columns)| Returns { table, columns, start: start(first), in_arrays_of: None })
}

pub(super) fn check(change: &ChangeStatement) -> Result<()> {
    let (table, mut set) = (change.table, change.columns().peekable());
    if !change.is_delete() && set.peek().is_none() {
        return Err(Error::sets_nothing(table.model));
    }
    match set.find(|&column| table.is_read_only(column)) {
        Some(column) => Err(Error::read_only(table.model, table.columns[column].field)),
        None => Ok(()),
    }
}

impl Locked<'_> {
    /// What must come back with the keys, so that what is in memory can follow; `None` if nothing of it is concerned.
    pub(super) fn bring_changed(
        &mut self,
        change: &ChangeStatement,
        has_entities: bool,
    ) -> Option<ColumnSet> {
        let table = change.table;
        self.make_arena(table);
        let model = (table.number)();
        if change.is_delete() {
            let followed = self.follows_deletes(model);
            let concerned = has_entities || self.has_rows(model) || followed.is_some();
            return concerned.then(|| followed.unwrap_or_default());
        }
        let set = change.columns().collect();
        match has_entities && change.marks {
            true => Some(brought_by_update(table, set)),
            false => self.bring_updated(table, set),
        }
    }

    /// What must come back with the keys of rows of which these columns were set; `None` if nobody in memory is concerned.
    pub(super) fn bring_updated(&mut self, table: &'static Table, set: ColumnSet) -> Option<ColumnSet> {
        self.make_arena(table);
        self.has_rows((table.number)()).then(|| brought_by_update(table, set))
    }

    fn has_rows(&self, model: usize) -> bool {
        self.model(model).records.iter().any(Record::is_persistent)
    }

    /// The columns by which rows in memory refer to those of a model, and go or lose their keys with them.
    fn follows_deletes(&self, model: usize) -> Option<ColumnSet> {
        let keys = self.referring(model).into_iter().filter_map(|(table, relationship)| {
            let key = table.relationships[relationship].foreign_key(table);
            let follows = matches!(key.on_delete, Action::Cascade | Action::SetNull);
            let child = (table.number)();
            (follows && self.graph.has_arena(child) && self.has_rows(child)).then_some(key)
        });
        let keys: Vec<_> = keys.collect();
        let columns = keys.iter().flat_map(|key| (key.references)()).copied().collect();
        (!keys.is_empty()).then_some(columns)
    }

    /// What comes back of rows that go is read before they are gone, of others when they are as they are now.
    pub(super) fn settle_change<B: ReadBack>(
        &mut self,
        change: &ChangeStatement,
        reply: &Reply,
        brought: Option<Brought>,
        back: &B,
    ) -> Result<B::Read> {
        let goes = change.is_delete() || change.marks;
        let before = if goes { Some(back.read(self, reply, false)?) } else { None };
        self.take_change(change, reply, brought).map_err(|error| error.of(change.table))?;
        before.map_or_else(|| back.read(self, reply, false), Ok)
    }

    pub(super) fn take_change(
        &mut self,
        change: &ChangeStatement,
        reply: &Reply,
        brought: Option<Brought>,
    ) -> Result<(), CellError> {
        let table = change.table;
        let mut known = Vec::new();
        if let Some(brought) = brought {
            let key = (table.primary_key, brought.0);
            let found = self.arena((table.number)()).locate(self, &reply.rows, key)?;
            known = found.iter().copied().flatten().collect();
            match change.is_delete() {
                true => self.take_deleted(table, reply, &found, brought)?,
                false => self.take_updated(table, reply, &found, brought)?,
            }
        }
        if change.marks {
            self.doom_all((table.number)(), &known);
            self.settle_marked((table.number)(), &known);
        } else if reply.affected > known.len() as u64 {
            self.forget_who_gains(table, change.columns().collect());
        }
        Ok(())
    }

    /// Rows were inserted, or changed where they were there: then entities in memory follow.
    pub(super) fn take_upserted(
        &mut self,
        table: &'static Table,
        reply: &Reply,
        brought: Option<Brought>,
    ) -> Result<()> {
        let Some(brought) = brought else { return Ok(()) };
        let found = self.arena((table.number)()).locate(self, &reply.rows, (table.primary_key, brought.0));
        let taken = found.and_then(|found| self.take_updated(table, reply, &found, brought));
        taken.map_err(|error| error.of(table))
    }

    /// Rows have these columns now.
    fn take_updated(
        &mut self,
        table: &'static Table,
        reply: &Reply,
        found: &[Option<u32>],
        brought: Brought,
    ) -> Result<(), CellError> {
        let model = (table.number)();
        let (arena, now) = (self.arena(model), self.transaction());
        let mut moved = Moved::new();
        for (row, position) in reply.rows.iter().zip(found) {
            let Some(node) = position.map(|position| Node { model, position }) else { continue };
            let base = self.record(node).base;
            let mut changes = cells(table, row, brought);
            if table.version.is_some() {
                // What was known of a row in another version does not count.
                let unsaid = table.deferred().without(brought.1);
                changes.extend(unsaid.iter().map(|column| (column, Change::Forget)));
            }
            let version = arena.derive(base, &changes)?;
            moved.insert(node, (base, version));
        }
        self.rebase_all(&moved);
        if table.version.is_some() {
            moved.keys().for_each(|&node| self.record_mut(node).fresh = now);
        }
        Ok(())
    }

    /// Rows have other versions in the database, and what refers to them over changed keys has followed.
    pub(super) fn rebase_all(&mut self, moved: &Moved) {
        let written = moved.iter().map(|(&node, &(_, version))| (node, version)).collect();
        let mut written = Written(written);
        follow(self, moved, &mut written);
        let mut nodes: Vec<Node> = moved.keys().copied().collect();
        nodes.sort_unstable();
        nodes.iter().for_each(|&node| self.rebase(node, written.0[&node], false));
        self.followed(nodes.iter().copied(), &written);
        nodes.into_iter().for_each(|node| self.link_by_keys(node));
    }

    /// Rows are gone, and what the database deletes with them, or lets go.
    fn take_deleted(
        &mut self,
        table: &'static Table,
        reply: &Reply,
        found: &[Option<u32>],
        brought: Brought,
    ) -> Result<(), CellError> {
        let model = (table.number)();
        let known: Vec<u32> = found.iter().copied().flatten().collect();
        self.doom_all(model, &known);
        self.deleted(model, &known);
        if brought.1.is_empty() || known.len() == found.len() {
            return Ok(());
        }
        // Those that are not in memory have versions only to be compared with.
        let arena = self.arena(model);
        let unset = arena.push((table.unset)());
        let unknown = reply.rows.iter().zip(found).filter(|(_, position)| position.is_none());
        let versions = unknown.map(|(row, _)| arena.derive(unset, &cells(table, row, brought)));
        let versions: Vec<u32> = versions.collect::<Result<_, _>>()?;
        for (child, relationship) in self.referring(model) {
            let along = self.children_of_deleted(model, &versions, child, relationship);
            if !along.is_empty() {
                self.deleted((child.number)(), &along);
            }
        }
        Ok(())
    }

    fn doom_all(&mut self, model: usize, positions: &[u32]) {
        for &position in positions {
            let node = Node { model, position };
            self.log(node);
            self.record_mut(node).doomed = true;
        }
    }

    /// Rows that are not in memory may have come to others over these columns: what those hold is not known any more.
    pub(super) fn forget_who_gains(&mut self, table: &'static Table, columns: ColumnSet) {
        for facts in table.relationships.iter().filter(|facts| facts.kind == Kind::BelongsTo) {
            let is_set = facts.foreign_key(table).columns.iter().any(|&column| columns.contains(column));
            let parent = ((facts.target)().number)();
            if let Some(inverse) = facts.inverse.filter(|_| is_set && self.graph.has_arena(parent)) {
                self.forget_all(parent, inverse);
            }
        }
    }
}

/// What comes back behind the key of a row of which these columns were set.
fn brought_by_update(table: &Table, set: ColumnSet) -> ColumnSet {
    let all = ColumnSet::first(table.columns.len()).without(table.deferred());
    // Who has a version checks it, which stands for the whole row.
    let others = if table.version.is_some() { all } else { table.fetched() };
    set.iter().chain(others.iter()).collect()
}

/// The columns of a row that came back behind its key.
fn cells<'r>(
    table: &Table,
    row: &'r tokio_postgres::Row,
    (start, columns): Brought,
) -> Vec<(usize, Change<'r>)> {
    let cells = Cells::new(row, start + table.primary_key.len());
    let cell = |(n, column)| {
        let (ty, raw) = cells.raw(n);
        (column, Change::Cell(ty, raw))
    };
    columns.iter().enumerate().map(cell).collect()
}
