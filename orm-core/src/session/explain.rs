//! Floor 8: how the server would execute a statement, or has.
//!
//! Invariant: what a statement writes while it is looked at is not kept.

use super::{Executing, RawEntities, RawRows, Session};
use crate::entity::Live;
use crate::error::Result;
use crate::graph::Freshness;
use crate::loading::{Mapping, RowQuery, Select, fetch_rows};
use crate::model::Table;
use crate::query::{RawSql, Sql};
use crate::writing::{Change, Insert, Returning, Upsert};

/// A statement that the server can explain, see [`Session::explain`].
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// async fn print(session: &Session, query: &impl orm_core::Explained) -> orm_core::Result<()> {
///     println!("{}", session.explain(query).await?.join("\n"));
///     Ok(())
/// }
/// print(session, &select::<User>().filter(User::id.eq(1))).await?;
/// print(session, &sql!("delete from posts")).await?;
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a statement that the server explains",
    label = "not complete, or not a statement"
)]
pub trait Explained: Explain {}

#[diagnostic::do_not_recommend]
impl<E: Explain> Explained for E {}

/// What [`Explained`] is said of.
#[doc(hidden)]
pub trait Explain {
    /// The statement as it would be sent.
    fn sql_in(&self, session: &Session) -> Sql;

    /// Whether it may write.
    fn writes(&self) -> Result<bool>;
}

impl Session {
    /// How the server would execute a statement: the lines of `EXPLAIN`.
    ///
    /// Nothing is executed and nothing is flushed. Of a select it is the statement of the entities, without those that
    /// load relationships along.
    ///
    /// # Errors
    /// What the server refuses, as for [`execute`](Session::execute).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let query = select::<User>().filter(User::email.eq("ann@example.org"));
    /// assert!(session.explain(&query).await?[0].starts_with("Index Scan using users_email_key on users"));
    /// # Ok(()) }
    /// ```
    pub fn explain<'s, E: Explained>(&'s self, statement: &E) -> Executing<'s, Vec<String>> {
        let explained = self.explained("EXPLAIN", Some(Vec::new()), statement.sql_in(self), Ok(false));
        Executing::new(explained)
    }

    /// How the server has executed a statement: the lines of `EXPLAIN ANALYZE`, with times and numbers of rows.
    ///
    /// The statement **is executed**, and what changed in the session is flushed before. One that writes is executed within
    /// a savepoint, which is rolled back, so that nothing of it is kept; what no rollback undoes, as the numbers that a
    /// sequence has given, stays.
    ///
    /// # Errors
    /// What the flush and the server refuse, as for [`execute`](Session::execute).
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let lines = session.explain_analyze(&select::<User>().order_by(User::email)).await?;
    /// assert!(lines.iter().any(|line| line.starts_with("Execution Time: ")));
    /// # Ok(()) }
    /// ```
    pub fn explain_analyze<'s, E: Explained>(&'s self, statement: &E) -> Executing<'s, Vec<String>> {
        let explained = self.explained("EXPLAIN ANALYZE", None, statement.sql_in(self), statement.writes());
        Executing::new(explained)
    }

    /// The lines; what is written is undone.
    async fn explained(
        &self,
        how: &str,
        reads: Option<Vec<&'static Table>>,
        mut sql: Sql,
        writes: Result<bool>,
    ) -> Result<Vec<String>> {
        let writes = writes?;
        sql.text = format!("{how} {}", sql.text);
        let query = RowQuery {
            sql,
            reads,
            mapping: Mapping::Position,
            writes,
            freshness: Freshness::Keep,
            options: Vec::new(),
        };
        if !writes {
            return fetch_rows(&self.scope(), query).await;
        }
        let savepoint = self.begin_nested().await?;
        let lines = fetch_rows(&self.scope(), query).await;
        savepoint.rollback().await?;
        lines
    }
}

impl<T, S> Explain for Select<T, S> {
    fn sql_in(&self, session: &Session) -> Sql {
        self.sent().restricted(&self.options.criteria.within(&session.scope().criteria)).to_sql()
    }

    fn writes(&self) -> Result<bool> {
        Ok(self.statement.writes())
    }
}

impl Explain for RawSql {
    fn sql_in(&self, session: &Session) -> Sql {
        self.clone().restricted(&session.scope().criteria).to_sql()
    }

    fn writes(&self) -> Result<bool> {
        self.may_write()
    }
}

impl<R> Explain for RawRows<R> {
    fn sql_in(&self, session: &Session) -> Sql {
        self.sql.sql_in(session)
    }

    fn writes(&self) -> Result<bool> {
        self.sql.may_write()
    }
}

impl<M> Explain for RawEntities<M> {
    fn sql_in(&self, session: &Session) -> Sql {
        let criteria = self.options.criteria.within(&session.scope().criteria);
        self.sql.clone().restricted(&criteria).to_sql()
    }

    fn writes(&self) -> Result<bool> {
        self.sql.may_write()
    }
}

/// The statement is as it would be sent, but for what brings entities up to date.
impl<V, M, S> Explain for Change<V, M, S> {
    fn sql_in(&self, session: &Session) -> Sql {
        self.sql_within(&session.scope().criteria)
    }

    fn writes(&self) -> Result<bool> {
        Ok(true)
    }
}

impl<R> Explain for Returning<R> {
    fn sql_in(&self, session: &Session) -> Sql {
        self.sql_within(&session.scope().criteria)
    }

    fn writes(&self) -> Result<bool> {
        Ok(true)
    }
}

impl<M: Live> Explain for Upsert<M> {
    fn sql_in(&self, session: &Session) -> Sql {
        self.sql_within(&session.scope().criteria)
    }

    fn writes(&self) -> Result<bool> {
        Ok(true)
    }
}

impl<M: Live> Explain for Insert<M> {
    fn sql_in(&self, session: &Session) -> Sql {
        self.sql_within(&session.scope().criteria)
    }

    fn writes(&self) -> Result<bool> {
        Ok(true)
    }
}
