//! Elements by their indices: taking them, and new tensors in which some of them are others.
//!
//! Where indices name an element twice, `set` takes the last, and the others combine all of them in order: the result does not
//! depend on the device. Indices that the host knows are checked at the call; in tensors negative ones count from the end, and others
//! out of range are clamped where something is taken and ignored where something is changed.

use super::create::{iota, number_of};
use super::slice::{Cut, Index, cuts, slice, taken};
use super::view::{check_indices, reshape_as, take};
use crate::axes::one;
use crate::error::{Error, ErrorKind, Result};
use crate::operand::Operand;
use crate::symbolic::{self, Dim, Explain, must_be_same, wider};
use crate::table::{Argument, Arguments, Kind as Takes, Value};
use crate::tensor::Tensor;
use interfuse_compiler::dim::Dim as Expression;
use interfuse_compiler::dtype::{DType, Scalar, Weak};
use interfuse_compiler::kind::{CombineOp, Kind, View};
use interfuse_compiler::ops::Op;
use interfuse_compiler::shape::{Aval, Shape};
use interfuse_derive::function;
use smallvec::SmallVec;
use std::rc::Rc;

fn number(value: i64) -> Operand<'static> {
    Operand::Weak(Weak::Int(value))
}

/// A size as an operand.
#[track_caller]
fn size_of(op: &str, x: &Tensor, size: &Expression) -> Result<Tensor> {
    number_of(x.device(), op, size, DType::Int32)
}

/// int32 indices from the front.
#[track_caller]
fn from_front(op: &str, x: &Tensor, indices: &Tensor, size: &Expression) -> Result<Tensor> {
    check_indices(op, indices)?;
    if indices.dtype() == DType::UInt32 {
        // None of them counts from the end, and no tensor has elements beyond the largest int32.
        return indices.try_minimum(number(i64::from(i32::MAX)))?.cast_as(op, DType::Int32);
    }
    let size = size_of(op, x, size)?;
    super::choose(&indices.try_less(number(0))?, &indices.try_add(&size)?, indices)
}

/// Row-major positions in x of what stands at `at[axis]` along each axis; `None` for an axis of size 1 or where the coordinate of
/// the result itself counts. Shapes broadcast to `shape`.
#[track_caller]
fn positions(op: &str, x: &Tensor, shape: &Shape, at: &[Option<Tensor>]) -> Result<Tensor> {
    let strides = x.shape().strides();
    let mut total: Option<Tensor> = None;
    for (axis, index) in at.iter().enumerate() {
        let Some(index) = index else { continue };
        let stride = size_of(op, x, &strides[axis])?;
        let part = index.broadcast_as(op, shape)?.try_mul(&stride)?;
        total = Some(match total {
            Some(total) => total.try_add(&part)?,
            None => part,
        });
    }
    match total {
        Some(total) => Ok(total),
        None => super::zeros(shape, DType::Int32),
    }
}

/// Of both what an index along an axis needs: the shape of the result, and the coordinates along each axis.
#[track_caller]
fn along(op: &str, x: &Tensor, indices: &Tensor, axis: usize) -> Result<(Shape, Vec<Option<Tensor>>)> {
    if indices.ndim() != x.ndim() {
        let message = format!("{} has not as many axes as {}", indices.seen(), x.seen());
        return Err(Error::new(
            ErrorKind::Shape,
            op,
            message,
            "Indices along an axis have one for every element there.",
        ));
    }
    let text = move |indices: &Aval, x: &Aval| format!("{indices} and {x} differ on an axis other than {axis}");
    let why = || -> Explain {
        let (indices, x) = (indices.aval().clone(), x.aval().clone());
        Rc::new(move |now| text(&now.aval(&indices), &now.aval(&x)))
    };
    let mut shape = indices.shape().clone();
    for (at, size) in x.shape().dims().iter().enumerate() {
        if at == axis {
            continue;
        }
        if let Some(wide) = wider(op, &shape.0[at], size, &why)? {
            shape.0[at] = wide;
        } else if !must_be_same(op, &shape.0[at], size, &why)? {
            let message = text(&indices.seen(), &x.seen());
            return Err(Error::new(ErrorKind::Shape, op, message, "All other sizes must be equal or 1."));
        }
    }
    let mut coordinates = Vec::new();
    for at in 0..x.ndim() {
        coordinates.push(match at == axis {
            true => Some(from_front(op, x, indices, &x.shape().0[axis])?),
            false if symbolic::resolve(&x.shape().0[at]).is(1) => None,
            false => Some(iota(x.device(), op, shape.clone(), at, DType::Int32)?),
        });
    }
    Ok((shape, coordinates))
}

#[track_caller]
fn flat(op: &str, x: &Tensor) -> Result<Tensor> {
    reshape_as(op, x, &[Dim::from(x.shape().size())])
}

/// The elements that indices of as many axes name along one axis. Negative indices count from the end, others out of range are clamped to
/// the nearest.
///
/// ```
/// use interfuse::{library::{argsort, take_along_axis}, Tensor};
/// let x = Tensor::from([[3.0f32, 1.0, 2.0]]);
/// assert_eq!(take_along_axis(&x, &argsort(&x, Some(1))?, Some(1))?.to_vec::<f32>()?, [1.0, 2.0, 3.0]);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[function(
    method,
    returns = "The shape of the indices.",
    throws = "ShapeError: the other sizes differ.",
    throws = "DTypeError: the indices are not int32 or uint32.",
    example = "takeAlongAxis(tensor([[1, 2], [3, 4]]), tensor([[1], [0]], { dtype: \"int32\" }), 1) // [[2], [3]]"
)]
#[track_caller]
pub fn take_along_axis(
    x: &Tensor,
    /// int32 or uint32, of as many axes as x.
    indices: &Tensor,
    /// The axis; without one in row-major order.
    axis: Option<i64>,
) -> Result<Tensor> {
    const OP: &str = "takeAlongAxis";
    let Some(axis) = axis else {
        return take(x, &flat(OP, indices)?, None);
    };
    let axis = one(OP, axis, x.aval())?;
    let (shape, mut coordinates) = along(OP, x, indices, axis)?;
    // Clamped on its own axis: another row must not be reached.
    let last = size_of(OP, x, &x.shape().0[axis].sub(&Expression::ONE))?;
    let index = coordinates[axis].take().expect("the indexed axis has indices");
    coordinates[axis] = Some(index.try_minimum(&last)?.try_maximum(number(0))?);
    let places = positions(OP, x, &shape, &coordinates)?;
    Tensor::make(OP, Kind::Gather { axis: 0 }, &[&flat(OP, x)?, &places])
}

/// A copy with values where indices of as many axes name elements along one axis. Negative indices count from the end, others out of range
/// are left out.
#[function(
    method,
    returns = "The shape of x.",
    throws = "ShapeError: the other sizes differ.",
    throws = "DTypeError: the indices are not int32 or uint32.",
    example = "putAlongAxis(tensor([1, 2, 3]), tensor([1], { dtype: \"int32\" }), 9) // [1, 9, 3]"
)]
#[track_caller]
pub fn put_along_axis<'a>(
    x: &Tensor,
    /// int32 or uint32, of as many axes as x.
    indices: &Tensor,
    values: impl Into<Operand<'a>>,
    /// The axis; without one in row-major order.
    axis: Option<i64>,
) -> Result<Tensor> {
    const OP: &str = "putAlongAxis";
    let Some(axis) = axis else {
        let line = flat(OP, x)?;
        let y = put_along_axis(&line, &flat(OP, indices)?, values, Some(0))?;
        return reshape_as(OP, &y, x.shape());
    };
    let axis = one(OP, axis, x.aval())?;
    let (shape, coordinates) = along(OP, x, indices, axis)?;
    let size = size_of(OP, x, &x.shape().0[axis])?;
    let index = coordinates[axis].clone().expect("the indexed axis has indices").broadcast_as(OP, &shape)?;
    let inside = index.try_greater_equal(number(0))?.try_logical_and(&index.try_less(&size)?)?;
    let places = positions(OP, x, &shape, &coordinates)?;
    changed(OP, CombineOp::Set, x, &places, &inside, values.into(), &shape)
}

/// A copy in which elements at row-major places, where `inside` holds, are combined with values.
#[track_caller]
fn changed(
    op: &str,
    how: CombineOp,
    x: &Tensor,
    places: &Tensor,
    inside: &Tensor,
    values: Operand<'_>,
    shape: &Shape,
) -> Result<Tensor> {
    // Out of range: ignored.
    let places = super::choose(inside, places, number(i64::from(i32::MAX)))?;
    let values = fitting(op, x, values, shape)?;
    let line = flat(op, x)?;
    let y = Tensor::make(op, Kind::Scatter { axis: 0, op: how }, &[&line, &flat(op, &places)?, &flat(op, &values)?])?;
    reshape_as(op, &y, x.shape())
}

/// Values in the dtype of what they change, repeated to a shape.
#[track_caller]
fn fitting(op: &str, x: &Tensor, values: Operand<'_>, shape: &Shape) -> Result<Tensor> {
    let values = values.to_tensor(op, x.dtype(), x.device())?;
    if !symbolic::broadcasts_to(values.shape(), shape) {
        let shape = symbolic::seen_shape(shape);
        let message = format!("{} cannot be broadcast to {shape}, the shape of what it changes", values.seen());
        return Err(Error::new(ErrorKind::Shape, op, message, "Sizes must be equal or 1, aligned at the last axis."));
    }
    values.broadcast_as(op, shape)
}

/// A copy with updates added at indices along an axis: where `take` reads, this adds. Negative indices count from the end, others out of
/// range are left out.
#[function(
    method,
    returns = "The shape of x.",
    throws = "ShapeError: the updates do not have the shape that `take` gives.",
    throws = "DTypeError: the indices are not int32 or uint32.",
    example = "scatterAdd(tensor([0, 0, 0]), tensor([2, 2], { dtype: \"int32\" }), tensor([1, 1])) // [0, 0, 2]"
)]
#[track_caller]
pub fn scatter_add(
    x: &Tensor,
    /// int32 or uint32.
    indices: &Tensor,
    /// In the shape that `take` gives.
    updates: &Tensor,
    /// The axis that the indices count along.
    #[default(0)]
    axis: i64,
) -> Result<Tensor> {
    const OP: &str = "scatterAdd";
    rows(OP, CombineOp::Add, x, indices, updates.into(), one(OP, axis, x.aval())?)
}

/// Rows along an axis combined with updates in the shape that `take` gives.
#[track_caller]
fn rows(op: &str, how: CombineOp, x: &Tensor, indices: &Tensor, updates: Operand<'_>, axis: usize) -> Result<Tensor> {
    check_indices(op, indices)?;
    let dims = x.shape().dims();
    let taken: Shape = dims[..axis].iter().chain(indices.shape().dims()).chain(&dims[axis + 1..]).cloned().collect();
    let updates = fitting(op, x, updates, &taken)?;
    let mut lines = x.shape().clone();
    lines.0[axis] = indices.shape().size();
    let updates = reshape_as(op, &updates, &lines)?;
    let indices = flat(op, indices)?;
    let x = if x.dtype() == DType::Bool && matches!(how, CombineOp::Add | CombineOp::Mul) {
        return Err(Error::new(ErrorKind::DType, op, "is not defined for bool", "Convert with astype."));
    } else {
        x
    };
    Tensor::make(op, Kind::Scatter { axis: axis as u32, op: how }, &[x, &indices, &updates])
}

/// What an entry of [`at`] names along an axis.
#[derive(Clone, Debug)]
pub enum Selector {
    /// A position, a range or everything, known to the host.
    Known(Index),
    /// Those that a tensor of int32 or uint32 names.
    Of(Tensor),
}

impl From<Index> for Selector {
    fn from(index: Index) -> Selector {
        Selector::Known(index)
    }
}

impl From<&Tensor> for Selector {
    fn from(indices: &Tensor) -> Selector {
        Selector::Of(indices.clone())
    }
}

impl From<i64> for Selector {
    fn from(position: i64) -> Selector {
        Selector::Known(Index::At(position))
    }
}

/// Some elements of a tensor: [`At::get`] takes them, the others give a copy in which they are changed. Negative indices in tensors count
/// from the end; of others out of range `get` takes the nearest, and the others leave them out.
#[derive(Clone, Debug)]
pub struct At {
    x: Tensor,
    places: Vec<Selector>,
}

/// The elements at one entry per axis; axes without an entry count whole. Tensors of indices broadcast against each other, and their
/// axes stand in the result where the first of them stands.
///
/// ```
/// use interfuse::{library::{at, Index, Selector}, Tensor};
/// let x = Tensor::from([0.0f32, 0.0, 0.0]);
/// let i = Tensor::from([2i32, 0, 2]);
/// let y = at(&x, vec![Selector::from(&i)]).add(1)?;
/// assert_eq!(y.to_vec::<f32>()?, [1.0, 0.0, 2.0]);
/// # Ok::<(), interfuse::Error>(())
/// ```
pub fn at(x: &Tensor, places: Vec<Selector>) -> At {
    At { x: x.clone(), places }
}

/// The places that an index names, in the shape that getting them gives.
struct Named {
    places: Tensor,
    inside: Tensor,
    shape: Shape,
}

impl At {
    /// The entries, when none of them is a tensor.
    fn known(&self) -> Option<Vec<Index>> {
        let known = |place: &Selector| match place {
            Selector::Known(index) => Some(index.clone()),
            Selector::Of(_) => None,
        };
        self.places.iter().map(known).collect()
    }

    /// The axis and indices, when a single tensor is all that chooses.
    fn row(&self) -> Option<(usize, &Tensor)> {
        let mut row = None;
        for (axis, place) in self.places.iter().enumerate() {
            match place {
                Selector::Known(Index::All) => {}
                Selector::Of(indices) if row.is_none() => row = Some((axis, indices)),
                Selector::Known(_) | Selector::Of(_) => return None,
            }
        }
        row
    }

    /// The elements.
    #[track_caller]
    pub fn get(&self) -> Result<Tensor> {
        const OP: &str = "at.get";
        if let Some(ranges) = self.known() {
            return slice(&self.x, &ranges);
        }
        if let Some((axis, indices)) = self.row().filter(|(axis, _)| *axis < self.x.ndim()) {
            return take(&self.x, indices, Some(axis as i64));
        }
        let named = self.named(OP, Reach::Clamp)?;
        Tensor::make(OP, Kind::Gather { axis: 0 }, &[&flat(OP, &self.x)?, &named.places])
    }

    /// A copy with these elements replaced; the last wins where one is named twice.
    #[track_caller]
    pub fn set<'a>(&self, values: impl Into<Operand<'a>>) -> Result<Tensor> {
        self.change("at.set", CombineOp::Set, values.into())
    }

    /// A copy with values added to these elements.
    #[track_caller]
    pub fn add<'a>(&self, values: impl Into<Operand<'a>>) -> Result<Tensor> {
        self.change("at.add", CombineOp::Add, values.into())
    }

    /// A copy with these elements multiplied by values.
    #[track_caller]
    pub fn mul<'a>(&self, values: impl Into<Operand<'a>>) -> Result<Tensor> {
        self.change("at.mul", CombineOp::Mul, values.into())
    }

    /// A copy with the larger of these elements and the values.
    #[track_caller]
    pub fn max<'a>(&self, values: impl Into<Operand<'a>>) -> Result<Tensor> {
        self.change("at.max", CombineOp::Max, values.into())
    }

    /// A copy with the smaller of these elements and the values.
    #[track_caller]
    pub fn min<'a>(&self, values: impl Into<Operand<'a>>) -> Result<Tensor> {
        self.change("at.min", CombineOp::Min, values.into())
    }

    #[track_caller]
    fn change(&self, op: &str, how: CombineOp, values: Operand<'_>) -> Result<Tensor> {
        if let Some(ranges) = self.known() {
            let is_block = |index: &Index| match index {
                Index::All | Index::At(_) | Index::AtSize(_) => true,
                Index::Range { step, .. } | Index::Sizes { step, .. } => *step == 1,
            };
            if ranges.iter().all(is_block) {
                return self.change_part(op, how, &ranges, values);
            }
        }
        if let Some((axis, indices)) = self.row().filter(|(axis, _)| *axis < self.x.ndim()) {
            return rows(op, how, &self.x, indices, values, axis);
        }
        let named = self.named(op, Reach::Ignore)?;
        changed(op, how, &self.x, &named.places, &named.inside, values, &named.shape)
    }

    /// A block of neighbours: values in their place, and a choice; no index is looked up.
    #[track_caller]
    fn change_part(&self, op: &str, how: CombineOp, ranges: &[Index], values: Operand<'_>) -> Result<Tensor> {
        let x = &self.x;
        let cuts = cuts(x, ranges).map_err(|error| error.named(op))?;
        let part = taken(x, &cuts)?;
        let values = fitting(op, x, values, part.shape())?;
        let (mut low, mut high): (SmallVec<[Expression; 4]>, SmallVec<[Expression; 4]>) = Default::default();
        let mut block = Shape::default();
        for (Cut { first, count, .. }, size) in cuts.into_iter().zip(x.shape().dims()) {
            let start = if count.is(0) { Expression::ZERO } else { first };
            high.push(size.sub(&start).sub(&count));
            low.push(start);
            block.0.push(count);
        }
        let padded = |x: &Tensor, value: Scalar| -> Result<Tensor> {
            let x = reshape_as(op, x, &block)?;
            if low.iter().chain(&high).all(|width| width.is(0)) {
                return Ok(x);
            }
            Tensor::make(op, Kind::View(View::Pad { low: low.clone(), high: high.clone(), value }), &[&x])
        };
        let there = super::ones(part.shape(), DType::Bool)?;
        let there = padded(&there, Scalar::bool(false))?;
        let values = padded(&values, Scalar::from_f64(x.dtype(), 0.0))?;
        let pair = match (how, x.dtype()) {
            (CombineOp::Set | CombineOp::LogAddExp, _) => None,
            (CombineOp::Add, _) => Some(Op::Add),
            (CombineOp::Mul, _) => Some(Op::Mul),
            (CombineOp::Max, DType::Bool) => Some(Op::LogicalOr),
            (CombineOp::Min, DType::Bool) => Some(Op::LogicalAnd),
            (CombineOp::Max, _) => Some(Op::Maximum),
            (CombineOp::Min, _) => Some(Op::Minimum),
        };
        let new = match pair {
            None => values,
            Some(pair) => Tensor::apply(pair, &[x.into(), (&values).into()])?.cast_as(op, x.dtype())?,
        };
        super::choose(&there, &new, x)
    }

    /// The row-major place of every named element.
    #[track_caller]
    fn named(&self, op: &str, reach: Reach) -> Result<Named> {
        let x = &self.x;
        if self.places.len() > x.ndim() {
            let message = format!("{} indices are more than the axes of {}", self.places.len(), x.seen());
            return Err(Error::new(ErrorKind::CompileArgument, op, message, "Give at most one index per axis."));
        }
        // Axes of tensors of indices together, then where they stand among the others.
        let tensors: Vec<&Tensor> =
            self.places.iter().filter_map(|p| if let Selector::Of(t) = p { Some(t) } else { None }).collect();
        let common = crate::operand::common_shape(op, tensors.iter().copied())?;
        let mut shape = Shape::default();
        // Of each axis of x: the first axis of the result that its coordinate varies along.
        let mut own: Vec<Option<usize>> = Vec::new();
        let mut counts: Vec<Tensor> = Vec::new();
        let mut of_tensors = None;
        for axis in 0..x.ndim() {
            let place = self.places.get(axis).cloned().unwrap_or(Selector::Known(Index::All));
            match place {
                Selector::Of(indices) => {
                    if of_tensors.is_none() {
                        of_tensors = Some(shape.rank());
                        shape.0.extend(common.dims().iter().cloned());
                    }
                    own.push(None);
                    counts.push(indices);
                }
                Selector::Known(index) => {
                    // The coordinates that the range names, by the range itself.
                    let line: Shape = [x.shape().0[axis].clone()].into_iter().collect();
                    let line = iota(x.device(), op, line, 0, DType::Int32)?;
                    let named = slice(&line, &[index]).map_err(|error| error.named(op))?;
                    let varies = named.ndim() == 1;
                    own.push(varies.then_some(shape.rank()));
                    shape.0.extend(named.shape().dims().iter().cloned());
                    counts.push(named);
                }
            }
        }
        let mut coordinates = Vec::new();
        let mut inside = super::ones(&shape, DType::Bool)?;
        for axis in 0..x.ndim() {
            let mut index = counts[axis].clone();
            let is_tensor = matches!(self.places.get(axis), Some(Selector::Of(_)));
            if is_tensor {
                index = from_front(op, x, &index, &x.shape().0[axis])?;
                let size = size_of(op, x, &x.shape().0[axis])?;
                let first = of_tensors.expect("there is one") + common.rank() - index.ndim();
                index = spread(op, &index, first, &shape)?;
                match reach {
                    Reach::Clamp => index = index.try_minimum(&size.try_sub(number(1))?)?.try_maximum(number(0))?,
                    Reach::Ignore => {
                        let legal = index.try_greater_equal(number(0))?.try_logical_and(&index.try_less(&size)?)?;
                        inside = inside.try_logical_and(&legal)?;
                    }
                }
            } else if let Some(first) = own[axis] {
                index = spread(op, &index, first, &shape)?;
            }
            coordinates.push(Some(index));
        }
        let places = positions(op, x, &shape, &coordinates)?;
        Ok(Named { places, inside, shape })
    }
}

/// `at(x, places).get()`, as a row.
#[function(inner, name = "at.get")]
#[track_caller]
pub fn at_get(x: &Tensor, places: &[Selector]) -> Result<Tensor> {
    at(x, places.to_vec()).get()
}

macro_rules! changes {
    ($($row:ident $name:literal $method:ident;)+) => { $(
        #[doc = concat!("`at(x, places).", stringify!($method), "(values)`, as a row.")]
        #[function(inner, name = $name)]
        #[track_caller]
        pub fn $row<'a>(x: &Tensor, places: &[Selector], values: impl Into<Operand<'a>>) -> Result<Tensor> {
            at(x, places.to_vec()).$method(values)
        }
    )+ };
}

changes! {
    at_set "at.set" set;
    at_add "at.add" add;
    at_mul "at.mul" mul;
    at_max "at.max" max;
    at_min "at.min" min;
}

/// What becomes of an index out of range.
#[derive(Clone, Copy)]
enum Reach {
    Clamp,
    Ignore,
}

/// A tensor whose axes are those of the shape from `first` on, repeated along the others.
#[track_caller]
fn spread(op: &str, x: &Tensor, first: usize, shape: &Shape) -> Result<Tensor> {
    let axes = (first..first + x.ndim()).map(|axis| axis as u32).collect();
    Tensor::make(op, Kind::View(View::Broadcast { shape: shape.clone(), axes }), &[x])
}

impl<'a> Argument<'a> for Vec<Index> {
    const KIND: Takes = Takes::Ranges;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        let known = |place: Selector| if let Selector::Known(index) = place { index } else { Index::All };
        arguments.read::<Vec<Selector>>().into_iter().map(known).collect()
    }
}

/// How many there are; then of each a tensor, nothing (all of the axis), a size (a position), or the number of a range and its start, stop
/// and step.
impl<'a> Argument<'a> for Vec<Selector> {
    const KIND: Takes = Takes::Places;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        let count = arguments.position();
        (0..count).map(|_| place(arguments)).collect()
    }
}

fn place(arguments: &mut Arguments<'_>) -> Selector {
    let index = match arguments.value() {
        Value::Tensor(tensor) => return Selector::Of(tensor.clone()),
        Value::Size(at) => at.known().map_or_else(|| Index::AtSize(at.clone()), Index::At),
        Value::Number(_) => {
            let (start, stop): (Option<Dim>, Option<Dim>) = (arguments.read(), arguments.read());
            let step = arguments.read::<Option<i64>>().unwrap_or(1);
            let known = |at: &Option<Dim>| at.as_ref().map(Dim::known);
            match (known(&start), known(&stop)) {
                (Some(None), _) | (_, Some(None)) => Index::Sizes { start, stop, step },
                (start, stop) => Index::Range { start: start.flatten(), stop: stop.flatten(), step },
            }
        }
        _ => Index::All,
    };
    Selector::Known(index)
}
