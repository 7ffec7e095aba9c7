//! Floor 3: the object graph.

mod new;

pub use new::{IntoNew, New, NewChild, NodeRef};
