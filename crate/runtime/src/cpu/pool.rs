//! Memory of the CPU device: buffers as 32-bit words, kept for reuse by size class.
//!
//! Classes are four per doubling, so that a buffer wastes a fifth at most and a call that is repeated finds the memory of its last
//! run. What the pool keeps is bounded.

use interfuse_compiler::small::VecMap;
use interfuse_compiler::target::Limits;

use crate::device::DeviceError;

/// Bytes that the pool keeps at most; beyond it freed memory goes back to the system.
const KEPT_BYTES: u64 = 256 << 20;

/// Memory of a buffer. Only the first `bytes` count; the rest is the slack of its class.
#[derive(Debug, Default)]
pub struct Words {
    words: Vec<u32>,
    /// Bytes as stored.
    pub bytes: u64,
}

impl Words {
    /// The words in use (a last odd float16 fills half of the last one).
    pub fn as_slice(&self) -> &[u32] {
        &self.words[..self.bytes.div_ceil(4) as usize]
    }

    /// The words in use.
    pub fn as_mut_slice(&mut self) -> &mut [u32] {
        &mut self.words[..self.bytes.div_ceil(4) as usize]
    }

    /// A copy of the bytes. Machines are little-endian here, as they are for wgpu.
    pub fn to_bytes(&self) -> Vec<u8> {
        bytemuck::cast_slice(self.as_slice())[..self.bytes as usize].to_vec()
    }

    /// Fills it with bytes; as many as it has.
    pub fn copy_from_bytes(&mut self, bytes: &[u8]) {
        debug_assert_eq!(bytes.len() as u64, self.bytes);
        bytemuck::cast_slice_mut(&mut self.words)[..bytes.len()].copy_from_slice(bytes);
    }
}

/// Freed memory by class.
#[derive(Debug, Default)]
pub struct Pool {
    free: VecMap<usize, Vec<Vec<u32>>>,
    /// Bytes in it.
    pub bytes: u64,
    /// Blocks of memory taken from the system so far.
    pub created: u64,
}

/// The smallest class with at least that many words.
fn class(words: usize) -> usize {
    if words <= 16 {
        return 16;
    }
    let quarter = words.next_power_of_two() / 8;
    words.div_ceil(quarter) * quarter
}

impl Pool {
    /// Memory for that many bytes; its contents are whatever was there. The error says what was asked for and the limit.
    pub fn take(&mut self, bytes: i64, what: &dyn Fn() -> String, limits: &Limits) -> Result<Words, DeviceError> {
        let limit = limits.buffer_bytes.min(i64::from(i32::MAX) as u64 * 4);
        let bytes = u64::try_from(bytes).map_err(|_| DeviceError::Limit(format!("{} has a negative size", what())))?;
        if bytes > limit {
            let text = format!("{} needs {bytes} bytes, more than the {limit} bytes that one buffer may have", what());
            return Err(DeviceError::Limit(text));
        }
        let class = class(bytes.div_ceil(4) as usize);
        let words = match self.free.get_mut(&class).and_then(Vec::pop) {
            Some(words) => {
                self.bytes -= class as u64 * 4;
                words
            }
            None => {
                let mut words = Vec::new();
                if words.try_reserve_exact(class).is_err() {
                    self.trim();
                    words.try_reserve_exact(class).map_err(|_| {
                        DeviceError::Limit(format!("{} needs {bytes} bytes, and the system has no more memory", what()))
                    })?;
                }
                words.resize(class, 0);
                self.created += 1;
                words
            }
        };
        Ok(Words { words, bytes })
    }

    /// Gives memory back.
    pub fn give(&mut self, words: Words) {
        let bytes = words.words.len() as u64 * 4;
        if bytes > 0 && self.bytes + bytes <= KEPT_BYTES {
            self.bytes += bytes;
            self.free.entry(words.words.len()).push(words.words);
        }
    }

    /// Gives everything back to the system.
    pub fn trim(&mut self) {
        self.free.clear();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use interfuse_compiler::target::Target;

    #[test]
    fn classes_waste_a_fifth_at_most_and_memory_comes_back() {
        for words in [1usize, 16, 17, 100, 129, 1000, 1025, 1 << 20, (1 << 20) + 1] {
            let class = class(words);
            assert!(class >= words && (class <= 16 || class * 4 <= words * 5 + 16), "{words} in {class}");
        }
        let limits = Target::cpu().limits;
        let mut pool = Pool::default();
        let what = || "a test".to_string();
        let first = pool.take(1000, &what, &limits).expect("memory");
        pool.give(first);
        assert_eq!(pool.bytes, 1024);
        let second = pool.take(990, &what, &limits).expect("memory");
        assert_eq!((pool.created, pool.bytes, second.as_slice().len()), (1, 0, 248));
    }

    #[test]
    fn too_much_is_an_error_with_the_limit() {
        let limits = Target::cpu().limits;
        let error = Pool::default().take(1 << 33, &|| "float32[2147483648]".into(), &limits).expect_err("too large");
        let text =
            "float32[2147483648] needs 8589934592 bytes, more than the 4294967296 bytes that one buffer may have";
        assert_eq!(error, DeviceError::Limit(text.into()));
    }

    #[test]
    fn odd_halves_survive() {
        let mut pool = Pool::default();
        let mut words = pool.take(6, &String::new, &Target::cpu().limits).expect("memory");
        words.copy_from_bytes(&[1, 2, 3, 4, 5, 6]);
        assert_eq!(words.to_bytes(), [1, 2, 3, 4, 5, 6]);
    }
}
