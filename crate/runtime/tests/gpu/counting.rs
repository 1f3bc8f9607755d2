//! What a call costs, counted: submits, buffers, pipelines, bind groups.

use crate::plans::{With, call, map, open, plan, read, single, upload};
use interfuse_compiler::dim::Dim;
use interfuse_compiler::ops::Op;
use interfuse_compiler::plan::Storage;
use interfuse_runtime::device::{BufferId, Device, ProgramId};
use pollster::block_on;

/// y = ((x + 1) * x), two dispatches and a temporary.
fn two_steps(n: usize) -> std::sync::Arc<interfuse_compiler::plan::Plan> {
    let n = Dim::from(n);
    let first = map("map_add", n.clone(), 1, &[With::Literal(Op::Add, 1.0)]);
    let second = map("map_mul", n.clone(), 2, &[With::Input(Op::Mul, 1)]);
    let storage = [Storage::Input(0), Storage::Temporary(0), Storage::Output];
    plan(&n, &storage, vec![(first, vec![0, 1]), (second, vec![1, 0, 2])])
}

#[test]
fn a_cached_call_is_at_most_one_submit_and_creates_nothing() {
    let device = open();
    device.load(ProgramId(0), two_steps(1000)).expect("load");
    let x = upload(&device, 0, &[2.0; 1000]);
    for id in 1..4 {
        device.run(call(0, &[x], &[BufferId(id)])).expect("run");
        device.drop_buffer(BufferId(id));
    }
    let before = device.counters();
    for id in 4..104 {
        device.run(call(0, &[x], &[BufferId(id)])).expect("run");
        if id < 103 {
            device.drop_buffer(BufferId(id));
        }
    }
    let after = device.counters();
    assert!(after.submits - before.submits <= 8, "{after:?}");
    assert_eq!(after.dispatches - before.dispatches, 200);
    assert_eq!(after.buffers_created, before.buffers_created);
    assert_eq!(after.pipelines_created, before.pipelines_created);
    assert_eq!(after.bind_groups_created, before.bind_groups_created);
    assert_eq!(after.bytes_allocated - before.bytes_allocated, 100 * 8000);
    assert_eq!(read(&device, BufferId(103)).expect("read"), [6.0; 1000]);
}

#[test]
fn programs_share_pipelines_of_equal_text() {
    let device = open();
    device.load(ProgramId(0), two_steps(1000)).expect("load");
    let first = device.counters().pipelines_created;
    device.load(ProgramId(1), two_steps(1000)).expect("load");
    assert_eq!((first, device.counters().pipelines_created), (2, 2));
    let pipelines = device.caches().pipelines;
    assert_eq!((pipelines.hits, pipelines.misses, pipelines.entries), (2, 2, 2));
}

#[test]
fn known_kernels_are_not_lowered_again() {
    let device = open();
    let chain = |n: usize, added: f32| {
        let add = map("map_add", Dim::from(n), 1, &[With::Literal(Op::Add, added)]);
        let storage = [Storage::Input(0), Storage::Temporary(0), Storage::Output];
        plan(&Dim::from(n), &storage, vec![(add.clone(), vec![0, 1]), (add, vec![1, 2])])
    };
    let counted = |program: u64, plan| {
        device.load(ProgramId(program), plan).expect("load");
        let caches = device.caches();
        (caches.shaders.hits, caches.shaders.misses, caches.pipelines.entries)
    };
    // Both steps run one kernel; programs may differ in a literal.
    assert_eq!(counted(0, chain(1000, 1.0)), (1, 1, 1));
    assert_eq!(counted(1, chain(1000, 1.0)), (3, 1, 1));
    assert_eq!(counted(2, chain(1000, 0.25)), (5, 1, 1));
    // Another size is another kernel, of the same text.
    assert_eq!(counted(3, chain(2000, 1.0)), (6, 2, 1));
    for (program, n, want) in [(0, 1000, 4.0), (2, 1000, 2.5), (3, 2000, 4.0)] {
        let x = upload(&device, 10 * program, &vec![2.0; n]);
        let y = BufferId(10 * program + 1);
        device.run(call(program, &[x], &[y])).expect("run");
        assert_eq!(read(&device, y).expect("read"), vec![want; n]);
    }
}

#[test]
fn reads_of_one_turn_are_one_submit() {
    let device = open();
    let ids: Vec<BufferId> = (0..100).map(|i| upload(&device, i, &vec![i as f32; 10 + i as usize])).collect();
    let before = device.counters();
    let promised: Vec<_> = ids.iter().map(|id| device.read(*id)).collect();
    // Answered in any order.
    for (i, promised) in promised.into_iter().enumerate().rev() {
        let want = crate::plans::bytes(&vec![i as f32; 10 + i]);
        assert_eq!(block_on(promised).expect("read"), want);
    }
    let after = device.counters();
    assert_eq!((after.submits - before.submits, after.buffers_created - before.buffers_created), (1, 1));
    assert_eq!(after.bytes_read - before.bytes_read, (0..100).map(|i| (10 + i) * 4).sum::<u64>());
    // The staging buffer is used again.
    let again = device.counters().buffers_created;
    let promised: Vec<_> = ids.iter().map(|id| device.read(*id)).collect();
    for promised in promised {
        block_on(promised).expect("read");
    }
    assert_eq!(device.counters().buffers_created, again);
}

#[test]
fn memory_is_counted_and_given_back() {
    let device = open();
    assert_eq!(device.memory().bytes_in_use, 0);
    device.load(ProgramId(0), single(10_000, 1, &[With::Literal(Op::Add, 1.0)])).expect("load");
    let x = upload(&device, 0, &[0.0; 10_000]);
    device.run(call(0, &[x], &[BufferId(1)])).expect("run");
    let busy = device.memory();
    assert_eq!((busy.buffers, busy.bytes_in_use), (2, 80_000));
    device.drop_buffer(x);
    device.drop_buffer(BufferId(1));
    device.drop_program(ProgramId(0));
    let idle = device.memory();
    assert_eq!((idle.buffers, idle.bytes_in_use), (0, 0));
    assert!(idle.bytes_pooled >= 80_000, "{idle:?}");
    assert!(idle.peak_bytes >= 80_000);
    device.trim();
    assert_eq!(device.memory().bytes_pooled, 0);
    // And everything still works.
    device.load(ProgramId(1), single(10_000, 1, &[With::Literal(Op::Add, 1.0)])).expect("load");
    let x = upload(&device, 2, &[4.0; 10_000]);
    device.run(call(1, &[x], &[BufferId(3)])).expect("run");
    assert_eq!(read(&device, BufferId(3)).expect("read"), [5.0; 10_000]);
}

#[test]
fn ten_thousand_calls_stay_under_a_cap() {
    let device = open();
    device.load(ProgramId(0), two_steps(1000)).expect("load");
    let mut x = upload(&device, 0, &[0.0; 1000]);
    for i in 0..10_000u64 {
        let out = BufferId(i + 1);
        device.run(call(0, &[x], &[out])).expect("run");
        device.drop_buffer(x);
        x = out;
        if i % 1000 == 999 {
            block_on(device.read(x)).expect("read");
        }
    }
    assert!(device.memory().peak_bytes < 100_000, "{:?}", device.memory());
    assert!(device.counters().buffers_created < 10, "{:?}", device.counters());
    assert_eq!(device.counters().dispatches, 20_000);
    let groups = device.caches().bind_groups;
    assert!(groups.misses < 32, "{groups:?}");
}

#[test]
fn a_profiled_call_tells_the_time_of_every_kernel() {
    let device = open();
    device.load(ProgramId(0), two_steps(1 << 20)).expect("load");
    let x = upload(&device, 0, &vec![2.0; 1 << 20]);
    let times = block_on(device.profile(call(0, &[x], &[BufferId(1)])));
    if !device.has_timestamps() {
        assert!(times.expect_err("no timestamps").to_string().contains("timestamp"));
        return;
    }
    let times = times.expect("profile");
    assert_eq!(times.iter().map(|t| t.kernel.as_str()).collect::<Vec<_>>(), ["map_add", "map_mul"]);
    assert!(times.iter().all(|t| t.ns > 0.0 && t.ns < 60e9), "{times:?}");
    assert_eq!(read(&device, BufferId(1)).expect("read"), vec![6.0; 1 << 20]);
}
