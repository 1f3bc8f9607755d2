//! The safetensors format, from and to bytes. Format: <https://huggingface.co/docs/safetensors>.
//!
//! A file is the length of its header, the header, and the elements of all tensors back to back. Reading checks that they are: every
//! byte belongs to exactly one tensor, and every tensor has as many as its shape asks for.

use super::header::{self, Entry, Header};
use super::stored::{Stored, bytes_of, packed};
use crate::error::{Error, ErrorKind, Result};
use crate::tensor::Tensor;
use interfuse_compiler::dtype::DType;
use interfuse_compiler::small;

const LOAD: &str = "loadSafetensors";
const SAVE: &str = "saveSafetensors";
/// Longer headers are refused by everybody.
const MAX_HEADER_BYTES: usize = 100_000_000;

fn bad(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::CompileArgument, LOAD, message, "Is the file complete?")
}

/// A safetensors file in memory: names, metadata, and tensors when they are asked for.
pub struct Safetensors<'a> {
    header: Header,
    data: &'a [u8],
}

/// Reads the header of a safetensors file and checks it. Tensors are made by [`Safetensors::tensor`], so that one whose dtype no GPU
/// has (float64, int64) does not spoil the others.
///
/// ```
/// use interfuse::{block_on, io, Tensor};
/// let file = block_on(io::save_safetensors(&[("w", &Tensor::from([1.0f32, 2.0]))], &[("format", "pt")]))?;
/// let file = io::load_safetensors(&file)?;
/// assert_eq!(file.names().collect::<Vec<_>>(), ["w"]);
/// assert_eq!(file.tensor("w")?.to_vec::<f32>()?, [1.0, 2.0]);
/// assert_eq!(file.metadata().collect::<Vec<_>>(), [("format", "pt")]);
/// # Ok::<(), interfuse::Error>(())
/// ```
pub fn load_safetensors(bytes: &[u8]) -> Result<Safetensors<'_>> {
    let short = || bad("the file ends inside its header");
    let length: [u8; 8] = bytes.get(..8).ok_or_else(short)?.try_into().expect("8 bytes");
    let length = usize::try_from(u64::from_le_bytes(length)).ok().filter(|length| *length <= MAX_HEADER_BYTES);
    let length = length.ok_or_else(|| bad("this is not a safetensors file"))?;
    let text = bytes.get(8..8 + length).ok_or_else(short)?;
    let text = std::str::from_utf8(text).map_err(|_| bad("the header is not UTF-8"))?;
    let header = header::read(text).map_err(bad)?;
    let data = &bytes[8 + length..];
    check(&header.entries, data.len())?;
    Ok(Safetensors { header, data })
}

/// Do the tensors fill the file, each with what its shape needs?
fn check(entries: &[Entry], length: usize) -> Result<()> {
    let mut order: Vec<&Entry> = entries.iter().collect();
    small::sort_by_key(&mut order, |entry| entry.range);
    let mut end = 0;
    for entry in &order {
        let (from, to) = entry.range;
        if from != end || to < from {
            return Err(bad(format!("the bytes of \"{}\" do not begin where those before it end", entry.name)));
        }
        let Some(stored) = Stored::from_safetensors(&entry.dtype) else {
            end = to;
            continue;
        };
        if bytes_of(&entry.sizes, stored) != Some(to - from) {
            return Err(bad(format!("\"{}\" has {} bytes, which its shape does not ask for", entry.name, to - from)));
        }
        end = to;
    }
    if end != length {
        return Err(bad(format!("the tensors have {end} bytes, the file {length}")));
    }
    small::sort_by(&mut order, |a, b| a.name < b.name);
    match order.windows(2).find(|pair| pair[0].name == pair[1].name) {
        Some(pair) => Err(bad(format!("there are two tensors \"{}\"", pair[0].name))),
        None => Ok(()),
    }
}

impl Safetensors<'_> {
    /// The names of the tensors, in the order of the header.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.header.entries.iter().map(|entry| entry.name.as_str())
    }

    /// The metadata, in the order of the header.
    pub fn metadata(&self) -> impl Iterator<Item = (&str, &str)> {
        self.header.metadata.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The tensor of that name. bfloat16 widens to float32, small integers to int32; 64-bit and 8-bit floats are an error.
    pub fn tensor(&self, name: &str) -> Result<Tensor> {
        let entry = self.header.entries.iter().find(|entry| entry.name == name).ok_or_else(|| {
            Error::new(
                ErrorKind::CompileArgument,
                LOAD,
                format!("there is no tensor \"{name}\" in the file"),
                "See its names.",
            )
        })?;
        self.made(entry)
    }

    /// Every tensor with its name, in the order of the header.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, Result<Tensor>)> {
        self.header.entries.iter().map(|entry| (entry.name.as_str(), self.made(entry)))
    }

    fn made(&self, entry: &Entry) -> Result<Tensor> {
        let stored = Stored::from_safetensors(&entry.dtype).ok_or_else(|| {
            Error::new(
                ErrorKind::DType,
                LOAD,
                format!("\"{}\" has elements of type {}", entry.name, entry.dtype),
                "Convert it to float32 or int32 where the file is written.",
            )
        })?;
        stored.tensor(LOAD, &entry.name, &entry.sizes, &self.data[entry.range.0..entry.range.1])
    }
}

/// The name of a dtype in a file.
fn name_of(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "BOOL",
        DType::Int32 => "I32",
        DType::UInt32 => "U32",
        DType::Float16 => "F16",
        DType::Float32 => "F32",
    }
}

/// The bytes of a safetensors file with these tensors and metadata. The same arguments give the same bytes.
pub async fn save_safetensors(tensors: &[(&str, &Tensor)], metadata: &[(&str, &str)]) -> Result<Vec<u8>> {
    let header = checked_header(tensors, metadata)?;
    // Every read is started before one is awaited.
    let reads = tensors.iter().map(|(_, x)| x.read()).collect::<Result<Vec<_>>>().map_err(|error| error.named(SAVE))?;
    let mut parts = Vec::new();
    for (read, (_, x)) in reads.into_iter().zip(tensors) {
        parts.push(packed(x.dtype(), read.await?));
    }
    Ok(assemble(header, &parts))
}

/// The header with everything but where the elements are.
fn checked_header(tensors: &[(&str, &Tensor)], metadata: &[(&str, &str)]) -> Result<Header> {
    let mut names: Vec<&str> = tensors.iter().map(|(name, _)| *name).collect();
    small::sort(&mut names);
    let twice = names.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
    if let Some(name) = twice.or_else(|| names.iter().copied().find(|name| *name == "__metadata__")) {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            SAVE,
            format!("\"{name}\" cannot be the name of a tensor here"),
            "Names must differ, and \"__metadata__\" is taken by the format.",
        ));
    }
    let entry = |(name, x): &(&str, &Tensor)| Entry {
        name: (*name).to_string(),
        dtype: name_of(x.dtype()).to_string(),
        sizes: x.sizes().into_iter().map(|size| size as i64).collect(),
        range: (0, 0),
    };
    let metadata = metadata.iter().map(|(key, value)| ((*key).to_string(), (*value).to_string())).collect();
    Ok(Header { entries: tensors.iter().map(entry).collect(), metadata })
}

/// The file of a header and the elements of its tensors.
fn assemble(mut header: Header, parts: &[Vec<u8>]) -> Vec<u8> {
    let mut end = 0;
    for (entry, part) in header.entries.iter_mut().zip(parts) {
        entry.range = (end, end + part.len());
        end += part.len();
    }
    let mut text = header::write(&header);
    // The elements start at a multiple of 8 bytes.
    text.extend(std::iter::repeat_n(' ', text.len().next_multiple_of(8) - text.len()));
    let mut file = Vec::with_capacity(8 + text.len() + end);
    file.extend((text.len() as u64).to_le_bytes());
    file.extend(text.into_bytes());
    parts.iter().for_each(|part| file.extend(part));
    file
}
