//! Floor 5: statements of the application that begin with others which write.
//!
//! All of them see what was there before, and nothing of each other. Invariant: what each did to entities in memory is
//! known by what came back with the statement, as if it had been sent alone.

use std::sync::Arc;

use hashbrown::HashMap;
use tokio_postgres::Row;

use super::scope::Scope;
use super::write::{Brought, ReadBack, check};
use crate::connection::Reply;
use crate::error::{Error, Result};
use crate::graph::Locked;
use crate::model::ColumnSet;
use crate::query::{CommonWrite, Criteria, Main, WithStatement, WriteStatement};

/// A statement that wrote, and what came back of it.
struct Written {
    statement: WriteStatement,
    brought: Option<Brought>,
    /// The number that its rows end with; 0 are those of the main statement.
    number: i32,
}

impl Scope {
    /// Runs the statement behind a flush; what of it is read, and its own rows.
    ///
    /// Cancel safety: dropped before it is done, the session says so until it is rolled back.
    ///
    /// # Errors
    /// As for each of the statements by itself.
    pub(crate) async fn write_with<B: ReadBack>(
        self: &Arc<Self>,
        mut statement: WithStatement,
        criteria: &Criteria,
        back: &B,
    ) -> Result<(B::Read, Reply)> {
        statement.writes_mut().try_for_each(|write| is_sendable(write))?;
        let _turn = self.write_turn().await;
        self.flush_before().await?;
        let mut statement = statement.restricted(criteria, &self.criteria);
        let written = {
            let mut locked = self.graph.lock();
            let written = bring_back(&mut locked, &mut statement, back);
            locked.begin_flush();
            written
        };
        let about = written.first().map(|write| write.statement.table()).ok_or_else(Error::closed)?;
        let reply = self.send_write(about, &statement.to_sql(), None).await?;
        let mut locked = self.graph.lock();
        locked.end_flush();
        let (own, others) = split(reply, statement.brings_rows());
        let read = settle(&mut locked, &statement.main, &written, &own, others, back);
        drop(locked);
        Ok((read.inspect_err(|error| self.connection.fail(error))?, own))
    }
}

fn is_sendable(write: &CommonWrite) -> Result<()> {
    if let Some(refused) = write.refused {
        return Err(refused(write.statement.table().model));
    }
    match &write.statement {
        WriteStatement::Change(change) => check(change),
        WriteStatement::Insert(_) => Ok(()),
    }
}

/// Says what must come back of each that writes, and where in the rows it will be.
fn bring_back<B: ReadBack>(locked: &mut Locked<'_>, statement: &mut WithStatement, back: &B) -> Vec<Written> {
    let mut columns: Vec<Option<ColumnSet>> = Vec::new();
    for write in statement.writes_mut() {
        let brought = match &write.statement {
            WriteStatement::Change(change) => locked.bring_changed(change, back.has_entities()),
            WriteStatement::Insert(insert) => {
                insert.updated().and_then(|set| locked.bring_updated(insert.table, set))
            }
        };
        write.statement = write.statement.clone().returning(brought);
        columns.push(brought);
    }
    let mut start = statement.own_width();
    let named = columns.len() - usize::from(matches!(statement.main, Main::Write(_)));
    let writes = statement.writes_mut().zip(columns).enumerate();
    writes
        .map(|(place, (write, columns))| {
            let statement = write.statement.clone();
            if place == named {
                // What comes back of the main statement stands behind what is read of it.
                return Written {
                    statement,
                    brought: columns.map(|columns| (back.width(), columns)),
                    number: 0,
                };
            }
            let brought = columns.map(|columns| (start, columns));
            start += statement.brought_width();
            Written { statement, brought, number: i32::try_from(place + 1).unwrap_or(i32::MAX) }
        })
        .collect()
}

/// The main statement's own rows, and those of the others by their numbers.
fn split(reply: Reply, is_numbered: bool) -> (Reply, HashMap<i32, Vec<Row>>) {
    let mut rows: HashMap<i32, Vec<Row>> = HashMap::new();
    if !is_numbered {
        return (reply, rows);
    }
    for row in reply.rows {
        let number = row.try_get(row.len() - 1).unwrap_or_default();
        rows.entry(number).or_default().push(row);
    }
    let own = rows.remove(&0).unwrap_or_default();
    (
        Reply { affected: own.len() as u64, rows: own, incoming: reply.incoming, statement: reply.statement },
        rows,
    )
}

/// What is read of a query is as it was before; of a statement that writes, as that leaves it.
fn settle<B: ReadBack>(
    locked: &mut Locked<'_>,
    main: &Main,
    written: &[Written],
    own: &Reply,
    mut others: HashMap<i32, Vec<Row>>,
    back: &B,
) -> Result<B::Read> {
    let read = match main {
        Main::Query(_) => Some(back.read(locked, own, false)?),
        Main::Write(_) => None,
    };
    for write in written.iter().filter(|write| write.number > 0) {
        let rows = others.remove(&write.number).unwrap_or_default();
        // What was not brought may be any number of rows.
        let affected = if write.brought.is_some() { rows.len() as u64 } else { u64::MAX };
        let statement = own.statement.clone();
        write.take(locked, &Reply { affected, rows, statement, incoming: Vec::new() })?;
    }
    match (read, written.last()) {
        (Some(read), _) => Ok(read),
        (None, Some(Written { statement: WriteStatement::Change(change), brought, .. })) => {
            locked.settle_change(change, own, *brought, back)
        }
        (None, Some(write @ Written { statement: WriteStatement::Insert(insert), .. })) => {
            write.take(locked, own)?;
            back.read(locked, own, insert.updated().is_none())
        }
        (None, None) => Err(Error::closed()),
    }
}

impl Written {
    /// Entities in memory follow.
    fn take(&self, locked: &mut Locked<'_>, reply: &Reply) -> Result<()> {
        match &self.statement {
            WriteStatement::Change(change) => {
                let taken = locked.take_change(change, reply, self.brought);
                taken.map_err(|error| error.of(change.table))
            }
            WriteStatement::Insert(insert) => {
                locked.take_upserted(insert.table, reply, self.brought)?;
                locked.forget_who_gains(insert.table, insert.columns.iter().copied().collect());
                Ok(())
            }
        }
    }
}
