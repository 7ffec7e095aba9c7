//! An ORM for PostgreSQL with a real session: live objects, an identity map and a unit of work.
//!
//! Declare models with `#[derive(Model)]`, open a [`Database`], take a [`Session`] from it. Entities are live: one row is
//! one object within a session, both sides of a relationship agree, and [`Session::commit`] works out the smallest
//! correctly ordered set of writes.
//!
//! ```no_run
//! # use orm_examples::blog::{Post, User};
//! use orm_core::prelude::*;
//!
//! # async fn example() -> orm_core::Result<()> {
//! let db = Database::connect("postgres://postgres@localhost/blog").await?;
//! db.create_all(models![User, Post]).await?;
//!
//! let session = db.session();
//! let user = session.add(User::builder().email("ann@example.org"));
//! let post = session.add(Post::builder().title("Hello").user(&user));
//! session.commit().await?;
//!
//! post.edit().title = "Hello, world".into();
//! session.commit().await?;
//! assert_eq!(post.user().await?, user);
//! # Ok(())
//! # }
//! ```
//!
//! The crate's root has what applications name. [`model`] and [`types`] have the facts that the derive writes and the
//! traits behind columns, for those who write column types or tools of their own.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(test)]
extern crate self as orm_core;

mod connection;
mod entity;
mod error;
mod graph;
mod loading;
pub mod model;
pub mod prelude;
pub mod query;
pub mod schema;
mod session;
pub mod types;
mod unit_of_work;
mod writing;

pub use connection::Isolation;
pub use entity::{
    AnyEntity, ColumnChange, DeferredColumn, Edit, Entity, EntityOf, History, Live, Related, entity,
    entity_as,
};
pub use error::{Error, Result};
pub use graph::EntityState;
pub use loading::Cursor;
pub use loading::CursorValues;
pub use loading::Page;
pub use loading::PageOrder;
pub use loading::Pages;
pub use loading::Query;
pub use loading::search_order;
pub use loading::select_row;
pub use loading::{
    ColumnList, Combined, ContainsEager, Cte, Defer, FromRow, JoinTo, LoadOption, On, Raise, RaiseAll,
    RowMapping, RowReader, Select, SelectIn, Shape, TableSource, Values, contains_eager, defer, joinedload,
    lazyload, lazyload_all, load_only, noload, nth_column, raiseload, raiseload_all, select, select_from,
    selectinload, subqueryload, table, undefer, undefer_group, values, with_loader_criteria,
};
pub use loading::{Keeps, RowsOf, is_cycle};
pub use model::{Column, Model, Relationship, Selectable, Table};
pub use query::func;
pub use query::{
    ColumnElement, ColumnOperators, Condition, Element, Excluded, Expr, Interpolate, Lock, Locking, Operand,
    OrderBy, Parameter, RawSql, Sql, Term, TextOperators, all, any, excluded, identifier, not, sql_unchecked,
};
pub use query::{Frame, Window, window};
pub use session::{
    Add, Attribute, Begin, Database, DatabaseBuilder, Events, Executing, Explained, Get, Merge, MergeSource,
    Outcome, RawEntities, RawRows, ReadAs, ReadAsEntities, Refresh, RowStream, Rows, Savepoint, Session,
    Statement, Streamed, UnitOfWork,
};
#[cfg(feature = "serde_json")]
pub use types::Json;
pub use types::{ColumnEnum, ColumnNewtype, DataType, Deferred, SqlType};
pub use unit_of_work::Plan;
pub use writing::Change;
pub use writing::Deletes;
pub use writing::Updates;
pub use writing::{
    Delete, Fills, Insert, OnConflict, Returning, Update, Upsert, delete, delete_hard, insert, update,
};

#[cfg(feature = "derive")]
pub use orm_derive::{ColumnEnum, ColumnNewtype, FromRow, Model, sql};

/// The tables of these models, for `create_all` and `drop_all`.
///
/// ```
/// use orm_examples::blog::{Post, Profile, User};
///
/// let tables = orm_core::models![User, Profile, Post];
/// assert_eq!(tables.map(|table| table.name), ["users", "profiles", "posts"]);
/// ```
#[macro_export]
macro_rules! models {
    ($($model:ty),* $(,)?) => {
        [$(<$model as $crate::model::Model>::TABLE),*]
    };
}
