//! How the examples write to the terminal.

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

/// The statements of each round trip, and how many there were.
pub(crate) fn flights(flights: &[Vec<String>]) -> String {
    let is_executed = |flight: &&Vec<String>| !flight.is_empty();
    let executed: Vec<_> = flights.iter().filter(is_executed).collect();
    let mut text = String::new();
    for (n, statements) in executed.iter().enumerate() {
        text += &wrap(&format!("  {:>2} > ", n + 1), &statements.join("; "));
    }
    text += &format!("     = {}", trips(executed.len()));
    match flights.len() - executed.len() {
        0 => {}
        prepared => text += &format!(", and {} to prepare new statements", trips(prepared)),
    }
    text + "\n"
}

fn trips(number: usize) -> String {
    format!("{number} round trip{}", if number == 1 { "" } else { "s" })
}
