//! The table: one row per scalar op.
//!
//! A row is everything the house knows of an op: names, doc, dtypes, meaning (over [`Emit`]: the CPU's loops and the GPU's code at
//! once), exact value (the oracle), partial derivatives, error bound and test domain. Parser, folding, gradients, batching, fusion,
//! bindings, documentation and tests follow from it; adding an op is adding a row. Formulas over other ops do not belong here.

mod calc;
mod math;
mod number;
mod oracle;
mod special;
mod trig;

pub mod block;
pub mod domain;
pub mod partial;
pub mod random;

#[cfg(test)]
mod tests;

use crate::dtype::{DType, Scalar};
use crate::emit::{Bin, Emit, Un};
use block::{F32, I32, Meaning, Truth, U32};
use calc::v;
use domain::{
    ABOVE_MINUS_ONE, BASE, Domain, EXPONENT, FROM_ONE, POSITIVE, REAL, UNIT, anywhere, divisible, normal_first,
    reducible,
};
use oracle::Exact::{self, Bits, Choose, Classify, Compare, Float1, Float2, Not, Number1, Number2, Number3};
use partial::d;

pub use block::{Block, block_cast, block_round_f16};
pub use domain::{Bound, samples, within};
pub use partial::Build;

/// Which dtypes a row works on, and what it gives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Signature {
    /// float -> the same; the front end casts integers and bool to float32.
    Float,
    /// int32, uint32, float16, float32 -> the same; bool is cast to int32 first.
    Number,
    /// int32, uint32 -> the same; bool too, but not for shifts.
    Bits,
    /// any -> bool
    Compare,
    /// float -> bool; integers and bool are cast to float32 first.
    Classify,
    /// bool -> bool; others are cast to bool first.
    Logic,
    /// (bool, T, T) -> T
    Choose,
}

/// One op.
#[derive(Debug)]
pub struct Row {
    /// Which.
    pub op: Op,
    /// The name in every language and in listings.
    pub name: &'static str,
    /// Number of operands.
    pub arity: usize,
    /// Dtypes.
    pub signature: Signature,
    /// Whether the two operands may be swapped.
    pub commutative: bool,
    /// The rough cost in fused multiply-adds. A test checks that it is between a third of the operations that the formula appends, and all
    /// of them.
    pub cost: u32,
}

/// What is promised of an op and tested: a table of its own, because nothing that runs programs reads it, and what nothing reads is
/// not linked (the exact values alone would bring a libm in double precision into the Wasm).
#[derive(Debug)]
pub struct Facts {
    /// What it computes.
    pub doc: &'static str,
    /// The names of its operands, which the doc uses.
    pub operands: &'static [&'static str],
    /// Error bound over the domain, true on every device.
    pub bound: Bound,
    /// Where it is tested.
    pub domain: Domain,
    exact: Exact,
}

macro_rules! loops {
    (1, $m:ty, $t:ty) => {
        Block::Unary(block::unary::<$m, $t>)
    };
    (2, $m:ty, $t:ty) => {
        Block::Binary(block::binary::<$m, $t>)
    };
    (3, $m:ty, $t:ty) => {
        Block::Ternary(block::ternary::<$m, $t>)
    };
}

/// One loop per dtype that a signature tells apart.
macro_rules! loops_of {
    (Float, $n:tt, $m:ty, $t:ident) => {
        loops!($n, $m, F32)
    };
    (Classify, $n:tt, $m:ty, $t:ident) => {
        loops!($n, $m, F32)
    };
    (Logic, $n:tt, $m:ty, $t:ident) => {
        loops!($n, $m, Truth)
    };
    (Choose, $n:tt, $m:ty, $t:ident) => {
        loops!($n, $m, U32)
    };
    (Bits, $n:tt, $m:ty, $t:ident) => {
        match $t {
            DType::Int32 => loops!($n, $m, I32),
            DType::Bool => loops!($n, $m, Truth),
            DType::UInt32 | DType::Float16 | DType::Float32 => loops!($n, $m, U32),
        }
    };
    // Number and Compare: a bool orders like a uint32.
    ($s:ident, $n:tt, $m:ty, $t:ident) => {
        match $t {
            DType::Int32 => loops!($n, $m, I32),
            DType::Bool | DType::UInt32 => loops!($n, $m, U32),
            DType::Float16 | DType::Float32 => loops!($n, $m, F32),
        }
    };
}

macro_rules! flag {
    () => {
        false
    };
    (commutes) => {
        true
    };
}

macro_rules! table {
    ($dollar:tt $(
        $(#[doc = $doc:literal])+
        $id:ident $name:literal ($method:ident, $try_method:ident) $arity:tt $($commutes:ident)?, $signature:ident, cost $cost:literal, bound $ulps:literal $(+ $absolute:literal)?,
            domain $holds:ident [$($range:ident),+],
            meaning ($e:ident, $t:ident, [$($x:ident),+]) $meaning:expr,
            exact $exact:expr,
            partials ($b:ident, [$($p:ident),+], $out:ident) [$($partial:expr),*];
    )+) => {
        /// A scalar op; see the table.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Op {
            $( $(#[doc = $doc])+ $id, )+
        }

        static ROWS: &[Row] = &[$( Row {
            op: Op::$id,
            name: $name,
            arity: $arity,
            signature: Signature::$signature,
            commutative: flag!($($commutes)?),
            cost: $cost,
        }, )+];

        static FACTS: &[Facts] = &[$( Facts {
            doc: concat!($($doc, "\n"),+).trim_ascii(),
            operands: &[$(stringify!($x)),+],
            bound: Bound { ulps: $ulps, absolute: 0.0 $(+ $absolute)? },
            domain: Domain { args: &[$($range),+], holds: $holds },
            exact: $exact,
        }, )+];

        impl Op {
            /// All ops, in the order of the table.
            pub const ALL: &'static [Op] = &[$(Op::$id),+];
        }

        /// Calls a macro with the rows, as far as methods have to know them: doc, op, the names of the method and of the one that gives
        /// a mistake as a value, and the names of the operands.
        #[macro_export]
        macro_rules! for_each_op {
            ($dollar with:ident) => {
                $dollar with! { $( $(#[doc = $doc])+ $id $method $try_method [$($x),+]; )+ }
            };
        }

        /// One type per row, so that each loop over lanes holds one meaning only.
        mod meaning {
            $( pub(super) struct $id; )+
        }

        $( impl Meaning<$arity> for meaning::$id {
            #[inline(always)]
            fn of<E: Emit>($e: &mut E, $t: DType, [$($x),+]: [E::V; $arity]) -> E::V {
                let _ = $t;
                $meaning
            }
        } )+

        /// The meaning of an op. `operand` is the dtype of the operands (of the chosen ones for `where`); a float16 arrives
        /// widened to float32, and the caller rounds.
        pub fn apply<E: Emit>(op: Op, e: &mut E, operand: DType, args: &[E::V]) -> E::V {
            match op {
                $( Op::$id => {
                    let args: [E::V; $arity] = args.try_into().expect("as many operands as the row's arity");
                    meaning::$id::of(e, operand, args)
                } )+
            }
        }

        /// The meaning as a loop over lanes; float16 results are not rounded.
        pub fn block(op: Op, operand: DType) -> Block {
            match op {
                $( Op::$id => loops_of!($signature, $arity, meaning::$id, operand), )+
            }
        }

        /// The derivative of `out = op(args)` by operand `index`; `None` where it is zero everywhere. For float operands only.
        #[allow(unused_variables, unused_mut, unused_assignments)]
        pub fn partial<B: Build>(op: Op, index: usize, b: &mut B, args: &[B::N], out: &B::N) -> Option<B::N> {
            match op {
                $( Op::$id => {
                    let [$($p),+] = args else { panic!("as many operands as the row's arity") };
                    let $b = b;
                    let $out = out;
                    let mut at = 0;
                    $(
                        if index == at {
                            return $partial;
                        }
                        at += 1;
                    )*
                    None
                } )+
            }
        }
    };
}

table! { $
    /// -x; integers wrap.
    Neg "neg" (negative, try_negative) 1, Number, cost 1, bound 0.0, domain anywhere [REAL],
        meaning (e, t, [x]) number::neg(e, t, x),
        exact Number1(|x| -x, |x| -x),
        partials (b, [x], y) [Some(b.number(-1.0, y))];
    /// |x|; of the smallest int32 itself. The derivative at 0 is 0.
    Abs "abs" (abs, try_abs) 1, Number, cost 1, bound 0.0, domain anywhere [REAL],
        meaning (e, t, [x]) number::abs(e, t, x),
        exact Number1(f64::abs, i64::abs),
        partials (b, [x], y) [Some(d!(b, y, (Sign x)))];
    /// -1, 0 or 1; 0 for NaN.
    Sign "sign" (sign, try_sign) 1, Number, cost 3, bound 0.0, domain anywhere [REAL],
        meaning (e, t, [x]) number::sign(e, t, x),
        exact Number1(oracle::sign, i64::signum),
        partials (b, [x], y) [];
    /// e to the power x.
    Exp "exp" (exp, try_exp) 1, Float, cost 15, bound 2.0, domain anywhere [REAL],
        meaning (e, t, [x]) math::exp(e, x),
        exact Float1(libm::exp),
        partials (b, [x], y) [Some(y.clone())];
    /// 2 to the power x.
    Exp2 "exp2" (exp2, try_exp2) 1, Float, cost 14, bound 2.0, domain anywhere [REAL],
        meaning (e, t, [x]) math::exp2(e, x),
        exact Float1(libm::exp2),
        partials (b, [x], y) [Some(d!(b, y, (y * {std::f64::consts::LN_2})))];
    /// e to the power x, minus 1; accurate near 0.
    Expm1 "expm1" (expm1, try_expm1) 1, Float, cost 20, bound 3.0, domain anywhere [REAL],
        meaning (e, t, [x]) math::expm1(e, x),
        exact Float1(libm::expm1),
        partials (b, [x], y) [Some(d!(b, y, (Exp x)))];
    /// Natural logarithm.
    Log "log" (log, try_log) 1, Float, cost 20, bound 2.0, domain anywhere [POSITIVE],
        meaning (e, t, [x]) math::log(e, x),
        exact Float1(libm::log),
        partials (b, [x], y) [Some(d!(b, y, (Reciprocal x)))];
    /// Logarithm to base 2.
    Log2 "log2" (log2, try_log2) 1, Float, cost 20, bound 2.0, domain anywhere [POSITIVE],
        meaning (e, t, [x]) math::log2(e, x),
        exact Float1(libm::log2),
        partials (b, [x], y) [Some(d!(b, y, ({std::f64::consts::LOG2_E} / x)))];
    /// Logarithm to base 10.
    Log10 "log10" (log10, try_log10) 1, Float, cost 20, bound 2.0, domain anywhere [POSITIVE],
        meaning (e, t, [x]) math::log10(e, x),
        exact Float1(libm::log10),
        partials (b, [x], y) [Some(d!(b, y, ({std::f64::consts::LOG10_E} / x)))];
    /// ln(1 + x); accurate near 0.
    Log1p "log1p" (log1p, try_log1p) 1, Float, cost 22, bound 3.0, domain anywhere [ABOVE_MINUS_ONE],
        meaning (e, t, [x]) math::log1p(e, x),
        exact Float1(libm::log1p),
        partials (b, [x], y) [Some(d!(b, y, (1.0 / (1.0 + x))))];
    /// Square root. The derivative at 0 is infinite.
    Sqrt "sqrt" (sqrt, try_sqrt) 1, Float, cost 4, bound 3.0, domain anywhere [POSITIVE],
        meaning (e, t, [x]) calc::sqrt(e, x),
        exact Float1(f64::sqrt),
        partials (b, [x], y) [Some(d!(b, y, (0.5 / y)))];
    /// 1 / sqrt(x).
    Rsqrt "rsqrt" (rsqrt, try_rsqrt) 1, Float, cost 12, bound 3.0, domain normal_first [POSITIVE],
        meaning (e, t, [x]) math::rsqrt(e, x),
        exact Float1(|x| 1.0 / x.sqrt()),
        partials (b, [x], y) [Some(d!(b, y, ({-0.5} * (y / x))))];
    /// x * x.
    Square "square" (square, try_square) 1, Number, cost 1, bound 0.0, domain anywhere [REAL],
        meaning (e, t, [x]) number::arithmetic(e, t, Bin::FMul, Bin::IMul, x, x),
        exact Number1(|x| x * x, |x| x.wrapping_mul(x)),
        partials (b, [x], y) [Some(d!(b, y, (x + x)))];
    /// 1 / x.
    Reciprocal "reciprocal" (reciprocal, try_reciprocal) 1, Float, cost 4, bound 2.5, domain divisible [REAL],
        meaning (e, t, [x]) v!(e, (1.0 / x)),
        exact Float1(|x| 1.0 / x),
        partials (b, [x], y) [Some(d!(b, y, (Neg (y * y))))];
    /// Sine of radians, accurate for all finite x.
    Sin "sin" (sin, try_sin) 1, Float, cost 90, bound 4.0, domain anywhere [REAL],
        meaning (e, t, [x]) trig::sin(e, x),
        exact Float1(libm::sin),
        partials (b, [x], y) [Some(d!(b, y, (Cos x)))];
    /// Cosine of radians, accurate for all finite x.
    Cos "cos" (cos, try_cos) 1, Float, cost 90, bound 4.0, domain anywhere [REAL],
        meaning (e, t, [x]) trig::cos(e, x),
        exact Float1(libm::cos),
        partials (b, [x], y) [Some(d!(b, y, (Neg (Sin x))))];
    /// Tangent of radians, accurate for all finite x.
    Tan "tan" (tan, try_tan) 1, Float, cost 95, bound 7.0, domain anywhere [REAL],
        meaning (e, t, [x]) trig::tan(e, x),
        exact Float1(libm::tan),
        partials (b, [x], y) [Some(d!(b, y, (1.0 + (y * y))))];
    /// Arc sine in radians; NaN outside -1..=1.
    Asin "asin" (asin, try_asin) 1, Float, cost 20, bound 5.0, domain anywhere [UNIT],
        meaning (e, t, [x]) trig::asin(e, x),
        exact Float1(libm::asin),
        partials (b, [x], y) [Some(d!(b, y, (Rsqrt ((1.0 - x) * (1.0 + x)))))];
    /// Arc cosine in radians; NaN outside -1..=1.
    Acos "acos" (acos, try_acos) 1, Float, cost 20, bound 4.0, domain anywhere [UNIT],
        meaning (e, t, [x]) trig::acos(e, x),
        exact Float1(libm::acos),
        partials (b, [x], y) [Some(d!(b, y, (Neg (Rsqrt ((1.0 - x) * (1.0 + x))))))];
    /// Arc tangent in radians.
    Atan "atan" (atan, try_atan) 1, Float, cost 25, bound 3.0, domain anywhere [REAL],
        meaning (e, t, [x]) trig::atan(e, x),
        exact Float1(libm::atan),
        partials (b, [x], y) [Some(d!(b, y, (1.0 / (1.0 + (x * x)))))];
    /// Hyperbolic sine.
    Sinh "sinh" (sinh, try_sinh) 1, Float, cost 25, bound 3.0, domain anywhere [REAL],
        meaning (e, t, [x]) special::sinh(e, x),
        exact Float1(libm::sinh),
        partials (b, [x], y) [Some(d!(b, y, (Cosh x)))];
    /// Hyperbolic cosine.
    Cosh "cosh" (cosh, try_cosh) 1, Float, cost 22, bound 3.0, domain anywhere [REAL],
        meaning (e, t, [x]) special::cosh(e, x),
        exact Float1(libm::cosh),
        partials (b, [x], y) [Some(d!(b, y, (Sinh x)))];
    /// Hyperbolic tangent; accurate near 0.
    Tanh "tanh" (tanh, try_tanh) 1, Float, cost 25, bound 3.0, domain anywhere [REAL],
        meaning (e, t, [x]) special::tanh(e, x),
        exact Float1(libm::tanh),
        partials (b, [x], y) [Some(d!(b, y, ((1.0 - y) * (1.0 + y))))];
    /// Inverse of the hyperbolic sine.
    Asinh "asinh" (asinh, try_asinh) 1, Float, cost 35, bound 4.0, domain anywhere [REAL],
        meaning (e, t, [x]) special::asinh(e, x),
        exact Float1(libm::asinh),
        partials (b, [x], y) [Some(d!(b, y, (Rsqrt (1.0 + (x * x)))))];
    /// Inverse of the hyperbolic cosine; NaN below 1.
    Acosh "acosh" (acosh, try_acosh) 1, Float, cost 35, bound 6.0, domain anywhere [FROM_ONE],
        meaning (e, t, [x]) special::acosh(e, x),
        exact Float1(|x| if x < 1.0 { f64::NAN } else { libm::acosh(x) }),
        partials (b, [x], y) [Some(d!(b, y, (Rsqrt ((x - 1.0) * (x + 1.0)))))];
    /// Inverse of the hyperbolic tangent; NaN outside -1..=1.
    Atanh "atanh" (atanh, try_atanh) 1, Float, cost 40, bound 4.0, domain anywhere [UNIT],
        meaning (e, t, [x]) special::atanh(e, x),
        exact Float1(libm::atanh),
        partials (b, [x], y) [Some(d!(b, y, (1.0 / ((1.0 - x) * (1.0 + x)))))];
    /// The error function; accurate near 0.
    Erf "erf" (erf, try_erf) 1, Float, cost 35, bound 3.0, domain anywhere [REAL],
        meaning (e, t, [x]) special::erf(e, x),
        exact Float1(libm::erf),
        partials (b, [x], y) [Some(d!(b, y, ({std::f64::consts::FRAC_2_SQRT_PI} * (Exp (Neg (x * x))))))];
    /// The inverse of the error function; infinite at -1 and 1, NaN beyond.
    Erfinv "erfinv" (erfinv, try_erfinv) 1, Float, cost 45, bound 6.0, domain anywhere [UNIT],
        meaning (e, t, [x]) special::erfinv(e, x),
        exact Float1(oracle::erfinv),
        partials (b, [x], y) [Some(d!(b, y, ({1.0 / std::f64::consts::FRAC_2_SQRT_PI} * (Exp (y * y)))))];
    /// 1 / (1 + e^-x).
    Sigmoid "sigmoid" (sigmoid, try_sigmoid) 1, Float, cost 22, bound 6.0, domain anywhere [REAL],
        meaning (e, t, [x]) math::sigmoid(e, x),
        exact Float1(oracle::sigmoid),
        partials (b, [x], y) [Some(d!(b, y, (y * (1.0 - y))))];
    /// The largest integral value not above x; integers stay.
    Floor "floor" (floor, try_floor) 1, Number, cost 1, bound 0.0, domain anywhere [REAL],
        meaning (e, t, [x]) number::rounding(e, t, Un::FFloor, x),
        exact Number1(f64::floor, |x| x),
        partials (b, [x], y) [];
    /// The smallest integral value not below x; integers stay.
    Ceil "ceil" (ceil, try_ceil) 1, Number, cost 1, bound 0.0, domain anywhere [REAL],
        meaning (e, t, [x]) number::rounding(e, t, Un::FCeil, x),
        exact Number1(f64::ceil, |x| x),
        partials (b, [x], y) [];
    /// The nearest integral value, halves to even; integers stay.
    Round "round" (round, try_round) 1, Number, cost 1, bound 0.0, domain anywhere [REAL],
        meaning (e, t, [x]) number::rounding(e, t, Un::FRound, x),
        exact Number1(f64::round_ties_even, |x| x),
        partials (b, [x], y) [];
    /// Rounds towards zero; integers stay.
    Trunc "trunc" (trunc, try_trunc) 1, Number, cost 1, bound 0.0, domain anywhere [REAL],
        meaning (e, t, [x]) number::rounding(e, t, Un::FTrunc, x),
        exact Number1(f64::trunc, |x| x),
        partials (b, [x], y) [];
    /// Whether x is NaN.
    IsNan "isnan" (isnan, try_isnan) 1, Classify, cost 2, bound 0.0, domain anywhere [REAL],
        meaning (e, t, [x]) calc::is_nan(e, x),
        exact Classify(f64::is_nan),
        partials (b, [x], y) [];
    /// Whether x is infinite.
    IsInf "isinf" (isinf, try_isinf) 1, Classify, cost 2, bound 0.0, domain anywhere [REAL],
        meaning (e, t, [x]) calc::is_inf(e, x),
        exact Classify(f64::is_infinite),
        partials (b, [x], y) [];
    /// Whether x is neither infinite nor NaN.
    IsFinite "isfinite" (isfinite, try_isfinite) 1, Classify, cost 2, bound 0.0, domain anywhere [REAL],
        meaning (e, t, [x]) calc::is_finite(e, x),
        exact Classify(f64::is_finite),
        partials (b, [x], y) [];
    /// Not x.
    LogicalNot "logicalNot" (logical_not, try_logical_not) 1, Logic, cost 1, bound 0.0, domain anywhere [REAL],
        meaning (e, t, [x]) calc::not(e, x),
        exact Not,
        partials (b, [x], y) [];
    /// All bits flipped; of a bool its opposite.
    BitwiseNot "bitwiseNot" (bitwise_not, try_bitwise_not) 1, Bits, cost 1, bound 0.0, domain anywhere [REAL],
        meaning (e, t, [x]) number::bitwise_not(e, t, x),
        exact Not,
        partials (b, [x], y) [];
    /// x + y; integers wrap.
    Add "add" (plus, try_add) 2 commutes, Number, cost 1, bound 0.0, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) number::arithmetic(e, t, Bin::FAdd, Bin::IAdd, x, y),
        exact Number2(|x, y| x + y, |x, y| x + y),
        partials (b, [x, y], z) [Some(b.number(1.0, z)), Some(b.number(1.0, z))];
    /// x - y; integers wrap.
    Sub "sub" (minus, try_sub) 2, Number, cost 1, bound 0.0, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) number::arithmetic(e, t, Bin::FSub, Bin::ISub, x, y),
        exact Number2(|x, y| x - y, |x, y| x - y),
        partials (b, [x, y], z) [Some(b.number(1.0, z)), Some(b.number(-1.0, z))];
    /// x * y; integers wrap.
    Mul "mul" (times, try_mul) 2 commutes, Number, cost 1, bound 0.0, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) number::arithmetic(e, t, Bin::FMul, Bin::IMul, x, y),
        exact Number2(|x, y| x * y, i64::wrapping_mul),
        partials (b, [x, y], z) [Some(y.clone()), Some(x.clone())];
    /// x / y; integers give float32.
    Div "div" (over, try_div) 2, Float, cost 4, bound 2.5, domain divisible [REAL, REAL],
        meaning (e, t, [x, y]) v!(e, (x / y)),
        exact Float2(|x, y| x / y),
        partials (b, [x, y], z) [Some(d!(b, z, (1.0 / y))), Some(d!(b, z, (Neg (z / y))))];
    /// x to the power y, by C99's rules. Integers wrap; a negative integer exponent gives 0.
    Pow "pow" (pow, try_pow) 2, Number, cost 60, bound 3.0, domain normal_first [BASE, EXPONENT],
        meaning (e, t, [x, y]) number::pow(e, t, x, y),
        exact Number2(libm::pow, oracle::pow),
        partials (b, [x, y], z) [
            Some(d!(b, z, (Where (Equal y 0.0) 0.0 (y * (Pow x (y - 1.0)))))),
            Some(d!(b, z, (z * (Log (Where (Equal x 0.0) 1.0 x)))))
        ];
    /// x - y floor(x / y), with the sign of y. Integers by 0 give 0. Exact for |x / y| below 2^22.
    Mod "mod" (modulo, try_modulo) 2, Number, cost 30, bound 1.0, domain reducible [REAL, REAL],
        meaning (e, t, [x, y]) number::modulo(e, t, x, y),
        exact Number2(oracle::modulo_float, oracle::modulo),
        partials (b, [x, y], z) [Some(b.number(1.0, z)), Some(d!(b, z, (Neg (FloorDivide x y))))];
    /// floor(x / y). Integers by 0 give 0. Exact for |x / y| below 2^22.
    FloorDivide "floorDivide" (floor_divide, try_floor_divide) 2, Number, cost 30, bound 0.0, domain reducible [REAL, REAL],
        meaning (e, t, [x, y]) number::floor_divide(e, t, x, y),
        exact Number2(oracle::floor_divide_float, oracle::floor_divide),
        partials (b, [x, y], z) [];
    /// The angle of the point (y, x): atan2(first, second) has the tangent first / second.
    Atan2 "atan2" (atan2, try_atan2) 2, Float, cost 35, bound 6.0, domain anywhere [REAL, REAL],
        meaning (e, t, [y, x]) trig::atan2(e, y, x),
        exact Float2(libm::atan2),
        partials (b, [y, x], z) [
            Some(d!(b, z, (x / ((x * x) + (y * y))))),
            Some(d!(b, z, (Neg (y / ((x * x) + (y * y))))))
        ];
    /// The larger; NaN where either is NaN. The derivative of a tie goes to the second.
    Maximum "maximum" (maximum, try_maximum) 2, Number, cost 3, bound 0.0, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) number::maximum(e, t, x, y),
        exact Number2(oracle::maximum, i64::max),
        partials (b, [x, y], z) [Some(d!(b, z, (Where (Greater x y) 1.0 0.0))), Some(d!(b, z, (Where (Greater x y) 0.0 1.0)))];
    /// The smaller; NaN where either is NaN. The derivative of a tie goes to the second.
    Minimum "minimum" (minimum, try_minimum) 2, Number, cost 3, bound 0.0, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) number::minimum(e, t, x, y),
        exact Number2(oracle::minimum, i64::min),
        partials (b, [x, y], z) [Some(d!(b, z, (Where (Less x y) 1.0 0.0))), Some(d!(b, z, (Where (Less x y) 0.0 1.0)))];
    /// x == y; false where either is NaN.
    Equal "equal" (equal, try_equal) 2 commutes, Compare, cost 2, bound 0.0, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) number::equal(e, t, x, y),
        exact Compare(|x, y| x == y),
        partials (b, [x, y], z) [];
    /// x != y; true where either is NaN.
    NotEqual "notEqual" (not_equal, try_not_equal) 2 commutes, Compare, cost 2, bound 0.0, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) { let z = number::equal(e, t, x, y); calc::not(e, z) },
        exact Compare(|x, y| x != y),
        partials (b, [x, y], z) [];
    /// x < y.
    Less "less" (less, try_less) 2, Compare, cost 2, bound 0.0, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) number::less(e, t, x, y),
        exact Compare(|x, y| x < y),
        partials (b, [x, y], z) [];
    /// x <= y.
    LessEqual "lessEqual" (less_equal, try_less_equal) 2, Compare, cost 2, bound 0.0, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) number::less_equal(e, t, x, y),
        exact Compare(|x, y| x <= y),
        partials (b, [x, y], z) [];
    /// x > y.
    Greater "greater" (greater, try_greater) 2, Compare, cost 2, bound 0.0, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) number::less(e, t, y, x),
        exact Compare(|x, y| x > y),
        partials (b, [x, y], z) [];
    /// x >= y.
    GreaterEqual "greaterEqual" (greater_equal, try_greater_equal) 2, Compare, cost 2, bound 0.0, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) number::less_equal(e, t, y, x),
        exact Compare(|x, y| x >= y),
        partials (b, [x, y], z) [];
    /// x and y.
    LogicalAnd "logicalAnd" (logical_and, try_logical_and) 2 commutes, Logic, cost 1, bound 0.0, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) calc::and(e, x, y),
        exact Bits(|_, x, y| x & y),
        partials (b, [x, y], z) [];
    /// x or y.
    LogicalOr "logicalOr" (logical_or, try_logical_or) 2 commutes, Logic, cost 1, bound 0.0, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) calc::or(e, x, y),
        exact Bits(|_, x, y| x | y),
        partials (b, [x, y], z) [];
    /// The bits set in both.
    BitwiseAnd "bitwiseAnd" (bitwise_and, try_bitwise_and) 2 commutes, Bits, cost 1, bound 0.0, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) number::bitwise(e, t, Bin::And, Bin::BAnd, x, y),
        exact Bits(|_, x, y| x & y),
        partials (b, [x, y], z) [];
    /// The bits set in either.
    BitwiseOr "bitwiseOr" (bitwise_or, try_bitwise_or) 2 commutes, Bits, cost 1, bound 0.0, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) number::bitwise(e, t, Bin::Or, Bin::BOr, x, y),
        exact Bits(|_, x, y| x | y),
        partials (b, [x, y], z) [];
    /// The bits set in one of the two.
    BitwiseXor "bitwiseXor" (bitwise_xor, try_bitwise_xor) 2 commutes, Bits, cost 1, bound 0.0, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) number::exclusive_or(e, t, x, y),
        exact Bits(|_, x, y| x ^ y),
        partials (b, [x, y], z) [];
    /// x shifted left by y bits; 0 for y outside 0..32.
    LeftShift "leftShift" (left_shift, try_left_shift) 2, Bits, cost 3, bound 0.0, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) number::left_shift(e, t, x, y),
        exact Bits(|_, x, y| x.checked_shl(y).unwrap_or(0)),
        partials (b, [x, y], z) [];
    /// x shifted right by y bits, an int32 with its sign; for y outside 0..32 only the sign is left (uint32: 0).
    RightShift "rightShift" (right_shift, try_right_shift) 2, Bits, cost 3, bound 0.0, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) number::right_shift(e, t, x, y),
        exact Bits(|t, x, y| if t == DType::Int32 { ((x as i32) >> y.min(31)) as u32 } else { x.checked_shr(y).unwrap_or(0) }),
        partials (b, [x, y], z) [];
    /// ln(e^x + e^y).
    LogAddExp "logaddexp" (logaddexp, try_logaddexp) 2 commutes, Float, cost 45, bound 3.0 + 3e-7, domain anywhere [REAL, REAL],
        meaning (e, t, [x, y]) math::logaddexp(e, x, y),
        exact Float2(oracle::logaddexp),
        partials (b, [x, y], z) [
            Some(d!(b, z, (Where (Equal x y) 0.5 (Sigmoid (x - y))))),
            Some(d!(b, z, (Where (Equal x y) 0.5 (Sigmoid (y - x)))))
        ];
    /// The second operand where the first holds, else the third.
    Where "where" (choose, try_choose) 3, Choose, cost 1, bound 0.0, domain anywhere [REAL, REAL, REAL],
        meaning (e, t, [condition, x, y]) calc::sel(e, condition, x, y),
        exact Choose,
        partials (b, [c, x, y], z) [
            None,
            Some(d!(b, z, (Where c 1.0 0.0))),
            Some(d!(b, z, (Where c 0.0 1.0)))
        ];
    /// minimum(maximum(x, lo), hi). The derivative by x at the bounds is 0.
    Clip "clip" (clip, try_clip) 3, Number, cost 6, bound 0.0, domain anywhere [REAL, REAL, REAL],
        meaning (e, t, [x, lo, hi]) number::clip(e, t, x, lo, hi),
        exact Number3(oracle::clip, |x, lo, hi| x.max(lo).min(hi)),
        partials (b, [x, lo, hi], z) [
            Some(d!(b, z, (Where (LogicalAnd (Greater x lo) (Less x hi)) 1.0 0.0))),
            Some(d!(b, z, (Where (LogicalAnd (LessEqual x lo) (Less lo hi)) 1.0 0.0))),
            Some(d!(b, z, (Where (GreaterEqual (Maximum x lo) hi) 1.0 0.0)))
        ];
}

impl Op {
    /// The row of this op.
    pub fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }

    /// What is promised of this op: for documentation and tests.
    pub fn facts(self) -> &'static Facts {
        &FACTS[self as usize]
    }

    /// The name in every language and in listings.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The op of that name.
    pub fn from_name(name: &str) -> Option<Op> {
        ROWS.iter().find(|row| row.name == name).map(|row| row.op)
    }

    /// Whether the row is defined on operands of this dtype (for `where`: the chosen ones); the front end casts what is not.
    pub fn accepts(self, operand: DType) -> bool {
        match self.row().signature {
            Signature::Float | Signature::Classify => operand.is_float(),
            Signature::Number => operand != DType::Bool,
            Signature::Bits => {
                operand.is_integer() || operand == DType::Bool && !matches!(self, Op::LeftShift | Op::RightShift)
            }
            Signature::Compare | Signature::Choose => true,
            Signature::Logic => operand == DType::Bool,
        }
    }

    /// The dtype of the result for operands of a dtype that the row accepts.
    pub fn result_dtype(self, operand: DType) -> DType {
        match self.row().signature {
            Signature::Float | Signature::Number | Signature::Bits | Signature::Choose => operand,
            Signature::Compare | Signature::Classify | Signature::Logic => DType::Bool,
        }
    }
}

/// `astype`: to integers truncating and saturating with NaN 0, int32 and uint32 by their bits, to bool "not 0". To float16 it
/// leaves float32, which the caller rounds.
pub fn apply_cast<E: Emit>(e: &mut E, from: DType, to: DType, x: E::V) -> E::V {
    number::cast(e, from, to, x)
}

/// What devices give for one element: the meaning on the CPU, rounded to the dtype of the result. `operand` and `args` as the row
/// accepts them. Not the nearest number as [`exact`] is, so that what is computed while compiling equals what a kernel computes. All
/// NaNs are one.
pub fn value(op: Op, operand: DType, args: &[Scalar]) -> Scalar {
    let lanes = |at: usize| [args[at].lane()];
    let mut out = [0];
    match block(op, operand) {
        Block::Unary(f) => f(&lanes(0), &mut out),
        Block::Binary(f) => f(&lanes(0), &lanes(1), &mut out),
        Block::Ternary(f) => f(&lanes(0), &lanes(1), &lanes(2), &mut out),
    }
    let result = Scalar::from_lane(op.result_dtype(operand), out[0]);
    if result.to_f64().is_nan() { Scalar::from_f64(result.dtype(), f64::NAN) } else { result }
}

/// The exact value, rounded once to the dtype of the result. `operand` and `args` as the row accepts them.
pub fn exact(op: Op, operand: DType, args: &[Scalar]) -> Scalar {
    op.facts().exact.value(operand, args)
}

/// The exact value in double precision, not rounded. For float operands (of the chosen ones for `where`); a truth value is 0 or 1.
pub fn real(op: Op, args: &[f64]) -> f64 {
    op.facts().exact.real(args)
}
