//! Floor 1: PostgreSQL's enum types, as the columns of a list of tables use them.

use crate::model::Table;
use crate::types::SqlType;

use super::guarded;

/// The enum types of all columns, each name once, in the order in which they are met.
pub(super) fn enumerations(tables: &[&'static Table]) -> Vec<SqlType> {
    let mut found: Vec<SqlType> = Vec::new();
    let columns = tables.iter().flat_map(|table| table.columns);
    for sql_type in columns.map(|column| column.sql_type).filter(|sql_type| !sql_type.labels.is_empty()) {
        if found.iter().all(|known| known.name != sql_type.name) {
            found.push(sql_type);
        }
    }
    found
}

/// Creates the type unless it is there. Two that create it at once may meet in the catalogue's unique index.
pub(super) fn create_enumeration(sql_type: SqlType) -> String {
    let labels: Vec<_> = sql_type.labels.iter().map(|label| literal(label)).collect();
    guarded(
        &format!("CREATE TYPE {} AS ENUM ({})", sql_type.name, labels.join(", ")),
        "duplicate_object OR unique_violation",
    )
}

/// The text as a string literal, whatever `standard_conforming_strings` says.
fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if text.contains('\\') { format!("E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn a_label_is_one_literal() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal(r"a\'b"), r"E'a\\''b'");
    }
}
