//! Floor 1: a column as a constant.

use std::fmt;
use std::marker::PhantomData;

use super::{ColumnFacts, Selectable};

/// A column of the model `M` whose field has the type `T`, as a constant: `User::email`.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::prelude::*;
/// assert_eq!(format!("{:?}", User::email), "User::email");
/// assert_eq!(format!("{:?}", User::email.eq("ann@example.org")), "Condition(users.email = $1)");
/// ```
pub struct Column<M, T> {
    index: usize,
    types: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Column<M, T> {
    /// The column at this position of the model's table.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::Column;
    /// let email: Column<User, String> = Column::new(2);
    /// assert_eq!(format!("{email:?}"), "User::email");
    /// ```
    pub const fn new(index: usize) -> Self {
        Self { index, types: PhantomData }
    }

    /// The column's position in its model's table.
    ///
    /// ```
    /// # use orm_examples::blog::User;
    /// assert_eq!(User::email.index(), 2);
    /// ```
    #[inline(always)]
    pub const fn index(&self) -> usize {
        self.index
    }
}

impl<M: Selectable, T> Column<M, T> {
    /// What is known of the column.
    ///
    /// ```
    /// # use orm_examples::blog::User;
    /// assert!(User::email.facts().unique);
    /// assert_eq!(User::name.facts().sql_type.to_string(), "text");
    /// ```
    pub fn facts(&self) -> &'static ColumnFacts {
        &M::SOURCE.columns[self.index]
    }
}

impl<M, T> Clone for Column<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for Column<M, T> {}

impl<M: Selectable, T> fmt::Debug for Column<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", M::SOURCE.model, self.facts().field)
    }
}
