//! Floor 1: `uuid`, behind the feature of that name.

use uuid::Uuid;

use super::Missing;
use super::key::key_type;

key_type!(Uuid, "uuid", Missing, Uuid::nil());
