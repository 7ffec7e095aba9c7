//! Chapter 9.13: full-text search.

use super::section;

section! {
    /// 9.13: full-text search.
    text_search {
        "to_tsvector('fat cats ate rats') @@ to_tsquery('cat & rat')" = "true";
        "'fat cats ate rats' @@ to_tsquery('cat & rat')" = "true";
        "'a:1 b:2'::tsvector || 'c:1 d:2 b:3'::tsvector" = "'a':1 'b':2,5 'c':3 'd':4";
        "'fat | rat'::tsquery && 'cat'::tsquery" = "( 'fat' | 'rat' ) & 'cat'";
        "'fat | rat'::tsquery || 'cat'::tsquery" = "'fat' | 'rat' | 'cat'";
        "!! 'cat'::tsquery" = "!'cat'";
        "to_tsquery('fat') <-> to_tsquery('rat')" = "'fat' <-> 'rat'";
        "'cat'::tsquery @> 'cat & rat'::tsquery" = "false";
        "'cat'::tsquery <@ '!cat & rat'::tsquery" = "true";
        "array_to_tsvector('{fat,cat,rat}'::text[])" = "'cat' 'fat' 'rat'";
        "length('fat:2,4 cat:3 rat:5A'::tsvector)" = "3";
        "numnode('(fat & rat) | cat'::tsquery)" = "5";
        "plainto_tsquery('english', 'The Fat Rats')" = "'fat' & 'rat'";
        "phraseto_tsquery('english', 'The Fat Rats')" = "'fat' <-> 'rat'";
        "phraseto_tsquery('english', 'The Cat and Rats')" = "'cat' <2> 'rat'";
        r#"websearch_to_tsquery('english', '"fat rat" or cat dog')"# = "'fat' <-> 'rat' | 'cat' & 'dog'";
        "querytree('foo & ! bar'::tsquery)" = "'foo'";
        "setweight('fat:2,4 cat:3 rat:5B'::tsvector, 'A')" = "'cat':3A 'fat':2A,4A 'rat':5A";
        "setweight('fat:2,4 cat:3 rat:5,6B'::tsvector, 'A', '{cat,rat}')" = "'cat':3A 'fat':2,4 'rat':5A,6A";
        "strip('fat:2,4 cat:3 rat:5A'::tsvector)" = "'cat' 'fat' 'rat'";
        "to_tsquery('english', 'The & Fat & Rats')" = "'fat' & 'rat'";
        "to_tsvector('english', 'The Fat Rats')" = "'fat':2 'rat':3";
        r#"to_tsvector('english', '{"a": "The Fat Rats", "b": "dog"}'::jsonb)"# = "'dog':5 'fat':2 'rat':3";
        "ts_delete('fat:2,4 cat:3 rat:5A'::tsvector, 'fat')" = "'cat':3 'rat':5A";
        "ts_filter('fat:2,4 cat:3b,7c rat:5A'::tsvector, '{a,b}')" = "'cat':3B 'rat':5A";
        "ts_headline('The fat cat ate the rat.', 'cat')" = "The fat <b>cat</b> ate the rat.";
        "ts_rank(to_tsvector('raining cats and dogs'), 'cat')" = "0.06079271";
        "ts_rank_cd(to_tsvector('raining cats and dogs'), 'cat')" = "0.1";
        "ts_rewrite('a & b'::tsquery, 'a'::tsquery, 'foo|bar'::tsquery)" = "'b' & ( 'foo' | 'bar' )";
        "tsquery_phrase(to_tsquery('fat'), to_tsquery('cat'))" = "'fat' <-> 'cat'";
        "tsquery_phrase(to_tsquery('fat'), to_tsquery('cat'), 10)" = "'fat' <10> 'cat'";
        "tsvector_to_array('fat:2,4 cat:3 rat:5A'::tsvector)" = "{cat,fat,rat}";
    }
}
