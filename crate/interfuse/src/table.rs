//! The table of functions: what a composed op is called, which arguments it takes with which defaults, and what is written about it.
//!
//! A function becomes a row by `#[function]` on it (crate/derive): its doc comment, its signature and the attributes of its parameters
//! *are* the row. A position in the table is what the bindings name it by. From the facts follow the methods on [`Tensor`], the functions
//! and methods of the package with their docs, and the tests of their examples (`npm run gen`, crate/xtask).
//!
//! A call arrives as values that say what they are (a tensor, a number, a list of numbers, ...), in the order of the parameters; the
//! types of the parameters read them. So a row costs the Wasm a name, a pointer and a function of a few instructions.

use crate::axes::Axes;
use crate::error::Result;
use crate::operand::Operand;
use crate::symbolic::Dim;
use crate::tensor::Tensor;
use interfuse_compiler::dtype::{DType, Weak};
use std::slice;

/// A function as the bindings call it.
pub struct Row {
    /// As programs of the package write it.
    pub name: &'static str,
    /// Reads its arguments and computes.
    pub call: Call,
}

/// A function of the arguments of a call, by what it gives.
#[derive(Clone, Copy)]
pub enum Call {
    /// A tensor.
    One(fn(&mut Arguments<'_>) -> Result<Tensor>),
    /// Two of them.
    Two(fn(&mut Arguments<'_>) -> Result<(Tensor, Tensor)>),
    /// As many as there are.
    Many(fn(&mut Arguments<'_>) -> Result<Vec<Tensor>>),
    /// Only a mistake.
    Nothing(fn(&mut Arguments<'_>) -> Result<()>),
}

/// What a function gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// A tensor.
    One,
    /// Two of them.
    Two,
    /// As many as there are.
    Many,
    /// Only a mistake.
    Nothing,
}

/// A value of a call.
pub enum Value<'a> {
    /// Left out.
    Nothing,
    /// A tensor.
    Tensor(Tensor),
    /// Several of them.
    Tensors(Vec<Tensor>),
    /// A number; also the position of a choice and the number of a dtype.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// Several numbers, in an array or not.
    Numbers(&'a [f64]),
    /// A size.
    Size(Dim),
    /// Several of them.
    Sizes(Vec<Dim>),
    /// Characters.
    Text(String),
}

/// The values of a call, read in order.
pub struct Arguments<'a> {
    values: slice::Iter<'a, Value<'a>>,
}

impl<'a> Arguments<'a> {
    /// Of these values.
    pub fn new(values: &'a [Value<'a>]) -> Arguments<'a> {
        Arguments { values: values.iter() }
    }

    /// The next argument.
    pub fn read<T: Argument<'a>>(&mut self) -> T {
        T::read(self)
    }

    /// The next value as it is.
    #[inline(never)]
    pub fn value(&mut self) -> &'a Value<'a> {
        self.values.next().unwrap_or(&Value::Nothing)
    }

    #[inline(never)]
    fn number(&mut self) -> f64 {
        match self.value() {
            Value::Number(value) => *value,
            Value::Flag(value) => f64::from(u8::from(*value)),
            _ => f64::NAN,
        }
    }

    #[inline(never)]
    fn numbers(&mut self) -> Option<&'a [f64]> {
        match self.value() {
            Value::Numbers(values) => Some(values),
            _ => None,
        }
    }

    /// Of a choice.
    #[inline(never)]
    pub fn position(&mut self) -> u32 {
        self.number() as u32
    }
}

/// A type that parameters have.
pub trait Argument<'a>: Sized {
    /// What the package takes for it.
    const KIND: Kind = Kind::Options;

    /// Of options: what they are.
    const PARAMETERS: &'static [Parameter] = &[];

    /// Reads one. What the package sends is what the parameter takes: it was checked there.
    fn read(arguments: &mut Arguments<'a>) -> Self;
}

/// What the package takes for a parameter, and how it is sent.
#[derive(Clone, Copy, PartialEq, Debug)]
#[allow(missing_docs)]
pub enum Kind {
    Tensor,
    MaybeTensor,
    Tensors,
    Operand,
    Axes,
    Ints,
    MaybeInts,
    Int,
    MaybeInt,
    Float,
    MaybeFloat,
    Weak,
    Flag,
    Size,
    MaybeSize,
    Sizes,
    MaybeSizes,
    Bound,
    Widths,
    Pair,
    Pairs,
    Parts,
    Ranges,
    Places,
    DType,
    MaybeDType,
    Formula,
    Count,
    NamedSizes,
    Floats,
    Choice(&'static [&'static str]),
    Options,
}

/// A parameter of a function, or one of its options.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// As programs of the package write it.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What it is where it is left out, as the package writes it.
    pub default: Option<&'static str>,
    /// How mistakes call it; "the " and the name where that is not said.
    pub label: Option<&'static str>,
    /// What is written about it.
    pub doc: &'static str,
    /// Is it one of the options, which are the last argument?
    pub is_option: bool,
    /// May it be left out?
    pub is_optional: bool,
    /// Is it all arguments from there on?
    pub is_rest: bool,
}

/// What something of the package may be told: a layer, or an optimiser besides its learning rate.
pub struct Settings {
    /// As the package calls it.
    pub name: &'static str,
    /// The type of its options there; empty where it has none.
    pub options: &'static str,
    /// The options.
    pub parameters: &'static [Parameter],
}

/// An option without a default.
pub(crate) const fn option(name: &'static str, kind: Kind, doc: &'static str) -> Parameter {
    Parameter { name, kind, default: None, label: None, doc, is_option: true, is_optional: true, is_rest: false }
}

/// An option that is something when it is left out.
pub(crate) const fn setting(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Parameter {
    Parameter { default: Some(default), ..option(name, kind, doc) }
}

/// What is written about a function. No program holds it: the files that follow from the table do.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// As programs of the package write it.
    pub name: &'static str,
    /// As programs in Rust write it, in the letters of JavaScript.
    pub own: &'static str,
    /// Where in the library it is.
    pub module: &'static str,
    /// What it computes.
    pub doc: &'static str,
    /// Its parameters; a group is one, or the fields of a struct of options.
    pub parameters: &'static [&'static [Parameter]],
    /// The type of the options in the package; one without a name where that is empty.
    pub options: &'static str,
    /// The shape and dtype of the result in words.
    pub returns: &'static str,
    /// Mistakes beyond those that every function of such arguments refuses.
    pub throws: &'static [&'static str],
    /// An expression and, behind `//`, its value: an example that is a test.
    pub example: &'static str,
    /// Where the formula is from.
    pub source: &'static str,
    /// What it gives.
    pub answer: Answer,
    /// Is it a method of tensors, too?
    pub is_method: bool,
    /// Is it only there for what the package makes of it?
    pub is_inner: bool,
    /// Does the package give a function of the first argument when it is called with the others?
    pub is_curried: bool,
}

/// The parameters that a type stands for: itself, or its fields.
#[doc(hidden)]
pub const fn group<'a, T: Argument<'a>>(own: &'static [Parameter]) -> &'static [Parameter] {
    if T::PARAMETERS.is_empty() { own } else { T::PARAMETERS }
}

impl<'a> Argument<'a> for &'a Tensor {
    const KIND: Kind = Kind::Tensor;
    fn read(arguments: &mut Arguments<'a>) -> Self {
        arguments.read::<Option<&Tensor>>().expect("the package sends a tensor where one is wanted")
    }
}

impl<'a> Argument<'a> for Option<&'a Tensor> {
    const KIND: Kind = Kind::MaybeTensor;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        if let Value::Tensor(tensor) = arguments.value() { Some(tensor) } else { None }
    }
}

impl<'a> Argument<'a> for &'a [Tensor] {
    const KIND: Kind = Kind::Tensors;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        if let Value::Tensors(tensors) = arguments.value() { tensors } else { &[] }
    }
}

impl<'a> Argument<'a> for Operand<'a> {
    const KIND: Kind = Kind::Operand;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        match arguments.value() {
            Value::Tensor(tensor) => Operand::Tensor(tensor),
            Value::Flag(value) => Operand::Weak(Weak::Bool(*value)),
            Value::Number(value) => Operand::Weak(Weak::from_f64(*value)),
            _ => Operand::Weak(Weak::Float(f64::NAN)),
        }
    }
}

impl<'a> Argument<'a> for Weak {
    const KIND: Kind = Kind::Weak;
    fn read(arguments: &mut Arguments<'a>) -> Self {
        Weak::from_f64(arguments.number())
    }
}

impl<'a> Argument<'a> for Axes {
    const KIND: Kind = Kind::Axes;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        match arguments.numbers() {
            Some(axes) => Axes::Some(axes.iter().map(|axis| *axis as i64).collect()),
            None => Axes::All,
        }
    }
}

impl<'a> Argument<'a> for Option<Vec<i64>> {
    const KIND: Kind = Kind::MaybeInts;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        arguments.numbers().map(|values| values.iter().map(|value| *value as i64).collect())
    }
}

impl<'a> Argument<'a> for Vec<i64> {
    const KIND: Kind = Kind::Ints;
    fn read(arguments: &mut Arguments<'a>) -> Self {
        arguments.read::<Option<Vec<i64>>>().unwrap_or_default()
    }
}

impl<'a> Argument<'a> for i64 {
    const KIND: Kind = Kind::Int;
    fn read(arguments: &mut Arguments<'a>) -> Self {
        arguments.number() as i64
    }
}

impl<'a> Argument<'a> for Option<i64> {
    const KIND: Kind = Kind::MaybeInt;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        if let Value::Number(value) = arguments.value() { Some(*value as i64) } else { None }
    }
}

impl<'a> Argument<'a> for f64 {
    const KIND: Kind = Kind::Float;
    fn read(arguments: &mut Arguments<'a>) -> Self {
        arguments.number()
    }
}

impl<'a> Argument<'a> for Option<f64> {
    const KIND: Kind = Kind::MaybeFloat;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        if let Value::Number(value) = arguments.value() { Some(*value) } else { None }
    }
}

impl<'a> Argument<'a> for Vec<f64> {
    const KIND: Kind = Kind::Floats;
    fn read(arguments: &mut Arguments<'a>) -> Self {
        arguments.numbers().unwrap_or_default().to_vec()
    }
}

impl<'a> Argument<'a> for bool {
    const KIND: Kind = Kind::Flag;
    fn read(arguments: &mut Arguments<'a>) -> Self {
        arguments.position() == 1
    }
}

impl<'a> Argument<'a> for Dim {
    const KIND: Kind = Kind::Size;
    fn read(arguments: &mut Arguments<'a>) -> Self {
        arguments.read::<Option<Dim>>().expect("the package sends a size where one is wanted")
    }
}

impl<'a> Argument<'a> for Option<Dim> {
    const KIND: Kind = Kind::MaybeSize;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        if let Value::Size(size) = arguments.value() { Some(size.clone()) } else { None }
    }
}

impl<'a> Argument<'a> for &'a [Dim] {
    const KIND: Kind = Kind::Sizes;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        if let Value::Sizes(sizes) = arguments.value() { sizes } else { &[] }
    }
}

impl<'a> Argument<'a> for Option<DType> {
    const KIND: Kind = Kind::MaybeDType;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        if let Value::Number(value) = arguments.value() { DType::ALL.get(*value as usize).copied() } else { None }
    }
}

impl<'a> Argument<'a> for DType {
    const KIND: Kind = Kind::DType;
    fn read(arguments: &mut Arguments<'a>) -> Self {
        arguments.read::<Option<DType>>().unwrap_or(DType::Float32)
    }
}

impl<'a> Argument<'a> for &'a str {
    const KIND: Kind = Kind::Formula;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        if let Value::Text(text) = arguments.value() { text } else { "" }
    }
}

impl<'a> Argument<'a> for Vec<(Dim, Dim)> {
    const KIND: Kind = Kind::Widths;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        let widths = arguments.read::<&[Dim]>();
        widths.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
    }
}

impl<'a> Argument<'a> for Vec<(i64, i64)> {
    const KIND: Kind = Kind::Pairs;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        arguments.read::<Vec<i64>>().chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    }
}

impl<'a> Argument<'a> for (i64, i64) {
    const KIND: Kind = Kind::Pair;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        (arguments.read(), arguments.read())
    }
}

impl<'a> Argument<'a> for Option<&'a [Dim]> {
    const KIND: Kind = Kind::MaybeSizes;
    #[inline(never)]
    fn read(arguments: &mut Arguments<'a>) -> Self {
        if let Value::Sizes(sizes) = arguments.value() { Some(sizes) } else { None }
    }
}
