//! What comes out is what a plain loop computes.

use crate::plans::{With, bytes, call, map, open, plan, read, single, upload};
use interfuse_compiler::dim::{Dim, Symbol};
use interfuse_compiler::dtype::DType;
use interfuse_compiler::lower::{Coverage, lower};
use interfuse_compiler::ops::Op;
use interfuse_compiler::plan::Storage;
use interfuse_runtime::device::{BufferId, Call, Device, ProgramId};
use pollster::block_on;

fn ramp(n: usize) -> Vec<f32> {
    (0..n).map(|i| (i % 1021) as f32 - 300.0).collect()
}

#[test]
fn a_kernel_computes_what_a_loop_computes_at_every_size() {
    let device = open();
    for (at, n) in [0, 1, 2, 3, 5, 63, 64, 65, 255, 256, 257, 1000, 65_537].into_iter().enumerate() {
        let at = at as u64;
        let steps = [With::Literal(Op::Mul, 3.25), With::Input(Op::Add, 1)];
        device.load(ProgramId(at), single(n, 2, &steps)).expect("load");
        let (x, y) = (ramp(n), ramp(n).into_iter().rev().collect::<Vec<_>>());
        let inputs = [upload(&device, at * 8, &x), upload(&device, at * 8 + 1, &y)];
        let out = BufferId(at * 8 + 2);
        device.run(call(at, &inputs, &[out])).expect("run");
        let want: Vec<f32> = x.iter().zip(&y).map(|(x, y)| x * 3.25 + y).collect();
        assert_eq!(read(&device, out).expect("read"), want, "{n} elements");
    }
    assert_eq!(device.counters().dispatches, 13);
}

#[test]
fn any_number_of_elements_dispatches() {
    let device = open();
    let steps = [With::Literal(Op::Add, 1.0)];
    let kernel = map("probe", Dim::from(1 << 20), 1, &steps);
    let Coverage::Points { per_workgroup, .. } = lower(&kernel, device.target()).coverage else {
        panic!("a map kernel covers points")
    };
    let edge = device.target().limits.workgroups_per_dimension as usize * per_workgroup as usize;
    let sizes = [edge - per_workgroup as usize, edge, edge + 1, (1 << 24) + 1];
    for (at, n) in sizes.into_iter().enumerate() {
        let at = at as u64;
        device.load(ProgramId(at), single(n, 1, &steps)).expect("load");
        let x = upload(&device, at * 2, &ramp(n));
        let out = BufferId(at * 2 + 1);
        device.run(call(at, &[x], &[out])).expect("run");
        let got = read(&device, out).expect("read");
        assert_eq!(got.len(), n);
        if let Some(wrong) = ramp(n).iter().zip(&got).position(|(x, got)| x + 1.0 != *got) {
            panic!("{n} elements: wrong from {wrong}");
        }
        device.drop_buffer(x);
        device.drop_buffer(out);
        device.trim();
    }
}

#[test]
fn one_buffer_may_be_two_arguments() {
    let device = open();
    device.load(ProgramId(0), single(1000, 2, &[With::Input(Op::Mul, 1)])).expect("load");
    let x = upload(&device, 0, &ramp(1000));
    device.run(call(0, &[x, x], &[BufferId(1)])).expect("run");
    let want: Vec<f32> = ramp(1000).iter().map(|x| x * x).collect();
    assert_eq!(read(&device, BufferId(1)).expect("read"), want);
}

#[test]
fn temporaries_share_slots_and_several_outputs_come_out() {
    let device = open();
    let n = Dim::from(513);
    let add = |value| map("map_add", n.clone(), 1, &[With::Literal(Op::Add, value)]);
    // t = x + 1; y = t * x; t' = x + 10 in t's memory; z = t' * y.
    let times = || map("map_mul", n.clone(), 2, &[With::Input(Op::Mul, 1)]);
    let storage = [Storage::Input(0), Storage::Temporary(0), Storage::Output, Storage::Temporary(0), Storage::Output];
    let steps =
        vec![(add(1.0), vec![0, 1]), (times(), vec![1, 0, 2]), (add(10.0), vec![0, 3]), (times(), vec![3, 2, 4])];
    device.load(ProgramId(0), plan(&n, &storage, steps)).expect("load");
    let x = upload(&device, 0, &ramp(513));
    device.run(call(0, &[x], &[BufferId(1), BufferId(2)])).expect("run");
    let y: Vec<f32> = ramp(513).iter().map(|x| (x + 1.0) * x).collect();
    let z: Vec<f32> = ramp(513).iter().zip(&y).map(|(x, y)| (x + 10.0) * y).collect();
    let (got_y, got_z) = (device.read(BufferId(1)), device.read(BufferId(2)));
    assert_eq!(block_on(got_y).expect("read"), bytes(&y));
    assert_eq!(block_on(got_z).expect("read"), bytes(&z));
    // The two adds differ in a literal only, and the two products in nothing.
    assert_eq!(device.counters().pipelines_created, 2);
    assert_eq!(device.counters().bytes_allocated, 513 * 4 * 3, "two outputs and a slot");
}

#[test]
fn one_program_serves_all_sizes() {
    let device = open();
    let n = Dim::symbol(Symbol(0));
    device.load(ProgramId(0), single(n, 1, &[With::Literal(Op::Mul, 2.0)])).expect("load");
    let pipelines = device.counters().pipelines_created;
    for (at, n) in [7usize, 0, 1, 1000, 7, 70_000].into_iter().enumerate() {
        let at = at as u64 * 2;
        let x = upload(&device, at, &ramp(n));
        let symbols = vec![n as i64];
        device.run(Call { symbols, ..call(0, &[x], &[BufferId(at + 1)]) }).expect("run");
        let want: Vec<f32> = ramp(n).iter().map(|x| x * 2.0).collect();
        assert_eq!(read(&device, BufferId(at + 1)).expect("read"), want, "{n} elements");
    }
    assert_eq!((pipelines, device.counters().pipelines_created), (1, 1));
}

#[test]
fn results_of_many_calls_stay_distinct() {
    let device = open();
    device.load(ProgramId(0), single(100, 2, &[With::Input(Op::Add, 1)])).expect("load");
    let step = upload(&device, 0, &[1.0; 100]);
    let mut last = upload(&device, 1, &ramp(100));
    let mut all = vec![];
    for k in 0..20 {
        let out = BufferId(10 + k);
        device.run(call(0, &[last, step], &[out])).expect("run");
        all.push(out);
        last = out;
    }
    let reads: Vec<_> = all.iter().map(|id| device.read(*id)).collect();
    for (k, promised) in reads.into_iter().enumerate() {
        let want: Vec<f32> = ramp(100).iter().map(|x| x + k as f32 + 1.0).collect();
        assert_eq!(block_on(promised).expect("read"), bytes(&want), "call {k}");
    }
}

#[test]
fn a_read_keeps_what_was_there_when_it_was_asked_for() {
    let device = open();
    device.load(ProgramId(0), single(64, 1, &[With::Literal(Op::Add, 1.0)])).expect("load");
    let x = upload(&device, 0, &ramp(64));
    device.run(call(0, &[x], &[BufferId(1)])).expect("run");
    let promised = device.read(BufferId(1));
    device.drop_buffer(BufferId(1));
    // The released memory is taken and written by this call.
    let created = device.counters().buffers_created;
    let y = upload(&device, 2, &[7.0; 64]);
    device.run(call(0, &[y], &[BufferId(3)])).expect("run");
    assert!(device.counters().buffers_created <= created + 1, "the released buffer is reused");
    assert_eq!(block_on(promised).expect("read"), bytes(&ramp(64).iter().map(|x| x + 1.0).collect::<Vec<_>>()));
    assert_eq!(read(&device, BufferId(3)).expect("read"), [8.0; 64]);
}

#[test]
fn bytes_of_any_length_come_back() {
    let device = open();
    for (id, count) in [0usize, 1, 2, 3, 7, 9, 4097].into_iter().enumerate() {
        let halves: Vec<u8> = (0..count * 2).map(|i| (i * 37 % 251) as u8).collect();
        device.upload(BufferId(id as u64), DType::Float16, &halves).expect("upload");
        assert_eq!(block_on(device.read(BufferId(id as u64))).expect("read"), halves, "{count} halves");
    }
}

#[test]
fn a_program_with_more_literals_takes_the_uniform_block_of_one_that_is_gone() {
    let device = open();
    let n = Dim::from(64);
    let storage = [Storage::Input(0), Storage::Temporary(0), Storage::Output];
    let program = |adds: usize| {
        let first = map("map_first", n.clone(), 1, &vec![With::Literal(Op::Add, 1.0); adds]);
        let second = map("map_second", n.clone(), 1, &[With::Literal(Op::Mul, 2.0)]);
        plan(&n, &storage, vec![(first, vec![0, 1]), (second, vec![1, 2])])
    };
    let x = upload(&device, 0, &[1.0; 64]);
    for (id, adds) in [(1, 1), (2, 6), (3, 2)] {
        let created = device.counters().buffers_created;
        device.load(ProgramId(id), program(adds)).expect("load");
        assert!(id == 1 || device.counters().buffers_created == created, "the block is taken again");
        device.run(call(id, &[x], &[BufferId(id)])).expect("run");
        assert_eq!(read(&device, BufferId(id)).expect("read"), [(1 + adds) as f32 * 2.0; 64]);
        // The result stays: so the temporary lies where it lay before.
        device.drop_program(ProgramId(id));
    }
}
