//! Chapter 9.16: JSON.

use super::section;

section! {
    /// 9.16, the operators, subscripts among them.
    json_operators {
        r#"'[{"a":"foo"},{"b":"bar"},{"c":"baz"}]'::jsonb -> 2"# = r#"{"c": "baz"}"#;
        r#"'[{"a":"foo"},{"b":"bar"},{"c":"baz"}]'::jsonb -> -3"# = r#"{"a": "foo"}"#;
        r#"'{"a": {"b":"foo"}}'::jsonb -> 'a'"# = r#"{"b": "foo"}"#;
        "'[1,2,3]'::jsonb ->> 2" = "3";
        r#"'{"a":1,"b":2}'::jsonb ->> 'b'"# = "2";
        r#"'{"a": {"b": ["foo","bar"]}}'::jsonb #> '{a,b,1}'"# = r#""bar""#;
        r#"'{"a": {"b": ["foo","bar"]}}'::jsonb #>> '{a,b,1}'"# = "bar";
        r#"'{"a":1, "b":2}'::jsonb @> '{"b":2}'::jsonb"# = "true";
        r#"'{"b":2}'::jsonb <@ '{"a":1, "b":2}'::jsonb"# = "true";
        r#"'{"a":1, "b":2}'::jsonb ? 'b'"# = "true";
        r#"'["a", "b", "c"]'::jsonb ? 'b'"# = "true";
        r#"'{"a":1, "b":2, "c":3}'::jsonb ?| array['b', 'd']"# = "true";
        r#"'["a", "b", "c"]'::jsonb ?& array['a', 'b']"# = "true";
        r#"'["a", "b"]'::jsonb || '["a", "d"]'::jsonb"# = r#"["a", "b", "a", "d"]"#;
        r#"'{"a": "b"}'::jsonb || '{"c": "d"}'::jsonb"# = r#"{"a": "b", "c": "d"}"#;
        "'[1, 2]'::jsonb || '3'::jsonb" = "[1, 2, 3]";
        r#"'{"a": "b", "c": "d"}'::jsonb - 'a'"# = r#"{"c": "d"}"#;
        r#"'["a", "b", "c", "b"]'::jsonb - 'b'"# = r#"["a", "c"]"#;
        r#"'{"a": "b", "c": "d"}'::jsonb - '{a,c}'::text[]"# = "{}";
        r#"'["a", "b"]'::jsonb - 1"# = r#"["a"]"#;
        r#"'["a", {"b":1}]'::jsonb #- '{1,b}'"# = r#"["a", {}]"#;
        r#"'{"a":[1,2,3,4,5]}'::jsonb @? '$.a[*] ? (@ > 2)'"# = "true";
        r#"'{"a":[1,2,3,4,5]}'::jsonb @@ '$.a[*] > 2'"# = "true";
        r#"('{"a": 1}'::jsonb)['a']"# = "1";
    }
}

section! {
    /// 9.16, the functions, those that return rows gathered as arrays.
    json_functions {
        r#"to_jsonb('Fred said "Hi."'::text)"# = r#""Fred said \"Hi.\"""#;
        "array_to_json('{{1,5},{99,100}}'::int[])" = "[[1,5],[99,100]]";
        "row_to_json(row(1,'foo'))" = r#"{"f1":1,"f2":"foo"}"#;
        "jsonb_build_array(1, 2, 'foo', 4, 5)" = r#"[1, 2, "foo", 4, 5]"#;
        "jsonb_build_object('foo', 1, 2, row(3,'bar'))" = r#"{"2": {"f1": 3, "f2": "bar"}, "foo": 1}"#;
        r#"jsonb_object('{a, 1, b, "def", c, 3.5}'::text[])"# = r#"{"a": "1", "b": "def", "c": "3.5"}"#;
        "jsonb_object('{a,b}'::text[], '{1,2}'::text[])" = r#"{"a": "1", "b": "2"}"#;
        r#"jsonb_array_length('[1,2,3,{"f1":1,"f2":[5,6]},4]'::jsonb)"# = "5";
        r#"jsonb_extract_path('{"f2":{"f3":1},"f4":{"f5":99,"f6":"foo"}}'::jsonb, 'f4', 'f6')"# = r#""foo""#;
        r#"jsonb_extract_path_text('{"f2":{"f3":1},"f4":{"f5":99,"f6":"foo"}}'::jsonb, 'f4', 'f6')"# = "foo";
        r#"jsonb_set('[{"f1":1,"f2":null},2,null,3]'::jsonb, '{0,f1}', '[2,3,4]'::jsonb, false)"#
            = r#"[{"f1": [2, 3, 4], "f2": null}, 2, null, 3]"#;
        r#"jsonb_set('[{"f1":1,"f2":null},2]'::jsonb, '{0,f3}', '[2,3,4]'::jsonb)"#
            = r#"[{"f1": 1, "f2": null, "f3": [2, 3, 4]}, 2]"#;
        r#"jsonb_set_lax('[{"f1":1,"f2":null},2,null,3]'::jsonb, '{0,f1}', null)"#
            = r#"[{"f1": null, "f2": null}, 2, null, 3]"#;
        r#"jsonb_insert('{"a": [0,1,2]}'::jsonb, '{a, 1}', '"new_value"'::jsonb)"#
            = r#"{"a": [0, "new_value", 1, 2]}"#;
        r#"jsonb_insert('{"a": [0,1,2]}'::jsonb, '{a, 1}', '"new_value"'::jsonb, true)"#
            = r#"{"a": [0, 1, "new_value", 2]}"#;
        r#"jsonb_strip_nulls('[{"f1":1, "f2":null}, 2, null, 3]'::jsonb)"# = r#"[{"f1": 1}, 2, null, 3]"#;
        r#"jsonb_path_exists('{"a":[1,2,3,4,5]}'::jsonb, '$.a[*] ? (@ >= $min && @ <= $max)', '{"min":2, "max":4}'::jsonb)"#
            = "true";
        r#"jsonb_path_match('{"a":[1,2,3,4,5]}'::jsonb, 'exists($.a[*] ? (@ >= $min && @ <= $max))', '{"min":2, "max":4}'::jsonb)"#
            = "true";
        r#"jsonb_path_query_array('{"a":[1,2,3,4,5]}'::jsonb, '$.a[*] ? (@ >= $min && @ <= $max)', '{"min":2, "max":4}'::jsonb)"#
            = "[2, 3, 4]";
        r#"jsonb_path_query_first('{"a":[1,2,3,4,5]}'::jsonb, '$.a[*] ? (@ >= $min && @ <= $max)', '{"min":2, "max":4}'::jsonb)"#
            = "2";
        r#"jsonb_pretty('{"a":1}'::jsonb)"# = r#"{
    "a": 1
}"#;
        "jsonb_typeof('-123.4'::jsonb)" = "number";
        "(SELECT array_agg(value::text) FROM jsonb_array_elements('[1,true, [2,false]]'::jsonb))"
            = r#"{1,true,"[2, false]"}"#;
        r#"(SELECT array_agg(value) FROM jsonb_array_elements_text('["foo", "bar"]'::jsonb))"# = "{foo,bar}";
        r#"(SELECT array_agg(key || '=' || value) FROM jsonb_each('{"a":"foo", "b":"bar"}'::jsonb))"#
            = r#"{"a=\"foo\"","b=\"bar\""}"#;
        r#"(SELECT array_agg(key || '=' || value) FROM jsonb_each_text('{"a":"foo", "b":"bar"}'::jsonb))"#
            = "{a=foo,b=bar}";
        r#"(SELECT array_agg(k) FROM jsonb_object_keys('{"f1":"abc","f2":{"f3":"a", "f4":"b"}}'::jsonb) AS k)"#
            = "{f1,f2}";
        r#"(SELECT array_agg(a || ':' || b) FROM jsonb_to_recordset('[{"a":1,"b":"foo"}, {"a":2,"c":"bar"}]'::jsonb) AS x(a int, b text))"#
            = "{1:foo,NULL}";
        r#"(SELECT array_agg(v::text) FROM jsonb_path_query('{"a":[1,2,3,4,5]}'::jsonb, '$.a[*] ? (@ >= 2 && @ <= 4)') AS v)"#
            = "{2,3,4}";
    }
}
