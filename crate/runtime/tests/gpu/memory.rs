//! A device without memory: what is only kept is given back, then the call is an error of its own kind.

use crate::plans::{With, call, open_with, read, single, upload};
use interfuse_compiler::dtype::DType;
use interfuse_compiler::ops::Op;
use interfuse_runtime::device::{BufferId, Device, DeviceError, ProgramId};
use interfuse_runtime::gpu::Options;

#[test]
fn what_is_kept_is_given_back_before_memory_runs_out() {
    let device = open_with(Options { memory_bytes: Some(1 << 20), ..Options::default() });
    let doubled = |n: usize| single(n, 1, &[With::Literal(Op::Mul, 2.0)]);
    device.load(ProgramId(0), doubled(100_000)).expect("load");
    device.load(ProgramId(1), doubled(60_000)).expect("load");
    let large = upload(&device, 0, &vec![1.0; 100_000]);
    device.run(call(0, &[large], &[BufferId(1)])).expect("400 kB twice");
    let error = device.run(call(0, &[BufferId(1)], &[BufferId(2)])).expect_err("and no third time");
    let DeviceError::Limit(text) = error else { panic!("{error:?}") };
    assert!(text.starts_with("the device is out of memory: 400000 bytes were asked for while 8"), "{text}");
    assert!(device.upload(BufferId(3), DType::Float32, &vec![0; 400_000]).is_err());
    // Nothing is spoilt by it, and memory that is only kept makes room for another size.
    assert_eq!(read(&device, BufferId(1)).expect("read")[99_999], 2.0);
    device.drop_buffer(large);
    device.drop_buffer(BufferId(1));
    let small = upload(&device, 4, &vec![3.0; 60_000]);
    device.run(call(1, &[small], &[BufferId(5)])).expect("after giving back what was kept");
    assert_eq!(read(&device, BufferId(5)).expect("read")[59_999], 6.0);
    assert!(device.memory().bytes_pooled < 400_000);
}
