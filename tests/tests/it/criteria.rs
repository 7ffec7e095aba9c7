//! Conditions for all rows of a model, of a query or of a session: `with_loader_criteria`, `Database::with_criteria`.

use orm_core::{Select, prelude::*};
use orm_tests::Setup;
use orm_tests::tenancy::{Firm, Person, Skill, TABLES};

type Result = orm_core::Result<()>;

/// A firm of tenant 1 with people of both tenants, whose pupils are of the other one, and one of tenant 2.
async fn firms() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup
        .sql(
            "INSERT INTO firms (tenant, name) VALUES (1, 'one'), (2, 'two');
             INSERT INTO people (tenant, name, firm_id, mentor_id) VALUES
                 (1, 'ann', 1, NULL), (2, 'bob', 1, 1), (1, 'cid', 1, 2), (1, 'dan', 2, 1);
             INSERT INTO skills (tenant) VALUES (1), (2);
             INSERT INTO people_skills (person_id, skill_id) VALUES (1, 1), (1, 2)",
        )
        .await;
    setup.flights();
    setup
}

/// What tenant 1 sees.
fn tenant(setup: &Setup) -> Database {
    setup
        .db
        .with_criteria(Person::tenant.eq(1))
        .with_criteria(Firm::tenant.eq(1))
        .with_criteria(Skill::tenant.eq(1))
}

fn names(people: &[Entity<Person>]) -> Vec<&str> {
    people.iter().map(|person| &*person.name).collect()
}

fn firms_with_people() -> [Select<Firm>; 6] {
    [
        select::<Firm>().options(selectinload(Firm::people)),
        select::<Firm>().options(joinedload(Firm::people)),
        select::<Firm>().options(joinedload(Firm::people)).limit(5),
        select::<Firm>().options(subqueryload(Firm::people)),
        select::<Firm>().options(selectinload(Firm::people).limit(5)),
        select::<Firm>().left_join(Firm::people).options(contains_eager(Firm::people)).forget_joins(),
    ]
}

/// Scenario 279, of a session.
#[tokio::test]
async fn a_session_sees_what_its_criteria_let_through() -> Result {
    let setup = firms().await;
    let session = tenant(&setup).session();
    for query in firms_with_people() {
        session.clear();
        let firms = session.scalars(query.clone()).await?.all();
        assert_eq!((firms.len(), names(&firms[0].people().get()?)), (1, vec!["ann", "cid"]), "{query}");
        session.clear();
        let firms = session.scalars(query.clone().without_criteria().order_by(Firm::id)).await?.all();
        assert_eq!(names(&firms[0].people().get()?), ["ann", "bob", "cid"], "{query}");
        assert_eq!(firms.len(), 2);
    }
    session.clear();
    let people = select::<Person>();
    assert_eq!(session.scalar(people.clone().count()).await?, Some(3));
    assert_eq!(session.scalar(people.clone().join(Person::firm).count()).await?, Some(2));
    assert_eq!(session.scalar(people.clone().filter(Person::name.eq("bob")).exists()).await?, Some(false));
    assert_eq!(session.scalar(people.without_criteria().count()).await?, Some(4));
    let firm = session.get::<Firm>(1).await?.expect("the firm is there");
    assert_eq!(names(&firm.people().await?), ["ann", "cid"]);
    assert_eq!(session.scalar(firm.people().query().count()).await?, Some(2));
    assert!(session.get::<Firm>(2).await?.is_none());
    assert!(session.get::<Firm>(2).without_criteria().await?.is_some());
    Ok(())
}

/// Scenario 279: what is in the session is read again whatever the criteria say.
#[tokio::test]
async fn what_is_read_again_is_found() -> Result {
    let setup = firms().await;
    let session = tenant(&setup).session();
    let bob = session.scalars(select::<Person>().without_criteria().filter(Person::name.eq("bob"))).await?;
    let bob = bob.one()?;
    setup.sql("UPDATE people SET name = 'Bob' WHERE id = 2").await;
    session.refresh(&bob).await?;
    assert_eq!(bob.name, "Bob");
    setup.sql("UPDATE people SET name = 'Rob' WHERE id = 2").await;
    session.expire(&bob);
    assert_eq!(session.get::<Person>(2).await?.as_ref(), Some(&bob));
    assert_eq!(bob.name, "Rob");
    session.clear();
    let bob = session.merge(Person::builder().id(2).name("bob")).await?;
    session.commit().await?;
    assert_eq!(
        (bob.tenant, setup.rows("SELECT name FROM people WHERE id = 2").await),
        (2, vec!["bob".into()])
    );
    Ok(())
}

/// What a query says holds for what is loaded with it and, later, for what it brought; until another query brings it.
#[tokio::test]
async fn a_query_says_it_for_all_that_it_brings() -> Result {
    let setup = firms().await;
    let session = setup.db.session();
    let only = || with_loader_criteria(Person::tenant.eq(1));
    for query in firms_with_people() {
        session.clear();
        let firms = session.scalars(query.options(only()).order_by(Firm::id)).await?.all();
        assert_eq!((firms.len(), names(&firms[0].people().get()?)), (2, vec!["ann", "cid"]));
    }
    session.clear();
    setup.flights();
    let firms = session.scalars(select::<Firm>().options(only()).order_by(Firm::id)).await?.all();
    assert_eq!(names(&firms[0].people().await?), ["ann", "cid"]);
    assert_eq!(names(&firms[1].people().get()?), ["dan"]);
    let deep = &firms[0].people().get()?[0].pupils().await?;
    assert_eq!(names(deep), ["dan"]);
    assert_eq!(setup.shapes().concat(), ["SELECT firms", "SELECT people", "SELECT people"]);
    session.scalars(select::<Firm>()).await?;
    session.refresh(&firms[0]).attribute(Firm::people).await?;
    assert_eq!(names(&firms[0].people().get()?), ["ann", "bob", "cid"]);
    assert_eq!(
        session
            .scalar(select::<Person>().options(with_loader_criteria(Person::tenant.eq(1))).count())
            .await?,
        Some(3)
    );
    Ok(())
}

/// A to-one whose target is left out: `None`, or an error of its own; looked for once.
#[tokio::test]
async fn one_that_is_left_out_is_none_or_an_error() -> Result {
    let setup = firms().await;
    let session = tenant(&setup).session();
    for query in [
        select::<Person>().options(joinedload(Person::firm)).options(joinedload(Person::mentor)),
        select::<Person>().options(selectinload(Person::firm)).options(selectinload(Person::mentor)),
        select::<Person>().options(subqueryload(Person::firm)).options(subqueryload(Person::mentor)),
        select::<Person>().order_by(Person::id),
    ] {
        session.clear();
        let people = session.scalars(query.order_by(Person::id)).await?.all();
        assert_eq!(people.len(), 3);
        for person in &people {
            drop((person.firm().await, person.mentor().await));
        }
        setup.flights();
        assert!(people[2].firm().get().is_err_and(|error| error.is_hidden()));
        assert!(people[2].firm().await.is_err_and(|error| error.is_hidden()));
        assert_eq!((people[1].mentor().get()?, people[1].mentor().await?), (None, None));
        assert_eq!(people[2].mentor().get()?.as_ref(), Some(&people[0]));
        assert_eq!(people[0].skills().await?.len(), 1);
        // A key that is edited leads elsewhere.
        people[1].edit().mentor_id = Some(1);
        assert_eq!(people[1].mentor().get()?.as_ref(), Some(&people[0]));
        people[1].edit().mentor_id = Some(2);
        assert_eq!(people[1].mentor().get()?, None);
        assert!(session.plan()?.is_empty());
    }
    Ok(())
}

/// No row escapes a cascade by being left out of results, whether the collection is loaded or not; nothing is shown that
/// was not to be seen.
#[tokio::test]
async fn a_cascade_takes_what_is_left_out() -> Result {
    let setup = firms().await;
    let session = tenant(&setup).session();
    let query = select::<Firm>().options(selectinload(Firm::people));
    let firm = session.scalars(query).await?.one()?;
    let people = firm.people().get()?;
    setup.flights();
    session.delete(&firm);
    session.flush().await?;
    let shapes = setup.shapes();
    assert_eq!(shapes[0], ["BEGIN", "SELECT people"]);
    session.rollback().await?;
    assert_eq!(firm.people().get()?, people);
    session.delete(&firm);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM people").await, ["dan"]);
    assert_eq!(setup.rows("SELECT mentor_id FROM people").await, ["-"]);
    Ok(())
}

/// Within hooks, savepoints and a cleared session it is the same session.
#[tokio::test]
async fn criteria_stay_with_the_session() -> Result {
    let setup = firms().await;
    let db = tenant(&setup);
    let count = db
        .transaction(async |session| {
            let before = session.scalar(select::<Person>().count()).await?;
            session.clear();
            let savepoint = session.begin_nested().await?;
            let after = session.scalar(select::<Person>().count()).await?;
            savepoint.commit().await?;
            assert_eq!(before, after);
            orm_core::Result::Ok(before)
        })
        .await?;
    assert_eq!(count, Some(3));
    assert_eq!(setup.db.session().scalar(select::<Person>().count()).await?, Some(4));
    Ok(())
}
