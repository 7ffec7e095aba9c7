//! Floor 5: from what changed in memory to the statements that say it, and back.
//!
//! A flush is *changes* (what is to be written), *plan* (pure: ordered steps), *execute* (the only part that awaits) and
//! *settle* (states change only after the statements succeeded). Each lives for one flush.

mod answers;
mod batch;
mod bulk;
mod cascade;
mod changes;
mod copy;
mod execute;
mod flush;
mod follow;
mod given;
mod handed;
mod hooks;
mod insert;
mod load;
mod order;
mod plan;
mod rekey;
mod released;
mod scope;
mod seldom;
mod settle;
mod soft;
mod stale;
mod statement;
mod step;
mod tables;
#[cfg(test)]
mod tests;
mod touch;
mod turns;
mod unique;
mod versions;
mod with;
mod write;

pub(crate) use batch::Batch;
pub(crate) use given::row_parameters;
pub(crate) use hooks::{Hooks, RowEvent, SessionEvent, WrittenRow};
pub use plan::Plan;
pub(crate) use scope::Scope;
pub(crate) use write::{Counted, ReadBack};
