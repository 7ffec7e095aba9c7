//! What operations mean, on plain rows in memory.
//!
//! Rows are known by numbers that are given out in the order in which they are made, and a relationship is the number
//! of the parent in the child's row. There are three sets of rows: what the application sees, what the transaction has
//! written, and what is committed.

use std::collections::{BTreeMap, BTreeSet};

use super::edges::{EDGES, Edge, EdgeId, OnDelete, edges_of, edges_to};
use super::live::Kind;
pub(super) use super::rows::{Id, Row, Rows};
use super::ties::{TIES, TieId};

#[derive(Debug, Clone, Default)]
pub(super) struct Reference {
    /// What the application sees.
    pub(super) now: Rows,
    /// What the transaction has written.
    pub(super) flushed: Rows,
    pub(super) committed: Rows,
    /// What the next flush deletes.
    pub(super) doomed: BTreeSet<Id>,
    /// Rows that are to go, and the new ones that take their keys.
    pub(super) switched: BTreeMap<Id, Id>,
    /// Rows that get other keys with the next flush.
    pub(super) rekeyed: BTreeMap<Id, i64>,
    /// Rows whose names the database computes with the next flush, from what they are there.
    pub(super) raised: BTreeSet<Id>,
    breaks_ties: bool,
    next: Id,
}

impl Reference {
    pub(super) fn add(&mut self, row: Row) -> Id {
        self.next += 1;
        let parents = row.parents;
        let kind = row.kind;
        self.now.insert(self.next, Row { parents: [None; 2], ..row });
        for (edge, facts) in edges_of(kind) {
            self.link(edge, self.next, parents[facts.slot]);
        }
        self.next
    }

    /// The number that was given out last.
    pub(super) fn last(&self) -> Id {
        self.next
    }

    /// A row goes, and a new one comes with its key: who refers to the one will refer to the other.
    pub(super) fn switch(&mut self, old: Id, new: Row) -> Id {
        let new = self.add(new);
        self.doomed.insert(old);
        self.switched.insert(old, new);
        new
    }

    pub(super) fn rename(&mut self, id: Id, name: &str) {
        // To write what is shown is no change.
        if self.now[&id].name != name {
            self.row_mut(id).name = name.to_owned();
            self.raised.remove(&id);
        }
    }

    /// Lets a child refer to a parent, or to none. Where the parent has at most one, who was there before goes.
    pub(super) fn link(&mut self, edge: EdgeId, child: Id, parent: Option<Id>) {
        let facts = &EDGES[edge];
        if let Some(parent) = parent {
            if facts.one {
                self.children(edge, parent).into_iter().for_each(|other| self.put(facts, other, None));
            }
            let tenant = self.now[&parent].tenant;
            let row = self.row_mut(child);
            if row.kind == Kind::Line {
                row.tenant = tenant;
            }
        }
        let had = self.now[&child].parents[facts.slot];
        self.put(facts, child, parent);
        if facts.orphan && parent.is_none() && had.is_some() && !self.flushed.contains_key(&child) {
            self.delete(child);
        }
    }

    /// Marks a row for the next flush; one that is not written yet goes at once, and its children lose it.
    pub(super) fn delete(&mut self, id: Id) {
        if self.flushed.contains_key(&id) {
            self.doomed.insert(id);
            return;
        }
        let Some(kind) = self.now.get(&id).map(|row| row.kind) else { return };
        // A new link that is a row of its own would be an orphan.
        self.breaks_ties |= self.ties_of(&self.now, id).iter().any(|&(tie, ..)| !TIES[tie].is_bare);
        for (edge, facts) in edges_to(kind) {
            for child in self.children(edge, id) {
                match facts.on_delete == OnDelete::Delete && !self.flushed.contains_key(&child) {
                    true => self.delete(child),
                    false => self.put(facts, child, None),
                }
            }
        }
        self.now.remove(&id);
        self.now.ties.retain(|&(_, one, other)| one != id && other != id);
        self.switched.retain(|_, new| *new != id);
    }

    /// The row's columns are read again: what was not written is lost.
    pub(super) fn refresh(&mut self, id: Id) {
        let Some(row) = self.flushed.get(&id).cloned() else { return };
        self.rekeyed.remove(&id);
        self.raised.remove(&id);
        for (edge, facts) in edges_of(row.kind) {
            let parent = row.parents[facts.slot];
            if self.now[&id].parents[facts.slot] != parent {
                self.link(edge, id, parent);
            }
        }
        self.now.insert(id, row);
    }

    pub(super) fn flush(&mut self) {
        let gone = self.leaving();
        let after = std::mem::take(&mut self.switched);
        for &id in &gone {
            for (edge, facts) in edges_to(self.now[&id].kind) {
                let stays = |child: &Id| !gone.contains(child);
                let left: Vec<Id> = self.children(edge, id).into_iter().filter(stays).collect();
                left.into_iter().for_each(|child| self.put(facts, child, after.get(&id).copied()));
            }
        }
        self.flush_ties(&gone, &after);
        self.now.retain(|id, _| !gone.contains(id));
        for id in std::mem::take(&mut self.raised) {
            if let Some(row) = self.now.get_mut(&id) {
                row.name = self.flushed[&id].name.to_uppercase();
            }
        }
        self.doomed.clear();
        self.rekeyed.clear();
        self.flushed = self.now.clone();
    }

    /// Ties go with a row; those that the database would delete stay with one that is only replaced.
    fn flush_ties(&mut self, gone: &BTreeSet<Id>, after: &BTreeMap<Id, Id>) {
        let stays = |tie: TieId, id: Id| match (gone.contains(&id), after.get(&id)) {
            (false, _) => Some(id),
            (true, new) => new.copied().filter(|_| !TIES[tie].is_bare),
        };
        let ties = std::mem::take(&mut self.now.ties).into_iter();
        let ties = ties.filter_map(|(tie, one, other)| Some((tie, stays(tie, one)?, stays(tie, other)?)));
        self.now.ties = ties.collect();
    }

    /// The ties of a row.
    pub(super) fn ties_of(&self, rows: &Rows, id: Id) -> BTreeSet<(TieId, Id, Id)> {
        rows.ties.iter().copied().filter(|&(_, one, other)| one == id || other == id).collect()
    }

    /// Who a row is tied to.
    pub(super) fn tied(&self, tie: TieId, id: Id, from_one: bool) -> BTreeSet<Id> {
        let ends = |&(at, one, other): &(TieId, Id, Id)| match from_one {
            true => (at == tie && one == id).then_some(other),
            false => (at == tie && other == id).then_some(one),
        };
        self.now.ties.iter().filter_map(ends).collect()
    }

    /// Rows that the next flush deletes or replaces, and what goes with them.
    fn leaving(&self) -> BTreeSet<Id> {
        let mut leaving = BTreeSet::new();
        let mut open: Vec<Id> = self.doomed.iter().copied().chain(self.let_go()).collect();
        while let Some(id) = open.pop() {
            let Some(row) = self.now.get(&id) else { continue };
            if !leaving.insert(id) {
                continue;
            }
            let goes_along = |facts: &Edge| match facts.on_delete {
                OnDelete::Delete => true,
                // With a row that is only replaced the database deletes nothing.
                OnDelete::Cascade => !self.switched.contains_key(&id),
                OnDelete::Release | OnDelete::Refuse => false,
            };
            let edges = edges_to(row.kind).filter(|(_, facts)| goes_along(facts));
            open.extend(edges.flat_map(|(edge, _)| self.children(edge, id)));
        }
        leaving
    }

    /// Rows that their parents let go, and with that delete.
    fn let_go(&self) -> impl Iterator<Item = Id> {
        let is_orphan = |id: Id, row: &Row| {
            edges_of(row.kind).any(|(_, facts)| {
                let had = self.flushed.get(&id).and_then(|row| row.parents[facts.slot]);
                facts.orphan && had.is_some() && row.parents[facts.slot].is_none()
            })
        };
        self.staying().filter(move |(id, row)| is_orphan(*id, row)).map(|(id, _)| id)
    }

    pub(super) fn commit(&mut self) {
        self.flush();
        self.committed = self.flushed.clone();
    }

    /// The database holds these rows again.
    pub(super) fn restore(&mut self, rows: Rows) {
        self.flushed = rows;
        self.clear();
    }

    /// What was not written is lost.
    pub(super) fn clear(&mut self) {
        self.now = self.flushed.clone();
        self.doomed.clear();
        self.switched.clear();
        self.rekeyed.clear();
        self.raised.clear();
    }

    /// Whether a flush would change rows. A new row that takes over a key is the old one, to the database.
    pub(super) fn is_dirty(&self) -> bool {
        let renamed = |id: Id| self.switched.get(&id).copied().unwrap_or(id);
        let parents = |row: &Row| row.parents.map(|parent| parent.map(renamed));
        let flushed = self.flushed.iter();
        let rows = flushed
            .map(|(&id, row)| (renamed(id), Row { parents: parents(row), key: None, ..row.clone() }))
            .collect();
        let ties = self.flushed.ties.iter().map(|&(tie, one, other)| (tie, renamed(one), renamed(other)));
        let before = Rows { rows, ties: ties.collect() };
        let mut after = self.clone();
        after.flush();
        after.now.values_mut().for_each(|row| row.key = None);
        let mut written = self.rekeyed.keys().chain(&self.raised);
        before != after.now || written.any(|id| after.now.contains_key(id))
    }

    /// Who refers to a row.
    pub(super) fn children(&self, edge: EdgeId, parent: Id) -> BTreeSet<Id> {
        let facts = &EDGES[edge];
        let refers =
            |(_, row): &(&Id, &Row)| row.kind == facts.child && row.parents[facts.slot] == Some(parent);
        self.now.iter().filter(refers).map(|(&id, _)| id).collect()
    }

    /// Rows that the next flush does not delete.
    pub(super) fn staying(&self) -> impl Iterator<Item = (Id, &Row)> {
        self.now.iter().map(|(&id, row)| (id, row)).filter(|(id, _)| !self.doomed.contains(id))
    }

    /// Children without a parent that they must have: a flush refuses them.
    pub(super) fn orphans(&self) -> Vec<Id> {
        let is_orphan = |row: &Row| {
            edges_of(row.kind)
                .any(|(_, edge)| edge.required && !edge.orphan && row.parents[edge.slot].is_none())
        };
        self.staying().filter(|(_, row)| is_orphan(row)).map(|(id, _)| id).collect()
    }

    /// Whether the database, or the library by a documented limit, would refuse what is to be written.
    pub(super) fn is_refused(&self) -> bool {
        self.breaks_ties
            || self.has_names_twice()
            || self.leaves_children_behind()
            || self.swaps()
            || self.takes_what_is_freed_late()
            || self.takes_over_two()
            || self.takes_over_ties()
            || !self.switched.is_empty() && !self.is_dirty()
    }

    fn has_names_twice(&self) -> bool {
        let users = self.staying().filter(|(_, row)| row.kind == Kind::User);
        let mut names = BTreeSet::new();
        users.into_iter().any(|(_, user)| !names.insert(&user.name))
    }

    fn leaves_children_behind(&self) -> bool {
        let is_left = |row: &Row| {
            edges_of(row.kind).any(|(_, edge)| {
                let parent = row.parents[edge.slot];
                edge.on_delete == OnDelete::Refuse && parent.is_some_and(|parent| self.is_leaving(parent))
            })
        };
        self.staying().any(|(_, row)| is_left(row))
    }

    /// Whether a new row takes over who referred to the old one, and has one of that kind already.
    fn takes_over_two(&self) -> bool {
        let one_each = || edges_to(Kind::User).filter(|(_, edge)| edge.one);
        self.switched.iter().filter(|(old, _)| self.now[*old].kind == Kind::User).any(|(&old, &new)| {
            let staying = |edge: EdgeId, parent: Id| {
                self.children(edge, parent).into_iter().any(|child| !self.doomed.contains(&child))
            };
            one_each().any(|(edge, _)| staying(edge, old) && staying(edge, new))
        })
    }

    /// Whether a new row takes over a tie that it has already.
    fn takes_over_ties(&self) -> bool {
        let has_both = |tie: TieId, from_one: bool| {
            let both = |(&old, &new): (&Id, &Id)| {
                !self.tied(tie, old, from_one).is_disjoint(&self.tied(tie, new, from_one))
            };
            self.switched.iter().any(both)
        };
        let several = (0..TIES.len()).filter(|&tie| !TIES[tie].is_bare);
        several.into_iter().any(|tie| has_both(tie, true) || has_both(tie, false)) || self.ties_replaced()
    }

    /// Whether two rows that are replaced are tied, or a tie leads to one from a row that is new to it.
    fn ties_replaced(&self) -> bool {
        let is_switched = |id: &Id| self.switched.iter().any(|(old, new)| old == id || new == id);
        self.now.ties.iter().any(|(_, one, other)| is_switched(one) && is_switched(other))
    }

    /// Whether the next flush deletes a row for good.
    fn is_leaving(&self, id: Id) -> bool {
        self.doomed.contains(&id) && !self.switched.contains_key(&id)
    }

    /// Whether rows take unique values, which cannot be NULL, from each other in a circle.
    fn swaps(&self) -> bool {
        self.is_circle(|row| (row.kind == Kind::User).then(|| row.name.clone()))
            || self.is_circle(|row| match row.kind {
                Kind::Passport => row.parents[0].map(|parent| parent.to_string()),
                _ => None,
            })
    }

    /// Whether a child leaves, for a new user, one who is to go and whose name must be free before that.
    fn takes_what_is_freed_late(&self) -> bool {
        let left_for_new = |(id, row): (Id, &Row)| {
            let is_user = edges_of(row.kind).any(|(_, edge)| edge.slot == 0 && edge.parent == Kind::User);
            let new = row.parents[0].filter(|new| is_user && !self.flushed.contains_key(new));
            new.and(self.flushed.get(&id)?.parents[0])
        };
        self.staying().filter_map(left_for_new).any(|old| self.is_leaving(old) && self.is_name_taken(old))
    }

    /// Whether the name that a row has in the database is another's now.
    fn is_name_taken(&self, id: Id) -> bool {
        let Some(row) = self.flushed.get(&id) else { return false };
        self.staying().any(|(_, other)| other.kind == row.kind && other.name == row.name)
    }

    fn is_circle(&self, value: impl Fn(&Row) -> Option<String>) -> bool {
        let had = |id: Id| self.flushed.get(&id).and_then(&value);
        let staying = || self.staying().filter(|(id, _)| self.flushed.contains_key(id));
        let owners: BTreeMap<String, Id> = staying().filter_map(|(id, _)| Some((had(id)?, id))).collect();
        let taken_from = |id: Id| {
            let value = self.now.get(&id).and_then(&value)?;
            owners.get(&value).copied().filter(|&other| other != id)
        };
        staying().any(|(start, _)| {
            let mut at = taken_from(start);
            for _ in 0..owners.len() {
                if at == Some(start) {
                    return true;
                }
                at = at.and_then(taken_from);
            }
            false
        })
    }

    fn put(&mut self, edge: &Edge, child: Id, parent: Option<Id>) {
        self.row_mut(child).parents[edge.slot] = parent;
    }

    fn row_mut(&mut self, id: Id) -> &mut Row {
        self.now.get_mut(&id).expect("the row is there")
    }
}
