//! Floor 6: the values by which a place in an order is known.

use crate::error::Error;
use crate::error::Result;
use crate::loading::FromRow;
use crate::query::Parameter;
use crate::types::{ColumnType, DataType, SqlType, from_bytes, to_bytes};

/// The values of an order's terms: a column's type, or a tuple of such.
///
/// ```
/// # use orm_core::CursorValues;
/// fn is_a_place<K: CursorValues>() {}
/// is_a_place::<(Option<String>, i64)>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not what rows can be ordered by",
    label = "a column's type, or a tuple of such, is expected"
)]
pub trait CursorValues: FromRow + Clone + Sync {
    /// Of each value whether it may be NULL, and its data type.
    #[doc(hidden)]
    fn add_types(types: &mut Vec<(bool, SqlType)>);

    #[doc(hidden)]
    fn add_parameters(&self, parameters: &mut Vec<Parameter>);

    #[doc(hidden)]
    fn write(&self, bytes: &mut Vec<u8>) -> Result<()>;

    /// Takes the first bytes.
    #[doc(hidden)]
    fn read(bytes: &mut &[u8]) -> Option<Self>;
}

/// Stands for the length of NULL.
const NULL: [u8; 4] = [0xff; 4];

#[diagnostic::do_not_recommend]
impl<C: ColumnType> CursorValues for C {
    fn add_types(types: &mut Vec<(bool, SqlType)>) {
        types.push((C::NULLABLE, C::NotNull::SQL_TYPE));
    }

    fn add_parameters(&self, parameters: &mut Vec<Parameter>) {
        parameters.push(Parameter::of(self.clone()));
    }

    fn write(&self, bytes: &mut Vec<u8>) -> Result<()> {
        let Some(value) = to_bytes(self).map_err(Error::unwritten_cursor)? else {
            bytes.extend(NULL);
            return Ok(());
        };
        let length = u32::try_from(value.len()).map_err(|error| Error::unwritten_cursor(error.into()))?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(value);
        Ok(())
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        *bytes = rest;
        if *length == NULL {
            return from_bytes(None).ok();
        }
        let (value, rest) = bytes.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        *bytes = rest;
        from_bytes(Some(value)).ok()
    }
}

macro_rules! tuples {
    ($first:ident $($rest:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<$first: CursorValues, $($rest: CursorValues),*> CursorValues for ($first, $($rest,)*) {
            fn add_types(types: &mut Vec<(bool, SqlType)>) {
                $first::add_types(types);
                $($rest::add_types(types);)*
            }

            #[allow(non_snake_case)]
            fn add_parameters(&self, parameters: &mut Vec<Parameter>) {
                let ($first, $($rest,)*) = self;
                $first.add_parameters(parameters);
                $($rest.add_parameters(parameters);)*
            }

            #[allow(non_snake_case)]
            fn write(&self, bytes: &mut Vec<u8>) -> Result<()> {
                let ($first, $($rest,)*) = self;
                $first.write(bytes)?;
                $($rest.write(bytes)?;)*
                Ok(())
            }

            fn read(bytes: &mut &[u8]) -> Option<Self> {
                Some(($first::read(bytes)?, $($rest::read(bytes)?,)*))
            }
        }

        tuples!($($rest)*);
    };
    () => {};
}

tuples!(A B C D E F G H);
