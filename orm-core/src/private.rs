//! What generated code names, and nothing else may.

#[path = "private/checks.rs"]
mod checks;
#[path = "private/field.rs"]
mod field;

pub use std::marker::PhantomData;

pub use self::checks::{
    Back, References, back, check_action, check_identity, check_key_column, check_referenced, check_xmin,
    referenced,
};
pub use self::field::{DeferredField, Field, Target};
pub use crate::entity::{DeferredColumn, Entity, Handle, Live, Related};
pub use crate::graph::{IntoNew, IntoRow, New, NewChild, NodeRef, new_arena};
pub use crate::model::{
    Action, Cascade, CellError, Cells, Column, ColumnFacts, Default, Deferral, ForeignKey, Kind, Lazy, Model,
    ModelNumber, NotSerialize, Relationship, RelationshipFacts, RelationshipMarker, SerializerOf, Table,
    Version,
};
pub use crate::types::{
    Cardinality, ColumnType, DataType, IntoColumn, Many, Missing, Optional, Required, Set, SqlType, State,
    Value,
};

pub use crate::types::enumeration::{
    accepts_label, compare_variants, first_variant, hash_variant, read_label, write_label,
};
pub use crate::types::newtype::{
    compare_newtypes, hash_newtype, read_newtype, reads_newtype, same_newtype, unset_newtype, write_newtype,
    writes_newtype,
};
pub use crate::types::{ArrayElement, ColumnEnum, ColumnNewtype, DecodeError};
pub use bytes::BytesMut;
pub use postgres_types;

/// Lets new rows come with `new` and belong to it, over the relationship at position `RELATIONSHIP` of their table.
pub fn children<M, I, const RELATIONSHIP: usize>(new: New<M>, children: I) -> New<M>
where
    M: Model,
    I: IntoIterator,
    I::Item: NewChild<M, RELATIONSHIP>,
{
    children.into_iter().fold(new, |new, child| new.child(RELATIONSHIP, child.into_row()))
}
