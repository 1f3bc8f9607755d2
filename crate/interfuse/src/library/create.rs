//! Tensors from nothing: constants, counting, and masks. None of them is a buffer before it is needed: they fold into kernels.

use crate::device::{DeviceHandle, current_device};
use crate::error::{Error, ErrorKind, Result};
use crate::library::view::broadcast_into;
use crate::operand::{Operand, common_dtype, device_of};
use crate::symbolic::{Dim, Explain, MAX_ELEMENTS, Sizes, at_least, bounds, checked_dims, checked_shape, seen_dim};
use crate::table::{Argument, Arguments, Kind as Takes, Value};
use crate::tensor::Tensor;
use interfuse_compiler::dim::Dim as Expression;
use interfuse_compiler::dtype::{DType, Weak};
use interfuse_compiler::kind::Kind;
use interfuse_compiler::ops::Op;
use interfuse_compiler::shape::Shape;
use interfuse_derive::{Choice, function};
use std::rc::Rc;

/// A shape filled with a value. Without a dtype that of the value: bool, int32 for integers, float32.
///
/// ```
/// use interfuse::library;
/// assert_eq!(library::full(&[2], 7, None)?.to_vec::<i32>()?, [7, 7]);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[function(inner)]
#[track_caller]
pub fn full<'a>(shape: &(impl Sizes + ?Sized), value: impl Into<Operand<'a>>, dtype: Option<DType>) -> Result<Tensor> {
    filled("full", &shape.expressions(), value.into(), dtype)
}

#[track_caller]
fn filled(op: &str, sizes: &[Expression], value: Operand<'_>, dtype: Option<DType>) -> Result<Tensor> {
    let shape = checked_dims(op, sizes)?;
    let dtype = match dtype {
        Some(dtype) => dtype,
        None => common_dtype(op, &[value])?,
    };
    let value = value.to_tensor(op, dtype, &device_of(op, &[value])?)?;
    broadcast_into(op, &value, &shape)
}

/// Zeros.
#[function(options = "DTypeOption", returns = "That shape.", example = "zeros([2]) // [0, 0]")]
#[track_caller]
pub fn zeros(
    shape: &(impl Sizes + ?Sized),
    /// The dtype of what is made.
    #[option(DType::Float32)]
    dtype: DType,
) -> Result<Tensor> {
    filled("zeros", &shape.expressions(), Operand::Weak(Weak::Bool(false)), Some(dtype))
}

/// Ones.
#[function(options = "DTypeOption", returns = "That shape.", example = "ones([2]) // [1, 1]")]
#[track_caller]
pub fn ones(
    shape: &(impl Sizes + ?Sized),
    /// The dtype of what is made.
    #[option(DType::Float32)]
    dtype: DType,
) -> Result<Tensor> {
    filled("ones", &shape.expressions(), Operand::Weak(Weak::Bool(true)), Some(dtype))
}

#[track_caller]
fn like(op: &str, x: &Tensor, value: Operand<'_>, dtype: Option<DType>) -> Result<Tensor> {
    value.to_tensor(op, dtype.unwrap_or(x.dtype()), x.device())?.broadcast_as(op, x.shape())
}

/// Zeros of the shape and, unless another is given, dtype of a tensor.
#[function(options = "DTypeOption", returns = "The shape of x.", example = "zerosLike(tensor([1, 2])) // [0, 0]")]
#[track_caller]
pub fn zeros_like(
    x: &Tensor,
    /// Another dtype.
    #[option]
    dtype: Option<DType>,
) -> Result<Tensor> {
    like("zerosLike", x, Operand::Weak(Weak::Bool(false)), dtype)
}

/// Ones of the shape and, unless another is given, dtype of a tensor.
#[function(options = "DTypeOption", returns = "The shape of x.", example = "onesLike(tensor([1, 2])) // [1, 1]")]
#[track_caller]
pub fn ones_like(
    x: &Tensor,
    /// Another dtype.
    #[option]
    dtype: Option<DType>,
) -> Result<Tensor> {
    like("onesLike", x, Operand::Weak(Weak::Bool(true)), dtype)
}

/// A value in the shape and, unless another is given, dtype of a tensor.
#[function(options = "DTypeOption", returns = "The shape of x.", example = "fullLike(tensor([1, 2]), 7) // [7, 7]")]
#[track_caller]
pub fn full_like<'a>(
    x: &Tensor,
    value: impl Into<Operand<'a>>,
    /// Another dtype.
    #[option]
    dtype: Option<DType>,
) -> Result<Tensor> {
    like("fullLike", x, value.into(), dtype)
}

#[track_caller]
pub(super) fn iota(device: &DeviceHandle, op: &str, shape: Shape, axis: usize, dtype: DType) -> Result<Tensor> {
    Tensor::make_on(device, op, Kind::Iota { shape, axis: axis as u32, dtype }, &[])
}

/// A size as a scalar: one that is open is read from the call.
#[track_caller]
pub(crate) fn number_of(device: &DeviceHandle, op: &str, dim: &Expression, dtype: DType) -> Result<Tensor> {
    Tensor::make_on(device, op, Kind::Size { dim: dim.clone(), dtype }, &[])
}

/// start, start + step, ... before stop. int32 when all three are integers, else float32; or the dtype given.
///
/// ```
/// use interfuse::{library, Weak};
/// let x = library::arange(Weak::Int(2), Weak::Int(9), Weak::Int(3), None)?;
/// assert_eq!(x.to_vec::<i32>()?, [2, 5, 8]);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[track_caller]
pub fn arange(start: Weak, stop: Weak, step: Weak, dtype: Option<DType>) -> Result<Tensor> {
    const OP: &str = "arange";
    let (from, to, by) = (start.to_f64(), stop.to_f64(), step.to_f64());
    if by == 0.0 || !from.is_finite() || !to.is_finite() || !by.is_finite() {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            OP,
            format!("cannot count from {from} to {to} by {by}"),
            "The step must not be 0, and all three must be finite.",
        ));
    }
    let count = ((to - from) / by).ceil().max(0.0);
    if count > MAX_ELEMENTS as f64 {
        return Err(Error::new(
            ErrorKind::Limit,
            OP,
            format!("from {from} to {to} by {by} are more than {MAX_ELEMENTS} elements"),
            "",
        ));
    }
    let common = common_dtype(OP, &[start.into(), stop.into(), step.into()])?;
    let common = if common == DType::Bool { DType::Int32 } else { common };
    let dtype = dtype.unwrap_or(common);
    // Counted in the dtype of the numbers, so that 0.5 steps survive a conversion to integers at the end.
    let keep = dtype == DType::Bool || (common.is_float() && !dtype.is_float());
    let counted = if keep { common } else { dtype };
    let shape = checked_shape(OP, &[count as i64])?;
    let mut x = iota(&current_device(OP)?, OP, shape, 0, counted)?;
    if by != 1.0 {
        x = x.try_mul(Operand::Weak(step))?;
    }
    if from != 0.0 {
        x = x.try_add(Operand::Weak(start))?;
    }
    x.cast_as(OP, dtype).map_err(|error| error.named(OP))
}

/// Where counting starts or stops: a number, or a size that may be open.
#[derive(Clone, Debug)]
pub enum Bound {
    /// A number.
    Number(f64),
    /// A size.
    Size(Dim),
}

/// Counts between bounds, of which a size may be open: then the others are integers.
#[function(inner, name = "arange")]
#[track_caller]
pub fn arange_bounds(start: Bound, stop: Bound, step: f64, dtype: Option<DType>) -> Result<Tensor> {
    let number = |bound: &Bound| match bound {
        Bound::Number(number) => Some(*number),
        Bound::Size(size) => size.known().map(|size| size as f64),
    };
    if let (Some(start), Some(stop)) = (number(&start), number(&stop)) {
        return arange(Weak::from_f64(start), Weak::from_f64(stop), Weak::from_f64(step), dtype);
    }
    let integer = |what: &str, number: f64| {
        if number.fract() == 0.0 && number.abs() <= MAX_ELEMENTS as f64 {
            return Ok(number as i64);
        }
        let message = format!("{what} is {number}");
        Err(Error::new(ErrorKind::CompileArgument, "arange", message, "It must be an integer."))
    };
    let size = |what: &str, bound: Bound| match bound {
        Bound::Number(number) => integer(what, number).map(Dim::from),
        Bound::Size(size) => Ok(size),
    };
    arange_dims(size("the start", start)?, size("the stop", stop)?, integer("the step", step)?, dtype)
}

/// Counts between sizes: start, start + step, ... before stop, int32 unless another dtype is given. Sizes that are open stay open.
///
/// ```
/// use interfuse::{library, Compile, Tensor};
/// let f = Compile::new(|x: &Tensor| library::arange_dims(0, x.dim(0), 2, None).unwrap()).shapeless(true).build();
/// assert_eq!(f.call(&Tensor::from([1.0f32, 1.0, 1.0]))?.to_vec::<i32>()?, [0, 2]);
/// assert_eq!(f.call(&Tensor::from([1.0f32; 6]))?.to_vec::<i32>()?, [0, 2, 4]);
/// assert_eq!(f.stats().traces, 1);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[track_caller]
pub fn arange_dims(start: impl Into<Dim>, stop: impl Into<Dim>, step: i64, dtype: Option<DType>) -> Result<Tensor> {
    counted(&start.into().0, &stop.into().0, step, dtype)
}

#[track_caller]
fn counted(start: &Expression, stop: &Expression, step: i64, dtype: Option<DType>) -> Result<Tensor> {
    const OP: &str = "arange";
    if let (Some(start), Some(stop)) = (start.as_const(), stop.as_const()) {
        return arange(Weak::Int(start), Weak::Int(stop), Weak::Int(step), dtype);
    }
    if step == 0 || step.abs() > MAX_ELEMENTS {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            OP,
            format!("cannot count from {} to {} by {step}", seen_dim(start), seen_dim(stop)),
            "The step is an integer that is not 0.",
        ));
    }
    let distance = if step > 0 { stop.sub(start) } else { start.sub(stop) };
    let why = || -> Explain {
        let (start, stop) = (start.clone(), stop.clone());
        Rc::new(move |now| {
            format!("from {} to {} by {step} there is nothing to count", now.dim(&start), now.dim(&stop))
        })
    };
    let count = if at_least(OP, &distance, &Expression::ZERO, &why)? {
        distance.add(&Expression::Const(step.abs() - 1)).floor_div(&Expression::Const(step.abs()), &bounds)
    } else {
        Expression::ZERO
    };
    let device = current_device(OP)?;
    let dtype = dtype.unwrap_or(DType::Int32);
    // As `arange`: counted in integers where the dtype could not count.
    let counted = if dtype == DType::Bool { DType::Int32 } else { dtype };
    let mut x = iota(&device, OP, checked_dims(OP, &[count])?, 0, counted)?;
    if step != 1 {
        x = x.try_mul(Operand::Weak(Weak::Int(step)))?;
    }
    if !start.is(0) {
        x = x.try_add(&number_of(&device, OP, start, counted)?)?;
    }
    x.cast_as(OP, dtype).map_err(|error| error.named(OP))
}

/// `count` numbers from start to stop, both included.
#[function(
    options = "DTypeOption",
    returns = "[count], float32 unless another dtype is given.",
    example = "linspace(0, 1, 3) // [0, 0.5, 1]"
)]
#[track_caller]
pub fn linspace(
    /// The first number.
    start: f64,
    /// The last number.
    stop: f64,
    /// How many.
    #[default(50)]
    count: impl Into<Dim>,
    /// Another dtype.
    #[option]
    dtype: Option<DType>,
) -> Result<Tensor> {
    const OP: &str = "linspace";
    let dtype = dtype.unwrap_or(DType::Float32);
    let count = count.into().0;
    let shape = checked_dims(OP, std::slice::from_ref(&count))?;
    let device = current_device(OP)?;
    let x = iota(&device, OP, shape, 0, DType::Float32)?;
    let steps = count.sub(&Expression::ONE).larger(&Expression::ONE, &bounds);
    // Weighted, so that the last number is stop itself.
    let t = match steps.as_const() {
        Some(steps) => x.try_div(Operand::Weak(Weak::Float(steps as f64)))?,
        None => x.try_div(&number_of(&device, OP, &steps, DType::Float32)?)?,
    };
    let rest = Tensor::apply(Op::Sub, &[Operand::Weak(Weak::Float(1.0)), (&t).into()])?;
    let y = t.try_mul(Operand::Weak(Weak::Float(stop)))?.try_add(&rest.try_mul(Operand::Weak(Weak::Float(start)))?)?;
    y.cast_as(OP, dtype)
}

/// `i + k == j`, `i + k >= j` or `<=` over the last two axes.
#[track_caller]
fn diagonal(device: &DeviceHandle, op: &str, rows_columns: Shape, k: i64, compare: Op) -> Result<Tensor> {
    let row = iota(device, op, rows_columns.clone(), 0, DType::Int32)?;
    let column = iota(device, op, rows_columns, 1, DType::Int32)?;
    let row = if k == 0 { row } else { row.try_add(Operand::Weak(Weak::Int(k)))? };
    Tensor::apply(compare, &[(&row).into(), (&column).into()])
}

/// Ones on a diagonal, `k` above the main one. Without a number of columns square.
#[function(options = "DiagonalOptions", returns = "[rows, columns].", example = "eye(2) // [[1, 0], [0, 1]]")]
#[track_caller]
pub fn eye(
    /// How many rows.
    #[label("the number of rows")]
    rows: impl Into<Dim>,
    /// How many columns; as many as rows where they are left out.
    #[label("the number of columns")]
    columns: Option<Dim>,
    /// Which diagonal; positive ones are above the main one.
    #[option(0)]
    k: i64,
    /// The dtype of what is made.
    #[option(DType::Float32)]
    dtype: DType,
) -> Result<Tensor> {
    let rows = rows.into();
    let shape = checked_shape("eye", &[rows.clone(), columns.unwrap_or(rows)])?;
    diagonal(&current_device("eye")?, "eye", shape, k, Op::Equal)?.cast_as("eye", dtype)
}

#[track_caller]
fn triangle(op: &str, x: &Tensor, k: i64, compare: Op) -> Result<Tensor> {
    let rank = x.ndim();
    if rank < 2 {
        return Err(Error::new(
            ErrorKind::Shape,
            op,
            format!("{} has fewer than two axes", x.seen()),
            "It applies to the last two axes.",
        ));
    }
    let last: Shape = x.shape().dims()[rank - 2..].iter().cloned().collect();
    let mask = diagonal(x.device(), op, last, k, compare)?;
    super::choose(&mask, x, &like(op, x, Operand::Weak(Weak::Bool(false)), None)?)
}

/// Ones at and below a diagonal.
#[function(options = "DiagonalOptions", returns = "[rows, columns].", example = "tri(2) // [[1, 0], [1, 1]]")]
#[track_caller]
pub fn tri(
    /// How many rows.
    #[label("the number of rows")]
    rows: impl Into<Dim>,
    /// How many columns; as many as rows where they are left out.
    #[label("the number of columns")]
    columns: Option<Dim>,
    /// Which diagonal; positive ones are above the main one.
    #[option(0)]
    k: i64,
    /// The dtype of what is made.
    #[option(DType::Float32)]
    dtype: DType,
) -> Result<Tensor> {
    let rows = rows.into();
    let square = ones(&[rows.clone(), columns.unwrap_or(rows)], dtype).map_err(|error| error.named("tri"))?;
    triangle("tri", &square, k, Op::GreaterEqual)
}

/// Zeros above the `k`-th diagonal of the last two axes.
#[function(
    method,
    returns = "The shape of x.",
    throws = "ShapeError: x has fewer than two axes.",
    example = "tril(tensor([[1, 2], [3, 4]])) // [[1, 0], [3, 4]]"
)]
#[track_caller]
pub fn tril(
    x: &Tensor,
    /// Which diagonal; positive ones are above the main one.
    #[default(0)]
    k: i64,
) -> Result<Tensor> {
    triangle("tril", x, k, Op::GreaterEqual)
}

/// Zeros below the `k`-th diagonal of the last two axes.
#[function(
    method,
    returns = "The shape of x.",
    throws = "ShapeError: x has fewer than two axes.",
    example = "triu(tensor([[1, 2], [3, 4]])) // [[1, 2], [0, 4]]"
)]
#[track_caller]
pub fn triu(
    x: &Tensor,
    /// Which diagonal; positive ones are above the main one.
    #[default(0)]
    k: i64,
) -> Result<Tensor> {
    triangle("triu", x, k, Op::LessEqual)
}

/// Which axis of a grid is the first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Choice)]
pub enum Indexing {
    /// The second: that of the columns, as plots have it.
    Xy,
    /// The first, as matrices have it.
    Ij,
}

/// Coordinates of a grid: one tensor per axis, all of the grid's shape. `indexing: "ij"` keeps the order of the axes.
#[function(
    returns = "One tensor per axis, all of the grid's shape.",
    throws = "ShapeError: one of them does not have one axis.",
    example = "meshgrid([tensor([1, 2]), tensor([3])]) // [[[1, 2]], [[3, 3]]]"
)]
#[track_caller]
pub fn meshgrid(
    /// The coordinates along each axis.
    axes: &[Tensor],
    /// "ij" keeps the order of the axes, "xy" exchanges the first two.
    #[option("xy")]
    indexing: Indexing,
) -> Result<Vec<Tensor>> {
    const OP: &str = "meshgrid";
    if let Some(x) = axes.iter().find(|x| x.ndim() != 1) {
        return Err(Error::new(ErrorKind::Shape, OP, format!("{} does not have one axis", x.seen()), "Flatten it."));
    }
    let place = |at: usize| if indexing == Indexing::Xy && at < 2 && axes.len() > 1 { 1 - at } else { at };
    let mut sizes = vec![Expression::ZERO; axes.len()];
    for (at, x) in axes.iter().enumerate() {
        sizes[place(at)] = x.shape().size();
    }
    let shape = checked_dims(OP, &sizes)?;
    let on_axis = |(at, x): (usize, &Tensor)| {
        let mut own = vec![Expression::ONE; axes.len()];
        own[place(at)] = x.shape().size();
        super::view::reshape_as(OP, x, &own)?.broadcast_as(OP, &shape)
    };
    axes.iter().enumerate().map(on_axis).collect()
}

impl<'a> Argument<'a> for Bound {
    const KIND: Takes = Takes::Bound;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        match arguments.value() {
            Value::Size(size) => Bound::Size(size.clone()),
            Value::Number(value) => Bound::Number(*value),
            _ => Bound::Number(f64::NAN),
        }
    }
}
