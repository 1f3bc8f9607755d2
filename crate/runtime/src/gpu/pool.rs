//! Buffers that are kept for reuse, by size class.
//!
//! A fresh buffer costs up to milliseconds (the first touch zeroes it), so results that were released are handed out again. A class
//! is a power of two in four steps: at most a quarter is wasted. Reuse needs no waiting: the queue runs in order, and who writes
//! memory from outside or destroys it sends first what is encoded.

use super::doubt::Noted;
use interfuse_compiler::small::VecMap;
use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;

/// The smallest buffer; zero bytes cannot be bound, and a class of 16 holds any scalar.
const SMALLEST: u64 = 16;

/// How deep in a class the wanted block is looked for.
const DEPTH: usize = 32;

/// A buffer of the driver.
pub(super) struct Block {
    key: Cell<u64>,
    buffer: RefCell<wgpu::Buffer>,
    /// Its size in bytes.
    pub(super) capacity: u64,
    /// Its creation failed: it must not be reused.
    pub(super) dead: Cell<bool>,
    /// How many live buffers (with an id) are in it: an arena is free when the last of them is freed.
    pub(super) live: Cell<u32>,
    /// The bytes that count as allocated until then.
    pub(super) allocated: Cell<u64>,
    /// What calls in doubt have to do with it.
    pub(super) noted: Cell<Noted>,
}

impl Block {
    /// Identifies the buffer in caches of bind groups; never used twice.
    pub(super) fn key(&self) -> u64 {
        self.key.get()
    }

    /// The buffer.
    pub(super) fn buffer(&self) -> Ref<'_, wgpu::Buffer> {
        self.buffer.borrow()
    }

    /// Allocates the block to `live` buffers of `bytes` in all.
    pub(super) fn allocate(&self, live: u32, bytes: u64) {
        debug_assert_eq!(self.live.get(), 0, "a block is allocated once at a time");
        self.live.set(live);
        self.allocated.set(bytes);
    }

    /// Frees one of these buffers. Returns the bytes that are no longer allocated if it was the last.
    pub(super) fn free(&self) -> Option<u64> {
        let left = self.live.get() - 1;
        self.live.set(left);
        (left == 0).then(|| self.allocated.take())
    }
}

/// Free blocks of one usage.
pub(super) struct Pool {
    label: &'static str,
    usage: wgpu::BufferUsages,
    /// Bytes of the largest block.
    limit: u64,
    /// Bytes kept at most.
    cap: u64,
    /// By capacity, then oldest first; the number is the time of release.
    free: VecMap<u64, Vec<(u64, Rc<Block>)>>,
    free_bytes: u64,
    keys: u64,
    clock: u64,
}

impl Pool {
    /// An empty pool of blocks up to `limit` bytes that keeps `cap` bytes at most.
    pub(super) fn new(label: &'static str, usage: wgpu::BufferUsages, limit: u64, cap: u64) -> Pool {
        Pool { label, usage, limit: limit & !3, cap, free: VecMap::default(), free_bytes: 0, keys: 0, clock: 0 }
    }

    /// The size of the block that holds `bytes`.
    pub(super) fn capacity(&self, bytes: u64) -> u64 {
        let bytes = bytes.max(SMALLEST);
        let step = ((1 << bytes.ilog2()) / 4).max(SMALLEST);
        bytes.next_multiple_of(step).min(self.limit)
    }

    /// Can a block hold that much?
    pub(super) fn fits(&self, bytes: u64) -> bool {
        bytes <= self.limit
    }

    /// Bytes of free blocks.
    pub(super) fn free_bytes(&self) -> u64 {
        self.free_bytes
    }

    /// A free block for `bytes`: that with the key `wanted` if it is among the latest, else the latest.
    pub(super) fn take(&mut self, bytes: u64, wanted: Option<u64>) -> Option<Rc<Block>> {
        let capacity = self.capacity(bytes);
        let class = self.free.get_mut(&capacity)?;
        let at = class.iter().rev().take(DEPTH).position(|(_, block)| Some(block.key()) == wanted).unwrap_or(0);
        // A class that is empty now stays: the next release of its size needs it again.
        let (_, block) = class.remove(class.len().checked_sub(1 + at)?);
        self.free_bytes -= capacity;
        Some(block)
    }

    fn buffer(&mut self, device: &wgpu::Device, capacity: u64) -> (u64, wgpu::Buffer) {
        self.keys += 1;
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(self.label),
            size: capacity,
            usage: self.usage,
            mapped_at_creation: false,
        });
        (self.keys, buffer)
    }

    /// A fresh block for `bytes`; the caller watches for the error.
    pub(super) fn create(&mut self, device: &wgpu::Device, bytes: u64) -> Rc<Block> {
        let capacity = self.capacity(bytes);
        let (key, buffer) = self.buffer(device, capacity);
        Rc::new(Block {
            key: Cell::new(key),
            buffer: RefCell::new(buffer),
            capacity,
            dead: Cell::new(false),
            live: Cell::new(0),
            allocated: Cell::new(0),
            noted: Cell::new(Noted::No),
        })
    }

    /// Asks once more for the memory of a block that was refused it; the caller watches for the error. What refers to the block
    /// finds the new buffer there.
    pub(super) fn ask_again(&mut self, device: &wgpu::Device, block: &Block) {
        let (key, buffer) = self.buffer(device, block.capacity);
        block.key.set(key);
        block.buffer.replace(buffer).destroy();
    }

    /// A block that never came to be: it is no longer handed out, wherever it is.
    pub(super) fn discard(&mut self, block: &Rc<Block>) {
        block.dead.set(true);
        let Some(class) = self.free.get_mut(&block.capacity) else { return };
        if let Some(at) = class.iter().position(|(_, free)| Rc::ptr_eq(free, block)) {
            class.remove(at);
            self.free_bytes -= block.capacity;
        }
    }

    /// Takes a block back; gives those that are to be destroyed, the oldest when the cap is passed.
    #[must_use]
    pub(super) fn give(&mut self, block: Rc<Block>) -> Vec<Rc<Block>> {
        if block.dead.get() {
            return vec![block];
        }
        self.clock += 1;
        self.free_bytes += block.capacity;
        self.free.entry(block.capacity).push((self.clock, block));
        self.shrink(self.cap)
    }

    /// Gives up the oldest free blocks until no more than `keep` bytes are left. On the web dropping a buffer does not free it,
    /// destroying does.
    #[must_use]
    pub(super) fn shrink(&mut self, keep: u64) -> Vec<Rc<Block>> {
        let mut given_up = Vec::new();
        while self.free_bytes > keep {
            let oldest = self.free.iter().filter(|(_, class)| !class.is_empty()).min_by_key(|(_, class)| class[0].0);
            let capacity = oldest.expect("free bytes are in some class").0;
            let class = self.free.get_mut(&capacity).expect("found just now");
            let (_, block) = class.remove(0);
            if class.is_empty() {
                self.free.remove(&capacity);
            }
            self.free_bytes -= capacity;
            given_up.push(block);
        }
        given_up
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_waste_at_most_a_quarter() {
        let pool = Pool::new("test", wgpu::BufferUsages::STORAGE, 1 << 30, 0);
        for bytes in (0..5000).chain([1 << 20, (1 << 20) + 1, (1 << 29) + 12345]) {
            let capacity = pool.capacity(bytes);
            assert!(capacity >= bytes && capacity.is_multiple_of(16), "{bytes} {capacity}");
            assert!(capacity <= (bytes + bytes / 4).max(bytes + 16), "{bytes} {capacity}");
            assert_eq!(pool.capacity(capacity), capacity);
        }
        let odd = Pool::new("test", wgpu::BufferUsages::STORAGE, (1 << 20) - 3, 0);
        assert_eq!(odd.capacity((1 << 20) - 4), (1 << 20) - 4);
        assert!(!odd.fits(1 << 20));
    }
}
