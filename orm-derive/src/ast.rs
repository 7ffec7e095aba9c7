//! What the user wrote: a struct, its columns, its keys and its relationships.
//!
//! Invariant: columns and keys are named by their positions, as in the facts; what could not be read is left out and
//! has an error.

mod automatic;
mod deferred;
mod many_to_many;
mod read;

use proc_macro2::Span;
use syn::{Ident, LitStr, Type, Visibility};

use self::automatic::Automatic;
pub(crate) use self::deferred::Deferral;
pub(crate) use self::many_to_many::{Over, Secondary};
pub(crate) use self::read::named_fields;
use crate::attr::Choice;
use crate::names;

/// A struct that is to be a model.
pub(crate) struct Model<'a> {
    pub(crate) vis: &'a Visibility,
    pub(crate) ident: &'a Ident,
    pub(crate) table: Option<LitStr>,
    pub(crate) schema: Option<LitStr>,
    pub(crate) columns: Vec<Column<'a>>,
    pub(crate) primary_key: Vec<usize>,
    pub(crate) foreign_keys: Vec<ForeignKey>,
    pub(crate) relationships: Vec<Relationship>,
    pub(crate) uniques: Vec<Vec<usize>>,
    /// Those of the unique columns, alone or several, that are checked at the end of a statement.
    pub(crate) deferrable: Vec<Vec<usize>>,
    pub(crate) indexes: Vec<Vec<usize>>,
}

/// A field.
pub(crate) struct Column<'a> {
    pub(crate) vis: &'a Visibility,
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
    pub(crate) primary_key: bool,
    pub(crate) unique: Option<Span>,
    pub(crate) index: Option<Span>,
    pub(crate) identity: Option<Identity>,
    pub(crate) default: Option<Expression>,
    /// The column is the value of this.
    pub(crate) generated: Option<Expression>,
    pub(crate) version: Option<Version>,
    pub(crate) fetched: Option<Span>,
    pub(crate) deferred: Option<Deferral>,
    pub(crate) automatic: Automatic,
    pub(crate) name: Option<LitStr>,
    pub(crate) declared_type: Option<LitStr>,
    /// Whether a foreign key was written on the field.
    pub(crate) is_key: bool,
}

/// `identity` or `identity = false`.
#[derive(Clone, Copy)]
pub(crate) struct Identity {
    pub(crate) wanted: bool,
    pub(crate) span: Span,
}

/// `version`, `version = server` or `version = xmin`.
#[derive(Clone, Copy)]
pub(crate) struct Version {
    pub(crate) kind: VersionKind,
    pub(crate) span: Span,
}

/// Who makes a version.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum VersionKind {
    Counter,
    Server,
    Xmin,
}

/// `default = ..`, `generated = ..` and the like.
pub(crate) struct Expression {
    pub(crate) sql: String,
    pub(crate) span: Span,
}

/// A foreign key, with or without a relationship.
pub(crate) struct ForeignKey {
    pub(crate) columns: Vec<usize>,
    pub(crate) target: Type,
    /// The target's columns; none for its primary key.
    pub(crate) references: Vec<Ident>,
    pub(crate) on_delete: Option<Choice>,
    pub(crate) on_update: Option<Choice>,
    /// Where a key of several columns was written.
    pub(crate) span: Span,
    /// Whether it is known which column references which.
    pub(crate) is_paired: bool,
}

/// What a relationship is, spelled as in the facts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    BelongsTo,
    HasOne,
    HasMany,
    ManyToMany,
}

/// A relationship.
pub(crate) struct Relationship {
    pub(crate) vis: Option<Visibility>,
    pub(crate) ident: Ident,
    pub(crate) kind: Kind,
    pub(crate) target: Type,
    pub(crate) back_populates: Option<Ident>,
    pub(crate) lazy: Option<Choice>,
    pub(crate) cascade: Option<Choice>,
    pub(crate) write_only: Option<Span>,
    /// The key's position, for [`Kind::BelongsTo`].
    pub(crate) foreign_key: usize,
    /// What a [`Kind::ManyToMany`] goes over.
    pub(crate) over: Option<Over>,
}

impl Model<'_> {
    /// The table's name.
    pub(crate) fn table_name(&self) -> String {
        let written = self.table.as_ref().map(LitStr::value);
        written.unwrap_or_else(|| names::snake_case(&names::plain(self.ident)))
    }

    /// The position of the field that is called so.
    pub(crate) fn column(&self, name: &Ident) -> Option<usize> {
        let name = names::plain(name);
        self.columns.iter().position(|column| names::plain(column.ident) == name)
    }

    /// Whether the column is part of a foreign key.
    pub(crate) fn is_foreign(&self, column: usize) -> bool {
        self.foreign_keys.iter().any(|key| key.columns.contains(&column))
    }

    /// Whether the column is the primary key, and nothing but its type says who makes its values.
    pub(crate) fn is_generated_by_type(&self, column: usize) -> bool {
        self.primary_key == [column]
            && !self.is_foreign(column)
            && self.columns[column].identity.is_none()
            && !self.columns[column].is_filled_in()
    }

    /// The version column.
    pub(crate) fn version(&self) -> Option<(usize, Version)> {
        self.columns.iter().enumerate().find_map(|(column, facts)| Some((column, facts.version?)))
    }

    /// The columns of a relationship's key in this table.
    pub(crate) fn key_of(&self, relationship: &Relationship) -> &[usize] {
        &self.foreign_keys[relationship.foreign_key].columns
    }
}

impl Column<'_> {
    /// The name in the database.
    pub(crate) fn name(&self) -> String {
        let own =
            || if self.is_version(VersionKind::Xmin) { "xmin".into() } else { names::plain(self.ident) };
        self.name.as_ref().map_or_else(own, LitStr::value)
    }

    /// Whether the column has its first value without the application, whatever its type.
    pub(crate) fn is_filled_in(&self) -> bool {
        self.default_sql().is_some()
            || self.identity.is_some_and(|identity| identity.wanted)
            || self.generated.is_some()
            || self.version.is_some()
            || self.fetched.is_some()
    }

    /// Whether only the server writes the column.
    pub(crate) fn is_read_only(&self) -> bool {
        self.generated.is_some() || self.is_version(VersionKind::Server) || self.is_version(VersionKind::Xmin)
    }

    pub(crate) fn is_version(&self, kind: VersionKind) -> bool {
        self.version.is_some_and(|version| version.kind == kind)
    }
}
