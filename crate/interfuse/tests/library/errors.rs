//! Every mistake has one text: the op, what it got, what to do. This is the list of them; a text changes here or nowhere.

use interfuse::library::{self as lib, Index, Split};
use interfuse::*;
use interfuse_testing::{Expect, expect, snapshot};

#[track_caller]
fn check<T: std::fmt::Debug>(result: Result<T>, kind: ErrorKind, text: Expect) {
    let error = result.expect_err("a mistake");
    assert_eq!(error.kind(), kind, "{error}");
    assert!(!error.op().is_empty(), "{error}");
    snapshot(&text, &error.to_string());
}

fn x23() -> Tensor {
    Tensor::from([[1f32, 2.0, 3.0], [4.0, 5.0, 6.0]])
}

#[test]
fn shapes() {
    let x = x23();
    let y = Tensor::from([1f32, 2.0]);
    check(
        x.try_add(&y),
        ErrorKind::Shape,
        expect![
            "add: float32[2,3] and float32[2] cannot be broadcast together. Sizes must be equal or 1, aligned at the last axis."
        ],
    );
    check(
        x.try_choose(&y, &x),
        ErrorKind::Shape,
        expect![
            "where: bool[2,3] and float32[2] and float32[2,3] cannot be broadcast together. Sizes must be equal or 1, aligned at the last axis."
        ],
    );
    check(
        x.try_reshape(&[4, -1]),
        ErrorKind::Shape,
        expect![
            "reshape: cannot reshape float32[2,3] of size 6 into [4, -1]. The number of elements must stay the same; one size may be -1."
        ],
    );
    check(
        x.try_reshape(&[-1, -1]),
        ErrorKind::Shape,
        expect!["reshape: cannot reshape float32[2,3] of size 6 into [-1, -1]. Only one size may be -1."],
    );
    check(
        x.try_reshape(&[0, -1]),
        ErrorKind::Shape,
        expect![
            "reshape: cannot reshape float32[2,3] of size 6 into [0, -1]. Beside a size of 0, the -1 cannot be inferred."
        ],
    );
    check(
        x.try_reshape(&[-2, 3]),
        ErrorKind::Shape,
        expect![
            "reshape: cannot reshape float32[2,3] of size 6 into [-2, 3]. Sizes must not be negative; one may be -1."
        ],
    );
    check(
        x.try_unflatten(1, &[2, 2]),
        ErrorKind::Shape,
        expect![
            "unflatten: cannot reshape float32[2,3] of size 3 into [2, 2]. The number of elements must stay the same; one size may be -1."
        ],
    );
    check(
        x.try_squeeze(0),
        ErrorKind::Shape,
        expect!["squeeze: axis 0 of float32[2,3] has size 2, not 1. Only axes of size 1 can be removed."],
    );
    check(
        x.try_broadcast_to(&[2, 4]),
        ErrorKind::Shape,
        expect![
            "broadcastTo: float32[2,3] cannot be broadcast to [2,4]. Sizes must be equal or 1, aligned at the last axis."
        ],
    );
    check(
        x.try_split(Split::Parts(4), 1),
        ErrorKind::Shape,
        expect![
            "split: axis 1 of float32[2,3] cannot be cut into 4 equal parts. Give a divisor of its size, or the positions to cut at."
        ],
    );
    check(
        lib::concatenate(&[x.clone(), y.clone()], 0),
        ErrorKind::Shape,
        expect![
            "concatenate: float32[2,3] and float32[2] differ on an axis other than 0. All other sizes must be equal."
        ],
    );
    check(
        lib::stack(&[x.clone(), y.clone()], 0),
        ErrorKind::Shape,
        expect![
            "stack: float32[2,3] and float32[2] have different shapes. Stack tensors of one shape, or concatenate them."
        ],
    );
    check(
        x.try_matmul(&x),
        ErrorKind::Shape,
        expect![
            "matmul: float32[2,3] and float32[2,3]: axis 1 of the first has size 3, axis 0 of the second 2. They are multiplied and summed, so they must be equal; transpose one?"
        ],
    );
    check(
        x.try_matmul(&Tensor::from(2f32)),
        ErrorKind::Shape,
        expect!["matmul: float32[2,3] and float32[]: scalars have no axis to multiply along. Use mul."],
    );
    check(
        lib::ones(&[2, 3, 4], DType::Float32).and_then(|a| a.try_matmul(&lib::ones(&[5, 4, 3], DType::Float32)?)),
        ErrorKind::Shape,
        expect![
            "matmul: the leading axes of float32[2,3,4] and float32[5,4,3] cannot be broadcast together. Sizes must be equal or 1, aligned at the last axis."
        ],
    );
    check(
        x.try_dot(&x),
        ErrorKind::Shape,
        expect![
            "dot: float32[2,3] and float32[2,3]: axis 1 of the first has size 3, axis 0 of the second 2. They are multiplied and summed, so they must be equal; transpose one?"
        ],
    );
    check(
        x.try_inner(&y),
        ErrorKind::Shape,
        expect![
            "inner: float32[2,3] and float32[2]: axis 1 of the first has size 3, axis 0 of the second 2. They are multiplied and summed, so they must be equal; transpose one?"
        ],
    );
    check(
        lib::tensordot(&x, &x, &[(0, 1)]),
        ErrorKind::Shape,
        expect![
            "tensordot: float32[2,3] and float32[2,3]: axis 0 of the first has size 2, axis 1 of the second 3. They are multiplied and summed, so they must be equal; transpose one?"
        ],
    );
    check(
        lib::layer_norm(&x, Some(&y), None, 1e-5),
        ErrorKind::Shape,
        expect![
            "layerNorm: the weight float32[2] does not fit the last axis of float32[2,3]. It needs one element per position of that axis."
        ],
    );
    let options = nn::init::InitOptions::default();
    check(
        nn::init::he_normal(&[3], 1.0, &options),
        ErrorKind::Shape,
        expect![
            "nn.init: the shape [3] has no fan-in and fan-out. It needs at least two axes: outputs first, inputs last."
        ],
    );
    check(
        nn::init::identity(&[3], &options),
        ErrorKind::Shape,
        expect!["nn.init: [3] is not a matrix. Give [rows, columns]."],
    );
    check(
        lib::full(&[2, -3], 1, None),
        ErrorKind::Shape,
        expect!["full: a size of [2, -3] is negative: -3. Sizes must not be negative."],
    );
    check(
        lib::full(&[2, 2], &x, None),
        ErrorKind::Shape,
        expect!["full: float32[2,3] cannot be broadcast to [2,2]. Sizes must be equal or 1, aligned at the last axis."],
    );
    check(
        y.try_tril(0),
        ErrorKind::Shape,
        expect!["tril: float32[2] has fewer than two axes. It applies to the last two axes."],
    );
    check(
        lib::meshgrid(std::slice::from_ref(&x), lib::Indexing::Ij),
        ErrorKind::Shape,
        expect!["meshgrid: float32[2,3] does not have one axis. Flatten it."],
    );
    check(
        Tensor::from_slice(&[1f32], &[2, 2]),
        ErrorKind::Shape,
        expect![
            "tensor: 1 elements do not fill a shape of [2,2], which has 4. Give as many elements as the shape has."
        ],
    );
    check(
        x.item::<f32>(),
        ErrorKind::Shape,
        expect!["item: float32[2,3] has 6 elements, not one. Index or reduce it first, or read all of it."],
    );
    let empty = lib::zeros(&[0, 3], DType::Float32).expect("zeros");
    check(
        empty.try_max(0, false),
        ErrorKind::Shape,
        expect!["max: float32[0,3] has no elements along axis [0], and max of nothing is not defined"],
    );
    check(
        empty.try_argmax(None, false),
        ErrorKind::Shape,
        expect!["argmax: float32[0] has no elements along axis [0], and argmax of nothing is not defined"],
    );
    check(
        empty.try_logsumexp(0, false),
        ErrorKind::Shape,
        expect!["logsumexp: float32[0,3] has no elements along axis [0], and max of nothing is not defined"],
    );
    check(
        empty.try_softmax(0),
        ErrorKind::Shape,
        expect!["softmax: float32[0,3] has no elements along axis [0], and max of nothing is not defined"],
    );
    check(
        empty.try_take(&Tensor::from([0i32]), Some(0)),
        ErrorKind::Shape,
        expect!["take: axis 0 of float32[0,3] is empty, nothing can be taken from it"],
    );
}

#[test]
fn dtypes() {
    let (i, u) = (Tensor::from([1i32, 2]), Tensor::from([1u32, 2]));
    let x = x23();
    check(
        i.try_add(&u),
        ErrorKind::DType,
        expect!["add: int32[2] and uint32[2] have no common dtype. Convert one of them with astype."],
    );
    check(
        u.try_add(-1),
        ErrorKind::DType,
        expect![
            "add: -1 does not fit uint32. Convert the tensor with astype, or make the number a tensor of another dtype."
        ],
    );
    check(
        i.try_add(Operand::Weak(Weak::from_f64(2147483648.0))),
        ErrorKind::DType,
        expect![
            "add: 2147483648 does not fit int32. Convert the tensor with astype, or make the number a tensor of another dtype."
        ],
    );
    check(
        x.try_mul(1e300f64),
        ErrorKind::DType,
        expect!["mul: 1e300 does not fit float32. The largest float32 is 3.4028235e38."],
    );
    check(
        x.try_bitwise_and(1),
        ErrorKind::DType,
        expect!["bitwiseAnd: is not defined for float32. It works on integers and bool: convert with astype."],
    );
    check(
        x.try_left_shift(&x),
        ErrorKind::DType,
        expect!["leftShift: is not defined for float32. It works on integers and bool: convert with astype."],
    );
    check(
        i.try_matmul(&i),
        ErrorKind::DType,
        expect!["matmul: needs floats, got int32[2] and int32[2]. Convert with astype."],
    );
    check(
        x.try_take(&x, Some(0)),
        ErrorKind::DType,
        expect!["take: indices must be int32 or uint32, got float32[2,3]. Convert them with astype."],
    );
    check(
        lib::take(&x, &x.greater(0), None),
        ErrorKind::DType,
        expect![
            "take: indices must be int32 or uint32, got bool[2,3]. A mask chooses as many elements as it likes, and shapes are known beforehand: use where, or multiply."
        ],
    );
    check(
        lib::one_hot(&x, 3, DType::Float32),
        ErrorKind::DType,
        expect!["oneHot: indices must be int32 or uint32, got float32[2,3]. Convert them with astype."],
    );
    check(
        x.to_vec::<i32>(),
        ErrorKind::DType,
        expect!["to_vec: float32[2,3] cannot be read as int32. Convert with astype first."],
    );
    check(
        lib::concatenate(&[i, u], 0),
        ErrorKind::DType,
        expect!["concatenate: int32[2] and uint32[2] have no common dtype. Convert one of them with astype."],
    );
}

#[test]
fn arguments() {
    let x = x23();
    check(
        x.try_sum(2, false),
        ErrorKind::CompileArgument,
        expect!["sum: axis 2 is out of range for float32[2,3]. Its axes are 0 to 1, or -2 to -1 from the end."],
    );
    check(
        x.try_sum([0, -2], false),
        ErrorKind::CompileArgument,
        expect!["sum: axis -2 of float32[2,3] is named twice. Name every axis once."],
    );
    check(
        Tensor::from(1f32).try_sum(0, false),
        ErrorKind::CompileArgument,
        expect!["sum: axis 0 is out of range for float32[]. It has no axes."],
    );
    check(
        x.try_argmax(Some(-3), false),
        ErrorKind::CompileArgument,
        expect!["argmax: axis -3 is out of range for float32[2,3]. Its axes are 0 to 1, or -2 to -1 from the end."],
    );
    check(
        x.try_transpose(Some(&[0, 0])),
        ErrorKind::CompileArgument,
        expect!["transpose: [0, 0] is not a permutation of the axes of float32[2,3]. Name every axis once."],
    );
    check(
        x.try_swapaxes(0, 5),
        ErrorKind::CompileArgument,
        expect!["swapaxes: axis 5 is out of range for float32[2,3]. Its axes are 0 to 1, or -2 to -1 from the end."],
    );
    check(
        x.try_expand_dims(4),
        ErrorKind::CompileArgument,
        expect![
            "expandDims: axis 4 is out of range for a result with 3 axes of float32[2,3]. Its axes are 0 to 2, or -3 to -1 from the end."
        ],
    );
    check(
        x.try_expand_dims([0, 0]),
        ErrorKind::CompileArgument,
        expect!["expandDims: an axis of [0, 0] is named twice. Name every axis once."],
    );
    check(
        x.try_flatten(1, 0),
        ErrorKind::CompileArgument,
        expect!["flatten: the first axis, 1, comes after the last, 0, in float32[2,3]"],
    );
    check(
        x.try_slice(&[Index::At(2)]),
        ErrorKind::CompileArgument,
        expect!["slice: index 2 is out of range for axis 0 of float32[2,3]. The axis has 2 elements."],
    );
    check(
        x.try_slice(&[Index::Range { start: None, stop: None, step: 0 }]),
        ErrorKind::CompileArgument,
        expect!["slice: the step of axis 0 of float32[2,3] is 0. Steps are positive or negative."],
    );
    check(
        x.try_slice(&[Index::All, Index::All, Index::All]),
        ErrorKind::CompileArgument,
        expect!["slice: 3 ranges are more than the axes of float32[2,3]. Give at most one range per axis."],
    );
    check(
        x.try_pad(&[(1, 1)], Weak::Int(0)),
        ErrorKind::CompileArgument,
        expect!["pad: 1 widths for float32[2,3]. Give (before, after) for every axis."],
    );
    check(
        x.try_pad(&[(1, 1), (-1, 0)], Weak::Int(0)),
        ErrorKind::CompileArgument,
        expect!["pad: the widths (-1, 0) of float32[2,3] must not be negative. To make an axis smaller, use slice."],
    );
    check(
        lib::concatenate(&[], 0),
        ErrorKind::CompileArgument,
        expect!["concatenate: there is no tensor to join. Give at least one."],
    );
    check(
        lib::stack(&[], 0),
        ErrorKind::CompileArgument,
        expect!["stack: there is no tensor to join. Give at least one."],
    );
    check(
        lib::stack(std::slice::from_ref(&x), 4),
        ErrorKind::CompileArgument,
        expect![
            "stack: axis 4 is out of range for a stack of float32[2,3]. Its axes are 0 to 2, or -3 to -1 from the end."
        ],
    );
    check(
        lib::arange(Weak::Int(0), Weak::Int(5), Weak::Int(0), None),
        ErrorKind::CompileArgument,
        expect!["arange: cannot count from 0 to 5 by 0. The step must not be 0, and all three must be finite."],
    );
    check(
        lib::tensordot(&x, &x, &[(0, 0), (0, 1)]),
        ErrorKind::CompileArgument,
        expect!["tensordot: an axis of float32[2,3] or float32[2,3] is named twice. Name every axis once."],
    );
    check(Tensor::apply(Op::Add, &[(&x).into()]), ErrorKind::CompileArgument, expect!["add: takes 2 operands, got 1"]);
    let disposed: Result<()> = Err(Error::disposed("add"));
    check(
        disposed,
        ErrorKind::CompileArgument,
        expect![
            "add: the tensor was disposed of. Dispose of a tensor after its last use; results keep what they need."
        ],
    );
    let store = Store::new("f", StoreOptions::default());
    check(
        store.key(b"z", &[]),
        ErrorKind::CompileArgument,
        expect!["compile('f'): the arguments are malformed: byte 0: unknown tag 122"],
    );
}

#[test]
fn limits() {
    check(
        lib::zeros(&[1i64 << 31], DType::Float32),
        ErrorKind::Limit,
        expect!["zeros: a tensor of shape [2147483648] has more than 2147483647 elements. Split it along an axis."],
    );
    check(
        lib::zeros(&[1i64 << 40, 1 << 40], DType::Float32),
        ErrorKind::Limit,
        expect![
            "zeros: a tensor of shape [1099511627776,1099511627776] has more than 2147483647 elements. Split it along an axis."
        ],
    );
    check(lib::zeros(&[1; 33], DType::Float32), ErrorKind::Limit, expect!["zeros: 33 axes are more than 32"]);
    check(
        x23().try_broadcast_to(&[1 << 30, 2, 3]),
        ErrorKind::Limit,
        expect![
            "broadcastTo: a tensor of shape [1073741824,2,3] has more than 2147483647 elements. Split it along an axis."
        ],
    );
    let long = lib::ones(&[1 << 20], DType::Float32).expect("ones");
    check(
        long.try_outer(&long),
        ErrorKind::Limit,
        expect![
            "outer: a tensor of shape [1048576,1048576] has more than 2147483647 elements. Split it along an axis."
        ],
    );
    check(
        lib::arange(Weak::Int(0), Weak::Int(1 << 40), Weak::Int(1), None),
        ErrorKind::Limit,
        expect!["arange: from 0 to 1099511627776 by 1 are more than 2147483647 elements"],
    );
    let device = init(DeviceChoice::Cpu).expect("cpu");
    device.set_max_bytes(1000);
    check(
        Tensor::from_slice(&[0f32; 500], &[500]),
        ErrorKind::Limit,
        expect![
            "tensor: 2000 more bytes with 0 in use are over the cap of 1000 bytes (init's maxBytes). Free results: `using`, `scope` or `dispose` them, or `await` a read now and then so that the garbage collector runs."
        ],
    );
}

#[test]
fn devices() {
    let here = init(DeviceChoice::Cpu).expect("cpu");
    let x = x23();
    let there = cpu_device("for this test");
    use_device(&there);
    let y = x23();
    check(
        x.try_add(&y),
        ErrorKind::Device,
        expect![
            "add: the tensors are on two devices, device 1 (cpu) and device 2 (cpu). Move one of them with to(device)."
        ],
    );
    let f = Compile::new(|(x, y): &(Tensor, Tensor)| (x.clone(), y.clone())).name("f").build();
    check(
        f.call(&(x.clone(), y.clone())),
        ErrorKind::Device,
        expect![
            "compile('f'): tensor argument 1 is on device 2 (cpu), the first on device 1 (cpu). Move one of them with to(device)."
        ],
    );
    // Scalars and masks that an op adds go where its operands are.
    assert_eq!(
        lib::tril(&(&x * 2.0), 0).expect("tril").to_vec::<f32>().expect("read"),
        [2.0, 0.0, 0.0, 8.0, 10.0, 0.0]
    );
    assert_eq!(block_on(x.to(&there)).and_then(|x| x.try_add(&y)?.to_vec::<f32>()).expect("moved")[5], 12.0);
    here.set_lost();
    check(
        x.to_vec::<f32>(),
        ErrorKind::Device,
        expect![
            "to_vec: the tensor's device was lost. Its tensors cannot be recovered: create them again on a new device."
        ],
    );
    check(
        x.try_exp(),
        ErrorKind::Device,
        expect![
            "exp: float32[2,3] is on a device that was lost. Its tensors cannot be recovered: create them again on a new device."
        ],
    );
    assert_eq!(y.to_vec::<f32>().expect("on the other device").len(), 6);
    check(
        set_device(DeviceKind::Gpu),
        ErrorKind::Device,
        expect![[r#"setDevice: no webgpu device was initialized. Initialize with device "webgpu" first."#]],
    );
}

#[test]
fn traces() {
    let x = x23();
    let named = |f: fn(&Tensor) -> Result<Tensor>| Compile::fallible(f).name("f").fullgraph(true).build();
    check(
        named(|x| x.to_vec::<f32>().map(|_| x.clone())).call(&x),
        ErrorKind::Fullgraph,
        expect![
            "compile('f'): the function cannot be one graph, which fullgraph asks for: to_vec: a tensor has no value while compile('f') traces the function. Return it and read the result, or compute with it (where, maximum, ...) instead of reading it."
        ],
    );
    check(
        named(|x| evaluate([x]).map(|()| x.clone())).call(&x),
        ErrorKind::Fullgraph,
        expect![
            "compile('f'): the function cannot be one graph, which fullgraph asks for: evaluate: a tensor has no value while compile('f') traces the function. Return it and read the result, or compute with it (where, maximum, ...) instead of reading it."
        ],
    );
    let leaked = std::cell::RefCell::new(None);
    let leak = Compile::new(|x: &Tensor| {
        *leaked.borrow_mut() = Some(x + 1.0);
        x.clone()
    })
    .name("leak")
    .build();
    leak.call(&x).expect("leak");
    let leaked = leaked.take().expect("leaked");
    check(
        leaked.try_exp(),
        ErrorKind::LeakedTracer,
        expect![
            "exp: placeholder from compile('leak') used after tracing. Return it, or list its container in `outputs`."
        ],
    );
    check(
        leak.call(&leaked),
        ErrorKind::LeakedTracer,
        expect![
            "compile('leak'): placeholder from compile('leak') used after tracing. Return it, or list its container in `outputs`."
        ],
    );
    let closure = Compile::new(|y: &Tensor| y + &x).name("closure").build();
    check(
        closure.call(&x),
        ErrorKind::UncapturedInput,
        expect![
            "compile('closure'): args[0] (float32[2,3]) is also closed over by the function. Use the argument inside the function, or do not pass it."
        ],
    );
}

#[test]
#[should_panic(expected = "add: float32[2,3] and float32[2] cannot be broadcast together")]
fn operators_panic_with_the_text() {
    let _ = x23() + Tensor::from([1f32, 2.0]);
}
