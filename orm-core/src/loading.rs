//! Floor 6: entities and their relationships come from the database.
//!
//! Eager by the options of a [`Select`], lazy by awaiting an accessor; both go through the same code. Invariant: a
//! relationship is loaded for many entities in one statement, never for one entity at a time in a loop.

mod criteria;
mod fetch;
mod joined;
mod lazy;
mod merge;
mod option;
mod relationship;
mod select;
mod statement;
mod step;

pub use criteria::with_loader_criteria;
pub(crate) use fetch::{Fetch, Reading, fetch, fetch_value};
pub(crate) use lazy::{load_attribute, load_for_known, load_lazily};
pub(crate) use merge::merge;
pub use option::{
    ContainsEager, LoadOption, Raise, RaiseAll, SelectIn, contains_eager, joinedload, lazyload, lazyload_all,
    noload, raiseload, raiseload_all, selectinload, subqueryload,
};
pub use select::{Scalar, Select, select};
