//! What a user of the library sees, against a real PostgreSQL. One binary; every test has a database of its own.

mod back_references;
mod column_types;
mod echo;
mod flush_plan;
mod house;
mod identity;
mod interrupted;
mod object_graph;
mod operations;
mod random_graph;
mod serialize;
mod stress;
mod trees;
