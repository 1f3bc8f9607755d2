//! What tests of every crate share: values to compute with, comparing floats, and texts that are kept. It knows no crate of ours, so that
//! each can use it.
//!
//! Kept texts stand in the source of a test ([`snapshot`]) or in a file of their own ([`golden`]); `UPDATE=1` rewrites all of them.

#![forbid(unsafe_code)]

use expect_test::expect_file;
pub use expect_test::{Expect, expect};
use std::path::Path;
use std::process::Command;
use std::sync::Once;

/// Sines: values between -1 and 1, none of them 0, that all differ; other ones for every seed.
pub fn wave(sizes: &[usize], seed: u32) -> Vec<f32> {
    let value = |i: usize| (0.7 * i as f64 + 1.3 * f64::from(seed) + 0.3).sin() as f32;
    (0..sizes.iter().product()).map(value).collect()
}

/// Asserts that floats are what they should be up to `relative` of themselves, of 1 where they are smaller. NaN is near NaN.
#[track_caller]
pub fn near(got: &[f32], want: &[f64], relative: f64) {
    assert_eq!(got.len(), want.len(), "{got:?}");
    for (at, (got, want)) in got.iter().map(|x| f64::from(*x)).zip(want.iter().copied()).enumerate() {
        let same = got == want || (got.is_nan() && want.is_nan());
        assert!(same || (got - want).abs() <= relative * want.abs().max(1.0), "element {at} is {got}, wanted {want}");
    }
}

/// Is this run to rewrite the texts that tests compare with?
pub fn updates() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// Does a file hold that text? With `UPDATE=1` it does from now on.
pub fn is_golden(file: &Path, text: &str) -> bool {
    if std::fs::read_to_string(file).is_ok_and(|kept| kept == text) {
        return true;
    }
    if updates() {
        std::fs::write(file, text).expect("a file that can be written");
    }
    updates()
}

/// Asserts that a file holds that text, and shows where it does not. With `UPDATE=1` the file is rewritten.
pub fn golden(file: &Path, text: &str) {
    if !is_golden(file, text) {
        expect_file![file].assert_eq(text);
    }
}

/// Asserts that a text is the one in the source of the test. With `UPDATE=1` the source is rewritten.
#[track_caller]
pub fn snapshot(want: &Expect, got: &str) {
    // expect-test has a variable of its own and looks at it at every comparison, so the program runs once more with it set.
    if updates() && std::env::var_os("UPDATE_EXPECT").is_none() {
        static AGAIN: Once = Once::new();
        AGAIN.call_once(|| {
            let program = std::env::current_exe().expect("the test program");
            let again = Command::new(program).args(std::env::args_os().skip(1)).env("UPDATE_EXPECT", "1").status();
            std::process::exit(again.ok().and_then(|status| status.code()).unwrap_or(1));
        });
    }
    want.assert_eq(got);
}
