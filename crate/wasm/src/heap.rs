//! How much of the Wasm memory is in use. The memory itself only grows, so it cannot tell whether anything leaks: the bytes that are
//! allocated can.

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static HEAP: cap::Cap<std::alloc::System> = cap::Cap::new(std::alloc::System, usize::MAX);

/// Bytes that are allocated, tensors of the CPU device among them.
pub fn bytes_in_use() -> u64 {
    #[cfg(target_arch = "wasm32")]
    let bytes = HEAP.allocated() as u64;
    // The counter belongs to the Wasm; a native build of these bindings only serves to be checked.
    #[cfg(not(target_arch = "wasm32"))]
    let bytes = 0;
    bytes
}
