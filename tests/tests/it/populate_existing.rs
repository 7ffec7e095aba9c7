//! `populate_existing`: the rows' values also for what was read in this transaction, as far as options reach.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::library::{Author, Book, LIBRARY, filled};
use orm_tests::models::club::{Captain, Player, TABLES, Team};

type Result = orm_core::Result<()>;

async fn library(authors: u32) -> Setup {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(authors)).await;
    setup
}

fn ids<M: orm_core::Live>(entities: &[Entity<M>], id: fn(&M) -> i64) -> Vec<i64> {
    entities.iter().map(|entity| id(Entity::value(entity))).collect()
}

/// Scenario 151.
#[tokio::test]
async fn get_takes_the_row_as_it_is() -> Result {
    let setup = library(1).await;
    let session = setup.db.session();
    let author = session.get::<Author>(1).await?.expect("author 1 is there");
    setup.sql("UPDATE authors SET name = 'new'").await;
    session.get::<Author>(1).await?;
    session.get::<Author>(1).options(selectinload(Author::books)).await?;
    assert_eq!(author.name, "author 1");
    assert_eq!(session.get::<Author>(1).populate_existing().await?, Some(author.clone()));
    assert_eq!(author.name, "new");
    assert_eq!(session.get::<Author>(77).populate_existing().await?, None);
    Ok(())
}

/// Scenario 277.
#[tokio::test]
async fn a_joined_collection_is_as_the_database_has_it() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    let authors =
        session.scalars(select::<Author>().options(selectinload(Author::books)).order_by(Author::id));
    let authors = authors.await?.all();
    let (own, others) = (authors[0].books().get()?, authors[1].books().get()?);
    for query in [joinedload(Author::books), subqueryload(Author::books)] {
        own[0].edit().title = "edited".to_owned();
        authors[0].edit().name = "edited".to_owned();
        authors[1].books().add(&own[1]);
        authors[0].books().add(&others[0]);
        let query = select::<Author>().options(query).filter(Author::id.eq(1)).populate_existing();
        session.no_autoflush(session.execute(query)).await?;
        assert_eq!((authors[0].name.as_str(), own[0].title.as_str()), ("author 1", "book 1"));
        assert_eq!(ids(&authors[0].books().get()?, |book| book.id), [1, 2]);
        assert_eq!(own[1].author().get()?, authors[0]);
        assert_eq!((others[0].author_id, others[0].author().get()?), (2, authors[1].clone()));
        let mut theirs = ids(&authors[1].books().get()?, |book| book.id);
        theirs.sort_unstable();
        assert_eq!(theirs, [3, 4]);
    }
    setup.flights();
    session.commit().await?;
    assert!(setup.statements().is_empty());
    Ok(())
}

/// What is below a select by statements of its own is read again too; without it, what is of this transaction stays.
#[tokio::test]
async fn it_reaches_what_is_loaded_by_other_statements() -> Result {
    let setup = library(1).await;
    let session = setup.db.session();
    let query = || select::<Book>().options(selectinload(Book::author)).order_by(Book::id);
    let book = session.scalars(query()).await?.first().expect("there are books");
    setup.sql("UPDATE authors SET name = 'new'").await;
    session.scalars(query()).await?;
    assert_eq!(book.author().get()?.name, "author 1");
    session.scalars(query().populate_existing()).await?;
    assert_eq!(book.author().get()?.name, "new");
    Ok(())
}

/// What is no row yet cannot be as the database has it: it stays where it was put.
#[tokio::test]
async fn what_is_not_written_yet_stays() -> Result {
    let setup = Setup::new(&TABLES).await;
    setup
        .sql(
            "INSERT INTO teams (name) VALUES ('red'), ('blue');
             INSERT INTO captains (name, team_id) VALUES ('one', 1), ('two', 2)",
        )
        .await;
    let session = setup.db.session();
    let teams = select::<Team>().options(joinedload(Team::captain)).order_by(Team::id);
    let teams = session.scalars(teams).await?.all();
    let two = teams[1].captain().get()?.expect("team 2 has a captain");
    teams[0].captain().set(&two);
    let new = session.add(Player::builder().name("new").team(&teams[0]));
    let query = select::<Team>()
        .options(joinedload(Team::captain))
        .options(joinedload(Team::players))
        .order_by(Team::id)
        .populate_existing();
    session.no_autoflush(session.execute(query)).await?;
    let captain = teams[0].captain().get()?.map(|captain: Entity<Captain>| captain.id);
    assert_eq!((captain, teams[1].captain().get()?, two.team_id), (Some(1), Some(two.clone()), Some(2)));
    assert_eq!(teams[0].players().get()?, vec![new]);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT team_id FROM captains ORDER BY id").await, ["1", "2"]);
    assert_eq!(setup.rows("SELECT team_id FROM players").await, ["1"]);
    Ok(())
}
