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
    BitAnd(Box<Self>, Box<Self>),
    BitNot(Box<Self>),
    OfTruth(Box<Truth>),
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
    NotBetween(Number, Number, Number),
    Symmetric(Number, Number, Number),
    OneOf(Number, Number, Number),
    AmongRows(Number, Box<Self>),
    IsTrue(Box<Self>),
    IsUnknown(Box<Self>),
    Same(Box<Self>, Box<Self>),
    Raw(Box<Self>, Box<Self>),
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
            Self::BitAnd(a, b) => a.typed().bit_and(b.typed()),
            Self::BitNot(a) => a.typed().bit_not(),
            Self::OfTruth(truth) => truth.typed().cast::<i32>(),
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
            Self::BitAnd(a, b) => format!("({} & {})", a.text(), b.text()),
            Self::BitNot(a) => format!("(-1 - {})", a.text()),
            Self::OfTruth(truth) => {
                format!("(CASE {0} WHEN TRUE THEN 1 WHEN FALSE THEN 0 END)", truth.text())
            }
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
            Self::NotBetween(a, b, c) => a.typed().not_between(b.typed(), c.typed()),
            Self::Symmetric(a, b, c) => a.typed().between_symmetric(b.typed(), c.typed()),
            Self::OneOf(a, b, c) => a.typed().eq(func::any_of(func::array::<i32, _>((b.typed(), c.typed())))),
            Self::AmongRows(a, which) => {
                a.typed().in_(select::<Cell>().filter(which.typed()).columns(Cell::other))
            }
            Self::IsTrue(a) => a.typed().is_true(),
            Self::IsUnknown(a) => a.typed().is_unknown(),
            Self::Same(a, b) => a.typed().eq(b.typed()),
            Self::Raw(a, b) => {
                let (a, b) = (a.typed(), b.typed());
                sql!("not {a} or {b}").condition()
            }
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
            Self::NotBetween(a, b, c) => {
                format!("({0} < {1} OR {0} > {2})", a.text(), b.text(), c.text())
            }
            Self::Symmetric(a, b, c) => format!(
                "(({0} >= {1} AND {0} <= {2}) OR ({0} >= {2} AND {0} <= {1}))",
                a.text(),
                b.text(),
                c.text()
            ),
            Self::OneOf(a, b, c) => format!("(({0}) = ({1}) OR ({0}) = ({2}))", a.text(), b.text(), c.text()),
            Self::AmongRows(a, which) => {
                format!("({} IN (SELECT other FROM cells WHERE {}))", a.text(), which.text())
            }
            Self::IsTrue(a) => format!("({} IS TRUE)", a.text()),
            Self::IsUnknown(a) => format!("({} IS NULL)", a.text()),
            Self::Same(a, b) => format!("({} = {})", a.text(), b.text()),
            Self::Raw(a, b) => format!("((NOT {}) OR {})", a.text(), b.text()),
            Self::Not(a) => format!("(NOT {})", a.text()),
            Self::And(a, b) => format!("({} AND {})", a.text(), b.text()),
            Self::Or(a, b) => format!("({} OR {})", a.text(), b.text()),
        }
    }
}

fn list(values: &[i32]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}
