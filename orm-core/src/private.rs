//! What generated code names, and nothing else may.

pub use crate::entity::{Entity, Handle, Live, Related};
pub use crate::graph::{IntoNew, New, NewChild};
pub use crate::model::{
    Action, CellError, Cells, Column, ColumnFacts, Default, ForeignKey, Kind, Model, ModelNumber,
    Relationship, RelationshipFacts, RelationshipMarker, Table,
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
