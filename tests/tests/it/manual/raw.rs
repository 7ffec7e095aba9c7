//! What of the manual's expressions and queries stands in SQL alone, and why.
//!
//! Each expression is asked twice: by the driver alone, and as a piece of SQL within a typed query, which is how an
//! application says it.

use orm_core::prelude::*;
use orm_core::query::sql_unchecked;
use orm_tests::manual::Sample;

use super::{Result, manual};

/// A test of expressions, named by the reason why they are not said otherwise.
macro_rules! raw {
    ($($(#[$doc:meta])* $name:ident { $($sql:literal = $said:literal;)+ })+) => {
        $(
            $(#[$doc])*
            #[tokio::test]
            async fn $name() {
                let manual = manual().await;
                for (sql, said) in [$(($sql, $said)),+] {
                    manual.says(sql, said).await;
                    let piece = sql_unchecked(format!("coalesce(({sql})::text, 'NULL')")).expr::<String>();
                    manual.answers(select::<Sample>().columns(piece), said).await;
                }
            }
        )+
    };
}

raw! {
    /// Bit strings: no Rust type for `bit`.
    bit_strings {
        "B'10001' || B'011'" = "10001011";
        "B'10001' & B'01101'" = "00001";
        "B'10001' | B'01101'" = "11101";
        "B'10001' # B'01101'" = "11100";
        "~ B'10001'" = "01110";
        "B'10001' << 3" = "01000";
        "B'10001' >> 2" = "00100";
        "44::bit(10)" = "0000101100";
        "'1110'::bit(4)::integer" = "14";
        "bit_count(B'10111')" = "4";
        "get_bit(B'101010101010101010', 6)" = "1";
        "set_bit(B'101010101010101010', 6, 0)" = "101010001010101010";
    }
    /// Addresses of networks: no Rust type for `inet` without a further dependency.
    networks {
        "inet '192.168.1.5' << inet '192.168.1/24'" = "true";
        "inet '192.168.1/24' <<= inet '192.168.1/24'" = "true";
        "inet '192.168.1/24' >> inet '192.168.1.5'" = "true";
        "inet '192.168.1/24' && inet '192.168.1.80/28'" = "true";
        "~ inet '192.168.1.6'" = "63.87.254.249/32";
        "inet '192.168.1.6' & inet '0.0.0.255'" = "0.0.0.6/32";
        "inet '192.168.1.6' + 25" = "192.168.1.31/32";
        "inet '192.168.1.43' - inet '192.168.1.19'" = "24";
        "abbrev(inet '10.1.0.0/32')" = "10.1.0.0";
        "broadcast(inet '192.168.1.5/24')" = "192.168.1.255/24";
        "family(inet '::1')" = "6";
        "host(inet '192.168.1.0/24')" = "192.168.1.0";
        "hostmask(inet '192.168.23.20/30')" = "0.0.0.3/32";
        "inet_merge(inet '192.168.1.5/24', inet '192.168.2.5/24')" = "192.168.0.0/22";
        "masklen(inet '192.168.1.5/24')" = "24";
        "netmask(inet '192.168.1.5/24')" = "255.255.255.0/32";
        "network(inet '192.168.1.5/24')" = "192.168.1.0/24";
        "set_masklen(inet '192.168.1.5/24', 16)" = "192.168.1.5/16";
    }
    /// XML: no Rust type, and syntax of its own.
    xml {
        "xmlcomment('hello')" = "<!--hello-->";
        "xmlconcat('<abc/>', '<bar>foo</bar>')" = "<abc/><bar>foo</bar>";
        "xmlelement(name foo, xmlattributes('xyz' as bar))" = r#"<foo bar="xyz"/>"#;
        "xmlforest('abc' AS foo, 123 AS bar)" = "<foo>abc</foo><bar>123</bar>";
        r#"xpath('/my:a/text()', '<my:a xmlns:my="http://example.com">test</my:a>', ARRAY[ARRAY['my', 'http://example.com']])"# = "{test}";
        "xmlexists('//town[text() = ''Toronto'']' PASSING BY VALUE '<towns><town>Toronto</town></towns>')" = "true";
    }
    /// Geometry: no Rust types.
    geometry {
        "box '(1,1),(0,0)' + point '(2,0)'" = "(3,1),(2,0)";
        "box '(1,1),(0,0)' - point '(2,0)'" = "(-1,1),(-2,0)";
        "path '((0,0),(1,0),(1,1))' * point '(3.0,0)'" = "((0,0),(3,0),(3,3))";
        "point '(1,2)' <-> point '(4,6)'" = "5";
        "@-@ path '[(0,0),(1,0),(1,1)]'" = "2";
        "@@ box '(2,2),(0,0)'" = "(1,1)";
        "# path '((1,0),(0,1),(-1,0))'" = "3";
        "circle '<(0,0),2>' @> point '(1,1)'" = "true";
        "point '(1,1)' <@ circle '<(0,0),2>'" = "true";
        "box '(1,1),(0,0)' && box '(2,2),(0,0)'" = "true";
        "area(box '(2,2),(0,0)')" = "4";
        "center(box '(1,2),(0,0)')" = "(0.5,1)";
        "diameter(circle '<(0,0),2>')" = "4";
        "npoints(path '[(0,0),(1,1),(2,0)]')" = "3";
    }
    /// Arrays of arrays, and arrays with NULL: `Vec<T>` is one dimension without NULL.
    nested_arrays {
        "ARRAY[1,2,3] || ARRAY[[4,5,6],[7,8,9.9]]::int[]" = "{{1,2,3},{4,5,6},{7,8,10}}";
        "array_dims(ARRAY[[1,2,3], [4,5,6]])" = "[1:2][1:3]";
        "array_fill(11, ARRAY[2,3])" = "{{11,11,11},{11,11,11}}";
        "array_to_string(ARRAY[1, 2, 3, NULL, 5], ',', '*')" = "1,2,3,*,5";
        "array_to_json('{{1,5},{99,100}}'::int[])" = "[[1,5],[99,100]]";
        "string_to_array('xx~~yy~~zz', '~~', 'yy')" = "{xx,NULL,zz}";
    }
    /// Row values, which are compared and are no values, and records whose columns the call names.
    row_values {
        "row_to_json(row(1,'foo'))" = r#"{"f1":1,"f2":"foo"}"#;
        "jsonb_build_object('foo', 1, 2, row(3,'bar'))" = r#"{"2": {"f1": 3, "f2": "bar"}, "foo": 1}"#;
        r#"(SELECT array_agg(a || ':' || b) FROM jsonb_to_recordset('[{"a":1,"b":"foo"}, {"a":2,"c":"bar"}]'::jsonb) AS x(a int, b text))"# = "{1:foo,NULL}";
    }
    /// Multiranges: no Rust type.
    multiranges {
        "multirange(int4range(1,3))" = "{[1,3)}";
        "'{[2,4)}'::int4multirange @> 3" = "true";
    }
    /// `"char"` and arrays of it: no Rust type.
    weights {
        "setweight('fat:2,4 cat:3 rat:5,6B'::tsvector, 'A', '{cat,rat}')" = "'cat':3A 'fat':2,4 'rat':5A,6A";
        "ts_filter('fat:2,4 cat:3b,7c rat:5A'::tsvector, '{a,b}')" = "'cat':3B 'rat':5A";
    }
    /// A sign that does nothing.
    plus {
        "+ 3.5" = "3.5";
    }
}

/// Queries, each with the reason why it is not said otherwise.
const QUERIES: [(&str, &str, usize); 4] = [
    ("`ONLY`: a model is a table with all that inherits from it", "SELECT name FROM ONLY cities", 1),
    (
        "`ROWS FROM`: several functions side by side, and records whose columns the call names",
        r#"SELECT * FROM ROWS FROM (json_to_recordset('[{"a":40,"b":"foo"},{"a":"100","b":"bar"}]')
               AS (a INTEGER, b TEXT), generate_series(1, 3)) AS x (p, q, s) ORDER BY p"#,
        3,
    ),
    (
        "`DISTINCT` of grouping sets: nobody has asked for it",
        "SELECT brand, size, sum(sales) FROM items_sold GROUP BY DISTINCT ROLLUP (brand, size), ROLLUP (brand, id)",
        15,
    ),
    (
        "a row value that is equal to a query's row: `IN` says the same",
        "SELECT num FROM t1 WHERE (num, name) = (SELECT 3, 'c')",
        1,
    ),
];

/// What is not said is asked by `sql!`, or here by its twin for texts that the program puts together.
#[tokio::test]
async fn queries() -> Result {
    let manual = manual().await;
    for (reason, sql, count) in QUERIES {
        let rows = manual.db.session().execute(sql_unchecked(sql).rows::<orm_core::RowMapping>()).await?;
        assert_eq!(rows.all().len(), count, "{reason}: {sql}");
    }
    Ok(())
}
