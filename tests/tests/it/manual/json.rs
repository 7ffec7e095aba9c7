//! Chapter 9.16: JSON.

use orm_core::func;
use orm_core::prelude::*;
use orm_tests::manual::Sample;
use serde_json::{Value, json};

use super::{section, value};

#[derive(FromRow)]
struct Element {
    value: Value,
}

#[derive(FromRow)]
struct Text {
    value: String,
}

#[derive(FromRow)]
struct Member {
    key: String,
    value: Value,
}

#[derive(FromRow)]
struct Pair {
    key: String,
    value: String,
}

section! {
    /// 9.16, the operators, subscripts among them.
    json_operators {
        value(json!([{"a": "foo"}, {"b": "bar"}, {"c": "baz"}])).get(2)
            => r#"'[{"a":"foo"},{"b":"bar"},{"c":"baz"}]'::jsonb -> 2"# = r#"{"c": "baz"}"#;
        value(json!([{"a": "foo"}, {"b": "bar"}, {"c": "baz"}])).get(-3)
            => r#"'[{"a":"foo"},{"b":"bar"},{"c":"baz"}]'::jsonb -> -3"# = r#"{"a": "foo"}"#;
        value(json!({"a": {"b": "foo"}})).get("a")
            => r#"'{"a": {"b":"foo"}}'::jsonb -> 'a'"# = r#"{"b": "foo"}"#;
        value(json!([1, 2, 3])).get_text(2) => "'[1,2,3]'::jsonb ->> 2" = "3";
        value(json!({"a": 1, "b": 2})).get_text("b") => r#"'{"a":1,"b":2}'::jsonb ->> 'b'"# = "2";
        Sample::document.path(["a", "b", "1"])
            => r#"'{"a": {"b": ["foo","bar"]}}'::jsonb #> '{a,b,1}'"# = r#""bar""#;
        Sample::document.path_text(["a", "b", "1"])
            => r#"'{"a": {"b": ["foo","bar"]}}'::jsonb #>> '{a,b,1}'"# = "bar";
        value(json!({"a": 1, "b": 2})).contains(json!({"b": 2}))
            => r#"'{"a":1, "b":2}'::jsonb @> '{"b":2}'::jsonb"# = "true";
        value(json!({"b": 2})).contained_by(json!({"a": 1, "b": 2}))
            => r#"'{"b":2}'::jsonb <@ '{"a":1, "b":2}'::jsonb"# = "true";
        value(json!({"a": 1, "b": 2})).has_key("b") => r#"'{"a":1, "b":2}'::jsonb ? 'b'"# = "true";
        value(json!(["a", "b", "c"])).has_key("b") => r#"'["a", "b", "c"]'::jsonb ? 'b'"# = "true";
        value(json!({"a": 1, "b": 2, "c": 3})).has_any(["b", "d"])
            => r#"'{"a":1, "b":2, "c":3}'::jsonb ?| array['b', 'd']"# = "true";
        value(json!(["a", "b", "c"])).has_all(["a", "b"])
            => r#"'["a", "b", "c"]'::jsonb ?& array['a', 'b']"# = "true";
        value(json!(["a", "b"])).concat(json!(["a", "d"]))
            => r#"'["a", "b"]'::jsonb || '["a", "d"]'::jsonb"# = r#"["a", "b", "a", "d"]"#;
        value(json!({"a": "b"})).concat(json!({"c": "d"}))
            => r#"'{"a": "b"}'::jsonb || '{"c": "d"}'::jsonb"# = r#"{"a": "b", "c": "d"}"#;
        value(json!([1, 2])).concat(json!(3)) => "'[1, 2]'::jsonb || '3'::jsonb" = "[1, 2, 3]";
        value(json!({"a": "b", "c": "d"})).without("a")
            => r#"'{"a": "b", "c": "d"}'::jsonb - 'a'"# = r#"{"c": "d"}"#;
        value(json!(["a", "b", "c", "b"])).without("b")
            => r#"'["a", "b", "c", "b"]'::jsonb - 'b'"# = r#"["a", "c"]"#;
        value(json!({"a": "b", "c": "d"})).without("a").without("c")
            => r#"'{"a": "b", "c": "d"}'::jsonb - '{a,c}'::text[]"# = "{}";
        value(json!(["a", "b"])).without(1) => r#"'["a", "b"]'::jsonb - 1"# = r#"["a"]"#;
        value(json!(["a", {"b": 1}])).without_path(["1", "b"])
            => r#"'["a", {"b":1}]'::jsonb #- '{1,b}'"# = r#"["a", {}]"#;
        Sample::document.path_exists("$.list[*] ? (@ > 2)")
            => r#"'{"a":[1,2,3,4,5]}'::jsonb @? '$.a[*] ? (@ > 2)'"# = "true";
        Sample::document.path_match("$.list[*] > 2")
            => r#"'{"a":[1,2,3,4,5]}'::jsonb @@ '$.a[*] > 2'"# = "true";
        value(json!({"a": 1})).get("a") => r#"('{"a": 1}'::jsonb)['a']"# = "1";
    }
}

section! {
    /// 9.16, the functions, those that return rows gathered as arrays.
    json_functions {
        func::to_jsonb("Fred said \"Hi.\"")
            => r#"to_jsonb('Fred said "Hi."'::text)"# = r#""Fred said \"Hi.\"""#;
        func::jsonb_build_array((1, 2, "foo", 4, 5))
            => "jsonb_build_array(1, 2, 'foo', 4, 5)" = r#"[1, 2, "foo", 4, 5]"#;
        func::jsonb_array_length(json!([1, 2, 3, {"f1": 1, "f2": [5, 6]}, 4]))
            => r#"jsonb_array_length('[1,2,3,{"f1":1,"f2":[5,6]},4]'::jsonb)"# = "5";
        value(json!({"f2": {"f3": 1}, "f4": {"f5": 99, "f6": "foo"}})).path(["f4", "f6"])
            => r#"jsonb_extract_path('{"f2":{"f3":1},"f4":{"f5":99,"f6":"foo"}}'::jsonb, 'f4', 'f6')"#
            = r#""foo""#;
        value(json!({"f2": {"f3": 1}, "f4": {"f5": 99, "f6": "foo"}})).path_text(["f4", "f6"])
            => r#"jsonb_extract_path_text('{"f2":{"f3":1},"f4":{"f5":99,"f6":"foo"}}'::jsonb, 'f4', 'f6')"#
            = "foo";
        func::jsonb_set(json!([{"f1": 1, "f2": null}, 2, null, 3]), ["0", "f1"], json!([2, 3, 4]), false)
            => r#"jsonb_set('[{"f1":1,"f2":null},2,null,3]'::jsonb, '{0,f1}', '[2,3,4]'::jsonb, false)"#
            = r#"[{"f1": [2, 3, 4], "f2": null}, 2, null, 3]"#;
        func::jsonb_set(json!([{"f1": 1, "f2": null}, 2]), ["0", "f3"], json!([2, 3, 4]), true)
            => r#"jsonb_set('[{"f1":1,"f2":null},2]'::jsonb, '{0,f3}', '[2,3,4]'::jsonb)"#
            = r#"[{"f1": 1, "f2": null, "f3": [2, 3, 4]}, 2]"#;
        func::jsonb_insert(json!({"a": [0, 1, 2]}), ["a", "1"], json!("new_value"), false)
            => r#"jsonb_insert('{"a": [0,1,2]}'::jsonb, '{a, 1}', '"new_value"'::jsonb)"#
            = r#"{"a": [0, "new_value", 1, 2]}"#;
        func::jsonb_insert(json!({"a": [0, 1, 2]}), ["a", "1"], json!("new_value"), true)
            => r#"jsonb_insert('{"a": [0,1,2]}'::jsonb, '{a, 1}', '"new_value"'::jsonb, true)"#
            = r#"{"a": [0, 1, "new_value", 2]}"#;
        func::jsonb_strip_nulls(json!([{"f1": 1, "f2": null}, 2, null, 3]))
            => r#"jsonb_strip_nulls('[{"f1":1, "f2":null}, 2, null, 3]'::jsonb)"#
            = r#"[{"f1": 1}, 2, null, 3]"#;
        func::jsonb_path_exists(Sample::document, "$.list[*] ? (@ >= $min && @ <= $max)", json!({"min": 2, "max": 4}))
            => r#"jsonb_path_exists('{"a":[1,2,3,4,5]}'::jsonb, '$.a[*] ? (@ >= $min && @ <= $max)', '{"min":2, "max":4}'::jsonb)"#
            = "true";
        func::jsonb_path_match(Sample::document, "exists($.list[*] ? (@ >= $min && @ <= $max))", json!({"min": 2, "max": 4}))
            => r#"jsonb_path_match('{"a":[1,2,3,4,5]}'::jsonb, 'exists($.a[*] ? (@ >= $min && @ <= $max))', '{"min":2, "max":4}'::jsonb)"#
            = "true";
        func::jsonb_path_query_array(Sample::document, "$.list[*] ? (@ >= $min && @ <= $max)", json!({"min": 2, "max": 4}))
            => r#"jsonb_path_query_array('{"a":[1,2,3,4,5]}'::jsonb, '$.a[*] ? (@ >= $min && @ <= $max)', '{"min":2, "max":4}'::jsonb)"#
            = "[2, 3, 4]";
        func::jsonb_path_query_first(Sample::document, "$.list[*] ? (@ >= $min && @ <= $max)", json!({"min": 2, "max": 4}))
            => r#"jsonb_path_query_first('{"a":[1,2,3,4,5]}'::jsonb, '$.a[*] ? (@ >= $min && @ <= $max)', '{"min":2, "max":4}'::jsonb)"#
            = "2";
        func::jsonb_pretty(json!({"a": 1})) => r#"jsonb_pretty('{"a":1}'::jsonb)"# = r#"{
    "a": 1
}"#;
        func::jsonb_typeof(json!(-123.4)) => "jsonb_typeof('-123.4'::jsonb)" = "number";
        func::call::<Value, _>("jsonb_object", (["a", "1", "b", "def", "c", "3.5"].map(str::to_owned).to_vec(),))
            => r#"jsonb_object('{a, 1, b, "def", c, 3.5}'::text[])"# = r#"{"a": "1", "b": "def", "c": "3.5"}"#;
        func::call::<Value, _>("jsonb_object", (["a", "b"].map(str::to_owned).to_vec(), ["1", "2"].map(str::to_owned).to_vec()))
            => "jsonb_object('{a,b}'::text[], '{1,2}'::text[])" = r#"{"a": "1", "b": "2"}"#;
        func::call::<Option<Value>, _>("jsonb_set_lax", (json!([{"f1": 1, "f2": null}, 2, null, 3]), ["0", "f1"].map(str::to_owned).to_vec(), None::<Value>))
            => r#"jsonb_set_lax('[{"f1":1,"f2":null},2,null,3]'::jsonb, '{0,f1}', null)"#
            = r#"[{"f1": null, "f2": null}, 2, null, 3]"#;
        func::jsonb_array_elements(json!([1, true, [2, false]])).table::<Element>().select().columns(func::array_agg(Element::value.cast::<String>())).scalar_subquery()
            => "(SELECT array_agg(value::text) FROM jsonb_array_elements('[1,true, [2,false]]'::jsonb))"
            = r#"{1,true,"[2, false]"}"#;
        func::jsonb_array_elements_text(json!(["foo", "bar"])).table::<Text>().select().columns(func::array_agg(Text::value)).scalar_subquery()
            => r#"(SELECT array_agg(value) FROM jsonb_array_elements_text('["foo", "bar"]'::jsonb))"# = "{foo,bar}";
        func::jsonb_each(json!({"a": "foo", "b": "bar"})).table::<Member>().select().columns(func::array_agg(Member::key.concat("=").concat(Member::value.cast::<String>()))).scalar_subquery()
            => r#"(SELECT array_agg(key || '=' || value) FROM jsonb_each('{"a":"foo", "b":"bar"}'::jsonb))"#
            = r#"{"a=\"foo\"","b=\"bar\""}"#;
        func::jsonb_each_text(json!({"a": "foo", "b": "bar"})).table::<Pair>().select().columns(func::array_agg(Pair::key.concat("=").concat(Pair::value))).scalar_subquery()
            => r#"(SELECT array_agg(key || '=' || value) FROM jsonb_each_text('{"a":"foo", "b":"bar"}'::jsonb))"#
            = "{a=foo,b=bar}";
        func::jsonb_object_keys(json!({"f1": "abc", "f2": {"f3": "a", "f4": "b"}})).table::<Text>().select().columns(func::array_agg(Text::value)).scalar_subquery()
            => r#"(SELECT array_agg(k) FROM jsonb_object_keys('{"f1":"abc","f2":{"f3":"a", "f4":"b"}}'::jsonb) AS k)"#
            = "{f1,f2}";
        func::jsonb_path_query(json!({"a": [1, 2, 3, 4, 5]}), "$.a[*] ? (@ >= 2 && @ <= 4)", json!({})).table::<Element>().select().columns(func::array_agg(Element::value.cast::<String>())).scalar_subquery()
            => r#"(SELECT array_agg(v::text) FROM jsonb_path_query('{"a":[1,2,3,4,5]}'::jsonb, '$.a[*] ? (@ >= 2 && @ <= 4)') AS v)"#
            = "{2,3,4}";
    }
}
