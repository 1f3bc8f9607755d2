//! Handles: small numbers for values that JavaScript holds on to.
//!
//! A released handle is given out again; the package forgets a handle when it releases it, so no stale one is ever used. A core that
//! follows one that failed gives other handles than that did: those of the old one name nothing here.
//!
//! Values lie in a vector of our own: the crate `slab` gives keys from 0 and checks no more than this does, so around it would be as much
//! code as it would save; the generations of `slotmap` would find stale handles, of which there are none.

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

/// Handles from here on stand for tensors that are gone. The highest bit below says what happened to them, the others which function it
/// was: its serial number among the functions that such a thing happened with.
const FIRST_GONE: u32 = 1 << 31;
const WAS_DONATED: u32 = 1 << 30;
const SERIAL: u32 = WAS_DONATED - 1;

/// The handle of tensors that were disposed of or freed by a scope; web/interfuse/src/tensor.ts has the same number. It names no function.
const DISPOSED: u32 = u32::MAX;

/// Names that are kept of those functions, the last ones. Handles with earlier ones still say what happened.
const NAMES: usize = 256;

/// Names of functions whose traces or calls left tensors behind that are gone.
struct Names {
    last: Vec<String>,
    /// How many came before the first of those.
    forgotten: u32,
}

thread_local! {
    static GONE: RefCell<Names> = const { RefCell::new(Names { last: Vec::new(), forgotten: 0 }) };
}

/// What became of a tensor, and in the function of which name, as far as that is known.
enum Gone {
    /// A placeholder, or computed from one, after the trace.
    Leaked(Option<String>),
    /// Used up by a call.
    Donated(Option<String>),
}

/// The handle of tensors that are gone for that reason (0 or `WAS_DONATED`) in the function of that name.
fn gone(why: u32, name: &str) -> u32 {
    GONE.with(|names| {
        let mut names = names.borrow_mut();
        let at = names.last.iter().rposition(|known| known == name).unwrap_or_else(|| {
            if names.last.len() == NAMES {
                names.last.remove(0);
                names.forgotten += 1;
            }
            names.last.push(name.to_string());
            names.last.len() - 1
        });
        FIRST_GONE | why | ((START.get() + names.forgotten + at as u32) & SERIAL)
    })
}

/// What a handle says of a tensor that is gone.
fn why_gone(handle: u32) -> Option<Gone> {
    if handle < FIRST_GONE || handle == DISPOSED {
        return None;
    }
    let name = GONE.with(|names| {
        let names = names.borrow();
        let at = (handle & SERIAL).wrapping_sub(START.get() + names.forgotten) & SERIAL;
        names.last.get(at as usize).cloned()
    });
    Some(if handle & WAS_DONATED == 0 { Gone::Leaked(name) } else { Gone::Donated(name) })
}

/// Why a handle names no tensor.
#[inline(never)]
fn missing(op: &str, handle: u32) -> Error {
    match why_gone(handle) {
        Some(Gone::Leaked(label)) => {
            let label = label.as_deref().unwrap_or("an earlier function");
            Error::new(
                ErrorKind::LeakedTracer,
                op,
                format!("placeholder from {label} used after tracing"),
                interfuse::leaked_hint(label),
            )
        }
        Some(Gone::Donated(name)) => Error::new(
            ErrorKind::CompileArgument,
            op,
            match name {
                Some(name) => format!("the tensor was donated to compile('{name}')"),
                None => "the tensor was donated to a compiled function".into(),
            },
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
    match why_gone(handle) {
        Some(Gone::Leaked(_)) => "Tensor(leaked)",
        Some(Gone::Donated(_)) => "Tensor(donated)",
        None if handle < START.get() => "Tensor(lost)",
        None => "Tensor(disposed)",
    }
}

/// Lets go of a tensor that a call of that function used up; the handle says so from now on.
pub fn donate(handle: u32, name: &str) -> u32 {
    release(handle);
    gone(WAS_DONATED, name)
}

/// Lets go of what a trace made: placeholders and what depends on them get a handle that remembers the function's label, so that using
/// one later says what is wrong. Other tensors keep theirs; inside another trace (`nested`) so does what depends on its placeholders.
/// Gives the handles in the same order.
pub fn end_trace(handles: &[u32], label: &str, nested: bool) -> Vec<u32> {
    let leaked = gone(0, label);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn donated(name: &str) -> u32 {
        donate(keep(Tensor::from(1.0f32)), name)
    }

    #[test]
    fn handles_of_tensors_that_are_gone_say_why_and_few_names_are_kept() {
        let first = donated("first");
        let leaked = gone(0, "compile('leaks')");
        let says = |handle: u32, text: &str| {
            let error = tensor("add", handle).expect_err("it is gone").to_string();
            assert!(error.contains(text), "{error}");
        };
        assert_eq!(donated("first"), first);
        says(first, "donated to compile('first')");
        says(leaked, "placeholder from compile('leaks') used after tracing");
        for at in 0..3 * NAMES {
            says(donated(&format!("f{at}")), &format!("compile('f{at}')"));
        }
        assert_eq!(GONE.with(|names| names.borrow().last.len()), NAMES);
        // Their functions are forgotten, what happened to them is not.
        says(first, "the tensor was donated to a compiled function");
        says(leaked, "placeholder from an earlier function used after tracing");
        assert_eq!((describe_gone(first), describe_gone(leaked)), ("Tensor(donated)", "Tensor(leaked)"));
        let again = donated("first");
        assert_ne!(again, first);
        says(again, "donated to compile('first')");
    }

    #[test]
    fn what_was_disposed_of_was_not_donated() {
        donated("f");
        assert_eq!(describe_gone(DISPOSED), "Tensor(disposed)");
        assert!(missing("add", DISPOSED).to_string().contains("was disposed of"));
    }

    #[test]
    fn a_core_after_one_that_failed_knows_none_of_its_handles() {
        let (value, donated_there) = (keep(Tensor::from(1.0f32)), donated("there"));
        start_after(1);
        GONE.with(|names| *names.borrow_mut() = Names { last: Vec::new(), forgotten: 0 });
        donated("here");
        assert!(missing("add", value).to_string().contains("lost when the core failed"));
        assert!(missing("add", donated_there).to_string().contains("donated to a compiled function"));
    }
}
