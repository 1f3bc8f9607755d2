//! A bounded map that counts: the crate `lru` with any capacity, 0 and unbounded included.

use lru::LruCache;
use rustc_hash::FxBuildHasher;
use std::num::NonZeroUsize;

/// How many entries a cache keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Capacity {
    /// None: every call misses.
    Zero,
    /// At most that many, the least recently used out first.
    Entries(NonZeroUsize),
    /// All.
    Unbounded,
}

impl From<usize> for Capacity {
    fn from(entries: usize) -> Capacity {
        NonZeroUsize::new(entries).map_or(Capacity::Zero, Capacity::Entries)
    }
}

/// Totals of a cache.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct CacheCounters {
    /// Look-ups that found an entry.
    pub hits: u64,
    /// Look-ups that did not.
    pub misses: u64,
    /// Entries pushed out by newer ones.
    pub evictions: u64,
}

/// A bounded map that forgets what was not used for longest.
pub struct Cache<K: Eq + std::hash::Hash, V> {
    entries: Option<LruCache<K, V, FxBuildHasher>>,
    counters: CacheCounters,
}

impl<K: Eq + std::hash::Hash, V> Cache<K, V> {
    /// An empty cache.
    pub fn new(capacity: Capacity) -> Cache<K, V> {
        let hasher = FxBuildHasher;
        let entries = match capacity {
            Capacity::Zero => None,
            Capacity::Entries(limit) => Some(LruCache::with_hasher(limit, hasher)),
            Capacity::Unbounded => Some(LruCache::unbounded_with_hasher(hasher)),
        };
        Cache { entries, counters: CacheCounters::default() }
    }

    /// Looks up, and makes the entry the most recent.
    pub fn get(&mut self, key: &K) -> Option<&mut V> {
        match self.entries.as_mut().and_then(|entries| entries.get_mut(key)) {
            Some(value) => {
                self.counters.hits += 1;
                Some(value)
            }
            None => {
                self.counters.misses += 1;
                None
            }
        }
    }

    /// Looks up without any effect.
    pub fn peek(&self, key: &K) -> Option<&V> {
        self.entries.as_ref().and_then(|entries| entries.peek(key))
    }

    /// Puts a complete entry in; gives back what had to go for it. With capacity zero that is the entry itself, not counted as
    /// evicted because it never was in.
    pub fn insert(&mut self, key: K, value: V) -> Option<(K, V)> {
        let Some(entries) = &mut self.entries else { return Some((key, value)) };
        let replaces = entries.contains(&key);
        let out = entries.push(key, value);
        if out.is_some() && !replaces {
            self.counters.evictions += 1;
        }
        out
    }

    /// Takes an entry out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.entries.as_mut().and_then(|entries| entries.pop(key))
    }

    /// Forgets every entry; the counters stay.
    pub fn clear(&mut self) {
        if let Some(entries) = &mut self.entries {
            entries.clear();
        }
    }

    /// Entries, most recent first.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries.iter().flat_map(|entries| entries.iter())
    }

    /// How many entries.
    pub fn len(&self) -> usize {
        self.entries.as_ref().map_or(0, LruCache::len)
    }

    /// Has it none?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Totals so far.
    pub fn counters(&self) -> CacheCounters {
        self.counters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_goes() {
        let mut cache: Cache<u32, u32> = Cache::new(Capacity::from(2));
        let mut traces = Vec::new();
        for k in [1, 2, 3, 1, 3, 2] {
            if cache.get(&k).is_none() {
                traces.push(k);
                cache.insert(k, k);
            }
        }
        assert_eq!(traces, [1, 2, 3, 1, 2]);
        assert_eq!(cache.counters(), CacheCounters { hits: 1, misses: 5, evictions: 3 });
        assert_eq!(cache.iter().map(|(k, _)| *k).collect::<Vec<_>>(), [2, 3]);
        let mut none: Cache<u32, u32> = Cache::new(Capacity::Zero);
        assert_eq!(none.insert(1, 1), Some((1, 1)));
        assert!(none.get(&1).is_none() && none.is_empty());
    }
}
