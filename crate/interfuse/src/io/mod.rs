//! Tensors and compiled functions from and to bytes: npy, safetensors, and exported functions, which are safetensors files whose
//! metadata hold the graph.
//!
//! Nothing here opens a file: hosts differ in how they read one. Bytes are not trusted: whatever they say, the answer is a value or
//! an error, and memory is only taken for elements that are in the file.

mod header;
mod stored;
mod safetensors;
mod npy;
mod open;
mod function;

pub use function::{
    ExportOptions, Exporting, FunctionFile, ImportedFunction, export_function, export_function_with, import_function,
    read_listing,
};
pub use npy::{load_npy, save_npy};
pub use safetensors::{Safetensors, load_safetensors, save_safetensors};

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
