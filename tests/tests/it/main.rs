//! What a user of the library sees, against a real PostgreSQL. One binary; every test has a database of its own.

mod back_references;
mod batches;
mod column_types;
mod debug;
mod echo;
mod events;
mod flush_plan;
mod house;
mod identity;
mod interrupted;
mod keys;
mod names;
mod object_graph;
mod operations;
mod serialize;
mod stress;
mod trees;
mod unique_values;
