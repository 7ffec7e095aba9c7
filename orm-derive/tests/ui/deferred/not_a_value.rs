//! A deferred column is awaited, and given as the value that it is.

use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Letter {
    #[orm(primary_key)]
    id: i64,
    #[orm(deferred)]
    text: Deferred<String>,
}

fn lengths(letter: &Entity<Letter>) -> usize {
    letter.edit().text = "not wrapped".to_owned();
    letter.text.len()
}

fn wrong_model(letter: Letter) {
    let _ = Letter::builder().text(7);
    let _ = select::<Letter>().options(load_only((Letter::text, letter)));
}

fn main() {}
