//! Floor 3: columns that are loaded after their rows.
//!
//! Invariant: what the base version knows of a row, the newest one knows too, so that the two differ in what was changed
//! and in nothing else. What a row that is read does not bring stays known, unless the row is another one by now.

use tokio_postgres::Row;

use super::{Arena, Change, Freshness, Locked, Node, Record};
use crate::error::{Error, Result};
use crate::model::{AnyModel, CellError, Cells, ColumnSet, Table, Version};

impl Locked<'_> {
    /// Which of these columns the database has and memory does not.
    pub(crate) fn lacks(&self, node: Node, columns: ColumnSet) -> ColumnSet {
        let record = self.record(node);
        match record.is_persistent() {
            true => lacking(self.arena(node.model), record, columns),
            false => ColumnSet::EMPTY,
        }
    }

    /// The deferred columns that are known of a row.
    pub(crate) fn known_columns(&self, node: Node) -> ColumnSet {
        let deferred = self.table(node.model).deferred();
        deferred.without(lacking(self.arena(node.model), self.record(node), deferred))
    }

    /// Takes in columns of rows that are here; the cells of the key come first. What is known stays as it is, unless it
    /// may never have been committed.
    pub(crate) fn take_columns(
        &mut self,
        table: &'static Table,
        rows: &[Row],
        columns: ColumnSet,
    ) -> Result<(), CellError> {
        let model = (table.number)();
        let arena = self.arena(model);
        let positions = arena.locate(self, rows, (table.primary_key, 0))?;
        for (row, position) in rows.iter().zip(positions) {
            let Some(node) = position.map(|position| Node { model, position }) else { continue };
            let record = *self.record(node);
            let cells = Cells::new(row, table.primary_key.len());
            let is_taken = |column| record.is_in_doubt() || !arena.value(record.base, column).is_loaded();
            let taken = columns.iter().enumerate().filter(|&(_, column)| is_taken(column));
            let cell = |(n, column)| {
                let (ty, raw) = cells.raw(n);
                (column, Change::Cell(ty, raw))
            };
            let changes: Vec<_> = taken.map(cell).collect();
            if !changes.is_empty() {
                let base = arena.derive(record.base, &changes)?;
                // What was true before anything was written is true after a rollback.
                if self.reads_may_be_undone() {
                    self.log(node);
                }
                self.move_base(node, base, false);
            }
        }
        Ok(())
    }

    /// A row that was deleted and is inserted again must be known as a whole, but for what the server or an expression
    /// makes of it.
    pub(crate) fn refuse_unknown(&self, node: Node, version: u32, made: ColumnSet) -> Result<()> {
        let (arena, table) = (self.arena(node.model), self.table(node.model));
        let mut written = table.deferred().without(made).iter();
        match written.find(|&column| !arena.value(version, column).is_loaded()) {
            Some(column) => {
                let field = table.columns[column].field;
                Err(Error::unknown_column(table.model, field, &self.key_in_words(node)))
            }
            None => Ok(()),
        }
    }

    /// Gives up what is known of these columns. Unflushed edits stay.
    pub(super) fn forget_columns(&mut self, node: Node, columns: ColumnSet) {
        let known = self.known_columns(node).iter().filter(|&column| columns.contains(column));
        let changes: Vec<_> = known.map(|column| (column, Change::Forget)).collect();
        if !changes.is_empty() {
            let base = self.arena(node.model).derive(self.record(node).base, &changes);
            self.rebase(node, base.expect("forgetting decodes nothing"), false);
        }
    }
}

/// Which of these columns the base version does not know.
pub(super) fn lacking(arena: &Arena, record: &Record, columns: ColumnSet) -> ColumnSet {
    columns.iter().filter(|&column| !arena.value(record.base, column).is_loaded()).collect()
}

/// A row that was read, with what is known of the columns that it does not bring.
///
/// A row that must be as it is now (it was asked for so, is locked, or its last state may have been rolled back) says that
/// nothing else is known, and so does one in another version: who changes it must not go by what was before.
pub(super) fn with_known(
    arena: &Arena,
    record: &Record,
    mut row: Box<dyn AnyModel>,
    (left_out, freshness, now): (ColumnSet, Freshness, u32),
) -> Box<dyn AnyModel> {
    let (known, table) = (arena.version(record.base), arena.table());
    if freshness == Freshness::Keep && record.fresh == now {
        let mut kept = known.copied();
        for column in table.deferred().iter().filter(|&column| !known.value(column).is_loaded()) {
            kept.value_mut(column).assign(row.value(column));
        }
        return kept;
    }
    let is_version = |version: &Version| known.value(version.column).is_same(row.value(version.column));
    if freshness == Freshness::Keep && !record.is_in_doubt() && table.version.as_ref().is_none_or(is_version)
    {
        for column in left_out.iter().filter(|&column| known.value(column).is_loaded()) {
            row.value_mut(column).assign(known.value(column));
        }
    }
    row
}
