//! A machine that scalar meanings are written against.
//!
//! The meaning of an op is written once, as a function over [`Emit`]. Run on [`Lanes`] it computes a value on the CPU (inlined, so
//! that LLVM turns a loop over it into SIMD); run on the builder of `lower/` it appends naga IR. Float values are always float32
//! here: float16 operands arrive widened, and whoever applies the op rounds the result (the meaning never sees float16).
//!
//! Meanings are straight-line: both sides of a `select` are computed. They must not rely on what WGSL leaves open: NaN and
//! infinities are told by bits, `min`/`max` are compare-and-select, shifts stay below 32, and a product may be contracted with a
//! sum (so no error-free transformations).

/// The type of a value on the machine.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ty {
    /// float32
    F32,
    /// int32
    I32,
    /// uint32
    U32,
    /// bool
    Bool,
}

/// Operations of one operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Un {
    /// -x (flips the sign bit)
    FNeg,
    /// |x|
    FAbs,
    /// Largest integral value not above x.
    FFloor,
    /// Smallest integral value not below x.
    FCeil,
    /// Towards zero.
    FTrunc,
    /// To nearest, ties to even.
    FRound,
    /// Square root; at most 2 ulp off on GPUs, exact on the CPU.
    FSqrt,
    /// Two's complement negation.
    INeg,
    /// Bitwise complement of an int32 or uint32.
    Not,
    /// Logical not of a bool.
    BNot,
    /// float32 bits as uint32.
    Bits,
    /// uint32 bits as float32.
    FromBits,
    /// int32 bits as uint32.
    IToU,
    /// uint32 bits as int32.
    UToI,
    /// float32 to int32, truncating, saturating, NaN gives 0.
    FToI,
    /// float32 to uint32, truncating, saturating, NaN gives 0.
    FToU,
    /// int32 to float32, rounding to nearest even.
    IToF,
    /// uint32 to float32, rounding to nearest even.
    UToF,
    /// bool to uint32 0 or 1.
    BToU,
}

/// Operations of two operands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Bin {
    /// float32
    FAdd,
    /// float32
    FSub,
    /// float32
    FMul,
    /// float32, at most 2.5 ulp off on GPUs
    FDiv,
    /// Comparisons of float32; false when one is NaN on the CPU, not relied upon on GPUs.
    FEq,
    /// x < y
    FLt,
    /// x <= y
    FLe,
    /// Wrapping, int32 or uint32 (both operands alike).
    IAdd,
    /// Wrapping.
    ISub,
    /// Wrapping.
    IMul,
    /// int32 quotient towards zero. The divisor must not be 0 and the quotient must exist (no MIN / -1): guard with `select`.
    IDiv,
    /// uint32 quotient. The divisor must not be 0: guard with `select`.
    UDiv,
    /// Equality of int32 or uint32.
    IEq,
    /// int32 x < y
    ILt,
    /// uint32 x < y
    ULt,
    /// Bits of int32 or uint32.
    And,
    /// Bits of int32 or uint32.
    Or,
    /// Bits of int32 or uint32.
    Xor,
    /// x << y for int32 or uint32 x and uint32 y < 32.
    Shl,
    /// Arithmetic shift of int32 x by uint32 y < 32.
    ShrI,
    /// Logical shift of uint32 x by uint32 y < 32.
    ShrU,
    /// Of bools, both sides evaluated.
    BAnd,
    /// Of bools, both sides evaluated.
    BOr,
    /// Equality of bools.
    BEq,
}

/// The machine. `V` is a value whose type the meaning knows.
pub trait Emit: Sized {
    /// A value.
    type V: Copy;
    /// A float32 constant (any bits: NaN and infinities included).
    fn f(&mut self, value: f32) -> Self::V;
    /// A uint32 constant.
    fn u(&mut self, value: u32) -> Self::V;
    /// An int32 constant.
    fn i(&mut self, value: i32) -> Self::V;
    /// A bool constant.
    fn b(&mut self, value: bool) -> Self::V;
    /// Applies an operation of one operand.
    fn un(&mut self, op: Un, x: Self::V) -> Self::V;
    /// Applies an operation of two operands.
    fn bin(&mut self, op: Bin, x: Self::V, y: Self::V) -> Self::V;
    /// `yes` where the bool `condition` holds, else `no` (same type; both computed).
    fn select(&mut self, condition: Self::V, yes: Self::V, no: Self::V) -> Self::V;
    /// Calls a helper: on the GPU a WGSL function of that name, emitted once per module; on the CPU inlined.
    /// The name, parameter types and result type identify the helper, so `body` must depend on nothing else.
    fn call<const N: usize>(
        &mut self,
        name: &'static str,
        params: [Ty; N],
        result: Ty,
        args: [Self::V; N],
        body: fn(&mut Self, [Self::V; N]) -> Self::V,
    ) -> Self::V;
}

/// The CPU side of [`Emit`]: a value is the 32 bits of a lane (bool is 0 or 1).
#[derive(Clone, Copy, Default, Debug)]
pub struct Lanes;

#[inline(always)]
fn fl(x: u32) -> f32 {
    f32::from_bits(x)
}

impl Emit for Lanes {
    type V = u32;

    #[inline(always)]
    fn f(&mut self, value: f32) -> u32 {
        value.to_bits()
    }
    #[inline(always)]
    fn u(&mut self, value: u32) -> u32 {
        value
    }
    #[inline(always)]
    fn i(&mut self, value: i32) -> u32 {
        value as u32
    }
    #[inline(always)]
    fn b(&mut self, value: bool) -> u32 {
        u32::from(value)
    }

    #[inline(always)]
    fn un(&mut self, op: Un, x: u32) -> u32 {
        match op {
            Un::FNeg => x ^ 0x8000_0000,
            Un::FAbs => x & 0x7fff_ffff,
            Un::FFloor => fl(x).floor().to_bits(),
            Un::FCeil => fl(x).ceil().to_bits(),
            Un::FTrunc => fl(x).trunc().to_bits(),
            Un::FRound => fl(x).round_ties_even().to_bits(),
            Un::FSqrt => fl(x).sqrt().to_bits(),
            Un::INeg => x.wrapping_neg(),
            Un::Not => !x,
            Un::BNot => x ^ 1,
            Un::Bits | Un::FromBits | Un::IToU | Un::UToI | Un::BToU => x,
            Un::FToI => (fl(x) as i32) as u32,
            Un::FToU => fl(x) as u32,
            Un::IToF => ((x as i32) as f32).to_bits(),
            Un::UToF => (x as f32).to_bits(),
        }
    }

    #[inline(always)]
    fn bin(&mut self, op: Bin, x: u32, y: u32) -> u32 {
        match op {
            Bin::FAdd => (fl(x) + fl(y)).to_bits(),
            Bin::FSub => (fl(x) - fl(y)).to_bits(),
            Bin::FMul => (fl(x) * fl(y)).to_bits(),
            Bin::FDiv => (fl(x) / fl(y)).to_bits(),
            Bin::FEq => u32::from(fl(x) == fl(y)),
            Bin::FLt => u32::from(fl(x) < fl(y)),
            Bin::FLe => u32::from(fl(x) <= fl(y)),
            Bin::IAdd => x.wrapping_add(y),
            Bin::ISub => x.wrapping_sub(y),
            Bin::IMul => x.wrapping_mul(y),
            // The meaning guards the divisor with a select, but both sides are computed: stay total here.
            Bin::IDiv => (x as i32).checked_div(y as i32).unwrap_or(0) as u32,
            Bin::UDiv => x.checked_div(y).unwrap_or(0),
            Bin::IEq | Bin::BEq => u32::from(x == y),
            Bin::ILt => u32::from((x as i32) < (y as i32)),
            Bin::ULt => u32::from(x < y),
            Bin::And | Bin::BAnd => x & y,
            Bin::Or | Bin::BOr => x | y,
            Bin::Xor => x ^ y,
            Bin::Shl => x << (y & 31),
            Bin::ShrI => ((x as i32) >> (y & 31)) as u32,
            Bin::ShrU => x >> (y & 31),
        }
    }

    #[inline(always)]
    fn select(&mut self, condition: u32, yes: u32, no: u32) -> u32 {
        if condition != 0 { yes } else { no }
    }

    #[inline(always)]
    fn call<const N: usize>(
        &mut self,
        _name: &'static str,
        _params: [Ty; N],
        _result: Ty,
        args: [u32; N],
        body: fn(&mut Self, [u32; N]) -> u32,
    ) -> u32 {
        body(self, args)
    }
}
