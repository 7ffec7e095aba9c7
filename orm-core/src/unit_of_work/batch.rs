//! Floor 5: rows that are inserted without entities that stand for them.
//!
//! They stand in a graph of their own, which knows their values, what they lead to in the session and what was given of them,
//! so that they are written as new entities are. Invariant: the session's graph gets no node from it.

use std::sync::Arc;

use hashbrown::HashMap;

use super::changes::Row;
use super::scope::Scope;
use crate::connection::{End, Reply, Request};
use crate::error::{Error, Result};
use crate::graph::{Graph, Locked, New, Node};
use crate::model::{ColumnSet, Kind, Model, Table};
use crate::query::{Argument, Criteria, InsertStatement, Sql};

/// As many rows travel in one statement.
pub(super) const CHUNK: usize = 10_000;

/// New rows, and what was given along.
pub(crate) struct Batch {
    pub(super) graph: Graph,
    pub(super) nodes: Vec<Node>,
}

/// Rows that are written alike.
struct Shape {
    written: ColumnSet,
    /// What was given of them, where it matters.
    given: ColumnSet,
    versions: Vec<u32>,
}

impl Batch {
    pub(crate) fn of<M: Model>(rows: impl IntoIterator<Item = New<M>>) -> Self {
        Self::new(rows.into_iter().map(|mut row| {
            row.number_version();
            row
        }))
    }

    pub(crate) fn new<M: Model>(rows: impl IntoIterator<Item = New<M>>) -> Self {
        let graph = Graph::outside();
        graph.arena::<M>();
        let nodes = {
            let mut locked = graph.lock();
            rows.into_iter().map(|row| locked.add_new(row)).collect()
        };
        Self { graph, nodes }
    }

    /// The key that a version has.
    pub(crate) fn key<M: Model>(&self, version: u32) -> M::Key {
        self.graph.arena::<M>().version(version).key()
    }

    /// The rows by the columns that they give, in the order in which these came.
    fn shapes(&self, insert: &InsertStatement) -> Vec<Shape> {
        let (table, locked) = (insert.table, self.graph.lock());
        let (model, all) = ((table.number)(), ColumnSet::first(table.columns.len()));
        let mut places: HashMap<(ColumnSet, ColumnSet), usize> = HashMap::new();
        let mut shapes: Vec<Shape> = Vec::new();
        for &node in &self.nodes {
            let version = locked.arena(model).published(node.position);
            let written = all.without(locked.left_to_server(&Row::of(node, table, version)));
            let given = locked.model(model).given.get(&node.position).copied();
            let given = given.filter(|_| insert.depends_on_given()).unwrap_or_default();
            let place = *places.entry((written, given)).or_insert_with(|| {
                shapes.push(Shape { written, given, versions: Vec::new() });
                shapes.len() - 1
            });
            shapes[place].versions.push(version);
        }
        shapes
    }

    /// Whether rows of others were given along.
    fn holds_others(&self) -> bool {
        let locked = self.graph.lock();
        let rows: usize = locked.models().map(|model| locked.model(model).records.len()).sum();
        rows != self.nodes.len()
    }
}

/// A statement of a batch, for rows that are written alike.
struct Part {
    statement: InsertStatement,
    sql: Sql,
    brought: Option<ColumnSet>,
    versions: Vec<u32>,
}

impl Part {
    /// The parameters of each statement that is sent: those of as many rows as travel together.
    fn chunks<'a>(&'a self, batch: &'a Batch) -> impl Iterator<Item = (&'a Self, Vec<Argument<'a>>)> {
        let arena = batch.graph.any((self.statement.table.number)());
        let many = self.statement.holds_many();
        self.versions.chunks(if many { CHUNK } else { 1 }).map(move |rows| {
            let column = |&column: &usize| match many {
                true => Argument::array(rows.iter().map(|&row| Some(arena.value(row, column)))),
                false => Argument::Value(arena.value(rows[0], column)),
            };
            let values = self.statement.columns.iter().map(column);
            (self, values.chain(self.sql.parameters.iter().map(Argument::Parameter)).collect())
        })
    }
}

impl Scope {
    /// Inserts rows behind a flush, those that give the same columns together; how many were inserted, or changed since
    /// they were there.
    ///
    /// Cancel safety: dropped before it is done, the session says so until it is rolled back.
    pub(crate) async fn insert(
        self: &Arc<Self>,
        insert: InsertStatement,
        batch: Batch,
        criteria: &Criteria,
    ) -> Result<u64> {
        let _turn = self.write_turn().await;
        self.flush_before().await?;
        self.adopt_keys(&batch.graph, true)?;
        let table = insert.table;
        if batch.holds_others() {
            return Err(Error::children_inserted(table.model));
        }
        let parts = self.parts(&insert, &batch, criteria);
        self.graph.lock().begin_flush();
        let replies = self.send_parts(table, &batch, &parts).await?;
        let mut locked = self.graph.lock();
        locked.end_flush();
        for (brought, reply) in &replies {
            let taken = locked.take_upserted(table, reply, *brought);
            taken.inspect_err(|error| self.connection.fail(error))?;
        }
        let versions = parts.iter().flat_map(|part| &part.versions);
        locked.forget_parents(&batch.graph, versions.map(|&version| ((table.number)(), version)));
        Ok(replies.iter().map(|(_, reply)| reply.affected).sum())
    }

    fn parts(&self, insert: &InsertStatement, batch: &Batch, criteria: &Criteria) -> Vec<Part> {
        let criteria = criteria.within(&self.criteria);
        let part = |Shape { written, given, versions }| {
            let statement = insert.writing(written, given).restricted(&criteria);
            let updated = statement.updated();
            let brought = updated.and_then(|set| self.graph.lock().bring_updated(insert.table, set));
            let statement = statement.returning(brought);
            Part { sql: statement.to_sql(), statement, brought, versions }
        };
        batch.shapes(insert).into_iter().map(part).collect()
    }

    /// Sends all in one flight; the answers, with the columns that they bring.
    async fn send_parts(
        &self,
        table: &'static Table,
        batch: &Batch,
        parts: &[Part],
    ) -> Result<Vec<(Option<ColumnSet>, Reply)>> {
        let chunks: Vec<_> = parts.iter().flat_map(|part| part.chunks(batch)).collect();
        if chunks.is_empty() {
            return Ok(Vec::new());
        }
        let requests = chunks.iter().map(|(part, arguments)| Request {
            text: &part.sql.text,
            arguments,
            returns: part.brought.map(|columns| (table, columns, table.primary_key.len())),
        });
        let requests: Vec<_> = requests.collect();
        let refused = |(_, error)| self.connection.reword(error, |error| error.about(table.model));
        let replies = self.connection.send(&requests, End::Write).await.map_err(refused)?;
        Ok(chunks.iter().map(|(part, _)| part.brought).zip(replies).collect())
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
