//! Customers: who they are, what they buy and what they never bought.

use chrono::NaiveDateTime;
use orm_core::func::{self, DatePart};
use orm_core::prelude::*;
use orm_core::query::window;
use orm_examples::chinook::catalogue::{Album, Artist, Genre, Track};
use orm_examples::chinook::sales::{Customer, Invoice, InvoiceLine};
use rust_decimal::Decimal;

use super::{Result, shop};

#[derive(FromRow)]
struct Ranked {
    country: Option<String>,
    last_name: String,
    revenue: Option<Decimal>,
    rank: i64,
}

/// The two who spent most in each country, with their rank there.
#[tokio::test]
async fn the_best_customers_of_each_country() -> Result {
    let shop = shop!();
    type Row = (Option<String>, String, Option<Decimal>, i64);
    let query = {
        let revenue = || func::sum(Invoice::total);
        let best = window().partition_by(Customer::country).order_by((revenue().desc(), Customer::id));
        let ranked =
            select::<Customer>().join(Customer::invoices).group_by(Customer::id).columns(row!(Ranked {
                country: Customer::country,
                last_name: Customer::last_name,
                revenue: revenue(),
                rank: func::rank().over(best),
            }));
        ranked
            .subquery()
            .select()
            .filter(Ranked::rank.le(2))
            .order_by((Ranked::country, Ranked::rank))
            .columns((Ranked::country, Ranked::last_name, Ranked::revenue, Ranked::rank))
    };
    let sql = "SELECT country, last_name, revenue, rank
         FROM (SELECT customer.country, customer.last_name, sum(invoice.total) AS revenue,
                      rank() OVER (PARTITION BY customer.country
                                   ORDER BY sum(invoice.total) DESC, customer.customer_id) AS rank
               FROM customer JOIN invoice ON invoice.customer_id = customer.customer_id
               GROUP BY customer.customer_id) ranked
         WHERE rank <= 2
         ORDER BY country, rank";
    let expected = shop.agree::<Row>(query, sql);
    let expected = expected.await;
    assert_eq!(expected.len(), 33);
    Ok(())
}

/// Who bought nothing in 2023.
#[tokio::test]
async fn customers_without_an_invoice_in_a_year() -> Result {
    let shop = shop!();
    let query = {
        let invoices = select::<Invoice>()
            .correlate::<Customer>()
            .filter(Invoice::customer_id.eq(Customer::id))
            .filter(func::extract(DatePart::Year, Invoice::invoice_date).eq(Decimal::from(2023)));
        select::<Customer>()
            .filter(!func::exists(invoices))
            .order_by(Customer::id)
            .columns((Customer::id, Customer::email))
    };
    let expected = shop.agree::<(i32, String)>(
        query,
        "SELECT customer_id, email FROM customer
         WHERE NOT EXISTS (SELECT 1 FROM invoice WHERE invoice.customer_id = customer.customer_id
                           AND extract(year FROM invoice_date) = 2023)
         ORDER BY customer_id",
    );
    let expected = expected.await;
    assert!(!expected.is_empty() && expected.len() < 59);
    Ok(())
}

/// Who has a track of every album of an artist, where there are several: no album of the artist is without a purchase.
#[tokio::test]
async fn customers_who_bought_of_every_album_of_an_artist() -> Result {
    let shop = shop!();
    let query = {
        let albums = || select::<Album>().correlate::<Artist>().filter(Album::artist_id.eq(Artist::id));
        let bought = select::<Track>()
            .join(Track::lines)
            .join(InvoiceLine::invoice)
            .correlate::<Album>()
            .correlate::<Customer>()
            .filter(Track::album_id.eq(Album::id))
            .filter(Invoice::customer_id.eq(Customer::id));
        let missed = albums().correlate::<Customer>().filter(!func::exists(bought));
        select::<Artist>()
            .cross_join(table::<Customer>())
            .filter(albums().columns(func::count_all()).scalar_subquery().gt(1))
            .filter(!func::exists(missed))
            .order_by((Artist::id, Customer::id))
            .columns((Artist::name, Customer::last_name))
    };
    let expected = shop.agree::<(Option<String>, String)>(
        query,
        "SELECT artist.name, customer.last_name FROM artist CROSS JOIN customer
         WHERE (SELECT count(*) FROM album WHERE album.artist_id = artist.artist_id) > 1
           AND NOT EXISTS (
               SELECT 1 FROM album WHERE album.artist_id = artist.artist_id AND NOT EXISTS (
                   SELECT 1 FROM track JOIN invoice_line USING (track_id) JOIN invoice USING (invoice_id)
                   WHERE track.album_id = album.album_id AND invoice.customer_id = customer.customer_id))
         ORDER BY artist.artist_id, customer.customer_id",
    );
    let expected = expected.await;
    assert!(!expected.is_empty());
    Ok(())
}

/// Each customer's first and last invoice, their number and their mean.
#[tokio::test]
async fn first_and_last_invoice_of_each_customer() -> Result {
    let shop = shop!();
    type Row = (i32, Option<NaiveDateTime>, Option<NaiveDateTime>, i64, Option<Decimal>);
    let query = select::<Customer>()
        .left_join(Customer::invoices)
        .group_by(Customer::id)
        .order_by(Customer::id)
        .columns((
            Customer::id,
            func::min(Invoice::invoice_date),
            func::max(Invoice::invoice_date),
            func::count(Invoice::id),
            func::round_to(func::avg(Invoice::total), 2),
        ));
    let sql = "SELECT customer.customer_id, min(invoice_date), max(invoice_date), count(invoice_id), round(avg(total), 2)
         FROM customer LEFT JOIN invoice USING (customer_id)
         GROUP BY customer.customer_id ORDER BY customer.customer_id";
    let expected = shop.agree::<Row>(query, sql);
    let expected = expected.await;
    assert_eq!(expected.len(), 59);
    Ok(())
}

/// The newest invoice of each customer, whole.
#[tokio::test]
async fn the_newest_invoice_of_each_customer() -> Result {
    let shop = shop!();
    let query = select::<Invoice>()
        .distinct_on(Invoice::customer_id)
        .order_by((Invoice::customer_id, Invoice::invoice_date.desc(), Invoice::id.desc()))
        .columns((Invoice::customer_id, Invoice::id, Invoice::total));
    let expected = shop.agree::<(i32, i32, Decimal)>(
        query,
        "SELECT DISTINCT ON (customer_id) customer_id, invoice_id, total
         FROM invoice ORDER BY customer_id, invoice_date DESC, invoice_id DESC",
    );
    let expected = expected.await;
    assert_eq!(expected.len(), 59);
    Ok(())
}

/// The invoices that are twice as large as what the customer otherwise spends.
#[tokio::test]
async fn invoices_far_above_the_customers_mean() -> Result {
    let shop = shop!();
    let query = {
        alias!(Other = Invoice);
        let mean = select_from::<Other>()
            .correlate::<Invoice>()
            .filter(Other::col(Invoice::customer_id).eq(Invoice::customer_id))
            .columns(func::avg(Other::col(Invoice::total)));
        select::<Invoice>()
            .filter(Invoice::total.gt(mean.scalar_subquery() * Decimal::TWO))
            .order_by((Invoice::total.desc(), Invoice::id))
            .limit(20)
            .columns((Invoice::id, Invoice::total))
    };
    let sql = "SELECT invoice_id, total FROM invoice
         WHERE total > 2 * (SELECT avg(other.total) FROM invoice other
                            WHERE other.customer_id = invoice.customer_id)
         ORDER BY total DESC, invoice_id LIMIT 20";
    let expected = shop.agree::<(i32, Decimal)>(query, sql);
    let expected = expected.await;
    assert_eq!(expected.len(), 20);
    Ok(())
}

/// Small, middling and large customers.
#[tokio::test]
async fn customers_by_size() -> Result {
    let shop = shop!();
    let query = {
        #[derive(FromRow)]
        struct Grade {
            size: String,
        }
        let total = |least: i32| func::sum(Invoice::total).ge(Decimal::from(least));
        let size = func::when(total(45), "large").when(total(38), "middling").otherwise("small");
        let sized = select::<Invoice>().group_by(Invoice::customer_id).columns(row!(Grade { size: size }));
        sized
            .subquery()
            .select()
            .group_by(Grade::size)
            .order_by((func::count_all().desc(), Grade::size))
            .columns((Grade::size, func::count_all()))
    };
    let sql = "SELECT size, count(*) FROM (
             SELECT CASE WHEN sum(total) >= 45 THEN 'large' WHEN sum(total) >= 38 THEN 'middling' ELSE 'small' END
                 AS size
             FROM invoice GROUP BY customer_id) sized
         GROUP BY size ORDER BY count(*) DESC, size";
    let expected = shop.agree::<(String, i64)>(query, sql);
    let expected = expected.await;
    assert_eq!(expected.len(), 3);
    Ok(())
}

/// The customers after one of them, by name: a page that starts behind a key.
#[tokio::test]
async fn the_next_page_of_customers() -> Result {
    let shop = shop!();
    let query = select::<Customer>()
        .filter(
            func::row((Customer::last_name, Customer::first_name, Customer::id)).gt(("Gray", "Patrick", 27)),
        )
        .order_by((Customer::last_name, Customer::first_name, Customer::id))
        .limit(10)
        .columns((Customer::last_name, Customer::first_name, Customer::id));
    let expected = shop.agree::<(String, String, i32)>(
        query,
        "SELECT last_name, first_name, customer_id FROM customer
         WHERE (last_name, first_name, customer_id) > ('Gray', 'Patrick', 27)
         ORDER BY last_name, first_name, customer_id LIMIT 10",
    );
    let expected = expected.await;
    assert_eq!(expected.len(), 10);
    Ok(())
}

/// The genres that each customer buys, as one text.
#[tokio::test]
async fn the_genres_of_each_customer() -> Result {
    let shop = shop!();
    let name = func::coalesce(Genre::name, "");
    let genres = func::string_agg(name.clone(), ", ").distinct().order_by(name);
    let query = select::<Customer>()
        .join(Customer::invoices)
        .join(Invoice::lines)
        .join(InvoiceLine::track)
        .join(Track::genre)
        .group_by(Customer::id)
        .order_by(Customer::id)
        .columns((Customer::email, genres));
    let expected = shop.agree::<(String, Option<String>)>(
        query,
        "SELECT customer.email, string_agg(DISTINCT genre.name, ', ' ORDER BY genre.name)
         FROM customer JOIN invoice USING (customer_id) JOIN invoice_line USING (invoice_id)
         JOIN track USING (track_id) JOIN genre USING (genre_id)
         GROUP BY customer.customer_id ORDER BY customer.customer_id",
    );
    let expected = expected.await;
    assert_eq!(expected.len(), 59);
    Ok(())
}
