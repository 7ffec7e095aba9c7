//! The queries of PostgreSQL's manual, in its order: chapters 2.4 to 2.7, 3.5, 3.6, 7 and 9, each in the typed language and as
//! the manual has it, the answers being compared.
//!
//! What stands in SQL alone is in one list, with the reasons: `raw`.

mod aggregates;
mod arrays;
mod bytes;
mod combining;
mod dates;
mod grouping;
mod joined_tables;
mod json;
mod logic;
mod numbers;
mod other_types;
mod patterns;
mod ranges;
mod raw;
mod recursion;
mod strings;
mod subqueries;
mod table_expressions;
mod text_search;
mod tutorial;
mod window_functions;
mod with_queries;

type Result = std::result::Result<(), Box<dyn std::error::Error>>;

/// The manual's tables.
async fn manual() -> orm_tests::questions::Questions {
    orm_tests::questions::Questions::about_the_manual().await
}

use chrono::{NaiveDate, NaiveDateTime};
use orm_core::prelude::*;
use orm_core::types::TsVector;
use orm_core::{Condition, Expr, func};
use rust_decimal::Decimal;

use func::value;

fn yes() -> Condition {
    value(1).eq(1)
}

fn no() -> Condition {
    value(1).eq(2)
}

/// Neither true nor false.
fn unknown() -> Condition {
    value(1).ne(value(None::<i32>))
}

fn dec(text: &str) -> Decimal {
    text.parse().expect("the text is a number")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("the text is a day")
}

fn at(text: &str) -> NaiveDateTime {
    text.parse().expect("the text is a time")
}

/// `'fat:2,4 cat:3 rat:5B'`
fn lexemes() -> Expr<TsVector> {
    let lexemes = [("cat", vec![3]), ("fat", vec![2, 4]), ("rat", vec![5 | 2 << 14])];
    value(TsVector { lexemes: lexemes.map(|(lexeme, places)| (lexeme.to_owned(), places)).to_vec() })
}

/// A test of a section's expressions: each in the typed language, as the manual has it, and what the manual says that it is.
macro_rules! section {
    (
        $(#[$doc:meta])*
        $name:ident { $($typed:expr => $sql:literal = $said:literal;)* }
    ) => {
        $(#[$doc])*
        #[tokio::test]
        async fn $name() {
            let manual = $crate::manual::manual().await;
            $(
                // Each in its own box: all of them in one future would be more than a stack holds.
                Box::pin(async {
                    let typed = orm_core::ColumnElement::into_expr($typed);
                    let text = func::coalesce(typed.clone().cast::<String>(), "NULL");
                    manual.says($sql, $said).await;
                    manual.answers(select::<orm_tests::manual::Sample>().columns(text), $said).await;
                    manual.read(select::<orm_tests::manual::Sample>().columns(typed)).await;
                })
                .await;
            )*
        }
    };
}
use section;
