//! Chapter 9.7 and 9.8: patterns, and values as formatted text.

use super::section;

section! {
    /// 9.7: LIKE, SIMILAR TO and regular expressions.
    pattern_matching {
        "'abc' LIKE 'abc'" = "true";
        "'abc' LIKE 'a%'" = "true";
        "'abc' LIKE '_b_'" = "true";
        "'abc' LIKE 'c'" = "false";
        "'abc' NOT LIKE 'c'" = "true";
        "'10%' LIKE '10#%' ESCAPE '#'" = "true";
        "'ABC' ILIKE 'a%'" = "true";
        "'abc' ~~ 'a%'" = "true";
        "'ABC' ~~* 'a%'" = "true";
        "'abc' SIMILAR TO 'abc'" = "true";
        "'abc' SIMILAR TO 'a'" = "false";
        "'abc' SIMILAR TO '%(b|d)%'" = "true";
        "'abc' SIMILAR TO '(b|c)%'" = "false";
        r#"'-abc-' SIMILAR TO '%\mabc\M%'"# = "true";
        r#"'xabcy' NOT SIMILAR TO '%\mabc\M%'"# = "true";
        r#"substring('foobar' similar '%#"o_b#"%' escape '#')"# = "oob";
        "'thomas' ~ 't.*ma'" = "true";
        "'thomas' ~* 'T.*ma'" = "true";
        "'thomas' !~ 't.*max'" = "true";
        "'thomas' !~* 'T.*ma'" = "false";
        "'abcd' ~ 'bc'" = "true";
        "'abcd' ~ 'a.c'" = "true";
        "'abcd' ~ '(a|b)'" = "true";
        "'abcd' ~ '^(b|c)'" = "false";
        "substring('foobar' from 'o.b')" = "oob";
        "substring('foobar' from 'o(.)b')" = "o";
        "regexp_count('ABCABCAXYaxy', 'A.')" = "3";
        "regexp_count('ABCABCAXYaxy', 'A.', 1, 'i')" = "4";
        "regexp_replace('foobarbaz', 'b..', 'X')" = "fooXbaz";
        "regexp_replace('foobarbaz', 'b..', 'X', 'g')" = "fooXX";
        r#"regexp_replace('foobarbaz', 'b(..)', 'X\1Y', 'g')"# = "fooXarYXazY";
        "regexp_replace('A PostgreSQL function', 'a|e|i|o|u', 'X', 1, 0, 'i')" = "X PXstgrXSQL fXnctXXn";
        r#"regexp_split_to_array('the quick brown fox', '\s+')"# = "{the,quick,brown,fox}";
        "(SELECT array_agg(m::text) FROM regexp_matches('foobarbequebazilbarfbonk', '(b[^b]+)(b[^b]+)', 'g') AS m)"
            = r#"{"{bar,beque}","{bazil,barf}"}"#;
        r#"(SELECT array_agg(foo) FROM regexp_split_to_table('the quick brown fox', '\s*') AS foo)"#
            = "{t,h,e,q,u,i,c,k,b,r,o,w,n,f,o,x}";
    }
}

section! {
    /// 9.8: `to_char` and the way back.
    formatting {
        "to_char(timestamp '2002-04-20 17:31:12.66', 'HH12:MI:SS')" = "05:31:12";
        "to_char(interval '15h 2m 12s', 'HH24:MI:SS')" = "15:02:12";
        "to_char(125, '999')" = " 125";
        "to_char(125.8::real, '999D9')" = " 125.8";
        "to_char(-125.8, '999D99S')" = "125.80-";
        "to_date('05 Dec 2000', 'DD Mon YYYY')" = "2000-12-05";
        "to_number('12,454.8-', '99G999D9S')" = "-12454.8";
        "to_timestamp('05 Dec 2000', 'DD Mon YYYY')" = "2000-12-05 00:00:00+00";
        "to_char(-0.1, 'FM9.99')" = "-.1";
        "to_char(485, 'RN')" = "        CDLXXXV";
        "to_char(482, '999th')" = " 482nd";
    }
}
