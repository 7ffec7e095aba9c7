//! Floor 5: texts that a flush has written before.
//!
//! They follow from the facts of a table alone, and so are kept for all sessions. Invariant: no more than so many are kept,
//! and none with an expression of the application's.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use hashbrown::HashMap;

use super::Keys;
use crate::model::ColumnSet;
use crate::unit_of_work::plan::{Step, StepAction};

/// So many texts are kept; an application that has more begins anew.
const KEPT: usize = 1 << 12;

static TEXTS: LazyLock<Mutex<HashMap<Shape, Arc<str>>>> = LazyLock::new(Mutex::default);

/// All that the text of a statement for a step depends on.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Shape {
    model: usize,
    action: StepAction,
    is_of_many: bool,
    returned: ColumnSet,
    keys: Keys,
}

/// The text of a step's statement, which is written if it has not been before.
pub(in crate::unit_of_work) fn text(
    step: &Step,
    is_of_many: bool,
    keys: Keys,
    write: impl FnOnce(&Keys) -> String,
) -> Arc<str> {
    if !step.followers.is_empty() || step.rows.iter().any(|row| !row.assignments.is_empty()) {
        return write(&keys).into();
    }
    let (model, action, returned) = ((step.table.number)(), step.action, step.returned());
    let shape = Shape { model, action, is_of_many, returned, keys };
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(text) = texts.get(&shape) {
        return Arc::clone(text);
    }
    let text: Arc<str> = write(&shape.keys).into();
    if texts.len() >= KEPT {
        texts.clear();
    }
    texts.insert(shape, Arc::clone(&text));
    text
}
