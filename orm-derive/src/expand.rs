//! What `derive(Model)` writes: facts, and thin code around generic code of `orm-core`.
//!
//! Everything stands in one `const _`, names nothing but `::orm_core::__private`, `::core` and the user's own types,
//! and takes no name that could hide one of these.

mod accessors;
mod builder;
mod checks;
mod deferred;
mod many_to_many;
mod names;
mod relationships;
mod row;
mod table;

use proc_macro2::TokenStream;
use quote::quote;

use self::names::Names;
pub(crate) use self::names::field;
use crate::ast::Model;

/// The expansion.
pub(crate) fn model(model: &Model<'_>) -> TokenStream {
    let names = Names::new(model);
    let parts = [
        table::aliases(model, &names),
        table::constants(model),
        table::table(model, &names),
        row::model(model),
        accessors::accessors(model, &names),
        relationships::markers(model, &names),
        many_to_many::ways(model, &names),
        builder::builder(model, &names),
        checks::checks(model, &names),
    ];
    let allowed = allowed();
    quote! {
        #allowed
        const _: () = {
            use ::orm_core::__private as __orm;
            #(#parts)*
        };
    }
}

/// What generated code may do whatever the application's lints say.
pub(crate) fn allowed() -> TokenStream {
    quote! {
        #[allow(
            dead_code,
            missing_debug_implementations,
            non_camel_case_types,
            non_upper_case_globals,
            private_bounds,
            private_interfaces,
            unreachable_pub,
            unused_qualifications
        )]
    }
}
