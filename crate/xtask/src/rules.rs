//! The rules of simplification with their laws, and what would change cuts: the names come from the tables, the laws are the docs of the
//! functions that apply them. No program contains the laws; the package has them beside its devtools.

use interfuse_compiler::fuse::CutCode;
use interfuse_compiler::simplify::rule_names;
use std::fmt::Write;

/// The sources of the tables.
const TABLES: [&str; 5] = [
    include_str!("../../compiler/src/simplify/scalar.rs"),
    include_str!("../../compiler/src/simplify/cast.rs"),
    include_str!("../../compiler/src/simplify/view.rs"),
    include_str!("../../compiler/src/simplify/reduce.rs"),
    include_str!("../../compiler/src/simplify/index.rs"),
];
/// What the rewriter does by itself.
const BUILT_IN: &str = include_str!("../../compiler/src/simplify/rewriter.rs");

/// The file of the package.
pub fn file() -> String {
    let mut text = String::from(
        "// Generated from crate/compiler/src/simplify and fuse/cut.rs by `npm run gen`. Do not edit.\n\
        /** @file What belongs to the names that inspections tell of: the laws of rules of simplification, what would change cuts. */\n\n\
        export interface RewriteRule {\n  readonly name: string;\n  /** Why the value stays the same. */\n  readonly law: string;\n}\n\n\
        /** All of them, in the order in which reports list them. */\n\
        export const rewriteRules: readonly RewriteRule[] = [\n",
    );
    for name in rule_names() {
        let law = law(name).unwrap_or_else(|| panic!("the rule '{name}' has no law"));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {{ name: {name:?}, law: {law:?} }},");
    }
    text += "];\n\n/** By the codes of cuts: what would change that an edge was not fused. */\n\
        export const cutRemedies: Readonly<Record<string, string>> = {\n";
    for code in CutCode::ALL {
        let _ = writeln!(text, "  {:?}: {:?},", code.name(), code.remedy());
    }
    text + "};\n"
}

/// The docs of the function that applies a rule, or the comment above the name of what the rewriter does by itself.
fn law(name: &str) -> Option<String> {
    let quoted = format!("\"{name}\"");
    if let Some(at) = BUILT_IN.find(&quoted) {
        return Some(comment(&BUILT_IN[..at], "// "));
    }
    let (source, at) = TABLES.iter().find_map(|source| Some((source, source.find(&quoted)?)))?;
    // The row ends in the name of its function.
    let row = &source[at + quoted.len()..];
    let end = row.find("},").into_iter().chain(row.find("),")).min()?;
    let function = row[..end].trim_end().trim_end_matches(',').rsplit([' ', '\n']).next()?;
    let at = source.find(&format!("\nfn {function}("))?;
    Some(comment(&source[..=at], "/// "))
}

/// The comment at the end of a text, as one line.
fn comment(text: &str, mark: &str) -> String {
    let lines = text.trim_end().lines().rev().map(str::trim);
    let lines: Vec<&str> = lines.take_while(|line| line.starts_with(mark) || line.starts_with("#[")).collect();
    let words: Vec<&str> = lines.into_iter().rev().filter_map(|line| line.strip_prefix(mark)).collect();
    words.join(" ").replace('`', "")
}
