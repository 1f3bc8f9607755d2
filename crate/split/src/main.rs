//! Cuts the linked Wasm in parts: a core that every program needs, and parts that are fetched when they are.
//!
//! `interfuse-split parts IN.wasm FOLDER` writes one file per part into FOLDER. IN must still have its names: they say which module a
//! function comes from. Memory, table and globals stay the core's; a part imports them, and the core calls a part through slots of the
//! table that the part fills when it is instantiated. Until then a slot holds a function that asks the host for the part
//! (`load` of the import `parts`, see web/interfuse/src/parts.ts) and goes on with what is there afterwards.
//!
//! Functions of a file are also put in an order in which gzip finds what they have in common; `interfuse-split order IN.wasm OUT.wasm`
//! does only that.
//!
//! Two others split Wasm, and neither fits. Binaryen's `wasm-split --multi-split` takes a list of functions per file; we would have to
//! find the lists (`homes`, half of this crate) all the same, and the npm package `binaryen`, from which the build has its `wasm-opt`,
//! does not come with that program (132.0.0). `wasm_split_cli_support` (0.2.0-rc.2), which Leptos uses, splits at functions that the
//! sources mark and makes them asynchronous: calls of a part here stay synchronous, and the sources know of no parts.

mod module;
mod parts;
mod homes;
mod order;
mod write;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["parts", input, folder] => split(Path::new(input), Path::new(folder)),
        ["order", input, output] => order(Path::new(input), Path::new(output)),
        _ => {
            eprintln!("usage: interfuse-split parts IN.wasm FOLDER | order IN.wasm OUT.wasm");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("interfuse-split: {error}");
            ExitCode::FAILURE
        }
    }
}

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn split(input: &Path, folder: &Path) -> Result<()> {
    let bytes = std::fs::read(input)?;
    let module = module::Module::read(&bytes)?;
    let homes = homes::Homes::of(&module)?;
    for (part, file) in write::files(&module, &homes)?.into_iter().enumerate() {
        checked(&file, &folder.join(format!("{}.wasm", parts::name(part))))?;
    }
    Ok(())
}

fn order(input: &Path, output: &Path) -> Result<()> {
    let bytes = std::fs::read(input)?;
    let module = module::Module::read(&bytes)?;
    checked(&write::whole(&module)?, output)
}

/// Writes what a browser would take.
fn checked(file: &[u8], path: &Path) -> Result<()> {
    wasmparser::Validator::new()
        .validate_all(file)
        .map_err(|error| format!("{} would not be valid: {error}", path.display()))?;
    std::fs::write(path, file)?;
    Ok(())
}
