//! The cases: a kind of work and how much of it.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::{Error, NEW_POSTS, POSTS, Result, TAGS, USERS};

/// What is done in one round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Read one user by its key.
    Get,
    /// Read users in the order of their keys.
    Load,
    /// Insert users in a transaction, and know their keys and times.
    Insert,
    /// Insert users, each with a profile and five posts, in a transaction.
    Graph,
    /// Read users with profile and posts.
    Eager,
    /// Read users with posts and the posts' tags.
    Nested,
    /// Read users, change the name of each, save.
    Change,
    /// Delete users that have been read before.
    Delete,
    /// Read a user with its posts, change its name, insert a post, commit.
    Request,
}

const WORKS: [(Work, &str); 9] = [
    (Work::Get, "get"),
    (Work::Load, "load"),
    (Work::Insert, "insert"),
    (Work::Graph, "graph"),
    (Work::Eager, "eager"),
    (Work::Nested, "nested"),
    (Work::Change, "change"),
    (Work::Delete, "delete"),
    (Work::Request, "request"),
];

/// Some work of some size; as text `load 1000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// What is done.
    pub work: Work,
    /// With how many users.
    pub size: i64,
}

impl Case {
    /// The cases of the comparison.
    pub const ALL: [Self; 13] = [
        Self { work: Work::Get, size: 1 },
        Self { work: Work::Load, size: 1 },
        Self { work: Work::Load, size: 1_000 },
        Self { work: Work::Load, size: 100_000 },
        Self { work: Work::Insert, size: 1 },
        Self { work: Work::Insert, size: 1_000 },
        Self { work: Work::Graph, size: 1 },
        Self { work: Work::Graph, size: 1_000 },
        Self { work: Work::Eager, size: 100 },
        Self { work: Work::Nested, size: 1_000 },
        Self { work: Work::Change, size: 1_000 },
        Self { work: Work::Delete, size: 1_000 },
        Self { work: Work::Request, size: 1 },
    ];

    /// The rows, of all tables, that a round must have seen.
    #[must_use]
    pub fn rows(self) -> i64 {
        let each = match self.work {
            Work::Get | Work::Load | Work::Insert | Work::Change | Work::Delete => 1,
            Work::Graph => 2 + NEW_POSTS,
            Work::Eager => 2 + POSTS,
            Work::Nested => 1 + POSTS + POSTS * TAGS,
            Work::Request => 2 + POSTS,
        };
        each * self.size
    }

    /// How often the work is done in a row. What is short is done more often, since the first time after another
    /// contestant's turn finds cold caches.
    #[must_use]
    pub fn times(self) -> i64 {
        if self.size == 1 { 25 } else { 2 }
    }

    /// The key that [`Work::Get`] asks for in a round.
    #[must_use]
    pub fn key(round: i64) -> i64 {
        1 + round * 7_919 % USERS
    }

    /// The keys of the users that are made for a round which changes or deletes.
    #[must_use]
    pub fn keys(self, round: i64) -> RangeInclusive<i64> {
        let first = USERS + round * self.size;
        first + 1..=first + self.size
    }
}

impl fmt::Display for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = WORKS.iter().find(|(work, _)| *work == self.work).map_or("", |(_, name)| name);
        write!(formatter, "{name} {}", self.size)
    }
}

impl FromStr for Case {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, size) = text.split_once(' ').ok_or_else(|| format!("no case: `{text}`"))?;
        let work = WORKS.iter().find(|(_, other)| *other == name);
        let (work, _) = work.ok_or_else(|| format!("no such work: `{name}`"))?;
        Ok(Self { work: *work, size: size.parse()? })
    }
}
