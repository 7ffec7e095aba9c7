//! Floor 2, tests only: what is written is read back, by PostgreSQL's precedence, as the same structure.
//!
//! Structures are compared as text in prefix form: `(and a (not b))`.

use super::Writer;
use crate::query::fixture::{ENTRIES, POSTS, USERS};
use crate::query::{
    BinaryOperator, Expression, Parameter, Quantifier, SelectStatement, Source, TableReference, UnaryOperator,
};
use crate::types::SqlType;

#[test]
fn parentheses_keep_the_structure() {
    for seed in 1..=3_000 {
        let expression = Random(seed).expression(5);
        let mut writer = Writer::new();
        writer.expression(&expression);
        let sql = writer.finish();
        let tokens = tokens(&sql.text);
        let mut parser = Parser { tokens: &tokens, position: 0 };
        let read = parser.or();
        assert_eq!(parser.position, tokens.len(), "not all was read, seed {seed}: {sql}");
        assert_eq!(read, structure(&expression, &mut 0), "seed {seed}: {sql}");
    }
}

/// Random numbers (xorshift), the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        for _ in 0..4 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
        }
        (self.0 % bound as u64) as usize
    }

    fn expression(&mut self, depth: usize) -> Expression {
        if depth == 0 || self.below(8) == 0 {
            return self.leaf();
        }
        match self.below(12) {
            0 | 1 => Expression::And(self.expressions(depth, 0)),
            2 | 3 => Expression::Or(self.expressions(depth, 0)),
            4 => self.expression(depth - 1).unary(UnaryOperator::Not),
            5 => self.expression(depth - 1).unary(UnaryOperator::IsNull),
            6 => self.expression(depth - 1).unary(UnaryOperator::IsNotNull),
            7 | 8 => {
                let all: Vec<_> = OPERATORS.iter().chain(&ARITHMETIC).collect();
                let (_, operator) = *all[self.below(all.len())];
                self.expression(depth - 1).binary(operator, self.expression(depth - 1))
            }
            9 => Expression::Between(Box::new([(); 3].map(|()| self.expression(depth - 1)))),
            10 => Expression::NotBetween(Box::new([(); 3].map(|()| self.expression(depth - 1)))),
            _ => self.compound(depth),
        }
    }

    fn compound(&mut self, depth: usize) -> Expression {
        let operand = Box::new(self.expression(depth - 1));
        match self.below(6) {
            0 => operand.quantified(BinaryOperator::Equal, Quantifier::Any, self.expression(depth - 1)),
            1 => operand.quantified(BinaryOperator::NotEqual, Quantifier::All, self.expression(depth - 1)),
            2 => Expression::Cast(operand, SqlType::new("bigint").array()),
            3 => Expression::Function("lower", self.expressions(depth, 0)),
            4 => Expression::List(self.expressions(depth, 2)),
            _ => {
                let keys = Source::Function("unnest", self.expressions(depth, 1));
                Expression::In(operand, Box::new(SelectStatement::everything_from(keys)))
            }
        }
    }

    fn expressions(&mut self, depth: usize, least: usize) -> Vec<Expression> {
        (0..least + self.below(4)).map(|_| self.expression(depth - 1)).collect()
    }

    fn leaf(&mut self) -> Expression {
        match self.below(4) {
            0 => Expression::Parameter(Parameter::of(true)),
            1 => TableReference::of(ENTRIES).column(2),
            2 => TableReference::of(POSTS).column(3),
            _ => TableReference::of(USERS).column(0),
        }
    }
}

const OPERATORS: [(&str, BinaryOperator); 12] = [
    ("=", BinaryOperator::Equal),
    ("<>", BinaryOperator::NotEqual),
    ("<", BinaryOperator::Less),
    ("<=", BinaryOperator::LessOrEqual),
    (">", BinaryOperator::Greater),
    (">=", BinaryOperator::GreaterOrEqual),
    ("LIKE", BinaryOperator::Like),
    ("NOT LIKE", BinaryOperator::NotLike),
    ("ILIKE", BinaryOperator::ILike),
    ("NOT ILIKE", BinaryOperator::NotILike),
    ("IS DISTINCT FROM", BinaryOperator::IsDistinctFrom),
    ("IS NOT DISTINCT FROM", BinaryOperator::IsNotDistinctFrom),
];

const ARITHMETIC: [(&str, BinaryOperator); 4] = [
    ("+", BinaryOperator::Add),
    ("-", BinaryOperator::Sub),
    ("*", BinaryOperator::Mul),
    ("/", BinaryOperator::Div),
];

/// The structure of an expression that stands after so many parameters.
fn structure(expression: &Expression, parameters: &mut usize) -> String {
    let operands = match expression {
        Expression::Column(..)
        | Expression::Position(_)
        | Expression::Literal(_)
        | Expression::Exists(_)
        | Expression::Subquery(_)
        | Expression::Aggregate(_)
        | Expression::Raw(_) => {
            return format!("{expression:?}");
        }
        Expression::Parameter(_) => {
            *parameters += 1;
            return format!("${parameters}");
        }
        Expression::And(operands) | Expression::Or(operands) if operands.len() == 1 => {
            return structure(&operands[0], parameters);
        }
        Expression::And(operands) if operands.is_empty() => return "TRUE".to_owned(),
        Expression::Or(operands) if operands.is_empty() => return "FALSE".to_owned(),
        Expression::In(operand, query) => match &query.from {
            Some(Source::Function(_, keys)) => std::iter::once(&**operand).chain(keys).collect(),
            _ => Vec::new(),
        },
        _ => expression.children(),
    };
    let operands: String =
        operands.into_iter().map(|operand| format!(" {}", structure(operand, parameters))).collect();
    format!("({}{operands})", label(expression))
}

fn label(expression: &Expression) -> String {
    let sign = |operator: &BinaryOperator| {
        OPERATORS.iter().chain(&ARITHMETIC).find(|(_, known)| known == operator).map(|(text, _)| *text)
    };
    let label = match expression {
        Expression::And(_) => "AND",
        Expression::Or(_) => "OR",
        Expression::Unary(UnaryOperator::Not, _) => "NOT",
        Expression::Unary(UnaryOperator::Minus, _) => "-",
        Expression::Unary(UnaryOperator::IsNull, _) => "IS NULL",
        Expression::Unary(UnaryOperator::IsNotNull, _) => "IS NOT NULL",
        Expression::Binary(_, operator, _) => sign(operator).unwrap_or_default(),
        Expression::Quantified(_, operator, Quantifier::Any, _) => {
            return format!("{} ANY", sign(operator).unwrap_or_default());
        }
        Expression::Quantified(_, operator, Quantifier::All, _) => {
            return format!("{} ALL", sign(operator).unwrap_or_default());
        }
        Expression::Between(_) => "BETWEEN",
        Expression::NotBetween(_) => "NOT BETWEEN",
        Expression::Function(name, _) => name,
        Expression::List(_) => "ROW",
        Expression::Cast(_, sql_type) => return sql_type.to_string(),
        Expression::In(..) => "IN",
        _ => "",
    };
    label.to_owned()
}

fn tokens(text: &str) -> Vec<String> {
    let mut spaced = text.replace("::", " :: ");
    for punctuation in ["(", ")", ","] {
        spaced = spaced.replace(punctuation, &format!(" {punctuation} "));
    }
    spaced.split_whitespace().map(str::to_owned).collect()
}

/// Reads expressions, one method per level of PostgreSQL's precedence, from loose to tight.
struct Parser<'a> {
    tokens: &'a [String],
    position: usize,
}

impl Parser<'_> {
    fn take(&mut self, words: &str) -> bool {
        let words: Vec<&str> = words.split(' ').collect();
        let found = self.tokens[self.position..].iter().take(words.len()).eq(words.iter());
        self.position += if found { words.len() } else { 0 };
        found
    }

    fn expect(&mut self, word: &str) {
        assert!(self.take(word), "{word} expected at {:?}", &self.tokens[self.position..]);
    }

    fn word(&mut self) -> String {
        self.position += 1;
        self.tokens[self.position - 1].clone()
    }

    fn chain(&mut self, operator: &str, operand: fn(&mut Self) -> String) -> String {
        let mut operands = vec![operand(self)];
        while self.take(operator) {
            operands.push(operand(self));
        }
        if operands.len() == 1 { operands.remove(0) } else { format!("({operator} {})", operands.join(" ")) }
    }

    fn or(&mut self) -> String {
        self.chain("OR", |parser| parser.chain("AND", Self::not))
    }

    fn not(&mut self) -> String {
        if self.take("NOT") { format!("(NOT {})", self.not()) } else { self.is() }
    }

    fn is(&mut self) -> String {
        let mut left = self.comparison();
        loop {
            left = match self.operator("IS ") {
                Some(operator) => format!("({operator} {left} {})", self.comparison()),
                None if self.take("IS NULL") => format!("(IS NULL {left})"),
                None if self.take("IS NOT NULL") => format!("(IS NOT NULL {left})"),
                None => return left,
            };
        }
    }

    fn comparison(&mut self) -> String {
        let left = self.pattern();
        let Some(operator) = self.operator("") else { return left };
        let quantifier = ["ANY", "ALL"].into_iter().find(|quantifier| self.take(quantifier));
        match quantifier {
            Some(quantifier) => format!("({operator} {quantifier} {left} {})", self.enclosed().join(" ")),
            None => format!("({operator} {left} {})", self.pattern()),
        }
    }

    fn pattern(&mut self) -> String {
        let left = self.sum();
        if self.take("IN") {
            self.expect("( SELECT * FROM unnest");
            let keys = self.enclosed().join(" ");
            self.expect(")");
            return format!("(IN {left} {keys})");
        }
        if let Some(between) = ["BETWEEN", "NOT BETWEEN"].into_iter().find(|between| self.take(between)) {
            let low = self.sum();
            self.expect("AND");
            return format!("({between} {left} {low} {})", self.sum());
        }
        match self.operator("LIKE") {
            Some(operator) => format!("({operator} {left} {})", self.sum()),
            None => left,
        }
    }

    /// An operator of the level: `IS ..`, `.. LIKE`, or a sign.
    fn operator(&mut self, level: &str) -> Option<&'static str> {
        let belongs = |text: &str| match level {
            "" => !text.contains(' ') && !text.contains("LIKE"),
            _ => text.contains(level) || text.replace('I', "").contains(level),
        };
        OPERATORS.iter().map(|(text, _)| *text).filter(|text| belongs(text)).find(|text| self.take(text))
    }

    fn sum(&mut self) -> String {
        self.calculation(&ARITHMETIC[..2], |parser| parser.calculation(&ARITHMETIC[2..], Self::cast))
    }

    fn calculation(
        &mut self,
        operators: &[(&'static str, BinaryOperator)],
        operand: fn(&mut Self) -> String,
    ) -> String {
        let mut left = operand(self);
        while let Some((operator, _)) = operators.iter().find(|(operator, _)| self.take(operator)) {
            left = format!("({operator} {left} {})", operand(self));
        }
        left
    }

    fn cast(&mut self) -> String {
        let mut operand = self.primary();
        while self.take("::") {
            operand = format!("({} {operand})", self.word());
        }
        operand
    }

    fn primary(&mut self) -> String {
        if self.tokens[self.position] == "(" {
            let mut items = self.enclosed();
            return if items.len() == 1 { items.remove(0) } else { format!("(ROW {})", items.join(" ")) };
        }
        let word = self.word();
        assert!(
            !["NOT", "AND", "OR", "IS", "=", ")"].contains(&word.as_str()),
            "operand expected, not {word}"
        );
        if self.tokens.get(self.position).is_some_and(|next| next == "(") {
            let arguments: String = self.enclosed().iter().map(|argument| format!(" {argument}")).collect();
            return format!("({word}{arguments})");
        }
        word
    }

    fn enclosed(&mut self) -> Vec<String> {
        let mut items = Vec::new();
        self.expect("(");
        while !self.take(")") {
            items.push(self.or());
            self.take(",");
        }
        items
    }
}
