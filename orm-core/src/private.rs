//! What generated code names, and nothing else may.

#[path = "private/checks.rs"]
mod checks;
#[path = "private/field.rs"]
mod field;
#[path = "private/links.rs"]
mod links;
#[path = "private/secondary.rs"]
mod secondary;
#[path = "private/sentence.rs"]
mod sentence;

pub use std::marker::PhantomData;
pub use std::option::Option::{self, None, Some};

pub use self::checks::{
    Back, References, back, check_action, check_identity, check_key_column, check_referenced,
    check_soft_delete, check_xmin, referenced,
};
pub use self::field::{DeferredField, Field, Target};
pub use self::links::{LeadsBack, LeadsTo, links_of, source, target, through};
pub use self::secondary::{KeyColumn, LinkRow, OverTable, Secondary, check_secondary};
pub use crate::entity::{DeferredColumn, Entity, Handle, Live, Related};
pub use crate::error::Result;
pub use crate::graph::{Builder, ChildBuilder, IntoNew, IntoRow, New, NewChild, NodeRef, Nothing};
pub use crate::loading::{FromRow, RowReader, RowValues, Shape};
pub use crate::model::{
    Action, AnyModel, Cascade, CellError, Cells, Column, ColumnFacts, Default, Deferral, ForeignKey, Kind,
    Lazy, Model, ModelNumber, NotSerialize, Relationship, RelationshipFacts, RelationshipMarker, Selectable,
    SerializerOf, Table, Through, Version,
};
pub use crate::query::Braces;
pub use crate::query::{interpolate, raw_sql};
pub use crate::types::{
    Cardinality, ColumnType, DataType, IntoColumn, Many, Missing, Optional, Required, Set, SqlType, State,
    Value, WriteOnly,
};

pub use crate::query::{SnakeCase, field, row};
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

/// A relationship's facts.
pub const fn relationship<R: RelationshipMarker>(
    kind: Kind,
    foreign_key: usize,
    inverse: Option<usize>,
) -> RelationshipFacts {
    let through = match kind {
        Kind::ManyToMany => Some(way::<R> as fn() -> &'static Through),
        _ => None,
    };
    RelationshipFacts {
        name: R::NAME,
        kind,
        target: <R::Target as AnyModel>::table,
        foreign_key,
        inverse,
        lazy: Lazy::Select,
        cascade: Cascade::None,
        through,
        hidden: false,
        target_path: <R::Target as Model>::PATH,
    }
}

/// The same, where the model says how it is loaded and what is deleted along.
pub const fn with(facts: &RelationshipFacts, lazy: Lazy, cascade: Cascade) -> RelationshipFacts {
    RelationshipFacts { lazy, cascade, ..*facts }
}

/// Read when it is asked for: a way is found by the facts of tables, which name it.
fn way<R: RelationshipMarker>() -> &'static Through {
    R::THROUGH.expect("a many-to-many has a way")
}

/// The facts of the hidden relationship by which a many-to-many reaches its links in a bare table.
pub const fn links<L: Model>(name: &'static str, inverse: usize) -> RelationshipFacts {
    RelationshipFacts {
        name,
        kind: Kind::HasMany,
        target: <L as AnyModel>::table,
        foreign_key: 0,
        inverse: Some(inverse),
        lazy: Lazy::Select,
        cascade: Cascade::None,
        through: None,
        hidden: true,
        target_path: "",
    }
}

/// Lets a new row be linked with these entities, over the many-to-many `R`.
pub fn linked<'e, R>(
    new: New<R::Source>,
    entities: impl IntoIterator<Item = &'e Entity<R::Target>>,
) -> New<R::Source>
where
    R: RelationshipMarker,
    R::Target: Live,
{
    entities.into_iter().fold(new, |new, entity| new.linked::<R::Link>(R::INDEX, Entity::node(entity)))
}

/// Lets new rows come with `new` and belong to it, over the relationship at position `RELATIONSHIP` of their table.
pub fn children<M, I, const RELATIONSHIP: usize>(new: New<M>, children: I) -> New<M>
where
    M: Model,
    I: IntoIterator,
    I::Item: NewChild<M, RELATIONSHIP>,
{
    children.into_iter().fold(new, |new, child| new.child(RELATIONSHIP, child.into_row()))
}
