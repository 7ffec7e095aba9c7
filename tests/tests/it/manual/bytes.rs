//! Chapter 9.5: strings of bytes.

use orm_core::func;
use orm_core::prelude::*;
use orm_tests::manual::Sample;

use super::{section, value};

section! {
    /// 9.5: `bytea`.
    binary_strings {
        value(vec![0x12_u8, 0x34, 0x56]).op::<Vec<u8>, _>("||", vec![0x78_u8, 0x9a, 0x00, 0xbc, 0xde])
            => r#"'\x123456'::bytea || '\x789a00bcde'::bytea"# = r#"\x123456789a00bcde"#;
        func::call::<i32, _>("octet_length", (vec![0x12_u8, 0x34, 0x56],))
            => r#"octet_length('\x123456'::bytea)"# = "3";
        func::call::<i32, _>("get_byte", (Sample::bytes, 4))
            => r#"get_byte('\x1234567890'::bytea, 4)"# = "144";
        func::call::<i32, _>("length", (Sample::bytes,)) => r#"length('\x1234567890'::bytea)"# = "5";
        func::call::<String, _>("encode", (func::call::<Vec<u8>, _>("sha256", (b"abc".to_vec(),)), "hex"))
            => "encode(sha256('abc'::bytea), 'hex')"
            = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        func::call::<String, _>("convert_from", (b"text_in_utf8".to_vec(), "UTF8"))
            => "convert_from('text_in_utf8'::bytea, 'UTF8')" = "text_in_utf8";
        func::call::<String, _>("encode", (b"123\0\x01".to_vec(), "base64"))
            => r#"encode('123\000\001'::bytea, 'base64')"# = "MTIzAAE=";
        func::call::<Vec<u8>, _>("decode", ("MTIzAAE=", "base64"))
            => "decode('MTIzAAE=', 'base64')" = r#"\x3132330001"#;
        func::call::<i32, _>("bit_length", (vec![0x12_u8, 0x34, 0x56],))
            => r#"bit_length('\x123456'::bytea)"# = "24";
        func::call::<Vec<u8>, _>("btrim", (Sample::bytes, vec![0x90_u8, 0x12]))
            => r#"btrim('\x1234567890'::bytea, '\x9012'::bytea)"# = r#"\x345678"#;
        func::call::<Vec<u8>, _>("pg_catalog.overlay", (Sample::bytes, vec![2_u8, 3], 2, 3))
            => r#"overlay('\x1234567890'::bytea placing '\002\003'::bytea from 2 for 3)"# = r#"\x12020390"#;
        func::call::<i32, _>("pg_catalog.position", (Sample::bytes, vec![0x56_u8, 0x78]))
            => r#"position('\x5678'::bytea in '\x1234567890'::bytea)"# = "3";
        func::call::<Vec<u8>, _>("substr", (Sample::bytes, 3, 2))
            => r#"substring('\x1234567890'::bytea from 3 for 2)"# = r#"\x5678"#;
        func::call::<i64, _>("bit_count", (Sample::bytes,))
            => r#"bit_count('\x1234567890'::bytea)"# = "15";
        func::call::<i32, _>("get_bit", (Sample::bytes, 30_i64))
            => r#"get_bit('\x1234567890'::bytea, 30)"# = "1";
        func::call::<String, _>("md5", (b"Th\0omas".to_vec(),))
            => r#"md5('Th\000omas'::bytea)"# = "8ab2d3c9689aaf18b4958c334c82d8b1";
        func::call::<Vec<u8>, _>("set_bit", (Sample::bytes, 30_i64, 0))
            => r#"set_bit('\x1234567890'::bytea, 30, 0)"# = r#"\x1234563890"#;
        func::call::<Vec<u8>, _>("set_byte", (Sample::bytes, 4, 64))
            => r#"set_byte('\x1234567890'::bytea, 4, 64)"# = r#"\x1234567840"#;
        func::call::<Vec<u8>, _>("substr", (Sample::bytes, 3, 2))
            => r#"substr('\x1234567890'::bytea, 3, 2)"# = r#"\x5678"#;
        func::call::<Vec<u8>, _>("convert_to", ("some_text", "UTF8"))
            => "convert_to('some_text', 'UTF8')" = r#"\x736f6d655f74657874"#;
    }
}
