//! The device around the kernels: buffers, counters, errors, plans of several steps.

use crate::kernels::{kernel, plan};
use crate::{as_floats, floats, ready, run_on, some, to_bytes, to_lanes};
use interfuse_compiler::dim::Dim;
use interfuse_compiler::dtype::DType;
use interfuse_compiler::kernel::Kernel;
use interfuse_compiler::plan::{Buffer, Output, Plan, Step, Storage};
use interfuse_compiler::shape::Aval;
use interfuse_runtime::cpu::CpuDevice;
use interfuse_runtime::device::{BufferId, Call, Device, DeviceError, DeviceKind, ProgramId};
use std::sync::Arc;

const F: DType = DType::Float32;

/// out = op(x)
fn unary(op: &str, len: i64) -> Kernel {
    kernel(&format!(
        "map kernel unary
         i0: grid < {len}
         b0: read float32[{len}]
         b1: write float32[{len}]
         over grid
           v0 = b0[i0]
           v1 = {op} v0
           b1[i0] = v1"
    ))
}

fn upload(device: &CpuDevice, id: u64, values: &[f32]) {
    device.upload(BufferId(id), F, &to_bytes(F, &floats(values))).expect("memory");
}

fn call(inputs: &[u64], constants: &[u64], outputs: &[u64]) -> Call {
    let ids = |ids: &[u64]| ids.iter().map(|id| BufferId(*id)).collect();
    Call {
        program: ProgramId(1),
        inputs: ids(inputs),
        constants: ids(constants),
        outputs: ids(outputs),
        symbols: vec![],
    }
}

fn read(device: &CpuDevice, id: u64) -> Vec<f32> {
    as_floats(&to_lanes(F, &ready(device.read(BufferId(id))).expect("it is there")))
}

/// neg and abs of the input through two slots in turn, then times the constant.
fn chain(n: i64, steps: usize) -> Plan {
    let buffer = |storage: Storage| Buffer { storage, dtype: F, len: Dim::Const(n) };
    let mut plan = Plan { inputs: 1, constants: 1, slots: vec![Dim::Const(4 * n); 2], ..Plan::default() };
    plan.buffers = vec![buffer(Storage::Input(0)), buffer(Storage::Constant(0)), buffer(Storage::Output)];
    let step = |kernel: Kernel, buffers: Vec<u32>| Step { kernel: Arc::new(kernel), buffers };
    let mut last = 0;
    for at in 0..steps {
        plan.buffers.push(buffer(Storage::Temporary(at as u32 % 2)));
        let next = plan.buffers.len() as u32 - 1;
        plan.steps.push(step(unary(if at % 2 == 0 { "neg" } else { "abs" }, n), vec![last, next]));
        last = next;
    }
    let product = kernel(&format!(
        "map kernel product
         i0: grid < {n}
         b0: read float32[{n}]
         b1: read float32[{n}]
         b2: write float32[{n}]
         over grid
           v0 = b0[i0]
           v1 = b1[i0]
           v2 = mul v0 v1
           b2[i0] = v2"
    ));
    plan.steps.push(step(product, vec![last, 1, 2]));
    plan.outputs = vec![Output { buffer: 2, aval: Aval::new([n as usize], F) }];
    plan
}

#[test]
fn plans_of_several_steps_share_slots_and_memory_comes_back() {
    let device = CpuDevice::new("test");
    assert_eq!((device.info().kind, device.info().reason.as_str()), (DeviceKind::Cpu, "test"));
    upload(&device, 1, &[1.0, -2.0, 3.0]);
    upload(&device, 2, &[10.0, 10.0, 100.0]);
    device.load(ProgramId(1), Arc::new(chain(3, 3))).expect("it loads");
    device.run(call(&[1], &[2], &[3])).expect("it runs");
    assert_eq!(read(&device, 3), [-10.0, -20.0, -300.0]);
    let counters = device.counters();
    assert_eq!((counters.dispatches, counters.submits, counters.bytes_allocated), (4, 1, 3 * 12));
    assert_eq!((counters.bytes_uploaded, counters.bytes_read), (24, 12));
    let memory = device.memory();
    assert_eq!((memory.buffers, memory.bytes_in_use), (3, 36));

    // A repeated call whose results are dropped takes no fresh memory.
    device.drop_buffer(BufferId(3));
    let created = device.counters().buffers_created;
    for id in 4..20 {
        device.run(call(&[1], &[2], &[id])).expect("it runs");
        assert_eq!(read(&device, id), [-10.0, -20.0, -300.0]);
        device.drop_buffer(BufferId(id));
    }
    assert_eq!(device.counters().buffers_created, created);
    assert_eq!(device.memory().bytes_in_use, 24);
    assert!(device.memory().peak_bytes >= 24 + 36);
    device.trim();
    assert_eq!(device.memory().bytes_pooled, 0);
    assert_eq!(read(&device, 1), [1.0, -2.0, 3.0]);
}

#[test]
fn results_of_calls_stay_distinct() {
    let device = CpuDevice::new("test");
    device.load(ProgramId(1), plan(&unary("neg", 4))).expect("it loads");
    for id in 0..5 {
        upload(&device, id, &[id as f32; 4]);
        device.run(call(&[id], &[], &[100 + id])).expect("it runs");
    }
    for id in 0..5 {
        assert_eq!(read(&device, 100 + id), [-(id as f32); 4]);
    }
}

#[test]
fn what_is_missing_or_too_large_is_an_error() {
    let device = CpuDevice::new("test");
    let text = |result: Result<(), DeviceError>| result.expect_err("a mistake").to_string();
    upload(&device, 1, &[1.0; 4]);
    assert_eq!(text(device.run(call(&[1], &[], &[2]))), "program 1 is not loaded on the CPU device");
    device.load(ProgramId(1), plan(&unary("neg", 4))).expect("it loads");
    assert_eq!(text(device.run(call(&[9], &[], &[2]))), "buffer 9 (input) is not on the CPU device");
    assert_eq!(text(device.run(call(&[1], &[], &[]))), "the call gives 0 outputs, its plan has 1");
    upload(&device, 3, &[1.0; 5]);
    assert_eq!(text(device.run(call(&[3], &[], &[2]))), "buffer 3 (input) has 20 bytes, its plan needs 16");
    assert_eq!(ready(device.read(BufferId(77))), Err(DeviceError::Failed("buffer 77 is not on the CPU device".into())));

    // out[i] = x[0] for a symbolic number of elements: the result, not an argument, is too large.
    let k = kernel(
        "map kernel fill
         i0: grid < s0
         b0: read float32[1]
         b1: write float32[s0]
         over grid
           v0 = b0[0]
           b1[i0] = v0",
    );
    let before = device.memory();
    let error = run_on(&device, &k, &[some(F, 1, 1)], &[1 << 31]).expect_err("8 GiB");
    let DeviceError::Limit(text) = error else { panic!("{error:?}") };
    assert!(text.starts_with("a result of 2147483648 float32 elements needs 8589934592 bytes, more than"), "{text}");
    assert_eq!(device.memory().buffers, before.buffers + 1, "only the argument was added");
    assert_eq!(run_on(&device, &k, &[some(F, 1, 1)], &[3]).expect("it fits")[0], vec![some(F, 1, 1)[0]; 3]);
    let missing = run_on(&device, &k, &[some(F, 1, 1)], &[]).expect_err("no symbols");
    assert_eq!(missing.to_string(), "the call gives 0 symbols, its plan has 1");
}
