//! Deferred columns of every kind, next to names that they could clash with.

use orm_core::types::Deferred as Later;

#[derive(orm_core::Model, Debug, Clone, PartialEq, Eq, Hash, Default)]
#[orm(table = "letters")]
pub struct Letter {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(deferred)]
    pub text: Later<String>,
    #[orm(deferred(group = type_of_scan), index, column = "summary_text", type = "varchar(80)")]
    summary: Later<Option<String>>,
    #[orm(deferred(raise, group = type_of_scan))]
    pub(crate) r#type: Later<Option<i32>>,
    #[orm(deferred, fetched)]
    pub count: Later<Option<i64>>,
}

fn is_future<T>(_: &impl Future<Output = orm_core::Result<T>>) {}

fn accessors(letter: &orm_core::Entity<Letter>) -> orm_core::Result<&String> {
    is_future::<&String>(&letter.text());
    is_future::<&Option<i32>>(&letter.r#type());
    let _: &Option<String> = letter.summary.get()?;
    letter.text().get()
}

fn main() {
    let _ = accessors;
    let literal = Letter { text: Later::new("text"), ..Letter::default() };
    assert!(literal.summary.is_not_loaded() && literal.text.loaded().is_some());
    let new = Letter::builder().text("text").summary(None).r#type(7);
    let _ = new;
    let _: orm_core::Column<Letter, Option<String>> = Letter::summary;
}
