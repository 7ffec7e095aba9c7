//! Names: a table's from its struct's, and those that generated code needs for itself.

use syn::Ident;
use syn::ext::IdentExt;

/// PostgreSQL cuts longer names off, silently.
pub(crate) const LONGEST: usize = 63;

/// What a column cannot be called: it would clash with a function of the model.
pub(crate) const RESERVED_COLUMNS: &[&str] = &["builder"];

/// What a relationship cannot be called: on an entity, the name already means something else.
pub(crate) const RESERVED_RELATIONSHIPS: &[&str] = &[
    // The model's own.
    "builder",
    // Functions of `Entity`.
    "edit",
    "handle",
    "key",
    "node",
    "session",
    "state",
    "value",
    // Methods of traits in every scope, which `Entity` has.
    "as_ref",
    "borrow",
    "borrow_mut",
    "clone",
    "clone_from",
    "clone_into",
    "eq",
    "fmt",
    "from",
    "hash",
    "into",
    "ne",
    "serialize",
    "to_owned",
    "to_string",
    "try_into",
    "type_id",
];

/// The name as it is spelled in strings: without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// A number that stands for a relationship's name where only numbers can: FNV-1a.
pub(crate) fn number(name: &str) -> u64 {
    name.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// `OrderLine` as `order_line`, `HTTPServer` as `http_server`.
pub(crate) fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (i, letter) in letters.iter().enumerate() {
        let after_lower = i > 0 && (letters[i - 1].is_lowercase() || letters[i - 1].is_numeric());
        let before_lower = i > 0
            && letters[i - 1].is_uppercase()
            && letters.get(i + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (after_lower || before_lower) {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn a_struct_names_its_table_in_snake_case() {
        for (name, table) in [
            ("User", "user"),
            ("OrderLine", "order_line"),
            ("HTTPServer", "http_server"),
            ("Plan2Go", "plan2_go"),
            ("already_snake", "already_snake"),
        ] {
            assert_eq!(snake_case(name), table);
        }
    }
}
