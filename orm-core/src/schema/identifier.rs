//! Floor 1: how names are written.
//!
//! Invariant: what is written means exactly the given name to PostgreSQL 14 to 18, wherever a table, a column or an
//! alias may stand. Key words that PostgreSQL takes as names of tables and columns (`name`, `values`) stay bare.

use std::borrow::Cow;

use crate::model::Table;

/// Whether the name has the form of a bare one; it may still be a key word.
pub(crate) fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether the word cannot be the name of a table or a column: PostgreSQL calls it reserved, or takes it as the name
/// of a function or a type only.
#[rustfmt::skip]
fn is_reserved(word: &str) -> bool {
    matches!(word,
        "all" | "analyse" | "analyze" | "and" | "any" | "array" | "as" | "asc" | "asymmetric" |
        "authorization" | "binary" | "both" | "case" | "cast" | "check" | "collate" | "collation" |
        "column" | "concurrently" | "constraint" | "create" | "cross" | "current_catalog" | "current_date" |
        "current_role" | "current_schema" | "current_time" | "current_timestamp" | "current_user" |
        "default" | "deferrable" | "desc" | "distinct" | "do" | "else" | "end" | "except" | "false" |
        "fetch" | "for" | "foreign" | "freeze" | "from" | "full" | "grant" | "group" | "having" | "ilike" |
        "in" | "initially" | "inner" | "intersect" | "into" | "is" | "isnull" | "join" | "lateral" |
        "leading" | "left" | "like" | "limit" | "localtime" | "localtimestamp" | "natural" | "not" |
        "notnull" | "null" | "offset" | "on" | "only" | "or" | "order" | "outer" | "overlaps" | "placing" |
        "primary" | "references" | "returning" | "right" | "select" | "session_user" | "similar" | "some" |
        "symmetric" | "system_user" | "table" | "tablesample" | "then" | "to" | "trailing" | "true" |
        "union" | "unique" | "user" | "using" | "variadic" | "verbose" | "when" | "where" | "window" |
        "with"
    )
}

/// The name as SQL: bare where that means the same, else in double quotes.
pub(crate) fn quote(name: &str) -> Cow<'_, str> {
    if is_plain(name) && !is_reserved(name) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(format!("\"{}\"", name.replace('"', "\"\"")))
}

/// The table's name as SQL, with its schema if it has one.
pub(crate) fn quote_table(table: &Table) -> Cow<'_, str> {
    match table.schema {
        Some(schema) => Cow::Owned(format!("{}.{}", quote(schema), quote(table.name))),
        None => quote(table.name),
    }
}

#[cfg(test)]
mod tests {
    use super::{quote, quote_table};
    use crate::schema::fixture::table;

    #[test]
    fn plain_names_stay_bare() {
        for name in ["users", "_a1", "name", "values", "user_id"] {
            assert_eq!(quote(name), name);
        }
    }

    #[test]
    fn other_names_are_quoted() {
        for name in ["user", "order", "left", "Users", "1st", "two words", "größe", "system_user", ""] {
            assert_eq!(quote(name), format!("\"{name}\""));
        }
    }

    #[test]
    fn quotes_within_a_name_are_doubled() {
        assert_eq!(quote("a\"; drop table users; --"), "\"a\"\"; drop table users; --\"");
    }

    #[test]
    fn a_schema_stands_before_the_table() {
        let mut order = table("order", &[], &[]);
        assert_eq!(quote_table(&order), "\"order\"");
        order.schema = Some("app");
        assert_eq!(quote_table(&order), "app.\"order\"");
    }
}
