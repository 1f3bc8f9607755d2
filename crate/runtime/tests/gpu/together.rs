//! Calls that share passes and submits see the same order as calls that are submitted one by one.

use crate::plans::{With, call, open_with, read, single, upload};
use interfuse_compiler::dim::{Dim, Symbol};
use interfuse_compiler::ops::Op;
use interfuse_runtime::device::{BufferId, Call, Device, ProgramId};
use interfuse_runtime::gpu::{Checks, GpuDevice, Options};
use pollster::block_on;

fn together(dispatches: u32, pool_bytes: u64) -> GpuDevice {
    open_with(Options { checks: Checks::Full, dispatches_together: dispatches, pool_bytes, ..Options::default() })
}

#[test]
fn submits_grow_from_one_call_to_many() {
    let device = together(8, 1 << 20);
    device.load(ProgramId(0), single(64, 1, &[With::Literal(Op::Add, 1.0)])).expect("load");
    let x = upload(&device, 0, &[1.0; 64]);
    // The first call of a program is checked by itself.
    device.run(call(0, &[x], &[BufferId(1)])).expect("run");
    let mut seen = Vec::new();
    let start = device.counters();
    for id in 2..=40 {
        device.run(call(0, &[BufferId(id - 1)], &[BufferId(id)])).expect("run");
        seen.push(device.counters().submits - start.submits);
        assert_eq!(device.counters().dispatches - start.dispatches, seen.len() as u64);
    }
    // After 1, 2, 4, 8 and then every 8 dispatches.
    let sent_after: Vec<usize> =
        (0..seen.len()).filter(|at| *at == 0 || seen[*at] > seen[at - 1]).map(|at| at + 1).collect();
    assert_eq!(sent_after, [1, 3, 7, 15, 23, 31, 39]);
    assert_eq!(read(&device, BufferId(40)).expect("read"), [41.0; 64]);
}

#[test]
fn a_large_dispatch_waits_for_no_other() {
    let device = together(64, 64 << 20);
    let n = 1 << 22;
    device.load(ProgramId(0), single(n, 1, &[With::Literal(Op::Add, 1.0)])).expect("load");
    let x = upload(&device, 0, &vec![1.0; n]);
    device.run(call(0, &[x], &[BufferId(1)])).expect("run");
    for id in 2..5 {
        let before = device.counters().submits;
        device.run(call(0, &[x], &[BufferId(id)])).expect("run");
        assert_eq!(device.counters().submits - before, 1, "call {id}");
    }
}

#[test]
fn what_waits_is_sent_before_a_read_and_before_waiting() {
    let device = together(64, 1 << 20);
    device.load(ProgramId(0), single(64, 1, &[With::Literal(Op::Mul, 2.0)])).expect("load");
    let x = upload(&device, 0, &[3.0; 64]);
    for id in 1..4 {
        device.run(call(0, &[x], &[BufferId(id)])).expect("run");
    }
    let before = device.counters().submits;
    block_on(device.synchronize()).expect("synchronize");
    assert_eq!(device.counters().submits - before, 1);
    assert_eq!(read(&device, BufferId(3)).expect("read"), [6.0; 64]);
}

/// A call of program 0 that waits to be sent; it reads buffer 0 and writes the id that is given.
fn one_waiting(device: &GpuDevice) -> BufferId {
    device.load(ProgramId(0), single(64, 1, &[With::Literal(Op::Mul, 2.0)])).expect("load");
    let x = upload(device, 0, &[3.0; 64]);
    for id in 1..3 {
        device.run(call(0, &[x], &[BufferId(id)])).expect("run");
    }
    let before = device.counters();
    device.run(call(0, &[x], &[BufferId(3)])).expect("run");
    assert_eq!(device.counters().submits, before.submits, "the call waits");
    BufferId(3)
}

#[test]
fn buffers_end_after_the_calls_that_wait() {
    let device = together(64, 1 << 20);
    let result = one_waiting(&device);
    device.drop_buffer(BufferId(0));
    device.trim();
    assert_eq!(read(&device, result).expect("read"), [6.0; 64]);
    // And so when the pool is full.
    let device = together(64, 0);
    let result = one_waiting(&device);
    device.drop_buffer(BufferId(0));
    assert_eq!(read(&device, result).expect("read"), [6.0; 64]);
}

#[test]
fn memory_is_written_again_after_the_calls_that_wait() {
    let device = together(64, 1 << 20);
    let result = one_waiting(&device);
    // The literals of the next program go where those of the first were, its argument where the first argument was.
    device.drop_program(ProgramId(0));
    let created = device.counters().buffers_created;
    device.load(ProgramId(1), single(64, 1, &[With::Literal(Op::Mul, 5.0)])).expect("load");
    assert_eq!(device.counters().buffers_created, created);
    assert_eq!(read(&device, result).expect("read"), [6.0; 64]);
    let device = together(64, 1 << 20);
    let result = one_waiting(&device);
    device.drop_buffer(BufferId(0));
    let created = device.counters().buffers_created;
    upload(&device, 4, &[9.0; 64]);
    assert_eq!(device.counters().buffers_created, created);
    assert_eq!(read(&device, result).expect("read"), [6.0; 64]);
}

/// The same for every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        // Knuth's 64-bit linear congruential generator; the high bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }
}

/// Uploads, calls of three programs (one of them for any size), releases, reads, trims and reloads in random order, beside plain vectors.
fn random_session(dispatches: u32, seed: u64) -> u64 {
    // A small pool destroys buffers all the time.
    let device = together(dispatches, 2048);
    let mut dice = Dice(seed);
    let plans = || {
        [
            single(64, 2, &[With::Input(Op::Add, 1)]),
            single(64, 1, &[With::Literal(Op::Mul, 0.5)]),
            single(Dim::symbol(Symbol(0)), 1, &[With::Literal(Op::Add, 3.0)]),
        ]
    };
    let mut programs: Vec<u64> = vec![0, 1, 2];
    for (id, plan) in plans().into_iter().enumerate() {
        device.load(ProgramId(id as u64), plan).expect("load");
    }
    let mut live: Vec<(BufferId, Vec<f32>)> = Vec::new();
    let (mut next, mut reads) = (100u64, 0);
    for _ in 0..400 {
        next += 1;
        let long: Vec<usize> = (0..live.len()).filter(|at| live[*at].1.len() == 64).collect();
        match dice.below(20) {
            0..4 => {
                let n = [64, 64, 64, 7, 300][dice.below(5)];
                let values: Vec<f32> = (0..n).map(|_| dice.below(1000) as f32).collect();
                live.push((upload(&device, next, &values), values));
            }
            4..9 if !long.is_empty() => {
                let (a, b) = (long[dice.below(long.len())], long[dice.below(long.len())]);
                device.run(call(programs[0], &[live[a].0, live[b].0], &[BufferId(next)])).expect("run");
                let sum = live[a].1.iter().zip(&live[b].1).map(|(a, b)| a + b).collect();
                live.push((BufferId(next), sum));
            }
            9..12 if !long.is_empty() => {
                let a = long[dice.below(long.len())];
                device.run(call(programs[1], &[live[a].0], &[BufferId(next)])).expect("run");
                live.push((BufferId(next), live[a].1.iter().map(|a| a * 0.5).collect()));
            }
            12..15 if !live.is_empty() => {
                let a = dice.below(live.len());
                let symbols = vec![live[a].1.len() as i64];
                device.run(Call { symbols, ..call(programs[2], &[live[a].0], &[BufferId(next)]) }).expect("run");
                live.push((BufferId(next), live[a].1.iter().map(|a| a + 3.0).collect()));
            }
            15..17 if live.len() > 3 => {
                for _ in 0..2 {
                    let (id, _) = live.swap_remove(dice.below(live.len()));
                    device.drop_buffer(id);
                }
            }
            17 => {
                let at = dice.below(3);
                device.drop_program(ProgramId(programs[at]));
                programs[at] = next;
                device.load(ProgramId(next), plans()[at].clone()).expect("load");
            }
            18 if dice.below(4) == 0 => device.trim(),
            19 if !live.is_empty() => {
                let (id, values) = &live[dice.below(live.len())];
                assert_eq!(&read(&device, *id).expect("read"), values, "seed {seed}, {dispatches} together");
                reads += 1;
            }
            _ => {}
        }
    }
    for (id, values) in &live {
        assert_eq!(&read(&device, *id).expect("read"), values, "seed {seed}, {dispatches} together, at the end");
    }
    assert!(reads > 5 && live.len() > 5, "{reads} reads, {} buffers", live.len());
    let counters = device.counters();
    assert!(counters.dispatches > 100, "{counters:?}");
    counters.submits
}

#[test]
fn any_order_of_work_gives_what_it_gives_one_by_one() {
    for seed in 0..6 {
        let submits = [1, 4, 64].map(|dispatches| random_session(dispatches, seed));
        assert!(submits[0] > submits[1] && submits[1] >= submits[2], "seed {seed}: {submits:?}");
    }
}
