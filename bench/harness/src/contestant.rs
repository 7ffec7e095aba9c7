//! What a contestant does, what it is given, and what it says it saw.

use std::fmt;
use std::ops::{AddAssign, RangeInclusive};
use std::str::FromStr;

use crate::{Error, NEW_POSTS, Result};

/// A way to use PostgreSQL.
///
/// A method's time ends when its future does; what it returns is called afterwards and says what was read or
/// written, from the contestant's own structs. So looking at the result and freeing it cost nothing.
#[expect(async_fn_in_trait, reason = "the runtime has one thread")]
pub trait Contestant: Sized {
    /// Users that were read in order to be deleted.
    type Loaded;

    /// Connects. Is not measured.
    async fn connect(url: &str) -> Result<Self>;

    /// [`Work::Get`](crate::Work::Get).
    async fn get(&self, id: i64) -> Result<impl FnOnce() -> Seen>;

    /// [`Work::Load`](crate::Work::Load): the users with keys up to `n`.
    async fn load(&self, n: i64) -> Result<impl FnOnce() -> Seen>;

    /// [`Work::Insert`](crate::Work::Insert).
    async fn insert(&self, users: Vec<NewUser>) -> Result<impl FnOnce() -> Seen>;

    /// [`Work::Graph`](crate::Work::Graph).
    async fn graph(&self, graphs: Vec<NewGraph>) -> Result<impl FnOnce() -> Seen>;

    /// [`Work::Eager`](crate::Work::Eager).
    async fn eager(&self, n: i64) -> Result<impl FnOnce() -> Seen>;

    /// [`Work::Nested`](crate::Work::Nested).
    async fn nested(&self, n: i64) -> Result<impl FnOnce() -> Seen>;

    /// [`Work::Change`](crate::Work::Change): names become [`NewUser::changed`].
    async fn change(&self, keys: RangeInclusive<i64>) -> Result<impl FnOnce() -> Seen>;

    /// Reads what [`delete`](Self::delete) is given. Is not measured.
    async fn loaded(&self, keys: RangeInclusive<i64>) -> Result<Self::Loaded>;

    /// [`Work::Delete`](crate::Work::Delete): gives the number of users.
    async fn delete(&self, loaded: Self::Loaded) -> Result<usize>;

    /// [`Work::Request`](crate::Work::Request): the name becomes [`NewUser::changed`].
    async fn request(&self, id: i64, post: NewPost) -> Result<impl FnOnce() -> Seen>;
}

/// A user to insert.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The name.
    pub name: String,
    /// Unique.
    pub email: String,
}

impl NewUser {
    /// The new user of that number.
    #[must_use]
    pub fn number(number: i64) -> Self {
        Self { name: format!("New {number}"), email: format!("new{number}@example.com") }
    }

    /// The name that a user's name is changed to.
    #[must_use]
    pub fn changed(id: i64) -> String {
        format!("Changed {id}")
    }
}

/// A post to insert.
#[derive(Clone, Debug)]
pub struct NewPost {
    /// The title.
    pub title: String,
    /// Some two hundred characters.
    pub body: String,
}

impl NewPost {
    /// A post that says what it belongs to, which is checked.
    #[must_use]
    pub fn of(what: &str) -> Self {
        Self { title: format!("A post of {what}"), body: "Lorem ipsum dolor sit amet. ".repeat(7) }
    }
}

/// A user to insert with all that is its own.
#[derive(Clone, Debug)]
pub struct NewGraph {
    /// The user.
    pub user: NewUser,
    /// What its profile says.
    pub bio: String,
    /// Its posts.
    pub posts: Vec<NewPost>,
}

impl NewGraph {
    /// The new user of that number with a profile and posts.
    #[must_use]
    pub fn number(number: i64) -> Self {
        let user = NewUser::number(number);
        let posts = (0..NEW_POSTS).map(|_| NewPost::of(&user.email)).collect();
        Self { bio: format!("The life of {}", user.email), user, posts }
    }
}

/// A sum over rows: equal sums mean that the same rows were seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many.
    pub rows: i64,
    /// Their keys, added up.
    pub keys: i64,
    /// The lengths of their texts, added up.
    pub text: i64,
}

impl Seen {
    /// Takes a row in.
    pub fn row(&mut self, key: i64, texts: &[&str]) {
        let text = texts.iter().map(|text| text.len() as i64).sum();
        *self += Self { rows: 1, keys: key, text };
    }
}

impl AddAssign for Seen {
    fn add_assign(&mut self, other: Self) {
        self.rows += other.rows;
        self.keys += other.keys;
        self.text += other.text;
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} {}", self.rows, self.keys, self.text)
    }
}

impl FromStr for Seen {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut numbers = text.split(' ').map(str::parse);
        let mut next = || numbers.next().ok_or_else(|| format!("three numbers, not `{text}`"));
        Ok(Self { rows: next()??, keys: next()??, text: next()?? })
    }
}
