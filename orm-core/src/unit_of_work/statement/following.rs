//! Floor 5: the part of an update that changes the rows which refer to what it changes. Pure.
//!
//! A table's rows are changed by one part, over however many keys they refer: a statement changes a row once.

use super::{list, old_key};
use crate::model::{ColumnSet, Table};
use crate::query::{quote, quote_table};
use crate::unit_of_work::follow::{Follower, Way};

/// Rows of a table that follow rows of another, which are in `orm_input`.
pub(super) struct Following<'a> {
    pub(super) table: &'a Table,
    /// What changes.
    pub(super) columns: ColumnSet,
    /// The columns of which the input has what was there before.
    pub(super) old: &'a [usize],
    pub(super) follower: &'a Follower,
}

impl Following<'_> {
    /// The statement.
    pub(super) fn text(&self) -> String {
        let target = quote_table(self.follower.table);
        let mut columns: Vec<usize> =
            self.follower.ways.iter().flatten().filter_map(|step| self.moves(step)).collect();
        columns.sort_unstable();
        columns.dedup();
        let set = list(columns.into_iter().map(|column| {
            format!("{} = {}", quote(self.follower.table.columns[column].name), self.value(column))
        }));
        let (from, place) = match &*self.follower.ways {
            [way] => (" FROM orm_input", self.is(way)),
            ways => {
                let ways =
                    ways.iter().map(|way| format!("EXISTS (SELECT FROM orm_input WHERE {})", self.is(way)));
                ("", ways.collect::<Vec<_>>().join(" OR "))
            }
        };
        format!("UPDATE {target} SET {set}{from} WHERE ({place}){}", self.but_for_input())
    }

    fn moves(&self, &(column, root): &(usize, usize)) -> Option<usize> {
        self.columns.contains(root).then_some(column)
    }

    fn own(&self, column: usize) -> String {
        let table = self.follower.table;
        format!("{}.{}", quote_table(table), quote(table.columns[column].name))
    }

    fn given(&self, root: usize) -> String {
        format!("orm_input.{}", quote(self.table.columns[root].name))
    }

    /// Whether a row refers to one of the input.
    fn is(&self, way: &Way) -> String {
        let key = |root| old_key("orm_input", self.old, root);
        way.iter()
            .map(|&(column, root)| format!("{} = {}", self.own(column), key(root)))
            .collect::<Vec<_>>()
            .join(" AND ")
    }

    /// A column's new value.
    fn value(&self, column: usize) -> String {
        let root = |way: &Way| {
            way.iter().find(|step| step.0 == column && self.columns.contains(step.1)).map(|step| step.1)
        };
        if let [way] = &*self.follower.ways {
            return root(way).map(|root| self.given(root)).unwrap_or_default();
        }
        let found = self.follower.ways.iter().filter_map(|way| {
            let new = self.given(root(way)?);
            Some(format!("(SELECT {new} FROM orm_input WHERE {})", self.is(way)))
        });
        format!("coalesce({}, {})", list(found), self.own(column))
    }

    /// Rows of the input are changed by the statement already.
    fn but_for_input(&self) -> String {
        if !self.follower.table.is(self.table) {
            return String::new();
        }
        let key = |column| old_key("orm_other", self.old, column);
        let same =
            self.table.primary_key.iter().map(|&column| format!("{} = {}", self.own(column), key(column)));
        let same = same.collect::<Vec<_>>().join(" AND ");
        format!(" AND NOT EXISTS (SELECT FROM orm_input AS orm_other WHERE {same})")
    }
}
