//! Floor 2: the words of a statement, as PostgreSQL reads them.
//!
//! Invariant: what stands in quotes, in a comment or between dollars is no word.

/// The words outside of quotes and comments, in lower case: key words, and names without quotes.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let skipped = match letter {
            '\'' => quoted(rest, false),
            '"' => closed(rest, 1, "\""),
            '-' if rest.starts_with("--") => closed(rest, 2, "\n"),
            '/' if rest.starts_with("/*") => comment(rest),
            '$' => dollars(rest),
            _ if is_inside(letter) && !letter.is_ascii_digit() => {
                let end = rest.find(|letter| !is_inside(letter)).unwrap_or(rest.len());
                let word = rest[..end].to_lowercase();
                if word == "e" && rest[end..].starts_with('\'') {
                    end + quoted(&rest[end..], true)
                } else {
                    words.push(word);
                    end
                }
            }
            _ if letter.is_ascii_digit() => rest.find(|letter| !is_inside(letter)).unwrap_or(rest.len()),
            _ => letter.len_utf8(),
        };
        rest = &rest[skipped..];
    }
    words
}

/// Whether a name can go on with it.
fn is_inside(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
}

/// How long it is up to this end and with it, behind so many bytes; all of it if it does not end.
fn closed(text: &str, behind: usize, end: &str) -> usize {
    text[behind..].find(end).map_or(text.len(), |place| behind + place + end.len())
}

/// How long a text in quotes is. Two quotes in it are read as two texts, which is the same.
fn quoted(text: &str, escapes: bool) -> usize {
    let mut letters = text.char_indices().skip(1);
    while let Some((place, letter)) = letters.next() {
        match letter {
            '\'' => return place + 1,
            '\\' if escapes => drop(letters.next()),
            _ => {}
        }
    }
    text.len()
}

/// How long a comment is, with those in it.
fn comment(text: &str) -> usize {
    let (mut depth, mut place) = (1, 2);
    while depth > 0 {
        let Some(next) = text[place..].find(['/', '*']) else { return text.len() };
        let at = &text[place + next..];
        let step = match at {
            _ if at.starts_with("/*") => {
                depth += 1;
                2
            }
            _ if at.starts_with("*/") => {
                depth -= 1;
                2
            }
            _ => 1,
        };
        place += next + step;
    }
    place
}

/// How long a text between dollars is, with its tags; 1 if it is none.
fn dollars(text: &str) -> usize {
    let tag = text[1..].find('$').map(|end| &text[..end + 2]);
    let is_tag = |tag: &&str| {
        let name = &tag[1..tag.len() - 1];
        name.chars().all(is_inside) && !name.starts_with(|letter: char| letter.is_ascii_digit())
    };
    tag.filter(is_tag).map_or(1, |tag| closed(text, tag.len(), tag))
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_stand_outside_of_quotes_and_comments() {
        let read = |text: &str| words(text).join(" ");
        assert_eq!(read("-- insert\n  SELECT 'delete', \"update\" FROM t"), "select from t");
        assert_eq!(read("/* a /* nested */ merge */ (select 'it''s', E'\\' delete') -- x"), "select");
        assert_eq!(read("select $$ delete $$, $tag$ update $$ $tag$, $1, a$b"), "select a$b");
        assert_eq!(read("with é as (values (1e3)) table é"), "with é as values table é");
        assert_eq!(read("select 'never closed delete"), "select");
        assert_eq!(read("select $never$ delete"), "select");
        assert_eq!(read("/* never closed delete"), "");
        assert_eq!(read("select $1 delete $2"), "select delete");
    }
}
