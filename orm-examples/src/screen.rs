//! How the examples write to the terminal.

use std::fmt::Write;

/// How wide the text may be.
const WIDTH: usize = 116;

/// Breaks a text between words; the first line begins with `first`, the others with as many spaces.
pub(crate) fn wrap(first: &str, text: &str) -> String {
    let indent = " ".repeat(first.chars().count());
    let mut line = first.to_owned();
    let mut lines = String::new();
    let mut is_empty = true;
    for word in text.split(' ') {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines += &line;
            lines.push('\n');
            line = indent.clone();
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line += word;
        is_empty = false;
    }
    lines + &line + "\n"
}

/// The statements of each flight, and how many flights there were.
pub(crate) fn flights(flights: &[Vec<String>]) -> String {
    let mut text = String::new();
    for (n, statements) in flights.iter().enumerate() {
        text += &wrap(&format!("  {:>2} > ", n + 1), &statements.join("; "));
    }
    let trips = if flights.len() == 1 { "round trip" } else { "round trips" };
    writeln!(text, "     = {} {trips}", flights.len()).expect("a string takes everything");
    text
}
