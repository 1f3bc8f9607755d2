//! `interfuse explain`.

use crate::html;
use crate::terminal;
use crate::words::{Failure, Words};
use interfuse::compiler::target::Target;
use interfuse::inspect::{Language, inspect_graph};
use interfuse::{DeviceChoice, Inspection, init};

const FORMS: &str = "text, wgsl, msl, spirv, hlsl, glsl, dot, json and html";

/// How a listing compiles.
pub fn explain(words: &Words) -> Result<String, Failure> {
    let graph = words.listing()?.graph;
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
            "text" => Ok(pass.listing.clone()),
            _ => Err(Failure::Usage(format!("--pass is shown as text and json, not as {form}"))),
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
        "json" => Ok(match chosen {
            Some(at) => serde_json::to_string(&view.kernels[at]).expect("data"),
            None => view.to_json(),
        }),
        "dot" => Ok(view.to_dot()),
        "html" => Ok(html::page(&view)),
        "wgsl" => {
            Ok(kernels().map(|kernel| format!("// kernel {}: {}\n{}", kernel.id, kernel.name, kernel.wgsl)).collect())
        }
        "text" if chosen.is_none() => Ok(summary(&view)),
        "text" => Ok(kernels().map(|kernel| format!("{}\n{}", headline(kernel), kernel.wgsl)).collect()),
        _ => {
            let language = Language::from_name(form)
                .ok_or_else(|| Failure::Usage(format!("unknown form {form}; there are {FORMS}")))?;
            let comment = if language == Language::SpirV { ";" } else { "//" };
            let mut text = String::new();
            for kernel in kernels() {
                text += &format!("{comment} kernel {}: {}\n", kernel.id, kernel.name);
                text += &view.translate(kernel.id, language)?;
                text.push('\n');
            }
            Ok(text)
        }
    }
}

fn headline(kernel: &interfuse::inspect::KernelView) -> String {
    let runs = if kernel.runs == 1 { String::new() } else { format!(", runs {} times", kernel.runs) };
    format!(
        "kernel {} {} ({}): reads {} B, writes {} B, {} operations, workgroups {:?}{runs}",
        kernel.id, kernel.name, kernel.class, kernel.bytes_read, kernel.bytes_written, kernel.flops, kernel.workgroups
    )
}

fn summary(view: &Inspection) -> String {
    let style = terminal::results();
    let mut text = format!("{}\n\n", style.bold(&view.signature));
    for pass in &view.graphs {
        text += &format!("{}: {} nodes, {} changes\n", style.bold(&pass.pass), pass.graph.nodes.len(), pass.changes);
        for rule in &pass.rules {
            text += &style.dim(&format!("  {} x{}\n", rule.name, rule.count));
        }
    }
    if let Some(last) = view.graphs.last() {
        text += &format!("\n{}\n", last.listing.trim_end());
    }
    for kernel in &view.kernels {
        text += &format!("\n{}", style.bold(&headline(kernel)));
    }
    for cut in &view.cuts {
        text += &format!(
            "\nnot fused: %{} into %{}: {} (what would change it: {})",
            cut.from,
            cut.to,
            cut.reason,
            cut.remedy()
        );
    }
    text += &format!(
        "\n\nbefore: {} kernels, {} B allocated; after: {} kernels, {} B\n",
        view.before.dispatches, view.before.bytes, view.after.dispatches, view.after.bytes
    );
    text
}
