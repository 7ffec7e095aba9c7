//! Floor 8: pages of a select.

use super::execute::Run;
use super::explain::Explain;
use super::stream::each_once;
use super::{Executing, Session};
use crate::entity::{Entity, Live};
use crate::error::Result;
use crate::loading::{CursorValues, FromRow, Page, Pages, fetch_select};
use crate::query::{self, Columns, Sql};

impl<M: Live, S: query::Scope, K: CursorValues> Run for Pages<M, S, K> {
    type Output = Page<Entity<M>, K>;

    fn run<'s>(self, session: &'s Session) -> Executing<'s, Page<Entity<M>, K>>
    where
        Self: 's,
    {
        Executing::new(async move {
            self.check()?;
            let rows = fetch_select(&session.scope(), self.by_rows()).await?;
            let mut page = self.page(rows);
            each_once(&mut page.items);
            Ok(page)
        })
    }
}

impl<R: FromRow, S: query::Scope, K: CursorValues> Run for Pages<Columns<R>, S, K> {
    type Output = Page<R, K>;

    fn run<'s>(self, session: &'s Session) -> Executing<'s, Page<R, K>>
    where
        Self: 's,
    {
        Executing::new(async move {
            self.check()?;
            let rows = fetch_select(&session.scope(), self.with_places()).await?;
            Ok(self.page(rows))
        })
    }
}

impl<T, S, K: CursorValues> Explain for Pages<T, S, K> {
    fn sql_in(&self, session: &Session) -> Sql {
        let criteria = self.select.options.criteria.within(&session.scope().criteria);
        self.paged(self.select.sent()).restricted(&criteria).to_sql()
    }

    fn writes(&self) -> Result<bool> {
        Ok(false)
    }
}
