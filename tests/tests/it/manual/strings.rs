//! Chapter 9.4: text.

use super::section;

section! {
    /// 9.4, operators and functions, those of SQL first.
    string_functions {
        "'Post' || 'greSQL'" = "PostgreSQL";
        "'Value: ' || 42" = "Value: 42";
        "btrim('xyxtrimyyx', 'xyz')" = "trim";
        r#"U&'\0061\0308bc' IS NFD NORMALIZED"# = "true";
        "bit_length('jose')" = "32";
        "char_length('josé')" = "4";
        "character_length('josé')" = "4";
        "lower('TOM')" = "tom";
        "lpad('hi', 5, 'xy')" = "xyxhi";
        "ltrim('zzzytest', 'xyz')" = "test";
        r#"normalize(U&'\0061\0308bc', NFC)"# = "äbc";
        "octet_length('josé')" = "5";
        "overlay('Txxxxas' placing 'hom' from 2 for 4)" = "Thomas";
        "position('om' in 'Thomas')" = "3";
        "rpad('hi', 5, 'xy')" = "hixyx";
        "rtrim('testxxzx', 'xyz')" = "test";
        "substring('Thomas' from 2 for 3)" = "hom";
        "substring('Thomas' from 3)" = "omas";
        "substring('Thomas' for 2)" = "Th";
        "substring('Thomas' from '...$')" = "mas";
        r#"substring('Thomas' similar '%#"o_a#"_' escape '#')"# = "oma";
        "trim(both 'xyz' from 'yxTomxx')" = "Tom";
        "trim(leading 'x' from 'xxTomxx')" = "Tomxx";
        "upper('tom')" = "TOM";
        "ascii('x')" = "120";
        "chr(65)" = "A";
        "concat('abcde', 2, NULL, 22)" = "abcde222";
        "concat_ws(',', 'abcde', 2, NULL, 22)" = "abcde,2,22";
        "format('Hello %s, %1$s', 'World')" = "Hello World, World";
        "initcap('hi THOMAS')" = "Hi Thomas";
        "left('abcde', 2)" = "ab";
        "length('jose')" = "4";
        "md5('abc')" = "900150983cd24fb0d6963f7d28e17f72";
        r#"parse_ident('"SomeSchema".someTable')"# = "{SomeSchema,sometable}";
        "quote_ident('Foo bar')" = r#""Foo bar""#;
        r#"quote_literal(E'O\'Reilly')"# = "'O''Reilly'";
        "quote_literal(42.5)" = "'42.5'";
        "quote_nullable(NULL)" = "NULL";
        r#"regexp_count('123456789012', '\d\d\d', 2)"# = "3";
        "regexp_instr('ABCDEF', 'c(.)(..)', 1, 1, 0, 'i')" = "3";
        "regexp_like('Hello World', 'world$', 'i')" = "true";
        "regexp_match('foobarbequebaz', '(bar)(beque)')" = "{bar,beque}";
        "regexp_replace('Thomas', '.[mN]a.', 'M')" = "ThM";
        "regexp_replace('Thomas', '.', 'X', 3, 2)" = "ThoXas";
        r#"regexp_split_to_array('hello world', '\s+')"# = "{hello,world}";
        "regexp_substr('ABCDEF', 'c(.)(..)', 1, 1, 'i', 2)" = "EF";
        "repeat('Pg', 4)" = "PgPgPgPg";
        "replace('abcdefabcdef', 'cd', 'XX')" = "abXXefabXXef";
        "reverse('abcde')" = "edcba";
        "right('abcde', 2)" = "de";
        "split_part('abc~@~def~@~ghi', '~@~', 2)" = "def";
        "split_part('abc,def,ghi,jkl', ',', -2)" = "ghi";
        "starts_with('alphabet', 'alph')" = "true";
        "string_to_array('xx~~yy~~zz', '~~', 'yy')" = "{xx,NULL,zz}";
        "strpos('high', 'ig')" = "2";
        "substr('alphabet', 3)" = "phabet";
        "substr('alphabet', 3, 2)" = "ph";
        "to_ascii('Karel', 'LATIN1')" = "Karel";
        "to_hex(2147483647)" = "7fffffff";
        "translate('12345', '143', 'ax')" = "a2x5";
        r#"unistr('d\0061t\+000061')"# = "data";
        "'alphabet' ^@ 'alph'" = "true";
    }
}

section! {
    /// 9.4.1: `format`.
    format {
        "format('Hello %s', 'World')" = "Hello World";
        "format('Testing %s, %s, %s, %%', 'one', 'two', 'three')" = "Testing one, two, three, %";
        r#"format('INSERT INTO %I VALUES(%L)', 'Foo bar', E'O\'Reilly')"#
            = r#"INSERT INTO "Foo bar" VALUES('O''Reilly')"#;
        "format('|%10s|', 'foo')" = "|       foo|";
        "format('|%-10s|', 'foo')" = "|foo       |";
        "format('|%*s|', 10, 'foo')" = "|       foo|";
        "format('Testing %3$s, %2$s, %1$s', 'one', 'two', 'three')" = "Testing three, two, one";
    }
}
