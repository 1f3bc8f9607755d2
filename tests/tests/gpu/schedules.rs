//! Schedules as values: whatever schedule a kernel can have, it computes the same. Each program runs on a GPU device by each schedule of a
//! list, where that fits one of its kernels, and on the CPU device.

use interfuse::library::Index;
use interfuse::{DType, DeviceHandle, Tensor, compile, cpu_device, use_device};
use interfuse_compiler::schedule::Schedule;
use interfuse_runtime::device::Device;
use interfuse_runtime::gpu::{Checks, GpuDevice, Options};
use interfuse_tests::gpu::open_with;
use std::rc::Rc;

type Program = (&'static str, fn(&Tensor) -> Tensor);

fn first(x: &Tensor, count: i64) -> Tensor {
    x.slice(&[Index::Range { start: None, stop: Some(count), step: 1 }])
}

fn matrix(x: &Tensor, rows: i64, columns: i64) -> Tensor {
    first(x, rows * columns).reshape(&[rows, columns])
}

/// Of 40,000 numbers: maps, rows of several kinds and lengths, contractions of several layouts and sizes.
const PROGRAMS: [Program; 12] = [
    ("a map", |x| &x.sin() * 2.0),
    ("a map of an odd size", |x| &first(x, 39_999).exp() + 1.0),
    ("softmax of rows", |x| matrix(x, 40, 1000).softmax(-1)),
    ("softmax of columns", |x| matrix(x, 200, 200).softmax(0)),
    ("layer norm", |x| {
        let x = matrix(x, 8, 5000);
        let centred = &x - &x.mean(-1, true);
        &centred / &(&centred.square().mean(-1, true) + 1e-5).sqrt()
    }),
    ("argmax and argmin of rows", |x| {
        let x = matrix(x, 100, 400);
        &x.argmax(Some(-1), false) + &x.argmin(Some(-1), false)
    }),
    ("argmax of what is all alike", |x| (x * 0.0).reshape(&[10, 4000]).argmax(Some(-1), false)),
    ("any and all", |x| {
        let x = matrix(x, 50, 800).greater(0.99);
        &x.any(-1, false).astype(DType::Int32) + &x.all(-1, false).astype(DType::Int32)
    }),
    ("products of rows", |x| (&(&matrix(x, 40, 1000) * 1e-3) + 1.0).prod(-1, false)),
    ("a product of matrices", |x| &matrix(x, 100, 200).matmul(&matrix(x, 200, 132)) + 1.0),
    ("a product along contiguous rows", |x| &matrix(x, 64, 96).matmul(&matrix(x, 68, 96).transpose(None)) + 1.0),
    ("a matrix and a vector", |x| &matrix(x, 150, 256).matmul(&matrix(x, 1, 256).transpose(None)) + 1.0),
];

const SCHEDULES: [&str; 16] = [
    "map lanes=1 workgroup=64",
    "map lanes=4 workgroup=128",
    "row by=thread workgroup=64 block=256",
    "row by=thread workgroup=32 block=16",
    "row by=workgroup workgroup=32 block=256",
    "row by=workgroup workgroup=256 block=64",
    "row by=subgroups workgroup=32 block=256",
    "row by=subgroups workgroup=128 block=32",
    "contract staging=registers thread=1x1 vectors=none workgroup=64",
    "contract staging=registers thread=2x4 vectors=n workgroup=64",
    "contract staging=registers thread=4x8 vectors=n workgroup=32",
    "contract staging=registers thread=4x4 vectors=k workgroup=64",
    "contract staging=registers thread=3x5 vectors=none workgroup=64",
    "contract staging=workgroup depth=16 thread=4x4 vectors=n workgroup=256",
    "contract staging=workgroup depth=16 thread=4x4 vectors=none workgroup=256",
    "contract staging=workgroup depth=8 thread=8x8 vectors=n workgroup=256",
];

fn values(device: &DeviceHandle, program: fn(&Tensor) -> Tensor) -> (Vec<f32>, Vec<String>) {
    use_device(device);
    let numbers: Vec<f32> = (0..40_000).map(|i| (0.7 * i as f32 + 0.3).sin()).collect();
    let x = Tensor::from(numbers);
    let function = compile(program);
    let y = function.call(&x).expect("a call").astype(DType::Float32).to_vec().expect("values");
    let kernels = function.inspect(&x).expect("an inspection").kernels;
    (y, kernels.into_iter().map(|kernel| kernel.schedule).collect())
}

#[test]
fn a_kernel_computes_the_same_by_every_schedule_that_it_can_have() {
    let cpu = cpu_device("the test compares with it");
    let want: Vec<Vec<f32>> = PROGRAMS.iter().map(|(_, program)| values(&cpu, *program).0).collect();
    let mut wrong = Vec::new();
    for text in SCHEDULES {
        let schedule: Schedule = text.parse().expect(text);
        let options = Options { schedules: vec![schedule], checks: Checks::Full, ..Options::default() };
        let device = open_with(options);
        // Where there are none, the compiler's own choice runs instead.
        let has_it = !text.contains("subgroups") || Device::target(&device).features.subgroups;
        let device = DeviceHandle::new(Rc::new(device));
        let mut uses = 0;
        for ((name, program), want) in PROGRAMS.iter().zip(&want) {
            let (got, schedules) = values(&device, *program);
            uses += schedules.iter().filter(|schedule| *schedule == text).count();
            let largest = want.iter().fold(1.0f32, |most, x| most.max(x.abs()));
            let worst = got.iter().zip(want).map(|(got, want)| (got - want).abs()).fold(0.0, f32::max);
            if got.len() != want.len() || worst.is_nan() || worst > 2e-5 * largest {
                wrong.push(format!("{name} by {text}: {worst} of {largest}, by {schedules:?}"));
            }
        }
        assert_eq!(uses > 0, has_it, "{text}: does it fit one of the programs?");
    }
    assert!(wrong.is_empty(), "{} results:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_a_kernel_cannot_have_is_left_to_the_compiler() {
    let refused = [
        "row by=workgroup workgroup=48 block=256",
        "map lanes=3 workgroup=64",
        "map lanes=1 workgroup=65536",
        "serial",
    ];
    let schedules = refused.iter().map(|text| text.parse().expect(text)).collect();
    let device = DeviceHandle::new(Rc::new(open_with(Options { schedules, ..Options::default() })));
    let plain = DeviceHandle::new(Rc::new(open_with(Options::default())));
    for (name, program) in PROGRAMS {
        assert_eq!(values(&device, program).1, values(&plain, program).1, "{name}");
    }
}

#[test]
fn schedules_of_the_environment_are_parsed_or_refused() {
    let exe = std::env::current_exe().expect("the test itself");
    let child = |schedules: &str| {
        let child = std::process::Command::new(&exe)
            .args(["--exact", "schedules::a_device_has_the_schedules_of_the_environment", "--nocapture"])
            .env("INTERFUSE_SCHEDULE", schedules)
            .output()
            .expect("a child");
        (child.status.success(), String::from_utf8_lossy(&child.stderr).into_owned())
    };
    let (opened, text) = child("map lanes=1 workgroup=64; row by=thread workgroup=64 block=256;");
    assert!(opened, "{text}");
    let (opened, text) = child("row by=hand workgroup=64 block=256");
    let error = "INTERFUSE_SCHEDULE: schedule 'row by=hand workgroup=64 block=256': by is one of";
    assert!(!opened && text.contains(error), "{text}");
}

/// Under whatever environment it runs: the test above runs it under two more.
#[test]
fn a_device_has_the_schedules_of_the_environment() {
    let device = GpuDevice::open(Options::default()).unwrap_or_else(|error| panic!("{error}"));
    let all: Vec<String> = device.target().tuning.schedules.iter().map(ToString::to_string).collect();
    let wanted = std::env::var("INTERFUSE_SCHEDULE").unwrap_or_default();
    let wanted: Vec<&str> = wanted.split(';').map(str::trim).filter(|text| !text.is_empty()).collect();
    assert_eq!(all, wanted);
}
