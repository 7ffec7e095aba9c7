//! The nearest known word to a mistyped one.

/// `, did you mean ..?` with the nearest of the known words, or `: ` and what is expected, with all of them.
pub(crate) fn nearest_or_all(word: &str, known: &[&str]) -> String {
    match nearest(word, known) {
        Some(near) => format!(", did you mean `{near}`?"),
        None if known.is_empty() => String::new(),
        None => format!(": expected {}", list(known)),
    }
}

/// The known word with the fewest letters to change, if they are few.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let near =
        known.iter().map(|known| (distance(word, known), *known)).min_by_key(|(distance, _)| *distance);
    near.filter(|(distance, known)| distance * 3 <= known.len().max(4)).map(|(_, known)| known)
}

/// The words in back quotes, with commas and an `or`.
pub(crate) fn list(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// How many letters to put in, take out, replace or exchange with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<_>, Vec<_>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::{list, nearest};

    #[test]
    fn a_typo_finds_its_word() {
        let known = ["primary_key", "unique", "index", "type"];
        assert_eq!(nearest("primray_key", &known), Some("primary_key"));
        assert_eq!(nearest("uniqe", &known), Some("unique"));
        assert_eq!(nearest("tpye", &known), Some("type"));
        assert_eq!(nearest("nullable", &known), None);
    }

    #[test]
    fn words_are_listed_as_one_reads_them() {
        assert_eq!(list(&["a"]), "`a`");
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
