//! Tensors joined along an axis, and cut apart again; a roll is both.

use super::slice::{part, position};
use super::view::{about, dims_of, expand_dims, reshaped};
use crate::axes::{one, within};
use crate::error::{Error, ErrorKind, Result};
use crate::operand::{Operand, common_dtype, equal_shapes};
use crate::symbolic::{Explain, at_least, bounds, checked_dims, must_be_same};
use crate::table::{Argument, Arguments, Kind as Takes, Value};
use crate::tensor::Tensor;
use interfuse_compiler::dim::Dim;
use interfuse_compiler::kind::Kind;
use interfuse_compiler::shape::Aval;
use interfuse_derive::function;
use std::rc::Rc;

/// Joins tensors along an axis, promoting their dtypes.
#[function(
    returns = "The shape of the tensors with the sizes of that axis added up.",
    throws = "ShapeError: other sizes differ.",
    throws = "DTypeError: there is no common dtype.",
    example = "concatenate([tensor([1, 2]), tensor([3])]) // [1, 2, 3]"
)]
#[track_caller]
pub fn concatenate(
    tensors: &[Tensor],
    /// The axis along which they follow each other.
    #[default(0)]
    axis: i64,
) -> Result<Tensor> {
    joined("concatenate", tensors, axis)
}

#[track_caller]
fn joined(op: &str, tensors: &[Tensor], axis: i64) -> Result<Tensor> {
    let Some(first) = tensors.first() else {
        return Err(Error::new(ErrorKind::CompileArgument, op, "there is no tensor to join", "Give at least one."));
    };
    let axis = one(op, axis, first.aval())?;
    let operands: Vec<Operand<'_>> = tensors.iter().map(Operand::from).collect();
    let dtype = common_dtype(op, &operands)?;
    for other in &tensors[1..] {
        let text = move |a: &Aval, b: &Aval| format!("{a} and {b} differ on an axis other than {axis}");
        let why = || -> Explain {
            let (a, b) = (first.aval().clone(), other.aval().clone());
            Rc::new(move |now| text(&now.aval(&a), &now.aval(&b)))
        };
        let mut fits = other.ndim() == first.ndim();
        for (at, (a, b)) in first.shape().dims().iter().zip(other.shape().dims()).enumerate() {
            fits = fits && (at == axis || must_be_same(op, a, b, &why)?);
        }
        if !fits {
            let message = text(&first.seen(), &other.seen());
            return Err(Error::new(ErrorKind::Shape, op, message, "All other sizes must be equal."));
        }
    }
    let mut sizes = dims_of(first);
    sizes[axis] = tensors.iter().fold(Dim::ZERO, |sum, x| sum.add(&x.shape().0[axis]));
    checked_dims(op, &sizes)?;
    let cast: Vec<Tensor> = tensors.iter().map(|x| x.cast_as(op, dtype)).collect::<Result<_>>()?;
    match cast.as_slice() {
        [only] => Ok(only.clone()),
        _ => Tensor::make(op, Kind::Concatenate { axis: axis as u32 }, &cast.iter().collect::<Vec<_>>()),
    }
}

/// Joins tensors of equal shape along a new axis.
#[function(
    returns = "The shape of the tensors with a new axis of as many as there are.",
    throws = "ShapeError: the shapes differ.",
    example = "stack([tensor([1, 2]), tensor([3, 4])]) // [[1, 2], [3, 4]]"
)]
#[track_caller]
pub fn stack(
    tensors: &[Tensor],
    /// The place of the new axis.
    #[default(0)]
    axis: i64,
) -> Result<Tensor> {
    const OP: &str = "stack";
    let Some(first) = tensors.first() else {
        return Err(Error::new(ErrorKind::CompileArgument, OP, "there is no tensor to join", "Give at least one."));
    };
    for other in &tensors[1..] {
        if !equal_shapes(OP, first, other)? {
            return Err(Error::new(
                ErrorKind::Shape,
                OP,
                format!("{} and {} have different shapes", first.seen(), other.seen()),
                "Stack tensors of one shape, or concatenate them.",
            ));
        }
    }
    let axis = within(OP, axis, first.ndim() + 1, &format!("a stack of {}", first.seen()))?;
    let rows: Vec<Tensor> = tensors.iter().map(|x| expand_dims(x, axis as i64)).collect::<Result<_>>()?;
    joined(OP, &rows, axis as i64)
}

/// How to split an axis.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Split {
    /// Into so many equal parts.
    Parts(i64),
    /// Before these positions.
    At(Vec<i64>),
}

/// Cuts along an axis: into so many equal parts, or before these positions.
#[function(
    method,
    returns = "The parts, in order.",
    throws = "ShapeError: the axis cannot be cut into so many equal parts.",
    example = "split(tensor([1, 2, 3, 4]), 2) // [[1, 2], [3, 4]]"
)]
#[track_caller]
pub fn split(
    x: &Tensor,
    /// Into so many equal parts, or before these positions.
    parts: Split,
    /// The axis to cut.
    #[default(0)]
    axis: i64,
) -> Result<Vec<Tensor>> {
    const OP: &str = "split";
    let axis = one(OP, axis, x.aval())?;
    let size = x.shape().0[axis].clone();
    let moved = || about(format!("axis {axis} of "), x, " is cut in another way".into());
    let mut cuts = vec![Dim::ZERO];
    match parts {
        Split::Parts(parts) => {
            let text = || format!(" cannot be cut into {parts} equal parts");
            let why = || about(format!("axis {axis} of "), x, text());
            let divides = || match size.exact_quotient(&Dim::Const(parts)) {
                Some(part) => Ok(Some(part)),
                None => {
                    let rest = size.modulo(&Dim::Const(parts), &bounds);
                    Ok(must_be_same(OP, &rest, &Dim::ZERO, &why)?.then(|| size.floor_div(&Dim::Const(parts), &bounds)))
                }
            };
            let Some(part) = (if parts < 1 { Ok(None) } else { divides() })? else {
                return Err(Error::new(
                    ErrorKind::Shape,
                    OP,
                    format!("axis {axis} of {}{}", x.seen(), text()),
                    "Give a divisor of its size, or the positions to cut at.",
                ));
            };
            cuts.extend((1..parts).map(|at| part.scale(at)));
            cuts.push(part.scale(parts));
        }
        Split::At(positions) => {
            for at in positions {
                cuts.push(position(OP, &Dim::Const(at), &size, (&Dim::ZERO, &size), &moved)?);
            }
            cuts.push(size.clone());
        }
    }
    let mut made = Vec::with_capacity(cuts.len() - 1);
    for pair in cuts.windows(2) {
        let to = if at_least(OP, &pair[1], &pair[0], &moved)? { &pair[1] } else { &pair[0] };
        made.push(part(OP, x, axis, &pair[0], to)?);
    }
    Ok(made)
}

impl<'a> Argument<'a> for Split {
    const KIND: Takes = Takes::Parts;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        match arguments.value() {
            Value::Numbers(positions) => Split::At(positions.iter().map(|position| *position as i64).collect()),
            Value::Number(parts) => Split::Parts(*parts as i64),
            _ => Split::At(Vec::new()),
        }
    }
}

/// Shifts elements along an axis; those that leave come back at the other end. Without an axis in row-major order.
#[function(method, returns = "The shape of x.", example = "roll(tensor([1, 2, 3]), 1) // [3, 1, 2]")]
#[track_caller]
pub fn roll(
    x: &Tensor,
    /// By how many places; negative ones shift to the front.
    shift: i64,
    /// The axis; without one elements move in row-major order.
    axis: Option<i64>,
) -> Result<Tensor> {
    const OP: &str = "roll";
    let Some(axis) = axis else {
        let flat = reshaped(OP, x, &[x.shape().size()])?;
        return reshaped(OP, &roll(&flat, shift, Some(0))?, &dims_of(x));
    };
    let axis = one(OP, axis, x.aval())?;
    let size = x.shape().0[axis].clone();
    if size.is(0) {
        return Ok(x.clone());
    }
    // What is behind the cut comes to the front. Remainders of a size that is open are taken at the call.
    let by = Dim::Const(shift.saturating_abs()).modulo(&size, &bounds);
    let cut = if shift < 0 { by.clone() } else { size.sub(&by) };
    if by.is(0) {
        return Ok(x.clone());
    }
    let (head, tail) = (part(OP, x, axis, &Dim::ZERO, &cut)?, part(OP, x, axis, &cut, &size)?);
    Tensor::make(OP, Kind::Concatenate { axis: axis as u32 }, &[&tail, &head])
}
