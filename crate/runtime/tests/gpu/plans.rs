//! Plans made by hand, and a device to run them.

use interfuse_compiler::dim::Dim;
use interfuse_compiler::dtype::DType;
use interfuse_compiler::kernel::verify::verify_kernel;
use interfuse_compiler::kernel::{Kernel, parse_kernel};
use interfuse_compiler::ops::Op;
use interfuse_compiler::plan::{Buffer, Output, Plan, Step, Storage};
use interfuse_compiler::shape::{Aval, Shape};
use interfuse_runtime::device::{BufferId, Call, Device, DeviceError, ProgramId};
use interfuse_runtime::gpu::{Checks, GpuDevice, Options};
use pollster::block_on;
use std::sync::Arc;

/// The device of a test. Checked modules: a wrong index then cannot look right by chance.
pub fn open() -> GpuDevice {
    open_with(Options { checks: Checks::Full, ..Options::default() })
}

pub fn open_with(options: Options) -> GpuDevice {
    let adapter = std::env::var("INTERFUSE_ADAPTER").ok();
    GpuDevice::open(Options { adapter, ..options })
        .expect("these tests need a Vulkan, Metal or DX12 driver; Mesa's lavapipe will do")
}

/// One op of an elementwise kernel.
#[derive(Clone, Copy)]
pub enum With {
    /// Applied to the value so far and that input.
    Input(Op, u32),
    /// Applied to the value so far and a literal of the uniform block.
    Literal(Op, f32),
}

/// An elementwise float32 kernel over `n` points: starts from input 0 and applies `steps` in turn.
pub fn map(name: &str, n: Dim, inputs: u32, steps: &[With]) -> Kernel {
    let mut head = format!("map kernel {name}\ni0: grid < {n}\n");
    let mut body = String::new();
    for input in 0..inputs {
        head += &format!("b{input}: read float32[{n}]\n");
        body += &format!("v{input} = b{input}[i0]\n");
    }
    head += &format!("b{inputs}: write float32[{n}]\nu0: size {n}\n");
    let (mut next, mut last, mut literals) = (inputs, 0, 0);
    for step in steps {
        let (op, other) = match step {
            With::Input(op, input) => (op, *input),
            With::Literal(op, value) => {
                literals += 1;
                head += &format!("u{literals}: float32 {value}\n");
                body += &format!("v{next} = uniform u{literals}\n");
                next += 1;
                (op, next - 1)
            }
        };
        body += &format!("v{next} = {} v{last} v{other}\n", op.name());
        (last, next) = (next, next + 1);
    }
    let listing = format!("{head}over grid\n{body}b{inputs}[i0] = v{last}\n");
    let kernel = parse_kernel(&listing).unwrap_or_else(|error| panic!("{error} in\n{listing}"));
    verify_kernel(&kernel).unwrap_or_else(|broken| panic!("{broken}\n{kernel}"));
    kernel
}

/// A plan over float32 vectors of one length. `storage` names the buffers; each step lists its kernel and its buffers.
pub fn plan(n: &Dim, storage: &[Storage], steps: Vec<(Kernel, Vec<u32>)>) -> Arc<Plan> {
    let bytes = n.scale(4);
    let slots =
        storage.iter().filter_map(|s| if let Storage::Temporary(slot) = s { Some(*slot + 1) } else { None }).max();
    let outputs = storage.iter().enumerate().filter(|(_, s)| **s == Storage::Output);
    let shape: Shape = [n.clone()].into_iter().collect();
    Arc::new(Plan {
        buffers: storage.iter().map(|s| Buffer { storage: *s, dtype: DType::Float32, len: n.clone() }).collect(),
        slots: vec![bytes; slots.unwrap_or(0) as usize],
        loops: Vec::new(),
        arenas: Vec::new(),
        shared: Vec::new(),
        steps: steps.into_iter().map(|(kernel, buffers)| Step { kernel: Arc::new(kernel), buffers }).collect(),
        outputs: outputs
            .map(|(i, _)| Output { buffer: i as u32, aval: Aval::new(shape.clone(), DType::Float32) })
            .collect(),
        inputs: storage.iter().filter(|s| matches!(s, Storage::Input(_))).count() as u32,
        constants: storage.iter().filter(|s| matches!(s, Storage::Constant(_))).count() as u32,
    })
}

/// The plan of a single kernel: its inputs in order, then its output.
pub fn single(n: impl Into<Dim>, inputs: u32, steps: &[With]) -> Arc<Plan> {
    let n = n.into();
    let mut storage: Vec<Storage> = (0..inputs).map(Storage::Input).collect();
    storage.push(Storage::Output);
    plan(&n, &storage, vec![(map("map_single", n.clone(), inputs, steps), (0..=inputs).collect())])
}

pub fn bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

pub fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().expect("four bytes"))).collect()
}

pub fn upload(device: &GpuDevice, id: u64, values: &[f32]) -> BufferId {
    device.upload(BufferId(id), DType::Float32, &bytes(values)).expect("upload");
    BufferId(id)
}

pub fn read(device: &GpuDevice, id: BufferId) -> Result<Vec<f32>, DeviceError> {
    block_on(device.read(id)).map(|bytes| floats(&bytes))
}

pub fn call(program: u64, inputs: &[BufferId], outputs: &[BufferId]) -> Call {
    Call {
        program: ProgramId(program),
        inputs: inputs.to_vec(),
        constants: vec![],
        outputs: outputs.to_vec(),
        symbols: vec![],
    }
}
