//! The same module in the languages below WGSL: what drivers get to see, for the page and for people who debug a driver.
//!
//! Bindings are explicit (buffer `i` is slot `i`, the uniform block follows), and run-time checks are off, as natively: indices are
//! in range and divisors are guarded by the lowering. Nothing here runs anything.

use super::{Validated, validated};
use crate::kernel::{Access, Kernel};
use crate::target::Target;
use naga::back::{glsl, hlsl, msl, spv};
use naga::proc::{BoundsCheckPolicies, BoundsCheckPolicy};
use naga::{ResourceBinding, ShaderStage};
use rspirv::binary::Disassemble;

/// A language of shaders.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Language {
    /// Metal Shading Language 2.4.
    Metal,
    /// SPIR-V 1.3, disassembled.
    SpirV,
    /// HLSL, shader model 6.2.
    Hlsl,
    /// GLSL ES 3.10.
    Glsl,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 4] = [Language::Metal, Language::SpirV, Language::Hlsl, Language::Glsl];

    /// The name in inspections.
    pub fn name(self) -> &'static str {
        match self {
            Language::Metal => "msl",
            Language::SpirV => "spirv",
            Language::Hlsl => "hlsl",
            Language::Glsl => "glsl",
        }
    }
}

const UNCHECKED: BoundsCheckPolicies = BoundsCheckPolicies {
    index: BoundsCheckPolicy::Unchecked,
    buffer: BoundsCheckPolicy::Unchecked,
    image_load: BoundsCheckPolicy::Unchecked,
    binding_array: BoundsCheckPolicy::Unchecked,
};

/// A kernel in that language.
///
/// # Errors
/// With the writer's reason, when the language cannot say it (GLSL ES has no float16).
pub fn translate(kernel: &Kernel, target: &Target, language: Language) -> Result<String, String> {
    let shader = validated(kernel, target);
    match language {
        Language::Metal => metal(kernel, &shader),
        Language::SpirV => spirv(&shader),
        Language::Hlsl => to_hlsl(kernel, &shader),
        Language::Glsl => to_glsl(kernel, &shader),
    }
}

/// The buffers and the uniform block: position, and whether it is written.
fn slots(kernel: &Kernel) -> impl Iterator<Item = (ResourceBinding, u32, bool)> {
    let written = kernel.bindings.iter().map(|b| b.access == Access::Write).chain([false]);
    written.enumerate().map(|(at, written)| (ResourceBinding { group: 0, binding: at as u32 }, at as u32, written))
}

fn metal(kernel: &Kernel, shader: &Validated) -> Result<String, String> {
    let resources = slots(kernel).map(|(binding, at, mutable)| {
        (binding, msl::BindTarget { buffer: Some(at as u8), mutable, ..msl::BindTarget::default() })
    });
    let resources = msl::EntryPointResources {
        resources: resources.collect(),
        // After the uniform block: the sizes of the buffers, which naga passes along.
        sizes_buffer: Some(kernel.bindings.len() as u8 + 1),
        ..msl::EntryPointResources::default()
    };
    let options = msl::Options {
        lang_version: (2, 4),
        per_entry_point_map: [(shader.entry.clone(), resources)].into_iter().collect(),
        fake_missing_bindings: false,
        bounds_check_policies: UNCHECKED,
        zero_initialize_workgroup_memory: false,
        force_loop_bounding: false,
        emit_int_div_checks: false,
        ..msl::Options::default()
    };
    let written = msl::write_string(&shader.module, &shader.info, &options, &msl::PipelineOptions::default());
    let (text, info) = written.map_err(|error| format!("Metal: {error}"))?;
    match info.entry_point_names.into_iter().find_map(Result::err) {
        Some(error) => Err(format!("Metal: {error}")),
        None => Ok(text),
    }
}

fn spirv(shader: &Validated) -> Result<String, String> {
    let options = spv::Options {
        lang_version: (1, 3),
        // Names make the listing readable.
        flags: spv::WriterFlags::DEBUG,
        bounds_check_policies: UNCHECKED,
        zero_initialize_workgroup_memory: spv::ZeroInitializeWorkgroupMemoryMode::None,
        force_loop_bounding: false,
        emit_int_div_checks: false,
        ..spv::Options::default()
    };
    let words =
        spv::write_vec(&shader.module, &shader.info, &options, None).map_err(|error| format!("SPIR-V: {error}"))?;
    let module = rspirv::dr::load_words(words).map_err(|error| format!("SPIR-V: {error}"))?;
    Ok(module.disassemble())
}

fn to_hlsl(kernel: &Kernel, shader: &Validated) -> Result<String, String> {
    let target = |register: u32| hlsl::BindTarget { space: 0, register, ..hlsl::BindTarget::default() };
    let options = hlsl::Options {
        shader_model: hlsl::ShaderModel::V6_2,
        binding_map: slots(kernel).map(|(binding, at, _)| (binding, target(at))).collect(),
        fake_missing_bindings: false,
        // Where the number of workgroups comes from: Direct3D has no built-in value for it.
        special_constants_binding: Some(target(kernel.bindings.len() as u32 + 1)),
        zero_initialize_workgroup_memory: false,
        restrict_indexing: false,
        force_loop_bounding: false,
        ..hlsl::Options::default()
    };
    let mut text = String::new();
    let pipeline = hlsl::PipelineOptions::default();
    let written = hlsl::Writer::new(&mut text, &options, &pipeline).write(&shader.module, &shader.info, None);
    written.map_err(|error| format!("HLSL: {error}"))?;
    Ok(text)
}

fn to_glsl(kernel: &Kernel, shader: &Validated) -> Result<String, String> {
    let options = glsl::Options {
        version: glsl::Version::new_gles(310),
        writer_flags: glsl::WriterFlags::empty(),
        binding_map: slots(kernel).map(|(binding, at, _)| (binding, at as u8)).collect(),
        zero_initialize_workgroup_memory: false,
    };
    let pipeline = glsl::PipelineOptions {
        shader_stage: ShaderStage::Compute,
        entry_point: shader.entry.clone(),
        multiview: None,
    };
    let mut text = String::new();
    glsl::Writer::new(&mut text, &shader.module, &shader.info, &options, &pipeline, UNCHECKED)
        .and_then(|mut writer| writer.write())
        .map_err(|error| format!("GLSL: {error}"))?;
    Ok(text)
}
