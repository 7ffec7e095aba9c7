//! Chapter 9.5 and 9.6: strings of bytes and of bits.

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
    }
    raw {
        r#"bit_length('\x123456'::bytea)"# = "24";
        r#"btrim('\x1234567890'::bytea, '\x9012'::bytea)"# = r#"\x345678"#;
        r#"overlay('\x1234567890'::bytea placing '\002\003'::bytea from 2 for 3)"# = r#"\x12020390"#;
        r#"position('\x5678'::bytea in '\x1234567890'::bytea)"# = "3";
        r#"substring('\x1234567890'::bytea from 3 for 2)"# = r#"\x5678"#;
        r#"bit_count('\x1234567890'::bytea)"# = "15";
        r#"get_bit('\x1234567890'::bytea, 30)"# = "1";
        r#"md5('Th\000omas'::bytea)"# = "8ab2d3c9689aaf18b4958c334c82d8b1";
        r#"set_bit('\x1234567890'::bytea, 30, 0)"# = r#"\x1234563890"#;
        r#"set_byte('\x1234567890'::bytea, 4, 64)"# = r#"\x1234567840"#;
        r#"substr('\x1234567890'::bytea, 3, 2)"# = r#"\x5678"#;
        "convert_to('some_text', 'UTF8')" = r#"\x736f6d655f74657874"#;
    }
}

section! {
    /// 9.6: `bit`.
    bit_strings {
    }
    raw {
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
}
