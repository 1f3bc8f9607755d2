//! The kernels of the CPU device's tests, lowered to WGSL and run natively on whatever adapter there is.
//!
//! Each runs twice: with the schedules of software adapters, and with those of GPUs (workgroup memory, barriers). Inputs are small
//! integers, so sums are exact in any order; other float ops may differ by what GPUs are allowed. Modules carry all run-time checks.

#[path = "../cpu_kernels/kernels.rs"]
mod kernels;
#[path = "../cpu_kernels/reference.rs"]
mod reference;

#[path = "../cpu_kernels/contract.rs"]
mod contract;
#[path = "../cpu_kernels/map.rs"]
mod map;
#[path = "../cpu_kernels/row.rs"]
mod row;
mod tiles;

use half::f16;
use interfuse_compiler::dim::{Atom, Dim};
use interfuse_compiler::dtype::DType;
use interfuse_compiler::kernel::{Access, Kernel};
use interfuse_compiler::lower::lower;
use interfuse_compiler::target::AdapterClass;
use interfuse_runtime::device::{BufferId, Call, Device, ProgramId};
use interfuse_runtime::gpu::{Checks, GpuDevice, Lowered, Options};
use kernels::plan;
use pollster::block_on;
use std::cell::Cell;
use std::rc::Rc;

/// A device that pretends to be of that class.
fn open(class: AdapterClass) -> GpuDevice {
    let lowering = move |kernel: &Kernel, target: &interfuse_compiler::target::Target| {
        let mut target = target.clone();
        target.class = class;
        let shader = lower(kernel, &target);
        let (wgsl, entry) = (shader.wgsl.clone(), shader.entry.clone());
        let limits = target.limits;
        Lowered { wgsl, entry, workgroups: Box::new(move |of| shader.workgroups(&|dim| dim.eval(of), &limits)) }
    };
    let adapter = std::env::var("INTERFUSE_ADAPTER").ok();
    let options = Options { adapter, checks: Checks::Full, lowering: Rc::new(lowering), ..Options::default() };
    GpuDevice::open(options).expect("these tests need a Vulkan, Metal or DX12 driver; Mesa's lavapipe will do")
}

thread_local! {
    /// Never dropped: wgpu keeps thread-local state of its own, which may be gone by then.
    static DEVICES: &'static [GpuDevice; 2] = Box::leak(Box::new([AdapterClass::Software, AdapterClass::Gpu].map(open)));
    static NEXT: Cell<u64> = const { Cell::new(1) };
}

fn fresh() -> u64 {
    NEXT.with(|next| next.replace(next.get() + 1))
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
fn to_lanes(dtype: DType, bytes: &[u8], count: usize) -> Vec<u32> {
    let lanes: Vec<u32> = match dtype {
        DType::Float16 => {
            let half = |b: &[u8]| f16::from_bits(u16::from_le_bytes([b[0], b[1]])).to_f32().to_bits();
            bytes.chunks_exact(2).map(half).collect()
        }
        _ => bytes.chunks_exact(4).map(|b| u32::from_le_bytes(b.try_into().expect("four"))).collect(),
    };
    lanes[..count].to_vec()
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

fn run_on(device: &GpuDevice, kernel: &Kernel, reads: &[Vec<u32>], symbols: &[i64]) -> Vec<Vec<u32>> {
    let of = |access: Access| kernel.bindings.iter().filter(move |b| b.access == access);
    let mut inputs = Vec::new();
    for (binding, lanes) in of(Access::Read).zip(reads) {
        let id = BufferId(fresh());
        device.upload(id, binding.dtype, &to_bytes(binding.dtype, lanes)).expect("upload");
        inputs.push(id);
    }
    let program = ProgramId(fresh());
    device.load(program, plan(kernel)).expect("load");
    let outputs: Vec<BufferId> = of(Access::Write).map(|_| BufferId(fresh())).collect();
    let before = device.counters().dispatches;
    device
        .run(Call {
            program,
            inputs: inputs.clone(),
            constants: vec![],
            outputs: outputs.clone(),
            symbols: symbols.to_vec(),
        })
        .expect("run");
    let size = |dim: &Dim| {
        dim.eval(&|atom| match atom {
            Atom::Symbol(s) => symbols[s.0 as usize],
            _ => panic!("{dim} is no size"),
        })
    };
    let points = size(&kernel.grid_points());
    let dispatches = device.counters().dispatches - before;
    assert!(
        dispatches == 1 || (dispatches == 0 && points == 0),
        "one kernel, one dispatch; got {dispatches} for {points} points"
    );
    let read = |(binding, id): (&interfuse_compiler::kernel::Binding, &BufferId)| {
        let bytes = block_on(device.read(*id)).unwrap_or_else(|error| panic!("{error}\n{kernel}"));
        to_lanes(binding.dtype, &bytes, size(&binding.len) as usize)
    };
    let results = of(Access::Write).zip(&outputs).map(read).collect();
    inputs.into_iter().chain(outputs).for_each(|id| device.drop_buffer(id));
    device.drop_program(program);
    results
}

/// Runs a kernel with the schedules of a GPU: lanes in, lanes out.
fn on_device(kernel: &Kernel, reads: &[Vec<u32>], symbols: &[i64]) -> Vec<Vec<u32>> {
    DEVICES.with(|devices| run_on(&devices[1], kernel, reads, symbols))
}

/// Both schedules agree with the point-by-point meaning (any NaN equals any NaN). Returns what the last computed.
fn check(kernel: &Kernel, reads: &[Vec<u32>], symbols: &[i64]) -> Vec<Vec<u32>> {
    let want = reference::run(kernel, reads, symbols);
    let dtypes: Vec<DType> = kernel.bindings.iter().filter(|b| b.access == Access::Write).map(|b| b.dtype).collect();
    let mut last = Vec::new();
    for which in 0..2 {
        let got = DEVICES.with(|devices| run_on(&devices[which], kernel, reads, symbols));
        for ((got, want), dtype) in got.iter().zip(&want).zip(&dtypes) {
            assert_eq!(got.len(), want.len(), "{kernel}");
            for (at, (g, w)) in got.iter().zip(want).enumerate() {
                let (gf, wf) = (f32::from_bits(*g), f32::from_bits(*w));
                let close = dtype.is_float() && ((gf.is_nan() && wf.is_nan()) || (gf - wf).abs() <= 4e-7 * wf.abs());
                assert!(
                    g == w || close,
                    "schedule {which}, element {at}: got {g:#x} ({gf}), want {w:#x} ({wf})\n{symbols:?}\n{kernel}"
                );
            }
        }
        last = got;
    }
    last
}
