//! Errors reach the reads that depend on them, by name, and no others.

use crate::plans::{With, bytes, call, map, open, open_with, plan, read, single, upload};
use interfuse_compiler::dim::Dim;
use interfuse_compiler::dtype::DType;
use interfuse_compiler::kernel::Kernel;
use interfuse_compiler::lower::lower;
use interfuse_compiler::ops::Op;
use interfuse_compiler::plan::Storage;
use interfuse_compiler::target::Target;
use interfuse_runtime::device::{BufferId, Device, DeviceError, ProgramId};
use interfuse_runtime::gpu::{Checks, GpuDevice, Lowered, Options};
use pollster::block_on;
use std::rc::Rc;

/// A device whose lowering breaks every kernel with "broken" in its name.
pub fn breaking(with: &'static str) -> GpuDevice {
    breaking_with(with, Options::default())
}

/// The same with other options.
pub fn breaking_with(with: &'static str, options: Options) -> GpuDevice {
    let lowering = move |kernel: &Kernel, target: &Target| {
        let shader = lower(kernel, target);
        let limits = target.limits.clone();
        let text = if kernel.name.contains("broken") { with } else { "" };
        Lowered {
            wgsl: format!("{}{text}", shader.wgsl),
            entry: shader.entry.clone(),
            workgroups: Box::new(move |of| shader.workgroups(&|dim| dim.eval(of), &limits)),
        }
    };
    open_with(Options { checks: Checks::Full, lowering: Rc::new(lowering), ..options })
}

pub fn one(name: &str, n: usize) -> std::sync::Arc<interfuse_compiler::plan::Plan> {
    let n = Dim::from(n);
    let kernel = map(name, n.clone(), 1, &[With::Literal(Op::Mul, 2.0)]);
    plan(&n, &[Storage::Input(0), Storage::Output], vec![(kernel, vec![0, 1])])
}

#[test]
fn a_broken_shader_rejects_the_reads_that_depend_on_it() {
    let device = breaking("\nfn nonsense() -> f32 { return 1u; }\n");
    device.load(ProgramId(0), one("map_broken", 8)).expect("loading reports nothing: reads do");
    device.load(ProgramId(1), one("map_fine", 8)).expect("load");
    let x = upload(&device, 0, &[1.0; 8]);
    device.run(call(0, &[x], &[BufferId(1)])).expect("run");
    device.run(call(1, &[BufferId(1)], &[BufferId(2)])).expect("run");
    device.run(call(1, &[x], &[BufferId(3)])).expect("run");
    for spoilt in [1, 2] {
        let error = read(&device, BufferId(spoilt)).expect_err("a poisoned buffer");
        let DeviceError::Failed(text) = error else { panic!("{error:?}") };
        assert!(text.contains("map_broken") && text.contains("mul"), "names kernel and op: {text}");
    }
    assert_eq!(read(&device, BufferId(3)).expect("not spoilt"), [2.0; 8]);
    assert_eq!(read(&device, x).expect("not spoilt"), [1.0; 8]);
    // Nothing that is known to fail is submitted.
    assert_eq!(device.counters().dispatches, 1);
}

#[test]
fn an_error_from_nowhere_rejects_what_is_not_yet_known_to_be_right() {
    let device = open();
    device.load(ProgramId(0), one("map_double", 8)).expect("load");
    let x = upload(&device, 0, &[1.0; 8]);
    device.run(call(0, &[x], &[BufferId(1)])).expect("run");
    assert_eq!(read(&device, BufferId(1)).expect("clean"), [2.0; 8]);
    device.run(call(0, &[x], &[BufferId(2)])).expect("run");
    // A mistake that no scope of ours surrounds.
    let _ = device.raw().0.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: 16,
        usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::MAP_WRITE,
        mapped_at_creation: false,
    });
    let error = read(&device, BufferId(2)).expect_err("sent since the last clean read");
    assert!(error.to_string().contains("map_double"), "{error}");
    assert_eq!(read(&device, BufferId(1)).expect("read cleanly before"), [2.0; 8]);
    device.run(call(0, &[x], &[BufferId(3)])).expect("run");
    assert_eq!(read(&device, BufferId(3)).expect("an error spoils once"), [2.0; 8]);
}

#[test]
fn scopes_around_every_submit_change_nothing_but_time() {
    let device = open_with(Options { scope_every_submit: true, ..Options::default() });
    device.load(ProgramId(0), one("map_double", 8)).expect("load");
    let x = upload(&device, 0, &[1.5; 8]);
    for id in 1..5 {
        device.run(call(0, &[x], &[BufferId(id)])).expect("run");
    }
    assert_eq!(read(&device, BufferId(4)).expect("read"), [3.0; 8]);
}

#[test]
fn what_is_too_large_is_refused_before_anything_is_sent() {
    let device = open();
    let limit = device.target().limits.binding_bytes.min(device.target().limits.buffer_bytes);
    let n = (limit / 4 + 1) as usize;
    let before = device.counters();
    let error = device.load(ProgramId(0), one("map_huge", n)).expect_err("over the limit");
    let DeviceError::Limit(text) = error else { panic!("{error:?}") };
    assert!(text.contains(&limit.to_string()) && text.contains(&(n as u64 * 4).to_string()), "{text}");
    let after = device.counters();
    assert_eq!((before.buffers_created, before.submits), (after.buffers_created, after.submits));
}

#[test]
fn wrong_calls_are_errors_at_once() {
    let device = open();
    device.load(ProgramId(0), single(8, 2, &[With::Input(Op::Add, 1)])).expect("load");
    let (x, short) = (upload(&device, 0, &[1.0; 8]), upload(&device, 1, &[1.0; 7]));
    let text = |result: Result<(), DeviceError>| result.expect_err("a wrong call").to_string();
    assert!(text(device.run(call(9, &[x, x], &[BufferId(5)]))).contains("program 9"));
    assert!(text(device.run(call(0, &[x], &[BufferId(5)]))).contains("2 arguments"));
    assert!(text(device.run(call(0, &[x, BufferId(77)], &[BufferId(5)]))).contains("buffer 77"));
    let wrong = text(device.run(call(0, &[x, short], &[BufferId(5)])));
    assert!(wrong.contains("28 bytes") && wrong.contains("32"), "{wrong}");
    assert!(read(&device, BufferId(5)).expect_err("never made").to_string().contains("buffer 5"));
    // A step that writes what it reads never gets to the driver.
    let n = Dim::from(8);
    let storage = [Storage::Temporary(0), Storage::Temporary(0), Storage::Output];
    let kernel = map("map_alias", n.clone(), 1, &[With::Literal(Op::Add, 1.0)]);
    let aliased = plan(&n, &storage, vec![(kernel, vec![0, 1])]);
    assert!(text(device.load(ProgramId(1), aliased)).contains("share memory"));
}

#[test]
fn a_lost_device_rejects_everything() {
    let device = open();
    device.load(ProgramId(0), one("map_double", 8)).expect("load");
    let x = upload(&device, 0, &[1.0; 8]);
    let promised = device.read(x);
    device.raw().0.destroy();
    // The callback runs when the device is driven.
    let _ = block_on(device.synchronize());
    let lost = |result: Result<(), DeviceError>| assert!(matches!(result, Err(DeviceError::Lost(_))), "{result:?}");
    lost(block_on(promised).map(drop));
    lost(read(&device, x).map(drop));
    lost(device.run(call(0, &[x], &[BufferId(1)])));
    lost(device.upload(BufferId(2), DType::Float32, &bytes(&[1.0])));
    lost(device.load(ProgramId(1), one("map_double", 8)));
    lost(block_on(device.synchronize()));
}
