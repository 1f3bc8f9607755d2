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
    let Header { descr, column_major, shape } = Header::read(header)?;
    if column_major {
        return Err(bad("the array is in column-major order", "Save numpy.ascontiguousarray(x)."));
    }
    let stored = Stored::from_npy(descr).ok_or_else(|| {
        Error::new(
            ErrorKind::DType,
            "loadNpy",
            format!("dtype {descr} is not one of float32, float16, int32, uint32, bool"),
            "Convert it in NumPy: x.astype(numpy.float32).",
        )
    })?;
    let is_not = || bad(format!("the shape ({shape}) is not a tuple of sizes"), "");
    let parts: Vec<&str> = shape.split(',').map(str::trim).collect();
    // As Python has it: a comma after the only size, and one that may follow the last.
    let parts = match parts.as_slice() {
        [""] => &[],
        [all @ .., ""] => all,
        all if all.len() > 1 => all,
        _ => return Err(is_not()),
    };
    let size = |size: &&str| {
        let digits = size.bytes().all(|byte| byte.is_ascii_digit()).then(|| size.parse::<u32>().ok()).flatten();
        digits.map(i64::from).ok_or_else(is_not)
    };
    let sizes: Vec<i64> = parts.iter().map(size).collect::<Result<_>>()?;
    let data = &bytes[end..];
    if bytes_of(&sizes, stored) != Some(data.len()) {
        return Err(bad(
            format!("there are {} bytes of elements, which the shape ({shape}) does not ask for", data.len()),
            "",
        ));
    }
    stored.tensor("loadNpy", "the array", &sizes, data)
}

/// What a header says.
struct Header<'a> {
    descr: &'a str,
    column_major: bool,
    /// What stands between the parentheses.
    shape: &'a str,
}

impl<'a> Header<'a> {
    /// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }` and spaces after it: each key once, in any order, and nothing
    /// else.
    fn read(text: &'a str) -> Result<Header<'a>> {
        let malformed =
            || bad("the header is no dictionary of descr, fortran_order and shape", "Write it with numpy.save.");
        let mut left =
            text.trim().strip_prefix('{').and_then(|text| text.strip_suffix('}')).ok_or_else(malformed)?.trim();
        let (mut descr, mut order, mut shape) = (None, None, None);
        while !left.is_empty() {
            let (key, rest) = quoted(left).ok_or_else(malformed)?;
            let rest = rest.trim_start().strip_prefix(':').ok_or_else(malformed)?.trim_start();
            let (place, (value, rest)) = match key {
                "descr" => (
                    &mut descr,
                    quoted(rest)
                        .ok_or_else(|| bad("the array has fields, or its descr is no string", "Save one field."))?,
                ),
                "fortran_order" => {
                    let end = rest.find([',', '}']).unwrap_or(rest.len());
                    (&mut order, rest.split_at(end))
                }
                "shape" => {
                    (&mut shape, rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).ok_or_else(malformed)?)
                }
                _ => return Err(malformed()),
            };
            if place.replace(value.trim()).is_some() {
                return Err(bad(format!("the header has {key} twice"), ""));
            }
            let rest = rest.trim_start();
            left = match rest.strip_prefix(',') {
                Some(more) => more.trim_start(),
                None if rest.is_empty() => rest,
                None => return Err(malformed()),
            };
        }
        let missing = |name: &str| bad(format!("the header has no {name}"), "");
        let column_major = match order.ok_or_else(|| missing("fortran_order"))? {
            "True" => true,
            "False" => false,
            _ => return Err(malformed()),
        };
        Ok(Header {
            descr: descr.ok_or_else(|| missing("descr"))?,
            column_major,
            shape: shape.ok_or_else(|| missing("shape"))?,
        })
    }
}

/// What stands in quotes at the front, and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|first| matches!(first, '\'' | '"'))?;
    text[1..].split_once(quote)
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

    /// A file of one float32, 1.0, or of as many as given, with that header.
    fn file(header: &str, count: usize) -> Vec<u8> {
        let mut file = MAGIC.to_vec();
        file.extend([1, 0]);
        file.extend(u16::try_from(header.len()).expect("short").to_le_bytes());
        file.extend(header.as_bytes());
        file.extend(1f32.to_le_bytes().repeat(count));
        file
    }

    #[test]
    fn headers_are_as_numpy_writes_and_reads_them() {
        let good = [
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }          \n", 2),
            ("{'shape':(1,2),'fortran_order':False,'descr':'<f4'}", 2),
            ("{\"descr\": \"<f4\", 'fortran_order': False, 'shape': ( ), }", 1),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3,), }", 0),
        ];
        for (header, count) in good {
            let x = load_npy(&file(header, count)).expect(header);
            assert_eq!(x.to_vec::<f32>().expect("floats"), vec![1.0; count]);
        }
        let bad = [
            ("{'descr': '<f4', 'descr': '<i4', 'fortran_order': False, 'shape': (1,), }", "the header has descr twice"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } 3", "the header is no dictionary"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }{}", "the header is no dictionary"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1), }", "the shape (1) is not a tuple of sizes"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,,), }", "the shape (1,,) is not a tuple of sizes"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (,), }", "the shape (,) is not a tuple of sizes"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "the shape (-1,) is not a tuple of sizes"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (+1,), }", "the shape (+1,) is not a tuple of sizes"),
            ("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }", "the header is no dictionary"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}", "the header is no dictionary"),
            ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "the array has fields"),
            ("{'descr': '<f4' 'fortran_order': False, 'shape': (1,), }", "the header is no dictionary"),
            ("{'descr': '<f4', 'shape': (1,), }", "the header has no fortran_order"),
            ("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", "the array is in column-major order"),
            ("'descr': '<f4', 'fortran_order': False, 'shape': (1,), ", "the header is no dictionary"),
        ];
        for (header, text) in bad {
            let error = load_npy(&file(header, 1)).expect_err(header).to_string();
            assert!(error.starts_with(&format!("loadNpy: {text}")), "{header}: {error}");
        }
    }
}
