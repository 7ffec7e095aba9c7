//! Employees: a tree, and what time has to do with it.

use super::{Result, shop};
use orm_core::func::{self, DatePart};
use orm_core::nth_column;
use orm_core::prelude::*;
use orm_examples::chinook::sales::{Customer, Employee};

/// The chain of command above an employee, from them upwards.
#[tokio::test]
async fn the_chain_of_command() -> Result {
    let shop = shop!();
    let query = {
        #[derive(FromRow)]
        struct Chain {
            id: i32,
            last_name: String,
            manager_id: Option<i32>,
            height: i32,
        }
        let start = select::<Employee>().filter(Employee::id.eq(8)).columns(row!(Chain {
            id: Employee::id,
            last_name: Employee::last_name,
            manager_id: Employee::manager_id,
            height: func::value(0),
        }));
        let step = select::<Employee>().join(table::<Chain>().on(Employee::id.eq(Chain::manager_id)));
        let step = step.columns(row!(Chain {
            id: Employee::id,
            last_name: Employee::last_name,
            manager_id: Employee::manager_id,
            height: Chain::height + 1,
        }));
        let chain = start.cte().recursive(step).select();
        chain.order_by(Chain::height).columns((Chain::id, Chain::last_name, Chain::height))
    };
    let sql = "WITH RECURSIVE chain AS (
             SELECT employee_id, last_name, reports_to, 0 AS height FROM employee WHERE employee_id = 8
             UNION ALL
             SELECT e.employee_id, e.last_name, e.reports_to, chain.height + 1
             FROM employee e JOIN chain ON e.employee_id = chain.reports_to)
         SELECT employee_id, last_name::text, height FROM chain ORDER BY height";
    let expected = shop.agree::<(i32, String, i32)>(query, sql);
    let names = expected.await.into_iter().map(|row| row.1).collect::<Vec<_>>();
    assert_eq!(names, ["Callahan", "Mitchell", "Adams"]);
    Ok(())
}

/// How many people each employee leads, at any depth.
#[tokio::test]
async fn how_many_each_leads() -> Result {
    let shop = shop!();
    let query = {
        #[derive(FromRow)]
        struct Below {
            head: i32,
            member: i32,
        }
        let start = select::<Employee>().columns(row!(Below { head: Employee::id, member: Employee::id }));
        let step = select_from::<Below>()
            .join(table::<Employee>().on(Employee::manager_id.eq(Below::member)))
            .columns(row!(Below { head: Below::head, member: Employee::id }));
        start
            .cte()
            .recursive(step)
            .select()
            .join(table::<Employee>().on(Employee::id.eq(Below::head)))
            .group_by(Employee::id)
            .order_by(Employee::id)
            .columns((Employee::id, Employee::last_name, func::count_all() - 1))
    };
    let sql = "WITH RECURSIVE below AS (
             SELECT employee_id AS head, employee_id AS member FROM employee
             UNION ALL
             SELECT below.head, e.employee_id FROM below JOIN employee e ON e.reports_to = below.member)
         SELECT employee.employee_id, employee.last_name, count(*) - 1
         FROM below JOIN employee ON employee.employee_id = below.head
         GROUP BY employee.employee_id ORDER BY employee.employee_id";
    let expected = shop.agree::<(i32, String, i64)>(query, sql);
    let counts = expected.await.into_iter().map(|row| row.2).collect::<Vec<_>>();
    assert_eq!(counts, [7, 3, 0, 0, 0, 2, 0, 0]);
    Ok(())
}

/// Everybody with their manager, who may be missing.
#[tokio::test]
async fn employees_and_managers() -> Result {
    let shop = shop!();
    let query = {
        alias!(Manager = Employee);
        let manager = |column| Manager::col(column);
        let name = func::concat((manager(Employee::first_name), " ", manager(Employee::last_name)));
        select::<Employee>()
            .left_join(Employee::manager.to::<Manager>())
            .filter(Manager::col(Employee::id).is_not_null().or_with(Employee::manager_id.is_null()))
            .order_by(Employee::id)
            .columns((Employee::last_name, name))
    };
    let expected = shop.agree::<(String, String)>(
        query,
        "SELECT employee.last_name, concat(manager.first_name, ' ', manager.last_name)
         FROM employee LEFT JOIN employee manager ON manager.employee_id = employee.reports_to
         WHERE manager.employee_id IS NOT NULL OR employee.reports_to IS NULL
         ORDER BY employee.employee_id",
    );
    let expected = expected.await;
    assert_eq!(expected[1], ("Edwards".to_owned(), "Andrew Adams".to_owned()));
    Ok(())
}

/// How old everybody was when they were hired, in years, the youngest first.
#[tokio::test]
async fn the_age_when_hired() -> Result {
    let shop = shop!();
    let query = {
        let age = func::age(Employee::hire_date, Employee::birth_date);
        select::<Employee>()
            .order_by((age.clone(), Employee::id))
            .columns((Employee::last_name, func::extract(DatePart::Year, age)))
    };
    let expected = shop.agree::<(String, Option<rust_decimal::Decimal>)>(
        query,
        "SELECT last_name, extract(year FROM age(hire_date, birth_date)) FROM employee
         ORDER BY age(hire_date, birth_date), employee_id",
    );
    let expected = expected.await;
    assert_eq!(expected.len(), 8);
    Ok(())
}

#[derive(FromRow)]
struct Customers {
    city: Option<String>,
    people: i64,
}

#[derive(FromRow)]
struct Employees {
    city: Option<String>,
    people: i64,
}

/// Cities where customers or employees are, and how many of each: a full join of two groups.
#[tokio::test]
async fn people_by_city() -> Result {
    let shop = shop!();
    type Row = (Option<String>, Option<i64>, Option<i64>);
    let customers = select::<Customer>()
        .group_by(Customer::city)
        .columns(row!(Customers { city: Customer::city, people: func::count_all() }));
    let employees = select::<Employee>()
        .group_by(Employee::city)
        .columns(row!(Employees { city: Employee::city, people: func::count_all() }));
    let query = customers
        .subquery()
        .select()
        .full_join(employees.subquery().on(Employees::city.eq(Customers::city)))
        .order_by(nth_column(1))
        .columns((func::coalesce(Customers::city, Employees::city), Customers::people, Employees::people));
    let expected = shop.agree::<Row>(
        query,
        "SELECT coalesce(c.city, e.city), c.people, e.people
         FROM (SELECT city, count(*) AS people FROM customer GROUP BY city) c
         FULL JOIN (SELECT city, count(*) AS people FROM employee GROUP BY city) e ON e.city = c.city
         ORDER BY 1",
    );
    let expected = expected.await;
    assert!(expected.iter().any(|row| row.1.is_none()) && expected.iter().any(|row| row.2.is_none()));
    Ok(())
}

/// The customers who live where some employee does, and those whose agent does not live in their country.
#[tokio::test]
async fn customers_near_employees() -> Result {
    let shop = shop!();
    let query = {
        let near = Employee::city.eq(Customer::city).and(Employee::state.eq(Customer::state));
        let near = select::<Employee>().correlate::<Customer>().filter(near);
        select::<Customer>().filter(func::exists(near)).order_by(Customer::id).columns(Customer::id)
    };
    let near = shop.agree_column::<i32>(
        query,
        "SELECT customer_id FROM customer WHERE EXISTS (
             SELECT 1 FROM employee WHERE employee.city = customer.city AND employee.state = customer.state)
         ORDER BY customer_id",
    );
    assert_eq!(near.await, [14]);
    let query = select::<Customer>()
        .join(Customer::support_rep)
        .filter(Employee::country.is_distinct_from(Customer::country))
        .columns(func::count_all());
    let abroad = shop.agree_column::<i64>(
        query,
        "SELECT count(*) FROM customer JOIN employee ON employee.employee_id = customer.support_rep_id
         WHERE employee.country IS DISTINCT FROM customer.country",
    );
    assert_eq!(abroad.await, [51]);
    Ok(())
}
