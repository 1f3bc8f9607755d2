//! What the tests that cross the parts share. Never shipped.

pub mod noise;
pub mod random;
pub mod run;
#[cfg(feature = "gpu")]
pub mod gpu;
