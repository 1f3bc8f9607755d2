//! Kernels that the device has lowered: a program whose kernels are known is loaded without lowering.
//!
//! A device has one target for as long as it lives, so what a kernel becomes follows from the kernel alone. Whole kernels are compared,
//! but for the values of their literals, which are in the uniform block and not in the text. Below this are the pipelines, by text:
//! kernels that differ, in a size say, may have the same.

use super::pipeline::{CacheCounters, Source};
use super::program::Workgroups;
use interfuse_compiler::kernel::{Kernel, Uniform};
use lru::LruCache;
use std::hash::{Hash, Hasher};
use std::num::NonZeroUsize;
use std::rc::Rc;
use std::sync::Arc;

/// Kernels beyond this many are forgotten, the one used longest ago first.
const SHADERS: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

/// A kernel as a key.
struct Key(Arc<Kernel>);

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        // All fields are named, so that a new one is not forgotten.
        let Kernel { class, name, axes, bindings, uniforms, values, phases, parts, repeats, serial } = &*other.0;
        let own = &*self.0;
        let alike = |(a, b): (&Uniform, &Uniform)| match (a, b) {
            (Uniform::Literal(a), Uniform::Literal(b)) => a.dtype() == b.dtype(),
            _ => a == b,
        };
        Arc::ptr_eq(&self.0, &other.0)
            || own.class == *class
                && own.name == *name
                && own.axes == *axes
                && own.bindings == *bindings
                && own.uniforms.len() == uniforms.len()
                && own.uniforms.iter().zip(uniforms).all(alike)
                && own.values == *values
                && own.phases == *phases
                && own.parts == *parts
                && own.repeats == *repeats
                && own.serial == *serial
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Kernel { name, axes, bindings, values, .. } = &*self.0;
        (name, axes, bindings, values).hash(state);
    }
}

/// The text of a kernel, and how many workgroups it runs in.
pub(super) type Shader = (Rc<Source>, Rc<Workgroups>);

/// The cache.
pub(super) struct Shaders {
    cache: LruCache<Key, Shader>,
    counters: CacheCounters,
}

impl Shaders {
    /// An empty cache.
    pub(super) fn new() -> Shaders {
        Shaders { cache: LruCache::new(SHADERS), counters: CacheCounters::default() }
    }

    /// The shader of a kernel, lowered if it is not known.
    pub(super) fn get(&mut self, kernel: &Arc<Kernel>, lower: impl FnOnce(&Kernel) -> Shader) -> Shader {
        let key = Key(kernel.clone());
        if let Some(shader) = self.cache.get(&key) {
            self.counters.hits += 1;
            return shader.clone();
        }
        self.counters.misses += 1;
        let shader = lower(kernel);
        self.counters.evictions += u64::from(self.cache.push(key, shader.clone()).is_some());
        shader
    }

    /// Hits, misses (kernels lowered), evictions and entries.
    pub(super) fn counters(&self) -> CacheCounters {
        CacheCounters { entries: self.cache.len() as u64, ..self.counters }
    }
}
