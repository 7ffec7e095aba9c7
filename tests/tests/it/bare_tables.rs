//! Many-to-many relationships over bare tables: what becomes of links with the rows that they link, and their limits.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::links::plain::{self, Item, Keyword};

use crate::many_to_many::{LINKS, item, keyword, two_items};

type Result = orm_core::Result<()>;

/// Scenario 26, of a list: one that is known to be empty.
#[tokio::test]
async fn without_links_an_entity_goes_alone() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    let session = setup.db.session();
    let ball = item(&session, "ball");
    session.commit().await?;
    setup.shapes();
    session.delete(&ball);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE items", "COMMIT"]]);
    Ok(())
}

/// Scenario 27.
#[tokio::test]
async fn links_are_deleted_by_their_keys_whatever_else_the_table_has() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    setup.sql("ALTER TABLE item_keywords ADD note text DEFAULT 'new'").await;
    let (session, items, _) = two_items(&setup).await?;
    items[0].keywords().replace([]);
    session.commit().await?;
    assert_eq!(
        setup.flights().concat()[1],
        "DELETE FROM item_keywords WHERE (item_id, keyword_id) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[]))"
    );
    assert_eq!(setup.rows("SELECT item_id, keyword_id, note FROM item_keywords").await, ["2|3|new"]);
    Ok(())
}

#[tokio::test]
async fn what_is_added_and_then_deleted_leaves_no_link() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    let (session, items, keywords) = two_items(&setup).await?;
    let (coin, small) = (item(&session, "new"), keyword(&session, "small"));
    coin.keywords().add(&keywords[0]);
    coin.keywords().add(&small);
    items[0].keywords().add(&small);
    session.delete(&coin);
    session.delete(&small);
    assert_eq!(items[0].keywords().get()?, keywords[..2]);
    session.commit().await?;
    assert!(setup.shapes().is_empty());
    assert_eq!(setup.rows(LINKS).await, ["1|1", "1|2", "2|3"]);
    Ok(())
}

/// Scenario 75.
#[tokio::test]
async fn a_row_that_is_replaced_under_its_key_has_the_links_of_the_new_one() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    let (session, items, keywords) = two_items(&setup).await?;
    // What goes with the old one is known.
    items[0].colours().await?;
    session.commit().await?;
    setup.shapes();
    session.delete(&items[0]);
    keywords[..2].iter().for_each(|keyword| session.delete(keyword));
    let new = ["small", "blue"].map(|name| keyword(&session, name));
    let ball = session.add(Item::builder().id(1).name("new ball").keywords(&new));
    session.commit().await?;
    let sent = setup.shapes();
    let first = ["BEGIN", "DELETE item_keywords (batch)", "UPDATE items: name", "INSERT keywords (batch)"];
    let then =
        ["INSERT item_keywords (batch)", "DELETE item_keywords (batch)", "DELETE keywords (batch)", "COMMIT"];
    assert_eq!(sent, [[first, then].concat()]);
    assert_eq!(ball.keywords().get()?, new);
    assert_eq!(setup.rows("SELECT id, name FROM items ORDER BY 1").await, ["1|new ball", "2|coin"]);
    assert_eq!(setup.rows("SELECT name FROM keywords ORDER BY id").await, ["round", "small", "blue"]);
    assert_eq!(setup.rows(LINKS).await, ["1|4", "1|5", "2|3"]);
    Ok(())
}

#[tokio::test]
async fn links_of_rows_that_are_replaced_under_their_keys() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    let (session, mut items, _) = two_items(&setup).await?;
    for loaded in [true, false] {
        if !loaded {
            session.clear();
            items = session.scalars(select::<Item>().order_by(Item::id)).await?.all();
        }
        let keywords = session.scalars(select::<Keyword>().order_by(Keyword::id)).await?.all();
        session.delete(&items[0]);
        let ball = session.add(Item::builder().id(1).name("new ball").keywords(&keywords[1..]));
        session.commit().await?;
        assert_eq!(ball.keywords().get()?, keywords[1..]);
        assert_eq!(setup.rows(LINKS).await, ["1|2", "1|3", "2|3"]);
        assert_eq!(setup.rows("SELECT name FROM items ORDER BY id").await, ["new ball", "coin"]);
    }
    Ok(())
}

#[tokio::test]
async fn a_second_link_that_only_the_database_has_is_refused() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    drop(two_items(&setup).await?);
    let session = setup.db.session();
    let ball = session.get::<Item>(1).await?.expect("there");
    let red = session.get::<Keyword>(1).await?.expect("there");
    ball.keywords().add(&red);
    let error = session.commit().await.expect_err("it is there");
    assert!(error.is_unique_violation());
    assert_eq!(error.table(), Some("item_keywords"));
    session.rollback().await?;
    assert_eq!(ball.keywords().await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn entities_of_another_session_are_reported() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    let (session, items, _) = two_items(&setup).await?;
    let other = setup.db.session();
    let red = other.get::<Keyword>(1).await?.expect("there");
    items[0].keywords().add(&red);
    assert!(session.flush().await.is_err_and(|error| error.is_foreign_entity()));
    session.add(Item::builder().name("new").keywords([&red]));
    assert!(session.flush().await.is_err_and(|error| error.is_foreign_entity()));
    Ok(())
}

#[tokio::test]
async fn what_is_not_loaded_cannot_be_replaced() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    drop(two_items(&setup).await?);
    let session = setup.db.session();
    let ball = session.get::<Item>(1).await?.expect("there");
    ball.keywords().replace([]);
    assert!(session.flush().await.is_err_and(|error| error.is_not_loaded()));
    assert_eq!(setup.rows(LINKS).await.len(), 3);
    Ok(())
}

#[tokio::test]
async fn hidden_links_are_not_shown() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    let (session, items, keywords) = two_items(&setup).await?;
    let shown = format!("{:?}", items[1]);
    let expected = "Item { id: 2, name: \"coin\", keywords: [Keyword { id: 3, name: \"round\", items: <not loaded> }], \
                    colours: <not loaded> }";
    assert_eq!(shown, expected);
    items[1].keywords().remove(&keywords[2]);
    assert_eq!(session.plan()?.to_string(), "delete 1 from item_keywords\n");
    session.delete(&items[0]);
    let plan = "delete 1 from item_keywords\ndelete the links of 1 from item_keywords: item_id\ndelete 1 from items\n";
    assert_eq!(session.plan()?.to_string(), plan);
    Ok(())
}

#[tokio::test]
async fn the_table_of_the_links_is_created_and_dropped_with_its_models() -> Result {
    let setup = Setup::new(&[]).await;
    setup.db.create_all(plain::TABLES).await?;
    setup.db.create_all(plain::TABLES).await?;
    let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
    assert_eq!(setup.rows(tables).await, ["colours", "item_colours", "item_keywords", "items", "keywords"]);
    let rules = "SELECT conname, confdeltype FROM pg_constraint WHERE contype = 'f' ORDER BY 1";
    let expected = [
        "item_colours_colour_fkey|c",
        "item_colours_item_fkey|c",
        "item_keywords_item_id_fkey|a",
        "item_keywords_keyword_id_fkey|a",
    ];
    assert_eq!(setup.rows(rules).await, expected);
    setup.db.drop_all(models![Keyword]).await?;
    assert_eq!(setup.rows(tables).await, ["colours", "item_colours", "items"]);
    setup.db.drop_all(plain::TABLES).await?;
    assert!(setup.rows(tables).await.is_empty());
    Ok(())
}

/// Thousands of links, one by one: from the side that has them all, and from the other.
#[tokio::test]
async fn many_links_take_one_statement() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    let session = setup.db.session();
    let ball = item(&session, "ball");
    let keywords: Vec<_> = (0..5_000).map(|n| keyword(&session, &format!("{n}"))).collect();
    for (n, keyword) in keywords.iter().enumerate() {
        match n % 2 {
            0 => ball.keywords().add(keyword),
            _ => keyword.items().add(&ball),
        }
    }
    session.commit().await?;
    let sent = ["BEGIN", "INSERT items", "INSERT keywords (batch)", "INSERT item_keywords (batch)", "COMMIT"];
    assert_eq!(setup.shapes(), [sent]);
    for keyword in &keywords {
        ball.keywords().remove(keyword);
        ball.keywords().add(keyword);
    }
    session.commit().await?;
    assert!(setup.shapes().is_empty());
    ball.keywords().replace(&keywords[..1]);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE item_keywords (batch)", "COMMIT"]]);
    assert_eq!(setup.rows(LINKS).await, ["1|1"]);
    Ok(())
}
