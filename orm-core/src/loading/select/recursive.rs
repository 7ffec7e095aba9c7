//! Floor 6: common tables that read themselves.

use super::{Cte, Select};
use crate::loading::ColumnList;
use crate::model::Selectable;
use crate::query::{Columns, Condition, OrderBy, Search, SelectStatement, SetOperator, TableReference};

impl<R: Selectable> Cte<R> {
    /// With the rows of a query that reads this one, again and again until there are no new ones: `UNION ALL`.
    ///
    /// ```
    /// # use orm_examples::chinook::sales::Employee; use orm_core::prelude::*;
    /// #[derive(FromRow)]
    /// struct Chain {
    ///     id: i32,
    ///     level: i32,
    /// }
    /// let heads = select::<Employee>().filter(Employee::manager_id.is_null());
    /// let heads = heads.columns(row!(Chain { id: Employee::id, level: Employee::id * 0 + 1 }));
    /// let below = select::<Employee>().join(table::<Chain>().on(Employee::manager_id.eq(Chain::id)));
    /// let below = below.columns(row!(Chain { id: Employee::id, level: Chain::level + 1 }));
    /// let chain = heads.cte().recursive(below).select();
    /// assert!(chain.to_string().starts_with("WITH RECURSIVE chain (id, level) AS ((SELECT"));
    /// ```
    pub fn recursive<S>(self, step: Select<Columns<R>, S>) -> Self {
        self.step(true, step)
    }

    /// As [`recursive`](Cte::recursive), without rows that are there already: so circles end. `UNION`.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*};
    /// #[derive(FromRow)]
    /// struct Number {
    ///     n: i64,
    /// }
    /// let one = values::<Number>().column(Number::n, [1]).table().select();
    /// let step = select_from::<Number>().filter(Number::n.lt(10)).columns(row!(Number { n: Number::n + 1 }));
    /// let numbers = one.cte().recursive_distinct(step).select();
    /// # let _ = numbers;
    /// ```
    pub fn recursive_distinct<S>(self, step: Select<Columns<R>, S>) -> Self {
        self.step(false, step)
    }

    fn step<S>(mut self, all: bool, step: Select<Columns<R>, S>) -> Self {
        if let Some(query) = self.table.query_mut() {
            let base = std::mem::take(query);
            *query = SelectStatement::combined(base, SetOperator::Union, all, step.into_part());
            self.table.recursive = true;
        }
        self
    }

    /// The rows of a recursive query can be ordered by [`search_order`] so that each stands behind the one that it was found
    /// from, before others at that level: `SEARCH DEPTH FIRST BY`. Those at one place come in the order of these columns.
    ///
    /// ```
    /// # use orm_examples::chinook::sales::Employee; use orm_core::{prelude::*, search_order};
    /// #[derive(FromRow)]
    /// struct Chain {
    ///     id: i32,
    /// }
    /// let heads = select::<Employee>().filter(Employee::manager_id.is_null()).columns(row!(Chain { id: Employee::id }));
    /// let below = select::<Employee>().join(table::<Chain>().on(Employee::manager_id.eq(Chain::id)));
    /// let chain = heads.cte().recursive(below.columns(row!(Chain { id: Employee::id })));
    /// let tree = chain.search_depth_first(Chain::id).select().order_by(search_order::<Chain>());
    /// assert!(tree.to_string().contains(") SEARCH DEPTH FIRST BY id SET orm_order SELECT chain.id FROM chain ORDER BY"));
    /// ```
    pub fn search_depth_first(mut self, by: impl ColumnList<R>) -> Self {
        self.table.search = Some((Search::DepthFirst, by.in_order()));
        self
    }

    /// The rows of a recursive query can be ordered by [`search_order`] so that those come first that were found in fewer
    /// steps: `SEARCH BREADTH FIRST BY`. Those of one level come in the order of these columns.
    ///
    /// ```
    /// # use orm_core::{func, prelude::*, search_order};
    /// #[derive(FromRow)]
    /// struct Number {
    ///     n: i64,
    /// }
    /// let one = values::<Number>().column(Number::n, [1]).table().select();
    /// let step = select_from::<Number>().filter(Number::n.lt(10)).columns(row!(Number { n: Number::n * 2 }));
    /// let numbers = one.cte().recursive(step).search_breadth_first(Number::n).select().order_by(search_order::<Number>());
    /// # let _ = numbers;
    /// ```
    pub fn search_breadth_first(mut self, by: impl ColumnList<R>) -> Self {
        self.table.search = Some((Search::BreadthFirst, by.in_order()));
        self
    }

    /// Does not go on from a row that is equal in these columns to one on the way to it, so that circles end: `CYCLE`. Such
    /// a row is there, and [`is_cycle`] holds for it.
    ///
    /// ```
    /// # use orm_examples::chinook::sales::Employee; use orm_core::{prelude::*, is_cycle};
    /// #[derive(FromRow)]
    /// struct Chain {
    ///     id: i32,
    /// }
    /// let heads = select::<Employee>().columns(row!(Chain { id: Employee::id }));
    /// let below = select::<Employee>().join(table::<Chain>().on(Employee::manager_id.eq(Chain::id)));
    /// let chain = heads.cte().recursive(below.columns(row!(Chain { id: Employee::id })));
    /// let circles = chain.cycle(Chain::id).select().filter(is_cycle::<Chain>());
    /// assert!(circles.to_string().contains(") CYCLE id SET orm_is_cycle USING orm_path SELECT chain.id FROM chain WHERE"));
    /// ```
    pub fn cycle(mut self, by: impl ColumnList<R>) -> Self {
        self.table.cycle = Some(by.in_order());
        self
    }
}

/// The order in which a recursive query has found its rows, see [`Cte::search_depth_first`] and
/// [`Cte::search_breadth_first`], of which the query must have one.
///
/// ```
/// # use orm_core::{prelude::*, search_order};
/// # #[derive(FromRow)]
/// # struct Chain {
/// #     id: i32,
/// # }
/// let query = select_from::<Chain>().order_by(search_order::<Chain>().desc());
/// assert!(query.to_string().ends_with("ORDER BY chain.orm_order DESC"));
/// ```
pub fn search_order<R: Selectable>() -> OrderBy<R> {
    OrderBy::ascending(TableReference::to::<R>().made_column("orm_order"))
}

/// Whether a row of a recursive query has been on the way to it before, see [`Cte::cycle`], which the query must have.
///
/// ```
/// # use orm_core::{prelude::*, is_cycle};
/// # #[derive(FromRow)]
/// # struct Chain {
/// #     id: i32,
/// # }
/// let query = select_from::<Chain>().filter(!is_cycle::<Chain>());
/// assert!(query.to_string().ends_with("WHERE NOT (chain.orm_is_cycle)"));
/// ```
pub fn is_cycle<R: Selectable>() -> Condition<R> {
    Condition::new(TableReference::to::<R>().made_column("orm_is_cycle"))
}
