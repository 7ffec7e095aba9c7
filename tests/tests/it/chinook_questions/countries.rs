//! Countries: shares, medians, sets and lists.

use orm_core::prelude::*;
use orm_core::query::window;
use orm_core::{func, nth_column};
use orm_examples::chinook::catalogue::{Genre, Track};
use orm_examples::chinook::sales::{Customer, Employee, Invoice, InvoiceLine};
use rust_decimal::Decimal;

use super::{Result, shop};

/// What part of all revenue each country brings, in percent.
#[tokio::test]
async fn the_share_of_each_country() -> Result {
    let shop = shop!();
    let query = {
        let revenue = || func::sum(Invoice::total);
        let all = func::sum(revenue()).over(window());
        select::<Invoice>()
            .group_by(Invoice::billing_country)
            .order_by((revenue().desc(), Invoice::billing_country))
            .columns((
                Invoice::billing_country,
                revenue(),
                func::round_to(revenue() * Decimal::from(100) / all, 2),
            ))
    };
    let expected = shop.agree::<(Option<String>, Option<Decimal>, Option<Decimal>)>(
        query,
        "SELECT billing_country, sum(total), round(100 * sum(total) / sum(sum(total)) OVER (), 2)
         FROM invoice GROUP BY billing_country ORDER BY sum(total) DESC, billing_country",
    );
    let expected = expected.await;
    assert_eq!(expected.len(), 24);
    Ok(())
}

/// The median, the upper quartile and the most frequent total of the invoices of each country.
#[tokio::test]
async fn the_median_invoice_of_each_country() -> Result {
    let shop = shop!();
    let query = select::<Invoice>()
        .group_by(Invoice::billing_country)
        .having(func::count_all().ge(14))
        .order_by(Invoice::billing_country)
        .columns((
            Invoice::billing_country,
            func::percentile_cont(0.5, Invoice::total),
            func::percentile_disc(0.75, Invoice::total),
            func::mode(Invoice::total),
        ));
    let expected = shop.agree::<(Option<String>, Option<f64>, Option<Decimal>, Option<Decimal>)>(
        query,
        "SELECT billing_country, percentile_cont(0.5) WITHIN GROUP (ORDER BY total),
                percentile_disc(0.75) WITHIN GROUP (ORDER BY total), mode() WITHIN GROUP (ORDER BY total)
         FROM invoice GROUP BY billing_country HAVING count(*) >= 14 ORDER BY billing_country",
    );
    let expected = expected.await;
    assert_eq!(expected.len(), 8);
    Ok(())
}

/// Countries with customers and no employee, and those with both.
#[tokio::test]
async fn countries_of_customers_and_employees() -> Result {
    let shop = shop!();
    let query = {
        let employees = select::<Employee>().columns(Employee::country);
        select::<Customer>().columns(Customer::country).except(employees).order_by(nth_column(1))
    };
    let sql = "SELECT country FROM customer EXCEPT SELECT country FROM employee ORDER BY country";
    let without = shop.agree_column::<Option<String>>(query, sql);
    assert_eq!(without.await.len(), 23);
    let query = {
        let employees = select::<Employee>().columns(Employee::country);
        select::<Customer>().columns(Customer::country).intersect(employees).order_by(nth_column(1))
    };
    let sql = "SELECT country FROM customer INTERSECT SELECT country FROM employee ORDER BY country";
    let both = shop.agree_column::<Option<String>>(query, sql);
    assert_eq!(both.await, [Some("Canada".to_owned())]);
    Ok(())
}

/// Everybody with a name, customers and employees, with what they are.
#[tokio::test]
async fn the_names_of_all_people() -> Result {
    let shop = shop!();
    let query = {
        let employees = select::<Employee>().columns((
            Employee::last_name,
            Employee::first_name,
            func::value("employee"),
        ));
        select::<Customer>()
            .columns((Customer::last_name, Customer::first_name, func::value("customer")))
            .union_all(employees)
            .order_by((nth_column(1), nth_column(2), nth_column(3)))
    };
    let sql = "SELECT last_name, first_name, 'customer' AS kind FROM customer
         UNION ALL SELECT last_name, first_name, 'employee' FROM employee
         ORDER BY last_name, first_name, kind";
    let expected = shop.agree::<(String, String, String)>(query, sql);
    assert_eq!(expected.await.len(), 67);
    Ok(())
}

/// The cities of each country as an array, with at least two, and whether one of some is among them.
#[tokio::test]
async fn the_cities_of_each_country() -> Result {
    let shop = shop!();
    let query = {
        let city = || Customer::city.cast::<String>();
        let cities = || func::array_agg(city());
        select::<Customer>()
            .filter(Customer::city.is_not_null())
            .group_by(Customer::country)
            .having(func::count(Customer::city).distinct().gt(1))
            .order_by(Customer::country)
            .columns((
                Customer::country,
                cities().distinct().order_by(city()),
                func::coalesce(cities().overlaps(vec!["Paris".to_owned(), "Berlin".to_owned()]), false),
            ))
    };
    let expected = shop.agree::<(Option<String>, Option<Vec<String>>, bool)>(
        query,
        "SELECT country, array_agg(DISTINCT city::text ORDER BY city::text),
                coalesce(array_agg(city::text) && ARRAY['Paris', 'Berlin'], FALSE)
         FROM customer WHERE city IS NOT NULL GROUP BY country
         HAVING count(DISTINCT city) > 1 ORDER BY country",
    );
    let expected = expected.await;
    assert!(expected.iter().any(|row| row.2) && expected.iter().any(|row| !row.2));
    Ok(())
}

/// What a discount by country would have cost: a list of values as a table.
#[tokio::test]
async fn a_discount_by_country() -> Result {
    let shop = shop!();
    let query = {
        #[derive(FromRow)]
        struct Discount {
            country: String,
            rate: Decimal,
        }
        let rates = [("USA", 10), ("Canada", 5), ("Atlantis", 50)];
        let rates = rates.map(|(country, percent)| Discount {
            country: country.to_owned(),
            rate: Decimal::new(percent, 2),
        });
        values(rates)
            .select()
            .left_join(table::<Invoice>().on(Invoice::billing_country.eq(Discount::country)))
            .group_by((Discount::country, Discount::rate))
            .order_by(Discount::country)
            .columns((Discount::country, Discount::rate, func::sum(Invoice::total * Discount::rate)))
    };
    let sql = "SELECT discount.country, discount.rate, sum(invoice.total * discount.rate)
         FROM (VALUES ('USA', 0.10), ('Canada', 0.05), ('Atlantis', 0.50)) AS discount (country, rate)
         LEFT JOIN invoice ON invoice.billing_country = discount.country
         GROUP BY discount.country, discount.rate ORDER BY discount.country";
    let expected = shop.agree::<(String, Decimal, Option<Decimal>)>(query, sql);
    let expected = expected.await;
    assert_eq!(expected.len(), 3);
    assert_eq!(expected[0], ("Atlantis".to_owned(), Decimal::new(5, 1), None));
    Ok(())
}

/// Revenue by country and genre, with sums of each and of all.
#[tokio::test]
async fn revenue_by_country_and_genre_with_sums() -> Result {
    let shop = shop!();
    type Row = (Option<String>, Option<String>, i32, Option<Decimal>);
    let query = select::<Invoice>()
        .join(Invoice::lines)
        .join(InvoiceLine::track)
        .join(Track::genre)
        .filter(Invoice::billing_country.in_(["Chile", "India", "Spain"]))
        .group_by_rollup((Invoice::billing_country, Genre::name))
        .order_by((Invoice::billing_country.asc().nulls_last(), Genre::name.asc().nulls_last()))
        .columns((
            Invoice::billing_country,
            Genre::name,
            func::grouping((Invoice::billing_country, Genre::name)),
            func::sum(InvoiceLine::unit_price * InvoiceLine::quantity.cast::<Decimal>()),
        ));
    let sql = "SELECT invoice.billing_country, genre.name, grouping(invoice.billing_country, genre.name),
                sum(line.unit_price * line.quantity)
         FROM invoice JOIN invoice_line line USING (invoice_id) JOIN track USING (track_id) JOIN genre USING (genre_id)
         WHERE invoice.billing_country = ANY (ARRAY['Chile', 'India', 'Spain'])
         GROUP BY ROLLUP (invoice.billing_country, genre.name)
         ORDER BY invoice.billing_country NULLS LAST, genre.name NULLS LAST";
    let expected = shop.agree::<Row>(query, sql);
    let expected = expected.await;
    assert_eq!(expected.iter().filter(|row| row.2 == 1).count(), 3);
    assert_eq!(expected.last().map(|row| row.2), Some(3));
    Ok(())
}

/// The same sums, each way by itself: by country, by genre, and all.
#[tokio::test]
async fn revenue_by_country_or_genre() -> Result {
    let shop = shop!();
    type Row = (Option<String>, Option<String>, Option<i64>);
    let query = select::<Invoice>()
        .join(Invoice::lines)
        .join(InvoiceLine::track)
        .join(Track::genre)
        .group_by_sets((Invoice::billing_country, Genre::name, ()))
        .order_by((Invoice::billing_country.asc().nulls_last(), Genre::name.asc().nulls_last()))
        .columns((Invoice::billing_country, Genre::name, func::sum(InvoiceLine::quantity)));
    let sql = "SELECT invoice.billing_country, genre.name, sum(line.quantity)
         FROM invoice JOIN invoice_line line USING (invoice_id) JOIN track USING (track_id) JOIN genre USING (genre_id)
         GROUP BY GROUPING SETS ((invoice.billing_country), (genre.name), ())
         ORDER BY invoice.billing_country NULLS LAST, genre.name NULLS LAST";
    let expected = shop.agree::<Row>(query, sql);
    let expected = expected.await;
    assert_eq!(expected.last(), Some(&(None, None, Some(2240))));
    Ok(())
}
