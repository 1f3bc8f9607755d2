//! Pipelines, shared by all kernels that have the same WGSL, and the layouts and bind groups that go with them.
//!
//! A new pipeline costs milliseconds, so it is the thing to share; whole texts are compared. Layouts are
//! explicit and shared by signature (which bindings are written), so that pipelines of one signature can use each other's bind groups.
//! A bind group is named by its layout and the keys of its blocks with what is bound of each; no key is ever given to another block.

use super::pool::Block;
use interfuse_compiler::kernel::Access;
use interfuse_compiler::lower::ENABLE_SUBGROUPS;
use interfuse_compiler::small::VecMap;
use lru::LruCache;
use std::borrow::Cow;
use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::rc::Rc;

/// Pipelines that no loaded program uses are forgotten beyond this many.
const PIPELINES: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

/// Bind groups kept.
const BIND_GROUPS: NonZeroUsize = NonZeroUsize::new(4096).expect("not zero");

/// Hits, misses, evictions and entries of a cache of the device.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct CacheCounters {
    /// Found.
    pub hits: u64,
    /// Made.
    pub misses: u64,
    /// Forgotten because of the bound.
    pub evictions: u64,
    /// Kept now.
    pub entries: u64,
}

/// The layout of one bind group: storage buffers in binding order, then the uniform block.
pub(super) struct Layout {
    key: u64,
    group: wgpu::BindGroupLayout,
    pipeline: wgpu::PipelineLayout,
}

/// A compute pipeline.
pub(super) struct Pipeline {
    /// The pipeline.
    pub(super) handle: wgpu::ComputePipeline,
    /// Its layout.
    pub(super) layout: Rc<Layout>,
    /// Why it could not be made; on the web this comes later than the pipeline.
    pub(super) fault: RefCell<Option<String>>,
}

/// What tells pipelines apart. The signature follows from the text, but the layout is made of it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Source {
    /// The whole text.
    pub(super) wgsl: String,
    /// The entry point.
    pub(super) entry: String,
    /// Which storage bindings are written.
    pub(super) accesses: Vec<Access>,
}

impl Source {
    /// The text as the driver's front end takes it: naga, natively, knows subgroups but not the line that enables them.
    fn text(&self) -> Cow<'_, str> {
        match self.wgsl.strip_prefix(ENABLE_SUBGROUPS) {
            // The line stays, so that errors name the lines that inspections show.
            Some(rest) if !cfg!(target_arch = "wasm32") => Cow::Owned(format!("\n{rest}")),
            _ => Cow::Borrowed(&self.wgsl),
        }
    }
}

/// How modules are made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Checks {
    /// wgpu adds what WebGPU demands of untrusted shaders: bounds, loop and division checks. For tests, and always so on the web.
    Full,
    /// Trust the lowering, which proves its indices and divisors. Natively only.
    Trusted,
}

/// What a storage binding binds: a block, or the bytes of it from an offset on.
pub(super) type BoundRange<'a> = (&'a Rc<Block>, Option<(u64, u64)>);

/// The caches.
pub(super) struct Pipelines {
    device: wgpu::Device,
    checks: Checks,
    layouts: VecMap<Vec<Access>, Rc<Layout>>,
    cache: LruCache<Source, Rc<Pipeline>>,
    groups: LruCache<Vec<u64>, wgpu::BindGroup>,
    name: Vec<u64>,
    counters: CacheCounters,
    group_counters: CacheCounters,
}

impl Pipelines {
    /// Empty caches.
    pub(super) fn new(device: wgpu::Device, checks: Checks) -> Pipelines {
        Pipelines {
            device,
            checks,
            layouts: VecMap::default(),
            cache: LruCache::new(PIPELINES),
            groups: LruCache::new(BIND_GROUPS),
            name: Vec::new(),
            counters: CacheCounters::default(),
            group_counters: CacheCounters::default(),
        }
    }

    /// The pipeline of that source, if there is one.
    pub(super) fn get(&mut self, source: &Source) -> Option<Rc<Pipeline>> {
        let found = self.cache.get(source).cloned();
        match &found {
            Some(_) => self.counters.hits += 1,
            None => self.counters.misses += 1,
        }
        found
    }

    /// Is there a pipeline of that source? Does not count.
    #[cfg(target_arch = "wasm32")]
    pub(super) fn has(&self, source: &Source) -> bool {
        self.cache.contains(source)
    }

    /// Makes the pipeline of that source; the caller watches for the error.
    pub(super) fn create(&mut self, source: &Source, label: &str) -> Rc<Pipeline> {
        let layout = self.layout(&source.accesses);
        let descriptor =
            wgpu::ShaderModuleDescriptor { label: Some(label), source: wgpu::ShaderSource::Wgsl(source.text()) };
        let module = match self.checks {
            Checks::Full => self.device.create_shader_module(descriptor),
            // SAFETY: the lowering emits indices that are in range for the sizes that the plan states and the device checks at
            // every call, divisors that are not 0 (each division is guarded by a select), and loops with constant trip counts or
            // trip counts from the uniform block.
            Checks::Trusted => unsafe {
                self.device.create_shader_module_trusted(descriptor, wgpu::ShaderRuntimeChecks::unchecked())
            },
        };
        let handle = self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(label),
            layout: Some(&layout.pipeline),
            module: &module,
            entry_point: Some(&source.entry),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &[],
                // Kernels write workgroup memory before they read it.
                zero_initialize_workgroup_memory: self.checks == Checks::Full,
            },
            cache: None,
        });
        Rc::new(Pipeline { handle, layout, fault: RefCell::new(None) })
    }

    /// Keeps a pipeline.
    pub(super) fn insert(&mut self, source: Source, pipeline: Rc<Pipeline>) {
        if let Some((old, _)) = self.cache.push(source.clone(), pipeline)
            && old != source
        {
            self.counters.evictions += 1;
        }
    }

    /// Forgets a pipeline that could not be made: the next program to ask tries again.
    pub(super) fn forget(&mut self, pipeline: &Rc<Pipeline>) {
        let source = self.cache.iter().find(|(_, p)| Rc::ptr_eq(p, pipeline)).map(|(source, _)| source.clone());
        source.and_then(|source| self.cache.pop(&source));
    }

    fn layout(&mut self, accesses: &[Access]) -> Rc<Layout> {
        if let Some(layout) = self.layouts.get(accesses) {
            return layout.clone();
        }
        let entry = |binding: usize, ty| wgpu::BindGroupLayoutEntry {
            binding: binding as u32,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None },
            count: None,
        };
        let storage =
            accesses.iter().map(|access| wgpu::BufferBindingType::Storage { read_only: *access == Access::Read });
        let all = storage.chain([wgpu::BufferBindingType::Uniform]);
        let entries: Vec<_> = all.enumerate().map(|(binding, ty)| entry(binding, ty)).collect();
        let group =
            self.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries: &entries });
        let pipeline = self.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: &[Some(&group)],
            immediate_size: 0,
        });
        let layout = Rc::new(Layout { key: self.layouts.len() as u64, group, pipeline });
        self.layouts.insert(accesses.to_vec(), layout.clone());
        layout
    }

    /// The bind group of those parts and that part of the uniform buffer, and whether it had to be made.
    pub(super) fn bind_group<'a>(
        &mut self,
        layout: &Layout,
        parts: impl Iterator<Item = BoundRange<'a>> + Clone,
        uniforms: &Block,
        part: (u64, u64),
    ) -> (&wgpu::BindGroup, bool) {
        self.name.clear();
        self.name.extend([layout.key, uniforms.key(), part.0, part.1]);
        self.name.extend(parts.clone().flat_map(|(block, range)| {
            let (offset, bytes) = range.unwrap_or((0, 0));
            [block.key(), offset, bytes]
        }));
        let mut made = false;
        let full = self.groups.len() == BIND_GROUPS.get();
        let device = &self.device;
        let group = self.groups.get_or_insert_ref(self.name.as_slice(), || {
            made = true;
            let parts: Vec<_> =
                parts.map(|(block, range)| (block.buffer(), range)).chain([(uniforms.buffer(), Some(part))]).collect();
            fn entry<'a>(at: usize, buffer: &'a wgpu::Buffer, range: Option<(u64, u64)>) -> wgpu::BindGroupEntry<'a> {
                let (offset, bytes) = range.unwrap_or((0, 0));
                let bound = wgpu::BufferBinding { buffer, offset, size: wgpu::BufferSize::new(bytes) };
                wgpu::BindGroupEntry { binding: at as u32, resource: wgpu::BindingResource::Buffer(bound) }
            }
            let entries: Vec<_> =
                parts.iter().enumerate().map(|(at, (buffer, range))| entry(at, buffer, *range)).collect();
            device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: None,
                layout: &layout.group,
                entries: &entries,
            })
        });
        self.group_counters.hits += u64::from(!made);
        self.group_counters.misses += u64::from(made);
        self.group_counters.evictions += u64::from(made && full);
        (group, made)
    }

    /// Forgets all bind groups: they keep what they bind alive.
    pub(super) fn forget_bind_groups(&mut self) {
        self.groups.clear();
    }

    /// Counters of the pipelines and of the bind groups.
    pub(super) fn counters(&self) -> (CacheCounters, CacheCounters) {
        (
            CacheCounters { entries: self.cache.len() as u64, ..self.counters },
            CacheCounters { entries: self.groups.len() as u64, ..self.group_counters },
        )
    }
}
