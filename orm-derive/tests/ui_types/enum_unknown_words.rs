//! Unknown words on the enum and on a variant, all reported at once.

#[derive(Debug, Clone, PartialEq, orm_derive::ColumnEnum)]
#[orm(tpye = "mood", rename_all = "snake-case")]
enum Mood {
    #[orm(renam = "happy")]
    Happy,
    #[orm(primary_key)]
    Sad,
    #[orm(rename)]
    Angry,
    #[orm(rename = "")]
    Calm,
    #[orm(rename = "a", rename = "b")]
    Odd,
}

fn main() {}
