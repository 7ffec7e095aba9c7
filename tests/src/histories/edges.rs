//! The relationships, and what happens to a row when the one that it refers to goes.

use super::links::{self, Link};
use super::live::Kind;

/// A relationship between two models, over a key of the child.
pub(super) struct Edge {
    pub(super) name: &'static str,
    pub(super) child: Kind,
    /// Its place among the child's own.
    pub(super) slot: usize,
    pub(super) parent: Kind,
    /// The child cannot be without.
    pub(super) required: bool,
    /// The parent has at most one.
    pub(super) one: bool,
    pub(super) on_delete: OnDelete,
    /// The child goes when the parent lets it go.
    pub(super) orphan: bool,
    pub(super) link: &'static dyn Link,
}

/// What happens to the child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnDelete {
    Refuse,
    Release,
    /// The database deletes it.
    Cascade,
    /// The session deletes it.
    Delete,
}

/// The place of a relationship in [`EDGES`].
pub(super) type EdgeId = usize;

pub(super) static EDGES: [Edge; 9] = [
    one("badge.user", Kind::Badge, false, OnDelete::Release, &links::BadgeUser),
    one("passport.holder", Kind::Passport, true, OnDelete::Cascade, &links::PassportHolder),
    many("post.author", (Kind::Post, 0), Kind::User, true, OnDelete::Refuse, &links::PostAuthor),
    many("post.editor", (Kind::Post, 1), Kind::User, false, OnDelete::Release, &links::PostEditor),
    many("node.parent", (Kind::Node, 0), Kind::Node, false, OnDelete::Release, &links::NodeParent),
    many("line.order", (Kind::Line, 0), Kind::Order, false, OnDelete::Release, &links::LineOrder),
    many("line.product", (Kind::Line, 1), Kind::Product, false, OnDelete::Release, &links::LineProduct),
    Edge {
        orphan: true,
        ..many("track.album", (Kind::Track, 0), Kind::Album, true, OnDelete::Delete, &links::TrackAlbum)
    },
    many("take.track", (Kind::Take, 0), Kind::Track, false, OnDelete::Delete, &links::TakeTrack),
];

const fn one(
    name: &'static str,
    child: Kind,
    required: bool,
    on_delete: OnDelete,
    link: &'static dyn Link,
) -> Edge {
    Edge { name, child, slot: 0, parent: Kind::User, required, one: true, on_delete, orphan: false, link }
}

const fn many(
    name: &'static str,
    (child, slot): (Kind, usize),
    parent: Kind,
    required: bool,
    on_delete: OnDelete,
    link: &'static dyn Link,
) -> Edge {
    Edge { name, child, slot, parent, required, one: false, on_delete, orphan: false, link }
}

/// The relationships that a model's rows refer to others by.
pub(super) fn edges_of(kind: Kind) -> impl Iterator<Item = (EdgeId, &'static Edge)> {
    EDGES.iter().enumerate().filter(move |(_, edge)| edge.child == kind)
}

/// The relationships that a model's rows are referred to by.
pub(super) fn edges_to(kind: Kind) -> impl Iterator<Item = (EdgeId, &'static Edge)> {
    EDGES.iter().enumerate().filter(move |(_, edge)| edge.parent == kind)
}
