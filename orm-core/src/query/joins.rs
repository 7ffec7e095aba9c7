//! Floor 2: relationships between sources, one of which is an alias.

use std::fmt;
use std::marker::PhantomData;

use super::Aliased;
use crate::model::{Model, Relationship, RelationshipMarker};

/// A relationship between two sources, one of which is an alias. Made by [`Relationship::to`] and [`Aliased::rel`].
///
/// ```
/// # use orm_examples::chinook::sales::Employee; use orm_core::prelude::*;
/// alias!(Manager = Employee);
/// let query = select::<Employee>().join(Employee::manager.to::<Manager>());
/// assert!(query.to_string().ends_with("JOIN employee AS manager ON employee.reports_to = manager.employee_id"));
/// ```
pub struct RelationshipTo<R, Source, Target>(PhantomData<fn() -> (R, Source, Target)>);

impl<R, Source, Target> RelationshipTo<R, Source, Target> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }

    /// To this alias of the target.
    ///
    /// ```
    /// # use orm_examples::chinook::sales::Employee; use orm_core::prelude::*;
    /// alias!(Manager = Employee);
    /// alias!(Report = Employee);
    /// let query = select::<Employee>()
    ///     .join(Employee::manager.to::<Manager>())
    ///     .join(Manager::rel(Employee::reports).to::<Report>());
    /// # let _ = query;
    /// ```
    pub fn to<A>(self) -> RelationshipTo<R, Source, A>
    where
        R: RelationshipMarker,
        A: Aliased<Of = R::Target>,
    {
        RelationshipTo::new()
    }
}

impl<R: RelationshipMarker> Relationship<R> {
    /// To this alias of the target, so that the target's table can stand in a statement several times.
    ///
    /// ```
    /// # use orm_examples::chinook::sales::Employee; use orm_core::prelude::*;
    /// alias!(Manager = Employee);
    /// let query = select::<Employee>()
    ///     .left_join(Employee::manager.to::<Manager>())
    ///     .filter(Manager::col(Employee::last_name).eq("Adams"));
    /// # let _ = query;
    /// ```
    pub fn to<A: Aliased<Of = R::Target>>(self) -> RelationshipTo<R, R::Source, A> {
        RelationshipTo::new()
    }
}

impl<R, Source, Target> Clone for RelationshipTo<R, Source, Target> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, Source, Target> Copy for RelationshipTo<R, Source, Target> {}

impl<R: RelationshipMarker, Source, Target> fmt::Debug for RelationshipTo<R, Source, Target> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", R::Source::TABLE.model, R::NAME)
    }
}
