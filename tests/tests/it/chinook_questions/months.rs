//! Time: months, quarters, running totals and what was before.

use chrono::{NaiveDate, NaiveDateTime};
use orm_core::func::{self, DatePart};
use orm_core::prelude::*;
use orm_core::query::{Frame, window};
use orm_core::types::Interval;
use orm_examples::chinook::sales::Invoice;
use rust_decimal::Decimal;

use super::{Result, shop};

/// Each month's revenue, the month before's and the change in percent.
#[tokio::test]
async fn revenue_month_over_month() -> Result {
    let shop = shop!();
    type Row = (NaiveDateTime, Option<Decimal>, Option<Decimal>, Option<Decimal>);
    let query = {
        let month = func::date_trunc(DatePart::Month, Invoice::invoice_date);
        let revenue = || func::sum(Invoice::total);
        let before = func::lag(revenue(), 1).over(window().order_by(month.clone()));
        let change =
            (revenue() - before.clone()) * Decimal::from(100) / func::nullif(before.clone(), Decimal::ZERO);
        select::<Invoice>().group_by(month.clone()).order_by(month.clone()).columns((
            month,
            revenue(),
            before,
            func::round_to(change, 1),
        ))
    };
    let expected = shop.agree::<Row>(
        query,
        "WITH monthly AS (
             SELECT date_trunc('month', invoice_date) AS month, sum(total) AS revenue FROM invoice GROUP BY 1)
         SELECT month, revenue, lag(revenue) OVER (ORDER BY month),
                round(100 * (revenue - lag(revenue) OVER (ORDER BY month))
                      / nullif(lag(revenue) OVER (ORDER BY month), 0), 1)
         FROM monthly ORDER BY month",
    );
    let expected = expected.await;
    assert_eq!(expected.len(), 60);
    assert_eq!((expected[0].2, expected[0].3), (None, None));
    Ok(())
}

/// The running total within each year.
#[tokio::test]
async fn running_totals_of_each_year() -> Result {
    let shop = shop!();
    let query = {
        let year = func::date_trunc(DatePart::Year, Invoice::invoice_date);
        let so_far = window().partition_by(year).order_by((Invoice::invoice_date, Invoice::id));
        select::<Invoice>().order_by((Invoice::invoice_date, Invoice::id)).columns((
            Invoice::id,
            Invoice::total,
            func::sum(Invoice::total).over(so_far),
        ))
    };
    let sql = "SELECT invoice_id, total,
                sum(total) OVER (PARTITION BY date_trunc('year', invoice_date) ORDER BY invoice_date, invoice_id)
         FROM invoice ORDER BY invoice_date, invoice_id";
    let expected = shop.agree::<(i32, Decimal, Option<Decimal>)>(query, sql);
    assert_eq!(expected.await.len(), 412);
    Ok(())
}

/// The mean of each month and the two before it.
#[tokio::test]
async fn a_moving_average_of_three_months() -> Result {
    let shop = shop!();
    type Row = (NaiveDateTime, Option<Decimal>, Option<Decimal>);
    let query = {
        let month = func::date_trunc(DatePart::Month, Invoice::invoice_date);
        let revenue = || func::sum(Invoice::total);
        let three = window().order_by(month.clone()).rows(Frame::Preceding(2), Frame::CurrentRow);
        select::<Invoice>().group_by(month.clone()).order_by(month.clone()).columns((
            month,
            revenue(),
            func::round_to(func::avg(revenue()).over(three), 4),
        ))
    };
    let sql = "SELECT month, revenue, round(avg(revenue) OVER (ORDER BY month ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), 4)
         FROM (SELECT date_trunc('month', invoice_date) AS month, sum(total) AS revenue
               FROM invoice GROUP BY date_trunc('month', invoice_date)) monthly
         ORDER BY month";
    let expected = shop.agree::<Row>(query, sql);
    let expected = expected.await;
    assert_eq!(expected.len(), 60);
    assert_eq!(expected[0].1, expected[0].2);
    Ok(())
}

/// Every month of a year for one customer, those without an invoice too.
#[tokio::test]
async fn all_months_of_a_customer() -> Result {
    let shop = shop!();
    let query = {
        #[derive(FromRow)]
        struct Month {
            month: NaiveDateTime,
        }
        let day = |month| {
            NaiveDate::from_ymd_opt(2021, month, 1).and_then(|day| day.and_hms_opt(0, 0, 0)).ok_or("no day")
        };
        let months =
            func::call::<NaiveDateTime, _>("generate_series", (day(1)?, day(12)?, Interval::months(1)));
        let own = func::date_trunc(DatePart::Month, Invoice::invoice_date).eq(Month::month);
        months
            .table::<Month>()
            .select()
            .left_join(table::<Invoice>().on(own.and_with(Invoice::customer_id.eq(2))))
            .group_by(Month::month)
            .order_by(Month::month)
            .columns((
                Month::month,
                func::count(Invoice::id),
                func::coalesce(func::sum(Invoice::total), Decimal::ZERO),
            ))
    };
    let sql = "SELECT month, count(invoice.invoice_id), coalesce(sum(invoice.total), 0)
         FROM generate_series(timestamp '2021-01-01', timestamp '2021-12-01', interval '1 month') AS month
         LEFT JOIN invoice ON date_trunc('month', invoice.invoice_date) = month AND invoice.customer_id = 2
         GROUP BY month ORDER BY month";
    let expected = shop.agree::<(NaiveDateTime, i64, Decimal)>(query, sql);
    let expected = expected.await;
    assert_eq!(expected.len(), 12);
    assert!(expected.iter().any(|month| month.1 == 0) && expected.iter().any(|month| month.1 > 0));
    Ok(())
}

/// A row a year, a column a quarter.
#[tokio::test]
async fn quarters_as_columns() -> Result {
    let shop = shop!();
    type Row = (Decimal, Option<Decimal>, Option<Decimal>, Option<Decimal>, Option<Decimal>);
    let query = {
        let year = func::extract(DatePart::Year, Invoice::invoice_date);
        let quarter = |number: i32| {
            let quarter = func::extract(DatePart::Quarter, Invoice::invoice_date);
            func::sum(Invoice::total).filter(quarter.eq(Decimal::from(number)))
        };
        select::<Invoice>().group_by(year.clone()).order_by(year.clone()).columns((
            year,
            quarter(1),
            quarter(2),
            quarter(3),
            quarter(4),
        ))
    };
    let expected = shop.agree::<Row>(
        query,
        "SELECT extract(year FROM invoice_date),
                sum(total) FILTER (WHERE extract(quarter FROM invoice_date) = 1),
                sum(total) FILTER (WHERE extract(quarter FROM invoice_date) = 2),
                sum(total) FILTER (WHERE extract(quarter FROM invoice_date) = 3),
                sum(total) FILTER (WHERE extract(quarter FROM invoice_date) = 4)
         FROM invoice GROUP BY extract(year FROM invoice_date) ORDER BY 1",
    );
    assert_eq!(expected.await.len(), 5);
    Ok(())
}

#[derive(FromRow)]
struct Monthly {
    year: Decimal,
    month: Decimal,
    revenue: Option<Decimal>,
}

#[derive(FromRow)]
struct Numbered {
    year: Decimal,
    month: Decimal,
    revenue: Option<Decimal>,
    number: i64,
}

/// The best month of each year.
#[tokio::test]
async fn the_best_month_of_each_year() -> Result {
    let shop = shop!();
    let query = {
        let year = func::extract(DatePart::Year, Invoice::invoice_date);
        let month = func::extract(DatePart::Month, Invoice::invoice_date);
        let monthly = select::<Invoice>().group_by((year.clone(), month.clone())).columns(row!(Monthly {
            year: year,
            month: month,
            revenue: func::sum(Invoice::total)
        }));
        let best = window().partition_by(Monthly::year).order_by((Monthly::revenue.desc(), Monthly::month));
        let numbered = select_from::<Monthly>().columns(row!(Numbered {
            year: Monthly::year,
            month: Monthly::month,
            revenue: Monthly::revenue,
            number: func::row_number().over(best),
        }));
        numbered
            .subquery()
            .select()
            .with(monthly.cte())
            .filter(Numbered::number.eq(1))
            .order_by(Numbered::year)
            .columns((Numbered::year, Numbered::month, Numbered::revenue))
    };
    let sql = "WITH monthly AS (
             SELECT extract(year FROM invoice_date) AS year, extract(month FROM invoice_date) AS month,
                    sum(total) AS revenue
             FROM invoice GROUP BY 1, 2),
         numbered AS (
             SELECT year, month, revenue, row_number() OVER (PARTITION BY year ORDER BY revenue DESC, month) AS number
             FROM monthly)
         SELECT year, month, revenue FROM numbered WHERE number = 1 ORDER BY year";
    let expected = shop.agree::<(Decimal, Decimal, Option<Decimal>)>(query, sql);
    assert_eq!(expected.await.len(), 5);
    Ok(())
}

/// Each year beside the year before: a CTE that is joined with itself.
#[tokio::test]
async fn revenue_year_over_year() -> Result {
    let shop = shop!();
    type Row = (Decimal, Option<Decimal>, Option<Decimal>);
    let query = {
        #[derive(FromRow)]
        struct Yearly {
            year: Decimal,
            revenue: Option<Decimal>,
        }
        alias!(Before = Yearly);
        let year = func::extract(DatePart::Year, Invoice::invoice_date);
        let yearly = select::<Invoice>()
            .group_by(year.clone())
            .columns(row!(Yearly { year: year, revenue: func::sum(Invoice::total) }));
        let before = table::<Before>().on(Before::col(Yearly::year).eq(Yearly::year - Decimal::ONE));
        select_from::<Yearly>().with(yearly.cte()).left_join(before).order_by(Yearly::year).columns((
            Yearly::year,
            Yearly::revenue,
            Yearly::revenue - Before::col(Yearly::revenue),
        ))
    };
    let sql = "WITH yearly AS (SELECT extract(year FROM invoice_date) AS year, sum(total) AS revenue FROM invoice GROUP BY 1)
         SELECT this.year, this.revenue, this.revenue - last.revenue
         FROM yearly this LEFT JOIN yearly last ON last.year = this.year - 1 ORDER BY this.year";
    let expected = shop.agree::<Row>(query, sql);
    let expected = expected.await;
    assert_eq!((expected.len(), expected[0].2), (5, None));
    Ok(())
}

/// How many invoices are written on which day of the week.
#[tokio::test]
async fn invoices_by_day_of_the_week() -> Result {
    let shop = shop!();
    let query = {
        let number = func::extract(DatePart::IsoDayOfWeek, Invoice::invoice_date);
        let name = func::to_char(Invoice::invoice_date, "FMDay");
        select::<Invoice>().group_by((number.clone(), name.clone())).order_by(number.clone()).columns((
            number,
            name,
            func::count_all(),
        ))
    };
    let expected = shop.agree::<(Decimal, String, i64)>(
        query,
        "SELECT extract(isodow FROM invoice_date), to_char(invoice_date, 'FMDay'), count(*)
         FROM invoice GROUP BY 1, 2 ORDER BY 1",
    );
    assert_eq!(expected.await.len(), 7);
    Ok(())
}
