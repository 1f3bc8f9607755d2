//! `#[derive(Options)]` and `#[derive(Choice)]`: arguments that are more than a number.

use crate::text::{camel, docs, inside, literal, prose};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Field, Fields, LitStr, Result, Type};

fn fields(input: &DeriveInput) -> Result<Vec<&Field>> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Ok(fields.named.iter().collect()),
            Fields::Unnamed(_) | Fields::Unit => Err(Error::new_spanned(&input.ident, "options have names")),
        },
        Data::Enum(_) | Data::Union(_) => Err(Error::new_spanned(&input.ident, "options are a struct")),
    }
}

/// The default of a field, `Default`'s where none is named.
fn default_of(field: &Field) -> Option<TokenStream> {
    field.attrs.iter().find(|attribute| attribute.path().is_ident("default")).map(inside)
}

/// `Default`, the description of the fields and how they are read from a call.
pub fn derive_options(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let (mut defaults, mut described, mut read) = (Vec::new(), Vec::new(), Vec::new());
    for field in fields(input)? {
        let ident = field.ident.as_ref().expect("the fields have names");
        let ty = anonymous(&field.ty);
        let default = default_of(field);
        defaults.push(match &default {
            Some(value) => quote!(#ident: #value),
            None => quote!(#ident: ::core::default::Default::default()),
        });
        let parameter = Parameter {
            name: camel(&ident.to_string()),
            default: default.as_ref().and_then(literal),
            doc: prose(&docs(&field.attrs)),
            is_option: true,
            is_optional: true,
            ..Parameter::default()
        };
        described.push(parameter.tokens(&ty));
        read.push(quote!(#ident: arguments.read()));
    }
    let parameters = input.generics.lifetimes().count();
    let (of, all) = if parameters == 0 { (quote!(), quote!()) } else { (quote!(<'_>), quote!(<'a>)) };
    Ok(quote! {
        impl ::core::default::Default for #name #of {
            fn default() -> Self {
                Self { #(#defaults),* }
            }
        }

        impl<'a> crate::table::Argument<'a> for #name #all {
            const PARAMETERS: &'static [crate::table::Parameter] = &[#(#described),*];
            fn read(arguments: &mut crate::table::Arguments<'a>) -> Self {
                Self { #(#read),* }
            }
        }
    })
}

/// A parameter as the table describes it.
#[derive(Default)]
pub struct Parameter {
    pub name: String,
    pub default: Option<String>,
    pub label: Option<String>,
    pub doc: String,
    pub is_option: bool,
    pub is_optional: bool,
    pub is_rest: bool,
}

impl Parameter {
    pub fn tokens(&self, ty: &TokenStream) -> TokenStream {
        let Parameter { name, default, label, doc, is_option, is_optional, is_rest } = self;
        let maybe = |text: &Option<String>| match text {
            Some(text) => quote!(Some(#text)),
            None => quote!(None),
        };
        let (default, label) = (maybe(default), maybe(label));
        quote! {
            crate::table::Parameter {
                name: #name,
                kind: <#ty as crate::table::Argument>::KIND,
                default: #default,
                label: #label,
                doc: #doc,
                is_option: #is_option,
                is_optional: #is_optional,
                is_rest: #is_rest,
            }
        }
    }
}

/// A type with its lifetimes left out.
pub fn anonymous(ty: &Type) -> TokenStream {
    use proc_macro2::{Ident, TokenTree};
    fn without(tokens: TokenStream) -> TokenStream {
        let mut after_quote = false;
        let rename = |tree: TokenTree| match tree {
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                after_quote = true;
                TokenTree::Punct(punct)
            }
            TokenTree::Ident(ident) if after_quote => {
                after_quote = false;
                TokenTree::Ident(Ident::new("_", ident.span()))
            }
            TokenTree::Group(group) => {
                TokenTree::Group(proc_macro2::Group::new(group.delimiter(), without(group.stream())))
            }
            other => other,
        };
        tokens.into_iter().map(rename).collect()
    }
    without(quote!(#ty))
}

/// The names, and the variant of a position among them.
pub fn derive_choice(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "a choice is an enum"));
    };
    let name = &input.ident;
    let (mut names, mut variants) = (Vec::new(), Vec::new());
    for variant in &data.variants {
        let ident = &variant.ident;
        let named = variant.attrs.iter().find(|attribute| attribute.path().is_ident("name")).map(inside);
        names.push(match named {
            Some(name) => syn::parse2::<LitStr>(name)?.value(),
            None => ident.to_string().to_lowercase(),
        });
        variants.push(ident);
    }
    let positions = 0u32..;
    let positions: Vec<u32> = positions.take(variants.len()).collect();
    let first = variants[0];
    Ok(quote! {
        impl<'a> crate::table::Argument<'a> for #name {
            const KIND: crate::table::Kind = crate::table::Kind::Choice(&[#(#names),*]);
            fn read(arguments: &mut crate::table::Arguments<'a>) -> Self {
                match arguments.position() {
                    #(#positions => #name::#variants,)*
                    _ => #name::#first,
                }
            }
        }
    })
}
