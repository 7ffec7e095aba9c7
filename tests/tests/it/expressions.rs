//! Random expressions over a small table, run in the typed language and as text that is written independently; and values
//! that look like SQL.

mod choices;
mod hostile;
mod random;
mod texts;
mod tree;

use orm_core::prelude::*;
use orm_tests::Setup;

use choices::Choices;
use random::Question;
use tree::Cell;

type Result = std::result::Result<(), Box<dyn std::error::Error>>;

const CELLS: &str = r"INSERT INTO cells (id, number, other, word, flag) VALUES
    (1, 1, 0, 'a', TRUE), (2, NULL, 2, '', FALSE), (3, -2, 3, NULL, NULL), (4, 0, -1, 'B''b', TRUE), (5, NULL, 0, 'a\b%_', NULL)";

async fn cells() -> Setup {
    let setup = Setup::new(&models![Cell]).await;
    setup.sql(CELLS).await;
    setup
}

#[test]
fn an_expression_is_what_its_text_says() {
    type Row = (Option<i32>, Option<String>, Option<bool>);
    let draw = |choices: &mut Choices<'_>| {
        let (number, word, truth) = (choices.number(3), choices.word(3), choices.truth(3));
        let columns = (number.typed(), word.typed(), truth.typed());
        let sql = format!("SELECT {}, {}, {} FROM cells", number.text(), word.text(), truth.text());
        Question { typed: select::<Cell>().columns(columns), sql }
    };
    random::ask::<Row>(120, draw, |(number, word, truth)| {
        let number = number.map_or("-".to_owned(), |number| number.to_string());
        let truth = truth.map_or("-", |truth| if truth { "t" } else { "f" });
        format!("{number}|{}|{truth}", word.as_deref().unwrap_or("-"))
    });
}

#[test]
fn a_condition_chooses_the_rows_that_its_text_chooses() {
    let draw = |choices: &mut Choices<'_>| {
        let truth = choices.truth(4);
        let sql = format!("SELECT id FROM cells WHERE {}", truth.text());
        Question { typed: select::<Cell>().filter(truth.typed()).columns(Cell::id), sql }
    };
    random::ask::<i32>(160, draw, |id| id.to_string());
}
