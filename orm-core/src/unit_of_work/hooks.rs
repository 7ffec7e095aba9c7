//! Floor 5: what the application wants to be told of.
//!
//! Invariant: hooks run without the graph's lock, so that they may read and change it; what a hook changes before a flush
//! is part of it, and what it changes afterwards belongs to the next.

use std::fmt;
use std::sync::Arc;

use hashbrown::HashSet;

use super::cascade::Fate;
use super::execute::Written;
use super::plan::{Plan, StepAction};
use super::scope::Scope;
use crate::error::{Error, Result};
use crate::graph::{Locked, Node};

/// After so many rounds in which hooks made new work, a flush gives up.
const ROUNDS: usize = 100;

/// What happens to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum RowEvent {
    BeforeInsert,
    AfterInsert,
    BeforeUpdate,
    AfterUpdate,
    BeforeDelete,
    AfterDelete,
    Load,
}

/// What happens to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SessionEvent {
    BeforeFlush,
    AfterFlush,
    AfterCommit,
    AfterRollback,
}

type RowHook = dyn Fn(&Arc<Scope>, u32) -> Result<()> + Send + Sync;
type SessionHook = dyn Fn(&Arc<Scope>, Option<&[WrittenRow]>) -> Result<()> + Send + Sync;

/// A row that a flush has written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WrittenRow {
    pub(crate) node: Node,
    /// The version that the database had; none of a new row.
    pub(crate) before: Option<u32>,
    /// The version that it has; none of a row that is gone.
    pub(crate) after: Option<u32>,
}

/// The hooks of a session, in the order in which they were given.
#[derive(Clone, Default)]
pub(crate) struct Hooks {
    rows: Vec<(RowEvent, usize, Arc<RowHook>)>,
    sessions: Vec<(SessionEvent, Arc<SessionHook>)>,
}

impl Hooks {
    pub(crate) fn on_row(
        &mut self,
        event: RowEvent,
        model: usize,
        hook: impl Fn(&Arc<Scope>, u32) -> Result<()> + Send + Sync + 'static,
    ) {
        self.rows.push((event, model, Arc::new(hook)));
    }

    pub(crate) fn on_session(
        &mut self,
        event: SessionEvent,
        hook: impl Fn(&Arc<Scope>, Option<&[WrittenRow]>) -> Result<()> + Send + Sync + 'static,
    ) {
        self.sessions.push((event, Arc::new(hook)));
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.sessions.is_empty()
    }

    /// Whether some want to be told after a flush, and so may make work for another one.
    pub(super) fn follow_flushes(&self) -> bool {
        let after = [RowEvent::AfterInsert, RowEvent::AfterUpdate, RowEvent::AfterDelete];
        self.rows.iter().any(|(event, ..)| after.contains(event))
            || self.tell_sessions_of(SessionEvent::AfterFlush)
    }

    fn tell_sessions_of(&self, event: SessionEvent) -> bool {
        self.sessions.iter().any(|(of, _)| *of == event)
    }

    fn wants(&self, event: RowEvent, model: usize) -> bool {
        self.rows.iter().any(|(of, at, _)| (*of, *at) == (event, model))
    }
}

impl Scope {
    /// Tells of something that happens to the session.
    pub(super) fn tell(self: &Arc<Self>, event: SessionEvent) -> Result<()> {
        self.tell_of(event, None)
    }

    fn tell_of(self: &Arc<Self>, event: SessionEvent, written: Option<&[WrittenRow]>) -> Result<()> {
        let mut hooks = self.hooks.sessions.iter().filter(|(of, _)| *of == event);
        hooks.try_for_each(|(_, hook)| hook(self, written))
    }

    fn tell_of_row(self: &Arc<Self>, event: RowEvent, node: Node) -> Result<()> {
        let mut hooks = self.hooks.rows.iter().filter(|(of, model, _)| (*of, *model) == (event, node.model));
        hooks.try_for_each(|(.., hook)| hook(self, node.position))
    }

    /// Before a flush: tells of it, and of each row that it will write, until the hooks make no new work.
    ///
    /// # Errors
    /// That of the first hook that refuses. Nothing has been written.
    pub(super) async fn tell_before(self: &Arc<Self>) -> Result<()> {
        if self.hooks.is_empty() || !self.graph.lock().has_changes() {
            return Ok(());
        }
        if self.hooks.tell_sessions_of(SessionEvent::BeforeFlush) {
            // What goes along is among what the hooks are shown.
            self.fate().await?;
            self.tell(SessionEvent::BeforeFlush)?;
        }
        let mut told = HashSet::new();
        for _ in 0..ROUNDS {
            let fate = self.fate().await?;
            let mut due = self.graph.lock().due(&fate);
            due.retain(|&(event, node)| self.hooks.wants(event, node.model) && told.insert((event, node)));
            if due.is_empty() {
                return Ok(());
            }
            for (event, node) in due {
                self.tell_of_row(event, node)?;
            }
        }
        Err(Error::endless_hooks())
    }

    /// After a flush: tells of each row that it wrote, and then of itself.
    pub(super) fn tell_after(self: &Arc<Self>, plan: &Plan, written: &Written) -> Result<()> {
        if !self.hooks.follow_flushes() {
            return Ok(());
        }
        let (mut told, mut rows) = (HashSet::new(), Vec::new());
        for step in &plan.steps {
            for row in step.rows.iter().filter(|row| told.insert(row.node)).collect::<Vec<_>>() {
                let event = match step.action {
                    StepAction::Insert(_) => RowEvent::AfterInsert,
                    StepAction::Update(_) if row.leaves => RowEvent::AfterDelete,
                    StepAction::Update(_) => RowEvent::AfterUpdate,
                    StepAction::Delete => RowEvent::AfterDelete,
                    StepAction::SetNull(_) | StepAction::Unlink(_) => break,
                };
                let after = written.0.get(&row.node).copied().filter(|_| event != RowEvent::AfterDelete);
                let before = Some(row.base).filter(|_| event != RowEvent::AfterInsert);
                rows.push(WrittenRow { node: row.node, before, after });
                self.tell_of_row(event, row.node)?;
            }
        }
        rows.sort_unstable_by_key(|row| row.node);
        self.tell_of(SessionEvent::AfterFlush, Some(&rows))
    }

    /// How many entities there are of each model whose loading is to be told of.
    pub(crate) fn count_loaded(&self, locked: &Locked<'_>) -> Vec<(usize, usize)> {
        let loads = self.hooks.rows.iter().filter(|(event, ..)| *event == RowEvent::Load);
        loads.map(|&(_, model, _)| (model, locked.count(model))).collect()
    }

    /// The entities that came since they were counted, and were not added.
    pub(crate) fn loaded_since(locked: &Locked<'_>, counted: &[(usize, usize)]) -> Vec<Node> {
        let since = counted.iter().flat_map(|&(model, count)| {
            let positions = (0..locked.count(model)).skip(count).map(|position| u32::try_from(position).ok());
            positions.flatten().map(move |position| Node { model, position })
        });
        since.collect()
    }

    /// Tells of entities that were loaded.
    pub(crate) fn tell_loaded(self: &Arc<Self>, nodes: Vec<Node>) -> Result<()> {
        let mut told = HashSet::new();
        nodes
            .into_iter()
            .filter(|&node| told.insert(node))
            .try_for_each(|node| self.tell_of_row(RowEvent::Load, node))
    }

    /// Numbers the flushes of a commit, as long as hooks make new work.
    ///
    /// # Errors
    /// If they do not stop.
    pub(super) fn next_round(round: usize) -> Result<usize> {
        if round < ROUNDS { Ok(round + 1) } else { Err(Error::endless_hooks()) }
    }
}

impl Locked<'_> {
    fn has_changes(&self) -> bool {
        let queued =
            |model: usize| self.model(model).changed.iter().map(move |&position| Node { model, position });
        self.models().flat_map(queued).any(|node| self.is_dirty(node))
    }

    /// What is to be told of each row that the next flush writes: in the order in which models and rows came.
    fn due(&self, fate: &Fate) -> Vec<(RowEvent, Node)> {
        let mut due = Vec::new();
        for model in self.models() {
            for node in self.concerned(model, fate) {
                if self.is_dirty(node) || fate.takes(node) {
                    let event = match (self.record(node).is_pending(), fate.takes(node)) {
                        (true, true) => continue,
                        (true, _) => RowEvent::BeforeInsert,
                        (_, true) => RowEvent::BeforeDelete,
                        _ => RowEvent::BeforeUpdate,
                    };
                    due.push((event, node));
                }
            }
        }
        due
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.rows.iter().map(|(event, ..)| format!("{event:?}"));
        let sessions = self.sessions.iter().map(|(event, _)| format!("{event:?}"));
        f.debug_list().entries(sessions.chain(rows)).finish()
    }
}
