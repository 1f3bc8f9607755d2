//! Which entry serves a call: keys, and the entries of a key that leaves sizes open.

use super::{Entry, Key, Store, device_of};
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::compile_mode;
use crate::tensor::Tensor;
use interfuse_compiler::signature::{BadTemplate, Signature, SignatureBuilder, Template};
use std::rc::Rc;

impl Store {
    /// The key of a call from a template (see `interfuse_compiler::cache`) and the tensors in it.
    pub fn key(&self, template: &[u8], inputs: &[Tensor]) -> Result<Key> {
        let device = device_of(self.label(), inputs)?.0.id;
        let mode = compile_mode().byte();
        // Calls on tracers are inlined: their keys serve nothing.
        let is_open = !self.binder.is_empty() && !inputs.iter().any(Tensor::is_tracer);
        let bind = || self.binder.bind(self.label(), template, &inputs.iter().map(Tensor::aval).collect::<Vec<_>>());
        let open = is_open.then(bind).transpose()?;
        let signature = match &open {
            None => self.last_template.borrow_mut().read(template).and_then(|template| {
                SignatureBuilder::new(device, mode).complete(template, inputs.iter().map(Tensor::aval))
            }),
            Some(open) => {
                let names: Vec<&str> = open.names.iter().map(String::as_str).collect();
                SignatureBuilder::with_symbols(device, mode, &names).template(template, open.avals.iter())
            }
        };
        let malformed = |text: String| {
            Error::new(ErrorKind::CompileArgument, self.label(), format!("the arguments are malformed: {text}"), "")
        };
        Ok(Key { signature: signature.map_err(|bad| malformed(bad.0))?, open })
    }

    /// The entry that serves a call, and what kept those of its key from it that do not. Where no other size may be traced, that is an
    /// error.
    pub(super) fn find(&self, key: &Key) -> Result<(Option<Rc<Entry>>, Option<Error>)> {
        if key.open.is_none() {
            return Ok((self.cache.borrow_mut().get(&key.signature).cloned(), None));
        }
        let mut failed = None;
        let guarded = self.guarded.borrow().get(&key.signature).cloned().unwrap_or_default();
        for (at, number) in guarded.iter().enumerate() {
            let signature = key.signature.clone().guarded(*number);
            let Some(entry) = self.cache.borrow().peek(&signature).cloned() else { continue };
            match entry.guards.as_ref().map_or(Ok(()), |guards| guards.check(self.label(), key.symbols())) {
                Ok(()) => {
                    self.cache.borrow_mut().get(&signature);
                    if let Some(guarded) = self.guarded.borrow_mut().get_mut(&key.signature) {
                        guarded[..=at].rotate_right(1);
                    }
                    return Ok((Some(entry), None));
                }
                Err(error) if error.kind() == ErrorKind::ShapeGuard => _ = failed.get_or_insert(error),
                Err(error) => return Err(error),
            }
        }
        if failed.is_some() {
            self.count(|stats| stats.guard_failures += 1);
        }
        match failed {
            Some(error) if self.binder.is_strict() => Err(error),
            failed => Ok((None, failed)),
        }
    }

    /// The signature under which a new entry of a key is kept.
    pub(super) fn place(&self, key: Key) -> Signature {
        if key.open.is_none() {
            return key.signature;
        }
        let mut guarded = self.guarded.borrow_mut();
        let known = guarded.entry(key.signature.clone()).or_default();
        let free = (0..u16::MAX).find(|number| !known.contains(number)).unwrap_or(u16::MAX);
        known.retain(|number| *number != free);
        known.insert(0, free);
        key.signature.guarded(free)
    }

    /// Forgets the place of an entry that is gone.
    pub(super) fn vacate(&self, signature: &Signature) {
        let (base, number) = signature.clone().split_guarded();
        let mut guarded = self.guarded.borrow_mut();
        if let Some(known) = guarded.get_mut(&base) {
            known.retain(|other| *other != number);
            if known.is_empty() {
                guarded.remove(&base);
            }
        }
    }

    /// Forgets the entries of a device that is lost.
    pub(super) fn forget_device(&self, device: u64) {
        let gone: Vec<Signature> =
            self.cache.borrow().iter().map(|(key, _)| key).filter(|key| key.context().0 == device).cloned().collect();
        for key in gone {
            self.cache.borrow_mut().remove(&key);
            self.vacate(&key);
        }
    }
}

/// The template of the last call.
#[derive(Default)]
pub(super) struct LastTemplate(Template);

impl LastTemplate {
    /// These bytes as a template; read only when they are not those of the last call.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Result<&Template, BadTemplate> {
        if self.0.bytes() != bytes || bytes.is_empty() {
            self.0 = Template::new(bytes)?;
        }
        Ok(&self.0)
    }
}
