//! `interfuse devices`.

use crate::terminal;
use crate::words::{Failure, Words};
use interfuse::{DeviceChoice, DeviceInfo, init};

/// What there is, and what `auto` takes.
pub fn devices(words: &Words) -> Result<String, Failure> {
    words.no_file()?;
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
        let all = serde_json::json!({ "devices": devices, "auto": auto.kind.name(), "webgpuError": why_none });
        return Ok(all.to_string());
    }
    let style = terminal::results();
    let mut text = String::new();
    for info in &found {
        let chosen = if info.kind == auto.kind { "  (auto)" } else { "" };
        let software = if info.is_fallback { ", software" } else { "" };
        let name = style.bold(&format!("{}:", info.kind.name()));
        text += &format!("{name} {} ({}{software}){chosen}\n", info.device, info.backend);
        if !info.features.is_empty() {
            text += &style.dim(&format!("  features: {}\n", info.features.join(", ")));
        }
    }
    if let Some(why) = why_none {
        text += &format!("webgpu: none ({why})\n");
    }
    Ok(text)
}
