//! A remote device with its host in the same thread: whoever polls a promise of it drives the host.

use interfuse::io::read_listing;
use interfuse_compiler::Request;
use interfuse_compiler::dtype::DType;
use interfuse_compiler::plan::Plan;
use interfuse_compiler::target::Target;
use interfuse_runtime::device::{
    BufferId, Call, Counters, Device, DeviceError, DeviceInfo, Done, Instead, Memory, ProgramId, Read,
};
use interfuse_runtime::remote::{End, Host, Port, Rates, RemoteDevice, Setup};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

/// Ids of a host's own begin here: where its device has another user.
const OWN_IDS: u64 = 1 << 40;

/// Of a device for which nothing is too much.
pub const FAST: Rates = Rates { bytes: 1e12, flops: 1e12 };

/// Messages that wait to be looked at.
pub type Messages = Rc<RefCell<VecDeque<Vec<u8>>>>;

/// A host, its task, and what it sends.
pub struct Served {
    /// The host.
    pub host: Host,
    /// What it has sent and nobody took.
    pub sent: Messages,
    work: RefCell<Pin<Box<dyn Future<Output = End>>>>,
    ended: RefCell<Option<End>>,
}

impl Served {
    /// A host around a device, which has tried it, where the rates are not given.
    pub fn new(device: Rc<dyn Device>, max_bytes: u64, rates: Option<Rates>) -> Served {
        let sent = Messages::default();
        let (next, outbox, started) = (Cell::new(OWN_IDS), sent.clone(), Instant::now());
        let host = Host::new(Setup {
            device,
            read: read_listing,
            fresh: Box::new(move || next.replace(next.get() + 1)),
            send: Box::new(move |message| outbox.borrow_mut().push_back(message)),
            turn: Box::new(|| Box::pin(std::future::ready(()))),
            now: Box::new(move || started.elapsed().as_secs_f64() * 1e3),
            max_bytes,
            rates,
        });
        let working = host.clone();
        let work = RefCell::new(Box::pin(async move { working.work().await }) as Pin<Box<dyn Future<Output = End>>>);
        let served = Served { host, sent, work, ended: RefCell::default() };
        let mut context = Context::from_waker(Waker::noop());
        while served.sent.borrow().is_empty() {
            served.work(&mut context);
        }
        served
    }

    /// Lets it work as far as it gets. Gives why it has ended, if it has.
    pub fn work(&self, context: &mut Context<'_>) -> Option<End> {
        if self.ended.borrow().is_none()
            && let Poll::Ready(end) = self.work.borrow_mut().as_mut().poll(context)
        {
            *self.ended.borrow_mut() = Some(end);
        }
        self.ended.borrow().clone()
    }
}

struct Queue(Rc<Served>, Option<Messages>);

impl Port for Queue {
    fn send(&self, message: Vec<u8>) {
        if let Some(record) = &self.1 {
            record.borrow_mut().push_back(message.clone());
        }
        // A session that is over says so in its own way.
        let _ = self.0.host.receive(&message);
    }

    fn later(&self, _: Box<dyn FnOnce()>) {}
}

/// A remote device with its host.
#[derive(Clone)]
pub struct Looped {
    /// The client.
    pub remote: Rc<RemoteDevice>,
    /// The other side.
    pub served: Rc<Served>,
}

impl Looped {
    /// A remote device that is served by that one.
    pub fn around(device: Rc<dyn Device>) -> Looped {
        Looped::with(device, 1 << 31, Some(FAST), None)
    }

    /// The same with another limit and other rates; what the client sends is kept.
    pub fn with(device: Rc<dyn Device>, max_bytes: u64, rates: Option<Rates>, record: Option<Messages>) -> Looped {
        let served = Rc::new(Served::new(device, max_bytes, rates));
        let hello = served.sent.borrow_mut().pop_front().expect("a host greets");
        let port = Box::new(Queue(served.clone(), record));
        Looped { remote: Rc::new(RemoteDevice::connect(&hello, port).expect("a device")), served }
    }

    /// Lets both sides work as far as they get.
    pub fn turn(&self, context: &mut Context<'_>) {
        self.served.work(context);
        loop {
            let message = self.served.sent.borrow_mut().pop_front();
            let Some(message) = message else { break };
            self.remote.receive(&message);
        }
    }

    /// Sends what waits, and lets both sides work.
    pub fn settle(&self) {
        self.remote.flush();
        self.turn(&mut Context::from_waker(Waker::noop()));
    }

    fn driven<T: 'static>(&self, mut promise: Pin<Box<dyn Future<Output = T>>>) -> Pin<Box<dyn Future<Output = T>>> {
        let looped = self.clone();
        Box::pin(poll_fn(move |context| {
            if let Poll::Ready(value) = promise.as_mut().poll(context) {
                return Poll::Ready(value);
            }
            looped.turn(context);
            promise.as_mut().poll(context)
        }))
    }
}

impl Device for Looped {
    fn info(&self) -> &DeviceInfo {
        self.remote.info()
    }
    fn target(&self) -> &Target {
        self.remote.target()
    }
    fn upload(&self, id: BufferId, dtype: DType, bytes: &[u8]) -> Result<(), DeviceError> {
        self.remote.upload(id, dtype, bytes)
    }
    fn origin(&self, id: ProgramId, request: &Request<'_>) {
        self.remote.origin(id, request);
    }
    fn load(&self, id: ProgramId, plan: Arc<Plan>) -> Result<(), DeviceError> {
        self.remote.load(id, plan)
    }
    fn warm_up(&self, id: ProgramId, plan: Arc<Plan>) -> Done {
        self.driven(self.remote.warm_up(id, plan))
    }
    fn instead(&self, id: ProgramId, instead: Instead) {
        self.remote.instead(id, instead);
    }
    fn settled(&self) -> Done {
        self.driven(self.remote.settled())
    }
    fn run(&self, call: Call) -> Result<(), DeviceError> {
        self.remote.run(call)
    }
    fn read(&self, id: BufferId) -> Read {
        self.driven(self.remote.read(id))
    }
    fn flush(&self) {
        self.remote.flush();
    }
    fn synchronize(&self) -> Done {
        self.driven(self.remote.synchronize())
    }
    fn drop_buffer(&self, id: BufferId) {
        self.remote.drop_buffer(id);
    }
    fn drop_program(&self, id: ProgramId) {
        self.remote.drop_program(id);
    }
    fn trim(&self) {
        self.remote.trim();
    }
    fn memory(&self) -> Memory {
        self.remote.memory()
    }
    fn counters(&self) -> Counters {
        self.remote.counters()
    }
}
