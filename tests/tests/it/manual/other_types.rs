//! Chapter 9.10 to 9.12, 9.14 and 9.15: enum types, geometry, networks, UUIDs and XML.

use orm_core::func;
use orm_core::prelude::*;
use orm_tests::manual::{Rainbow, Sample};
use uuid::Uuid;

use super::{section, value};

section! {
    /// 9.10: enum types.
    enum_support {
        func::call::<Rainbow, _>("enum_first", (Sample::color,)) => "enum_first(null::rainbow)" = "red";
        func::call::<Rainbow, _>("enum_last", (Sample::color,)) => "enum_last(null::rainbow)" = "purple";
        func::call::<Vec<Rainbow>, _>("enum_range", (Sample::color, Rainbow::Green))
            => "enum_range('orange'::rainbow, 'green'::rainbow)" = "{orange,yellow,green}";
        func::call::<Vec<Rainbow>, _>("enum_range", (None::<Rainbow>, Rainbow::Green))
            => "enum_range(NULL, 'green'::rainbow)" = "{red,orange,yellow,green}";
        func::call::<Vec<Rainbow>, _>("enum_range", (Sample::color, None::<Rainbow>))
            => "enum_range('orange'::rainbow, NULL)" = "{orange,yellow,green,blue,purple}";
        value(Rainbow::Red).lt(Rainbow::Green) => "'red'::rainbow < 'green'::rainbow" = "true";
    }
    raw {
        "enum_range(null::rainbow)" = "{red,orange,yellow,green,blue,purple}";
    }
}

section! {
    /// 9.11: geometry.
    geometry {
    }
    raw {
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
}

section! {
    /// 9.12: addresses of networks.
    network {
    }
    raw {
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
}

section! {
    /// 9.14: UUIDs.
    uuid_functions {
        func::length(func::call::<Uuid, _>("gen_random_uuid", ()).cast::<String>())
            => "length(gen_random_uuid()::text)" = "36";
    }
    raw {
    }
}

section! {
    /// 9.15: XML.
    xml_functions {
    }
    raw {
        "xmlcomment('hello')" = "<!--hello-->";
        "xmlconcat('<abc/>', '<bar>foo</bar>')" = "<abc/><bar>foo</bar>";
        "xmlelement(name foo, xmlattributes('xyz' as bar))" = r#"<foo bar="xyz"/>"#;
        "xmlforest('abc' AS foo, 123 AS bar)" = "<foo>abc</foo><bar>123</bar>";
        r#"xpath('/my:a/text()', '<my:a xmlns:my="http://example.com">test</my:a>', ARRAY[ARRAY['my', 'http://example.com']])"#
            = "{test}";
        "xmlexists('//town[text() = ''Toronto'']' PASSING BY VALUE '<towns><town>Toronto</town></towns>')"
            = "true";
    }
}
