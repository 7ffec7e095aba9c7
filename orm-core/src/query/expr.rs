//! Floor 2: typed expressions: what is computed from columns and values.
//!
//! The types at the edge are that of the result and those of what is read; below them is the same plain `Expression` as
//! everywhere.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use super::aggregate::Aggregate;
use super::sources::Aggregated;
use super::{BinaryOperator, Both, Expression, Operand, RowWise, Sources, TableReference, UnaryOperator};
use crate::model::{Column, Selectable};
use crate::types::{ColumnType, Nullness, Number, OrNull};

/// An expression whose value has the Rust type `T`, an `Option` if it may be NULL: `User::logins + 1`,
/// `func::lower(User::email)`.
///
/// `S` is what it reads, see [`Sources`]. It stands wherever a value may stand in a condition, and
/// [`Session::set`](crate::Session::set) writes it to a column.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{Expr, func, prelude::*};
/// let next: Expr<i64, User> = User::id + 1;
/// assert_eq!(format!("{next:?}"), "Expr(users.id + $1)");
/// let condition = User::email.eq(func::lower(User::name));
/// assert_eq!(format!("{condition:?}"), "Condition(users.email = lower(users.name))");
/// ```
#[must_use = "an expression does nothing by itself"]
pub struct Expr<T, S = ()> {
    pub(crate) expression: Expression,
    types: PhantomData<fn() -> (T, S)>,
}

impl<T, S> Expr<T, S> {
    #[inline(always)]
    pub(crate) fn new(expression: Expression) -> Self {
        Self { expression, types: PhantomData }
    }

    pub(crate) fn call(function: &'static str, arguments: Vec<Expression>) -> Self {
        Self::new(Expression::Function(function, arguments))
    }

    /// The same, without saying what it reads.
    ///
    /// It gives a check up: where it stands, nobody looks whether its tables are read there, and a column that an outer join
    /// makes NULL does not become an `Option`. What is not there the server refuses
    /// ([`is_undefined_table`](crate::Error::is_undefined_table)). Only expressions of different tables in one list need it.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::{Expr, prelude::*};
    /// let next: Expr<i64> = (User::id + 1).untyped();
    /// # let _ = next;
    /// ```
    pub fn untyped(self) -> Expr<T> {
        Expr::new(self.expression)
    }
}

impl<T, S> Clone for Expr<T, S> {
    fn clone(&self) -> Self {
        Self::new(self.expression.clone())
    }
}

/// Shows the SQL, and so no values.
impl<T, S> fmt::Debug for Expr<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expr").field(&self.expression).finish()
    }
}

/// Of a column's or an expression's type, the data type without NULL.
pub type DataTypeOf<E> = <<E as ColumnElement>::Type as ColumnType>::NotNull;
/// Whether a column or an expression may be NULL.
pub type NullnessOf<E> = <<E as ColumnElement>::Type as ColumnType>::Nullness;
/// The type of a value of data type `T` that is made of `E` and `O`, and is NULL where one of them is.
pub type Combined<E, O, D, T> = OrNull<<NullnessOf<E> as Nullness>::Or<<O as Operand<D>>::Nullness>, T>;

/// What has a value in each row: a column, an expression, a condition.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{ColumnElement, Expr, prelude::*};
/// fn as_expression<E: ColumnElement<Type = String>>(element: E) -> Expr<String, E::Sources> {
///     element.into_expr()
/// }
/// assert_eq!(format!("{:?}", as_expression(User::email)), "Expr(users.email)");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a column nor an expression",
    label = "a column or an expression is expected",
    note = "`func::value(..)` makes an expression of a value"
)]
pub trait ColumnElement: Sized {
    /// The Rust type of the value: an `Option` if it may be NULL.
    type Type: ColumnType;
    /// What it reads.
    type Sources: Sources;

    /// The same as an expression.
    fn into_expr(self) -> Expr<Self::Type, Self::Sources>;
}

impl<M: Selectable, C: ColumnType> ColumnElement for Column<M, C> {
    type Type = C;
    type Sources = M;

    #[inline(always)]
    fn into_expr(self) -> Expr<C, M> {
        Expr::new(TableReference::to::<M>().column(self.index()))
    }
}

impl<C: ColumnType, S: Sources> ColumnElement for Expr<C, S> {
    type Type = C;
    type Sources = S;

    fn into_expr(self) -> Self {
        self
    }
}

macro_rules! arithmetic {
    ($($operator:ident $method:ident $sign:tt),+) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<M: Selectable, C: ColumnType<NotNull: Number>, R: Operand<C::NotNull>> $operator<R> for Column<M, C> {
                type Output = Expr<Combined<Self, R, C::NotNull, C::NotNull>, Both<M, R::Sources>>;

                fn $method(self, right: R) -> Self::Output {
                    Expr::new(self.into_expr().expression.binary(BinaryOperator::$operator, right.into_term().0))
                }
            }

            #[diagnostic::do_not_recommend]
            impl<C: ColumnType<NotNull: Number>, S: Sources, R: Operand<C::NotNull>> $operator<R> for Expr<C, S> {
                type Output = Expr<Combined<Self, R, C::NotNull, C::NotNull>, Both<S, R::Sources>>;

                fn $method(self, right: R) -> Self::Output {
                    Expr::new(self.expression.binary(BinaryOperator::$operator, right.into_term().0))
                }
            }

            #[diagnostic::do_not_recommend]
            impl<C: ColumnType<NotNull: Number>, S: RowWise, R: Operand<C::NotNull>> $operator<R> for Aggregate<C, S> {
                type Output = Expr<Combined<Self, R, C::NotNull, C::NotNull>, Both<Aggregated<S>, R::Sources>>;

                fn $method(self, right: R) -> Self::Output {
                    self.into_expr() $sign right
                }
            }
        )+
    };
}

arithmetic!(Add add +, Sub sub -, Mul mul *, Div div /, Rem rem %);

#[diagnostic::do_not_recommend]
impl<M: Selectable, C: ColumnType<NotNull: Number>> Neg for Column<M, C> {
    type Output = Expr<C, M>;

    fn neg(self) -> Self::Output {
        -self.into_expr()
    }
}

#[diagnostic::do_not_recommend]
impl<C: ColumnType<NotNull: Number>, S> Neg for Expr<C, S> {
    type Output = Self;

    fn neg(self) -> Self {
        Self::new(self.expression.unary(UnaryOperator::Minus))
    }
}

#[cfg(test)]
mod tests {
    use crate::func;
    use crate::query::ColumnOperators;
    use crate::query::fixture::{Post, User};

    #[test]
    fn numbers_are_calculated_with() {
        assert_eq!(format!("{:?}", User::id + 1), "Expr(users.id + $1)");
        assert_eq!(format!("{:?}", (User::id - Post::id) * 2), "Expr((users.id - posts.id) * $1)");
        assert_eq!(format!("{:?}", Post::user_id / (User::id + 1)), "Expr(posts.user_id / (users.id + $1))");
        assert_eq!(format!("{:?}", -(User::id % 2)), "Expr(-(users.id % $1))");
        assert_eq!(
            format!("{:?}", User::id.gt(Post::user_id + 1)),
            "Condition(users.id > (posts.user_id + $1))"
        );
    }

    #[test]
    fn functions_are_called() {
        assert_eq!(format!("{:?}", func::lower(User::email)), "Expr(lower(users.email))");
        assert_eq!(format!("{:?}", func::upper("a")), "Expr(upper($1))");
        assert_eq!(format!("{:?}", func::coalesce(User::name, "-")), "Expr(coalesce(users.name, $1))");
        assert_eq!(
            format!("{:?}", func::coalesce(Post::user_id, 0) + 1),
            "Expr(coalesce(posts.user_id, $1) + $2)"
        );
    }
}
