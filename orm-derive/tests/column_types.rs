//! `ColumnEnum` and `ColumnNewtype`: what they generate, and one ui test per mistake.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use orm_core::__private::postgres_types::{FromSql, Kind, ToSql, Type};
use orm_core::types::{ArrayElement, ColumnEnum as _, ColumnType, DataType, IntoColumn, IntoKey, State};
use orm_derive::{ColumnEnum, ColumnNewtype};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ColumnEnum)]
enum Status {
    Open,
    InProgress,
    #[orm(rename = "done!")]
    Done,
    r#Final,
}

#[derive(Debug, Clone, PartialEq, ColumnEnum)]
#[orm(type = "app.mood", rename_all = "kebab-case")]
enum Mood {
    VeryHappy,
    Sad,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, ColumnEnum)]
enum Single {
    Only,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ColumnNewtype)]
struct UserId(i64);

#[derive(Debug, Clone, PartialEq, ColumnNewtype)]
struct Email {
    text: String,
}

#[derive(Debug, Clone, PartialEq, ColumnNewtype)]
struct Tags(Vec<String>);

#[derive(Debug, Clone, PartialEq, ColumnNewtype)]
struct Wrapped(Status);

fn hash(feed: impl FnOnce(&mut DefaultHasher)) -> u64 {
    let mut hasher = DefaultHasher::new();
    feed(&mut hasher);
    hasher.finish()
}

fn enum_type(name: &str) -> Type {
    Type::new(name.to_owned(), 100_000, Kind::Enum(Vec::new()), "public".to_owned())
}

#[test]
fn labels_follow_the_variants() {
    assert_eq!(Status::LABELS, ["open", "in_progress", "done!", "final"]);
    assert_eq!(Mood::LABELS, ["very-happy", "sad"]);
    assert_eq!(Status::from_label("in_progress"), Some(Status::InProgress));
    assert_eq!(Status::from_label("InProgress"), None);
}

#[test]
fn an_enum_is_text_or_a_postgresql_enum() {
    assert_eq!((Status::SQL_TYPE.name, Status::SQL_TYPE.labels.len()), ("text", 0));
    assert_eq!((Mood::SQL_TYPE.name, Mood::SQL_TYPE.labels), ("app.mood", Mood::LABELS));
    assert_eq!(<Vec<Mood>>::SQL_TYPE.to_string(), "app.mood[]");
    assert!(<Status as FromSql<'_>>::accepts(&Type::VARCHAR));
    assert!(!<Status as FromSql<'_>>::accepts(&enum_type("mood")));
    assert!(<Mood as FromSql<'_>>::accepts(&enum_type("mood")));
    assert!(!<Mood as FromSql<'_>>::accepts(&enum_type("moods")));
    assert!(!<Mood as FromSql<'_>>::accepts(&Type::TEXT));
}

#[test]
fn an_unknown_label_names_the_enum_and_the_label() {
    let error = Status::from_sql(&Type::TEXT, b"closed").expect_err("there is no such variant");
    assert_eq!(error.to_string(), "enum `Status` has no variant with the label `closed`");
}

#[test]
fn a_value_is_written_as_its_label_and_only_into_its_type() {
    let mut out = orm_core::__private::BytesMut::new();
    Status::Done.to_sql_checked(&Type::TEXT, &mut out).expect("text takes the label");
    assert_eq!(&out[..], b"done!");
    assert!(Status::Done.to_sql_checked(&Type::INT8, &mut out).is_err());
}

#[test]
fn keys_hash_as_a_derived_hash_does() {
    for status in Status::VARIANTS {
        assert_eq!(hash(|state| status.hash_value(state)), hash(|state| status.hash(state)));
    }
    assert_eq!(hash(|state| Single::Only.hash_value(state)), hash(|state| Single::Only.hash(state)));
    assert_eq!(hash(|state| UserId(7).hash_value(state)), hash(|state| UserId(7).hash(state)));
}

#[test]
fn keys_are_ordered() {
    assert!(Status::Open.compare(&Status::InProgress).is_lt());
    assert!(UserId(2).compare(&UserId(1)).is_gt());
}

#[test]
fn a_newtype_is_what_its_inner_type_is() {
    assert_eq!(UserId::SQL_TYPE, i64::SQL_TYPE);
    const { assert!(<UserId as DataType>::KeyState::IS_SET) };
    assert_eq!(<Vec<Email>>::SQL_TYPE.to_string(), "text[]");
    assert_eq!(Tags::SQL_TYPE.to_string(), "text[]");
    assert_eq!(Wrapped::SQL_TYPE.name, "text");
    assert_eq!(<Email as DataType>::unset(), Email { text: String::new() });
    let mut out = orm_core::__private::BytesMut::new();
    UserId(1).to_sql_checked(&Type::INT8, &mut out).expect("bigint takes it");
    assert_eq!(UserId::from_sql(&Type::INT8, &out).expect("it reads what it wrote"), UserId(1));
    assert!(!<UserId as FromSql<'_>>::accepts(&Type::INT4));
}

#[test]
fn both_are_columns_and_keys() {
    fn column<T: ColumnType>() -> bool {
        T::NULLABLE
    }
    fn element<T: ArrayElement>() {}
    assert!(!column::<Status>() && column::<Option<UserId>>() && !column::<Vec<Mood>>());
    element::<Mood>();
    element::<UserId>();
    let key: UserId = UserId(1).into_key();
    let nullable: Option<UserId> = key.into_column();
    assert_eq!(nullable, Some(UserId(1)));
}

#[test]
fn mistakes_are_errors_on_the_word() {
    trybuild::TestCases::new().compile_fail("tests/ui_types/*.rs");
}
