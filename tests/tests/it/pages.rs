//! Selects that are read in pages, each from a place in the order on.

use orm_core::{CursorValues, Page, Pages, Statement, func, prelude::*};
use orm_tests::Setup;
use orm_tests::blog::{Post, TABLES, User, ann_and_bob};
use orm_tests::keys::natural::{self, Seat};
use orm_tests::sample_builder;
use orm_tests::samples::{self, Sample};
use orm_tests::soft::{Book, library};

type Result = orm_core::Result<()>;

/// Thirteen users: names that come twice, and some that are NULL.
async fn thirteen() -> Setup {
    let setup = Setup::new(&TABLES).await;
    setup
        .sql(
            "INSERT INTO users (name, email)
             SELECT CASE WHEN n % 4 = 0 THEN NULL ELSE chr(97 + n % 3) END, 'user' || n || '@x.org'
             FROM generate_series(1, 13) n",
        )
        .await;
    setup
}

/// All items, read page by page towards the end and back from there; each page as it was met the other way.
async fn walk<T, S, R, K>(session: &Session, pages: Pages<T, S, K>) -> orm_core::Result<Vec<R>>
where
    K: CursorValues + PartialEq,
    Pages<T, S, K>: Statement<Output = Page<R, K>>,
    R: PartialEq + std::fmt::Debug + Clone,
{
    let mut page = session.execute(pages.clone()).await?;
    assert!(page.previous().is_none());
    let mut all = vec![page.items().to_vec()];
    while let Some(next) = page.next() {
        let read = pages.parse_cursor(&next.to_text()?)?;
        assert!(&read == next);
        page = session.execute(pages.clone().after(&read)).await?;
        assert!(page.previous().is_some());
        all.push(page.items().to_vec());
    }
    for before in all.iter().rev().skip(1) {
        let previous = page.previous().expect("it is not the first");
        page = session.execute(pages.clone().before(previous)).await?;
        assert!(page.next().is_some());
        assert_eq!(page.items(), before);
    }
    assert!(page.previous().is_none());
    Ok(all.concat())
}

#[tokio::test]
async fn entities_are_read_in_pages_forth_and_back() -> Result {
    let setup = thirteen().await;
    let session = setup.db.session();
    let pages = select::<User>().filter(User::id.gt(1)).paginate(User::email, 5);
    setup.flights();
    let page = session.execute(pages.clone()).await?;
    let emails: Vec<_> = page.items().iter().map(|user| user.email.clone()).collect();
    assert_eq!(emails, ["user10@x.org", "user11@x.org", "user12@x.org", "user13@x.org", "user2@x.org"]);
    let next = page.next().expect("there are more");
    assert_eq!(next.values(), &("user2@x.org".to_owned(), 2));
    let second = session.execute(pages.clone().after(next)).await?;
    let columns = "SELECT users.id, users.name, users.email, users.email, users.id FROM users WHERE";
    let order = "ORDER BY users.email, users.id LIMIT";
    assert_eq!(
        setup.flights().into_iter().filter(|flight| !flight.is_empty()).collect::<Vec<_>>(),
        [
            vec![format!("{columns} users.id > $1 {order} $2")],
            vec![format!("{columns} users.id > $1 AND (users.email, users.id) > ($2, $3) {order} $4")]
        ]
    );
    let back = session.execute(pages.clone().before(second.previous().expect("there is one"))).await?;
    assert_eq!(back.items(), page.items());
    let last = session.execute(pages.clone().last()).await?;
    assert_eq!(last.items().iter().map(|user| user.id).collect::<Vec<_>>(), [5, 6, 7, 8, 9]);
    assert!(last.next().is_none() && last.previous().is_some());
    assert_eq!(walk(&session, pages).await?.len(), 12);
    Ok(())
}

/// Every order with every place of NULLs, in pages of every size.
#[tokio::test]
async fn no_row_is_left_out_or_comes_twice() -> Result {
    let setup = thirteen().await;
    let session = setup.db.session();
    let ids = |users: &[Entity<User>]| users.iter().map(|user| user.id).collect::<Vec<_>>();
    macro_rules! orders {
        ($($order:expr),+ $(,)?) => {
            $(
                for size in [1, 2, 3, 5, 12, 13, 20] {
                    let whole = session.scalars(select::<User>().order_by(($order, User::id))).await?.all();
                    let pages = select::<User>().paginate(($order, User::id), size);
                    assert_eq!(ids(&walk(&session, pages).await?), ids(&whole), "{size} {}", stringify!($order));
                }
            )+
        };
    }
    orders!(
        User::name,
        User::name.desc(),
        User::name.asc().nulls_first(),
        User::name.desc().nulls_last(),
        User::email.desc(),
        (User::name.desc(), User::email.desc()),
        (User::name.asc().nulls_first(), User::email.desc()),
        (func::coalesce(User::name, "b").desc(), User::email),
        (User::id % 3, User::name.desc().nulls_last()),
        func::length(User::email).desc(),
    );
    Ok(())
}

#[tokio::test]
async fn the_text_does_not_depend_on_the_place() -> Result {
    let setup = thirteen().await;
    let session = setup.db.session();
    let pages = select::<User>().paginate(User::name.desc().nulls_last(), 3);
    setup.flights();
    let mut page = session.execute(pages.clone()).await?;
    while let Some(next) = page.next() {
        page = session.execute(pages.clone().after(next)).await?;
    }
    let texts = setup.statements().split_off(1);
    assert_eq!(texts.len(), 4);
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
    assert!(
        texts[0].contains(
            "WHERE users.name < $1 OR (users.name IS NULL AND $1 IS NOT NULL) \
             OR (users.name IS NOT DISTINCT FROM $1 AND users.id < $2) ORDER BY users.name DESC NULLS LAST"
        ),
        "{}",
        texts[0]
    );
    Ok(())
}

/// What was inserted before it does not move a page, and a row that is gone is still a place.
#[tokio::test]
async fn pages_stay_where_they_are() -> Result {
    let setup = thirteen().await;
    let session = setup.db.session();
    let pages = select::<User>().paginate(User::id, 4);
    let page = session.execute(pages.clone()).await?;
    let next = page.next().expect("there are more");
    setup.sql("DELETE FROM users WHERE id = 4; INSERT INTO users (id, email) VALUES (-1, 'a')").await;
    let second = session.execute(pages.clone().after(next)).await?;
    assert_eq!(second.items().iter().map(|user| user.id).collect::<Vec<_>>(), [5, 6, 7, 8]);
    let third = session.execute(pages.clone().after(&pages.cursor((0, 100)))).await?;
    assert_eq!(third.items()[0].id, 1);
    let none = session.execute(pages.clone().after(&pages.cursor((100, 0)))).await?;
    assert!(none.items().is_empty() && none.next().is_none() && none.previous().is_none());
    // A page flushes what it reads.
    session.add(User::builder().email("new"));
    let last = session.execute(pages.last()).await?;
    assert_eq!(last.items().last().map(|user| user.email.clone()).as_deref(), Some("new"));
    Ok(())
}

#[tokio::test]
async fn columns_joins_and_groups_are_read_in_pages() -> Result {
    let setup = ann_and_bob("x.org").await;
    setup
        .sql("INSERT INTO posts (title, user_id) SELECT 'n' || n, 1 + n % 2 FROM generate_series(1, 5) n")
        .await;
    setup.sql("INSERT INTO users (name, email) VALUES (NULL, 'cid@x.org')").await;
    let session = setup.db.session();
    // What a left join may leave empty is an `Option` of the cursor too.
    let joined = select::<User>().left_join(User::posts).columns((User::email, Post::title));
    let pages = joined.paginate((User::email.desc(), Post::id.desc()), 2);
    let _: &orm_core::Cursor<(String, Option<i64>)> = &pages.cursor(("a".into(), None));
    let rows = walk(&session, pages).await?;
    assert_eq!(rows.len(), 8);
    assert_eq!(rows[0], ("cid@x.org".to_owned(), None));
    let counts = select::<Post>().group_by(Post::user_id).columns((Post::user_id, func::count_all()));
    let pages = counts.paginate((func::count_all().desc(), Post::user_id), 1);
    assert_eq!(walk(&session, pages).await?, [(1, 4), (2, 3)]);
    // In pages an entity comes once, whatever it is joined with.
    let authors = select::<User>().join(User::posts).paginate(User::email, 3);
    let page = session.execute(authors).await?;
    assert_eq!(page.items().len(), 1);
    Ok(())
}

#[tokio::test]
async fn composite_keys_end_the_order() -> Result {
    let setup = Setup::new(&natural::TABLES).await;
    setup
        .sql(
            "INSERT INTO accounts (login) VALUES ('a'), ('b');
             INSERT INTO seats (login, number, row) SELECT l, n, 'r' || n % 2 FROM (VALUES ('a'), ('b')) t (l),
             generate_series(1, 4) n",
        )
        .await;
    let session = setup.db.session();
    let pages = select::<Seat>().paginate(Seat::row.desc(), 3);
    assert!(
        pages
            .to_sql()
            .text
            .ends_with("ORDER BY seats.row DESC, seats.login DESC, seats.number DESC LIMIT $1")
    );
    let seats = walk(&session, pages).await?;
    let keys: Vec<_> = seats.iter().map(|seat| (seat.login.as_str(), seat.number)).collect();
    assert_eq!(keys, [("b", 3), ("b", 1), ("a", 3), ("a", 1), ("b", 4), ("b", 2), ("a", 4), ("a", 2)]);
    // A part of the key that is said is not said again, in whatever direction.
    let pages = select::<Seat>().paginate(Seat::number.desc(), 3);
    assert!(pages.to_sql().text.ends_with("ORDER BY seats.number DESC, seats.login DESC LIMIT $1"));
    assert_eq!(walk(&session, pages).await?.len(), 8);
    Ok(())
}

#[tokio::test]
async fn values_of_all_types_are_places() -> Result {
    let setup = Setup::new(&[]).await;
    setup.sql("CREATE DOMAIN address AS text").await;
    setup.db.create_all(&samples::TABLES).await?;
    let session = setup.db.session();
    let filled = [samples::filled(1), samples::filled(2), samples::empty(3), samples::empty(4)];
    session.insert_many(filled.map(|sample| sample_builder!(sample))).await?;
    macro_rules! orders {
        ($($($column:ident)+);+) => {
            $(
                let pages = select::<Sample>().paginate(($(Sample::$column.desc(),)+), 1);
                let mut ids: Vec<_> = walk(&session, pages).await?.iter().map(|sample| sample.id).collect();
                ids.sort_unstable();
                assert_eq!(ids, [1, 2, 3, 4], "{}", stringify!($($column)+));
            )+
        };
    }
    orders! {
        small whole real double flag text bytes token;
        at local day hour amount document status taste;
        owner numbers words address short
    }
    Ok(())
}

#[tokio::test]
async fn a_cursor_of_another_order_is_refused() -> Result {
    let setup = thirteen().await;
    let session = setup.db.session();
    let by_email = select::<User>().paginate(User::email, 3);
    let descending = select::<User>().paginate(User::email.desc(), 3);
    let cursor = session.execute(by_email.clone()).await?.next().expect("there are more").clone();
    setup.flights();
    let refused = session.execute(descending.clone().after(&cursor)).await;
    assert!(refused.is_err_and(|error| error.is_invalid_cursor()));
    let text = cursor.to_text()?;
    assert!(by_email.parse_cursor(&text)? == cursor);
    assert!(descending.parse_cursor(&text).is_err_and(|error| error.is_invalid_cursor()));
    // Another filter is another question in the same order.
    assert!(select::<User>().filter(User::id.gt(3)).paginate(User::email, 9).parse_cursor(&text).is_ok());
    let flip = |place: usize| {
        let other = if &text[place..=place] == "0" { "1" } else { "0" };
        format!("{}{other}{}", &text[..place], &text[place + 1..])
    };
    let broken = (0..text.len()).map(flip).chain((0..text.len()).map(|end| text[..end].to_owned()));
    let strange = ["", "é", "zz", "'; drop table users; --", "$1", "FF"].map(str::to_owned);
    for text in broken.chain(strange).chain([format!("{text}00"), text.to_uppercase()]) {
        assert!(by_email.parse_cursor(&text).is_err_and(|error| error.is_invalid_cursor()), "{text}");
    }
    assert!(setup.flights().is_empty());
    Ok(())
}

#[tokio::test]
async fn what_has_no_pages_says_so() -> Result {
    let setup = thirteen().await;
    let session = setup.db.session();
    setup.flights();
    let names = select::<User>().columns(User::name).distinct().paginate(User::name, 3);
    let error = session.execute(names).await.expect_err("it is distinct");
    assert!(error.is_not_in_pages());
    assert_eq!(
        error.to_string(),
        "paginate: the select has DISTINCT: page over it as a subquery, or leave that out"
    );
    for select in [select::<User>().order_by(User::id), select::<User>().limit(3), select::<User>().offset(3)]
    {
        let refused = session.execute(select.paginate(User::email, 3)).await;
        assert!(refused.is_err_and(|error| error.is_not_in_pages()));
    }
    let taken = select::<User>().join(User::posts).options(contains_eager(User::posts));
    assert!(session.execute(taken.paginate(User::id, 3)).await.is_err_and(|error| error.is_not_joined()));
    assert!(setup.flights().is_empty());
    Ok(())
}

#[tokio::test]
async fn options_criteria_and_plans_hold_for_pages() -> Result {
    let setup = ann_and_bob("x.org").await;
    let session = setup.db.session();
    let pages = select::<User>().options(selectinload(User::posts)).paginate(User::id, 1);
    let page = session.execute(pages.clone()).await?;
    assert_eq!(page.items()[0].posts().get()?.len(), 2);
    setup.flights();
    let plan = session.explain(&pages.clone().after(page.next().expect("there is Bob"))).await?;
    assert!(plan.iter().any(|line| line.contains("users.id > ") || line.contains("id > ")), "{plan:?}");
    let setup = library().await;
    let session = setup.db.session();
    let books = session.execute(select::<Book>().paginate(Book::id, 1)).await?;
    setup.flights();
    session.execute(delete::<Book>().filter(Book::id.eq(books.items()[0].id))).await?;
    let left = session.execute(select::<Book>().paginate(Book::id, 1)).await?;
    assert_ne!(left.items(), books.items());
    Ok(())
}

/// Where one comparison of rows is made, the index finds the first row; else it finds the first term.
#[tokio::test]
async fn an_index_finds_the_page() -> Result {
    let setup = ann_and_bob("x.org").await;
    setup
        .sql(
            "INSERT INTO posts (title, user_id) SELECT 'n' || n % 50, 1 FROM generate_series(1, 5000) n;
             CREATE INDEX ON posts (title, id); CREATE INDEX ON posts (title, id DESC); ANALYZE posts",
        )
        .await;
    let session = setup.db.session();
    let rows = select::<Post>().paginate(Post::title.desc(), 20);
    let plan = session.explain(&rows.clone().after(&rows.cursor(("n3".into(), 4_000)))).await?.join(" ");
    assert!(plan.contains("Index Cond: (ROW(title, id) < ROW('n3'::text"), "{plan}");
    assert!(!plan.contains("Sort"), "{plan}");
    let mixed = select::<Post>().paginate((Post::title, Post::id.desc()), 20);
    let place = mixed.cursor((("n3".into(), 4_000), 4_000));
    let plan = session.explain(&mixed.after(&place)).await?.join(" ");
    assert!(plan.contains("Index Cond: (title >= 'n3'::text)"), "{plan}");
    assert!(!plan.contains("Sort"), "{plan}");
    Ok(())
}
