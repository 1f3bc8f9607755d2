//! The types of what the core shows (inspections, profiles, reports, events), which cross as JSON. ts-rs says what serde writes of the
//! Rust types; here that gets the form of the package: read-only, one field per line, with the docs.

use interfuse::devtools::{Event, Source};
use interfuse::inspect::{
    AppliedView, BufferUse, BufferView, CostView, CutView, GraphView, KernelView, LineView, NodeView, PassView,
    PlanView, RuleView, StepView,
};
use interfuse::profile::{KernelProfile, RunProfile};
use interfuse::{BreakReason, CacheEntry, CompilationStats, Counters, FallbackReport, Inspection, KeyDifference};
use interfuse::{MissReport, Profile};
use interfuse_wasm::device::{DeviceInfo, DeviceLimits, MemoryReport};
use ts_rs::{Config, TS};

/// The file of the types.
pub fn file() -> String {
    let config = Config::new().with_large_int("number");
    let mut text = String::from(
        "// Generated from the Rust types of the same names by `npm run gen`. Do not edit.\n\
        /** @file What the core shows: inspections, profiles, reports, events. */\n",
    );
    macro_rules! declare {
        ($($view:ty),* $(,)?) => {$(
            text += &declaration(&<$view>::docs().unwrap_or_default(), &<$view>::decl(&config));
        )*};
    }
    declare![
        Inspection,
        PassView,
        RuleView,
        AppliedView,
        GraphView,
        NodeView,
        Source,
        KernelView,
        BufferUse,
        LineView,
        CutView,
        PlanView,
        StepView,
        BufferView,
        CostView,
        Profile,
        RunProfile,
        KernelProfile,
        CompilationStats,
        CacheEntry,
        MissReport,
        KeyDifference,
        FallbackReport,
        BreakReason,
        Event,
        DeviceInfo<'_>,
        DeviceLimits,
        MemoryReport,
        Counters,
    ];
    text
}

/// A declaration as the package writes it, of `type Name = ...;`.
fn declaration(docs: &str, declared: &str) -> String {
    let mut reader = Reader(docs);
    let docs = reader.docs("");
    reader = Reader(declared);
    assert!(reader.take("type"), "ts-rs declares types: {declared}");
    let name = reader.word();
    assert!(reader.take("="), "{name} has parameters");
    // Of several objects each starts a line.
    let are_objects = declared.contains("} |");
    let all = reader.alternatives(if are_objects { "    " } else { "" });
    assert!(reader.take(";") && reader.rest().is_empty(), "{name} has more than was read: {}", reader.rest());
    match &all[..] {
        [object] if object.starts_with('{') => format!("\n{docs}export interface {name} {object}\n"),
        _ if are_objects => format!("\n{docs}export type {name} =\n  | {};\n", all.join("\n  | ")),
        _ => format!("\n{docs}export type {name} = {};\n", all.join(" | ")),
    }
}

/// What is left of a text to read.
struct Reader<'a>(&'a str);

impl<'a> Reader<'a> {
    fn rest(&mut self) -> &'a str {
        self.0 = self.0.trim_start();
        self.0
    }

    /// Takes that text, if it is next.
    fn take(&mut self, text: &str) -> bool {
        let after = self.rest().strip_prefix(text);
        self.0 = after.unwrap_or(self.0);
        after.is_some()
    }

    /// Takes everything up to the first letter that is not of that sort.
    fn word(&mut self) -> &'a str {
        let text = self.rest();
        let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
        let quoted = text.strip_prefix('"').and_then(|text| text.find('"')).map(|end| end + 2);
        let (word, after) = text.split_at(quoted.unwrap_or(text.find(|c| !is_letter(c)).unwrap_or(text.len())));
        self.0 = after;
        assert!(!word.is_empty(), "not a word: {text}");
        word
    }

    /// A comment in the package's form, if one is next.
    fn docs(&mut self, indent: &str) -> String {
        if !self.take("/**") {
            return String::new();
        }
        let (comment, after) = self.0.split_once("*/").expect("a comment ends");
        self.0 = after;
        let lines = comment.lines().map(|line| line.trim().trim_start_matches('*').trim());
        let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
        match lines[..] {
            [line] => format!("{indent}/** {line} */\n"),
            _ => {
                let lines: String = lines.iter().map(|line| format!("{indent} * {line}\n")).collect();
                format!("{indent}/**\n{lines}{indent} */\n")
            }
        }
    }

    /// A type on one line, but for objects in it.
    fn one_of(&mut self, indent: &str) -> String {
        self.alternatives(indent).join(" | ")
    }

    /// A type, by its alternatives.
    fn alternatives(&mut self, indent: &str) -> Vec<String> {
        let mut all = vec![self.one(indent)];
        while self.take("|") {
            all.push(self.one(indent));
        }
        all
    }

    fn one(&mut self, indent: &str) -> String {
        if self.take("{") {
            let mut fields = String::new();
            while !self.take("}") {
                let docs = self.docs(&format!("{indent}  "));
                let name = self.word().trim_matches('"');
                let optional = if self.take("?") { "?" } else { "" };
                assert!(self.take(":"), "the type of {name}");
                let value = self.one_of(&format!("{indent}  "));
                fields += &format!("{docs}{indent}  readonly {name}{optional}: {value};\n");
                self.take(",");
            }
            return format!("{{\n{fields}{indent}}}");
        }
        if self.take("[") {
            let mut all = Vec::new();
            while !self.take("]") {
                all.push(self.one_of(indent));
                self.take(",");
            }
            return format!("readonly [{}]", all.join(", "));
        }
        match self.word() {
            "Array" if self.take("<") => {
                let one = self.one_of(indent);
                assert!(self.take(">"), "the end of an array of {one}");
                if one.contains([' ', '[']) { format!("readonly ({one})[]") } else { format!("readonly {one}[]") }
            }
            word => word.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use interfuse::DeviceKind;
    use interfuse::compiler::kernel::Class;

    /// How the types write one of those names.
    fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
        names.into_iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn names_are_those_that_rust_gives() {
        let text = file();
        let classes = [Class::Map, Class::Row, Class::Contract, Class::Index].map(Class::name);
        let kinds = [DeviceKind::Gpu, DeviceKind::Cpu].map(DeviceKind::name);
        for line in [
            format!("type BreakReason = {};", one_of(BreakReason::ALL.map(BreakReason::name))),
            format!("readonly class: {};", one_of(classes)),
            format!("readonly kind: {};", one_of(kinds)),
            format!("readonly device: {};", one_of(kinds)),
        ] {
            assert!(text.contains(&line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn types_have_the_form_of_the_package() {
        let docs = "/**\n * Shown.\n */\n";
        let declared = "type View = { \n/**\n * In two\n * lines.\n */\nids?: Array<number>, names: Array<string | null>, \
            at: [number, View], };";
        let expected = "\n/** Shown. */\nexport interface View {\n  /**\n   * In two\n   * lines.\n   */\n  \
            readonly ids?: readonly number[];\n  readonly names: readonly (string | null)[];\n  \
            readonly at: readonly [number, View];\n}\n";
        assert_eq!(declaration(docs, declared), expected);
        let declared = "type Event = { \"type\": \"a\", id: number, } | { \"type\": \"b\", };";
        let expected = "\nexport type Event =\n  | {\n      readonly type: \"a\";\n      readonly id: number;\n    }\n  \
            | {\n      readonly type: \"b\";\n    };\n";
        assert_eq!(declaration("", declared), expected);
    }
}
