//! The number of statement texts does not grow with lengths.

use std::collections::HashSet;

use orm_core::func;
use orm_core::prelude::*;

use super::tree::Cell;
use super::{Result, cells};

/// A thousand calls of different sizes, and of each kind the server gets one text.
#[tokio::test]
async fn a_thousand_sizes_are_a_few_texts() -> Result {
    let setup = cells().await;
    let session = setup.db.session();
    let words = |count: i32| (0..count).map(|number| number.to_string()).collect::<Vec<_>>();
    for size in 0..250 {
        let numbers = select::<Cell>().filter(Cell::number.in_(0..size)).columns(Cell::id);
        let others =
            select::<Cell>().filter(Cell::word.not_in(words(size))).limit(size.unsigned_abs().into());
        let rows = (0..size).map(|number| (number, number));
        let rows = select::<Cell>().filter(func::row((Cell::id, Cell::other)).in_(rows)).columns(Cell::id);
        let array = func::array_length((0..size).collect::<Vec<_>>());
        session.execute(numbers).await?;
        session.execute(others.columns(Cell::id)).await?;
        session.execute(rows).await?;
        session
            .execute(select::<Cell>().columns((array, func::concat((Cell::word, &*words(size).concat())))))
            .await?;
    }
    let texts = setup.statements().into_iter().filter(|sql| sql.starts_with("SELECT"));
    assert_eq!(texts.collect::<HashSet<_>>().len(), 4);
    Ok(())
}

/// An expression that is said once and used twice is the same to the server: its values are the same parameters.
#[tokio::test]
async fn a_cloned_expression_shares_its_parameters() -> Result {
    let setup = cells().await;
    let half = (Cell::other + 10) / 2;
    let query =
        select::<Cell>().group_by(half.clone()).order_by(half.clone()).columns((half, func::count_all()));
    assert_eq!(
        query.to_string(),
        "SELECT (cells.other + $1) / $2, count(*) FROM cells GROUP BY (cells.other + $1) / $2 \
         ORDER BY (cells.other + $1) / $2"
    );
    let rows = setup.db.session().execute(query).await?.all();
    assert_eq!(rows, [(4, 1), (5, 2), (6, 2)]);
    Ok(())
}
