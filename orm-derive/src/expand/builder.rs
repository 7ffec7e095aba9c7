//! The builder: one state parameter for each column that may need a value from the application.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Visibility;

use super::deferred::value_type;
use super::names::{self, Names, back, projection};
use crate::ast::{Kind, Model, Relationship};
use crate::names::plain;

/// The builder, its setters and what it can be given to.
pub(crate) fn builder(model: &Model<'_>, names: &Names) -> TokenStream {
    let builder = Builder::new(model, names);
    let (structure, entry) = (builder.structure(), builder.entry());
    let columns = (0..model.columns.len()).map(|column| builder.column_setter(column));
    let relationships = (0..model.relationships.len()).map(|position| builder.relationship_setter(position));
    let (name, parameters) = (&names.builder, builder.all(Builder::parameter));
    let requirements = builder.requirements();
    let complete = builder.complete();
    let children = (0..model.relationships.len()).filter_map(|position| builder.new_child(position));
    quote! {
        #structure
        #entry
        impl<#parameters> #name<#parameters> {
            #(#columns)*
            #(#relationships)*
        }
        #requirements
        #complete
        #(#children)*
    }
}

struct Builder<'a> {
    model: &'a Model<'a>,
    names: &'a Names,
    name: &'a Ident,
    /// The columns that may need a value.
    open: Vec<usize>,
}

impl<'a> Builder<'a> {
    fn new(model: &'a Model<'a>, names: &'a Names) -> Self {
        let open = (0..model.columns.len()).filter(|&column| !model.columns[column].is_filled_in());
        Self { model, names, name: &names.builder, open: open.collect() }
    }

    /// Something for each state parameter.
    fn all(&self, each: impl Fn(&Self, usize) -> TokenStream) -> TokenStream {
        let each = self.open.iter().map(|&column| each(self, column));
        quote!(#(#each),*)
    }

    fn parameter(&self, column: usize) -> TokenStream {
        let parameter = format_ident!("S{column}");
        quote!(#parameter)
    }

    fn state(&self, column: usize) -> TokenStream {
        let parameter = self.parameter(column);
        quote!(#parameter: __orm::State)
    }

    /// The builder's type once these columns are set.
    fn with(&self, set: &[usize]) -> TokenStream {
        if !set.iter().any(|column| self.open.contains(column)) {
            return quote!(Self);
        }
        let (name, states) = (
            self.name,
            self.all(
                |this, column| {
                    if set.contains(&column) { quote!(__orm::Set) } else { this.parameter(column) }
                },
            ),
        );
        quote!(#name<#states>)
    }

    fn structure(&self) -> TokenStream {
        let Model { vis, ident, .. } = self.model;
        let (name, parameters) = (self.name, self.all(Self::parameter));
        let doc = format!("A new `{}`, column by column.", plain(ident));
        quote! {
            #[doc = #doc]
            #[must_use = "a builder makes no row until it is given to a session or to another builder"]
            #vis struct #name<#parameters>(__orm::New<#ident>, __orm::PhantomData<fn() -> (#parameters)>);
        }
    }

    /// `User::builder()`.
    fn entry(&self) -> TokenStream {
        let Model { vis, ident, .. } = self.model;
        let name = self.name;
        let doc = format!("A new `{}`, to be given to a session or to another builder.", plain(ident));
        let states = self.all(|this, column| {
            let by_type = this.model.is_generated_by_type(column);
            let state = if by_type { "KeyState" } else { "Initial" };
            projection(&value_type(&this.model.columns[column]), "Field", state)
        });
        quote! {
            impl #ident {
                #[doc = #doc]
                #vis fn builder() -> #name<#states> {
                    #name(__orm::New::new(), __orm::PhantomData)
                }
            }
        }
    }

    fn column_setter(&self, position: usize) -> TokenStream {
        let column = &self.model.columns[position];
        if column.is_read_only() {
            return TokenStream::new();
        }
        let (vis, name, ty) = (column.vis, column.ident, value_type(column));
        let doc = format!("Sets the column `{}`.", plain(name));
        let value = match column.deferred {
            Some(_) => quote!(::core::convert::From::from(value.into_column())),
            None => quote!(value.into_column()),
        };
        let (then, builder) = (self.with(&[position]), self.name);
        let bound = quote_spanned!(name.span()=> impl __orm::IntoColumn<#ty>);
        quote! {
            #[doc = #doc]
            #vis fn #name(mut self, value: #bound) -> #then {
                self.0.give(#position).#name = #value;
                #builder(self.0, __orm::PhantomData)
            }
        }
    }

    /// The type and the value of the builder after a step.
    fn step(&self, set: &[usize], step: &TokenStream) -> (TokenStream, TokenStream) {
        let (then, name) = (self.with(set), self.name);
        (then, quote!(#name(self.0.#step, __orm::PhantomData)))
    }

    fn relationship_setter(&self, position: usize) -> TokenStream {
        let relationship = &self.model.relationships[position];
        let vis = relationship.vis.as_ref().unwrap_or(self.model.vis);
        match (relationship.kind, &relationship.back_populates) {
            (Kind::BelongsTo, _) => self.parent_setter(relationship, position, vis),
            (Kind::ManyToMany, _) => self.linked_setter(relationship, position, vis),
            (_, None) => TokenStream::new(),
            (Kind::HasOne, _) => self.child_setter(relationship, position, vis),
            (Kind::HasMany, _) => self.children_setter(relationship, position, vis),
        }
    }

    fn parent_setter(&self, relationship: &Relationship, position: usize, vis: &Visibility) -> TokenStream {
        let (name, target) = (&relationship.ident, names::target(relationship, position));
        let doc = format!("Lets the row belong to this entity: sets the key of `{}`.", plain(name));
        let link = quote_spanned!(target.span()=> link(#position, __orm::Entity::node(entity)));
        let (then, body) = self.step(self.model.key_of(relationship), &link);
        quote_spanned! {target.span()=>
            #[doc = #doc]
            #vis fn #name(self, entity: &__orm::Entity<#target>) -> #then {
                #body
            }
        }
    }

    fn child_setter(&self, relationship: &Relationship, position: usize, vis: &Visibility) -> TokenStream {
        let (ident, name) = (self.model.ident, &relationship.ident);
        let target = names::target(relationship, position);
        let doc = format!("Adds the `{}` too, as a builder without the key.", plain(name));
        let (back, builder) = (back(position), self.name);
        let bound = quote_spanned!(name.span()=> impl __orm::NewChild<#ident, #back, Model = #target>);
        quote! {
            #[doc = #doc]
            #vis fn #name(self, child: #bound) -> Self {
                #builder(self.0.child(#back, __orm::IntoRow::into_row(child)), __orm::PhantomData)
            }
        }
    }

    fn children_setter(&self, relationship: &Relationship, position: usize, vis: &Visibility) -> TokenStream {
        let (ident, name) = (self.model.ident, &relationship.ident);
        let target = names::target(relationship, position);
        let doc = format!("Adds these `{}` too, as builders without the key.", plain(name));
        let (back, builder) = (back(position), self.name);
        let bound = quote_spanned!(name.span()=> __orm::NewChild<#ident, #back, Model = #target>);
        quote! {
            #[doc = #doc]
            #vis fn #name(self, children: impl ::core::iter::IntoIterator<Item: #bound>) -> Self {
                #builder(__orm::children(self.0, children), __orm::PhantomData)
            }
        }
    }

    fn linked_setter(&self, relationship: &Relationship, position: usize, vis: &Visibility) -> TokenStream {
        let name = &relationship.ident;
        let (target, marker) = (names::target(relationship, position), self.names.marker(relationship));
        let doc = format!("Links the row with these `{}`.", plain(name));
        let builder = self.name;
        quote_spanned! {target.span()=>
            #[doc = #doc]
            #vis fn #name<'e>(
                self,
                entities: impl ::core::iter::IntoIterator<Item = &'e __orm::Entity<#target>>,
            ) -> Self {
                #builder(__orm::linked::<#marker>(self.0, entities), __orm::PhantomData)
            }
        }
    }

    /// A type for each column that may lack a value, whose name the compiler says.
    fn requirements(&self) -> TokenStream {
        let names = self.open.iter().map(|&column| self.requirement(column));
        quote!(#(pub enum #names {})*)
    }

    fn requirement(&self, column: usize) -> Ident {
        format_ident!("{}_of_{}", plain(self.model.columns[column].ident), plain(self.model.ident))
    }

    /// What the builder lacks first, but for these columns.
    fn lacks(&self, without: &[usize]) -> TokenStream {
        let needed = self.open.iter().rev().filter(|column| !without.contains(column));
        needed.fold(quote!(__orm::Nothing), |rest, &column| {
            let (state, requirement) = (self.parameter(column), self.requirement(column));
            quote!(<#state as __orm::State>::Lacks<#requirement, #rest>)
        })
    }

    fn complete(&self) -> TokenStream {
        let (ident, name, parameters) = (self.model.ident, self.name, self.all(Self::parameter));
        let (states, lacks) = (self.all(Self::state), self.lacks(&[]));
        quote! {
            #[diagnostic::do_not_recommend]
            impl<#parameters> __orm::IntoRow for #name<#parameters> {
                type Model = #ident;
                fn into_row(self) -> __orm::New<#ident> {
                    self.0
                }
            }
            #[diagnostic::do_not_recommend]
            impl __orm::IntoRow for #ident {
                type Model = Self;
                fn into_row(self) -> __orm::New<Self> {
                    __orm::New::of(self)
                }
            }
            #[diagnostic::do_not_recommend]
            impl<#states> __orm::Builder for #name<#parameters> {
                type Lacks = #lacks;
            }
        }
    }

    /// The builder as a child, over the relationship at this position.
    fn new_child(&self, position: usize) -> Option<TokenStream> {
        let relationship = &self.model.relationships[position];
        if relationship.kind != Kind::BelongsTo {
            return None;
        }
        let target = names::target(relationship, position);
        let (name, parameters, states) = (self.name, self.all(Self::parameter), self.all(Self::state));
        let lacks = self.lacks(self.model.key_of(relationship));
        Some(quote_spanned! {target.span()=>
            #[diagnostic::do_not_recommend]
            impl<#states> __orm::ChildBuilder<#target, #position> for #name<#parameters> {
                type Lacks = #lacks;
            }
        })
    }
}
