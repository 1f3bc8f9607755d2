//! What a process of its own decides: INTERFUSE_DISABLE_COMPILE is looked at once, and only one function is the very first.

use interfuse::{Tensor, compile};
use std::cell::Cell;
use std::process::Command;

/// Set in a process that only runs [`first`].
const INSIDE: &str = "INTERFUSE_TEST_PROCESS";
const SWITCH: &str = "INTERFUSE_DISABLE_COMPILE";

/// Runs a function three times as the first thing that a process does: how often it was traced or run, and its hits and misses.
fn first() -> String {
    let runs = Cell::new(0);
    let f = compile(|x: &Tensor| {
        runs.set(runs.get() + 1);
        x * 2.0
    });
    for _ in 0..3 {
        f.call(&Tensor::from([1f32])).expect("a call");
    }
    format!("runs {}, hits {}, misses {}", runs.get(), f.stats().hits, f.stats().misses)
}

/// The same in a process with that setting.
fn in_process(test: &str, setting: Option<&str>) -> String {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command.args([test, "--exact", "--nocapture"]).env(INSIDE, "1").env_remove(SWITCH);
    if let Some(setting) = setting {
        command.env(SWITCH, setting);
    }
    let output = command.output().expect("a process");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let line = text.lines().find_map(|line| line.find("runs ").map(|at| line[at..].to_string()));
    line.unwrap_or_else(|| panic!("no answer in {text}"))
}

const COMPILED: &str = "runs 1, hits 2, misses 1";
const DISABLED: &str = "runs 3, hits 0, misses 0";

#[test]
fn s13_the_switch_is_a_value() {
    if std::env::var_os(INSIDE).is_some() {
        return println!("{}", first());
    }
    let run = |setting| in_process("s13_the_switch_is_a_value", setting);
    for value in ["", "0", "false"] {
        assert_eq!(run(Some(value)), COMPILED, "{value:?}");
    }
    for value in ["1", "true", "yes"] {
        assert_eq!(run(Some(value)), DISABLED, "{value:?}");
    }
}

#[test]
fn s14_the_very_first_function_is_traced_once() {
    if std::env::var_os(INSIDE).is_some() {
        return println!("{}", first());
    }
    assert_eq!(in_process("s14_the_very_first_function_is_traced_once", None), COMPILED);
}
