//! Conditions on where relationships lead, and outer joins under criteria.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, Profile, User, ann_and_bob};
use orm_tests::library::{LIBRARY, Reader};
use orm_tests::links::circle::{self, Person};
use orm_tests::links::plain::{self, Item, Keyword};
use orm_tests::tenancy::{self, Firm};

type Result = orm_core::Result<()>;

async fn ids<M: orm_core::Live>(
    session: &Session,
    query: orm_core::Select<M>,
    id: fn(&M) -> i64,
) -> orm_core::Result<Vec<i64>> {
    let mut ids: Vec<i64> = session.scalars(query).await?.into_iter().map(|entity| id(&entity)).collect();
    ids.sort_unstable();
    Ok(ids)
}

#[tokio::test]
async fn any_has_and_their_negations() -> Result {
    let setup = ann_and_bob("x.org").await;
    setup.sql("INSERT INTO profiles (bio, user_id) VALUES ('writes', 2)").await;
    let session = setup.db.session();
    let users = |condition| ids(&session, select::<User>().filter(condition), |user| user.id);
    assert_eq!(users(User::posts.any(Post::title.eq("one"))).await?, [1]);
    assert_eq!(users(!User::posts.any(Post::title.eq("one"))).await?, [2]);
    assert_eq!(users(User::posts.is_empty()).await?, [2]);
    assert_eq!(users(User::profile.is_none()).await?, [1]);
    assert_eq!(users(User::profile.has(Profile::bio.eq("writes"))).await?, [2]);
    let posts = select::<Post>().filter(Post::user.has(User::name.eq("Ann")));
    assert_eq!(ids(&session, posts, |post| post.id).await?, [1, 2]);
    Ok(())
}

#[tokio::test]
async fn a_relationship_is_compared_with_an_entity() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let bob = session.get::<User>(2).await?.expect("bob");
    let pending = session.add(Post::builder().title("pending").user(&bob));
    let his = select::<Post>().filter(Post::user.eq(&bob));
    assert_eq!(session.scalars(his).await?.all(), std::slice::from_ref(&pending));
    let of_pending = select::<User>().filter(User::posts.contains(&pending));
    assert_eq!(session.scalars(of_pending).await?.one()?, bob);
    let others = select::<Post>().filter(Post::user.ne(&bob));
    assert_eq!(ids(&session, others, |post| post.id).await?, [1, 2]);
    let new = session.add(User::builder().email("new@x.org"));
    let of_new = select::<Post>().filter(Post::user.eq(&new));
    let without = session.no_autoflush(ids(&session, of_new, |post| post.id));
    assert!(without.await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn within_one_table_the_target_gets_an_alias() -> Result {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql("INSERT INTO readers (name, host_id) VALUES ('ann', NULL), ('bob', 1), ('cid', 2)").await;
    let session = setup.db.session();
    let readers = |condition| ids(&session, select::<Reader>().filter(condition), |reader| reader.id);
    assert_eq!(readers(Reader::host.has(Reader::name.eq("ann"))).await?, [2]);
    assert_eq!(readers(Reader::guests.any(Reader::name.eq("cid"))).await?, [2]);
    assert_eq!(readers(Reader::guests.is_empty()).await?, [3]);
    let ann = session.get::<Reader>(1).await?.expect("ann");
    assert_eq!(readers(Reader::host.ne(&ann)).await?, [1, 3]);
    Ok(())
}

#[tokio::test]
async fn over_links() -> Result {
    let setup = Setup::new(&plain::TABLES).await;
    setup
        .sql(
            "INSERT INTO items (name) VALUES ('a'), ('b');
             INSERT INTO keywords (name) VALUES ('red'), ('blue');
             INSERT INTO item_keywords (item_id, keyword_id) VALUES (1, 1), (2, 1), (2, 2)",
        )
        .await;
    let session = setup.db.session();
    let items = |condition| ids(&session, select::<Item>().filter(condition), |item| item.id);
    assert_eq!(items(Item::keywords.any(Keyword::name.eq("blue"))).await?, [2]);
    let red = session.get::<Keyword>(1).await?.expect("red");
    assert_eq!(items(Item::keywords.contains(&red)).await?, [1, 2]);
    assert!(items(Item::keywords.is_empty()).await?.is_empty());
    let circle = Setup::new(&circle::TABLES).await;
    circle
        .sql(
            "INSERT INTO people (name) VALUES ('ann'), ('bob'), ('cid');
             INSERT INTO social.follows (follower_id, followee_id) VALUES (1, 2), (2, 3)",
        )
        .await;
    let session = circle.db.session();
    let people = |condition| ids(&session, select::<Person>().filter(condition), |person| person.id);
    assert_eq!(people(Person::follows.any(Person::name.eq("bob"))).await?, [1]);
    assert_eq!(people(Person::followers.any(Person::name.eq("bob"))).await?, [3]);
    assert_eq!(people(Person::followers.is_empty()).await?, [1]);
    Ok(())
}

/// What criteria leave out is neither matched nor kept by an outer join.
#[tokio::test]
async fn outer_joins_show_nothing_that_is_left_out() -> Result {
    let setup = Setup::new(&tenancy::TABLES).await;
    setup
        .sql(
            "INSERT INTO firms (tenant, name) VALUES (1, 'one'), (2, 'two'), (1, 'empty');
             INSERT INTO people (tenant, name, firm_id, mentor_id) VALUES
                 (1, 'ann', 1, NULL), (2, 'bob', 1, 1), (1, 'dan', 2, 1)",
        )
        .await;
    let db = setup.db.with_criteria(tenancy::Person::tenant.eq(1)).with_criteria(Firm::tenant.eq(1));
    let session = db.session();
    let name = |name: &str| Some(name.to_owned());
    let order = || (Firm::name.asc().nulls_last(), tenancy::Person::name);
    let full = select::<Firm>().full_join(Firm::people).order_by(order());
    let rows = session.execute(full.columns((Firm::name, tenancy::Person::name))).await?.all();
    assert_eq!(rows, [(name("empty"), None), (name("one"), name("ann")), (None, name("dan"))]);
    let right = select::<Firm>().right_join(Firm::people).order_by(order());
    let rows = session.execute(right.columns((Firm::name, tenancy::Person::name))).await?.all();
    assert_eq!(rows, [(name("one"), "ann".to_owned()), (None, "dan".to_owned())]);
    let cross = select::<Firm>().cross_join(table::<tenancy::Person>()).columns(orm_core::func::count_all());
    assert_eq!(session.scalar(cross).await?, Some(4));
    let entities = select::<Firm>().right_join(Firm::people);
    assert_eq!(session.scalar(entities.clone().count()).await?, Some(1));
    let firms = session.scalars(entities).await?.all();
    assert_eq!(firms.iter().map(|firm| firm.name.as_str()).collect::<Vec<_>>(), ["one"]);
    Ok(())
}
