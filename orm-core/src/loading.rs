//! Floor 6: entities and their relationships come from the database.
//!
//! Eager by the options of a [`Select`], lazy by awaiting an accessor; both go through the same code. Invariant: a
//! relationship is loaded for many entities in one statement, never for one entity at a time in a loop.

mod columns;
mod criteria;
mod fetch;
mod joined;
mod lazy;
mod merge;
mod option;
mod pages;
mod predicates;
mod relationship;
mod rows;
mod select;
mod statement;
mod step;

pub(crate) use columns::load_column;
pub use criteria::with_loader_criteria;
pub(crate) use fetch::{Fetch, Reading, fetch};
pub(crate) use lazy::{load_attribute, load_for_known, load_lazily};
pub(crate) use merge::merge;
pub use option::{BeginsAt, LoadsParts, OptionOf};
pub use option::{
    ColumnList, ContainsEager, Defer, LoadOption, Raise, RaiseAll, SelectIn, contains_eager, defer,
    joinedload, lazyload, lazyload_all, load_only, noload, raiseload, raiseload_all, selectinload,
    subqueryload, undefer, undefer_group,
};
pub use pages::{Cursor, CursorValues, Page, PageOrder, Pages};
pub(crate) use predicates::leads_to;
pub(crate) use rows::{
    Chunks, Mapping, Returned, RowQuery, execute_raw, fetch_rows, fetch_select, fetch_shape, read_returned,
    read_with,
};
pub use rows::{FromRow, RowMapping, RowReader, Shape};
pub use select::Query;
pub(crate) use select::UntypedSelect;
pub use select::select_row;
pub use select::{
    Combined, Cte, JoinTo, On, RowValues, Select, TableSource, nth_column, select, select_from, table, values,
};
pub use select::{Keeps, RowsOf, is_cycle, search_order};
pub(crate) use statement::ends;
