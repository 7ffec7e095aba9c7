//! Floor 2: what may stand in the braces of `sql!`, and what becomes of it.
//!
//! Invariant: a value becomes a parameter, whatever it holds. A number says its type, so that it needs no help from
//! where it stands; a text does not, so that it is what its place wants, as a literal in quotes would be.

use std::borrow::Cow;

use super::{Fragment, RawSql};
use crate::query::{ColumnElement, Expression, Parameter, quote};
use crate::types::{ArrayElement, ColumnType, DataType};

/// What may stand in the braces of `sql!`: a value, a list of values, a column, a condition, another piece of SQL.
///
/// `Kind` tells these apart and is never written.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::sql;
/// let names = ["Ann", "Bob"];
/// let sql = sql!("{User::name} = any({names}) and id > {}", Some(7_i64));
/// assert_eq!(sql.to_string(), "users.name = any($1) and id > $2::bigint");
/// ```
pub trait Interpolate<Kind> {
    /// Adds it to a piece of SQL.
    #[doc(hidden)]
    fn add_to(&self, sql: &mut RawSql);
}

/// Kinds of what stands in braces.
#[derive(Debug)]
pub struct OfValue;
/// See [`OfValue`].
#[derive(Debug)]
pub struct OfText;
/// See [`OfValue`].
#[derive(Debug)]
pub struct OfList;
/// See [`OfValue`].
#[derive(Debug)]
pub struct OfTexts;
/// See [`OfValue`].
#[derive(Debug)]
pub struct OfExpression;
/// See [`OfValue`].
#[derive(Debug)]
pub struct OfElement;
/// See `OfValue`.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{prelude::*, query::{Interpolate, OfQuery}};
/// fn is_a_query(_: &impl Interpolate<OfQuery>) {}
/// is_a_query(&select::<User>());
/// ```
#[derive(Debug)]
pub struct OfQuery;
/// See [`OfValue`].
#[derive(Debug)]
pub struct OfReference<K>(std::marker::PhantomData<K>);

/// What stands in a pair of braces.
#[derive(Debug)]
pub struct Braces<'a, T: ?Sized>(pub &'a T);

/// Something that may stand in braces, in a pair of them: what is wrong is said of the pair, in few words.
#[diagnostic::on_unimplemented(
    message = "this cannot stand in `sql!`",
    label = "a value of a column's type, a list of such, a column or an expression is expected"
)]
pub trait InBraces<K> {
    /// Adds it to a piece of SQL.
    fn add_to(self, sql: &mut RawSql);
}

#[diagnostic::do_not_recommend]
impl<K, T: Interpolate<K> + ?Sized> InBraces<K> for Braces<'_, T> {
    fn add_to(self, sql: &mut RawSql) {
        self.0.add_to(sql);
    }
}

/// What the expansion of `sql!` calls for each of its braces.
pub fn interpolate<K, B: InBraces<K>>(sql: &mut RawSql, braces: B) {
    braces.add_to(sql);
}

/// A name in the database that is known only when the program runs, in quotes if it needs them: a table's, a column's.
///
/// ```
/// # use orm_core::{identifier, sql};
/// let column = identifier("Name; drop table users");
/// assert_eq!(sql!("select {column} from users").to_string(), r#"select "Name; drop table users" from users"#);
/// ```
pub fn identifier(name: &str) -> RawSql {
    RawSql(vec![Fragment::Text(Cow::Owned(quote(name).into_owned()))])
}

fn add<T: ColumnType>(sql: &mut RawSql, value: T) {
    let sql_type = T::NotNull::SQL_TYPE;
    let expression = match sql_type.name {
        "text" => Expression::Parameter(Parameter::literal(value)),
        _ => Expression::Cast(Box::new(Expression::Parameter(Parameter::of(value))), sql_type),
    };
    sql.0.push(Fragment::Expression(expression));
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType> Interpolate<OfValue> for T {
    fn add_to(&self, sql: &mut RawSql) {
        add(sql, self.clone());
    }
}

#[diagnostic::do_not_recommend]
impl Interpolate<OfText> for str {
    fn add_to(&self, sql: &mut RawSql) {
        add(sql, self.to_owned());
    }
}

#[diagnostic::do_not_recommend]
impl<T: DataType> Interpolate<OfReference<T>> for Option<&T> {
    fn add_to(&self, sql: &mut RawSql) {
        add(sql, self.cloned());
    }
}

#[diagnostic::do_not_recommend]
impl Interpolate<OfText> for Option<&str> {
    fn add_to(&self, sql: &mut RawSql) {
        add(sql, self.map(str::to_owned));
    }
}

#[diagnostic::do_not_recommend]
impl<T: ArrayElement> Interpolate<OfList> for [T] {
    fn add_to(&self, sql: &mut RawSql) {
        add(sql, self.to_vec());
    }
}

#[diagnostic::do_not_recommend]
impl<T: ArrayElement, const N: usize> Interpolate<OfList> for [T; N] {
    fn add_to(&self, sql: &mut RawSql) {
        add(sql, self.to_vec());
    }
}

/// Bytes are one value and no list.
#[diagnostic::do_not_recommend]
impl Interpolate<OfValue> for [u8] {
    fn add_to(&self, sql: &mut RawSql) {
        add(sql, self.to_vec());
    }
}

/// What a list of texts holds that are not its own.
pub trait BorrowedText {
    /// The text.
    #[doc(hidden)]
    fn text(&self) -> String;
}

impl BorrowedText for &str {
    fn text(&self) -> String {
        (*self).to_owned()
    }
}

#[diagnostic::do_not_recommend]
impl<T: BorrowedText> Interpolate<OfTexts> for [T] {
    fn add_to(&self, sql: &mut RawSql) {
        add(sql, self.iter().map(T::text).collect::<Vec<String>>());
    }
}

#[diagnostic::do_not_recommend]
impl<T: BorrowedText, const N: usize> Interpolate<OfTexts> for [T; N] {
    fn add_to(&self, sql: &mut RawSql) {
        Interpolate::<OfTexts>::add_to(&self[..], sql);
    }
}

#[diagnostic::do_not_recommend]
impl<T: BorrowedText> Interpolate<OfTexts> for Vec<T> {
    fn add_to(&self, sql: &mut RawSql) {
        Interpolate::<OfTexts>::add_to(&self[..], sql);
    }
}

#[diagnostic::do_not_recommend]
impl<K, T: Interpolate<K> + ?Sized> Interpolate<OfReference<K>> for &T {
    fn add_to(&self, sql: &mut RawSql) {
        (**self).add_to(sql);
    }
}

#[diagnostic::do_not_recommend]
impl Interpolate<OfExpression> for RawSql {
    fn add_to(&self, sql: &mut RawSql) {
        sql.0.extend(self.0.iter().cloned());
    }
}

/// A column, an expression, a condition.
#[diagnostic::do_not_recommend]
impl<E: ColumnElement + Clone> Interpolate<OfElement> for E {
    fn add_to(&self, sql: &mut RawSql) {
        sql.0.push(Fragment::Expression(self.clone().into_expr().expression));
    }
}
