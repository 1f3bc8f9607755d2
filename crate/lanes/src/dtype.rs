//! Element types, their promotion, and scalars as bits.
//!
//! The order is bool < int32, uint32 < float16 < float32. int32 with uint32 has no common type here: int64 does not exist on
//! WebGPU and either of the two would be silently wrong for half of the values, so `promote` says `None` and the caller names
//! `astype` (or, for comparisons, needs no common type). Numbers of the host language are *weak*: they take the dtype of the tensor they
//! meet where the value fits.

use half::f16;
use std::fmt;

/// The type of an element.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum DType {
    /// Stored as one u32 per element, 0 or 1.
    Bool,
    /// Two's complement, wrapping.
    Int32,
    /// Wrapping.
    UInt32,
    /// IEEE binary16; every op rounds to it, accumulators are float32.
    Float16,
    /// IEEE binary32.
    Float32,
}

impl DType {
    /// All dtypes, in promotion order.
    pub const ALL: [DType; 5] = [DType::Bool, DType::Int32, DType::UInt32, DType::Float16, DType::Float32];

    /// The name used in every language and in listings.
    pub fn name(self) -> &'static str {
        match self {
            DType::Bool => "bool",
            DType::Int32 => "int32",
            DType::UInt32 => "uint32",
            DType::Float16 => "float16",
            DType::Float32 => "float32",
        }
    }

    /// The dtype of that name.
    pub fn from_name(name: &str) -> Option<DType> {
        DType::ALL.into_iter().find(|dtype| dtype.name() == name)
    }

    /// Bytes that a device stores per element: 2 for float16, 4 for everything else (bool included).
    pub fn size_bytes(self) -> usize {
        if self == DType::Float16 { 2 } else { 4 }
    }

    /// float16 or float32.
    pub fn is_float(self) -> bool {
        matches!(self, DType::Float16 | DType::Float32)
    }

    /// int32 or uint32.
    pub fn is_integer(self) -> bool {
        matches!(self, DType::Int32 | DType::UInt32)
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The common dtype of two tensors, or `None` for int32 with uint32.
pub fn promote(a: DType, b: DType) -> Option<DType> {
    if a == b {
        return Some(a);
    }
    if a.is_integer() && b.is_integer() {
        return None;
    }
    Some(a.max(b))
}

/// A number of the host language, before it meets a tensor.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Weak {
    /// `true`, `false`.
    Bool(bool),
    /// An integral number (JavaScript cannot tell 2 from 2.0).
    Int(i64),
    /// An integral number that is not any i64 exactly: minus zero, 2^53 and beyond.
    Integral(f64),
    /// A number that is not integral, infinite or NaN.
    Float(f64),
}

impl Weak {
    /// Sorts a JavaScript number or a Rust float into integral and not. Minus zero keeps its sign for the floats that it may meet.
    pub fn from_f64(value: f64) -> Weak {
        if value.fract() != 0.0 || !value.is_finite() {
            Weak::Float(value)
        } else if value.abs() < 9.007_199_254_740_992e15 && !(value == 0.0 && value.is_sign_negative()) {
            Weak::Int(value as i64)
        } else {
            Weak::Integral(value)
        }
    }

    /// The dtype this takes on its own: bool, int32 (or float32 when it does not fit), float32.
    pub fn default_dtype(self) -> DType {
        match self {
            Weak::Bool(_) => DType::Bool,
            Weak::Int(v) if i32::try_from(v).is_ok() => DType::Int32,
            Weak::Int(_) | Weak::Integral(_) | Weak::Float(_) => DType::Float32,
        }
    }

    /// The value as a double.
    pub fn to_f64(self) -> f64 {
        match self {
            Weak::Bool(v) => f64::from(u8::from(v)),
            Weak::Int(v) => v as f64,
            Weak::Integral(v) | Weak::Float(v) => v,
        }
    }

    /// The dtype of an op between a tensor of `dtype` and this number; `None` when an integer does not fit the integer dtype.
    pub fn meet(self, dtype: DType) -> Option<DType> {
        match self {
            Weak::Bool(_) => Some(dtype),
            Weak::Float(_) => Some(if dtype.is_float() { dtype } else { DType::Float32 }),
            Weak::Integral(v) => match dtype {
                DType::Float16 | DType::Float32 => Some(dtype),
                _ if v == 0.0 => Weak::Int(0).meet(dtype),
                DType::Bool | DType::Int32 | DType::UInt32 => None,
            },
            Weak::Int(v) => match dtype {
                DType::Float16 | DType::Float32 => Some(dtype),
                DType::Bool | DType::Int32 => i32::try_from(v).ok().map(|_| DType::Int32),
                DType::UInt32 => u32::try_from(v).ok().map(|_| DType::UInt32),
            },
        }
    }
}

/// One element: a dtype and its bits. Equal when the bits are equal, so -0 differs from 0 and a NaN equals itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scalar {
    dtype: DType,
    bits: u32,
}

impl Scalar {
    /// From raw bits: float16 in the low 16, bool 0 or 1.
    pub fn from_bits(dtype: DType, bits: u32) -> Scalar {
        let bits = match dtype {
            DType::Bool => u32::from(bits != 0),
            DType::Float16 => bits & 0xffff,
            DType::Int32 | DType::UInt32 | DType::Float32 => bits,
        };
        Scalar { dtype, bits }
    }

    /// A float32.
    pub fn f32(value: f32) -> Scalar {
        Scalar { dtype: DType::Float32, bits: value.to_bits() }
    }

    /// An int32.
    pub fn i32(value: i32) -> Scalar {
        Scalar { dtype: DType::Int32, bits: value as u32 }
    }

    /// A uint32.
    pub fn u32(value: u32) -> Scalar {
        Scalar { dtype: DType::UInt32, bits: value }
    }

    /// A bool.
    pub fn bool(value: bool) -> Scalar {
        Scalar { dtype: DType::Bool, bits: u32::from(value) }
    }

    /// The value nearest to `value`: floats round to nearest even, integers truncate and saturate (NaN gives 0), bool is "not 0".
    pub fn from_f64(dtype: DType, value: f64) -> Scalar {
        let bits = match dtype {
            DType::Bool => u32::from(value != 0.0),
            DType::Int32 => (value as i32) as u32,
            DType::UInt32 => value as u32,
            DType::Float16 => u32::from(f16::from_f64(value).to_bits()),
            DType::Float32 => (value as f32).to_bits(),
        };
        Scalar { dtype, bits }
    }

    /// The dtype.
    pub fn dtype(self) -> DType {
        self.dtype
    }

    /// The bits as stored (float16 in the low half).
    pub fn bits(self) -> u32 {
        self.bits
    }

    /// The value as a double; exact for every dtype.
    pub fn to_f64(self) -> f64 {
        match self.dtype {
            DType::Bool | DType::UInt32 => f64::from(self.bits),
            DType::Int32 => f64::from(self.bits as i32),
            DType::Float16 => f64::from(f16::from_bits(self.bits as u16)),
            DType::Float32 => f64::from(f32::from_bits(self.bits)),
        }
    }

    /// The 32-bit lane that the CPU device and kernels compute with: float16 widened to float32 bits, the rest as stored.
    pub fn lane(self) -> u32 {
        match self.dtype {
            DType::Float16 => f16::from_bits(self.bits as u16).to_f32().to_bits(),
            DType::Bool | DType::Int32 | DType::UInt32 | DType::Float32 => self.bits,
        }
    }

    /// From a lane (see [`Scalar::lane`]); a float16 is rounded.
    pub fn from_lane(dtype: DType, lane: u32) -> Scalar {
        match dtype {
            DType::Float16 => Scalar { dtype, bits: u32::from(f16::from_f32(f32::from_bits(lane)).to_bits()) },
            DType::Bool | DType::Int32 | DType::UInt32 | DType::Float32 => Scalar::from_bits(dtype, lane),
        }
    }

    /// The same value in another dtype, as `astype` defines it: to integers truncating and saturating, int32 and uint32 by
    /// their bits, to bool "not 0" (NaN is true).
    pub fn cast(self, to: DType) -> Scalar {
        if self.dtype.is_integer() && to.is_integer() {
            return Scalar { dtype: to, bits: self.bits };
        }
        // float32 -> float16 must round once: the double holds the float32 exactly, so one rounding happens.
        Scalar::from_f64(to, self.to_f64())
    }
}

impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self, self.dtype)
    }
}

impl fmt::Display for Scalar {
    /// The shortest decimal that reads back to the same bits; `nan`, `inf`, `-inf`, `true`, `false`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.dtype {
            DType::Bool => write!(f, "{}", self.bits != 0),
            DType::Int32 => write!(f, "{}", self.bits as i32),
            DType::UInt32 => write!(f, "{}", self.bits),
            DType::Float16 | DType::Float32 => {
                let value = f32::from_bits(self.lane());
                if value.is_nan() {
                    f.write_str("nan")
                } else if value.is_infinite() {
                    f.write_str(if value > 0.0 { "inf" } else { "-inf" })
                } else {
                    write!(f, "{value:?}")
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promotion_has_one_hole() {
        for a in DType::ALL {
            for b in DType::ALL {
                let both = promote(a, b);
                assert_eq!(both, promote(b, a));
                assert_eq!(both.is_none(), a != b && a.is_integer() && b.is_integer(), "{a} {b}");
            }
        }
        assert_eq!(promote(DType::Int32, DType::Float16), Some(DType::Float16));
        assert_eq!(promote(DType::Bool, DType::UInt32), Some(DType::UInt32));
    }

    #[test]
    fn weak_numbers_keep_the_tensor_dtype_where_they_fit() {
        assert_eq!(Weak::from_f64(2.5).meet(DType::Float16), Some(DType::Float16));
        assert_eq!(Weak::from_f64(2.0).meet(DType::Int32), Some(DType::Int32));
        assert_eq!(Weak::from_f64(2.5).meet(DType::Int32), Some(DType::Float32));
        assert_eq!(Weak::from_f64(-1.0).meet(DType::UInt32), None);
        assert_eq!(Weak::from_f64(2147483648.0).meet(DType::Int32), None);
        assert_eq!(Weak::from_f64(3.0).meet(DType::Bool), Some(DType::Int32));
        assert_eq!(Weak::Bool(true).meet(DType::Float32), Some(DType::Float32));
        assert_eq!(Weak::from_f64(-0.0).meet(DType::Int32), Some(DType::Int32));
        assert_eq!(Weak::from_f64(-0.0).meet(DType::Bool), Some(DType::Int32));
        assert!(Weak::from_f64(-0.0).to_f64().is_sign_negative());
        assert_eq!(Weak::from_f64(1e20).meet(DType::Int32), None);
        assert_eq!(Weak::from_f64(1e20).meet(DType::UInt32), None);
        assert_eq!(Weak::from_f64(1e20).meet(DType::Float16), Some(DType::Float16));
        assert_eq!(Weak::from_f64(f64::INFINITY).meet(DType::Int32), Some(DType::Float32));
    }

    #[test]
    fn scalars_compare_by_bits_and_cast_like_astype() {
        assert_ne!(Scalar::f32(0.0), Scalar::f32(-0.0));
        assert_eq!(Scalar::f32(f32::NAN), Scalar::f32(f32::NAN));
        assert_eq!(Scalar::f32(1e20).cast(DType::Int32), Scalar::i32(i32::MAX));
        assert_eq!(Scalar::f32(-3.7).cast(DType::Int32), Scalar::i32(-3));
        assert_eq!(Scalar::i32(-1).cast(DType::UInt32), Scalar::u32(u32::MAX));
        assert_eq!(Scalar::f32(f32::NAN).cast(DType::Bool), Scalar::bool(true));
        assert_eq!(Scalar::f32(65520.0).cast(DType::Float16).to_string(), "inf");
        assert_eq!(Scalar::from_f64(DType::Float16, 0.1).to_string(), "0.099975586");
    }
}
