//! Kernels become WGSL: a naga module is built, validated in full, and written; there is no other source of shader text.
//!
//! `choose` picks the schedule; one file per kind of schedule emits it (`map`, `row`, `contract`); `lowering` turns phases and index
//! expressions into values; `builder` knows naga; `text` reads the written text once more. Modules are built directly as IR rather than
//! from WGSL skeletons: unrolled tiles and edges that vanish where the extents are known are loops in Rust, while as text each combination
//! would be a file of its own; and no parsed module has to be embedded and deserialised.
//!
//! Bindings are in group 0: the kernel's buffers in order, then the uniform block, 4 bytes per member. A device dispatches
//! [`Shader::workgroups`] workgroups; shaders check their position against member 0 of the block, the number of grid points.

mod text;
mod packing;
mod analyse;
mod narrow;
mod choose;
mod builder;
mod lowering;
mod map;
mod accumulate;
mod running;
mod subgroups;
mod row;
mod contract;
#[cfg(feature = "translate")]
mod translate;

#[cfg(test)]
mod tests;

use crate::dim::Dim;
use crate::kernel::{Kernel, Named};
use crate::schedule::{By, Schedule, Staging};
use crate::target::{Limits, Target};
use lowering::Lowering;
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use naga::{EntryPoint, Module, ShaderStage};
#[cfg(feature = "translate")]
pub use translate::{Language, translate};

/// A shader, ready for a pipeline.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shader {
    /// How it came to be.
    pub schedule: Schedule,
    /// The text.
    pub wgsl: String,
    /// The name of the entry point.
    pub entry: String,
    /// Invocations of one workgroup.
    pub workgroup_size: [u32; 3],
    /// Bytes of the uniform block.
    pub uniform_bytes: u32,
    /// What one workgroup covers.
    pub coverage: Coverage,
    /// Lines (from 1) that compute a value of the kernel or store into a binding, ascending.
    pub lines: Vec<(u32, Named)>,
}

/// What one workgroup covers; how many are needed follows from the sizes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Coverage {
    /// So many grid points per workgroup.
    Points {
        /// How many points there are.
        points: Dim,
        /// How many of them a workgroup does.
        per_workgroup: u32,
    },
    /// So many tiles of a matrix, or of each of a batch of matrices, per workgroup.
    Tiles {
        /// How many matrices.
        batch: Dim,
        /// Rows and columns of a matrix.
        extents: [Dim; 2],
        /// Rows and columns of a tile.
        tile: [u32; 2],
        /// How many tiles a workgroup does.
        per_workgroup: u32,
    },
}

impl Coverage {
    /// How many workgroups, given the sizes.
    pub fn count(&self, eval: &dyn Fn(&Dim) -> i64) -> u64 {
        let size = |dim: &Dim| u64::try_from(eval(dim)).expect("sizes are not negative");
        match self {
            Coverage::Points { points, per_workgroup } => size(points).div_ceil(u64::from(*per_workgroup)),
            Coverage::Tiles { batch, extents, tile, per_workgroup } => {
                let along = |at: usize| size(&extents[at]).div_ceil(u64::from(tile[at]));
                (size(batch) * along(0) * along(1)).div_ceil(u64::from(*per_workgroup))
            }
        }
    }

    /// How many, when no size is symbolic.
    fn known_count(&self) -> Option<u64> {
        let known = match self {
            Coverage::Points { points, .. } => points.as_const().is_some(),
            Coverage::Tiles { batch, extents, .. } => {
                [batch, &extents[0], &extents[1]].iter().all(|d| d.as_const().is_some())
            }
        };
        known.then(|| self.count(&|dim| dim.as_const().expect("every size is known")))
    }

    /// The dispatch: nearly square over x and y when x alone does not suffice; zero in x when there is nothing to do. Where even that
    /// is not enough, y is over the limit: the device says so.
    pub fn workgroups(&self, eval: &dyn Fn(&Dim) -> i64, limits: &Limits) -> [u32; 3] {
        let count = self.count(eval);
        let limit = u64::from(limits.workgroups_per_dimension);
        if count <= limit {
            return [count as u32, 1, 1];
        }
        let root = (count as f64).sqrt().ceil() as u64;
        let x = root.min(limit);
        let y = count.div_ceil(x);
        [x as u32, u32::try_from(y).unwrap_or(u32::MAX), 1]
    }
}

impl Shader {
    /// See [`Coverage::workgroups`].
    pub fn workgroups(&self, eval: &dyn Fn(&Dim) -> i64, limits: &Limits) -> [u32; 3] {
        self.coverage.workgroups(eval, limits)
    }
}

/// What is shown in place of the text of a kernel that only the CPU device runs.
const SERIAL: &str =
    "// The CPU device runs this in a plain loop. A GPU gets other kernels for it, made of reductions and look-ups.\n";

/// The first line of a shader that uses subgroups. WebGPU asks for it; naga's reader, which natively gets the same text, does without.
pub const ENABLE_SUBGROUPS: &str = "enable subgroups;\n";

/// What the emission of a schedule leaves behind.
struct Scheduled<'k> {
    lowering: Lowering<'k>,
    function: naga::Function,
    entry: String,
    workgroup_size: u32,
    coverage: Coverage,
}

struct Validated {
    module: Module,
    info: ModuleInfo,
    calls: Vec<Vec<(usize, String)>>,
    /// Did a row kernel take the place of a contraction?
    is_narrow: bool,
    entry: String,
    workgroup_size: u32,
    coverage: Coverage,
}

fn emit<'k>(kernel: &'k Kernel, target: &'k Target, schedule: Schedule) -> Scheduled<'k> {
    match schedule {
        Schedule::Map { workgroup, lanes } => map::emit(kernel, target, workgroup, lanes),
        Schedule::Row { by, workgroup, block } => row::emit(kernel, target, by, workgroup, block),
        Schedule::Contract { staging, workgroup, thread, vectors } => match staging {
            Staging::Registers => contract::registers(kernel, target, workgroup, thread, vectors),
            Staging::Workgroup { depth } => contract::staged(kernel, target, workgroup, thread, (depth, vectors)),
        },
        Schedule::Serial => panic!("no GPU runs this:\n{kernel}"),
    }
}

fn validated(kernel: &Kernel, target: &Target, schedule: Schedule) -> Validated {
    let as_row = match schedule {
        Schedule::Row { .. } => narrow::as_row(kernel),
        Schedule::Map { .. } | Schedule::Contract { .. } | Schedule::Serial => None,
    };
    let is_narrow = as_row.is_some();
    let kernel = as_row.as_ref().unwrap_or(kernel);
    let Scheduled { lowering, function, entry, workgroup_size, coverage } = emit(kernel, target, schedule);
    let (mut module, calls) = (lowering.b.module, lowering.b.calls);
    module.entry_points.push(EntryPoint {
        name: entry.clone(),
        stage: ShaderStage::Compute,
        early_depth_test: None,
        workgroup_size: [workgroup_size, 1, 1],
        workgroup_size_overrides: None,
        function,
        mesh_info: None,
        task_payload: None,
        incoming_ray_payload: None,
    });
    let mut capabilities = Capabilities::empty();
    capabilities.set(Capabilities::SHADER_FLOAT16, target.features.float16);
    capabilities.set(Capabilities::SUBGROUP, target.features.subgroups);
    let info = Validator::new(ValidationFlags::all(), capabilities)
        .validate(&module)
        .unwrap_or_else(|error| panic!("the module of this kernel is not valid{}\n{kernel}", why(&error)));
    Validated { module, info, calls, is_narrow, entry, workgroup_size, coverage }
}

/// What naga says of a module, where the crate is developed and tested. Shipped, the listing alone is shown: the texts of all
/// that naga can say would be kilobytes of the Wasm.
#[inline(always)]
fn why(error: &dyn std::fmt::Debug) -> String {
    if cfg!(debug_assertions) { format!(": {error:?}") } else { String::new() }
}

/// The shader of a kernel. Panics, with the kernel's listing, only on a bug of this crate.
pub fn lower(kernel: &Kernel, target: &Target) -> Shader {
    lower_as(kernel, target, Schedule::select(kernel, target))
}

/// The shader of a kernel by a schedule that it can have (see [`Schedule::check`]).
pub fn lower_as(kernel: &Kernel, target: &Target, schedule: Schedule) -> Shader {
    if schedule == Schedule::Serial {
        return Shader {
            schedule,
            wgsl: SERIAL.into(),
            entry: kernel.name.clone(),
            workgroup_size: [1, 1, 1],
            uniform_bytes: 4 * kernel.uniforms.len() as u32,
            coverage: Coverage::Points { points: kernel.grid_points(), per_workgroup: 1 },
            lines: Vec::new(),
        };
    }
    let Validated { module, info, calls, is_narrow, entry, workgroup_size, coverage } =
        validated(kernel, target, schedule);
    let written = naga::back::wgsl::write_string(&module, &info, naga::back::wgsl::WriterFlags::empty())
        .unwrap_or_else(|error| panic!("the module of this kernel cannot be written{}\n{kernel}", why(&error)));
    let written = match schedule {
        // What naga's writer does not say, and its reader does not know.
        Schedule::Row { by: By::Subgroups, .. } => format!("{ENABLE_SUBGROUPS}\n{written}"),
        _ => written,
    };
    let (wgsl, mut lines) = text::polish(&written, &calls);
    for (_, named) in lines.iter_mut().filter(|_| is_narrow) {
        if let Named::Value(id) = named {
            *id = narrow::origin(kernel, *id);
        }
    }
    Shader {
        schedule,
        wgsl,
        entry,
        workgroup_size: [workgroup_size, 1, 1],
        uniform_bytes: 4 * kernel.uniforms.len() as u32,
        coverage,
        lines,
    }
}
