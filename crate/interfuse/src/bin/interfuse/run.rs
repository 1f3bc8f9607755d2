//! `interfuse run`.

use crate::inputs::{self, Rest};
use crate::words::{Failure, Words};
use interfuse::{DType, DeviceChoice, Tensor, block_on, init, io};

/// Runs a listing or an exported function on files.
pub fn run(words: &Words) -> Result<String, Failure> {
    let listing = words.listing()?;
    init(words.device(DeviceChoice::Auto)?)?;
    let files = inputs::outputs(&listing, words.all("output"))?;
    let inputs = inputs::read(&listing, words.all("input"), Rest::Missing)?;
    let results = listing.run(&inputs)?;
    for (at, path) in &files {
        let bytes = block_on(io::save_npy(&results[*at]))?;
        std::fs::write(path, bytes).map_err(|error| Failure::Work(format!("{path}: {error}")))?;
    }
    let mut lines = Vec::new();
    let mut views = Vec::new();
    for (at, result) in results.iter().enumerate() {
        let shown = first_elements(result)?;
        let written = files.iter().find(|(of, _)| *of == at).map(|(_, path)| *path);
        views.push(serde_json::json!({
            "result": at, "dtype": result.dtype().name(), "shape": result.sizes(), "first": shown, "file": written,
        }));
        let to = written.map_or(String::new(), |path| format!(" -> {path}"));
        lines.push(format!("{at}: {} = {}{to}", result.aval(), shown.join(" ")));
    }
    Ok(if words.json { serde_json::json!({ "results": views }).to_string() } else { lines.join("\n") })
}

/// Up to eight elements as text.
fn first_elements(x: &Tensor) -> Result<Vec<String>, Failure> {
    fn texts<T: ToString>(values: Vec<T>) -> Vec<String> {
        values.iter().take(8).map(T::to_string).collect()
    }
    Ok(match x.dtype() {
        DType::Float32 | DType::Float16 => texts(x.to_vec::<f32>()?),
        DType::Int32 => texts(x.to_vec::<i32>()?),
        DType::UInt32 => texts(x.to_vec::<u32>()?),
        DType::Bool => texts(x.to_vec::<bool>()?),
    })
}
