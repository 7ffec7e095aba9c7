//! What a statement does, without its details: `"INSERT users"`.

/// Verb and table; for updates also the columns that are set. Several rows in one statement are a batch.
pub fn shape(sql: &str) -> String {
    let batch = if sql.contains("unnest(") || sql.contains("generate_series(") { " (batch)" } else { "" };
    if let Some((_, rest)) = sql.split_once("INSERT INTO ") {
        return format!("INSERT {}{batch}", word(rest));
    }
    if let Some((table, rest)) = sql.split_once("UPDATE ").and_then(|(_, rest)| rest.split_once(" SET ")) {
        let end = [" FROM ", " WHERE "].iter().filter_map(|word| rest.find(word)).min().unwrap_or(rest.len());
        return format!(
            "UPDATE {table}: {}{batch}",
            rest[..end].split(", ").map(set).collect::<Vec<_>>().join(", ")
        );
    }
    if let Some((_, rest)) = sql.split_once("DELETE FROM ") {
        let batch = if sql.contains(" = ANY(") { " (batch)" } else { batch };
        return format!("DELETE {}{batch}", word(rest));
    }
    match sql.split_once(" FROM ").filter(|_| sql.starts_with("SELECT ")) {
        Some((_, rest)) => format!("SELECT {}", word(rest)),
        None => sql.to_owned(),
    }
}

fn word(text: &str) -> &str {
    text.split([' ', '(']).next().unwrap_or_default()
}

/// `parent_id = NULL` stays; of other assignments the column's name.
fn set(assignment: &str) -> &str {
    if assignment.ends_with(" = NULL") { assignment } else { word(assignment) }
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn a_shape_names_verb_table_and_columns() {
        let update =
            "WITH orm_changed AS (UPDATE users SET name = $1, email = $2 WHERE id = $3 RETURNING 1) SELECT 1";
        assert_eq!(shape(update), "UPDATE users: name, email");
        assert_eq!(
            shape("UPDATE posts SET user_id = NULL WHERE user_id = ANY($1)"),
            "UPDATE posts: user_id = NULL"
        );
        assert_eq!(
            shape("INSERT INTO users (name) SELECT * FROM unnest($1::text[])"),
            "INSERT users (batch)"
        );
        assert_eq!(shape("INSERT INTO users DEFAULT VALUES RETURNING id"), "INSERT users");
        assert_eq!(shape("DELETE FROM users WHERE id = ANY($1)"), "DELETE users (batch)");
        assert_eq!(shape("SELECT users.id FROM users WHERE users.id = $1"), "SELECT users");
        assert_eq!(shape("COMMIT"), "COMMIT");
    }
}
