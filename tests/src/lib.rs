//! What the integration tests share: models, and a database seen through a proxy.
#![allow(missing_docs)]

pub mod blog;
pub mod library;
mod polling;
mod setup;

pub use polling::polled;
pub use setup::Setup;

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
