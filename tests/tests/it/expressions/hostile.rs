//! Values that look like SQL, values of every type, and very many of them: none changes a statement's text.

use orm_core::func;
use orm_core::prelude::*;
use orm_core::types::{Interval, Range};
use orm_tests::manual::Sample;
use orm_tests::questions::Questions;

use super::tree::Cell;
use super::{Result, cells};

const HOSTILE: [&str; 9] = [
    "'",
    "''; DROP TABLE cells; --",
    "\"",
    "\\",
    "\\'",
    "{} {0} {name}",
    "$1 $2 ?",
    "%s %I \u{202e} é😀",
    "/* -- */ E'\\x00'",
];

#[tokio::test]
async fn text_stays_what_it_is() -> Result {
    let setup = cells().await;
    let session = setup.db.session();
    let ask = |text: &str| select::<Cell>().filter(Cell::id.eq(1)).columns(func::value(text));
    for text in HOSTILE {
        assert_eq!(session.execute(ask(text)).await?.one()?, text);
        let found = select::<Cell>().filter(func::value(text).contains(text)).columns(Cell::id);
        assert_eq!(session.execute(found).await?.all().len(), 5, "{text}");
        assert_eq!(ask(text).to_string(), ask("").to_string());
    }
    assert_eq!(setup.rows("SELECT count(*) FROM cells").await, ["5"]);
    Ok(())
}

/// The server has no NUL in text: that is its error, and the session goes on.
#[tokio::test]
async fn a_nul_is_an_error_of_the_servers() -> Result {
    let setup = cells().await;
    let session = setup.db.session();
    let query = select::<Cell>().filter(Cell::word.eq("a\0b"));
    let error = session.execute(query).await.expect_err("there is no NUL in text");
    assert_eq!(error.sqlstate(), Some("22021"));
    session.rollback().await?;
    assert_eq!(session.execute(select::<Cell>()).await?.all().len(), 5);
    Ok(())
}

#[tokio::test]
async fn a_very_long_list_is_one_parameter() -> Result {
    let setup = cells().await;
    let session = setup.db.session();
    let among = |count| select::<Cell>().filter(Cell::id.in_(0..count)).order_by(Cell::id).columns(Cell::id);
    assert_eq!(session.execute(among(200_000)).await?.all(), [1, 2, 3, 4, 5]);
    assert_eq!(among(200_000).to_string(), among(0).to_string());
    let rows = |count| {
        let rows = (0..count).map(|number| (number, number - 1));
        select::<Cell>().filter(func::row((Cell::id, Cell::other)).in_(rows)).columns(Cell::id)
    };
    assert_eq!(session.execute(rows(100_000)).await?.all(), [1]);
    assert_eq!(rows(100_000).to_string(), rows(0).to_string());
    let long = "x".repeat(1_000_000);
    assert_eq!(
        session.execute(select::<Cell>().limit(1).columns(func::value(long.as_str()))).await?.one()?,
        long
    );
    Ok(())
}

/// The row is found by each of its values, and the value comes back.
macro_rules! found_by {
    ($session:ident, $row:ident: $($column:ident),+) => {
        $(
            let query = select::<Sample>().filter(Sample::$column.eq(&$row.$column));
            let query = query.columns((Sample::$column, func::value($row.$column.clone())));
            let (stored, sent) = $session.execute(query).await?.one()?;
            assert_eq!(format!("{stored:?}"), format!("{sent:?}"), stringify!($column));
        )+
    };
}

#[tokio::test]
async fn every_type_can_be_a_parameter() -> Result {
    let manual = Questions::about_the_manual().await;
    let session = manual.db.session();
    let row = session.execute(select::<Sample>()).await?.one()?;
    found_by!(session, row: id, name, number, large, amount, ratio, flag);
    found_by!(session, row: day, clock, moment, instant, bytes, tags, numbers, document, color);
    let query = select::<Sample>().columns((
        func::value(Interval::months(1) - Interval::microseconds(1)),
        func::value(Range::from(2_i64..)),
        func::value(Range::from(row.day..=row.day)),
        func::value(vec![Interval::days(1)]),
        func::value(None::<Range<i32>>),
        func::value(7_i16),
        func::value(0.5_f32),
    ));
    let (interval, numbers, days, intervals, nothing, small, real) = session.execute(query).await?.one()?;
    assert_eq!(interval, Interval::months(1) - Interval::microseconds(1));
    assert_eq!((numbers, nothing, small, real), (Range::from(2..), None, 7, 0.5));
    assert!(days.contains(&row.day) && days.bounds() != Range::from(row.day..=row.day).bounds());
    assert_eq!(intervals, [Interval::days(1)]);
    Ok(())
}
