//! A column of every data type.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use orm_core::prelude::*;
use orm_core::types::Json;
use rust_decimal::Decimal;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, ColumnEnum)]
pub enum Status {
    Open,
    InProgress,
}

#[derive(Debug, Clone, PartialEq, ColumnEnum)]
#[orm(type = "taste")]
pub enum Taste {
    Sweet,
    Sour,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, ColumnNewtype)]
pub struct Owner(pub i64);

#[derive(Model, Debug, Clone)]
#[orm(table = "samples")]
pub struct Sample {
    #[orm(primary_key)]
    pub id: i64,
    pub small: i16,
    pub whole: Option<i32>,
    pub real: f32,
    pub double: Option<f64>,
    pub flag: Option<bool>,
    pub text: String,
    pub bytes: Option<Vec<u8>>,
    pub token: Uuid,
    pub at: DateTime<Utc>,
    pub local: Option<NaiveDateTime>,
    pub day: NaiveDate,
    pub hour: NaiveTime,
    pub amount: Option<Decimal>,
    pub document: Json<serde_json::Value>,
    pub status: Status,
    pub taste: Option<Taste>,
    pub owner: Owner,
    pub numbers: Vec<i32>,
    pub words: Option<Vec<String>>,
    #[orm(type = "address")]
    pub address: String,
    #[orm(type = "varchar(20)")]
    pub short: Option<String>,
}

pub const TABLES: [&orm_core::model::Table; 1] = models![Sample];

/// One in which everything is something, down to what is hard to write.
pub fn filled(id: i64) -> Sample {
    let day = NaiveDate::from_ymd_opt(2024, 2, 29).expect("it was one");
    let hour = NaiveTime::from_hms_micro_opt(23, 59, 59, 123_456).expect("it is one");
    Sample {
        whole: Some(i32::MIN),
        double: Some(-1.5e300),
        flag: Some(true),
        bytes: Some(vec![0, 1, 255]),
        local: Some(day.and_time(hour)),
        amount: Some(Decimal::new(-12_345, 3)),
        taste: Some(Taste::Sour),
        words: Some(vec![String::new(), "a,\"{}".to_owned()]),
        short: Some("short".to_owned()),
        numbers: vec![1, -2],
        text: "tab\tline\nend \\. 'ö'".to_owned(),
        ..empty(id)
    }
}

/// One in which everything is NULL that may be.
pub fn empty(id: i64) -> Sample {
    let day = NaiveDate::from_ymd_opt(1969, 12, 31).expect("it was one");
    Sample {
        id,
        small: i16::MAX,
        whole: None,
        real: 0.5,
        double: None,
        flag: None,
        text: String::new(),
        bytes: None,
        token: Uuid::from_u128(7),
        at: day.and_time(NaiveTime::MIN).and_utc(),
        local: None,
        day,
        hour: NaiveTime::MIN,
        amount: None,
        document: Json(serde_json::json!({"a": [1, null, "b"]})),
        status: Status::InProgress,
        taste: None,
        owner: Owner(id),
        numbers: Vec::new(),
        words: None,
        address: format!("{id}@x.org"),
        short: None,
    }
}

/// The builder of a sample.
#[macro_export]
macro_rules! sample_builder {
    ($sample:expr) => {{
        let sample: $crate::samples::Sample = $sample;
        $crate::samples::Sample::builder()
            .id(sample.id)
            .small(sample.small)
            .whole(sample.whole)
            .real(sample.real)
            .double(sample.double)
            .flag(sample.flag)
            .text(sample.text)
            .bytes(sample.bytes)
            .token(sample.token)
            .at(sample.at)
            .local(sample.local)
            .day(sample.day)
            .hour(sample.hour)
            .amount(sample.amount)
            .document(sample.document)
            .status(sample.status)
            .taste(sample.taste)
            .owner(sample.owner)
            .numbers(sample.numbers)
            .words(sample.words)
            .address(sample.address)
            .short(sample.short)
    }};
}
