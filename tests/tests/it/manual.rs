//! The queries of PostgreSQL's manual, in its order: chapters 2.4 to 2.7, 3.5, 3.6, 7 and 9, each as the manual has it and
//! in the typed language.
//!
//! What cannot be said in the typed language stands in the same place with the raw form that says it.

mod aggregates;
mod arrays;
mod bytes;
mod combining;
mod dates;
mod grouping;
mod json;
mod logic;
mod numbers;
mod other_types;
mod patterns;
mod ranges;
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

/// A test of a section's expressions: the SQL, and what the manual says that it is.
macro_rules! section {
    ($(#[$doc:meta])* $name:ident { $($sql:literal = $said:literal;)+ }) => {
        $(#[$doc])*
        #[tokio::test]
        async fn $name() {
            let manual = $crate::manual::manual().await;
            $(manual.says($sql, $said).await;)+
        }
    };
}
use section;
