//! Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", 2011), counted as JAX
//! does in its partitionable mode: an element's bits depend on the key and its own position only, whatever the size.
//!
//! No row of the table, because it is no op that anybody calls on numbers: a kernel computes it from the key and its own coordinates,
//! so random bits never exist in memory unless they are a result.

use crate::emit::{Bin, Emit, Lanes, Ty};

/// Scalar operations, roughly, in fused multiply-adds.
pub const BITS_COST: u32 = 40;

fn rotate<E: Emit>(e: &mut E, x: E::V, by: u32) -> E::V {
    let (left, right) = (e.u(by), e.u(32 - by));
    let (high, low) = (e.bin(Bin::Shl, x, left), e.bin(Bin::ShrU, x, right));
    e.bin(Bin::Or, high, low)
}

/// The bits at a position below 2^32, from the two words of the key.
pub fn bits<E: Emit>(e: &mut E, key: [E::V; 2], position: E::V) -> E::V {
    e.call("threefry", [Ty::U32; 3], Ty::U32, [key[0], key[1], position], |e, [first, second, position]| {
        let parity = e.u(0x1bd1_1bda);
        let third = e.bin(Bin::Xor, first, second);
        let third = e.bin(Bin::Xor, third, parity);
        let keys = [first, second, third];
        // The counter's upper word is 0.
        let (mut a, mut b) = (first, e.bin(Bin::IAdd, position, second));
        for round in 0..5usize {
            for by in [[13, 15, 26, 6], [17, 29, 16, 24]][round % 2] {
                a = e.bin(Bin::IAdd, a, b);
                b = rotate(e, b, by);
                b = e.bin(Bin::Xor, b, a);
            }
            a = e.bin(Bin::IAdd, a, keys[(round + 1) % 3]);
            b = e.bin(Bin::IAdd, b, keys[(round + 2) % 3]);
            let count = e.u(round as u32 + 1);
            b = e.bin(Bin::IAdd, b, count);
        }
        e.bin(Bin::Xor, a, b)
    })
}

/// [`bits`] as a loop over lanes.
#[inline(never)]
pub fn block_bits(first: &[u32], second: &[u32], positions: &[u32], out: &mut [u32]) {
    for (((out, &first), &second), &position) in out.iter_mut().zip(first).zip(second).zip(positions) {
        *out = bits(&mut Lanes, [first, second], position);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_those_of_jax() {
        // jax.random.bits(jax.random.PRNGKey(0), 5), and the same for a key with both words.
        let wanted = [4070199207, 4202968722, 1427181096, 2012915765, 2447653815];
        let positions = [0, 1, 2, 3, 4];
        let mut got = [0; 5];
        block_bits(&[0; 5], &[0; 5], &positions, &mut got);
        assert_eq!(got, wanted);
    }
}
