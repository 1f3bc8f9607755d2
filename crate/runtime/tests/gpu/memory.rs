//! A device without memory: what is only kept is given back, then the call is an error of its own kind.

use crate::plans::{With, call, open_with, read, single, upload};
use interfuse_compiler::dtype::DType;
use interfuse_compiler::ops::Op;
use interfuse_runtime::device::{BufferId, Device, DeviceError, ProgramId};
use interfuse_runtime::gpu::{GpuDevice, Options};

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

/// A device of 1.2 MB that says late, as browsers do, that memory is refused; programs 0 to 2 double 100,000, 60,000 and 1,000 numbers.
fn short() -> GpuDevice {
    let limits = Options { memory_bytes: Some(1_200_000), asked_again_bytes: 100_000, ..Options::default() };
    let device = open_with(Options { answers_late: true, ..limits });
    for (program, n) in [(0, 100_000), (1, 60_000), (2, 1_000)] {
        device.load(ProgramId(program), single(n, 1, &[With::Literal(Op::Mul, 2.0)])).expect("load");
    }
    device
}

#[test]
fn memory_that_is_refused_late_is_asked_for_again_and_the_calls_run_again() {
    let device = short();
    let other = upload(&device, 20, &vec![3.0; 1_000]);
    let large = upload(&device, 0, &vec![1.0; 100_000]);
    device.run(call(0, &[large], &[BufferId(1)])).expect("run");
    assert_eq!(read(&device, BufferId(1)).expect("read")[0], 2.0);
    device.drop_buffer(large);
    device.drop_buffer(BufferId(1));
    // 800 kB are kept. Of the calls that follow the first is refused memory; all of them run twice, in the order of their making.
    let mut x = upload(&device, 2, &vec![1.0; 60_000]);
    for at in 3..9 {
        device.run(call(1, &[x], &[BufferId(at)])).expect("run");
        device.drop_buffer(x);
        x = BufferId(at);
    }
    device.run(call(2, &[other], &[BufferId(21)])).expect("run");
    assert!(read(&device, x).expect("read").iter().all(|y| *y == 64.0));
    assert!(read(&device, BufferId(21)).expect("read").iter().all(|y| *y == 6.0));
    [x, other, BufferId(21)].into_iter().for_each(|id| device.drop_buffer(id));
    device.trim();
    // Uniform blocks of the programs stay.
    assert!(device.memory().bytes_in_use == 0 && device.memory().bytes_pooled < 100, "{:?}", device.memory());
}

#[test]
fn memory_that_is_refused_twice_spoils_what_needed_it_and_nothing_else() {
    let device = short();
    let large = upload(&device, 0, &vec![1.0; 100_000]);
    device.run(call(0, &[large], &[BufferId(1)])).expect("run");
    device.run(call(0, &[BufferId(1)], &[BufferId(2)])).expect("its memory is refused later");
    device.run(call(0, &[BufferId(2)], &[BufferId(3)])).expect("run");
    let errors = [2, 3].map(|id| read(&device, BufferId(id)).expect_err("no memory"));
    for error in errors {
        let DeviceError::Limit(text) = error else { panic!("{error:?}") };
        assert_eq!(text, "a buffer of 400000 bytes: the device is out of memory");
    }
    assert_eq!(read(&device, BufferId(1)).expect("read")[99_999], 2.0);
    [large, BufferId(2), BufferId(3)].into_iter().for_each(|id| device.drop_buffer(id));
    device.run(call(0, &[BufferId(1)], &[BufferId(4)])).expect("run");
    assert_eq!(read(&device, BufferId(4)).expect("read")[99_999], 4.0);
}
