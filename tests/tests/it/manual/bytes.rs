//! Chapter 9.5 and 9.6: strings of bytes and of bits.

use super::section;

section! {
    /// 9.5: `bytea`.
    binary_strings {
        r#"'\x123456'::bytea || '\x789a00bcde'::bytea"# = r#"\x123456789a00bcde"#;
        r#"bit_length('\x123456'::bytea)"# = "24";
        r#"btrim('\x1234567890'::bytea, '\x9012'::bytea)"# = r#"\x345678"#;
        r#"octet_length('\x123456'::bytea)"# = "3";
        r#"overlay('\x1234567890'::bytea placing '\002\003'::bytea from 2 for 3)"# = r#"\x12020390"#;
        r#"position('\x5678'::bytea in '\x1234567890'::bytea)"# = "3";
        r#"substring('\x1234567890'::bytea from 3 for 2)"# = r#"\x5678"#;
        r#"bit_count('\x1234567890'::bytea)"# = "15";
        r#"get_bit('\x1234567890'::bytea, 30)"# = "1";
        r#"get_byte('\x1234567890'::bytea, 4)"# = "144";
        r#"length('\x1234567890'::bytea)"# = "5";
        r#"md5('Th\000omas'::bytea)"# = "8ab2d3c9689aaf18b4958c334c82d8b1";
        r#"set_bit('\x1234567890'::bytea, 30, 0)"# = r#"\x1234563890"#;
        r#"set_byte('\x1234567890'::bytea, 4, 64)"# = r#"\x1234567840"#;
        "encode(sha256('abc'::bytea), 'hex')"
            = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        r#"substr('\x1234567890'::bytea, 3, 2)"# = r#"\x5678"#;
        "convert_from('text_in_utf8'::bytea, 'UTF8')" = "text_in_utf8";
        "convert_to('some_text', 'UTF8')" = r#"\x736f6d655f74657874"#;
        r#"encode('123\000\001'::bytea, 'base64')"# = "MTIzAAE=";
        "decode('MTIzAAE=', 'base64')" = r#"\x3132330001"#;
    }
}

section! {
    /// 9.6: `bit`.
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
}
