//! Chapters 9.10 and 9.14: enum types and UUIDs.

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
        func::call::<Vec<Rainbow>, _>("enum_range", (None::<Rainbow>,))
            => "enum_range(null::rainbow)" = "{red,orange,yellow,green,blue,purple}";
    }
}

section! {
    /// 9.14: UUIDs.
    uuid_functions {
        func::length(func::call::<Uuid, _>("gen_random_uuid", ()).cast::<String>())
            => "length(gen_random_uuid()::text)" = "36";
    }
}
