//! Floor 7: entities as parts of a row.

use super::{Entity, Live};
use crate::error::{Error, Result};
use crate::loading::{FromRow, RowReader, Shape};

/// The entity whose columns these are: the one of the session, whatever statement brings it.
#[diagnostic::do_not_recommend]
impl<M: Live> FromRow for Entity<M> {
    #[inline(always)]
    fn shape(shape: &mut Shape) {
        shape.entity(M::TABLE);
    }

    fn from_row(row: &mut RowReader<'_>) -> Result<Self> {
        Option::<Self>::from_row(row)?.ok_or_else(|| Error::no_entity(M::TABLE.model))
    }
}

/// The entity, or `None` where its key is NULL, as in a row of an outer join that has no match.
#[diagnostic::do_not_recommend]
impl<M: Live> FromRow for Option<Entity<M>> {
    #[inline(always)]
    fn shape(shape: &mut Shape) {
        shape.entity(M::TABLE);
    }

    fn from_row(row: &mut RowReader<'_>) -> Result<Self> {
        let place = row.entity(M::TABLE);
        Ok(place.map(|(scope, position)| Entity::at(scope, position)))
    }
}
