//! Floor 6: a place in an order, which can travel as text.
//!
//! Invariant: a text is taken only if it was written for the same order, and is as it was written.

use std::fmt::{self, Write};

use super::CursorValues;
use crate::error::{Error, Result};
use crate::query::{Ordering, Parameter};
use crate::types::SqlType;

/// A place in the order of [`Pages`](crate::Pages): that of a row, whose values it holds. It is there whether the row still
/// is or not.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{prelude::*, Cursor};
/// let posts = select::<Post>().paginate(Post::title, 20);
/// let cursor: Cursor<(String, i64)> = posts.cursor(("Hello".into(), 7));
/// assert_eq!(cursor.values().1, 7);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Cursor<K> {
    /// Of the order.
    fingerprint: u64,
    values: K,
}

impl<K> Cursor<K> {
    pub(super) const fn new(fingerprint: u64, values: K) -> Self {
        Self { fingerprint, values }
    }

    /// The values of the order's terms.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{prelude::*, Cursor};
    /// # fn example(cursor: &Cursor<(String, i64)>) {
    /// let (title, id) = cursor.values();
    /// # let _ = (title, id); }
    /// ```
    pub const fn values(&self) -> &K {
        &self.values
    }

    /// # Errors
    /// If it is a place in another order.
    pub(super) fn check(&self, fingerprint: u64) -> Result<()> {
        if self.fingerprint == fingerprint { Ok(()) } else { Err(Error::broken_cursor()) }
    }
}

impl<K: CursorValues> Cursor<K> {
    pub(super) fn parameters(&self) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        self.values.add_parameters(&mut parameters);
        parameters
    }

    /// The place as a text for a URL, of the digits `0` to `9` and `a` to `f`, which
    /// [`parse_cursor`](crate::Pages::parse_cursor) reads.
    ///
    /// It is opaque, but no secret: who has it can read the values of the order. A mistake in it is noticed; it is not signed.
    ///
    /// # Errors
    /// If a value is of a data type of the application's own that is only written to servers that have it.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// # fn main() -> orm_core::Result<()> {
    /// let posts = select::<Post>().paginate(Post::id, 20);
    /// let text = posts.cursor((7, 7)).to_text()?;
    /// assert!(posts.parse_cursor(&text)? == posts.cursor((7, 7)));
    /// # Ok(()) }
    /// ```
    pub fn to_text(&self) -> Result<String> {
        let mut bytes = Vec::new();
        self.values.write(&mut bytes)?;
        let check = digest(self.fingerprint, &bytes).to_be_bytes();
        let mut text = String::with_capacity(2 * (check.len() + bytes.len()));
        for byte in check.iter().chain(&bytes) {
            write!(text, "{byte:02x}").expect("a string takes all text");
        }
        Ok(text)
    }

    pub(super) fn parse(fingerprint: u64, text: &str) -> Result<Self> {
        Self::read(fingerprint, text).ok_or_else(Error::broken_cursor)
    }

    fn read(fingerprint: u64, text: &str) -> Option<Self> {
        let bytes = bytes(text)?;
        let (check, mut bytes) = bytes.split_first_chunk::<8>()?;
        if u64::from_be_bytes(*check) != digest(fingerprint, bytes) {
            return None;
        }
        let values = K::read(&mut bytes)?;
        bytes.is_empty().then_some(Self { fingerprint, values })
    }
}

/// Shows no values.
impl<K> fmt::Debug for Cursor<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cursor").finish_non_exhaustive()
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |letter: u8| match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'f' => Some(letter - b'a' + 10),
        _ => None,
    };
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

/// What tells an order from others, in every process.
pub(super) fn fingerprint(orderings: &[Ordering], types: &[(bool, SqlType)]) -> u64 {
    let mut order = format!("{orderings:?}");
    types.iter().for_each(|(_, ty)| write!(order, " {ty}").expect("a string takes all text"));
    digest(0xcbf2_9ce4_8422_2325, order.as_bytes())
}

/// FNV-1a, going on from another.
fn digest(start: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(start, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}
