//! The program `wasm-bindgen`, as wasm-pack calls it: the project's own support library behind as much of the command line as that takes.
//!
//! The whole tool also holds a runner of tests, with a web server and a client for WebDriver, which take four minutes to build on two
//! cores; this takes a quarter of that, and its version is the one in our lock file. web/scripts/setup.mjs copies it to where wasm-pack
//! finds it by that name. (rustc refuses a crate that is called so and is of another version than the library.)

#![forbid(unsafe_code)]

use lexopt::prelude::*;
use std::error::Error;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let mut bindgen = Bindgen::new();
    let (mut input, mut directory) = (None, None);
    let mut words = lexopt::Parser::from_env();
    while let Some(word) = words.next()? {
        match word {
            Long("version") | Short('V') => {
                println!("wasm-bindgen {}", wasm_bindgen_shared::version());
                return Ok(());
            }
            Long("target") => match words.value()?.string()?.as_str() {
                "web" => _ = bindgen.web(true)?,
                other => return Err(format!("this wasm-bindgen makes modules for the web, not for {other}").into()),
            },
            Long("out-dir") => directory = Some(words.value()?),
            Long("out-name") => _ = bindgen.out_name(&words.value()?.string()?),
            Long("typescript") => _ = bindgen.typescript(true),
            Long("no-typescript") => _ = bindgen.typescript(false),
            Long("debug") => _ = bindgen.debug(true),
            Long("no-demangle") => _ = bindgen.demangle(false),
            Long("keep-debug") => _ = bindgen.keep_debug(true),
            Value(file) if input.is_none() => input = Some(file),
            other => return Err(other.unexpected().into()),
        }
    }
    let input = input.ok_or("which Wasm file?")?;
    bindgen.input_path(input).omit_default_module_path(false);
    Ok(bindgen.generate(directory.ok_or("--out-dir is missing")?)?)
}
