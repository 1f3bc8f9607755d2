//! What the npm package calls: conversions between JavaScript and the crate `interfuse`, and nothing else.
//!
//! Tensors, functions and traces are `u32` handles into slabs; the package wraps them in objects and releases them. Everything that
//! a person reads (statistics, inspections, reports) crosses as one JSON string, because one string is cheaper than the hundreds of
//! small calls that would build the same object. No rule about shapes, dtypes or ops stands here.

#![forbid(unsafe_code)]

mod slab;
mod host;
mod args;
mod dims;
mod heap;
pub mod device;
mod tensors;
mod devtools;
mod call;
mod nn;
mod random;
mod transform;
mod repeat;
mod compile;
mod io;
mod remote;
