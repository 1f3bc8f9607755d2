//! What the package calls.

use crate::Language;
use wasm_bindgen::prelude::*;

/// A shader in that language ("msl", "spirv", "hlsl" or "glsl").
///
/// # Errors
/// With the reason as a string.
#[wasm_bindgen]
pub fn translate(wgsl: &str, language: &str) -> Result<String, String> {
    let language = Language::from_name(language).ok_or_else(|| format!("there is no language {language}"))?;
    crate::translate(wgsl, language)
}
