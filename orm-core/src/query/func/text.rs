//! Floor 2: functions on text.

use super::define::functions;
use crate::query::argument::{Like, argument, arguments};
use crate::query::sources::Hidden;
use crate::query::{ArgumentType, Arguments, Expr, FunctionArgument};

functions! {
    /// The first letter of each word in upper case, the others in lower case.
    initcap "initcap" (A text: String) -> like String = (User::email) => "initcap(users.email)";
    /// How many characters it has.
    length "length" (A text: String) -> like i32 = (User::email) => "length(users.email)";
    /// How many bytes it has.
    octet_length "octet_length" (A text: String) -> like i32 = (User::name) => "octet_length(users.name)";
    /// How many bits it has.
    bit_length "bit_length" (A text: String) -> like i32 = (User::name) => "bit_length(users.name)";
    /// Without blanks at both ends.
    trim "btrim" (A text: String) -> like String = (User::name) => "btrim(users.name)";
    /// Without these characters at both ends.
    trim_of "btrim" (A text: String, B characters: String) -> like String
        = (User::name, "xyz") => "btrim(users.name, $1::text)";
    /// Without these characters at its start.
    ltrim "ltrim" (A text: String, B characters: String) -> like String
        = (User::name, " ") => "ltrim(users.name, $1::text)";
    /// Without these characters at its end.
    rtrim "rtrim" (A text: String, B characters: String) -> like String
        = (User::name, " ") => "rtrim(users.name, $1::text)";
    /// Filled up to this length at its start, or cut off.
    lpad "lpad" (A text: String, B length: i32, C fill: String) -> like String
        = (User::name, 5, "0") => "lpad(users.name, $1::integer, $2::text)";
    /// Filled up to this length at its end, or cut off.
    rpad "rpad" (A text: String, B length: i32, C fill: String) -> like String
        = (User::name, 5, ".") => "rpad(users.name, $1::integer, $2::text)";
    /// The first so many characters; all but the last so many, if the number is negative.
    left "left" (A text: String, B count: i32) -> like String = (User::name, 1) => "left(users.name, $1::integer)";
    /// The last so many characters; all but the first so many, if the number is negative.
    right "right" (A text: String, B count: i32) -> like String = (User::name, 1) => "right(users.name, $1::integer)";
    /// From a character on, counted from 1.
    substring_from "substr" (A text: String, B from: i32) -> like String
        = (User::name, 3) => "substr(users.name, $1::integer)";
    /// So many characters from one on, counted from 1.
    substring "substr" (A text: String, B from: i32, C count: i32) -> like String
        = (User::name, 2, 3) => "substr(users.name, $1::integer, $2::integer)";
    /// With so many characters from one on replaced by this text.
    overlay "overlay" (A text: String, B by: String, C from: i32, D count: i32) -> like String
        = (User::name, "hom", 2, 4) => "overlay(users.name, $1::text, $2::integer, $3::integer)";
    /// Every occurrence of the one text replaced by the other.
    replace "replace" (A text: String, B from: String, C to: String) -> like String
        = (User::email, "a", "b") => "replace(users.email, $1::text, $2::text)";
    /// Each character that is in `from` replaced by the one in the same place of `to`, or taken away.
    translate "translate" (A text: String, B from: String, C to: String) -> like String
        = (User::email, "143", "ax") => "translate(users.email, $1::text, $2::text)";
    /// Where the other text begins in this one, from 1; 0 if it is not in it.
    position "strpos" (A text: String, B part: String) -> like i32
        = (User::email, "@") => "strpos(users.email, $1::text)";
    /// The field of this number between separators, from 1; from the end if it is negative.
    split_part "split_part" (A text: String, B separator: String, C field: i32) -> like String
        = (User::email, "@", 2) => "split_part(users.email, $1::text, $2::integer)";
    /// So many times.
    repeat "repeat" (A text: String, B times: i32) -> like String
        = (User::email, 4) => "repeat(users.email, $1::integer)";
    /// Its characters in reverse order.
    reverse "reverse" (A text: String) -> like String = (User::email) => "reverse(users.email)";
    /// The number of its first character.
    ascii "ascii" (A text: String) -> like i32 = (User::email) => "ascii(users.email)";
    /// The character of this number.
    chr "chr" (A code: i32) -> like String = (65) => "chr($1::integer)";
    /// The number in hexadecimal digits.
    to_hex "to_hex" (A number: i64) -> like String = (User::id) => "to_hex(users.id)";
    /// Its MD5 hash in hexadecimal digits.
    md5 "md5" (A text: String) -> like String = (User::email) => "md5(users.email)";
    /// The text in Unicode's normal form NFC.
    normalize "normalize" (A text: String) -> like String = (User::email) => "normalize(users.email)";
    /// The text as a name in SQL, in quotes where they are needed.
    quote_ident "quote_ident" (A text: String) -> like String = (User::email) => "quote_ident(users.email)";
    /// The text as a literal in SQL.
    quote_literal "quote_literal" (A text: String) -> like String = (User::email) => "quote_literal(users.email)";
    /// The parts of a qualified name, without quotes.
    parse_ident "parse_ident" (A name: String) -> like Vec<String> = (User::email) => "parse_ident(users.email)";
    /// The parts between separators.
    string_to_array "string_to_array" (A text: String, B separator: String) -> like Vec<String>
        = (User::email, "@") => "string_to_array(users.email, $1::text)";
}

/// `concat(a, b, ..)`: the texts of all of them as one, NULL being no text.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// let text = func::concat((User::name, " <", User::email, ">"));
/// assert_eq!(format!("{text:?}"), "Expr(concat(users.name, $1::text, users.email, $2::text))");
/// ```
pub fn concat<A: Arguments>(parts: A) -> Expr<String, Hidden<A::Sources>> {
    Expr::call("concat", arguments(parts))
}

/// `concat_ws(separator, a, b, ..)`: the texts of all that are not NULL, with a separator between them.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// let text = func::concat_ws(", ", (User::name, User::email));
/// assert_eq!(format!("{text:?}"), "Expr(concat_ws($1::text, users.name, users.email))");
/// ```
pub fn concat_ws<A: Arguments>(separator: &str, parts: A) -> Expr<String, Hidden<A::Sources>> {
    let mut all = vec![argument(separator)];
    all.extend(arguments(parts));
    Expr::call("concat_ws", all)
}

/// `format(text, a, b, ..)`: the text with `%s` for values, `%I` for names and `%L` for literals.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// let text = func::format("Hello %s", (User::name,));
/// assert_eq!(format!("{text:?}"), "Expr(format($1::text, users.name))");
/// ```
pub fn format<A: Arguments>(text: &str, values: A) -> Expr<String, Hidden<A::Sources>> {
    let mut all = vec![argument(text)];
    all.extend(arguments(values));
    Expr::call("format", all)
}

/// `quote_nullable(value)`: the value as a literal in SQL, NULL among them.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// assert_eq!(format!("{:?}", func::quote_nullable(User::name)), "Expr(quote_nullable(users.name))");
/// ```
pub fn quote_nullable<A: FunctionArgument>(value: A) -> Expr<String, Hidden<A::Sources>> {
    Expr::call("quote_nullable", vec![argument(value)])
}

/// What `to_char` can write: numbers, dates, times and intervals.
///
/// ```
/// # use orm_core::func::Formatted;
/// fn can_be_formatted<T: Formatted>() {}
/// can_be_formatted::<i64>();
/// ```
#[diagnostic::on_unimplemented(message = "`to_char` does not write `{Self}`")]
pub trait Formatted {}

macro_rules! formatted {
    ($($type:ty),+) => { $(impl Formatted for $type {})+ };
}

formatted!(i32, i64, f32, f64, crate::types::Interval);
#[cfg(feature = "rust_decimal")]
formatted!(rust_decimal::Decimal);
#[cfg(feature = "chrono")]
formatted!(
    chrono::NaiveDate,
    chrono::NaiveDateTime,
    chrono::DateTime<chrono::Utc>,
    chrono::DateTime<chrono::FixedOffset>
);

/// `to_char(value, pattern)`: the value as text, for example by `YYYY-MM-DD`.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// assert_eq!(format!("{:?}", func::to_char(User::id, "FM0000")), "Expr(to_char(users.id, $1::text))");
/// ```
pub fn to_char<A: FunctionArgument>(value: A, pattern: &str) -> Expr<Like<A, String>, A::Sources>
where
    ArgumentType<A>: Formatted,
{
    Expr::call("to_char", vec![argument(value), argument(pattern)])
}
