//! The command line: which devices there are, run a graph listing, explain how it compiles.
//!
//! Exit codes: 0 done, 1 the work failed, 2 the command line is wrong.

use interfuse::compiler::graph::Graph;
use interfuse::compiler::target::Target;
use interfuse::compiler::text::parse;
use interfuse::inspect::inspect_graph;
use interfuse::{DeviceChoice, DeviceInfo, Inspection, Tensor, block_on, init, io, run_graph};
use std::process::ExitCode;

const USAGE: &str = "\
interfuse: see what a graph compiles to, and run it

  interfuse devices [--json]
  interfuse run FILE [--input x.npy]... [--output y.npy]... [--device auto|webgpu|cpu] [--json]
  interfuse explain FILE [--pass NAME] [--kernel N] [--as text|wgsl|dot|json] [--device webgpu|cpu]

FILE is a graph listing, such as

  %0: float32[4] = input 0
  %1: float32[4] = exp %0
  return %1

Inputs and outputs are npy files, in the order of the graph's. Without --output, run prints shapes and first elements.";

enum Failure {
    /// The command line is wrong.
    Usage(String),
    /// The work failed.
    Work(String),
}

impl From<interfuse::Error> for Failure {
    fn from(error: interfuse::Error) -> Failure {
        Failure::Work(error.to_string())
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(text) => {
            println!("{}", text.trim_end());
            ExitCode::SUCCESS
        }
        Err(Failure::Usage(message)) => {
            eprintln!("interfuse: {message}\n\n{USAGE}");
            ExitCode::from(2)
        }
        Err(Failure::Work(message)) => {
            eprintln!("interfuse: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The words of a command line: what stands alone, and options with their values.
struct Words<'a> {
    alone: Vec<&'a str>,
    options: Vec<(&'a str, &'a str)>,
    json: bool,
}

impl<'a> Words<'a> {
    fn read(arguments: &'a [String], known: &[&str]) -> Result<Words<'a>, Failure> {
        let mut words = Words { alone: Vec::new(), options: Vec::new(), json: false };
        let mut rest = arguments.iter();
        while let Some(word) = rest.next() {
            match word.strip_prefix("--") {
                None => words.alone.push(word),
                Some("json") => words.json = true,
                Some(name) if known.contains(&name) => {
                    let value = rest.next().ok_or_else(|| Failure::Usage(format!("--{name} needs a value")))?;
                    words.options.push((name, value));
                }
                Some(name) => {
                    let list: Vec<String> = known.iter().map(|name| format!("--{name}")).collect();
                    return Err(Failure::Usage(format!(
                        "unknown option --{name}; there are --json {}",
                        list.join(" ")
                    )));
                }
            }
        }
        Ok(words)
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.options.iter().filter(move |(known, _)| *known == name).map(|(_, value)| *value)
    }

    fn last(&self, name: &str) -> Option<&'a str> {
        self.all(name).last()
    }

    fn graph(&self) -> Result<Graph, Failure> {
        let [file] = self.alone.as_slice() else {
            return Err(Failure::Usage(format!("give one FILE, got {}", self.alone.len())));
        };
        let text = std::fs::read_to_string(file).map_err(|error| Failure::Work(format!("{file}: {error}")))?;
        parse(&text).map_err(|error| Failure::Work(format!("{file}: {error}")))
    }

    fn device(&self, default: DeviceChoice) -> Result<DeviceChoice, Failure> {
        match self.last("device") {
            None => Ok(default),
            Some("auto") => Ok(DeviceChoice::Auto),
            Some("webgpu") => Ok(DeviceChoice::Gpu),
            Some("cpu") => Ok(DeviceChoice::Cpu),
            Some(other) => Err(Failure::Usage(format!("unknown device {other}; there are auto, webgpu and cpu"))),
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<String, Failure> {
    let Some((command, rest)) = arguments.split_first() else {
        return Err(Failure::Usage("which command?".into()));
    };
    match command.as_str() {
        "devices" => devices(&Words::read(rest, &[])?),
        "run" => run(&Words::read(rest, &["input", "output", "device"])?),
        "explain" => explain(&Words::read(rest, &["pass", "kernel", "as", "device"])?),
        "help" | "--help" | "-h" => Ok(USAGE.to_string()),
        "--version" | "-V" => Ok(format!("interfuse {}", env!("CARGO_PKG_VERSION"))),
        other => Err(Failure::Usage(format!("unknown command {other}"))),
    }
}

fn devices(words: &Words<'_>) -> Result<String, Failure> {
    let mut found: Vec<DeviceInfo> = vec![init(DeviceChoice::Cpu)?.info().clone()];
    let mut why_none = None;
    match init(DeviceChoice::Gpu) {
        Ok(device) => found.push(device.info().clone()),
        Err(error) => why_none = Some(error.to_string()),
    }
    let auto = init(DeviceChoice::Auto)?.info().clone();
    if words.json {
        let view = |info: &DeviceInfo| {
            serde_json::json!({
                "kind": info.kind.name(), "vendor": info.vendor, "device": info.device, "description": info.description,
                "backend": info.backend, "isFallback": info.is_fallback, "features": info.features,
            })
        };
        let devices: Vec<_> = found.iter().map(view).collect();
        return Ok(
            serde_json::json!({ "devices": devices, "auto": auto.kind.name(), "webgpuError": why_none }).to_string()
        );
    }
    let mut text = String::new();
    for info in &found {
        let chosen = if info.kind == auto.kind { "  (auto)" } else { "" };
        let software = if info.is_fallback { ", software" } else { "" };
        text += &format!("{}: {} ({}{software}){chosen}\n", info.kind.name(), info.device, info.backend);
        if !info.features.is_empty() {
            text += &format!("  features: {}\n", info.features.join(", "));
        }
    }
    if let Some(why) = why_none {
        text += &format!("webgpu: none ({why})\n");
    }
    Ok(text)
}

fn run(words: &Words<'_>) -> Result<String, Failure> {
    let graph = words.graph()?;
    init(words.device(DeviceChoice::Auto)?)?;
    let read = |file: &str| -> Result<Tensor, Failure> {
        // `x=a.npy` names an input for the reader; the order decides.
        let path = file.split_once('=').map_or(file, |(_, path)| path);
        let bytes = std::fs::read(path).map_err(|error| Failure::Work(format!("{path}: {error}")))?;
        io::load_npy(&bytes).map_err(|error| Failure::Work(format!("{path}: {error}")))
    };
    let inputs: Vec<Tensor> = words.all("input").map(read).collect::<Result<_, _>>()?;
    let results = run_graph(&graph, &inputs)?;
    let files: Vec<&str> = words.all("output").collect();
    if files.len() > results.len() {
        return Err(Failure::Usage(format!("{} outputs for {} results", files.len(), results.len())));
    }
    for (file, result) in files.iter().zip(&results) {
        let path = file.split_once('=').map_or(*file, |(_, path)| path);
        let bytes = block_on(io::save_npy(result))?;
        std::fs::write(path, bytes).map_err(|error| Failure::Work(format!("{path}: {error}")))?;
    }
    let mut lines = Vec::new();
    for (at, result) in results.iter().enumerate() {
        let shown = first_elements(result)?;
        lines.push(if words.json {
            serde_json::json!({ "result": at, "dtype": result.dtype().name(), "shape": result.sizes(), "first": shown })
                .to_string()
        } else {
            format!("%{at}: {} = {}", result.aval(), shown.join(" "))
        });
    }
    Ok(lines.join("\n"))
}

/// Up to eight elements as text.
fn first_elements(x: &Tensor) -> Result<Vec<String>, Failure> {
    use interfuse::DType;
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

fn explain(words: &Words<'_>) -> Result<String, Failure> {
    let graph = words.graph()?;
    let target = match words.last("device") {
        None => Target::base_gpu(),
        Some(_) => init(words.device(DeviceChoice::Cpu)?)?.device().target().clone(),
    };
    let view = inspect_graph(&graph, &target)?;
    let form = if words.json { "json" } else { words.last("as").unwrap_or("text") };
    if let Some(name) = words.last("pass") {
        let pass = view.graphs.iter().find(|pass| pass.pass == name).ok_or_else(|| {
            let all: Vec<&str> = view.graphs.iter().map(|pass| pass.pass.as_str()).collect();
            Failure::Usage(format!("no pass {name}; there are {}", all.join(", ")))
        })?;
        return match form {
            "json" => Ok(serde_json::to_string(pass).expect("data")),
            _ => Ok(pass.listing.clone()),
        };
    }
    let chosen = match words.last("kernel") {
        None => None,
        Some(text) => Some(text.parse::<usize>().ok().filter(|at| *at < view.kernels.len()).ok_or_else(|| {
            Failure::Usage(format!("no kernel {text}; there are {}, counted from 0", view.kernels.len()))
        })?),
    };
    let kernels = || view.kernels.iter().filter(|kernel| chosen.is_none_or(|at| kernel.id == at));
    match form {
        "json" => match chosen {
            Some(at) => Ok(serde_json::to_string(&view.kernels[at]).expect("data")),
            None => Ok(view.to_json()),
        },
        "dot" => Ok(view.to_dot()),
        "wgsl" => {
            Ok(kernels().map(|kernel| format!("// kernel {}: {}\n{}", kernel.id, kernel.name, kernel.wgsl)).collect())
        }
        "text" => Ok(summary(&view)),
        other => Err(Failure::Usage(format!("unknown form {other}; there are text, wgsl, dot and json"))),
    }
}

fn summary(view: &Inspection) -> String {
    let mut text = format!("{}\n\n", view.signature);
    for pass in &view.graphs {
        text += &format!("{}: {} nodes, {} changes\n", pass.pass, pass.graph.nodes.len(), pass.changes);
        for rule in &pass.rules {
            text += &format!("  {} x{}\n", rule.name, rule.count);
        }
    }
    if let Some(last) = view.graphs.last() {
        text += &format!("\n{}\n", last.listing.trim_end());
    }
    for kernel in &view.kernels {
        text += &format!(
            "\nkernel {} {} ({}): reads {} B, writes {} B, {} operations, workgroups {:?}",
            kernel.id,
            kernel.name,
            kernel.class,
            kernel.bytes_read,
            kernel.bytes_written,
            kernel.flops,
            kernel.workgroups
        );
    }
    for cut in &view.cuts {
        text += &format!("\nnot fused: %{} into %{}: {}", cut.from, cut.to, cut.reason);
    }
    text += &format!(
        "\n\nbefore: {} kernels, {} B allocated; after: {} kernels, {} B\n",
        view.before.dispatches, view.before.bytes, view.after.dispatches, view.after.bytes
    );
    text
}
