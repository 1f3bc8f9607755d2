//! The ops, one export each: handles and numbers in, handles out. Scalar ops of the table share three exports, by number of operands.

use crate::args::{self, Sent};
use crate::dims;
use crate::host::thrown;
use crate::slab::{self, keep, keep_all};
use interfuse::library::{self, Gelu, Split};
use interfuse::{Error, ErrorKind, Op, Result, Tensor, Weak};
use wasm_bindgen::prelude::*;

type Answer<T> = std::result::Result<T, JsValue>;

/// Makes an answer of a result, inside a closure so that `?` works on the library's errors.
fn answer(make: impl FnOnce() -> Result<Tensor>) -> Answer<u32> {
    kept(make())
}

/// Not inlined into the exports, of which there are a hundred.
#[inline(never)]
fn kept(made: Result<Tensor>) -> Answer<u32> {
    made.map(keep).map_err(thrown)
}

fn answers(make: impl FnOnce() -> Result<Vec<Tensor>>) -> Answer<Vec<u32>> {
    all_kept(make())
}

#[inline(never)]
fn all_kept(made: Result<Vec<Tensor>>) -> Answer<Vec<u32>> {
    made.map(keep_all).map_err(thrown)
}

fn maybe(op: &str, handle: u32) -> Result<Option<Tensor>> {
    if handle == 0 { Ok(None) } else { slab::tensor(op, handle).map(Some) }
}

fn row(op: u32) -> Result<Op> {
    let unknown = || {
        Error::new(ErrorKind::CompileArgument, "apply", format!("there is no op {op}"), "This is a bug of interfuse.")
    };
    Op::ALL.get(op as usize).copied().ok_or_else(unknown)
}

/// Applies a scalar op of one operand: its position in the table; the operand as `Sent`.
#[wasm_bindgen]
pub fn apply1(op: u32, x: u32, x_value: f64) -> Answer<u32> {
    answer(|| {
        let op = row(op)?;
        Tensor::apply(op, &[Sent::new(op.name(), x, x_value)?.operand()])
    })
}

/// Applies a scalar op of two operands.
#[wasm_bindgen]
pub fn apply2(op: u32, x: u32, x_value: f64, y: u32, y_value: f64) -> Answer<u32> {
    answer(|| {
        let op = row(op)?;
        let (x, y) = (Sent::new(op.name(), x, x_value)?, Sent::new(op.name(), y, y_value)?);
        Tensor::apply(op, &[x.operand(), y.operand()])
    })
}

/// Applies a scalar op of three operands.
#[wasm_bindgen]
pub fn apply3(op: u32, x: u32, x_value: f64, y: u32, y_value: f64, z: u32, z_value: f64) -> Answer<u32> {
    answer(|| {
        let op = row(op)?;
        let sent = |handle, value| Sent::new(op.name(), handle, value);
        let (x, y, z) = (sent(x, x_value)?, sent(y, y_value)?, sent(z, z_value)?);
        Tensor::apply(op, &[x.operand(), y.operand(), z.operand()])
    })
}

/// Reductions along axes.
macro_rules! reductions {
    ($($name:ident)+) => { $(
        #[wasm_bindgen]
        pub fn $name(x: u32, axes: Option<Vec<f64>>, keepdims: bool) -> Answer<u32> {
            const OP: &str = stringify!($name);
            answer(|| library::$name(&slab::tensor(OP, x)?, args::axes(OP, axes)?, keepdims))
        }
    )+ };
}

reductions! { sum prod max min any all mean logsumexp }

/// Reductions with a correction of the divisor.
macro_rules! spreads {
    ($($name:ident)+) => { $(
        #[wasm_bindgen]
        pub fn $name(x: u32, axes: Option<Vec<f64>>, keepdims: bool, ddof: f64) -> Answer<u32> {
            const OP: &str = stringify!($name);
            answer(|| library::$name(&slab::tensor(OP, x)?, args::axes(OP, axes)?, keepdims, ddof))
        }
    )+ };
}

spreads! { var std }

/// Positions.
macro_rules! positions {
    ($($name:ident)+) => { $(
        #[wasm_bindgen]
        pub fn $name(x: u32, axis: Option<f64>, keepdims: bool) -> Answer<u32> {
            const OP: &str = stringify!($name);
            answer(|| library::$name(&slab::tensor(OP, x)?, args::maybe_int(OP, "the axis", axis)?, keepdims))
        }
    )+ };
}

positions! { argmax argmin }

/// Ops of one tensor with some axes.
macro_rules! along {
    ($($name:ident $js:ident $text:literal)+) => { $(
        #[wasm_bindgen(js_name = $js)]
        pub fn $name(x: u32, axes: Option<Vec<f64>>) -> Answer<u32> {
            answer(|| library::$name(&slab::tensor($text, x)?, args::axes($text, axes)?))
        }
    )+ };
}

along! {
    softmax softmax "softmax"
    log_softmax logSoftmax "logSoftmax"
    expand_dims expandDims "expandDims"
    squeeze squeeze "squeeze"
    flip flip "flip"
}

/// Ops of one tensor and nothing else.
macro_rules! plain {
    ($($name:ident)+) => { $(
        #[wasm_bindgen]
        pub fn $name(x: u32) -> Answer<u32> {
            answer(|| library::$name(&slab::tensor(stringify!($name), x)?))
        }
    )+ };
}

plain! { silu relu softplus }

/// Ops of two tensors.
macro_rules! products {
    ($($name:ident)+) => { $(
        #[wasm_bindgen]
        pub fn $name(x: u32, y: u32) -> Answer<u32> {
            const OP: &str = stringify!($name);
            answer(|| library::$name(&slab::tensor(OP, x)?, &slab::tensor(OP, y)?))
        }
    )+ };
}

products! { matmul dot inner outer }

/// `pairs`: axis of the first, axis of the second, and so on.
#[wasm_bindgen]
pub fn tensordot(x: u32, y: u32, pairs: &[f64]) -> Answer<u32> {
    const OP: &str = "tensordot";
    answer(|| {
        let flat = args::ints(OP, "an axis", pairs)?;
        let pairs: Vec<(i64, i64)> = flat.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        library::tensordot(&slab::tensor(OP, x)?, &slab::tensor(OP, y)?, &pairs)
    })
}

#[wasm_bindgen]
pub fn addmm(c: u32, a: u32, b: u32, alpha: f64, beta: f64) -> Answer<u32> {
    const OP: &str = "addmm";
    answer(|| library::addmm(&slab::tensor(OP, c)?, &slab::tensor(OP, a)?, &slab::tensor(OP, b)?, alpha, beta))
}

/// The handles of floorDivide and mod.
#[wasm_bindgen]
pub fn divmod(x: u32, y: u32, y_value: f64) -> Answer<Vec<u32>> {
    const OP: &str = "divmod";
    answers(|| {
        let (floor, rest) = library::divmod(&slab::tensor(OP, x)?, Sent::new(OP, y, y_value)?.operand())?;
        Ok(vec![floor, rest])
    })
}

#[wasm_bindgen]
pub fn reshape(x: u32, sizes: &[f64]) -> Answer<u32> {
    const OP: &str = "reshape";
    answer(|| library::reshape(&slab::tensor(OP, x)?, &dims::sizes(OP, "a size", sizes)?))
}

#[wasm_bindgen]
pub fn flatten(x: u32, start: f64, end: f64) -> Answer<u32> {
    const OP: &str = "flatten";
    answer(|| {
        library::flatten(&slab::tensor(OP, x)?, args::int(OP, "the start", start)?, args::int(OP, "the end", end)?)
    })
}

#[wasm_bindgen]
pub fn unflatten(x: u32, axis: f64, sizes: &[f64]) -> Answer<u32> {
    const OP: &str = "unflatten";
    answer(|| {
        library::unflatten(&slab::tensor(OP, x)?, args::int(OP, "the axis", axis)?, &dims::sizes(OP, "a size", sizes)?)
    })
}

#[wasm_bindgen]
pub fn transpose(x: u32, axes: Option<Vec<f64>>) -> Answer<u32> {
    const OP: &str = "transpose";
    answer(|| {
        let axes = axes.map(|axes| args::ints(OP, "an axis", &axes)).transpose()?;
        library::transpose(&slab::tensor(OP, x)?, axes.as_deref())
    })
}

#[wasm_bindgen]
pub fn swapaxes(x: u32, a: f64, b: f64) -> Answer<u32> {
    const OP: &str = "swapaxes";
    answer(|| library::swapaxes(&slab::tensor(OP, x)?, args::int(OP, "an axis", a)?, args::int(OP, "an axis", b)?))
}

#[wasm_bindgen]
pub fn moveaxis(x: u32, from: f64, to: f64) -> Answer<u32> {
    const OP: &str = "moveaxis";
    answer(|| library::moveaxis(&slab::tensor(OP, x)?, args::int(OP, "an axis", from)?, args::int(OP, "an axis", to)?))
}

#[wasm_bindgen(js_name = broadcastTo)]
pub fn broadcast_to(x: u32, sizes: &[f64]) -> Answer<u32> {
    const OP: &str = "broadcastTo";
    answer(|| library::broadcast_to(&slab::tensor(OP, x)?, &dims::sizes(OP, "a size", sizes)?))
}

/// Ranges as in `args::ranges`.
#[wasm_bindgen]
pub fn slice(x: u32, ranges: &[f64]) -> Answer<u32> {
    const OP: &str = "slice";
    answer(|| library::slice(&slab::tensor(OP, x)?, &args::ranges(OP, ranges)?))
}

#[wasm_bindgen]
pub fn roll(x: u32, shift: f64, axis: Option<f64>) -> Answer<u32> {
    const OP: &str = "roll";
    answer(|| {
        let axis = args::maybe_int(OP, "the axis", axis)?;
        library::roll(&slab::tensor(OP, x)?, args::int(OP, "the shift", shift)?, axis)
    })
}

/// `widths`: before and after of each axis.
#[wasm_bindgen]
pub fn pad(x: u32, widths: &[f64], value: f64) -> Answer<u32> {
    const OP: &str = "pad";
    answer(|| {
        let flat = dims::sizes(OP, "a width", widths)?;
        let widths: Vec<_> = flat.chunks_exact(2).map(|pair| (&pair[0], &pair[1])).collect();
        library::pad(&slab::tensor(OP, x)?, &widths, Weak::from_f64(value))
    })
}

#[wasm_bindgen]
pub fn concatenate(tensors: &[u32], axis: f64) -> Answer<u32> {
    const OP: &str = "concatenate";
    answer(|| library::concatenate(&slab::tensors(OP, tensors)?, args::int(OP, "the axis", axis)?))
}

#[wasm_bindgen]
pub fn stack(tensors: &[u32], axis: f64) -> Answer<u32> {
    const OP: &str = "stack";
    answer(|| library::stack(&slab::tensors(OP, tensors)?, args::int(OP, "the axis", axis)?))
}

/// Into so many equal parts, or before positions.
#[wasm_bindgen]
pub fn split(x: u32, parts: Option<f64>, positions: &[f64], axis: f64) -> Answer<Vec<u32>> {
    const OP: &str = "split";
    answers(|| {
        let positions = args::ints(OP, "a position", positions)?;
        let how = match args::maybe_int(OP, "the number of parts", parts)? {
            Some(parts) => Split::Parts(parts),
            None => Split::At(&positions),
        };
        library::split(&slab::tensor(OP, x)?, how, args::int(OP, "the axis", axis)?)
    })
}

#[wasm_bindgen]
pub fn repeat(x: u32, count: f64, axis: Option<f64>) -> Answer<u32> {
    const OP: &str = "repeat";
    answer(|| {
        let axis = args::maybe_int(OP, "the axis", axis)?;
        library::repeat(&slab::tensor(OP, x)?, dims::size(OP, "the count", count)?, axis)
    })
}

#[wasm_bindgen]
pub fn tile(x: u32, counts: &[f64]) -> Answer<u32> {
    const OP: &str = "tile";
    answer(|| library::tile(&slab::tensor(OP, x)?, &dims::sizes(OP, "a count", counts)?))
}

#[wasm_bindgen]
pub fn tril(x: u32, k: f64) -> Answer<u32> {
    answer(|| library::tril(&slab::tensor("tril", x)?, args::int("tril", "k", k)?))
}

#[wasm_bindgen]
pub fn triu(x: u32, k: f64) -> Answer<u32> {
    answer(|| library::triu(&slab::tensor("triu", x)?, args::int("triu", "k", k)?))
}

#[wasm_bindgen]
pub fn take(x: u32, indices: u32, axis: Option<f64>) -> Answer<u32> {
    const OP: &str = "take";
    answer(|| {
        let axis = args::maybe_int(OP, "the axis", axis)?;
        library::take(&slab::tensor(OP, x)?, &slab::tensor(OP, indices)?, axis)
    })
}

#[wasm_bindgen(js_name = oneHot)]
pub fn one_hot(indices: u32, classes: f64, dtype: &str) -> Answer<u32> {
    const OP: &str = "oneHot";
    answer(|| {
        let classes = dims::size(OP, "the number of classes", classes)?;
        library::one_hot(&slab::tensor(OP, indices)?, classes, args::dtype(OP, dtype)?)
    })
}

#[wasm_bindgen]
pub fn astype(x: u32, dtype: &str) -> Answer<u32> {
    answer(|| library::astype(&slab::tensor("astype", x)?, args::dtype("astype", dtype)?))
}

#[wasm_bindgen(js_name = stopGradient)]
pub fn stop_gradient(x: u32) -> Answer<u32> {
    answer(|| Ok(library::stop_gradient(&slab::tensor("stopGradient", x)?)))
}

#[wasm_bindgen]
pub fn gelu(x: u32, tanh: bool) -> Answer<u32> {
    answer(|| library::gelu(&slab::tensor("gelu", x)?, if tanh { Gelu::Tanh } else { Gelu::Erf }))
}

#[wasm_bindgen(js_name = leakyRelu)]
pub fn leaky_relu(x: u32, slope: f64) -> Answer<u32> {
    answer(|| library::leaky_relu(&slab::tensor("leakyRelu", x)?, slope))
}

/// Weight and bias may be 0.
#[wasm_bindgen(js_name = layerNorm)]
pub fn layer_norm(x: u32, weight: u32, bias: u32, eps: f64) -> Answer<u32> {
    const OP: &str = "layerNorm";
    answer(|| {
        let (weight, bias) = (maybe(OP, weight)?, maybe(OP, bias)?);
        library::layer_norm(&slab::tensor(OP, x)?, weight.as_ref(), bias.as_ref(), eps)
    })
}

/// The weight may be 0.
#[wasm_bindgen(js_name = rmsNorm)]
pub fn rms_norm(x: u32, weight: u32, eps: f64) -> Answer<u32> {
    const OP: &str = "rmsNorm";
    answer(|| library::rms_norm(&slab::tensor(OP, x)?, maybe(OP, weight)?.as_ref(), eps))
}

#[wasm_bindgen(js_name = arrayEqual)]
pub fn array_equal(x: u32, y: u32, equal_nan: bool) -> Answer<u32> {
    const OP: &str = "arrayEqual";
    answer(|| library::array_equal(&slab::tensor(OP, x)?, &slab::tensor(OP, y)?, equal_nan))
}

#[wasm_bindgen]
pub fn allclose(x: u32, y: u32, rtol: f64, atol: f64, equal_nan: bool) -> Answer<u32> {
    const OP: &str = "allclose";
    answer(|| library::allclose(&slab::tensor(OP, x)?, &slab::tensor(OP, y)?, rtol, atol, equal_nan))
}

#[wasm_bindgen]
pub fn full(sizes: &[f64], handle: u32, value: f64, dtype: Option<String>) -> Answer<u32> {
    const OP: &str = "full";
    answer(|| {
        let (sizes, dtype) = (dims::sizes(OP, "a size", sizes)?, args::maybe_dtype(OP, dtype)?);
        library::full(&sizes, Sent::new(OP, handle, value)?.operand(), dtype)
    })
}

#[wasm_bindgen]
pub fn zeros(sizes: &[f64], dtype: &str) -> Answer<u32> {
    answer(|| library::zeros(&dims::sizes("zeros", "a size", sizes)?, args::dtype("zeros", dtype)?))
}

#[wasm_bindgen]
pub fn ones(sizes: &[f64], dtype: &str) -> Answer<u32> {
    answer(|| library::ones(&dims::sizes("ones", "a size", sizes)?, args::dtype("ones", dtype)?))
}

#[wasm_bindgen(js_name = zerosLike)]
pub fn zeros_like(x: u32, dtype: Option<String>) -> Answer<u32> {
    answer(|| library::zeros_like(&slab::tensor("zerosLike", x)?, args::maybe_dtype("zerosLike", dtype)?))
}

#[wasm_bindgen(js_name = onesLike)]
pub fn ones_like(x: u32, dtype: Option<String>) -> Answer<u32> {
    answer(|| library::ones_like(&slab::tensor("onesLike", x)?, args::maybe_dtype("onesLike", dtype)?))
}

#[wasm_bindgen(js_name = fullLike)]
pub fn full_like(x: u32, handle: u32, value: f64, dtype: Option<String>) -> Answer<u32> {
    const OP: &str = "fullLike";
    answer(|| {
        let dtype = args::maybe_dtype(OP, dtype)?;
        library::full_like(&slab::tensor(OP, x)?, Sent::new(OP, handle, value)?.operand(), dtype)
    })
}

#[wasm_bindgen]
pub fn arange(start: f64, stop: f64, step: f64, dtype: Option<String>) -> Answer<u32> {
    answer(|| {
        let dtype = args::maybe_dtype("arange", dtype)?;
        if !dims::is_open(start) && !dims::is_open(stop) {
            return library::arange(Weak::from_f64(start), Weak::from_f64(stop), Weak::from_f64(step), dtype);
        }
        // One of them is an open size: the others are integers.
        let (from, to) = (dims::size("arange", "the start", start)?, dims::size("arange", "the stop", stop)?);
        library::arange_dims(from, to, args::int("arange", "the step", step)?, dtype)
    })
}

#[wasm_bindgen]
pub fn linspace(start: f64, stop: f64, count: f64, dtype: Option<String>) -> Answer<u32> {
    const OP: &str = "linspace";
    answer(|| {
        let count = dims::size(OP, "the count", count)?;
        library::linspace(start, stop, count, args::maybe_dtype(OP, dtype)?)
    })
}

#[wasm_bindgen]
pub fn eye(rows: f64, columns: Option<f64>, k: f64, dtype: &str) -> Answer<u32> {
    const OP: &str = "eye";
    answer(|| {
        let rows = dims::size(OP, "the number of rows", rows)?;
        let columns = columns.map(|columns| dims::size(OP, "the number of columns", columns)).transpose()?;
        library::eye(rows, columns, args::int(OP, "k", k)?, args::dtype(OP, dtype)?)
    })
}

/// Ones at and below a diagonal.
#[wasm_bindgen]
pub fn tri(rows: f64, columns: Option<f64>, k: f64, dtype: &str) -> Answer<u32> {
    const OP: &str = "tri";
    answer(|| {
        let rows = dims::size(OP, "the number of rows", rows)?;
        let columns = columns.map_or(Ok(rows.clone()), |columns| dims::size(OP, "the number of columns", columns))?;
        let k = args::int(OP, "k", k)?;
        let square = library::ones(&[rows, columns], args::dtype(OP, dtype)?)?;
        library::tril(&square, k).map_err(|error| error.named(OP))
    })
}

#[wasm_bindgen]
pub fn meshgrid(axes: &[u32], matrix: bool) -> Answer<Vec<u32>> {
    answers(|| library::meshgrid(&slab::tensors("meshgrid", axes)?, matrix))
}
