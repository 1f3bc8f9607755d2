//! Signatures of calls: the keys of compiled entries.
//!
//! A signature is everything that decides which compiled entry serves a call: device and mode, the structure of the argument trees,
//! shape and dtype of every tensor in them, and every constant with its type. It is one string of bytes, typed and length-prefixed,
//! so that no two different calls share it (`1`, `true` and `"1"` differ; so do `[1], 2` and `[1, 2]`, and 0 and -0; a NaN equals
//! itself). Whole signatures are compared, a hash alone never decides. The bytes can be read back, as text for people and as leaves
//! for saying which of them made a call miss.
//!
//! The encoding (all numbers little-endian), which a host language may write itself as a *template* with bare `t` tags:
//!
//! | tag | payload | meaning |
//! |---|---|---|
//! | `a` | u32 n, n items | array or tuple |
//! | `o` | u32 n, n times (string, item) | object with its keys in insertion order |
//! | `c` | string, u32 n, n times (string, item) | registered class |
//! | `p` | item | an option that is there |
//! | `r` | string, item | a part of the call with a name of its own, such as `this` or `state[0]`: paths start there |
//! | `t` | in signatures: u8 dtype, u8 rank, rank times i64; in templates nothing | tensor |
//! | `n` | f64 (one bit pattern for all NaNs) | number |
//! | `i` | i64 | integer of a language that has them |
//! | `s` | string | string |
//! | `1` `0` `N` `U` | | true, false, null, undefined |
//!
//! A string is u32 length and UTF-8 bytes. Symbolic sizes are stored as -1 - symbol. Before the structure stands its context: device
//! (u64), mode (u8), guarded entry (u16: entries of one key differ in their guards, see [`Signature::guarded`]), and the names
//! of symbols as one string, separated by zeros.

mod read;
mod write;
mod diff;
#[cfg(test)]
mod tests;

pub use read::{Leaf, LeafValue, Template};
pub use write::{SignatureBuilder, leaves, tensor_paths};

use read::Reader;

const READABLE: &str = "the builder writes only what can be read back";

/// Bytes of device, mode and guarded entry.
const FIXED: usize = 11;
/// Where the number of the guarded entry stands in them.
const GUARDED: usize = 9;

/// The key of a compiled entry.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Signature(Box<[u8]>);

/// What a host language's template did wrong: where, and what was expected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadTemplate(pub String);

impl Signature {
    /// The bytes, for sizes and for hosts that keep them.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Device and mode that the call ran in.
    pub fn context(&self) -> (u64, u8) {
        (u64::from_le_bytes(self.0[..8].try_into().expect("8 bytes")), self.0[8])
    }

    /// The same key for the guarded entry of that number, counted from 0. Where an entry holds for some values of the symbols only, other
    /// values have an entry of their own under the same signature.
    #[must_use]
    pub fn guarded(mut self, number: u16) -> Signature {
        self.0[GUARDED..FIXED].copy_from_slice(&number.to_le_bytes());
        self
    }

    /// The key of the first guarded entry, and the number of this one.
    pub fn split_guarded(self) -> (Signature, u16) {
        let number = u16::from_le_bytes(self.0[GUARDED..FIXED].try_into().expect("2 bytes"));
        (self.guarded(0), number)
    }

    /// The names of the symbols, separated by zeros, and where the structure begins.
    fn names(&self) -> (&str, usize) {
        let mut reader = Reader::new(&self.0, FIXED, false);
        (reader.str().expect(READABLE), reader.at)
    }
}
