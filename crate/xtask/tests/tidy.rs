//! What `crate/ARCHITECTURE.md` promises of the sources and no compiler checks: modules are declared in reading order and import only
//! from modules above them, files stay short, and prose is narrow. Sources are read as text, so nothing is built for it.
//!
//! An exception names its reason, and fails as soon as it is no longer needed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Arrows that point down: in that file of modules, from the first to the others, and why.
const ARROWS: &[(&str, &str, &[&str], &str)] = &[
    ("compiler/src/lib.rs", "kind", &["graph"], "a loop and a call hold the graph of their body"),
    ("compiler/src/lib.rs", "vjp", &["loops"], "the derivative of a loop is a loop of the derivative of its body"),
    ("compiler/src/lib.rs", "jvp", &["loops"], "as of vjp"),
    ("compiler/src/lib.rs", "vmap", &["loops"], "the batch of a loop is a loop of the batch of its body"),
    (
        "compiler/src/lib.rs",
        "target",
        &["plan", "sharing"],
        "types of passes that it points to: see compiler/src/gpu.rs",
    ),
    (
        "compiler/src/lower/mod.rs",
        "lowering",
        &["accumulate", "running"],
        "rows are written from the program that they are written into",
    ),
    ("runtime/src/gpu/mod.rs", "doubt", &["call"], "a refused call is run again"),
    ("runtime/src/gpu/mod.rs", "pool", &["doubt"], "one state that all of the device's parts change"),
    ("runtime/src/gpu/mod.rs", "shared", &["doubt", "commands", "read"], "the same state"),
    ("runtime/src/gpu/mod.rs", "web", &["shared"], "the same state"),
];

/// Columns of a comment and of prose in Markdown. Code is as wide as the formatters make it.
const MOST_COLUMNS: usize = 140;

/// Lines of a file.
const MOST_LINES: usize = 700;

/// Files that are longer: they may shrink but not grow.
const LONG: &[(&str, usize)] = &[];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the checkout")
}

/// The files below a directory whose names end in one of these, without what is built or installed.
fn files(directory: &Path, ends: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", "node_modules", "dist", "pkg", "artifacts"].contains(&&*name) && !name.starts_with('.') {
                files(&path, ends, found);
            }
        } else if ends.iter().any(|end| name.ends_with(end)) {
            found.push(path);
        }
    }
}

/// The source without comments and without the tests at its end.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("a source file");
    let shipped = text.find("#[cfg(test)]\nmod tests {").map_or(&*text, |at| &text[..at]);
    shipped.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The first name in a piece of source.
fn name(source: &str) -> &str {
    let source = source.trim_start();
    &source[..source.find(|c| !is_name(c)).unwrap_or(source.len())]
}

/// The modules that a file declares in files of their own, in order, tests left out.
fn modules(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut before = "";
    for line in code.lines() {
        let declared = line.strip_suffix(';').and_then(|line| match line.split_once("mod ") {
            Some((visibility, name)) if visibility.is_empty() || visibility.starts_with("pub") => Some(name),
            _ => None,
        });
        if let Some(name) = declared.filter(|_| before != "#[cfg(test)]") {
            found.push(name.to_string());
        }
        before = line;
    }
    found
}

/// What a list in braces names first, one level deep: of `{a, b::{c, d}}` a and b.
fn heads(list: &str) -> Vec<&str> {
    let mut depth = 0;
    let mut start = 0;
    let mut found = Vec::new();
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && (c == '{' || c == ',')) {
            found.push(name(&list[start..at]));
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    found
}

/// The names that a source takes from the module with that path, such as `crate` or `super::super`.
fn taken<'a>(code: &'a str, path: &str) -> BTreeSet<&'a str> {
    let start = format!("{path}::");
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices(&start) {
        if code[..at].ends_with(|c: char| is_name(c) || c == ':') {
            continue;
        }
        let rest = &code[at + start.len()..];
        match rest.starts_with('{') {
            true => found.extend(heads(rest)),
            false => _ = found.insert(name(rest)),
        }
    }
    found.remove("");
    found
}

/// From which of its modules a file exports which names.
fn exports(code: &str, modules: &[String]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (at, _) in code.match_indices("use ") {
        let path = &code[at + 4..];
        let module = name(path);
        if !modules.iter().any(|m| m == module) {
            continue;
        }
        let rest = path[module.len()..].strip_prefix("::").unwrap_or_default();
        let names = if rest.starts_with('{') { heads(rest) } else { vec![name(rest)] };
        found.extend(names.into_iter().map(|name| (name.to_string(), module.to_string())));
    }
    found
}

/// The arrows between the modules that one file declares: (from, to).
fn arrows(file: &Path, modules: &[String]) -> BTreeSet<(String, String)> {
    let stem = file.file_stem().expect("a name").to_string_lossy().into_owned();
    let directory = file.parent().expect("a directory");
    let base = if ["lib", "main", "mod"].contains(&&*stem) { directory.to_owned() } else { directory.join(&stem) };
    let mut crate_root = base.clone();
    while !crate_root.join("lib.rs").exists() && !crate_root.join("main.rs").exists() {
        crate_root = crate_root.parent().expect("within a crate").to_owned();
    }
    let absolute = [Path::new("crate"), base.strip_prefix(&crate_root).expect("within the crate")]
        .iter()
        .flat_map(|path| path.iter())
        .map(|part| part.to_string_lossy())
        .collect::<Vec<_>>()
        .join("::");
    let exported = exports(&code(file), modules);
    let mut found = BTreeSet::new();
    for module in modules {
        let mut sources = Vec::new();
        let single = base.join(format!("{module}.rs"));
        if single.exists() {
            sources.push(single);
        }
        if base.join(module).is_dir() {
            files(&base.join(module), &[".rs"], &mut sources);
        }
        assert!(!sources.is_empty(), "{} declares {module}, which has no file", file.display());
        for source in sources {
            let inside = source.strip_prefix(&base).expect("below");
            if inside.iter().any(|part| part == "tests" || part == "tests.rs") {
                continue;
            }
            let depth = inside.components().count() - usize::from(inside.ends_with("mod.rs"));
            let code = code(&source);
            for name in taken(&code, &absolute).into_iter().chain(taken(&code, &vec!["super"; depth].join("::"))) {
                let to = if modules.iter().any(|m| m == name) { Some(name) } else { exported.get(name).map(|m| &**m) };
                if let Some(to) = to.filter(|to| to != module) {
                    found.insert((module.clone(), to.to_string()));
                }
            }
        }
    }
    found
}

#[test]
fn modules_import_only_from_modules_above() {
    let crates = root().join("crate");
    let mut sources = Vec::new();
    files(&crates, &[".rs"], &mut sources);
    sources.retain(|path| path.components().any(|part| part.as_os_str() == "src"));
    let mut down = BTreeSet::new();
    let mut seen = 0;
    for file in &sources {
        let modules = modules(&code(file));
        if modules.is_empty() {
            continue;
        }
        let place = |name: &String| modules.iter().position(|m| m == name).expect("one of them");
        let label = file.strip_prefix(&crates).expect("below").to_string_lossy().replace('\\', "/");
        for (from, to) in arrows(file, &modules) {
            seen += 1;
            if place(&to) > place(&from) {
                down.insert((label.clone(), from, to));
            }
        }
    }
    assert!(seen > 300, "only {seen} arrows found: the sources are read wrongly");
    let known: BTreeSet<_> = (ARROWS.iter())
        .flat_map(|(file, from, to, _)| to.iter().map(|to| (file.to_string(), from.to_string(), to.to_string())))
        .collect();
    let list = |of: BTreeSet<&(String, String, String)>| {
        of.iter().map(|(file, from, to)| format!("\n  {file}: {from} -> {to}")).collect::<String>()
    };
    let new = list(down.difference(&known).collect());
    assert!(new.is_empty(), "modules import from modules declared below them; move the item or the declaration:{new}");
    let gone = list(known.difference(&down).collect());
    assert!(gone.is_empty(), "no longer needed in ARROWS:{gone}");
}

/// Every source file that a person writes: its path from the root, and its text.
fn written() -> Vec<(String, String)> {
    let root = root();
    let mut sources = Vec::new();
    for directory in ["crate", "tests", "web"] {
        files(&root.join(directory), &[".rs", ".ts", ".mjs", ".js", ".svelte", ".css"], &mut sources);
    }
    assert!(sources.len() > 350, "only {} files found", sources.len());
    let name = |file: &PathBuf| file.strip_prefix(&root).expect("below").to_string_lossy().replace('\\', "/");
    let all = sources.iter().map(|file| (name(file), fs::read_to_string(file).expect("text")));
    all.filter(|(name, _)| !name.contains(".gen.")).collect()
}

#[test]
fn comments_are_narrow() {
    let mut wrong = String::new();
    for (name, text) in written() {
        for (at, line) in text.lines().enumerate() {
            let comment = ["//", "/*", "* "].iter().any(|start| line.trim_start().starts_with(start));
            if comment && line.chars().count() > MOST_COLUMNS {
                wrong += &format!("\n  {name}:{}", at + 1);
            }
        }
    }
    assert!(wrong.is_empty(), "comments have at most {MOST_COLUMNS} columns:{wrong}");
}

/// The lines of a Markdown file that are wider than prose is, by their numbers. Tables and code are as wide as they must be, and so is a
/// link, which no line break may divide.
fn wide_prose(text: &str) -> Vec<usize> {
    let mut is_code = false;
    let mut wide = Vec::new();
    for (at, line) in text.lines().enumerate() {
        is_code ^= line.trim_start().starts_with("```");
        let is_exempt = is_code || line.starts_with('|') || line.starts_with("    ") || line.contains("](");
        if !is_exempt && line.chars().count() > MOST_COLUMNS {
            wide.push(at + 1);
        }
    }
    wide
}

#[test]
fn prose_is_narrow() {
    let long = "word ".repeat(MOST_COLUMNS / 5 + 1);
    let sample = format!("short\n{long}\n| {long} |\n```\n{long}\n```\n    {long}\n[{long}](page.md)\n{long}\n");
    assert_eq!(wide_prose(&sample), [2, 9]);

    let root = root();
    let mut pages = Vec::new();
    files(&root, &[".md"], &mut pages);
    assert!(pages.len() >= 10, "only {} pages found", pages.len());
    let mut wrong = String::new();
    for page in pages {
        let name = page.strip_prefix(&root).expect("below").to_string_lossy().replace('\\', "/");
        for line in wide_prose(&fs::read_to_string(&page).expect("text")) {
            wrong += &format!("\n  {name}:{line}");
        }
    }
    assert!(wrong.is_empty(), "prose in Markdown has at most {MOST_COLUMNS} columns:{wrong}");
}

#[test]
fn files_are_short() {
    let mut wrong = String::new();
    for (name, text) in written() {
        let lines = text.lines().count();
        let exception = LONG.iter().find(|(long, _)| *long == name).map(|(_, lines)| *lines);
        match exception {
            Some(_) if lines <= MOST_LINES => wrong += &format!("\n  {name}: no longer needed in LONG"),
            _ if lines > exception.unwrap_or(MOST_LINES) => wrong += &format!("\n  {name}: {lines} lines"),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "files have at most {MOST_LINES} lines; look for the second idea:{wrong}");
}
