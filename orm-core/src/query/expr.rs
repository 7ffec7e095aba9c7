//! Floor 2: typed expressions: what is computed from columns and values.
//!
//! The type at the edge is the data type of the result; below it is the same plain `Expression` as everywhere.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Sub};

use super::{BinaryOperator, Expression, Operand, Term};
use crate::model::{Column, Model};
use crate::types::{ColumnType, DataType, Number};

/// An expression of data type `T`: `User::logins + 1`, `func::lower(User::email)`.
///
/// It stands wherever a value may stand in a condition, and [`Session::set`](crate::Session::set) writes it to a column.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{Expr, func};
/// let next: Expr<i64> = User::id + 1;
/// assert_eq!(format!("{next:?}"), "Expr(users.id + $1)");
/// let condition = User::email.eq(func::lower(User::name));
/// assert_eq!(format!("{condition:?}"), "Condition(users.email = lower(users.name))");
/// ```
#[must_use = "an expression does nothing by itself"]
pub struct Expr<T> {
    pub(crate) expression: Expression,
    data_type: PhantomData<fn() -> T>,
}

impl<T> Expr<T> {
    pub(super) fn new(expression: Expression) -> Self {
        Self { expression, data_type: PhantomData }
    }

    pub(super) fn call(function: &'static str, arguments: Vec<Expression>) -> Self {
        Self::new(Expression::Function(function, arguments))
    }
}

impl<T> Clone for Expr<T> {
    fn clone(&self) -> Self {
        Self::new(self.expression.clone())
    }
}

/// Shows the SQL, and so no values.
impl<T> fmt::Debug for Expr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expr").field(&self.expression).finish()
    }
}

#[diagnostic::do_not_recommend]
impl<T: DataType> Operand<T> for Expr<T> {
    fn into_term(self) -> Term {
        Term(self.expression)
    }
}

macro_rules! arithmetic {
    ($($operator:ident $method:ident),+) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<M: Model, C: ColumnType<NotNull: Number>, R: Operand<C::NotNull>> $operator<R> for Column<M, C> {
                type Output = Expr<C::NotNull>;

                fn $method(self, right: R) -> Self::Output {
                    calculate(Operand::<C::NotNull>::into_term(self), BinaryOperator::$operator, right.into_term())
                }
            }

            #[diagnostic::do_not_recommend]
            impl<T: Number, R: Operand<T>> $operator<R> for Expr<T> {
                type Output = Self;

                fn $method(self, right: R) -> Self {
                    calculate(self.into_term(), BinaryOperator::$operator, right.into_term())
                }
            }
        )+
    };
}

arithmetic!(Add add, Sub sub, Mul mul, Div div);

fn calculate<T>(left: Term, operator: BinaryOperator, right: Term) -> Expr<T> {
    Expr::new(left.0.binary(operator, right.0))
}

#[cfg(test)]
mod tests {
    use crate::func;
    use crate::query::fixture::{Post, User};

    #[test]
    fn numbers_are_calculated_with() {
        assert_eq!(format!("{:?}", User::id + 1), "Expr(users.id + $1)");
        assert_eq!(format!("{:?}", (User::id - Post::id) * 2), "Expr((users.id - posts.id) * $1)");
        assert_eq!(format!("{:?}", Post::user_id / (User::id + 1)), "Expr(posts.user_id / (users.id + $1))");
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
