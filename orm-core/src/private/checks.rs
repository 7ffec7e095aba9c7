//! What the compiler checks of generated code: rules that look at two models, or at what a type says.
//!
//! The derive sees one struct. What needs more is a `const fn` here that reads the facts of both tables and panics,
//! while the application is compiled, with a sentence; it is called from the user's word, where the error then stands.
//! Invariant: these read tables, and nothing that a table's facts are made of calls them (that would be a cycle).

use super::links::check_mirrored;
use super::sentence::Sentence;
use crate::model::{
    Action, Column, ColumnFacts, Default, ForeignKey, Kind, Model, Relationship, RelationshipFacts,
    RelationshipMarker, SystemVersion, Table,
};
use crate::types::State;

use super::field::Field;

/// A key's type and the type of what it references are one.
#[diagnostic::on_unimplemented(
    message = "a key of type `{Self}` cannot reference `{Referenced}`",
    label = "this key is `{Self}`, and what it references is `{Referenced}`",
    note = "a key has the type of the column that it references, or an `Option` of it"
)]
pub trait References<Referenced> {
    /// Named to have the compiler look.
    const OK: () = ();
}

impl<T> References<T> for T {}

/// A relationship's target is the model that names it in `back_populates`.
#[diagnostic::on_unimplemented(
    message = "this relationship leads to `{Self}` and not back to `{Source}`",
    label = "leads to `{Self}`",
    note = "`back_populates` names the relationship of the other model that leads back to this one"
)]
pub trait LeadsBackTo<Source> {}

impl<M> LeadsBackTo<M> for M {}

/// The relationship `B` that the `back_populates` of `R` names.
pub struct Back<R, B>(Relationship<B>, Relationship<R>);

/// The relationship that `R` names. Generated code says this twice, for the index and for the check, because facts
/// that ask for each other's tables would be a cycle; the same words make the same error, and rustc shows it once.
#[rustfmt::skip]
pub const fn back<R: RelationshipMarker, B: RelationshipMarker<Target: LeadsBackTo<R::Source>>>(relationship: Relationship<B>) -> Back<R, B> {
    Back(relationship, Relationship::new())
}

impl<R: RelationshipMarker, B: RelationshipMarker> Back<R, B> {
    /// The relationship's position in its model's table.
    pub const fn index(&self) -> usize {
        self.0.index()
    }

    /// Checks that this relationship and the one at `index` of `table` are two sides of one key.
    #[track_caller]
    pub const fn check(&self, table: &'static Table, index: usize) {
        let there = B::Source::TABLE;
        let here = Side { table, relationship: &table.relationships[index] };
        let there = Side { table: there, relationship: &there.relationships[B::INDEX] };
        check_names(&here, &there, index);
        match here.relationship.kind {
            Kind::ManyToMany => check_mirrored::<R, B>(&here, &there),
            _ => check_sides(&here, &there),
        }
    }

    /// Checks that what the `cascade` of the relationship at `index` of `table` deletes may be deleted.
    #[track_caller]
    pub const fn check_cascade(&self, table: &'static Table, index: usize) {
        let there = B::Source::TABLE;
        let here = Side { table, relationship: &table.relationships[index] };
        let there = Side { table: there, relationship: &there.relationships[B::INDEX] };
        match (here.relationship.kind, there.relationship.kind) {
            (Kind::BelongsTo, Kind::HasMany) => check_belongs_to_one(&here, &there),
            (Kind::BelongsTo, _) => {}
            _ => check_key_agrees(&here, &there),
        }
    }
}

#[track_caller]
const fn check_sides(here: &Side, there: &Side) {
    check_kinds(here, there);
    if matches!(here.relationship.kind, Kind::HasOne) {
        check_unique_key(here, there);
    }
}

/// One side of a relationship.
pub(super) struct Side {
    pub(super) table: &'static Table,
    pub(super) relationship: &'static RelationshipFacts,
}

impl Sentence {
    pub(super) const fn side(self, side: &Side) -> Self {
        self.then("`").then(side.table.model).then("::").then(side.relationship.name).then("`")
    }
}

/// Each of the two names the other; else a change on one side would be shown on a third.
#[track_caller]
const fn check_names(here: &Side, there: &Side, index: usize) {
    let sentence = Sentence::new().side(there).then(" does not name ").side(here).then(" back");
    let sentence = match there.relationship.inverse {
        Some(inverse) if inverse == index => return,
        Some(inverse) => sentence.then(" but `").then(here.table.relationships[inverse].name).then("`"),
        None => sentence,
    };
    sentence
        .then(": write `back_populates = ")
        .then(here.relationship.name)
        .then("` there, or name another relationship here")
        .fail();
}

/// Exactly one side holds the key.
#[track_caller]
const fn check_kinds(here: &Side, there: &Side) {
    let sentence = Sentence::new().side(here).then(" and ").side(there);
    match (here.relationship.kind, there.relationship.kind) {
        (Kind::BelongsTo, Kind::BelongsTo) => {
            sentence.then(" both hold a key: one of them must be a `has_many` or a `has_one`").fail()
        }
        (_, Kind::ManyToMany) => sentence.then(" are not both a `many_to_many`").fail(),
        (Kind::BelongsTo, _) | (_, Kind::BelongsTo) => {}
        _ => sentence.then(" have no key between them: one of them must be a `belongs_to`").fail(),
    }
}

/// The far side of a one-to-one can only be one row if the key is unique.
#[track_caller]
const fn check_unique_key(here: &Side, there: &Side) {
    let key = &there.table.foreign_keys[there.relationship.foreign_key];
    if !there.table.is_unique(key.columns) {
        Sentence::new()
            .side(here)
            .then(" is a `has_one`, but the key of ")
            .side(there)
            .then(" is not unique: write `unique` there, or `has_many` here")
            .fail();
    }
}

/// What goes with the row that it belongs to is that row's alone.
#[track_caller]
const fn check_belongs_to_one(here: &Side, there: &Side) {
    Sentence::new()
        .side(here)
        .then(" would delete a `")
        .then(there.table.model)
        .then("` with one of the many in ")
        .side(there)
        .then(": take `cascade` away; to delete the many with their `")
        .then(there.table.model)
        .then("`, write `cascade = delete` there or `on_delete = cascade` here")
        .fail();
}

/// The session does not delete what the key says shall stay.
#[track_caller]
const fn check_key_agrees(here: &Side, there: &Side) {
    let says = match there.table.foreign_keys[there.relationship.foreign_key].on_delete {
        Action::Restrict => "restrict",
        Action::SetNull => "set_null",
        Action::SetDefault => "set_default",
        Action::NoAction | Action::Cascade => return,
    };
    Sentence::new()
        .side(here)
        .then(" deletes what the key of ")
        .side(there)
        .then(" keeps: write `on_delete = cascade` there instead of `")
        .then(says)
        .then("`, or take `cascade` away here")
        .fail();
}

/// A column that a key references, before the key is known.
pub struct Referenced<M, T>(Column<M, T>);

/// The column that a key references.
pub const fn referenced<M: Model, T: Field>(column: Column<M, T>) -> Referenced<M, T> {
    Referenced(column)
}

impl<M: Model, T: Field> Referenced<M, T> {
    /// The column's position, for a key of type `K`.
    #[expect(clippy::extra_unused_type_parameters, reason = "its bound is the check")]
    pub const fn by<K: Field<NotNull: References<T::NotNull>>>(&self) -> usize {
        self.0.index()
    }
}

/// What a foreign key references must be unique, or PostgreSQL refuses it.
#[track_caller]
pub const fn check_referenced(table: &'static Table, columns: &[usize]) {
    if table.is_deferrable(columns) {
        Sentence::new()
            .then("a foreign key cannot reference ")
            .columns(table, columns)
            .then(" of `")
            .then(table.model)
            .then("`, whose unique constraint is deferrable: take `deferrable` away there")
            .fail();
    }
    if !table.is_unique(columns) {
        Sentence::new()
            .then("a foreign key cannot reference ")
            .columns(table, columns)
            .then(" of `")
            .then(table.model)
            .then("`, which is neither unique nor the primary key: write `unique` there")
            .fail();
    }
}

impl Sentence {
    const fn columns(self, table: &'static Table, columns: &[usize]) -> Self {
        let mut sentence = self;
        let mut i = 0;
        while i < columns.len() {
            let before = if i == 0 { "`" } else { "`, `" };
            sentence = sentence.then(before).then(table.columns[columns[i]].field);
            i += 1;
        }
        sentence.then("`")
    }
}

/// A primary key's column is never NULL.
#[track_caller]
pub const fn check_key_column(table: &'static Table, column: usize) {
    let facts = &table.columns[column];
    if facts.nullable {
        Sentence::new()
            .then("`")
            .then(facts.field)
            .then("` is in the primary key of `")
            .then(table.model)
            .then("` and cannot be NULL: take the `Option` away")
            .fail();
    }
}

/// A row that is not deleted has NULL there.
#[track_caller]
pub const fn check_soft_delete(table: &'static Table, column: usize) {
    let facts = &table.columns[column];
    if !facts.nullable {
        Sentence::new()
            .then("`")
            .then(facts.field)
            .then("` is NULL in rows of `")
            .then(table.model)
            .then("` that are not deleted: make it an `Option`")
            .fail();
    }
}

/// Only an integer takes the next value of a sequence.
#[track_caller]
pub const fn check_identity<T: Field>(field: &str) {
    if !<T::KeyState as State>::IS_SET {
        Sentence::new().then("`").then(field).then("` cannot be an identity: it is not an integer").fail();
    }
}

/// The system column `xmin` is read into its own type.
pub const fn check_xmin<T: SystemVersion>() {}

/// `on_delete = set_null` and `set_default` need columns that can take that.
#[track_caller]
pub const fn check_action(table: &'static Table, foreign_key: usize, action: Action) {
    let key: &ForeignKey = &table.foreign_keys[foreign_key];
    let mut i = 0;
    while i < key.columns.len() {
        let column = &table.columns[key.columns[i]];
        match action {
            Action::SetNull if !column.nullable => refuse_action(
                column,
                "` cannot become NULL: make it an `Option`, or write `cascade` or `restrict`",
            ),
            Action::SetDefault if !column.nullable && matches!(column.default, Default::None) => {
                refuse_action(column, "` has no default to become: write `default = ..` for it");
            }
            _ => {}
        }
        i += 1;
    }
}

#[track_caller]
const fn refuse_action(column: &ColumnFacts, why: &str) {
    Sentence::new().then("`").then(column.field).then(why).fail();
}
