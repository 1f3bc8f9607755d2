//! Lanes to and from memory, and the integers that say where: gathers, scatters and index arithmetic of the CPU device.

use half::f16;

/// How the lanes of a block lie in a buffer, relative to the base of the block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pattern {
    /// All at the base.
    Splat,
    /// Next to each other.
    Contiguous,
    /// At a fixed distance.
    Strided(i64),
    /// Anywhere.
    Table(Vec<i32>),
}

impl Pattern {
    /// The position of a lane.
    fn offset(&self, lane: usize) -> i64 {
        match self {
            Pattern::Splat => 0,
            Pattern::Contiguous => lane as i64,
            Pattern::Strided(step) => lane as i64 * step,
            Pattern::Table(offsets) => i64::from(offsets[lane]),
        }
    }
}

/// What a buffer holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Element {
    /// A lane as it is.
    Word,
    /// A float16, two per word; its lane is a float32.
    Half,
}

/// Integers of a block of lanes.
#[derive(Clone, Copy, Debug)]
pub enum Integers<'a> {
    /// The same for all lanes.
    Same(i64),
    /// One per lane.
    Each(&'a [i32]),
}

/// Operations on index integers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arithmetic {
    /// Sum.
    Add,
    /// Product.
    Mul,
    /// Quotient rounded down; a divisor below 1 counts as 1.
    FloorDiv,
    /// Remainder in `0..divisor`; a divisor below 1 counts as 1.
    Mod,
    /// The smaller.
    Min,
    /// The larger.
    Max,
}

/// Loads lanes: from `base` on, moved by `rest` where the lanes differ in an irregular way.
#[inline(never)]
pub fn load(element: Element, pattern: &Pattern, base: i64, rest: Option<&[i32]>, words: &[u32], out: &mut [u32]) {
    match element {
        Element::Word => gather(pattern, base, rest, out, |at| words[at]),
        Element::Half => {
            let halves: &[u16] = bytemuck::cast_slice(words);
            gather(pattern, base, rest, out, |at| f16::from_bits(halves[at]).to_f32().to_bits());
        }
    }
}

#[inline(always)]
fn gather(pattern: &Pattern, base: i64, rest: Option<&[i32]>, out: &mut [u32], element: impl Fn(usize) -> u32) {
    if let Some(rest) = rest {
        for (lane, (out, rest)) in out.iter_mut().zip(rest).enumerate() {
            *out = element((base + pattern.offset(lane) + i64::from(*rest)) as usize);
        }
        return;
    }
    let first = base as usize;
    match pattern {
        Pattern::Splat => out.fill(element(first)),
        Pattern::Contiguous => out.iter_mut().enumerate().for_each(|(lane, out)| *out = element(first + lane)),
        Pattern::Strided(step) => {
            out.iter_mut().enumerate().for_each(|(lane, out)| *out = element((base + lane as i64 * step) as usize));
        }
        Pattern::Table(offsets) => {
            out.iter_mut().zip(offsets).for_each(|(out, offset)| *out = element((base + i64::from(*offset)) as usize));
        }
    }
}

/// Stores lanes; the arguments are those of [`load`].
#[inline(never)]
pub fn store(element: Element, pattern: &Pattern, base: i64, rest: Option<&[i32]>, lanes: &[u32], out: &mut [u32]) {
    match element {
        Element::Word if *pattern == Pattern::Contiguous && rest.is_none() => {
            out[base as usize..base as usize + lanes.len()].copy_from_slice(lanes);
        }
        Element::Word => scatter(pattern, base, rest, lanes, |at, lane| out[at] = lane),
        Element::Half => {
            let halves: &mut [u16] = bytemuck::cast_slice_mut(out);
            scatter(pattern, base, rest, lanes, |at, lane| halves[at] = f16::from_f32(f32::from_bits(lane)).to_bits());
        }
    }
}

#[inline(always)]
fn scatter(pattern: &Pattern, base: i64, rest: Option<&[i32]>, lanes: &[u32], mut element: impl FnMut(usize, u32)) {
    if let Some(rest) = rest {
        for (at, (lane, rest)) in lanes.iter().zip(rest).enumerate() {
            element((base + pattern.offset(at) + i64::from(*rest)) as usize, *lane);
        }
        return;
    }
    if let Pattern::Table(offsets) = pattern {
        lanes.iter().zip(offsets).for_each(|(lane, offset)| element((base + i64::from(*offset)) as usize, *lane));
    } else {
        lanes.iter().enumerate().for_each(|(at, lane)| element((base + pattern.offset(at)) as usize, *lane));
    }
}

/// Integers as lanes.
#[inline(never)]
pub fn integers(values: Integers, out: &mut [u32]) {
    match values {
        Integers::Same(value) => out.fill(value as u32),
        Integers::Each(values) => out.iter_mut().zip(values).for_each(|(out, v)| *out = *v as u32),
    }
}

/// `low <= value < high`, as lanes of bool.
#[inline(never)]
pub fn inside(value: Integers, low: Integers, high: Integers, out: &mut [u32]) {
    let at = |of: Integers, lane: usize| match of {
        Integers::Same(value) => value,
        Integers::Each(values) => i64::from(values[lane]),
    };
    for (lane, out) in out.iter_mut().enumerate() {
        let value = at(value, lane);
        *out = u32::from((at(low, lane) <= value) & (value < at(high, lane)));
    }
}

/// Coordinates: an origin and one relative position per lane.
#[inline(never)]
pub fn moved(origin: i32, relative: &[i32], out: &mut [i32]) {
    out.iter_mut().zip(relative).for_each(|(out, r)| *out = origin + r);
}

/// One operation on all lanes; integers that are the same for all lanes fit 32 bits.
#[inline(never)]
pub fn calculate(op: Arithmetic, a: Integers, b: Integers, out: &mut [i32]) {
    match op {
        Arithmetic::Add => zip(a, b, out, i32::wrapping_add),
        Arithmetic::Mul => zip(a, b, out, i32::wrapping_mul),
        Arithmetic::FloorDiv => zip(a, b, out, |a, b| a.wrapping_div_euclid(b.max(1))),
        Arithmetic::Mod => zip(a, b, out, |a, b| a.wrapping_rem_euclid(b.max(1))),
        Arithmetic::Min => zip(a, b, out, i32::min),
        Arithmetic::Max => zip(a, b, out, i32::max),
    }
}

#[inline(always)]
fn zip(a: Integers, b: Integers, out: &mut [i32], f: impl Fn(i32, i32) -> i32) {
    match (a, b) {
        (Integers::Each(a), Integers::Each(b)) => {
            out.iter_mut().zip(a.iter().zip(b)).for_each(|(out, (a, b))| *out = f(*a, *b));
        }
        (Integers::Each(a), Integers::Same(b)) => {
            let b = b as i32;
            out.iter_mut().zip(a).for_each(|(out, a)| *out = f(*a, b));
        }
        (Integers::Same(a), Integers::Each(b)) => {
            let a = a as i32;
            out.iter_mut().zip(b).for_each(|(out, b)| *out = f(a, *b));
        }
        (Integers::Same(a), Integers::Same(b)) => out.fill(f(a as i32, b as i32)),
    }
}

/// Repeats the first `n` lanes over the rest.
#[inline(never)]
pub fn repeat(lanes: &mut [u32], n: usize) {
    if n == 1 {
        let first = lanes[0];
        lanes.fill(first);
        return;
    }
    let (first, rest) = lanes.split_at_mut(n);
    for rest in rest.chunks_mut(n) {
        rest.copy_from_slice(&first[..rest.len()]);
    }
}

/// Every `step`th value as a lane.
#[inline(never)]
pub fn strided(values: &[f32], step: usize, out: &mut [u32]) {
    if step == 1 {
        out.iter_mut().zip(values).for_each(|(lane, value)| *lane = value.to_bits());
    } else {
        out.iter_mut().zip(values.iter().step_by(step)).for_each(|(lane, value)| *lane = value.to_bits());
    }
}
