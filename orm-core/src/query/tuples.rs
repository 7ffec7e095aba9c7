//! Floor 2: tuples of things that read sources are such things themselves.

/// Implements a trait that has `Sources` and adds to a list, for tuples of up to eight.
macro_rules! tuples_of {
    ($trait:ident, $list:ident) => {
        tuples_of!($trait, $list: A B C D E F G H);
    };
    ($trait:ident, $list:ident: $first:ident $($rest:ident)*) => {
        impl<$first: $trait, $($rest: $trait),*> $trait for ($first, $($rest,)*) {
            type Sources = tuples_of!(@sources $first $($rest)*);

            #[allow(non_snake_case)]
            fn add_to(self, list: &mut $list) {
                let ($first, $($rest,)*) = self;
                $first.add_to(list);
                $($rest.add_to(list);)*
            }
        }

        tuples_of!($trait, $list: $($rest)*);
    };
    ($trait:ident, $list:ident:) => {};
    (@sources $only:ident) => { $only::Sources };
    (@sources $first:ident $($rest:ident)+) => { Both<$first::Sources, tuples_of!(@sources $($rest)+)> };
}

pub(super) use tuples_of;
