//! Floor 2: conditions, what `filter` takes.
//!
//! Invariant: combining conditions never changes what each of them means; where that needs parentheses, the writer
//! puts them.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

use super::expression::{Expression, UnaryOperator};
use super::{Both, ColumnElement, Expr, Only, Sources};

/// A condition on rows. Columns make them (`User::id.eq(1)`); `and`, `or`, `!`, `&`, `|` and [`all`], [`any`] combine
/// them.
///
/// `S` is what it reads, see [`Sources`]: mostly the model whose columns it is about. A query checks that it reads them
/// too; [`untyped`](Condition::untyped) is not checked.
///
/// As in SQL, a comparison with NULL is neither true nor false, and neither is its negation.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::prelude::*;
/// let condition = User::id.gt(1) & (User::name.is_null() | !User::email.contains("test"));
/// assert_eq!(
///     format!("{condition:?}"),
///     "Condition(users.id > $1 AND (users.name IS NULL OR NOT (users.email LIKE $2)))"
/// );
/// ```
#[must_use = "a condition does nothing until a statement is filtered by it"]
pub struct Condition<S = ()>(pub(crate) Expression, PhantomData<fn() -> S>);

impl<S> Condition<S> {
    #[inline(always)]
    pub(crate) fn new(expression: Expression) -> Self {
        Self(expression, PhantomData)
    }

    /// The same, without saying whose columns it is about: so it goes together with those of other models.
    ///
    /// It gives a check up: no query looks whether it reads these tables, and what is not there the server refuses
    /// ([`is_undefined_table`](crate::Error::is_undefined_table)). [`and_with`](Condition::and_with) and
    /// [`or_with`](Condition::or_with) keep the check; a list of conditions of different tables needs this.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let long = Post::title.eq("Hello").untyped() | User::name.is_null().untyped();
    /// let posts = select::<Post>().join(Post::user).filter(long);
    /// # let _ = posts;
    /// ```
    pub fn untyped(self) -> Condition {
        Condition::new(self.0)
    }

    /// The same, said to be about one model, for those that take conditions on one: a condition between two columns of a
    /// model is about the pair of them.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::{Condition, prelude::*};
    /// let named_by_email: Condition<User> = User::name.eq(User::email).about::<User>();
    /// # let _ = named_by_email;
    /// ```
    pub fn about<M>(self) -> Condition<M>
    where
        S: Only<M>,
    {
        Condition::new(self.0)
    }

    /// Both must hold; the other is a condition on other tables.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let either = User::name.is_null().or_with(Post::title.eq("Hello"));
    /// let posts = select::<Post>().join(Post::user).filter(Post::id.gt(1).and_with(either));
    /// assert!(posts.to_string().ends_with("WHERE posts.id > $1 AND (users.name IS NULL OR posts.title = $2)"));
    /// ```
    pub fn and_with<Other: Sources>(self, other: Condition<Other>) -> Condition<Both<S, Other>>
    where
        S: Sources,
    {
        Condition::new(Expression::and([self.0, other.0]))
    }

    /// One of them must hold; the other is a condition on other tables.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::prelude::*;
    /// let either = User::name.is_null().or_with(Post::title.eq("Hello"));
    /// assert_eq!(format!("{either:?}"), "Condition(users.name IS NULL OR posts.title = $1)");
    /// ```
    pub fn or_with<Other: Sources>(self, other: Condition<Other>) -> Condition<Both<S, Other>>
    where
        S: Sources,
    {
        Condition::new(Expression::or([self.0, other.0]))
    }

    /// Both must hold. The other is about the same; see [`and_with`](Condition::and_with) for others.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let condition = User::id.gt(1).and(User::name.is_null());
    /// assert_eq!(format!("{condition:?}"), "Condition(users.id > $1 AND users.name IS NULL)");
    /// ```
    pub fn and(self, other: Self) -> Self {
        all([self, other])
    }

    /// One of them must hold.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::prelude::*;
    /// let condition = User::id.eq(1).or(User::name.is_null());
    /// assert_eq!(format!("{condition:?}"), "Condition(users.id = $1 OR users.name IS NULL)");
    /// ```
    pub fn or(self, other: Self) -> Self {
        any([self, other])
    }
}

/// All of them must hold. No condition at all holds for every row.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{all, prelude::*};
/// let wanted = ["ann", "example"].map(|word| User::email.contains(word));
/// assert_eq!(format!("{:?}", all(wanted)), "Condition(users.email LIKE $1 AND users.email LIKE $2)");
/// ```
pub fn all<S>(conditions: impl IntoIterator<Item = Condition<S>>) -> Condition<S> {
    Condition::new(Expression::and(conditions.into_iter().map(|condition| condition.0)))
}

/// One of them at least must hold. No condition at all holds for no row.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{any, prelude::*};
/// let wanted = ["ann", "bob"].map(|name| User::name.ilike(name));
/// assert_eq!(format!("{:?}", any(wanted)), "Condition(users.name ILIKE $1 OR users.name ILIKE $2)");
/// ```
pub fn any<S>(conditions: impl IntoIterator<Item = Condition<S>>) -> Condition<S> {
    Condition::new(Expression::or(conditions.into_iter().map(|condition| condition.0)))
}

/// The condition must be false; `!condition` is the same.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{not, prelude::*};
/// let condition = not(User::id.eq(1));
/// assert_eq!(format!("{condition:?}"), "Condition(NOT (users.id = $1))");
/// ```
pub fn not<S>(condition: Condition<S>) -> Condition<S> {
    Condition::new(condition.0.unary(UnaryOperator::Not))
}

impl<S> BitAnd for Condition<S> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.and(other)
    }
}

impl<S> BitOr for Condition<S> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}

impl<S> Not for Condition<S> {
    type Output = Self;

    fn not(self) -> Self {
        not(self)
    }
}

impl<S> Clone for Condition<S> {
    fn clone(&self) -> Self {
        Self::new(self.0.clone())
    }
}

/// Its value is true, false, or NULL where what it compares is.
impl<S: Sources> ColumnElement for Condition<S> {
    type Type = Option<bool>;
    type Sources = S;

    fn into_expr(self) -> Expr<Option<bool>, S> {
        Expr::new(self.0)
    }
}

/// Shows the SQL, and so no values.
impl<S> fmt::Debug for Condition<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Condition({:?})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Condition, all, any, not};
    use crate::query::ColumnOperators;
    use crate::query::fixture::{Post, User};

    fn text<M>(condition: &Condition<M>) -> String {
        format!("{:?}", condition.0)
    }

    #[test]
    fn operators_and_methods_say_the_same() {
        let (a, b) = (User::id.eq(1), User::id.eq(2));
        assert_eq!(text(&a.clone().and(b.clone())), "users.id = $1 AND users.id = $2");
        assert_eq!(text(&(a.clone() & b.clone())), "users.id = $1 AND users.id = $2");
        assert_eq!(text(&a.clone().or(b.clone())), "users.id = $1 OR users.id = $2");
        assert_eq!(text(&(a.clone() | b)), "users.id = $1 OR users.id = $2");
        assert_eq!(text(&!a.clone()), "NOT (users.id = $1)");
        assert_eq!(text(&not(a)), "NOT (users.id = $1)");
    }

    #[test]
    fn chains_stay_flat() {
        let id = |id| User::id.eq(id);
        assert_eq!(
            text(&(id(1) & (id(2) & id(3)) & all([id(4)]))),
            "users.id = $1 AND users.id = $2 AND users.id = $3 AND users.id = $4"
        );
        assert_eq!(text(&any([id(1), id(2) | id(3)])), "users.id = $1 OR users.id = $2 OR users.id = $3");
    }

    #[test]
    fn mixed_chains_get_parentheses() {
        let id = |id| User::id.eq(id);
        assert_eq!(
            text(&((id(1) | id(2)) & (id(3) | id(4)))),
            "(users.id = $1 OR users.id = $2) AND (users.id = $3 OR users.id = $4)"
        );
        assert_eq!(text(&(id(1) | (id(2) & id(3)))), "users.id = $1 OR (users.id = $2 AND users.id = $3)");
        assert_eq!(text(&!(id(1) & !id(2))), "NOT (users.id = $1 AND NOT (users.id = $2))");
        assert_eq!(text(&!!id(1)), "NOT (NOT (users.id = $1))");
        assert_eq!(
            text(&(Post::id.between(1, 2) & !Post::id.between(3, 4))),
            "posts.id BETWEEN $1 AND $2 AND NOT (posts.id BETWEEN $3 AND $4)"
        );
    }

    #[test]
    fn no_conditions_are_a_constant() {
        assert_eq!(text(&all::<()>([])), "TRUE");
        assert_eq!(text(&any::<()>([])), "FALSE");
        assert_eq!(text(&!any::<()>([])), "NOT (FALSE)");
    }

    #[test]
    fn debug_shows_no_values() {
        assert_eq!(format!("{:?}", User::email.eq("secret")), "Condition(users.email = $1)");
    }
}
