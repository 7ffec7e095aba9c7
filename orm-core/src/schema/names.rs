//! Floor 1: the names that PostgreSQL itself would give to constraints and indexes.
//!
//! Invariant: a name is at most 63 bytes long, cut between characters where and as the server cuts (`makeObjectName`);
//! two things in one list never have one name.

use std::collections::HashSet;

/// The longest identifier, in bytes.
const LONGEST: usize = 63;

/// The names that were given so far.
#[derive(Debug, Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// The name for something over these columns of a table, for example `posts_user_id_fkey`; numbered from 1 if it is
    /// taken.
    pub(super) fn choose<'a>(
        &mut self,
        table: &str,
        columns: impl Iterator<Item = &'a str>,
        kind: &str,
    ) -> String {
        let columns = join(columns);
        let mut name = object_name(table, &columns, kind);
        let mut pass = 0;
        while !self.0.insert(name.clone()) {
            pass += 1;
            name = object_name(table, &columns, &format!("{kind}{pass}"));
        }
        name
    }
}

/// The columns' names, as far as the server looks at them.
fn join<'a>(columns: impl Iterator<Item = &'a str>) -> String {
    let mut joined = String::new();
    for column in columns {
        if joined.len() > LONGEST {
            break;
        }
        if !joined.is_empty() {
            joined.push('_');
        }
        joined.push_str(column);
    }
    joined
}

/// `table_columns_kind`, the longer of the first two cut until all fits.
fn object_name(table: &str, columns: &str, kind: &str) -> String {
    let available = LONGEST - kind.len() - 2;
    let (mut first, mut second) = (table.len(), columns.len());
    while first + second > available {
        if first > second { first -= 1 } else { second -= 1 }
    }
    format!("{}_{}_{kind}", clip(table, first), clip(columns, second))
}

/// The text's first `bytes` bytes, or fewer if a character would be cut.
fn clip(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::Names;

    fn name(table: &str, columns: &[&str], kind: &str) -> String {
        Names::default().choose(table, columns.iter().copied(), kind)
    }

    #[test]
    fn names_are_the_servers() {
        assert_eq!(name("posts", &["user_id"], "fkey"), "posts_user_id_fkey");
        assert_eq!(name("lines", &["tenant_id", "order_id"], "idx"), "lines_tenant_id_order_id_idx");
    }

    #[test]
    fn a_name_that_is_taken_is_numbered() {
        let mut names = Names::default();
        assert_eq!(names.choose("a", ["b_c"].into_iter(), "idx"), "a_b_c_idx");
        assert_eq!(names.choose("a_b", ["c"].into_iter(), "idx"), "a_b_c_idx1");
        assert_eq!(names.choose("a_b", ["c"].into_iter(), "idx"), "a_b_c_idx2");
    }

    #[test]
    fn the_longer_part_is_cut() {
        let (long, longer) = ("t".repeat(40), "c".repeat(60));
        assert_eq!(name(&long, &["id"], "idx"), format!("{long}_id_idx"));
        assert_eq!(name("t", &[&longer], "idx"), format!("t_{}_idx", "c".repeat(57)));
        let both = name(&long, &[&longer], "fkey");
        assert_eq!((both.len(), both), (63, format!("{}_{}_fkey", "t".repeat(29), "c".repeat(28))));
    }

    #[test]
    fn no_character_is_cut() {
        assert_eq!(name("t", &[&"ü".repeat(30)], "idx"), format!("t_{}_idx", "ü".repeat(28)));
    }
}
