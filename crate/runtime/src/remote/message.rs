//! What crosses the port, as bytes: orders of the client, and news of the host.
//!
//! A message is a head, which says the version, and items until it ends. Numbers are little-endian; in front of everything that has a
//! length stands the length, which is compared with the bytes that are left before anything is allocated. Both sides are built from one
//! source, so an item has no length of its own and none is skipped.

use crate::device::{BufferId, ProgramId};
use crate::device::{Call, Counters, DeviceError, DeviceInfo, DeviceKind, Memory};
use interfuse_compiler::dtype::DType;
use interfuse_compiler::gpu::GPU;
use interfuse_compiler::sharing::Place;
use interfuse_compiler::target::{AdapterClass, Features, Limits, Target, Tuning};

/// What every message begins with; the last byte is the version.
pub(super) const HEAD: [u8; 4] = [b'i', b'f', b'r', 1];

/// Why bytes are no message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Malformed(pub &'static str);

const NONSENSE: Malformed = Malformed("a message has a number that means nothing");
const SHORT: Malformed = Malformed("a message ends early");

type Read<T> = Result<T, Malformed>;

/// A program, as the client describes it.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Source<'a> {
    /// The listing of its graph.
    pub text: &'a str,
    pub fuse: bool,
    pub simplify: bool,
    pub kernel_ops: u32,
    /// May results be allocated in one block?
    pub results: bool,
    /// The places of arguments that share a block.
    pub inputs: Vec<Option<Place>>,
}

/// What the client wants.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Order<'a> {
    Upload {
        id: u64,
        dtype: DType,
        bytes: &'a [u8],
    },
    Load {
        program: u64,
        source: Source<'a>,
    },
    /// Load, and say when it is ready.
    WarmUp {
        ticket: u64,
        program: u64,
        source: Source<'a>,
    },
    /// Should the device refuse that program, it runs op by op.
    Instead {
        program: u64,
    },
    Run(Orders),
    Read {
        ticket: u64,
        id: u64,
    },
    Synchronize {
        ticket: u64,
    },
    Settle {
        ticket: u64,
    },
    DropBuffer {
        id: u64,
    },
    DropProgram {
        program: u64,
    },
    Trim,
}

/// A call as it crosses.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Orders {
    pub program: u64,
    pub inputs: Vec<u64>,
    pub constants: Vec<u64>,
    pub outputs: Vec<u64>,
    pub symbols: Vec<i64>,
}

/// What the host tells.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum News<'a> {
    /// What device it is, and how many bytes the client may hold.
    Hello {
        info: DeviceInfo,
        target: Target,
        max_bytes: u64,
    },
    /// How the device is now, and how many bytes of orders are done.
    Status {
        memory: Memory,
        counters: Counters,
        done: u64,
    },
    Answer {
        ticket: u64,
        result: Result<&'a [u8], DeviceError>,
    },
    /// The device took that program.
    Accepted {
        program: u64,
    },
    /// The device refused that program.
    Refused {
        program: u64,
        error: DeviceError,
    },
    /// Nothing more comes.
    Lost {
        reason: String,
    },
}

/// Puts items into a message.
pub(super) struct Writer(pub Vec<u8>);

impl Writer {
    pub fn new() -> Writer {
        Writer(HEAD.to_vec())
    }

    fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.u32(bytes.len() as u32);
        self.0.extend_from_slice(bytes);
    }

    fn ids(&mut self, ids: impl ExactSizeIterator<Item = u64>) {
        self.u32(ids.len() as u32);
        ids.for_each(|id| self.u64(id));
    }

    fn source(&mut self, source: &Source<'_>) {
        self.bytes(source.text.as_bytes());
        self.u8(u8::from(source.fuse) | u8::from(source.simplify) << 1 | u8::from(source.results) << 2);
        self.u32(source.kernel_ops);
        self.u32(source.inputs.len() as u32);
        for place in &source.inputs {
            // No offset is that large.
            let Place { block, offset } = place.unwrap_or(Place { block: 0, offset: u64::MAX });
            self.u32(block);
            self.u64(offset);
        }
    }

    fn error(&mut self, error: &DeviceError) {
        let (tag, text) = match error {
            DeviceError::Limit(text) => (1, text),
            DeviceError::Lost(text) => (2, text),
            DeviceError::Failed(text) => (3, text),
            DeviceError::Refused(_, text) => (4, text),
        };
        self.u8(tag);
        self.bytes(text.as_bytes());
        if let DeviceError::Refused(whose, _) = error {
            self.bytes(whose.as_bytes());
        }
    }

    pub fn order(&mut self, order: &Order<'_>) {
        match order {
            Order::Upload { id, dtype, bytes } => {
                self.u8(1);
                self.u64(*id);
                self.u8(*dtype as u8);
                self.bytes(bytes);
            }
            Order::Load { program, source } => {
                self.u8(2);
                self.u64(*program);
                self.source(source);
            }
            Order::WarmUp { ticket, program, source } => {
                self.u8(3);
                self.u64(*ticket);
                self.u64(*program);
                self.source(source);
            }
            Order::Instead { program } => {
                self.u8(4);
                self.u64(*program);
            }
            Order::Run(call) => {
                self.u8(5);
                self.u64(call.program);
                for ids in [&call.inputs, &call.constants, &call.outputs] {
                    self.ids(ids.iter().copied());
                }
                self.ids(call.symbols.iter().map(|symbol| *symbol as u64));
            }
            Order::Read { ticket, id } => {
                self.u8(6);
                self.u64(*ticket);
                self.u64(*id);
            }
            Order::Synchronize { ticket } => {
                self.u8(7);
                self.u64(*ticket);
            }
            Order::Settle { ticket } => {
                self.u8(8);
                self.u64(*ticket);
            }
            Order::DropBuffer { id } => {
                self.u8(9);
                self.u64(*id);
            }
            Order::DropProgram { program } => {
                self.u8(10);
                self.u64(*program);
            }
            Order::Trim => self.u8(11),
        }
    }

    pub fn news(&mut self, news: &News<'_>) {
        match news {
            News::Hello { info, target, max_bytes } => {
                self.u8(1);
                self.u64(*max_bytes);
                self.info(info);
                self.target(target);
            }
            News::Status { memory, counters, done } => {
                self.u8(2);
                let words = of_memory(memory).into_iter().chain(of_counters(counters));
                words.for_each(|word| self.u64(word));
                self.u64(*done);
            }
            News::Answer { ticket, result } => {
                self.u8(3);
                self.u64(*ticket);
                match result {
                    Ok(bytes) => {
                        self.u8(0);
                        self.bytes(bytes);
                    }
                    Err(error) => self.error(error),
                }
            }
            News::Accepted { program } => {
                self.u8(4);
                self.u64(*program);
            }
            News::Refused { program, error } => {
                self.u8(5);
                self.u64(*program);
                self.error(error);
            }
            News::Lost { reason } => {
                self.u8(6);
                self.bytes(reason.as_bytes());
            }
        }
    }

    fn info(&mut self, info: &DeviceInfo) {
        self.u8(u8::from(info.kind == DeviceKind::Gpu) | u8::from(info.is_fallback) << 1);
        for text in [&info.vendor, &info.architecture, &info.device, &info.description, &info.backend, &info.reason] {
            self.bytes(text.as_bytes());
        }
        self.u32(info.features.len() as u32);
        info.features.iter().for_each(|feature| self.bytes(feature.as_bytes()));
    }

    fn target(&mut self, target: &Target) {
        let Target { limits, features, class, tuning, rewrites } = target;
        self.u32(limits.storage_buffers);
        self.u64(limits.binding_bytes);
        self.u64(limits.buffer_bytes);
        self.u32(limits.workgroups_per_dimension);
        self.u32(limits.workgroup_invocations);
        self.u32(limits.workgroup_bytes);
        self.u8(u8::from(features.float16) | u8::from(features.subgroups) << 1 | u8::from(rewrites.is_some()) << 2);
        self.u8(match class {
            AdapterClass::Cpu => 0,
            AdapterClass::Software => 1,
            AdapterClass::Gpu => 2,
        });
        self.u32(tuning.kernel_ops);
        self.u8(u8::from(tuning.fuse) | u8::from(tuning.simplify) << 1);
    }
}

fn of_memory(memory: &Memory) -> [u64; 6] {
    let Memory { buffers, bytes_in_use, bytes_pooled, peak_bytes, pipelines, bind_groups } = *memory;
    [buffers, bytes_in_use, bytes_pooled, peak_bytes, pipelines, bind_groups]
}

fn of_counters(counters: &Counters) -> [u64; 9] {
    let Counters { dispatches, submits, buffers_created, pipelines_created, bind_groups_created, .. } = *counters;
    let Counters { bytes_allocated, call_peak_bytes, bytes_uploaded, bytes_read, .. } = *counters;
    [
        dispatches,
        submits,
        buffers_created,
        pipelines_created,
        bind_groups_created,
        bytes_allocated,
        call_peak_bytes,
        bytes_uploaded,
        bytes_read,
    ]
}

/// Takes items out of a message.
pub(super) struct Reader<'a> {
    left: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Behind the head, which must be right.
    pub fn new(message: &'a [u8]) -> Read<Reader<'a>> {
        match message.strip_prefix(&HEAD) {
            Some(left) => Ok(Reader { left }),
            None => Err(Malformed("a message has another version, or is none")),
        }
    }

    /// Is nothing left?
    pub fn is_done(&self) -> bool {
        self.left.is_empty()
    }

    fn take(&mut self, count: usize) -> Read<&'a [u8]> {
        match self.left.split_at_checked(count) {
            Some((taken, left)) => {
                self.left = left;
                Ok(taken)
            }
            None => Err(SHORT),
        }
    }

    fn array<const N: usize>(&mut self) -> Read<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn u8(&mut self) -> Read<u8> {
        Ok(self.array::<1>()?[0])
    }

    fn u32(&mut self) -> Read<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Read<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn flags(&mut self, known: u8) -> Read<u8> {
        match self.u8()? {
            flags if flags & !known == 0 => Ok(flags),
            _ => Err(NONSENSE),
        }
    }

    fn bytes(&mut self) -> Read<&'a [u8]> {
        let count = self.u32()?;
        self.take(count as usize)
    }

    fn text(&mut self) -> Read<&'a str> {
        std::str::from_utf8(self.bytes()?).map_err(|_| NONSENSE)
    }

    /// A list whose items take that many bytes each at least.
    fn list<T>(&mut self, size: usize, mut item: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let count = self.u32()? as usize;
        if count > self.left.len() / size {
            return Err(SHORT);
        }
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn ids(&mut self) -> Read<Vec<u64>> {
        self.list(8, Reader::u64)
    }

    fn dtype(&mut self) -> Read<DType> {
        let number = self.u8()?;
        let found = DType::ALL.into_iter().find(|dtype| *dtype as u8 == number);
        found.ok_or(NONSENSE)
    }

    fn source(&mut self) -> Read<Source<'a>> {
        let text = self.text()?;
        let flags = self.flags(7)?;
        let kernel_ops = self.u32()?;
        let place = |reader: &mut Self| {
            let (block, offset) = (reader.u32()?, reader.u64()?);
            Ok((offset != u64::MAX).then_some(Place { block, offset }))
        };
        let inputs = self.list(12, place)?;
        let is = |bit: u8| flags & bit != 0;
        Ok(Source { text, fuse: is(1), simplify: is(2), results: is(4), kernel_ops, inputs })
    }

    fn error(&mut self, tag: u8) -> Read<DeviceError> {
        let text = self.text()?.to_string();
        Ok(match tag {
            1 => DeviceError::Limit(text),
            2 => DeviceError::Lost(text),
            3 => DeviceError::Failed(text),
            4 => DeviceError::Refused(self.text()?.to_string(), text),
            _ => return Err(NONSENSE),
        })
    }

    pub fn order(&mut self) -> Read<Order<'a>> {
        Ok(match self.u8()? {
            1 => Order::Upload { id: self.u64()?, dtype: self.dtype()?, bytes: self.bytes()? },
            2 => Order::Load { program: self.u64()?, source: self.source()? },
            3 => Order::WarmUp { ticket: self.u64()?, program: self.u64()?, source: self.source()? },
            4 => Order::Instead { program: self.u64()? },
            5 => Order::Run(Orders {
                program: self.u64()?,
                inputs: self.ids()?,
                constants: self.ids()?,
                outputs: self.ids()?,
                symbols: self.list(8, |reader| reader.u64().map(|symbol| symbol as i64))?,
            }),
            6 => Order::Read { ticket: self.u64()?, id: self.u64()? },
            7 => Order::Synchronize { ticket: self.u64()? },
            8 => Order::Settle { ticket: self.u64()? },
            9 => Order::DropBuffer { id: self.u64()? },
            10 => Order::DropProgram { program: self.u64()? },
            11 => Order::Trim,
            _ => return Err(NONSENSE),
        })
    }

    pub fn news(&mut self) -> Read<News<'a>> {
        Ok(match self.u8()? {
            1 => News::Hello { max_bytes: self.u64()?, info: self.info()?, target: self.target()? },
            2 => News::Status { memory: self.memory()?, counters: self.counters()?, done: self.u64()? },
            3 => {
                let ticket = self.u64()?;
                let result = match self.u8()? {
                    0 => Ok(self.bytes()?),
                    tag => Err(self.error(tag)?),
                };
                News::Answer { ticket, result }
            }
            4 => News::Accepted { program: self.u64()? },
            5 => {
                let program = self.u64()?;
                let tag = self.u8()?;
                News::Refused { program, error: self.error(tag)? }
            }
            6 => News::Lost { reason: self.text()?.to_string() },
            _ => return Err(NONSENSE),
        })
    }

    fn memory(&mut self) -> Read<Memory> {
        Ok(Memory {
            buffers: self.u64()?,
            bytes_in_use: self.u64()?,
            bytes_pooled: self.u64()?,
            peak_bytes: self.u64()?,
            pipelines: self.u64()?,
            bind_groups: self.u64()?,
        })
    }

    fn counters(&mut self) -> Read<Counters> {
        Ok(Counters {
            dispatches: self.u64()?,
            submits: self.u64()?,
            buffers_created: self.u64()?,
            pipelines_created: self.u64()?,
            bind_groups_created: self.u64()?,
            bytes_allocated: self.u64()?,
            call_peak_bytes: self.u64()?,
            bytes_uploaded: self.u64()?,
            bytes_read: self.u64()?,
        })
    }

    fn info(&mut self) -> Read<DeviceInfo> {
        let flags = self.flags(3)?;
        let mut text = || self.text().map(str::to_string);
        let (vendor, architecture, device) = (text()?, text()?, text()?);
        let (description, backend, reason) = (text()?, text()?, text()?);
        let features = self.list(4, |reader| reader.text().map(str::to_string))?;
        let kind = if flags & 1 != 0 { DeviceKind::Gpu } else { DeviceKind::Cpu };
        let is_fallback = flags & 2 != 0;
        Ok(DeviceInfo { kind, vendor, architecture, device, description, backend, is_fallback, features, reason })
    }

    fn target(&mut self) -> Read<Target> {
        let limits = Limits {
            storage_buffers: self.u32()?,
            binding_bytes: self.u64()?,
            buffer_bytes: self.u64()?,
            workgroups_per_dimension: self.u32()?,
            workgroup_invocations: self.u32()?,
            workgroup_bytes: self.u32()?,
        };
        let flags = self.flags(7)?;
        let class = match self.u8()? {
            0 => AdapterClass::Cpu,
            1 => AdapterClass::Software,
            2 => AdapterClass::Gpu,
            _ => return Err(NONSENSE),
        };
        let kernel_ops = self.u32()?;
        let tuned = self.flags(3)?;
        Ok(Target {
            limits,
            features: Features { float16: flags & 1 != 0, subgroups: flags & 2 != 0 },
            class,
            tuning: Tuning { kernel_ops, fuse: tuned & 1 != 0, simplify: tuned & 2 != 0, ..Tuning::default() },
            rewrites: (flags & 4 != 0).then_some(&GPU),
        })
    }
}

impl Orders {
    pub fn of(call: &Call) -> Orders {
        let ids = |ids: &[BufferId]| ids.iter().map(|id| id.0).collect();
        let ProgramId(program) = call.program;
        let (inputs, constants, outputs) = (ids(&call.inputs), ids(&call.constants), ids(&call.outputs));
        Orders { program, inputs, constants, outputs, symbols: call.symbols.clone() }
    }
}
