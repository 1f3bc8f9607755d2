//! The GPU device natively, on whatever adapter there is (lavapipe in CI): plans made by hand against plain loops, counted.
//!
//! Without an adapter these tests fail: a machine without a GPU installs Mesa's software driver. `INTERFUSE_ADAPTER` chooses another.

mod counting;
mod doubts;
mod faults;
mod memory;
mod plans;
mod results;
mod together;
