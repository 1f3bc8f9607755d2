//! Captured state: values outside of a function that its calls read and replace, as if they were arguments and results.
//!
//! A captured value is an `Rc<RefCell<T>>` of a [`Tree`]. Its structure, constants and tensors are part of every call's key and
//! inputs. While the function is traced its tensors are placeholders; afterwards the originals are back, whatever happened. An entry
//! remembers the form that the function left behind and which tensors it replaced; calls put those in, so appending, deleting and
//! changing constants act as they do eagerly.

use crate::random;
use crate::tensor::Tensor;
use crate::tree::Tree;
use interfuse_compiler::signature::SignatureBuilder;
use std::any::Any;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

/// May the function replace it?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Access {
    /// `inputs` only.
    Read,
    /// `outputs` or `state`.
    Write,
}

/// Puts an original back.
type Restore = Box<dyn FnOnce()>;

/// A captured value, whatever its type.
trait Captured {
    fn flatten(&self, key: &mut SignatureBuilder, tensors: &mut Vec<Tensor>);
    /// Puts other tensors in; what it gives puts the original back.
    fn swap(&self, tensors: &mut dyn Iterator<Item = Tensor>) -> Restore;
    /// The value now with `nothing` for every tensor.
    fn form(&self, nothing: &Tensor) -> Rc<dyn Any>;
    /// Becomes a form with tensors in it.
    fn fill(&self, form: &dyn Any, tensors: &mut dyn Iterator<Item = Tensor>);
    /// Tells values apart.
    fn address(&self) -> usize;
}

impl<T: Tree + 'static> Captured for Rc<RefCell<T>> {
    fn flatten(&self, key: &mut SignatureBuilder, tensors: &mut Vec<Tensor>) {
        self.borrow().flatten(key, tensors);
    }

    fn swap(&self, tensors: &mut dyn Iterator<Item = Tensor>) -> Restore {
        let other = self.borrow().unflatten(tensors);
        let original = self.replace(other);
        let cell = self.clone();
        Box::new(move || _ = cell.replace(original))
    }

    fn form(&self, nothing: &Tensor) -> Rc<dyn Any> {
        Rc::new(self.borrow().unflatten(&mut std::iter::repeat(nothing.clone())))
    }

    fn fill(&self, form: &dyn Any, tensors: &mut dyn Iterator<Item = Tensor>) {
        let form: &T = form.downcast_ref().expect("a form is kept with the value it is of");
        let value = form.unflatten(tensors);
        self.replace(value);
    }

    fn address(&self) -> usize {
        Rc::as_ptr(self).cast::<()>() as usize
    }
}

/// The thread's random generator; its state is a key.
struct Generator;

impl Generator {
    fn key() -> Tensor {
        crate::error::expect(random::state())
    }

    fn set(key: &Tensor) {
        crate::error::expect(random::place_state(key));
    }
}

impl Captured for Generator {
    fn flatten(&self, key: &mut SignatureBuilder, tensors: &mut Vec<Tensor>) {
        Tree::flatten(&Generator::key(), key, tensors);
    }

    fn swap(&self, tensors: &mut dyn Iterator<Item = Tensor>) -> Restore {
        let original = Generator::key();
        Generator::set(&tensors.next().expect("the generator's state is one tensor"));
        Box::new(move || Generator::set(&original))
    }

    fn form(&self, _: &Tensor) -> Rc<dyn Any> {
        Rc::new(())
    }

    fn fill(&self, _: &dyn Any, tensors: &mut dyn Iterator<Item = Tensor>) {
        Generator::set(&tensors.next().expect("the generator's state is one tensor"));
    }

    fn address(&self) -> usize {
        // No value lives there.
        1
    }
}

struct Root {
    name: String,
    access: Access,
    value: Box<dyn Captured>,
}

/// Everything that a function captures.
#[derive(Default)]
pub(crate) struct Capture {
    roots: Vec<Root>,
}

/// Where a tensor of the state after a call comes from.
#[derive(Clone, Copy)]
enum Slot {
    /// It was there before the call, at that place among the captured tensors.
    Kept(usize),
    /// It is the next new one.
    New,
}

/// The state that a traced function left behind.
pub(crate) struct After {
    forms: Vec<Rc<dyn Any>>,
    slots: Vec<Slot>,
}

/// The state is placeholders; dropping this puts the originals back.
pub(crate) struct Swapped {
    restore: Vec<Restore>,
    /// Per value: its structure, and the places of its tensors.
    before: Vec<(Vec<u8>, Range<usize>)>,
}

impl Drop for Swapped {
    fn drop(&mut self) {
        self.restore.drain(..).for_each(|restore| restore());
    }
}

thread_local! {
    /// Values that the traces which go on have captured.
    static CAPTURED: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

impl Capture {
    /// Captures one more value. Once is enough; writing wins over reading.
    pub(crate) fn add<T: Tree + 'static>(&mut self, what: &str, access: Access, value: &Rc<RefCell<T>>) {
        if let Some(known) = self.roots.iter_mut().find(|root| root.value.address() == value.address()) {
            known.access = if access == Access::Write { access } else { known.access };
            return;
        }
        let name = format!("{what}[{}]", self.roots.iter().filter(|root| root.name.starts_with(what)).count());
        self.roots.push(Root { name, access, value: Box::new(value.clone()) });
    }

    /// Captures the thread's random generator, which is written to by being read.
    pub(crate) fn add_random(&mut self) {
        if self.roots.iter().all(|root| root.value.address() != Generator.address()) {
            let root = Root { name: "random.state".into(), access: Access::Write, value: Box::new(Generator) };
            self.roots.push(root);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.roots.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.roots.len()
    }

    /// Writes the structure and constants to the key and lists the tensors.
    pub(crate) fn flatten(&self, key: &mut SignatureBuilder, tensors: &mut Vec<Tensor>) {
        for root in &self.roots {
            root.value.flatten(key.root(&root.name), tensors);
        }
    }

    /// Replaces the tensors of the state.
    pub(crate) fn swap(&self, placeholders: &[Tensor]) -> Swapped {
        let mut swapped = Swapped { restore: Vec::new(), before: Vec::new() };
        let mut first = 0;
        for root in &self.roots {
            let (structure, tensors) = root.look();
            let end = first + tensors.len();
            swapped.restore.push(root.value.swap(&mut placeholders[first..end].iter().cloned()));
            swapped.before.push((structure, first..end));
            first = end;
        }
        swapped
    }

    /// After the function ran on `placeholders`: what it left, with the new tensors at the end of `outputs`. `Err` names what it
    /// changed and must not.
    pub(crate) fn after(
        &self,
        swapped: &Swapped,
        placeholders: &[Tensor],
        outputs: &mut Vec<Tensor>,
        nothing: &Tensor,
    ) -> Result<After, String> {
        let places: BTreeMap<u64, usize> = placeholders.iter().enumerate().map(|(at, x)| (x.id(), at)).collect();
        let mut after = After { forms: Vec::new(), slots: Vec::new() };
        for (root, (before, range)) in self.roots.iter().zip(&swapped.before) {
            let (structure, tensors) = root.look();
            let places = tensors.iter().map(|tensor| places.get(&tensor.id()).copied());
            match root.access {
                Access::Read => {
                    if structure != *before || !places.eq(range.clone().map(Some)) {
                        return Err(root.name.clone());
                    }
                }
                Access::Write => {
                    for (tensor, place) in tensors.iter().zip(places) {
                        after.slots.push(place.map_or(Slot::New, Slot::Kept));
                        if place.is_none() {
                            outputs.push(tensor.clone());
                        }
                    }
                    after.forms.push(root.value.form(nothing));
                }
            }
        }
        Ok(after)
    }

    /// Becomes what the function left: `kept` are the tensors before the call, `new` those that it made.
    pub(crate) fn fill(&self, after: &After, kept: &[Tensor], mut new: impl Iterator<Item = Tensor>) {
        let mut tensors = after.slots.iter().map(|slot| match slot {
            Slot::Kept(at) => kept[*at].clone(),
            Slot::New => new.next().expect("one result per new tensor"),
        });
        let writable = self.roots.iter().filter(|root| root.access == Access::Write);
        for (root, form) in writable.zip(&after.forms) {
            root.value.fill(form.as_ref(), &mut tensors);
        }
    }

    /// Calls a function that is traced as a part of another one. `Err` names a value that it replaced and that the outer function
    /// has not captured; the original is back.
    pub(crate) fn inlined<R>(&self, work: impl FnOnce() -> R) -> (R, Result<(), String>) {
        let captured = CAPTURED.with(|captured| captured.borrow().clone());
        let strange = |root: &&Root| !captured.contains(&root.value.address());
        let before: Vec<(&Root, Vec<Tensor>, Restore)> = self
            .roots
            .iter()
            .filter(strange)
            .map(|root| {
                let tensors = root.look().1;
                let restore = root.value.swap(&mut tensors.iter().cloned());
                (root, tensors, restore)
            })
            .collect();
        let result = work();
        let mut verdict = Ok(());
        for (root, tensors, restore) in before {
            let ids: BTreeSet<u64> = tensors.iter().map(Tensor::id).collect();
            if root.look().1.iter().any(|now| now.is_tracer() && !ids.contains(&now.id())) {
                restore();
                verdict = Err(root.name.clone());
            }
        }
        (result, verdict)
    }
}

impl Root {
    /// The structure with its constants as bytes, and the tensors.
    fn look(&self) -> (Vec<u8>, Vec<Tensor>) {
        let (mut key, mut tensors) = (SignatureBuilder::new_template(), Vec::new());
        self.value.flatten(&mut key, &mut tensors);
        (key.into_template(), tensors)
    }
}

/// Notes for the time of a trace what it has captured.
pub(crate) struct Noted(usize);

impl Capture {
    /// From now until the note is dropped this counts as captured by the trace that goes on.
    pub(crate) fn note(&self) -> Noted {
        CAPTURED.with(|captured| {
            let mut captured = captured.borrow_mut();
            let before = captured.len();
            captured.extend(self.roots.iter().map(|root| root.value.address()));
            Noted(before)
        })
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        CAPTURED.with(|captured| captured.borrow_mut().truncate(self.0));
    }
}
