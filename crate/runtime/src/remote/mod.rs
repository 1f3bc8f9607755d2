//! A device on the other side of a message port.
//!
//! [`RemoteDevice`] is a device for whoever must not touch one: what it is asked for goes out as bytes, and a [`Host`] elsewhere does it on
//! a device of its own. The two share nothing but messages (`message`). The host trusts nobody: a program crosses as the listing of its
//! graph, never as a plan or as the text of a kernel, and the host reads, checks and compiles it itself. Equal requests give equal plans,
//! so that both sides agree on the buffers of a call without asking.
//!
//! The client goes on at once: what fails on the host is an error of the reads that depend on it. Orders are collected, many to a message.
//! What follows from a plan and from the sizes of buffers (bytes in use, dispatches) the client counts itself; what only the host knows
//! (pipelines, pooled bytes) comes with every answer.

mod message;
mod check;
mod client;
mod setup;
mod estimate;
mod program;
mod host;
#[cfg(test)]
mod tests;

pub use client::{Port, RemoteDevice};
pub use host::{End, Host, Violation};
pub use setup::{Rates, Setup};
