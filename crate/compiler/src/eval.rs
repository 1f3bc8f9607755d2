//! The oracle: a slow, obvious interpreter of graphs.
//!
//! What a graph means is what this says. It holds every value in full, visits elements one at a time by their index, takes scalar
//! meanings from the table ([`ops::value`]; the table's tests hold them against exact values), and accumulates sums, products and
//! contractions in doubles, rounded once at the end. Accumulation starts from the neutral element, as kernels do: the sum of one -0
//! is 0. Of a positive and a negative zero the larger is the positive one, so that max and min do not depend on the order.
//!
//! Nothing is optimised here on purpose. The module exists in tests and with the feature `oracle` only.

pub(crate) mod random;
mod real;

use crate::dim::{Atom, Dim};
use crate::dtype::{DType, Scalar};
use crate::graph::Graph;
use crate::kind::{CombineOp, ConvGeometry, DotAxes, Kind, ReduceOp, View};
use crate::ops::{self, Op};
use crate::shape::{Aval, Shape};
use std::fmt;

pub use real::{Reals, eval_real};

/// No value may have more elements than this.
const MAX_ELEMENTS: usize = 1 << 28;

/// An array in row-major order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Value {
    /// The sizes of the axes.
    pub sizes: Vec<usize>,
    /// The type of the elements.
    pub dtype: DType,
    /// The elements, each of that dtype.
    pub data: Vec<Scalar>,
}

/// Why a graph has no value for these arguments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EvalError(pub String);

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EvalError {}

fn fail<T>(message: impl Into<String>) -> Result<T, EvalError> {
    Err(EvalError(message.into()))
}

impl Value {
    /// From elements in row-major order.
    ///
    /// # Panics
    /// When there are not as many elements as the sizes say, or one has another dtype.
    pub fn new(sizes: &[usize], dtype: DType, data: Vec<Scalar>) -> Value {
        assert_eq!(sizes.iter().product::<usize>(), data.len(), "as many elements as the sizes {sizes:?} say");
        assert!(data.iter().all(|x| x.dtype() == dtype), "elements of dtype {dtype}");
        Value { sizes: sizes.to_vec(), dtype, data }
    }

    /// A float32 array.
    pub fn f32(sizes: &[usize], data: &[f32]) -> Value {
        Value::new(sizes, DType::Float32, data.iter().map(|x| Scalar::f32(*x)).collect())
    }

    /// An int32 array.
    pub fn i32(sizes: &[usize], data: &[i32]) -> Value {
        Value::new(sizes, DType::Int32, data.iter().map(|x| Scalar::i32(*x)).collect())
    }

    /// A uint32 array.
    pub fn u32(sizes: &[usize], data: &[u32]) -> Value {
        Value::new(sizes, DType::UInt32, data.iter().map(|x| Scalar::u32(*x)).collect())
    }

    /// The elements as doubles, which hold every dtype exactly.
    pub fn to_f64(&self) -> Vec<f64> {
        self.data.iter().map(|x| x.to_f64()).collect()
    }

    /// Bit for bit the same, except that one NaN is as good as another.
    pub fn same(&self, other: &Value) -> bool {
        let nan = |x: &Scalar| x.dtype().is_float() && x.to_f64().is_nan();
        self.sizes == other.sizes
            && self.dtype == other.dtype
            && self.data.iter().zip(&other.data).all(|(a, b)| a == b || (nan(a) && nan(b)))
    }

    /// One element per index, by a function of the index.
    fn build(sizes: &[usize], dtype: DType, mut element: impl FnMut(&[usize]) -> Scalar) -> Value {
        let mut data = Vec::with_capacity(sizes.iter().product());
        for_each(sizes, |index| data.push(element(index)));
        Value { sizes: sizes.to_vec(), dtype, data }
    }

    fn at(&self, index: &[usize]) -> Scalar {
        self.data[position(&self.sizes, index)]
    }
}

/// The row-major position of an index.
fn position(sizes: &[usize], index: &[usize]) -> usize {
    debug_assert_eq!(sizes.len(), index.len());
    index.iter().zip(sizes).fold(0, |at, (i, size)| at * size + i)
}

/// Visits all indices in row-major order.
fn for_each(sizes: &[usize], mut visit: impl FnMut(&[usize])) {
    let mut index = vec![0; sizes.len()];
    for _ in 0..sizes.iter().product() {
        visit(&index);
        for axis in (0..sizes.len()).rev() {
            index[axis] += 1;
            if index[axis] < sizes[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
}

/// The results of a graph. `inputs` and `constants` by position, `symbols` by their ids.
pub fn eval(graph: &Graph, inputs: &[Value], constants: &[Value], symbols: &[i64]) -> Result<Vec<Value>, EvalError> {
    let scope = Scope { constants, symbols };
    let mut values: Vec<Value> = Vec::with_capacity(graph.len());
    for (id, node) in graph.nodes() {
        let operands: Vec<&Value> = node.operands.iter().map(|operand| &values[operand.index()]).collect();
        let value = scope.node(&node.kind, &node.aval, &operands, inputs);
        let value = value.map_err(|error| EvalError(format!("{} ({id}): {error}", node.kind.name())))?;
        values.push(value);
    }
    Ok(graph.outputs().iter().map(|output| values[output.index()].clone()).collect())
}

/// What holds in a graph and in the bodies within it.
struct Scope<'a> {
    constants: &'a [Value],
    symbols: &'a [i64],
}

impl Scope<'_> {
    /// The value of an expression; an error where it divides by zero, knows no symbol, or overflows.
    fn number(&self, dim: &Dim) -> Result<i64, EvalError> {
        let (terms, constant) = dim.parts();
        let mut sum = constant;
        for term in terms {
            let mut product = term.coefficient;
            for factor in &term.factors {
                product = match product.checked_mul(self.atom(factor)?) {
                    Some(product) => product,
                    None => return fail(format!("{dim} overflows")),
                };
            }
            sum = match sum.checked_add(product) {
                Some(sum) => sum,
                None => return fail(format!("{dim} overflows")),
            };
        }
        Ok(sum)
    }

    fn atom(&self, atom: &Atom) -> Result<i64, EvalError> {
        if let Some((a, b)) = atom.operands() {
            let (x, y) = (self.number(a)?, self.number(b)?);
            let divided = matches!(atom, Atom::FloorDiv(..) | Atom::Mod(..));
            return match atom {
                _ if divided && y <= 0 => fail(format!("{atom}: the divisor is {y}")),
                Atom::FloorDiv(..) => Ok(x.div_euclid(y)),
                Atom::Mod(..) => Ok(x.rem_euclid(y)),
                Atom::Min(..) => Ok(x.min(y)),
                Atom::Max(..) | Atom::Symbol(_) | Atom::Coord(_) | Atom::Value(_) => Ok(x.max(y)),
            };
        }
        match atom {
            Atom::Symbol(symbol) => match self.symbols.get(symbol.0 as usize) {
                Some(size) => Ok(*size),
                None => fail(format!("symbol {atom} has no value")),
            },
            _ => fail(format!("{atom} has no value outside of a kernel")),
        }
    }

    fn sizes(&self, shape: &Shape) -> Result<Vec<usize>, EvalError> {
        let mut sizes = Vec::new();
        let mut count = 1usize;
        for dim in shape.dims() {
            let size = self.number(dim)?;
            let Ok(size) = usize::try_from(size) else {
                return fail(format!("size {dim} is {size}"));
            };
            count = count.saturating_mul(size);
            sizes.push(size);
        }
        if count > MAX_ELEMENTS {
            return fail(format!("{shape} has more than {MAX_ELEMENTS} elements"));
        }
        Ok(sizes)
    }

    fn leaf(&self, what: &str, index: u32, aval: &Aval, values: &[Value]) -> Result<Value, EvalError> {
        let Some(value) = values.get(index as usize) else {
            return fail(format!("{what} {index} is missing"));
        };
        let sizes = self.sizes(&aval.shape)?;
        if value.sizes != sizes || value.dtype != aval.dtype {
            return fail(format!(
                "{what} {index} must be {}{sizes:?}, got {}{:?}",
                aval.dtype, value.dtype, value.sizes
            ));
        }
        Ok(value.clone())
    }

    fn node(&self, kind: &Kind, aval: &Aval, operands: &[&Value], inputs: &[Value]) -> Result<Value, EvalError> {
        let sizes = self.sizes(&aval.shape)?;
        let dtype = aval.dtype;
        Ok(match kind {
            Kind::Input { index, aval } => self.leaf("input", *index, aval, inputs)?,
            Kind::Constant { index, aval } => self.leaf("constant", *index, aval, self.constants)?,
            Kind::Literal { value } => Value::new(&[], dtype, vec![*value]),
            Kind::Iota { axis, .. } => {
                Value::build(&sizes, dtype, |index| Scalar::from_f64(dtype, index[*axis as usize] as f64))
            }
            Kind::Size { dim, .. } => Value::new(&[], dtype, vec![Scalar::from_f64(dtype, self.number(dim)? as f64)]),
            Kind::Map { op } => {
                // `where` is told by the dtype of what it chooses from.
                let operand = operands.last().expect("maps have operands").dtype;
                let element = |at: usize| {
                    let args: Vec<Scalar> = operands.iter().map(|x| x.data[at]).collect();
                    ops::value(*op, operand, &args)
                };
                Value::new(&sizes, dtype, (0..operands[0].data.len()).map(element).collect())
            }
            Kind::Cast { to } => Value::new(&sizes, dtype, operands[0].data.iter().map(|x| x.cast(*to)).collect()),
            Kind::Reduce { op, axes } => reduce(*op, axes, &sizes, dtype, operands[0])?,
            Kind::Scan { op, axis, reverse } => {
                scan(*op, *axis as usize, *reverse, operands[0], operands.get(1).copied())
            }
            Kind::View(view) => self.view(view, &sizes, operands[0])?,
            Kind::Dot { axes } => dot(axes, &sizes, operands[0], operands[1]),
            Kind::Conv { geometry } => conv(geometry, &sizes, operands[0], operands[1]),
            Kind::Gather { axis } => gather(*axis as usize, &sizes, operands[0], operands[1])?,
            Kind::Scatter { axis, op } => scatter(*axis as usize, *op, operands[0], operands[1], operands[2]),
            Kind::Concatenate { axis } => concatenate(*axis as usize, &sizes, operands),
            Kind::ArgSort { axis } => argsort(*axis as usize, operands[0]),
            Kind::SortKey => {
                let key = |x: &Scalar| Scalar::u32(interfuse_lanes::serial::key(operands[0].dtype, x.lane()));
                Value::new(&sizes, dtype, operands[0].data.iter().map(key).collect())
            }
            Kind::Permute => {
                let mut out = operands[0].clone();
                for (element, place) in operands[0].data.iter().zip(&operands[1].data) {
                    out.data[place.bits() as usize] = *element;
                }
                out
            }
            Kind::RandomBits { .. } => {
                let key = [operands[0].data[0].bits(), operands[0].data[1].bits()];
                let bits = |at| Scalar::u32(random::bits(key, at));
                Value::new(&sizes, dtype, (0..sizes.iter().product::<usize>() as u64).map(bits).collect())
            }
            Kind::Call { body, output, .. } => {
                self.body(body, operands.iter().map(|x| (*x).clone()).collect())?.swap_remove(*output as usize)
            }
            Kind::Loop { body, length, carries, output } => {
                self.run_loop(body, length, *carries, *output, &sizes, dtype, operands)?
            }
            Kind::Barrier { .. } => operands[0].clone(),
        })
    }

    fn body(&self, body: &Graph, inputs: Vec<Value>) -> Result<Vec<Value>, EvalError> {
        eval(body, &inputs, self.constants, self.symbols)
    }

    #[allow(clippy::too_many_arguments)]
    fn run_loop(
        &self,
        body: &Graph,
        length: &Dim,
        carries: u32,
        output: u32,
        sizes: &[usize],
        dtype: DType,
        operands: &[&Value],
    ) -> Result<Value, EvalError> {
        let (carries, output) = (carries as usize, output as usize);
        let mut carried: Vec<Value> = operands[..carries].iter().map(|x| (*x).clone()).collect();
        let mut stacked = Vec::new();
        for step in 0..self.number(length)?.max(0) as usize {
            let slices = operands[carries..].iter().map(|x| {
                let sizes = &x.sizes[1..];
                let count: usize = sizes.iter().product();
                Value::new(sizes, x.dtype, x.data[step * count..(step + 1) * count].to_vec())
            });
            let mut results = self.body(body, carried.iter().cloned().chain(slices).collect())?;
            if output >= carries {
                stacked.extend_from_slice(&results[output].data);
            }
            results.truncate(carries);
            carried = results;
        }
        Ok(if output < carries { carried.swap_remove(output) } else { Value::new(sizes, dtype, stacked) })
    }

    fn view(&self, view: &View, sizes: &[usize], x: &Value) -> Result<Value, EvalError> {
        // Builds by index; the given function writes the operand's index for a result's index, or says that there is none.
        let mut source = vec![0usize; x.sizes.len()];
        let mut pick = |outside: Scalar, map: &mut dyn FnMut(&[usize], &mut [usize]) -> bool| {
            Value::build(sizes, x.dtype, |index| if map(index, &mut source) { x.at(&source) } else { outside })
        };
        // For the views without an outside.
        let none = Scalar::from_f64(x.dtype, 0.0);
        Ok(match view {
            View::Reshape { .. } => {
                if sizes.iter().product::<usize>() != x.data.len() {
                    return fail(format!("{:?} has not as many elements as {sizes:?}", x.sizes));
                }
                Value::new(sizes, x.dtype, x.data.clone())
            }
            View::Transpose { permutation } => pick(none, &mut |index, source| {
                for (at, axis) in permutation.iter().enumerate() {
                    source[*axis as usize] = index[at];
                }
                true
            }),
            View::Broadcast { axes, .. } => pick(none, &mut |index, source| {
                for (at, axis) in axes.iter().enumerate() {
                    source[at] = if x.sizes[at] == 1 { 0 } else { index[*axis as usize] };
                }
                true
            }),
            View::Slice { start, step, .. } => {
                let start = start.iter().map(|s| self.number(s)).collect::<Result<Vec<i64>, _>>()?;
                let inside = (0..sizes.len()).all(|axis| {
                    let last = start[axis] + step[axis] * (sizes[axis] as i64 - 1);
                    let legal = |i: i64| (0..x.sizes[axis] as i64).contains(&i);
                    legal(start[axis]) && legal(last)
                });
                if !inside && !sizes.contains(&0) {
                    return fail(format!("from {start:?} by {step:?} to {sizes:?} leaves {:?}", x.sizes));
                }
                pick(none, &mut |index, source| {
                    for axis in 0..index.len() {
                        source[axis] = (start[axis] + step[axis] * index[axis] as i64) as usize;
                    }
                    true
                })
            }
            View::Flip { axes } => pick(none, &mut |index, source| {
                source.copy_from_slice(index);
                for axis in axes {
                    let axis = *axis as usize;
                    source[axis] = x.sizes[axis] - 1 - index[axis];
                }
                true
            }),
            View::Pad { low, value, .. } => {
                let low = low.iter().map(|l| self.number(l)).collect::<Result<Vec<i64>, _>>()?;
                pick(*value, &mut |index, source| {
                    (0..index.len()).all(|axis| {
                        let i = index[axis] as i64 - low[axis];
                        source[axis] = i.max(0) as usize;
                        (0..x.sizes[axis] as i64).contains(&i)
                    })
                })
            }
        })
    }
}

/// Sums or multiplies: floats in doubles, integers modulo 2^32, rounded or wrapped at the end.
enum Accumulator {
    Float(f64),
    Integer(u32),
}

impl Accumulator {
    fn start(op: CombineOp, dtype: DType) -> Accumulator {
        let neutral = u8::from(op == CombineOp::Mul);
        if dtype.is_float() { Accumulator::Float(f64::from(neutral)) } else { Accumulator::Integer(u32::from(neutral)) }
    }

    fn take(&mut self, op: CombineOp, x: Scalar) {
        match (self, op) {
            (Accumulator::Float(sum), CombineOp::Mul) => *sum *= x.to_f64(),
            (Accumulator::Float(sum), _) => *sum += x.to_f64(),
            (Accumulator::Integer(sum), CombineOp::Mul) => *sum = sum.wrapping_mul(x.bits()),
            (Accumulator::Integer(sum), _) => *sum = sum.wrapping_add(x.bits()),
        }
    }

    fn finish(&self, dtype: DType) -> Scalar {
        match self {
            Accumulator::Float(sum) => Scalar::from_f64(dtype, *sum),
            Accumulator::Integer(sum) => Scalar::from_bits(dtype, *sum),
        }
    }
}

fn is_nan(x: Scalar) -> bool {
    x.dtype().is_float() && x.to_f64().is_nan()
}

/// Is `x` larger than the best so far (smaller, for the minimum)? NaN beats everything but NaN. Ties do not win.
fn beats(largest: bool, x: Scalar, best: Scalar) -> bool {
    if is_nan(best) || is_nan(x) {
        return is_nan(x) && !is_nan(best);
    }
    if largest { x.to_f64() > best.to_f64() } else { x.to_f64() < best.to_f64() }
}

/// The larger or smaller of two; a positive zero is above a negative one.
fn extreme(largest: bool, a: Scalar, b: Scalar) -> Scalar {
    if a.to_f64() == 0.0 && b.to_f64() == 0.0 && a.dtype().is_float() {
        let negative = |x: Scalar| x.to_f64().is_sign_negative();
        return if negative(a) == largest { b } else { a };
    }
    if beats(largest, b, a) { b } else { a }
}

fn reduce(op: ReduceOp, axes: &[u32], sizes: &[usize], dtype: DType, x: &Value) -> Result<Value, EvalError> {
    // The elements of each result, in row-major order of the operand.
    let mut groups: Vec<Vec<Scalar>> = vec![Vec::new(); sizes.iter().product()];
    let mut index = Vec::new();
    for_each(&x.sizes, |from| {
        index.clear();
        index.extend(from.iter().enumerate().filter(|(axis, _)| !axes.contains(&(*axis as u32))).map(|(_, i)| *i));
        groups[position(sizes, &index)].push(x.at(from));
    });
    let combine = |group: &Vec<Scalar>| {
        let largest = matches!(op, ReduceOp::Max | ReduceOp::ArgMax);
        let accumulate = |combine: CombineOp| {
            let mut sum = Accumulator::start(combine, dtype);
            group.iter().for_each(|x| sum.take(combine, *x));
            sum.finish(dtype)
        };
        match op {
            ReduceOp::Sum => Ok(accumulate(CombineOp::Add)),
            ReduceOp::Prod => Ok(accumulate(CombineOp::Mul)),
            ReduceOp::Any => Ok(Scalar::bool(group.iter().any(|x| x.bits() != 0))),
            ReduceOp::All => Ok(Scalar::bool(group.iter().all(|x| x.bits() != 0))),
            ReduceOp::Max | ReduceOp::Min | ReduceOp::ArgMax | ReduceOp::ArgMin => {
                let Some((first, rest)) = group.split_first() else {
                    return fail(format!("{} of nothing", op.name()));
                };
                if !op.is_arg() {
                    return Ok(rest.iter().fold(*first, |best, x| extreme(largest, best, *x)));
                }
                let mut best = (0, *first);
                for (at, x) in rest.iter().enumerate() {
                    if beats(largest, *x, best.1) {
                        best = (at + 1, *x);
                    }
                }
                Ok(Scalar::u32(best.0 as u32))
            }
        }
    };
    Ok(Value::new(sizes, dtype, groups.iter().map(combine).collect::<Result<_, _>>()?))
}

/// ln(e^a + e^b) in doubles.
fn log_add_exp(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        return f64::NAN;
    }
    let high = a.max(b);
    if high.is_infinite() { high } else { high + libm::log1p(libm::exp(a.min(b) - high)) }
}

fn scan(op: CombineOp, axis: usize, reverse: bool, x: &Value, starts: Option<&Value>) -> Value {
    let mut out = x.clone();
    let mut lines = x.sizes.clone();
    let length = std::mem::replace(&mut lines[axis], usize::from(!x.data.is_empty()));
    for_each(&lines, |line| {
        let mut index = line.to_vec();
        let mut sum = Accumulator::start(op, x.dtype);
        let mut log_sum = f64::NEG_INFINITY;
        let mut best: Option<Scalar> = None;
        for step in 0..length {
            index[axis] = if reverse { length - 1 - step } else { step };
            let element = x.at(&index);
            if starts.is_some_and(|starts| starts.at(&index).bits() != 0) {
                (sum, log_sum, best) = (Accumulator::start(op, x.dtype), f64::NEG_INFINITY, None);
            }
            out.data[position(&x.sizes, &index)] = match op {
                CombineOp::Max | CombineOp::Min => {
                    let next = best.map_or(element, |best| extreme(op == CombineOp::Max, best, element));
                    best = Some(next);
                    next
                }
                CombineOp::LogAddExp => {
                    log_sum = log_add_exp(log_sum, element.to_f64());
                    Scalar::from_f64(x.dtype, log_sum)
                }
                CombineOp::Add | CombineOp::Mul | CombineOp::Set => {
                    sum.take(op, element);
                    sum.finish(x.dtype)
                }
            };
        }
    });
    out
}

/// The products that a contraction adds up, for each result in order: positions in the left and the right operand.
fn dot_terms(
    axes: &DotAxes,
    sizes: &[usize],
    left: &[usize],
    right: &[usize],
    mut visit: impl FnMut(&[(usize, usize)]),
) {
    let (free_left, free_right) = (axes.free_left(left.len()), axes.free_right(right.len()));
    let contracted: Vec<usize> = axes.contract.iter().map(|(l, _)| left[*l as usize]).collect();
    let (mut l, mut r) = (vec![0; left.len()], vec![0; right.len()]);
    let mut terms = Vec::new();
    for_each(sizes, |index| {
        let (batch, rest) = index.split_at(axes.batch.len());
        let (from_left, from_right) = rest.split_at(free_left.len());
        for (i, (a, b)) in batch.iter().zip(&axes.batch) {
            l[*a as usize] = *i;
            r[*b as usize] = *i;
        }
        free_left.iter().zip(from_left).for_each(|(axis, i)| l[*axis as usize] = *i);
        free_right.iter().zip(from_right).for_each(|(axis, i)| r[*axis as usize] = *i);
        terms.clear();
        for_each(&contracted, |inner| {
            for (i, (a, b)) in inner.iter().zip(&axes.contract) {
                l[*a as usize] = *i;
                r[*b as usize] = *i;
            }
            terms.push((position(left, &l), position(right, &r)));
        });
        visit(&terms);
    });
}

fn dot(axes: &DotAxes, sizes: &[usize], left: &Value, right: &Value) -> Value {
    let mut data = Vec::new();
    dot_terms(axes, sizes, &left.sizes, &right.sizes, |terms| data.push(sum_of_products(terms, left, right)));
    Value::new(sizes, left.dtype, data)
}

fn sum_of_products(terms: &[(usize, usize)], left: &Value, right: &Value) -> Scalar {
    let mut sum = 0.0;
    for (l, r) in terms {
        sum += left.data[*l].to_f64() * right.data[*r].to_f64();
    }
    Scalar::from_f64(left.dtype, sum)
}

/// The products that a convolution adds up, for each result in order: positions in the input and the kernel.
fn conv_terms(
    geometry: &ConvGeometry,
    sizes: &[usize],
    input: &[usize],
    kernel: &[usize],
    mut visit: impl FnMut(&[(usize, usize)]),
) {
    let spatial = geometry.stride.len();
    let window = &kernel[1..=spatial];
    let per_group = kernel[spatial + 1];
    let out_per_group = (kernel[0] / geometry.groups as usize).max(1);
    let mut terms = Vec::new();
    for_each(sizes, |index| {
        let out_channel = index[spatial + 1];
        let group = out_channel / out_per_group;
        terms.clear();
        for_each(window, |tap| {
            let mut at_input = vec![index[0]];
            let mut at_kernel = vec![out_channel];
            for axis in 0..spatial {
                let dilated = tap[axis] * geometry.kernel_dilation[axis] as usize;
                let at = (index[axis + 1] * geometry.stride[axis] as usize + dilated) as i64
                    - i64::from(geometry.padding[axis].0);
                let between = i64::from(geometry.input_dilation[axis]);
                // Outside, or between two elements of a dilated input, there are zeros.
                if at < 0 || at % between != 0 || at / between >= input[axis + 1] as i64 {
                    return;
                }
                at_input.push((at / between) as usize);
                at_kernel.push(if geometry.flip { window[axis] - 1 - tap[axis] } else { tap[axis] });
            }
            at_input.push(0);
            at_kernel.push(0);
            for channel in 0..per_group {
                at_input[spatial + 1] = group * per_group + channel;
                at_kernel[spatial + 1] = channel;
                terms.push((position(input, &at_input), position(kernel, &at_kernel)));
            }
        });
        visit(&terms);
    });
}

fn conv(geometry: &ConvGeometry, sizes: &[usize], input: &Value, kernel: &Value) -> Value {
    let mut data = Vec::new();
    let mut add = |terms: &[(usize, usize)]| data.push(sum_of_products(terms, input, kernel));
    conv_terms(geometry, sizes, &input.sizes, &kernel.sizes, &mut add);
    Value::new(sizes, input.dtype, data)
}

/// An index as a signed number; negative ones count from the end.
fn from_end(index: Scalar, size: usize) -> i64 {
    let i = index.to_f64() as i64;
    if i < 0 { i + size as i64 } else { i }
}

fn gather(axis: usize, sizes: &[usize], data: &Value, indices: &Value) -> Result<Value, EvalError> {
    let size = data.sizes[axis];
    if size == 0 && !sizes.contains(&0) {
        return fail("nothing can be taken from an empty axis");
    }
    let rank = indices.sizes.len();
    Ok(Value::build(sizes, data.dtype, |index| {
        let at = from_end(indices.at(&index[axis..axis + rank]), size).clamp(0, size as i64 - 1) as usize;
        let source: Vec<usize> = index[..axis].iter().chain([&at]).chain(&index[axis + rank..]).copied().collect();
        data.at(&source)
    }))
}

fn scatter(axis: usize, op: CombineOp, data: &Value, indices: &Value, updates: &Value) -> Value {
    let mut out = data.clone();
    let size = data.sizes[axis];
    // Row by row along the axis, so that updates of one row happen in the order of the indices.
    let mut rows = updates.sizes.clone();
    let count = std::mem::replace(&mut rows[axis], 1);
    for at in 0..count {
        let row = from_end(indices.data[at], size);
        if !(0..size as i64).contains(&row) {
            continue;
        }
        for_each(&rows, |index| {
            let (mut source, mut target) = (index.to_vec(), index.to_vec());
            source[axis] = at;
            target[axis] = row as usize;
            let target = position(&data.sizes, &target);
            let (old, new) = (out.data[target], updates.at(&source));
            out.data[target] = match op {
                CombineOp::Add => ops::value(Op::Add, data.dtype, &[old, new]),
                CombineOp::Mul => ops::value(Op::Mul, data.dtype, &[old, new]),
                CombineOp::Max => extreme(true, old, new),
                CombineOp::Min => extreme(false, old, new),
                CombineOp::Set | CombineOp::LogAddExp => new,
            };
        });
    }
    out
}

fn concatenate(axis: usize, sizes: &[usize], operands: &[&Value]) -> Value {
    Value::build(sizes, operands[0].dtype, |index| {
        let mut index = index.to_vec();
        let mut from = operands.iter();
        let mut part = from.next().expect("at least one operand");
        while index[axis] >= part.sizes[axis] {
            index[axis] -= part.sizes[axis];
            part = from.next().expect("sizes add up");
        }
        part.at(&index)
    })
}

fn argsort(axis: usize, x: &Value) -> Value {
    let mut out = Value::new(&x.sizes, DType::UInt32, vec![Scalar::u32(0); x.data.len()]);
    let mut lines = x.sizes.clone();
    let length = std::mem::replace(&mut lines[axis], usize::from(!x.data.is_empty()));
    for_each(&lines, |line| {
        let mut index = line.to_vec();
        let mut at = |i: usize| {
            index[axis] = i;
            position(&x.sizes, &index)
        };
        let keys: Vec<f64> = (0..length).map(|i| x.data[at(i)].to_f64()).collect();
        let mut order: Vec<usize> = (0..length).collect();
        // Not by `total_cmp`: zeros of both signs are equal, and NaN of both signs come last.
        order.sort_by(|a, b| {
            keys[*a].partial_cmp(&keys[*b]).unwrap_or_else(|| keys[*a].is_nan().cmp(&keys[*b].is_nan()))
        });
        for (rank, from) in order.into_iter().enumerate() {
            out.data[at(rank)] = Scalar::u32(from as u32);
        }
    });
    out
}

#[cfg(test)]
mod tests;
