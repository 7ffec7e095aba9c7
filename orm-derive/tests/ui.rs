//! What compiles and what does not, and with which words.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    for mistakes in [
        "builder",
        "contradictions",
        "keys",
        "many_to_many",
        "names",
        "relationships",
        "shapes",
        "syntax",
        "types",
        "unknown_words",
    ] {
        cases.compile_fail(format!("tests/ui/{mistakes}/*.rs"));
    }
}
