//! Floor 2: SQL that the application writes itself.
//!
//! Invariant: text comes from the program's source, or from a function whose name says that it is not checked; all else
//! is expressions, and a value is always a parameter.

use std::borrow::Cow;
use std::fmt;

use super::{Expression, Sql, Writer};

/// A piece of SQL as the application wrote it.
///
/// As a statement it is executed by itself, with [`rows`](RawSql::rows) or with [`entities`](RawSql::entities). Its
/// `Display` is the text.
///
/// ```
/// # use orm_core::sql_unchecked;
/// assert_eq!(sql_unchecked("select 1").to_string(), "select 1");
/// ```
#[derive(Clone)]
#[must_use = "a statement does nothing until a session executes it"]
pub struct RawSql(pub(crate) Vec<Fragment>);

/// A part of a piece of SQL.
#[derive(Clone)]
pub(crate) enum Fragment {
    /// Text.
    Text(Cow<'static, str>),
    /// What is written by the library.
    Expression(Expression),
}

/// SQL out of a text that is only known when the program runs, which nothing checks.
///
/// **Whoever writes the text controls the database.** Never put into it what came from outside, not even in quotes: give
/// values to `sql!` instead, which makes them parameters. It is for text that the program itself puts together.
///
/// ```
/// # use orm_core::sql_unchecked;
/// let columns = ["id", "email"]; // of the program's own
/// let sql = sql_unchecked(format!("select {} from users", columns.join(", ")));
/// assert_eq!(sql.to_string(), "select id, email from users");
/// ```
pub fn sql_unchecked(text: impl Into<String>) -> RawSql {
    RawSql(vec![Fragment::Text(Cow::Owned(text.into()))])
}

impl RawSql {
    /// The text and the parameters.
    ///
    /// ```
    /// # use orm_core::sql_unchecked;
    /// assert!(sql_unchecked("select 1").to_sql().parameters.is_empty());
    /// ```
    pub fn to_sql(&self) -> Sql {
        let mut writer = Writer::new();
        writer.fragments(&self.0);
        writer.finish()
    }

    /// Whether the statement may write: it does not begin as one that reads.
    pub(crate) fn writes(&self) -> bool {
        let text = self.0.iter().map(|fragment| match fragment {
            Fragment::Text(text) => text,
            Fragment::Expression(_) => " ",
        });
        let text = text.collect::<String>().to_lowercase();
        let mut words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let first = words.by_ref().find(|word| !word.is_empty()).unwrap_or_default();
        let is_write = |word: &str| matches!(word, "insert" | "update" | "delete" | "merge");
        !matches!(first, "select" | "values" | "table" | "show" | "with")
            || first == "with" && words.any(is_write)
    }
}

impl Fragment {
    pub(super) fn expression(&self) -> Option<&Expression> {
        match self {
            Self::Text(_) => None,
            Self::Expression(expression) => Some(expression),
        }
    }

    pub(super) fn expression_mut(&mut self) -> Option<&mut Expression> {
        match self {
            Self::Text(_) => None,
            Self::Expression(expression) => Some(expression),
        }
    }
}

impl fmt::Display for RawSql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_sql().fmt(f)
    }
}

/// Shows the SQL, and so no values.
impl fmt::Debug for RawSql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RawSql").field(&format_args!("{self}")).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::sql_unchecked;

    #[test]
    fn what_may_write_is_told_by_how_it_begins() {
        for text in ["select 1", "  SELECT 1", "(values (1))", "with a as (select 1) select * from a"] {
            assert!(!sql_unchecked(text).writes(), "{text}");
        }
        for text in ["update a set b = 1", "with a as (delete from b returning *) select 1", "vacuum", ""] {
            assert!(sql_unchecked(text).writes(), "{text}");
        }
    }
}
