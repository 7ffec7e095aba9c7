//! Floor 6: where in a statement's rows the cells of a shape are.
//!
//! Invariant: a layout is made only if every cell has a data type that its reader takes.

use tokio_postgres::{Column, Row};

use super::fetch::Along;
use super::shape::{Segment, Shape};
use crate::connection::type_name;
use crate::error::{Error, Result};
use crate::graph::{Freshness, Locked, Node, Portion};
use crate::loading::step::{Found, each_once};
use crate::model::{ColumnSet, Table};
use crate::query::Loads;
use crate::types::DecodeError;

/// How a shape finds its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mapping {
    /// One after the other, as the statement was made for the shape; deferred columns of entities say nothing.
    Position,
    /// Structs and entities by the columns' names, the rest one after the other. A struct or entity that is alone looks
    /// at the whole row; one in a tuple at the columns from where it stands up to the first that is none of its own or
    /// that it has already.
    Name,
}

/// Where the cells are.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) shape: Shape,
    /// For each cell of the shape its place in a row.
    places: Vec<usize>,
    /// For each entity where its cells begin among the places, and its columns that no cell brings.
    pub(super) entities: Vec<(usize, ColumnSet)>,
    /// The names of the row's columns.
    names: Vec<String>,
}

/// The columns of a row that have not been taken yet.
struct Columns<'a> {
    all: &'a [Column],
    next: usize,
}

impl Layout {
    /// # Errors
    /// If a cell is not there, or is of a type that is not read.
    pub(super) fn new(shape: Shape, columns: &[Column], mapping: Mapping, options: &[Loads]) -> Result<Self> {
        let names = columns.iter().map(|column| column.name().to_owned()).collect();
        let mut layout = Self { places: Vec::new(), entities: Vec::new(), names, shape };
        let mut rest = Columns { all: columns, next: 0 };
        for n in 0..layout.shape.segments.len() {
            layout.place(layout.shape.segments[n], &mut rest, mapping, options)?;
        }
        if rest.next != columns.len() {
            return Err(Error::row_width(&layout.names, rest.next));
        }
        Ok(layout)
    }

    fn place(
        &mut self,
        segment: Segment,
        rest: &mut Columns<'_>,
        mapping: Mapping,
        options: &[Loads],
    ) -> Result<()> {
        let (table, is_entity) = match segment {
            Segment::Rest => {
                self.places.push(rest.next);
                rest.next = rest.all.len();
                return Ok(());
            }
            Segment::Cell(_) => {
                let place = rest.take(1).ok_or_else(|| self.too_narrow())?;
                return self.place_cell(segment, place, &rest.all[place]);
            }
            Segment::Fields(table) => (table, false),
            Segment::Entity(table) => (table, true),
        };
        let found = match mapping {
            Mapping::Position => {
                let unread = match options.get(self.entities.len()).filter(|_| is_entity) {
                    Some(options) => options.columns.left_out(table),
                    None => ColumnSet::EMPTY,
                };
                let start = rest.take(table.columns.len()).ok_or_else(|| self.too_narrow())?;
                let place = |column: usize| (!unread.contains(column)).then_some(start + column);
                (0..table.columns.len()).map(place).collect()
            }
            Mapping::Name if self.shape.segments.len() == 1 => rest.find(table)?,
            Mapping::Name => rest.window(table),
        };
        self.place_all(table, is_entity, &found, rest.all)
    }

    /// Places the cells of a table's columns where they were found.
    fn place_all(
        &mut self,
        table: &'static Table,
        is_entity: bool,
        found: &[Option<usize>],
        columns: &[Column],
    ) -> Result<()> {
        if is_entity {
            let left_out = (0..found.len()).filter(|&column| found[column].is_none()).collect();
            self.entities.push((self.places.len(), left_out));
        }
        for (facts, place) in table.columns.iter().zip(found) {
            match place.map(|place| columns[place].type_()) {
                None if is_entity && facts.deferred.is_some() => {}
                None => {
                    let what = if is_entity { "an entity" } else { "the struct" };
                    return Err(Error::missing_column(table.model, facts.field, facts.name, what));
                }
                Some(found) if !(facts.accepts)(found) => {
                    let expected = facts.sql_type.to_string();
                    return Err(Error::column_type(table.model, facts.field, &expected, type_name(found)));
                }
                Some(_) => {}
            }
            self.places.push(place.unwrap_or_default());
        }
        Ok(())
    }

    fn place_cell(&mut self, segment: Segment, place: usize, column: &Column) -> Result<()> {
        if let Segment::Cell(cell) = segment
            && !(cell.accepts)(column.type_())
        {
            let rust = short((cell.rust_type)());
            let found = type_name(column.type_());
            return Err(Error::cell_type((place, column.name()), found, &rust, &cell.sql_type.to_string()));
        }
        self.places.push(place);
        Ok(())
    }

    fn too_narrow(&self) -> Error {
        Error::row_width(&self.names, self.shape.width())
    }

    /// The place of a cell.
    pub(super) fn place_of(&self, cell: usize) -> usize {
        self.places[cell]
    }

    /// Where the cells of the entities at this place among them are.
    pub(super) fn portion(&self, entity: usize, table: &'static Table) -> Portion<'_> {
        let (start, left_out) = self.entities[entity];
        let places = &self.places[start..start + table.columns.len()];
        Portion { start: 0, left_out, places: Some(places), may_miss: true, comes_again: false }
    }

    /// Takes the entities in: where each is, row by row. `inserted` if rows that are not known are those of the statement.
    ///
    /// # Errors
    /// If a cell is NULL or malformed where the model cannot hold that.
    pub(super) fn absorb(
        &self,
        locked: &mut Locked<'_>,
        rows: &[Row],
        freshness: Freshness,
        inserted: bool,
    ) -> Result<Vec<Vec<Option<u32>>>> {
        let absorb = |(place, table): (usize, &'static Table)| {
            let arena = locked.make_arena(table);
            let model = (table.number)();
            let known = locked.model(model).records.len();
            let positions = arena.absorb(locked, rows, self.portion(place, table), freshness);
            let positions = positions.map_err(|error| error.of(table))?;
            let new = positions.iter().flatten().filter(|&&position| inserted && position as usize >= known);
            for &position in new {
                locked.note_inserted(Node { model, position });
                locked.link_by_keys(Node { model, position });
            }
            Ok(positions)
        };
        self.shape.entities().enumerate().map(absorb).collect()
    }

    /// What came in, with what is to be loaded along.
    pub(super) fn found<'o>(&self, entities: &[Vec<Option<u32>>], along: &Along<'o>) -> Vec<Found<'o>> {
        let found = if along.joins.is_some() { Found::rows } else { Found::read };
        let each = self.shape.entities().zip(along.options).zip(entities);
        each.map(|((table, options), positions)| found(table, options, each_once(positions.iter().copied())))
            .collect()
    }

    /// A cell could not be read.
    pub(super) fn cell_error(&self, cell: usize, source: DecodeError) -> Error {
        let mut start = 0;
        for segment in &self.shape.segments {
            if cell < start + segment.width() {
                let place = self.places[cell];
                return match segment {
                    Segment::Cell(read) => {
                        Error::cell((place, &self.names[place]), &short((read.rust_type)()), source)
                    }
                    Segment::Rest => Error::cell((place, ""), "RowMapping", source),
                    Segment::Fields(table) | Segment::Entity(table) => {
                        Error::decode(table.model, table.columns[cell - start].field, source)
                    }
                };
            }
            start += segment.width();
        }
        unreachable!("a cell is one of the shape's")
    }
}

impl Columns<'_> {
    /// The place of the first of the next columns, as many as these.
    fn take(&mut self, columns: usize) -> Option<usize> {
        let first = self.next;
        (first + columns <= self.all.len()).then(|| {
            self.next += columns;
            first
        })
    }

    /// Where each column of a table is in the whole row.
    ///
    /// # Errors
    /// If one is there twice.
    fn find(&mut self, table: &'static Table) -> Result<Vec<Option<usize>>> {
        self.next = self.all.len();
        let place = |name: &str| {
            let mut places = (0..self.all.len()).filter(|&place| self.all[place].name() == name);
            match (places.next(), places.next()) {
                (_, Some(_)) => Err(Error::ambiguous_column(table.model, name)),
                (place, None) => Ok(place),
            }
        };
        table.columns.iter().map(|facts| place(facts.name)).collect()
    }

    /// Where each column of a table is among the next ones.
    fn window(&mut self, table: &'static Table) -> Vec<Option<usize>> {
        let mut found = vec![None; table.columns.len()];
        while let Some(column) = self.all.get(self.next) {
            let own = table.columns.iter().position(|facts| facts.name == column.name());
            match own {
                Some(own) if found[own].is_none() => found[own] = Some(self.next),
                _ => break,
            }
            self.next += 1;
        }
        found
    }
}

/// A type's name without the modules that it is in.
pub(super) fn short(name: &str) -> String {
    let mut short = String::new();
    for part in
        name.split_inclusive(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != ':')
    {
        short.push_str(part.rsplit("::").next().unwrap_or_default());
    }
    short
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_type_is_named_without_its_modules() {
        assert_eq!(short(std::any::type_name::<Option<Vec<String>>>()), "Option<Vec<String>>");
        assert_eq!(short("i64"), "i64");
    }
}
