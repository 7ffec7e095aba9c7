//! The rows of a bare table that links two models: a model of two columns, which no application names.
//!
//! The derive says the table's name and its options; this is the model. Invariant: the first column refers to the side
//! that names the table, the second to the other, and both are the primary key.

use std::ops::Deref;

use super::field::Field;
use super::links::is_same;
use super::sentence::Sentence;
use crate::entity::{Handle, Live};
use crate::model::{
    Action, AnyModel, Cascade, CellError, Cells, ColumnFacts, ForeignKey, Kind, Lazy, Model,
    RelationshipFacts, RelationshipMarker, Serializer, Table,
};
use crate::types::{DataType, Value};

/// A many-to-many that names a table. The derive implements it for the relationship's marker.
pub trait OverTable: RelationshipMarker {
    /// The key of the side that names the table.
    type Near: DataType;
    /// The key of the other side.
    type Far: DataType;
    /// What tells the links from those of every other table while the application is compiled.
    const PATH: &'static str;
    /// The table's name.
    const TABLE_NAME: &'static str;
    /// The table's schema.
    const SCHEMA: Option<&'static str>;
    /// The columns' names; without them, they are made of the models' and their keys' names.
    const COLUMNS: Option<[&'static str; 2]>;
    /// What becomes of the links when a row of either side goes.
    const ON_DELETE: Action;
    /// The hidden to-many of each side that leads to the links, as far as there is one.
    const LINKS: [Option<usize>; 2];
    /// The link model's number.
    fn number() -> usize;
}

/// The type of a key's column: of its first, if it has several, which the check refuses.
pub trait KeyColumn {
    /// The column's type.
    type Column: DataType;
}

impl<T: DataType> KeyColumn for T {
    type Column = T;
}

impl<A: DataType, B> KeyColumn for (A, B) {
    type Column = A;
}

impl<A: DataType, B, C> KeyColumn for (A, B, C) {
    type Column = A;
}

impl<A: DataType, B, C, D> KeyColumn for (A, B, C, D) {
    type Column = A;
}

/// A model that names the table of a many-to-many; the other side finds the links here, by the relationship's name.
#[diagnostic::on_unimplemented(
    message = "the relationship of `{Self}` that is named here says no table",
    label = "how are the two linked?",
    note = "write `secondary = \"..\"`, the name of a table, on exactly one of the two sides; or `through = ..`, a model of the \
            links, on both"
)]
pub trait Secondary<const RELATIONSHIP: u64> {
    /// The links.
    type Link: Live;
}

/// A row of a bare table.
#[derive(Clone)]
pub struct LinkRow<R: OverTable> {
    near: R::Near,
    far: R::Far,
}

impl<R: OverTable> LinkRow<R> {
    const NAMES: &'static [Name; 2] = &[Name::of(R::Source::TABLE), Name::of(R::Target::TABLE)];

    const fn column<K: Field>(place: usize, target: &'static Table) -> ColumnFacts {
        let name = match R::COLUMNS {
            Some(names) => names[place],
            None => Self::NAMES[place].as_str(),
        };
        let declared_type = target.columns[target.primary_key[0]].declared_type;
        // The primary key finds the links of the first; those of the other need an index.
        ColumnFacts { field: name, name, declared_type, index: place == 1, ..K::FACTS }
    }

    const fn key<M: Model>(columns: &'static [usize]) -> ForeignKey {
        let (target, references) = (<M as AnyModel>::table, <M as AnyModel>::primary_key);
        ForeignKey { columns, target, references, on_delete: R::ON_DELETE, on_update: Action::NoAction }
    }

    const fn side<M: Model>(place: usize) -> RelationshipFacts {
        RelationshipFacts {
            name: M::TABLE.model,
            kind: Kind::BelongsTo,
            target: <M as AnyModel>::table,
            foreign_key: place,
            inverse: R::LINKS[place],
            lazy: Lazy::Select,
            cascade: Cascade::None,
            through: None,
            hidden: true,
            target_path: M::PATH,
        }
    }
}

impl<R: OverTable> Model for LinkRow<R> {
    type Key = (R::Near, R::Far);

    const TABLE: &'static Table = &Table {
        model: R::TABLE_NAME,
        schema: R::SCHEMA,
        name: R::TABLE_NAME,
        columns: &[Self::column::<R::Near>(0, R::Source::TABLE), Self::column::<R::Far>(1, R::Target::TABLE)],
        primary_key: &[0, 1],
        foreign_keys: &[Self::key::<R::Source>(&[0]), Self::key::<R::Target>(&[1])],
        relationships: &[Self::side::<R::Source>(0), Self::side::<R::Target>(1)],
        uniques: &[],
        deferrable: &[],
        indexes: &[],
        version: None,
        number: R::number,
        unset: <Self as AnyModel>::unset,
        serializer: Serializer::NONE,
    };

    const PATH: &'static str = <R as OverTable>::PATH;

    fn number() -> usize {
        R::number()
    }

    fn copied(&self) -> Self {
        self.clone()
    }

    fn unset() -> Self {
        Self { near: <R::Near as Field>::unset(), far: <R::Far as Field>::unset() }
    }

    fn key(&self) -> Self::Key {
        (self.near.clone(), self.far.clone())
    }

    fn decode(cells: &Cells<'_>) -> Result<Self, CellError> {
        Ok(Self { near: Field::decode(cells, 0)?, far: Field::decode(cells, 1)? })
    }

    fn value(&self, column: usize) -> &dyn Value {
        match column {
            0 => &self.near,
            _ => &self.far,
        }
    }

    fn value_mut(&mut self, column: usize) -> &mut dyn Value {
        match column {
            0 => &mut self.near,
            _ => &mut self.far,
        }
    }
}

/// What an entity of a bare row would be; no application has one.
#[derive(Clone)]
pub struct LinkAccessors<R: OverTable>(Handle<LinkRow<R>>);

impl<R: OverTable> From<Handle<LinkRow<R>>> for LinkAccessors<R> {
    fn from(handle: Handle<LinkRow<R>>) -> Self {
        Self(handle)
    }
}

impl<R: OverTable> AsRef<Handle<LinkRow<R>>> for LinkAccessors<R> {
    fn as_ref(&self) -> &Handle<LinkRow<R>> {
        &self.0
    }
}

impl<R: OverTable> Deref for LinkAccessors<R> {
    type Target = LinkRow<R>;

    fn deref(&self) -> &LinkRow<R> {
        self.0.value()
    }
}

impl<R: OverTable> Live for LinkRow<R> {
    type Accessors = LinkAccessors<R>;
}

/// How many bytes of a name PostgreSQL keeps.
const LONGEST: usize = 63;

/// A column's name, made of its target: `post_id`.
struct Name {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Name {
    /// The model's name in snake case and its key's column. What is too long is cut off, and refused by the check.
    const fn of(target: &'static Table) -> Self {
        let model = target.model.as_bytes();
        let mut name = Self { bytes: [0; LONGEST], len: 0 };
        let mut i = 0;
        while i < model.len() {
            let after_lower = i > 0 && !model[i - 1].is_ascii_uppercase();
            let before_lower = i > 0 && i + 1 < model.len() && model[i + 1].is_ascii_lowercase();
            if model[i].is_ascii_uppercase() && (after_lower || before_lower) && model[i - 1] != b'_' {
                name = name.then(b'_');
            }
            name = name.then(model[i].to_ascii_lowercase());
            i += 1;
        }
        name = name.then(b'_');
        let key = target.columns[target.primary_key[0]].name.as_bytes();
        let mut i = 0;
        while i < key.len() {
            name = name.then(key[i]);
            i += 1;
        }
        name
    }

    const fn then(mut self, byte: u8) -> Self {
        if self.len < LONGEST {
            self.bytes[self.len] = byte;
        }
        self.len += 1;
        self
    }

    const fn as_str(&'static self) -> &'static str {
        let end = if self.len < LONGEST { self.len } else { LONGEST };
        match std::str::from_utf8(self.bytes.split_at(end).0) {
            Ok(name) => name,
            Err(_) => "",
        }
    }
}

/// Each side has one column to refer to; their names differ, and PostgreSQL cuts none of them off.
#[track_caller]
pub const fn check_secondary<R: OverTable>() {
    let (near, far) = (R::Source::TABLE, R::Target::TABLE);
    if near.primary_key.len() > 1 || far.primary_key.len() > 1 {
        let several = if near.primary_key.len() > 1 { near } else { far };
        Sentence::new()
            .then("the key of `")
            .then(several.model)
            .then("` has several columns, which a bare table cannot hold: declare a model for the links, with a ")
            .then("`belongs_to` to each side, and write `through = ..`")
            .fail();
    }
    if R::COLUMNS.is_some() {
        return;
    }
    let [near, far] = LinkRow::<R>::NAMES;
    let sentence = Sentence::new().then("name the columns of the table, `columns = (\"..\", \"..\")`: ");
    if near.len > LONGEST || far.len > LONGEST {
        sentence.then("made of the models' names they are longer than PostgreSQL allows").fail();
    }
    if is_same(near.as_str(), far.as_str()) {
        sentence
            .then("the one that leads back and the other would both be `")
            .then(near.as_str())
            .then("`")
            .fail();
    }
}
