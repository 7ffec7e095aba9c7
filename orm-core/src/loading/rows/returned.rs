//! Floor 6: what a statement of the application that writes has returned.
//!
//! Invariant: it becomes entities while the turn to write is taken, in the midst of what the statement did in memory.

use std::sync::Arc;

use tokio_postgres::Row;

use super::FromRow;
use super::fetch::{Along, Read, complete};
use super::layout::{Layout, Mapping};
use super::reader::TakenIn;
use super::shape::Shape;
use crate::connection::Reply;
use crate::error::Result;
use crate::graph::{Freshness, Locked, Node};
use crate::loading::fetch::load_along;
use crate::loading::select::UntypedSelect;
use crate::query::{Criteria, Loads, WithStatement};
use crate::unit_of_work::{ReadBack, Scope};

/// What stands in the first cells of a statement's rows.
pub(crate) struct Returned {
    layout: Layout,
    entities: Vec<Vec<Option<u32>>>,
    loaded: Vec<Node>,
}

/// Takes in the first cells of rows that a statement has returned.
pub(crate) struct Reader<'s> {
    scope: &'s Scope,
    shape: fn() -> Shape,
    width: usize,
    options: &'s [Loads],
}

impl Returned {
    /// Reads so many cells. What is said is about the entities among them, one after the other.
    pub(crate) fn reader<'s, R: FromRow>(scope: &'s Scope, width: usize, options: &'s [Loads]) -> Reader<'s> {
        Reader { scope, shape: Shape::of::<R>, width, options }
    }

    /// Loads along what these options say.
    async fn complete(self, scope: &Arc<Scope>, rows: Vec<Row>, options: &[Loads]) -> Result<Read> {
        let Self { layout, entities, loaded } = self;
        scope.tell_loaded(loaded)?;
        let along = Along { options, joins: None };
        load_along(scope, &layout.found(&entities, &along), Freshness::Keep).await?;
        let taken_in = TakenIn { scope: Arc::clone(scope), layout, entities };
        Ok(Read { rows, taken_in })
    }
}

impl ReadBack for Reader<'_> {
    type Read = Returned;

    fn width(&self) -> usize {
        self.width
    }

    fn has_entities(&self) -> bool {
        (self.shape)().entities().next().is_some()
    }

    fn read(&self, locked: &mut Locked<'_>, reply: &Reply, inserted: bool) -> Result<Returned> {
        let columns = &reply.statement.columns()[..self.width];
        let options = complete(self.options, &(self.shape)());
        let layout = Layout::new((self.shape)(), columns, Mapping::Position, &options)?;
        let counted = self.scope.count_loaded(locked);
        let entities = layout.absorb(locked, &reply.rows, Freshness::Renew, inserted)?;
        let loaded = Scope::loaded_since(locked, &counted);
        Ok(Returned { layout, entities, loaded })
    }
}

/// The rows of a select that begins with statements which write.
pub(super) async fn fetch_written(
    scope: &Arc<Scope>,
    select: UntypedSelect,
    shape: fn() -> Shape,
) -> Result<Read> {
    let options = select.row_options();
    let reader = Reader { scope, shape, width: select.statement.width(), options: &options };
    let statement = WithStatement::of_query(select.statement);
    let (returned, reply) = scope.write_with(statement, &select.options.criteria, &reader).await?;
    returned.complete(scope, reply.rows, &complete(&options, &shape())).await
}

/// The rows of a statement that begins with others which write.
pub(crate) async fn read_with<R: FromRow>(
    scope: &Arc<Scope>,
    statement: WithStatement,
    criteria: &Criteria,
    reader: &Reader<'_>,
) -> Result<Vec<R>> {
    let (returned, reply) = scope.write_with(statement, criteria, reader).await?;
    read_returned(scope, vec![(returned, reply.rows)], reader.options).await
}

/// The rows of several answers, one after the other; what their options and models say is loaded along.
pub(crate) async fn read_returned<R: FromRow>(
    scope: &Arc<Scope>,
    answers: Vec<(Returned, Vec<Row>)>,
    options: &[Loads],
) -> Result<Vec<R>> {
    let options = complete(options, &Shape::of::<R>());
    let mut read = Vec::new();
    for (returned, rows) in answers {
        read.extend(returned.complete(scope, rows, &options).await?.all()?);
    }
    Ok(read)
}
