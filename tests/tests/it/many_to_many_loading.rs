//! Loader options over many-to-many relationships: the links are loaded, and what they lead to with them.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::links::circle::{self, Person};
use orm_tests::links::plain::{self, Item, Keyword};
use orm_tests::links::school::{self, Course, Student};
use orm_tests::links::tenants::{self, Doc, Label};

type Result = orm_core::Result<()>;

fn names(keywords: &[Entity<Keyword>]) -> Vec<&str> {
    keywords.iter().map(|keyword| &*keyword.name).collect()
}

/// Items 1 to 3 with the keywords 1 to 4, each item with those from its own number on, but for the last one, which has none.
async fn shop() -> Setup {
    let setup = Setup::new(&plain::TABLES).await;
    setup
        .sql(
            "INSERT INTO items (name) VALUES ('ball'), ('coin'), ('lamp');
             INSERT INTO keywords (name) VALUES ('a'), ('b'), ('c'), ('d');
             INSERT INTO item_keywords SELECT i, k FROM generate_series(1, 2) i, generate_series(1, 4) k WHERE k >= i",
        )
        .await;
    setup
}

#[tokio::test]
async fn a_filter_speaks_of_the_far_side() -> Result {
    let setup = shop().await;
    let session = setup.db.session();
    let some = selectinload(Item::keywords).filter(Keyword::name.lt("c"));
    let items = session.scalars(select::<Item>().options(some).order_by(Item::id)).await?.all();
    assert_eq!(
        setup.statements()[1],
        "SELECT item_keywords.item_id, item_keywords.keyword_id, keywords.id, keywords.name FROM item_keywords \
         JOIN keywords ON item_keywords.keyword_id = keywords.id \
         WHERE item_keywords.item_id = ANY($1) AND keywords.name < $2"
    );
    assert_eq!(names(&items[0].keywords().get()?), ["a", "b"]);
    assert_eq!(names(&items[1].keywords().get()?), ["b"]);
    assert!(items[2].keywords().get()?.is_empty());
    assert!(items.iter().all(|item| item.keywords().is_partial()));

    // A part says nothing of the rest: nothing is written, what is added is shown too, and a load brings all.
    let last = session.get::<Keyword>(4).await?.expect("it is there");
    items[2].keywords().add(&last);
    assert_eq!(names(&items[2].keywords().get()?), ["d"]);
    session.refresh(&items[0]).attribute(Item::keywords).await?;
    assert_eq!(names(&items[0].keywords().get()?), ["a", "b", "c", "d"]);
    assert!(!items[0].keywords().is_partial());
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM item_keywords").await, ["8"]);
    Ok(())
}

#[tokio::test]
async fn a_limit_counts_for_each_in_the_far_sides_order() -> Result {
    let setup = shop().await;
    let session = setup.db.session();
    let last = selectinload(Item::keywords).order_by(Keyword::name.desc()).limit(2);
    let query = select::<Item>().options(last.clone().selectinload(Keyword::items)).order_by(Item::id);
    let items = session.scalars(query).await?.all();
    let statements = setup.statements();
    assert_eq!(
        statements[1],
        "SELECT anon_2.item_id, anon_2.keyword_id, keywords.id, keywords.name \
         FROM unnest($1::bigint[]) AS anon_1 (item_id) CROSS JOIN LATERAL \
         (SELECT item_keywords.item_id, item_keywords.keyword_id FROM item_keywords \
         JOIN keywords ON item_keywords.keyword_id = keywords.id \
         WHERE item_keywords.item_id = anon_1.item_id \
         ORDER BY keywords.name DESC, item_keywords.item_id, item_keywords.keyword_id LIMIT $2) AS anon_2 \
         JOIN keywords ON anon_2.keyword_id = keywords.id \
         ORDER BY keywords.name DESC, anon_2.item_id, anon_2.keyword_id"
    );
    assert_eq!(statements.len(), 3);
    assert_eq!(names(&items[0].keywords().get()?), ["d", "c"]);
    assert_eq!(names(&items[1].keywords().get()?), ["d", "c"]);
    assert_eq!(items[1].keywords().get()?[0].items().get()?, items[..2]);

    // One by its key, which is in memory.
    let one =
        session.get::<Item>(2).options(selectinload(Item::keywords).limit(1)).await?.expect("it is there");
    assert_eq!(names(&one.keywords().get()?), ["b"]);
    Ok(())
}

#[tokio::test]
async fn joins_lead_over_the_links() -> Result {
    let setup = shop().await;
    let session = setup.db.session();
    let query = select::<Item>().join(Item::keywords).filter(Keyword::name.eq("a"));
    assert_eq!(
        query.to_string(),
        "SELECT items.id, items.name FROM items JOIN item_keywords ON item_keywords.item_id = items.id \
         JOIN keywords ON item_keywords.keyword_id = keywords.id WHERE keywords.name = $1"
    );
    assert_eq!(session.scalars(query).await?.all().len(), 1);
    let without = select::<Item>().left_join(Item::keywords).filter(Keyword::id.is_null());
    assert_eq!(session.scalars(without).await?.one()?.name, "lamp");

    session.clear();
    setup.flights();
    let query = select::<Item>().join(Item::keywords).filter(Keyword::name.gt("b")).order_by(Keyword::name);
    let items = session.scalars(query.options(contains_eager(Item::keywords))).await?.all();
    assert_eq!(names(&items[0].keywords().get()?), ["c", "d"]);
    assert!(items[0].keywords().is_partial());
    assert_eq!(setup.statements().len(), 1);
    let error = session.scalars(select::<Item>().options(contains_eager(Item::keywords))).await;
    let error = error.expect_err("nothing is joined");
    assert!(error.is_not_joined() && error.to_string().contains("`.join(Item::keywords)`"), "{error}");
    Ok(())
}

#[tokio::test]
async fn in_one_flight_beside_or_joined() -> Result {
    let setup = shop().await;
    let session = setup.db.session();
    let beside = subqueryload(Item::keywords).subqueryload(Keyword::items);
    let items = session.scalars(select::<Item>().options(beside).order_by(Item::id)).await?.all();
    assert_eq!(setup.flights()[1].len(), 3);
    assert_eq!(names(&items[1].keywords().get()?), ["b", "c", "d"]);
    assert_eq!(items[0].keywords().get()?[0].items().get()?, items[..1]);
    assert!(items[2].keywords().get()?.is_empty());

    session.clear();
    let joined = joinedload(Item::keywords).joinedload(Keyword::items);
    let items = session.scalars(select::<Item>().options(joined).order_by(Item::id).limit(2)).await?.all();
    assert_eq!(names(&items[1].keywords().get()?), ["b", "c", "d"]);
    assert_eq!(items[0].keywords().get()?[1].items().get()?, items);
    assert_eq!(setup.statements().len(), 1);
    Ok(())
}

/// Each follows the next two of nine.
#[tokio::test]
async fn followed_as_deep_as_one_likes() -> Result {
    let setup = Setup::new(&circle::TABLES).await;
    setup
        .sql(
            "INSERT INTO people (name) SELECT 'p' || n FROM generate_series(1, 9) n;
             INSERT INTO social.follows SELECT n, m FROM generate_series(1, 9) n, generate_series(1, 9) m
             WHERE m IN (n + 1, n + 2)",
        )
        .await;
    let session = setup.db.session();
    let first = || select::<Person>().filter(Person::id.eq(1));
    let two = selectinload(Person::follows).recursive(2);
    let one = session.scalars(first().options(two)).await?.one()?;
    assert_eq!(setup.statements().len(), 1 + 2, "the first, two levels");
    let [second, third] = <[_; 2]>::try_from(one.follows().get()?).expect("two");
    assert_eq!(second.follows().get()?[0], third);
    let fourth = second.follows().get()?[1].clone();
    assert!(fourth.follows().get().is_err_and(|error| error.is_not_loaded()));

    let all = selectinload(Person::follows).recursive_all();
    session.scalars(first().options(all)).await?.one()?;
    let mut last = one;
    for _ in 0..8 {
        last = last.follows().get()?[0].clone();
    }
    assert!(last.id == 9 && last.follows().get()?.is_empty());
    assert_eq!(last.followers().await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn not_loaded_in_one_way_or_another() -> Result {
    let setup = shop().await;
    let session = setup.db.session();
    let item =
        session.scalars(select::<Item>().options(raiseload(Item::keywords))).await?.all().swap_remove(0);
    assert!(item.keywords().await.is_err_and(|error| error.is_raise_load()));
    let nothing = select::<Item>().options(noload(Item::keywords)).order_by(Item::id);
    let items = session.scalars(nothing).await?.all();
    assert!(items[0].keywords().get()?.is_empty());
    let first = session.get::<Keyword>(1).await?.expect("it is there");
    items[1].keywords().add(&first);
    assert_eq!(items[1].keywords().get()?, [first]);
    session.rollback().await?;
    assert!(items[1].keywords().get()?.is_empty());

    session.clear();
    let query =
        select::<Item>().options(lazyload(Item::keywords).selectinload(Keyword::items)).order_by(Item::id);
    let items = session.scalars(query).await?.all();
    setup.flights();
    let keywords = items[0].keywords().await?;
    assert_eq!(keywords[1].items().get()?, items[..2]);
    assert_eq!(names(&items[1].keywords().get()?), ["b", "c", "d"]);
    assert_eq!(setup.statements().len(), 2, "the links of all three, and the items of the keywords");
    Ok(())
}

/// Known entities get what a `get` asks for; a relationship is read again, given up, and compared.
#[tokio::test]
async fn of_an_entity_that_is_known() -> Result {
    let setup = shop().await;
    let session = setup.db.session();
    let ball = session.get::<Item>(1).await?.expect("it is there");
    session.get::<Item>(1).options(selectinload(Item::keywords).selectinload(Keyword::items)).await?;
    let [a, b, c, _] = <[_; 4]>::try_from(ball.keywords().get()?).expect("four");
    assert_eq!(a.items().get()?, std::slice::from_ref(&ball));

    setup.sql("DELETE FROM item_keywords WHERE item_id = 1 AND keyword_id = 4").await;
    session.refresh(&ball).attribute(Item::keywords).await?;
    assert_eq!(names(&ball.keywords().get()?), ["a", "b", "c"]);

    let new = session.add(Keyword::builder().name("new"));
    ball.keywords().remove(&b);
    ball.keywords().add(&new);
    let history = ball.keywords().history()?;
    assert_eq!((history.added, history.unchanged, history.deleted), (vec![new.clone()], vec![a, c], vec![b]));

    session.expire_attribute(&ball, Item::keywords);
    assert!(ball.keywords().get().is_err_and(|error| error.is_not_loaded()));
    assert_eq!(names(&ball.keywords().await?), ["a", "c", "new"]);
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT keyword_id FROM item_keywords WHERE item_id = 1 ORDER BY 1").await,
        ["1", "3", "5"]
    );
    Ok(())
}

#[tokio::test]
async fn through_models_over_keys_of_two_columns() -> Result {
    let setup = Setup::new(&tenants::TABLES).await;
    setup
        .sql(
            "INSERT INTO docs (tenant, id, slug) VALUES (1, 1, 'a'), (1, 2, 'b'), (2, 1, 'a');
             INSERT INTO labels (tenant, id, name) VALUES (1, 1, 'x'), (1, 2, 'y'), (2, 1, 'x'), (2, 2, 'z');
             INSERT INTO labellings VALUES (1, 1, 'x'), (1, 1, 'y'), (1, 2, 'y'), (2, 1, 'x'), (2, 1, 'z')",
        )
        .await;
    let session = setup.db.session();
    let query = || select::<Doc>().order_by(Doc::tenant).order_by(Doc::id);
    let first = selectinload(Doc::labels).order_by(Label::name.desc()).limit(1);
    let docs = session.scalars(query().options(first)).await?.all();
    let of =
        |doc: &Entity<Doc>| doc.labels().get().map(|labels| labels.iter().map(|l| l.name.clone()).collect());
    let labels: Vec<Vec<String>> = docs.iter().map(of).collect::<orm_core::Result<_>>()?;
    assert_eq!(labels, [["y"], ["y"], ["z"]]);
    let all = session.scalars(query().options(subqueryload(Doc::labels))).await?.all();
    let labels: Vec<Vec<String>> = all.iter().map(of).collect::<orm_core::Result<_>>()?;
    assert_eq!(labels, [&["x", "y"][..], &["y"], &["x", "z"]]);
    let named = select::<Doc>().join(Doc::labels).filter(Label::name.eq("z"));
    assert_eq!(session.scalars(named).await?.one()?, docs[2]);
    Ok(())
}

#[tokio::test]
async fn a_graph_with_links_is_merged() -> Result {
    let setup = shop().await;
    let other = setup.db.session();
    let query = select::<Item>().options(selectinload(Item::keywords)).order_by(Item::id);
    let items = other.scalars(query).await?.all();
    let new = other.add(Keyword::builder().name("new"));
    items[2].keywords().add(&new);
    other.close().await;
    let session = setup.db.session();
    let lamp = session.merge(&items[2]).await?;
    let coin = session.merge(&items[1]).await?;
    assert_eq!(names(&lamp.keywords().get()?), ["new"]);
    assert_eq!(names(&coin.keywords().get()?), ["b", "c", "d"]);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT item_id, keyword_id FROM item_keywords WHERE item_id = 3").await, ["3|5"]);

    let red = session.get::<Keyword>(1).await?.expect("it is there");
    let merged = session.merge(Item::builder().id(3).name("light").keywords([&red])).await?;
    assert_eq!((&merged, &*merged.name), (&lamp, "light"));
    session.commit().await?;
    session.clear();
    let red = session.get::<Keyword>(1).await?.expect("it is there");
    session.merge(Item::builder().id(3).name("light").keywords([&red])).await?;
    assert_eq!(session.plan()?.to_string(), "");
    let rows = setup.rows("SELECT keyword_id FROM item_keywords WHERE item_id = 3 ORDER BY 1").await;
    assert_eq!(rows, ["1", "5"]);
    Ok(())
}

/// A link model is an entity too: what was loaded by way of it is there.
#[tokio::test]
async fn both_ways_to_the_same_links() -> Result {
    let setup = Setup::new(&school::TABLES).await;
    setup
        .sql(
            "INSERT INTO students (name) VALUES ('ann'), ('bob');
             INSERT INTO courses (title) VALUES ('art'), ('law');
             INSERT INTO enrolments VALUES (1, 1, 'good'), (1, 2, NULL), (2, 2, 'late')",
        )
        .await;
    let session = setup.db.session();
    let query = select::<Student>().options(selectinload(Student::courses)).order_by(Student::id);
    let students = session.scalars(query).await?.all();
    setup.flights();
    let enrolments = students[0].enrolments().get()?;
    let titles: Vec<_> =
        enrolments.iter().map(|enrolment| enrolment.course().get().map(|c| c.title.clone())).collect();
    assert_eq!(titles.into_iter().collect::<orm_core::Result<Vec<_>>>()?, ["art", "law"]);
    students[1].enrolments().get()?[0].edit().note = None;
    session.expunge(&students[0]);
    let law = session.get::<Course>(2).await?.expect("it is there");
    assert_eq!(law.students().await?.len(), 2);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(note) FROM enrolments").await, ["1"]);
    Ok(())
}

#[tokio::test]
async fn expunged_with_their_links() -> Result {
    let setup = shop().await;
    let (session, items, keywords) = {
        let session = setup.db.session();
        let query = select::<Item>().options(selectinload(Item::keywords)).order_by(Item::id);
        let items = session.scalars(query).await?.all();
        let keywords = items[0].keywords().get()?;
        (session, items, keywords)
    };
    session.expunge(&items[0]);
    items[1].keywords().remove(&keywords[1]);
    session.commit().await?;
    assert_eq!(names(&items[1].keywords().get()?), ["c", "d"]);
    let again = session.get::<Item>(1).options(selectinload(Item::keywords)).await?.expect("it is there");
    assert_ne!(again, items[0]);
    assert_eq!(again.keywords().get()?, keywords);
    assert_eq!(setup.rows("SELECT count(*) FROM item_keywords").await, ["6"]);
    Ok(())
}
