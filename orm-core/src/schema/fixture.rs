//! Tables written by hand, for the tests of the schema.

use crate::model::{Action, ColumnFacts, Default, ForeignKey, Serializer, Table};
use crate::types::SqlType;

/// A column that is not null and has nothing else to it.
pub(crate) const fn column(name: &'static str, sql_type: SqlType) -> ColumnFacts {
    ColumnFacts {
        field: name,
        name,
        sql_type,
        declared_type: None,
        nullable: false,
        unique: false,
        index: false,
        default: Default::None,
        fetched: false,
        deferred: None,
        on_update: None,
        soft_delete: None,
        accepts: |_| true,
    }
}

/// A `bigint` identity column called `id`.
pub(crate) const fn identity() -> ColumnFacts {
    ColumnFacts { default: Default::Identity, ..column("id", SqlType::new("bigint")) }
}

/// A table whose first column is its primary key, if it has columns.
pub(crate) const fn table(
    name: &'static str,
    columns: &'static [ColumnFacts],
    foreign_keys: &'static [ForeignKey],
) -> Table {
    Table {
        model: name,
        schema: None,
        name,
        columns,
        primary_key: if columns.is_empty() { &[] } else { &[0] },
        foreign_keys,
        relationships: &[],
        uniques: &[],
        deferrable: &[],
        indexes: &[],
        version: None,
        number: || 0,
        serializer: Serializer::NONE,
        unset: || unreachable!("no row of it is made"),
    }
}

/// A key to another table's first column, without actions.
pub(crate) const fn foreign_key(columns: &'static [usize], target: fn() -> &'static Table) -> ForeignKey {
    ForeignKey {
        columns,
        target,
        references: || &[0],
        on_delete: Action::NoAction,
        on_update: Action::NoAction,
    }
}
