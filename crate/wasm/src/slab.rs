//! Handles: small numbers for values that JavaScript holds on to.
//!
//! A released handle is given out again; the package forgets a handle when it releases it, so no stale one is ever used. A core that
//! follows one that failed gives other handles than that did: those of the old one name nothing here.

use interfuse::{Error, ErrorKind, Result, Tensor};
use std::cell::{Cell, RefCell};

/// How many handles one core may give before they are taken for those of the next.
const HANDLES: u32 = 1 << 24;

thread_local! {
    /// Where the handles of this core start.
    static START: Cell<u32> = const { Cell::new(0) };
}

/// So many cores failed before this one: nothing was kept yet.
pub fn start_after(cores: u32) {
    START.set(cores.saturating_mul(HANDLES).min(FIRST_GONE - HANDLES));
}

/// Values by handle.
pub struct Slab<T> {
    values: Vec<Option<T>>,
    free: Vec<u32>,
    first: u32,
}

impl<T> Slab<T> {
    /// Empty; handles start at `first`.
    pub const fn new(first: u32) -> Slab<T> {
        Slab { values: Vec::new(), free: Vec::new(), first }
    }

    /// Keeps a value.
    pub fn insert(&mut self, value: T) -> u32 {
        match self.free.pop() {
            Some(at) => {
                self.values[at as usize] = Some(value);
                at + self.start()
            }
            None => {
                self.values.push(Some(value));
                self.values.len() as u32 - 1 + self.start()
            }
        }
    }

    fn start(&self) -> u32 {
        self.first + START.get()
    }

    /// The value of a handle.
    pub fn get(&self, handle: u32) -> Option<&T> {
        self.values.get(handle.checked_sub(self.start())? as usize)?.as_ref()
    }

    /// Takes a value out; its handle is free again.
    pub fn remove(&mut self, handle: u32) -> Option<T> {
        let at = handle.checked_sub(self.start())?;
        let value = self.values.get_mut(at as usize)?.take()?;
        self.free.push(at);
        Some(value)
    }
}

/// The first handle of a tensor: operands below it are numbers and booleans.
pub const FIRST_TENSOR: u32 = 2;

thread_local! {
    static TENSORS: RefCell<Slab<Tensor>> = const { RefCell::new(Slab::new(FIRST_TENSOR)) };
}

/// A handle for a tensor.
#[inline(never)]
pub fn keep(tensor: Tensor) -> u32 {
    TENSORS.with(|slab| slab.borrow_mut().insert(tensor))
}

/// Handles for tensors.
pub fn keep_all(tensors: impl IntoIterator<Item = Tensor>) -> Vec<u32> {
    tensors.into_iter().map(keep).collect()
}

/// Handles from here on stand for tensors that are gone, by why.
const FIRST_GONE: u32 = 0x8000_0000;

/// What became of a tensor.
#[derive(Clone, PartialEq, Eq)]
enum Gone {
    /// A placeholder of the function of that label, or computed from one, after the trace.
    Leaked(String),
    /// Used up by a call of that function.
    Donated(String),
}

thread_local! {
    static GONE: RefCell<Vec<Gone>> = const { RefCell::new(Vec::new()) };
}

/// The handle of tensors that are gone for that reason.
fn gone(why: Gone) -> u32 {
    GONE.with(|known| {
        let mut known = known.borrow_mut();
        let at = known.iter().position(|other| *other == why).unwrap_or_else(|| {
            known.push(why);
            known.len() - 1
        });
        FIRST_GONE + at as u32
    })
}

/// Why a handle names no tensor.
#[inline(never)]
fn missing(op: &str, handle: u32) -> Error {
    let why = GONE.with(|known| known.borrow().get(handle.checked_sub(FIRST_GONE)? as usize).cloned());
    match why {
        Some(Gone::Leaked(label)) => Error::new(
            ErrorKind::LeakedTracer,
            op,
            format!("placeholder from {label} used after tracing"),
            interfuse::leaked_hint(&label),
        ),
        Some(Gone::Donated(name)) => Error::new(
            ErrorKind::CompileArgument,
            op,
            format!("the tensor was donated to compile('{name}')"),
            "Use what the call returned, or leave the argument out of `donate`.",
        ),
        None if handle < START.get() => Error::new(
            ErrorKind::Device,
            op,
            "the tensor was lost when the core failed",
            "Make it again: init started a fresh core.",
        ),
        None => Error::disposed(op),
    }
}

/// A handle of no tensor in words.
pub fn describe_gone(handle: u32) -> &'static str {
    let why = GONE.with(|known| known.borrow().get(handle.checked_sub(FIRST_GONE)? as usize).cloned());
    match why {
        Some(Gone::Leaked(_)) => "Tensor(leaked)",
        Some(Gone::Donated(_)) => "Tensor(donated)",
        None if handle < START.get() => "Tensor(lost)",
        None => "Tensor(disposed)",
    }
}

/// Lets go of a tensor that a call of that function used up; the handle says so from now on.
pub fn donate(handle: u32, name: &str) -> u32 {
    release(handle);
    gone(Gone::Donated(name.to_string()))
}

/// Lets go of what a trace made: placeholders and what depends on them get a handle that remembers the function's label, so that using
/// one later says what is wrong. Other tensors keep theirs; inside another trace (`nested`) so does what depends on its placeholders.
/// Gives the handles in the same order.
pub fn end_trace(handles: &[u32], label: &str, nested: bool) -> Vec<u32> {
    let leaked = gone(Gone::Leaked(label.to_string()));
    let gone: Vec<Option<Tensor>> = TENSORS.with(|slab| {
        let mut slab = slab.borrow_mut();
        let is_over = |x: &Tensor| if nested { x.is_leaked() } else { x.is_tracer() };
        let mut take = |handle: &u32| if slab.get(*handle).is_some_and(is_over) { slab.remove(*handle) } else { None };
        handles.iter().map(&mut take).collect()
    });
    // Backwards, users before operands: each drop frees one node.
    let after = handles.iter().zip(&gone).map(|(handle, gone)| if gone.is_some() { leaked } else { *handle }).collect();
    gone.into_iter().rev().for_each(drop);
    after
}

/// The tensor of a handle. A clone, so that nothing is borrowed while the host may be called.
#[inline(never)]
pub fn tensor(op: &str, handle: u32) -> Result<Tensor> {
    TENSORS.with(|slab| slab.borrow().get(handle).cloned()).ok_or_else(|| missing(op, handle))
}

/// The tensors of handles.
#[inline(never)]
pub fn tensors(op: &str, handles: &[u32]) -> Result<Vec<Tensor>> {
    let mut tensors = Vec::with_capacity(handles.len());
    let absent = TENSORS.with(|slab| {
        let slab = slab.borrow();
        for handle in handles {
            match slab.get(*handle) {
                Some(tensor) => tensors.push(tensor.clone()),
                None => return Some(*handle),
            }
        }
        None
    });
    absent.map_or(Ok(tensors), |handle| Err(missing(op, handle)))
}

/// Looks at a tensor without cloning it.
pub fn with<R>(op: &str, handle: u32, look: impl FnOnce(&Tensor) -> R) -> Result<R> {
    TENSORS.with(|slab| slab.borrow().get(handle).map(look)).ok_or_else(|| missing(op, handle))
}

/// Gives a handle back. The tensor is dropped after the slab is free again: dropping may reach the device.
pub fn release(handle: u32) {
    let tensor = TENSORS.with(|slab| slab.borrow_mut().remove(handle));
    drop(tensor);
}

/// The error of a handle of something else than a tensor that is not there: a bug of the package.
pub fn no_such(op: &str, what: &str) -> Error {
    Error::new(
        ErrorKind::CompileArgument,
        op,
        format!("there is no such {what} any more"),
        "This is a bug of interfuse.",
    )
}
