//! Floor 2: SQL that the application writes itself.
//!
//! Invariant: text comes from the program's source, or from a function whose name says that it is not checked; all else
//! is expressions, and a value is always a parameter.

mod interpolate;

use std::borrow::Cow;
use std::fmt;

pub use interpolate::{Braces, InBraces, Interpolate, OfQuery, identifier, interpolate};

use super::{Condition, Expr, Expression, Sql, Writer};
use crate::error::{Error, Result};
use crate::types::ColumnType;

/// A piece of SQL as the application wrote it.
///
/// As a statement it is executed by itself, with [`rows`](RawSql::rows) or with [`entities`](RawSql::entities); within other
/// `sql!` it is a part of them. Its `Display` is the text. [`sql!`](crate::sql) makes it.
///
/// ```
/// # use orm_core::sql;
/// let named = sql!("name = {}", "Ann");
/// assert_eq!(sql!("select * from users where {named}").to_string(), "select * from users where name = $1");
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

/// An empty one, which the expansion of `sql!` fills.
pub fn raw_sql() -> RawSql {
    RawSql(Vec::new())
}

/// What ends or begins a transaction, by its first word.
const TRANSACTIONS: [&str; 9] =
    ["begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", "prepare"];

impl RawSql {
    /// Adds text.
    #[doc(hidden)]
    pub fn add_text(&mut self, text: &'static str) {
        self.0.push(Fragment::Text(Cow::Borrowed(text)));
    }

    pub(crate) fn add_expression(&mut self, expression: Expression) {
        self.0.push(Fragment::Expression(expression));
    }

    /// The same as an expression of a typed query, whose value is read as a `T`: an `Option` if it may be NULL.
    ///
    /// What it reads is not checked against the query, and its type is when the rows are read.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::{prelude::*, sql};
    /// let domain = sql!("split_part({User::email}, '@', 2)").expr::<String>();
    /// let query = select::<User>().filter(domain.clone().eq("x.org")).columns((User::id, domain));
    /// assert_eq!(
    ///     query.to_string(),
    ///     "SELECT users.id, split_part(users.email, '@', 2) FROM users WHERE (split_part(users.email, '@', 2)) = $1"
    /// );
    /// ```
    pub fn expr<T: ColumnType>(self) -> Expr<T> {
        Expr::new(Expression::Raw(self.0))
    }

    /// The same as a condition of a typed query.
    ///
    /// What it reads is not checked against the query.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::{prelude::*, sql};
    /// let query = select::<User>().filter(sql!("{User::email} similar to {}", "a%").condition());
    /// assert!(query.to_string().ends_with("FROM users WHERE users.email similar to $1"));
    /// ```
    pub fn condition(self) -> Condition {
        Condition::new(Expression::Raw(self.0))
    }

    /// The text and the parameters.
    ///
    /// ```
    /// # use orm_core::sql;
    /// let sql = sql!("select {}", 7).to_sql();
    /// assert_eq!(sql.text, "select $1::integer");
    /// assert_eq!(sql.parameters[0].display_value().to_string(), "7");
    /// ```
    pub fn to_sql(&self) -> Sql {
        let mut writer = Writer::new();
        writer.fragments(&self.0);
        writer.finish()
    }

    /// Whether the statement may write: it does not begin as one that reads.
    ///
    /// # Errors
    /// If it begins or ends a transaction.
    pub(crate) fn writes(&self) -> Result<bool> {
        let text = self.0.iter().map(|fragment| match fragment {
            Fragment::Text(text) => text,
            Fragment::Expression(_) => " ",
        });
        let text = text.collect::<String>().to_lowercase();
        let mut words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let first = words.by_ref().find(|word| !word.is_empty()).unwrap_or_default();
        if TRANSACTIONS.contains(&first) {
            return Err(Error::ends_transaction(first));
        }
        let is_write = |word: &str| matches!(word, "insert" | "update" | "delete" | "merge");
        Ok(!matches!(first, "select" | "values" | "table" | "show" | "explain" | "with")
            || first == "with" && words.any(is_write))
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
        let writes = |text: &str| sql_unchecked(text).writes().ok();
        for text in ["select 1", "  SELECT 1", "(values (1))", "with a as (select 1) select * from a"] {
            assert_eq!(writes(text), Some(false), "{text}");
        }
        for text in ["update a set b = 1", "with a as (delete from b returning *) select 1", "vacuum", ""] {
            assert_eq!(writes(text), Some(true), "{text}");
        }
        for text in ["commit", " ROLLBACK to a", "begin;"] {
            assert_eq!(writes(text), None, "{text}");
        }
    }
}
