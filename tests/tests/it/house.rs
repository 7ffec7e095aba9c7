//! The house rules that a reader relies on, checked on the sources: floors, sizes, headers, examples, dependencies with
//! a reason.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenTree;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// The floors of `orm-core`, from the ground up. A module uses only modules of its own floor or below.
const FLOORS: [&[&str]; 10] = [
    &["error"],
    &["types", "model", "schema"],
    &["query"],
    &["graph"],
    &["connection"],
    &["unit_of_work"],
    &["loading", "writing"],
    &["entity"],
    &["session"],
    &["lib", "prelude", "private"],
];

const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 40;
const LONGEST_FUNCTION_WITH_QUOTE: usize = 60;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The Rust files below a directory of the workspace, with their text.
fn sources(directory: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(directory)];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).expect("the directory can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("the file can be read");
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "{directory} has sources");
    found
}

fn all_sources() -> Vec<(PathBuf, String)> {
    let directories =
        ["orm-core/src", "orm-derive/src", "orm-testing/src", "orm-examples/src", "tests/src", "tests/tests"];
    directories.iter().flat_map(|directory| sources(directory)).collect()
}

/// The module at the top of the crate that a file belongs to.
fn top_module(path: &Path) -> String {
    let source = root().join("orm-core/src");
    let inside = path.strip_prefix(source).expect("the file is in orm-core");
    let first = inside.components().next().expect("the path is not empty");
    first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|modules| modules.contains(&module))
}

/// The modules that a file names as `crate::module`, outside of comments.
fn named_modules(text: &str) -> Vec<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let word =
        |rest: &str| rest.chars().take_while(|other| other.is_alphanumeric() || *other == '_').collect();
    code.flat_map(|line| line.split("crate::").skip(1).map(word).collect::<Vec<String>>()).collect()
}

#[test]
fn no_module_imports_from_a_higher_floor() {
    let mut wrong = Vec::new();
    for (path, text) in sources("orm-core/src") {
        let module = top_module(&path);
        let own = floor(&module).unwrap_or_else(|| panic!("`{module}` stands on no floor"));
        let higher =
            named_modules(&text).into_iter().filter(|named| floor(named).is_some_and(|floor| floor > own));
        wrong.extend(higher.map(|named| format!("{} uses {named}", path.display())));
    }
    assert!(wrong.is_empty(), "imports go down:\n{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_and_is_not_too_long() {
    let mut wrong = Vec::new();
    for (path, text) in all_sources() {
        let lines = text.lines().count();
        if !text.starts_with("//!") {
            wrong.push(format!("{} does not open with //!", path.display()));
        }
        if lines > LONGEST_FILE {
            wrong.push(format!("{} has {lines} lines", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Functions that are too long, with their lines.
#[derive(Default)]
struct Long(Vec<(String, usize)>);

impl Long {
    fn look_at(&mut self, name: &syn::Ident, block: &syn::Block) {
        let span = block.span();
        let lines = span.end().line - span.start().line + 1;
        let quotes = has_quote(quote::ToTokens::to_token_stream(block));
        if lines > if quotes { LONGEST_FUNCTION_WITH_QUOTE } else { LONGEST_FUNCTION } {
            self.0.push((name.to_string(), lines));
        }
    }
}

/// Whether there is a `quote!` in it; a function that quotes names of tables is none.
fn has_quote(tokens: proc_macro2::TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_macro = |pair: &[TokenTree]| match pair {
        [TokenTree::Ident(name), TokenTree::Punct(mark)] => {
            (name == "quote" || name == "quote_spanned") && mark.as_char() == '!'
        }
        _ => false,
    };
    tokens.windows(2).any(is_macro)
        || tokens.iter().any(|token| matches!(token, TokenTree::Group(group) if has_quote(group.stream())))
}

impl<'ast> Visit<'ast> for Long {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.look_at(&function.sig.ident, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.look_at(&function.sig.ident, &function.block);
        visit::visit_impl_item_fn(self, function);
    }
}

#[test]
fn no_function_is_too_long() {
    let mut wrong = Vec::new();
    for (path, text) in all_sources() {
        let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut long = Long::default();
        long.visit_file(&file);
        wrong.extend(
            long.0.iter().map(|(name, lines)| format!("{}: {name} has {lines} lines", path.display())),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn library_code_does_not_unwrap_or_panic() {
    let mut wrong = Vec::new();
    for directory in ["orm-core/src", "orm-derive/src"] {
        for (path, text) in sources(directory) {
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let is_test = path.to_string_lossy().contains("tests") || path.ends_with("fixture.rs");
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//") && !is_test);
            let bad = lines.filter(|line| line.contains(".unwrap()") || line.contains("todo!("));
            wrong.extend(bad.map(|line| format!("{}: {line}", path.display())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_dependency_has_a_reason() {
    let reasons = fs::read_to_string(root().join("CONTRIBUTING.md")).expect("CONTRIBUTING.md is there");
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml is there");
    let (_, table) = manifest.split_once("[workspace.dependencies]").expect("the workspace has dependencies");
    let table = table.split("\n[").next().unwrap_or_default();
    let names = table.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name);
    let missing: Vec<_> = names.filter(|name| !reasons.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "CONTRIBUTING.md gives no reason for {missing:?}");
}

/// Where, under `orm-core/src`, the items stand that the crate's root exports; but for `entity/handle`, which generated
/// code alone names.
const EXPORTED: &str = "session entity error loading/option loading/select query/column query/condition \
                        query/operand query/order query/parameter";

type Documented<'a> = (&'a syn::Visibility, &'a syn::Ident, &'a [syn::Attribute]);

/// The item itself, or the functions of an `impl`.
fn documented(item: &syn::Item) -> Vec<Documented<'_>> {
    match item {
        syn::Item::Fn(item) => vec![(&item.vis, &item.sig.ident, &item.attrs)],
        syn::Item::Struct(item) => vec![(&item.vis, &item.ident, &item.attrs)],
        syn::Item::Enum(item) => vec![(&item.vis, &item.ident, &item.attrs)],
        syn::Item::Trait(item) => vec![(&item.vis, &item.ident, &item.attrs)],
        syn::Item::Impl(item) => {
            let functions = item.items.iter().filter_map(|item| match item {
                syn::ImplItem::Fn(item) => Some((&item.vis, &item.sig.ident, &*item.attrs)),
                _ => None,
            });
            functions.collect()
        }
        _ => Vec::new(),
    }
}

fn needs_example((visibility, _, attributes): &Documented<'_>) -> bool {
    let docs = attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let mut docs = docs.map(|doc| quote::ToTokens::to_token_stream(doc).to_string());
    matches!(visibility, syn::Visibility::Public(_))
        && !docs.any(|doc| doc.contains("```") || doc.contains("(hidden)"))
}

#[test]
fn what_applications_name_has_an_example() {
    let source = root().join("orm-core/src");
    let mut bare = Vec::new();
    for (path, text) in sources("orm-core/src") {
        let file = path.strip_prefix(&source).expect("the file is in orm-core").to_string_lossy();
        let is_exported = EXPORTED.split(' ').any(|exported| file.starts_with(exported));
        if !is_exported || file == "entity/handle.rs" {
            continue;
        }
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let items = parsed.items.iter().flat_map(documented).filter(needs_example);
        bare.extend(items.map(|(_, name, _)| format!("{file}: {name}")));
    }
    assert!(bare.is_empty(), "no example in the documentation of\n{}", bare.join("\n"));
}
