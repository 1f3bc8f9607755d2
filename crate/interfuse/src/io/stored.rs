//! Element types as files store them, and what becomes of them here: one list for npy and safetensors.
//!
//! Small integers widen to int32 and bfloat16 to float32, which hold all their values. 64-bit elements are refused, never narrowed.

use crate::error::{Error, ErrorKind, Result};
use crate::tensor::Tensor;
use half::bf16;
use interfuse_compiler::dtype::DType;
use std::borrow::Cow;

/// An element type of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stored {
    /// A dtype of ours, as devices store it (bool in one byte).
    Same(DType),
    Bf16,
    I8,
    U8,
    I16,
    U16,
    /// Eight bytes that no GPU has; the remedy differs by format.
    Wide,
}

impl Stored {
    /// By its name in safetensors.
    pub fn from_safetensors(name: &str) -> Option<Stored> {
        Some(match name {
            "BOOL" => Stored::Same(DType::Bool),
            "U8" => Stored::U8,
            "I8" => Stored::I8,
            "I16" => Stored::I16,
            "U16" => Stored::U16,
            "F16" => Stored::Same(DType::Float16),
            "BF16" => Stored::Bf16,
            "I32" => Stored::Same(DType::Int32),
            "U32" => Stored::Same(DType::UInt32),
            "F32" => Stored::Same(DType::Float32),
            "F64" | "I64" | "U64" => Stored::Wide,
            _ => return None,
        })
    }

    /// By its `descr` in npy, little-endian where that matters.
    pub fn from_npy(descr: &str) -> Option<Stored> {
        Some(match descr {
            "|b1" => Stored::Same(DType::Bool),
            "|u1" => Stored::U8,
            "|i1" => Stored::I8,
            "<i2" => Stored::I16,
            "<u2" => Stored::U16,
            "<f2" => Stored::Same(DType::Float16),
            "<i4" => Stored::Same(DType::Int32),
            "<u4" => Stored::Same(DType::UInt32),
            "<f4" => Stored::Same(DType::Float32),
            _ => return None,
        })
    }

    /// Bytes of an element in a file.
    pub fn size_bytes(self) -> usize {
        match self {
            Stored::Same(DType::Bool) | Stored::I8 | Stored::U8 => 1,
            Stored::Bf16 | Stored::I16 | Stored::U16 => 2,
            Stored::Same(dtype) => dtype.size_bytes(),
            Stored::Wide => 8,
        }
    }

    /// The tensor of elements in a file; there are as many bytes as the sizes ask for.
    pub fn tensor(self, op: &str, name: &str, sizes: &[i64], bytes: &[u8]) -> Result<Tensor> {
        let words = |word: &dyn Fn(&[u8]) -> u32| -> Cow<'_, [u8]> {
            bytes.chunks_exact(self.size_bytes()).flat_map(|element| word(element).to_le_bytes()).collect()
        };
        let pair = |element: &[u8]| u16::from_le_bytes([element[0], element[1]]);
        let (dtype, bytes) = match self {
            Stored::Same(DType::Bool) => (DType::Bool, words(&|e| u32::from(e[0] != 0))),
            Stored::Same(dtype) => (dtype, Cow::Borrowed(bytes)),
            Stored::Bf16 => (DType::Float32, words(&|e| bf16::from_bits(pair(e)).to_f32().to_bits())),
            Stored::I8 => (DType::Int32, words(&|e| i32::from(e[0] as i8) as u32)),
            Stored::U8 => (DType::Int32, words(&|e| u32::from(e[0]))),
            Stored::I16 => (DType::Int32, words(&|e| i32::from(pair(e) as i16) as u32)),
            Stored::U16 => (DType::Int32, words(&|e| u32::from(pair(e)))),
            Stored::Wide => {
                return Err(Error::new(
                    ErrorKind::DType,
                    op,
                    format!("\"{name}\" has 64-bit elements, which GPUs lack"),
                    "Convert it to float32 or int32 where the file is written.",
                ));
            }
        };
        Tensor::from_bytes(dtype, sizes, &bytes).map_err(|error| error.named(op))
    }
}

/// How many bytes so many elements take, unless the number is astronomical.
pub(super) fn bytes_of(sizes: &[i64], stored: Stored) -> Option<usize> {
    let elements = sizes.iter().try_fold(1usize, |n, size| n.checked_mul(usize::try_from(*size).ok()?))?;
    elements.checked_mul(stored.size_bytes())
}

/// A device's bytes as files store them: bool in one byte.
pub(super) fn packed(dtype: DType, bytes: Vec<u8>) -> Vec<u8> {
    match dtype {
        DType::Bool => bytes.chunks_exact(4).map(|word| word[0]).collect(),
        DType::Int32 | DType::UInt32 | DType::Float16 | DType::Float32 => bytes,
    }
}
