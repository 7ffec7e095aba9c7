//! Floor 1: `tsvector` and `tsquery`.
//!
//! Invariant: a `tsvector` is read and written as the server has it; a `tsquery` is an expression's type only and is
//! neither sent nor read.

use std::error::Error;

use bytes::{Buf, BufMut, BytesMut};
use postgres_types::{FromSql, IsNull, ToSql, Type, accepts, to_sql_checked};

use super::{DataType, Missing, SqlType};

/// A document as full-text search sees it, PostgreSQL's `tsvector`: lexemes with their positions. Mostly it is the type of
/// [`func::to_tsvector`](crate::func::to_tsvector) or of a generated column.
///
/// ```
/// use orm_core::types::TsVector;
///
/// let vector = TsVector { lexemes: vec![("cat".to_owned(), vec![3])] };
/// assert!(vector.has("cat"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TsVector {
    /// Each lexeme with where it stands; a position's upper two bits are its weight, from 0 for D to 3 for A.
    pub lexemes: Vec<(String, Vec<u16>)>,
}

impl TsVector {
    /// Whether the lexeme is in it.
    ///
    /// ```
    /// # use orm_core::types::TsVector;
    /// assert!(!TsVector::default().has("cat"));
    /// ```
    pub fn has(&self, lexeme: &str) -> bool {
        self.lexemes.iter().any(|(found, _)| found == lexeme)
    }
}

impl ToSql for TsVector {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.put_i32(i32::try_from(self.lexemes.len())?);
        for (lexeme, positions) in &self.lexemes {
            if lexeme.contains('\0') {
                return Err("a lexeme has no NUL in it".into());
            }
            out.put_slice(lexeme.as_bytes());
            out.put_u8(0);
            out.put_u16(u16::try_from(positions.len())?);
            positions.iter().for_each(|position| out.put_u16(*position));
        }
        Ok(IsNull::No)
    }

    accepts!(TS_VECTOR);
    to_sql_checked!();
}

impl<'a> FromSql<'a> for TsVector {
    fn from_sql(_: &Type, mut raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        let mut lexemes = Vec::new();
        for _ in 0..raw.try_get_i32()? {
            let end = raw.iter().position(|byte| *byte == 0).ok_or("a lexeme does not end")?;
            let lexeme = std::str::from_utf8(&raw[..end])?.to_owned();
            raw = &raw[end + 1..];
            let count = raw.try_get_u16()?;
            let positions = (0..count).map(|_| raw.try_get_u16()).collect::<Result<_, _>>()?;
            lexemes.push((lexeme, positions));
        }
        Ok(Self { lexemes })
    }

    accepts!(TS_VECTOR);
}

impl DataType for TsVector {
    type KeyState = Missing;
    const SQL_TYPE: SqlType = SqlType::new("tsvector");

    fn unset() -> Self {
        Self::default()
    }
}

/// What is searched for, PostgreSQL's `tsquery`: the type of [`func::to_tsquery`](crate::func::to_tsquery) and its
/// relatives. It has no values in Rust; cast it to text to see it.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
/// let query = func::plainto_tsquery("english", "The Fat Rats");
/// let shown = select::<Post>().columns(query.cast::<String>());
/// # let _ = shown;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TsQuery(());

const NO_VALUE: &str = "a tsquery has no value in Rust: cast it to text";

impl ToSql for TsQuery {
    fn to_sql(&self, _: &Type, _: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        Err(NO_VALUE.into())
    }

    accepts!(TSQUERY);
    to_sql_checked!();
}

impl<'a> FromSql<'a> for TsQuery {
    fn from_sql(_: &Type, _: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Err(NO_VALUE.into())
    }

    accepts!(TSQUERY);
}

impl DataType for TsQuery {
    type KeyState = Missing;
    const SQL_TYPE: SqlType = SqlType::new("tsquery");

    fn unset() -> Self {
        Self(())
    }
}
