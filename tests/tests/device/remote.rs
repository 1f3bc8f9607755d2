//! A device elsewhere: what it computes, counts and refuses is what its device does, and nothing that a client sends harms the host.

use interfuse::{DeviceHandle, Tensor, block_on, compile, fori, use_device};
use interfuse_compiler::Request;
use interfuse_compiler::dtype::DType;
use interfuse_compiler::target::Target;
use interfuse_compiler::text::parse;
use interfuse_runtime::cpu::CpuDevice;
use interfuse_runtime::device::{BufferId, Call, Device, DeviceError, ProgramId};
use interfuse_runtime::remote::{End, Rates};
use interfuse_tests::random::{Options, Prng, sample, seeds};
use interfuse_tests::remote::{FAST, Looped, Messages, Served};
use interfuse_tests::run::{run, wait};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Waker};

fn cpu() -> Rc<CpuDevice> {
    Rc::new(CpuDevice::new("test"))
}

/// Runs random graphs on a device and on another of its kind behind messages.
fn compare(local: &dyn Device, remote: &dyn Device, dtypes: &[DType], count: u64) {
    let options = Options { dtypes: dtypes.to_vec(), constants: false, ..Options::tame() };
    for seed in seeds(count) {
        let sample = sample(seed, &options);
        for fuse in [true, false] {
            let mut target = remote.target().clone();
            assert_eq!(target, *local.target());
            target.tuning.fuse = fuse;
            let here = run(local, &target, &sample.graph, &sample.inputs, &[]);
            let there = run(remote, &target, &sample.graph, &sample.inputs, &[]);
            let same = here.outputs.iter().zip(&there.outputs).all(|(a, b)| a.same(b));
            assert!(same, "seed {seed}, fuse {fuse}: other bits\n{}", sample.graph);
            let counted = |ran: &interfuse_tests::run::Ran| {
                let c = ran.counted;
                (c.dispatches, c.bytes_allocated, c.call_peak_bytes, c.bytes_uploaded, c.bytes_read)
            };
            assert_eq!(counted(&here), counted(&there), "seed {seed}, fuse {fuse}\n{}", sample.graph);
            let memory = |device: &dyn Device| (device.memory().buffers, device.memory().bytes_in_use);
            assert_eq!(memory(local), memory(remote), "seed {seed}");
        }
    }
    wait(remote.synchronize()).expect("done");
    let made = |device: &dyn Device| (device.counters().submits, device.memory().bytes_pooled);
    assert_eq!(made(local), made(remote), "submits and pooled bytes");
}

#[test]
fn random_graphs_are_alike_here_and_elsewhere_on_the_cpu() {
    compare(&*cpu(), &Looped::around(cpu()), &DType::ALL, 400);
}

#[cfg(feature = "gpu")]
#[test]
fn random_graphs_are_alike_here_and_elsewhere_on_the_gpu() {
    let open = || Rc::new(interfuse_tests::gpu::open());
    let dtypes = [DType::Bool, DType::Int32, DType::UInt32, DType::Float32];
    let (local, remote) = (open(), Looped::around(open()));
    let options = Options { dtypes: dtypes.to_vec(), constants: false, ..Options::tame() };
    for seed in seeds(60) {
        let sample = sample(seed, &options);
        let here = run(&*local, local.target(), &sample.graph, &sample.inputs, &[]);
        let there = run(&remote, remote.target(), &sample.graph, &sample.inputs, &[]);
        let same = here.outputs.iter().zip(&there.outputs).all(|(a, b)| a.same(b));
        assert!(same, "seed {seed}: other bits\n{}", sample.graph);
        assert_eq!(here.counted.dispatches, there.counted.dispatches, "seed {seed}");
    }
}

/// Loads a listing and runs it on float32 inputs of so many elements; gives the id of its result.
fn run_text(device: &dyn Device, listing: &str, inputs: &[usize], first: u64) -> Result<BufferId, DeviceError> {
    let graph = parse(listing).expect("a listing");
    let target = device.target().clone();
    let request = Request::new(&graph, &target);
    let plan = Arc::new(interfuse_compiler::compile(&request, &mut ()).expect("compiles").plan);
    let upload = |(at, elements): (usize, &usize)| {
        let id = BufferId(first + at as u64);
        device.upload(id, DType::Float32, &vec![0; elements * 4]).map(|()| id)
    };
    let inputs = inputs.iter().enumerate().map(upload).collect::<Result<Vec<_>, _>>()?;
    let (program, output) = (ProgramId(first), BufferId(first + 100));
    device.origin(program, &request);
    device.load(program, plan)?;
    device.run(Call { program, inputs, constants: Vec::new(), outputs: vec![output], symbols: Vec::new() })?;
    Ok(output)
}

const DOUBLED: &str = "%0: float32[1024] = input 0\n%1 = add %0 %0\nreturn %1\n";

#[test]
fn what_is_too_much_is_an_error_of_the_reads_that_depend_on_it() {
    // 20 kB at most.
    let device = Looped::with(cpu(), 20_000, Some(FAST), None);
    let fine = run_text(&device, DOUBLED, &[1024], 1).expect("sent");
    wait(device.read(fine)).expect("8 kB");
    let large = run_text(&device, &DOUBLED.replace("1024", "4096"), &[4096], 1000).expect("sent");
    let error = wait(device.read(large)).expect_err("32 kB");
    assert_eq!(error.to_string(), "16384 more bytes with 8192 in use are over the cap of 20000 bytes");
    wait(device.read(fine)).expect("still there");

    // A kernel that takes more than a second.
    let slow = Rates { bytes: 1.0, flops: 1.0 };
    let device = Looped::with(cpu(), 1 << 20, Some(slow), None);
    let output = run_text(&device, DOUBLED, &[1024], 1).expect("sent");
    let DeviceError::Limit(text) = wait(device.read(output)).expect_err("8 s") else { panic!("another error") };
    assert!(text.contains("kernel map_add would take about 8192 ms; one kernel may take 1000 ms here"), "{text}");
    assert!(text.contains("smaller sizes"), "{text}");
}

#[test]
fn a_device_is_tried_for_some_milliseconds() {
    let started = std::time::Instant::now();
    let device = Looped::with(cpu(), 1 << 30, None, None);
    let took = started.elapsed();
    assert!(took.as_millis() < 1000, "{took:?}");
    let memory = device.memory();
    assert_eq!((memory.buffers, memory.bytes_in_use, memory.bytes_pooled), (0, 0, 0));
    let output = run_text(&device, DOUBLED, &[1024], 1).expect("sent");
    wait(device.read(output)).expect("fast enough");
}

#[test]
fn kernels_alone_and_graphs_that_are_too_large_are_refused_at_once() {
    let device = Looped::around(cpu());
    let graph = parse(DOUBLED).expect("a listing");
    let plan = interfuse_compiler::compile(&Request::new(&graph, &Target::cpu()), &mut ()).expect("compiles").plan;
    let error = device.load(ProgramId(1), plan.into()).expect_err("no graph");
    assert!(error.to_string().contains("takes graphs"), "{error}");
    let mut long = String::from("%0: float32[4] = input 0\n");
    (0..20_001).for_each(|at| long += &format!("%{} = neg %{at}\n", at + 1));
    long += "return %20001\n";
    let error = run_text(&device, &long, &[4], 10).expect_err("too many nodes");
    assert_eq!(error.to_string(), "the graph has 20002 nodes; this device takes 20000");
}

/// What a client sends in a session of the library: eager ops, a compiled function, a loop, reads.
fn session() -> Vec<Vec<u8>> {
    let record = Messages::default();
    let device = Looped::with(cpu(), 1 << 30, Some(FAST), Some(record.clone()));
    use_device(&DeviceHandle::new(Rc::new(device)));
    let x = Tensor::from_slice(&[1f32, 2.0, 3.0, 4.0], &[2, 2]).expect("a tensor");
    let y = (&x * 2.0 + 1.0).matmul(&x);
    y.to_vec::<f32>().expect("numbers");
    let f = compile(|x: &Tensor| x.exp().sum(None, false) * x);
    f.call(&x).expect("runs").to_vec::<f32>().expect("numbers");
    f.call(&y).expect("runs").to_vec::<f32>().expect("numbers");
    let g = compile(|x: &Tensor| fori(5, |_, x: Tensor| &x * 1.5, x.clone()).expect("a loop"));
    g.call(&x).expect("runs").to_vec::<f32>().expect("numbers");
    block_on(async { drop(x.read()) });
    record.borrow().iter().cloned().collect()
}

#[test]
fn no_message_harms_the_host() {
    const MAX_BYTES: u64 = 1 << 16;
    let recorded = session();
    assert!(recorded.len() >= 4, "{} messages", recorded.len());
    let mut context = Context::from_waker(Waker::noop());
    let (mut violations, mut fine) = (0, 0);
    let texts =
        [&b"float32"[..], b"return", b"%1", b"1024", b"4294967296", b"-1", b"s0", b"input", b"mul", b"axes=[0]"];
    for seed in seeds(20_000) {
        let mut random = Prng::new(seed);
        let device = cpu();
        let served = Served::new(device.clone(), MAX_BYTES, Some(FAST));
        for message in &recorded {
            let mut message = message.clone();
            // Most messages are as they were, so that there is something to spoil.
            for _ in 0..if random.once_in(2) { random.below(4) } else { 0 } {
                let at = random.below(message.len() + 1);
                match random.below(6) {
                    0 if at < message.len() => message[at] ^= 1 << random.below(8),
                    1 if at < message.len() => message[at] = random.pick(&[0, 1, 2, 7, 0x7f, 0x80, 0xff]),
                    2 => message.truncate(at),
                    3 => {
                        let more = random.pick(&texts);
                        message.splice(at..at, more.iter().copied());
                    }
                    4 => {
                        let to = (at + random.below(16)).min(message.len());
                        message.drain(at..to);
                    }
                    // A number in the listing becomes another: its length stays.
                    _ => {
                        if let Some(digit) = message[at..].iter().position(u8::is_ascii_digit) {
                            message[at + digit] = b'0' + random.below(10) as u8;
                        }
                    }
                }
            }
            let _ = served.host.receive(&message);
            served.work(&mut context);
            let memory = device.memory();
            assert!(memory.bytes_in_use <= MAX_BYTES, "seed {seed}: {} bytes", memory.bytes_in_use);
        }
        match served.work(&mut context) {
            Some(End::Violation(_)) => violations += 1,
            None => fine += 1,
            other => panic!("seed {seed}: {other:?}"),
        }
        served.host.close();
        served.work(&mut context);
        assert_eq!(device.memory().bytes_in_use, 0, "seed {seed}: everything is given back");
    }
    assert!(violations > 0 && fine > 0, "{violations} ended, {fine} went on");
}
