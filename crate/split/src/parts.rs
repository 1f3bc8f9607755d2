//! What goes where.

/// A file beside the core.
pub struct Part {
    pub name: &'static str,
    /// Modules whose functions live there, closures and trait implementations included.
    modules: &'static [&'static str],
    /// Modules of the bindings with their sources: all that they export lives there, with all that only they need.
    bindings: &'static [(&'static str, &'static str)],
    /// What other modules of the bindings export and lives there all the same.
    exports: &'static [&'static str],
}

impl Part {
    /// Does a module's function live there?
    pub fn has(&self, path: &str) -> bool {
        let belongs =
            |prefix: &&str| path.strip_prefix(*prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
        self.modules
            .iter()
            .copied()
            .chain(self.bindings.iter().map(|(module, _)| *module))
            .any(|prefix| belongs(&prefix))
    }

    /// The names of the functions that JavaScript calls there.
    pub fn exports(&self) -> impl Iterator<Item = &'static str> {
        self.exports.iter().copied().chain(self.bindings.iter().flat_map(|(_, source)| exported(source)))
    }
}

/// Modules of the bindings, by the names of their files.
macro_rules! bindings {
    ($($file:literal),+) => {
        &[$((concat!("interfuse_wasm::", $file), include_str!(concat!("../../wasm/src/", $file, ".rs")))),+]
    };
}

/// What a source exports. The linked Wasm does not say which module an export comes from: its symbol is the export's name.
fn exported(source: &'static str) -> Vec<&'static str> {
    let mut names = Vec::new();
    let mut lines = source.lines();
    while let Some(attribute) = lines.next() {
        let Some(said) = attribute.strip_prefix("#[wasm_bindgen") else { continue };
        let item = lines.find(|line| !line.starts_with("#[") && !line.starts_with("///")).unwrap_or_default();
        let own = item.strip_prefix("pub fn ").and_then(|rest| rest.split(['(', '<']).next());
        let own = own.unwrap_or_else(|| panic!("only functions are exported by a part, not `{item}`"));
        let given = said.strip_prefix("(js_name = ").map(|name| name.trim_end_matches(")]"));
        names.push(given.unwrap_or(own));
    }
    names
}

/// The parts; whoever is in none of them, or is needed by two, is in the core.
pub const PARTS: &[Part] = &[
    // The way from kernels to a GPU, and what shows it.
    Part {
        name: "gpu",
        modules: &[
            "naga",
            "wgpu",
            "wgpu_types",
            "interfuse_compiler::lower",
            "interfuse_compiler::schedule",
            "interfuse_compiler::fuse::gpu",
            "interfuse_compiler::fuse::pieces",
            "interfuse_compiler::plan::check",
            "interfuse_compiler::sharing",
            "interfuse_runtime::gpu",
            "interfuse::compile::refusal",
            "interfuse::inspect",
        ],
        bindings: &[],
        exports: &["finishInspect", "useGpu"],
    },
    // Derivatives, batches, loops, layers, optimisers, files and measurements.
    Part {
        name: "training",
        modules: &[
            "interfuse_compiler::vjp",
            "interfuse_compiler::jvp",
            "interfuse_compiler::vmap",
            "interfuse_compiler::loops",
            "interfuse_compiler::select",
            "interfuse_compiler::assemble",
            "interfuse_compiler::text::parse",
            "interfuse_lanes::ops::partial",
            "interfuse::transform",
            "interfuse::nn",
            "interfuse::optim",
            "interfuse::io",
            "interfuse::profile",
            "interfuse::repeat",
        ],
        bindings: bindings!("transform", "nn", "io", "repeat"),
        exports: &["finishProfile"],
    },
    // A device elsewhere, from both sides. The host reads graphs by a function of "training", which it is given as a value: by a call it
    // would be needed by two.
    Part { name: "remote", modules: &["interfuse_runtime::remote"], bindings: bindings!("remote"), exports: &[] },
];

/// The name of a file: 0 is the core, then the parts in order.
pub fn name(part: usize) -> &'static str {
    if part == 0 { "core" } else { PARTS[part - 1].name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    #[test]
    fn every_function_of_a_binding_is_an_export() {
        let source = "use x;\n\n/// Doc.\n#[wasm_bindgen(js_name = beginIt)]\npub fn begin_it(a: u32) {}\n\n\
            #[wasm_bindgen]\n#[must_use]\npub fn plain<'a>() {}\n";
        assert_eq!(exported(source), ["beginIt", "plain"]);
        for part in PARTS {
            for (module, source) in part.bindings {
                assert_eq!(exported(source).len(), source.matches("#[wasm_bindgen").count(), "{module}");
            }
        }
    }

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                found.push(path);
            }
        }
    }

    /// "gpu" comes with `init` whoever is imported, so only "training" is asked for.
    #[test]
    fn a_module_of_the_package_that_calls_a_part_asks_for_it() {
        let training = PARTS.iter().find(|part| part.name == "training").expect("a part");
        let mut found = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/interfuse/src"), &mut found);
        let mut askers = 0;
        // `wire.ts` calls for others, by functions that end in Training.
        for path in found.iter().filter(|path| !path.ends_with("src/wire.ts")) {
            let text = std::fs::read_to_string(path).expect("a source");
            let calls = |name: &str| text.contains(&format!("core.{name}(")) || text.contains("Training(");
            if let Some(name) = training.exports().find(|name| calls(name)) {
                let asks = text.contains("want(\"training\")") || text.contains("need(\"training\")");
                assert!(asks, "{} calls {name}, or what calls it, and does not want(\"training\")", path.display());
                askers += 1;
            }
        }
        assert!(askers > 8, "only {askers} modules call the part: are calls written in another way?");
    }
}
