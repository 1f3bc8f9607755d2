//! Random numbers from keys: the same key gives the same bits on every device, fused or not.
//!
//! A key is two uint32 words. Bits come from Threefry-2x32, counted as JAX does in its partitionable mode, inside the kernels that
//! use them: no buffer of random bits exists. Everything else is a formula over bits. A function takes its key, or without one draws
//! a key from the thread's generator: that changes the generator's state, so inside of `compile` the state must be captured.

use crate::breaks::BreakReason;
use crate::error::{Error, ErrorKind, Result};
use crate::library::{self, Index};
use crate::operand::Operand;
use crate::scope::check_write;
use crate::symbolic::{Explain, Sizes, checked_dims, checked_shape, must_be_same};
use crate::tensor::{Tensor, compute};
use crate::trace;
use interfuse_compiler::dim::Dim as Expression;
use interfuse_compiler::dtype::{DType, Weak};
use interfuse_compiler::emit::Lanes;
use interfuse_compiler::kind::Kind;
use interfuse_compiler::ops::Op;
use interfuse_compiler::shape::{Aval, Shape};
use interfuse_derive::function;
use std::cell::RefCell;
use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2};
use std::rc::Rc;

/// The generator's state: words while only the host draws, so that thousands of draws are no chain of tensors.
enum State {
    Words([u32; 2]),
    Key(Tensor),
}

thread_local! {
    static STATE: RefCell<State> = const { RefCell::new(State::Words([0, 0])) };
}

fn words_of(seed: i64) -> [u32; 2] {
    [(seed as u64 >> 32) as u32, seed as u32]
}

fn key_from(words: [u32; 2]) -> Result<Tensor> {
    Tensor::from_bytes(DType::UInt32, &[2], &words.map(u32::to_le_bytes).concat())
}

/// The key of a seed: uint32 [2].
///
/// ```
/// use interfuse::random;
/// let bits = random::bits(&[5], Some(&random::key(0)?))?;
/// assert_eq!(bits.to_vec::<u32>()?, [4070199207, 4202968722, 1427181096, 2012915765, 2447653815]);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[function(name = "random.key", returns = "uint32 [2].")]
#[track_caller]
pub fn key(
    /// An integer.
    seed: i64,
) -> Result<Tensor> {
    key_from(words_of(seed))
}

/// Starts the thread's generator anew. May be called before there is a device.
pub fn seed(seed: i64) {
    STATE.with(|state| *state.borrow_mut() = State::Words(words_of(seed)));
}

/// The state of the thread's generator: a key.
pub fn state() -> Result<Tensor> {
    STATE.with(|state| match &*state.borrow() {
        State::Words(words) => key_from(*words),
        State::Key(key) => Ok(key.clone()),
    })
}

/// Replaces the state of the thread's generator. A compiled function that does must capture it.
pub fn set_state(key: &Tensor) -> Result<()> {
    const OP: &str = "random.state";
    check_key(OP, key)?;
    let old = STATE.with(|state| match &*state.borrow() {
        State::Words(_) => None,
        State::Key(key) => Some(key.clone()),
    });
    check_write(OP, "the global random state", old.as_ref(), key)?;
    place_state(key)
}

/// The same for what captures the state: it puts placeholders in and takes them out again.
pub fn place_state(key: &Tensor) -> Result<()> {
    check_key("random.state", key)?;
    STATE.with(|state| *state.borrow_mut() = State::Key(key.clone()));
    Ok(())
}

fn check_key(op: &str, key: &Tensor) -> Result<()> {
    let text = |key: &Aval| format!("a key is uint32[2], got {key}");
    let why = || -> Explain {
        let key = key.aval().clone();
        Rc::new(move |now| text(&now.aval(&key)))
    };
    let is_line = key.dtype() == DType::UInt32 && key.ndim() == 1;
    // A key that is an argument has an open size, like every other argument.
    if is_line && must_be_same(op, &key.shape().0[0], &Expression::Const(2), &why)? {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::CompileArgument,
        op,
        text(&key.seen()),
        "Make one with random.key(seed) or random.split(key).",
    ))
}

/// A key that nobody else gets, from the thread's generator.
#[track_caller]
fn next(op: &str) -> Result<Tensor> {
    let drawn = STATE.with(|state| match &mut *state.borrow_mut() {
        State::Words(words) if !trace::is_compiling() => {
            let [first, second] = *words;
            let word = |at| interfuse_compiler::ops::random::bits(&mut Lanes, [first, second], at);
            *words = [word(0), word(1)];
            Ok([word(2), word(3)])
        }
        State::Words(_) => Err(None),
        State::Key(key) => Err(Some(key.clone())),
    });
    let key = match drawn {
        Ok(words) => return key_from(words),
        Err(Some(key)) if key.is_tracer() || !trace::is_compiling() => key,
        // A trace that draws from a generator whose state it does not know would freeze the numbers.
        Err(_) => {
            trace::break_trace(BreakReason::Random, op, "")?;
            unreachable!("a trace is going on");
        }
    };
    let mut keys = split(&key, 2)?;
    let (own, rest) = (keys.remove(1), keys.remove(0));
    if !rest.is_tracer() {
        compute("evaluate", [&rest])?;
    }
    STATE.with(|state| *state.borrow_mut() = State::Key(rest));
    Ok(own)
}

/// The key, or one from the thread's generator.
#[track_caller]
pub(crate) fn chosen(op: &str, key: Option<&Tensor>) -> Result<Tensor> {
    match key {
        Some(key) => check_key(op, key).map(|()| key.clone()),
        None => next(op),
    }
}

/// Independent keys; the one they came from should not be used again.
#[function(name = "random.split", returns = "As many keys.")]
#[track_caller]
pub fn split(
    /// The key, which should not be used again.
    key: &Tensor,
    /// How many.
    #[default(2)]
    count: i64,
) -> Result<Vec<Tensor>> {
    const OP: &str = "random.split";
    check_key(OP, key)?;
    let keys = Tensor::make(OP, Kind::RandomBits { shape: checked_shape(OP, &[count, 2])? }, &[key])?;
    (0..count).map(|at| library::slice(&keys, &[Index::At(at)])).collect()
}

#[track_caller]
fn bits_as(op: &str, sizes: &[Expression], key: Option<&Tensor>) -> Result<Tensor> {
    let shape = checked_dims(op, sizes)?;
    let key = chosen(op, key)?;
    Tensor::make(op, Kind::RandomBits { shape }, &[&key])
}

/// 32 random bits per element as uint32.
#[function(name = "random.bits", returns = "That shape.")]
#[track_caller]
pub fn bits(
    /// The shape; none makes a scalar.
    #[default([])]
    shape: &(impl Sizes + ?Sized),
    /// Where the bits come from; without it a key is drawn from the generator.
    #[option]
    key: Option<&Tensor>,
) -> Result<Tensor> {
    bits_as("random.bits", &shape.expressions(), key)
}

fn number(value: f64) -> Operand<'static> {
    Operand::Weak(Weak::Float(value))
}

/// 0 <= u < 1 on a grid: every value is exact in its dtype.
#[track_caller]
fn unit(op: &str, sizes: &[Expression], dtype: DType, key: Option<&Tensor>) -> Result<Tensor> {
    if !dtype.is_float() {
        let message = format!("random numbers of dtype {dtype}");
        return Err(Error::new(
            ErrorKind::DType,
            op,
            message,
            "They are float32 or float16; see randint for integers.",
        ));
    }
    let digits = if dtype == DType::Float16 { 10 } else { 23 };
    let bits = bits_as(op, sizes, key)?.try_right_shift(Operand::Weak(Weak::Int(32 - digits)))?;
    bits.cast_as(op, dtype)?.try_mul(number(2f64.powi(-(digits as i32))))
}

/// Evenly from `low` (included) to `high`.
///
/// ```
/// use interfuse::{random, DType};
/// let x = random::uniform(&[1000], -1, 1, DType::Float32, Some(&random::key(7)?))?;
/// assert!(x.to_vec::<f32>()?.iter().all(|x| (-1.0..1.0).contains(x)));
/// # Ok::<(), interfuse::Error>(())
/// ```
#[function(name = "random.uniform", options = "UniformOptions", returns = "That shape.")]
#[track_caller]
pub fn uniform<'a>(
    /// The shape; none makes a scalar.
    #[default([])]
    shape: &(impl Sizes + ?Sized),
    /// The lower end, included.
    #[option(0)]
    low: impl Into<Operand<'a>>,
    /// The upper end, excluded.
    #[option(1)]
    high: impl Into<Operand<'a>>,
    /// The dtype of the numbers.
    #[option(DType::Float32)]
    dtype: DType,
    /// Where the bits come from; without it a key is drawn from the generator.
    #[option]
    key: Option<&Tensor>,
) -> Result<Tensor> {
    const OP: &str = "random.uniform";
    let (low, high) = (low.into(), high.into());
    let u = unit(OP, &shape.expressions(), dtype, key)?;
    if let (Operand::Weak(low), Operand::Weak(high)) = (low, high)
        && (low.to_f64(), high.to_f64()) == (0.0, 1.0)
    {
        return Ok(u);
    }
    let low = low.to_tensor(OP, dtype, u.device())?;
    let range = high.to_tensor(OP, dtype, u.device())?.try_sub(&low)?;
    u.try_mul(&range)?.try_add(&low)?.try_maximum(&low)
}

/// Standard normal numbers as float32.
#[track_caller]
fn standard(op: &str, sizes: &[Expression], key: Option<&Tensor>) -> Result<Tensor> {
    // Evenly in (-1, 1), without -1.
    let low = -1.0 + 2f64.powi(-24);
    let u =
        unit(op, sizes, DType::Float32, key)?.try_mul(number(2.0))?.try_add(number(low))?.try_maximum(number(low))?;
    u.try_erfinv()?.try_mul(number(SQRT_2))
}

/// Normally distributed.
#[function(name = "random.normal", options = "NormalOptions", returns = "That shape.")]
#[track_caller]
pub fn normal<'a>(
    /// The shape; none makes a scalar.
    #[default([])]
    shape: &(impl Sizes + ?Sized),
    /// The mean.
    #[option(0)]
    mean: impl Into<Operand<'a>>,
    /// The standard deviation.
    #[option(1)]
    std: impl Into<Operand<'a>>,
    /// The dtype of the numbers.
    #[option(DType::Float32)]
    dtype: DType,
    /// Where the bits come from; without it a key is drawn from the generator.
    #[option]
    key: Option<&Tensor>,
) -> Result<Tensor> {
    const OP: &str = "random.normal";
    let is = |x: Operand, value: f64| matches!(x, Operand::Weak(weak) if weak.to_f64() == value);
    let (mean, std) = (mean.into(), std.into());
    let mut x = standard(OP, &shape.expressions(), key)?;
    if !is(std, 1.0) {
        x = x.try_mul(std)?;
    }
    if !is(mean, 0.0) {
        x = x.try_add(mean)?;
    }
    x.cast_as(OP, dtype)
}

/// Normally distributed between `low` and `high`, numbers outside being drawn anew as it were.
#[function(name = "random.truncatedNormal", options = "RandomOptions", returns = "That shape.")]
#[track_caller]
pub fn truncated_normal(
    /// The least number.
    #[label("low")]
    low: f64,
    /// The largest number.
    #[label("high")]
    high: f64,
    /// The shape; none makes a scalar.
    #[default([])]
    shape: &(impl Sizes + ?Sized),
    /// The dtype of the numbers.
    #[option(DType::Float32)]
    dtype: DType,
    /// Where the bits come from; without it a key is drawn from the generator.
    #[option]
    key: Option<&Tensor>,
) -> Result<Tensor> {
    const OP: &str = "random.truncatedNormal";
    let u = unit(OP, &shape.expressions(), DType::Float32, key)?;
    // Known numbers: computed here, in double precision as far as the row is.
    let ends = Tensor::from_bytes(
        DType::Float32,
        &[2],
        &[low, high].map(|x| ((x * FRAC_1_SQRT_2) as f32).to_le_bytes()).concat(),
    )?;
    let ends = ends.try_erf()?;
    let (first, last) = (library::slice(&ends, &[Index::At(0)])?, library::slice(&ends, &[Index::At(1)])?);
    let x = u.try_mul(&last.try_sub(&first)?)?.try_add(&first)?.try_erfinv()?.try_mul(number(SQRT_2))?;
    x.try_clip(number(low), number(high))?.cast_as(OP, dtype)
}

/// true with probability p; without a shape in that of p.
#[function(name = "random.bernoulli", returns = "That shape, or that of p, as bool.")]
#[track_caller]
pub fn bernoulli<'a>(
    /// The probability of true.
    #[default(0.5)]
    p: impl Into<Operand<'a>>,
    /// The shape; that of p where it is left out.
    shape: Option<&dyn Sizes>,
    /// Where the bits come from; without it a key is drawn from the generator.
    #[option]
    key: Option<&Tensor>,
) -> Result<Tensor> {
    const OP: &str = "random.bernoulli";
    let p = p.into();
    let sizes = match (shape, p) {
        (Some(sizes), _) => sizes.expressions(),
        (None, Operand::Tensor(p)) => p.shape().expressions(),
        (None, Operand::Weak(_)) => Shape::scalar().expressions(),
    };
    unit(OP, &sizes, DType::Float32, key)?.try_less(p)
}

/// Integers evenly from `low` (included) to `high` (excluded).
#[function(
    name = "random.randint",
    options = "RandomOptions",
    returns = "That shape.",
    throws = "CompileArgumentError: low is not below high, or one is out of the dtype's range."
)]
#[track_caller]
pub fn randint(
    /// The least, included.
    #[label("low")]
    low: i64,
    /// The end, excluded.
    #[label("high")]
    high: i64,
    /// The shape; none makes a scalar.
    #[default([])]
    shape: &(impl Sizes + ?Sized),
    /// int32 or uint32.
    #[option(DType::Int32)]
    dtype: DType,
    /// Where the bits come from; without it a key is drawn from the generator.
    #[option]
    key: Option<&Tensor>,
) -> Result<Tensor> {
    const OP: &str = "random.randint";
    let bad = |message: String, hint: &str| Err(Error::new(ErrorKind::CompileArgument, OP, message, hint));
    let (least, most) = match dtype {
        DType::Int32 => (i64::from(i32::MIN), i64::from(i32::MAX)),
        DType::UInt32 => (0, i64::from(u32::MAX)),
        DType::Bool | DType::Float16 | DType::Float32 => {
            return bad(format!("random integers of dtype {dtype}"), "They are int32 or uint32.");
        }
    };
    if low >= high || low < least || high - 1 > most {
        return bad(
            format!("there are no {dtype} numbers from {low} to {high}"),
            "low comes first, and high is excluded.",
        );
    }
    let sizes = shape.expressions();
    let (first, second) = match split(&chosen(OP, key)?, 2)?.as_slice() {
        [first, second] => (bits_as(OP, &sizes, Some(first))?, bits_as(OP, &sizes, Some(second))?),
        _ => unreachable!("two keys were asked for"),
    };
    // 64 bits modulo the span, where the products fit: of 32 bits alone small numbers would be a little more frequent.
    let span = high - low;
    let of = |value: i64| Operand::Weak(Weak::Int(value));
    let rest = |x: &Tensor| if span == 1 << 32 { Ok(x.clone()) } else { x.try_modulo(of(span)) };
    let mut offset = rest(&second)?;
    if span <= 1 << 16 {
        offset = rest(&rest(&first)?.try_mul(of((1 << 32) % span))?.try_add(&offset)?)?;
    }
    // Two's complement: adding wraps to the right integer.
    offset.cast_as(OP, dtype)?.try_add(Operand::Weak(Weak::Int(low)))
}

/// Gumbel distributed: -ln(-ln(u)).
#[function(name = "random.gumbel", options = "RandomOptions", returns = "That shape.")]
#[track_caller]
pub fn gumbel(
    /// The shape; none makes a scalar.
    #[default([])]
    shape: &(impl Sizes + ?Sized),
    /// The dtype of the numbers.
    #[option(DType::Float32)]
    dtype: DType,
    /// Where the bits come from; without it a key is drawn from the generator.
    #[option]
    key: Option<&Tensor>,
) -> Result<Tensor> {
    const OP: &str = "random.gumbel";
    let u = unit(OP, &shape.expressions(), DType::Float32, key)?.try_maximum(number(f64::from(f32::MIN_POSITIVE)))?;
    let minus_log = |x: &Tensor| Tensor::apply(Op::Neg, &[(&x.try_log()?).into()]);
    minus_log(&minus_log(&u)?)?.cast_as(OP, dtype)
}

/// Positions drawn with the probabilities softmax(logits).
#[function(
    name = "random.categorical",
    options = "CategoricalOptions",
    returns = "The shape of the logits without the axis, as uint32; with samples a last axis of as many."
)]
#[track_caller]
pub fn categorical(
    /// Of every class, along an axis.
    logits: &Tensor,
    /// The axis of the classes, the last by default.
    #[option(-1)]
    axis: i64,
    /// So many draws each, along a new last axis.
    #[option]
    samples: Option<i64>,
    /// Where the bits come from; without it a key is drawn from the generator.
    #[option]
    key: Option<&Tensor>,
) -> Result<Tensor> {
    const OP: &str = "random.categorical";
    let axis = crate::axes::one(OP, axis, logits.aval())? as i64;
    let mut logits = logits.cast_as(OP, DType::Float32)?;
    let mut sizes = logits.shape().expressions();
    if let Some(samples) = samples {
        logits = library::expand_dims(&logits, -1)?;
        sizes.push(Expression::Const(samples));
    }
    let noise = gumbel(sizes.as_slice(), DType::Float32, key)?;
    library::argmax(&Tensor::apply(Op::Add, &[(&logits).into(), (&noise).into()])?, Some(axis), false)
}

/// The numbers 0, 1, ... below `count` in random order, as uint32.
#[function(inner, name = "random.permutation")]
#[track_caller]
pub fn permutation(count: i64, key: Option<&Tensor>) -> Result<Tensor> {
    const OP: &str = "random.permutation";
    library::argsort(&bits_as(OP, &[interfuse_compiler::dim::Dim::Const(count)], key)?, Some(0))
        .map_err(|error| error.named(OP))
}

/// The rows of a tensor along an axis in random order.
#[function(inner, name = "random.permutation")]
#[track_caller]
pub fn permutation_of(x: &Tensor, axis: i64, key: Option<&Tensor>) -> Result<Tensor> {
    const OP: &str = "random.permutation";
    let at = crate::axes::one(OP, axis, x.aval())?;
    let order = permutation(x.sizes()[at] as i64, key)?;
    library::take(x, &order, Some(axis)).map_err(|error| error.named(OP))
}
