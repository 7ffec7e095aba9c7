//! Floor 1: the way of a many-to-many: over link rows to the far side.

/// The way of a many-to-many relationship, as positions: in its own table, and in that of the rows which link the two
/// sides.
///
/// ```
/// # use orm_core::{model::{Model as _, RelationshipMarker}, prelude::*, Relationship};
/// # #[derive(Model, Clone)]
/// # #[orm(many_to_many(tags: Tag, secondary = "post_tags"))]
/// # struct Post {
/// #     #[orm(primary_key)]
/// #     id: i64,
/// # }
/// # #[derive(Model, Clone)]
/// # struct Tag {
/// #     #[orm(primary_key)]
/// #     id: i64,
/// # }
/// fn columns<R: RelationshipMarker>(_: Relationship<R>) -> Vec<&'static str> {
///     let pair = R::THROUGH.map_or(&[][..], |through| through.pair());
///     pair.iter().map(|&column| R::Link::TABLE.columns[column].name).collect()
/// }
/// assert_eq!(columns(Post::tags), ["post_id", "tag_id"]);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Through {
    /// Of the own table: the to-many that leads to the links.
    pub links: usize,
    /// Of the links' table: the relationship that leads back.
    pub near: usize,
    /// Of the links' table: the relationship that leads to the far side.
    pub far: usize,
    columns: [usize; LONGEST],
    count: usize,
}

/// Two keys of four columns.
const LONGEST: usize = 8;

impl Through {
    /// A way, and the columns of the links' keys to both sides.
    ///
    /// ```
    /// # use orm_core::model::Through;
    /// let shared = Through::new([1, 0, 1], &[0, 1], &[0, 2]);
    /// assert_eq!((shared.links, shared.near, shared.far), (1, 0, 1));
    /// assert_eq!(shared.pair(), [0, 1, 2]);
    /// ```
    pub const fn new([links, near, far]: [usize; 3], near_key: &[usize], far_key: &[usize]) -> Self {
        let way = Self { links, near, far, columns: [0; LONGEST], count: 0 };
        way.with(near_key).with(far_key)
    }

    const fn with(mut self, key: &[usize]) -> Self {
        let mut i = 0;
        while i < key.len() {
            self = self.with_column(key[i]);
            i += 1;
        }
        self
    }

    /// In ascending order, so that it is the same from both sides.
    const fn with_column(mut self, mut column: usize) -> Self {
        let mut place = 0;
        while place < self.count {
            let other = self.columns[place];
            if other == column {
                return self;
            }
            if other > column {
                self.columns[place] = column;
                column = other;
            }
            place += 1;
        }
        self.columns[place] = column;
        self.count += 1;
        self
    }

    /// The columns of the links' table that say which two rows are linked, each once.
    ///
    /// ```
    /// # use orm_core::model::Through;
    /// assert_eq!(Through::new([0, 0, 1], &[0], &[1]).pair(), [0, 1]);
    /// ```
    pub fn pair(&self) -> &[usize] {
        &self.columns[..self.count]
    }
}
