//! Floor 0: the statement that the server refused, and where in it.

use std::fmt;

use tokio_postgres::error::{DbError, ErrorPosition};

use super::Error;
use super::kind::Kind;

/// How many characters of a statement are shown before and behind the place.
const BEFORE: usize = 60;
const BEHIND: usize = 40;

/// A statement that the server refused.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    sql: String,
    /// In characters, from 1.
    position: Option<usize>,
    hint: Option<String>,
}

impl Error {
    pub(crate) fn broken_cursor() -> Self {
        Self::new(Kind::Cursor, "a cursor is broken, or of another order than that of the query")
    }

    pub(crate) fn unwritten_cursor(source: Box<dyn std::error::Error + Send + Sync>) -> Self {
        Self::new(Kind::Decode, format!("a cursor cannot be written as text: {source}")).with_source(source)
    }

    pub(crate) fn not_in_pages(why: &str) -> Self {
        let message =
            format!("paginate: the select has {why}: page over it as a subquery, or leave that out");
        Self::new(Kind::Pages, message)
    }

    /// The same error of this statement, if the server answered it.
    pub(crate) fn of_statement(mut self, sql: &str) -> Self {
        let source =
            self.0.source.as_deref().and_then(|source| source.downcast_ref::<tokio_postgres::Error>());
        if let Some(answer) = source.and_then(tokio_postgres::Error::as_db_error) {
            self.0.refused = Some(Refused::new(answer, sql));
        }
        self
    }

    /// The statement that the server refused, without the values of its parameters.
    ///
    /// ```no_run
    /// # use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// if let Err(error) = session.execute(sql!("select nmae from users").rows::<String>()).await {
    ///     assert_eq!((error.sql(), error.position()), (Some("select nmae from users"), Some(8)));
    /// }
    /// # Ok(()) }
    /// ```
    pub fn sql(&self) -> Option<&str> {
        self.0.refused.as_ref().map(|refused| &*refused.sql)
    }

    /// Where in the statement the server found what it refused, in characters from 1, if it says so. The error's `Display`
    /// shows the place.
    ///
    /// ```no_run
    /// # use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// if let Err(error) = session.execute(sql!("select nmae from users").rows::<String>()).await {
    ///     println!("{error}");
    ///     // the statement failed: column "nmae" does not exist (42703)
    ///     //     select nmae from users
    ///     //            ^
    /// }
    /// # Ok(()) }
    /// ```
    pub fn position(&self) -> Option<usize> {
        self.0.refused.as_ref().and_then(|refused| refused.position)
    }
}

impl Refused {
    fn new(answer: &DbError, sql: &str) -> Self {
        let (sql, position) = match answer.position() {
            Some(ErrorPosition::Original(position)) => (sql, Some(*position)),
            // Within a function: its own statement.
            Some(ErrorPosition::Internal { position, query }) => (&**query, Some(*position)),
            None => (sql, None),
        };
        let position = position.and_then(|position| usize::try_from(position).ok());
        Self { sql: sql.to_owned(), position, hint: answer.hint().map(str::to_owned) }
    }

    /// The line of the place, and a caret below it.
    pub(super) fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(place) = self.position.and_then(|position| position.checked_sub(1)) else { return Ok(()) };
        let letters: Vec<char> = self.sql.chars().collect();
        if place > letters.len() {
            return Ok(());
        }
        let is_end = |letter: &char| *letter == '\n';
        let line = letters[..place].iter().rposition(is_end).map_or(0, |end| end + 1);
        let end = letters[place..].iter().position(is_end).map_or(letters.len(), |end| place + end);
        let (start, stop) = (line.max(place.saturating_sub(BEFORE)), end.min(place + BEHIND));
        let (before, behind) = (if start > line { ".." } else { "" }, if stop < end { ".." } else { "" });
        // A tab is as wide as it is shown.
        let shown: String =
            letters[start..stop].iter().map(|&letter| if letter == '\t' { ' ' } else { letter }).collect();
        write!(f, "\n    {before}{shown}{behind}\n    {:1$}^", "", before.len() + place - start)?;
        match &self.hint {
            Some(hint) => write!(f, "\n{hint}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Refused;

    struct Shown(Refused);

    impl std::fmt::Display for Shown {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.0.show(f)
        }
    }

    fn shown(sql: &str, position: usize) -> String {
        Shown(Refused { sql: sql.to_owned(), position: Some(position), hint: None }).to_string()
    }

    #[test]
    fn the_place_is_shown_below_its_line() {
        assert_eq!(shown("select nmae", 8), "\n    select nmae\n           ^");
        assert_eq!(shown("select 1,\n\tü, nmae\nfrom a", 15), "\n     ü, nmae\n        ^");
        assert_eq!(shown("select", 7), "\n    select\n          ^");
        assert_eq!(shown("a", 9), "");
    }

    #[test]
    fn of_a_long_line_what_is_around_it_is_shown() {
        let text = shown(&format!("select {} nmae {}", "a, ".repeat(100), "b".repeat(100)), 309);
        let lines: Vec<_> = text.lines().skip(1).collect();
        assert!(
            lines[0].starts_with("    ..") && lines[0].ends_with("..") && lines[0].len() == 108,
            "{text}"
        );
        assert_eq!(lines[0].find("nmae"), lines[1].find('^'));
    }
}
