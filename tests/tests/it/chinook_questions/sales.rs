//! Sales: agents, baskets, sizes and distances.

use chrono::NaiveDate;
use chrono::NaiveDateTime;
use orm_core::func;
use orm_core::prelude::*;
use orm_core::query::{Frame, Window, window};
use orm_examples::chinook::catalogue::{Genre, Track};
use orm_examples::chinook::sales::{Customer, Employee, Invoice, InvoiceLine};
use rust_decimal::Decimal;

use super::{Result, shop};

/// What each employee has sold in a year; those who sell nothing too.
#[tokio::test]
async fn the_sales_of_each_employee() -> Result {
    let shop = shop!();
    let query = {
        let year = |year| {
            NaiveDate::from_ymd_opt(year, 1, 1).and_then(|day| day.and_hms_opt(0, 0, 0)).ok_or("no day")
        };
        let (start, end) = (year(2022)?, year(2023)?);
        let sold = Invoice::customer_id
            .eq(Customer::id)
            .and_with(Invoice::invoice_date.ge(start).and(Invoice::invoice_date.lt(end)));
        select::<Employee>()
            .left_join(Employee::customers)
            .left_join(table::<Invoice>().on(sold))
            .group_by(Employee::id)
            .order_by(Employee::id)
            .columns((
                Employee::last_name,
                func::count(Customer::id).distinct(),
                func::coalesce(func::sum(Invoice::total), Decimal::ZERO),
            ))
    };
    let expected = shop.agree::<(String, i64, Decimal)>(
        query,
        "SELECT employee.last_name, count(DISTINCT customer.customer_id), coalesce(sum(invoice.total), 0)
         FROM employee LEFT JOIN customer ON customer.support_rep_id = employee.employee_id
         LEFT JOIN invoice ON invoice.customer_id = customer.customer_id
              AND invoice.invoice_date >= '2022-01-01' AND invoice.invoice_date < '2023-01-01'
         GROUP BY employee.employee_id ORDER BY employee.employee_id",
    );
    let expected = expected.await;
    assert_eq!(expected.iter().filter(|row| row.1 > 0).count(), 3);
    Ok(())
}

/// In which quarter of all customers each is, by revenue, and how far up: one window, named.
#[tokio::test]
async fn the_quartile_of_each_customer() -> Result {
    let shop = shop!();
    type Row = (i32, Option<Decimal>, i32, i64, f64, f64);
    let query = {
        let best = || Window::named("best");
        select::<Invoice>()
            .group_by(Invoice::customer_id)
            .window("best", window().order_by((func::sum(Invoice::total).desc(), Invoice::customer_id)))
            .order_by(Invoice::customer_id)
            .columns((
                Invoice::customer_id,
                func::sum(Invoice::total),
                func::ntile(4).over(best()),
                func::dense_rank().over(best()),
                func::percent_rank().over(best()),
                func::cume_dist().over(best()),
            ))
    };
    let sql = "SELECT customer_id, sum(total), ntile(4) OVER best, dense_rank() OVER best, percent_rank() OVER best,
                cume_dist() OVER best
         FROM invoice GROUP BY customer_id
         WINDOW best AS (ORDER BY sum(total) DESC, customer_id) ORDER BY customer_id";
    let expected = shop.agree::<Row>(query, sql);
    let expected = expected.await;
    assert_eq!(expected.iter().map(|row| row.2).max(), Some(4));
    Ok(())
}

/// How many days lie between a customer's invoices, the longest waits first.
#[tokio::test]
async fn the_longest_waits_between_invoices() -> Result {
    let shop = shop!();
    let query = {
        #[derive(FromRow)]
        struct Wait {
            customer_id: i32,
            invoice_id: i32,
            invoice_date: NaiveDateTime,
            days: Option<i32>,
        }
        let day = || Invoice::invoice_date.cast::<NaiveDate>();
        let visits = window().partition_by(Invoice::customer_id).order_by(Invoice::invoice_date);
        let waits = select::<Invoice>().columns(row!(Wait {
            customer_id: Invoice::customer_id,
            invoice_id: Invoice::id,
            invoice_date: Invoice::invoice_date,
            days: day().since(func::lag(day(), 1).over(visits)),
        }));
        waits
            .subquery()
            .select()
            .filter(Wait::days.is_not_null())
            .order_by((Wait::days.desc(), Wait::invoice_id))
            .limit(10)
            .columns((Wait::customer_id, Wait::invoice_date, Wait::days))
    };
    let sql = "SELECT customer_id, invoice_date, days FROM (
             SELECT customer_id, invoice_id, invoice_date,
                    invoice_date::date - lag(invoice_date::date) OVER (PARTITION BY customer_id ORDER BY invoice_date)
                        AS days
             FROM invoice) waits
         WHERE days IS NOT NULL ORDER BY days DESC, invoice_id LIMIT 10";
    let expected = shop.agree::<(i32, NaiveDateTime, Option<i32>)>(query, sql);
    assert_eq!(expected.await.len(), 10);
    Ok(())
}

/// Genres that are bought together: pairs of lines of one invoice.
#[tokio::test]
async fn genres_in_one_basket() -> Result {
    let shop = shop!();
    let query = {
        alias!(OtherLine = InvoiceLine);
        alias!(OtherTrack = Track);
        alias!(OtherGenre = Genre);
        let baskets = || func::count(InvoiceLine::invoice_id).distinct();
        let (one, other) = (Genre::name, OtherGenre::col(Genre::name));
        select::<InvoiceLine>()
            .join(
                table::<OtherLine>().on(OtherLine::col(InvoiceLine::invoice_id).eq(InvoiceLine::invoice_id)),
            )
            .join(InvoiceLine::track)
            .join(Track::genre)
            .join(OtherLine::rel(InvoiceLine::track).to::<OtherTrack>())
            .join(OtherTrack::rel(Track::genre).to::<OtherGenre>())
            .filter(one.lt(other.clone()))
            .group_by((one, other.clone()))
            .having(baskets().ge(5))
            .order_by((baskets().desc(), one, other.clone()))
            .columns((one, other, baskets()))
    };
    let expected = shop.agree::<(Option<String>, Option<String>, i64)>(
        query,
        "SELECT one.name, other.name, count(DISTINCT a.invoice_id)
         FROM invoice_line a JOIN invoice_line b ON a.invoice_id = b.invoice_id
         JOIN track s ON s.track_id = a.track_id JOIN genre one ON one.genre_id = s.genre_id
         JOIN track t ON t.track_id = b.track_id JOIN genre other ON other.genre_id = t.genre_id
         WHERE one.name < other.name
         GROUP BY one.name, other.name HAVING count(DISTINCT a.invoice_id) >= 5
         ORDER BY count(DISTINCT a.invoice_id) DESC, one.name, other.name",
    );
    assert!(expected.await.len() > 5);
    Ok(())
}

/// Invoices whose lines do not sum up to their total: there are none, and a wrong one is found.
#[tokio::test]
async fn invoices_that_do_not_add_up() -> Result {
    let shop = shop!();
    let query = {
        let lines = func::sum(InvoiceLine::unit_price * InvoiceLine::quantity.cast::<Decimal>());
        select::<Invoice>()
            .join(Invoice::lines)
            .group_by(Invoice::id)
            .having(lines.ne(Invoice::total))
            .order_by(Invoice::id)
            .columns(Invoice::id)
    };
    let expected = shop.agree_column::<i32>(
        query,
        "SELECT invoice.invoice_id FROM invoice JOIN invoice_line line USING (invoice_id)
         GROUP BY invoice.invoice_id HAVING sum(line.unit_price * line.quantity) <> invoice.total
         ORDER BY invoice.invoice_id",
    );
    assert!(expected.await.is_empty());
    Ok(())
}

/// The sizes of invoices in buckets, with the smallest and largest in each.
#[tokio::test]
async fn a_histogram_of_totals() -> Result {
    let shop = shop!();
    let query = {
        let bucket = func::width_bucket(Invoice::total, Decimal::ZERO, Decimal::from(25), 5);
        select::<Invoice>().group_by(bucket.clone()).order_by(bucket.clone()).columns((
            bucket,
            func::count_all(),
            func::min(Invoice::total),
            func::max(Invoice::total),
        ))
    };
    let expected = shop.agree::<(i32, i64, Option<Decimal>, Option<Decimal>)>(
        query,
        "SELECT width_bucket(total, 0, 25, 5), count(*), min(total), max(total)
         FROM invoice GROUP BY width_bucket(total, 0, 25, 5) ORDER BY 1",
    );
    let expected = expected.await;
    assert_eq!(expected.iter().map(|row| row.1).sum::<i64>(), 412);
    Ok(())
}

/// For each invoice of a customer the one before, the one after, the first and the last: frames.
#[tokio::test]
async fn neighbours_of_an_invoice() -> Result {
    let shop = shop!();
    type Row = (i32, Decimal, Option<Decimal>, Option<Decimal>, Option<Decimal>);
    let query = {
        let w = || Window::named("w");
        let all = w().rows(Frame::UnboundedPreceding, Frame::UnboundedFollowing);
        let before = func::lag_or(Invoice::total, 1, Decimal::ZERO);
        select::<Invoice>()
            .filter(Invoice::customer_id.eq(2))
            .window("w", window().order_by(Invoice::invoice_date))
            .order_by(Invoice::invoice_date)
            .columns((
                Invoice::id,
                before.over(w()),
                func::lead(Invoice::total, 1).over(w()),
                func::first_value(Invoice::total).over(w()),
                func::last_value(Invoice::total).over(all),
            ))
    };
    let expected = shop.agree::<Row>(
        query,
        "SELECT invoice_id, lag(total, 1, 0.0) OVER w, lead(total) OVER w,
                first_value(total) OVER w,
                last_value(total) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
         FROM invoice WHERE customer_id = 2 WINDOW w AS (ORDER BY invoice_date) ORDER BY invoice_date",
    );
    let expected = expected.await;
    assert_eq!(expected.len(), 7);
    Ok(())
}
