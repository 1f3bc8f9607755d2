//! Signatures and templates are written.

use super::read::{Leaf, LeafValue, Template};
use super::{BadTemplate, Signature};
use crate::dim::{Atom, Dim};
use crate::dtype::DType;
use crate::shape::{Aval, Shape};

/// Writes a signature or a template.
#[derive(Clone)]
pub struct SignatureBuilder {
    bytes: Vec<u8>,
    /// Are tensors bare tags?
    is_template: bool,
}

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

/// The places of a template's tensors, in order, such as `args[0].w`.
pub fn tensor_paths(template: &[u8]) -> Result<Vec<String>, BadTemplate> {
    let is_tensor = |leaf: &Leaf| matches!(leaf.value, LeafValue::Tensor { .. });
    Ok(leaves(template)?.into_iter().filter(is_tensor).map(|leaf| leaf.path).collect())
}

/// The leaves of a template, whatever its tensors are: they are told as scalars.
pub fn leaves(template: &[u8]) -> Result<Vec<Leaf>, BadTemplate> {
    let scalar = Aval { shape: Shape::scalar(), dtype: DType::Bool };
    let template = Template::new(template)?;
    let tensors = std::iter::repeat_n(&scalar, template.tensors.len());
    Ok(SignatureBuilder::new(0, 0).complete(&template, tensors)?.leaves())
}
