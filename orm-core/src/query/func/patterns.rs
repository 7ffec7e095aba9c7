//! Floor 2: functions with regular expressions.

use super::define::functions;

functions! {
    /// The first match of the regular expression replaced; `\1` stands for what its first parentheses matched.
    regexp_replace "regexp_replace" (A text: String, B pattern: String, C by: String) -> like String
        = (User::email, "@.*", "") => "regexp_replace(users.email, $1::text, $2::text)";
    /// The same with flags: `g` for all matches, `i` for upper and lower case alike.
    regexp_replace_with "regexp_replace" (A text: String, B pattern: String, C by: String, D flags: String) -> like String
        = (User::email, "[aeiou]", "", "gi") => "regexp_replace(users.email, $1::text, $2::text, $3::text)";
    /// What the parentheses of the first match matched, or all of it; NULL without a match. Parentheses that matched nothing
    /// are an error when they are read.
    regexp_match "regexp_match" (A text: String, B pattern: String) -> maybe Vec<String>
        = (User::email, "(.*)@(.*)") => "regexp_match(users.email, $1::text)";
    /// How many matches there are. From PostgreSQL 15 on, as the following.
    regexp_count "regexp_count" (A text: String, B pattern: String) -> like i32
        = (User::email, "[aeiou]") => "regexp_count(users.email, $1::text)";
    /// Whether there is a match.
    regexp_like "regexp_like" (A text: String, B pattern: String) -> like bool
        = (User::email, "org$") => "regexp_like(users.email, $1::text)";
    /// Where the first match begins, from 1; 0 without one.
    regexp_instr "regexp_instr" (A text: String, B pattern: String) -> like i32
        = (User::email, "@") => "regexp_instr(users.email, $1::text)";
    /// The first match; NULL without one.
    regexp_substr "regexp_substr" (A text: String, B pattern: String) -> maybe String
        = (User::email, "[^@]+") => "regexp_substr(users.email, $1::text)";
    /// What stands between matches.
    regexp_split_to_array "regexp_split_to_array" (A text: String, B pattern: String) -> like Vec<String>
        = (User::name, r"\\s+") => "regexp_split_to_array(users.name, $1::text)";
    /// The part that the regular expression matches, or its first parentheses; NULL without a match.
    substring_match "substring" (A text: String, B pattern: String) -> maybe String
        = (User::email, "o(.)b") => "substring(users.email, $1::text)";
    /// The part of the text between the two marks of an SQL pattern, which are the escape character and a `"`; NULL without a
    /// match.
    substring_similar "substring" (A text: String, B pattern: String, C escape: String) -> maybe String
        = (User::email, "%#\"o_b#\"%", "#") => "substring(users.email, $1::text, $2::text)";
    /// How alike the texts are, from 0 to 1. It stands in the extension `pg_trgm`, as the next.
    similarity "similarity" (A text: String, B other: String) -> like f32
        = (User::name, "Ann") => "similarity(users.name, $1::text)";
    /// How alike the text is to the part of the other that is most like it.
    word_similarity "word_similarity" (A text: String, B other: String) -> like f32
        = ("Ann", User::name) => "word_similarity($1::text, users.name)";
}
