//! A shader in the languages below WGSL: what drivers get to see, for the page and for people who debug a driver.
//!
//! Bindings are explicit (buffer `i` is slot `i`, the uniform block follows), and run-time checks are off, as natively: the
//! compiler's lowering keeps indices in range and divisors away from zero. Nothing here runs anything, and nothing here knows what
//! a kernel is: this crate is a Wasm module of its own, which a page loads when somebody asks for a translation.

#![forbid(unsafe_code)]

#[cfg(all(target_arch = "wasm32", feature = "wgsl"))]
mod bindings;

use naga::back::{glsl, hlsl, msl, spv};
use naga::proc::{BoundsCheckPolicies, BoundsCheckPolicy};
use naga::valid::ModuleInfo;
use naga::{AddressSpace, Module, ResourceBinding, ShaderStage, StorageAccess};
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

    /// The language of that name.
    pub fn from_name(name: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.name() == name)
    }
}

const UNCHECKED: BoundsCheckPolicies = BoundsCheckPolicies {
    index: BoundsCheckPolicy::Unchecked,
    buffer: BoundsCheckPolicy::Unchecked,
    image_load: BoundsCheckPolicy::Unchecked,
    binding_array: BoundsCheckPolicy::Unchecked,
};

/// A shader of this project in that language, from its text.
///
/// # Errors
/// When the text is not WGSL with one entry point, and with the writer's reason when the language cannot say it (GLSL ES has no
/// float16).
#[cfg(feature = "wgsl")]
pub fn translate(wgsl: &str, language: Language) -> Result<String, String> {
    use naga::valid::{Capabilities, ValidationFlags, Validator};
    // naga's reader knows subgroups, but not the line that enables them.
    let wgsl = &wgsl.replacen("enable subgroups;", "", 1);
    let module = naga::front::wgsl::parse_str(wgsl).map_err(|error| error.emit_to_string(wgsl))?;
    let [entry] = module.entry_points.as_slice() else {
        return Err(format!("the shader has {} entry points, not one", module.entry_points.len()));
    };
    let info = Validator::new(ValidationFlags::all(), Capabilities::SHADER_FLOAT16 | Capabilities::SUBGROUP)
        .validate(&module)
        .map_err(|error| error.emit_to_string(wgsl))?;
    write(&module, &info, &entry.name, language)
}

/// A module in that language.
///
/// # Errors
/// With the writer's reason, when the language cannot say it (GLSL ES has no float16).
pub fn write(module: &Module, info: &ModuleInfo, entry: &str, language: Language) -> Result<String, String> {
    match language {
        Language::Metal => metal(module, info, entry),
        Language::SpirV => spirv(module, info),
        Language::Hlsl => to_hlsl(module, info),
        Language::Glsl => to_glsl(module, info, entry),
    }
}

/// The buffers and the uniform block: position, and whether it is written.
fn slots(module: &Module) -> impl Iterator<Item = (ResourceBinding, u32, bool)> {
    module.global_variables.iter().filter_map(|(_, global)| {
        let written = match global.space {
            AddressSpace::Storage { access } => access.contains(StorageAccess::STORE),
            _ => false,
        };
        global.binding.map(|binding| (binding, binding.binding, written))
    })
}

/// The first slot behind those of the module.
fn free_slot(module: &Module) -> u32 {
    slots(module).map(|(_, at, _)| at + 1).max().unwrap_or(0)
}

fn metal(module: &Module, info: &ModuleInfo, entry: &str) -> Result<String, String> {
    let resources = slots(module).map(|(binding, at, mutable)| {
        (binding, msl::BindTarget { buffer: Some(at as u8), mutable, ..msl::BindTarget::default() })
    });
    let resources = msl::EntryPointResources {
        resources: resources.collect(),
        // After the uniform block: the sizes of the buffers, which naga passes along.
        sizes_buffer: Some(free_slot(module) as u8),
        ..msl::EntryPointResources::default()
    };
    let options = msl::Options {
        lang_version: (2, 4),
        per_entry_point_map: [(entry.to_string(), resources)].into_iter().collect(),
        fake_missing_bindings: false,
        bounds_check_policies: UNCHECKED,
        zero_initialize_workgroup_memory: false,
        force_loop_bounding: false,
        emit_int_div_checks: false,
        ..msl::Options::default()
    };
    let written = msl::write_string(module, info, &options, &msl::PipelineOptions::default());
    let (text, info) = written.map_err(|error| format!("Metal: {error}"))?;
    match info.entry_point_names.into_iter().find_map(Result::err) {
        Some(error) => Err(format!("Metal: {error}")),
        None => Ok(text),
    }
}

fn spirv(module: &Module, info: &ModuleInfo) -> Result<String, String> {
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
    let words = spv::write_vec(module, info, &options, None).map_err(|error| format!("SPIR-V: {error}"))?;
    let module = rspirv::dr::load_words(words).map_err(|error| format!("SPIR-V: {error}"))?;
    Ok(module.disassemble())
}

fn to_hlsl(module: &Module, info: &ModuleInfo) -> Result<String, String> {
    let target = |register: u32| hlsl::BindTarget { space: 0, register, ..hlsl::BindTarget::default() };
    let options = hlsl::Options {
        shader_model: hlsl::ShaderModel::V6_2,
        binding_map: slots(module).map(|(binding, at, _)| (binding, target(at))).collect(),
        fake_missing_bindings: false,
        // Where the number of workgroups comes from: Direct3D has no built-in value for it.
        special_constants_binding: Some(target(free_slot(module))),
        zero_initialize_workgroup_memory: false,
        restrict_indexing: false,
        force_loop_bounding: false,
        ..hlsl::Options::default()
    };
    let mut text = String::new();
    let pipeline = hlsl::PipelineOptions::default();
    let written = hlsl::Writer::new(&mut text, &options, &pipeline).write(module, info, None);
    written.map_err(|error| format!("HLSL: {error}"))?;
    Ok(text)
}

fn to_glsl(module: &Module, info: &ModuleInfo, entry: &str) -> Result<String, String> {
    let options = glsl::Options {
        version: glsl::Version::new_gles(310),
        writer_flags: glsl::WriterFlags::empty(),
        binding_map: slots(module).map(|(binding, at, _)| (binding, at as u8)).collect(),
        zero_initialize_workgroup_memory: false,
    };
    let pipeline =
        glsl::PipelineOptions { shader_stage: ShaderStage::Compute, entry_point: entry.to_string(), multiview: None };
    let mut text = String::new();
    glsl::Writer::new(&mut text, module, info, &options, &pipeline, UNCHECKED)
        .and_then(|mut writer| writer.write())
        .map_err(|error| format!("GLSL: {error}"))?;
    Ok(text)
}

#[cfg(all(test, feature = "wgsl"))]
mod tests {
    use super::*;

    const DOUBLE: &str = "\
@group(0) @binding(0) var<storage> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(64)
fn double(@builtin(global_invocation_id) id: vec3<u32>) {
    if id.x < arrayLength(&y) { y[id.x] = x[id.x] * 2f; }
}
";

    #[test]
    fn every_language_says_it_in_its_own_words() {
        for (language, word) in [
            (Language::Metal, "kernel void double_"),
            (Language::SpirV, "OpEntryPoint GLCompute"),
            (Language::Hlsl, "[numthreads(64, 1, 1)]"),
            (Language::Glsl, "layout(local_size_x = 64"),
        ] {
            let text = translate(DOUBLE, language).expect("every language has this");
            assert!(text.contains(word), "{word} in {}:\n{text}", language.name());
            assert_eq!(Language::from_name(language.name()), Some(language));
        }
    }

    #[test]
    fn what_cannot_be_said_is_an_error() {
        let half = "enable f16;\n@group(0) @binding(0) var<storage, read_write> y: array<f16>;\n@compute @workgroup_size(1) fn main() { y[0] = 1h; }";
        assert!(translate(half, Language::Metal).is_ok());
        assert!(translate(half, Language::Glsl).is_err());
        assert!(translate("fn main(", Language::Metal).expect_err("not WGSL").contains("expected"));
        assert!(translate("fn helper() {}", Language::Metal).expect_err("no entry").contains("0 entry points"));
    }
}
