//! Measures how long ways to use PostgreSQL take for the same work, and checks that they did it.
//!
//! Each way is a *contestant*: a small program whose `main` calls [`serve`]. It waits on its standard input for
//! a case, does it and answers with the times and with what it has seen. The programs in `src/bin` start a
//! database ([`World`]) and the contestants ([`Peer`]), ask them by turns, and compare with what SQL says.

mod case;
mod contestant;
mod figures;
mod peer;
mod serve;
mod world;

pub use case::{Case, Work};
pub use contestant::{Contestant, NewGraph, NewPost, NewUser, Seen};
pub use figures::{machine, median};
pub use peer::{Peer, build};
pub use serve::serve;
pub use world::World;

/// What can go wrong here is only ever shown.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// The users that are always there; those with a greater key are made for a case and removed behind it.
pub const USERS: i64 = 100_000;

/// As many of the first users have a profile and [`POSTS`] posts with [`TAGS`] tags each.
pub const WITH_POSTS: i64 = 1_000;

/// The posts of a user in the tables.
pub const POSTS: i64 = 10;

/// The tags of a post.
pub const TAGS: i64 = 3;

/// The posts of a new user in [`Work::Graph`].
pub const NEW_POSTS: i64 = 5;
