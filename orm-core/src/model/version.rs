//! Floor 1: the column that tells the versions of a row apart.

use std::fmt;

use crate::types::{Counter, Value, Xid};

/// The column that tells the versions of a row apart, so that nobody writes over what he has not seen.
///
/// ```
/// # use orm_core::Model;
/// #[derive(Model, Debug, Clone)]
/// struct Account {
///     #[orm(primary_key)]
///     id: i64,
///     balance: i64,
///     #[orm(version)]
///     version: i32,
/// }
/// let version = Account::TABLE.version.unwrap();
/// assert_eq!(version.column, Account::version.index());
/// assert!(version.is_counter());
/// ```
#[derive(Clone, Copy)]
pub struct Version {
    /// The column's position.
    pub column: usize,
    next: Option<Next>,
}

/// The version after one, or the first.
type Next = fn(Option<&dyn Value>) -> Box<dyn Value>;

impl Version {
    /// A column that counts.
    ///
    /// ```
    /// # use orm_core::model::Version;
    /// assert!(Version::counter::<i64>(2).is_counter());
    /// ```
    pub const fn counter<T: Counter>(column: usize) -> Self {
        Self { column, next: Some(next::<T>) }
    }

    /// A column whose values the server makes.
    ///
    /// ```
    /// # use orm_core::model::Version;
    /// assert!(!Version::server(2).is_counter());
    /// ```
    pub const fn server(column: usize) -> Self {
        Self { column, next: None }
    }

    /// Whether the session counts; else the server makes the values.
    ///
    /// ```
    /// # use orm_core::model::Version;
    /// assert!(Version::counter::<i32>(0).is_counter());
    /// ```
    pub const fn is_counter(&self) -> bool {
        self.next.is_some()
    }

    /// The version after this one, or the first; `None` if the server makes it.
    pub(crate) fn next(&self, version: Option<&dyn Value>) -> Option<Box<dyn Value>> {
        Some(self.next?(version))
    }
}

fn next<T: Counter>(version: Option<&dyn Value>) -> Box<dyn Value> {
    let version = version.and_then(Value::as_any).and_then(<dyn std::any::Any>::downcast_ref::<T>);
    Box::new(version.map_or(T::FIRST, T::after))
}

/// What `version = xmin` asks of a field's type.
#[diagnostic::on_unimplemented(
    message = "`xmin` cannot be read into `{Self}`",
    label = "not `Xid`",
    note = "the system column has a type of its own: make the field an `orm_core::types::Xid`"
)]
pub trait SystemVersion {}

#[diagnostic::do_not_recommend]
impl SystemVersion for Xid {}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Version")
            .field("column", &self.column)
            .field("is_counter", &self.is_counter())
            .finish_non_exhaustive()
    }
}
