//! Floor 2: how functions with arguments of fixed data types are defined: a line each, with the example that tests it.

/// Whether one of several operands may be NULL.
macro_rules! nullness {
    ($operand:ident $type:ty) => { <$operand as $crate::query::Operand<$type>>::Nullness };
    ($operand:ident $type:ty, $($rest:tt)+) => {
        <<$operand as $crate::query::Operand<$type>>::Nullness as $crate::types::Nullness>::Or<
            $crate::query::func::define::nullness!($($rest)+)
        >
    };
}

/// What several operands read.
macro_rules! sources {
    ($operand:ident $type:ty) => { <$operand as $crate::query::Operand<$type>>::Sources };
    ($operand:ident $type:ty, $($rest:tt)+) => {
        $crate::query::Both<
            <$operand as $crate::query::Operand<$type>>::Sources,
            $crate::query::func::define::sources!($($rest)+)
        >
    };
}

/// An example of a call as documentation, which holds what is written.
macro_rules! example {
    ($name:ident ($($example:tt)*) $text:literal) => {
        concat!(
            "\n```\n# use orm_examples::blog::*; use orm_core::{func, prelude::*, types::*};\nassert_eq!(format!(\"{:?}\", func::",
            stringify!($name), stringify!(($($example)*)), "), \"Expr(", $text, ")\");\n```"
        )
    };
}

/// One function. `like` says that the result is NULL where an argument is, `maybe` that it may be NULL in other cases too.
macro_rules! function {
    (like $output:ty; $($rest:tt)+) => {
        $crate::query::func::define::function!(@ {like $output} $($rest)+);
    };
    (maybe $output:ty; $($rest:tt)+) => {
        $crate::query::func::define::function!(@ {maybe $output} $($rest)+);
    };
    (@ $result:tt $(#[$doc:meta])* $name:ident $sql:literal
        ($($operand:ident $argument:ident: $type:ty),+) ($($example:tt)*) $text:literal) => {
        $(#[$doc])*
        #[doc = $crate::query::func::define::example!($name ($($example)*) $text)]
        pub fn $name<$($operand: $crate::query::Operand<$type>),+>($($argument: $operand),+) -> $crate::query::Expr<
            $crate::query::func::define::result!($result $($operand $type),+),
            $crate::query::func::define::sources!($($operand $type),+)
        > {
            $crate::query::Expr::call($sql, vec![$($crate::query::argument::operand::<$type>($argument)),+])
        }
    };
}

/// What a function's result is.
macro_rules! result {
    ({maybe $output:ty} $($operands:tt)+) => { Option<$output> };
    ({like $output:ty} $($operands:tt)+) => {
        $crate::types::OrNull<$crate::query::func::define::nullness!($($operands)+), $output>
    };
}

/// `name "sql" (A argument: Type, ..) -> like Type = (example) => "text";`
macro_rules! functions {
    ($(
        $(#[$doc:meta])*
        $name:ident $sql:literal ($($operand:ident $argument:ident: $type:ty),+) -> $null:ident $output:ty
            = ($($example:tt)*) => $text:literal;
    )+) => {
        $(
            $crate::query::func::define::function!(
                $null $output; $(#[$doc])* $name $sql ($($operand $argument: $type),+) ($($example)*) $text
            );
        )+
    };
}

pub(super) use {example, function, functions, nullness, result, sources};
