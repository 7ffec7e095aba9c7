//! What a database has of its own, or by extensions: functions, operators, aggregates, domains, composite types and enum
//! types, all used through typed queries.

use orm_core::prelude::*;
use orm_core::query::window;
use orm_core::{Rows, Statement, func};
use orm_tests::Setup;
use orm_tests::own::{Mail, Place, Shop, Size, shops};

type Result = std::result::Result<(), Box<dyn std::error::Error>>;

/// Holds that a typed query and SQL by hand have the same answer, and returns it.
async fn agree<R: Line>(setup: &Setup, query: impl Statement<Output = Rows<R>>, sql: &str) -> Vec<String> {
    let rows = setup.db.session().execute(query).await.expect("the query runs").all();
    let typed = rows.into_iter().map(Line::line).collect::<Vec<_>>();
    assert_eq!(typed, setup.rows(sql).await, "{sql}");
    typed
}

/// A row as the server's text.
trait Line {
    fn line(self) -> String;
}

macro_rules! lines {
    ($($type:ty),+) => { $(impl Line for $type { fn line(self) -> String { self.to_string() } })+ };
}

lines!(i32, i64, String);

impl<T: Line> Line for Option<T> {
    fn line(self) -> String {
        self.map_or("-".to_owned(), Line::line)
    }
}

impl<A: Line, B: Line> Line for (A, B) {
    fn line(self) -> String {
        format!("{}|{}", self.0.line(), self.1.line())
    }
}

const OWN_TRIGRAMS: &str = "
CREATE FUNCTION similarity(a text, b text) RETURNS real LANGUAGE sql IMMUTABLE AS $$
    WITH one AS (SELECT DISTINCT substr(lower(a), n, 3) AS part FROM generate_series(1, length(a) - 2) AS n),
         two AS (SELECT DISTINCT substr(lower(b), n, 3) AS part FROM generate_series(1, length(b) - 2) AS n)
    SELECT ((SELECT count(*) FROM one JOIN two USING (part))::real
        / (SELECT count(*) FROM (SELECT * FROM one UNION SELECT * FROM two) AS all_parts))::real $$;
CREATE FUNCTION is_similar(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT similarity($1, $2) > 0.3 $$;
CREATE FUNCTION distance(text, text) RETURNS real LANGUAGE sql IMMUTABLE AS $$ SELECT 1 - similarity($1, $2) $$;
CREATE OPERATOR % (FUNCTION = is_similar, LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR <-> (FUNCTION = distance, LEFTARG = text, RIGHTARG = text);";

async fn search_by_trigrams(setup: &Setup) {
    let near = Shop::name.op::<f32, _>("<->", "Pencil");
    let query = select::<Shop>().filter(Shop::name.bool_op("%", "Pencil")).order_by(near.asc());
    let alike = func::similarity(Shop::name, "Pencil").cast::<String>();
    let sql = "SELECT name, similarity(name, 'Pencil')::text FROM shops WHERE name % 'Pencil' ORDER BY name <-> 'Pencil'";
    let found = agree(setup, query.columns((Shop::name, alike)), sql).await;
    assert!(found[0].starts_with("Pencils|0."), "{found:?}");
}

/// `%`, `<->` and `similarity` of `pg_trgm`. Where the server does not have the extension's files, as
/// `trigrams_of_the_databases_own` in any case, over functions and operators of the same names.
#[tokio::test]
async fn trigrams_of_an_extension() -> Result {
    let setup = shops().await;
    let installed = "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'";
    if setup.rows(installed).await == ["1"] {
        setup.sql("CREATE EXTENSION pg_trgm").await;
    } else {
        eprintln!("the server has no pg_trgm: its functions and operators are made by hand");
        setup.sql(OWN_TRIGRAMS).await;
    }
    search_by_trigrams(&setup).await;
    Ok(())
}

#[tokio::test]
async fn trigrams_of_the_databases_own() -> Result {
    let setup = shops().await;
    setup.sql(OWN_TRIGRAMS).await;
    search_by_trigrams(&setup).await;
    Ok(())
}

#[tokio::test]
async fn functions() -> Result {
    let setup = shops().await;
    let staff = func::call::<i32, _>("grown", (Shop::staff,));
    let more = func::call::<i32, _>("grown", (Shop::staff, 50));
    let query = select::<Shop>().filter(more.clone().gt(5)).order_by(Shop::id).columns((staff, more));
    let sql = "SELECT grown(staff), grown(staff, 50) FROM shops WHERE grown(staff, 50) > 5 ORDER BY id";
    assert_eq!(agree(&setup, query, sql).await, ["33|45", "5|7"]);

    #[derive(FromRow)]
    struct Found {
        name: String,
        staff: i32,
    }
    let found = func::call::<Option<String>, _>("shops_in", ("York",)).table::<Found>().select();
    let query = found.filter(Found::staff.gt(2)).columns((Found::name, Found::staff));
    let sql = "SELECT name, staff FROM shops_in('York') WHERE staff > 2";
    assert_eq!(agree(&setup, query, sql).await, ["Ink|5"]);
    Ok(())
}

#[tokio::test]
async fn operators_and_aggregates() -> Result {
    let setup = shops().await;
    let query = select::<Shop>().filter(Shop::name.bool_op("=~~=", "pncls")).columns(Shop::name);
    let sql = "SELECT name FROM shops WHERE name =~~= 'pncls'";
    assert_eq!(agree(&setup, query, sql).await, ["Pencils"]);

    let product = || func::call_aggregate::<i32, _>("product", (Shop::staff,));
    let query = select::<Shop>()
        .group_by(Shop::size)
        .having(product().gt(2))
        .order_by(Shop::size)
        .columns((Shop::size.cast::<String>(), product()));
    let sql = "SELECT size::text, product(staff) FROM shops GROUP BY size HAVING product(staff) > 2 ORDER BY shops.size";
    assert_eq!(agree(&setup, query, sql).await, ["middling|5", "large|30"]);
    let running = product().filter(Shop::staff.lt(10)).over(window().order_by(Shop::id));
    let query = select::<Shop>().order_by(Shop::id).columns((Shop::id, running));
    let sql = "SELECT id, product(staff) FILTER (WHERE staff < 10) OVER (ORDER BY id) FROM shops ORDER BY id";
    assert_eq!(agree(&setup, query, sql).await, ["1|2", "2|2", "3|10"]);
    Ok(())
}

/// A domain is a newtype around what it is over; what its CHECK refuses is an error with its name.
#[tokio::test]
async fn domains() -> Result {
    let setup = shops().await;
    let wanted = ["ink@example.org", "nobody@example.org"].map(Mail::from);
    let query = select::<Shop>().filter(Shop::mail.in_(wanted)).columns(Shop::name);
    let sql = "SELECT name FROM shops WHERE mail IN ('ink@example.org', 'nobody@example.org')";
    assert_eq!(agree(&setup, query, sql).await, ["Ink"]);

    let session = setup.db.session();
    let ink = session
        .scalars(select::<Shop>().filter(Shop::mail.eq(Mail::from("ink@example.org"))))
        .await?
        .one()?;
    ink.edit().mail = Mail::from("nowhere");
    let error = session.commit().await.expect_err("the domain refuses it");
    assert_eq!((error.is_check_violation(), error.constraint()), (true, Some("mail_check")));
    Ok(())
}

/// A composite type is a struct with the driver's derives and a `DataType` written by hand; its fields are read by `sql!`. A value
/// that it is compared with says its type, since the server takes any record there.
#[tokio::test]
async fn composite_types() -> Result {
    let setup = shops().await;
    let york = Place { street: "Mid Way".to_owned(), city: "York".to_owned() };
    let query = select::<Shop>().filter(Shop::branch.eq(func::value(york.clone()))).columns(Shop::name);
    let sql = "SELECT name FROM shops WHERE branch = ('Mid Way', 'York')::place";
    assert_eq!(agree(&setup, query, sql).await, ["Pencils"]);
    let city = || sql!("({Shop::place}).city").expr::<String>();
    let query = select::<Shop>().group_by(city()).order_by(city()).columns((city(), func::count_all()));
    let sql = "SELECT (place).city, count(*) FROM shops GROUP BY 1 ORDER BY 1";
    assert_eq!(agree(&setup, query, sql).await, ["Leeds|1", "York|2"]);
    let label = func::call::<Option<String>, _>("label", (Shop::branch,));
    let given = func::call::<String, _>("label", (york.clone(),));
    let query = select::<Shop>().order_by(Shop::id).columns((label, given));
    let sql = "SELECT label(branch), label(('Mid Way', 'York')::place) FROM shops ORDER BY id";
    assert_eq!(agree(&setup, query, sql).await[1], "Mid Way, York|Mid Way, York");

    let session = setup.db.session();
    let shop = session.get::<Shop>(1).await?.expect("the row is there");
    shop.edit().branch = Some(york);
    session.commit().await?;
    let shops: Vec<(i32, Option<Place>)> = session
        .execute(select::<Shop>().order_by(Shop::id).limit(2).columns((Shop::id, Shop::branch)))
        .await?
        .all();
    assert_eq!(shops[0].1, shops[1].1);
    Ok(())
}

#[tokio::test]
async fn enum_types() -> Result {
    let setup = shops().await;
    let query = select::<Shop>()
        .filter(Shop::size.gt(Size::Small).and(Shop::size.in_([Size::Small, Size::Large])))
        .columns(Shop::name);
    let sql = "SELECT name FROM shops WHERE size > 'small' AND size IN ('small', 'large')";
    assert_eq!(agree(&setup, query, sql).await, ["Pencils"]);
    let range = func::call::<Vec<Size>, _>("enum_range", (Shop::size, None::<Size>));
    let query = select::<Shop>().filter(range.has(Size::Middling)).order_by(Shop::size).columns(Shop::id);
    let sql = "SELECT id FROM shops WHERE 'middling' = ANY (enum_range(size, NULL)) ORDER BY size";
    assert_eq!(agree(&setup, query, sql).await, ["1", "3"]);
    let session = setup.db.session();
    let largest =
        select::<Shop>().columns((func::max(Shop::size), func::array_agg(Shop::size).order_by(Shop::id)));
    let (largest, all) = session.execute(largest).await?.one()?;
    assert_eq!(largest, Some(Size::Large));
    assert_eq!(all, Some(vec![Size::Small, Size::Large, Size::Middling]));
    Ok(())
}
