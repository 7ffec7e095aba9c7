//! Floor 1: `numeric`, behind the feature `rust_decimal`.
//!
//! `1.0` and `1.00` are the same value, as they are to PostgreSQL's `=`; a change of scale alone is not written.

use rust_decimal::Decimal;

use super::Missing;
use super::key::key_type;

key_type!(Decimal, "numeric", Missing, Decimal::ZERO);
