//! An inspection as one page that needs nothing else: no script, no style sheet, no network.

use crate::drawing::{escape, svg};
use interfuse::Inspection;
use std::fmt::Write;

const STYLE: &str = "\
:root{color-scheme:light dark;--light:82%}\
@media(prefers-color-scheme:dark){:root{--light:30%}}\
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}\
pre,svg text{font-family:ui-monospace,monospace;font-size:12.5px}\
pre,.scroll{overflow:auto;border:1px solid #8885;border-radius:6px;padding:.7rem}\
table{border-collapse:collapse}td,th{padding:.15rem .9rem .15rem 0;text-align:left}\
svg rect{stroke:#8888}.free{fill:none}.edge{fill:none;stroke:#888}svg text{fill:currentColor}.type{opacity:.65}";

/// The page.
pub fn page(view: &Inspection) -> String {
    let title = escape(&view.signature);
    // Writing to a string cannot fail.
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n"
    );
    let _ = writeln!(
        page,
        "<table><tr><th></th><th>kernels</th><th>bytes allocated</th><th>peak bytes</th></tr>\
         <tr><th>every op a kernel</th><td>{}</td><td>{}</td><td>{}</td></tr>\
         <tr><th>compiled</th><td>{}</td><td>{}</td><td>{}</td></tr></table>",
        view.before.dispatches,
        view.before.bytes,
        view.before.peak_bytes,
        view.after.dispatches,
        view.after.bytes,
        view.after.peak_bytes
    );
    if let Some(last) = view.graphs.last() {
        let drawing = svg(&last.graph, &view.kernels);
        let drawing = drawing.map_or("<p>The graph is too large to be drawn here.</p>".to_string(), |svg| {
            format!("<div class=\"scroll\">{svg}</div>")
        });
        let _ = writeln!(page, "<h2>The graph, coloured by kernel</h2>{drawing}");
    }
    page += "<h2>Kernels</h2>\n";
    for kernel in &view.kernels {
        let _ = writeln!(
            page,
            "<h3>{} {} ({})</h3><p>reads {} B, writes {} B, {} operations, workgroups {:?}</p><pre>{}</pre>",
            kernel.id,
            escape(&kernel.name),
            kernel.class,
            kernel.bytes_read,
            kernel.bytes_written,
            kernel.flops,
            kernel.workgroups,
            escape(kernel.wgsl.trim_end())
        );
    }
    if !view.cuts.is_empty() {
        page += "<h2>Not fused</h2><ul>";
        for cut in &view.cuts {
            let _ = write!(
                page,
                "<li>%{} into %{}: {} (what would change it: {})</li>",
                cut.from,
                cut.to,
                escape(&cut.reason),
                escape(cut.remedy())
            );
        }
        page += "</ul>\n";
    }
    page += "<h2>Passes</h2>\n";
    for pass in &view.graphs {
        let rules: Vec<String> =
            pass.rules.iter().map(|rule| format!("{} x{}", escape(&rule.name), rule.count)).collect();
        let _ = writeln!(
            page,
            "<details><summary>{}: {} nodes, {} changes</summary><p>{}</p><pre>{}</pre></details>",
            escape(&pass.pass),
            pass.graph.nodes.len(),
            pass.changes,
            rules.join(", "),
            escape(pass.listing.trim_end())
        );
    }
    page + "</body></html>\n"
}
