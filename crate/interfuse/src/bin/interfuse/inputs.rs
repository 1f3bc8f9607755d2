//! Arguments and results of a listing on the command line: npy files, by order or by name, or random numbers.

use crate::words::{Failure, Listing};
use interfuse::compiler::graph::NodeId;
use interfuse::compiler::kind::Kind;
use interfuse::compiler::shape::Aval;
use interfuse::{DType, Tensor, io};

/// The names that a listing gives its nodes, in order; those inside of bodies are of other graphs.
fn names(text: &str) -> Vec<&str> {
    let mut depth = 0usize;
    let mut names = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with('}') {
            depth = depth.saturating_sub(1);
        } else if let Some(rest) = line.strip_prefix('%') {
            if depth == 0 {
                names.push(&rest[..rest.find([':', '=', ' ']).unwrap_or(rest.len())]);
            }
            depth += usize::from(line.ends_with('{'));
        }
    }
    names
}

/// For each argument of the graph its name, or nothing where the graph does not use it.
fn input_names(listing: &Listing) -> Vec<Option<&str>> {
    if let Some(names) = &listing.inputs {
        return names.iter().map(|name| Some(name.as_str())).collect();
    }
    let names = names(&listing.text);
    let mut found: Vec<Option<&str>> = vec![None; listing.graph.inputs().len()];
    for (id, node) in listing.graph.nodes() {
        if let Kind::Input { index, .. } = &node.kind {
            found[*index as usize] = names.get(id.index()).copied();
        }
    }
    found
}

/// `NAME=VALUE` or `VALUE`; a path with `=` in it needs a name before it.
fn split(word: &str) -> (Option<&str>, &str) {
    match word.split_once('=') {
        Some((name, value)) => (Some(name.trim_start_matches('%')), value),
        None => (None, word),
    }
}

/// What fills the arguments that are not named.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// Nothing: they are missing.
    Missing,
    /// Random numbers.
    Random,
}

/// One tensor per argument of the graph.
pub fn read<'a>(
    listing: &Listing,
    words: impl Iterator<Item = &'a str>,
    mut rest: Rest,
) -> Result<Vec<Tensor>, Failure> {
    let wanted = listing.graph.inputs();
    let names = input_names(listing);
    let mut sources: Vec<Option<&str>> = vec![None; wanted.len()];
    for word in words {
        let at = match split(word) {
            (None, "random") => {
                rest = Rest::Random;
                continue;
            }
            (None, _) => sources.iter().position(Option::is_none),
            (Some(name), _) => Some(position(&names, name, "input")?),
        };
        let value = split(word).1;
        match at.and_then(|at| sources.get_mut(at)) {
            Some(source) if source.is_none() => *source = Some(value),
            Some(_) => return Err(Failure::Usage(format!("--input {word}: that input is given twice"))),
            None => return Err(Failure::Usage(format!("--input {word}: the graph takes {} inputs", wanted.len()))),
        }
    }
    let mut tensors = Vec::new();
    for (at, aval) in wanted.iter().enumerate() {
        let random = || match aval {
            Some(aval) => random(aval, at),
            // An argument that the graph does not look at.
            None => Ok(Tensor::from(0.0f32)),
        };
        tensors.push(match sources[at] {
            Some("random") => random()?,
            Some(file) => {
                let tensor = load(file)?;
                let fits = listing.open || aval.is_none_or(|aval| aval == tensor.aval());
                if !fits {
                    let wanted = aval.expect("checked");
                    return Err(Failure::Work(format!("{file}: this is {}, input {at} is {wanted}", tensor.aval())));
                }
                tensor
            }
            None if rest == Rest::Random => random()?,
            None => {
                let name = names[at].map_or(at.to_string(), |name| match listing.inputs {
                    Some(_) => format!("{at} ({name})"),
                    None => format!("{at} (%{name})"),
                });
                return Err(Failure::Usage(format!("input {name} is missing: --input x.npy, or --input random")));
            }
        });
    }
    Ok(tensors)
}

/// The position of a name, which may be the number itself.
fn position(names: &[Option<&str>], name: &str, what: &str) -> Result<usize, Failure> {
    let number = || name.parse::<usize>().ok().filter(|at| *at < names.len());
    names.iter().position(|known| *known == Some(name)).or_else(number).ok_or_else(|| {
        let known: Vec<&str> = names.iter().flatten().copied().collect();
        Failure::Usage(format!("there is no {what} {name}; there are {}", known.join(", ")))
    })
}

fn load(file: &str) -> Result<Tensor, Failure> {
    let bytes = std::fs::read(file).map_err(|error| Failure::Work(format!("{file}: {error}")))?;
    io::load_npy(&bytes).map_err(|error| Failure::Work(format!("{file}: {error}")))
}

/// The same numbers for the same argument every time: floats in [-1, 1), integers from 0 to 9.
fn random(aval: &Aval, seed: usize) -> Result<Tensor, Failure> {
    let sizes = aval.shape.as_sizes().ok_or_else(|| {
        Failure::Usage(format!("an input of shape {} has no size to fill with random numbers: give a file", aval.shape))
    })?;
    let count: usize = sizes.iter().product();
    // SplitMix64, Steele, Lea and Flood 2014: good enough for measuring, and a few lines.
    let mut state = (seed as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut next = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    Ok(match aval.dtype {
        DType::Float32 | DType::Float16 => {
            let values: Vec<f32> = (0..count).map(|_| (next() >> 40) as f32 / (1 << 23) as f32 - 1.0).collect();
            Tensor::from_slice(&values, &sizes)?.try_astype(aval.dtype)?
        }
        DType::Int32 => Tensor::from_slice(&(0..count).map(|_| (next() % 10) as i32).collect::<Vec<_>>(), &sizes)?,
        DType::UInt32 => Tensor::from_slice(&(0..count).map(|_| (next() % 10) as u32).collect::<Vec<_>>(), &sizes)?,
        DType::Bool => Tensor::from_slice(&(0..count).map(|_| next() & 1 == 1).collect::<Vec<_>>(), &sizes)?,
    })
}

/// For each file of `--output` the result that goes there.
pub fn outputs<'a>(listing: &Listing, words: impl Iterator<Item = &'a str>) -> Result<Vec<(usize, &'a str)>, Failure> {
    let names = names(&listing.text);
    let name = |id: &NodeId| names.get(id.index()).copied();
    let results: Vec<Option<&str>> = listing.graph.outputs().iter().map(name).collect();
    let mut next = 0;
    words
        .map(|word| match split(word) {
            (Some(name), path) => Ok((position(&results, name, "result")?, path)),
            (None, path) if next < results.len() => {
                next += 1;
                Ok((next - 1, path))
            }
            (None, _) => Err(Failure::Usage(format!("--output {word}: the graph has {} results", results.len()))),
        })
        .collect()
}
