//! Collections that are loaded filtered, ordered, limited or level by level.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::library::{Author, Book, Copy, LIBRARY, SHELVES, Shelf, filled};
use orm_tests::models::club::{Player, TABLES, Team};
use orm_tests::models::tree::Node;

type Result = orm_core::Result<()>;

async fn library(authors: u32) -> Setup {
    let setup = Setup::new(&LIBRARY).await;
    setup.sql(&filled(authors)).await;
    setup
}

fn ids<M: orm_core::Live>(entities: &[Entity<M>], id: fn(&M) -> i64) -> Vec<i64> {
    entities.iter().map(|entity| id(Entity::value(entity))).collect()
}

#[tokio::test]
async fn a_filter_shows_a_part() -> Result {
    let setup = library(3).await;
    let session = setup.db.session();
    setup.flights();
    let even = selectinload(Author::books).filter(Book::title.like("%2")).filter(Book::id.gt(1));
    let authors = session.scalars(select::<Author>().options(even).order_by(Author::id)).await?.all();
    assert_eq!(
        setup.statements()[1],
        "SELECT books.id, books.title, books.author_id, books.editor_id FROM books \
         WHERE books.author_id = ANY($1) AND books.title LIKE $2 AND books.id > $3"
    );
    assert_eq!(ids(&authors[0].books().get()?, |book| book.id), [2]);
    assert_eq!(authors[1].books().get()?, []);
    assert!(authors[0].books().is_partial() && authors[1].books().is_partial());
    assert_eq!(authors[1].books().await?, []);
    assert_eq!(authors[0].books().get()?[0].author().get()?, authors[0]);
    assert!(setup.statements().is_empty());

    session.refresh(&authors[0]).attribute(Author::books).await?;
    assert_eq!(ids(&authors[0].books().get()?, |book| book.id), [1, 2]);
    assert!(!authors[0].books().is_partial() && authors[1].books().is_partial());
    session.scalars(select::<Author>().options(selectinload(Author::books))).await?;
    assert!(!authors[1].books().is_partial());
    assert_eq!(ids(&authors[1].books().get()?, |book| book.id), [3, 4]);
    Ok(())
}

#[tokio::test]
async fn an_order_alone_is_the_whole() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    let backwards = selectinload(Author::books).order_by(Book::id.desc());
    let authors = session.scalars(select::<Author>().options(backwards).order_by(Author::id)).await?.all();
    assert_eq!(ids(&authors[1].books().get()?, |book| book.id), [4, 3]);
    assert!(!authors[1].books().is_partial());
    Ok(())
}

#[tokio::test]
async fn a_limit_counts_for_each_parent() -> Result {
    let setup = library(3).await;
    let session = setup.db.session();
    setup.flights();
    let first = selectinload(Author::books)
        .order_by(Book::title.desc())
        .limit(1)
        .options(joinedload(Book::editor))
        .options(subqueryload(Book::reviews));
    let authors =
        session.scalars(select::<Author>().options(first.clone()).order_by(Author::id)).await?.all();
    let statements = setup.statements();
    assert_eq!(
        statements[1],
        "SELECT anon_2.id, anon_2.title, anon_2.author_id, anon_2.editor_id, authors_1.id, authors_1.name \
         FROM unnest($1::bigint[]) AS anon_1 (author_id) CROSS JOIN LATERAL \
         (SELECT books.id, books.title, books.author_id, books.editor_id FROM books \
         WHERE books.author_id = anon_1.author_id ORDER BY books.title DESC, books.id LIMIT $2) AS anon_2 \
         LEFT JOIN authors AS authors_1 ON anon_2.editor_id = authors_1.id ORDER BY anon_2.title DESC, anon_2.id"
    );
    assert_eq!(statements.len(), 3);
    let books: Vec<_> =
        authors.iter().map(|author| ids(&author.books().get().expect("shown"), |b| b.id)).collect();
    assert_eq!(books, [[2], [4], [6]]);
    let book = &authors[1].books().get()?[0];
    assert_eq!((book.editor().get()?, book.reviews().get()?.len()), (Some(authors[0].clone()), 3));
    assert_eq!(setup.statements().len(), 0);

    let one = session.get::<Author>(3).options(selectinload(Author::books).limit(1)).await?;
    assert_eq!(
        one.map(|author| author.books().get().map(|books| ids(&books, |b| b.id))).transpose()?,
        Some(vec![5])
    );
    let statements = setup.statements();
    assert!(
        statements[0].ends_with("WHERE books.author_id = $1 ORDER BY books.id LIMIT $2"),
        "{statements:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_limit_over_keys_of_two_columns() -> Result {
    let setup = Setup::new(&SHELVES).await;
    setup
        .sql(
            "INSERT INTO shelves VALUES (1, 1, 'a'), (1, 2, 'b'), (2, 1, 'c');
             INSERT INTO copies (shelf_room, shelf_number) VALUES (1, 2), (2, 1), (2, 1), (2, 1), (NULL, 1)",
        )
        .await;
    let session = setup.db.session();
    let query = select::<Shelf>()
        .options(selectinload(Shelf::copies).filter(Copy::id.ne(2)).limit(1))
        .order_by(Shelf::label);
    let shelves = session.scalars(query).await?.all();
    let copies = shelves.iter().map(|shelf| shelf.copies().get().map(|copies| ids(&copies, |copy| copy.id)));
    assert_eq!(copies.collect::<orm_core::Result<Vec<_>>>()?, [vec![], vec![1], vec![3]]);
    Ok(())
}

async fn club() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup
        .sql(
            "INSERT INTO teams (name) VALUES ('red'), ('blue');
             INSERT INTO players (name, team_id) SELECT 'player ' || n, 1 FROM generate_series(1, 4) n",
        )
        .await;
    setup
}

/// The flush concludes nothing from what is not shown: the database lets all four go.
#[tokio::test]
async fn deleting_the_parent_of_a_part_lets_all_children_go() -> Result {
    let setup = club().await;
    let session = setup.db.session();
    for filter in [Player::id.eq(2), Player::id.eq(99)] {
        let red = session.get::<Team>(1).options(selectinload(Team::players).filter(filter)).await?;
        let red = red.expect("team 1 is there");
        assert!(red.players().get()?.len() < 2);
        session.delete(&red);
        session.flush().await?;
        assert_eq!(
            session.scalar(select::<Player>().filter(Player::team_id.is_null()).count()).await?,
            Some(4)
        );
        session.rollback().await?;
    }
    Ok(())
}

#[tokio::test]
async fn changes_to_a_part_are_written_and_stay_when_the_rest_comes() -> Result {
    let setup = club().await;
    let session = setup.db.session();
    let teams = select::<Team>().options(selectinload(Team::players).order_by(Player::id).limit(2));
    let teams = session.scalars(teams.order_by(Team::id)).await?.all();
    let (red, blue) = (&teams[0], &teams[1]);
    let shown = red.players().get()?;
    assert_eq!(ids(&shown, |player| player.id), [1, 2]);
    red.players().remove(&shown[0]);
    blue.players().add(&shown[1]);
    let new = session.add(Player::builder().name("new").team(red));
    assert_eq!(red.players().get()?, vec![new.clone()]);
    assert_eq!(blue.players().get()?, [shown[1].clone()]);
    assert!(red.players().is_partial() && blue.players().is_partial());
    session.no_autoflush(async { session.refresh(red).attribute(Team::players).await }).await?;
    assert_eq!(ids(&red.players().get()?, |player| player.id), [3, 4, 0]);
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT id, team_id FROM players ORDER BY id").await,
        ["1|-", "2|2", "3|1", "4|1", "5|1"]
    );
    Ok(())
}

#[tokio::test]
async fn a_rollback_gives_a_part_back() -> Result {
    let setup = club().await;
    let session = setup.db.session();
    let query = select::<Team>().options(selectinload(Team::players).limit(2)).filter(Team::id.eq(1));
    let red = session.execute(query).await?.scalar_one()?;
    let shown = red.players().get()?;
    red.players().remove(&shown[0]);
    session.add(Player::builder().name("new").team(&red));
    assert_eq!(red.players().get()?.len(), 2);
    session.flush().await?;
    session.rollback().await?;
    assert_eq!(red.players().get()?, shown);
    assert!(red.players().is_partial());
    Ok(())
}

/// Others that came with the same result keep the part that was asked for.
#[tokio::test]
async fn a_lazy_load_leaves_parts_alone() -> Result {
    let setup = club().await;
    let session = setup.db.session();
    let blue = session.get::<Team>(2).await?.expect("team 2 is there");
    let filtered = selectinload(Team::players).filter(Player::id.eq(1));
    let red = session.get::<Team>(1).options(filtered).await?.expect("team 1 is there");
    session.scalars(select::<Team>()).await?;
    assert_eq!(blue.players().await?, []);
    assert!(red.players().is_partial() && !blue.players().is_partial());
    Ok(())
}

#[tokio::test]
async fn two_options_for_one_relationship_are_one() -> Result {
    let setup = library(2).await;
    let session = setup.db.session();
    setup.flights();
    let query = select::<Author>()
        .options(selectinload(Author::books).joinedload(Book::editor))
        .options(selectinload(Author::books).selectinload(Book::reviews));
    let authors = session.scalars(query).await?.all();
    assert_eq!(setup.statements().len(), 3);
    let book = &authors[0].books().get()?[0];
    assert_eq!((book.editor().get()?, book.reviews().get()?.len()), (None, 3));
    Ok(())
}

async fn tree() -> Setup {
    let setup = Setup::new(&models![Node]).await;
    setup
        .sql(
            "INSERT INTO nodes (name, parent_id) VALUES ('root', NULL);
             INSERT INTO nodes (name, parent_id) SELECT 'node ' || n, n / 2 FROM generate_series(2, 15) n",
        )
        .await;
    setup
}

/// Scenario 265: a statement a level.
#[tokio::test]
async fn a_tree_is_loaded_so_many_levels_deep() -> Result {
    let setup = tree().await;
    for (levels, expected) in [(3, 4), (2, 3)] {
        let session = setup.db.session();
        setup.flights();
        let query = select::<Node>()
            .options(selectinload(Node::children).recursive(levels))
            .filter(Node::parent_id.is_null());
        let root = session.execute(query).await?.scalar_one()?;
        let selects = setup.statements().into_iter().filter(|sql| sql.starts_with("SELECT")).count();
        assert_eq!(selects, expected);
        let mut level = vec![root];
        for depth in 1..=levels {
            let next = level.iter().flat_map(|node| node.children().get().expect("it is loaded"));
            level = next.collect();
            assert_eq!(level.len(), 1 << depth);
        }
        assert!(level[0].children().get().is_err_and(|error| error.is_not_loaded()));
    }
    Ok(())
}

#[tokio::test]
async fn a_tree_is_loaded_as_deep_as_it_is() -> Result {
    let setup = tree().await;
    setup.sql("UPDATE nodes SET parent_id = 15 WHERE id = 1").await;
    let session = setup.db.session();
    setup.flights();
    let all = selectinload(Node::children).recursive_all().order_by(Node::id.desc());
    let root = session.get::<Node>(1).options(all).await?.expect("the root is there");
    let selects = setup.statements().into_iter().filter(|sql| sql.starts_with("SELECT")).count();
    assert_eq!(selects, 5);
    assert_eq!(ids(&root.children().get()?, |node| node.id), [3, 2]);
    let last = session.get::<Node>(15).await?.expect("node 15 is there");
    assert_eq!(last.children().get()?, [root]);
    let leaf = session.get::<Node>(14).await?.expect("node 14 is there");
    assert_eq!(leaf.children().get()?, []);
    Ok(())
}

/// Scenario 268: also where the target was in memory, and nothing had to be asked for it.
#[tokio::test]
async fn what_was_in_memory_gets_what_is_loaded_below_it() -> Result {
    let setup = library(1).await;
    let session = setup.db.session();
    let author = session.get::<Author>(1).await?.expect("author 1 is there");
    let query = select::<Book>().options(selectinload(Book::author).joinedload(Author::portrait));
    session.scalars(query).await?;
    assert!(author.portrait().get()?.is_some());
    Ok(())
}

/// Each depth is one flight, however many siblings there are, also where a branch has less to ask for.
#[tokio::test]
async fn a_depth_is_a_flight() -> Result {
    let setup = library(3).await;
    let mut flights = Vec::new();
    for _ in 0..3 {
        let session = setup.db.session();
        setup.flights();
        let query = select::<Author>()
            .options(selectinload(Author::books).selectinload(Book::reviews))
            .options(selectinload(Author::edited).selectinload(Book::reviews))
            .options(joinedload(Author::portrait));
        session.scalars(query).await?;
        flights = setup.flights().iter().map(Vec::len).filter(|&statements| statements > 0).collect();
        session.commit().await?;
    }
    assert_eq!(flights, [1, 2, 2]);
    Ok(())
}
