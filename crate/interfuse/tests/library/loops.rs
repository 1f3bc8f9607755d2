//! Loops, order, updates and windows through the library, eagerly and compiled.

use crate::wave;
use interfuse::library::{self as lib, Index, Running, Selector, Window};
use interfuse::{DType, Tensor, compile, fori, random, scan};

fn floats(x: &Tensor) -> Vec<f32> {
    x.to_vec::<f32>().expect("read")
}

#[test]
fn a_recurrent_program_is_its_steps() {
    let (w, h, xs) = (wave(&[4, 4], 1), wave(&[2, 4], 2), wave(&[7, 2, 4], 3));
    let step = |w: &Tensor, h: &Tensor, x: &Tensor| (h.matmul(w) + x).tanh();
    let mut by_hand = h.clone();
    let mut all = Vec::new();
    for at in 0..7 {
        by_hand = step(&w, &by_hand, &xs.slice(&[Index::At(at)]));
        all.extend(floats(&by_hand));
    }
    let program = |w: &Tensor, h: &Tensor, xs: &Tensor| {
        let body = |h: Tensor, x: Tensor| {
            let next = step(w, &h, &x);
            (next.clone(), next * 1.0)
        };
        scan(body, h.clone(), xs.clone(), None).expect("a loop")
    };
    let compiled = compile(|args: &(Tensor, Tensor, Tensor)| program(&args.0, &args.1, &args.2));
    let (eager, stacked) = program(&w, &h, &xs);
    let (last, again) = compiled.call(&(w.clone(), h.clone(), xs.clone())).expect("runs");
    for (got, want) in [(&eager, floats(&by_hand)), (&last, floats(&by_hand)), (&stacked, all.clone()), (&again, all)] {
        for (got, want) in floats(got).into_iter().zip(want) {
            assert!((got - want).abs() < 1e-5, "{got} {want}");
        }
    }
    assert_eq!(stacked.sizes(), [7, 2, 4]);
}

#[test]
fn ten_thousand_steps_compile_once() {
    let step = compile(|x: &Tensor| {
        fori(10_000, |i, x: Tensor| x + i.astype(DType::Float32) * 0.0 + 1.0, x.clone()).expect("a loop")
    });
    let y = step.call(&Tensor::from([0.0f32, 5.0])).expect("runs");
    assert_eq!(floats(&y), [10_000.0, 10_005.0]);
    let inspection = step.inspect(&Tensor::from([0.0f32, 5.0])).expect("compiles");
    assert!(inspection.kernels.len() < 8, "{} kernels", inspection.kernels.len());
    assert!(inspection.after.dispatches > 10_000);
    // A loop within a loop, and none at all.
    let y = fori(3, |_, x: Tensor| fori(4, |_, x: Tensor| x + 1, x).expect("a loop"), Tensor::from([0i32]))
        .expect("a loop");
    assert_eq!(y.to_vec::<i32>().expect("read"), [12]);
    assert_eq!(
        fori(0, |_, x: Tensor| x + 1, Tensor::from([7i32])).expect("a loop").to_vec::<i32>().expect("read"),
        [7]
    );
    // Two carries that change places.
    let (a, b) =
        fori(5, |_, (a, b): (Tensor, Tensor)| (b, a), (Tensor::from([1i32]), Tensor::from([2i32]))).expect("a loop");
    assert_eq!((a.to_vec::<i32>().expect("read"), b.to_vec::<i32>().expect("read")), (vec![2], vec![1]));
}

#[test]
fn misuse_of_loops_is_told_at_the_call() {
    let x = wave(&[3, 2], 1);
    let text = |error: interfuse::Error| error.to_string();
    let error = scan(|c: Tensor, _: Tensor| (c.astype(DType::Int32), ()), wave(&[2], 0), x.clone(), None);
    assert!(
        text(error.map(|_| ()).expect_err("another dtype"))
            .contains("enters a step as float32[2] and leaves it as int32[2]")
    );
    let error = scan(|c: Tensor, x: (Tensor, Tensor)| (c, x.0), wave(&[2], 0), (x.clone(), wave(&[4], 0)), None);
    assert!(text(error.map(|_| ()).expect_err("two lengths")).contains("does not have 3 slices"));
    let error = scan(|c: Tensor, (): ()| (c, ()), wave(&[2], 0), (), None);
    assert!(text(error.map(|_| ()).expect_err("no length")).contains("how many steps"));
}

#[test]
fn embedding_gradients_of_real_size_are_not_quadratic() {
    let (rows, width, count) = (5_000, 16, 4_000);
    let table = lib::zeros(&[rows, width], DType::Float32).expect("zeros");
    let indices =
        random::randint(0, rows, &[count], DType::Int32, Some(&random::key(1).expect("a key"))).expect("draws");
    let updates = lib::ones(&[count, width], DType::Float32).expect("ones");
    let y = lib::scatter_add(&table, &indices, &updates, 0).expect("adds");
    let mut want = vec![0.0f32; rows as usize];
    for at in indices.to_vec::<i32>().expect("read") {
        want[at as usize] += 1.0;
    }
    let got = floats(&y);
    assert!(
        want.iter()
            .enumerate()
            .all(|(row, count)| got[row * width as usize..][..width as usize].iter().all(|x| x == count))
    );
}

#[test]
fn updates_are_those_of_plain_loops() {
    let x = wave(&[4, 5], 1);
    let plain = floats(&x);
    let rows = Tensor::from([3i32, 0, 3]);
    let columns = Tensor::from([-1i32, 2, 4]);
    let pairs = lib::at(&x, vec![Selector::from(&rows), Selector::from(&columns)]);
    assert_eq!(floats(&pairs.get().expect("gets")), [plain[19], plain[2], plain[19]]);
    let added = floats(&pairs.add(10).expect("adds"));
    assert!((added[19] - plain[19] - 20.0).abs() < 1e-4 && (added[2] - plain[2] - 10.0).abs() < 1e-5);
    assert_eq!(added[3], plain[3]);
    // Out of range: clamped where read, ignored where written.
    let far = lib::at(&x, vec![Selector::from(&Tensor::from([9i32])), Selector::from(&Tensor::from([0i32]))]);
    assert_eq!(floats(&far.get().expect("gets")), [plain[15]]);
    assert_eq!(floats(&far.set(1).expect("sets")), plain);
    let range = |start, stop| Selector::Known(Index::Range { start: Some(start), stop: Some(stop), step: 1 });
    let block = lib::at(&x, vec![range(1, 3), range(-2, 5)]);
    let doubled = floats(&block.mul(2).expect("multiplies"));
    for (at, (got, was)) in doubled.iter().zip(&plain).enumerate() {
        let inside = (1..3).contains(&(at / 5)) && at % 5 >= 3;
        assert_eq!(*got, if inside { 2.0 * was } else { *was }, "{at}");
    }
    let wrong = lib::at(&x, vec![Selector::Known(Index::At(9))]).set(0).expect_err("out of range");
    assert!(wrong.to_string().contains("index 9 is out of range for axis 0 of float32[4,5]"), "{wrong}");
}

#[test]
fn order_windows_and_letters() {
    let x = Tensor::from([[3.0f32, 1.0, 2.0, 4.0], [0.0, f32::NAN, -1.0, 5.0]]);
    assert_eq!(floats(&lib::median(&x, 1, false).expect("median"))[0], 2.5);
    assert!(floats(&lib::median(&x, 1, false).expect("median"))[1].is_nan());
    assert_eq!(floats(&lib::quantile(&Tensor::from([0.0f32, 10.0]), 0.25, .., false).expect("quantile")), [2.5]);
    assert_eq!(floats(&lib::topk(&Tensor::from([3.0f32, 1.0, 2.0]), 2, Some(0)).expect("topk")), [3.0, 2.0]);
    let order =
        random::permutation(100, Some(&random::key(3).expect("a key"))).expect("draws").to_vec::<u32>().expect("read");
    let mut sorted = order.clone();
    sorted.sort_unstable();
    assert!(sorted.iter().enumerate().all(|(at, x)| at as u32 == *x) && order != sorted);
    let image = Tensor::from_slice(&[1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], &[1, 3, 3, 1]).expect("an image");
    assert_eq!(floats(&lib::max_pool(&image, &[2], Some(&[1]), &[0]).expect("pools")), [5.0, 6.0, 8.0, 9.0]);
    assert_eq!(floats(&lib::avg_pool(&image, &[2], None, &[1]).expect("pools")), [0.25, 1.25, 2.75, 7.0]);
    let two = lib::ones(&[1, 2, 2, 1], DType::Float32).expect("ones");
    assert_eq!(floats(&lib::conv2d(&image, &two, &Window::default()).expect("convolves")), [12.0, 16.0, 24.0, 28.0]);
    let a = wave(&[3, 4], 1);
    let b = wave(&[4, 5], 2);
    let c = wave(&[5, 2], 3);
    let want = floats(&a.matmul(&b).matmul(&c));
    let got = floats(&lib::einsum("ij,jk,kl->il", &[a.clone(), b, c]).expect("einsum"));
    assert!(got.iter().zip(&want).all(|(x, y)| (x - y).abs() < 1e-4));
    let batch = wave(&[2, 3, 4], 4);
    let dots = floats(&lib::einsum("...ij,jk->...ik", &[batch.clone(), wave(&[4, 5], 2)]).expect("einsum"));
    assert_eq!(dots, floats(&batch.matmul(&wave(&[4, 5], 2))));
    let broadcast = lib::einsum("...,...", &[wave(&[2, 1, 4], 1), wave(&[3, 1], 2)]).expect("einsum");
    assert_eq!(
        (broadcast.sizes(), floats(&broadcast)),
        (vec![2, 3, 4], floats(&(wave(&[2, 1, 4], 1) * wave(&[3, 1], 2))))
    );
    let ones = lib::einsum("i...j->j...", &[wave(&[2, 1, 3], 1)]).expect("einsum");
    assert_eq!((ones.sizes(), floats(&ones)), (vec![3, 1], floats(&wave(&[2, 3], 1).sum(0, false))));
    for (formula, told) in
        [("...i->i", "cannot read"), ("i.j", "cannot read"), ("......", "cannot read"), ("ijkl...", "names 4 axes")]
    {
        let error = lib::einsum(formula, std::slice::from_ref(&batch)).expect_err(formula).to_string();
        assert!(error.contains(told), "{formula}: {error}");
    }
    let error = lib::einsum("...i,...i", &[wave(&[2, 4], 1), wave(&[3, 4], 1)]).expect_err("sizes").to_string();
    assert!(error.contains("an axis of '...' is 2 and 3"), "{error}");
    assert_eq!(floats(&lib::einsum("ij->", &[Tensor::from([[1.0f32, 2.0], [3.0, 4.0]])]).expect("einsum")), [10.0]);
    let square = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
    assert_eq!(floats(&lib::trace(&square, 0, (0, 1)).expect("trace")), [5.0]);
    assert_eq!(floats(&lib::diagonal(&square, 1, (0, 1)).expect("diagonal")), [2.0]);
    assert_eq!(
        floats(&lib::kron(&Tensor::from([1.0f32, 2.0]), &Tensor::from([1.0f32, 10.0])).expect("kron")),
        [1.0, 10.0, 2.0, 20.0]
    );
    assert_eq!(floats(&lib::norm(&Tensor::from([3.0f32, -4.0]), .., false, 2.0).expect("norm")), [5.0]);
    assert_eq!(floats(&lib::round_to(&Tensor::from([1.2345f32]), 2).expect("round")), [1.23]);
    assert_eq!(
        floats(&lib::nan_to_num(&Tensor::from([f32::NAN, f32::INFINITY]), 0.5, Some(9.0), None).expect("numbers")),
        [0.5, 9.0]
    );
    let exclusive = Running { reverse: true, exclusive: true };
    assert_eq!(
        lib::cumsum(&Tensor::from([1i32, 2, 3]), Some(0), exclusive).expect("sums").to_vec::<i32>().expect("read"),
        [5, 3, 0]
    );
}

#[test]
fn a_constant_that_a_step_changes_is_refused() {
    let one = || Tensor::from(1.0f32);
    let error =
        fori(3, |_, (n, x): (f32, Tensor)| (n + 1.0, x * n), (0.0, one())).map(drop).expect_err("a wrong value");
    assert_eq!(
        error.to_string(),
        "fori: carry[0] is 0 before a step and 1 after it. The carry must keep its structure and its constants: make a tensor of what changes, such \
         as Tensor::from(0.0f32)."
    );
    let xs = Tensor::from([1.0f32, 2.0]);
    let error = scan(|c: Vec<Tensor>, x: Tensor| ([c, vec![x]].concat(), ()), vec![one()], xs, None).map(drop);
    let error = error.expect_err("another form").to_string();
    assert!(error.starts_with("scan: carry is array of 1 before a step and array of 2 after it."), "{error}");
    // What stays is a constant as anywhere.
    let (n, y) = fori(3, |_, (n, x): (f32, Tensor)| (n, x * n), (2.0, one())).expect("a loop");
    assert_eq!((n, floats(&y)), (2.0, vec![8.0]));
    // Sizes that are open are no part of the form.
    let open = interfuse::Compile::new(|x: &Tensor| {
        let twice = lib::concatenate(&[x.clone(), x.clone()], 0).expect("joined");
        fori(2, |_, y: Tensor| y + 1.0, twice).expect("a loop")
    })
    .shapeless(true)
    .build();
    assert_eq!(floats(&open.call(&Tensor::from([1.0f32])).expect("runs")), [3.0, 3.0]);
}

#[test]
fn indices_out_of_range_are_clamped_where_read_and_left_out_where_written() {
    let x = Tensor::from([10f32, 20.0, 30.0]);
    let signed = Tensor::from([5i32, -1, -3, -4, 1]);
    // Of uint32 none counts from the end, however large.
    let unsigned = Tensor::from([u32::MAX - 1, 1 << 31, 1]);
    for (indices, read, written) in [
        (&signed, vec![30.0, 30.0, 10.0, 10.0, 20.0], [0.0, 0.0, 0.0]),
        (&unsigned, vec![30.0, 30.0, 20.0], [10.0, 0.0, 30.0]),
    ] {
        let at = |x: &Tensor| lib::at(x, vec![Selector::from(indices)]);
        assert_eq!(floats(&lib::take(&x, indices, Some(0)).expect("taken")), read);
        assert_eq!(floats(&lib::take_along_axis(&x, indices, Some(0)).expect("taken")), read);
        assert_eq!(floats(&at(&x).get().expect("taken")), read);
        assert_eq!(floats(&at(&x).set(0.0).expect("set")), written);
        assert_eq!(floats(&lib::put_along_axis(&x, indices, 0.0, Some(0)).expect("put")), written);
        // Two indices: the general way.
        let square = x.reshape(&[3, 1]);
        let two = || vec![Selector::from(indices), Selector::from(&(indices - indices))];
        assert_eq!(floats(&lib::at(&square, two()).get().expect("taken")), read);
        assert_eq!(floats(&lib::at(&square, two()).set(0.0).expect("set")), written);
    }
}
