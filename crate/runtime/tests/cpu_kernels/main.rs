//! Kernels of every class, written as listings, on the CPU device, against their point-by-point meaning and against known numbers.
//!
//! Inputs are small integers, so that float sums are exact in any order and results are compared bit for bit.

mod kernels;
mod reference;

mod contract;
mod device;
mod map;
mod row;

use half::f16;
use interfuse_compiler::dtype::DType;
use interfuse_compiler::kernel::{Access, Kernel};
use interfuse_runtime::cpu::CpuDevice;
use interfuse_runtime::device::{BufferId, Call, Device, DeviceError, ProgramId};
use kernels::plan;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// The value of a promise that is ready.
fn ready<T>(mut future: Pin<Box<dyn Future<Output = T>>>) -> T {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the CPU device answers at once"),
    }
}

/// Lanes as a device stores them.
fn to_bytes(dtype: DType, lanes: &[u32]) -> Vec<u8> {
    match dtype {
        DType::Float16 => {
            lanes.iter().flat_map(|l| f16::from_f32(f32::from_bits(*l)).to_bits().to_le_bytes()).collect()
        }
        _ => lanes.iter().flat_map(|l| l.to_le_bytes()).collect(),
    }
}

/// Stored bytes as lanes.
fn to_lanes(dtype: DType, bytes: &[u8]) -> Vec<u32> {
    match dtype {
        DType::Float16 => {
            let half = |b: &[u8]| f16::from_bits(u16::from_le_bytes([b[0], b[1]])).to_f32().to_bits();
            bytes.chunks_exact(2).map(half).collect()
        }
        _ => bytes.chunks_exact(4).map(|b| u32::from_le_bytes(b.try_into().expect("four"))).collect(),
    }
}

/// Floats as lanes.
fn floats(values: &[f32]) -> Vec<u32> {
    values.iter().map(|v| v.to_bits()).collect()
}

/// Lanes as floats.
fn as_floats(lanes: &[u32]) -> Vec<f32> {
    lanes.iter().map(|l| f32::from_bits(*l)).collect()
}

/// Small integers of a dtype, the same for the same seed.
fn some(dtype: DType, count: usize, seed: u32) -> Vec<u32> {
    let mut state = seed.wrapping_mul(2654435761).wrapping_add(12345);
    let mut next = || {
        state = state.wrapping_mul(1664525).wrapping_add(1013904223);
        (state >> 16) % 17
    };
    (0..count)
        .map(|_| match dtype {
            DType::Float16 | DType::Float32 => (next() as f32 - 8.0).to_bits(),
            DType::Int32 => (next() as i32 - 8) as u32,
            DType::UInt32 => next(),
            DType::Bool => next() % 2,
        })
        .collect()
}

/// Runs a kernel on the device: lanes in, lanes out.
fn on_device(kernel: &Kernel, reads: &[Vec<u32>], symbols: &[i64]) -> Vec<Vec<u32>> {
    let device = CpuDevice::new("tests ask for it");
    run_on(&device, kernel, reads, symbols).expect("the call runs")
}

fn run_on(
    device: &CpuDevice,
    kernel: &Kernel,
    reads: &[Vec<u32>],
    symbols: &[i64],
) -> Result<Vec<Vec<u32>>, DeviceError> {
    let before = device.counters().dispatches;
    let of = |access: Access| kernel.bindings.iter().filter(move |b| b.access == access).map(|b| b.dtype);
    for (at, (dtype, lanes)) in of(Access::Read).zip(reads).enumerate() {
        device.upload(BufferId(at as u64), dtype, &to_bytes(dtype, lanes))?;
    }
    device.load(ProgramId(1), plan(kernel))?;
    let inputs = (0..reads.len() as u64).map(BufferId).collect();
    let outputs: Vec<BufferId> = of(Access::Write).enumerate().map(|(at, _)| BufferId(1000 + at as u64)).collect();
    let call =
        Call { program: ProgramId(1), inputs, constants: vec![], outputs: outputs.clone(), symbols: symbols.to_vec() };
    device.run(call)?;
    assert_eq!(device.counters().dispatches, before + 1, "one kernel, one dispatch");
    of(Access::Write).zip(outputs).map(|(dtype, id)| ready(device.read(id)).map(|b| to_lanes(dtype, &b))).collect()
}

/// The device agrees with the point-by-point meaning bit for bit (any NaN equals any NaN). Returns what it computed.
fn check(kernel: &Kernel, reads: &[Vec<u32>], symbols: &[i64]) -> Vec<Vec<u32>> {
    let got = on_device(kernel, reads, symbols);
    let want = reference::run(kernel, reads, symbols);
    let dtypes = kernel.bindings.iter().filter(|b| b.access == Access::Write).map(|b| b.dtype);
    for ((got, want), dtype) in got.iter().zip(&want).zip(dtypes) {
        assert_eq!(got.len(), want.len(), "{kernel}");
        for (at, (g, w)) in got.iter().zip(want).enumerate() {
            let same_nan = dtype.is_float() && f32::from_bits(*g).is_nan() && f32::from_bits(*w).is_nan();
            let (gf, wf) = (f32::from_bits(*g), f32::from_bits(*w));
            assert!(g == w || same_nan, "element {at}: got {g:#x} ({gf}), want {w:#x} ({wf})\n{symbols:?}\n{kernel}");
        }
    }
    got
}
