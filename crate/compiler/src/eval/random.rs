//! Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", 2011), counted as JAX
//! does in its partitionable mode: an element's bits depend on the key and its own position only, whatever the size.

/// The 32 bits at a position.
pub(crate) fn bits(key: [u32; 2], position: u64) -> u32 {
    let [a, b] = threefry(key, [(position >> 32) as u32, position as u32]);
    a ^ b
}

fn threefry(key: [u32; 2], counter: [u32; 2]) -> [u32; 2] {
    let keys = [key[0], key[1], key[0] ^ key[1] ^ 0x1bd1_1bda];
    let rotations = [[13, 15, 26, 6], [17, 29, 16, 24]];
    let [mut a, mut b] = [counter[0].wrapping_add(keys[0]), counter[1].wrapping_add(keys[1])];
    for round in 0..5usize {
        for rotation in rotations[round % 2] {
            a = a.wrapping_add(b);
            b = b.rotate_left(rotation) ^ a;
        }
        a = a.wrapping_add(keys[(round + 1) % 3]);
        b = b.wrapping_add(keys[(round + 2) % 3]).wrapping_add(round as u32 + 1);
    }
    [a, b]
}

#[cfg(test)]
mod tests {
    use crate::ops::random::block_bits;

    #[test]
    fn the_lanes_say_the_same() {
        let positions = [0, 1, 2, 3, u32::MAX];
        let mut got = [0; 5];
        block_bits(&[7; 5], &[0xffff_fff0; 5], &positions, &mut got);
        assert_eq!(got, positions.map(|at| super::bits([7, 0xffff_fff0], u64::from(at))));
    }
}
