//! Fusing never costs more than not fusing: on the cost model, of every op and of programs whose producers are costly.

use interfuse::io::FunctionFile;
use interfuse::library::{self, Running};
use interfuse::{Result, Tensor, block_on, io};
use interfuse_compiler::fuse::cost::kernel_time;
use interfuse_compiler::graph::Graph;
use interfuse_compiler::plan::evaluate;
use interfuse_compiler::target::{AdapterClass, Target};
use interfuse_compiler::{Request, compile};
use interfuse_tests::sizes::{cases, wave};

/// The time of one call on the model, in bytes moved.
fn time(graph: &Graph, class: AdapterClass, fuse: bool) -> f64 {
    let mut target = if class == AdapterClass::Cpu { Target::cpu() } else { Target { class, ..Target::base_gpu() } };
    target.tuning.fuse = fuse;
    let plan = compile(&Request::new(graph, &target), &mut ()).expect("compiles").plan;
    let of = |kernel| kernel_time(kernel, &|dim| evaluate(dim, &[]) as f64, class);
    plan.steps.iter().zip(plan.runs(&[])).map(|(step, runs)| of(&step.kernel) * runs as f64).sum()
}

type Program = (&'static str, &'static [usize], fn(&Tensor) -> Result<Tensor>);

/// What costs more to compute than to keep, under everything that repeats it.
const COSTLY: [Program; 12] = [
    ("distances of sines", &[2000], |x| (x.sin().expand_dims(1) - x.cos().expand_dims(0)).abs().try_sum(1, false)),
    ("softmax of sines", &[1000, 1000], |x| x.sin().try_softmax(1)),
    ("softmax of sines along the first axis", &[1000, 1000], |x| x.sin().try_softmax(0)),
    ("layer norm of erf", &[1000, 1000], |x| library::layer_norm(&x.erf(), None, None, 1e-5)),
    ("running sums of tangents", &[50, 30_000], |x| {
        library::cumsum(&x.tan(), Some(0), Running::default())?.try_mean(.., false)
    }),
    ("a costly bias", &[1024, 1024], |x| Ok(x + x.slice(&[library::Index::At(0)]).sin().exp())),
    ("a table of sines", &[100_000], |x| {
        let table = x.slice(&[library::Index::Range { start: None, stop: Some(256), step: 1 }]).sin();
        table.try_take(&(x * 255).abs().astype(interfuse::DType::Int32), Some(0))
    }),
    ("a game of life", &[256, 256], |x| {
        let mut sum = Tensor::from(0f32);
        for (i, j) in [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)] {
            sum = sum + x.roll(i, Some(0)).roll(j, Some(1));
        }
        Ok(sum.equal(3) * 1)
    }),
    ("a kernel matrix", &[1000, 8], |x| {
        let square = (x * x).sum(1, false);
        let dots = x.matmul(&x.transpose(None));
        Ok((dots * 2 - square.expand_dims(0) - square.expand_dims(1)).exp())
    }),
    ("attention", &[512, 64], |x| x.matmul(&x.transpose(None)).softmax(1).try_matmul(&x.sin())),
    ("a costly left side of a product", &[512, 512], |x| x.sin().exp().try_matmul(x)),
    ("an outer product of costly sides", &[2000], |x| x.erfinv().try_outer(&x.tan())),
];

#[test]
fn fused_costs_no_more_than_unfused() {
    let mut graphs: Vec<(String, Graph)> = Vec::new();
    for case in cases() {
        graphs.push((case.name.clone(), case.graph(1 << 20, false)));
        if case.differentiable {
            graphs.push((format!("gradient of {}", case.name), case.graph(1 << 20, true)));
        }
    }
    for (name, shape, function) in COSTLY {
        let file = block_on(io::export_function(name, function, &wave(shape, 1))).expect("exports");
        graphs.push((name.into(), FunctionFile::read(&file).expect("what was written").graph().clone()));
    }
    assert!(graphs.len() >= 60);
    let mut worse = Vec::new();
    for (name, graph) in &graphs {
        for class in [AdapterClass::Cpu, AdapterClass::Software, AdapterClass::Gpu] {
            let (fused, apart) = (time(graph, class, true), time(graph, class, false));
            if fused > apart * (1.0 + 1e-9) {
                worse.push(format!("{name} on {class:?}: {:.2} of unfused", fused / apart));
            }
        }
    }
    assert!(worse.is_empty(), "{} of {} programs:\n{}", worse.len(), 3 * graphs.len(), worse.join("\n"));
}
