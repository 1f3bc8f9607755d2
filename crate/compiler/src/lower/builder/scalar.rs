//! Scalar meanings as naga IR: the GPU side of [`Emit`].
//!
//! What WGSL leaves open or forbids is settled here: which literals can be printed, NaN and infinities (never constants), operations
//! of constants only, constant divisors and shifts, conversions that do not fit.

use super::{Builder, Key, Motion, V, Width};
use crate::emit::{Bin, Emit, Ty, Un};
use naga::{BinaryOperator, Expression, Literal, MathFunction, ScalarKind, UnaryOperator};

/// May a float be printed in decimal? Safari's lexer fails on more than 19 digits, Chrome on f32::MAX, and -0 may lose its sign.
fn is_printable(value: f32) -> bool {
    (value.is_normal() || value.to_bits() == 0) && format!("{value}").len() <= 16
}

impl Emit for Builder {
    type V = V;

    #[inline(never)]
    fn f(&mut self, value: f32) -> V {
        if is_printable(value) {
            return self.literal(Literal::F32(value), (0, value.to_bits()));
        }
        let mut bits = self.u(value.to_bits());
        if !value.is_finite() {
            // Not a constant in WGSL, not even as a bitcast.
            bits = self.runtime(bits);
        }
        self.cast(bits, ScalarKind::Float, None)
    }

    #[inline(never)]
    fn u(&mut self, value: u32) -> V {
        self.literal(Literal::U32(value), (1, value))
    }

    #[inline(never)]
    fn i(&mut self, value: i32) -> V {
        self.literal(Literal::I32(value), (2, value as u32))
    }

    #[inline(never)]
    fn b(&mut self, value: bool) -> V {
        self.literal(Literal::Bool(value), (3, u32::from(value)))
    }

    #[inline(never)]
    fn un(&mut self, op: Un, x: V) -> V {
        match op {
            Un::FNeg | Un::INeg => self.unary(UnaryOperator::Negate, x),
            Un::Not => self.unary(UnaryOperator::BitwiseNot, x),
            Un::BNot => self.unary(UnaryOperator::LogicalNot, x),
            Un::FAbs => self.math(MathFunction::Abs, x, None),
            Un::FFloor => self.math(MathFunction::Floor, x, None),
            Un::FCeil => self.math(MathFunction::Ceil, x, None),
            Un::FTrunc => self.math(MathFunction::Trunc, x, None),
            Un::FRound => self.math(MathFunction::Round, x, None),
            Un::FSqrt => self.math(MathFunction::Sqrt, x, None),
            Un::Bits | Un::IToU => {
                let x = self.defused(x);
                self.cast(x, ScalarKind::Uint, None)
            }
            Un::FromBits => {
                let x = self.defused(x);
                self.cast(x, ScalarKind::Float, None)
            }
            Un::UToI => {
                let x = self.defused(x);
                self.cast(x, ScalarKind::Sint, None)
            }
            Un::FToI => self.call("float_to_int", [Ty::F32], Ty::I32, [x], float_to_int),
            Un::FToU => self.call("float_to_uint", [Ty::F32], Ty::U32, [x], float_to_uint),
            Un::IToF | Un::UToF => {
                let x = self.defused(x);
                self.cast(x, ScalarKind::Float, Some(4))
            }
            Un::BToU => {
                let x = self.defused(x);
                self.cast(x, ScalarKind::Uint, Some(4))
            }
        }
    }

    #[inline(never)]
    fn bin(&mut self, op: Bin, x: V, y: V) -> V {
        use BinaryOperator as B;
        let op = match op {
            Bin::FAdd | Bin::IAdd => B::Add,
            Bin::FSub | Bin::ISub => B::Subtract,
            Bin::FMul | Bin::IMul => B::Multiply,
            Bin::FDiv => B::Divide,
            Bin::IDiv | Bin::UDiv => {
                // A constant divisor of 0 (or MIN / -1) is an error in WGSL even where a select discards the quotient.
                let y = self.defused(y);
                return self.binary(B::Divide, x, y);
            }
            Bin::FEq | Bin::IEq | Bin::BEq => B::Equal,
            Bin::FLt | Bin::ILt | Bin::ULt => B::Less,
            Bin::FLe => B::LessEqual,
            Bin::And | Bin::BAnd => B::And,
            Bin::Or | Bin::BOr => B::InclusiveOr,
            Bin::Xor => B::ExclusiveOr,
            Bin::Shl => return self.shift(B::ShiftLeft, x, y),
            Bin::ShrI | Bin::ShrU => return self.shift(B::ShiftRight, x, y),
        };
        self.binary(op, x, y)
    }

    #[inline(never)]
    fn select(&mut self, condition: V, yes: V, no: V) -> V {
        if yes == no {
            return yes;
        }
        let mut operands = [condition, yes, no];
        self.defuse(&mut operands);
        let width = self.level(&mut operands);
        let [condition, accept, reject] = operands;
        let expression = Expression::Select { condition, accept, reject };
        let key = Key::Select(condition, accept, reject);
        self.emit(expression, Some(key), &operands, width, Motion::Pure)
    }

    #[inline(never)]
    fn call<const N: usize>(
        &mut self,
        name: &'static str,
        params: [Ty; N],
        result: Ty,
        args: [V; N],
        body: fn(&mut Self, [V; N]) -> V,
    ) -> V {
        let mut args = args;
        let width = self.level(&mut args);
        // Types are part of a helper's identity.
        let types: String = params.iter().chain([&result]).map(|t| format!("{t:?}")).collect();
        let key = (format!("{name}:{types}"), width);
        let function = match self.helpers.get(&key) {
            Some(function) => *function,
            None => {
                let called = if width == Width::Four { format!("{name}_vec") } else { name.to_string() };
                let before = self.begin_function(&called);
                let letters = ["x", "y", "z", "w", "v", "u"];
                let inner =
                    std::array::from_fn(|i| self.parameter(letters[i.min(letters.len() - 1)], params[i], width));
                let value = body(self, inner);
                let value = if width == Width::Four { self.splat(value) } else { value };
                let function = self.end_function(before, Some((value, result)));
                self.helpers.insert(key, function);
                function
            }
        };
        self.call_with(function, &args, width)
    }
}

impl Builder {
    /// The operand, as a run-time value when it is a constant.
    fn defused(&mut self, value: V) -> V {
        if self.info(value).constant { self.runtime(value) } else { value }
    }

    fn shift(&mut self, op: BinaryOperator, x: V, y: V) -> V {
        // Shifting by a constant of 32 or more is an error in WGSL, even where it is discarded.
        let y = match self.as_literal(y) {
            Some(by) if by < 32 => y,
            _ => self.defused(y),
        };
        self.binary(op, x, y)
    }
}

/// Truncates and saturates; NaN gives 0. The conversion itself only sees values that fit: drivers disagree about the others.
fn float_to_int(e: &mut Builder, [x]: [V; 1]) -> V {
    let (limit, lowest, zero) = (e.f(2_147_483_648.0), e.f(-2_147_483_648.0), e.f(0.0));
    let magnitude = e.un(Un::FAbs, x);
    let fits = e.bin(Bin::FLt, magnitude, limit);
    let inside = e.select(fits, x, zero);
    let converted = e.cast(inside, ScalarKind::Sint, Some(4));
    let high = e.bin(Bin::FLe, limit, x);
    let low = e.bin(Bin::FLe, x, lowest);
    let (most, least) = (e.i(i32::MAX), e.i(i32::MIN));
    let result = e.select(high, most, converted);
    let result = e.select(low, least, result);
    let nan = is_nan(e, x);
    let none = e.i(0);
    e.select(nan, none, result)
}

/// Truncates and saturates; NaN gives 0.
fn float_to_uint(e: &mut Builder, [x]: [V; 1]) -> V {
    let (limit, zero) = (e.f(4_294_967_296.0), e.f(0.0));
    let positive = e.bin(Bin::FLt, zero, x);
    let small = e.bin(Bin::FLt, x, limit);
    let fits = e.bin(Bin::BAnd, positive, small);
    let inside = e.select(fits, x, zero);
    let converted = e.cast(inside, ScalarKind::Uint, Some(4));
    let high = e.bin(Bin::FLe, limit, x);
    let most = e.u(u32::MAX);
    let result = e.select(high, most, converted);
    let nan = is_nan(e, x);
    let none = e.u(0);
    e.select(nan, none, result)
}

/// Is it NaN? By bits: drivers may assume that comparisons never see one.
pub(in crate::lower) fn is_nan(e: &mut Builder, x: V) -> V {
    let bits = e.un(Un::Bits, x);
    let (mask, infinity) = (e.u(0x7fff_ffff), e.u(0x7f80_0000));
    let magnitude = e.bin(Bin::And, bits, mask);
    e.bin(Bin::ULt, infinity, magnitude)
}
