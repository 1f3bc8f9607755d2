//! What an entry with open sizes takes for granted, and what becomes of a call that breaks it: the rows of the contract about
//! `shapeless` and `dynamic_dims`, by their names, and the unsound cases of other compilers.

use interfuse::library::{self, Index};
use interfuse::{
    Arg, Compile, CompiledFunction, DType, ErrorKind, Result, Tensor, Tree, Weak, random, value_and_grad_with,
};
use std::cell::Cell;
use std::collections::BTreeMap;

fn ones(sizes: &[i64]) -> Tensor {
    library::ones(sizes, DType::Float32).expect("ones")
}

fn count(n: i64) -> Tensor {
    library::arange(Weak::Float(0.0), Weak::Float(n as f64), Weak::Int(1), None).expect("arange")
}

fn floats(x: &Tensor) -> Vec<f32> {
    x.to_vec().expect("floats")
}

/// The kind of a call's error.
fn fails<A: Tree, R: Tree + 'static, F: Fn(&A) -> Result<R>>(
    f: &CompiledFunction<A, R, F>,
    x: &A,
) -> (ErrorKind, String) {
    match f.call(x) {
        Ok(_) => panic!("{} served the call", f.name()),
        Err(error) => (error.kind(), error.to_string()),
    }
}

#[test]
fn m19_shapeless() {
    let y = Cell::new(1.0f32);
    let f = Compile::new(|x: &Tensor| x + y.get()).shapeless(true).build();
    let call = |x: Tensor| f.call(&x).expect("a call");
    assert_eq!(floats(&call([1f32, 2.0].into())), [2.0, 3.0]);
    y.set(3.0);
    assert_eq!(floats(&call([1f32, 2.0, 3.0].into())), [2.0, 3.0, 4.0]);
    // Another dtype, another rank: traced anew, with the new number.
    assert_eq!(floats(&call([0i32, 1, 2].into())), [3.0, 4.0, 5.0]);
    assert_eq!(floats(&call([[0f32, 1.0, 2.0]].into())), [3.0, 4.0, 5.0]);
    assert_eq!(f.stats().traces, 3);
    assert_eq!(f.cache()[0].signature, "(float32[s0,s1])");
}

#[test]
fn m21_with_reductions() {
    let f = Compile::new(|(x, y): &(Tensor, Tensor)| x + y.sum(0, true) + 1.0).shapeless(true).build();
    assert_eq!(floats(&f.call(&(ones(&[2, 2]), ones(&[2, 2]))).expect("2")), [4.0; 4]);
    assert_eq!(floats(&f.call(&(ones(&[3, 3]), ones(&[3, 3]))).expect("3")), [5.0; 9]);
    assert_eq!(f.stats().traces, 1);
    let g = Compile::new(|x: &Tensor| x + x.sum(-1, false)).shapeless(true).build();
    assert_eq!(floats(&g.call(&ones(&[2, 2])).expect("2")), [3.0; 4]);
    assert_eq!(floats(&g.call(&ones(&[3, 3])).expect("3")), [4.0; 9]);
    // The sum of the last axis is broadcast along the first: that needs a square.
    assert_eq!(fails(&g, &ones(&[2, 3])).0, ErrorKind::ShapeGuard);
}

#[test]
fn m22_m23_m24_views_and_creation() {
    let f = Compile::new(|x: &Tensor| x.unflatten(-1, &[4, -1])).shapeless(true).build();
    assert_eq!(f.call(&ones(&[1, 1, 128])).expect("128").sizes(), [1, 1, 4, 32]);
    assert_eq!(f.call(&ones(&[2, 3, 64])).expect("64").sizes(), [2, 3, 4, 16]);
    let last = Compile::new(|x: &Tensor| x.slice(&[Index::All, Index::At(-1)])).shapeless(true).build();
    for n in [1, 3, 2] {
        let x = count(n * 4).reshape(&[1, n, 4]);
        let start = 4.0 * (n - 1) as f32;
        assert_eq!(floats(&last.call(&x).expect("last")), [start, start + 1.0, start + 2.0, start + 3.0]);
    }
    let like = Compile::new(|x: &Tensor| {
        (library::zeros_like(x, None).unwrap(), library::ones(x.shape(), DType::Int32).unwrap())
    })
    .shapeless(true)
    .build();
    for sizes in [[2, 3], [4, 1]] {
        let (zeros, one) = like.call(&ones(&sizes)).expect("like");
        assert_eq!(
            (zeros.sizes(), one.sizes()),
            (vec![sizes[0] as usize, sizes[1] as usize], vec![sizes[0] as usize, sizes[1] as usize])
        );
        assert_eq!(floats(&zeros), vec![0.0; (sizes[0] * sizes[1]) as usize]);
    }
    assert_eq!(f.stats().traces + last.stats().traces + like.stats().traces, 3);
}

#[test]
fn m26_m43_m44_products() {
    let gathered =
        Compile::new(|(x, i): &(Tensor, Tensor)| x.take(i, Some(0)).matmul(&x.swapaxes(1, 2).take(i, Some(0))))
            .shapeless(true)
            .build();
    for (b, n, k) in [(2, 3, 1), (4, 2, 3), (1, 5, 2)] {
        let i = Tensor::from_slice(&vec![0i32; k], &[k]).expect("indices");
        let y = gathered.call(&(ones(&[b, n, 7]), i)).expect("product");
        assert_eq!((y.sizes(), floats(&y)), (vec![k, n as usize, n as usize], vec![7.0; k * (n * n) as usize]));
    }
    let inner = Compile::new(|(x, y): &(Tensor, Tensor)| x.matmul(y)).shapeless(true).build();
    for n in [3, 5, 1, 0] {
        assert_eq!(floats(&inner.call(&(ones(&[n]), ones(&[n]))).expect("inner")), [n as f32]);
    }
    let addmm = Compile::fallible(|(c, a, b): &(Tensor, Tensor, Tensor)| library::addmm(c, a, b, 2.0, 3.0))
        .shapeless(true)
        .build();
    for k in [3, 6] {
        let y = addmm.call(&(ones(&[2, 2]), ones(&[2, k]), ones(&[k, 2]))).expect("addmm");
        assert_eq!(floats(&y), [3.0 + 2.0 * k as f32; 4]);
    }
    assert_eq!((gathered.stats().traces, inner.stats().traces, addmm.stats().traces), (1, 1, 1));
    let (kind, text) = fails(&inner, &(ones(&[3]), ones(&[2])));
    assert_eq!(kind, ErrorKind::ShapeGuard);
    assert!(
        text.contains("matmul: float32[3] and float32[2]: axis 0 of the first has size 3, axis 0 of the second 2"),
        "{text}"
    );
}

#[test]
fn m32_mean() {
    let f = Compile::new(|x: &Tensor| x.mean(.., false)).shapeless(true).build();
    for n in [2, 4, 7] {
        assert_eq!(floats(&f.call(&ones(&[n])).expect("mean")), [1.0]);
    }
    assert_eq!(f.stats().traces, 1);
    assert!(f.cache()[0].guards.is_empty(), "{:?}", f.cache()[0].guards);
}

#[test]
fn m40_ten_axes() {
    let f = Compile::new(|(x, y): &(Tensor, Tensor)| x.transpose(None) + y)
        .dynamic_dims([("0", 0, "n"), ("1", -1, "n")])
        .build();
    for n in [2, 3] {
        let x = count(512 * n).reshape(&[n, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
        let y = ones(&[2, 2, 2, 2, 2, 2, 2, 2, 2, n]);
        let want = x.transpose(None) + &y;
        assert_eq!(floats(&f.call(&(x.clone(), y.clone())).expect("a call")), floats(&want));
    }
    assert_eq!((f.stats().traces, f.stats().hits), (1, 1));
}

#[test]
fn m46_c25_reshape() {
    // The sizes that are read are fixed, the third stays open.
    let f = Compile::new(|x: &Tensor| x.reshape(&[(x.sizes()[0] * x.sizes()[1]) as i64, -1])).shapeless(true).build();
    let g = Compile::new(|x: &Tensor| x.reshape(&[2, 2])).shapeless(true).build();
    assert_eq!(f.call(&ones(&[2, 3, 4])).expect("4").sizes(), [6, 4]);
    assert_eq!(fails(&f, &ones(&[2, 3, 8])).0, ErrorKind::ShapeGuard, "sizes() reads all");
    let h = Compile::new(|x: &Tensor| {
        let rows = x.dim(0).value().unwrap() * x.dim(1).value().unwrap();
        x.reshape(&[rows, -1])
    })
    .shapeless(true)
    .build();
    assert_eq!(h.call(&ones(&[2, 3, 4])).expect("4").sizes(), [6, 4]);
    assert_eq!(h.call(&ones(&[2, 3, 8])).expect("8").sizes(), [6, 8]);
    assert_eq!((h.stats().traces, h.stats().hits), (1, 1));
    let (kind, text) = fails(&h, &ones(&[5, 5, 3]));
    assert_eq!(kind, ErrorKind::ShapeGuard);
    assert!(text.contains("a size was read as a number when the function was traced; it was 2 and is 5 now"), "{text}");
    assert_eq!(g.call(&ones(&[4])).expect("4").sizes(), [2, 2]);
    let (kind, text) = fails(&g, &ones(&[5]));
    assert_eq!(kind, ErrorKind::ShapeGuard);
    assert!(text.contains("reshape: cannot reshape float32[5] of size 5 into [2, 2]"), "{text}");
    assert_eq!(
        (g.stats().guard_failures, g.stats().hits, g.stats().misses),
        (1, 0, 1),
        "a call that throws is not counted"
    );
}

#[test]
fn m47_broadcasts() {
    let f = Compile::new(|x: &Tensor| x.broadcast_to(&[2, 3])).shapeless(true).build();
    assert_eq!(f.call(&ones(&[3])).expect("3").sizes(), [2, 3]);
    // Another rank is traced anew, and then throws like eager code.
    assert_eq!(fails_kind_of_panic(|| f.call(&ones(&[4, 3])).map(drop)), "broadcastTo");
    let arrays = Compile::new(|(x, y): &(Tensor, Tensor)| (x + y * 0.0, y + x * 0.0)).shapeless(true).build();
    let (x, y) = arrays.call(&(ones(&[2, 1]), ones(&[2]))).expect("arrays");
    assert_eq!((x.sizes(), y.sizes()), (vec![2, 2], vec![2, 2]));
    let (x, _) = arrays.call(&(ones(&[3, 1]), ones(&[4]))).expect("arrays");
    assert_eq!(x.sizes(), [3, 4]);
    assert_eq!(fails(&arrays, &(ones(&[3, 2]), ones(&[4]))).0, ErrorKind::ShapeGuard, "the 1 was broadcast");
}

#[test]
fn an_open_size_that_is_1_where_1_is_asked_for_is_guarded() {
    let strict = Compile::fallible(|x: &Tensor| x.try_broadcast_to(&[1])).shapeless(true).build();
    assert_eq!(floats(&strict.call(&ones(&[1])).expect("1")), [1.0]);
    assert_eq!(strict.cache()[0].guards, ["s0 == 1 (broadcastTo)"]);
    let (kind, text) = fails(&strict, &ones(&[3]));
    assert_eq!(kind, ErrorKind::ShapeGuard);
    assert!(text.contains("broadcastTo: float32[3] cannot be broadcast to [1]"), "{text}");
    let update = |u: &Tensor| library::at(&ones(&[3]), vec![Index::All.into()]).add(u);
    let named = Compile::fallible(update).dynamic_dims([("0", 0, "n")]).build();
    for n in [1, 3, 1, 3] {
        assert_eq!(floats(&named.call(&ones(&[n])).expect("a call")), [2.0; 3]);
    }
    assert_eq!((named.stats().misses, named.stats().guard_failures, named.stats().hits), (2, 1, 2));
    let (kind, text) = fails(&named, &ones(&[2]));
    assert_eq!(kind, ErrorKind::Shape, "traced anew, it says what eager code says");
    assert!(text.contains("at.add: float32[2] cannot be broadcast to [3]"), "{text}");
}

fn fails_kind_of_panic(call: impl FnOnce() -> Result<()>) -> String {
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).expect_err("it panics");
    let text = panic.downcast_ref::<String>().expect("a text").clone();
    text.split(':').next().expect("an op").to_string()
}

#[test]
fn n09_n11_named_sizes() {
    let square = Compile::new(|x: &Tensor| x * x).dynamic_dims([("0", 0, "batch")]).build();
    square.call(&ones(&[2, 4])).expect("2");
    square.call(&ones(&[3, 4])).expect("3");
    assert_eq!((square.stats().misses, square.stats().hits), (1, 1));
    assert_eq!(square.cache()[0].signature, "(float32[batch,4])");
    // What is not named is fixed.
    square.call(&ones(&[3, 5])).expect("5");
    assert_eq!(square.stats().misses, 2);
    let weights = (ones(&[4, 8]), ones(&[8, 1]));
    let module = Compile::new(|x: &Tensor| x.matmul(&weights.0).relu().matmul(&weights.1))
        .dynamic_dims([("0", -2, "batch")])
        .build();
    for rows in [5, 9] {
        assert_eq!(floats(&module.call(&ones(&[rows, 4])).expect("rows")), vec![32.0; rows as usize]);
    }
    assert_eq!((module.stats().misses, module.stats().hits), (1, 1));
}

#[test]
fn s5_named_sizes_meet_numbers_means_and_gradients() {
    let f = Compile::new(|(p, x): &(BTreeMap<String, Tensor>, Tensor)| (x * 2.0).matmul(&p["w"]).mean(0, false))
        .dynamic_dims([("1", 0, "batch"), ("0.w", 1, "out")])
        .build();
    for (n, k) in [(2, 3), (5, 1), (1, 4)] {
        let p = BTreeMap::from([("w".to_string(), ones(&[4, k]))]);
        assert_eq!(floats(&f.call(&(p, ones(&[n, 4]))).expect("a call")), vec![8.0; k as usize]);
    }
    assert_eq!((f.stats().traces, f.stats().hits), (1, 2));
    assert_eq!(f.cache()[0].signature, "([{w: float32[4,out]}, float32[batch,4]])");
    let loss = |(w, x): &(Tensor, Tensor)| x.matmul(w).square().mean(.., false);
    let slope = try_compile_open(value_and_grad_with(loss, Arg::<0>));
    // Powers of two, whose reciprocals are exact.
    for n in [2, 8, 1] {
        let (value, by_w) = slope.call(&(ones(&[3, 1]), ones(&[n, 3]))).expect("a call");
        assert_eq!((floats(&value), floats(&by_w)), (vec![9.0], vec![6.0; 3]));
    }
    assert_eq!(slope.stats().traces, 1);
}

/// With the first size of the second argument open.
fn try_compile_open<A: Tree, R: Tree + 'static, F: Fn(&A) -> Result<R>>(function: F) -> CompiledFunction<A, R, F> {
    Compile::fallible(function).dynamic_dims([("1", 0, "batch")]).build()
}

#[test]
fn s6_nothing_is_stale() {
    let abs = Compile::new(|(x, y): &(Tensor, Tensor)| (x + y).abs()).shapeless(true).build();
    abs.call(&(ones(&[3]), ones(&[3]))).expect("3 and 3");
    let (kind, text) = fails(&abs, &(ones(&[3]), ones(&[2])));
    assert_eq!(kind, ErrorKind::ShapeGuard);
    assert!(text.contains("add: float32[3] and float32[2] cannot be broadcast together"), "{text}");
    assert_eq!(fails(&abs, &(ones(&[0]), ones(&[1]))).0, ErrorKind::ShapeGuard, "eager gives a shape of [0]");
    assert!(floats(&abs.call(&(ones(&[0]), ones(&[0]))).expect("0 and 0")).is_empty());

    let last = Compile::new(|x: &Tensor| x.slice(&[Index::At(-1)])).shapeless(true).build();
    for n in [4, 2, 9] {
        assert_eq!(floats(&last.call(&count(n)).expect("last")), [(n - 1) as f32]);
    }
    let (kind, text) = fails(&last, &count(0));
    assert_eq!(kind, ErrorKind::ShapeGuard);
    assert!(text.contains("slice: index -1 is out of range for axis 0 of float32[0]"), "{text}");

    let host = Compile::new(|x: &Tensor| x.sum(.., false) / x.sizes()[0] as f32).shapeless(true).build();
    assert_eq!(floats(&host.call(&ones(&[4])).expect("4")), [1.0]);
    assert_eq!(fails(&host, &ones(&[8])).0, ErrorKind::ShapeGuard);
    let open = Compile::new(|x: &Tensor| library::arange_dims(0, x.dim(1), 1, None).unwrap()).shapeless(true).build();
    for n in [3, 5] {
        assert_eq!(open.call(&ones(&[2, n])).expect("arange").size() as i64, n);
    }
    let branch = Compile::new(|x: &Tensor| if x.sizes()[0] > 4 { x * 2.0 } else { x * 3.0 })
        .dynamic_dims([("0", 0, "n")])
        .build();
    assert_eq!(floats(&branch.call(&ones(&[2])).expect("2")), [3.0; 2]);
    assert_eq!(floats(&branch.call(&ones(&[5])).expect("5")), [2.0; 5]);
    assert_eq!((branch.stats().misses, branch.stats().guard_failures), (2, 1));
}

#[test]
fn s7_what_others_refuse_is_symbolic() {
    let f = Compile::new(|x: &Tensor| {
        let rolled = x.roll(1, Some(0)).pad(&[(1, 1)], Weak::Float(0.0)).slice(&[Index::Range {
            start: Some(1),
            stop: Some(-1),
            step: 1,
        }]);
        rolled + random::uniform(x.shape(), 0, 1, DType::Float32, Some(&random::key(3).unwrap())).unwrap() * 0.0
    })
    .shapeless(true)
    .build();
    for n in [3, 5, 2] {
        let want: Vec<f32> = (0..n).map(|i| ((i + n - 1) % n) as f32).collect();
        assert_eq!(floats(&f.call(&count(n)).expect("a call")), want);
    }
    assert_eq!(f.stats().traces, 1);
}

#[test]
fn named_sizes_trace_anew_where_a_guard_fails_and_find_the_entry_again() {
    let f = Compile::new(|x: &Tensor| x.reshape(&[2, -1])).dynamic_dims([("0", 0, "n")]).max_cache_size(3).build();
    for n in [4, 6, 8] {
        assert_eq!(f.call(&count(n)).expect("even").sizes(), [2, n as usize / 2]);
    }
    assert_eq!((f.stats().misses, f.stats().hits, f.stats().guard_failures), (1, 2, 0));
    let g = Compile::new(|x: &Tensor| x * x.dim(0).value().unwrap() as f32)
        .dynamic_dims([("0", 0, "n")])
        .max_cache_size(3)
        .build();
    for n in [1, 2, 3, 2, 1, 3] {
        assert_eq!(floats(&g.call(&ones(&[n])).expect("a call")), vec![n as f32; n as usize]);
    }
    assert_eq!((g.stats().misses, g.stats().hits, g.stats().guard_failures, g.stats().cache_size), (3, 3, 2, 3));
    let miss = g.last_miss().expect("a miss");
    assert!(
        miss.reason.contains("it was 2 and is 3 now") || miss.reason.contains("it was 1 and is 3 now"),
        "{}",
        miss.reason
    );
    assert_eq!(g.cache()[0].guards, ["n == 3 (value)"]);
    // The least recently used goes, and its place with it.
    g.call(&ones(&[4])).expect("4");
    assert_eq!((g.stats().evictions, g.stats().cache_size), (1, 3));
    g.call(&ones(&[2])).expect("2 again");
    assert_eq!((g.stats().misses, g.stats().evictions), (5, 2));
    g.clear_cache();
    g.call(&ones(&[2])).expect("2 once more");
    assert_eq!((g.stats().misses, g.stats().cache_size), (6, 1));
}

#[test]
fn names_are_checked() {
    let add = Compile::new(|(x, y): &(Tensor, Tensor)| x + y)
        .name("add")
        .dynamic_dims([("0", 0, "batch"), ("1", 0, "batch")])
        .build();
    let (kind, text) = fails(&add, &(ones(&[3]), ones(&[2])));
    assert_eq!(kind, ErrorKind::DimMismatch);
    assert_eq!(
        text,
        "compile('add'): symbol 'batch' is 3 for args[0][0] and 2 for args[0][1]. Sizes of one name are equal; give them different names if they need not be."
    );
    assert_eq!((add.stats().misses, add.stats().hits), (0, 0));
    let unknown = Compile::new(|x: &Tensor| x + 1.0).dynamic_dims([("3", 0, "n")]).build();
    let (kind, text) = fails(&unknown, &ones(&[3]));
    assert_eq!(kind, ErrorKind::CompileArgument);
    assert!(
        text.contains("dynamicDims names the argument 3, and there is no such tensor. The tensors are args[0]."),
        "{text}"
    );
    let axis = Compile::new(|x: &Tensor| x + 1.0).dynamic_dims([("0", 2, "n")]).build();
    let (kind, text) = fails(&axis, &ones(&[3]));
    assert_eq!(kind, ErrorKind::CompileArgument);
    assert!(text.contains("dynamicDims names axis 2 of args[0], which is float32[3]. It has 1 axes."), "{text}");
}

#[test]
fn guards_say_where_they_come_from() {
    interfuse::devtools::record_sources(true);
    let f = Compile::new(|(x, y): &(Tensor, Tensor)| x * y).name("f").shapeless(true).build();
    f.call(&(ones(&[2]), ones(&[2]))).expect("2");
    let (_, text) = fails(&f, &(ones(&[2]), ones(&[3])));
    interfuse::devtools::record_sources(false);
    assert!(text.starts_with("compile('f'): mul at "), "{text}");
    assert!(text.contains("guards.rs:"), "{text}");
    assert!(text.contains("(the trace took s0 == s1 for granted)"), "{text}");
}

#[test]
fn sizes_do_not_outlive_their_trace() {
    let leak = Cell::new(None);
    let f = Compile::new(|x: &Tensor| {
        leak.set(Some((x.dim(0), library::zeros(x.shape(), DType::Float32).unwrap())));
        x + 1.0
    })
    .shapeless(true)
    .build();
    f.call(&ones(&[3])).expect("3");
    let (size, zeros) = leak.take().expect("leaked");
    assert_eq!(
        library::zeros(std::slice::from_ref(&size), DType::Float32).unwrap_err().kind(),
        ErrorKind::LeakedTracer
    );
    assert_eq!(size.value().unwrap_err().kind(), ErrorKind::LeakedTracer);
    assert_eq!(zeros.to_vec::<f32>().unwrap_err().kind(), ErrorKind::LeakedTracer);
    assert_eq!(zeros.try_add(1.0).unwrap_err().kind(), ErrorKind::LeakedTracer);
}

#[test]
fn another_size_makes_no_plan_and_touches_only_its_own_bytes() {
    let f = Compile::new(|x: &Tensor| (x * 2.0).softmax(-1).matmul(&x.transpose(None))).shapeless(true).build();
    f.call(&ones(&[4, 8])).expect("4").to_vec::<f32>().expect("values");
    let x = ones(&[16, 32]);
    x.to_vec::<f32>().expect("made");
    let device = interfuse::current_device("test").expect("a device");
    let before = device.device().counters();
    let y = f.call(&x).expect("16");
    let after = device.device().counters();
    assert_eq!(f.stats().traces, 1);
    assert_eq!(after.pipelines_created, before.pipelines_created);
    assert_eq!(
        (after.submits - before.submits, after.dispatches - before.dispatches),
        (1, f.cache()[0].kernels as u64)
    );
    // The product, and the softmax before it.
    assert_eq!(after.bytes_allocated - before.bytes_allocated, 4 * (16 * 16 + 16 * 32));
    assert_eq!(y.sizes(), [16, 16]);
}

#[test]
fn too_large_is_said_at_the_call() {
    let f = Compile::new(|(x, y): &(Tensor, Tensor)| x.outer(y).sum(.., false)).shapeless(true).build();
    f.call(&(ones(&[2]), ones(&[3]))).expect("6");
    let (kind, text) = fails(&f, &(ones(&[1 << 16]), ones(&[1 << 16])));
    assert_eq!(kind, ErrorKind::Limit);
    assert!(text.contains("a tensor of shape [65536,65536] has more than 2147483647 elements"), "{text}");
}

#[test]
fn transforms_of_open_sizes() {
    let loss = |(w, x): &(Tensor, Tensor)| x.matmul(w).square().mean(.., false);
    let gradient = interfuse::grad(loss);
    let f = Compile::fallible(|x: &(Tensor, Tensor)| interfuse::grad(loss)(x)).shapeless(true).build();
    let data = |m: i64, n: i64| (count(2 * n).reshape(&[n, 2]) / 7.0, count(m * n).reshape(&[m, n]) / 9.0);
    for (m, n) in [(3, 4), (5, 2), (1, 7)] {
        let x = data(m, n);
        let (got, want) = (f.call(&x).expect("a gradient"), gradient(&x).expect("a gradient"));
        let (got, want) = (floats(&got.0), floats(&want.0));
        assert_eq!(got.len(), want.len());
        assert!(got.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-4 * (1.0 + b.abs())), "{got:?} {want:?}");
    }
    assert_eq!(f.stats().traces, 1);
    let rows = Compile::fallible(|x: &Tensor| interfuse::vmap(|row: &Tensor| (row * row).sum(0, false))(x))
        .shapeless(true)
        .build();
    for (m, n) in [(2, 3), (4, 1), (1, 5)] {
        assert_eq!(floats(&rows.call(&ones(&[m, n])).expect("rows")), vec![n as f32; m as usize]);
    }
    assert_eq!(rows.stats().traces, 1);
}
