//! Floor 2, tests only: three models, written out by hand.
//!
//! `User` and `Post` are plain; `Entry` has a schema, a composite key and names that must be quoted.

use postgres_types::{FromSql, Type};

use crate::model::{CellError, Cells, Column, ColumnFacts, Default, Model, ModelNumber, Table};
use crate::types::{ColumnType, DataType, Value};

const fn column<C: ColumnType>(field: &'static str, name: &'static str) -> ColumnFacts {
    ColumnFacts {
        field,
        name,
        sql_type: C::NotNull::SQL_TYPE,
        declared_type: None,
        nullable: C::NULLABLE,
        unique: false,
        index: false,
        default: Default::None,
        accepts: accepts::<C>,
    }
}

fn accepts<C: ColumnType>(ty: &Type) -> bool {
    <C as FromSql<'_>>::accepts(ty)
}

macro_rules! model {
    ($model:ident, $table:ident, $schema:expr, $name:literal, key $key:ident: $key_type:ty,
     $($field:ident $column:literal: $type:ty = $index:literal),+) => {
        #[derive(Clone)]
        pub(crate) struct $model {
            $(pub(crate) $field: $type),+
        }

        pub(crate) static $table: Table = Table {
            model: stringify!($model),
            schema: $schema,
            name: $name,
            columns: &[$(column::<$type>(stringify!($field), $column)),+],
            primary_key: &[0],
            foreign_keys: &[],
            relationships: &[],
            uniques: &[],
            indexes: &[],
            number: $model::number,
        };

        #[allow(non_upper_case_globals)]
        impl $model {
            $(pub(crate) const $field: Column<Self, $type> = Column::new($index);)+
        }

        impl Model for $model {
            type Key = $key_type;
            const TABLE: &'static Table = &$table;

            fn number() -> usize {
                static NUMBER: ModelNumber = ModelNumber::new();
                NUMBER.get()
            }

            fn unset() -> Self {
                Self { $($field: ColumnType::unset()),+ }
            }

            fn key(&self) -> $key_type {
                self.$key.clone()
            }

            fn has_key(&self, key: &$key_type) -> bool {
                self.$key == *key
            }

            fn hash_key<H: std::hash::Hasher>(&self, state: &mut H) {
                self.$key.hash_value(state);
            }

            fn decode(cells: &Cells<'_>) -> Result<Self, CellError> {
                Ok(Self { $($field: cells.get($index)?),+ })
            }

            fn value(&self, column: usize) -> &dyn Value {
                let values: &[&dyn Value] = &[$(&self.$field),+];
                values[column]
            }

            fn value_mut(&mut self, column: usize) -> &mut dyn Value {
                let values: Vec<&mut dyn Value> = vec![$(&mut self.$field),+];
                values.into_iter().nth(column).expect("a column of the model")
            }
        }
    };
}

model!(User, USERS, None, "users", key id: i64,
    id "id": i64 = 0, name "name": Option<String> = 1, email "email": String = 2);
model!(Post, POSTS, None, "posts", key id: i64,
    id "id": i64 = 0, title "title": String = 1, user_id "user_id": Option<i64> = 2,
    published "published": bool = 3, body "body": Vec<u8> = 4);
model!(Entry, ENTRIES, Some("app"), "order", key tenant_id: i64,
    tenant_id "tenant_id": i64 = 0, code "Code": String = 1, select "select": bool = 2);
