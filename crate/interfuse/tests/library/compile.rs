//! What `compile` promises: keys, statistics, composition, and what a failing trace leaves behind (nothing).

use interfuse::*;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

fn floats(x: &Tensor) -> Vec<f32> {
    x.to_vec().expect("floats")
}

#[test]
fn a_call_is_traced_once_per_signature() {
    let traces = Cell::new(0);
    let add = compile(|(x, y): &(Tensor, Tensor)| {
        traces.set(traces.get() + 1);
        x + y
    });
    let call = |x: Tensor, y: Tensor| add.call(&(x, y)).expect("add");
    assert_eq!(floats(&call(1f32.into(), 1f32.into())), [2.0]);
    assert_eq!(floats(&call([1f32, 2.0].into(), 1f32.into())), [2.0, 3.0]);
    assert_eq!(floats(&call([1f32, 2.0].into(), [1f32, 2.0].into())), [2.0, 4.0]);
    assert_eq!(call([1i32, 2].into(), [1i32, 2].into()).to_vec::<i32>(), Ok(vec![2, 4]));
    assert_eq!(floats(&call([5f32, 6.0].into(), [1f32, 1.0].into())), [6.0, 7.0]);
    assert_eq!(traces.get(), 4);
    let stats = add.stats();
    assert_eq!((stats.misses, stats.hits, stats.traces, stats.cache_size), (4, 1, 4, 4));
    assert_eq!(stats.hit_rate, 20.0);
    assert_eq!(stats.to_string(), "CompilationStats(hits=1, misses=4, fallbacks=0, hit_rate=20.0%)");
}

#[test]
fn of_many_hits_few_are_timed_and_stand_for_the_others() {
    thread_local! {
        static ASKED: Cell<u32> = const { Cell::new(0) };
    }
    // Every look at this clock is a millisecond later, so every timed hit takes one.
    set_clock(|| ASKED.with(|asked| f64::from(asked.replace(asked.get() + 1))));
    let f = compile(|x: &Tensor| x + 1.0);
    let x = Tensor::from([1f32]);
    f.call(&x).expect("a miss");
    let before = ASKED.with(Cell::get);
    for _ in 0..192 {
        f.call(&x).expect("a hit");
    }
    assert_eq!((f.stats().hits, f.stats().total_cached_exec_time_ms), (192, 192.0));
    // The first 64, the 65th and the 129th, twice each.
    assert_eq!(ASKED.with(Cell::get) - before, 2 * 66);
}

#[test]
fn s2_the_same_tensor_twice_is_two_arguments() {
    let sub = compile(|(a, b): &(Tensor, Tensor)| a - b);
    let (x, y) = (Tensor::from([1f32, 2.0]), Tensor::from([5f32, 7.0]));
    assert_eq!(floats(&sub.call(&(x.clone(), x.clone())).expect("sub")), [0.0, 0.0]);
    assert_eq!(floats(&sub.call(&(x, y)).expect("sub")), [-4.0, -5.0]);
    assert_eq!(sub.stats().hits, 1);
}

#[test]
fn s8_constants_are_part_of_the_key() {
    let traces = Cell::new(0);
    let f = compile(|(x, k, name): &(Tensor, Option<f32>, String)| {
        traces.set(traces.get() + 1);
        let y = match k {
            Some(k) => x * *k,
            None => x.clone(),
        };
        if name == "shift" { y + 10.0 } else { y }
    });
    let call =
        |k: Option<f32>, name: &str| floats(&f.call(&(Tensor::from([1f32]), k, name.to_string())).expect("call"));
    assert_eq!(call(Some(2.0), ""), [2.0]);
    assert_eq!(call(Some(3.0), ""), [3.0]);
    assert_eq!(call(Some(0.0), ""), [0.0]);
    assert!(call(Some(-0.0), "")[0].is_sign_negative());
    assert_eq!(call(None, ""), [1.0]);
    assert_eq!(call(None, "shift"), [11.0]);
    assert_eq!(call(Some(f32::NAN), "")[0].to_bits(), call(Some(f32::NAN), "")[0].to_bits());
    assert_eq!(traces.get(), 7);
    // Numbers, booleans and texts that look alike are different, and so are lists that differ in where they end.
    let typed = compile(|(x, k): &(Tensor, Box<Value>)| match **k {
        Value::Bool(_) => x * 10.0,
        Value::Int(_) | Value::Text(_) => x * 2.0,
    });
    for (k, wanted) in [(Value::Int(1), 2.0), (Value::Bool(true), 10.0), (Value::Text("1".into()), 2.0)] {
        assert_eq!(floats(&typed.call(&(Tensor::from([1f32]), Box::new(k))).expect("call")), [wanted]);
    }
    assert_eq!(typed.stats().misses, 3);
    let lists = compile(|(x, lists): &(Tensor, Vec<Vec<i32>>)| x * lists[0].len() as f32);
    for (nested, wanted) in [(vec![vec![1], vec![2]], 1.0), (vec![vec![1, 2]], 2.0), (vec![vec![1, 2], vec![]], 2.0)] {
        assert_eq!(floats(&lists.call(&(Tensor::from([1f32]), nested)).expect("call")), [wanted]);
    }
    assert_eq!(lists.stats().misses, 3);
}

/// A constant of one of several types.
enum Value {
    Bool(bool),
    Int(i32),
    Text(String),
}

impl Tree for Box<Value> {
    fn flatten(&self, key: &mut SignatureBuilder, tensors: &mut Vec<Tensor>) {
        match &**self {
            Value::Bool(value) => value.flatten(key, tensors),
            Value::Int(value) => value.flatten(key, tensors),
            Value::Text(value) => value.flatten(key, tensors),
        }
    }
    fn unflatten(&self, _: &mut dyn Iterator<Item = Tensor>) -> Box<Value> {
        Box::new(match &**self {
            Value::Bool(value) => Value::Bool(*value),
            Value::Int(value) => Value::Int(*value),
            Value::Text(value) => Value::Text(value.clone()),
        })
    }
}

#[test]
fn s12_a_compiled_value_owns_its_entries() {
    let traces = Cell::new(0);
    let function = |x: &Tensor| {
        traces.set(traces.get() + 1);
        x + 1.0
    };
    let f = compile(function);
    let x = Tensor::from([1f32]);
    f.call(&x).expect("a miss");
    for _ in 0..3 {
        // Another value of the same function has entries of its own, and takes only those along.
        compile(function).call(&x).expect("a miss");
    }
    f.call(&x).expect("a hit");
    assert_eq!((traces.get(), f.stats().hits, f.stats().misses), (4, 1, 1));
}

#[test]
fn closures_are_constants_and_lazy_ones_are_computed_once() {
    let x = Tensor::from([1i32]);
    let x = &x + &x;
    assert!(!x.is_evaluated());
    let f = compile(|y: &Tensor| &x + y);
    assert_eq!(f.call(&Tensor::from([2i32])).expect("call").to_vec::<i32>(), Ok(vec![4]));
    assert!(x.is_evaluated());
    assert_eq!(f.call(&Tensor::from([3i32])).expect("call").to_vec::<i32>(), Ok(vec![5]));
    let created = compile(|x: &Tensor| x + Tensor::from(1f32) + Tensor::from([1f32, 2.0]));
    assert_eq!(floats(&created.call(&Tensor::from([1f32, 1.0])).expect("call")), [3.0, 4.0]);
}

#[test]
fn s4_nested_functions_are_inlined() {
    let inner_traces = Cell::new(0);
    let inner = compile(|x: &Tensor| {
        inner_traces.set(inner_traces.get() + 1);
        x.exp()
    });
    let outer = compile(|x: &Tensor| inner.call(&inner.call(x).expect("inner")).expect("inner"));
    let x = Tensor::from([0.1f32]);
    for _ in 0..2 {
        let y = floats(&outer.call(&x).expect("outer"));
        assert!((y[0] - 0.1f32.exp().exp()).abs() < 1e-5);
    }
    assert_eq!(inner_traces.get(), 2);
    assert_eq!((inner.stats().misses, outer.stats().hits), (0, 1));
    assert_eq!(outer.inspect(&x).expect("inspect").after.dispatches, 1);
    // The inspection traced it again; alone it has an entry of its own.
    inner.call(&x).expect("inner alone");
    assert_eq!((inner_traces.get(), inner.stats().misses), (5, 1));
}

#[test]
fn results_keep_their_form() {
    let f = compile(|x: &Tensor| {
        let mut map = BTreeMap::new();
        map.insert("a".to_string(), vec![x + 1.0, x * 2.0]);
        (map, x.clone(), 7i32, Some("s".to_string()))
    });
    let x = Tensor::from([1f32, 2.0]);
    for _ in 0..2 {
        let (map, same, seven, s) = f.call(&x).expect("call");
        assert_eq!(floats(&map["a"][0]), [2.0, 3.0]);
        assert_eq!(floats(&map["a"][1]), [2.0, 4.0]);
        assert_eq!(floats(&same), [1.0, 2.0]);
        assert_ne!(same.id(), x.id());
        assert_eq!((seven, s.as_deref()), (7, Some("s")));
    }
    let nothing = compile(|_: &()| 3i32);
    assert_eq!((nothing.call(&()), nothing.call(&())), (Ok(3), Ok(3)));
    assert_eq!(nothing.stats().hits, 1);
}

#[test]
fn a_failing_trace_leaves_nothing() {
    let fail = Cell::new(true);
    let f = try_compile(|x: &Tensor| if fail.get() { x.try_reshape(&[7]) } else { Ok(x + 1.0) });
    let x = Tensor::from([1f32, 2.0]);
    let error = f.call(&x).expect_err("fails");
    assert_eq!(error.kind(), ErrorKind::Shape);
    assert_eq!(f.stats(), CompilationStats::default());
    assert!(!is_tracing());
    fail.set(false);
    assert_eq!(floats(&f.call(&x).expect("works")), [2.0, 3.0]);
    assert_eq!(f.stats().misses, 1);
}

#[test]
fn s3_a_function_that_reads_runs_eagerly_even_when_it_swallows_the_error() {
    thread_local! {
        static WARNINGS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }
    devtools::set_warn(|text| WARNINGS.with(|warnings| warnings.borrow_mut().push(text.to_string())));
    let runs = Cell::new(0);
    let f = Compile::new(|x: &Tensor| {
        runs.set(runs.get() + 1);
        let positive = x.to_vec::<f32>().is_ok_and(|x| x[0] > 0.0);
        if positive { x + 1.0 } else { x - 1.0 }
    })
    .name("f")
    .build();
    assert_eq!(floats(&f.call(&Tensor::from([1f32])).expect("eager")), [2.0]);
    assert_eq!(floats(&f.call(&Tensor::from([-1f32])).expect("eager")), [-2.0]);
    // The first call was traced and run, the second only run.
    assert_eq!(runs.get(), 3);
    let stats = f.stats();
    assert_eq!((stats.fallbacks, stats.misses, stats.hits, stats.traces, stats.cache_size), (2, 0, 0, 0, 0));
    let report = f.last_fallback().expect("a fallback");
    assert_eq!((report.reason.as_str(), report.op_path.as_str()), ("host-read", "compile('f') > to_vec"));
    assert_eq!(
        WARNINGS.take(),
        [
            "compile('f') runs eagerly: a tensor has no value while compile('f') traces the function (at compile('f') > to_vec). Return \
          it and read the result, or compute with it (where, maximum, ...) instead of reading it. Said once per reason; fullgraph \
          makes it an error."
        ]
    );
    f.clear_cache();
    f.call(&Tensor::from([1f32])).expect("traced again");
    assert_eq!((runs.get(), WARNINGS.take().len()), (5, 0));
}

#[test]
fn under_fullgraph_a_read_is_an_error() {
    let f = Compile::new(|x: &Tensor| {
        let _ = x.to_vec::<f32>();
        x + 1.0
    })
    .name("f")
    .fullgraph(true)
    .build();
    let error = f.call(&Tensor::from([1f32])).expect_err("host read");
    assert_eq!((error.kind(), error.reason()), (ErrorKind::Fullgraph, Some(BreakReason::HostRead)));
    assert_eq!(error.op_path(), Some("compile('f') > to_vec"));
    assert_eq!(error.cause().expect("a cause").kind(), ErrorKind::HostRead);
    assert_eq!(
        error.to_string(),
        "compile('f'): the function cannot be one graph, which fullgraph asks for: to_vec: a tensor has no value while compile('f') \
         traces the function. Return it and read the result, or compute with it (where, maximum, ...) instead of reading it."
    );
    assert_eq!(f.stats(), CompilationStats::default());
}

#[test]
fn leaked_placeholders_say_so() {
    let leak: RefCell<Option<Tensor>> = RefCell::new(None);
    let f = Compile::new(|x: &Tensor| {
        *leak.borrow_mut() = Some(x.clone());
        x + 1.0
    })
    .name("f")
    .build();
    f.call(&Tensor::from([1f32])).expect("call");
    let leaked = leak.take().expect("leaked");
    assert_eq!(leaked.try_exp().expect_err("leaked").kind(), ErrorKind::LeakedTracer);
    assert_eq!(
        leaked.to_vec::<f32>().expect_err("leaked").to_string(),
        "to_vec: placeholder from compile('f') used after tracing. Return it, or list its container in `outputs`."
    );
}

#[test]
fn an_argument_must_not_be_closed_over() {
    let x = Tensor::from([1f32]);
    let f = compile(|y: &Tensor| &x + y);
    assert_eq!(f.call(&x).expect_err("uncaptured").kind(), ErrorKind::UncapturedInput);
    assert_eq!(floats(&f.call(&Tensor::from([2f32])).expect("another")), [3.0]);
}

#[test]
fn a_miss_says_why() {
    let f = Compile::new(|(x, k): &(Tensor, f32)| x * *k).name("f").build();
    let call = |n: usize, k: f32| f.call(&(Tensor::from(vec![1f32; n]), k)).expect("call");
    call(4, 1.0);
    assert_eq!(f.last_miss().expect("miss").reason, "the first call");
    call(5, 1.0);
    let miss = f.last_miss().expect("miss");
    assert_eq!(miss.reason, "args[0][0]: float32[4] -> float32[5]");
    assert_eq!(miss.nearest.as_deref(), Some("([float32[4], 1])"));
    for k in 2..5 {
        call(5, k as f32);
    }
    let miss = f.last_miss().expect("miss");
    assert_eq!(miss.path.as_deref(), Some("args[0][1]"));
    assert_eq!(miss.hint, "args[0][1] changed in the last 3 misses: make it a tensor, then it is not part of the key.");
    assert_eq!(f.cache()[0].signature, "([float32[5], 4])");
}

#[test]
fn a_number_that_changes_alone_is_warned_of_once() {
    thread_local! {
        static WARNINGS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }
    devtools::set_warn(|text| WARNINGS.with(|warnings| warnings.borrow_mut().push(text.to_string())));
    let f = Compile::new(|(x, k): &(Tensor, f32)| x * *k).name("f").build();
    let x = Tensor::from([1f32]);
    for k in 0..9 {
        assert!(WARNINGS.with(|warnings| warnings.borrow().is_empty()), "before call {k}");
        f.call(&(x.clone(), k as f32)).expect("call");
    }
    let expected = "compile('f'): compiled anew 8 times because of the number args[0][1] alone: make it a tensor, then it is not part of \
                    the key";
    assert_eq!(WARNINGS.take(), [expected]);
    for k in 20..40 {
        f.call(&(x.clone(), k as f32)).expect("call");
    }
    assert!(WARNINGS.take().is_empty());
}

#[test]
fn a_miss_knows_what_was_evicted() {
    let f = Compile::new(|x: &Tensor| x + 1.0).max_cache_size(1).build();
    let call = |n: usize| f.call(&Tensor::from(vec![0f32; n])).expect("call");
    call(1);
    call(2);
    assert!(f.last_miss().expect("miss").evicted.is_none());
    call(3);
    let evicted = f.last_miss().expect("miss").evicted.expect("1 went");
    assert_eq!((evicted.signature.as_str(), evicted.before.as_deref()), ("(float32[1])", Some("float32[1]")));
    call(2);
    let miss = f.last_miss().expect("miss");
    assert_eq!((miss.reason.as_str(), miss.nearest.as_deref()), ("its entry was evicted", Some("(float32[3])")));
    assert_eq!(miss.hint, "Raise maxCacheSize to keep more entries.");
}

#[test]
fn bounds_of_the_cache() {
    let none = Compile::new(|x: &Tensor| x + 1.0).max_cache_size(0).build();
    let x = Tensor::from([1f32]);
    for _ in 0..3 {
        none.call(&x).expect("call");
    }
    assert_eq!((none.stats().misses, none.stats().cache_size, none.stats().evictions), (3, 0, 0));
    let all = Compile::new(|(x, k): &(Tensor, i32)| x + *k).unbounded_cache().build();
    for k in 0..100 {
        all.call(&(x.clone(), k)).expect("call");
    }
    assert_eq!(all.stats().cache_size, 100);
    all.clear_cache();
    assert_eq!((all.stats().cache_size, all.stats().misses), (0, 100));
    all.call(&(x, 1)).expect("call");
    assert_eq!(all.last_miss().expect("miss").reason, "the cache is empty");
}

#[test]
fn clearing_gives_memory_back() {
    let device = init(DeviceChoice::Cpu).expect("cpu");
    let weights = Tensor::from(vec![1f32; 1000]);
    let before = device.memory();
    let f = compile(|x: &Tensor| (x + &weights).sum(.., false) + x.max(.., false));
    let y = f.call(&Tensor::from(vec![1f32; 1000])).expect("call");
    drop(y);
    f.clear_cache();
    device.trim();
    let after = device.memory();
    assert_eq!(
        (after.tensors, after.buffers, after.bytes_in_use),
        (before.tensors, before.buffers, before.bytes_in_use)
    );
}

#[test]
fn switches_bypass_the_cache_and_keep_it() {
    let f = compile(|x: &Tensor| x + 1.0);
    let x = Tensor::from([1f32]);
    f.call(&x).expect("call");
    disable_compile();
    assert_eq!(floats(&f.call(&x).expect("call")), [2.0]);
    assert_eq!(f.stats().hits, 0);
    enable_compile();
    f.call(&x).expect("call");
    assert_eq!(f.stats().hits, 1);
    set_compile_mode(CompileMode::NoFuse);
    f.call(&x).expect("call");
    assert_eq!(f.last_miss().expect("miss").reason, "the compile mode changed");
    enable_compile();
    assert!(!disables("") && !disables("0") && !disables("false") && disables("1"));
}

#[test]
fn warming_up_is_not_a_call() {
    let f = compile(|x: &Tensor| x.exp());
    let x = Tensor::from([0f32]);
    block_on(f.warm_up(&x)).expect("warm up");
    assert_eq!((f.stats().misses, f.stats().traces, f.stats().cache_size), (0, 1, 1));
    assert_eq!(floats(&f.call(&x).expect("call")), [1.0]);
    assert_eq!((f.stats().misses, f.stats().hits), (0, 1));
}

#[test]
fn recompilations_can_be_refused() {
    let f = Compile::new(|x: &Tensor| x + 1.0).name("f").on_recompile(|report| Err(recompile_error(report))).build();
    f.call(&Tensor::from([1f32])).expect("first");
    let error = f.call(&Tensor::from([1f32, 2.0])).expect_err("second");
    assert_eq!(
        error.to_string(),
        "compile('f'): recompiles: args[0]: float32[1] -> float32[2]. Every shape has an entry of its own: name the sizes that \
         change in dynamicDims."
    );
}

#[test]
fn events_tell_what_happens() {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let to = seen.clone();
    let subscription = devtools::subscribe(move |event| {
        let json = serde_json::to_value(event).expect("json");
        to.borrow_mut().push(json["type"].as_str().expect("a type").to_string());
    });
    let f = Compile::new(|x: &Tensor| x + 1.0).max_cache_size(1).build();
    f.call(&Tensor::from([1f32])).expect("call");
    f.call(&Tensor::from([2f32])).expect("call");
    f.call(&Tensor::from([2f32, 3.0])).expect("call");
    drop(subscription);
    f.call(&Tensor::from([2f32, 3.0])).expect("call");
    assert_eq!(
        *seen.borrow(),
        ["trace", "submit", "miss", "compile", "submit", "call", "trace", "submit", "miss", "compile", "evict"]
    );
}

#[test]
fn inspection_says_where_nodes_were_made() {
    let f = compile(|x: &Tensor| (x + 1.0).exp());
    let view = f.inspect(&Tensor::from([1f32])).expect("inspect");
    assert_eq!(f.stats(), CompilationStats::default());
    let trace = &view.graphs[0];
    assert_eq!(trace.pass, "trace");
    assert_eq!(view.graphs.last().expect("graphs").pass, "fuse");
    let exp = trace.graph.nodes.iter().find(|node| node.op == "exp").expect("exp");
    assert!(exp.source.as_ref().expect("recorded").file.ends_with("compile.rs"));
    assert!(view.kernels[0].wgsl.contains("exp"), "{}", view.kernels[0].wgsl);
    assert!(!view.kernels[0].wgsl_lines.is_empty());
    let json: serde_json::Value = serde_json::from_str(&view.to_json()).expect("json");
    assert_eq!(json["after"]["dispatches"], 1);
    assert_eq!(json["kernels"][0]["bytesRead"], 4);
}
