//! Floor 6: entities and their relationships come from the database.
//!
//! Eager by the options of a [`Select`], lazy by awaiting an accessor; both go through the same code. Invariant: a
//! relationship is loaded for many entities in one statement, never for one entity at a time in a loop.

mod eager;
mod fetch;
mod joined;
mod lazy;
mod links;
mod option;
mod relationship;
mod select;

pub(crate) use eager::load_for_known;
pub(crate) use fetch::{Fetch, fetch, fetch_value};
pub(crate) use lazy::{load_attribute, load_lazily};
pub(crate) use option::{Load, Strategy};
pub use option::{LoadOption, joinedload, selectinload};
pub use select::{Scalar, Select, select};
