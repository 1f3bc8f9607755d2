//! What follows from the table of functions: the TypeScript functions and methods, their options and docs, and a test of every example.

use interfuse::functions::{CORE_FACTS, TRAINING_FACTS};
use interfuse::nn::LAYERS;
use interfuse::optim::SETTINGS;
use interfuse::table::{Answer, Facts, Kind, Parameter, Settings};
use std::collections::HashSet;
use std::fmt::Write;

/// A file of functions: what it is about, from where it reaches the rest of the package, and the functions of which modules are in it.
struct File {
    path: &'static str,
    about: &'static str,
    root: &'static str,
    modules: &'static [&'static str],
    part: &'static Part,
    /// Which module begins a call.
    begins: &'static str,
    is_inner: bool,
}

/// A part of the Wasm: its table, the position of the first row, and how the package calls it.
struct Part {
    rows: &'static [Facts],
    first: usize,
    calls: &'static str,
    name: &'static str,
}

static CORE: Part = Part { rows: CORE_FACTS, first: 0, calls: "", name: "core" };
static TRAINING: Part = Part { rows: TRAINING_FACTS, first: 0, calls: "Training", name: "training" };

/// A file of functions of the part "training".
const fn training(path: &'static str, about: &'static str, modules: &'static [&'static str], is_inner: bool) -> File {
    File { path, about, root: "../", modules, part: &TRAINING, begins: "wire.js", is_inner }
}

const FILES: &[File] = &[
    File {
        path: "web/interfuse/src/functions.gen.ts",
        about: "The functions of the core.",
        root: "./",
        modules: &["interfuse::library"],
        part: &CORE,
        begins: "wire.js",
        is_inner: false,
    },
    File {
        path: "web/interfuse/src/inner.gen.ts",
        about: "Functions of the core that other modules of the package make something of.",
        root: "./",
        modules: &["interfuse::library", "interfuse::random"],
        part: &CORE,
        begins: "wire.js",
        is_inner: true,
    },
    File {
        path: "web/interfuse/src/random.gen.ts",
        about: "Random numbers from keys.",
        root: "./",
        modules: &["interfuse::random"],
        part: &CORE,
        begins: "generator.js",
        is_inner: false,
    },
    training(
        "web/interfuse/src/nn/activations.gen.ts",
        "Activations beyond those of the core.",
        &["interfuse::nn::activations"],
        false,
    ),
    training(
        "web/interfuse/src/nn/losses.gen.ts",
        "Losses: how far predictions are from targets. Names, arguments and default reductions are MLX's.",
        &["interfuse::nn::losses"],
        false,
    ),
    training(
        "web/interfuse/src/nn/functions.gen.ts",
        "What layers compute, as functions.",
        &["interfuse::nn::layers"],
        false,
    ),
    File {
        begins: "generator.js",
        ..training(
            "web/interfuse/src/nn/inner.gen.ts",
            "What layers compute, for the layers.",
            &["interfuse::nn::layers"],
            true,
        )
    },
    File {
        begins: "generator.js",
        ..training(
            "web/interfuse/src/nn/init.gen.ts",
            "Initial values of parameters: a shape [outputs, ..., inputs] in, a tensor out.",
            &["interfuse::nn::init"],
            false,
        )
    },
    File {
        root: "./",
        ..training(
            "web/interfuse/src/schedules.gen.ts",
            "Schedules: learning rates that follow the step.",
            &["interfuse::optim"],
            false,
        )
    },
    File {
        root: "./",
        ..training(
            "web/interfuse/src/optim.inner.gen.ts",
            "What optimisers compute, for the optimisers.",
            &["interfuse::optim"],
            true,
        )
    },
];

impl File {
    /// Its functions with their positions.
    fn functions(&self) -> impl Iterator<Item = (usize, &'static Facts)> {
        let is_here = |facts: &Facts| {
            facts.is_inner == self.is_inner && self.modules.iter().any(|module| facts.module.starts_with(module))
        };
        (self.part.first..).zip(self.part.rows).filter(move |(_, facts)| is_here(facts))
    }
}

fn parameters(facts: &Facts) -> impl Iterator<Item = &Parameter> {
    facts.parameters.iter().flat_map(|group| group.iter())
}

fn positional(facts: &Facts) -> Vec<&Parameter> {
    parameters(facts).filter(|parameter| !parameter.is_option).collect()
}

fn options(facts: &Facts) -> Vec<&Parameter> {
    parameters(facts).filter(|parameter| parameter.is_option).collect()
}

/// The type of a parameter.
pub fn type_of(parameter: &Parameter) -> String {
    let plain = match parameter.kind {
        Kind::Tensor => "Tensor",
        Kind::MaybeTensor => "Tensor | null",
        Kind::Tensors => "readonly Tensor[]",
        Kind::Operand => "Operand",
        Kind::Axes if parameter.is_optional => "Axes",
        Kind::Axes => "number | readonly number[]",
        Kind::Ints if !parameter.is_optional => "number | readonly number[]",
        Kind::Ints => "PerAxis",
        Kind::MaybeInts if parameter.is_option => "PerAxis",
        Kind::MaybeInts => "readonly number[] | null",
        Kind::Int | Kind::Float => "number",
        Kind::MaybeInt | Kind::MaybeFloat if parameter.is_option => "number",
        Kind::MaybeInt | Kind::MaybeFloat => "number | null",
        Kind::Weak => "number | boolean",
        Kind::Flag => "boolean",
        Kind::Size => "Size",
        Kind::MaybeSize => "Size | null",
        Kind::Sizes | Kind::MaybeSizes => "ShapeLike",
        Kind::DType | Kind::MaybeDType => "DType",
        Kind::Bound => "Size",
        Kind::Widths => "PadWidths",
        Kind::Pair => "readonly [number, number]",
        Kind::Pairs => "AxisPairs",
        Kind::Parts => "number | readonly number[]",
        Kind::Ranges => "SliceRange",
        Kind::Places => "readonly AtIndex[]",
        Kind::Formula => "string",
        Kind::Count => "number",
        Kind::NamedSizes => "DynamicDims",
        Kind::Floats => "ArrayLike<number>",
        Kind::Choice(names) => return names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(" | "),
        Kind::Options => unreachable!("options are described by their fields"),
    };
    plain.into()
}

/// As a declaration has it.
fn declared(parameter: &Parameter, is_inner: bool) -> String {
    let (name, ty) = (parameter.name, type_of(parameter));
    if parameter.is_rest {
        let ty = if parameter.kind == Kind::Ranges { format!("readonly {ty}[]") } else { ty };
        return format!("...{name}: {ty}");
    }
    match parameter.default {
        Some(default) => format!("{name}: {ty} = {default}"),
        None if is_inner && is_optional(parameter) => format!("{name}: {ty} | undefined"),
        None if is_optional(parameter) => format!("{name}?: {ty}"),
        None => format!("{name}: {ty}"),
    }
}

fn is_optional(parameter: &Parameter) -> bool {
    parameter.is_optional
        || matches!(
            parameter.kind,
            Kind::MaybeTensor
                | Kind::MaybeInt
                | Kind::MaybeInts
                | Kind::MaybeSize
                | Kind::MaybeSizes
                | Kind::MaybeDType
        )
}

/// The type of the options.
fn options_type(facts: &Facts) -> String {
    if !facts.options.is_empty() {
        return facts.options.into();
    }
    let field = |option: &&Parameter| format!("readonly {}?: {}", option.name, type_of(option));
    format!("{{ {} }}", options(facts).iter().map(field).collect::<Vec<_>>().join("; "))
}

/// The parameters as declared, the options last.
fn declaration(facts: &Facts, skip: usize) -> String {
    let mut all: Vec<String> =
        positional(facts).into_iter().skip(skip).map(|parameter| declared(parameter, facts.is_inner)).collect();
    if !options(facts).is_empty() {
        all.push(format!("options?: {}", options_type(facts)));
    }
    all.join(", ")
}

fn answer_type(facts: &Facts) -> &'static str {
    match facts.answer {
        Answer::One => "Tensor",
        Answer::Two => "[Tensor, Tensor]",
        Answer::Many => "Tensor[]",
        Answer::Nothing => "void",
    }
}

/// The names of options as mistakes list them: what all distributions take comes first.
fn listed(options: &[&Parameter]) -> Vec<&'static str> {
    let names = || options.iter().map(|option| option.name);
    let shared: &[&str] = if names().any(|name| name == "key") { &["key", "dtype"] } else { &[] };
    let first = shared.iter().copied().filter(|name| names().any(|own| own == *name));
    first.chain(names().filter(|name| !shared.contains(name))).collect()
}

/// How mistakes call a parameter.
fn label(parameter: &Parameter) -> String {
    parameter.label.map_or_else(|| format!("the {}", parameter.name), str::to_string)
}

/// Writes an argument.
pub fn put(parameter: &Parameter, first: &str) -> String {
    let name = parameter.name;
    let value = match (parameter.is_option, parameter.default) {
        (false, _) => name.to_string(),
        (true, Some(default)) => format!("options?.{name} ?? {default}"),
        (true, None) => format!("options?.{name}"),
    };
    let labelled = |put: &str| format!("{put}({:?}, {value})", label(parameter));
    match parameter.kind {
        Kind::Tensor => format!("putTensor({value})"),
        Kind::MaybeTensor => format!("putMaybeTensor({value})"),
        Kind::Tensors => format!("putTensors({value})"),
        Kind::Operand => format!("putOperand({value})"),
        Kind::Axes => format!("putAxes({value})"),
        Kind::MaybeInts if !parameter.is_option => format!("putAxes({value})"),
        Kind::Ints if !parameter.is_optional => labelled("putInts"),
        Kind::Ints | Kind::MaybeInts => labelled("putPerAxis"),
        Kind::Int => labelled("putInt"),
        Kind::MaybeInt => labelled("putMaybeInt"),
        Kind::Float => labelled("putFloat"),
        Kind::MaybeFloat => labelled("putMaybeFloat"),
        Kind::Weak => format!("putWeak({value})"),
        Kind::Flag => format!("putFlag({value})"),
        Kind::Size => labelled("putSize"),
        Kind::MaybeSize => labelled("putMaybeSize"),
        Kind::Sizes => labelled("putSizes"),
        Kind::MaybeSizes => labelled("putMaybeSizes"),
        Kind::DType | Kind::MaybeDType => format!("putDType({value})"),
        Kind::Bound => labelled("putBound"),
        Kind::Widths => format!("putWidths({first}, {value})"),
        Kind::Pair => format!("putPair({value})"),
        Kind::Pairs => format!("putPairs({first}, {value})"),
        Kind::Parts => format!("putParts({value})"),
        Kind::Ranges => format!("putRanges({value})"),
        Kind::Places => format!("putPlaces({value})"),
        Kind::Formula => format!("putFormula({value})"),
        Kind::Count => format!("putWeak({value})"),
        Kind::NamedSizes => format!("putNamedSizes({value})"),
        Kind::Floats => labelled("putFloats"),
        Kind::Choice(names) => format!("putChoice({value}, {names:?})"),
        Kind::Options => unreachable!("options are described by their fields"),
    }
}

/// Text in a comment.
pub fn escaped(text: &str) -> String {
    text.replace("*/", "* /")
}

/// What a parameter is when nothing is written about it.
fn usual_doc(parameter: &Parameter) -> &'static str {
    match parameter.kind {
        Kind::Tensor => "A tensor.",
        Kind::Tensors => "Tensors.",
        Kind::Operand => "A tensor, a number or a boolean.",
        Kind::Sizes | Kind::Bound => "A size, or sizes.",
        Kind::DType | Kind::MaybeDType => "The dtype.",
        _ => "",
    }
}

/// Refusals that follow from what the parameters are.
fn refusals(facts: &Facts) -> Vec<String> {
    let has = |kinds: &[Kind]| parameters(facts).any(|parameter| kinds.contains(&parameter.kind));
    let mut refusals: Vec<String> = facts.throws.iter().map(|throws| throws.to_string()).collect();
    let axis = parameters(facts).any(|p| p.name.starts_with("axis") && matches!(p.kind, Kind::Int | Kind::MaybeInt));
    refusals.push(if has(&[Kind::Axes]) {
        "CompileArgumentError: an axis is out of range or named twice, or an argument is of another type.".into()
    } else if axis {
        "CompileArgumentError: the axis is out of range, or an argument is of another type.".into()
    } else {
        "CompileArgumentError: an argument is of another type, or a tensor was disposed of.".into()
    });
    refusals
}

/// The doc comment, as deep as `indent`; of a method the first parameter is what it is called on.
fn doc(facts: &Facts, indent: &str, skip: usize) -> String {
    if facts.is_inner {
        return if facts.doc.is_empty() {
            String::new()
        } else {
            format!("/** {} */\n", escaped(facts.doc).replace('\n', " "))
        };
    }
    let mut lines: Vec<String> = escaped(facts.doc).lines().map(str::to_string).collect();
    if !facts.source.is_empty() {
        lines.push(format!("Source: {}.", facts.source));
    }
    lines.push(String::new());
    for parameter in positional(facts).into_iter().skip(skip) {
        let doc = if parameter.doc.is_empty() { usual_doc(parameter) } else { parameter.doc };
        let mut texts = escaped(doc);
        if let Some(default) = parameter.default {
            let _ = write!(texts, " {default} by default.");
        }
        if !texts.is_empty() {
            let mut texts = texts.lines();
            lines.push(format!("@param {} - {}", parameter.name, texts.next().unwrap_or_default()));
            lines.extend(texts.map(|text| format!("  {text}")));
        }
    }
    let named = !facts.options.is_empty();
    if !options(facts).is_empty() {
        let each = |option: &&Parameter| {
            let default = option.default.map(|default| format!(" ({default} by default)")).unwrap_or_default();
            format!("`{}`{default}: {}", option.name, escaped(option.doc).replace('\n', " "))
        };
        let what = if named {
            format!("See {{@link {}}}.", facts.options)
        } else {
            options(facts).iter().map(each).collect::<Vec<_>>().join(" ")
        };
        lines.push(format!("@param options - {what}"));
    }
    if !facts.returns.is_empty() {
        lines.push(format!("@returns {}", escaped(facts.returns)));
    }
    for refusal in refusals(facts) {
        let (class, text) = refusal.split_once(": ").unwrap_or(("InterfuseError", &refusal));
        let mut letters = text.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        lines.push(format!("@throws {{{class}}} {first}{}", letters.as_str()));
    }
    if !facts.example.is_empty() {
        lines.extend(["@example".into(), "```ts".into(), facts.example.into(), "```".into()]);
    }
    let body: String = lines.iter().map(|line| format!("{indent} * {line}").trim_end().to_string() + "\n").collect();
    format!("{indent}/**\n{body}{indent} */\n")
}

/// A function of the package.
fn function(position: usize, facts: &Facts, File { part, is_inner, .. }: &File) -> String {
    let is_inner = *is_inner;
    let name = facts.name;
    // `var` is a reserved word of declarations only.
    let joined = if is_inner { facts.own } else { name.rsplit('.').next().unwrap_or(name) };
    let (export, own) = if name == "var" { ("", "variance") } else { ("export ", joined) };
    let mut body = format!("  const first = begin(\"{name}\");\n");
    let before = positional(facts);
    for parameter in &before {
        let _ = writeln!(body, "  {};", put(parameter, before[0].name));
    }
    let options = options(facts);
    if !options.is_empty() {
        let _ = writeln!(body, "  checkOptions(\"{name}\", options, {:?});", listed(&options));
    }
    for parameter in options {
        let _ = writeln!(body, "  {};", put(parameter, ""));
    }
    let call = match facts.answer {
        Answer::One => format!("return one{}({position}, first);", part.calls),
        Answer::Two => format!("return many{}({position}, first) as [Tensor, Tensor];", part.calls),
        Answer::Many => format!("return many{}({position}, first);", part.calls),
        Answer::Nothing => format!("nothing{}({position}, first);", part.calls),
    };
    let after = if name == "var" { "export { variance as var };\n" } else { "" };
    let gives = answer_type(facts);
    if facts.is_curried {
        // The numbers are checked where they are given, not where the function that follows from them is called.
        let checks: String =
            before[1..].iter().map(|own| format!("  numberOf({name:?}, {:?}, {});\n", label(own), own.name)).collect();
        let body = body.replace("\n  ", "\n    ");
        return format!(
            "{}{export}function {own}({}): ({}) => {gives} {{\n{checks}  return ({}) => {{\n  {body}    {call}\n  }};\n}}\n\n",
            doc(facts, "", 1),
            declaration(facts, 1),
            declared(before[0], is_inner),
            before[0].name,
        );
    }
    format!(
        "{}{export}function {own}({}): {gives} {{\n{body}  {call}\n}}\n{after}\n",
        doc(facts, "", 0),
        declaration(facts, 0)
    )
}

/// The interfaces of options, each as all functions together have it.
fn interfaces(file: &File) -> String {
    let mut named: Vec<(&str, Vec<Parameter>)> = Vec::new();
    for (_, facts) in file.functions().filter(|(_, facts)| !facts.options.is_empty()) {
        let at = named.iter().position(|(name, _)| *name == facts.options).unwrap_or_else(|| {
            named.push((facts.options, Vec::new()));
            named.len() - 1
        });
        for option in options(facts) {
            match named[at].1.iter_mut().find(|known| known.name == option.name) {
                None => named[at].1.push(*option),
                // What functions differ in is in their docs.
                Some(known) if known.default != option.default => known.default = None,
                Some(_) => {}
            }
        }
    }
    let mut text = String::new();
    for (name, options) in named {
        let users: Vec<&str> =
            file.functions().filter(|(_, facts)| facts.options == name).map(|(_, facts)| facts.name).collect();
        let users = users.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "/** Options of {users}. */\nexport interface {name} {{");
        for option in options {
            let default = option.default.map(|default| format!(" {default} by default.")).unwrap_or_default();
            let doc = format!("{}{default}", escaped(option.doc).replace('\n', " "));
            let doc = doc.trim();
            if !doc.is_empty() {
                let _ = writeln!(text, "  /** {doc} */");
            }
            let _ = writeln!(text, "  readonly {}?: {};", option.name, type_of(&option));
        }
        text.push_str("}\n\n");
    }
    text
}

/// Names of a module of the package that a text uses.
fn used<'a>(text: &str, names: &[&'a str]) -> Vec<&'a str> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with(['*', '/']));
    let words: HashSet<&str> =
        code.flat_map(|line| line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')).collect();
    names.iter().copied().filter(|name| words.contains(name)).collect()
}

const WIRE: &[&str] = &[
    "begin",
    "many",
    "manyTraining",
    "nothing",
    "nothingTraining",
    "one",
    "oneTraining",
    "putAxes",
    "putBound",
    "putChoice",
    "putDType",
    "putFlag",
    "putFloat",
    "putFloats",
    "putFormula",
    "putInt",
    "putInts",
    "putMaybeFloat",
    "putMaybeInt",
    "putMaybeSize",
    "putMaybeSizes",
    "putMaybeTensor",
    "putOperand",
    "putPair",
    "putPairs",
    "putParts",
    "putPerAxis",
    "putPlaces",
    "putRanges",
    "putSize",
    "putSizes",
    "putTensor",
    "putTensors",
    "putWeak",
    "putWidths",
];
const WIRE_TYPES: &[&str] = &["AtIndex", "Axes", "AxisPairs", "Operand", "PadWidths", "PerAxis", "SliceRange"];
const MODULES: &[(&str, &[&str], bool)] = &[
    ("dim.js", &["ShapeLike", "Size"], true),
    ("options.js", &["checkOptions", "numberOf"], false),
    ("tensor.js", &["DType", "Tensor"], true),
];

/// The imports of what a text uses.
fn imports(text: &str, File { root, begins, part, .. }: &File) -> String {
    let mut all = String::new();
    let mut import = |names: Vec<String>, module: &str, keyword: &str| {
        if !names.is_empty() {
            let _ = writeln!(all, "{keyword} {{ {} }} from \"{root}{module}\";", names.join(", "));
        }
    };
    let plain = |names: Vec<&str>| names.into_iter().map(str::to_string).collect::<Vec<_>>();
    for (module, names, is_type) in MODULES {
        import(plain(used(text, names)), module, if *is_type { "import type" } else { "import" });
    }
    let types = used(text, WIRE_TYPES).into_iter().map(|name| format!("type {name}"));
    let own: Vec<&str> = used(text, WIRE).into_iter().filter(|name| *name != "begin").collect();
    import(vec!["begin".into()], begins, "import");
    if part.name != "core" {
        import(vec!["want".into()], "parts.js", "import");
    }
    import(plain(own).into_iter().chain(types).collect(), "wire.js", "import");
    all
}

/// The files of functions, with their paths.
pub fn files() -> Vec<(&'static str, String)> {
    let file = |file: &File| {
        let all = file.functions().map(|(position, facts)| function(position, facts, file));
        let text = format!("{}{}", interfaces(file), all.collect::<String>());
        let imports = imports(&text, file);
        let want = match file.part.name {
            "core" => String::new(),
            name => format!("\nwant(\"{name}\");\n"),
        };
        let text = format!("{HEAD}/** @file {} */\n{imports}{want}\n{text}", file.about);
        (file.path, format!("{}\n", text.trim_end()))
    };
    FILES.iter().map(file).collect()
}

const HEAD: &str = "// Generated from the functions in crate/interfuse/src by `npm run gen`. Do not edit.\n";

/// The functions that are methods of tensors, too.
pub fn methods() -> String {
    let mut text = String::new();
    for (_, facts) in FILES[0].functions().filter(|(_, facts)| facts.is_method) {
        let mut arguments = vec!["this as unknown as Tensor".to_string()];
        let passed =
            |parameter: &Parameter| format!("{}{}", if parameter.is_rest { "..." } else { "" }, parameter.name);
        arguments.extend(positional(facts).into_iter().skip(1).map(passed));
        if !options(facts).is_empty() {
            arguments.push("options".into());
        }
        let (name, declared, gives) = (facts.name, declaration(facts, 1), answer_type(facts));
        let _ = write!(
            text,
            "\n{}  {name}({declared}): {gives} {{\n    return functions.{name}({});\n  }}\n",
            doc(facts, "  ", 1),
            arguments.join(", ")
        );
    }
    text
}

/// Options with their docs, and what they are otherwise.
fn settings(source: &str, about: &str, all: &[Settings]) -> String {
    let (mut types, mut usual) = (String::new(), String::new());
    for (at, Settings { name, options, parameters }) in all.iter().enumerate() {
        let values: Vec<String> = parameters
            .iter()
            .map(|parameter| format!("{}: {}", parameter.name, parameter.default.unwrap_or("undefined")))
            .collect();
        let _ = writeln!(usual, "  {name}: {{ {} }},", values.join(", "));
        if options.is_empty() || all[..at].iter().any(|before| before.options == *options) {
            continue;
        }
        let users: Vec<String> =
            all.iter().filter(|other| other.options == *options).map(|other| format!("`{}`", other.name)).collect();
        let _ = writeln!(types, "/** Options of {}. */\nexport interface {options} {{", users.join(", "));
        for parameter in *parameters {
            let default = parameter.default.map(|default| format!(" {default} by default.")).unwrap_or_default();
            let _ = writeln!(types, "  /** {}{default} */", parameter.doc);
            let _ = writeln!(types, "  readonly {}?: {};", parameter.name, type_of(parameter));
        }
        types.push_str("}\n\n");
    }
    let per_axis = if types.contains("PerAxis") { "import type { PerAxis } from \"../wire.js\";\n" } else { "" };
    format!(
        "// Generated from {source} by `npm run gen`. Do not edit.\n/** @file {about} */\n{per_axis}\n{types}\
        /** What each is told by default, in the order in which the core takes the numbers. */\n\
        export const usual = {{\n{usual}}} as const;\n"
    )
}

/// The options of optimisers.
pub fn optimisers() -> String {
    settings("crate/interfuse/src/optim/settings.rs", "The options of optimisers.", SETTINGS)
}

/// The options of layers.
pub fn layers() -> String {
    settings("crate/interfuse/src/nn/module.rs", "The options of layers.", LAYERS)
}

/// A test of every example: what it says behind `//` is what it gives.
pub fn examples() -> String {
    let facts = || FILES.iter().flat_map(|file| file.functions().map(|(_, facts)| facts));
    // `var` is a reserved word of declarations: it is called as a method.
    let own = facts().map(|facts| facts.own).filter(|name| *name != "var");
    let all: Vec<&str> = own.chain(["nn", "random", "tensor"]).collect();
    let mut rows = String::new();
    for facts in facts() {
        let Some((call, value)) = facts.example.split_once(" // ") else { continue };
        let mut names = used(call, &all);
        names.sort_unstable();
        names.dedup();
        let _ = writeln!(rows, "  [{:?}, ({{ {} }}) => {call}, {value}],", facts.own, names.join(", "));
    }
    format!(
        "// Generated from the functions in crate/interfuse/src by `npm run gen`. Do not edit.\n\
        /** @file The examples of the functions: [which, the call, its value]. */\nexport default [\n{rows}];\n"
    )
}

/// The imports of the methods.
pub fn method_imports(text: &str) -> String {
    let interfaces: Vec<&str> =
        FILES[0].functions().map(|(_, facts)| facts.options).filter(|name| !name.is_empty()).collect();
    let mut interfaces = used(text, &interfaces);
    interfaces.dedup();
    interfaces.sort_unstable();
    interfaces.dedup();
    let types = used(text, WIRE_TYPES).join(", ");
    let sizes = used(text, &["ShapeLike", "Size"]).join(", ");
    let sizes =
        if sizes.is_empty() { String::new() } else { format!("import type {{ {sizes} }} from \"./dim.js\";\n") };
    format!(
        "{sizes}import * as functions from \"./functions.gen.js\";\nimport type {{ {} }} from \"./functions.gen.js\";\n\
        import type {{ {} }} from \"./tensor.js\";\nimport {{ apply1, apply2, apply3, type {} }} from \"./wire.js\";\n",
        interfaces.join(", "),
        used(text, &["DType", "Tensor"]).join(", "),
        types.replace(", ", ", type ")
    )
}
