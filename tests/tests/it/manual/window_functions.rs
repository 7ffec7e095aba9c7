//! Chapters 3.5 and 9.22, and 7.2.5: window functions.

use chrono::NaiveDate;
use orm_core::func;
use orm_core::prelude::*;
use orm_core::query::{Frame, Window, window};
use orm_tests::manual::EmpSalary;
use rust_decimal::Decimal;

use super::{Result, manual};

/// 3.5: each salary beside its department's mean.
#[tokio::test]
async fn a_mean_of_each_partition() -> Result {
    let manual = manual().await;
    let query = {
        let mean = func::avg(EmpSalary::salary).over(window().partition_by(EmpSalary::depname));
        select::<EmpSalary>().order_by((EmpSalary::depname, EmpSalary::empno)).columns((
            EmpSalary::depname,
            EmpSalary::empno,
            EmpSalary::salary,
            mean,
        ))
    };
    let sql = "SELECT depname, empno, salary, avg(salary) OVER (PARTITION BY depname) FROM empsalary ORDER BY depname, empno";
    let expected = manual.agree::<(String, i32, i32, Option<Decimal>)>(query, sql);
    let mut means = expected.await.into_iter().map(|row| row.3.map(|mean| mean.round_dp(2).to_string()));
    assert_eq!(means.clone().next(), Some(Some("5020.00".to_owned())));
    assert_eq!(means.next_back(), Some(Some("4866.67".to_owned())));
    Ok(())
}

/// 3.5: a rank within each partition.
#[tokio::test]
async fn a_rank_in_each_partition() -> Result {
    let manual = manual().await;
    let query = {
        let best = window().partition_by(EmpSalary::depname).order_by(EmpSalary::salary.desc());
        let rank = func::rank().over(best);
        select::<EmpSalary>().order_by((EmpSalary::depname, rank.clone(), EmpSalary::empno)).columns((
            EmpSalary::depname,
            EmpSalary::empno,
            EmpSalary::salary,
            rank,
        ))
    };
    let expected = manual.agree::<(String, i32, i32, i64)>(
        query,
        "SELECT depname, empno, salary, rank() OVER (PARTITION BY depname ORDER BY salary DESC)
         FROM empsalary ORDER BY depname, 4, empno",
    );
    let ranks = expected.await.into_iter().map(|row| row.3).collect::<Vec<_>>();
    assert_eq!(ranks, [1, 2, 2, 4, 5, 1, 2, 1, 2, 2]);
    Ok(())
}

/// 3.5: frames: the whole table, and all up to the row's peers.
#[tokio::test]
async fn sums_over_frames() -> Result {
    let manual = manual().await;
    let query = select::<EmpSalary>()
        .order_by(EmpSalary::empno)
        .columns((EmpSalary::salary, func::sum(EmpSalary::salary).over(window())));
    let whole = manual.agree::<(i32, Option<i64>)>(
        query,
        "SELECT salary, sum(salary) OVER () FROM empsalary ORDER BY empno",
    );
    assert!(whole.await.iter().all(|row| row.1 == Some(47100)));
    let query = select::<EmpSalary>().order_by((EmpSalary::salary, EmpSalary::empno)).columns((
        EmpSalary::salary,
        func::sum(EmpSalary::salary).over(window().order_by(EmpSalary::salary)),
    ));
    let running = manual.agree::<(i32, Option<i64>)>(
        query,
        "SELECT salary, sum(salary) OVER (ORDER BY salary) FROM empsalary ORDER BY salary, empno",
    );
    let sums = running.await.into_iter().filter_map(|row| row.1).collect::<Vec<_>>();
    assert_eq!(sums, [3500, 7400, 11600, 16100, 25700, 25700, 30700, 41100, 41100, 47100]);
    Ok(())
}

#[derive(FromRow)]
struct Ss {
    depname: String,
    empno: i32,
    salary: i32,
    enroll_date: NaiveDate,
    pos: i64,
}

/// 3.5: a window's result is filtered in a subquery around it.
#[tokio::test]
async fn the_best_two_of_each_partition() -> Result {
    let manual = manual().await;
    let best =
        window().partition_by(EmpSalary::depname).order_by((EmpSalary::salary.desc(), EmpSalary::empno));
    let ss = select::<EmpSalary>().columns(row!(Ss {
        depname: EmpSalary::depname,
        empno: EmpSalary::empno,
        salary: EmpSalary::salary,
        enroll_date: EmpSalary::enroll_date,
        pos: func::rank().over(best),
    }));
    let query = ss.subquery().select().filter(Ss::pos.lt(3)).order_by((Ss::depname, Ss::pos));
    let query = query.columns((Ss::depname, Ss::empno, Ss::salary, Ss::enroll_date));
    let expected = manual.agree::<(String, i32, i32, NaiveDate)>(
        query,
        "SELECT depname, empno, salary, enroll_date
         FROM (SELECT depname, empno, salary, enroll_date,
                      rank() OVER (PARTITION BY depname ORDER BY salary DESC, empno) AS pos
               FROM empsalary) AS ss
         WHERE pos < 3 ORDER BY depname, pos",
    );
    let numbers = expected.await.into_iter().map(|row| row.1).collect::<Vec<_>>();
    assert_eq!(numbers, [8, 10, 2, 5, 1, 3]);
    Ok(())
}

/// 3.5 and 7.2.5: two functions over one named window.
#[tokio::test]
async fn a_named_window() -> Result {
    let manual = manual().await;
    let query = {
        let w = window().partition_by(EmpSalary::depname).order_by(EmpSalary::salary.desc());
        let named = || Window::named("w");
        select::<EmpSalary>()
            .window("w", w)
            .order_by((EmpSalary::depname, EmpSalary::salary.desc(), EmpSalary::empno))
            .columns((func::sum(EmpSalary::salary).over(named()), func::avg(EmpSalary::salary).over(named())))
    };
    let expected = manual.agree::<(Option<i64>, Option<Decimal>)>(
        query,
        "SELECT sum(salary) OVER w, avg(salary) OVER w FROM empsalary
         WINDOW w AS (PARTITION BY depname ORDER BY salary DESC) ORDER BY depname, salary DESC, empno",
    );
    assert_eq!(expected.await[1], (Some(16400), Some("5466.6666666666666667".parse()?)));
    Ok(())
}

/// 9.22: the window functions.
#[tokio::test]
async fn all_window_functions() -> Result {
    let manual = manual().await;
    type Row = (i32, i64, i64, i64, f64, f64, i32);
    let query = {
        let w = || window().order_by((EmpSalary::salary, EmpSalary::empno));
        select::<EmpSalary>().order_by((EmpSalary::salary, EmpSalary::empno)).columns((
            EmpSalary::empno,
            func::row_number().over(w().rows(Frame::UnboundedPreceding, Frame::CurrentRow)),
            func::rank().over(w()),
            func::dense_rank().over(w()),
            func::percent_rank().over(w()),
            func::cume_dist().over(w()),
            func::ntile(3).over(w()),
        ))
    };
    let ranks = manual.agree::<Row>(
        query,
        "SELECT empno, row_number() OVER (w ROWS UNBOUNDED PRECEDING), rank() OVER w, dense_rank() OVER w,
                percent_rank() OVER w, cume_dist() OVER w, ntile(3) OVER w
         FROM empsalary WINDOW w AS (ORDER BY salary, empno) ORDER BY salary, empno",
    );
    let ranks = ranks.await;
    assert_eq!((ranks[9].1, ranks[9].4, ranks[9].5, ranks[9].6), (10, 1.0, 1.0, 3));
    Ok(())
}

/// 9.22: the window functions that bring values of other rows.
#[tokio::test]
async fn values_of_other_rows() -> Result {
    let manual = manual().await;
    type Values = (i32, Option<i32>, Option<i32>, Option<i32>, Option<i32>, Option<i32>, Option<i32>);
    let query = {
        let w = || window().partition_by(EmpSalary::depname).order_by(EmpSalary::empno);
        select::<EmpSalary>().order_by((EmpSalary::depname, EmpSalary::empno)).columns((
            EmpSalary::empno,
            func::lag(EmpSalary::salary, 1).over(w()),
            func::nullable(func::lag_or(EmpSalary::salary, 2, 0).over(w())),
            func::lead(EmpSalary::salary, 1).over(w()),
            func::first_value(EmpSalary::salary).over(w()),
            func::last_value(EmpSalary::salary).over(w()),
            func::nth_value(EmpSalary::salary, 2).over(w()),
        ))
    };
    let sql = "SELECT empno, lag(salary) OVER w, lag(salary, 2, 0) OVER w, lead(salary) OVER w, first_value(salary) OVER w,
                last_value(salary) OVER w, nth_value(salary, 2) OVER w
         FROM empsalary WINDOW w AS (PARTITION BY depname ORDER BY empno) ORDER BY depname, empno";
    let values = manual.agree::<Values>(query, sql);
    let values = values.await;
    assert_eq!(values[0], (7, None, Some(0), Some(6000), Some(4200), Some(4200), None));
    Ok(())
}

/// 4.2.8, which 9.22 builds on: frames by rows, range and groups, and what they leave out.
#[tokio::test]
async fn frames() -> Result {
    let manual = manual().await;
    type Row = (i32, Option<i64>, Option<i64>, Option<i64>, Option<i64>, i64);
    let sum = || func::sum(EmpSalary::salary);
    let by_salary = || window().order_by(EmpSalary::salary);
    let each = window().order_by((EmpSalary::salary, EmpSalary::empno));
    let query = select::<EmpSalary>().order_by((EmpSalary::salary, EmpSalary::empno)).columns((
        EmpSalary::empno,
        sum().over(each.rows(Frame::Preceding(1), Frame::Following(1))),
        sum().over(by_salary().range(Frame::Preceding(300), Frame::CurrentRow)),
        sum().over(by_salary().groups(Frame::CurrentRow, Frame::Following(1))),
        sum().over(
            by_salary().rows(Frame::UnboundedPreceding, Frame::UnboundedFollowing).exclude_current_row(),
        ),
        func::count_all()
            .filter(EmpSalary::depname.ne("sales"))
            .over(window().partition_by(EmpSalary::depname)),
    ));
    let expected = manual.agree::<Row>(
        query,
        "SELECT empno,
                sum(salary) OVER (ORDER BY salary, empno ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING),
                sum(salary) OVER (ORDER BY salary RANGE BETWEEN 300 PRECEDING AND CURRENT ROW),
                sum(salary) OVER (ORDER BY salary GROUPS BETWEEN CURRENT ROW AND 1 FOLLOWING),
                sum(salary) OVER (ORDER BY salary ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                                  EXCLUDE CURRENT ROW),
                count(*) FILTER (WHERE depname <> 'sales') OVER (PARTITION BY depname)
         FROM empsalary ORDER BY salary, empno",
    );
    let expected = expected.await;
    assert_eq!(expected[0], (5, Some(7400), Some(3500), Some(7400), Some(43600), 2));
    Ok(())
}
