//! NumPy's `.npy` format, from and to bytes: little-endian float16, float32, int32, uint32 and bool in row-major order; 8 and 16-bit
//! integers widen to int32.
//!
//! Format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>. Anything else (int64, float64, column-major
//! order, big-endian) is refused with the conversion to make in NumPy, never read wrong.

use super::stored::{Stored, bytes_of, packed};
use crate::error::{Error, ErrorKind, Result};
use crate::tensor::Tensor;
use interfuse_compiler::dtype::DType;

const MAGIC: &[u8] = b"\x93NUMPY";

fn bad(message: impl Into<String>, hint: &str) -> Error {
    Error::new(ErrorKind::CompileArgument, "loadNpy", message, hint)
}

/// A tensor from the bytes of a `.npy` file.
///
/// ```
/// use interfuse::{io, Tensor};
/// let x = Tensor::from([[1i32, 2], [3, 4]]);
/// let bytes = interfuse::block_on(io::save_npy(&x))?;
/// let y = io::load_npy(&bytes)?;
/// assert_eq!((y.sizes(), y.to_vec::<i32>()?), (vec![2, 2], vec![1, 2, 3, 4]));
/// # Ok::<(), interfuse::Error>(())
/// ```
pub fn load_npy(bytes: &[u8]) -> Result<Tensor> {
    let short = || bad("the file ends inside its header", "");
    if !bytes.starts_with(MAGIC) {
        return Err(bad("this is not an npy file", "Write it with numpy.save."));
    }
    let major = *bytes.get(6).ok_or_else(short)?;
    let (start, length) = match major {
        1 => (10usize, bytes.get(8..10).map(|b| u16::from_le_bytes(b.try_into().expect("2 bytes")) as usize)),
        2 | 3 => (12, bytes.get(8..12).map(|b| u32::from_le_bytes(b.try_into().expect("4 bytes")) as usize)),
        other => return Err(bad(format!("npy version {other} is unknown"), "")),
    };
    let end = length.and_then(|length| start.checked_add(length)).ok_or_else(short)?;
    let header = bytes.get(start..end).and_then(|header| std::str::from_utf8(header).ok()).ok_or_else(short)?;
    let field = |name: &str| {
        let at = header.find(&format!("'{name}':"))? + name.len() + 3;
        Some(header[at..].trim_start())
    };
    let missing = |name: &str| bad(format!("the header has no {name}"), "");
    if field("fortran_order").ok_or_else(|| missing("fortran_order"))?.starts_with("True") {
        return Err(bad("the array is in column-major order", "Save numpy.ascontiguousarray(x)."));
    }
    let descr = field("descr").and_then(|text| text.split('\'').nth(1)).ok_or_else(|| missing("descr"))?;
    let stored = Stored::from_npy(descr).ok_or_else(|| {
        Error::new(
            ErrorKind::DType,
            "loadNpy",
            format!("dtype {descr} is not one of float32, float16, int32, uint32, bool"),
            "Convert it in NumPy: x.astype(numpy.float32).",
        )
    })?;
    let shape =
        field("shape").and_then(|text| text.strip_prefix('(')?.split(')').next()).ok_or_else(|| missing("shape"))?;
    let sizes: Vec<i64> = shape
        .split(',')
        .map(str::trim)
        .filter(|size| !size.is_empty())
        .map(|size| size.parse().map_err(|_| bad(format!("the shape ({shape}) is not a list of sizes"), "")))
        .collect::<Result<_>>()?;
    let data = &bytes[end..];
    if bytes_of(&sizes, stored) != Some(data.len()) {
        return Err(bad(
            format!("there are {} bytes of elements, which the shape ({shape}) does not ask for", data.len()),
            "",
        ));
    }
    stored.tensor("loadNpy", "the array", &sizes, data)
}

/// The bytes of a `.npy` file.
pub async fn save_npy(x: &Tensor) -> Result<Vec<u8>> {
    let bytes = x.read()?.await?;
    let descr = match x.dtype() {
        DType::Float32 => "<f4",
        DType::Float16 => "<f2",
        DType::Int32 => "<i4",
        DType::UInt32 => "<u4",
        DType::Bool => "|b1",
    };
    let sizes: String = x.sizes().iter().map(|size| format!("{size},")).collect();
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({sizes}), }}");
    // The data start at a multiple of 64 bytes; the header ends with a newline.
    let padding = 64 - (10 + header.len() + 1) % 64;
    header.extend(std::iter::repeat_n(' ', padding % 64));
    header.push('\n');
    let mut file = MAGIC.to_vec();
    file.extend([1, 0]);
    file.extend(u16::try_from(header.len()).expect("at most 32 axes").to_le_bytes());
    file.extend(header.into_bytes());
    file.extend(packed(x.dtype(), bytes));
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::block_on;

    #[test]
    fn every_dtype_survives() {
        let bools = Tensor::from([true, false, true]);
        let floats = Tensor::from([[1.5f32, -0.0, f32::INFINITY]]);
        let halves = floats.astype(DType::Float16);
        for x in [bools, floats.clone(), halves, Tensor::from(7u32), Tensor::from([1i32, -2])] {
            let file = block_on(save_npy(&x)).expect("written");
            assert!(file.len() >= 64 && file[10 + usize::from(file[8]) - 1] == b'\n');
            assert_eq!((10 + u16::from_le_bytes([file[8], file[9]]) as usize) % 64, 0);
            let y = load_npy(&file).expect("read");
            assert_eq!(y.aval(), x.aval());
            let bytes = |x: &Tensor| block_on(x.read().expect("read")).expect("bytes");
            assert_eq!(bytes(&y), bytes(&x));
        }
        let mut wide = block_on(save_npy(&floats)).expect("written");
        let at = wide.windows(3).position(|w| w == b"<f4").expect("descr");
        wide[at + 2] = b'8';
        assert_eq!(load_npy(&wide).expect_err("float64").kind(), ErrorKind::DType);
        assert!(load_npy(&wide[..9]).is_err() && load_npy(b"PK").is_err());
    }
}
