//! Floor 2: the terms of ORDER BY.
//!
//! Invariant: what is not said is left to the server: NULLs come last, and first when the order is descending.

use super::{Expression, TableReference};
use crate::model::{Column, Model};

/// A term to order rows by. Columns make them: `User::name.desc().nulls_last()`; a column alone means ascending.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::select;
/// let sql = select::<User>().order_by(User::name.desc().nulls_last()).to_string();
/// assert!(sql.ends_with("ORDER BY users.name DESC NULLS LAST"));
/// ```
#[derive(Debug, Clone)]
#[must_use = "an order does nothing until a statement is ordered by it"]
pub struct OrderBy {
    pub(super) expression: Expression,
    pub(super) direction: &'static str,
    pub(super) nulls: &'static str,
}

impl OrderBy {
    /// Ascending order.
    pub(crate) const fn ascending(expression: Expression) -> Self {
        Self { expression, direction: "", nulls: "" }
    }

    /// Descending order.
    pub(crate) const fn descending(expression: Expression) -> Self {
        Self { expression, direction: " DESC", nulls: "" }
    }

    /// Rows where the term is NULL come before all others.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().order_by(User::name.asc().nulls_first()).to_string();
    /// assert!(sql.ends_with("ORDER BY users.name NULLS FIRST"));
    /// ```
    pub fn nulls_first(self) -> Self {
        Self { nulls: " NULLS FIRST", ..self }
    }

    /// Rows where the term is NULL come after all others.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::select;
    /// let sql = select::<User>().order_by(User::name.desc().nulls_last()).to_string();
    /// assert!(sql.ends_with("ORDER BY users.name DESC NULLS LAST"));
    /// ```
    pub fn nulls_last(self) -> Self {
        Self { nulls: " NULLS LAST", ..self }
    }

    /// The same over other columns, see [`Expression::map_sources`].
    pub(super) fn map_sources(self, change: &dyn Fn(TableReference) -> TableReference) -> Self {
        Self { expression: self.expression.map_sources(change), ..self }
    }
}

impl<M: Model, T> From<Column<M, T>> for OrderBy {
    fn from(column: Column<M, T>) -> Self {
        Self::ascending(TableReference::of(M::TABLE).column(column.index()))
    }
}
