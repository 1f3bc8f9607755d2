//! A machine as careless as WGSL allows: it fuses products into sums, is off in divisions and roots, flushes subnormals, and its
//! comparisons do not know NaN. What is
//! sensitive to any of this shows here, before a GPU shows it.

use crate::emit::{Bin, Emit, Lanes, Ty, Un};

/// Which product of a sum of two products is fused.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Contract {
    Never,
    First,
    Second,
}

/// What becomes of subnormal operands and results of arithmetic.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Flush {
    Keep,
    Zero,
}

/// What a comparison with NaN gives.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Nan {
    Fails,
    Holds,
}

#[derive(Clone, Copy)]
pub(super) struct Value {
    pub(super) lane: u32,
    /// The factors, where this value is a product that nothing forced to be rounded.
    pub(super) product: Option<(f32, f32)>,
}

pub(super) struct Careless {
    pub(super) contract: Contract,
    pub(super) flush: Flush,
    pub(super) nan: Nan,
}

fn plain(lane: u32) -> Value {
    Value { lane, product: None }
}

impl Careless {
    fn flushed(&self, lane: u32) -> u32 {
        if self.flush == Flush::Zero && lane & 0x7f80_0000 == 0 { lane & 0x8000_0000 } else { lane }
    }

    /// Up to two units off, by the operands.
    fn off(&self, lane: u32, mix: u32) -> u32 {
        let value = f32::from_bits(lane);
        if !value.is_normal() {
            return lane;
        }
        let hash = mix.wrapping_mul(0x9e37_79b9);
        let moved = (lane as i32 + (hash >> 16) as i32 % 5 - 2) as u32;
        // Across a power of two a unit doubles, and two of them would be more than the 2.5 that WGSL allows.
        if moved >> 23 == lane >> 23 { moved } else { lane }
    }

    /// `sign * a * b + c`, fused.
    fn fused(&self, (a, b): (f32, f32), sign: f32, c: f32) -> u32 {
        (sign * a).mul_add(b, c).to_bits()
    }
}

impl Emit for Careless {
    type V = Value;

    fn f(&mut self, value: f32) -> Value {
        plain(value.to_bits())
    }
    fn u(&mut self, value: u32) -> Value {
        plain(value)
    }
    fn i(&mut self, value: i32) -> Value {
        plain(value as u32)
    }
    fn b(&mut self, value: bool) -> Value {
        plain(u32::from(value))
    }

    fn un(&mut self, op: Un, x: Value) -> Value {
        match op {
            Un::FNeg => Value { lane: x.lane ^ 0x8000_0000, product: x.product.map(|(a, b)| (-a, b)) },
            Un::FFloor | Un::FCeil | Un::FTrunc | Un::FRound => plain(Lanes.un(op, self.flushed(x.lane))),
            Un::FSqrt => {
                let lane = Lanes.un(op, self.flushed(x.lane));
                plain(self.off(lane, x.lane))
            }
            Un::FAbs
            | Un::INeg
            | Un::Not
            | Un::BNot
            | Un::Bits
            | Un::FromBits
            | Un::IToU
            | Un::UToI
            | Un::FToI
            | Un::FToU
            | Un::IToF
            | Un::UToF
            | Un::BToU => plain(Lanes.un(op, x.lane)),
        }
    }

    fn bin(&mut self, op: Bin, x: Value, y: Value) -> Value {
        match op {
            Bin::FAdd | Bin::FSub => {
                let (xl, yl) = (self.flushed(x.lane), self.flushed(y.lane));
                let sign = if op == Bin::FSub { -1.0 } else { 1.0 };
                let first = x.product.map(|p| self.fused(p, 1.0, sign * f32::from_bits(yl)));
                let second = y.product.map(|p| self.fused(p, sign, f32::from_bits(xl)));
                let lane = match self.contract {
                    Contract::Never => None,
                    Contract::First => first.or(second),
                    Contract::Second => second.or(first),
                };
                let lane = lane.unwrap_or_else(|| Lanes.bin(op, xl, yl));
                plain(self.flushed(lane))
            }
            Bin::FMul => {
                let (xl, yl) = (self.flushed(x.lane), self.flushed(y.lane));
                let lane = self.flushed(Lanes.bin(op, xl, yl));
                Value { lane, product: Some((f32::from_bits(xl), f32::from_bits(yl))) }
            }
            Bin::FDiv => {
                let (xl, yl) = (self.flushed(x.lane), self.flushed(y.lane));
                let lane = Lanes.bin(op, xl, yl);
                let lane = self.off(lane, xl ^ yl.rotate_left(7));
                plain(self.flushed(lane))
            }
            Bin::FEq | Bin::FLt | Bin::FLe => {
                let (xl, yl) = (self.flushed(x.lane), self.flushed(y.lane));
                let nan = f32::from_bits(xl).is_nan() || f32::from_bits(yl).is_nan();
                let known = Lanes.bin(op, xl, yl);
                plain(if nan { u32::from(self.nan == Nan::Holds) } else { known })
            }
            Bin::IAdd
            | Bin::ISub
            | Bin::IMul
            | Bin::IDiv
            | Bin::UDiv
            | Bin::IEq
            | Bin::ILt
            | Bin::ULt
            | Bin::And
            | Bin::Or
            | Bin::Xor
            | Bin::Shl
            | Bin::ShrI
            | Bin::ShrU
            | Bin::BAnd
            | Bin::BOr
            | Bin::BEq => plain(Lanes.bin(op, x.lane, y.lane)),
        }
    }

    fn select(&mut self, condition: Value, yes: Value, no: Value) -> Value {
        if condition.lane != 0 { yes } else { no }
    }

    fn call<const N: usize>(
        &mut self,
        _: &'static str,
        _: [Ty; N],
        _: Ty,
        args: [Value; N],
        body: fn(&mut Self, [Value; N]) -> Value,
    ) -> Value {
        body(self, args)
    }
}
