//! Floor 2: columns, expressions and statements, and the SQL text and parameters that they become.
//!
//! Typed at the edge ([`Column`](crate::model::Column)'s operators, [`Condition`], [`Operand`]), plain data below it
//! (`Expression`, `SelectStatement`), one writer at the bottom. Pure: no I/O, no async. Invariant: a statement's text
//! is made of names and shapes only; every value is a parameter and every list is one array parameter, so that the
//! text depends on neither.

mod aggregate;
mod alias;
mod among;
mod argument;
mod change;
mod column_load;
mod combined;
mod common_write;
mod condition;
mod counted;
mod criteria;
mod elements;
mod expr;
mod expression;
#[cfg(test)]
mod fixture;
pub mod func;
mod insert;
mod joins;
mod key;
mod keyset;
mod load;
mod lock;
mod operand;
mod operators;
mod order;
mod output;
mod parameter;
mod raw;
mod row;
mod scope;
mod select;
mod source;
mod sources;
mod subquery;
mod tuples;
mod window;
mod within;
mod writer;

pub use aggregate::Aggregate;
pub use alias::{Aliased, SnakeCase};
pub use among::{Among, Choices};
pub use argument::{ArgumentNullness, ArgumentType, Arguments, FunctionArgument, Like, LikeBoth};
pub use condition::{Condition, all, any, not};
pub use elements::{ElementList, Elements, GroupingSets};
pub use expr::{ColumnElement, Combined, DataTypeOf, Expr, NullnessOf};
pub use insert::{Excluded, excluded};
pub use joins::RelationshipTo;
pub use lock::{Lock, Locking};
pub use operand::{Element, Operand, Side, Term};
#[cfg(feature = "chrono")]
pub use operators::TimeOperators;
pub use operators::{
    Array, ArrayOperators, BitOperators, BooleanOperators, ColumnOperators, GeneralOperators,
    PatternOperators, RangeOperators, Ranged, TextOperators, Whole,
};
#[cfg(feature = "serde_json")]
pub use operators::{JsonKey, JsonOperators, JsonType};
pub use order::{OrderBy, OrderOn, OrderTerms, Ordered, Terms};
pub use output::{Columns, NoneYet, Output, OutputList, Yields};
pub use parameter::Parameter;
pub use raw::Braces;
pub use raw::InBraces;
pub use raw::{Interpolate, OfQuery, RawSql, identifier, interpolate, raw_sql, sql_unchecked};
pub use row::{IntoField, Row, RowField, RowFields, field, row};
pub use scope::{
    Closed, Correlate, Covers, From, FullJoin, Has, Here, Join, LeftJoin, RightJoin, Rollup, Scope, There,
};
pub use sources::{About, Aggregated, Both, GroupWise, Hidden, Only, RowWise, Sources, Windowed};
pub use subquery::SubqueryStatement;
pub use window::RangeOffset;
pub use window::SingleOrder;
pub use window::{Frame, Window, WindowFunction, window};
pub use within::{ConditionOn, IntoCondition};
pub use writer::Sql;

pub(crate) use crate::schema::identifier::{quote, quote_table};
pub(crate) use change::ChangeStatement;
pub(crate) use column_load::{ColumnLoads, ColumnStrategy};
pub(crate) use combined::{CommonBody, CommonTable, Search, SetOperation, SetOperator};
pub(crate) use common_write::{CommonWrite, Main, WithStatement, WriteStatement};
pub(crate) use criteria::Criteria;
pub(crate) use elements::{elements, grouping_sets};
pub(crate) use expression::{BinaryOperator, Expression, Quantifier, UnaryOperator};
pub(crate) use insert::{ConflictTarget, ConflictUpdate, InsertSource, InsertStatement, OnConflict, draw};
pub(crate) use keyset::{KeyTerm, behind};
#[doc(hidden)]
pub use load::Loads;
pub(crate) use load::{Levels, Load, Strategy};
pub(crate) use order::{Ordering, terms};
pub(crate) use output::In;
pub(crate) use parameter::Argument;
pub(crate) use select::SelectStatement;
pub(crate) use source::{Alias, Derived, DerivedBody, JoinKind, Source, TableReference};
pub(crate) use writer::Writer;
