//! What a user of the library sees, against a real PostgreSQL. One binary; every test has a database of its own.

mod autoflush;
mod back_references;
mod batches;
mod chinook;
mod column_types;
mod eager_loading;
mod echo;
mod events;
mod failed_flush;
mod flush_plan;
mod house;
mod identity;
mod interrupted;
mod interruption;
mod lazy_loading;
mod lost_connection;
mod names;
mod object_graph;
mod operations;
mod refresh;
mod rollback;
mod serialize;
mod stress;
mod trees;
mod unique_values;
mod wrong_input;
