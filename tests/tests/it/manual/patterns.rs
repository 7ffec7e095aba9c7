//! Chapter 9.7 and 9.8: patterns, and values as formatted text.

use orm_core::func;
use orm_core::prelude::*;
use orm_core::types::Interval;

use super::{at, dec, section, value};

#[derive(FromRow)]
struct Matched {
    parts: Vec<String>,
}

#[derive(FromRow)]
struct Part {
    foo: String,
}

section! {
    /// 9.7: LIKE, SIMILAR TO and regular expressions.
    pattern_matching {
        value("abc").like("abc") => "'abc' LIKE 'abc'" = "true";
        value("abc").like("a%") => "'abc' LIKE 'a%'" = "true";
        value("abc").like("_b_") => "'abc' LIKE '_b_'" = "true";
        value("abc").like("c") => "'abc' LIKE 'c'" = "false";
        value("abc").not_like("c") => "'abc' NOT LIKE 'c'" = "true";
        value("10%").like_escaped("10#%", '#') => "'10%' LIKE '10#%' ESCAPE '#'" = "true";
        value("ABC").ilike("a%") => "'ABC' ILIKE 'a%'" = "true";
        value("abc").bool_op("~~", "a%") => "'abc' ~~ 'a%'" = "true";
        value("ABC").bool_op("~~*", "a%") => "'ABC' ~~* 'a%'" = "true";
        value("abc").similar_to("abc") => "'abc' SIMILAR TO 'abc'" = "true";
        value("abc").similar_to("a") => "'abc' SIMILAR TO 'a'" = "false";
        value("abc").similar_to("%(b|d)%") => "'abc' SIMILAR TO '%(b|d)%'" = "true";
        value("abc").similar_to("(b|c)%") => "'abc' SIMILAR TO '(b|c)%'" = "false";
        value("-abc-").similar_to(r"%\mabc\M%") => r#"'-abc-' SIMILAR TO '%\mabc\M%'"# = "true";
        value("xabcy").not_similar_to(r"%\mabc\M%") => r#"'xabcy' NOT SIMILAR TO '%\mabc\M%'"# = "true";
        value("thomas").regexp_match("t.*ma") => "'thomas' ~ 't.*ma'" = "true";
        value("thomas").regexp_imatch("T.*ma") => "'thomas' ~* 'T.*ma'" = "true";
        value("thomas").not_regexp_match("t.*max") => "'thomas' !~ 't.*max'" = "true";
        value("thomas").not_regexp_imatch("T.*ma") => "'thomas' !~* 'T.*ma'" = "false";
        value("abcd").regexp_match("bc") => "'abcd' ~ 'bc'" = "true";
        value("abcd").regexp_match("a.c") => "'abcd' ~ 'a.c'" = "true";
        value("abcd").regexp_match("(a|b)") => "'abcd' ~ '(a|b)'" = "true";
        value("abcd").regexp_match("^(b|c)") => "'abcd' ~ '^(b|c)'" = "false";
        func::substring_match("foobar", "o.b") => "substring('foobar' from 'o.b')" = "oob";
        func::substring_match("foobar", "o(.)b") => "substring('foobar' from 'o(.)b')" = "o";
        func::regexp_count("ABCABCAXYaxy", "A.") => "regexp_count('ABCABCAXYaxy', 'A.')" = "3";
        func::regexp_replace("foobarbaz", "b..", "X")
            => "regexp_replace('foobarbaz', 'b..', 'X')" = "fooXbaz";
        func::regexp_replace_with("foobarbaz", "b..", "X", "g")
            => "regexp_replace('foobarbaz', 'b..', 'X', 'g')" = "fooXX";
        func::regexp_replace_with("foobarbaz", "b(..)", r"X\1Y", "g")
            => r#"regexp_replace('foobarbaz', 'b(..)', 'X\1Y', 'g')"# = "fooXarYXazY";
        func::regexp_split_to_array("the quick brown fox", r"\s+")
            => r#"regexp_split_to_array('the quick brown fox', '\s+')"# = "{the,quick,brown,fox}";
        func::substring_similar("foobar", r##"%#"o_b#"%"##, "#")
            => r#"substring('foobar' similar '%#"o_b#"%' escape '#')"# = "oob";
        func::call::<i32, _>("regexp_count", ("ABCABCAXYaxy", "A.", 1, "i"))
            => "regexp_count('ABCABCAXYaxy', 'A.', 1, 'i')" = "4";
        func::call::<String, _>("regexp_replace", ("A PostgreSQL function", "a|e|i|o|u", "X", 1, 0, "i"))
            => "regexp_replace('A PostgreSQL function', 'a|e|i|o|u', 'X', 1, 0, 'i')" = "X PXstgrXSQL fXnctXXn";
        func::regexp_matches("foobarbequebazilbarfbonk", "(b[^b]+)(b[^b]+)", "g").table::<Matched>().select().columns(func::array_agg(Matched::parts.cast::<String>())).scalar_subquery()
            => "(SELECT array_agg(m::text) FROM regexp_matches('foobarbequebazilbarfbonk', '(b[^b]+)(b[^b]+)', 'g') AS m)"
            = r#"{"{bar,beque}","{bazil,barf}"}"#;
        func::regexp_split_to_table("the quick brown fox", r"\s*").table::<Part>().select().columns(func::array_agg(Part::foo)).scalar_subquery()
            => r#"(SELECT array_agg(foo) FROM regexp_split_to_table('the quick brown fox', '\s*') AS foo)"#
            = "{t,h,e,q,u,i,c,k,b,r,o,w,n,f,o,x}";
    }
}

section! {
    /// 9.8: `to_char` and the way back.
    formatting {
        func::to_char(at("2002-04-20T17:31:12.66"), "HH12:MI:SS")
            => "to_char(timestamp '2002-04-20 17:31:12.66', 'HH12:MI:SS')" = "05:31:12";
        func::to_char(Interval::seconds(54_132), "HH24:MI:SS")
            => "to_char(interval '15h 2m 12s', 'HH24:MI:SS')" = "15:02:12";
        func::to_char(125, "999") => "to_char(125, '999')" = " 125";
        func::to_char(125.8_f32, "999D9") => "to_char(125.8::real, '999D9')" = " 125.8";
        func::to_char(dec("-125.8"), "999D99S") => "to_char(-125.8, '999D99S')" = "125.80-";
        func::to_date("05 Dec 2000", "DD Mon YYYY") => "to_date('05 Dec 2000', 'DD Mon YYYY')" = "2000-12-05";
        func::to_number("12,454.8-", "99G999D9S") => "to_number('12,454.8-', '99G999D9S')" = "-12454.8";
        func::parse_timestamp("05 Dec 2000", "DD Mon YYYY")
            => "to_timestamp('05 Dec 2000', 'DD Mon YYYY')" = "2000-12-05 00:00:00+00";
        func::to_char(dec("-0.1"), "FM9.99") => "to_char(-0.1, 'FM9.99')" = "-.1";
        func::to_char(485, "RN") => "to_char(485, 'RN')" = "        CDLXXXV";
        func::to_char(482, "999th") => "to_char(482, '999th')" = " 482nd";
    }
}
