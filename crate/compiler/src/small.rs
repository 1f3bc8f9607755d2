//! Sorting and ordered maps of which the program holds one copy, not one per type.
//!
//! The standard library's sorts and B-trees are made for speed on large data and are compiled anew for every type. `sort_by` and `BTreeMap`
//! behind the names of this module would make the Wasm's core 463.0 kB gzipped instead of 442.6, and its parts 331.1 instead of 318.4
//! (Rust 1.95.0; `npm run build`, `npm run check -- sizes`). What is sorted and mapped here is small or nearly in order, and takes
//! microseconds either way.

use rustc_hash::FxBuildHasher;

/// A map by hash. The hasher has no seed, so that every run is alike, and is a few instructions long.
pub type HashMap<K, V> = hashbrown::HashMap<K, V, FxBuildHasher>;

/// A set by hash, as [`HashMap`].
pub type HashSet<T> = hashbrown::HashSet<T, FxBuildHasher>;

/// So many are sorted by insertion, without memory of their own.
const FEW: usize = 16;

/// Sorts, keeping the order of equals, by whether the first must come before the second.
pub fn sort_by<T>(items: &mut [T], before: impl Fn(&T, &T) -> bool) {
    if items.len() <= FEW {
        for end in 1..items.len() {
            let mut at = end;
            while at > 0 && before(&items[at], &items[at - 1]) {
                items.swap(at, at - 1);
                at -= 1;
            }
        }
        return;
    }
    let mut order = merged(items.len(), &|a, b| before(&items[a], &items[b]));
    // Every cycle of the permutation once; a position that is done names itself.
    for start in 0..order.len() {
        let mut at = start;
        loop {
            let from = std::mem::replace(&mut order[at], at as u32) as usize;
            if from == start || from == at {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

/// Sorts by a key, keeping the order of equals.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |a, b| key(a) < key(b));
}

/// Sorts, keeping the order of equals.
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, |a, b| a < b);
}

/// The order of `0..count` by whether one position's item must come before another's: empty when they are in order already.
fn merged(count: usize, before: &dyn Fn(usize, usize) -> bool) -> Vec<u32> {
    if (1..count).all(|at| !before(at, at - 1)) {
        return Vec::new();
    }
    let mut order: Vec<u32> = (0..count as u32).collect();
    let mut next = Vec::with_capacity(count);
    let mut width = 1;
    while width < count {
        next.clear();
        for start in (0..count).step_by(2 * width) {
            let middle = (start + width).min(count);
            let end = (middle + width).min(count);
            let (mut left, mut right) = (start, middle);
            while left < middle || right < end {
                let from_right = left == middle || (right < end && before(order[right] as usize, order[left] as usize));
                let taken = if from_right { &mut right } else { &mut left };
                next.push(order[*taken]);
                *taken += 1;
            }
        }
        std::mem::swap(&mut order, &mut next);
        width *= 2;
    }
    order
}

/// A map in the order of its keys, as a sorted list: for up to hundreds of entries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VecMap<K, V>(Vec<(K, V)>);

impl<K, V> Default for VecMap<K, V> {
    fn default() -> VecMap<K, V> {
        VecMap(Vec::new())
    }
}

impl<K: Ord, V> VecMap<K, V> {
    /// Where the key is, or belongs.
    fn find<Q: ?Sized + Ord>(&self, key: &Q) -> Result<usize, usize>
    where
        K: std::borrow::Borrow<Q>,
    {
        self.0.binary_search_by(|(known, _)| known.borrow().cmp(key))
    }

    /// The value of a key.
    pub fn get<Q: ?Sized + Ord>(&self, key: &Q) -> Option<&V>
    where
        K: std::borrow::Borrow<Q>,
    {
        self.find(key).ok().map(|at| &self.0[at].1)
    }

    /// The value of a key.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.find(key).ok().map(|at| &mut self.0[at].1)
    }

    /// Is there such a key?
    pub fn contains_key(&self, key: &K) -> bool {
        self.find(key).is_ok()
    }

    /// The value of a key, a default one if there was none.
    pub fn entry(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let at = match self.find(&key) {
            Ok(at) => at,
            Err(at) => {
                self.0.insert(at, (key, V::default()));
                at
            }
        };
        &mut self.0[at].1
    }

    /// Sets the value of a key.
    pub fn insert(&mut self, key: K, value: V) {
        match self.find(&key) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (key, value)),
        }
    }

    /// Forgets a key.
    pub fn remove(&mut self, key: &K) {
        if let Ok(at) = self.find(key) {
            self.0.remove(at);
        }
    }

    /// Forgets the first key.
    pub fn remove_first(&mut self) {
        if !self.0.is_empty() {
            self.0.remove(0);
        }
    }

    /// Forgets all keys.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// How many keys.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// No keys?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keys and values in order.
    pub fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_as_the_standard_library_does() {
        let mut state = 1u32;
        for count in (0..40).chain([1000]) {
            for range in [1, 3, 10, 1_000_000] {
                let mut items: Vec<(u32, usize)> = (0..count)
                    .map(|at| {
                        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        ((state >> 8) % range, at)
                    })
                    .collect();
                let mut want = items.clone();
                want.sort_by_key(|item| item.0);
                sort_by_key(&mut items, |item| item.0);
                assert_eq!(items, want);
                items.reverse();
                sort(&mut items);
                want.sort();
                assert_eq!(items, want);
            }
        }
    }

    #[test]
    fn a_map_is_in_order() {
        let mut map = VecMap::default();
        for key in [5, 1, 9, 1, 5, 1] {
            *map.entry(key) += 1;
        }
        map.insert(7, 10);
        map.insert(9, 20);
        assert_eq!(map.iter().copied().collect::<Vec<_>>(), [(1, 3), (5, 2), (7, 10), (9, 20)]);
        map.remove(&7);
        map.remove(&8);
        map.remove_first();
        assert_eq!((map.len(), map.get(&5), map.get(&7), map.contains_key(&9)), (2, Some(&2), None, true));
    }
}
