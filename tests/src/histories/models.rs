//! Every shape of keys and relationships once: one-to-one over a nullable key and over one that is not, two
//! relationships to one target, a tree with versions, composite keys that share a column, children that the session
//! deletes, and many-to-many over a bare table and through a model.
//!
//! Each model calls its text `name`, so that histories need not tell them apart.

use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
#[orm(table = "users")]
#[orm(has_one(badge: Badge, back_populates = user), has_one(passport: Passport, back_populates = holder))]
#[orm(has_many(posts: Post, back_populates = author), has_many(edited: Post, back_populates = editor))]
#[orm(has_many(seats: Seat, back_populates = user))]
#[orm(many_to_many(nodes: Node, through = Seat, back_populates = users))]
pub struct User {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique)]
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "badges")]
pub struct Badge {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[orm(unique, belongs_to(user: User, back_populates = badge))]
    pub user_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "passports")]
pub struct Passport {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[orm(unique, belongs_to(holder: User, back_populates = passport, on_delete = cascade))]
    pub holder_id: i64,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "posts")]
pub struct Post {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[orm(index, belongs_to(author: User, back_populates = posts))]
    pub author_id: i64,
    #[orm(index, belongs_to(editor: User, back_populates = edited))]
    pub editor_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "nodes")]
#[orm(has_many(children: Node, back_populates = parent), has_many(seats: Seat, back_populates = place))]
#[orm(many_to_many(users: User, through = Seat, back_populates = nodes))]
#[orm(many_to_many(albums: Album, back_populates = nodes))]
pub struct Node {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[orm(index, belongs_to(parent: Node, back_populates = children))]
    pub parent_id: Option<i64>,
    #[orm(version)]
    pub version: i32,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "orders")]
#[orm(has_many(lines: Line, back_populates = order))]
pub struct Order {
    #[orm(primary_key)]
    pub tenant_id: i32,
    #[orm(primary_key, identity)]
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "products")]
#[orm(has_many(lines: Line, back_populates = product))]
pub struct Product {
    #[orm(primary_key)]
    pub tenant_id: i32,
    #[orm(primary_key, identity)]
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "lines")]
#[orm(belongs_to(order: Order, key = (tenant_id, order_id), back_populates = lines))]
#[orm(belongs_to(product: Product, key = (tenant_id, product_id), back_populates = lines))]
pub struct Line {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub tenant_id: i32,
    pub order_id: Option<i64>,
    pub product_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "albums", has_many(tracks: Track, back_populates = album, cascade = delete_orphan))]
#[orm(many_to_many(nodes: Node, secondary = "album_nodes", back_populates = albums))]
pub struct Album {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "tracks", has_many(takes: Take, back_populates = track, cascade = delete))]
pub struct Track {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[orm(index, belongs_to(album: Album, back_populates = tracks))]
    pub album_id: i64,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "takes")]
pub struct Take {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[orm(index, belongs_to(track: Track, back_populates = takes))]
    pub track_id: Option<i64>,
}

/// Links users and nodes, and is nothing else.
#[derive(Model, Debug, Clone)]
#[orm(table = "seats")]
pub struct Seat {
    #[orm(primary_key, belongs_to(user: User, back_populates = seats, on_delete = cascade))]
    pub user_id: i64,
    #[orm(primary_key, belongs_to(place: Node, back_populates = seats, on_delete = cascade))]
    pub node_id: i64,
}

/// The tables, those that others refer to first.
pub const TABLES: [&orm_core::model::Table; 12] =
    orm_core::models![User, Badge, Passport, Post, Node, Order, Product, Line, Album, Track, Take, Seat];
