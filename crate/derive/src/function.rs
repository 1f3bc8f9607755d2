//! `#[function]`: a function as a row of the table.
//!
//! Beside the function stands a module `row_of_NAME` with what the bindings call (`ROW`) and what is written about it (`FACTS`), and
//! with `method` the function's two methods on `Tensor`. The types of the arguments are read as they are written: what is borrowed there
//! is made from the call's values and passed by reference.

use crate::options::{Parameter, anonymous};
use crate::text::{camel, docs, inside, literal, plain, prose};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Error, Expr, FnArg, GenericArgument, Ident, ItemFn, Lit, LitStr, Meta, Pat, PatType, PathArguments,
    Result, ReturnType, Token, Type, TypeParamBound, parse_quote,
};

/// What the attribute says.
#[derive(Default)]
struct Said {
    name: Option<String>,
    options: Option<String>,
    returns: Option<String>,
    example: Option<String>,
    source: Option<String>,
    throws: Vec<String>,
    /// A method of tensors, in Rust and in the package.
    is_method: bool,
    /// A method in Rust only.
    is_native: bool,
    is_inner: bool,
    /// The package gives a function of the first argument.
    is_curried: bool,
}

impl Said {
    fn parse(attributes: TokenStream) -> Result<Said> {
        let mut said = Said::default();
        let all = syn::parse::Parser::parse2(Punctuated::<Meta, Token![,]>::parse_terminated, attributes)?;
        for meta in all {
            let text = match &meta {
                Meta::NameValue(pair) => match &pair.value {
                    Expr::Lit(literal) => match &literal.lit {
                        Lit::Str(text) => Some(text.value()),
                        _ => None,
                    },
                    _ => None,
                },
                Meta::Path(_) | Meta::List(_) => None,
            };
            let name = meta.path().get_ident().map(Ident::to_string).unwrap_or_default();
            match (name.as_str(), text) {
                ("name", text @ Some(_)) => said.name = text,
                ("options", text @ Some(_)) => said.options = text,
                ("returns", text @ Some(_)) => said.returns = text,
                ("example", text @ Some(_)) => said.example = text,
                ("source", text @ Some(_)) => said.source = text,
                ("throws", Some(text)) => said.throws.push(text),
                ("method", None) => said.is_method = true,
                ("native", None) => said.is_native = true,
                ("inner", None) => said.is_inner = true,
                ("curried", None) => said.is_curried = true,
                _ => return Err(Error::new_spanned(meta, "a row has no such fact")),
            }
        }
        Ok(said)
    }
}

/// How an argument is made of the values of a call: the type that is read, and the expression that hands it on.
struct Wire {
    ty: TokenStream,
    value: TokenStream,
}

fn read(ty: &TokenStream) -> TokenStream {
    quote!(arguments.read::<#ty>())
}

/// The `T` of `impl Into<T>`.
fn into_of(bounds: &Punctuated<TypeParamBound, Token![+]>) -> Option<&Type> {
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let last = bound.path.segments.last().filter(|segment| segment.ident == "Into")?;
        first_argument(&last.arguments)
    })
}

fn first_argument(arguments: &PathArguments) -> Option<&Type> {
    let PathArguments::AngleBracketed(list) = arguments else { return None };
    list.args.iter().find_map(|argument| if let GenericArgument::Type(ty) = argument { Some(ty) } else { None })
}

fn is_named(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}

impl Wire {
    fn of(ty: &Type) -> Wire {
        let own = |ty: TokenStream| Wire { value: read(&ty), ty };
        let by_reference = |ty: TokenStream| {
            let value = read(&ty);
            Wire { value: quote!(&#value), ty }
        };
        match ty {
            Type::ImplTrait(of) => match into_of(&of.bounds) {
                Some(inner) => own(anonymous(inner)),
                None => own(anonymous(ty)),
            },
            Type::Reference(reference) => match &*reference.elem {
                // `&(impl Sizes + ?Sized)`
                Type::Paren(_) => own(quote!(&[crate::Dim])),
                Type::Slice(slice) if !is_named(&slice.elem, "Tensor") => {
                    let element = anonymous(&slice.elem);
                    by_reference(quote!(::std::vec::Vec<#element>))
                }
                of if is_named(of, "Tensor") || is_named(of, "str") || matches!(of, Type::Slice(_)) => {
                    own(anonymous(ty))
                }
                of => by_reference(anonymous(of)),
            },
            Type::Path(path) => {
                let last = path.path.segments.last().expect("a path has segments");
                let inner = first_argument(&last.arguments).filter(|_| last.ident == "Option");
                match inner {
                    Some(Type::Reference(reference)) => match &*reference.elem {
                        // `Option<&dyn Sizes>`
                        Type::TraitObject(_) => {
                            let ty = quote!(Option<&[crate::Dim]>);
                            let value = read(&ty);
                            Wire { value: quote!(#value.as_ref().map(|sizes| sizes as &dyn crate::Sizes)), ty }
                        }
                        Type::Slice(slice) => {
                            let element = anonymous(&slice.elem);
                            let ty = quote!(Option<::std::vec::Vec<#element>>);
                            let value = read(&ty);
                            Wire { value: quote!(#value.as_deref()), ty }
                        }
                        _ => own(anonymous(ty)),
                    },
                    Some(Type::ImplTrait(of)) => match into_of(&of.bounds) {
                        Some(inner) => {
                            let inner = anonymous(inner);
                            own(quote!(Option<#inner>))
                        }
                        None => own(anonymous(ty)),
                    },
                    _ => own(anonymous(ty)),
                }
            }
            _ => own(anonymous(ty)),
        }
    }
}

/// What the attributes of a parameter say; they are taken off.
fn parameter(argument: &mut PatType) -> Result<(Parameter, Wire)> {
    let Pat::Ident(pattern) = &*argument.pat else {
        return Err(Error::new_spanned(&argument.pat, "a parameter of a row has a name"));
    };
    let mut parameter = Parameter { name: camel(&pattern.ident.to_string()), ..Parameter::default() };
    parameter.doc = prose(&docs(&argument.attrs));
    let mut wire = Wire::of(&argument.ty);
    for attribute in std::mem::take(&mut argument.attrs) {
        let tokens = inside(&attribute);
        let path = attribute.path();
        if path.is_ident("default") {
            parameter.is_optional = true;
            parameter.default = literal(&tokens);
        } else if path.is_ident("option") {
            (parameter.is_option, parameter.is_optional) = (true, true);
            parameter.default = if tokens.is_empty() { None } else { literal(&tokens) };
        } else if path.is_ident("label") {
            parameter.label = Some(syn::parse2::<LitStr>(tokens)?.value());
        } else if path.is_ident("rest") {
            parameter.is_rest = true;
        } else if path.is_ident("wire") {
            let value = read(&tokens);
            let value = if matches!(&*argument.ty, Type::Reference(_)) { quote!(&#value) } else { value };
            wire = Wire { value, ty: tokens };
        } else if !path.is_ident("doc") {
            argument.attrs.push(attribute);
        }
    }
    Ok((parameter, wire))
}

/// The `T` of `Result<T>`; without a `Result` the type itself, and that there is no mistake.
fn result(output: &ReturnType) -> Result<(&Type, bool)> {
    let ReturnType::Type(_, ty) = output else { return Err(Error::new_spanned(output, "a row gives something")) };
    let Type::Path(path) = &**ty else { return Ok((ty, false)) };
    let last = path.path.segments.last().expect("a path has segments");
    match first_argument(&last.arguments) {
        Some(inner) if last.ident == "Result" => Ok((inner, true)),
        _ => Ok((ty, false)),
    }
}

pub fn expand(attributes: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let said = Said::parse(attributes)?;
    let mut function: ItemFn = syn::parse2(item)?;
    let ident = function.sig.ident.clone();
    let lines = docs(&function.attrs);
    let mut groups = Vec::new();
    let mut values = Vec::new();
    for argument in &mut function.sig.inputs {
        let FnArg::Typed(argument) = argument else { return Err(Error::new_spanned(argument, "a row is no method")) };
        let (parameter, Wire { ty, value }) = parameter(argument)?;
        let described = parameter.tokens(&ty);
        groups.push(quote!(crate::table::group::<#ty>(&[#described])));
        values.push(value);
    }
    let (gives, can_fail) = result(&function.sig.output)?;
    let gives = gives.clone();
    let name = said.name.clone().unwrap_or_else(|| camel(&ident.to_string()));
    let own = camel(&ident.to_string());
    let doc = prose(&lines);
    let module = format_ident!("row_of_{ident}");
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let (options, returns, example, source) =
        (text(&said.options), text(&said.returns), text(&said.example), text(&said.source));
    let Said { throws, is_method, is_inner, is_curried, .. } = &said;
    let called = quote!(super::#ident(#(#values),*));
    let called = if can_fail { called } else { quote!(Ok(#called)) };
    let answer = match quote!(#gives).to_string().replace(' ', "").as_str() {
        "Tensor" => quote!(One),
        "Vec<Tensor>" => quote!(Many),
        "(Tensor,Tensor)" => quote!(Two),
        "()" => quote!(Nothing),
        _ => return Err(Error::new_spanned(&gives, "a row gives tensors")),
    };
    let about = About::of(&said);
    function.attrs.extend(about.lines().map(|line| -> Attribute { parse_quote!(#[doc = #line]) }));
    let methods = if *is_method || said.is_native {
        methods(&function, &gives, can_fail, &lines, &about)
    } else {
        TokenStream::new()
    };
    Ok(quote! {
        #function

        #[doc(hidden)]
        #[allow(missing_docs, unused_imports)]
        pub mod #module {
            use super::*;

            fn call(arguments: &mut crate::table::Arguments<'_>) -> crate::Result<#gives> {
                #called
            }

            pub const ROW: crate::table::Row =
                crate::table::Row { name: #name, call: crate::table::Call::#answer(call) };

            pub const FACTS: crate::table::Facts = crate::table::Facts {
                name: #name,
                own: #own,
                module: ::core::module_path!(),
                doc: #doc,
                parameters: &[#(#groups),*],
                options: #options,
                returns: #returns,
                throws: &[#(#throws),*],
                example: #example,
                source: #source,
                answer: crate::table::Answer::#answer,
                is_method: #is_method,
                is_inner: #is_inner,
                is_curried: #is_curried,
            };
        }

        #methods
    })
}

/// What a row says of its result and its mistakes, as lines of Rust's documentation.
struct About {
    result: Vec<String>,
    errors: Vec<String>,
}

impl About {
    fn of(said: &Said) -> About {
        let section = |title: &str, lines: Vec<String>| {
            let head = [String::new(), title.to_string(), String::new()];
            if lines.is_empty() { lines } else { head.into_iter().chain(lines).collect() }
        };
        let errors = said.throws.iter().map(|mistake| format!("- {}", plain(mistake))).collect();
        let result = said.returns.iter().map(|returns| plain(returns)).collect();
        About { result: section("# Result", result), errors: section("# Errors", errors) }
    }

    fn lines(&self) -> impl Iterator<Item = &String> {
        self.result.iter().chain(&self.errors)
    }
}

/// The method that panics with a mistake's text, and the one that returns it.
fn methods(function: &ItemFn, gives: &Type, can_fail: bool, lines: &[String], about: &About) -> TokenStream {
    let ident = &function.sig.ident;
    let try_ident = format_ident!("try_{}", ident.to_string().trim_start_matches("r#"));
    // What follows the first paragraph is the function's.
    let doc: Vec<&String> = lines.iter().take_while(|line| !line.is_empty()).chain(&about.result).collect();
    let like = format!("Like [`Tensor::{ident}`], with the mistake as a value.");
    let errors = &about.errors;
    let parameters: Vec<&FnArg> = function.sig.inputs.iter().skip(1).collect();
    let names: Vec<&Pat> = parameters
        .iter()
        .filter_map(|argument| if let FnArg::Typed(argument) = argument { Some(&*argument.pat) } else { None })
        .collect();
    let generics = &function.sig.generics;
    let receiver = match function.sig.inputs.first() {
        Some(FnArg::Typed(first)) => match &*first.ty {
            Type::Reference(reference) => {
                let lifetime = &reference.lifetime;
                quote!(& #lifetime self)
            }
            _ => quote!(&self),
        },
        _ => quote!(&self),
    };
    if !can_fail {
        return quote! {
            impl Tensor {
                #(#[doc = #doc])*
                #[must_use]
                pub fn #ident #generics (#receiver, #(#parameters),*) -> #gives {
                    #ident(self, #(#names),*)
                }
            }
        };
    }
    quote! {
        impl Tensor {
            #(#[doc = #doc])*
            #[track_caller]
            pub fn #ident #generics (#receiver, #(#parameters),*) -> #gives {
                crate::error::expect(#ident(self, #(#names),*))
            }

            #[doc = #like]
            #(#[doc = #errors])*
            #[track_caller]
            pub fn #try_ident #generics (#receiver, #(#parameters),*) -> crate::Result<#gives> {
                #ident(self, #(#names),*)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_states_result_and_errors_of_the_row() {
        let said = quote!(returns = "[n, k] of `x[0]`.", throws = "ShapeError: it is empty.", method);
        let function = quote!(
            /// Turns x.
            fn turn(x: &Tensor) -> Result<Tensor> {
                x.turned()
            }
        );
        let file: syn::File = syn::parse2(expand(said, function).expect("a row")).expect("items");
        let result = ["Turns x.", "", "# Result", "", "\\[n, k] of `x[0]`."];
        let errors = ["", "# Errors", "", "- ShapeError: it is empty."];
        let [syn::Item::Fn(function), .., syn::Item::Impl(methods)] = file.items.as_slice() else {
            panic!("a function, its row and its methods")
        };
        assert_eq!(docs(&function.attrs), [&result[..], &errors].concat());
        let methods: Vec<Vec<String>> = (methods.items.iter())
            .map(|item| if let syn::ImplItem::Fn(method) = item { docs(&method.attrs) } else { Vec::new() })
            .collect();
        let tried = [&["Like [`Tensor::turn`], with the mistake as a value."][..], &errors].concat();
        assert_eq!(methods, [result.to_vec(), tried]);
    }
}
