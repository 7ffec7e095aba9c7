//! Floor 1: `uuid`, behind the feature of that name.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use uuid::Uuid;

use super::scalars::key_type;
use super::{ArrayElement, DataType, Missing, SqlType};

key_type!(Uuid, "uuid", Missing, Uuid::nil());
