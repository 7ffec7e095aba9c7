//! Floor 2: which rows come behind a place in an order.
//!
//! Invariant: the text depends on the order alone, and not on where in it the place is: a value that is NULL changes
//! nothing.

use super::expression::BinaryOperator;
use super::{Expression, Ordering, Parameter, SelectStatement, UnaryOperator};

/// A term of an order of which it is known whether it may be NULL.
#[derive(Debug, Clone)]
pub(crate) struct KeyTerm {
    pub(crate) ordering: Ordering,
    pub(crate) nullable: bool,
}

/// Whether a row comes behind the place at which the terms have these values.
///
/// Where nothing may be NULL and all terms have one direction, that is one comparison of rows, for which an index over
/// them is used. Else term by term; if the first is never NULL, its index finds where to begin.
pub(crate) fn behind(terms: &[KeyTerm], place: impl IntoIterator<Item = Parameter>) -> Expression {
    let values: Vec<_> = place.into_iter().map(Expression::Parameter).collect();
    let Some(first) = terms.first() else { return Expression::And(Vec::new()) };
    let is_alike = |term: &KeyTerm| !term.nullable && term.operator() == first.operator();
    if terms.len() > 1 && terms.iter().all(is_alike) {
        let columns = terms.iter().map(|term| term.ordering.expression.clone()).collect();
        return Expression::List(columns).binary(first.operator(), Expression::List(values));
    }
    let behind = term_by_term(terms, &values);
    if first.nullable || terms.len() == 1 {
        return behind;
    }
    let or_equal = match first.operator() {
        BinaryOperator::Greater => BinaryOperator::GreaterOrEqual,
        _ => BinaryOperator::LessOrEqual,
    };
    Expression::and([first.ordering.expression.clone().binary(or_equal, values[0].clone()), behind])
}

fn term_by_term(terms: &[KeyTerm], values: &[Expression]) -> Expression {
    let (Some((term, others)), Some((value, rest))) = (terms.split_first(), values.split_first()) else {
        return Expression::Or(Vec::new());
    };
    let behind = term.behind(value);
    if others.is_empty() {
        return behind;
    }
    Expression::or([behind, Expression::and([term.at(value), term_by_term(others, rest)])])
}

impl SelectStatement {
    /// Keeps the rows that it yields for which the condition holds.
    pub(crate) fn narrow_rows(mut self, condition: Expression) -> Self {
        if !self.is_grouped() {
            return self.filter(condition);
        }
        self.having = Some(Expression::and(self.having.take().into_iter().chain([condition])));
        self
    }
}

impl KeyTerm {
    /// The same term, or that of the order from its end.
    pub(crate) fn towards(self, is_backwards: bool) -> Self {
        if is_backwards { Self { ordering: self.ordering.reversed(), ..self } } else { self }
    }

    fn operator(&self) -> BinaryOperator {
        if self.ordering.is_descending() { BinaryOperator::Less } else { BinaryOperator::Greater }
    }

    /// The term has another value than this, which comes later.
    fn behind(&self, value: &Expression) -> Expression {
        let term = &self.ordering.expression;
        let later = term.clone().binary(self.operator(), value.clone());
        if !self.nullable {
            return later;
        }
        let (is_later, is_earlier) = match self.ordering.has_nulls_first() {
            true => (UnaryOperator::IsNotNull, UnaryOperator::IsNull),
            false => (UnaryOperator::IsNull, UnaryOperator::IsNotNull),
        };
        // Here the value's data type is known by the comparison before.
        let across = [term.clone().unary(is_later), value.clone().unary(is_earlier)];
        Expression::or([later, Expression::and(across)])
    }

    /// The term has this value.
    fn at(&self, value: &Expression) -> Expression {
        let operator = match self.nullable {
            true => BinaryOperator::IsNotDistinctFrom,
            false => BinaryOperator::Equal,
        };
        self.ordering.expression.clone().binary(operator, value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyTerm, behind};
    use crate::query::fixture::User;
    use crate::query::{ColumnOperators, OrderTerms, Parameter, terms};

    fn text(order: impl OrderTerms, nullable: &[bool]) -> String {
        let orderings = terms(order).into_iter().zip(nullable);
        let terms: Vec<_> = orderings.map(|(ordering, &nullable)| KeyTerm { ordering, nullable }).collect();
        let place: Vec<_> = terms.iter().map(|_| Parameter::of(None::<i64>)).collect();
        format!("{:?}", behind(&terms, place))
    }

    #[test]
    fn one_direction_is_one_comparison() {
        assert_eq!(text(User::id, &[false]), "users.id > $1");
        assert_eq!(text((User::email, User::id), &[false; 2]), "(users.email, users.id) > ($1, $2)");
        assert_eq!(
            text((User::email.desc(), User::id.desc()), &[false; 2]),
            "(users.email, users.id) < ($1, $2)"
        );
    }

    #[test]
    fn several_directions_are_compared_term_by_term() {
        assert_eq!(
            text((User::email.desc(), User::id), &[false; 2]),
            "users.email <= $1 AND (users.email < $1 OR (users.email = $1 AND users.id > $2))"
        );
    }

    #[test]
    fn nulls_have_their_place() {
        assert_eq!(
            text((User::name, User::id), &[true, false]),
            "users.name > $1 OR (users.name IS NULL AND $1 IS NOT NULL) \
             OR (users.name IS NOT DISTINCT FROM $1 AND users.id > $2)"
        );
        assert_eq!(
            text(User::name.desc(), &[true]),
            "users.name < $1 OR (users.name IS NOT NULL AND $1 IS NULL)"
        );
        assert_eq!(
            text(User::name.desc().nulls_last(), &[true]),
            "users.name < $1 OR (users.name IS NULL AND $1 IS NOT NULL)"
        );
        assert_eq!(
            text(User::name.asc().nulls_first(), &[true]),
            "users.name > $1 OR (users.name IS NOT NULL AND $1 IS NULL)"
        );
    }
}
