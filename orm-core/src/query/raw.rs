//! Floor 2: SQL that the application writes itself.
//!
//! Invariant: text comes from the program's source, or from a function whose name says that it is not checked; all else
//! is expressions, and a value is always a parameter.

mod interpolate;
mod words;

use std::borrow::Cow;
use std::fmt;

use words::words;

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
    /// Nothing: the statement is said to write.
    Writes,
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

    /// The statement writes, although that cannot be seen: by a function that it calls.
    ///
    /// What begins with `insert`, `update`, `delete`, `merge`, `call`, `do` and so on, has one of the first four behind `with`,
    /// or makes a table with `select .. into`, is taken for a statement that writes by itself; what begins with `select`,
    /// `values`, `table`, `show` or `explain` for one that reads. One that writes is sent once and by itself, and rows that are
    /// read behind it are asked for again after a rollback. One that reads and brings entities may be sent a second time, if
    /// it was overtaken by a flush.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let made = sql!("select * from make_user({})", "ann@example.org").writes().entities::<User>();
    /// let ann = session.execute(made).await?.one()?;
    /// # Ok(()) }
    /// ```
    pub fn writes(mut self) -> Self {
        self.0.push(Fragment::Writes);
        self
    }

    /// Whether the statement may write: it says so, or does not read as one that only reads.
    ///
    /// # Errors
    /// If it begins or ends a transaction.
    pub(crate) fn may_write(&self) -> Result<bool> {
        let text = self.to_sql().text;
        let words = words(&text);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if let Some(first) = words.first().filter(|first| TRANSACTIONS.contains(first)) {
            return Err(Error::ends_transaction(first));
        }
        let says_so = self.0.iter().any(|fragment| matches!(fragment, Fragment::Writes));
        Ok(says_so || may_write(&words))
    }
}

/// Whether a statement of these words may write.
fn may_write(words: &[&str]) -> bool {
    let holds = |writing: &[&str]| words.iter().any(|word| writing.contains(word));
    match words {
        ["select", ..] => holds(&["into"]),
        ["values" | "table" | "show", ..] => false,
        ["with", ..] => holds(&["insert", "update", "delete", "merge", "into"]),
        // It is only executed with ANALYZE, which is one of the words before the statement.
        ["explain", rest @ ..] => {
            let start = rest.iter().position(|word| BEGINNINGS.contains(word)).unwrap_or(rest.len());
            let (options, statement) = rest.split_at(start);
            let executes = options.iter().any(|word| matches!(*word, "analyze" | "analyse"));
            executes && may_write(statement)
        }
        _ => true,
    }
}

/// What can be explained, by its first word.
const BEGINNINGS: [&str; 12] = [
    "select", "values", "table", "with", "insert", "update", "delete", "merge", "execute", "declare",
    "create", "refresh",
];

impl Fragment {
    pub(super) fn expression(&self) -> Option<&Expression> {
        match self {
            Self::Text(_) | Self::Writes => None,
            Self::Expression(expression) => Some(expression),
        }
    }

    pub(super) fn expression_mut(&mut self) -> Option<&mut Expression> {
        match self {
            Self::Text(_) | Self::Writes => None,
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

    const READ: &[&str] = &[
        "select 1",
        "  SELECT 1",
        "(values (1))",
        "((select 1) union (select 2))",
        "with a as (select 1) select * from a",
        "/* delete */ -- insert\n select 'update'",
        "with a as (select 'delete') table a",
        "select 1 for update",
        "explain delete from a",
        "explain (verbose, costs off) update a set b = 1",
        "explain (analyze) select 1",
        "show work_mem",
    ];

    const WRITE: &[&str] = &[
        "update a set b = 1",
        "/* select */ update a set b = 1",
        "-- select\n(delete from a)",
        "with a as (delete from b returning *) select 1",
        "with a as (select 1) insert into b select * from a",
        "with a as (select 'it''s') merge into b using a on true when matched then delete",
        "merge into a using b on true when matched then do nothing",
        "explain analyze insert into a values (1)",
        "explain (analyze, buffers) with a as (update b set c = 1 returning *) select * from a",
        "explain analyze create table a as select 1",
        "select 1 into a",
        "call grow()",
        "do $$ select 1 $$",
        "copy a from stdin",
        "vacuum",
        "",
    ];

    #[test]
    fn what_may_write_is_told_by_its_words() {
        let writes = |text: &str| sql_unchecked(text).may_write().ok();
        READ.iter().for_each(|text| assert_eq!(writes(text), Some(false), "{text}"));
        WRITE.iter().for_each(|text| assert_eq!(writes(text), Some(true), "{text}"));
        for text in [
            "commit",
            " ROLLBACK to a",
            "begin;",
            "/* */ commit",
            "-- x\nrollback",
            "prepare transaction 'x'",
        ] {
            assert_eq!(writes(text), None, "{text}");
        }
    }

    #[test]
    fn a_statement_says_that_it_writes() {
        assert_eq!(sql_unchecked("select grow()").may_write().ok(), Some(false));
        let says_so = sql_unchecked("select grow()").writes();
        assert_eq!((says_so.to_string(), says_so.may_write().ok()), ("select grow()".to_owned(), Some(true)));
    }
}
