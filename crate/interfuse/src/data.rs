//! Host data in and out: Rust element types, uploads, and reads that wait or are awaited.

use crate::device::{DeviceHandle, current_device, scalar_bytes};
use crate::eager::evaluate_nodes;
use crate::error::{Error, ErrorKind, Result, expect};
use crate::symbolic::{checked_shape, elements};
use crate::tensor::Tensor;
use crate::trace;
use half::f16;
use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::kind::Kind;
use interfuse_compiler::shape::Aval;
use std::future::Future;

/// A Rust type that is an element of tensors.
pub trait Element: Copy + 'static {
    /// The dtype of tensors made of it.
    const DTYPE: DType;

    /// As a scalar of that dtype.
    fn to_scalar(self) -> Scalar;

    /// From a scalar of any dtype that this type holds exactly; `None` for others.
    fn from_scalar(scalar: Scalar) -> Option<Self>;
}

impl Element for f32 {
    const DTYPE: DType = DType::Float32;
    fn to_scalar(self) -> Scalar {
        Scalar::f32(self)
    }
    fn from_scalar(scalar: Scalar) -> Option<f32> {
        scalar.dtype().is_float().then(|| f32::from_bits(scalar.lane()))
    }
}

impl Element for f16 {
    const DTYPE: DType = DType::Float16;
    fn to_scalar(self) -> Scalar {
        Scalar::from_bits(DType::Float16, u32::from(self.to_bits()))
    }
    fn from_scalar(scalar: Scalar) -> Option<f16> {
        (scalar.dtype() == DType::Float16).then(|| f16::from_bits(scalar.bits() as u16))
    }
}

impl Element for i32 {
    const DTYPE: DType = DType::Int32;
    fn to_scalar(self) -> Scalar {
        Scalar::i32(self)
    }
    fn from_scalar(scalar: Scalar) -> Option<i32> {
        (scalar.dtype() == DType::Int32).then_some(scalar.bits() as i32)
    }
}

impl Element for u32 {
    const DTYPE: DType = DType::UInt32;
    fn to_scalar(self) -> Scalar {
        Scalar::u32(self)
    }
    fn from_scalar(scalar: Scalar) -> Option<u32> {
        (scalar.dtype() == DType::UInt32).then_some(scalar.bits())
    }
}

impl Element for bool {
    const DTYPE: DType = DType::Bool;
    fn to_scalar(self) -> Scalar {
        Scalar::bool(self)
    }
    fn from_scalar(scalar: Scalar) -> Option<bool> {
        (scalar.dtype() == DType::Bool).then_some(scalar.bits() != 0)
    }
}

/// The scalars in bytes as a device stores them.
fn scalars(dtype: DType, bytes: &[u8]) -> impl Iterator<Item = Scalar> + '_ {
    bytes.chunks_exact(dtype.size_bytes()).map(move |chunk| {
        let bits = match chunk {
            [a, b] => u32::from(u16::from_le_bytes([*a, *b])),
            _ => u32::from_le_bytes(chunk.try_into().expect("elements have 2 or 4 bytes")),
        };
        Scalar::from_bits(dtype, bits)
    })
}

impl Tensor {
    /// From elements in row-major order. An error when their number is not that of the shape.
    ///
    /// ```
    /// use interfuse::Tensor;
    /// let x = Tensor::from_slice(&[1i32, 2, 3, 4, 5, 6], &[2, 3])?;
    /// assert_eq!(x.to_string(), "Tensor(int32[2,3], evaluated)");
    /// let error = Tensor::from_slice(&[1i32, 2], &[3]).unwrap_err();
    /// assert!(error.to_string().starts_with("tensor: 2 elements do not fill a shape of [3], which has 3."));
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    pub fn from_slice<T: Element>(elements: &[T], sizes: &[usize]) -> Result<Tensor> {
        let bytes: Vec<u8> = elements.iter().flat_map(|element| scalar_bytes(element.to_scalar())).collect();
        let sizes: Vec<i64> = sizes.iter().map(|size| i64::try_from(*size).unwrap_or(i64::MAX)).collect();
        Tensor::from_bytes(T::DTYPE, &sizes, &bytes)
    }

    /// From elements as a device stores them: little-endian, float16 in 2 bytes, everything else in 4 (bool as 0 or 1).
    pub fn from_bytes(dtype: DType, sizes: &[i64], bytes: &[u8]) -> Result<Tensor> {
        Tensor::from_bytes_on(&current_device("tensor")?, dtype, sizes, bytes)
    }

    /// Like [`Tensor::from_bytes`], on that device.
    pub fn from_bytes_on(device: &DeviceHandle, dtype: DType, sizes: &[i64], bytes: &[u8]) -> Result<Tensor> {
        const OP: &str = "tensor";
        let shape = checked_shape(OP, sizes)?;
        let wanted = elements(&shape).expect("checked") as usize;
        let given = bytes.len() / dtype.size_bytes();
        if given != wanted || !bytes.len().is_multiple_of(dtype.size_bytes()) {
            return Err(Error::new(
                ErrorKind::Shape,
                OP,
                format!("{given} elements do not fill a shape of {shape}, which has {wanted}"),
                "Give as many elements as the shape has.",
            ));
        }
        if dtype == DType::Float16 && !device.device().target().features.float16 {
            return Err(crate::tensor::no_float16(OP));
        }
        if sizes.is_empty() {
            let value = scalars(dtype, bytes).next().expect("one element");
            return Tensor::make_on(device, OP, Kind::Literal { value }, &[]);
        }
        Ok(Tensor::from_buffer(Aval { shape, dtype }, device.upload(OP, dtype, bytes)?))
    }

    /// A scalar, known to the compiler.
    #[track_caller]
    pub fn scalar(value: Scalar) -> Result<Tensor> {
        Tensor::make("tensor", Kind::Literal { value }, &[])
    }

    /// The same value on another device.
    pub async fn to(&self, device: &DeviceHandle) -> Result<Tensor> {
        if self.device() == device {
            return Ok(self.clone());
        }
        let bytes = self.read_as("to")?.await?;
        let sizes: Vec<i64> = self.sizes().into_iter().map(|n| n as i64).collect();
        Tensor::from_bytes_on(device, self.dtype(), &sizes, &bytes)
    }

    /// A promise of the bytes as the device stores them. The work is submitted before this returns.
    pub fn read(&self) -> Result<impl Future<Output = Result<Vec<u8>>> + use<>> {
        self.read_as("data")
    }

    /// The same in the name of an op, for its errors.
    pub fn read_as(&self, op: &str) -> Result<impl Future<Output = Result<Vec<u8>>> + use<>> {
        if let Some(mark) = &self.0.trace {
            return Err(mark.read_error(op));
        }
        trace::check_read(op)?;
        self.0.device.check_alive(op)?;
        evaluate_nodes(op, std::slice::from_ref(&self.0))?;
        let buffer = self.0.buffer().expect("just evaluated");
        let read = self.0.device.device().read(buffer.id);
        let op = op.to_string();
        Ok(async move {
            let bytes = read.await.map_err(|error| Error::from_device(&op, error));
            // The buffer lives until its bytes are here.
            drop(buffer);
            bytes
        })
    }

    /// The elements in row-major order, awaited. float16 may be read as `f32`; other dtypes as their own type.
    pub async fn to_vec_async<T: Element>(&self) -> Result<Vec<T>> {
        self.check_element::<T>()?;
        let bytes = self.read_as("to_vec")?.await?;
        Ok(scalars(self.dtype(), &bytes).filter_map(T::from_scalar).collect())
    }

    /// The elements in row-major order; waits for the device.
    ///
    /// ```
    /// use interfuse::Tensor;
    /// let x = Tensor::from([1.0f32, -2.0]);
    /// assert_eq!(x.abs().to_vec::<f32>()?, [1.0, 2.0]);
    /// assert!(x.to_vec::<i32>().is_err());
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    #[cfg(not(target_arch = "wasm32"))]
    pub fn to_vec<T: Element>(&self) -> Result<Vec<T>> {
        block_on(self.to_vec_async())
    }

    /// The only element of a tensor that has one; waits for the device.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn item<T: Element>(&self) -> Result<T> {
        self.check_item()?;
        Ok(self.to_vec()?[0])
    }

    /// Refuses tensors that are not one element.
    pub fn check_item(&self) -> Result<()> {
        if self.size() == 1 {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Shape,
            "item",
            format!("{} has {} elements, not one", self.aval(), self.size()),
            "Index or reduce it first, or read all of it.",
        ))
    }

    fn check_element<T: Element>(&self) -> Result<()> {
        if T::from_scalar(Scalar::from_bits(self.dtype(), 0)).is_some() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::DType,
            "to_vec",
            format!("{} cannot be read as {}", self.aval(), T::DTYPE),
            "Convert with astype first.",
        ))
    }
}

/// Waits for a promise of the device.
#[cfg(not(target_arch = "wasm32"))]
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    pollster::block_on(future)
}

impl<T: Element> From<T> for Tensor {
    #[track_caller]
    fn from(value: T) -> Tensor {
        expect(Tensor::scalar(value.to_scalar()))
    }
}

impl<T: Element> From<Vec<T>> for Tensor {
    #[track_caller]
    fn from(elements: Vec<T>) -> Tensor {
        expect(Tensor::from_slice(&elements, &[elements.len()]))
    }
}

impl<T: Element> From<&[T]> for Tensor {
    #[track_caller]
    fn from(elements: &[T]) -> Tensor {
        expect(Tensor::from_slice(elements, &[elements.len()]))
    }
}

impl<T: Element, const N: usize> From<[T; N]> for Tensor {
    #[track_caller]
    fn from(elements: [T; N]) -> Tensor {
        expect(Tensor::from_slice(&elements, &[N]))
    }
}

impl<T: Element, const N: usize, const M: usize> From<[[T; M]; N]> for Tensor {
    #[track_caller]
    fn from(rows: [[T; M]; N]) -> Tensor {
        expect(Tensor::from_slice(rows.as_flattened(), &[N, M]))
    }
}

impl<T: Element, const N: usize, const M: usize, const K: usize> From<[[[T; K]; M]; N]> for Tensor {
    #[track_caller]
    fn from(blocks: [[[T; K]; M]; N]) -> Tensor {
        expect(Tensor::from_slice(blocks.as_flattened().as_flattened(), &[N, M, K]))
    }
}
