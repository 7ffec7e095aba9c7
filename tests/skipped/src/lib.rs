//! The last lines of a whole test run: what was not tested for want of something that is not in the repository.
//!
//! Cargo runs documentation tests last, package by package in the order of their names, and shows an ignored one by the
//! name of what it stands on. The package is one of its own so that looking again at every build costs nothing.

/// ```ignore
/// The file `../shared/data/chinook/chinook.sql` is missing.
/// ```
#[cfg(all(doctest, chinook_is_missing))]
#[allow(missing_docs)]
pub mod the_chinook_tests_were_skipped_because_shared_data_chinook_chinook_sql_is_missing {}
