//! The options of `compile` as the package has them, from their declaration in Rust: the type with its docs, the checks, the defaults and
//! what is sent.

use crate::functions::{escaped, put, type_of};
use interfuse::StoreOptions;
use interfuse::table::{Argument, Kind, Parameter};
use std::fmt::Write;

/// What says whether a value may be the option.
fn check(Parameter { name, kind, .. }: &Parameter) -> String {
    match kind {
        Kind::Flag => format!("check(op, \"{name}\", {name}, flag)"),
        Kind::Count => format!("check(op, \"{name}\", {name}, count)"),
        Kind::NamedSizes => format!("checkDynamicDims(op, {name})"),
        other => panic!("{name} is {other:?}: say here how the package checks it"),
    }
}

/// What an option is where it is left out.
fn default_of(option: &Parameter) -> &'static str {
    match option.kind {
        Kind::NamedSizes => "{}",
        _ => option.default.expect("an option has a default"),
    }
}

/// The file.
pub fn file() -> String {
    let options = <StoreOptions as Argument>::PARAMETERS;
    let names: Vec<&str> = options.iter().map(|option| option.name).collect();
    let names = names.join(", ");
    let [mut fields, mut defaults, mut checks, mut puts] = [const { String::new() }; 4];
    for option in options {
        let Parameter { name, doc, default, .. } = option;
        let default = default.map(|default| format!(" {default} by default.")).unwrap_or_default();
        let lines = format!("{}{default}", escaped(doc));
        let doc = match lines.contains('\n') {
            true => format!("/**\n   * {}\n   */", lines.replace('\n', "\n   * ")),
            false => format!("/** {lines} */"),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(fields, "  {doc}\n  readonly {name}?: {};", type_of(option));
        let _ = writeln!(defaults, "    {name}: options.{name} ?? {},", default_of(option));
        let _ = writeln!(checks, "  if ({name} !== undefined) {};", check(option));
        let _ = writeln!(puts, "  {};", put(&Parameter { is_option: false, default: None, ..*option }, ""));
    }
    format!(
        "// Generated from crate/interfuse/src/compile/options.rs by `npm run gen`. Do not edit.\n\
        /** @file The options of `compile` that the core takes. */\n\
        import {{ checkDynamicDims, type DynamicDims }} from \"./open.js\";\n\
        import {{ check, count, flag }} from \"./options.js\";\n\
        import {{ putFlag, putNamedSizes, putWeak }} from \"./wire.js\";\n\n\
        /** Options of `compile` that decide how a function is compiled. */\n\
        export interface StoreOptions {{\n{fields}}}\n\n\
        /** The names of these options. */\n\
        export const storeOptions: readonly (keyof StoreOptions)[] = [{quoted}];\n\n\
        /** Refuses options that are not what they may be. */\n\
        export function checkStoreOptions(op: string, {{ {names} }}: StoreOptions): void {{\n{checks}}}\n\n\
        /** All options, with the defaults of those that are left out. */\n\
        export function withDefaults(options: StoreOptions): Required<StoreOptions> {{\n  return {{\n{defaults}  }};\n}}\n\n\
        /** Sends them. */\n\
        export function putStoreOptions({{ {names} }}: Required<StoreOptions>): void {{\n{puts}}}\n",
        quoted = options.iter().map(|option| format!("\"{}\"", option.name)).collect::<Vec<_>>().join(", "),
    )
}
