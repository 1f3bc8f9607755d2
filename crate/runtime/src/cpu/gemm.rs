//! The inner loops of contractions: packing panels and the register-tiled product of two panels.
//!
//! A panel holds `width` rows of an operand with k outermost, so that the product reads both operands front to back. The product
//! keeps a tile of 4 x NR sums in registers; the loops are plain Rust that LLVM turns into SIMD of the target (simd128 in Wasm). On
//! x86 the same loops are compiled a second time for AVX2 and FMA and chosen at run time: 4x8 tiles of SSE2 reach a third of them.

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
    /// The offset of a position.
    pub fn at(&self, position: usize) -> i64 {
        match self {
            Offsets::Stride(stride) => stride * position as i64,
            Offsets::Table(table) => i64::from(table[position]),
        }
    }

    fn is_unit(&self) -> bool {
        matches!(self, Offsets::Stride(1))
    }
}

/// An operand in memory: the element at (row, k) is `words[base + rows.at(row) + depth.at(k)]`, float32 bits.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The buffer or scratch that holds it.
    pub words: &'a [u32],
    /// Where (0, 0) is.
    pub base: i64,
    /// Along the rows.
    pub rows: &'a Offsets,
    /// Along k.
    pub depth: &'a Offsets,
}

/// Packs `rows` rows from `first` on and `depth` points from `from` on into panels of `width`, missing rows as zeros.
pub fn pack(out: &mut Vec<f32>, source: Source, width: usize, first: usize, rows: usize, from: usize, depth: usize) {
    out.clear();
    out.resize(rows.div_ceil(width) * width * depth, 0.0);
    for (panel, out) in out.chunks_exact_mut(width * depth).enumerate() {
        let first_row = first + panel * width;
        let count = width.min(first + rows - first_row);
        let start = |row: usize, k: usize| (source.base + source.rows.at(first_row + row) + source.depth.at(from + k)) as usize;
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
                pack(&mut a, Source { words: &left, base: 0, rows: &unit, depth: &by_m }, MR, 0, m, from, depth);
                pack(&mut b, Source { words: &right, base: 0, rows: &table, depth: &by_n }, isa.nr(), 0, n, from, depth);
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
