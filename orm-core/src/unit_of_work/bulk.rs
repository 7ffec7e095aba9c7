//! Floor 5: many rows at once, past the unit of work.
//!
//! Rows are planned and executed as those of a flush, in a graph of their own. Invariant: nothing is tracked; entities in
//! memory whose rows were written are as the database has them.

use std::sync::Arc;

use hashbrown::HashMap;

use super::batch::{Batch, CHUNK};
use super::cascade::Fate;
use super::changes::Row;
use super::execute::{Execution, Written};
use super::plan::{Plan, Step, StepAction, grouped, plan};
use super::scope::Scope;
use super::touch::touch;
use crate::connection::End;
use crate::error::{Error, Result};
use crate::graph::{Change, Graph, Locked, Node};
use crate::model::{ColumnSet, Kind, Table};

impl Scope {
    /// Inserts rows, and what was given along; the version of each as the database has it, in their order.
    ///
    /// Cancel safety: dropped before it is done, the session says so until it is rolled back.
    pub(crate) async fn insert_many(self: &Arc<Self>, batch: &Batch) -> Result<Vec<u32>> {
        let _turn = self.write_turn().await;
        self.flush_before().await?;
        self.adopt_keys(&batch.graph, true)?;
        let plan = batch.graph.lock().changes(&Fate::default()).and_then(plan)?.in_chunks();
        let written = self.write_batch(&batch.graph, &plan).await?;
        let rows = written.0.iter().map(|(node, &version)| (node.model, version));
        self.graph.lock().forget_parents(&batch.graph, rows);
        let locked = batch.graph.lock();
        let version = |node: &Node| written.0.get(node).copied().unwrap_or(locked.record(*node).base);
        Ok(batch.nodes.iter().map(version).collect())
    }

    /// Writes what was given of rows that are there, by their keys.
    ///
    /// # Errors
    /// If one is not there, or has another version ([`Error::is_stale`]); if a row names no key, or nothing is given.
    pub(crate) async fn update_many(self: &Arc<Self>, batch: &Batch, table: &'static Table) -> Result<()> {
        let _turn = self.write_turn().await;
        self.flush_before().await?;
        self.adopt_keys(&batch.graph, true)?;
        let plan = batch.updates(table)?;
        let written = self.write_batch(&batch.graph, &plan).await?;
        self.graph.lock().take_batch(&batch.graph, &plan, &written);
        Ok(())
    }

    async fn write_batch(&self, graph: &Graph, plan: &Plan) -> Result<Written> {
        self.graph.lock().begin_flush();
        let written = Execution { graph, connection: &self.connection }.run(plan, End::Write).await?;
        self.graph.lock().end_flush();
        Ok(written)
    }
}

impl Batch {
    /// The updates of what was given, in the order of keys, so that two of them cannot deadlock.
    fn updates(&self, table: &'static Table) -> Result<Plan> {
        let locked = self.graph.lock();
        let mut rows = Vec::with_capacity(self.nodes.len());
        for &node in &self.nodes {
            rows.push(locked.update_of(node, table)?);
        }
        locked.in_key_order(&mut rows);
        let is_same = |pair: &&[Row]| locked.have_one_key(&pair[0], &pair[1]);
        if let Some(pair) = rows.windows(2).find(is_same) {
            return Err(Error::twice(table.model, &locked.key_in_words(pair[0].node)));
        }
        touch(&mut rows);
        let steps = grouped(rows.into_iter()).into_iter().map(|rows| {
            let action = StepAction::Update(rows[0].with_version());
            Step::new(action, table, rows)
        });
        Ok(Plan { steps: steps.collect() }.in_chunks())
    }
}

impl Plan {
    /// The same with no more rows in a statement than travel together well.
    fn in_chunks(self) -> Self {
        let mut steps = Vec::new();
        for mut step in self.steps {
            while step.rows.len() > CHUNK {
                let rest = step.rows.split_off(CHUNK);
                let rows = std::mem::replace(&mut step.rows, rest);
                steps.push(Step { rows, followers: Vec::new(), ..step });
            }
            steps.push(step);
        }
        Self { steps }
    }
}

impl Locked<'_> {
    /// The update of what was given of a row.
    fn update_of(&self, node: Node, table: &'static Table) -> Result<Row> {
        let given = self.model(node.model).given.get(&node.position).copied().unwrap_or_default();
        let version = table.version.map(|version| version.column);
        if let Some(lacks) =
            table.primary_key.iter().copied().chain(version).find(|&column| !given.contains(column))
        {
            return Err(Error::unnamed(table.model, table.columns[lacks].field));
        }
        let is_set = |&column: &usize| {
            !table.primary_key.contains(&column) && !table.is_read_only(column) && version != Some(column)
        };
        let columns: ColumnSet = given.iter().filter(is_set).collect();
        match columns.is_empty() {
            true => Err(Error::sets_nothing(table.model)),
            false => {
                Ok(Row { columns, ..Row::of(node, table, self.arena(node.model).published(node.position)) })
            }
        }
    }

    fn have_one_key(&self, one: &Row, other: &Row) -> bool {
        let arena = self.arena(one.node.model);
        let is_same =
            |&column: &usize| arena.value(one.base, column).is_same(arena.value(other.base, column));
        one.table.primary_key.iter().all(is_same)
    }

    /// Takes over what was written to rows that are in memory; `from` is the graph of what was written.
    fn take_batch(&mut self, from: &Graph, plan: &Plan, written: &Written) {
        let Some(table) = plan.steps.first().map(|step| step.table) else { return };
        self.make_arena(table);
        let model = (table.number)();
        let (own, other) = (self.arena(model), from.any(model));
        let (mut moved, mut unknown) = (HashMap::new(), Vec::new());
        for step in &plan.steps {
            let StepAction::Update(columns) = step.action else { continue };
            for row in &step.rows {
                let Some(&version) = written.0.get(&row.node) else { continue };
                let key: Vec<_> =
                    table.primary_key.iter().map(|&column| other.value(version, column)).collect();
                let Some(node) = self.find(model, &key) else {
                    unknown.push(version);
                    continue;
                };
                let base = self.record(node).base;
                let is_same = |column: usize| own.value(base, column).is_same(other.value(row.base, column));
                let is_other = table.version.is_some_and(|version| !is_same(version.column));
                let changes = columns.union(step.returned()).iter();
                let changes: Vec<_> =
                    changes.map(|column| (column, Change::Copy(other.value(version, column)))).collect();
                let now = own.derive(base, &changes).expect("copying decodes nothing");
                moved.insert(node, (base, now));
                if is_other {
                    // What else the row has by now is not known.
                    self.doubt_row(node);
                }
            }
            self.forget_gainers(from, table, columns, &unknown);
            unknown.clear();
        }
        self.rebase_all(&moved);
    }

    /// Rows that are not in memory have come to others, if these columns are of keys.
    fn forget_gainers(&mut self, from: &Graph, table: &'static Table, columns: ColumnSet, rows: &[u32]) {
        let is_over = |facts: &&crate::model::RelationshipFacts| facts.kind == Kind::BelongsTo;
        let mut keys =
            table.relationships.iter().filter(is_over).map(|facts| facts.foreign_key(table).columns);
        if rows.is_empty() || !keys.clone().any(|key| key.iter().any(|&column| columns.contains(column))) {
            return;
        }
        match keys.all(|key| key.iter().all(|&column| columns.contains(column))) {
            true => self.forget_parents(from, rows.iter().map(|&version| ((table.number)(), version))),
            false => self.forget_who_gains(table, columns),
        }
    }
}
