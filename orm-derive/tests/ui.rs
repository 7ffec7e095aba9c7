//! What compiles and what does not, and with which words.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    for mistakes in [
        "builder",
        "contradictions",
        "deferred",
        "expressions",
        "keys",
        "many_to_many",
        "names",
        "options",
        "relationships",
        "rows",
        "shapes",
        "sql",
        "statements",
        "syntax",
        "types",
        "unknown_words",
        "versions",
        "write_only",
    ] {
        cases.compile_fail(format!("tests/ui/{mistakes}/*.rs"));
    }
}
