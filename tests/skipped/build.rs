//! Looks for what tests need and a checkout may not have.

use std::path::Path;

fn main() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/chinook/chinook.sql");
    // A file that is not there is looked for again at every build.
    println!("cargo::rerun-if-changed={}", file.display());
    println!("cargo::rustc-check-cfg=cfg(chinook_is_missing)");
    if !file.exists() {
        println!("cargo::rustc-cfg=chinook_is_missing");
    }
}
