//! Floor 5: rows that are inserted without entities that stand for them.
//!
//! They stand in a graph of their own, which knows their values, what they lead to in the session and what was given of them,
//! so that they are written as new entities are. Invariant: the session's graph gets no node from it.

use std::sync::Arc;

use hashbrown::HashMap;

use super::changes::Row;
use super::scope::Scope;
use super::write::{Brought, ReadBack, returned};
use crate::connection::{End, Prepared, Reply, Request};
use crate::error::{Error, Result};
use crate::graph::{Freshness, Graph, Locked, New, NewRow, Node, Portion};
use crate::model::{ColumnSet, Kind, Model, Table};
use crate::query::{Argument, ConflictTarget, Criteria, InsertStatement, OnConflict, Sql};
use crate::types::Value;

/// As many rows travel in one statement.
pub(super) const CHUNK: usize = 10_000;

/// New rows, and what was given along.
pub(crate) struct Batch {
    pub(super) graph: Graph,
    pub(super) nodes: Vec<Node>,
}

/// Rows that are written alike.
pub(super) struct Shape {
    pub(super) written: ColumnSet,
    /// What was given of them, where it matters.
    pub(super) given: ColumnSet,
    pub(super) rows: Vec<Placed>,
}

/// A row's place among those that were given, and its version.
pub(super) type Placed = (usize, u32);

impl Batch {
    pub(crate) fn of<M: Model>(rows: impl IntoIterator<Item = New<M>>) -> Self {
        Self::with(rows, NewRow::number_version)
    }

    pub(crate) fn new<M: Model>(rows: impl IntoIterator<Item = New<M>>) -> Self {
        Self::with(rows, |_| {})
    }

    fn with<M: Model>(rows: impl IntoIterator<Item = New<M>>, complete: fn(&mut NewRow)) -> Self {
        let graph = Graph::outside();
        graph.arena(M::TABLE);
        let nodes = {
            let mut locked = graph.lock();
            let add = |row: New<M>| {
                let mut row = NewRow::from(row);
                complete(&mut row);
                locked.add_new(row)
            };
            rows.into_iter().map(add).collect()
        };
        Self { graph, nodes }
    }

    /// The key that a version has.
    pub(crate) fn key<M: Model>(&self, version: u32) -> M::Key {
        self.graph.any(M::number()).version(version).of::<M>().key()
    }

    /// The values of the first row in these columns.
    ///
    /// # Errors
    /// If one was not given, or is NULL.
    pub(crate) fn values(&self, table: &'static Table, columns: ColumnSet) -> Result<Vec<Arc<dyn Value>>> {
        let locked = self.graph.lock();
        let Some(node) = self.nodes.first() else { return Ok(Vec::new()) };
        let given = locked.model(node.model).given.get(&node.position).copied().unwrap_or_default();
        let arena = locked.arena(node.model);
        let version = arena.published(node.position);
        let value = |column: usize| match arena.value(version, column) {
            value if given.contains(column) && !value.is_null() => Ok(value.to_shared()),
            _ => Err(Error::not_given(table.model, table.columns[column].field)),
        };
        columns.iter().map(value).collect()
    }

    /// The version of each row, and the columns that it writes.
    pub(super) fn versions(&self, table: &'static Table) -> Vec<(u32, ColumnSet)> {
        let locked = self.graph.lock();
        let arena = locked.arena((table.number)());
        let all = ColumnSet::first(table.columns.len());
        let version = |node: &Node| {
            let version = arena.published(node.position);
            (version, all.without(locked.left_to_server(&Row::of(*node, table, version))))
        };
        self.nodes.iter().map(version).collect()
    }

    /// The rows by the columns that they give, in the order in which these came.
    pub(super) fn shapes(&self, insert: &InsertStatement) -> Vec<Shape> {
        let versions = self.versions(insert.table);
        let locked = self.graph.lock();
        let mut places: HashMap<(ColumnSet, ColumnSet), usize> = HashMap::new();
        let mut shapes: Vec<Shape> = Vec::new();
        for (place_of_row, (node, (version, written))) in self.nodes.iter().zip(versions).enumerate() {
            let given = locked.model(node.model).given.get(&node.position).copied();
            let given = given.filter(|_| insert.depends_on_given()).unwrap_or_default();
            let place = *places.entry((written, given)).or_insert_with(|| {
                shapes.push(Shape { written, given, rows: Vec::new() });
                shapes.len() - 1
            });
            shapes[place].rows.push((place_of_row, version));
        }
        shapes
    }

    /// The text of an insert, for rows that are written like the first one.
    pub(crate) fn text(&self, insert: &InsertStatement) -> Sql {
        let first = self.shapes(insert).into_iter().next().filter(|_| !insert.selects());
        let (written, given) = first.map(|shape| (shape.written, shape.given)).unwrap_or_default();
        insert.writing(written, given).to_sql()
    }

    /// Whether rows of others were given along.
    pub(super) fn holds_others(&self) -> bool {
        let locked = self.graph.lock();
        let rows: usize = locked.models().map(|model| locked.model(model).records.len()).sum();
        rows != self.nodes.len()
    }
}

/// A statement of a batch, for rows that are written alike.
struct Part {
    statement: InsertStatement,
    sql: Sql,
    brought: Option<Brought>,
    rows: Vec<Placed>,
}

/// What is sent of a part at once: as many rows as travel together.
struct Chunk<'a> {
    part: &'a Part,
    rows: &'a [Placed],
    arguments: Vec<Argument<'a>>,
}

/// What was read of a statement's answer, the answer, and the place of the row that each of its rows is about.
pub(crate) type Inserted<T> = (T, Reply, Vec<usize>);

impl Part {
    fn chunks<'a>(&'a self, batch: &'a Batch) -> impl Iterator<Item = Chunk<'a>> {
        let arena = batch.graph.any((self.statement.table.number)());
        let many = self.statement.holds_many();
        let chunks = self.rows.chunks(if many { CHUNK } else { 1 });
        // A query has its rows by itself.
        let query = self.statement.selects().then_some(&[][..]);
        chunks.chain(query).map(move |rows| {
            let column = |&column: &usize| match many {
                true => Argument::array(rows.iter().map(|&(_, version)| Some(arena.value(version, column)))),
                false => Argument::Value(arena.value(rows[0].1, column)),
            };
            let columns = if self.statement.selects() { &[][..] } else { &*self.statement.columns };
            let values = columns.iter().map(column);
            let arguments = values.chain(self.sql.parameters.iter().map(Argument::Parameter)).collect();
            Chunk { part: self, rows, arguments }
        })
    }
}

impl Chunk<'_> {
    fn request(&self) -> Request<'_> {
        let returns = returned(self.part.statement.table, self.part.brought);
        Request {
            text: &self.part.sql.text,
            arguments: &self.arguments,
            returns,
            reads: &[],
            prepared: Prepared::Kept,
        }
    }

    /// For each row of the answer the place of the row that it is about.
    fn places(&self, reply: &Reply) -> Vec<usize> {
        let numbered = self.part.statement.numbered_by().is_some();
        let place = |(n, row): (usize, &tokio_postgres::Row)| {
            let ordinal = || row.try_get::<_, i64>(row.len() - 1).ok();
            let n = if numbered { usize::try_from(ordinal()? - 1).ok()? } else { n };
            self.rows.get(n).map(|(place, _)| *place).or_else(|| self.rows.is_empty().then_some(n))
        };
        reply.rows.iter().enumerate().map(|row| place(row).unwrap_or(usize::MAX)).collect()
    }
}

impl Scope {
    /// Inserts rows behind a flush, those that give the same columns together.
    ///
    /// Cancel safety: dropped before it is done, the session says so until it is rolled back.
    pub(crate) async fn insert<B: ReadBack>(
        self: &Arc<Self>,
        insert: InsertStatement,
        batch: &Batch,
        criteria: &Criteria,
        back: &B,
    ) -> Result<Vec<Inserted<B::Read>>> {
        let _turn = self.write_turn().await;
        self.flush_before().await?;
        self.adopt_keys(&batch.graph, true)?;
        let table = insert.table;
        if batch.holds_others() {
            return Err(Error::children_inserted(table.model));
        }
        let parts = self.parts(&insert, batch, criteria, back.width());
        let chunks: Vec<_> = parts.iter().flat_map(|part| part.chunks(batch)).collect();
        self.graph.lock().begin_flush();
        let replies = self.send_chunks(table, &chunks).await?;
        let mut locked = self.graph.lock();
        locked.end_flush();
        let mut written = Vec::new();
        for (chunk, reply) in chunks.iter().zip(replies) {
            let taken = locked.take_upserted(table, &reply, chunk.part.brought);
            let inserted = chunk.part.statement.updated().is_none();
            let read = taken.and_then(|()| back.read(&mut locked, &reply, inserted));
            let read = read.inspect_err(|error| self.connection.fail(error))?;
            let places = chunk.places(&reply);
            written.push((read, reply, places));
        }
        if insert.selects() {
            locked.forget_who_gains(table, insert.columns.iter().copied().collect());
        }
        let rows = parts.iter().flat_map(|part| &part.rows);
        locked.forget_parents(&batch.graph, rows.map(|&(_, version)| ((table.number)(), version)));
        Ok(written)
    }

    fn parts(&self, insert: &InsertStatement, batch: &Batch, criteria: &Criteria, width: usize) -> Vec<Part> {
        let criteria = criteria.within(&self.criteria);
        let part = |Shape { written, given, rows }| {
            let statement = insert.writing(written, given).restricted(&criteria);
            let updated = statement.updated();
            let brought = updated.and_then(|set| self.graph.lock().bring_updated(insert.table, set));
            let statement = statement.returning(brought);
            let brought = brought.map(|columns| (width, columns));
            Part { sql: statement.to_sql(), statement, brought, rows }
        };
        let columns: ColumnSet = insert.columns.iter().copied().collect();
        let query = Shape { written: columns, given: columns, rows: Vec::new() };
        match insert.selects() {
            true => vec![part(query)],
            false => batch.shapes(insert).into_iter().map(part).collect(),
        }
    }

    /// Sends all in one flight.
    async fn send_chunks(&self, table: &'static Table, chunks: &[Chunk<'_>]) -> Result<Vec<Reply>> {
        if chunks.is_empty() {
            return Ok(Vec::new());
        }
        let requests: Vec<_> = chunks.iter().map(Chunk::request).collect();
        let refused = |(_, error)| self.connection.reword(error, |error| error.about(table.model));
        self.connection.send(&requests, End::Write).await.map_err(refused)
    }

    /// Rows that belong to entities of the session take their keys.
    ///
    /// # Errors
    /// For an entity of another session; and, if they are `required`, for one that is no row.
    pub(crate) fn adopt_keys(&self, source: &Graph, required: bool) -> Result<()> {
        if let Some(misuse) = source.lock().take_misuse() {
            return Err(misuse);
        }
        let outside = source.lock().outside();
        for (node, relationship, target) in outside {
            let side = source.lock().side(node, relationship);
            let (table, parent) = (source.any(node.model).table(), (side.facts.target)());
            if target.graph != self.graph.id() {
                return Err(Error::foreign_entity(parent.model, table.model));
            }
            let key = side.facts.foreign_key(table);
            let parts = self.graph.lock().shared_key(target.node, (key.references)());
            match parts {
                Some(parts) => source.lock().set_key(node, key.columns, &parts),
                None if required => return Err(Error::not_persistent(parent.model, "insert")),
                None => {}
            }
        }
        Ok(())
    }
}

impl Locked<'_> {
    /// Who is known to have rows like these may have more by now: what relationships over their keys lead to is not known
    /// any more. The rows are versions of another graph, with their models.
    pub(super) fn forget_parents(&mut self, graph: &Graph, rows: impl Iterator<Item = (usize, u32)>) {
        for (model, version) in rows {
            let arena = graph.any(model);
            let table = arena.table();
            for facts in table.relationships.iter().filter(|facts| facts.kind == Kind::BelongsTo) {
                let (key, parent) = (facts.foreign_key(table), ((facts.target)().number)());
                let Some(inverse) = facts.inverse.filter(|_| self.graph.has_arena(parent)) else { continue };
                let values: Vec<_> = key.columns.iter().map(|&column| arena.value(version, column)).collect();
                if let Some(parent) = self.find_by(parent, (key.references)(), &values) {
                    self.forget_far_side(parent, inverse);
                }
            }
        }
    }
}

impl Scope {
    /// Flushes, so that rows may belong to entities that are only added, and gives them those keys.
    pub(crate) async fn settle_keys(self: &Arc<Self>, batch: &Batch) -> Result<()> {
        let _turn = self.write_turn().await;
        self.flush_before().await?;
        self.adopt_keys(&batch.graph, true)
    }

    /// Inserts the only row of a batch, unless its values in these columns are taken: its entity's position.
    ///
    /// Cancel safety: dropped before it is done, the session says so until it is rolled back.
    pub(crate) async fn create(
        self: &Arc<Self>,
        table: &'static Table,
        batch: &Batch,
        columns: ColumnSet,
    ) -> Result<Option<u32>> {
        let _turn = self.write_turn().await;
        let target = ConflictTarget::Columns(columns, None);
        let mut insert = InsertStatement::new(table);
        insert.conflict = Some(OnConflict { target, update: None });
        let mut parts = self.parts(&insert, batch, &Criteria::default(), 0);
        for part in &mut parts {
            part.statement = part.statement.clone().returning_all();
            part.sql = part.statement.to_sql();
        }
        let chunks: Vec<_> = parts.iter().flat_map(|part| part.chunks(batch)).collect();
        self.graph.lock().begin_flush();
        let replies = self.send_chunks(table, &chunks).await?;
        let mut locked = self.graph.lock();
        locked.end_flush();
        let created =
            locked.take_created(table, &replies).inspect_err(|error| self.connection.fail(error))?;
        Ok(created.first().copied())
    }
}

impl Locked<'_> {
    /// Rows that this transaction has inserted become entities; their positions.
    fn take_created(&mut self, table: &'static Table, replies: &[Reply]) -> Result<Vec<u32>> {
        let (arena, model) = (self.make_arena(table), (table.number)());
        let known = self.model(model).records.len();
        let mut created = Vec::new();
        for reply in replies {
            reply.check_table(table, 0, ColumnSet::EMPTY)?;
            let taken = arena.absorb(self, &reply.rows, Portion::default(), Freshness::Renew);
            created.extend(taken.map_err(|error| error.of(table))?.into_iter().flatten());
        }
        for &position in created.iter().filter(|&&position| position as usize >= known) {
            self.note_inserted(Node { model, position });
            self.link_by_keys(Node { model, position });
        }
        Ok(created)
    }
}
