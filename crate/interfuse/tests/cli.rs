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

/// A folder of its own that is gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("interfuse-cli-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, content).expect("writable");
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const TWO: &str = "\
# two inputs, two results
%a: float32[2] = input 0
%b: int32[2] = input 1
%c: float32[2] = exp %a
%d: int32[2] = neg %b
return %c %d
";

#[test]
fn explain_has_every_form() {
    let gelu = program("gelu.graph");
    let shown = |form: &str| text(&interfuse(&["explain", &gelu, "--as", form]));
    for (form, part) in [
        ("wgsl", "@compute"),
        ("msl", "kernel void"),
        ("spirv", "OpEntryPoint GLCompute"),
        ("hlsl", "[numthreads("),
        ("glsl", "#version 310 es"),
        ("dot", "digraph"),
        ("text", "kernel 0 map_"),
    ] {
        let text = shown(form);
        assert!(text.contains(part), "{part} in {form}:\n{text}");
    }
    let page = shown("html");
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"), "{page}");
    for part in ["<svg", "%5 ", "array&lt;f32", "@compute", "trace: "] {
        assert!(page.contains(part), "{part} in\n{page}");
    }
    assert!(!page.contains("<script") && !page.contains("http"), "the page needs nothing else");
    let pass = text(&interfuse(&["explain", &gelu, "--pass", "trace"]));
    assert!(pass.starts_with("%0: float32") && pass.contains("return"), "{pass}");
    let kernel = text(&interfuse(&["explain", &program("attention.graph"), "--kernel", "1", "--as", "msl"]));
    assert!(kernel.contains("// kernel 1: row_") && kernel.matches("kernel void").count() == 1, "{kernel}");
}

#[test]
fn inputs_and_outputs_go_by_order_or_by_name() {
    let folder = Folder::new("names");
    let listing = folder.file("two.graph", TWO);
    let npy = |x: &Tensor| ready(io::save_npy(x)).expect("bytes");
    let a = folder.file("a.npy", npy(&Tensor::from([0.0f32, 1.0])));
    let b = folder.file("b.npy", npy(&Tensor::from([5i32, -6])));
    let out = folder.0.join("d.npy").display().to_string();
    let run = |rest: &[&str]| interfuse(&[&["run", &listing, "--device", "cpu", "--json"], rest].concat());
    let (named_a, named_b, named_d) = (format!("a={a}"), format!("%b={b}"), format!("d={out}"));
    let said = text(&run(&["--input", &named_b, "--input", &named_a, "--output", &named_d]));
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(said["results"][0]["first"], serde_json::json!(["1", "2.7182817"]));
    assert_eq!(said["results"][1]["first"], serde_json::json!(["-5", "6"]));
    assert_eq!(said["results"][1]["file"], serde_json::json!(out));
    let d = io::load_npy(&std::fs::read(&out).expect("written")).expect("npy");
    assert_eq!(d.to_vec::<i32>(), Ok(vec![-5, 6]));
    assert_eq!(text(&run(&["--input", &a, "--input", &b])), text(&run(&["--input", &named_b, "--input", &a])));
    // Random numbers are the same every time, and not all alike.
    let random = text(&run(&["--input", "random"]));
    assert_eq!(random, text(&run(&["--input", "b=random", "--input", "a=random"])));
    let random: serde_json::Value = serde_json::from_str(&random).expect("JSON");
    assert_ne!(random["results"][0]["first"][0], random["results"][0]["first"][1]);
    for (wrong, why, code) in [
        (vec!["--input", a.as_str()], "input 1 (%b) is missing", 2),
        (vec!["--input", "z=random"], "there is no input z; there are a, b", 2),
        (vec!["--input", "a=random", "--input", "a=random"], "given twice", 2),
        (vec!["--input", b.as_str(), "--input", "random"], "this is int32[2], input 0 is float32[2]", 1),
        (vec!["--input", "random", "--output", "x=y.npy"], "there is no result x; there are c, d", 2),
    ] {
        let ended = run(&wrong);
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(said.contains(why) && ended.status.code() == Some(code), "{why} in {said}, {:?}", ended.status);
        let said: serde_json::Value = serde_json::from_str(&said).expect("errors are JSON as well");
        assert!(said["error"]["message"].is_string());
    }
}

#[test]
fn bench_measures_both_ways() {
    let ended = interfuse(&["bench", &program("gelu.graph"), "--device", "cpu", "--repeats", "2", "--json"]);
    let said: serde_json::Value = serde_json::from_str(&text(&ended)).expect("JSON");
    assert_eq!(said["device"], "cpu");
    assert_eq!(said["fused"]["kernels"].as_array().map(Vec::len), Some(1));
    assert!(said["unfused"]["kernels"].as_array().expect("kernels").len() > 3);
    assert!(said["fused"]["kernels"][0]["ms"].as_f64().expect("a time") > 0.0);
    assert!(said["maxAbsDifference"].as_f64().expect("a number") < 1e-6);
    assert!(said["note"].as_str().expect("text").contains("Host time"));
    let table = text(&interfuse(&["bench", &program("gelu.graph"), "--device", "cpu", "--repeats", "2"]));
    assert!(table.contains("fused: 1 kernels") && table.contains("GB/s"), "{table}");
    // Neither colours nor progress where nobody looks.
    assert!(!table.contains('\x1b') && ended.stderr.is_empty(), "{table}");
    assert_eq!(interfuse(&["bench", &program("gelu.graph"), "--repeats", "0"]).status.code(), Some(2));
}

#[test]
fn a_gpu_is_let_go_without_a_word() {
    let ended = interfuse(&["bench", &program("gelu.graph"), "--device", "webgpu", "--repeats", "2", "--json"]);
    let said: serde_json::Value = serde_json::from_str(&text(&ended)).expect("JSON");
    assert_eq!((said["device"].as_str(), said["clock"].as_str()), (Some("webgpu"), Some("timestamps")));
    let note = said["note"].as_str().expect("text");
    assert_eq!(said["isFallback"].as_bool().expect("known"), note.contains("software adapter"), "{note}");
    assert!(!String::from_utf8_lossy(&ended.stderr).contains("panicked"), "{}", String::from_utf8_lossy(&ended.stderr));
}

#[test]
fn devices_are_listed() {
    let said = text(&interfuse(&["devices", "--json"]));
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(said["devices"][0]["kind"], "cpu");
    assert!(text(&interfuse(&["devices"])).starts_with("cpu: "));
    assert_eq!(interfuse(&["devices", "cpu"]).status.code(), Some(2));
}

#[test]
fn mistakes_end_with_a_code_and_a_reason() {
    let missing = interfuse(&["explain", "nowhere.graph"]);
    assert!(missing.status.code() == Some(1) && String::from_utf8_lossy(&missing.stderr).contains("nowhere.graph"));
    let unknown = interfuse(&["fuse-it"]);
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(
        unknown.status.code() == Some(2) && said.contains("unknown command") && said.contains("interfuse run"),
        "{said}"
    );
    for (args, why) in [
        (vec!["explain", "x.graph", "--as"], "missing argument for option '--as'"),
        (vec!["explain", "x.graph", "--frob"], "unknown option --frob"),
        (vec!["run"], "give one FILE, got 0"),
        (vec!["run", "-q", "x.graph"], "unknown option -q"),
        (vec!["run", "x.graph", "--json=yes"], "unexpected argument for option '--json'"),
        (vec!["devices", "x.graph"], "unexpected argument x.graph"),
        (vec![], "no command"),
    ] {
        let ended = interfuse(&args);
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(ended.status.code() == Some(2) && said.contains(why), "{why} in {said}");
    }
    for (args, why) in [
        (["--as", "asm"], "unknown form asm"),
        (["--pass", "magic"], "no pass magic; there are trace"),
        (["--kernel", "7"], "no kernel 7; there are 1"),
    ] {
        let ended = interfuse(&["explain", &program("gelu.graph"), args[0], args[1]]);
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(ended.status.code() == Some(2) && said.contains(why), "{why} in {said}");
    }
    assert!(text(&interfuse(&["--version"])).starts_with("interfuse 0."));
    assert!(text(&interfuse(&["help"])).contains("interfuse bench FILE"));
}

#[test]
fn exported_functions_run() {
    let folder = Folder::new("exported");
    let w = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
    let x = Tensor::from([[1.0f32, 1.0]]);
    let exported =
        ready(io::export_function("scores", |x: &Tensor| x.try_matmul(&w)?.try_mul(2.0), &x)).expect("exported");
    let file = folder.file("scores.interfuse", &exported);
    let input = folder.file("x.npy", ready(io::save_npy(&x)).expect("bytes"));
    let shown = text(&interfuse(&["run", &file, "--input", &format!("0={input}"), "--device", "cpu"]));
    assert_eq!(shown.trim(), "0: float32[1,2] = 8 12");
    let shown = text(&interfuse(&["explain", &file]));
    assert!(shown.contains("contract_dot"), "{shown}");
    text(&interfuse(&["bench", &file, "--repeats", "1", "--device", "cpu"]));
    // Sizes that are open are those of the files.
    let sizes = interfuse::DynamicSizes { shapeless: true, named: Vec::new() };
    let options = io::ExportOptions { sizes, ..Default::default() };
    let sums = |x: &Tensor| x.try_mul(2.0)?.try_sum(0, false);
    let of_any_size = ready(io::export_function_with("sums", sums, &w, &options)).expect("exported");
    let open = folder.file("sums.interfuse", of_any_size);
    let shown = text(&interfuse(&["run", &open, "--input", &input, "--device", "cpu"]));
    assert_eq!(shown.trim(), "0: float32[2] = 2 2");
    let broken = folder.file("broken.interfuse", &exported[..exported.len() - 1]);
    let failed = interfuse(&["run", &broken, "--input", &input]);
    assert_eq!(failed.status.code(), Some(1));
    let said = String::from_utf8(failed.stderr).expect("UTF-8");
    assert!(said.contains("the tensors have 16 bytes, the file 15"), "{said}");
}
