//! What the integration tests share: models, and a database seen through a proxy.
#![allow(missing_docs)]

pub mod archive;
pub mod blog;
pub mod cascades;
pub mod defaults;
pub mod histories;
pub mod keys;
pub mod library;
pub mod links;
pub mod manual;
pub mod models;
pub mod moments;
pub mod own;
mod polling;
pub mod questions;
pub mod samples;
mod setup;
mod shape;
pub mod soft;
pub mod tenancy;
pub mod versioned;
pub mod voyages;

pub use polling::{numbers_of_polls, polled};
pub use setup::Setup;
pub use shape::shape;

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
