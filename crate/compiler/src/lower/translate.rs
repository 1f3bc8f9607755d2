//! A kernel in the languages below WGSL, straight from its module.

use super::validated;
use crate::kernel::Kernel;
use crate::schedule::Schedule;
use crate::target::Target;
pub use interfuse_translate::Language;

/// A kernel in that language.
///
/// # Errors
/// With the writer's reason, when the language cannot say it (GLSL ES has no float16).
pub fn translate(kernel: &Kernel, target: &Target, language: Language) -> Result<String, String> {
    let shader = validated(kernel, target, Schedule::select(kernel, target));
    interfuse_translate::write(&shader.module, &shader.info, &shader.entry, language)
}
