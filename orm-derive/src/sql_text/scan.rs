//! A text as PostgreSQL reads it: what is quoted, what is a comment, and where the braces are.

/// A part of the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Text, with doubled braces made single.
    Text(String),
    /// What stands between two braces.
    Placeholder(String),
    /// What is wrong.
    Mistake(String),
}

/// Where a character stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Plain,
    /// Within `'`; whether a backslash takes the next character.
    Quote(bool),
    /// Within `"`.
    Name,
    /// Within `$tag$`.
    Dollars(String),
    /// Behind `--`.
    Line,
    /// Within `/*`, which nests.
    Block(usize),
}

struct Scanner<'a> {
    rest: &'a str,
    before: Option<char>,
    place: Place,
    text: String,
    parts: Vec<Part>,
}

/// The parts of a text.
pub(super) fn scan(text: &str) -> Vec<Part> {
    let mut scanner =
        Scanner { rest: text, before: None, place: Place::Plain, text: String::new(), parts: Vec::new() };
    while !scanner.rest.is_empty() {
        scanner.step();
    }
    let open = match scanner.place {
        Place::Quote(_) => Some("'"),
        Place::Name => Some("\""),
        Place::Block(_) => Some("/*"),
        Place::Dollars(_) => Some("$"),
        Place::Plain | Place::Line => None,
    };
    scanner.end_text();
    scanner.parts.extend(open.map(|open| Part::Mistake(format!("`{open}` is not closed"))));
    scanner.parts
}

impl Scanner<'_> {
    fn step(&mut self) {
        if self.rest.starts_with("{{") || self.rest.starts_with("}}") {
            let brace = self.rest.chars().next();
            self.text.extend(brace);
            self.skip(2);
            self.before = brace;
        } else if self.rest.starts_with('{') {
            self.placeholder();
        } else if self.rest.starts_with('}') {
            self.skip(1);
            self.mistake("`}` has no `{` before it; a brace by itself is written twice: `}}`".to_owned());
        } else {
            let length = self.token();
            self.take(length);
        }
    }

    fn placeholder(&mut self) {
        let Some(end) = self.rest.find('}') else {
            self.rest = "";
            self.mistake("`{` is not closed; a brace by itself is written twice: `{{`".to_owned());
            return;
        };
        let inside = self.rest[1..end].trim().to_owned();
        self.skip(end + 1);
        let within = match self.place {
            Place::Plain => None,
            Place::Quote(_) | Place::Name | Place::Dollars(_) => Some("quotes"),
            Place::Line | Place::Block(_) => Some("a comment"),
        };
        self.before = Some(' ');
        match within {
            None => {
                self.end_text();
                self.parts.push(Part::Placeholder(inside));
            }
            Some("quotes") => self.mistake(format!(
                "`{{{inside}}}` stands within quotes, where it would be text: take the quotes away, and put `||` between \
                 it and other text; a brace by itself is written twice"
            )),
            Some(_) => self.mistake(format!(
                "`{{{inside}}}` stands within a comment; a brace by itself is written twice"
            )),
        }
    }

    /// How many bytes the next thing has, after which the place may be another one.
    fn token(&mut self) -> usize {
        let rest = self.rest;
        let starts = |with: &str| rest.starts_with(with);
        match &mut self.place {
            Place::Plain => return self.plain(),
            Place::Quote(true) if starts("\\") => {
                return 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
            }
            Place::Quote(_) if starts("''") => return 2,
            Place::Name if starts("\"\"") => return 2,
            Place::Quote(_) if starts("'") => self.place = Place::Plain,
            Place::Name if starts("\"") => self.place = Place::Plain,
            Place::Line if starts("\n") => self.place = Place::Plain,
            Place::Block(depth) if starts("/*") => {
                *depth += 1;
                return 2;
            }
            Place::Block(depth) if starts("*/") => {
                *depth -= 1;
                if *depth == 0 {
                    self.place = Place::Plain;
                }
                return 2;
            }
            Place::Dollars(tag) if rest.starts_with(tag.as_str()) => {
                let length = tag.len();
                self.place = Place::Plain;
                return length;
            }
            _ => {}
        }
        rest.chars().next().map_or(0, char::len_utf8)
    }

    fn plain(&mut self) -> usize {
        let rest = self.rest;
        let is_in_a_word = self.before.is_some_and(is_of_a_name);
        if rest.starts_with('\'') {
            self.place = Place::Quote(self.is_escape());
        } else if rest.starts_with('"') {
            self.place = Place::Name;
        } else if rest.starts_with("--") {
            self.place = Place::Line;
        } else if rest.starts_with("/*") {
            self.place = Place::Block(1);
            return 2;
        } else if rest.starts_with('$') && !is_in_a_word {
            let name = rest[1..].find(|letter: char| !is_of_a_name(letter)).map_or(rest.len(), |end| end + 1);
            if rest[1..name].starts_with(|letter: char| letter.is_ascii_digit()) {
                let number = &rest[..name];
                self.mistake(format!(
                    "`{number}`: a parameter is written `{{value}}`, or `{{}}` with the value behind the text"
                ));
                return name;
            }
            if rest[name..].starts_with('$') {
                self.place = Place::Dollars(rest[..=name].to_owned());
                return name + 1;
            }
        }
        rest.chars().next().map_or(0, char::len_utf8)
    }

    /// Whether what stands before makes of a quote one in which backslashes count: `E'..'`.
    fn is_escape(&self) -> bool {
        let mut before = self.text.chars().rev();
        matches!(before.next(), Some('e' | 'E')) && !before.next().is_some_and(is_of_a_name)
    }

    fn take(&mut self, bytes: usize) {
        self.text.push_str(&self.rest[..bytes]);
        self.before = self.rest[..bytes].chars().next_back();
        self.skip(bytes);
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    fn mistake(&mut self, message: String) {
        self.parts.push(Part::Mistake(message));
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(Part::Text(std::mem::take(&mut self.text)));
        }
    }
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::{Part, scan};

    fn text(text: &str) -> Part {
        Part::Text(text.to_owned())
    }

    fn placeholder(name: &str) -> Part {
        Part::Placeholder(name.to_owned())
    }

    #[test]
    fn what_is_in_braces_is_told_from_text() {
        let parts = scan("a = {id} and b = {} or c = '{{}}'");
        let expected =
            [text("a = "), placeholder("id"), text(" and b = "), placeholder(""), text(" or c = '{}'")];
        assert_eq!(parts, expected);
        assert_eq!(scan("{ User::name }::text"), [placeholder("User::name"), text("::text")]);
    }

    #[test]
    fn quotes_and_comments_hold_no_parameters() {
        for within in [
            "select '{a}'",
            "select 'it''s {a}'",
            r"select E'\'{a}'",
            "select \"{a}\"",
            "select $$ {a} $$",
            "select $body$ $x$ {a} $body$",
            "select 1 -- {a}",
            "select /* /* */ {a} */ 1",
        ] {
            let mistakes = scan(within).into_iter().filter(|part| matches!(part, Part::Mistake(_))).count();
            assert_eq!(mistakes, 1, "{within}");
        }
        for outside in [
            r"select '\' || {a}",
            "select 'a' || {a}",
            "select \"a\" || {a}",
            "select $$ ' $$ || {a}",
            "select 1 -- '\n || {a}",
            "select /* ' */ {a}",
            "select type'x' || {a}",
            "select a$1, b$x$ + {a}",
            "select 'it''s' || {a}",
            "select -{a}",
            "select 1 - -{a}",
        ] {
            assert!(scan(outside).contains(&placeholder("a")), "{outside}");
            assert!(!scan(outside).iter().any(|part| matches!(part, Part::Mistake(_))), "{outside}");
        }
    }

    #[test]
    fn what_is_open_or_numbered_is_a_mistake() {
        for mistaken in ["select {a", "select a}", "select $1", "select '", "select \"a", "/* {{", "$a$ $b$"]
        {
            assert!(scan(mistaken).iter().any(|part| matches!(part, Part::Mistake(_))), "{mistaken}");
        }
    }
}
