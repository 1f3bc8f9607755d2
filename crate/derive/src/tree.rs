//! `#[derive(Tree)]`: structs and enums as arguments, results and captured state of compiled functions.
//!
//! A struct is its fields under their names, those of a tuple struct under their positions; an enum is the variant that it is. All of
//! them must be trees, and every type parameter is bound to be one. What the derived code does is described with the trait; nothing here
//! knows of tensors.

use proc_macro::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Error, Fields, Ident, Index, LitStr, parse_quote};

/// Implements `interfuse::Tree`.
pub fn derive(input: &DeriveInput) -> TokenStream {
    let name = &input.ident;
    let forms: Vec<(String, Option<&Ident>, &Fields)> = match &input.data {
        Data::Struct(data) => vec![(name.to_string(), None, &data.fields)],
        Data::Enum(data) => data
            .variants
            .iter()
            .map(|variant| (format!("{name}::{}", variant.ident), Some(&variant.ident), &variant.fields))
            .collect(),
        Data::Union(data) => {
            let message = "a union is no tree: nothing says which of its fields it is";
            return Error::new(data.union_token.span, message).into_compile_error().into();
        }
    };
    let (mut flatten, mut unflatten) = (Vec::new(), Vec::new());
    for (text, variant, fields) in forms {
        let path = variant.map_or(quote!(#name), |variant| quote!(#name::#variant));
        let class = LitStr::new(&text, name.span());
        let count = fields.len();
        let bindings: Vec<Ident> = (0..count).map(|at| format_ident!("field{at}")).collect();
        let keys: Vec<LitStr> = fields
            .iter()
            .enumerate()
            .map(|(at, field)| {
                let key = field.ident.as_ref().map_or_else(|| at.to_string(), Ident::to_string);
                LitStr::new(key.trim_start_matches("r#"), name.span())
            })
            .collect();
        // `Name { 0: a }` is a pattern and an expression of tuple structs, too.
        let members = fields.iter().enumerate().map(|(at, field)| match &field.ident {
            Some(ident) => quote!(#ident),
            None => {
                let at = Index::from(at);
                quote!(#at)
            }
        });
        let members: Vec<_> = members.collect();
        flatten.push(quote! {
            #path { #(#members: #bindings),* } => {
                key.class(#class, #count);
                #(::interfuse::Tree::flatten(#bindings, key.key(#keys), tensors);)*
            }
        });
        unflatten.push(quote! {
            #path { #(#members: #bindings),* } => {
                #path { #(#members: ::interfuse::Tree::unflatten(#bindings, tensors)),* }
            }
        });
    }
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(parse_quote!(::interfuse::Tree));
    }
    let (of, arguments, bounds) = generics.split_for_impl();
    quote! {
        impl #of ::interfuse::Tree for #name #arguments #bounds {
            fn flatten(&self, key: &mut ::interfuse::SignatureBuilder, tensors: &mut ::std::vec::Vec<::interfuse::Tensor>) {
                match self { #(#flatten)* }
            }
            fn unflatten(&self, tensors: &mut dyn ::std::iter::Iterator<Item = ::interfuse::Tensor>) -> Self {
                match self { #(#unflatten)* }
            }
        }
    }
    .into()
}
