//! Chapter 9.13: full-text search.

use orm_core::func;
use orm_core::prelude::*;

use orm_core::Expr;
use orm_core::types::{TsQuery, TsVector};
use serde_json::json;

use super::{lexemes, section, value};

/// `text::tsvector`
fn vector(text: &str) -> Expr<TsVector> {
    value(text).cast()
}

/// `text::tsquery`
fn query(text: &str) -> Expr<TsQuery> {
    value(text).cast()
}

section! {
    /// 9.13: full-text search.
    text_search {
        func::to_tsvector("english", "fat cats ate rats").matches(func::to_tsquery("english", "cat & rat"))
            => "to_tsvector('fat cats ate rats') @@ to_tsquery('cat & rat')" = "true";
        func::to_tsquery("simple", "fat | rat").and(func::to_tsquery("simple", "cat")).cast::<String>()
            => "'fat | rat'::tsquery && 'cat'::tsquery" = "( 'fat' | 'rat' ) & 'cat'";
        func::to_tsquery("simple", "fat | rat").or(func::to_tsquery("simple", "cat")).cast::<String>()
            => "'fat | rat'::tsquery || 'cat'::tsquery" = "'fat' | 'rat' | 'cat'";
        func::to_tsquery("english", "fat").followed_by(func::to_tsquery("english", "rat")).cast::<String>()
            => "to_tsquery('fat') <-> to_tsquery('rat')" = "'fat' <-> 'rat'";
        func::tsvector_length(lexemes()) => "length('fat:2,4 cat:3 rat:5A'::tsvector)" = "3";
        func::numnode(func::to_tsquery("simple", "(fat & rat) | cat"))
            => "numnode('(fat & rat) | cat'::tsquery)" = "5";
        func::plainto_tsquery("english", "The Fat Rats").cast::<String>()
            => "plainto_tsquery('english', 'The Fat Rats')" = "'fat' & 'rat'";
        func::phraseto_tsquery("english", "The Fat Rats").cast::<String>()
            => "phraseto_tsquery('english', 'The Fat Rats')" = "'fat' <-> 'rat'";
        func::phraseto_tsquery("english", "The Cat and Rats").cast::<String>()
            => "phraseto_tsquery('english', 'The Cat and Rats')" = "'cat' <2> 'rat'";
        func::websearch_to_tsquery("english", "\"fat rat\" or cat dog").cast::<String>()
            => r#"websearch_to_tsquery('english', '"fat rat" or cat dog')"#
            = "'fat' <-> 'rat' | 'cat' & 'dog'";
        func::setweight(lexemes(), 'A')
            => "setweight('fat:2,4 cat:3 rat:5B'::tsvector, 'A')" = "'cat':3A 'fat':2A,4A 'rat':5A";
        func::strip(lexemes()) => "strip('fat:2,4 cat:3 rat:5A'::tsvector)" = "'cat' 'fat' 'rat'";
        func::to_tsquery("english", "The & Fat & Rats").cast::<String>()
            => "to_tsquery('english', 'The & Fat & Rats')" = "'fat' & 'rat'";
        func::to_tsvector("english", "The Fat Rats")
            => "to_tsvector('english', 'The Fat Rats')" = "'fat':2 'rat':3";
        func::ts_headline("english", "The fat cat ate the rat.", func::to_tsquery("english", "cat"))
            => "ts_headline('The fat cat ate the rat.', 'cat')" = "The fat <b>cat</b> ate the rat.";
        func::ts_rank(func::to_tsvector("english", "raining cats and dogs"), func::to_tsquery("english", "cat"))
            => "ts_rank(to_tsvector('raining cats and dogs'), 'cat')" = "0.06079271";
        func::ts_rank_cd(func::to_tsvector("english", "raining cats and dogs"), func::to_tsquery("english", "cat"))
            => "ts_rank_cd(to_tsvector('raining cats and dogs'), 'cat')" = "0.1";
        value("fat cats ate rats").bool_op("@@", func::to_tsquery("english", "cat & rat"))
            => "'fat cats ate rats' @@ to_tsquery('cat & rat')" = "true";
        vector("a:1 b:2").concat(vector("c:1 d:2 b:3"))
            => "'a:1 b:2'::tsvector || 'c:1 d:2 b:3'::tsvector" = "'a':1 'b':2,5 'c':3 'd':4";
        query("cat").negated().cast::<String>()
            => "!! 'cat'::tsquery" = "!'cat'";
        query("cat").bool_op("@>", query("cat & rat"))
            => "'cat'::tsquery @> 'cat & rat'::tsquery" = "false";
        query("cat").bool_op("<@", query("!cat & rat"))
            => "'cat'::tsquery <@ '!cat & rat'::tsquery" = "true";
        func::call::<TsVector, _>("array_to_tsvector", (["fat", "cat", "rat"].map(str::to_owned).to_vec(),))
            => "array_to_tsvector('{fat,cat,rat}'::text[])" = "'cat' 'fat' 'rat'";
        func::call::<String, _>("querytree", (query("foo & ! bar"),))
            => "querytree('foo & ! bar'::tsquery)" = "'foo'";
        func::call::<TsVector, _>("to_tsvector", (json!({"a": "The Fat Rats", "b": "dog"}),))
            => r#"to_tsvector('english', '{"a": "The Fat Rats", "b": "dog"}'::jsonb)"# = "'dog':5 'fat':2 'rat':3";
        func::call::<TsVector, _>("ts_delete", (vector("fat:2,4 cat:3 rat:5A"), "fat"))
            => "ts_delete('fat:2,4 cat:3 rat:5A'::tsvector, 'fat')" = "'cat':3 'rat':5A";
        func::call::<TsQuery, _>("ts_rewrite", (query("a & b"), query("a"), query("foo|bar"))).cast::<String>()
            => "ts_rewrite('a & b'::tsquery, 'a'::tsquery, 'foo|bar'::tsquery)" = "'b' & ( 'foo' | 'bar' )";
        func::to_tsquery("english", "fat").followed_by(func::to_tsquery("english", "cat")).cast::<String>()
            => "tsquery_phrase(to_tsquery('fat'), to_tsquery('cat'))" = "'fat' <-> 'cat'";
        func::call::<TsQuery, _>("tsquery_phrase", (func::to_tsquery("english", "fat"), func::to_tsquery("english", "cat"), 10)).cast::<String>()
            => "tsquery_phrase(to_tsquery('fat'), to_tsquery('cat'), 10)" = "'fat' <10> 'cat'";
        func::call::<Vec<String>, _>("tsvector_to_array", (vector("fat:2,4 cat:3 rat:5A"),))
            => "tsvector_to_array('fat:2,4 cat:3 rat:5A'::tsvector)" = "{cat,fat,rat}";
    }
}
