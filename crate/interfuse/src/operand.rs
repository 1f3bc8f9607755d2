//! Scalar ops on tensors and numbers: promotion and broadcasting are inserted here, at the call.
//!
//! Tensors promote among themselves (bool < int32, uint32 < float16 < float32); numbers of the host language are weak and take the
//! dtype of the tensors they meet where they fit. What a row does not accept is cast up to what it does. Two sorts of rows need no
//! common dtype: logic asks of every operand by itself whether it is 0, and int32 and uint32 are compared by value. After that all
//! operands have one dtype and one shape, and a graph never broadcasts or promotes by itself.

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
use std::rc::Rc;

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

/// int32 with uint32, which no dtype holds both of: a negative number is below every uint32, and others are uint32 themselves.
#[track_caller]
fn compare_by_value(op: Op, x: &Tensor, y: &Tensor) -> Result<Tensor> {
    let name = op.name();
    // Asked here, where the error can name the dtypes as they are.
    common_shape(name, [x, y].into_iter())?;
    let (signed, first_is_below) = if x.dtype() == DType::Int32 { (x, true) } else { (y, false) };
    let below = match op {
        Op::NotEqual => true,
        Op::Less | Op::LessEqual => first_is_below,
        Op::Greater | Op::GreaterEqual => !first_is_below,
        _ => false,
    };
    let negative = apply(Op::Less, &[signed.into(), 0.into()])?;
    let others = apply(op, &[(&x.cast_as(name, DType::UInt32)?).into(), (&y.cast_as(name, DType::UInt32)?).into()])?;
    apply(Op::Where, &[(&negative).into(), below.into(), (&others).into()])
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
    if let (Signature::Compare, [Operand::Tensor(x), Operand::Tensor(y)]) = (row.signature, operands)
        && x.dtype().is_integer()
        && y.dtype().is_integer()
        && x.dtype() != y.dtype()
    {
        return compare_by_value(op, x, y);
    }
    let chooses = usize::from(row.signature == Signature::Choose);
    let dtype = if row.signature == Signature::Logic {
        DType::Bool
    } else {
        let common = common_dtype(name, &operands[chooses..])?;
        accepted(op, common).ok_or_else(|| {
            Error::new(
                ErrorKind::DType,
                name,
                format!("is not defined for {common}"),
                "It works on integers and bool: convert with astype.",
            )
        })?
    };
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

/// Are the shapes of two tensors equal? Where sizes are open, the answer has to be the same at every call.
#[track_caller]
pub(crate) fn equal_shapes(op: &str, x: &Tensor, y: &Tensor) -> Result<bool> {
    let why = || -> symbolic::Explain {
        let avals = [x.aval().clone(), y.aval().clone()];
        Rc::new(move |now| {
            let shapes = avals.each_ref().map(|aval| now.aval(aval));
            format!("the shapes of {} are compared", symbolic::list(&shapes))
        })
    };
    if x.ndim() != y.ndim() {
        return Ok(false);
    }
    for (a, b) in x.shape().dims().iter().zip(y.shape().dims()) {
        if !symbolic::same(op, a, b, &why)? {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::pad;
    use crate::{compile, value_and_grad, vmap};

    const COMPARISONS: [Op; 6] = [Op::Equal, Op::NotEqual, Op::Less, Op::LessEqual, Op::Greater, Op::GreaterEqual];

    fn holds(op: Op, x: i64, y: i64) -> bool {
        match op {
            Op::Equal => x == y,
            Op::NotEqual => x != y,
            Op::Less => x < y,
            Op::LessEqual => x <= y,
            Op::Greater => x > y,
            _ => x >= y,
        }
    }

    #[test]
    fn int32_and_uint32_are_compared_by_value() {
        let signed = [i32::MIN, -1, 0, 1, i32::MAX];
        let unsigned = [0, 1, i32::MAX as u32, 1 << 31, u32::MAX];
        let (x, y) = (Tensor::from(signed).reshape(&[5, 1]), Tensor::from(unsigned));
        for op in COMPARISONS {
            let both = compile(move |(x, y): &(Tensor, Tensor)| {
                let apply = |x: &Tensor, y: &Tensor| apply(op, &[x.into(), y.into()]).expect("compares");
                (apply(x, y), apply(y, x))
            });
            let (forth, back) = both.call(&(x.clone(), y.clone())).expect("runs");
            let eager = apply(op, &[(&x).into(), (&y).into()]).expect("compares");
            let batch = vmap(move |x: &Tensor| apply(op, &[x.into(), (&Tensor::from(7u32)).into()]).expect("compares"));
            let want = |f: fn(Op, i64, i64) -> bool| -> Vec<bool> {
                let pairs = signed.iter().flat_map(|x| unsigned.iter().map(move |y| (i64::from(*x), i64::from(*y))));
                pairs.map(|(x, y)| f(op, x, y)).collect()
            };
            assert_eq!(eager.to_vec::<bool>().expect("bools"), want(holds), "{op:?}");
            assert_eq!(forth.to_vec::<bool>().expect("bools"), want(holds), "{op:?} compiled");
            assert_eq!(back.to_vec::<bool>().expect("bools"), want(|op, x, y| holds(op, y, x)), "{op:?} reversed");
            let sevens: Vec<bool> = signed.iter().map(|x| holds(op, i64::from(*x), 7)).collect();
            assert_eq!(batch(&Tensor::from(signed)).expect("a batch").to_vec::<bool>().expect("bools"), sevens);
        }
        // Through an index that depends on what is differentiated, as in an accuracy beside a loss.
        let labels = Tensor::from([1i32, 0]);
        let (value, gradient) = value_and_grad(|x: &Tensor| {
            let right = x.argmax(Some(-1), false).equal(&labels).astype(DType::Float32);
            (&right * &x.max(-1, false)).sum(.., false)
        })(&Tensor::from([[0f32, 2.0], [3.0, 4.0]]))
        .expect("a gradient");
        assert_eq!(value.item::<f32>().expect("a number"), 2.0);
        assert_eq!(gradient.to_vec::<f32>().expect("floats"), [0.0, 1.0, 0.0, 0.0]);
        let error = labels.try_equal(&y).expect_err("shapes");
        assert!(error.to_string().starts_with("equal: int32[2] and uint32[5] cannot be broadcast"), "{error}");
        assert_eq!(x.try_add(&y).expect_err("no dtype holds both").kind(), ErrorKind::DType);
    }

    #[test]
    fn logic_asks_every_operand_by_itself() {
        let x = Tensor::from([0i32, -1, 0, 5]);
        let others = [
            Tensor::from([0u32, 0, 7, 7]),
            Tensor::from([0f32, -0.0, f32::NAN, 0.5]),
            Tensor::from([false, false, true, true]),
        ];
        for y in &others {
            let bools = |op| apply(op, &[(&x).into(), y.into()]).expect("logic").to_vec::<bool>().expect("bools");
            assert_eq!(bools(Op::LogicalAnd), [false, false, false, true], "{y:?}");
            assert_eq!(bools(Op::LogicalOr), [false, true, true, true], "{y:?}");
        }
        let far = x.try_logical_or(1e10).expect("a number that is no int32");
        assert_eq!(far.to_vec::<bool>().expect("bools"), [true; 4]);
    }

    #[test]
    fn bools_stay_bools_when_padded() {
        let x = Tensor::from([true]);
        for value in [Weak::Int(1), Weak::Bool(true)] {
            assert_eq!(pad(&x, &[(1, 0)], value).expect("padded").to_vec::<bool>().expect("bools"), [true, true]);
        }
        let zero = pad(&x, &[(1, 1)], Weak::Int(0)).expect("padded");
        assert_eq!(zero.to_vec::<bool>().expect("bools"), [false, true, false]);
        assert_eq!(pad(&x, &[(1, 0)], Weak::Int(2)).expect("padded").dtype(), DType::Int32);
    }
}
