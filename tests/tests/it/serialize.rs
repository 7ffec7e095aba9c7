//! An entity as `serde` writes it: its fields, and what is loaded.

use orm_core::prelude::*;
use orm_tests::Setup;
use serde::Serialize;
use serde_json::{json, to_value};

type Result = std::result::Result<(), Box<dyn std::error::Error>>;

#[derive(Model, Debug, Clone, Serialize)]
#[orm(table = "authors")]
#[orm(has_many(books: Book, back_populates = author))]
#[orm(has_one(address: Address, back_populates = author))]
#[orm(has_many(secrets: Secret, back_populates = author))]
#[serde(rename_all = "camelCase")]
struct Author {
    #[orm(primary_key)]
    id: i64,
    #[serde(rename = "name")]
    pen_name: Option<String>,
    born_in: i32,
    #[serde(skip)]
    password: String,
}

#[derive(Model, Debug, Clone, Serialize)]
#[orm(table = "books")]
struct Book {
    #[orm(primary_key)]
    id: i64,
    title: String,
    #[orm(index, belongs_to(author: Author, back_populates = books))]
    author_id: i64,
}

#[derive(Model, Debug, Clone, Serialize)]
#[orm(table = "addresses")]
struct Address {
    #[orm(primary_key)]
    id: i64,
    town: String,
    #[orm(unique, belongs_to(author: Author, back_populates = address))]
    author_id: i64,
}

/// Not `Serialize`.
#[derive(Model, Debug, Clone)]
#[orm(table = "secrets")]
struct Secret {
    #[orm(primary_key)]
    id: i64,
    text: String,
    #[orm(index, belongs_to(author: Author, back_populates = secrets))]
    author_id: i64,
}

#[derive(Model, Debug, Clone, Serialize)]
#[orm(table = "folders")]
#[orm(has_many(inner: Folder, back_populates = outer))]
struct Folder {
    #[orm(primary_key)]
    id: i64,
    #[orm(index, belongs_to(outer: Folder, back_populates = inner))]
    outer_id: Option<i64>,
}

async fn setup() -> Setup {
    let setup = Setup::new(&orm_core::models![Author, Book, Address, Secret, Folder]).await;
    setup
        .sql(
            "INSERT INTO authors (pen_name, born_in, password) VALUES ('Ada', 1815, 'x'), (NULL, 1906, 'y'); \
             INSERT INTO books (title, author_id) VALUES ('Notes', 1), ('More notes', 1); \
             INSERT INTO addresses (town, author_id) VALUES ('London', 1); \
             INSERT INTO secrets (text, author_id) VALUES ('hush', 1); \
             INSERT INTO folders (outer_id) VALUES (NULL), (1), (2), (1)",
        )
        .await;
    setup
}

#[tokio::test]
async fn what_is_not_loaded_is_left_out() -> Result {
    let setup = setup().await;
    let session = setup.db.session();
    let author = session.get::<Author>(1).await?.expect("the author is there");
    setup.flights();
    assert_eq!(to_value(&author)?, json!({ "id": 1, "name": "Ada", "bornIn": 1815 }));
    assert!(setup.flights().is_empty());
    let all = session.execute(select::<Author>().order_by(Author::id.asc())).await?.all();
    let all = to_value(all)?;
    assert_eq!(all[1], json!({ "id": 2, "name": null, "bornIn": 1906 }));
    Ok(())
}

#[tokio::test]
async fn what_is_loaded_is_written_and_does_not_lead_back() -> Result {
    let setup = setup().await;
    let session = setup.db.session();
    let options =
        select::<Author>().options(selectinload(Author::books)).options(selectinload(Author::address));
    let authors = session.execute(options.order_by(Author::id.asc())).await?.all();
    authors[0].books().await?;
    authors[0].edit().pen_name = Some("Augusta".into());
    let books = json!([
        { "id": 1, "title": "Notes", "author_id": 1 },
        { "id": 2, "title": "More notes", "author_id": 1 },
    ]);
    let address = json!({ "id": 1, "town": "London", "author_id": 1 });
    let ada = json!({ "id": 1, "name": "Augusta", "bornIn": 1815, "books": books, "address": address });
    let other = json!({ "id": 2, "name": null, "bornIn": 1906, "books": [], "address": null });
    assert_eq!(to_value(&authors)?, json!([ada, other]));

    let author = json!({ "id": 1, "name": "Augusta", "bornIn": 1815, "address": address });
    let book = json!({ "id": 1, "title": "Notes", "author_id": 1, "author": author });
    assert_eq!(to_value(&authors[0].books().get()?[0])?, book, "its author is written without the books");
    Ok(())
}

#[tokio::test]
async fn what_leads_to_a_model_that_is_not_serialize_is_left_out() -> Result {
    let setup = setup().await;
    let session = setup.db.session();
    let author = session.get::<Author>(1).await?.expect("the author is there");
    assert_eq!(author.secrets().await?.len(), 1);
    assert_eq!(to_value(&author)?, json!({ "id": 1, "name": "Ada", "bornIn": 1815 }));

    let new = session.add(Author::builder().born_in(1912).password("z"));
    let expected = json!({ "id": 0, "name": null, "bornIn": 1912, "books": [], "address": null });
    assert_eq!(to_value(&new)?, expected, "also where it is known to be empty");
    Ok(())
}

#[tokio::test]
async fn a_tree_is_written_down_to_its_leaves_and_up_to_its_root() -> Result {
    let setup = setup().await;
    let session = setup.db.session();
    let root = session.get::<Folder>(1).await?.expect("the folder is there");
    for folder in session.execute(select::<Folder>()).await?.all() {
        folder.inner().await?;
    }
    let leaf = json!({ "id": 3, "outer_id": 2, "inner": [] });
    let inner = json!([{ "id": 2, "outer_id": 1, "inner": [leaf] }, { "id": 4, "outer_id": 1, "inner": [] }]);
    assert_eq!(to_value(&root)?, json!({ "id": 1, "outer_id": null, "outer": null, "inner": inner }));

    let leaf = session.get::<Folder>(3).await?.expect("the folder is there");
    let root = json!({ "id": 1, "outer_id": null, "outer": null });
    let outer = json!({ "id": 2, "outer_id": 1, "outer": root });
    assert_eq!(to_value(&leaf)?, json!({ "id": 3, "outer_id": 2, "outer": outer, "inner": [] }));
    Ok(())
}

#[tokio::test]
async fn a_circle_ends() -> Result {
    let setup = setup().await;
    let session = setup.db.session();
    let one = session.get::<Folder>(1).await?.expect("the folder is there");
    let two = session.get::<Folder>(2).await?.expect("the folder is there");
    one.outer().set(&two);
    let two = json!({ "id": 2, "outer_id": 1 });
    assert_eq!(to_value(&one)?, json!({ "id": 1, "outer_id": 2, "outer": two }));
    Ok(())
}

#[tokio::test]
async fn after_the_session_everything_is_still_written() -> Result {
    let setup = setup().await;
    let session = setup.db.session();
    let query = select::<Book>().options(selectinload(Book::author)).filter(Book::id.eq(1));
    let book = session.execute(query).await?.scalar_one()?;
    session.close().await;
    let author = json!({ "id": 1, "name": "Ada", "bornIn": 1815 });
    let expected = json!({ "id": 1, "title": "Notes", "author_id": 1, "author": author });
    assert_eq!(to_value(&book)?, expected);
    Ok(())
}

#[tokio::test]
async fn a_long_chain_is_an_error() -> Result {
    let setup = setup().await;
    let session = setup.db.session();
    let mut innermost = session.add(Folder::builder());
    for _ in 0..5_000 {
        innermost = session.add(Folder::builder().outer(&innermost));
    }
    let error = to_value(&innermost).expect_err("it is too deep");
    assert!(error.to_string().contains("deeper than 100 levels"), "{error}");
    Ok(())
}

#[derive(Model, Debug, Clone, Serialize)]
#[orm(table = "songs")]
#[orm(many_to_many(moods: Mood, secondary = "song_moods", back_populates = songs))]
struct Song {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone, Serialize)]
#[orm(table = "moods")]
#[orm(many_to_many(songs: Song, back_populates = moods))]
struct Mood {
    #[orm(primary_key)]
    name: String,
}

#[tokio::test]
async fn a_many_to_many_is_a_list_and_its_links_are_not_written() -> Result {
    let setup = Setup::new(&orm_core::models![Song, Mood]).await;
    let session = setup.db.session();
    let moods = ["calm", "sad"].map(|name| session.add(Mood::builder().name(name)));
    let song = session.add(Song::builder().moods(&moods));
    session.commit().await?;
    let (calm, sad) = (json!({ "name": "calm" }), json!({ "name": "sad" }));
    assert_eq!(to_value(&song)?, json!({ "id": 1, "moods": [calm, sad] }));
    let song = json!({ "id": 1 });
    assert_eq!(to_value(&moods[0])?, json!({ "name": "calm", "songs": [song] }));
    Ok(())
}
