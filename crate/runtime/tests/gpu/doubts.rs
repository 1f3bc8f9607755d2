//! Plans that the device refuses when answers come late: another takes their place, as far back as calls were noted.

use crate::faults::{breaking_with, one};
use crate::plans::{bytes, call, floats, read, upload};
use interfuse_compiler::dtype::DType;
use interfuse_runtime::device::{BufferId, Device, DeviceError, ProgramId};
use interfuse_runtime::gpu::{GpuDevice, Options};
use pollster::block_on;

/// A device that refuses the kernel of program 0; what runs in its place doubles, as program 1 does.
fn device() -> GpuDevice {
    let options = Options { answers_late: true, ..Options::default() };
    let device = breaking_with("\nfn nonsense() -> f32 { return 1u; }\n", options);
    device.load(ProgramId(0), one("map_broken", 8)).expect("load");
    device.load(ProgramId(1), one("map_fine", 8)).expect("load");
    device.instead(ProgramId(0), Box::new(|_| Ok(one("map_instead", 8))));
    device
}

#[test]
fn calls_run_again_in_the_memory_of_the_first_time() {
    let device = device();
    let mut chained = upload(&device, 0, &[1.0; 8]);
    for at in 1..=20 {
        // Whatever is dropped is memory for later calls, when they run again as well; but not what they read from outside.
        let [doubled, next, branch] = [at, at + 100, at + 200].map(BufferId);
        device.run(call(0, &[chained], &[doubled])).expect("run");
        device.drop_buffer(chained);
        device.run(call(1, &[doubled], &[next])).expect("run");
        device.drop_buffer(doubled);
        let outside = upload(&device, at + 300, &[at as f32; 8]);
        device.run(call(at % 2, &[outside], &[branch])).expect("run");
        device.drop_buffer(outside);
        chained = next;
    }
    device.drop_program(ProgramId(0));
    assert_eq!(read(&device, chained).expect("read"), [2f32.powi(40); 8]);
    for at in 1..=20 {
        assert_eq!(read(&device, BufferId(at + 200)).expect("read"), [2.0 * at as f32; 8]);
        device.drop_buffer(BufferId(at + 200));
    }
    device.drop_buffer(chained);
    device.drop_program(ProgramId(1));
    let memory = device.memory();
    assert_eq!((memory.buffers, memory.bytes_in_use), (0, 0));
    device.trim();
    assert_eq!(device.memory().bytes_pooled, 0);
}

#[test]
fn a_read_waits_for_what_runs_again_though_its_buffer_is_dropped() {
    let device = device();
    let x = upload(&device, 0, &[1.0; 8]);
    device.run(call(0, &[x], &[BufferId(1)])).expect("run");
    let promised = device.read(BufferId(1));
    device.drop_buffer(BufferId(1));
    device.run(call(1, &[x], &[BufferId(2)])).expect("run");
    assert_eq!(floats(&block_on(promised).expect("read")), [2.0; 8]);
}

#[test]
fn where_too_much_is_to_be_kept_reads_are_rejected_and_later_calls_are_right() {
    let device = device();
    let x = upload(&device, 0, &[1.0; 8]);
    for id in 1..5000 {
        device.run(call(0, &[x], &[BufferId(id)])).expect("run");
        if id > 1 {
            device.drop_buffer(BufferId(id - 1));
        }
    }
    device.upload(BufferId(6000), DType::Float32, &bytes(&[1.0; 8])).expect("upload");
    let error = read(&device, BufferId(4999)).expect_err("nobody knows what it was to be");
    let DeviceError::Failed(text) = error else { panic!("{error:?}") };
    assert!(text.contains("map_broken"), "{text}");
    device.run(call(0, &[BufferId(6000)], &[BufferId(6001)])).expect("run");
    assert_eq!(read(&device, BufferId(6001)).expect("read"), [2.0; 8]);
}
