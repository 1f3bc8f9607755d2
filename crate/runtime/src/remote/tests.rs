//! Messages read back as they were written, and a host that is sent orders at random.

use super::message::{News, Order, Orders, Reader, Source, Writer};
use super::{End, Host, Rates, Setup};
use crate::cpu::CpuDevice;
use crate::device::{Counters, Device, DeviceError, Memory};
use interfuse_compiler::dtype::DType;
use interfuse_compiler::graph::Graph;
use interfuse_compiler::sharing::Place;
use interfuse_compiler::target::Target;
use interfuse_compiler::text::parse;
use interfuse_compiler::verify::{Stage, verify};
use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Splitmix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % n
    }

    fn list<T>(&mut self, most: u64, mut item: impl FnMut(&mut Random) -> T) -> Vec<T> {
        (0..self.below(most)).map(|_| item(self)).collect()
    }
}

/// Graphs with one input of two elements, with symbols, with a loop, with two inputs; and some that are none.
const TEXTS: [&str; 9] = [
    "%0: float32[2] = input 0\n%1 = neg %0\nreturn %1\n",
    "%0: float32[2] = input 0\n%1: float32[2] = input 1\n%2 = add %0 %1\n%3 = exp %2\nreturn %2 %3\n",
    "%0: float32[s0] = input 0\n%1 = neg %0\n%2: float32[] = reduceSum %1 axes=[0]\nreturn %1 %2\n",
    "%0: float32[s0] = input 0\n%1: float32[1] = slice %0 start=[s0 - 1] step=[1]\nreturn %1\n",
    "%0: float32[s0] = input 0\n%1: float32[floordiv(s0, s1),s1] = reshape %0\nreturn %1\n",
    "%0: float32[4096,4096,4096] = input 0\n%1 = neg %0\nreturn %1\n",
    "%0: float32[] = literal 1.0\n%1: float32[65536,65536] = broadcast %0 axes=[]\nreturn %1\n",
    "%0: float32[2] = input 0\nreturn %1\n",
    "",
];

/// How many inputs and outputs each has.
const NUMBERS: [[u64; 2]; 9] = [[1, 1], [2, 2], [1, 2], [1, 1], [1, 1], [1, 1], [0, 1], [1, 1], [1, 1]];

fn source(random: &mut Random) -> Source<'static> {
    let place = |random: &mut Random| {
        let place = Place { block: random.below(3) as u32, offset: random.below(3) * 256 };
        (random.below(2) == 0).then_some(place)
    };
    Source {
        text: TEXTS[random.below(TEXTS.len() as u64) as usize],
        fuse: random.below(2) == 0,
        simplify: random.below(2) == 0,
        kernel_ops: if random.below(50) == 0 { random.below(1 << 32) as u32 } else { 256 },
        results: random.below(2) == 0,
        inputs: if random.below(4) == 0 { random.list(4, place) } else { Vec::new() },
    }
}

/// What a client has made: mostly it names what is there, and makes what is not.
#[derive(Default)]
struct Made {
    buffers: Vec<u64>,
    /// With the numbers of their inputs and outputs.
    programs: Vec<(u64, [u64; 2])>,
    next: u64,
}

impl Made {
    fn of(random: &mut Random, known: &[u64]) -> u64 {
        if known.is_empty() || random.below(60) == 0 {
            return random.below(12);
        }
        known[random.below(known.len() as u64) as usize]
    }

    fn program(&self, random: &mut Random) -> (u64, [u64; 2]) {
        if self.programs.is_empty() || random.below(60) == 0 {
            return (random.below(12), [random.below(3), random.below(3)]);
        }
        self.programs[random.below(self.programs.len() as u64) as usize]
    }

    fn fresh(&mut self, random: &mut Random) -> u64 {
        if random.below(60) == 0 {
            return random.below(12);
        }
        self.next += 1;
        self.next
    }
}

/// An order about things that are mostly there.
fn order(random: &mut Random, made: &mut Made) -> Order<'static> {
    const BYTES: [u8; 16] = [0; 16];
    let ticket = random.below(1 << 40);
    let kind = if made.buffers.is_empty() {
        0
    } else if made.programs.is_empty() {
        3
    } else {
        random.below(14)
    };
    match kind {
        0..=2 => {
            let dtype = if random.below(4) == 0 { DType::ALL[random.below(5) as usize] } else { DType::Float32 };
            let elements = if random.below(20) == 0 { random.below(5) } else { 2 } as usize;
            let id = made.fresh(random);
            made.buffers.push(id);
            Order::Upload { id, dtype, bytes: &BYTES[..(elements * dtype.size_bytes()).min(16)] }
        }
        3..=5 => {
            let (program, source) = (made.fresh(random), source(random));
            let at = TEXTS.iter().position(|text| *text == source.text).expect("one of them");
            made.programs.push((program, NUMBERS[at]));
            match kind {
                5 => Order::WarmUp { ticket, program, source },
                _ => Order::Load { program, source },
            }
        }
        6 => Order::Instead { program: made.program(random).0 },
        7 | 8 => {
            let symbol =
                |random: &mut Random| [2, 2, 2, 0, 1, -1, i64::MAX, i64::MIN, 1 << 31][random.below(9) as usize];
            let (program, [inputs, outputs]) = made.program(random);
            let inputs = (0..inputs).map(|_| Made::of(random, &made.buffers)).collect();
            let outputs: Vec<u64> = (0..outputs).map(|_| made.fresh(random)).collect();
            made.buffers.extend(&outputs);
            let symbols = (0..if random.below(40) == 0 { 1 } else { 2 }).map(|_| symbol(random)).collect();
            Order::Run(Orders { program, inputs, constants: Vec::new(), outputs, symbols })
        }
        9 => Order::Read { ticket, id: Made::of(random, &made.buffers) },
        10 => Order::Synchronize { ticket },
        11 => Order::Settle { ticket },
        12 => {
            let id = Made::of(random, &made.buffers);
            made.buffers.retain(|known| *known != id);
            Order::DropBuffer { id }
        }
        _ if random.below(4) == 0 => Order::Trim,
        _ => {
            let (program, _) = made.program(random);
            made.programs.retain(|(known, _)| *known != program);
            Order::DropProgram { program }
        }
    }
}

#[test]
fn what_is_written_is_read() {
    for seed in 0..2000 {
        let mut random = Random(seed);
        let mut made = Made::default();
        let orders = random.list(20, |random| order(random, &mut made));
        let mut message = Writer::new();
        orders.iter().for_each(|order| message.order(order));
        let mut reader = Reader::new(&message.0).expect("a head");
        for order in &orders {
            assert_eq!(reader.order().as_ref(), Ok(order));
        }
        assert!(reader.is_done());
        // However it is cut, the answer is an error and nothing else.
        for end in 0..message.0.len() {
            let Ok(mut reader) = Reader::new(&message.0[..end]) else { continue };
            while !reader.is_done() && reader.order().is_ok() {}
        }
    }
    let device = CpuDevice::new("a test");
    let refused = DeviceError::Refused("f".to_string(), "why".to_string());
    let memory = Memory { buffers: 1, bytes_in_use: 2, bytes_pooled: 3, peak_bytes: 4, pipelines: 5, bind_groups: 6 };
    let counters = Counters { dispatches: 7, bytes_read: 8, ..Counters::default() };
    let mut gpu = Target::base_gpu();
    gpu.tuning.fuse = false;
    let news = [
        News::Hello { info: device.info().clone(), target: device.target().clone(), max_bytes: 9 },
        News::Hello { info: device.info().clone(), target: gpu, max_bytes: 9 },
        News::Status { memory, counters, done: 10 },
        News::Answer { ticket: 11, result: Ok(&[1, 2, 3]) },
        News::Answer { ticket: 12, result: Err(refused.clone()) },
        News::Accepted { program: 13 },
        News::Refused { program: 14, error: refused },
        News::Lost { reason: "so it is".to_string() },
    ];
    let mut message = Writer::new();
    news.iter().for_each(|news| message.news(news));
    let mut reader = Reader::new(&message.0).expect("a head");
    for news in &news {
        assert_eq!(reader.news().as_ref(), Ok(news));
    }
}

fn read(text: &str) -> Result<Graph, String> {
    let graph = parse(text).map_err(|error| error.to_string())?;
    verify(&graph, Stage::Traced).map_err(|error| error.to_string())?;
    Ok(graph)
}

#[test]
fn orders_at_random_do_no_harm() {
    const MAX_BYTES: u64 = 1 << 12;
    let mut context = Context::from_waker(Waker::noop());
    let (mut ended, mut went_on, mut answers) = (0, 0, 0);
    for seed in 0..20_000 {
        let mut random = Random(seed << 20);
        let device = Rc::new(CpuDevice::new("a test"));
        let (next, sent) = (Cell::new(1 << 40), Rc::new(Cell::new(0u32)));
        let counted = sent.clone();
        let host = Host::new(Setup {
            device: device.clone(),
            read,
            fresh: Box::new(move || next.replace(next.get() + 1)),
            send: Box::new(move |_| counted.set(counted.get() + 1)),
            turn: Box::new(|| Box::pin(std::future::ready(()))),
            now: Box::new(|| 0.0),
            max_bytes: MAX_BYTES,
            rates: Some(Rates { bytes: 1e9, flops: 1e9 }),
        });
        let mut work = pin!(host.work());
        let (mut end, mut made) = (None, Made::default());
        for _ in 0..40 {
            let mut message = Writer::new();
            message.order(&order(&mut random, &mut made));
            let _ = host.receive(&message.0);
            if end.is_none()
                && let Poll::Ready(over) = work.as_mut().poll(&mut context)
            {
                end = Some(over);
            }
            assert!(device.memory().bytes_in_use <= MAX_BYTES, "seed {seed}");
        }
        match end {
            Some(End::Violation(_)) => ended += 1,
            Some(other) => panic!("seed {seed}: {other:?}"),
            None => went_on += 1,
        }
        answers += sent.get();
    }
    assert!(
        ended > 5_000 && went_on > 2_000 && answers > 20_000,
        "{ended} ended, {went_on} went on, {answers} messages came back"
    );
}
