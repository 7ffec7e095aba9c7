//! What a user of the crate sees, on a real PostgreSQL.

mod child;
mod databases;
mod proxies;
mod servers;
