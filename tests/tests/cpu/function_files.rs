//! Exported functions: random graphs go to bytes and back with their values, and no change of the bytes does more than an error.

use interfuse::io::{FunctionFile, export_function, import_function, load_safetensors, save_safetensors};
use interfuse::{DeviceChoice, Result, Tensor, block_on, init};
use interfuse_compiler::dtype::DType;
use interfuse_compiler::eval::{Value, eval};
use interfuse_compiler::text::print;
use interfuse_tests::random::{Options, Prng, Sample, sample, seeds};
use interfuse_tests::run::{bytes_of, close, value_of};

fn tensor(value: &Value) -> Tensor {
    let sizes: Vec<i64> = value.sizes.iter().map(|size| *size as i64).collect();
    Tensor::from_bytes(value.dtype, &sizes, &bytes_of(value)).expect("a tensor")
}

fn value(x: &Tensor) -> Value {
    value_of(&x.sizes(), x.dtype(), &block_on(x.read().expect("read")).expect("bytes"))
}

/// The file of a graph that nobody traced.
fn file_of(sample: &Sample) -> Vec<u8> {
    let constants: Vec<Tensor> = sample.constants.iter().map(tensor).collect();
    let names: Vec<String> = (0..constants.len()).map(|at| format!("constant.{at}")).collect();
    let tensors: Vec<(&str, &Tensor)> = names.iter().map(String::as_str).zip(&constants).collect();
    let inputs: Vec<String> = (0..sample.inputs.len()).map(|at| format!("x{at}")).collect();
    let (inputs, graph) = (inputs.join("\n"), print(&sample.graph));
    let metadata = [
        ("format", "interfuse.function"),
        ("version", "1"),
        ("name", "random"),
        ("inputs", inputs.as_str()),
        ("form", ""),
        ("graph", graph.as_str()),
    ];
    block_on(save_safetensors(&tensors, &metadata)).expect("a file")
}

#[test]
fn random_graphs_survive() {
    init(DeviceChoice::Cpu).expect("a device");
    let mut survived = 0;
    for seed in seeds(300) {
        let sample = sample(seed, &Options { constants: true, ..Options::tame() });
        if sample.graph.inputs().iter().any(Option::is_none) {
            continue;
        }
        let want = eval(&sample.graph, &sample.inputs, &sample.constants, &[]).expect("the oracle's values");
        let read =
            |bytes: &[u8]| FunctionFile::read(bytes).unwrap_or_else(|e| panic!("seed {seed}: {e}\n{}", sample.graph));
        let first = read(&file_of(&sample));
        let inputs: Vec<Tensor> = sample.inputs.iter().map(tensor).collect();
        // Traced from the file and written again, then from that file.
        let call = |file: &FunctionFile, inputs: &[Tensor]| file.replay(inputs);
        let again =
            block_on(export_function("again", |inputs: &Vec<Tensor>| call(&first, inputs), &inputs)).expect("exported");
        let second = read(&again);
        // What the first file computed from its constants alone is a constant of the second, and stands where it was computed: from then
        // on constants come first, and a file is written as it was read.
        let write = |file: &FunctionFile| {
            block_on(export_function("again", |inputs: &Vec<Tensor>| call(file, inputs), &inputs)).expect("exported")
        };
        let third = write(&second);
        assert_eq!(write(&read(&third)), third, "seed {seed}: a traced file is written as it was read");
        for (which, file) in [("first", &first), ("second", &second)] {
            let results: Result<Vec<Tensor>> = call(file, &inputs);
            for (got, want) in results.unwrap_or_else(|e| panic!("seed {seed}: {e}")).iter().zip(&want) {
                let bound = if want.dtype == DType::Float16 { 5e-3 } else { 1e-4 };
                close(&value(got), want, bound)
                    .unwrap_or_else(|e| panic!("seed {seed}, {which}: {e}\n{}", sample.graph));
            }
        }
        survived += 1;
    }
    assert!(std::env::var_os("INTERFUSE_RANDOM_SEED").is_some() || survived > 200, "only {survived} graphs were tried");
}

fn golden(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

/// The package's tests run the file that is written here (with UPDATE=1), and write the file that is run here. Both stay: what was
/// exported once must be read by later versions.
#[test]
fn files_cross_languages() {
    init(DeviceChoice::Cpu).expect("a device");
    let w = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
    let native = |(x, b): &(Tensor, Tensor)| x.try_matmul(&w)?.try_abs()?.try_mul(b)?.try_add(0.5);
    let arguments = (Tensor::from([[1.0f32, -1.0]]), Tensor::from([0.5f32, 0.25]));
    let file = block_on(export_function("native", native, &arguments)).expect("exported");
    if interfuse_testing::updates() {
        std::fs::write(golden("native.interfuse"), &file).expect("writable");
    }
    let known = std::fs::read(golden("native.interfuse")).expect("a file");
    for bytes in [&file, &known] {
        let y = import_function(bytes).and_then(|f| f.call(&[arguments.0.clone(), arguments.1.clone()]));
        assert_eq!(y.expect("a result")[0].to_vec::<f32>().expect("values"), [1.5, 1.0]);
    }
    let keys =
        |bytes| load_safetensors(bytes).expect("a file").metadata().map(|(key, _)| key.to_string()).collect::<Vec<_>>();
    assert_eq!(
        keys(&file),
        keys(&known),
        "the format changed: raise its version, or UPDATE=1 where old files still are read"
    );

    let score = import_function(&std::fs::read(golden("node.interfuse")).expect("a file")).expect("Node's file");
    assert_eq!(score.file().name(), "score");
    assert_eq!(score.file().input_names(), ["x", "1.bias"]);
    let y = score.call(&[Tensor::from([[1.0f32, 0.0]]), Tensor::from([0.5f32, 0.0])]).expect("a result");
    let y = y[0].to_vec::<f32>().expect("values");
    assert!((y[0] - 0.555_201_9).abs() < 1e-6 && (y[1] - 0.444_798_1).abs() < 1e-6, "{y:?}");
}

#[test]
fn changed_files_are_refused_or_run() {
    init(DeviceChoice::Cpu).expect("a device");
    let (mut refused, mut run) = (0, 0);
    for seed in seeds(60) {
        let sample = sample(seed, &Options { constants: true, ..Options::tame() });
        let file = file_of(&sample);
        let inputs: Vec<Tensor> = sample.inputs.iter().map(tensor).collect();
        let mut prng = Prng::new(seed);
        for _ in 0..100 {
            let mut changed = file.clone();
            for _ in 0..1 + prng.below(3) {
                let at = prng.below(changed.len());
                changed[at] = if prng.once_in(2) { prng.pick(b"0123456789%[],:= \n") } else { prng.below(256) as u8 };
            }
            if prng.once_in(4) {
                changed.truncate(prng.below(changed.len()));
            }
            // A file that is still one takes other inputs perhaps, which is an error as well. Nothing is computed: that may take long.
            match FunctionFile::read(&changed).and_then(|file| file.replay(&inputs)) {
                Ok(_) => run += 1,
                Err(error) => {
                    assert!(!error.message().is_empty());
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 1000 && run > 50, "{refused} files were refused, {run} read");
}
