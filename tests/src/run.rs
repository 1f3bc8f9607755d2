//! Runs a graph on a device: compile, upload, run, read; what the tests of devices share.

use interfuse_compiler::Compiled;
use interfuse_compiler::Request;
use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::eval::Value;
use interfuse_compiler::graph::Graph;
use interfuse_compiler::plan::{Storage, evaluate};
use interfuse_compiler::target::Target;
use interfuse_runtime::device::{BufferId, Call, Counters, Device, ProgramId};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

static NEXT: AtomicU64 = AtomicU64::new(1);

fn fresh() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// What one run gave.
#[derive(Debug)]
pub struct Ran {
    /// The results.
    pub outputs: Vec<Value>,
    /// What the device counted for the call alone.
    pub counted: Counters,
    /// The plan and the graph it came from.
    pub compiled: Compiled,
}

/// The bytes of a value as a device stores them.
pub fn bytes_of(value: &Value) -> Vec<u8> {
    let element = |s: &Scalar| s.bits().to_le_bytes().into_iter().take(value.dtype.size_bytes());
    value.data.iter().flat_map(element).collect()
}

/// The value in bytes as a device stores them.
pub fn value_of(sizes: &[usize], dtype: DType, bytes: &[u8]) -> Value {
    let data = bytes
        .chunks_exact(dtype.size_bytes())
        .map(|chunk| {
            let mut bits = [0; 4];
            bits[..chunk.len()].copy_from_slice(chunk);
            Scalar::from_bits(dtype, u32::from_le_bytes(bits))
        })
        .collect();
    Value::new(sizes, dtype, data)
}

/// Waits for a promise whose device makes progress when polled.
pub fn wait<T>(mut promise: Pin<Box<dyn Future<Output = T>>>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match promise.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::yield_now(),
        }
    }
}

/// Compiles a graph for a target and runs it on a device.
///
/// # Panics
/// When anything fails: a test wants to know.
pub fn run(device: &dyn Device, target: &Target, graph: &Graph, inputs: &[Value], symbols: &[i64]) -> Ran {
    let request = Request::new(graph, target);
    let compiled = interfuse_compiler::compile(&request, &mut ()).unwrap_or_else(|e| panic!("{e}\n{graph}"));
    let (program, plan) = (ProgramId(fresh()), Arc::new(compiled.plan.clone()));
    device.origin(program, &request);
    device.load(program, plan.clone()).unwrap_or_else(|e| panic!("load: {e}\n{graph}"));
    let uploaded: Vec<BufferId> = inputs
        .iter()
        .map(|value| {
            let id = BufferId(fresh());
            device.upload(id, value.dtype, &bytes_of(value)).expect("uploads");
            id
        })
        .collect();
    let fresh_outputs: Vec<u32> =
        (0..plan.buffers.len() as u32).filter(|b| plan.buffers[*b as usize].storage == Storage::Output).collect();
    let outputs: Vec<BufferId> = fresh_outputs.iter().map(|_| BufferId(fresh())).collect();
    let before = device.counters();
    let call = Call {
        program,
        inputs: uploaded.clone(),
        constants: Vec::new(),
        outputs: outputs.clone(),
        symbols: symbols.to_vec(),
    };
    device.run(call).unwrap_or_else(|e| panic!("run: {e}\n{graph}"));
    let after = device.counters();
    let values = plan
        .outputs
        .iter()
        .map(|output| {
            let id = match plan.buffers[output.buffer as usize].storage {
                Storage::Input(index) => uploaded[index as usize],
                Storage::Output => outputs[fresh_outputs.iter().position(|b| *b == output.buffer).expect("listed")],
                other => panic!("an output is {other:?}"),
            };
            let bytes = wait(device.read(id)).unwrap_or_else(|e| panic!("read: {e}\n{graph}"));
            let sizes: Vec<usize> = output.aval.shape.dims().iter().map(|d| evaluate(d, symbols) as usize).collect();
            value_of(&sizes, output.aval.dtype, &bytes)
        })
        .collect();
    for id in uploaded.into_iter().chain(outputs) {
        device.drop_buffer(id);
    }
    device.drop_program(program);
    let counted = Counters {
        dispatches: after.dispatches - before.dispatches,
        submits: after.submits - before.submits,
        buffers_created: after.buffers_created - before.buffers_created,
        pipelines_created: after.pipelines_created - before.pipelines_created,
        bind_groups_created: after.bind_groups_created - before.bind_groups_created,
        bytes_allocated: after.bytes_allocated - before.bytes_allocated,
        call_peak_bytes: after.call_peak_bytes,
        bytes_uploaded: after.bytes_uploaded - before.bytes_uploaded,
        bytes_read: after.bytes_read - before.bytes_read,
    };
    Ran { outputs: values, counted, compiled }
}

/// Are two values equal up to `relative` of the larger magnitude in the array and of each element? Integers and bool exactly;
/// NaN and infinities alike.
pub fn close(got: &Value, want: &Value, relative: f64) -> Result<(), String> {
    if got.sizes != want.sizes || got.dtype != want.dtype {
        return Err(format!("{}{:?} instead of {}{:?}", got.dtype, got.sizes, want.dtype, want.sizes));
    }
    let finite = want.data.iter().map(|s| s.to_f64().abs()).filter(|v| v.is_finite());
    let scale = finite.fold(0.0, f64::max);
    for (at, (g, w)) in got.data.iter().zip(&want.data).enumerate() {
        let (g, w) = (g.to_f64(), w.to_f64());
        let same = if !got.dtype.is_float() || !w.is_finite() {
            g == w || (g.is_nan() && w.is_nan())
        } else {
            (g - w).abs() <= relative * (w.abs() + 0.1 * scale) + 1e-30
        };
        if !same {
            return Err(format!("element {at} is {g}, not {w}"));
        }
    }
    Ok(())
}
