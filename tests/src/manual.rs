//! The tables that PostgreSQL's manual asks questions of, each with a key where the manual's has none.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use orm_core::ColumnEnum;
use orm_core::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

#[derive(Model, Debug, Clone)]
#[orm(table = "weather")]
pub struct Weather {
    #[orm(primary_key)]
    pub id: i32,
    pub city: String,
    pub temp_lo: i32,
    pub temp_hi: i32,
    pub prcp: Option<f32>,
    pub date: NaiveDate,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "cities")]
pub struct City {
    #[orm(primary_key)]
    pub name: String,
    pub location: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "empsalary")]
pub struct EmpSalary {
    #[orm(primary_key)]
    pub empno: i32,
    pub depname: String,
    pub salary: i32,
    pub enroll_date: NaiveDate,
}

/// The two tables that are joined in 7.2.1.
#[derive(Model, Debug, Clone)]
#[orm(table = "t1")]
pub struct T1 {
    #[orm(primary_key)]
    pub num: i32,
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "t2")]
pub struct T2 {
    #[orm(primary_key)]
    pub num: i32,
    pub value: String,
}

/// The table that is grouped in 7.2.3.
#[derive(Model, Debug, Clone)]
#[orm(table = "test1")]
pub struct Test1 {
    #[orm(primary_key)]
    pub id: i32,
    pub x: String,
    pub y: i32,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "products")]
pub struct Product {
    #[orm(primary_key)]
    pub product_id: i32,
    pub name: String,
    pub price: Decimal,
    pub cost: Decimal,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "sales")]
pub struct Sale {
    #[orm(primary_key)]
    pub id: i32,
    #[orm(belongs_to(product: Product))]
    pub product_id: i32,
    pub units: i32,
    pub date: NaiveDate,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "items_sold")]
pub struct ItemSold {
    #[orm(primary_key)]
    pub id: i32,
    pub brand: String,
    pub size: String,
    pub sales: i32,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "orders")]
pub struct Order {
    #[orm(primary_key)]
    pub id: i32,
    pub region: String,
    pub product: String,
    pub quantity: i32,
    pub amount: i32,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "parts")]
pub struct Part {
    #[orm(primary_key)]
    pub part: String,
    #[orm(primary_key)]
    pub sub_part: String,
    pub quantity: i32,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "tree")]
pub struct Tree {
    #[orm(primary_key)]
    pub id: i32,
    pub link: Option<i32>,
    pub data: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "graph")]
pub struct Graph {
    #[orm(primary_key)]
    pub id: i32,
    #[orm(primary_key)]
    pub link: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ColumnEnum)]
#[orm(type = "rainbow")]
pub enum Rainbow {
    Red,
    Orange,
    Yellow,
    Green,
    Blue,
    Purple,
}

/// One row, whose columns the expressions of chapter 9 read.
#[derive(Model, Debug, Clone)]
#[orm(table = "samples")]
pub struct Sample {
    #[orm(primary_key)]
    pub id: i32,
    pub name: String,
    pub missing: Option<String>,
    pub number: i32,
    pub nothing: Option<i32>,
    pub large: i64,
    pub amount: Decimal,
    pub ratio: f64,
    pub flag: bool,
    pub unknown: Option<bool>,
    pub day: NaiveDate,
    pub clock: NaiveTime,
    pub moment: NaiveDateTime,
    pub instant: DateTime<Utc>,
    pub bytes: Vec<u8>,
    pub tags: Vec<String>,
    pub numbers: Vec<i32>,
    pub document: Value,
    pub color: Rainbow,
}

pub const TABLES: [&orm_core::model::Table; 14] = models![
    Weather, City, EmpSalary, T1, T2, Test1, Product, Sale, ItemSold, Order, Part, Tree, Graph, Sample
];

pub const ROWS: &str = r#"
INSERT INTO weather (id, city, temp_lo, temp_hi, prcp, date) VALUES
    (1, 'San Francisco', 46, 50, 0.25, '1994-11-27'), (2, 'San Francisco', 43, 57, 0.0, '1994-11-29'),
    (3, 'Hayward', 37, 54, NULL, '1994-11-29');
INSERT INTO cities (name, location) VALUES ('San Francisco', '(-194.0, 53.0)');
INSERT INTO empsalary (depname, empno, salary, enroll_date) VALUES
    ('develop', 11, 5200, '2007-08-01'), ('develop', 7, 4200, '2008-01-01'), ('develop', 9, 4500, '2008-01-01'),
    ('develop', 8, 6000, '2006-10-01'), ('develop', 10, 5200, '2007-08-01'), ('personnel', 5, 3500, '2007-12-10'),
    ('personnel', 2, 3900, '2006-12-23'), ('sales', 3, 4800, '2007-08-01'), ('sales', 1, 5000, '2006-10-01'),
    ('sales', 4, 4800, '2007-08-08');
INSERT INTO t1 (num, name) VALUES (1, 'a'), (2, 'b'), (3, 'c');
INSERT INTO t2 (num, value) VALUES (1, 'xxx'), (3, 'yyy'), (5, 'zzz');
INSERT INTO test1 (id, x, y) VALUES (1, 'a', 3), (2, 'c', 2), (3, 'b', 5), (4, 'a', 1);
INSERT INTO products (product_id, name, price, cost) VALUES
    (1, 'pen', 2.5, 1), (2, 'paper', 5, 4), (3, 'ink', 12, 9);
INSERT INTO sales (id, product_id, units, date) VALUES
    (1, 1, 10, current_date), (2, 1, 2500, current_date - 5), (3, 3, 1, current_date - 100), (4, 3, 700, current_date - 1);
INSERT INTO items_sold (id, brand, size, sales) VALUES
    (1, 'Foo', 'L', 10), (2, 'Foo', 'M', 20), (3, 'Bar', 'M', 15), (4, 'Bar', 'L', 5);
INSERT INTO orders (id, region, product, quantity, amount) VALUES
    (1, 'north', 'pen', 10, 100), (2, 'north', 'ink', 5, 400), (3, 'south', 'pen', 1, 10), (4, 'south', 'ink', 1, 30),
    (5, 'west', 'pen', 40, 350);
INSERT INTO parts (part, sub_part, quantity) VALUES
    ('our_product', 'frame', 1), ('our_product', 'wheel', 2), ('wheel', 'spoke', 30), ('wheel', 'tyre', 1),
    ('frame', 'tube', 3), ('car', 'wheel', 4);
INSERT INTO tree (id, link, data) VALUES
    (1, NULL, 'root'), (2, 1, 'left'), (3, 1, 'right'), (4, 2, 'left of left'), (5, 3, 'left of right');
INSERT INTO graph (id, link) VALUES (1, 2), (2, 3), (3, 1), (3, 4);
INSERT INTO samples VALUES (
    1, 'Thomas', NULL, 42, NULL, 9, 42.4382, 0.5, TRUE, NULL, '2001-09-28', '17:12:28.5', '2001-02-16 20:38:40',
    '2001-02-16 20:38:40-05', '\x1234567890', '{sun,mon,tue}', '{1,4,3}',
    '{"a": {"b": ["foo", "bar"]}, "c": 1, "list": [1, 2, 3, 4, 5]}', 'orange');
"#;
