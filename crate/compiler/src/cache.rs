//! Signatures of calls, and the bounded cache that is looked up by them.
//!
//! A signature is everything that decides which compiled entry serves a call: device and mode, the structure of the argument trees,
//! shape and dtype of every tensor in them, and every constant with its type. It is one string of bytes, typed and length-prefixed,
//! so that no two different calls share it (`1`, `true` and `"1"` differ; so do `[1], 2` and `[1, 2]`, and 0 and -0; a NaN equals
//! itself). Whole signatures are compared, a hash alone never decides. The bytes can be read back, as text for people and as leaves
//! for saying which of them made a call miss.
//!
//! The encoding (all numbers little-endian), which a host language may write itself as a *template* with bare `t` tags:
//!
//! | tag | payload | meaning |
//! |---|---|---|
//! | `a` | u32 n, n items | array or tuple |
//! | `o` | u32 n, n times (string, item) | object with its keys in insertion order |
//! | `c` | string, u32 n, n times (string, item) | registered class |
//! | `p` | item | an option that is there |
//! | `r` | string, item | a part of the call with a name of its own, such as `this` or `state[0]`: paths start there |
//! | `t` | in signatures: u8 dtype, u8 rank, rank times i64; in templates nothing | tensor |
//! | `n` | f64 (one bit pattern for all NaNs) | number |
//! | `i` | i64 | integer of a language that has them |
//! | `s` | string | string |
//! | `1` `0` `N` `U` | | true, false, null, undefined |
//!
//! A string is u32 length and UTF-8 bytes. Symbolic sizes are stored as -1 - symbol. Before the structure stands its context: device
//! (u64), mode (u8), variant (u16: entries of one key differ in what they took for granted, see [`Signature::variant`]), and the names
//! of symbols as one string, separated by zeros.

mod bounded;
#[cfg(test)]
mod tests;

pub use bounded::{Cache, CacheCounters, Capacity};

use crate::dim::{Atom, Dim};
use crate::dtype::DType;
use crate::shape::Aval;
use std::fmt;

const READABLE: &str = "the builder writes only what can be read back";

/// Bytes of device, mode and variant.
const FIXED: usize = 11;
/// Where the variant stands in them.
const VARIANT: usize = 9;

/// The key of a compiled entry.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Signature(Box<[u8]>);

/// Writes a signature or a template.
#[derive(Clone)]
pub struct SignatureBuilder {
    bytes: Vec<u8>,
    /// Are tensors bare tags?
    is_template: bool,
}

/// What a host language's template did wrong: where, and what was expected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadTemplate(pub String);

impl SignatureBuilder {
    /// For a call on that device in that compile mode.
    pub fn new(device: u64, mode: u8) -> SignatureBuilder {
        SignatureBuilder::with_symbols(device, mode, &[])
    }

    /// The same for a call in which symbols have names; one without has an empty name.
    pub fn with_symbols(device: u64, mode: u8, names: &[&str]) -> SignatureBuilder {
        let mut bytes = Vec::with_capacity(64);
        bytes.extend_from_slice(&device.to_le_bytes());
        bytes.extend_from_slice(&[mode, 0, 0]);
        let mut builder = SignatureBuilder { bytes, is_template: false };
        builder.key(&names.join("\0"));
        builder
    }

    /// Writes a template: the structure alone, with tensors as bare tags.
    pub fn new_template() -> SignatureBuilder {
        SignatureBuilder { bytes: Vec::with_capacity(64), is_template: true }
    }

    /// The bytes of a template.
    pub fn into_template(self) -> Vec<u8> {
        debug_assert!(self.is_template, "signatures are built with `build`");
        self.bytes
    }

    fn len(&mut self, len: usize) {
        self.bytes.extend_from_slice(&u32::try_from(len).expect("fewer than 2^32 items").to_le_bytes());
    }

    /// Opens an array of that many items, which follow.
    pub fn array(&mut self, len: usize) -> &mut Self {
        self.bytes.push(b'a');
        self.len(len);
        self
    }

    /// Opens an object of that many entries, each a [`SignatureBuilder::key`] and an item.
    pub fn object(&mut self, len: usize) -> &mut Self {
        self.bytes.push(b'o');
        self.len(len);
        self
    }

    /// Opens a registered class of that many entries.
    pub fn class(&mut self, name: &str, len: usize) -> &mut Self {
        self.bytes.push(b'c');
        self.key(name);
        self.len(len);
        self
    }

    /// The key of the next item of an object or class.
    pub fn key(&mut self, key: &str) -> &mut Self {
        self.len(key.len());
        self.bytes.extend_from_slice(key.as_bytes());
        self
    }

    /// An option that is there; its content follows.
    pub fn some(&mut self) -> &mut Self {
        self.bytes.push(b'p');
        self
    }

    /// A part of the call with a name of its own, which is where paths to what follows start.
    pub fn root(&mut self, name: &str) -> &mut Self {
        self.bytes.push(b'r');
        self.key(name)
    }

    /// A tensor.
    pub fn tensor(&mut self, aval: &Aval) -> &mut Self {
        self.bytes.push(b't');
        if !self.is_template {
            self.aval(aval);
        }
        self
    }

    fn aval(&mut self, aval: &Aval) {
        let at = self.bytes.len();
        self.bytes.resize(at + aval_bytes(aval), 0);
        write_aval(aval, &mut self.bytes[at..]);
    }

    /// A number.
    pub fn number(&mut self, value: f64) -> &mut Self {
        self.bytes.push(b'n');
        let bits = if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() };
        self.bytes.extend_from_slice(&bits.to_le_bytes());
        self
    }

    /// An integer.
    pub fn integer(&mut self, value: i64) -> &mut Self {
        self.bytes.push(b'i');
        self.bytes.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// A string.
    pub fn string(&mut self, value: &str) -> &mut Self {
        self.bytes.push(b's');
        self.key(value)
    }

    /// A boolean.
    pub fn bool(&mut self, value: bool) -> &mut Self {
        self.bytes.push(if value { b'1' } else { b'0' });
        self
    }

    /// Nothing, on purpose.
    pub fn null(&mut self) -> &mut Self {
        self.bytes.push(b'N');
        self
    }

    /// Nothing.
    pub fn undefined(&mut self) -> &mut Self {
        self.bytes.push(b'U');
        self
    }

    /// The finished signature.
    pub fn build(self) -> Signature {
        Signature(self.bytes.into_boxed_slice())
    }

    /// Completes a template: its bare tensor tags take the avals in order. Refuses bytes that are not a template, so that a
    /// signature can always be read back.
    pub fn template<'a>(
        self,
        template: &[u8],
        avals: impl Iterator<Item = &'a Aval>,
    ) -> Result<Signature, BadTemplate> {
        self.complete(&Template::new(template)?, avals)
    }

    /// The same with a template that was read before.
    pub fn complete<'a>(
        mut self,
        template: &Template,
        avals: impl Iterator<Item = &'a Aval>,
    ) -> Result<Signature, BadTemplate> {
        // Measured first and written in place: a call with a large state has many short pieces.
        let avals: Vec<&Aval> = avals.collect();
        if avals.len() != template.tensors.len() {
            return Err(BadTemplate("the number of tensors is not that of the template's tensor tags".into()));
        }
        let mut at = self.bytes.len();
        self.bytes.resize(at + template.bytes.len() + avals.iter().map(|aval| aval_bytes(aval)).sum::<usize>(), 0);
        let mut copied = 0;
        for (upto, aval) in template.tensors.iter().zip(avals) {
            for byte in &template.bytes[copied..*upto] {
                self.bytes[at] = *byte;
                at += 1;
            }
            copied = *upto;
            at += write_aval(aval, &mut self.bytes[at..]);
        }
        self.bytes[at..].copy_from_slice(&template.bytes[copied..]);
        Ok(self.build())
    }
}

/// How long an aval is in a key.
fn aval_bytes(aval: &Aval) -> usize {
    2 + 8 * aval.shape.rank()
}

/// Writes an aval to the front; gives its length.
fn write_aval(aval: &Aval, to: &mut [u8]) -> usize {
    to[0] = dtype_code(aval.dtype);
    to[1] = u8::try_from(aval.shape.rank()).expect("fewer than 256 axes");
    let mut at = 2;
    for dim in aval.shape.dims() {
        to[at..at + 8].copy_from_slice(&size_code(dim).to_le_bytes());
        at += 8;
    }
    at
}

/// The place in `DType::ALL`.
fn dtype_code(dtype: DType) -> u8 {
    debug_assert_eq!(DType::ALL[dtype as usize], dtype);
    dtype as u8
}

/// A size of an input as an integer: its own, or for a symbol a negative one.
fn size_code(dim: &Dim) -> i64 {
    match dim.as_const() {
        Some(size) => size,
        None => match dim.parts().0 {
            [term] => match term.factors.as_slice() {
                [Atom::Symbol(symbol)] => -1 - i64::from(symbol.0),
                _ => panic!("an input's size is a number or a symbol"),
            },
            _ => panic!("an input's size is a number or a symbol"),
        },
    }
}

/// A template that was read: calls in a row mostly have the same, and reading takes longer than comparing.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Template {
    bytes: Vec<u8>,
    /// The places behind its tensor tags.
    tensors: Vec<usize>,
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

/// The places of a template's tensors, in order, such as `args[0].w`.
pub fn tensor_paths(template: &[u8]) -> Result<Vec<String>, BadTemplate> {
    let is_tensor = |leaf: &Leaf| matches!(leaf.value, LeafValue::Tensor { .. });
    Ok(leaves(template)?.into_iter().filter(is_tensor).map(|leaf| leaf.path).collect())
}

/// The leaves of a template, whatever its tensors are: they are told as scalars.
pub fn leaves(template: &[u8]) -> Result<Vec<Leaf>, BadTemplate> {
    let scalar = Aval { shape: crate::shape::Shape::scalar(), dtype: DType::Bool };
    let template = Template::new(template)?;
    let tensors = std::iter::repeat_n(&scalar, template.tensors.len());
    Ok(SignatureBuilder::new(0, 0).complete(&template, tensors)?.leaves())
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
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    template: bool,
    /// Open containers: items left, and whether they have keys.
    open: Vec<(usize, bool)>,
}

impl<'a> Reader<'a> {
    /// Exactly one item, from `at` to the end.
    fn new(bytes: &'a [u8], at: usize, template: bool) -> Reader<'a> {
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

    fn str(&mut self) -> Result<&'a str, String> {
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
    /// The bytes, for sizes and for hosts that keep them.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Device and mode that the call ran in.
    pub fn context(&self) -> (u64, u8) {
        (u64::from_le_bytes(self.0[..8].try_into().expect("8 bytes")), self.0[8])
    }

    /// The same key for another entry: the first has variant 0. Where an entry holds for some values of the symbols only, other values
    /// have an entry of their own under the same signature.
    #[must_use]
    pub fn variant(mut self, variant: u16) -> Signature {
        self.0[VARIANT..FIXED].copy_from_slice(&variant.to_le_bytes());
        self
    }

    /// The key of variant 0, and the variant.
    pub fn without_variant(self) -> (Signature, u16) {
        let variant = u16::from_le_bytes(self.0[VARIANT..FIXED].try_into().expect("2 bytes"));
        (self.variant(0), variant)
    }

    /// The names of the symbols, separated by zeros, and where the structure begins.
    fn names(&self) -> (&str, usize) {
        let mut reader = Reader::new(&self.0, FIXED, false);
        (reader.str().expect(READABLE), reader.at)
    }

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

    /// The first leaf in which another signature differs from this, as (path, this, other). `None` when only device or mode do.
    pub fn first_difference(&self, other: &Signature) -> Option<(String, LeafValue, LeafValue)> {
        let (mine, theirs) = (self.leaves(), other.leaves());
        let at = mine.iter().zip(&theirs).position(|(a, b)| !same(a, b))?;
        Some((mine[at].path.clone(), mine[at].value.clone(), theirs[at].value.clone()))
    }

    /// In how many leaves another signature differs; more than any count of leaves when device or mode differ.
    pub fn distance(&self, other: &Signature) -> usize {
        let (mine, theirs) = (self.leaves(), other.leaves());
        let context = if self.context() == other.context() { 0 } else { mine.len() + theirs.len() };
        let differing = mine.iter().zip(&theirs).filter(|(a, b)| !same(a, b)).count();
        context + differing + mine.len().abs_diff(theirs.len())
    }
}

/// Same place and same value, a NaN equal to itself and 0 not to -0.
fn same(a: &Leaf, b: &Leaf) -> bool {
    let value = match (&a.value, &b.value) {
        (LeafValue::Number(x), LeafValue::Number(y)) => x.to_bits() == y.to_bits(),
        (x, y) => x == y,
    };
    value && a.path == b.path
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
