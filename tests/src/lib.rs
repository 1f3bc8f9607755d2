//! What the tests that cross the parts share. Never shipped.

#[cfg(feature = "gpu")]
pub mod gpu;
pub mod noise;
pub mod random;
pub mod reference;
pub mod run;
pub mod remote;
pub mod chosen;
pub mod sizes;
