//! Scalar ops on tensors and numbers: promotion and broadcasting are inserted here, at the call.
//!
//! Tensors promote among themselves (bool < int32, uint32 < float16 < float32); numbers of the host language are weak and take the
//! dtype of the tensors they meet where they fit. What a row does not accept is cast up to what it does. After that all operands
//! have one dtype and one shape, and a graph never broadcasts or promotes by itself.

use crate::device::{DeviceHandle, current_device};
use crate::error::{Error, ErrorKind, Result};
use crate::symbolic;
use crate::tensor::{Tensor, broadcast_axes};
use interfuse_compiler::dtype::{DType, Scalar, Weak, promote};
use interfuse_compiler::kind::Kind;
use interfuse_compiler::ops::{Op, Signature};
use interfuse_compiler::shape::{Aval, Shape};
use interfuse_compiler::small;
use smallvec::SmallVec;
use std::fmt;

/// A tensor or a number.
#[derive(Clone, Copy)]
pub enum Operand<'a> {
    /// A tensor.
    Tensor(&'a Tensor),
    /// A number, before it has a dtype.
    Weak(Weak),
}

impl<'a> From<&'a Tensor> for Operand<'a> {
    fn from(tensor: &'a Tensor) -> Operand<'a> {
        Operand::Tensor(tensor)
    }
}

impl<'a> From<&'a &Tensor> for Operand<'a> {
    fn from(tensor: &'a &Tensor) -> Operand<'a> {
        Operand::Tensor(tensor)
    }
}

impl From<Weak> for Operand<'_> {
    fn from(weak: Weak) -> Self {
        Operand::Weak(weak)
    }
}

impl From<f32> for Operand<'_> {
    fn from(value: f32) -> Self {
        Operand::Weak(Weak::Float(f64::from(value)))
    }
}

impl From<f64> for Operand<'_> {
    fn from(value: f64) -> Self {
        Operand::Weak(Weak::Float(value))
    }
}

impl From<i32> for Operand<'_> {
    fn from(value: i32) -> Self {
        Operand::Weak(Weak::Int(i64::from(value)))
    }
}

impl From<bool> for Operand<'_> {
    fn from(value: bool) -> Self {
        Operand::Weak(Weak::Bool(value))
    }
}

impl fmt::Display for Operand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operand::Tensor(tensor) => write!(f, "{}", tensor.seen()),
            Operand::Weak(Weak::Bool(value)) => write!(f, "{value}"),
            Operand::Weak(Weak::Int(value)) => write!(f, "{value}"),
            // With an exponent where the digits would be endless.
            Operand::Weak(Weak::Integral(value) | Weak::Float(value)) => write!(f, "{value:?}"),
        }
    }
}

fn list(operands: &[Operand<'_>]) -> String {
    operands.iter().map(|x| x.to_string()).collect::<Vec<_>>().join(" and ")
}

/// The common dtype of operands.
pub(crate) fn common_dtype(op: &str, operands: &[Operand<'_>]) -> Result<DType> {
    let mut tensors: Option<DType> = None;
    let mut weak: SmallVec<[Weak; 3]> = SmallVec::new();
    for operand in operands {
        match operand {
            Operand::Tensor(x) => {
                let both = tensors.map_or(Some(x.dtype()), |dtype| promote(dtype, x.dtype()));
                tensors = Some(both.ok_or_else(|| {
                    Error::new(
                        ErrorKind::DType,
                        op,
                        format!("{} have no common dtype", list(operands)),
                        "Convert one of them with astype.",
                    )
                })?);
            }
            Operand::Weak(value) => weak.push(*value),
        }
    }
    // Floats first: an integer then only has to fit a float.
    small::sort_by_key(&mut weak, |value| !matches!(value, Weak::Float(_)));
    let start = match (tensors, weak.first()) {
        (Some(dtype), _) => dtype,
        (None, Some(value)) => value.default_dtype(),
        (None, None) => DType::Float32,
    };
    weak.into_iter().try_fold(start, |dtype, value| {
        value.meet(dtype).ok_or_else(|| {
            Error::new(
                ErrorKind::DType,
                op,
                format!("{} does not fit {dtype}", Operand::Weak(value)),
                "Convert the tensor with astype, or make the number a tensor of another dtype.",
            )
        })
    })
}

/// A number as a scalar of a dtype; an error when it is finite and the scalar would not be.
fn weak_scalar(op: &str, value: Weak, dtype: DType) -> Result<Scalar> {
    let scalar = Scalar::from_f64(dtype, value.to_f64());
    if dtype == DType::Float32 && value.to_f64().is_finite() && !scalar.to_f64().is_finite() {
        return Err(Error::new(
            ErrorKind::DType,
            op,
            format!("{} does not fit {dtype}", Operand::Weak(value)),
            "The largest float32 is 3.4028235e38.",
        ));
    }
    Ok(scalar)
}

impl Operand<'_> {
    /// As a tensor of that dtype, not yet broadcast; a number becomes one on that device.
    #[track_caller]
    pub(crate) fn to_tensor(self, op: &str, dtype: DType, device: &DeviceHandle) -> Result<Tensor> {
        match self {
            Operand::Tensor(tensor) => tensor.cast_as(op, dtype),
            Operand::Weak(value) => {
                Tensor::make_on(device, op, Kind::Literal { value: weak_scalar(op, value, dtype)? }, &[])
            }
        }
    }
}

impl Tensor {
    #[track_caller]
    pub(crate) fn cast_as(&self, op: &str, dtype: DType) -> Result<Tensor> {
        if self.dtype() == dtype {
            return Ok(self.clone());
        }
        // A scalar that is known stays known.
        if let Some(value) = self.as_literal() {
            return Tensor::make_on(self.device(), op, Kind::Literal { value: value.cast(dtype) }, &[]);
        }
        Tensor::make(op, Kind::Cast { to: dtype }, &[self])
    }

    #[track_caller]
    pub(crate) fn broadcast_as(&self, op: &str, shape: &Shape) -> Result<Tensor> {
        if symbolic::alike(self.shape(), shape) {
            return Ok(self.clone());
        }
        Tensor::make(op, Kind::View(broadcast_axes(self.shape(), shape)), &[self])
    }
}

/// The device of the first tensor, or the current one.
pub(crate) fn device_of(op: &str, operands: &[Operand<'_>]) -> Result<DeviceHandle> {
    let tensor = operands.iter().find_map(|operand| match operand {
        Operand::Tensor(tensor) => Some(tensor.device().clone()),
        Operand::Weak(_) => None,
    });
    tensor.map_or_else(|| current_device(op), Ok)
}

/// The common shape of tensors by NumPy's rule.
#[track_caller]
pub(crate) fn common_shape<'a>(op: &str, tensors: impl Iterator<Item = &'a Tensor>) -> Result<Shape> {
    let avals: SmallVec<[&Aval; 3]> = tensors.map(Tensor::aval).collect();
    symbolic::broadcast(op, &avals)?.ok_or_else(|| {
        let seen: Vec<Aval> = avals.iter().map(|aval| symbolic::seen(aval)).collect();
        Error::new(
            ErrorKind::Shape,
            op,
            format!("{} cannot be broadcast together", symbolic::list(&seen)),
            "Sizes must be equal or 1, aligned at the last axis.",
        )
    })
}

/// The dtype that a row works in for operands of a dtype, if there is one.
fn accepted(op: Op, dtype: DType) -> Option<DType> {
    if op.accepts(dtype) {
        return Some(dtype);
    }
    let upward: &[DType] = match op.row().signature {
        Signature::Logic => &[DType::Bool],
        Signature::Bits if dtype == DType::Bool => &[DType::Int32],
        Signature::Bits => &[],
        Signature::Number | Signature::Compare | Signature::Choose => &[DType::Int32],
        Signature::Float | Signature::Classify => &[DType::Float32],
    };
    upward.iter().copied().find(|to| op.accepts(*to))
}

/// Applies a row of the table to tensors and numbers.
#[track_caller]
pub(crate) fn apply(op: Op, operands: &[Operand<'_>]) -> Result<Tensor> {
    let row = op.row();
    let name = row.name;
    if operands.len() != row.arity {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            name,
            format!("takes {} operands, got {}", row.arity, operands.len()),
            "",
        ));
    }
    let chooses = usize::from(row.signature == Signature::Choose);
    let common = common_dtype(name, &operands[chooses..])?;
    let dtype = accepted(op, common).ok_or_else(|| {
        Error::new(
            ErrorKind::DType,
            name,
            format!("is not defined for {common}"),
            "It works on integers and bool: convert with astype.",
        )
    })?;
    let device = device_of(name, operands)?;
    let mut tensors: SmallVec<[Tensor; 3]> = SmallVec::new();
    for (at, operand) in operands.iter().enumerate() {
        let to = if at < chooses { DType::Bool } else { dtype };
        tensors.push(operand.to_tensor(name, to, &device)?);
    }
    if tensors.windows(2).any(|pair| pair[0].shape() != pair[1].shape()) {
        let shape = common_shape(name, tensors.iter())?;
        for tensor in &mut tensors {
            *tensor = tensor.broadcast_as(name, &shape)?;
        }
    }
    let refs: SmallVec<[&Tensor; 3]> = tensors.iter().collect();
    Tensor::make(name, Kind::Map { op }, &refs)
}

impl Tensor {
    /// Applies a scalar op to tensors and numbers, with promotion and broadcasting. Every named elementwise method is this with
    /// its op.
    ///
    /// ```
    /// use interfuse::{Op, Tensor};
    /// let x = Tensor::from([1i32, 2, 3]);
    /// let y = Tensor::apply(Op::Div, &[(&x).into(), 2.into()])?;
    /// assert_eq!(y.to_vec::<f32>()?, [0.5, 1.0, 1.5]);
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn apply(op: Op, operands: &[Operand<'_>]) -> Result<Tensor> {
        apply(op, operands)
    }
}
