//! Expressions as trees, which are said in the typed language and written as text, by separate code.

use orm_core::prelude::*;
use orm_core::query::FunctionArgument;
use orm_core::types::ColumnType;
use orm_core::{Condition, Expr, func};

#[derive(Model, Debug, Clone)]
#[orm(table = "cells")]
pub(super) struct Cell {
    #[orm(primary_key)]
    pub(super) id: i32,
    pub(super) number: Option<i32>,
    pub(super) other: i32,
    pub(super) word: Option<String>,
    pub(super) flag: Option<bool>,
}

pub(super) enum Number {
    Column,
    Other,
    Value(i32),
    Nothing,
    Sum(Box<Self>, Box<Self>),
    Difference(Box<Self>, Box<Self>),
    Product(Box<Self>, Box<Self>),
    Minus(Box<Self>),
    Absolute(Box<Self>),
    Greatest(Box<Self>, Box<Self>),
    Coalesce(Box<Self>, Box<Self>),
    NullIf(Box<Self>, Box<Self>),
    Case(Box<Truth>, Box<Self>, Box<Self>),
    Length(Box<Word>),
}

pub(super) enum Word {
    Column,
    Value(&'static str),
    Lower(Box<Self>),
    Concat(Box<Self>, Box<Self>),
    Coalesce(Box<Self>, Box<Self>),
    Left(Box<Self>, i32),
    Replace(Box<Self>, &'static str, &'static str),
    OfNumber(Box<Number>),
}

pub(super) enum Truth {
    Flag,
    Equal(Number, Number),
    Less(Number, Number),
    IsNull(Number),
    IsDistinct(Number, Number),
    Between(Number, Number, Number),
    Among(Number, Vec<i32>),
    NotAmong(Number, Vec<i32>),
    SameWord(Word, Word),
    Contains(Word, &'static str),
    RowLess(Number, Number, i32, i32),
    IsTrue(Box<Self>),
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
}

type Numbers = Expr<Option<i32>>;
type Words = Expr<Option<String>>;

fn number<E: FunctionArgument<Type: ColumnType<NotNull = i32>>>(element: E) -> Numbers {
    func::nullable(element).untyped()
}

fn word<E: FunctionArgument<Type: ColumnType<NotNull = String>>>(element: E) -> Words {
    func::nullable(element).untyped()
}

impl Number {
    pub(super) fn typed(&self) -> Numbers {
        match self {
            Self::Column => number(Cell::number),
            Self::Other => number(Cell::other),
            Self::Value(value) => number(func::value(*value)),
            Self::Nothing => func::value(None::<i32>),
            Self::Sum(a, b) => a.typed() + b.typed(),
            Self::Difference(a, b) => a.typed() - b.typed(),
            Self::Product(a, b) => a.typed() * b.typed(),
            Self::Minus(a) => -a.typed(),
            Self::Absolute(a) => func::abs(a.typed()),
            Self::Greatest(a, b) => number(func::greatest(a.typed(), b.typed())),
            Self::Coalesce(a, b) => number(func::coalesce(a.typed(), b.typed())),
            Self::NullIf(a, b) => func::nullif(a.typed(), b.typed()),
            Self::Case(truth, a, b) => number(func::when(truth.typed(), a.typed()).otherwise(b.typed())),
            Self::Length(word) => func::length(word.typed()),
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Column => "number".to_owned(),
            Self::Other => "other".to_owned(),
            Self::Value(value) => format!("({value})"),
            Self::Nothing => "CAST(NULL AS int)".to_owned(),
            Self::Sum(a, b) => format!("({} + {})", a.text(), b.text()),
            Self::Difference(a, b) => format!("({} - {})", a.text(), b.text()),
            Self::Product(a, b) => format!("({} * {})", a.text(), b.text()),
            Self::Minus(a) => format!("(0 - {})", a.text()),
            Self::Absolute(a) => format!("(@ {})", a.text()),
            Self::Greatest(a, b) => format!("greatest({}, {})", a.text(), b.text()),
            Self::Coalesce(a, b) => format!("coalesce({}, {})", a.text(), b.text()),
            Self::NullIf(a, b) => format!("nullif({}, {})", a.text(), b.text()),
            Self::Case(truth, a, b) => {
                format!("(CASE WHEN {} THEN {} ELSE {} END)", truth.text(), a.text(), b.text())
            }
            Self::Length(word) => format!("char_length({})", word.text()),
        }
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'::text", text.replace('\'', "''"))
}

impl Word {
    pub(super) fn typed(&self) -> Words {
        match self {
            Self::Column => word(Cell::word),
            Self::Value(value) => word(func::value(*value)),
            Self::Lower(a) => func::lower(a.typed()),
            Self::Concat(a, b) => a.typed().concat(b.typed()),
            Self::Coalesce(a, b) => func::coalesce(a.typed(), b.typed()).untyped(),
            Self::Left(a, count) => func::left(a.typed(), *count),
            Self::Replace(a, from, to) => func::replace(a.typed(), *from, *to),
            Self::OfNumber(number) => number.typed().cast::<String>(),
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Column => "word".to_owned(),
            Self::Value(value) => quoted(value),
            Self::Lower(a) => format!("lower({})", a.text()),
            Self::Concat(a, b) => format!("({} || {})", a.text(), b.text()),
            Self::Coalesce(a, b) => format!("coalesce({}, {})", a.text(), b.text()),
            Self::Left(a, count) => format!("left({}, {count})", a.text()),
            Self::Replace(a, from, to) => format!("replace({}, {}, {})", a.text(), quoted(from), quoted(to)),
            Self::OfNumber(number) => format!("CAST({} AS text)", number.text()),
        }
    }
}

impl Truth {
    pub(super) fn typed(&self) -> Condition {
        match self {
            Self::Flag => Cell::flag.eq(true).untyped(),
            Self::Equal(a, b) => a.typed().eq(b.typed()),
            Self::Less(a, b) => a.typed().lt(b.typed()),
            Self::IsNull(a) => a.typed().is_null(),
            Self::IsDistinct(a, b) => a.typed().is_distinct_from(b.typed()),
            Self::Between(a, b, c) => a.typed().between(b.typed(), c.typed()),
            Self::Among(a, values) => a.typed().in_(values.iter().copied()),
            Self::NotAmong(a, values) => a.typed().not_in(values.iter().copied()),
            Self::SameWord(a, b) => a.typed().eq(b.typed()),
            Self::Contains(a, text) => a.typed().contains(text),
            Self::RowLess(a, b, c, d) => func::row((a.typed(), b.typed())).lt((*c, *d)),
            Self::IsTrue(a) => a.typed().is_true(),
            Self::Not(a) => !a.typed(),
            Self::And(a, b) => a.typed() & b.typed(),
            Self::Or(a, b) => a.typed() | b.typed(),
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Flag => "(flag = TRUE)".to_owned(),
            Self::Equal(a, b) => format!("({} = {})", a.text(), b.text()),
            Self::Less(a, b) => format!("({} < {})", a.text(), b.text()),
            Self::IsNull(a) => format!("({} IS NULL)", a.text()),
            Self::IsDistinct(a, b) => format!("({} IS DISTINCT FROM {})", a.text(), b.text()),
            Self::Between(a, b, c) => format!("({0} >= {1} AND {0} <= {2})", a.text(), b.text(), c.text()),
            Self::Among(a, values) => format!("({} = ANY ('{{{}}}'::int[]))", a.text(), list(values)),
            Self::NotAmong(a, values) => format!("({} <> ALL ('{{{}}}'::int[]))", a.text(), list(values)),
            Self::SameWord(a, b) => format!("({} = {})", a.text(), b.text()),
            Self::Contains(a, text) => format!("(strpos({}, {}) > 0)", a.text(), quoted(text)),
            Self::RowLess(a, b, c, d) => format!("(ROW({}, {}) < ROW({c}, {d}))", a.text(), b.text()),
            Self::IsTrue(a) => format!("({} IS TRUE)", a.text()),
            Self::Not(a) => format!("(NOT {})", a.text()),
            Self::And(a, b) => format!("({} AND {})", a.text(), b.text()),
            Self::Or(a, b) => format!("({} OR {})", a.text(), b.text()),
        }
    }
}

fn list(values: &[i32]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

const WORDS: [&str; 12] =
    ["", "a", "'", "\"", "\\", "{}", "$1", "%_", "b'); DROP TABLE cells; --", "/* */", "é😀", "NULL"];

/// Bytes that are used up to choose; no more of them choose the first.
pub(super) struct Choices<'a>(std::slice::Iter<'a, u8>);

impl<'a> Choices<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes.iter())
    }

    fn below(&mut self, count: u8) -> u8 {
        self.0.next().copied().unwrap_or_default() % count
    }

    fn value(&mut self) -> i32 {
        i32::from(self.below(6)) - 2
    }

    fn text(&mut self) -> &'static str {
        WORDS[usize::from(self.below(12))]
    }

    pub(super) fn number(&mut self, depth: usize) -> Number {
        let kind = self.below(if depth == 0 { 4 } else { 14 });
        let depth = depth.saturating_sub(1);
        let mut one = || Box::new(self.number(depth));
        match kind {
            0 => Number::Column,
            1 => Number::Other,
            2 => Number::Value(self.value()),
            3 => Number::Nothing,
            4 => Number::Sum(one(), one()),
            5 => Number::Difference(one(), one()),
            6 => Number::Product(one(), one()),
            7 => Number::Minus(one()),
            8 => Number::Absolute(one()),
            9 => Number::Greatest(one(), one()),
            10 => Number::Coalesce(one(), one()),
            11 => Number::NullIf(one(), one()),
            12 => {
                let truth = Box::new(self.truth(depth));
                Number::Case(truth, Box::new(self.number(depth)), Box::new(self.number(depth)))
            }
            _ => Number::Length(Box::new(self.word(depth))),
        }
    }

    pub(super) fn word(&mut self, depth: usize) -> Word {
        let kind = self.below(if depth == 0 { 2 } else { 8 });
        let depth = depth.saturating_sub(1);
        match kind {
            0 => Word::Column,
            1 => Word::Value(self.text()),
            2 => Word::Lower(Box::new(self.word(depth))),
            3 => Word::Concat(Box::new(self.word(depth)), Box::new(self.word(depth))),
            4 => Word::Coalesce(Box::new(self.word(depth)), Box::new(self.word(depth))),
            5 => Word::Left(Box::new(self.word(depth)), self.value()),
            6 => Word::Replace(Box::new(self.word(depth)), self.text(), self.text()),
            _ => Word::OfNumber(Box::new(self.number(depth))),
        }
    }

    pub(super) fn truth(&mut self, depth: usize) -> Truth {
        let kind = self.below(if depth == 0 { 4 } else { 15 });
        let depth = depth.saturating_sub(1);
        let values = |choices: &mut Self| (0..choices.below(4)).map(|_| choices.value()).collect();
        match kind {
            0 => Truth::Flag,
            1 => Truth::Equal(self.number(depth), self.number(depth)),
            2 => Truth::Less(self.number(depth), self.number(depth)),
            3 => Truth::IsNull(self.number(depth)),
            4 => Truth::IsDistinct(self.number(depth), self.number(depth)),
            5 => Truth::Between(self.number(depth), self.number(depth), self.number(depth)),
            6 => Truth::Among(self.number(depth), values(self)),
            7 => Truth::NotAmong(self.number(depth), values(self)),
            8 => Truth::SameWord(self.word(depth), self.word(depth)),
            9 => Truth::Contains(self.word(depth), self.text()),
            10 => Truth::RowLess(self.number(depth), self.number(depth), self.value(), self.value()),
            11 => Truth::IsTrue(Box::new(self.truth(depth))),
            12 => Truth::Not(Box::new(self.truth(depth))),
            13 => Truth::And(Box::new(self.truth(depth)), Box::new(self.truth(depth))),
            _ => Truth::Or(Box::new(self.truth(depth)), Box::new(self.truth(depth))),
        }
    }
}
