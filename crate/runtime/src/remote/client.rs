//! The client's side: a device that sends orders, and counts what it can foresee.

use super::check;
use super::message::{News, Order, Orders, Reader, Source, Writer};
use crate::device::{
    BufferId, Call, Counters, Device, DeviceError, DeviceInfo, Done, Instead, Memory, ProgramId, Read,
};
use interfuse_compiler::Request;
use interfuse_compiler::dtype::DType;
use interfuse_compiler::plan::{CallCost, Plan, Storage, evaluate};
use interfuse_compiler::sharing::Place;
use interfuse_compiler::small::HashMap;
use interfuse_compiler::target::Target;
use interfuse_compiler::text::print;
use std::cell::{Cell, RefCell, RefMut};
use std::future::Future;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// So many bytes of orders go out at once, ...
const MESSAGE_BYTES: usize = 64 << 10;
/// ... or so many orders.
const MESSAGE_ORDERS: usize = 256;
/// Bytes that the host has not worked off: more would only wait there.
const BYTES_UNDER_WAY: u64 = 448 << 20;

/// How messages get to the host.
pub trait Port {
    /// Sends a message. Messages arrive in order.
    fn send(&self, message: Vec<u8>);

    /// Calls `flush` at the end of this turn of the event loop, if there is one. Reads and waiting flush in any case.
    fn later(&self, flush: Box<dyn FnOnce()>);
}

/// A device whose work is done by a [`super::Host`].
pub struct RemoteDevice {
    shared: Rc<Shared>,
}

struct Shared {
    info: DeviceInfo,
    target: Target,
    max_bytes: u64,
    port: Box<dyn Port>,
    state: RefCell<State>,
}

struct State {
    out: Writer,
    orders: usize,
    /// Will `later` flush?
    due: bool,
    /// What the next plan was made from.
    origin: Option<(ProgramId, Origin)>,
    buffers: HashMap<BufferId, Held>,
    programs: HashMap<ProgramId, Rc<Program>>,
    waiting: HashMap<u64, Rc<Slot>>,
    /// Programs that the host may still refuse. They are known here until it says so, even when they are dropped.
    doubtful: HashMap<u64, (Rc<Verdict>, Instead)>,
    tickets: u64,
    bytes_in_use: u64,
    counters: Counters,
    /// What the host said last.
    told: (Memory, Counters),
    sent_bytes: u64,
    done_bytes: u64,
    lost: Option<DeviceError>,
}

/// A program as a message describes it.
struct Origin {
    text: String,
    nodes: usize,
    fuse: bool,
    simplify: bool,
    kernel_ops: u32,
    results: bool,
    inputs: Vec<Option<Place>>,
}

impl Origin {
    fn source(&self) -> Source<'_> {
        let Origin { text, fuse, simplify, kernel_ops, results, inputs, .. } = self;
        let (fuse, simplify, kernel_ops, results) = (*fuse, *simplify, *kernel_ops, *results);
        Source { text, fuse, simplify, kernel_ops, results, inputs: inputs.clone() }
    }
}

/// A buffer that exists, or will.
struct Held {
    bytes: u64,
    /// The members that are left of its arena, and the arena's bytes.
    arena: Option<Rc<(Cell<usize>, u64)>>,
    depends: Depends,
}

/// The programs that a buffer's content depends on and that the host may still refuse.
type Depends = Vec<Rc<Verdict>>;

/// What became of a program that may be refused.
#[derive(Default)]
struct Verdict {
    taken: Cell<bool>,
    /// Set where nothing may run in its place.
    refused: RefCell<Option<DeviceError>>,
}

impl Verdict {
    fn is_open(&self) -> bool {
        !self.taken.get()
    }
}

/// A loaded plan.
struct Program {
    plan: Arc<Plan>,
    in_arena: Vec<Option<Place>>,
    symbols: usize,
    /// Of the last call.
    sizes: RefCell<Option<Rc<Sizes>>>,
    verdict: RefCell<Option<Rc<Verdict>>>,
}

/// What follows from the values of symbols.
struct Sizes {
    symbols: Vec<i64>,
    /// By buffer of the plan.
    bytes: Vec<u64>,
    cost: CallCost,
}

/// An answer that is waited for.
#[derive(Default)]
struct Slot {
    result: RefCell<Option<Result<Vec<u8>, DeviceError>>>,
    waker: RefCell<Option<Waker>>,
}

impl Slot {
    fn answer(&self, result: Result<Vec<u8>, DeviceError>) {
        *self.result.borrow_mut() = Some(result);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

struct Waiting {
    shared: Rc<Shared>,
    slot: Rc<Slot>,
    depends: Depends,
}

impl Future for Waiting {
    type Output = Result<Vec<u8>, DeviceError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.slot.result.borrow().is_none() {
            self.shared.flush();
            *self.slot.waker.borrow_mut() = Some(context.waker().clone());
        }
        match self.slot.result.take() {
            Some(result) => {
                let refused = self.depends.iter().find_map(|verdict| verdict.refused.borrow().clone());
                Poll::Ready(refused.map_or(result, Err))
            }
            None => Poll::Pending,
        }
    }
}

fn failed<T>(text: impl Into<String>) -> Result<T, DeviceError> {
    Err(DeviceError::Failed(text.into()))
}

impl RemoteDevice {
    /// The device that the first message of a host describes.
    pub fn connect(hello: &[u8], port: Box<dyn Port>) -> Result<RemoteDevice, DeviceError> {
        let news = Reader::new(hello).and_then(|mut reader| reader.news());
        let (info, target, max_bytes) = match news {
            Ok(News::Hello { info, target, max_bytes }) => (info, target, max_bytes),
            Ok(News::Lost { reason }) => return Err(DeviceError::Lost(reason)),
            Ok(_) => return failed("the first message of the other side says nothing of a device"),
            Err(malformed) => return failed(malformed.0),
        };
        let state = State {
            out: Writer::new(),
            orders: 0,
            due: false,
            origin: None,
            buffers: HashMap::default(),
            programs: HashMap::default(),
            waiting: HashMap::default(),
            doubtful: HashMap::default(),
            tickets: 0,
            bytes_in_use: 0,
            counters: Counters::default(),
            told: Default::default(),
            sent_bytes: 0,
            done_bytes: 0,
            lost: None,
        };
        Ok(RemoteDevice { shared: Rc::new(Shared { info, target, max_bytes, port, state: RefCell::new(state) }) })
    }

    /// The most bytes that the host lets buffers take.
    pub fn max_bytes(&self) -> u64 {
        self.shared.max_bytes
    }

    /// Takes a message of the host. Gives the reason when the device is lost by it.
    pub fn receive(&self, message: &[u8]) -> Option<String> {
        let shared = &self.shared;
        let was_lost = shared.state().lost.is_some();
        let done = Reader::new(message).and_then(|mut reader| {
            while !reader.is_done() {
                shared.news(reader.news()?);
            }
            Ok(())
        });
        if let Err(malformed) = done {
            shared.lose(malformed.0.to_string());
        }
        let lost = shared.state().lost.clone();
        lost.filter(|_| !was_lost).map(|error| match error {
            DeviceError::Lost(reason) => reason,
            other => other.to_string(),
        })
    }

    /// Nothing comes any more: for that reason.
    pub fn lose(&self, reason: &str) {
        self.shared.lose(reason.to_string());
    }
}

impl Shared {
    /// One place that says that it is in use.
    #[inline(never)]
    fn state(&self) -> RefMut<'_, State> {
        self.state.borrow_mut()
    }

    fn news(&self, news: News<'_>) {
        match news {
            News::Hello { .. } => {}
            News::Status { memory, counters, done } => {
                let mut state = self.state();
                state.told = (memory, counters);
                state.done_bytes = done;
            }
            News::Answer { ticket, result } => {
                let slot = self.state().waiting.remove(&ticket);
                if let Some(slot) = slot {
                    slot.answer(result.map(<[u8]>::to_vec));
                }
            }
            News::Accepted { program } => {
                let known = self.state().doubtful.remove(&program);
                if let Some((verdict, instead)) = known {
                    verdict.taken.set(true);
                    // Whoever waits for it may ask the device something.
                    drop(instead);
                }
            }
            News::Refused { program, error } => {
                let known = self.state().doubtful.remove(&program);
                if let Some((verdict, instead)) = known {
                    // The host has made the plan that runs instead; what counts here is whether one may.
                    let refused = instead(error).err();
                    verdict.taken.set(refused.is_none());
                    *verdict.refused.borrow_mut() = refused;
                }
            }
            News::Lost { reason } => self.lose(reason),
        }
    }

    fn lose(&self, reason: String) {
        let lost = DeviceError::Lost(reason);
        let mut state = self.state();
        let error = state.lost.get_or_insert(lost).clone();
        let waiting = std::mem::take(&mut state.waiting);
        let doubtful = std::mem::take(&mut state.doubtful);
        drop(state);
        drop(doubtful);
        waiting.values().for_each(|slot| slot.answer(Err(error.clone())));
    }

    fn flush(&self) {
        let message = {
            let mut state = self.state();
            if state.orders == 0 || state.lost.is_some() {
                return;
            }
            state.orders = 0;
            let message = std::mem::replace(&mut state.out, Writer::new()).0;
            state.sent_bytes += message.len() as u64;
            message
        };
        self.port.send(message);
    }

    fn order(self: &Rc<Self>, order: &Order<'_>) {
        let (full, due) = {
            let mut state = self.state();
            if state.lost.is_some() {
                return;
            }
            state.out.order(order);
            state.orders += 1;
            let full = state.out.0.len() >= MESSAGE_BYTES || state.orders >= MESSAGE_ORDERS;
            (full, !std::mem::replace(&mut state.due, true))
        };
        if full {
            self.flush();
        }
        if due {
            let shared = Rc::downgrade(self);
            self.port.later(Box::new(move || {
                let Some(shared) = Weak::upgrade(&shared) else { return };
                shared.state().due = false;
                shared.flush();
            }));
        }
    }

    fn check_lost(&self) -> Result<(), DeviceError> {
        self.state().lost.clone().map_or(Ok(()), Err)
    }

    /// Is there room for so many bytes on the way?
    fn check_room(&self, bytes: usize) -> Result<(), DeviceError> {
        let state = self.state();
        let under_way = state.sent_bytes + state.out.0.len() as u64 - state.done_bytes;
        if bytes > BYTES_UNDER_WAY as usize || under_way + bytes as u64 > BYTES_UNDER_WAY {
            return Err(DeviceError::Limit(format!(
                "{bytes} bytes are to be sent while {under_way} bytes wait for the device; at most {BYTES_UNDER_WAY} \
                 may wait. Await a read or `synchronize` in between"
            )));
        }
        Ok(())
    }

    /// May so many more buffers be made?
    fn check_buffers(&self, more: usize) -> Result<(), DeviceError> {
        if self.state().buffers.len() + more > check::BUFFERS {
            return Err(DeviceError::Limit(format!("this device keeps at most {} buffers", check::BUFFERS)));
        }
        Ok(())
    }

    fn wait<'a>(self: &Rc<Self>, depends: Depends, order: impl FnOnce(u64) -> Order<'a>) -> Waiting {
        let slot = Rc::new(Slot::default());
        let ticket = {
            let mut state = self.state();
            state.tickets += 1;
            match &state.lost {
                Some(lost) => *slot.result.borrow_mut() = Some(Err(lost.clone())),
                None => {
                    let ticket = state.tickets;
                    state.waiting.insert(ticket, slot.clone());
                }
            }
            state.tickets
        };
        self.order(&order(ticket));
        Waiting { shared: self.clone(), slot, depends }
    }

    fn done<'a>(self: &Rc<Self>, order: impl FnOnce(u64) -> Order<'a>) -> Done {
        let waiting = self.wait(Vec::new(), order);
        Box::pin(async move { waiting.await.map(drop) })
    }

    /// Notes a plan, and gives what is to be sent for it.
    fn load(&self, id: ProgramId, plan: Arc<Plan>) -> Result<Origin, DeviceError> {
        self.check_lost()?;
        let origin = match self.state().origin.take() {
            Some((known, origin)) if known == id => origin,
            _ => {
                return failed(
                    "this device is in another place, which takes graphs and makes the kernels itself: kernels cannot \
                     be loaded one by one",
                );
            }
        };
        check::text(&origin.text, origin.nodes).map_err(DeviceError::Limit)?;
        self.check_room(origin.text.len())?;
        if self.state().programs.len() >= check::PROGRAMS {
            return Err(DeviceError::Limit(format!("this device keeps at most {} programs", check::PROGRAMS)));
        }
        let in_arena = plan.in_arena();
        let symbols = plan.symbols();
        let program = Program { plan, in_arena, symbols, sizes: RefCell::default(), verdict: RefCell::default() };
        if symbols == 0 {
            self.sizes(&program, &[])?;
        }
        self.state().programs.insert(id, Rc::new(program));
        Ok(origin)
    }

    fn sizes(&self, program: &Program, symbols: &[i64]) -> Result<Rc<Sizes>, DeviceError> {
        let known = program.sizes.borrow().as_ref().filter(|sizes| sizes.symbols == symbols).cloned();
        if let Some(sizes) = known {
            return Ok(sizes);
        }
        if symbols.len() < program.symbols {
            let text = format!("the plan depends on {} sizes, the call gives {}", program.symbols, symbols.len());
            return Err(DeviceError::Failed(text));
        }
        let plan = &program.plan;
        let bytes: Vec<u64> =
            plan.buffers.iter().map(|buffer| evaluate(&buffer.bytes(), symbols).max(0) as u64).collect();
        let limit = self.target.limits.binding_bytes.min(self.target.limits.buffer_bytes);
        if let Some((at, bytes)) = bytes.iter().enumerate().find(|(_, bytes)| **bytes > limit) {
            let buffer = &plan.buffers[at];
            return Err(DeviceError::Limit(format!(
                "buffer {at} ({} x {}) takes {bytes} bytes; this device binds at most {limit}",
                buffer.len, buffer.dtype
            )));
        }
        let sizes = Rc::new(Sizes { symbols: symbols.to_vec(), bytes, cost: plan.cost(symbols) });
        *program.sizes.borrow_mut() = Some(sizes.clone());
        Ok(sizes)
    }

    fn forget(self: &Rc<Self>, id: ProgramId) {
        if self.state().programs.remove(&id).is_some() {
            self.order(&Order::DropProgram { program: id.0 });
        }
    }

    /// Notes the results of a call.
    fn call(&self, call: &Call) -> Result<(), DeviceError> {
        self.check_lost()?;
        self.check_buffers(call.outputs.len())?;
        let known = self.state().programs.get(&call.program).cloned();
        let Some(program) = known else { return failed(format!("program {} is not loaded", call.program.0)) };
        let plan = &program.plan;
        let sizes = self.sizes(&program, &call.symbols)?;
        let outputs = plan.buffers.iter().filter(|buffer| buffer.storage == Storage::Output).count();
        let wanted = [plan.inputs as usize, plan.constants as usize, outputs];
        if wanted != [call.inputs.len(), call.constants.len(), call.outputs.len()] {
            return failed("the call gives other numbers of arguments, captured tensors and outputs than the plan has");
        }
        let mut state = self.state();
        let state = &mut *state;
        let mut depends: Depends = program.verdict.borrow().iter().filter(|v| v.is_open()).cloned().collect();
        for (buffer, wanted) in plan.buffers.iter().zip(&sizes.bytes) {
            let id = match buffer.storage {
                Storage::Input(at) => call.inputs[at as usize],
                Storage::Constant(at) => call.constants[at as usize],
                Storage::Output | Storage::Temporary(_) => continue,
            };
            let Some(held) = state.buffers.get(&id) else {
                return failed(format!("buffer {} does not exist on this device", id.0));
            };
            if held.bytes != *wanted {
                return failed(format!("buffer {} has {} bytes, the plan wants {wanted}", id.0, held.bytes));
            }
            for verdict in held.depends.iter().filter(|verdict| verdict.is_open()) {
                if !depends.iter().any(|known| Rc::ptr_eq(known, verdict)) {
                    depends.push(verdict.clone());
                }
            }
        }
        let arena = |arena: &interfuse_compiler::sharing::Arena<u32>| {
            state.bytes_in_use += arena.bytes;
            Rc::new((Cell::new(arena.members.len()), arena.bytes))
        };
        let arenas: Vec<_> = plan.arenas.iter().map(arena).collect();
        let outputs = plan.buffers.iter().enumerate().filter(|(_, buffer)| buffer.storage == Storage::Output);
        for ((at, _), id) in outputs.zip(&call.outputs) {
            let arena = program.in_arena[at].map(|place| arenas[place.block as usize].clone());
            let bytes = sizes.bytes[at];
            if arena.is_none() {
                state.bytes_in_use += bytes;
            }
            state.buffers.insert(*id, Held { bytes, arena, depends: depends.clone() });
        }
        state.counters.dispatches += sizes.cost.dispatches;
        state.counters.bytes_allocated += sizes.cost.bytes_allocated;
        state.counters.call_peak_bytes = sizes.cost.peak_bytes;
        Ok(())
    }
}

impl Device for RemoteDevice {
    fn info(&self) -> &DeviceInfo {
        &self.shared.info
    }

    fn target(&self) -> &Target {
        &self.shared.target
    }

    fn upload(&self, id: BufferId, dtype: DType, bytes: &[u8]) -> Result<(), DeviceError> {
        let shared = &self.shared;
        shared.check_lost()?;
        let limit = shared.target.limits.binding_bytes.min(shared.target.limits.buffer_bytes);
        if bytes.len() as u64 > limit {
            let text = format!("{} bytes in one buffer; this device allows {limit}", bytes.len());
            return Err(DeviceError::Limit(text));
        }
        shared.check_room(bytes.len())?;
        shared.check_buffers(1)?;
        {
            let mut state = shared.state();
            state.bytes_in_use += bytes.len() as u64;
            state.counters.bytes_uploaded += bytes.len() as u64;
            state.buffers.insert(id, Held { bytes: bytes.len() as u64, arena: None, depends: Vec::new() });
        }
        shared.order(&Order::Upload { id: id.0, dtype, bytes });
        Ok(())
    }

    fn origin(&self, id: ProgramId, request: &Request<'_>) {
        let tuning = &request.target.tuning;
        let origin = Origin {
            text: print(request.graph),
            nodes: check::nodes(request.graph),
            fuse: tuning.fuse,
            simplify: tuning.simplify,
            kernel_ops: tuning.kernel_ops,
            results: request.sharing.results,
            inputs: request.sharing.inputs.clone(),
        };
        self.shared.state().origin = Some((id, origin));
    }

    fn load(&self, id: ProgramId, plan: Arc<Plan>) -> Result<(), DeviceError> {
        let origin = self.shared.load(id, plan)?;
        self.shared.order(&Order::Load { program: id.0, source: origin.source() });
        Ok(())
    }

    fn warm_up(&self, id: ProgramId, plan: Arc<Plan>) -> Done {
        let origin = match self.shared.load(id, plan) {
            Ok(origin) => origin,
            Err(error) => return Box::pin(std::future::ready(Err(error))),
        };
        let ready = self.shared.done(|ticket| Order::WarmUp { ticket, program: id.0, source: origin.source() });
        let shared = self.shared.clone();
        Box::pin(async move {
            let ready = ready.await;
            if ready.is_err() {
                // Nobody loads it after that.
                shared.forget(id);
            }
            ready
        })
    }

    fn instead(&self, id: ProgramId, instead: Instead) {
        {
            let mut state = self.shared.state();
            let Some(program) = state.programs.get(&id) else { return };
            if state.lost.is_some() {
                return;
            }
            let verdict = Rc::new(Verdict::default());
            *program.verdict.borrow_mut() = Some(verdict.clone());
            state.doubtful.insert(id.0, (verdict, instead));
        }
        self.shared.order(&Order::Instead { program: id.0 });
    }

    fn settled(&self) -> Done {
        self.shared.done(|ticket| Order::Settle { ticket })
    }

    fn run(&self, call: Call) -> Result<(), DeviceError> {
        self.shared.call(&call)?;
        self.shared.order(&Order::Run(Orders::of(&call)));
        Ok(())
    }

    fn read(&self, id: BufferId) -> Read {
        if let Err(lost) = self.shared.check_lost() {
            return Box::pin(std::future::ready(Err(lost)));
        }
        let depends = {
            let mut state = self.shared.state();
            let Some(held) = state.buffers.get(&id) else {
                let missing = failed(format!("buffer {} does not exist on this device", id.0));
                return Box::pin(std::future::ready(missing));
            };
            let (bytes, depends) = (held.bytes, held.depends.clone());
            state.counters.bytes_read += bytes;
            depends
        };
        Box::pin(self.shared.wait(depends, |ticket| Order::Read { ticket, id: id.0 }))
    }

    fn flush(&self) {
        self.shared.flush();
    }

    fn synchronize(&self) -> Done {
        let done = self.shared.done(|ticket| Order::Synchronize { ticket });
        self.shared.flush();
        done
    }

    fn drop_buffer(&self, id: BufferId) {
        {
            let mut state = self.shared.state();
            // The outputs of a call that was refused here were never made.
            let Some(held) = state.buffers.remove(&id) else { return };
            let freed = match held.arena {
                None => held.bytes,
                Some(arena) => {
                    arena.0.set(arena.0.get() - 1);
                    if arena.0.get() == 0 { arena.1 } else { 0 }
                }
            };
            state.bytes_in_use -= freed;
        }
        self.shared.order(&Order::DropBuffer { id: id.0 });
    }

    fn drop_program(&self, id: ProgramId) {
        self.shared.forget(id);
    }

    fn trim(&self) {
        self.shared.order(&Order::Trim);
        self.shared.flush();
    }

    fn memory(&self) -> Memory {
        let state = self.shared.state();
        let told = state.told.0;
        Memory {
            buffers: state.buffers.len() as u64,
            bytes_in_use: state.bytes_in_use,
            peak_bytes: told.peak_bytes.max(state.bytes_in_use),
            ..told
        }
    }

    fn counters(&self) -> Counters {
        let state = self.shared.state();
        let Counters { submits, buffers_created, pipelines_created, bind_groups_created, .. } = state.told.1;
        Counters { submits, buffers_created, pipelines_created, bind_groups_created, ..state.counters }
    }
}
