//! The time, which not every platform has: natively from the standard library, in Wasm from whatever the host installs.

use std::cell::Cell;

thread_local! {
    static CLOCK: Cell<fn() -> f64> = const { Cell::new(native) };
}

#[cfg(not(target_arch = "wasm32"))]
fn native() -> f64 {
    use std::sync::OnceLock;
    use std::time::Instant;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1e3
}

#[cfg(target_arch = "wasm32")]
fn native() -> f64 {
    // Without a host clock every duration is zero, which no statistic takes for a measurement.
    0.0
}

/// Installs a clock for this thread: milliseconds since any moment, never running backwards.
pub fn set_clock(clock: fn() -> f64) {
    CLOCK.with(|cell| cell.set(clock));
}

/// Milliseconds since some moment.
pub fn now_ms() -> f64 {
    CLOCK.with(Cell::get)()
}
