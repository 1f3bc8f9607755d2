//! Sums of products by letters, and what else is made of diagonals and products.

use super::create::iota;
use super::reduce::{result_dtype, wide};
use super::view::{about, reshape_as};
use crate::axes::{Axes, one};
use crate::error::{Error, ErrorKind, Result};
use crate::operand::{Operand, common_dtype};
use crate::symbolic::{Dim, Explain, must_be_same, same, seen_dim};
use crate::tensor::Tensor;
use interfuse_compiler::dim::Dim as Expression;
use interfuse_compiler::dtype::{DType, Weak};
use interfuse_compiler::kind::{DotAxes, Kind, ReduceOp, View};
use interfuse_compiler::ops::Op;
use interfuse_compiler::shape::Shape;
use interfuse_derive::function;
use smallvec::SmallVec;
use std::rc::Rc;

/// A factor on the way: a tensor whose axes have letters, each once.
#[derive(Clone)]
struct Factor {
    x: Tensor,
    letters: Vec<char>,
}

/// Einstein's sum: `einsum("ij,jk->ik", a, b)` is a matrix product. Letters that do not stand behind the arrow are summed over;
/// without an arrow those that stand once remain, in alphabetical order. `...` stands for axes without letters, which broadcast. The order
/// of products is chosen for few operations.
///
/// ```
/// use interfuse::{library::einsum, Tensor};
/// let a = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
/// assert_eq!(einsum("ij->ji", &[a.clone()])?.to_vec::<f32>()?, [1.0, 3.0, 2.0, 4.0]);
/// assert_eq!(einsum("ii", &[a])?.to_vec::<f32>()?, [5.0]);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[function(
    returns = "The axes whose letters stand behind the arrow.",
    throws = "ShapeError: a letter stands for two sizes.",
    example = "einsum(\"ij,jk->ik\", tensor([[1, 2], [3, 4]]), tensor([[1], [1]])) // [[3], [7]]"
)]
#[track_caller]
pub fn einsum(
    /// Letters for the axes of each tensor, and behind an arrow those of the result.
    formula: &str,
    /// As many as the formula has groups of letters.
    #[rest]
    tensors: &[Tensor],
) -> Result<Tensor> {
    const OP: &str = "einsum";
    let bad = |message: String, hint: &str| Error::new(ErrorKind::CompileArgument, OP, message, hint);
    let text: String = formula.chars().filter(|c| !c.is_whitespace()).collect();
    let (left, right) = match text.split_once("->") {
        Some((left, right)) => (left.to_string(), Some(right.to_string())),
        None => (text.clone(), None),
    };
    let terms: Vec<&str> = left.split(',').collect();
    if terms.len() != tensors.len() || tensors.is_empty() {
        return Err(bad(format!("\"{formula}\" has {} terms for {} tensors", terms.len(), tensors.len()), ""));
    }
    let Some((terms, result)) = letters(&terms, right.as_deref(), tensors) else {
        return Err(bad(
            format!("cannot read \"{formula}\""),
            "Write letters, commas and one arrow, as in \"ij,jk->ik\"; at most one \"...\" in a term, and behind the arrow where a term has one.",
        ));
    };
    if let Some(letter) = result.iter().find(|c| !terms.iter().any(|t| t.contains(c))) {
        return Err(bad(format!("no tensor has an axis '{letter}' in \"{formula}\""), ""));
    }
    if result.iter().enumerate().any(|(at, c)| result[..at].contains(c)) {
        return Err(bad(format!("a letter stands twice behind the arrow of \"{formula}\""), ""));
    }
    let operands: Vec<Operand<'_>> = tensors.iter().map(Operand::from).collect();
    let dtype = common_dtype(OP, &operands)?;
    let dtype = if dtype == DType::Bool { DType::Int32 } else { dtype };
    // Sizes that are not 1: an axis of '...' that is, is repeated.
    let of_terms = || terms.iter().zip(tensors).flat_map(|(term, x)| term.iter().zip(x.shape().dims()));
    let repeated: Vec<char> = of_terms().filter(|(_, size)| !seen_dim(size).is(1)).map(|(letter, _)| *letter).collect();
    let mut factors: Vec<Factor> = Vec::new();
    let mut sizes: Vec<(char, Expression)> = Vec::new();
    for (term, x) in terms.iter().zip(tensors) {
        if term.len() != x.ndim() {
            let message = format!("\"{}\" names {} axes of {}", term.iter().collect::<String>(), term.len(), x.seen());
            return Err(Error::new(ErrorKind::Shape, OP, message, "Give one letter per axis."));
        }
        // An axis of size 1 without a letter broadcasts: a factor that has not got it does the same.
        let cast = x.cast_as(OP, dtype)?;
        let (mut kept, mut own): (Vec<char>, Vec<Expression>) = Default::default();
        for (letter, size) in term.iter().zip(x.shape().dims()) {
            let why = || about("an axis of '...' in ".into(), x, " is repeated where its size is 1".into());
            let is_one = size.is(1)
                || seen_dim(size).is(1) && repeated.contains(letter) && same(OP, size, &Expression::ONE, &why)?;
            if !(is_unnamed(*letter) && is_one) {
                kept.push(*letter);
                own.push(size.clone());
            }
        }
        let cast = reshape_as(OP, &cast, &own.iter().cloned().map(Dim::from).collect::<Vec<Dim>>())?;
        for (letter, size) in kept.iter().zip(&own) {
            let Some((_, known)) = sizes.iter().find(|(c, _)| c == letter) else {
                sizes.push((*letter, size.clone()));
                continue;
            };
            let of = if is_unnamed(*letter) { "an axis of '...'".to_string() } else { format!("'{letter}'") };
            let text = move |known: &Expression, size: &Expression| format!("{of} is {known} and {size}");
            let why = || -> Explain {
                let (text, known, size) = (text.clone(), known.clone(), size.clone());
                Rc::new(move |now| text(&now.known(&known), &now.known(&size)))
            };
            if !must_be_same(OP, known, size, &why)? {
                let message = format!("{} in \"{formula}\"", text(&seen_dim(known), &seen_dim(size)));
                return Err(Error::new(
                    ErrorKind::Shape,
                    OP,
                    message,
                    "Axes with the same letter must have equal sizes.",
                ));
            }
        }
        factors.push(own_letters(OP, &cast, &kept)?);
    }
    // Greedy: the pair whose product has the fewest elements, measured against what it replaces.
    while factors.len() > 1 {
        let mut best: Option<(f64, usize, usize)> = None;
        for i in 0..factors.len() {
            for j in i + 1..factors.len() {
                let kept = kept_letters(&factors, i, j, &result);
                let count = |letters: &[char]| -> f64 { letters.iter().map(|c| size_of(&sizes, *c)).product() };
                let cost = count(&kept) - count(&factors[i].letters) - count(&factors[j].letters);
                if best.is_none_or(|(least, ..)| cost < least) {
                    best = Some((cost, i, j));
                }
            }
        }
        let (_, i, j) = best.expect("there are two");
        let kept = kept_letters(&factors, i, j, &result);
        let (b, a) = (factors.remove(j), factors.remove(i));
        factors.push(multiplied(OP, &a, &b, &kept)?);
    }
    let mut last = summed(OP, &factors[0], &result)?;
    // Axes of '...' that are 1 everywhere.
    for letter in result.iter().filter(|c| is_unnamed(**c)) {
        if !last.letters.contains(letter) {
            last = Factor { x: super::expand_dims(&last.x, 0)?, letters: [&[*letter], &last.letters[..]].concat() };
        }
    }
    let order: Vec<i64> = result
        .iter()
        .map(|c| last.letters.iter().position(|d| d == c).expect("every letter of the result is left") as i64)
        .collect();
    super::transpose(&last.x, Some(&order))
}

/// Axes of `...` have letters of their own, counted from the last.
const UNNAMED: char = '\u{e000}';

fn is_unnamed(letter: char) -> bool {
    letter >= UNNAMED
}

/// The letters of every term and of the result, in full; `None` when the formula cannot be read.
fn letters(terms: &[&str], result: Option<&str>, tensors: &[Tensor]) -> Option<(Vec<Vec<char>>, Vec<char>)> {
    const DOTS: &str = "...";
    let named = |term: &str| term.chars().all(|c| c.is_ascii_alphabetic()).then(|| term.chars().collect::<Vec<char>>());
    // What stands before and behind the dots, if there are any.
    let read = |term: &str| -> Option<(Vec<char>, Option<Vec<char>>)> {
        match term.split_once(DOTS) {
            Some((before, behind)) => Some((named(before)?, Some(named(behind)?))),
            None => Some((named(term)?, None)),
        }
    };
    let unnamed = |count: usize| (0..count).rev().filter_map(|at| char::from_u32(UNNAMED as u32 + at as u32));
    let mut most = None;
    let mut all = Vec::with_capacity(terms.len());
    for (term, x) in terms.iter().zip(tensors) {
        let (before, behind) = read(term)?;
        let Some(behind) = behind else {
            all.push(before);
            continue;
        };
        // Where there are more letters than axes, the count of axes says so.
        let count = x.ndim().saturating_sub(before.len() + behind.len());
        most = most.max(Some(count));
        all.push(before.into_iter().chain(unnamed(count)).chain(behind).collect());
    }
    let result = match result {
        Some(result) => match (read(result)?, most) {
            ((before, Some(behind)), most) => {
                before.into_iter().chain(unnamed(most.unwrap_or(0))).chain(behind).collect()
            }
            // Axes without letters cannot vanish unseen.
            ((_, None), Some(1..)) => return None,
            ((before, None), _) => before,
        },
        None => {
            let given: Vec<char> = all.iter().flatten().copied().filter(|c| !is_unnamed(*c)).collect();
            let mut once: Vec<char> =
                given.iter().copied().filter(|c| given.iter().filter(|d| *d == c).count() == 1).collect();
            interfuse_compiler::small::sort(&mut once);
            unnamed(most.unwrap_or(0)).chain(once).collect()
        }
    };
    Some((all, result))
}

fn size_of(sizes: &[(char, Expression)], letter: char) -> f64 {
    let size = sizes.iter().find(|(c, _)| *c == letter).and_then(|(_, size)| size.as_const());
    // Of sizes that are open any number does: it is only for choosing.
    size.unwrap_or(128) as f64
}

/// The letters that the product of two factors keeps: those of the result and of other factors.
fn kept_letters(factors: &[Factor], i: usize, j: usize, result: &[char]) -> Vec<char> {
    let needed = |c: &char| {
        result.contains(c) || factors.iter().enumerate().any(|(at, f)| at != i && at != j && f.letters.contains(c))
    };
    let mut kept: Vec<char> = factors[i].letters.iter().copied().filter(needed).collect();
    for c in factors[j].letters.iter().filter(|c| needed(c)) {
        if !kept.contains(c) {
            kept.push(*c);
        }
    }
    kept
}

/// A letter that stands twice means the diagonal.
#[track_caller]
fn own_letters(op: &str, x: &Tensor, term: &[char]) -> Result<Factor> {
    let (mut x, mut letters) = (x.clone(), term.to_vec());
    while let Some((first, second)) =
        (0..letters.len()).find_map(|i| (i + 1..letters.len()).find(|j| letters[*j] == letters[i]).map(|j| (i, j)))
    {
        // The pair last, then as one axis.
        let rest: Vec<usize> = (0..letters.len()).filter(|a| *a != first && *a != second).collect();
        let order: Vec<i64> = rest.iter().chain([&first, &second]).map(|a| *a as i64).collect();
        x = diagonal_of(op, &super::transpose(&x, Some(&order))?, 0)?;
        letters = rest.iter().map(|a| letters[*a]).chain([letters[first]]).collect();
    }
    Ok(Factor { x, letters })
}

/// Sums over the letters that are not kept.
#[track_caller]
fn summed(op: &str, factor: &Factor, kept: &[char]) -> Result<Factor> {
    let axes: interfuse_compiler::kind::Axes =
        (0..factor.letters.len()).filter(|a| !kept.contains(&factor.letters[*a])).map(|a| a as u32).collect();
    if axes.is_empty() {
        return Ok(factor.clone());
    }
    let x = Tensor::make(op, Kind::Reduce { op: ReduceOp::Sum, axes }, &[&factor.x])?;
    Ok(Factor { x, letters: factor.letters.iter().copied().filter(|c| kept.contains(c)).collect() })
}

#[track_caller]
fn multiplied(op: &str, a: &Factor, b: &Factor, kept: &[char]) -> Result<Factor> {
    // What only one of them has and nobody needs goes first.
    let alone = |factor: &Factor, other: &Factor| {
        let letters: Vec<char> =
            factor.letters.iter().copied().filter(|c| kept.contains(c) || other.letters.contains(c)).collect();
        summed(op, factor, &letters)
    };
    let (a, b) = (alone(a, b)?, alone(b, a)?);
    let place = |factor: &Factor, c: char| factor.letters.iter().position(|d| *d == c).map(|at| at as u32);
    let shared: Vec<char> = a.letters.iter().copied().filter(|c| b.letters.contains(c)).collect();
    let (batch, contract): (Vec<char>, Vec<char>) = shared.into_iter().partition(|c| kept.contains(c));
    if contract.is_empty() || !a.x.dtype().is_float() {
        // Nothing is summed (or integers are): a product of elements.
        let all: Vec<char> =
            a.letters.iter().copied().chain(b.letters.iter().copied().filter(|c| !a.letters.contains(c))).collect();
        let size = |c: &char| {
            let of = |f: &Factor| place(f, *c).map(|at| f.x.shape().0[at as usize].clone());
            of(&a).or_else(|| of(&b)).expect("a letter of one of them")
        };
        let shape: Shape = all.iter().map(size).collect();
        let spread = |factor: &Factor| -> Result<Tensor> {
            let letters: Vec<char> = all.iter().copied().filter(|c| factor.letters.contains(c)).collect();
            let order: Vec<i64> = letters.iter().map(|c| i64::from(place(factor, *c).expect("it has it"))).collect();
            let x = super::transpose(&factor.x, Some(&order))?;
            let axes = letters.iter().map(|c| all.iter().position(|d| d == c).expect("one of all") as u32).collect();
            Tensor::make(op, Kind::View(View::Broadcast { shape: shape.clone(), axes }), &[&x])
        };
        let x = Tensor::apply(Op::Mul, &[(&spread(&a)?).into(), (&spread(&b)?).into()])?;
        return summed(op, &Factor { x, letters: all }, kept);
    }
    let pairs = |letters: &[char]| -> SmallVec<[(u32, u32); 2]> {
        letters.iter().map(|c| (place(&a, *c).expect("shared"), place(&b, *c).expect("shared"))).collect()
    };
    let axes = DotAxes { batch: pairs(&batch), contract: pairs(&contract) };
    let free = |factor: &Factor| -> Vec<char> {
        factor.letters.iter().copied().filter(|c| !batch.contains(c) && !contract.contains(c)).collect()
    };
    let letters: Vec<char> = batch.iter().copied().chain(free(&a)).chain(free(&b)).collect();
    let x = Tensor::make(op, Kind::Dot { axes }, &[&a.x, &b.x])?;
    Ok(Factor { x, letters })
}

/// The `k`-th diagonal of the last two axes, as one axis.
#[track_caller]
fn diagonal_of(op: &str, x: &Tensor, k: i64) -> Result<Tensor> {
    let rank = x.ndim();
    let dims = x.shape().dims().to_vec();
    let (rows, columns) = (dims[rank - 2].clone(), dims[rank - 1].clone());
    let (down, right) = (Expression::Const((-k).max(0)), Expression::Const(k.max(0)));
    let of = &crate::symbolic::bounds;
    let count = rows.sub(&down).smaller(&columns.sub(&right), of).larger(&Expression::ZERO, of);
    // In row-major order neighbours on a diagonal are `columns + 1` apart.
    let front: Shape = dims[..rank - 2].iter().cloned().collect();
    let mut line = front.clone();
    line.0.push(rows.mul(&columns));
    let x = reshape_as(op, x, &line)?;
    let first = down.mul(&columns).add(&right);
    let index: Shape = [count].into_iter().collect();
    let at = iota(x.device(), op, index, 0, DType::Int32)?;
    let number = |dim: &Expression| super::create::number_of(x.device(), op, dim, DType::Int32);
    let at = at.try_mul(&number(&columns.add(&Expression::ONE))?)?.try_add(&number(&first)?)?;
    Tensor::make(op, Kind::Gather { axis: rank as u32 - 2 }, &[&x, &at])
}

#[track_caller]
fn pair(op: &str, x: &Tensor, first: i64, second: i64) -> Result<Tensor> {
    let (a, b) = (one(op, first, x.aval())?, one(op, second, x.aval())?);
    if a == b {
        let message = format!("a diagonal of {} needs two axes, got {first} twice", x.seen());
        return Err(Error::new(ErrorKind::CompileArgument, op, message, ""));
    }
    let order: Vec<i64> =
        (0..x.ndim()).filter(|axis| *axis != a && *axis != b).chain([a, b]).map(|axis| axis as i64).collect();
    super::transpose(x, Some(&order))
}

/// The `k`-th diagonal of two axes (by default the last two), as a new last axis.
#[function(
    method,
    returns = "The other axes of x, then the diagonal.",
    example = "diagonal(tensor([[1, 2], [3, 4]])) // [1, 4]"
)]
#[track_caller]
pub fn diagonal(
    x: &Tensor,
    /// Which diagonal; positive ones are above the main one.
    #[default(0)]
    k: i64,
    /// [row axis, column axis].
    #[default((-2, -1))]
    axes: (i64, i64),
) -> Result<Tensor> {
    const OP: &str = "diagonal";
    diagonal_of(OP, &pair(OP, x, axes.0, axes.1)?, k)
}

/// A vector on the `k`-th diagonal of a matrix of zeros, or that diagonal of a matrix.
#[function(
    method,
    returns = "A matrix of a vector, a vector of a matrix.",
    throws = "ShapeError: x is neither.",
    example = "diag(tensor([1, 2])) // [[1, 0], [0, 2]]"
)]
#[track_caller]
pub fn diag(
    x: &Tensor,
    /// Which diagonal; positive ones are above the main one.
    #[default(0)]
    k: i64,
) -> Result<Tensor> {
    const OP: &str = "diag";
    match x.ndim() {
        1 => {
            let more = Expression::Const(k.abs());
            let size = x.shape().0[0].add(&more);
            let square: Shape = [size.clone(), size].into_iter().collect();
            // Each row looks into the vector at its own place.
            let row = iota(x.device(), OP, square.clone(), 0, DType::Int32)?;
            let column = iota(x.device(), OP, square.clone(), 1, DType::Int32)?;
            let on = column.try_sub(&row)?.try_equal(Operand::Weak(Weak::Int(k)))?;
            let at = row.try_sub(Operand::Weak(Weak::Int((-k).max(0))))?.try_maximum(Operand::Weak(Weak::Int(0)))?;
            let values = Tensor::make(OP, Kind::Gather { axis: 0 }, &[x, &at])?;
            super::choose(&on, &values, &super::zeros(&square, x.dtype())?)
        }
        2 => diagonal_of(OP, x, k),
        _ => Err(Error::new(
            ErrorKind::Shape,
            OP,
            format!("{} is no vector and no matrix", x.seen()),
            "For more axes, use diagonal.",
        )),
    }
}

/// The sum of the `k`-th diagonal of two axes (by default the last two).
#[function(method, returns = "The other axes of x.", example = "trace(tensor([[1, 2], [3, 4]])) // 5")]
#[track_caller]
pub fn trace(
    x: &Tensor,
    /// Which diagonal; positive ones are above the main one.
    #[default(0)]
    k: i64,
    /// [row axis, column axis].
    #[default((-2, -1))]
    axes: (i64, i64),
) -> Result<Tensor> {
    const OP: &str = "trace";
    let diagonal = diagonal_of(OP, &pair(OP, x, axes.0, axes.1)?, k)?;
    super::sum(&diagonal, -1, false)
}

/// Kronecker's product: every element of the first times the whole second, in its place.
#[function(
    method,
    returns = "The sizes of both, multiplied.",
    example = "kron(tensor([1, 2]), tensor([1, 1])) // [1, 1, 2, 2]"
)]
#[track_caller]
pub fn kron(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    const OP: &str = "kron";
    let rank = a.ndim().max(b.ndim());
    let dims = |x: &Tensor| -> Vec<Expression> {
        std::iter::repeat_n(Expression::ONE, rank - x.ndim()).chain(x.shape().dims().iter().cloned()).collect()
    };
    let (left, right) = (dims(a), dims(b));
    let apart = |own: &[Expression], first: bool| -> Shape {
        own.iter()
            .flat_map(|size| if first { [size.clone(), Expression::ONE] } else { [Expression::ONE, size.clone()] })
            .collect()
    };
    let (a, b) = (reshape_as(OP, a, &apart(&left, true))?, reshape_as(OP, b, &apart(&right, false))?);
    let product = Tensor::apply(Op::Mul, &[(&a).into(), (&b).into()])?;
    let joined: Shape = left.iter().zip(&right).map(|(m, n)| m.mul(n)).collect();
    reshape_as(OP, &product, &joined)
}

/// A norm of vectors along axes: order 2 by default, 1, 0, Infinity or another number.
#[function(
    method,
    returns = "The shape of x without these axes, or with size 1 there.",
    example = "norm(tensor([3, 4])) // 5"
)]
#[track_caller]
pub fn norm(
    x: &Tensor,
    /// The axes to reduce; all of them by default. Negative ones count from the end.
    #[default(..)]
    axis: impl Into<Axes>,
    /// Leaves reduced axes with size 1.
    #[option(false)]
    keepdims: bool,
    /// 2 is the length, 1 the sum and infinity the largest of magnitudes, 0 the number of those that are not 0.
    #[option(2)]
    order: f64,
) -> Result<Tensor> {
    const OP: &str = "norm";
    let axes = axis.into();
    let wide = wide(OP, x)?;
    let magnitude = wide.try_abs()?;
    let y = if order == 2.0 {
        super::sum(&wide.try_square()?, axes, keepdims)?.try_sqrt()?
    } else if order == 1.0 {
        super::sum(&magnitude, axes, keepdims)?
    } else if order == f64::INFINITY {
        super::max(&magnitude, axes, keepdims)?
    } else if order == f64::NEG_INFINITY {
        super::min(&magnitude, axes, keepdims)?
    } else if order == 0.0 {
        super::sum(&wide.try_not_equal(Operand::Weak(Weak::Int(0)))?.cast_as(OP, DType::Float32)?, axes, keepdims)?
    } else {
        let power = |x: &Tensor, y: f64| x.try_pow(Operand::Weak(Weak::Float(y)));
        power(&super::sum(&power(&magnitude, order)?, axes, keepdims)?, 1.0 / order)?
    };
    y.cast_as(OP, result_dtype(x))
}

/// NaN and infinities as numbers; without one given infinities become the largest finite number.
#[function(method, returns = "The shape of x.", example = "nanToNum(tensor([NaN, 1])) // [0, 1]")]
#[track_caller]
pub fn nan_to_num(
    x: &Tensor,
    /// Instead of NaN.
    #[option(0)]
    nan: f64,
    /// Instead of Infinity.
    #[option]
    posinf: Option<f64>,
    /// Instead of -Infinity.
    #[option]
    neginf: Option<f64>,
) -> Result<Tensor> {
    if !x.dtype().is_float() {
        return Ok(x.clone());
    }
    let largest = if x.dtype() == DType::Float16 { 65504.0 } else { f64::from(f32::MAX) };
    let number = |value: f64| Operand::Weak(Weak::Float(value));
    let y = super::choose(&x.try_isnan()?, number(nan), x)?;
    let y = super::choose(&x.try_equal(number(f64::INFINITY))?, number(posinf.unwrap_or(largest)), &y)?;
    super::choose(&x.try_equal(number(f64::NEG_INFINITY))?, number(neginf.unwrap_or(-largest)), &y)
}

/// Rounds to that many decimals, halves to even; to tens and hundreds where it is negative.
#[track_caller]
pub fn round_to(x: &Tensor, decimals: i64) -> Result<Tensor> {
    const OP: &str = "round";
    if decimals == 0 {
        return x.try_round();
    }
    if decimals.abs() > 38 {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            OP,
            format!("decimals is {decimals}"),
            "It must be at most 38.",
        ));
    }
    if !x.dtype().is_float() && decimals > 0 {
        return Ok(x.clone());
    }
    let wide = wide(OP, x)?;
    let scale = Operand::Weak(Weak::Float(10f64.powi(decimals.unsigned_abs() as i32)));
    let y = match decimals > 0 {
        true => wide.try_mul(scale)?.try_round()?.try_div(scale)?,
        false => wide.try_div(scale)?.try_round()?.try_mul(scale)?,
    };
    y.cast_as(OP, x.dtype())
}
