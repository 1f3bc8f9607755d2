//! An order of functions for gzip, which looks for repetitions in the last 32 KiB only: instances of one generic function next to each
//! other, and after each function the one that has most in common with it. Saves a twelfth of the file on the wire.

use crate::module::Module;
use std::collections::HashMap;

/// How many bytes in a row count as a thing in common.
const SHINGLE: usize = 6;
/// How many bytes before a function it is compared with.
const WINDOW: usize = 600;
/// A sequence that so many functions have says nothing.
const COMMONPLACE: usize = 400;
/// With less than this share in common the order of names goes on.
const ALIKE: f64 = 0.1;

/// `functions` in that order; it depends on nothing but their names and code.
pub fn by_likeness(module: &Module, mut functions: Vec<u32>) -> Vec<u32> {
    functions.sort_by_key(|&function| (module.path(function), module.code(function).len(), function));
    let shingles: Vec<Vec<[u8; SHINGLE]>> = functions
        .iter()
        .map(|&function| {
            let mut found: Vec<[u8; SHINGLE]> = module
                .code(function)
                .windows(SHINGLE)
                .map(|bytes| bytes.try_into().expect("windows have that size"))
                .collect();
            found.sort_unstable();
            found.dedup();
            found
        })
        .collect();
    let mut having: HashMap<[u8; SHINGLE], Vec<usize>> = HashMap::new();
    for (at, found) in shingles.iter().enumerate() {
        for &shingle in found {
            having.entry(shingle).or_default().push(at);
        }
    }
    having.retain(|_, functions| (2..COMMONPLACE).contains(&functions.len()));

    let mut placed = vec![false; functions.len()];
    let mut order: Vec<usize> = Vec::with_capacity(functions.len());
    let mut common = vec![0u32; functions.len()];
    let mut first_open = 0;
    while order.len() < functions.len() {
        let mut touched = Vec::new();
        let mut bytes = 0;
        for &before in order.iter().rev() {
            for &other in shingles[before].iter().filter_map(|shingle| having.get(shingle)).flatten() {
                if !placed[other] {
                    if common[other] == 0 {
                        touched.push(other);
                    }
                    common[other] += 1;
                }
            }
            bytes += module.code(functions[before]).len();
            if bytes > WINDOW {
                break;
            }
        }
        // Short functions are like everything: a constant keeps them from jumping the queue.
        let likeness = |at: usize| f64::from(common[at]) / (shingles[at].len() as f64 + 30.0);
        let best = touched.iter().copied().max_by(|&a, &b| likeness(a).total_cmp(&likeness(b)).then(b.cmp(&a)));
        let next = best.filter(|&at| likeness(at) > ALIKE).unwrap_or_else(|| {
            while placed[first_open] {
                first_open += 1;
            }
            first_open
        });
        for at in touched {
            common[at] = 0;
        }
        placed[next] = true;
        order.push(next);
    }
    order.into_iter().map(|at| functions[at]).collect()
}
