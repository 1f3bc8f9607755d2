//! How fast the CPU device is: `cargo run --release -p interfuse-runtime --example cpu_bench [NAME]`.
//!
//! Programs are listings, compiled as for a user. The time is the least of many runs; bytes are what the program must move at least
//! (its inputs and outputs), so GB/s compare with the machine's memory and not with our own traffic.

use interfuse_compiler::dim::Dim;
use interfuse_compiler::dtype::DType;
use interfuse_compiler::plan::Storage;
use interfuse_compiler::{Request, compile, text};
use interfuse_runtime::cpu::CpuDevice;
use interfuse_runtime::device::{BufferId, Call, Device, ProgramId};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Name, listing, and floating-point operations worth counting (contractions only).
const PROGRAMS: [(&str, &str, f64); 16] = [
    ("copy 2x, 4M", "%0: float32[4194304] = input 0\n%1 = add %0 %0\nreturn %1\n", 0.0),
    (
        "chain of 9 on x, y, 4M",
        "%0: float32[4194304] = input 0\n%1: float32[4194304] = input 1\n%2 = add %0 %1\n%3 = mul %2 %0\n%4 = sub %3 %1\n\
         %5 = abs %4\n%6 = maximum %5 %0\n%7 = mul %6 %1\n%8 = add %7 %2\n%9 = neg %8\n%10 = minimum %9 %4\nreturn %10\n",
        0.0,
    ),
    (
        "bias + gelu [4096,1024]",
        "%0: float32[4096,1024] = input 0\n%1: float32[1024] = input 1\n%2: float32[4096,1024] = broadcast %1 axes=[1]\n\
         %3 = add %0 %2\n%4: float32[] = literal 0.70710677\n%5: float32[4096,1024] = broadcast %4 axes=[]\n%6 = mul %3 %5\n\
         %7 = erf %6\n%8: float32[] = literal 1.0\n%9: float32[4096,1024] = broadcast %8 axes=[]\n%10 = add %7 %9\n\
         %11 = mul %3 %10\n%12: float32[] = literal 0.5\n%13: float32[4096,1024] = broadcast %12 axes=[]\n%14 = mul %11 %13\nreturn %14\n",
        0.0,
    ),
    (
        "softmax [4096,1024]",
        "%0: float32[4096,1024] = input 0\n%1 = max %0 axes=[1]\n%2: float32[4096,1024] = broadcast %1 axes=[0]\n%3 = sub %0 %2\n\
         %4 = exp %3\n%5 = sum %4 axes=[1]\n%6: float32[4096,1024] = broadcast %5 axes=[0]\n%7 = div %4 %6\nreturn %7\n",
        0.0,
    ),
    (
        "softmax axis 0 [1024,1024]",
        "%0: float32[1024,1024] = input 0\n%1 = max %0 axes=[0]\n%2: float32[1024,1024] = broadcast %1 axes=[1]\n%3 = sub %0 %2\n\
         %4 = exp %3\n%5 = sum %4 axes=[0]\n%6: float32[1024,1024] = broadcast %5 axes=[1]\n%7 = div %4 %6\nreturn %7\n",
        0.0,
    ),
    ("sum 16M", "%0: float32[16777216] = input 0\n%1 = sum %0 axes=[0]\nreturn %1\n", 0.0),
    ("sum axis 1 [1000000,3]", "%0: float32[1000000,3] = input 0\n%1 = sum %0 axes=[1]\nreturn %1\n", 0.0),
    ("sum axis 0 [1000000,3]", "%0: float32[1000000,3] = input 0\n%1 = sum %0 axes=[0]\nreturn %1\n", 0.0),
    ("argmax [4096,1024]", "%0: float32[4096,1024] = input 0\n%1 = argmax %0 axes=[1]\nreturn %1\n", 0.0),
    (
        "add bias [1000000,3]",
        "%0: float32[1000000,3] = input 0\n%1: float32[3] = input 1\n%2: float32[1000000,3] = broadcast %1 axes=[1]\n\
         %3 = add %0 %2\nreturn %3\n",
        0.0,
    ),
    (
        "transpose [2048,2048]",
        "%0: float32[2048,2048] = input 0\n%1: float32[2048,2048] = transpose %0 permutation=[1,0]\n%2 = add %1 %1\nreturn %2\n",
        0.0,
    ),
    (
        "matmul 512",
        "%0: float32[512,512] = input 0\n%1: float32[512,512] = input 1\n%2 = dot %0 %1 batch=[] contract=[1:0]\nreturn %2\n",
        268_435_456.0,
    ),
    (
        "matmul 1024",
        "%0: float32[1024,1024] = input 0\n%1: float32[1024,1024] = input 1\n%2 = dot %0 %1 batch=[] contract=[1:0]\nreturn %2\n",
        2_147_483_648.0,
    ),
    (
        "matmul 1024 by transposed",
        "%0: float32[1024,1024] = input 0\n%1: float32[1024,1024] = input 1\n%2 = dot %0 %1 batch=[] contract=[1:1]\nreturn %2\n",
        2_147_483_648.0,
    ),
    (
        "matrix x vector 4096",
        "%0: float32[4096,4096] = input 0\n%1: float32[4096] = input 1\n%2 = dot %0 %1 batch=[] contract=[1:0]\nreturn %2\n",
        33_554_432.0,
    ),
    (
        "vector x matrix 4096",
        "%0: float32[1,4096] = input 0\n%1: float32[4096,4096] = input 1\n%2 = dot %0 %1 batch=[] contract=[1:0]\nreturn %2\n",
        33_554_432.0,
    ),
];

/// Convolutions of [1, size, size, channels] by kernels of 3 x 3 and their gradients, the first beside the same sum of slices of the
/// padded input times weights.
fn convolutions() -> Vec<(String, String, f64)> {
    // Name, size, channels, channels out, groups.
    let forms = [
        ("512^2 1->1", 512, 1, 1, 1),
        ("128^2 3->16", 128, 3, 16, 1),
        ("128^2 16->3", 128, 16, 3, 1),
        ("32^2 32->64", 32, 32, 64, 1),
        ("depthwise 64^2x16", 64, 16, 16, 16),
        ("depthwise 32^2x128", 32, 128, 128, 128),
        ("64^2 32->32 by 8", 64, 32, 32, 8),
    ];
    let mut all = Vec::new();
    for (name, size, channels, out, groups) in forms {
        let (per, per_out) = (channels / groups, out / groups);
        let flops = 18.0 * f64::from(size * size * out * per);
        let shape = |batch: i32, size: i32, channels: i32| format!("float32[{batch},{size},{size},{channels}]");
        let (x, kernel, y) = (shape(1, size, channels), shape(out, 3, per), shape(1, size, out));
        let conv = |a: &str, b: &str, y: &str| {
            let rest =
                format!("stride=[1,1] padding=[1:1,1:1] kernelDilation=[1,1] inputDilation=[1,1] groups={groups}");
            format!("%0: {a} = input 0\n%1: {b} = input 1\n%2: {y} = conv %0 %1 {rest}\nreturn %2\n")
        };
        all.push((format!("conv {name}"), conv(&x, &kernel, &y), flops));
        if per <= 4 {
            let padded = shape(1, size + 2, channels);
            let mut text = format!(
                "%0: {x} = input 0\n%1: {kernel} = input 1\n%2: {padded} = pad %0 low=[0,1,1,0] high=[0,1,1,0] value=0.0\n"
            );
            let (mut next, mut sum) = (3, None);
            let mut node = |line: String| {
                text += &format!("%{next}: {line}\n");
                next += 1;
                next - 1
            };
            for (i, j, c) in (0..9 * per).map(|at| (at / per / 3, at / per % 3, at % per)) {
                let part =
                    node(format!("{} = slice %2 start=[0,{i},{j},{c}] step=[1,1,1,{per}]", shape(1, size, groups)));
                let part =
                    node(format!("float32[1,{size},{size},{groups},{per_out}] = broadcast %{part} axes=[0,1,2,3]"));
                let part = node(format!("{y} = reshape %{part}"));
                let weight = node(format!("float32[{out},1,1,1] = slice %1 start=[0,{i},{j},{c}] step=[1,1,1,1]"));
                let weight = node(format!("float32[{out}] = reshape %{weight}"));
                let weight = node(format!("{y} = broadcast %{weight} axes=[3]"));
                let product = node(format!("{y} = mul %{part} %{weight}"));
                sum = Some(sum.map_or(product, |sum| node(format!("{y} = add %{sum} %{product}"))));
            }
            text += &format!("return %{}\n", sum.expect("positions"));
            all.push((format!("  by slices {name}"), text, flops));
        }
        all.push((format!("  by input {name}"), conv(&y, &shape(channels, 3, per_out), &x), flops));
        let (x, window) = (shape(per, size, groups), shape(out, size, 1));
        all.push((format!("  by kernel {name}"), conv(&x, &window, &shape(per, 3, out)), flops));
    }
    all
}

fn main() {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    println!("{:<28} {:>8} {:>10} {:>8} {:>9}", "program", "kernels", "ms", "GB/s", "GFLOP/s");
    let programs = PROGRAMS.iter().map(|(name, listing, flops)| (name.to_string(), listing.to_string(), *flops));
    for (name, listing, flops) in programs.chain(convolutions()).filter(|(name, ..)| name.contains(&wanted)) {
        let device = CpuDevice::new("benchmark");
        let graph = text::parse(&listing).unwrap_or_else(|error| panic!("{name}: {error}"));
        let plan = Arc::new(compile(&Request::new(&graph, device.target()), &mut ()).expect("it compiles").plan);
        let (mut bytes, mut inputs) = (0, Vec::new());
        for buffer in &plan.buffers {
            let size = buffer.bytes().as_const().expect("sizes are known");
            match buffer.storage {
                Storage::Input(at) => {
                    let data: Vec<u8> =
                        (0..size / 4).flat_map(|i| ((i % 977) as f32 * 1e-3 - 0.4).to_le_bytes()).collect();
                    device.upload(BufferId(u64::from(at)), DType::Float32, &data).expect("memory");
                    inputs.push(BufferId(u64::from(at)));
                    bytes += size;
                }
                Storage::Output => bytes += size,
                Storage::Constant(_) | Storage::Temporary(_) => {}
            }
        }
        debug_assert!(plan.slots.iter().all(|s: &Dim| s.as_const().is_some()));
        inputs.sort();
        let kernels = plan.steps.len();
        device.load(ProgramId(0), plan).expect("it loads");
        let (mut least, start, mut id) = (f64::INFINITY, Instant::now(), 1000);
        while start.elapsed() < Duration::from_millis(700) || id < 1003 {
            id += 1;
            let call = Call {
                program: ProgramId(0),
                inputs: inputs.clone(),
                constants: vec![],
                outputs: vec![BufferId(id)],
                symbols: vec![],
            };
            let before = Instant::now();
            device.run(call).expect("it runs");
            least = least.min(before.elapsed().as_secs_f64());
            device.drop_buffer(BufferId(id));
        }
        let rate = if flops > 0.0 { format!("{:.2}", flops / least / 1e9) } else { String::new() };
        println!("{name:<28} {kernels:>8} {:>10.3} {:>8.2} {rate:>9}", least * 1e3, bytes as f64 / least / 1e9);
    }
}
