//! Many-to-many relationships over bare tables: what is sent, and that both sides agree.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::links::circle::{self, Person};
use orm_tests::links::plain::{self, Colour, Item, Keyword};

type Result = orm_core::Result<()>;

pub(crate) const LINKS: &str = "SELECT item_id, keyword_id FROM item_keywords ORDER BY 1, 2";

pub(crate) fn item(session: &Session, name: &str) -> Entity<Item> {
    session.add(Item::builder().name(name))
}

pub(crate) fn keyword(session: &Session, name: &str) -> Entity<Keyword> {
    session.add(Keyword::builder().name(name))
}

/// Two items, the first with the keywords 1 and 2, the second with 3; loaded again by a session of its own.
pub(crate) async fn two_items(
    setup: &Setup,
) -> orm_core::Result<(Session, Vec<Entity<Item>>, Vec<Entity<Keyword>>)> {
    let session = setup.db.session();
    let keywords: Vec<_> = ["red", "big", "round"].map(|name| keyword(&session, name)).into();
    session.flush().await?;
    session.add(Item::builder().name("ball").keywords(&keywords[..2]));
    session.add(Item::builder().name("coin").keywords(&keywords[2..]));
    session.commit().await?;
    let session = setup.db.session();
    let items = select::<Item>().options(selectinload(Item::keywords)).order_by(Item::id);
    let items = session.scalars(items).await?.all();
    let keywords = session.scalars(select::<Keyword>().order_by(Keyword::id)).await?.all();
    session.commit().await?;
    setup.shapes();
    Ok((session, items, keywords))
}

/// Scenario 343.
#[tokio::test]
async fn a_link_between_two_new_entities_is_seen_from_both_and_stored_once() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    let session = setup.db.session();
    let (ball, red) = (item(&session, "ball"), keyword(&session, "red"));
    ball.keywords().add(&red);
    red.items().add(&ball);
    ball.keywords().add(&red);
    assert_eq!(ball.keywords().get()?, std::slice::from_ref(&red));
    assert_eq!(red.items().get()?, std::slice::from_ref(&ball));
    assert_eq!(
        session.plan()?.to_string(),
        "insert 1 into items\ninsert 1 into keywords\ninsert 1 into item_keywords\n"
    );
    session.commit().await?;
    let flight = ["BEGIN", "INSERT items", "INSERT keywords", "INSERT item_keywords", "COMMIT"];
    assert_eq!(setup.shapes(), [flight]);
    assert_eq!(setup.rows(LINKS).await, ["1|1"]);
    session.commit().await?;
    assert!(setup.shapes().is_empty());
    Ok(())
}

/// Scenario 23.
#[tokio::test]
async fn a_link_that_goes_is_deleted_before_one_that_comes_is_inserted() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    let (session, items, keywords) = two_items(&setup).await?;
    items[0].keywords().remove(&keywords[0]);
    items[1].keywords().add(&keywords[0]);
    assert_eq!(items[0].keywords().get()?, [keywords[1].clone()]);
    assert_eq!(items[1].keywords().get()?, [keywords[2].clone(), keywords[0].clone()]);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE item_keywords", "INSERT item_keywords", "COMMIT"]]);
    assert_eq!(setup.rows(LINKS).await, ["1|2", "2|1", "2|3"]);
    Ok(())
}

/// Scenario 24.
#[tokio::test]
async fn replaced_by_nothing_all_links_go_and_the_far_sides_stay() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    let (session, items, keywords) = two_items(&setup).await?;
    items[0].keywords().replace([]);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE item_keywords (batch)", "COMMIT"]]);
    assert_eq!(setup.rows(LINKS).await, ["2|3"]);
    assert_eq!(setup.rows("SELECT count(*) FROM keywords").await, ["3"]);
    assert!(items[0].keywords().get()?.is_empty());
    assert!(keywords[0].items().await?.is_empty());
    Ok(())
}

/// Scenario 142.
#[tokio::test]
async fn what_is_replaced_is_seen_from_the_far_sides_and_only_the_difference_is_written() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    let (session, items, keywords) = two_items(&setup).await?;
    keywords[0].items().await?;
    session.commit().await?;
    setup.shapes();
    items[0].keywords().replace([&keywords[1], &keywords[2]]);
    assert_eq!(items[0].keywords().get()?, [keywords[1].clone(), keywords[2].clone()]);
    assert!(keywords[0].items().get()?.is_empty());
    assert_eq!(keywords[1].items().get()?, [items[0].clone()]);
    assert_eq!(keywords[2].items().get()?, [items[1].clone(), items[0].clone()]);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE item_keywords", "INSERT item_keywords", "COMMIT"]]);
    assert_eq!(setup.rows(LINKS).await, ["1|2", "1|3", "2|3"]);
    Ok(())
}

/// Scenario 29.
#[tokio::test]
async fn two_people_who_follow_each_other_are_two_rows() -> Result {
    let setup = Setup::new(&circle::TABLES).await;
    let session = setup.db.session();
    let [ann, bob] = ["ann", "bob"].map(|name| session.add(Person::builder().name(name)));
    bob.follows().replace([&ann]);
    ann.follows().add(&bob);
    assert_eq!(bob.followers().get()?, std::slice::from_ref(&ann));
    assert_eq!(ann.followers().get()?, std::slice::from_ref(&bob));
    // The same from the other side is nothing new; one may follow oneself.
    ann.followers().add(&bob);
    ann.follows().add(&ann);
    session.commit().await?;
    let rows = "SELECT follower_id, followee_id FROM social.follows ORDER BY 1, 2";
    assert_eq!(setup.rows(rows).await, ["1|1", "1|2", "2|1"]);
    ann.follows().remove(&ann);
    session.commit().await?;
    assert_eq!(setup.rows(rows).await, ["1|2", "2|1"]);
    assert_eq!(ann.followers().get()?, [bob]);
    Ok(())
}

#[tokio::test]
async fn added_and_removed_again_is_nothing() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    let (session, items, keywords) = two_items(&setup).await?;
    items[1].keywords().add(&keywords[0]);
    keywords[0].items().remove(&items[1]);
    items[0].keywords().remove(&keywords[0]);
    keywords[0].items().add(&items[0]);
    assert_eq!(items[0].keywords().get()?, keywords[..2]);
    assert_eq!(items[1].keywords().get()?, keywords[2..]);
    session.commit().await?;
    assert!(setup.shapes().is_empty());
    Ok(())
}

#[tokio::test]
async fn loading_takes_two_statements_or_one() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    let (session, ..) = two_items(&setup).await?;
    let query = || select::<Item>().order_by(Item::id);

    session.clear();
    let items = session.scalars(query().options(selectinload(Item::keywords))).await?.all();
    assert_eq!(seen(&items)?, ["ball: red big", "coin: round"]);
    assert_eq!(setup.shapes(), [&["SELECT items"][..], &["SELECT item_keywords"]]);

    session.clear();
    let items = session.scalars(query().options(joinedload(Item::keywords)).limit(2)).await?.all();
    assert_eq!(seen(&items)?, ["ball: red big", "coin: round"]);
    assert_eq!(setup.shapes().concat().len(), 1);

    session.clear();
    let items = session.scalars(query()).await?.all();
    setup.shapes();
    assert!(items[1].keywords().get().is_err_and(|error| error.is_not_loaded()));
    items[0].keywords().await?;
    assert_eq!(seen(&items)?, ["ball: red big", "coin: round"]);
    assert_eq!(setup.shapes(), [["SELECT item_keywords"]]);

    session.clear();
    let keywords = select::<Keyword>().options(selectinload(Keyword::items).selectinload(Item::keywords));
    let keywords = session.scalars(keywords.order_by(Keyword::id)).await?.all();
    assert_eq!(keywords[0].items().get()?[0].keywords().get()?, keywords[..2]);
    assert_eq!(setup.shapes().concat(), ["SELECT keywords", "SELECT item_keywords", "SELECT item_keywords"]);
    Ok(())
}

fn seen(items: &[Entity<Item>]) -> orm_core::Result<Vec<String>> {
    let of = |item: &Entity<Item>| {
        let names = item.keywords().get()?;
        let names: Vec<_> = names.iter().map(|keyword| &*keyword.name).collect();
        Ok(format!("{}: {}", item.name, names.join(" ")))
    };
    items.iter().map(of).collect()
}

#[tokio::test]
async fn a_query_that_starts_from_the_relationship_goes_over_the_links() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    let (session, items, keywords) = two_items(&setup).await?;
    let query = items[0].keywords().query().order_by(Keyword::name);
    assert!(query.to_string().ends_with(
        " WHERE keywords.id IN (SELECT item_keywords.keyword_id FROM item_keywords WHERE item_keywords.item_id = $1) \
         ORDER BY keywords.name"
    ));
    // What is not written yet is written first.
    items[0].keywords().add(&keywords[2]);
    let names = session.scalars(query).await?.all().into_iter().map(|keyword| keyword.name.clone());
    assert_eq!(names.collect::<Vec<_>>(), ["big", "red", "round"]);
    assert_eq!(setup.shapes().concat(), ["BEGIN", "INSERT item_keywords", "SELECT keywords"]);
    assert_eq!(session.scalar(keywords[1].items().query().count()).await?, Some(1));
    Ok(())
}

#[tokio::test]
async fn a_link_that_is_not_in_memory_is_deleted_by_its_key() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    two_items(&setup).await?;
    let session = setup.db.session();
    let [ball, coin] = [1, 2].map(|id| session.get::<Item>(id));
    let (ball, coin) = (ball.await?.expect("there"), coin.await?.expect("there"));
    let red = session.get::<Keyword>(1).await?.expect("there");
    session.commit().await?;
    setup.shapes();
    ball.keywords().remove(&red);
    red.items().remove(&coin); // never was one
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE item_keywords (batch)", "COMMIT"]]);
    assert_eq!(setup.rows(LINKS).await, ["1|2", "2|3"]);

    // Taken back it is there in the end, whether it was or not.
    red.items().remove(&coin);
    red.items().add(&coin);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE item_keywords", "INSERT item_keywords", "COMMIT"]]);
    assert_eq!(setup.rows(LINKS).await, ["1|2", "2|1", "2|3"]);
    Ok(())
}

#[tokio::test]
async fn with_an_entity_its_links_go() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    let (session, items, keywords) = two_items(&setup).await?;
    keywords[0].items().await?;
    session.commit().await?;
    let small = keyword(&session, "small");
    items[0].keywords().add(&small);
    setup.shapes();
    session.delete(&items[0]);
    session.commit().await?;
    let expected = ["BEGIN", "INSERT keywords", "DELETE item_keywords (batch)", "DELETE items", "COMMIT"];
    assert_eq!(setup.shapes().concat(), expected);
    assert_eq!(setup.rows(LINKS).await, ["2|3"]);
    assert!(keywords[0].items().get()?.is_empty());
    assert!(small.items().get()?.is_empty());

    // Nothing was loaded here, and nothing is.
    let session = setup.db.session();
    let round = session.get::<Keyword>(3).await?.expect("there");
    session.commit().await?;
    setup.shapes();
    session.delete(&round);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE item_keywords (batch)", "DELETE keywords", "COMMIT"]]);
    assert!(setup.rows(LINKS).await.is_empty());
    Ok(())
}

/// Over a table with a rule, the database deletes the links.
#[tokio::test]
async fn with_a_rule_the_database_deletes_the_links() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    let session = setup.db.session();
    let red = session.add(Colour::builder().code("red"));
    let ball = session.add(Item::builder().name("ball").colours([&red]));
    session.commit().await?;
    assert_eq!(setup.rows("SELECT item, colour FROM item_colours").await, ["1|red"]);
    setup.shapes();
    session.delete(&red);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE colours", "COMMIT"]]);
    assert!(ball.colours().get()?.is_empty());
    assert!(setup.rows("SELECT item, colour FROM item_colours").await.is_empty());
    Ok(())
}
