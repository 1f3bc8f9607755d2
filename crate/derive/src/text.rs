//! What attributes say, as text.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Expr, Lit, Meta};

/// The lines of a doc comment, without the space that begins them.
pub fn docs(attributes: &[Attribute]) -> Vec<String> {
    let line = |attribute: &Attribute| {
        let Meta::NameValue(pair) = &attribute.meta else { return None };
        let Expr::Lit(literal) = &pair.value else { return None };
        let Lit::Str(text) = &literal.lit else { return None };
        let text = text.value();
        pair.path.is_ident("doc").then(|| text.strip_prefix(' ').unwrap_or(&text).to_string())
    };
    attributes.iter().filter_map(line).collect()
}

/// The doc without its examples in Rust.
pub fn prose(lines: &[String]) -> String {
    let mut inside = false;
    let mut kept: Vec<&str> = Vec::new();
    for line in lines {
        if line.starts_with("```") {
            inside = !inside;
        } else if !inside {
            kept.push(line);
        }
    }
    kept.join("\n").trim().to_string()
}

/// Text as Markdown that shows it as it is: brackets are shapes, no links.
pub fn plain(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let escaped = |(at, part): (usize, &str)| {
        let is_code = at % 2 == 1;
        if is_code { part.to_string() } else { part.replace('[', "\\[").replace('<', "\\<") }
    };
    parts.map(escaped).collect::<Vec<_>>().join("`")
}

/// A value as the package writes it: literals, and what is made `from` one, as they are; a constant or variant by its name in quotes;
/// nothing for `None` and `..`.
pub fn literal(tokens: &TokenStream) -> Option<String> {
    let text = tokens.to_string().replace(' ', "");
    match text.as_str() {
        "None" | ".." => None,
        _ if text.starts_with("vec![") => Some(text["vec![".len()..text.len() - 1].to_string()),
        _ if text.starts_with('(') => Some(format!("[{}]", text[1..text.len() - 1].replace(',', ", "))),
        _ => Some(match text.rsplit_once("::") {
            Some((_, from)) if from.starts_with("from(") => from["from(".len()..from.len() - 1].to_string(),
            Some((_, name)) => format!("\"{}\"", name.to_lowercase()),
            None => text.trim_end_matches(".0").to_string(),
        }),
    }
}

/// `snake_case` as JavaScript writes names.
pub fn camel(name: &str) -> String {
    let name = name.trim_start_matches("r#");
    let mut parts = name.split('_');
    let mut camel = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let mut letters = part.chars();
        camel.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        camel.push_str(letters.as_str());
    }
    camel
}

/// The tokens of an attribute `#[name(...)]`; nothing in it gives none.
pub fn inside(attribute: &Attribute) -> TokenStream {
    match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        Meta::Path(_) => TokenStream::new(),
        Meta::NameValue(pair) => pair.value.to_token_stream(),
    }
}
