//! Random expressions over a small table, run in the typed language and as text that is written independently; and values
//! that look like SQL.

mod hostile;
mod texts;
mod tree;

use orm_core::prelude::*;
use orm_tests::Setup;
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use tree::{Cell, Choices, Truth};

type Result = std::result::Result<(), Box<dyn std::error::Error>>;

const CELLS: &str = r"INSERT INTO cells (id, number, other, word, flag) VALUES
    (1, 1, 0, 'a', TRUE), (2, NULL, 2, '', FALSE), (3, -2, 3, NULL, NULL), (4, 0, -1, 'B''b', TRUE), (5, NULL, 0, 'a\b%_', NULL)";

const CASES: usize = 250;

async fn cells() -> Setup {
    let setup = Setup::new(&models![Cell]).await;
    setup.sql(CELLS).await;
    setup
}

#[tokio::test]
async fn an_expression_is_what_its_text_says() -> Result {
    let setup = cells().await;
    let session = setup.db.session();
    let (mut runner, bytes) = (TestRunner::deterministic(), vec(any::<u8>(), 4..120));
    for _ in 0..CASES {
        let bytes = bytes.new_tree(&mut runner).expect("bytes can be drawn").current();
        let mut choices = Choices::new(&bytes);
        let (number, word, truth) = (choices.number(3), choices.word(3), choices.truth(3));
        let columns = (number.typed(), word.typed(), truth.typed());
        let typed = session.execute(select::<Cell>().order_by(Cell::id).columns(columns)).await?.all();
        let typed = typed.into_iter().map(|(number, word, truth)| {
            let number = number.map_or("-".to_owned(), |number| number.to_string());
            let truth = truth.map_or("-", |truth| if truth { "t" } else { "f" });
            format!("{number}|{}|{truth}", word.as_deref().unwrap_or("-"))
        });
        let sql =
            format!("SELECT {}, {}, {} FROM cells ORDER BY id", number.text(), word.text(), truth.text());
        assert_eq!(typed.collect::<Vec<_>>(), setup.rows(&sql).await, "{sql}");
    }
    Ok(())
}

#[tokio::test]
async fn a_condition_chooses_the_rows_that_its_text_chooses() -> Result {
    let setup = cells().await;
    let session = setup.db.session();
    let (mut runner, bytes) = (TestRunner::deterministic(), vec(any::<u8>(), 4..160));
    for _ in 0..CASES {
        let bytes = bytes.new_tree(&mut runner).expect("bytes can be drawn").current();
        let truth: Truth = Choices::new(&bytes).truth(4);
        let query = select::<Cell>().filter(truth.typed()).order_by(Cell::id).columns(Cell::id);
        let typed = session.execute(query).await?.all().into_iter().map(|id| id.to_string());
        let sql = format!("SELECT id FROM cells WHERE {} ORDER BY id", truth.text());
        assert_eq!(typed.collect::<Vec<_>>(), setup.rows(&sql).await, "{sql}");
    }
    Ok(())
}
