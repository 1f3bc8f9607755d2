//! What the npm package calls: conversions between JavaScript and the crate `interfuse`, and nothing else.
//!
//! Tensors, functions and traces are `u32` handles into slabs; the package wraps them in objects and releases them. Everything that
//! a person reads (statistics, inspections, reports) crosses as one JSON string, because one string is cheaper than the hundreds of
//! small calls that would build the same object. No rule about shapes, dtypes or ops stands here.

#![forbid(unsafe_code)]

mod args;
mod compile;
mod device;
mod devtools;
mod dims;
mod formulas;
mod heap;
mod host;
mod io;
mod library;
mod nn;
mod random;
mod repeat;
mod slab;
mod tensors;
mod transform;
