//! The derive macros of `orm-core`.
//!
//! What the user wrote becomes [`ast`] through the words of [`attr`]; [`valid`] holds one function per rule; [`expand`]
//! writes facts and thin code, and does so beside errors too ([`fallback`] says how), so that one mistake is one error.
//! Invariant: nothing here decides by how a type is spelled; generated code names the type and a trait decides.

mod ast;
mod attr;
mod context;
mod expand;
mod fallback;
mod names;
mod sql;
mod suggest;
mod valid;

use proc_macro2::TokenStream;
use syn::DeriveInput;

/// Makes a struct a model: its values are the rows of a table.
#[proc_macro_derive(Model, attributes(orm))]
pub fn derive_model(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    match syn::parse(input) {
        Ok(input) => model(&input).into(),
        Err(error) => error.into_compile_error().into(),
    }
}

/// The expansion of `derive(Model)`: every error, and everything that can be said in spite of them.
fn model(input: &DeriveInput) -> TokenStream {
    let context = context::Context::default();
    let expansion = ast::Model::read(&context, input).map(|mut model| {
        valid::check(&context, &model);
        fallback::complete(&mut model);
        expand::model(&model)
    });
    let errors = context.into_errors();
    quote::quote!(#errors #expansion)
}
