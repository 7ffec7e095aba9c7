//! What a user of the library sees, against a real PostgreSQL. One binary; every test has a database of its own.

mod autoflush;
mod column_types;
mod eager_loading;
mod failed_flush;
mod house;
mod interruption;
mod lazy_loading;
mod lost_connection;
mod operations;
mod refresh;
mod rollback;
mod wrong_input;
