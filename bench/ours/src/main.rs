//! This library as a contestant.

fn main() -> harness::Result<()> {
    harness::serve::<bench_ours::Ours>()
}
