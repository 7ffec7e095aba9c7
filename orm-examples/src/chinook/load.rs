//! The sample's file becomes a database.

use std::path::Path;

use orm_testing::TestDatabase;

use crate::Result;

/// Runs the file's statements in this database, but for those that make a database and go over to it.
///
/// # Errors
/// The file cannot be read, or the server refuses a statement.
pub async fn load(database: &TestDatabase, file: &Path) -> Result {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let lines = text.lines().filter(|line| !leads_elsewhere(line));
    Ok(database.execute(&lines.collect::<Vec<_>>().join("\n")).await?)
}

fn leads_elsewhere(line: &str) -> bool {
    ["\\c ", "DROP DATABASE", "CREATE DATABASE"].iter().any(|start| line.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::leads_elsewhere;

    #[test]
    fn only_lines_that_lead_to_another_database_are_left_out() {
        assert!(leads_elsewhere("\\c chinook_serial;"));
        assert!(leads_elsewhere("DROP DATABASE IF EXISTS chinook_serial;"));
        assert!(leads_elsewhere("CREATE DATABASE chinook_serial;"));
        assert!(!leads_elsewhere("CREATE TABLE album"));
        assert!(!leads_elsewhere("    (N'Samba Da Bênção'),"));
    }
}
