//! Signatures and templates are read: item by item without recursion, as leaves with their paths, and as text.

use super::{BadTemplate, READABLE, Signature};
use crate::dtype::DType;
use std::fmt;

/// A template that was read: calls in a row mostly have the same, and reading takes longer than comparing.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Template {
    pub(super) bytes: Vec<u8>,
    /// The places behind its tensor tags.
    pub(super) tensors: Vec<usize>,
}

impl Template {
    /// Reads a template.
    pub fn new(bytes: &[u8]) -> Result<Template, BadTemplate> {
        let mut reader = Reader::new(bytes, 0, true);
        let mut tensors = Vec::new();
        while let Some(step) = reader.step().map_err(BadTemplate)? {
            if let Token::Tensor(_) = step.token {
                tensors.push(reader.at);
            }
        }
        Ok(Template { bytes: bytes.to_vec(), tensors })
    }

    /// What was read.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// What a tag says.
enum Token<'a> {
    Array(usize),
    Object(usize),
    Class(&'a str, usize),
    Some,
    Root(&'a str),
    Tensor(&'a [u8]),
    Number(f64),
    Integer(i64),
    String(&'a str),
    Word(&'static str),
}

/// One item: how many containers ended before it, its key in the container it is in, and what it is.
struct Step<'a> {
    closed: usize,
    key: Option<&'a str>,
    token: Token<'a>,
}

/// Reads items in order, without recursion.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    template: bool,
    /// Open containers: items left, and whether they have keys.
    open: Vec<(usize, bool)>,
}

impl<'a> Reader<'a> {
    /// Exactly one item, from `at` to the end.
    pub(super) fn new(bytes: &'a [u8], at: usize, template: bool) -> Reader<'a> {
        Reader { bytes, at, template, open: vec![(1, false)] }
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], String> {
        let end = self.at.checked_add(len).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or_else(|| format!("byte {}: {len} more bytes expected", self.at))?;
        let bytes = &self.bytes[self.at..end];
        self.at = end;
        Ok(bytes)
    }

    fn u32(&mut self) -> Result<usize, String> {
        Ok(u32::from_le_bytes(self.take(4)?.try_into().expect("4 bytes")) as usize)
    }

    fn i64(&mut self) -> Result<i64, String> {
        Ok(i64::from_le_bytes(self.take(8)?.try_into().expect("8 bytes")))
    }

    pub(super) fn str(&mut self) -> Result<&'a str, String> {
        let (start, len) = (self.at, self.u32()?);
        std::str::from_utf8(self.take(len)?).map_err(|_| format!("byte {start}: a string that is not UTF-8"))
    }

    fn step(&mut self) -> Result<Option<Step<'a>>, String> {
        let mut closed = 0;
        while let Some((0, _)) = self.open.last() {
            self.open.pop();
            closed += 1;
        }
        let Some((left, keyed)) = self.open.last_mut() else {
            return if self.at == self.bytes.len() {
                Ok(None)
            } else {
                Err(format!("byte {}: {} bytes after the end", self.at, self.bytes.len() - self.at))
            };
        };
        *left -= 1;
        let key = if *keyed { Some(self.str()?) } else { None };
        let start = self.at;
        let token = match self.take(1)?[0] {
            b'a' => Token::Array(self.u32()?),
            b'o' => Token::Object(self.u32()?),
            b'c' => Token::Class(self.str()?, self.u32()?),
            b'p' => Token::Some,
            b'r' => Token::Root(self.str()?),
            b't' if self.template => Token::Tensor(&[]),
            b't' => {
                let from = self.at;
                let rank = self.take(2)?[1] as usize;
                self.take(rank * 8)?;
                Token::Tensor(&self.bytes[from..self.at])
            }
            b'n' => Token::Number(f64::from_bits(self.i64()? as u64)),
            b'i' => Token::Integer(self.i64()?),
            b's' => Token::String(self.str()?),
            b'1' => Token::Word("true"),
            b'0' => Token::Word("false"),
            b'N' => Token::Word("null"),
            b'U' => Token::Word("undefined"),
            other => return Err(format!("byte {start}: unknown tag {other}")),
        };
        match token {
            Token::Array(len) => self.open.push((len, false)),
            Token::Object(len) | Token::Class(_, len) => self.open.push((len, true)),
            Token::Some | Token::Root(_) => self.open.push((1, false)),
            Token::Tensor(_) | Token::Number(_) | Token::Integer(_) | Token::String(_) | Token::Word(_) => {}
        }
        Ok(Some(Step { closed, key, token }))
    }
}

/// An encoded tensor; symbols by their names.
fn tensor_leaf(bytes: &[u8], names: &str) -> LeafValue {
    let size = |bytes: &[u8]| match i64::from_le_bytes(bytes.try_into().expect("8 bytes")) {
        size @ 0.. => size.to_string(),
        symbol => {
            let id = (-1 - symbol) as usize;
            let name = names.split('\0').nth(id).filter(|name| !name.is_empty());
            name.map_or_else(|| format!("s{id}"), str::to_string)
        }
    };
    LeafValue::Tensor { dtype: DType::ALL[bytes[0] as usize], dims: bytes[2..].chunks_exact(8).map(size).collect() }
}

/// A leaf of a call's arguments.
#[derive(Clone, PartialEq, Debug)]
pub struct Leaf {
    /// Where it is, such as `args[0].w`.
    pub path: String,
    /// What it is.
    pub value: LeafValue,
}

/// What a leaf is.
#[derive(Clone, PartialEq, Debug)]
pub enum LeafValue {
    /// A tensor, as `float32[2,3]`.
    Tensor {
        /// Its dtype.
        dtype: DType,
        /// Its sizes: numbers and names of symbols.
        dims: Vec<String>,
    },
    /// A number.
    Number(f64),
    /// An integer.
    Integer(i64),
    /// A string.
    String(String),
    /// true, false, null, undefined.
    Word(&'static str),
    /// The form of a container: its kind, length, keys and class.
    Container(String),
}

impl fmt::Display for LeafValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LeafValue::Tensor { dtype, dims } => write!(f, "{dtype}[{}]", dims.join(",")),
            LeafValue::Number(value) => write!(f, "{value}"),
            LeafValue::Integer(value) => write!(f, "{value}"),
            LeafValue::String(value) => write!(f, "{value:?}"),
            LeafValue::Word(word) => f.write_str(word),
            LeafValue::Container(form) => f.write_str(form),
        }
    }
}

impl Signature {
    /// Every leaf and container with its path, in order. The outermost array is the argument list, `args`.
    pub fn leaves(&self) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        let (names, start) = self.names();
        let mut reader = Reader::new(&self.0, start, false);
        // Open containers: their paths, and the position of the next item where items have positions.
        let mut open: Vec<(String, Option<usize>)> = vec![("args".into(), None)];
        while let Some(Step { closed, key, token }) = reader.step().expect(READABLE) {
            open.truncate(open.len() - closed);
            let (base, next) = open.last_mut().expect("an item is in a container");
            let path = match (key, next) {
                (Some(key), _) => format!("{base}.{key}"),
                (None, Some(next)) => {
                    *next += 1;
                    format!("{base}[{}]", *next - 1)
                }
                (None, None) => base.clone(),
            };
            let value = match token {
                Token::Array(len) => {
                    open.push((path.clone(), Some(0)));
                    LeafValue::Container(format!("array of {len}"))
                }
                Token::Object(len) => {
                    open.push((path.clone(), None));
                    LeafValue::Container(format!("object of {len}"))
                }
                Token::Class(name, len) => {
                    open.push((path.clone(), None));
                    LeafValue::Container(format!("{name} of {len}"))
                }
                Token::Some => {
                    open.push((path.clone(), None));
                    LeafValue::Container("some".into())
                }
                Token::Root(name) => {
                    open.push((name.to_string(), None));
                    continue;
                }
                Token::Tensor(bytes) => tensor_leaf(bytes, names),
                Token::Number(value) => LeafValue::Number(value),
                Token::Integer(value) => LeafValue::Integer(value),
                Token::String(value) => LeafValue::String(value.to_string()),
                Token::Word(word) => LeafValue::Word(word),
            };
            leaves.push(Leaf { path, value });
        }
        leaves
    }

    /// Where the tensor at that position is, counted as the tensors of a call are.
    pub fn tensor_path(&self, at: usize) -> Option<String> {
        let tensors = self.leaves().into_iter().filter(|leaf| matches!(leaf.value, LeafValue::Tensor { .. }));
        tensors.map(|leaf| leaf.path).nth(at)
    }
}

impl fmt::Display for Signature {
    /// The arguments as a person would write them: `(float32[2,3], {scale: 2, name: "a"})`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (names, start) = self.names();
        let mut reader = Reader::new(&self.0, start, false);
        let mut closers: Vec<&str> = vec![""];
        let mut first = true;
        while let Some(Step { closed, key, token }) = reader.step().expect(READABLE) {
            for closer in closers.drain(closers.len() - closed..).rev() {
                f.write_str(closer)?;
                first = false;
            }
            if !first {
                f.write_str(", ")?;
            }
            if let Some(key) = key {
                write!(f, "{key}: ")?;
            }
            let (open, close) = match token {
                Token::Array(_) if closers.len() == 1 => ("(".to_string(), ")"),
                Token::Array(_) => ("[".to_string(), "]"),
                Token::Object(_) => ("{".to_string(), "}"),
                Token::Class(name, _) => (format!("{name} {{"), "}"),
                Token::Some => (String::new(), ""),
                Token::Root(name) => (format!("{name}: "), ""),
                Token::Tensor(_) | Token::Number(_) | Token::Integer(_) | Token::String(_) | Token::Word(_) => {
                    first = false;
                    match token {
                        Token::Tensor(bytes) => write!(f, "{}", tensor_leaf(bytes, names))?,
                        Token::Number(value) => write!(f, "{value}")?,
                        Token::Integer(value) => write!(f, "{value}")?,
                        Token::String(value) => write!(f, "{value:?}")?,
                        Token::Word(word) => f.write_str(word)?,
                        Token::Array(_) | Token::Object(_) | Token::Class(..) | Token::Some | Token::Root(_) => {}
                    }
                    continue;
                }
            };
            f.write_str(&open)?;
            closers.push(close);
            first = true;
        }
        // The reader reports what ended before an item; the rest ends here.
        for closer in closers.drain(..).rev() {
            f.write_str(closer)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
