//! What a tensor is a handle of: a kind with operands (lazy), a buffer on a device (computed), or a placeholder of a function that is being
//! traced. Nodes are dropped without recursion, so that a chain of any length is safe to forget.

use crate::device::{Buffer, DeviceHandle, Waiting};
use crate::devtools::{self, SourceId};
use crate::symbolic::nbytes;
use crate::trace::TraceMark;
use interfuse_compiler::kind::Kind;
use interfuse_compiler::shape::Aval;
use smallvec::SmallVec;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

/// Operands of a node.
pub(crate) type Inputs = SmallVec<[Rc<Node>; 3]>;

/// What a handle refers to.
pub(crate) struct Node {
    /// Grows with every node of the thread: operands have smaller ids than users.
    pub id: u64,
    /// How to compute it; `None` for data and placeholders.
    pub kind: Option<Kind>,
    pub inputs: RefCell<Inputs>,
    pub aval: Aval,
    pub state: RefCell<State>,
    pub device: DeviceHandle,
    /// The innermost trace that it depends on.
    pub trace: Option<Rc<TraceMark>>,
    /// Handles outside of the library.
    pub handles: Cell<u32>,
    /// Scratch of walks: the walk's number and a position in it.
    pub mark: Cell<(u32, u32)>,
    pub source: SourceId,
}

pub(crate) enum State {
    /// Not computed yet; also what depends on placeholders.
    Lazy,
    /// Computed, or data.
    Ready(Rc<Buffer>),
    /// An argument of a trace.
    Placeholder,
}

thread_local! {
    static NEXT_NODE: Cell<u64> = const { Cell::new(1) };
    static WALK: Cell<u32> = const { Cell::new(0) };
}

/// The id that the next node will have.
pub(crate) fn next_node_id() -> u64 {
    NEXT_NODE.with(Cell::get)
}

/// A number for a new walk over nodes; no node carries it yet.
pub(crate) fn new_walk() -> u32 {
    WALK.with(|walk| {
        walk.set(walk.get().checked_add(1).expect("fewer than 2^32 walks"));
        walk.get()
    })
}

impl Node {
    /// A value that is to be computed.
    #[track_caller]
    pub fn lazy(
        device: &DeviceHandle,
        kind: Kind,
        inputs: Inputs,
        aval: Aval,
        trace: Option<Rc<TraceMark>>,
    ) -> Rc<Node> {
        let source = devtools::source_here();
        Node::new(device.clone(), Some(kind), inputs, aval, State::Lazy, trace, source)
    }

    /// A value that is there.
    pub fn ready(aval: Aval, buffer: Rc<Buffer>) -> Rc<Node> {
        let device = buffer.device.clone();
        Node::new(device, None, Inputs::new(), aval, State::Ready(buffer), None, SourceId::NONE)
    }

    /// An argument of a trace.
    pub fn placeholder(aval: Aval, device: DeviceHandle, mark: Rc<TraceMark>) -> Rc<Node> {
        Node::new(device, None, Inputs::new(), aval, State::Placeholder, Some(mark), SourceId::NONE)
    }

    fn new(
        device: DeviceHandle,
        kind: Option<Kind>,
        inputs: Inputs,
        aval: Aval,
        state: State,
        trace: Option<Rc<TraceMark>>,
        source: SourceId,
    ) -> Rc<Node> {
        Rc::new(Node {
            id: NEXT_NODE.with(|next| next.replace(next.get() + 1)),
            kind,
            inputs: RefCell::new(inputs),
            aval,
            state: RefCell::new(state),
            device,
            trace,
            handles: Cell::new(0),
            mark: Cell::new((0, 0)),
            source,
        })
    }

    /// The buffer, when it is computed.
    pub fn buffer(&self) -> Option<Rc<Buffer>> {
        match &*self.state.borrow() {
            State::Ready(buffer) => Some(buffer.clone()),
            State::Lazy | State::Placeholder => None,
        }
    }

    /// Is it computed?
    pub fn is_ready(&self) -> bool {
        matches!(&*self.state.borrow(), State::Ready(_))
    }

    /// Views never dispatch alone.
    pub fn is_view(&self) -> bool {
        matches!(self.kind, Some(Kind::View(_)))
    }

    /// For the list of what waits on its device.
    pub fn waiting(self: &Rc<Node>) -> Weak<dyn Waiting> {
        let node: Weak<Node> = Rc::downgrade(self);
        node
    }

    /// Gives it its value; it forgets how it was made.
    pub fn set_ready(&self, buffer: Rc<Buffer>) {
        *self.state.borrow_mut() = State::Ready(buffer);
        drop_nodes(self.inputs.take());
    }
}

impl Waiting for Node {
    fn waits(&self) -> Option<u64> {
        let bytes = || if self.is_view() { 0 } else { nbytes(&self.aval) };
        (!self.is_ready()).then(bytes)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        drop_nodes(std::mem::take(self.inputs.get_mut()));
    }
}

/// Drops references to nodes, and what only they kept, with a list instead of the call stack.
fn drop_nodes(inputs: Inputs) {
    if inputs.is_empty() {
        return;
    }
    let mut doomed: Vec<Rc<Node>> = inputs.into_vec();
    while let Some(node) = doomed.pop() {
        if let Some(mut node) = Rc::into_inner(node) {
            doomed.extend(std::mem::take(node.inputs.get_mut()));
        }
    }
}
