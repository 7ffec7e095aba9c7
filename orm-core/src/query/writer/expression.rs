//! Floor 2: how expressions are written.
//!
//! Invariant: the text has the structure of the data whatever the precedence of operators, and is never read in a
//! second way: AND within OR, operands of NOT and of comparisons are in parentheses unless they are a single thing.

use super::Writer;
use crate::query::raw::Fragment;
use crate::query::{BinaryOperator, Expression, Quantifier, SelectStatement, UnaryOperator};
use crate::types::SqlType;

/// What is known of a transaction or a connection: when it began, and what it drew from sequences.
const OF_TRANSACTION: [&str; 7] =
    ["now", "CURRENT_DATE", "LOCALTIMESTAMP", "transaction_timestamp()", "nextval", "currval", "setval"];

/// How tightly an expression holds together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    /// AND and OR. Neither stands within the other, nor within itself, without parentheses.
    Chain,
    /// NOT, and everything that compares.
    Predicate,
    /// What nothing can tear apart.
    Atom,
}

impl Writer {
    /// Writes an expression that stands by itself.
    pub(crate) fn expression(&mut self, expression: &Expression) {
        match expression {
            Expression::Column(source, column) => self.column(*source, *column),
            Expression::Parameter(parameter) => self.parameter(parameter),
            Expression::Position(number) => self.display(number),
            Expression::Literal(text) => self.named(text),
            Expression::Cast(operand, sql_type) => self.cast(operand, *sql_type),
            Expression::Unary(operator, operand) => self.unary(*operator, operand),
            Expression::Binary(left, operator, right) => self.binary(left, *operator, right),
            Expression::Quantified(left, operator, quantifier, array) => {
                self.atom(left);
                self.operator(*operator);
                self.call(quantifier_text(*quantifier), std::slice::from_ref(array));
            }
            Expression::Between(operands) => self.between(operands, " BETWEEN "),
            Expression::NotBetween(operands) => self.between(operands, " NOT BETWEEN "),
            Expression::And(operands) => self.chain(operands, " AND ", "TRUE"),
            Expression::Or(operands) => self.chain(operands, " OR ", "FALSE"),
            Expression::Function(name, arguments) => self.call(name, arguments),
            Expression::Syntax(words, operands) => self.syntax(words, operands),
            Expression::Quoted(word) => self.quoted(word),
            Expression::List(items) => self.parenthesized(|writer| writer.expressions(items)),
            Expression::In(operand, query) => {
                self.atom(operand);
                self.text(" IN ");
                self.subquery(query);
            }
            Expression::Exists(query) => {
                self.text("EXISTS ");
                self.subquery(query);
            }
            Expression::Subquery(query) => self.subquery(query),
            Expression::Aggregate(call) => self.aggregate(call),
            Expression::Raw(fragments) => self.fragments(fragments),
        }
    }

    /// Writes SQL of the application's own.
    pub(crate) fn fragments(&mut self, fragments: &[Fragment]) {
        self.of_transaction();
        for fragment in fragments {
            match fragment {
                Fragment::Text(text) => self.text(text),
                Fragment::Writes => {}
                Fragment::Expression(expression) => self.atom(expression),
            }
        }
    }

    fn operator(&mut self, operator: BinaryOperator) {
        if let BinaryOperator::Other(text) = operator {
            self.text(" ");
            self.text(text);
            return self.text(" ");
        }
        self.text(operator_text(operator));
    }

    /// Writes expressions with commas between them.
    pub(crate) fn expressions(&mut self, expressions: &[Expression]) {
        self.separated(expressions, ", ", Self::expression);
    }

    /// Writes a function's call.
    pub(super) fn call(&mut self, function: &str, arguments: &[Expression]) {
        self.named(function);
        self.parenthesized(|writer| writer.expressions(arguments));
    }

    /// Writes what this crate names.
    fn named(&mut self, name: &str) {
        if OF_TRANSACTION.contains(&name) {
            self.of_transaction();
        }
        self.text(name);
    }

    /// Writes a word as a literal.
    fn quoted(&mut self, word: &str) {
        self.text("'");
        self.text(&word.replace('\'', "''"));
        self.text("'");
    }

    fn cast(&mut self, operand: &Expression, sql_type: SqlType) {
        self.atom(operand);
        self.text("::");
        self.display(&sql_type);
    }

    /// Writes words with operands between them, in parentheses where the words do not keep them apart.
    fn syntax(&mut self, words: &[&str], operands: &[Expression]) {
        for (position, word) in words.iter().enumerate() {
            self.text(word);
            if let Some(operand) = operands.get(position) {
                let is_apart = ["(", ", ", "WHEN ", "THEN ", "ELSE "].iter().any(|end| word.ends_with(end));
                if is_apart { self.expression(operand) } else { self.atom(operand) }
            }
        }
    }

    fn subquery(&mut self, query: &SelectStatement) {
        self.parenthesized(|writer| writer.select(query));
    }

    fn binary(&mut self, left: &Expression, operator: BinaryOperator, right: &Expression) {
        self.atom(left);
        self.operator(operator);
        self.atom(right);
    }

    fn unary(&mut self, operator: UnaryOperator, operand: &Expression) {
        let (before, after) = match operator {
            UnaryOperator::Not => ("NOT ", ""),
            UnaryOperator::Minus => ("-", ""),
            UnaryOperator::IsNull => ("", " IS NULL"),
            UnaryOperator::IsNotNull => ("", " IS NOT NULL"),
        };
        self.text(before);
        self.atom(operand);
        self.text(after);
    }

    fn between(&mut self, [operand, low, high]: &[Expression; 3], operator: &str) {
        self.atom(operand);
        self.text(operator);
        self.atom(low);
        self.text(" AND ");
        self.atom(high);
    }

    fn chain(&mut self, operands: &[Expression], operator: &str, empty: &str) {
        if operands.is_empty() {
            self.text(empty);
        }
        self.separated(operands, operator, |writer, operand| writer.bound(operand, Binding::Predicate));
    }

    fn atom(&mut self, expression: &Expression) {
        self.bound(expression, Binding::Atom);
    }

    /// Writes an expression, in parentheses unless it holds together at least as tightly as this.
    fn bound(&mut self, expression: &Expression, least: Binding) {
        if binding(expression) < least {
            self.parenthesized(|writer| writer.expression(expression));
        } else {
            self.expression(expression);
        }
    }
}

fn binding(expression: &Expression) -> Binding {
    match expression {
        // Words that begin with an operand do not enclose what they belong to.
        Expression::Syntax(words, _) if words.first() != Some(&"") => Binding::Atom,
        Expression::Syntax(..) => Binding::Predicate,
        Expression::And(_) | Expression::Or(_) | Expression::Raw(_) => Binding::Chain,
        Expression::Unary(..)
        | Expression::Binary(..)
        | Expression::Quantified(..)
        | Expression::Between(_)
        | Expression::NotBetween(_)
        | Expression::In(..) => Binding::Predicate,
        Expression::Column(..)
        | Expression::Position(_)
        | Expression::Parameter(_)
        | Expression::Literal(_)
        | Expression::Cast(..)
        | Expression::Function(..)
        | Expression::Quoted(_)
        | Expression::List(_)
        | Expression::Exists(_)
        | Expression::Subquery(_)
        | Expression::Aggregate(_) => Binding::Atom,
    }
}

fn operator_text(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Equal => " = ",
        BinaryOperator::NotEqual => " <> ",
        BinaryOperator::Less => " < ",
        BinaryOperator::LessOrEqual => " <= ",
        BinaryOperator::Greater => " > ",
        BinaryOperator::GreaterOrEqual => " >= ",
        BinaryOperator::Like => " LIKE ",
        BinaryOperator::NotLike => " NOT LIKE ",
        BinaryOperator::ILike => " ILIKE ",
        BinaryOperator::NotILike => " NOT ILIKE ",
        BinaryOperator::IsDistinctFrom => " IS DISTINCT FROM ",
        BinaryOperator::IsNotDistinctFrom => " IS NOT DISTINCT FROM ",
        BinaryOperator::Add => " + ",
        BinaryOperator::Sub => " - ",
        BinaryOperator::Mul => " * ",
        BinaryOperator::Div => " / ",
        BinaryOperator::Rem => " % ",
        BinaryOperator::Other(text) => text,
    }
}

fn quantifier_text(quantifier: Quantifier) -> &'static str {
    match quantifier {
        Quantifier::Any => "ANY",
        Quantifier::All => "ALL",
    }
}
