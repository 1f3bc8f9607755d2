//! What no trace can take in, reason by reason: such calls run eagerly, are counted, remembered and warned of once, and are errors
//! under `fullgraph`.

use interfuse::compiler::dtype::DType as StoredDType;
use interfuse::compiler::kernel::Inst;
use interfuse::compiler::plan::{Plan, Step};
use interfuse::compiler::target::Target;
use interfuse::*;
use interfuse_runtime::cpu::CpuDevice;
use interfuse_runtime::device::{BufferId, Call, DeviceError, Done, Memory, ProgramId, Read};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

thread_local! {
    static WARNINGS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// What was warned of since it was asked the last time.
fn warnings() -> Vec<String> {
    devtools::set_warn(|text| WARNINGS.with(|warnings| warnings.borrow_mut().push(text.to_string())));
    WARNINGS.take()
}

fn floats(x: &Tensor) -> Vec<f32> {
    x.to_vec().expect("floats")
}

type Function<'a> = Box<dyn Fn(&Tensor) -> Result<Tensor> + 'a>;

/// A function with a reason to break, what its calls with 1 give (first to third), how the warning goes, and whether it was run once
/// more than it was called.
struct Case<'a> {
    reason: &'static str,
    function: Function<'a>,
    gives: [f32; 3],
    text: &'static str,
    op_path: &'static str,
}

fn check(Case { reason, function, gives, text, op_path }: Case<'_>) {
    warnings();
    let runs = Cell::new(0);
    let count = |x: &Tensor| {
        runs.set(runs.get() + 1);
        function(x)
    };
    let strict = Compile::fallible(count).name("f").fullgraph(true).build();
    for _ in 0..2 {
        let error = strict.call(&Tensor::from([1f32])).expect_err(reason);
        assert_eq!((error.kind(), error.reason().map(BreakReason::name)), (ErrorKind::Fullgraph, Some(reason)));
        assert_eq!(error.op_path(), Some(op_path), "{reason}");
        let what = text.split(" (at ").next().expect("a text");
        assert!(error.to_string().contains(what), "{error} has {what}");
    }
    assert_eq!((strict.stats(), warnings()), (CompilationStats::default(), Vec::new()), "{reason}");

    runs.set(0);
    let f = Compile::fallible(count).name("f").build();
    let got: Vec<f32> = (0..3).map(|_| floats(&f.call(&Tensor::from([1f32])).expect("eager"))[0]).collect();
    assert_eq!((got, runs.get()), (gives.to_vec(), 4), "{reason}: one trace, three runs");
    let stats = f.stats();
    assert_eq!(
        (stats.fallbacks, stats.hits, stats.misses, stats.traces, stats.cache_size),
        (3, 0, 0, 0, 0),
        "{reason}"
    );
    let report = f.last_fallback().expect("a report");
    assert_eq!((report.reason.as_str(), report.op_path.as_str()), (reason, op_path));
    let warned = format!("compile('f') runs eagerly: {text} Said once per reason; fullgraph makes it an error.");
    assert_eq!(warnings(), [warned], "{reason}");
    f.clear_cache();
    f.call(&Tensor::from([1f32])).expect("traced again");
    assert_eq!((runs.get(), warnings().len()), (6, 0), "{reason}: clearing forgets the verdict");
}

#[test]
fn a_read_of_a_tracer() {
    check(Case {
        reason: "host-read",
        function: Box::new(|x| Ok(if x.item::<f32>()? > 0.0 { x + 1.0 } else { x - 1.0 })),
        gives: [2.0; 3],
        text: "a tensor has no value while compile('f') traces the function (at compile('f') > to_vec). Return it and read the result, \
               or compute with it (where, maximum, ...) instead of reading it.",
        op_path: "compile('f') > to_vec",
    });
}

#[test]
fn a_draw_from_the_generator() {
    check(Case {
        reason: "random",
        function: Box::new(|x| Ok(x + random::uniform(&[1], 0, 1, DType::Float32, None)? * 0.0)),
        gives: [1.0; 3],
        text: "the global random state was used while compile('f') traced the function, which would freeze the numbers (at \
               compile('f') > random.uniform). Capture random.state (`state: random.state`), or pass a key and split it.",
        op_path: "compile('f') > random.uniform",
    });
}

#[test]
fn a_tracer_written_into_the_generator() {
    let seed = |x: &Tensor| random::set_state(&x.astype(DType::UInt32).broadcast_to(&[2]));
    random::seed(3);
    let before = random::state().expect("a key").to_vec::<u32>().expect("words");
    let strict = Compile::fallible(seed).fullgraph(true).build();
    assert_eq!(strict.call(&Tensor::from([7f32])).expect_err("a write").reason(), Some(BreakReason::TracerWrite));
    assert_eq!(random::state().expect("a key").to_vec::<u32>().expect("words"), before, "nothing was written");
    check(Case {
        reason: "tracer-write",
        function: Box::new(|x| seed(x).map(|()| x + 1.0)),
        gives: [2.0; 3],
        text: "the global random state was to take a tensor that has no value while compile('f') traces the function (at compile('f') \
               > random.state). Capture what holds it (`state`), pass it as an argument, or return the new value.",
        op_path: "compile('f') > random.state",
    });
    assert_eq!(random::state().expect("a key").to_vec::<u32>().expect("words"), [1, 1]);
    let captured = Compile::fallible(seed).random_state().build();
    captured.call(&Tensor::from([9f32])).expect("captured");
    assert_eq!(random::state().expect("a key").to_vec::<u32>().expect("words"), [9, 9]);
    assert_eq!((captured.stats().misses, captured.stats().fallbacks), (1, 0));
}

/// A CPU device whose driver takes no kernel of more than one op.
struct Weak {
    cpu: CpuDevice,
    refused: Cell<u32>,
}

impl Weak {
    fn check(&self, plan: &Plan) -> std::result::Result<(), DeviceError> {
        let ops = |step: &Step| step.kernel.values.iter().filter(|v| matches!(v.inst, Inst::Apply { .. })).count();
        if plan.steps.iter().all(|step| ops(step) <= 1) {
            return Ok(());
        }
        self.refused.set(self.refused.get() + 1);
        Err(DeviceError::Failed("the driver refuses the pipeline".into()))
    }
}

impl Device for Weak {
    fn info(&self) -> &DeviceInfo {
        self.cpu.info()
    }
    fn target(&self) -> &Target {
        self.cpu.target()
    }
    fn upload(&self, id: BufferId, dtype: StoredDType, bytes: &[u8]) -> std::result::Result<(), DeviceError> {
        self.cpu.upload(id, dtype, bytes)
    }
    fn load(&self, id: ProgramId, plan: Arc<Plan>) -> std::result::Result<(), DeviceError> {
        self.check(&plan)?;
        self.cpu.load(id, plan)
    }
    fn warm_up(&self, id: ProgramId, plan: Arc<Plan>) -> Done {
        match self.check(&plan) {
            Ok(()) => self.cpu.warm_up(id, plan),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }
    fn run(&self, call: Call) -> std::result::Result<(), DeviceError> {
        self.cpu.run(call)
    }
    fn read(&self, id: BufferId) -> Read {
        self.cpu.read(id)
    }
    fn synchronize(&self) -> Done {
        self.cpu.synchronize()
    }
    fn drop_buffer(&self, id: BufferId) {
        self.cpu.drop_buffer(id);
    }
    fn drop_program(&self, id: ProgramId) {
        self.cpu.drop_program(id);
    }
    fn trim(&self) {
        self.cpu.trim();
    }
    fn memory(&self) -> Memory {
        self.cpu.memory()
    }
    fn counters(&self) -> Counters {
        self.cpu.counters()
    }
}

#[test]
fn a_kernel_that_the_device_refuses() {
    let device = Rc::new(Weak { cpu: CpuDevice::new("a test"), refused: Cell::new(0) });
    use_device(&DeviceHandle::new(device.clone()));
    let function = |x: &Tensor| ((x * 3.0).exp() - 1.0).try_abs();
    let wanted = 3f32.exp() - 1.0;
    let x = Tensor::from([1f32]);
    let runs = Cell::new(0);
    let count = |x: &Tensor| {
        runs.set(runs.get() + 1);
        function(x)
    };
    let check = |f: &CompiledFunction<_, _, _>, calls: u64| {
        for _ in 0..calls {
            assert_eq!(floats(&f.call(&x).expect("op by op")), [wanted]);
        }
        let stats = f.stats();
        assert_eq!((stats.fallbacks, stats.hits, stats.misses, stats.cache_size), (calls, 0, 0, 1));
        let report = f.last_fallback().expect("a report");
        assert_eq!((report.reason.as_str(), report.op_path.as_str()), ("unsupported", "compile('f')"));
        assert_eq!(f.cache()[0].kernels, 4);
    };
    let warned = "compile('f') runs eagerly: the driver refuses the pipeline (at compile('f')). Op by op it may run. Said once per \
                  reason; fullgraph makes it an error.";
    warnings();
    let f = Compile::fallible(count).name("f").build();
    check(&f, 3);
    assert_eq!(
        (runs.get(), device.refused.take(), warnings()),
        (1, 1, vec![warned.to_string()]),
        "the graph runs, not the function"
    );
    let f = Compile::fallible(count).name("f").build();
    block_on(f.warm_up(&x)).expect("an entry");
    block_on(f.warm_up(&x)).expect("an entry that is there");
    check(&f, 2);
    assert_eq!((runs.take(), device.refused.take(), warnings()), (2, 1, vec![warned.to_string()]));

    let strict = Compile::fallible(count).name("f").fullgraph(true).build();
    for error in [strict.call(&x).map(drop), strict.call(&x).map(drop), block_on(strict.warm_up(&x))] {
        let error = error.expect_err("a refusal");
        assert_eq!((error.kind(), error.reason()), (ErrorKind::Fullgraph, Some(BreakReason::Unsupported)));
        assert!(error.to_string().contains("the driver refuses the pipeline"), "{error}");
    }
    assert_eq!((strict.stats(), runs.get(), warnings()), (CompilationStats::default(), 3, Vec::new()));

    // What the device takes is compiled as ever.
    let small = Compile::new(|x: &Tensor| x.exp()).fullgraph(true).build();
    assert_eq!(floats(&small.call(&Tensor::from([0f32])).expect("compiled")), [1.0]);
}
