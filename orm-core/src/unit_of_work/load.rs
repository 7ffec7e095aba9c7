//! Floor 5: what a cascade must know and is not in memory is loaded, as a part of the flush.
//!
//! The flush has the turn to write, so that nothing overtakes these reads. Invariant: one statement for each relationship
//! of a model, however many rows it is asked for, and all of a round in one flight.

use std::sync::Arc;

use super::cascade::{Fate, Missing};
use super::scope::Scope;
use crate::connection::{End, Prepared, Reply, Request};
use crate::error::{Error, Result};
use crate::graph::{Extent, Freshness, Locked, Node, Order, Portion};
use crate::model::{Kind, RelationshipFacts, Table};
use crate::query::{Argument, Expression, Ordering, SelectStatement, Sql, TableReference};
use crate::types::Value;

/// Key values: a list for each column of a key.
type Keys = Vec<Vec<Arc<dyn Value>>>;

impl Scope {
    /// What leaves with the next flush, found out with all that must be loaded for it.
    pub(super) async fn fate(self: &Arc<Self>) -> Result<Fate> {
        let mut fate = Fate::that_loads();
        loop {
            self.graph.lock().decide(&mut fate);
            let missing = fate.take_missing();
            if missing.is_empty() {
                return Ok(fate);
            }
            self.load_missing(&missing).await?;
        }
    }

    /// Loads the rows that these relationships lead to.
    pub(super) async fn load_missing(self: &Arc<Self>, missing: &[Missing]) -> Result<()> {
        let selects: Vec<Sql> = {
            let mut locked = self.graph.lock();
            missing.iter().map(|missing| locked.select(missing)).collect()
        };
        let arguments: Vec<Vec<Argument<'_>>> =
            selects.iter().map(|sql| sql.parameters.iter().map(Argument::Parameter).collect()).collect();
        let requests = selects.iter().zip(&arguments);
        let requests: Vec<_> = requests
            .map(|(sql, arguments)| Request {
                text: &sql.text,
                arguments,
                returns: None,
                reads: &[],
                prepared: Prepared::Kept,
            })
            .collect();
        let replies = self.connection.send(&requests, End::Read).await.map_err(|(place, error)| {
            let Some(missing) = missing.get(place) else { return error };
            let (table, _) = self.graph.lock().facts(missing);
            self.connection.reword(error, |error| error.about(table.model))
        })?;
        let loaded = {
            let mut locked = self.graph.lock();
            let counted = self.count_loaded(&locked);
            let mut replies = missing.iter().zip(&replies);
            replies.try_for_each(|(missing, reply)| locked.take_loaded(missing, reply))?;
            Self::loaded_since(&locked, &counted)
        };
        self.tell_loaded(loaded)
    }
}

impl Locked<'_> {
    /// The table that a missing relationship leads to, and its facts.
    fn facts(&self, missing: &Missing) -> (&'static Table, &'static RelationshipFacts) {
        let facts = &self.table(missing.model).relationships[missing.relationship];
        ((facts.target)(), facts)
    }

    fn select(&mut self, missing: &Missing) -> Sql {
        let (table, facts) = self.facts(missing);
        self.make_arena(table);
        let source = self.table(missing.model);
        let key = facts.foreign_key(source);
        let references = (key.references)();
        let (own, theirs) = match facts.kind {
            Kind::BelongsTo => (key.columns, references),
            _ => (references, key.columns),
        };
        let keys = self.base_keys(missing, own);
        let source = TableReference::of(table);
        let condition = match keys[0].len() {
            1 => Expression::key_is(source, theirs, keys.into_iter().flatten().collect()),
            _ => Expression::key_in(source, theirs, keys),
        };
        let select = SelectStatement::of(table).leave_out(0, table.deferred()).filter(condition);
        let order = table.primary_key.iter().map(|&column| Ordering::ascending(source.column(column)));
        order.fold(select, SelectStatement::order_by).to_sql()
    }

    /// The values that these columns of the nodes have in the database.
    fn base_keys(&self, missing: &Missing, columns: &[usize]) -> Keys {
        let arena = self.arena(missing.model);
        let values = |&column: &usize| {
            let nodes = missing.positions.iter().map(|&position| Node { model: missing.model, position });
            nodes.map(|node| arena.value(self.record(node).base, column).to_shared()).collect()
        };
        columns.iter().map(values).collect()
    }

    fn take_loaded(&mut self, missing: &Missing, reply: &Reply) -> Result<()> {
        let (table, facts) = self.facts(missing);
        let portion = Portion::new(0, table.deferred());
        reply.check_table(table, 0, portion.left_out)?;
        let arena = self.arena((table.number)());
        let found = arena
            .absorb(self, &reply.rows, portion, Freshness::Keep)
            .map_err(|error| Error::decode(table.model, table.columns[error.column].field, error.source))?;
        // Where results leave rows out, what the application is shown stays as it is.
        if facts.kind != Kind::BelongsTo && !self.hides((table.number)()) {
            let found: Vec<u32> = found.into_iter().flatten().collect();
            let place = (missing.model, missing.relationship);
            let found = (&*found, Order::AsFound);
            self.merge_loaded(place, &missing.positions, found, Extent::All, Freshness::Keep);
        }
        Ok(())
    }
}
