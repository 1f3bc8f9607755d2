//! The command line as a person uses it: what it prints, what it writes, and how it ends.

use interfuse::{Tensor, io};
use std::path::PathBuf;
use std::process::{Command, Output};

fn interfuse(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_interfuse")).args(args).output().expect("the program starts")
}

fn program(name: &str) -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(name).display().to_string()
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

/// The CPU device's promises are kept when they are made.
fn ready<T>(promise: impl Future<Output = T>) -> T {
    let mut promise = std::pin::pin!(promise);
    match promise.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("the CPU device lets nobody wait"),
    }
}

#[test]
fn explain_names_kernels_and_cuts() {
    let shown = text(&interfuse(&["explain", &program("attention.graph"), "--device", "cpu"]));
    for part in
        ["kernel 0 contract_dot", "kernel 1 row_", "kernel 2 contract_dot", "not fused: %14 into %15", "3 kernels"]
    {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
    let wgsl = text(&interfuse(&["explain", &program("gelu.graph"), "--as", "wgsl", "--device", "cpu"]));
    assert!(wgsl.contains("@compute") && wgsl.contains("fn erf"), "{wgsl}");
    let json = text(&interfuse(&["explain", &program("gelu.graph"), "--as", "json", "--device", "cpu"]));
    let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(value["kernels"].as_array().map(Vec::len), Some(1));
    assert_eq!(value["after"]["dispatches"], 1);
}

#[test]
fn run_reads_and_writes_npy() {
    let folder = std::env::temp_dir().join(format!("interfuse-cli-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let (input, output) = (folder.join("x.npy"), folder.join("y.npy"));
    let x = Tensor::from_slice(&[-2.0f32, -1.0, -0.5, 0.5, 1.0, 2.0], &[2, 3]).expect("a tensor");
    let bytes = ready(io::save_npy(&x)).expect("bytes");
    std::fs::write(&input, bytes).expect("writable");
    let args = [
        "run",
        &program("gelu.graph"),
        "--input",
        input.to_str().expect("UTF-8"),
        "--output",
        output.to_str().expect("UTF-8"),
        "--device",
        "cpu",
    ];
    text(&interfuse(&args));
    let y = io::load_npy(&std::fs::read(&output).expect("written")).expect("npy");
    std::fs::remove_dir_all(&folder).expect("removable");
    let got = y.to_vec::<f32>().expect("values");
    let want = [-0.045500264, -0.15865526, -0.15426877, 0.34573123, 0.8413447, 1.9544997];
    assert!(got.iter().zip(want).all(|(g, w)| (g - w).abs() < 1e-6), "{got:?}");
}

#[test]
fn mistakes_end_with_a_code_and_a_reason() {
    let missing = interfuse(&["explain", "nowhere.graph"]);
    assert!(!missing.status.success() && String::from_utf8_lossy(&missing.stderr).contains("nowhere.graph"));
    let unknown = interfuse(&["fuse-it"]);
    assert!(!unknown.status.success() && !unknown.stderr.is_empty());
}
