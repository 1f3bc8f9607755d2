//! Captured state: calls of a compiled function leave what calls of the function would, however they came about.

use interfuse::*;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

type Shared<T> = Rc<RefCell<T>>;

fn shared<T>(value: T) -> Shared<T> {
    Rc::new(RefCell::new(value))
}

fn values<'a>(tensors: impl IntoIterator<Item = &'a Tensor>) -> Vec<f32> {
    tensors.into_iter().flat_map(|x| x.to_vec::<f32>().expect("floats")).collect()
}

#[test]
fn s10_lists_grow_and_shrink_on_hits() {
    let list: Shared<Vec<Tensor>> = shared(Vec::new());
    let (own, traces) = (list.clone(), Rc::new(Cell::new(0)));
    let count = traces.clone();
    let push = Compile::new(move |x: &Tensor| {
        count.set(count.get() + 1);
        own.borrow_mut().push(x * 2.0);
    })
    .state(&list)
    .build();
    for x in [1f32, 2.0, 3.0] {
        push.call(&Tensor::from(x)).expect("push");
    }
    assert_eq!(values(&*list.borrow()), [2.0, 4.0, 6.0]);
    // Every length is a structure of its own ...
    assert_eq!(traces.get(), 3);
    // ... and is found again.
    list.borrow_mut().clear();
    for x in [5f32, 6.0] {
        push.call(&Tensor::from(x)).expect("push");
    }
    assert_eq!((values(&*list.borrow()), traces.get()), (vec![10.0, 12.0], 3));
    let own = list.clone();
    let pop = Compile::new(move |(): &()| own.borrow_mut().pop().expect("not empty")).state(&list).build();
    assert_eq!(values([&pop.call(&()).expect("pop")]), [12.0]);
    assert_eq!(values(&*list.borrow()), [10.0]);
}

#[test]
fn s9_keys_constants_and_untouched_tensors() {
    let state: Shared<BTreeMap<String, (Tensor, i32)>> = shared(BTreeMap::new());
    state.borrow_mut().insert("a".into(), (Tensor::from(1f32), 1));
    state.borrow_mut().insert("b".into(), (Tensor::from(2f32), 2));
    let own = state.clone();
    let f = Compile::new(move |x: &Tensor| {
        let mut state = own.borrow_mut();
        let (b, n) = state.remove("b").expect("b");
        state.insert("c".into(), (b + x, n + 1));
    })
    .state(&state)
    .build();
    let kept = state.borrow()["a"].0.id();
    f.call(&Tensor::from(10f32)).expect("miss");
    assert_eq!(state.borrow()["a"].0.id(), kept, "an untouched tensor stays the same tensor");
    let (c, n) = state.borrow_mut().remove("c").expect("c");
    assert_eq!((values([&c]), n), (vec![12.0], 3));
    state.borrow_mut().insert("b".into(), (Tensor::from(5f32), 2));
    f.call(&Tensor::from(10f32)).expect("hit");
    assert_eq!(f.stats().hits, 1);
    assert_eq!(values([&state.borrow()["c"].0]), [15.0]);
    // Another constant is another key.
    let (c, _) = state.borrow_mut().remove("c").expect("c");
    state.borrow_mut().insert("b".into(), (c, 7));
    f.call(&Tensor::from(10f32)).expect("miss");
    assert_eq!(f.stats().misses, 2);
    assert_eq!(f.last_miss().expect("miss").reason, "state[0].b[1]: 2 -> 7");
    assert_eq!(f.cache()[0].signature, "(float32[], state[0]: {a: [float32[], 1], b: [float32[], 7]})");
}

#[test]
fn s11_a_failing_trace_restores_the_state() {
    let w = shared(Tensor::from([1f32, 2.0]));
    let own = w.clone();
    let f = Compile::fallible(move |x: &Tensor| {
        let next = &*own.borrow() + x;
        *own.borrow_mut() = next;
        x.try_reshape(&[7])
    })
    .state(&w)
    .build();
    let before = w.borrow().id();
    assert_eq!(f.call(&Tensor::from(1f32)).expect_err("a shape").kind(), ErrorKind::Shape);
    assert_eq!((w.borrow().id(), values([&*w.borrow()])), (before, vec![1.0, 2.0]));
    assert_eq!(f.stats(), CompilationStats::default());
}

#[test]
fn what_is_only_an_input_must_not_change() {
    let w = shared(Tensor::from(1f32));
    let make = |strict: bool| {
        let own = w.clone();
        Compile::new(move |x: &Tensor| {
            let next = &*own.borrow() + x;
            *own.borrow_mut() = next;
        })
        .name("f")
        .inputs(&w)
        .fullgraph(strict)
        .build()
    };
    let error = make(true).call(&Tensor::from(1f32)).expect_err("a change");
    assert_eq!(error.reason(), Some(BreakReason::Mutation));
    assert_eq!(values([&*w.borrow()]), [1.0]);
    devtools::set_warn(|_| ());
    let f = make(false);
    f.call(&Tensor::from(1f32)).expect("eager");
    f.call(&Tensor::from(1f32)).expect("eager");
    assert_eq!(values([&*w.borrow()]), [3.0]);
    assert_eq!((f.stats().fallbacks, f.last_fallback().expect("report").reason), (2, "mutation".to_string()));
}

#[test]
fn an_outer_function_must_capture_what_an_inner_one_changes() {
    devtools::set_warn(|_| ());
    let w = shared(Tensor::from(1f32));
    let own = w.clone();
    let inner = Rc::new(
        Compile::new(move |x: &Tensor| {
            let next = &*own.borrow() + x;
            *own.borrow_mut() = next;
            x * 1.0
        })
        .state(&w)
        .build(),
    );
    let inside = inner.clone();
    let outer = Compile::fallible(move |x: &Tensor| inside.call(x)).build();
    for _ in 0..2 {
        outer.call(&Tensor::from(2f32)).expect("eager, with the inner one compiled");
    }
    assert_eq!(values([&*w.borrow()]), [5.0]);
    assert_eq!((outer.stats().fallbacks, inner.stats().misses, inner.stats().hits), (2, 1, 1));
    let inside = inner.clone();
    let both = Compile::fallible(move |x: &Tensor| inside.call(x)).state(&w).build();
    both.call(&Tensor::from(2f32)).expect("one graph");
    both.call(&Tensor::from(2f32)).expect("one graph");
    assert_eq!((values([&*w.borrow()]), both.stats().hits, inner.stats().hits), (vec![9.0], 1, 1));
}

#[test]
fn one_tensor_captured_twice_diverges() {
    let x = Tensor::from(1f32);
    let state = shared((x.clone(), x.clone()));
    let own = state.clone();
    let f = Compile::new(move |(): &()| {
        let next = &own.borrow().1 + 1.0;
        own.borrow_mut().0 = next;
    })
    .state(&state)
    .build();
    for _ in 0..2 {
        f.call(&()).expect("call");
        assert_eq!((values([&state.borrow().0]), values([&state.borrow().1])), (vec![2.0], vec![1.0]));
    }
    assert_eq!(f.stats().hits, 1);
}

#[test]
fn a_training_step_is_traced_as_often_as_its_state_changes_form() {
    let (w, m): (_, Shared<Option<Tensor>>) = (shared(Tensor::from([1f32, 2.0])), shared(None));
    let (own, momentum) = (w.clone(), m.clone());
    let step = Compile::new(move |x: &Tensor| {
        let gradient = &*own.borrow() * x;
        let next = match &*momentum.borrow() {
            Some(m) => m * 0.5 + &gradient,
            None => gradient.clone(),
        };
        let w = &*own.borrow() - &(&next * 0.1);
        *own.borrow_mut() = w;
        *momentum.borrow_mut() = Some(next);
        gradient.sum(.., false)
    })
    .state(&w)
    .state(&m)
    .build();
    let (mut ew, mut em) = (Tensor::from([1f32, 2.0]), None::<Tensor>);
    let x = Tensor::from([0.5f32, 0.25]);
    for _ in 0..5 {
        step.call(&x).expect("step");
        let gradient = &ew * &x;
        let next = em.map_or(gradient.clone(), |m| m * 0.5 + &gradient);
        ew = &ew - &(&next * 0.1);
        em = Some(next);
    }
    assert_eq!((step.stats().traces, step.stats().hits), (2, 3));
    for (a, b) in values([&*w.borrow()]).into_iter().zip(values([&ew])) {
        assert!((a - b).abs() < 1e-6, "{a} {b}");
    }
}

#[test]
fn a_lost_device_takes_its_entries_along() {
    let device = cpu_device("for this test");
    use_device(&device);
    let w = Tensor::from([1f32, 2.0]);
    let f = compile(move |x: &Tensor| x + &w);
    f.call(&Tensor::from([1f32, 1.0])).expect("call");
    let g = compile(|x: &Tensor| x + 1.0);
    g.call(&Tensor::from([1f32])).expect("call");
    device.set_lost();
    assert_eq!((f.stats().cache_size, g.stats().cache_size), (0, 0));
    use_device(&cpu_device("another"));
    assert_eq!(values([&g.call(&Tensor::from([2f32])).expect("compiled anew")]), [3.0]);
    assert_eq!((g.stats().misses, g.stats().cache_size), (2, 1));
    let f = Compile::fallible({
        let device = cpu_device("lost as well");
        use_device(&device);
        let w = Tensor::from([1f32, 2.0]);
        device.set_lost();
        move |(): &()| Ok(w.clone())
    })
    .name("f")
    .build();
    use_device(&cpu_device("another"));
    let error = f.call(&()).expect_err("a lost closure");
    assert_eq!(
        error.to_string(),
        "compile('f'): the function closes over float32[2], which is on a device that was lost. Make it again on the device of the call, \
         pass it as an argument, or move it with to(device)."
    );
}
