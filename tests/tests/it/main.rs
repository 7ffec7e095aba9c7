//! What a user of the library sees, against a real PostgreSQL. One binary; every test has a database of its own.

mod column_types;
mod echo;
mod house;
mod interrupted;
mod object_graph;
mod operations;
mod serialize;
mod stress;
