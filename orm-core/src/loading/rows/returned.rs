//! Floor 6: what a statement of the application that writes has returned.
//!
//! Invariant: it becomes entities while the turn to write is taken, in the midst of what the statement did in memory.

use std::sync::Arc;

use tokio_postgres::Row;

use super::FromRow;
use super::layout::{Layout, Mapping};
use super::reader::{RowReader, TakenIn};
use super::shape::Shape;
use crate::connection::Reply;
use crate::error::Result;
use crate::graph::{Freshness, Locked, Node};
use crate::loading::fetch::{Want, load};
use crate::loading::relationship::Known;
use crate::loading::step::{Found, cell_error, each_once};
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
}

impl Returned {
    pub(crate) fn reader<R: FromRow>(scope: &Scope, width: usize) -> Reader<'_> {
        Reader { scope, shape: Shape::of::<R>, width }
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
        let layout = Layout::new((self.shape)(), columns, Mapping::Position, &Loads::default())?;
        let counted = self.scope.count_loaded(locked);
        let mut entities = Vec::new();
        for (place, table) in layout.shape.entities().enumerate() {
            let arena = locked.make_arena(table);
            let model = (table.number)();
            let known = locked.model(model).records.len();
            let positions = arena.absorb(locked, &reply.rows, layout.portion(place, table), Freshness::Renew);
            let positions = positions.map_err(|error| cell_error(table, error))?;
            if inserted {
                let new = positions.iter().flatten().filter(|&&position| position as usize >= known);
                for &position in new {
                    locked.note_inserted(Node { model, position });
                    locked.link_by_keys(Node { model, position });
                }
            }
            entities.push(positions);
        }
        let loaded = Scope::loaded_since(locked, &counted);
        Ok(Returned { layout, entities, loaded })
    }
}

/// The rows of a statement that begins with others which write.
pub(crate) async fn read_with<R: FromRow>(
    scope: &Arc<Scope>,
    statement: WithStatement,
    criteria: &Criteria,
    reader: &Reader<'_>,
) -> Result<Vec<R>> {
    let (returned, reply) = scope.write_with(statement, criteria, reader).await?;
    read_returned(scope, vec![(returned, reply.rows)]).await
}

/// The rows of several answers, one after the other; what their models load by default is loaded along.
pub(crate) async fn read_returned<R: FromRow>(
    scope: &Arc<Scope>,
    answers: Vec<(Returned, Vec<Row>)>,
) -> Result<Vec<R>> {
    let mut read = Vec::new();
    for (Returned { layout, entities, loaded }, rows) in answers {
        scope.tell_loaded(loaded)?;
        let taken_in = TakenIn { scope: Arc::clone(scope), layout, entities };
        load_along(scope, &taken_in).await?;
        for (number, row) in rows.iter().enumerate() {
            let mut reader = RowReader { row, number, taken_in: &taken_in, cell: 0, entity: 0 };
            read.push(R::from_row(&mut reader)?);
        }
    }
    Ok(read)
}

async fn load_along(scope: &Arc<Scope>, taken_in: &TakenIn) -> Result<()> {
    for (table, positions) in taken_in.layout.shape.entities().zip(&taken_in.entities) {
        let options = Loads::default().complete(table);
        let found = Found::read(table, &options, each_once(positions.iter().copied()));
        let known = Known::below(Freshness::Keep);
        let wants = found.rest().map(|along| Want::new(along, found.positions.clone(), known));
        let wants = wants.filter(|want| !want.is_empty()).collect();
        load(scope, wants, Freshness::Keep).await?;
        found.remember(&mut scope.graph.lock());
    }
    Ok(())
}
