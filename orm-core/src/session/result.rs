//! Floor 8: what a statement yielded.

use crate::error::{Error, Result};

/// The rows of an executed statement. Each holds an entity or a value.
///
/// ```no_run
/// # use orm_examples::blog::*; use orm_core::prelude::*;
/// # async fn example(session: &Session) -> orm_core::Result<()> {
/// let rows = session.execute(select::<User>()).await?;
/// let emails: Vec<_> = rows.into_iter().map(|user| user.email.clone()).collect();
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows<T>(Vec<T>);

fn one_or_none<T>(rows: Vec<T>) -> Result<Option<T>> {
    let mut rows = rows.into_iter();
    let first = rows.next();
    match rows.next() {
        Some(_) => Err(Error::multiple_results(std::any::type_name::<T>())),
        None => Ok(first),
    }
}

fn one<T>(rows: Vec<T>) -> Result<T> {
    one_or_none(rows)?.ok_or_else(|| Error::no_result(std::any::type_name::<T>()))
}

impl<T> Rows<T> {
    #[inline(always)]
    pub(crate) fn new(rows: Vec<T>) -> Self {
        Self(rows)
    }

    /// What the only row holds.
    ///
    /// # Errors
    /// [`Error::is_no_result`] without a row, [`Error::is_multiple_results`] with several.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let user = session.execute(select::<User>().filter(User::id.eq(1))).await?.scalar_one()?;
    /// println!("{}", user.email);
    /// # Ok(()) }
    /// ```
    pub fn scalar_one(self) -> Result<T> {
        one(self.0)
    }

    /// What the only row holds, if there is one.
    ///
    /// # Errors
    /// [`Error::is_multiple_results`] with several.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let rows = session.execute(select::<User>().filter(User::id.eq(1))).await?;
    /// if let Some(user) = rows.scalar_one_or_none()? {
    ///     println!("{}", user.email);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn scalar_one_or_none(self) -> Result<Option<T>> {
        one_or_none(self.0)
    }

    /// All rows.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let users = session.execute(select::<User>()).await?.all();
    /// # Ok(()) }
    /// ```
    #[inline(always)]
    pub fn all(self) -> Vec<T> {
        self.0
    }

    /// The first row; the others are left.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let newest = session.execute(select::<User>().order_by(User::id.desc()).limit(1)).await?.first();
    /// # Ok(()) }
    /// ```
    #[inline(always)]
    pub fn first(self) -> Option<T> {
        self.0.into_iter().next()
    }

    /// The only row.
    ///
    /// # Errors
    /// [`Error::is_no_result`] without a row, [`Error::is_multiple_results`] with several.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let user = session.execute(select::<User>().filter(User::id.eq(1))).await?.one()?;
    /// # Ok(()) }
    /// ```
    pub fn one(self) -> Result<T> {
        one(self.0)
    }

    /// The only row, if there is one.
    ///
    /// # Errors
    /// [`Error::is_multiple_results`] with several.
    ///
    /// ```no_run
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let user = session.execute(select::<User>().filter(User::id.eq(1))).await?.one_or_none()?;
    /// # Ok(()) }
    /// ```
    pub fn one_or_none(self) -> Result<Option<T>> {
        one_or_none(self.0)
    }

    /// The rows in parts of so many, the last with what is left.
    ///
    /// All of them are in memory already: what is read in parts is [`Session::stream`](crate::Session::stream).
    ///
    /// ```no_run
    /// # use orm_core::prelude::*;
    /// # async fn example(session: &Session) -> orm_core::Result<()> {
    /// let rows = session.execute(sql!("select id, email from users").rows::<(i64, String)>()).await?;
    /// for part in rows.partitions(100) {
    ///     println!("{} users", part.len());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn partitions(self, size: usize) -> impl Iterator<Item = Vec<T>> {
        let mut rows = self.0.into_iter();
        std::iter::from_fn(move || {
            let part: Vec<T> = rows.by_ref().take(size.max(1)).collect();
            (!part.is_empty()).then_some(part)
        })
    }
}

impl<T> IntoIterator for Rows<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
