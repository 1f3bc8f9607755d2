//! The inner loops of contractions: packing panels and the register-tiled product of two panels.
//!
//! A panel holds `width` rows of an operand with k outermost, so that the product reads both operands front to back. The product
//! keeps a tile of 4 x NR sums in registers; the loops are plain Rust that LLVM turns into SIMD of the target (simd128 in Wasm). On
//! x86 the same loops are compiled a second time for AVX2 and FMA and chosen at run time: 4x8 tiles of SSE2 reach a third of them.

// Calling a function that is compiled for more than the build targets is unsafe; nothing else here is.
#![allow(unsafe_code)]

/// Rows of the left operand in a tile.
pub const MR: usize = 4;
/// Points along k that are packed at a time.
pub const KC: usize = 256;

/// Which compiled version of the inner loop runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Isa {
    /// Whatever the build targets.
    Base,
    /// x86 with AVX2 and FMA.
    #[cfg(target_arch = "x86_64")]
    Fma,
}

impl Isa {
    /// The best this machine has.
    pub fn best() -> Isa {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
            return Isa::Fma;
        }
        Isa::Base
    }

    /// Columns of the right operand in a tile.
    pub fn nr(self) -> usize {
        match self {
            Isa::Base => 8,
            #[cfg(target_arch = "x86_64")]
            Isa::Fma => 16,
        }
    }
}

/// Where the elements of an operand are, relative to a base, along one flattened group of axes.
#[derive(Clone, Debug)]
pub enum Offsets {
    /// At a fixed distance.
    Stride(i64),
    /// Anywhere.
    Table(Vec<i32>),
}

impl Offsets {
    /// The offsets of the positions from one on.
    pub fn from(&self, position: usize) -> Along<'_> {
        match self {
            Offsets::Stride(stride) => Along::From(*stride, stride * position as i64),
            Offsets::Table(table) => Along::Table(&table[position..]),
        }
    }
}

/// Offsets of a piece of an operand.
#[derive(Clone, Copy, Debug)]
pub enum Along<'a> {
    /// At a fixed distance, the first at that offset.
    From(i64, i64),
    /// Anywhere.
    Table(&'a [i32]),
}

impl Along<'_> {
    fn at(self, position: usize) -> i64 {
        match self {
            Along::From(stride, first) => first + stride * position as i64,
            Along::Table(table) => i64::from(table[position]),
        }
    }

    /// Are neighbours next to each other?
    pub fn is_unit(self) -> bool {
        matches!(self, Along::From(1, _))
    }
}

/// A piece of an operand in memory: the element at (row, k) is `words[base + rows.at(row) + depth.at(k)]`, float32 bits.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The buffer or scratch that holds it.
    pub words: &'a [u32],
    /// What all offsets are relative to.
    pub base: i64,
    /// Along the rows.
    pub rows: Along<'a>,
    /// Along k.
    pub depth: Along<'a>,
}

impl Source<'_> {
    /// Where an element is.
    pub fn at(&self, row: usize, k: usize) -> usize {
        (self.base + self.rows.at(row) + self.depth.at(k)) as usize
    }
}

/// Packs `rows` rows of `depth` points into panels of `width`, missing rows as zeros.
#[inline(never)]
pub fn pack(out: &mut Vec<f32>, source: Source, width: usize, rows: usize, depth: usize) {
    out.clear();
    out.resize(rows.div_ceil(width) * width * depth, 0.0);
    if depth == 0 {
        return;
    }
    for (panel, out) in out.chunks_exact_mut(width * depth).enumerate() {
        let first_row = panel * width;
        let count = width.min(rows - first_row);
        let start = |row: usize, k: usize| source.at(first_row + row, k);
        if source.depth.is_unit() {
            for row in 0..count {
                let values = &source.words[start(row, 0)..][..depth];
                out[row..].iter_mut().step_by(width).zip(values).for_each(|(out, v)| *out = f32::from_bits(*v));
            }
        } else if source.rows.is_unit() {
            for (k, out) in out.chunks_exact_mut(width).enumerate() {
                let values = &source.words[start(0, k)..][..count];
                out.iter_mut().zip(values).for_each(|(out, v)| *out = f32::from_bits(*v));
            }
        } else {
            for (k, out) in out.chunks_exact_mut(width).enumerate() {
                for (row, out) in out[..count].iter_mut().enumerate() {
                    *out = f32::from_bits(source.words[start(row, k)]);
                }
            }
        }
    }
}

/// `c[i][j] += sum over k of left[i][k] * right[j][k]` for packed panels; `c` has rows of `stride` floats, padded to whole tiles.
#[inline(never)]
pub fn multiply(isa: Isa, left: &[f32], right: &[f32], depth: usize, c: &mut [f32], stride: usize) {
    match isa {
        Isa::Base => panels::<8>(left, right, depth, c, stride, |a, b, c| c + a * b),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `Isa::Fma` is only made by `Isa::best` after both features were found on this machine.
        Isa::Fma => unsafe { multiply_fma(left, right, depth, c, stride) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn multiply_fma(left: &[f32], right: &[f32], depth: usize, c: &mut [f32], stride: usize) {
    panels::<16>(left, right, depth, c, stride, |a, b, c| a.mul_add(b, c));
}

#[inline(always)]
fn panels<const NR: usize>(
    left: &[f32],
    right: &[f32],
    depth: usize,
    c: &mut [f32],
    stride: usize,
    fused: impl Fn(f32, f32, f32) -> f32,
) {
    for (column, right) in right.chunks_exact(NR * depth).enumerate() {
        for (row, left) in left.chunks_exact(MR * depth).enumerate() {
            let mut sums = [[0f32; NR]; MR];
            for (a, b) in left.chunks_exact(MR).zip(right.chunks_exact(NR)) {
                let a: &[f32; MR] = a.try_into().expect("exact chunks");
                let b: &[f32; NR] = b.try_into().expect("exact chunks");
                for i in 0..MR {
                    for j in 0..NR {
                        sums[i][j] = fused(a[i], b[j], sums[i][j]);
                    }
                }
            }
            for (i, sums) in sums.iter().enumerate() {
                let at = (row * MR + i) * stride + column * NR;
                c[at..at + NR].iter_mut().zip(sums).for_each(|(c, sum)| *c += sum);
            }
        }
    }
}

/// `out[t * stride] += dot(row, vectors[t])` for every vector; `vectors` are `row.len()` floats each, `distance` apart.
#[inline(never)]
pub fn dots(isa: Isa, row: &[u32], vectors: &[f32], distance: usize, out: &mut [f32], stride: usize) {
    match isa {
        Isa::Base => dots_of(row, vectors, distance, out, stride, |a, b, c| c + a * b),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as in `multiply`.
        Isa::Fma => unsafe { dots_fma(row, vectors, distance, out, stride) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn dots_fma(row: &[u32], vectors: &[f32], distance: usize, out: &mut [f32], stride: usize) {
    dots_of(row, vectors, distance, out, stride, |a, b, c| a.mul_add(b, c));
}

#[inline(always)]
fn dots_of(
    row: &[u32],
    vectors: &[f32],
    distance: usize,
    out: &mut [f32],
    stride: usize,
    fused: impl Fn(f32, f32, f32) -> f32,
) {
    // Enough independent sums to hide the latency of an addition.
    const SUMS: usize = 32;
    for (vector, out) in vectors.chunks(distance).zip(out.iter_mut().step_by(stride)) {
        let vector = &vector[..row.len()];
        let mut sums = [0f32; SUMS];
        let (a, b) = (row.chunks_exact(SUMS), vector.chunks_exact(SUMS));
        let rest = a.remainder().iter().zip(b.remainder());
        let rest = rest.fold(0f32, |sum, (a, b)| fused(f32::from_bits(*a), *b, sum));
        for (a, b) in a.zip(b) {
            for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
                *sum = fused(f32::from_bits(*a), *b, *sum);
            }
        }
        *out += sums.iter().sum::<f32>() + rest;
    }
}

/// `out[j] += sum over lines of scale * line[j]`, four lines at a time; a line is where it starts in `words`.
#[inline(never)]
pub fn add_scaled(isa: Isa, words: &[u32], lines: &[(usize, f32)], out: &mut [f32]) {
    match isa {
        Isa::Base => add_scaled_of(words, lines, out, |a, b, c| c + a * b),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as in `multiply`.
        Isa::Fma => unsafe { add_scaled_fma(words, lines, out) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn add_scaled_fma(words: &[u32], lines: &[(usize, f32)], out: &mut [f32]) {
    add_scaled_of(words, lines, out, |a, b, c| a.mul_add(b, c));
}

#[inline(always)]
fn add_scaled_of(words: &[u32], lines: &[(usize, f32)], out: &mut [f32], fused: impl Fn(f32, f32, f32) -> f32) {
    let n = out.len();
    let fours = lines.chunks_exact(4);
    for (start, scale) in fours.remainder() {
        for (out, value) in out.iter_mut().zip(&words[*start..][..n]) {
            *out = fused(f32::from_bits(*value), *scale, *out);
        }
    }
    for four in fours {
        let [a, b, c, d] = [0, 1, 2, 3].map(|at: usize| &words[four[at].0..][..n]);
        let [u, v, w, x] = [0, 1, 2, 3].map(|at: usize| four[at].1);
        for j in 0..n {
            let sum = fused(f32::from_bits(a[j]), u, out[j]);
            let sum = fused(f32::from_bits(b[j]), v, sum);
            let sum = fused(f32::from_bits(c[j]), w, sum);
            out[j] = fused(f32::from_bits(d[j]), x, sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_products_are_products() {
        let (m, n, k) = (7, 21, 37);
        let value = |i: usize, scale: usize| ((i * scale) % 13) as f32 - 6.0;
        // Left is stored [k, m], right [k, n] with a table of offsets along n.
        let left: Vec<u32> = (0..m * k).map(|i| value(i, 7).to_bits()).collect();
        let right: Vec<u32> = (0..n * k).map(|i| value(i, 5).to_bits()).collect();
        let (unit, by_m, by_n) = (Offsets::Stride(1), Offsets::Stride(m as i64), Offsets::Stride(n as i64));
        let table = Offsets::Table((0..n as i32).rev().collect());
        for isa in [Isa::Base, Isa::best()] {
            let (mut a, mut b) = (Vec::new(), Vec::new());
            let stride = n.next_multiple_of(isa.nr());
            let mut c = vec![0f32; m.next_multiple_of(MR) * stride];
            for (from, depth) in [(0, 30), (30, 7)] {
                let a_source = Source { words: &left, base: 0, rows: unit.from(0), depth: by_m.from(from) };
                let b_source = Source { words: &right, base: 0, rows: table.from(0), depth: by_n.from(from) };
                pack(&mut a, a_source, MR, m, depth);
                pack(&mut b, b_source, isa.nr(), n, depth);
                multiply(isa, &a, &b, depth, &mut c, stride);
            }
            for i in 0..m {
                for j in 0..n {
                    let want: f32 = (0..k).map(|p| value(p * m + i, 7) * value(p * n + (n - 1 - j), 5)).sum();
                    assert_eq!(c[i * stride + j], want, "{isa:?} [{i}, {j}]");
                }
            }
        }
    }
}
