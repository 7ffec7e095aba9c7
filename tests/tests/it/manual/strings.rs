//! Chapter 9.4: text.

use orm_core::func;
use orm_core::prelude::*;
use orm_tests::manual::Sample;

use super::{section, value};

section! {
    /// 9.4, operators and functions, those of SQL first.
    string_functions {
        value("Post").concat("greSQL") => "'Post' || 'greSQL'" = "PostgreSQL";
        func::concat(("Value: ", Sample::number)) => "'Value: ' || 42" = "Value: 42";
        func::trim_of("xyxtrimyyx", "xyz") => "btrim('xyxtrimyyx', 'xyz')" = "trim";
        func::bit_length("jose") => "bit_length('jose')" = "32";
        func::length("josé") => "char_length('josé')" = "4";
        func::lower("TOM") => "lower('TOM')" = "tom";
        func::lpad("hi", 5, "xy") => "lpad('hi', 5, 'xy')" = "xyxhi";
        func::ltrim("zzzytest", "xyz") => "ltrim('zzzytest', 'xyz')" = "test";
        func::normalize("a\u{308}bc") => r#"normalize(U&'\0061\0308bc', NFC)"# = "äbc";
        func::octet_length("josé") => "octet_length('josé')" = "5";
        func::overlay("Txxxxas", "hom", 2, 4) => "overlay('Txxxxas' placing 'hom' from 2 for 4)" = "Thomas";
        func::position(Sample::name, "om") => "position('om' in 'Thomas')" = "3";
        func::rpad("hi", 5, "xy") => "rpad('hi', 5, 'xy')" = "hixyx";
        func::rtrim("testxxzx", "xyz") => "rtrim('testxxzx', 'xyz')" = "test";
        func::substring(Sample::name, 2, 3) => "substring('Thomas' from 2 for 3)" = "hom";
        func::substring_from(Sample::name, 3) => "substring('Thomas' from 3)" = "omas";
        func::left(Sample::name, 2) => "substring('Thomas' for 2)" = "Th";
        func::substring_match(Sample::name, "...$") => "substring('Thomas' from '...$')" = "mas";
        func::trim_of("yxTomxx", "xyz") => "trim(both 'xyz' from 'yxTomxx')" = "Tom";
        func::ltrim("xxTomxx", "x") => "trim(leading 'x' from 'xxTomxx')" = "Tomxx";
        func::upper("tom") => "upper('tom')" = "TOM";
        func::ascii("x") => "ascii('x')" = "120";
        func::chr(65) => "chr(65)" = "A";
        func::concat(("abcde", 2, None::<i32>, 22)) => "concat('abcde', 2, NULL, 22)" = "abcde222";
        func::concat_ws(",", ("abcde", 2, Sample::nothing, 22))
            => "concat_ws(',', 'abcde', 2, NULL, 22)" = "abcde,2,22";
        func::format("Hello %s, %1$s", ("World",))
            => "format('Hello %s, %1$s', 'World')" = "Hello World, World";
        func::initcap("hi THOMAS") => "initcap('hi THOMAS')" = "Hi Thomas";
        func::left("abcde", 2) => "left('abcde', 2)" = "ab";
        func::length("jose") => "length('jose')" = "4";
        func::md5("abc") => "md5('abc')" = "900150983cd24fb0d6963f7d28e17f72";
        func::parse_ident(r#""SomeSchema".someTable"#)
            => r#"parse_ident('"SomeSchema".someTable')"# = "{SomeSchema,sometable}";
        func::quote_ident("Foo bar") => "quote_ident('Foo bar')" = r#""Foo bar""#;
        func::quote_literal("O'Reilly") => r#"quote_literal(E'O\'Reilly')"# = "'O''Reilly'";
        func::quote_literal(value(42.5).cast::<String>()) => "quote_literal(42.5)" = "'42.5'";
        func::quote_nullable(Sample::missing) => "quote_nullable(NULL)" = "NULL";
        func::call::<i32, _>("regexp_count", ("123456789012", r"\d\d\d", 2))
            => r#"regexp_count('123456789012', '\d\d\d', 2)"# = "3";
        func::call::<bool, _>("regexp_like", ("Hello World", "world$", "i"))
            => "regexp_like('Hello World', 'world$', 'i')" = "true";
        func::regexp_match("foobarbequebaz", "(bar)(beque)")
            => "regexp_match('foobarbequebaz', '(bar)(beque)')" = "{bar,beque}";
        func::regexp_replace(Sample::name, ".[mN]a.", "M")
            => "regexp_replace('Thomas', '.[mN]a.', 'M')" = "ThM";
        func::regexp_split_to_array("hello world", r"\s+")
            => r#"regexp_split_to_array('hello world', '\s+')"# = "{hello,world}";
        func::repeat("Pg", 4) => "repeat('Pg', 4)" = "PgPgPgPg";
        func::replace("abcdefabcdef", "cd", "XX") => "replace('abcdefabcdef', 'cd', 'XX')" = "abXXefabXXef";
        func::reverse("abcde") => "reverse('abcde')" = "edcba";
        func::right("abcde", 2) => "right('abcde', 2)" = "de";
        func::split_part("abc~@~def~@~ghi", "~@~", 2) => "split_part('abc~@~def~@~ghi', '~@~', 2)" = "def";
        func::split_part("abc,def,ghi,jkl", ",", -2) => "split_part('abc,def,ghi,jkl', ',', -2)" = "ghi";
        value("alphabet").starts_with("alph") => "starts_with('alphabet', 'alph')" = "true";
        func::position("high", "ig") => "strpos('high', 'ig')" = "2";
        func::substring_from("alphabet", 3) => "substr('alphabet', 3)" = "phabet";
        func::substring("alphabet", 3, 2) => "substr('alphabet', 3, 2)" = "ph";
        func::to_hex(2_147_483_647) => "to_hex(2147483647)" = "7fffffff";
        func::translate("12345", "143", "ax") => "translate('12345', '143', 'ax')" = "a2x5";
        value("alphabet").begins_with("alph") => "'alphabet' ^@ 'alph'" = "true";
        func::call::<bool, _>("is_normalized", ("a\u{308}bc", "NFD"))
            => r#"U&'\0061\0308bc' IS NFD NORMALIZED"# = "true";
        func::length("josé")
            => "character_length('josé')" = "4";
        func::substring_similar(Sample::name, r##"%#"o_a#"_"##, "#")
            => r#"substring('Thomas' similar '%#"o_a#"_' escape '#')"# = "oma";
        func::call::<i32, _>("regexp_instr", ("ABCDEF", "c(.)(..)", 1, 1, 0, "i"))
            => "regexp_instr('ABCDEF', 'c(.)(..)', 1, 1, 0, 'i')" = "3";
        func::call::<String, _>("regexp_replace", (Sample::name, ".", "X", 3, 2))
            => "regexp_replace('Thomas', '.', 'X', 3, 2)" = "ThoXas";
        func::call::<Option<String>, _>("regexp_substr", ("ABCDEF", "c(.)(..)", 1, 1, "i", 2))
            => "regexp_substr('ABCDEF', 'c(.)(..)', 1, 1, 'i', 2)" = "EF";
        func::call::<String, _>("to_ascii", ("Karel", "LATIN1"))
            => "to_ascii('Karel', 'LATIN1')" = "Karel";
        func::call::<String, _>("unistr", (r"d\0061t\+000061",))
            => r#"unistr('d\0061t\+000061')"# = "data";
    }
}

section! {
    /// 9.4.1: `format`.
    format {
        func::format("Hello %s", ("World",)) => "format('Hello %s', 'World')" = "Hello World";
        func::format("Testing %s, %s, %s, %%", ("one", "two", "three"))
            => "format('Testing %s, %s, %s, %%', 'one', 'two', 'three')" = "Testing one, two, three, %";
        func::format("INSERT INTO %I VALUES(%L)", ("Foo bar", "O'Reilly"))
            => r#"format('INSERT INTO %I VALUES(%L)', 'Foo bar', E'O\'Reilly')"#
            = r#"INSERT INTO "Foo bar" VALUES('O''Reilly')"#;
        func::format("|%10s|", ("foo",)) => "format('|%10s|', 'foo')" = "|       foo|";
        func::format("|%-10s|", ("foo",)) => "format('|%-10s|', 'foo')" = "|foo       |";
        func::format("|%*s|", (10, "foo")) => "format('|%*s|', 10, 'foo')" = "|       foo|";
        func::format("Testing %3$s, %2$s, %1$s", ("one", "two", "three"))
            => "format('Testing %3$s, %2$s, %1$s', 'one', 'two', 'three')" = "Testing three, two, one";
    }
}
