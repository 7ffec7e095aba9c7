//! Floor 2: expressions as plain data.
//!
//! Invariant: an expression holds no text that came from outside: names are those of tables and columns, operators
//! and functions are named by this crate, what is said in SQL is a part of the program (see `raw`), and values are
//! parameters.

use std::fmt;

use super::aggregate::AggregateCall;
use super::raw::Fragment;
use super::{Parameter, SelectStatement, Sql, TableReference, Writer};
use crate::model::Table;
use crate::types::SqlType;

/// An expression of SQL.
#[derive(Clone)]
pub(crate) enum Expression {
    /// A column, by its position in the table, of one of the statement's sources.
    Column(TableReference, usize),
    /// A parameter.
    Parameter(Parameter),
    /// A constant of the language: `1`, `*`; or what a model says in SQL.
    Literal(&'static str),
    /// `operand::type`.
    Cast(Box<Self>, SqlType),
    /// An operator with one operand.
    Unary(UnaryOperator, Box<Self>),
    /// An operator between two operands.
    Binary(Box<Self>, BinaryOperator, Box<Self>),
    /// An operator between an operand and the elements of an array: `a = ANY(b)`.
    Quantified(Box<Self>, BinaryOperator, Quantifier, Box<Self>),
    /// `operand BETWEEN low AND high`.
    Between(Box<[Self; 3]>),
    /// `operand NOT BETWEEN low AND high`.
    NotBetween(Box<[Self; 3]>),
    /// Operands with AND between them; true if there are none.
    And(Vec<Self>),
    /// Operands with OR between them; false if there are none.
    Or(Vec<Self>),
    /// A function's call.
    Function(&'static str, Vec<Self>),
    /// Words of the language with operands between them: a word more than operands, the first one empty unless the words
    /// enclose all.
    Syntax(Vec<&'static str>, Vec<Self>),
    /// A word that the program chooses, as a literal: `'english'`.
    Quoted(&'static str),
    /// A row value: `(a, b)`.
    List(Vec<Self>),
    /// `operand IN (SELECT ..)`.
    In(Box<Self>, Box<SelectStatement>),
    /// `EXISTS (SELECT ..)`.
    Exists(Box<SelectStatement>),
    /// The value of a query of one column and at most one row.
    Subquery(Box<SelectStatement>),
    /// An aggregate's call, or a window function's.
    Aggregate(Box<AggregateCall>),
    /// The output column of this number, from 1 on: in an order.
    Position(usize),
    /// SQL of the application's own.
    Raw(Vec<Fragment>),
}

/// An operator with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnaryOperator {
    /// `NOT a`
    Not,
    /// `a IS NULL`
    IsNull,
    /// `a IS NOT NULL`
    IsNotNull,
    /// `-a`
    Minus,
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BinaryOperator {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `LIKE`
    Like,
    /// `NOT LIKE`
    NotLike,
    /// `ILIKE`
    ILike,
    /// `NOT ILIKE`
    NotILike,
    /// `IS DISTINCT FROM`
    IsDistinctFrom,
    /// `IS NOT DISTINCT FROM`
    IsNotDistinctFrom,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
    /// Any other, by its text with blanks around it. Its operands are always in parentheses, unless they are atoms.
    Other(&'static str),
}

/// For how many elements of an array a comparison must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    /// For one at least.
    Any,
    /// For every one.
    All,
}

impl Expression {
    /// `self operator right`.
    pub(crate) fn binary(self, operator: BinaryOperator, right: Self) -> Self {
        Self::Binary(Box::new(self), operator, Box::new(right))
    }

    /// `self operator ANY(array)` or `ALL(array)`.
    pub(crate) fn quantified(self, operator: BinaryOperator, quantifier: Quantifier, array: Self) -> Self {
        Self::Quantified(Box::new(self), operator, quantifier, Box::new(array))
    }

    /// `operator self`, or `self operator`.
    pub(crate) fn unary(self, operator: UnaryOperator) -> Self {
        Self::Unary(operator, Box::new(self))
    }

    /// `self = right`, or `self IS NULL` where `right` is a NULL.
    pub(crate) fn equal(self, right: Self) -> Self {
        if right.is_null() {
            return self.unary(UnaryOperator::IsNull);
        }
        self.binary(BinaryOperator::Equal, right)
    }

    /// `self <> right`, or `self IS NOT NULL` where `right` is a NULL.
    pub(crate) fn not_equal(self, right: Self) -> Self {
        if right.is_null() {
            return self.unary(UnaryOperator::IsNotNull);
        }
        self.binary(BinaryOperator::NotEqual, right)
    }

    /// The conjunction; nested ones become one.
    pub(crate) fn and(operands: impl IntoIterator<Item = Self>) -> Self {
        flatten(operands, Self::And, |operand| match operand {
            Self::And(operands) => Ok(operands),
            other => Err(other),
        })
    }

    /// The disjunction; nested ones become one.
    pub(crate) fn or(operands: impl IntoIterator<Item = Self>) -> Self {
        flatten(operands, Self::Or, |operand| match operand {
            Self::Or(operands) => Ok(operands),
            other => Err(other),
        })
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Parameter(parameter) if parameter.is_null())
    }

    /// The expressions directly within this one.
    pub(super) fn children(&self) -> Vec<&Self> {
        match self {
            Self::Column(..)
            | Self::Position(_)
            | Self::Parameter(_)
            | Self::Literal(_)
            | Self::Quoted(_)
            | Self::Exists(_)
            | Self::Subquery(_) => Vec::new(),
            Self::Cast(operand, _) | Self::Unary(_, operand) | Self::In(operand, _) => vec![operand],
            Self::Binary(left, _, right) | Self::Quantified(left, _, _, right) => vec![left, right],
            Self::Between(operands) | Self::NotBetween(operands) => operands.iter().collect(),
            Self::Aggregate(call) => call.children(),
            Self::And(operands)
            | Self::Or(operands)
            | Self::Function(_, operands)
            | Self::Syntax(_, operands)
            | Self::List(operands) => operands.iter().collect(),
            Self::Raw(fragments) => fragments.iter().filter_map(Fragment::expression).collect(),
        }
    }

    /// The same, to be changed.
    pub(super) fn children_mut(&mut self) -> Vec<&mut Self> {
        match self {
            Self::Column(..)
            | Self::Position(_)
            | Self::Parameter(_)
            | Self::Literal(_)
            | Self::Quoted(_)
            | Self::Exists(_)
            | Self::Subquery(_) => Vec::new(),
            Self::Cast(operand, _) | Self::Unary(_, operand) | Self::In(operand, _) => vec![operand],
            Self::Binary(left, _, right) | Self::Quantified(left, _, _, right) => vec![left, right],
            Self::Between(operands) | Self::NotBetween(operands) => operands.iter_mut().collect(),
            Self::Aggregate(call) => call.children_mut(),
            Self::And(operands)
            | Self::Or(operands)
            | Self::Function(_, operands)
            | Self::Syntax(_, operands)
            | Self::List(operands) => operands.iter_mut().collect(),
            Self::Raw(fragments) => fragments.iter_mut().filter_map(Fragment::expression_mut).collect(),
        }
    }

    /// Whether all columns that it reads, outside of subqueries, are those of this table.
    pub(crate) fn reads_only(&self, table: &Table) -> bool {
        match self {
            Self::Column(source, _) => source.alias.is_none() && source.table.is(table),
            _ => self.children().into_iter().all(|child| child.reads_only(table)),
        }
    }

    /// Whether it is computed from several rows that become one.
    pub(super) fn is_aggregate(&self) -> bool {
        matches!(self, Self::Aggregate(call) if call.over.is_none())
            || self.children().into_iter().any(Self::is_aggregate)
    }

    /// Whether it reads a row's columns.
    pub(crate) fn reads_columns(&self) -> bool {
        matches!(self, Self::Column(..)) || self.children().into_iter().any(Self::reads_columns)
    }

    /// The text and the parameters. The text's parameters are called by this word and a number from this one on.
    pub(crate) fn to_sql(&self, word: &'static str, first: usize) -> Sql {
        let mut writer = Writer::naming(word, first);
        writer.expression(self);
        writer.finish()
    }

    /// Adds the tables that subqueries within this expression read.
    pub(super) fn collect_tables(&self, tables: &mut Vec<&'static Table>) {
        if let Self::In(_, query) | Self::Exists(query) | Self::Subquery(query) = self {
            query.collect_tables(tables);
        }
        for child in self.children() {
            child.collect_tables(tables);
        }
    }

    /// The same over other columns: each column outside of subqueries becomes what `change` makes of its source.
    pub(crate) fn map_sources(mut self, change: &dyn Fn(TableReference) -> TableReference) -> Self {
        self.change_sources(change);
        self
    }

    fn change_sources(&mut self, change: &dyn Fn(TableReference) -> TableReference) {
        if let Self::Column(source, _) = self {
            *source = change(*source);
        }
        self.children_mut().into_iter().for_each(|child| child.change_sources(change));
    }
}

/// The chain of all operands, those of nested chains among them; a single operand is its own chain.
fn flatten(
    operands: impl IntoIterator<Item = Expression>,
    chain: fn(Vec<Expression>) -> Expression,
    nested: fn(Expression) -> Result<Vec<Expression>, Expression>,
) -> Expression {
    let mut flat = Vec::new();
    for operand in operands {
        match nested(operand) {
            Ok(operands) => flat.extend(operands),
            Err(operand) => flat.push(operand),
        }
    }
    match <[Expression; 1]>::try_from(flat) {
        Ok([single]) => single,
        Err(several) => chain(several),
    }
}

/// Shows the SQL, and so no values.
impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut writer = Writer::new();
        writer.expression(self);
        f.write_str(&writer.finish().text)
    }
}
