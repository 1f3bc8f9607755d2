//! What a host is made with.

use crate::device::Device;
use interfuse_compiler::graph::Graph;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

/// What a device does in a millisecond.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Bytes that kernels read and write.
    pub bytes: f64,
    /// Scalar operations.
    pub flops: f64,
}

/// What a host is made with.
pub struct Setup {
    /// Does the work.
    pub device: Rc<dyn Device>,
    /// Reads a listing and checks it by the rules of graphs.
    pub read: fn(&str) -> Result<Graph, String>,
    /// Ids that nobody else uses on the device.
    pub fresh: Box<dyn Fn() -> u64>,
    /// Sends a message to the client.
    pub send: Box<dyn Fn(Vec<u8>)>,
    /// Resolves when the event loop has turned.
    pub turn: Box<dyn Fn() -> Pin<Box<dyn Future<Output = ()>>>>,
    /// A clock, in milliseconds.
    pub now: Box<dyn Fn() -> f64>,
    /// The most bytes that the client may hold.
    pub max_bytes: u64,
    /// How fast the device is; tried when nothing is said.
    pub rates: Option<Rates>,
}
