//! What a compiled function tells about its calls: statistics, why a call missed, what the cache holds.
//!
//! Plain data for people, tests and the page. Keys are compared here, leaf by leaf, and the one that differs is named; nothing here
//! decides what a call does.

use interfuse_compiler::signature::{LeafValue, Signature};
use serde::Serialize;
use std::fmt;

/// A number that changed in so many misses in a row is named as the cause ...
const CHANGING_NUMBER: u32 = 3;
/// ... and in so many, where nothing else changed, warned of.
const WARN_CHANGING: u32 = 8;
/// So many of the most recent entries are compared with a call that missed.
const COMPARED_ENTRIES: usize = 64;

/// Counts and times of the calls of a compiled function.
#[derive(Clone, Copy, PartialEq, Default, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS), ts(rename = "StatsView", optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct CompilationStats {
    /// Calls served by an entry.
    pub hits: u64,
    /// Calls for which an entry was compiled and run.
    pub misses: u64,
    /// Calls run eagerly because they cannot be compiled.
    pub fallbacks: u64,
    /// Milliseconds of tracing and compiling, with pipelines and without runs.
    pub total_compile_time_ms: f64,
    /// Milliseconds of the host in hits. After the first 64 hits every 64th is timed and counts for 64.
    pub total_cached_exec_time_ms: f64,
    /// Entries in the cache now.
    pub cache_size: usize,
    /// Percent of calls that were hits; 0 without calls.
    pub hit_rate: f64,
    /// Successful traces.
    pub traces: u64,
    /// Entries that were evicted to make room.
    pub evictions: u64,
    /// How often an entry could not serve a call because a guard failed.
    pub guard_failures: u64,
    /// Milliseconds on the GPU, where they are measured.
    pub gpu_time_ms: Option<f64>,
}

impl fmt::Display for CompilationStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hits, misses, fallbacks) = (self.hits, self.misses, self.fallbacks);
        // Not `{:.1}`: nothing else needs the code that prints so many digits and no more.
        let tenths = (self.hit_rate * 10.0).round() as u64;
        let (whole, tenth) = (tenths / 10, tenths % 10);
        write!(f, "CompilationStats(hits={hits}, misses={misses}, fallbacks={fallbacks}, hit_rate={whole}.{tenth}%)")
    }
}

/// Why a call of a compiled function found no entry.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct MissReport {
    /// The function.
    pub function: String,
    /// In a sentence, such as `args[0]: float32[2,4] -> float32[5,4]`.
    pub reason: String,
    /// The call's key as text.
    pub signature: String,
    /// The key of the nearest entry.
    pub nearest: Option<String>,
    /// The leaf that differs, such as `args[0].w`.
    pub path: Option<String>,
    /// What it is in the nearest entry.
    pub before: Option<String>,
    /// What it is in the call.
    pub after: Option<String>,
    /// The key of the entry that was evicted last, and where it differs from the call's (nowhere: it was this very entry).
    pub evicted: Option<KeyDifference>,
    /// Is that leaf the only one that differs?
    #[serde(skip)]
    pub is_alone: bool,
    /// What to do about it; may be empty.
    pub hint: String,
    /// Milliseconds of tracing and compiling the new entry.
    pub ms: f64,
}

/// Another key than a call's, and the first leaf in which they differ.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct KeyDifference {
    /// The other key as text.
    pub signature: String,
    /// The leaf that differs; none when the keys are equal or only the device or the mode differ.
    pub path: Option<String>,
    /// What it is in the other key.
    pub before: Option<String>,
    /// What it is in the call.
    pub after: Option<String>,
}

impl KeyDifference {
    fn new(other: &Signature, signature: &Signature) -> KeyDifference {
        let (path, before, after) = match other.first_difference(signature) {
            Some((path, before, after)) => (Some(path), Some(before.to_string()), Some(after.to_string())),
            None => (None, None, None),
        };
        KeyDifference { signature: other.to_string(), path, before, after }
    }
}

/// Why a call of a compiled function ran eagerly.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct FallbackReport {
    /// The function.
    pub function: String,
    /// What broke the trace, by its name.
    #[cfg_attr(feature = "views", ts(as = "crate::breaks::BreakReason"))]
    pub reason: String,
    /// What happened, in a sentence.
    pub message: String,
    /// Where: from the function to the op, with the line where it is known.
    pub op_path: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

/// An entry of a cache.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct CacheEntry {
    /// The id, unique in the thread; the same in events.
    pub id: u64,
    /// The key, byte for byte, in hexadecimal.
    pub key: String,
    /// The key in readable form, such as `(float32[2,3])`.
    pub signature: String,
    /// Calls that it served after the first.
    pub hits: u64,
    /// Milliseconds of tracing and compiling it.
    pub compile_ms: f64,
    /// The number of kernels that one call runs.
    pub kernels: usize,
    /// Bytes that are allocated for it: captured constants and temporaries (where sizes are open, those of the last call).
    pub bytes: u64,
    /// Its guards: conditions on open sizes that a call must fulfil, such as `batch == 3 (value)`.
    pub guards: Vec<String>,
    /// Its rules: requirements of its ops on open sizes that hold in eager mode too, such as `s1 == 8 (Linear)`.
    pub rules: Vec<String>,
}

/// Is that a number as reports print it? (Strings are in quotes.)
fn is_number(text: &str) -> bool {
    let size = text.strip_prefix('-').unwrap_or(text);
    size.starts_with(|c: char| c.is_ascii_digit()) || matches!(size, "inf" | "NaN")
}

/// The last miss of a function, and what repeats itself in its misses.
#[derive(Default)]
pub(crate) struct Misses {
    last: Option<MissReport>,
    /// A number leaf that changed in the last misses, and in how many.
    changing: Option<(String, u32)>,
    warned: bool,
    /// The key of the entry that had to go last.
    evicted: Option<Signature>,
}

impl Misses {
    /// The last report.
    pub(crate) fn last(&self) -> Option<&MissReport> {
        self.last.as_ref()
    }

    /// Keeps a report whose entry was built. Gives a warning, once, when only one number changes again and again.
    pub(crate) fn note(&mut self, report: MissReport) -> Option<String> {
        let is_number = report.after.as_deref().is_some_and(is_number);
        let times = match (&self.changing, &report.path) {
            (Some((path, times)), Some(now)) if path == now => times + 1,
            _ => 1,
        };
        self.changing = report.path.clone().filter(|_| is_number && report.is_alone).map(|path| (path, times));
        self.last = Some(report);
        let (path, times) = self.changing.as_ref()?;
        if *times < WARN_CHANGING || self.warned {
            return None;
        }
        self.warned = true;
        Some(format!(
            "compiled anew {times} times because of the number {path} alone: make it a tensor, then it is not part of the key"
        ))
    }

    /// Notes that an entry had to go.
    pub(crate) fn note_evicted(&mut self, signature: Signature) {
        self.evicted = Some(signature);
    }

    /// Compares a call with the keys that are there, the most recent first.
    pub(crate) fn explain<'a>(
        &self,
        function: &str,
        signature: &Signature,
        keys: impl Iterator<Item = &'a Signature>,
    ) -> MissReport {
        let nearest = keys.take(COMPARED_ENTRIES).min_by_key(|key| key.distance(signature));
        let mut report = MissReport {
            function: function.to_string(),
            reason: "the first call".into(),
            signature: signature.to_string(),
            nearest: nearest.map(Signature::to_string),
            path: None,
            before: None,
            after: None,
            evicted: None,
            is_alone: nearest.is_some_and(|nearest| nearest.distance(signature) == 1),
            hint: String::new(),
            ms: 0.0,
        };
        report.evicted = self.evicted.as_ref().map(|evicted| KeyDifference::new(evicted, signature));
        if self.evicted.as_ref() == Some(signature) {
            report.reason = "its entry was evicted".into();
            report.hint = "Raise maxCacheSize to keep more entries.".into();
        }
        let Some(nearest) = nearest else {
            if self.last.is_some() && report.hint.is_empty() {
                report.reason = "the cache is empty".into();
                report.hint = "It was cleared, or maxCacheSize is 0.".into();
            }
            return report;
        };
        let Some((path, before, after)) = nearest.first_difference(signature) else {
            report.reason = if nearest.context().0 == signature.context().0 {
                "the compile mode changed".into()
            } else {
                "the device changed".into()
            };
            return report;
        };
        if report.hint.is_empty() {
            report.reason = format!("{path}: {before} -> {after}");
            report.hint = self.hint(&path, &before, &after);
        }
        (report.path, report.before, report.after) = (Some(path), Some(before.to_string()), Some(after.to_string()));
        report
    }

    fn hint(&self, path: &str, before: &LeafValue, after: &LeafValue) -> String {
        let number = |leaf: &LeafValue| matches!(leaf, LeafValue::Number(_) | LeafValue::Integer(_));
        match (before, after) {
            (LeafValue::Tensor { dtype: a, dims: from }, LeafValue::Tensor { dtype: b, dims: to }) => {
                if a != b {
                    format!("Every dtype has an entry of its own: astype(\"{a}\") before the call would have hit.")
                } else if from.len() != to.len() {
                    "Every rank has an entry of its own: reshape before the call.".into()
                } else {
                    "Every shape has an entry of its own: name the sizes that change in dynamicDims.".into()
                }
            }
            (a, b) if number(a) && number(b) => match &self.changing {
                Some((known, times)) if known == path && times + 1 >= CHANGING_NUMBER => format!(
                    "{path} changed in the last {} misses: make it a tensor, then it is not part of the key.",
                    times + 1
                ),
                _ => "Numbers are part of the key; a tensor's value is not.".into(),
            },
            (LeafValue::String(_), LeafValue::String(_)) => "Strings are part of the key.".into(),
            _ => "The form of the arguments is part of the key.".into(),
        }
    }
}
