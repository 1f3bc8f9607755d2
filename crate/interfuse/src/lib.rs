//! Interfuse is a tensor compiler that shows its work.
//!
//! You write array code. [`compile`] traces it into a graph, simplifies the graph, fuses it into few kernels and caches the result.
//! [`CompiledFunction::inspect`] shows every one of these steps.
//!
//! ```
//! use interfuse::{compile, Tensor};
//! let gelu = compile(|x: &Tensor| x * ((x / 2f32.sqrt()).erf() + 1.0) / 2.0);
//! let y = gelu.call(&Tensor::from([[-1.0f32, 0.0, 1.0]]))?;
//! println!("{:?} {}", y.to_vec::<f32>()?, gelu.stats());
//! # Ok::<(), interfuse::Error>(())
//! ```
//!
//! - **Tensors are lazy and immutable.** An op checks shapes and dtypes at once. It computes when a value is read
//!   ([`Tensor::to_vec`]), on [`evaluate`], or when a compiled function needs the result.
//! - **Errors** have an [`ErrorKind`] and a text that names the op, the operands and the remedy. Operators and short methods panic with
//!   that text; `try_` forms return it as an [`Error`].
//! - **Shapes**: operands broadcast as in NumPy. Sizes and indices count elements, and a negative axis counts from the end.
//! - **Devices**: a tensor belongs to the device that was current on its thread when it was created. Without [`init`] that is the CPU
//!   device.
//!
//! Start with [`compile`], [`Tensor`] and [`library`]; [`Compile`] has the options, [`transform`] the derivatives, [`nn`] and [`optim`]
//! the training of models, and [`io`] the files.

#![forbid(unsafe_code)]

// What `#[derive(Tree)]` writes names this crate, also in it.
extern crate self as interfuse;

// The ground floor: texts, times, errors, reports, events.
pub mod json;
mod clock;
mod breaks;
pub mod error;
mod report;
pub mod devtools;

// Below tensors: devices, sizes, traces, nodes, and what computes nodes.
mod device;
mod symbolic;
mod axes;
mod trace;
mod node;
mod linear;
mod pipeline;
mod eager;

// Tensors: handles of nodes, what is recorded of them, their data, their operands.
mod tensor;
mod scope;
mod data;
mod tree;
mod operand;
pub mod transform;

// The ops.
pub mod table;
mod elementwise;
pub mod library;
pub mod random;

// Functions: compiled, shown, transformed.
pub mod inspect;
pub mod profile;
mod run;
mod compile;
mod function;
mod repeat;

// What is built of all that.
pub mod nn;
pub mod optim;
pub mod functions;
pub mod io;

pub use axes::Axes;
pub use breaks::BreakReason;
pub use clock::{now_ms, set_clock};
pub use compile::{Begin, Extra, Finished, Key, Purpose, Store, StoreOptions, Trace};
pub use data::Element;
#[cfg(not(target_arch = "wasm32"))]
pub use data::block_on;
#[cfg(not(target_arch = "wasm32"))]
pub use device::init;
pub use device::{
    DeviceChoice, DeviceHandle, MemoryReport, Pressure, cpu_device, current_device, device_info, is_initialized,
    known_device, memory, set_device, use_device,
};
pub use elementwise::Number;
pub use error::{Error, ErrorKind, Result};
pub use function::{Compile, CompiledFunction, compile, recompile_error, try_compile};
pub use inspect::Inspection;
pub use operand::Operand;
pub use pipeline::{CompileMode, compile_mode, disable_compile, disables, enable_compile, set_compile_mode};
pub use profile::Profile;
pub use repeat::{LoopRecording, fori, scan};
pub use report::{CacheEntry, CompilationStats, FallbackReport, KeyDifference, MissReport};
pub use run::{profile_graph, run_graph};
pub use scope::check_write;
pub use symbolic::{Dim, DynamicSizes, MAX_ELEMENTS, NamedSize, Sizes};
pub use tensor::{Tensor, evaluate};
pub use trace::{break_trace, is_active as is_tracing, leaked_hint};
pub use transform::{
    Arg, checkpoint, custom_function, grad, grad_with, jvp, value_and_grad, value_and_grad_aux,
    value_and_grad_aux_with, value_and_grad_with, vjp, vmap, vmap_with,
};
pub use tree::Tree;

/// Implements [`trait@Tree`] for a struct or an enum whose fields are trees. See there for an example.
#[cfg(feature = "derive")]
pub use interfuse_derive::Tree;

pub use interfuse_compiler::cache::Capacity;
pub use interfuse_compiler::dtype::{DType, Scalar, Weak};
pub use interfuse_compiler::ops::Op;
pub use interfuse_compiler::signature::{Signature, SignatureBuilder};
pub use interfuse_runtime::device::{Counters, Device, DeviceInfo, DeviceKind};

/// The compiler itself, for programs that work with graphs.
pub use interfuse_compiler as compiler;
