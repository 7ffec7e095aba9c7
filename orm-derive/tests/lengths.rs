//! How long the compiler's errors are, and that no mistake is said twice.
//!
//! It reads the expected texts beside the compile-fail tests. What a line is worth: the compiler's own words around ours
//! are eleven lines or twelve where a bound is not met, so twelve is what a mistake in a query may take.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of mistakes in queries and statements, and how many lines an error has there at most.
const QUERIES: ([&str; 6], usize) = (["expressions", "options", "queries", "rows", "sql", "statements"], 12);

/// How many lines it has elsewhere: in what is derived, and in builders.
const ELSEWHERE: usize = 18;

/// Files with errors that are longer, how long, and why.
const LONGER: [(&str, usize, &str); 4] = [
    (
        "many_to_many/not_a_model.stderr",
        25,
        "the rows of a bare table are a model of the library's, of which the missing one is a part: the compiler shows how",
    ),
    ("ui_types/newtype_inner.stderr", 27, "the compiler lists types that a newtype may be around"),
    ("rows/types.stderr", 13, "the compiler proposes the name that was meant"),
    (
        "statements/rows.stderr",
        13,
        "a builder lacks a value: one line more says that it is about the builder",
    ),
];

/// Files in which something is said of one place twice, and why.
const TWICE: [(&str, &str); 2] = [
    (
        "many_to_many/not_a_model.stderr",
        "the library's model of a bare table's rows is asked for in three ways",
    ),
    (
        "ui_types/newtype_inner.stderr",
        "what is inside is asked for as a type of the newtype, and where it is read",
    ),
];

/// An error: what it says, where it stands, and how many lines it has.
struct Said {
    title: String,
    place: String,
    lines: usize,
}

fn texts(directory: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(directory).expect("the tests are there").map(|entry| entry.expect("it is read").path());
    let (directories, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let files =
        files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "stderr"));
    files.chain(directories.iter().flat_map(|directory| texts(directory))).collect()
}

fn errors(text: &str) -> Vec<Said> {
    let mut errors: Vec<Said> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if line.starts_with("error") || line.starts_with("warning") {
            errors.push(Said { title: line.to_owned(), place: String::new(), lines: 0 });
        }
        let Some(error) = errors.last_mut() else { continue };
        error.lines += 1;
        if let (true, Some((_, place))) = (error.place.is_empty(), line.split_once("--> ")) {
            error.place = place.to_owned();
        }
    }
    errors
}

/// The folder and the file of an expected text, and its errors.
fn all() -> Vec<(String, String, Vec<Said>)> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let read = |path: PathBuf| {
        let name = |path: &Path| {
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        };
        let folder = path.parent().map(name).unwrap_or_default();
        let text = fs::read_to_string(&path).expect("the text is read");
        (format!("{folder}/{}", name(&path)), folder, errors(&text))
    };
    texts(&tests).into_iter().map(read).collect()
}

#[test]
fn errors_are_short() {
    let (queries, in_queries) = QUERIES;
    let mut wrong = Vec::new();
    let mut longer: HashSet<&str> = LONGER.iter().map(|(file, ..)| *file).collect();
    for (file, folder, errors) in all() {
        let usual = if queries.contains(&folder.as_str()) { in_queries } else { ELSEWHERE };
        let longest = errors.iter().map(|error| error.lines).max().unwrap_or_default();
        let budget = LONGER.iter().find(|(longer, ..)| *longer == file).map_or(usual, |(_, lines, _)| *lines);
        if longest > usual {
            longer.remove(file.as_str());
        }
        let too_long = errors.iter().filter(|error| error.lines > budget);
        wrong.extend(
            too_long.map(|error| format!("{}: {} lines, at most {budget}", error.place, error.lines)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(longer.is_empty(), "these are short by now: {longer:?}");
}

#[test]
fn a_mistake_is_said_once() {
    let mut twice: HashSet<String> = HashSet::new();
    for (file, _, errors) in all() {
        let mut places = HashSet::new();
        if errors.iter().any(|error| !places.insert((&error.title, &error.place))) {
            twice.insert(file);
        }
    }
    let known: HashSet<String> = TWICE.iter().map(|(file, _)| (*file).to_owned()).collect();
    let (new, gone): (Vec<_>, Vec<_>) =
        (twice.difference(&known).collect(), known.difference(&twice).collect());
    assert!(new.is_empty(), "said twice of one place: {new:?}");
    assert!(gone.is_empty(), "these say it once by now: {gone:?}");
}
