//! An ORM for PostgreSQL with a real session: live objects, an identity map and a unit of work.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(any(test, feature = "derive"))]
extern crate self as orm_core;

mod connection;
mod entity;
mod error;
#[cfg(feature = "derive")]
pub mod example;
mod graph;
mod loading;
pub mod model;
pub mod prelude;
mod query;
pub mod schema;
mod session;
pub mod types;
mod unit_of_work;

pub use entity::{Edit, Entity, Live, Related};
pub use error::{Error, Result};
pub use graph::EntityState;
pub use loading::{LoadOption, Scalar, Select, joinedload, select, selectinload};
pub use query::{Condition, Element, Operand, OrderBy, Parameter, Sql, Term, all, any, not};
pub use session::{Add, Database, DatabaseBuilder, Get, Refresh, Rows, Scalars, Session, Statement};
pub use types::{ColumnEnum, ColumnNewtype};
pub use unit_of_work::Plan;

#[cfg(feature = "derive")]
pub use orm_derive::{ColumnEnum, ColumnNewtype, Model};

/// The tables of these models: `db.create_all(models![User, Post])`.
#[macro_export]
macro_rules! models {
    ($($model:ty),* $(,)?) => {
        [$(<$model as $crate::model::Model>::TABLE),*]
    };
}
