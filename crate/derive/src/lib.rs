//! The macros of the crate `interfuse`: `#[derive(Tree)]` for its users, and for itself what makes a function a row of the table of
//! functions (`interfuse::table`). Nothing here knows of tensors.

use proc_macro::TokenStream;
use syn::parse_macro_input;

mod text;
mod options;
mod function;
mod rows;
mod tree;

/// Implements `interfuse::Tree`.
#[proc_macro_derive(Tree)]
pub fn derive_tree(input: TokenStream) -> TokenStream {
    tree::derive(&parse_macro_input!(input))
}

/// Makes a function a row of the table: see `interfuse::table`.
#[proc_macro_attribute]
pub fn function(attributes: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(attributes.into(), item.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Options of a function as a struct: fields with their docs and `#[default(...)]`, of which `Default` follows.
#[proc_macro_derive(Options, attributes(default))]
pub fn derive_options(input: TokenStream) -> TokenStream {
    options::derive_options(&parse_macro_input!(input)).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// An enum without fields as an argument: a string of the package, `#[name("...")]` or the variant in lower case.
#[proc_macro_derive(Choice, attributes(name))]
pub fn derive_choice(input: TokenStream) -> TokenStream {
    options::derive_choice(&parse_macro_input!(input)).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// The table itself, from the paths of its functions.
#[proc_macro]
pub fn rows(input: TokenStream) -> TokenStream {
    rows::expand(parse_macro_input!(input)).into()
}
