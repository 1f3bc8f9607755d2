//! `rows!`: a table of functions, each by its path.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream, Result};
use syn::{Attribute, Ident, Path, Token, Visibility, braced};

/// `pub static NAME = { path::to::module: function function ...; ... }`
pub struct Table {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    name: Ident,
    functions: Vec<Path>,
}

impl Parse for Table {
    fn parse(input: ParseStream) -> Result<Table> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        input.parse::<Token![static]>()?;
        let name = input.parse()?;
        let content;
        braced!(content in input);
        let mut functions = Vec::new();
        while !content.is_empty() {
            let module = Path::parse_mod_style(&content)?;
            let list;
            braced!(list in content);
            while !list.is_empty() {
                let function: Ident = list.parse()?;
                let mut path = module.clone();
                path.segments.push(format_ident!("row_of_{function}").into());
                functions.push(path);
            }
        }
        Ok(Table { attributes, visibility, name, functions })
    }
}

/// The rows as the bindings call them, and apart from them what is written about them, which no program holds.
pub fn expand(table: Table) -> TokenStream {
    let Table { attributes, visibility, name, functions } = table;
    let facts = format_ident!("{name}_FACTS");
    quote! {
        #(#attributes)*
        #visibility static #name: &[Row] = &[#(#functions::ROW),*];

        #(#attributes)*
        #visibility const #facts: &[Facts] = &[#(#functions::FACTS),*];
    }
}
