//! The host's side: takes orders from somebody it does not trust, and has a device do them.
//!
//! [`Host::receive`] looks at the form of a message and queues it. [`Host::work`] is the one task that does the orders, in order, and
//! answers reads as they become ready. What is wrong with a program or a call (a graph that does not compile, too many bytes) is an
//! error of the buffers that it was to write, which reads of them and of whatever is computed from them report. What an honest client
//! cannot send (bytes that are no message, an id that is not there) ends the session.

use super::check;
use super::message::{News, Order, Orders, Reader, Source, Writer};
use super::program::{Estimated, Origin, Program};
use super::setup::{Rates, Setup};
use crate::device::{BufferId, Call, Counters, DeviceError, Memory};
use interfuse_compiler::dtype::DType;
use interfuse_compiler::plan::{Plan, Storage, evaluate};
use interfuse_compiler::small::{HashMap, HashSet};
use std::cell::{Cell, RefCell, RefMut};
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Bytes of orders after which the client hears how far the host is.
const TELL_BYTES: u64 = 1 << 20;
/// Work is given to the device in slices of that many milliseconds, with the event loop looked at in between.
const SLICE_MS: f64 = 250.0;

/// What an honest client does not send.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation(pub &'static str);

/// Why a session is over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End {
    /// The client sent what an honest one does not.
    Violation(Violation),
    /// The device is lost.
    Lost(String),
    /// [`Host::close`] was called.
    Closed,
}

/// See the head of this module.
#[derive(Clone)]
pub struct Host {
    shared: Rc<Shared>,
}

struct Shared {
    setup: Setup,
    state: RefCell<State>,
    end: RefCell<Option<End>>,
    /// Of the task that works.
    waker: RefCell<Option<Waker>>,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Vec<u8>>,
    queued_bytes: usize,
    /// Bytes of orders that are done, and of those that the client knows of.
    done: (u64, u64),
    buffers: HashMap<u64, Held>,
    programs: HashMap<u64, Rc<Program>>,
    /// Of all programs.
    nodes: usize,
    bytes: u64,
    peak_bytes: u64,
    /// What the device was given since it was waited for, as an estimate.
    under_way_ms: f64,
    /// When the event loop had its last turn.
    began: f64,
    answers: Vec<(u64, Answer)>,
    /// What the device had counted before.
    before: Counters,
}

type Answer = Pin<Box<dyn Future<Output = Result<Vec<u8>, DeviceError>>>>;

/// A buffer of the client.
enum Held {
    Buffer {
        id: BufferId,
        dtype: DType,
        bytes: u64,
    },
    /// It could not be written.
    Failed(DeviceError),
}

fn violation<T>(text: &'static str) -> Result<T, Violation> {
    Err(Violation(text))
}

/// What names nothing, and what is made twice.
const UNKNOWN: &str = "an order names what is not there";
const TWICE: &str = "an order makes what is there";
const TOO_MUCH: &str = "there is more than may be";

impl Host {
    /// A host around a device.
    pub fn new(setup: Setup) -> Host {
        let (state, end, waker) = (RefCell::default(), RefCell::default(), RefCell::default());
        Host { shared: Rc::new(Shared { setup, state, end, waker }) }
    }

    /// Takes a message of the client, which [`Host::work`] will look at.
    pub fn receive(&self, message: &[u8]) -> Result<(), Violation> {
        let taken = self.shared.receive(message);
        if let Err(violation) = &taken {
            self.shared.finish(End::Violation(violation.clone()));
        }
        self.shared.wake();
        taken
    }

    /// Tells the client what device this is, and does what it wants, until the session is over.
    pub async fn work(&self) -> End {
        let shared = &self.shared;
        let rates = match shared.setup.rates {
            Some(rates) => Ok(rates),
            None => Rates::measure(&shared.setup).await,
        };
        let device = &shared.setup.device;
        shared.state().before = device.counters();
        let rates = match rates {
            Ok(rates) => rates,
            Err(error) => {
                shared.finish(End::Lost(error.to_string()));
                return End::Lost(error.to_string());
            }
        };
        let (info, target) = (device.info().clone(), device.target().clone());
        shared.tell(&[News::Hello { info, target, max_bytes: shared.setup.max_bytes }]);
        loop {
            if let Err(end) = shared.turn(&rates).await {
                shared.clear();
                return end;
            }
        }
    }

    /// Ends the session.
    pub fn close(&self) {
        self.shared.finish(End::Closed);
        self.shared.wake();
    }
}

impl Shared {
    /// One place that says that it is in use.
    #[inline(never)]
    fn state(&self) -> RefMut<'_, State> {
        self.state.borrow_mut()
    }

    fn tell(&self, news: &[News<'_>]) {
        let mut message = Writer::new();
        news.iter().for_each(|news| message.news(news));
        (self.setup.send)(message.0);
    }

    fn wake(&self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Ends the session, unless it has ended.
    fn finish(&self, end: End) {
        if self.end.borrow().is_some() {
            return;
        }
        let reason = match &end {
            End::Violation(Violation(text)) => text.to_string(),
            End::Lost(reason) => reason.clone(),
            End::Closed => "the session is over".to_string(),
        };
        *self.end.borrow_mut() = Some(end);
        self.tell(&[News::Lost { reason }]);
    }

    fn ended(&self) -> Result<(), End> {
        self.end.borrow().clone().map_or(Ok(()), Err)
    }

    fn receive(&self, message: &[u8]) -> Result<(), Violation> {
        if self.end.borrow().is_some() {
            return Ok(());
        }
        if message.len() > check::MESSAGE {
            return violation(TOO_MUCH);
        }
        let mut state = self.state();
        if state.queued_bytes + message.len() > check::QUEUE {
            return violation(TOO_MUCH);
        }
        let orders = || {
            let mut reader = Reader::new(message)?;
            while !reader.is_done() {
                reader.order()?;
            }
            Ok(())
        };
        orders().map_err(|malformed: super::message::Malformed| Violation(malformed.0))?;
        state.queued_bytes += message.len();
        state.queue.push_back(message.to_vec());
        Ok(())
    }

    /// Gives everything back.
    fn clear(&self) {
        let mut state = self.state();
        let device = &self.setup.device;
        let (buffers, programs) = (std::mem::take(&mut state.buffers), std::mem::take(&mut state.programs));
        state.answers.clear();
        state.queue.clear();
        drop(state);
        for held in buffers.values() {
            if let Held::Buffer { id, .. } = held {
                device.drop_buffer(*id);
            }
        }
        programs.values().filter(|program| program.plan.borrow().is_ok()).for_each(|p| device.drop_program(p.id));
    }

    /// Does one message, or waits for one; reads that are ready are answered meanwhile.
    async fn turn(self: &Rc<Self>, rates: &Rates) -> Result<(), End> {
        let message = poll_fn(|context| self.poll_message(context)).await?;
        let mut reader = Reader::new(&message).expect("looked at when it came");
        while !reader.is_done() {
            let order = reader.order().expect("looked at when it came");
            self.pace(rates, &order).await;
            self.ended()?;
            if let Err(violation) = self.order(order) {
                self.finish(End::Violation(violation));
            }
            self.ended()?;
        }
        let tell = {
            let mut state = self.state();
            state.queued_bytes -= message.len();
            state.done.0 += message.len() as u64;
            state.done.0 - state.done.1 >= TELL_BYTES
        };
        if tell {
            self.tell(&[self.status()]);
        }
        Ok(())
    }

    /// Waits until what was given to the device is done, when an order would make it more than a slice; and for the event loop, when
    /// orders alone have taken that long.
    async fn pace(&self, rates: &Rates, order: &Order<'_>) {
        let now = (self.setup.now)();
        let (ms, began) = {
            let state = self.state();
            (self.estimate(&state, rates, order), state.began)
        };
        let under_way = self.state().under_way_ms;
        let full = under_way > 0.0 && under_way + ms > SLICE_MS;
        if full || now - began > SLICE_MS {
            let mut done = self.setup.device.synchronize();
            let done = poll_fn(|context| {
                self.poll_answers(context);
                done.as_mut().poll(context)
            });
            let done = done.await;
            self.look(&done);
            (self.setup.turn)().await;
            let mut state = self.state();
            (state.under_way_ms, state.began) = (0.0, (self.setup.now)());
        }
        self.state().under_way_ms += ms;
    }

    fn estimate(&self, state: &State, rates: &Rates, order: &Order<'_>) -> f64 {
        match order {
            Order::Upload { bytes, .. } => rates.upload(bytes.len()),
            Order::Run(call) => {
                let Some(program) = state.programs.get(&call.program) else { return 0.0 };
                program.estimate(rates, &call.symbols)
            }
            _ => 0.0,
        }
    }

    fn poll_message(&self, context: &mut Context<'_>) -> Poll<Result<Vec<u8>, End>> {
        *self.waker.borrow_mut() = Some(context.waker().clone());
        self.ended()?;
        let next = self.state().queue.pop_front();
        if let Some(message) = next {
            return Poll::Ready(Ok(message));
        }
        self.setup.device.flush();
        self.poll_answers(context);
        self.ended()?;
        Poll::Pending
    }

    /// Sends the answers that are ready.
    fn poll_answers(&self, context: &mut Context<'_>) {
        let mut waiting = std::mem::take(&mut self.state().answers);
        let mut ready = Vec::new();
        waiting.retain_mut(|(ticket, answer)| match answer.as_mut().poll(context) {
            Poll::Ready(result) => {
                ready.push((*ticket, result));
                false
            }
            Poll::Pending => true,
        });
        {
            let mut state = self.state();
            waiting.append(&mut state.answers);
            state.answers = waiting;
        }
        if ready.is_empty() {
            return;
        }
        let mut news = vec![self.status()];
        news.extend(ready.iter().map(|(ticket, result)| News::Answer {
            ticket: *ticket,
            result: result.as_deref().map_err(DeviceError::clone),
        }));
        self.tell(&news);
        for (_, result) in &ready {
            self.look(result);
        }
    }

    /// Ends the session when the device is lost.
    fn look<T>(&self, result: &Result<T, DeviceError>) {
        if let Err(DeviceError::Lost(reason)) = result {
            self.finish(End::Lost(reason.clone()));
        }
    }

    fn status(&self) -> News<'static> {
        let mut state = self.state();
        let memory = self.memory(&mut state);
        let (now, before) = (self.setup.device.counters(), state.before);
        state.done.1 = state.done.0;
        let counters = Counters {
            submits: now.submits - before.submits,
            buffers_created: now.buffers_created - before.buffers_created,
            pipelines_created: now.pipelines_created - before.pipelines_created,
            bind_groups_created: now.bind_groups_created - before.bind_groups_created,
            // The client counts those.
            ..Counters::default()
        };
        News::Status { memory, counters, done: state.done.0 }
    }

    fn memory(&self, state: &mut State) -> Memory {
        let memory = self.setup.device.memory();
        state.peak_bytes = state.peak_bytes.max(memory.bytes_in_use + memory.bytes_pooled);
        Memory { peak_bytes: state.peak_bytes, ..memory }
    }

    fn order(self: &Rc<Self>, order: Order<'_>) -> Result<(), Violation> {
        let device = &self.setup.device;
        match order {
            Order::Upload { id, dtype, bytes } => self.upload(id, dtype, bytes)?,
            Order::Load { program, source } => {
                let made = self.program(program, &source)?;
                let plan = made.plan.borrow().clone();
                let loaded = plan.and_then(|plan| device.load(made.id, plan));
                self.loaded(program, made, loaded);
            }
            Order::WarmUp { ticket, program, source } => {
                let made = self.program(program, &source)?;
                let plan = made.plan.borrow().clone();
                let ready: Answer = match plan {
                    Ok(plan) => {
                        let ready = device.warm_up(made.id, plan);
                        let (shared, made) = (self.clone(), made.clone());
                        Box::pin(async move {
                            let ready = ready.await;
                            if let Err(error) = &ready {
                                shared.look(&ready);
                                *made.plan.borrow_mut() = Err(error.clone());
                            }
                            ready.map(|()| Vec::new())
                        })
                    }
                    Err(error) => Box::pin(std::future::ready(Err(error))),
                };
                self.loaded(program, made, Ok(()));
                self.state().answers.push((ticket, ready));
            }
            Order::Instead { program } => self.instead(program)?,
            Order::Run(call) => self.run(&call)?,
            Order::Read { ticket, id } => {
                let answer: Answer = match self.state().buffers.get(&id) {
                    Some(Held::Buffer { id, .. }) => device.read(*id),
                    Some(Held::Failed(error)) => Box::pin(std::future::ready(Err(error.clone()))),
                    None => return violation(UNKNOWN),
                };
                self.state().answers.push((ticket, answer));
            }
            Order::Synchronize { ticket } => {
                let done = device.synchronize();
                let answer = Box::pin(async move { done.await.map(|()| Vec::new()) });
                self.state().answers.push((ticket, answer));
            }
            Order::Settle { ticket } => {
                let settled = device.settled();
                let answer = Box::pin(async move { settled.await.map(|()| Vec::new()) });
                self.state().answers.push((ticket, answer));
            }
            Order::DropBuffer { id } => {
                let held = self.state().buffers.remove(&id);
                match held {
                    Some(Held::Buffer { id, bytes, .. }) => {
                        device.drop_buffer(id);
                        self.state().bytes -= bytes;
                    }
                    Some(Held::Failed(_)) => {}
                    None => return violation(UNKNOWN),
                }
            }
            Order::DropProgram { program } => {
                let Some(known) = self.state().programs.remove(&program) else {
                    return violation(UNKNOWN);
                };
                self.state().nodes -= known.nodes;
                device.drop_program(known.id);
            }
            Order::Trim => device.trim(),
        }
        Ok(())
    }

    fn upload(&self, id: u64, dtype: DType, bytes: &[u8]) -> Result<(), Violation> {
        if !bytes.len().is_multiple_of(dtype.size_bytes()) {
            return violation("an upload ends within an element");
        }
        self.check_new(&[id])?;
        let size = bytes.len() as u64;
        let made = BufferId((self.setup.fresh)());
        let done = self.reserve(size).and_then(|()| self.setup.device.upload(made, dtype, bytes));
        self.look(&done);
        let mut state = self.state();
        let held = match done {
            Ok(()) => {
                state.bytes += size;
                self.memory(&mut state);
                Held::Buffer { id: made, dtype, bytes: size }
            }
            Err(error) => Held::Failed(error),
        };
        state.buffers.insert(id, held);
        Ok(())
    }

    /// May buffers of these ids be made?
    fn check_new(&self, ids: &[u64]) -> Result<(), Violation> {
        let state = self.state();
        if state.buffers.len() + ids.len() > check::BUFFERS {
            return violation(TOO_MUCH);
        }
        match ids.iter().find(|id| state.buffers.contains_key(*id)) {
            Some(_) => violation(TWICE),
            None => Ok(()),
        }
    }

    /// Is there room for so many bytes more?
    fn reserve(&self, bytes: u64) -> Result<(), DeviceError> {
        let held = self.state().bytes;
        if held.saturating_add(bytes) > self.setup.max_bytes {
            let most = self.setup.max_bytes;
            return Err(DeviceError::Limit(format!(
                "{bytes} more bytes with {held} in use are over the cap of {most} bytes"
            )));
        }
        Ok(())
    }

    /// Reads and compiles a program.
    fn program(&self, program: u64, source: &Source<'_>) -> Result<Rc<Program>, Violation> {
        let state = self.state();
        if state.programs.contains_key(&program) {
            return violation(TWICE);
        }
        if state.programs.len() >= check::PROGRAMS {
            return violation(TOO_MUCH);
        }
        if source.kernel_ops == 0 || source.kernel_ops > check::KERNEL_OPS {
            return violation(TOO_MUCH);
        }
        if source.text.len() > check::TEXT {
            return violation(TOO_MUCH);
        }
        let others = state.nodes;
        drop(state);
        Ok(Rc::new(Program::new(&self.setup, source, others)))
    }

    fn loaded(&self, program: u64, made: Rc<Program>, loaded: Result<(), DeviceError>) {
        self.look(&loaded);
        if let Err(error) = loaded {
            *made.plan.borrow_mut() = Err(error);
        }
        let mut state = self.state();
        state.nodes += made.nodes;
        state.programs.insert(program, made);
    }

    /// From now on that program runs op by op, should the device refuse it, or if it has.
    fn instead(self: &Rc<Self>, program: u64) -> Result<(), Violation> {
        let Some(known) = self.state().programs.get(&program).cloned() else {
            return violation(UNKNOWN);
        };
        let Some(origin) = known.origin.as_ref().map(Origin::op_by_op) else { return Ok(()) };
        let failed = known.plan.borrow().as_ref().err().cloned();
        if let Some(error) = failed {
            if !matches!(error, DeviceError::Failed(_)) {
                return Ok(());
            }
            let loaded = origin.plan().and_then(|plan| {
                self.setup.device.load(known.id, plan.clone())?;
                Ok(plan)
            });
            self.look(&loaded);
            *known.plan.borrow_mut() = loaded;
            known.estimate.take();
            self.tell(&[News::Refused { program, error }]);
            return Ok(());
        }
        // Dropped when the device has taken the program, or forgotten it.
        struct Asked(Rc<Shared>, u64, Cell<bool>);
        impl Drop for Asked {
            fn drop(&mut self) {
                if !self.2.get() {
                    self.0.tell(&[News::Accepted { program: self.1 }]);
                }
            }
        }
        let asked = Asked(self.clone(), program, Cell::new(false));
        let instead = move |error| {
            asked.2.set(true);
            asked.0.tell(&[News::Refused { program, error }]);
            origin.plan()
        };
        self.setup.device.instead(known.id, Box::new(instead));
        Ok(())
    }

    fn run(&self, orders: &Orders) -> Result<(), Violation> {
        let Some(program) = self.state().programs.get(&orders.program).cloned() else {
            return violation(UNKNOWN);
        };
        self.check_new(&orders.outputs)?;
        let distinct: HashSet<u64> = orders.outputs.iter().copied().collect();
        if distinct.len() != orders.outputs.len() {
            return violation(TWICE);
        }
        let plan = program.plan.borrow().clone();
        let made: Vec<BufferId> = orders.outputs.iter().map(|_| BufferId((self.setup.fresh)())).collect();
        let done = match plan {
            Ok(plan) => {
                self.check_call(&plan, orders)?;
                self.perform(&program, &plan, orders, &made)
            }
            Err(error) => {
                self.check_exist(orders)?;
                Err(error)
            }
        };
        self.look(&done);
        let mut state = self.state();
        let state = &mut *state;
        match done {
            Ok(outputs) => {
                for ((id, made), (dtype, bytes)) in orders.outputs.iter().zip(made).zip(outputs) {
                    state.bytes += bytes;
                    state.buffers.insert(*id, Held::Buffer { id: made, dtype, bytes });
                }
                self.memory(state);
            }
            Err(error) => {
                orders.outputs.iter().for_each(|id| drop(state.buffers.insert(*id, Held::Failed(error.clone()))));
            }
        }
        Ok(())
    }

    fn check_exist(&self, orders: &Orders) -> Result<(), Violation> {
        let state = self.state();
        let missing = orders.inputs.iter().chain(&orders.constants).find(|id| !state.buffers.contains_key(*id));
        missing.map_or(Ok(()), |_| violation(UNKNOWN))
    }

    /// Does a call pass what the plan takes?
    fn check_call(&self, plan: &Plan, orders: &Orders) -> Result<(), Violation> {
        let outputs = plan.buffers.iter().filter(|buffer| buffer.storage == Storage::Output).count();
        let wanted = [plan.inputs as usize, plan.constants as usize, outputs];
        let given = [orders.inputs.len(), orders.constants.len(), orders.outputs.len()];
        if wanted != given || orders.symbols.len() < plan.symbols() {
            return violation("a call gives other numbers of buffers than its program has");
        }
        self.check_exist(orders)
    }

    /// Runs a call on the device; gives dtype and bytes of every output.
    fn perform(
        &self,
        program: &Program,
        plan: &Plan,
        orders: &Orders,
        made: &[BufferId],
    ) -> Result<Vec<(DType, u64)>, DeviceError> {
        let symbols = &orders.symbols;
        program.check(plan, symbols)?;
        if let Some(Estimated { too_long: Some(too_long), .. }) = &*program.estimate.borrow() {
            return Err(too_long.clone());
        }
        let bytes = |buffer: &interfuse_compiler::plan::Buffer| evaluate(&buffer.bytes(), symbols).max(0) as u64;
        let state = self.state();
        let real = |id: &u64| match &state.buffers[id] {
            Held::Buffer { id, dtype, bytes } => Ok((*id, *dtype, *bytes)),
            Held::Failed(error) => Err(error.clone()),
        };
        let inputs = orders.inputs.iter().map(real).collect::<Result<Vec<_>, _>>()?;
        let constants = orders.constants.iter().map(real).collect::<Result<Vec<_>, _>>()?;
        drop(state);
        for buffer in &plan.buffers {
            let (_, dtype, size) = match buffer.storage {
                Storage::Input(at) => inputs[at as usize],
                Storage::Constant(at) => constants[at as usize],
                Storage::Output | Storage::Temporary(_) => continue,
            };
            if dtype != buffer.dtype || size != bytes(buffer) {
                let wanted = bytes(buffer);
                let text = format!("{size} bytes of {dtype} where the plan wants {wanted} of {}", buffer.dtype);
                return Err(DeviceError::Failed(text));
            }
        }
        self.reserve(plan.cost(symbols).bytes_allocated)?;
        let id = |held: &(BufferId, DType, u64)| held.0;
        self.setup.device.run(Call {
            program: program.id,
            inputs: inputs.iter().map(id).collect(),
            constants: constants.iter().map(id).collect(),
            outputs: made.to_vec(),
            symbols: symbols.clone(),
        })?;
        let outputs = plan.buffers.iter().filter(|buffer| buffer.storage == Storage::Output);
        Ok(outputs.map(|buffer| (buffer.dtype, bytes(buffer))).collect())
    }
}
