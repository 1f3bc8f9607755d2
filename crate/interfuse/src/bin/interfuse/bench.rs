//! `interfuse bench`.

use crate::inputs::{self, Rest};
use crate::terminal::{self, Progress};
use crate::words::{Failure, Words};
use interfuse::profile::{DEFAULT_REPEATS, Profile, RunProfile};
use interfuse::{DeviceChoice, block_on, init, profile_graph};

/// Measurements are taken in so many rounds, between which the progress bar moves.
const ROUNDS: usize = 5;

/// Measures a listing on random numbers, or on files.
pub fn bench(words: &Words) -> Result<String, Failure> {
    let listing = words.listing()?;
    let repeats = match words.last("repeats") {
        None => DEFAULT_REPEATS,
        Some(text) => text
            .parse()
            .ok()
            .filter(|repeats| (1..=10_000).contains(repeats))
            .ok_or_else(|| Failure::Usage(format!("--repeats {text}: a number from 1 to 10000")))?,
    };
    init(words.device(DeviceChoice::Auto)?)?;
    let inputs = inputs::read(&listing, words.all("input"), Rest::Random)?;
    let constants = listing.constants()?;
    let progress = Progress::start("compiling");
    let rounds = ROUNDS.min(repeats);
    let mut best: Option<Profile> = None;
    for round in 0..rounds {
        progress.step(round, rounds, "measuring");
        let share = repeats / rounds + usize::from(round < repeats % rounds);
        let profile = block_on(profile_graph(&listing.graph, &inputs, &constants, share))?;
        best = Some(match best {
            None => profile,
            Some(best) => least(best, profile),
        });
    }
    drop(progress);
    let mut profile = best.expect("at least one round");
    profile.repeats = repeats;
    Ok(if words.json { serde_json::to_string(&profile).expect("data") } else { table(&profile) })
}

/// The lesser times of two measurements.
fn least(mut a: Profile, b: Profile) -> Profile {
    let lesser = |a: &mut RunProfile, b: RunProfile| {
        a.kernels.iter_mut().zip(b.kernels).for_each(|(a, b)| a.ms = a.ms.min(b.ms));
        a.kernels_ms = a.kernels.iter().map(|kernel| kernel.ms).sum();
        a.call_ms = a.call_ms.min(b.call_ms);
    };
    lesser(&mut a.fused, b.fused);
    lesser(&mut a.unfused, b.unfused);
    a.resolution_ms = a.resolution_ms.into_iter().chain(b.resolution_ms).reduce(f64::min);
    a
}

fn table(profile: &Profile) -> String {
    let style = terminal::results();
    let mut text = format!("{}: {}\n{}\n", style.bold(&profile.device), profile.adapter, profile.note);
    if let Some(resolution) = profile.resolution_ms {
        text += &style.dim(&format!("The clock tells {resolution:.6} ms apart; least of {} runs.\n", profile.repeats));
    }
    for (name, run) in [("fused", &profile.fused), ("unfused", &profile.unfused)] {
        text += &format!("\n{}\n", style.bold(&format!("{name}: {} kernels", run.kernels.len())));
        for kernel in &run.kernels {
            let rate = |amount: u64| if kernel.ms > 0.0 { amount as f64 / kernel.ms / 1e6 } else { 0.0 };
            text += &format!(
                "  {:>10.4} ms  {:>8.2} GB/s  {:>8.2} GFLOP/s  {}\n",
                kernel.ms,
                rate(kernel.bytes),
                rate(kernel.flops),
                kernel.name
            );
        }
        text += &format!(
            "  {:>10.4} ms  kernels;  {:.4} ms the whole call by the host's clock\n",
            run.kernels_ms, run.call_ms
        );
    }
    text += &format!("\nlargest difference between the results: {:e}\n", profile.max_abs_difference);
    text
}
