//! Floor 2: conditions, what `filter` takes.
//!
//! Invariant: combining conditions never changes what each of them means; where that needs parentheses, the writer
//! puts them.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

use super::expression::{Expression, UnaryOperator};

/// A condition on rows. Columns make them (`User::id.eq(1)`); `and`, `or`, `!`, `&`, `|` and [`all`], [`any`] combine
/// them.
///
/// `M` is the model whose columns it is about, which those who load a relationship ask for; [`untyped`](Condition::untyped)
/// is about any.
///
/// As in SQL, a comparison with NULL is neither true nor false, and neither is its negation.
///
/// ```
/// # use orm_examples::blog::User;
/// let condition = User::id.gt(1) & (User::name.is_null() | !User::email.contains("test"));
/// assert_eq!(
///     format!("{condition:?}"),
///     "Condition(users.id > $1 AND (users.name IS NULL OR NOT (users.email LIKE $2)))"
/// );
/// ```
#[must_use = "a condition does nothing until a statement is filtered by it"]
pub struct Condition<M = ()>(pub(crate) Expression, PhantomData<fn() -> M>);

impl<M> Condition<M> {
    pub(super) fn new(expression: Expression) -> Self {
        Self(expression, PhantomData)
    }

    /// The same, without saying whose columns it is about: so it goes together with those of other models.
    ///
    /// ```
    /// # use orm_examples::blog::*; use orm_core::select;
    /// let long = Post::title.eq("Hello").untyped() | User::name.is_null().untyped();
    /// let posts = select::<Post>().join(Post::user).filter(long);
    /// # let _ = posts;
    /// ```
    pub fn untyped(self) -> Condition {
        Condition::new(self.0)
    }

    /// Both must hold.
    ///
    /// ```
    /// # use orm_examples::blog::User;
    /// let condition = User::id.gt(1).and(User::name.is_null());
    /// assert_eq!(format!("{condition:?}"), "Condition(users.id > $1 AND users.name IS NULL)");
    /// ```
    pub fn and(self, other: Self) -> Self {
        all([self, other])
    }

    /// One of them must hold.
    ///
    /// ```
    /// # use orm_examples::blog::User;
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
/// # use orm_examples::blog::User; use orm_core::all;
/// let wanted = ["ann", "example"].map(|word| User::email.contains(word));
/// assert_eq!(format!("{:?}", all(wanted)), "Condition(users.email LIKE $1 AND users.email LIKE $2)");
/// ```
pub fn all<M>(conditions: impl IntoIterator<Item = Condition<M>>) -> Condition<M> {
    Condition::new(Expression::and(conditions.into_iter().map(|condition| condition.0)))
}

/// One of them at least must hold. No condition at all holds for no row.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::any;
/// let wanted = ["ann", "bob"].map(|name| User::name.ilike(name));
/// assert_eq!(format!("{:?}", any(wanted)), "Condition(users.name ILIKE $1 OR users.name ILIKE $2)");
/// ```
pub fn any<M>(conditions: impl IntoIterator<Item = Condition<M>>) -> Condition<M> {
    Condition::new(Expression::or(conditions.into_iter().map(|condition| condition.0)))
}

/// The condition must be false; `!condition` is the same.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::not;
/// let condition = not(User::id.eq(1));
/// assert_eq!(format!("{condition:?}"), "Condition(NOT (users.id = $1))");
/// ```
pub fn not<M>(condition: Condition<M>) -> Condition<M> {
    Condition::new(condition.0.unary(UnaryOperator::Not))
}

impl<M> BitAnd for Condition<M> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.and(other)
    }
}

impl<M> BitOr for Condition<M> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}

impl<M> Not for Condition<M> {
    type Output = Self;

    fn not(self) -> Self {
        not(self)
    }
}

impl<M> Clone for Condition<M> {
    fn clone(&self) -> Self {
        Self::new(self.0.clone())
    }
}

/// Shows the SQL, and so no values.
impl<M> fmt::Debug for Condition<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Condition({:?})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Condition, all, any, not};
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
