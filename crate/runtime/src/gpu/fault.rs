//! Who is to blame, and who suffers: errors of the device find the buffers that they spoil.
//!
//! WebGPU reports errors late and without an address. So every piece of work that writes buffers (an upload, a call) has a *serial*,
//! and every buffer knows the serial that wrote it. An error whose serial is known (an error scope surrounded the work, or the error
//! arrived while the work was being encoded) makes that serial faulty; one that comes from nowhere makes faulty whatever was handed
//! over since the last clean read. Fault spreads from a serial to those that read its buffers, and a read of a faulty serial's buffer is
//! rejected with the first error.
//!
//! Callbacks of wgpu touch nothing but the [`Inbox`]: natively they may come from any thread.

use super::program::Program;
use crate::device::DeviceError;
use interfuse_compiler::small::VecMap;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// Records that are kept while nothing is read: an error older than that many pieces of work has long been reported.
const RECORDS: usize = 4096;

/// Faulty serials that are remembered.
const FAULTY: usize = 65536;

/// What callbacks have told and nobody has looked at yet.
#[derive(Default)]
pub(super) struct Inbox {
    /// Errors that no scope caught.
    uncaptured: Vec<String>,
    /// Why the device is lost, if it is.
    lost: Option<String>,
}

/// The inbox, as callbacks hold it.
#[derive(Clone, Default)]
pub(super) struct Mailbox(Arc<Mutex<Inbox>>);

impl Mailbox {
    fn open(&self) -> MutexGuard<'_, Inbox> {
        // A panic inside one of these few lines leaves plain data behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An error that no scope caught.
    pub(super) fn uncaptured(&self, text: String) {
        self.open().uncaptured.push(text);
    }

    /// The device is lost.
    pub(super) fn lost(&self, reason: String) {
        self.open().lost.get_or_insert(reason);
    }

    /// The error of a lost device.
    pub(super) fn loss(&self) -> Option<DeviceError> {
        self.open().lost.clone().map(DeviceError::Lost)
    }
}

/// A piece of work that may still turn out to have failed.
struct Record {
    serial: u64,
    /// Serials that wrote what it reads.
    deps: Vec<u64>,
    /// The program, unless it was an upload.
    program: Option<Rc<Program>>,
}

/// All that is known of faults.
#[derive(Default)]
pub(super) struct Faults {
    /// Where callbacks write.
    mailbox: Mailbox,
    serial: u64,
    /// Ascending by serial.
    records: VecDeque<Record>,
    faulty: VecMap<u64, DeviceError>,
    /// Scopes whose answer is not here yet (web), with the serial that they surround.
    pending: VecMap<u64, u64>,
    #[cfg(target_arch = "wasm32")]
    tickets: u64,
    wakers: Vec<Waker>,
}

impl Faults {
    /// None so far; callbacks write to that mailbox.
    pub(super) fn new(mailbox: Mailbox) -> Faults {
        Faults { mailbox, ..Faults::default() }
    }

    /// Gives a serial to an upload (no program) or a call that reads what `deps` wrote. `Err` with the error of a faulty one of them:
    /// then the new serial is faulty already and the work need not be sent.
    pub(super) fn begin(&mut self, program: Option<Rc<Program>>, deps: Vec<u64>) -> (u64, Result<(), DeviceError>) {
        self.serial += 1;
        let serial = self.serial;
        if let Some(error) = deps.iter().find_map(|dep| self.faulty.get(dep)).cloned() {
            self.mark(serial, error.clone());
            return (serial, Err(error));
        }
        self.records.push_back(Record { serial, deps, program });
        if self.records.len() > RECORDS {
            self.records.pop_front();
        }
        (serial, Ok(()))
    }

    /// The last serial given.
    pub(super) fn latest(&self) -> u64 {
        self.serial
    }

    fn mark(&mut self, serial: u64, error: DeviceError) {
        if !self.faulty.contains_key(&serial) {
            self.faulty.insert(serial, error);
        }
        if self.faulty.len() > FAULTY {
            self.faulty.remove_first();
        }
    }

    /// Where the records after that serial start.
    fn after(&self, serial: u64) -> usize {
        self.records.partition_point(|record| record.serial <= serial)
    }

    fn record(&self, serial: u64) -> Option<&Record> {
        let at = self.after(serial).checked_sub(1)?;
        self.records.get(at).filter(|record| record.serial == serial)
    }

    /// Makes a serial faulty, and whatever was computed from it.
    pub(super) fn fail(&mut self, serial: u64, error: DeviceError) {
        self.mark(serial, error);
        // Serials ascend, and work depends on earlier serials only: one pass reaches all.
        for at in self.after(serial)..self.records.len() {
            let Record { serial: later, deps, .. } = &self.records[at];
            if let Some(error) = deps.iter().find_map(|dep| self.faulty.get(dep)).cloned() {
                self.mark(*later, error);
            }
        }
    }

    /// Makes every call faulty that ran a program for which `error_of` has an error.
    pub(super) fn fail_programs(&mut self, error_of: impl Fn(&Program) -> Option<DeviceError>) {
        let hit: Vec<(u64, DeviceError)> = self
            .records
            .iter()
            .filter_map(|record| record.program.as_deref().and_then(&error_of).map(|e| (record.serial, e)))
            .collect();
        hit.into_iter().for_each(|(serial, error)| self.fail(serial, error));
    }

    /// Takes what callbacks left. With a serial, it is to blame (natively errors come while the work is being encoded); without,
    /// everything since the last clean read is.
    pub(super) fn collect(&mut self, blame: Option<u64>) {
        let texts = std::mem::take(&mut self.mailbox.open().uncaptured);
        let Some(text) = texts.into_iter().next() else { return };
        match blame {
            Some(serial) => {
                let ran = self.record(serial).and_then(|r| r.program.as_deref()).map(Program::describe);
                self.fail(serial, failure(ran.as_deref(), &text));
            }
            None => {
                let since: Vec<(u64, Option<String>)> =
                    self.records.iter().map(|r| (r.serial, r.program.as_deref().map(Program::describe))).collect();
                for (serial, ran) in since {
                    let text = format!("an error that the device reported late: {text}");
                    self.mark(serial, failure(ran.as_deref(), &text));
                }
            }
        }
    }

    /// Everything up to that serial is known to be done and its errors reported.
    pub(super) fn settle(&mut self, upto: u64) {
        let settled = self.after(upto);
        self.records.drain(..settled);
    }

    /// The error that spoilt what that serial wrote.
    pub(super) fn of(&self, serial: u64) -> Option<DeviceError> {
        self.faulty.get(&serial).cloned()
    }

    /// A scope around that serial whose answer comes later.
    #[cfg(target_arch = "wasm32")]
    pub(super) fn scope_opened(&mut self, serial: u64) -> u64 {
        self.tickets += 1;
        self.pending.insert(self.tickets, serial);
        self.tickets
    }

    /// The answer is here.
    #[cfg(target_arch = "wasm32")]
    pub(super) fn scope_answered(&mut self, ticket: u64) {
        self.pending.remove(&ticket);
        self.wakers.drain(..).for_each(Waker::wake);
    }

    /// Wakes that future at the next answer of a scope.
    pub(super) fn wake_at_answer(&mut self, waker: &Waker) {
        self.wakers.push(waker.clone());
    }

    /// Are all scopes up to that serial answered? If not, wakes that future at the next answer.
    pub(super) fn scopes_answered(&mut self, upto: u64, waker: &Waker) -> bool {
        if self.pending.iter().all(|(_, serial)| *serial > upto) {
            return true;
        }
        self.wake_at_answer(waker);
        false
    }
}

/// The text of a failed piece of work.
pub(super) fn failure(ran: Option<&str>, text: &str) -> DeviceError {
    match ran {
        Some(ran) => DeviceError::Failed(format!("{ran}: {text}")),
        None => DeviceError::Failed(format!("upload: {text}")),
    }
}

/// The text of every error for want of memory.
pub(super) const OUT_OF_MEMORY: &str = "the device is out of memory";

/// The error of work for which a buffer of so many bytes never came to be.
pub(super) fn no_memory(bytes: u64, text: &str) -> DeviceError {
    let said = format!("a buffer of {bytes} bytes: {text}");
    if text == OUT_OF_MEMORY { DeviceError::Limit(said) } else { DeviceError::Failed(said) }
}

/// The text of an error of wgpu.
pub(super) fn describe(error: &wgpu::Error) -> String {
    match error {
        wgpu::Error::OutOfMemory { .. } => OUT_OF_MEMORY.to_string(),
        wgpu::Error::Validation { description, .. } | wgpu::Error::Internal { description, .. } => {
            description.trim().to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(text: &str) -> DeviceError {
        DeviceError::Failed(text.to_string())
    }

    #[test]
    fn a_fault_spreads_to_what_was_computed_from_it() {
        let mut faults = Faults::default();
        let (a, _) = faults.begin(None, vec![]);
        let (b, _) = faults.begin(None, vec![a]);
        let (c, _) = faults.begin(None, vec![]);
        let (d, _) = faults.begin(None, vec![b, c]);
        faults.fail(a, failed("boom"));
        assert_eq!([a, b, c, d].map(|s| faults.of(s).is_some()), [true, true, false, true]);
        // What is computed later is faulty from the start, with the first error.
        let (e, sent) = faults.begin(None, vec![c, d]);
        assert_eq!((sent, faults.of(e)), (Err(failed("boom")), Some(failed("boom"))));
    }

    #[test]
    fn an_error_from_nowhere_spoils_what_is_not_settled() {
        let mut faults = Faults::default();
        let (a, _) = faults.begin(None, vec![]);
        faults.settle(a);
        let (b, _) = faults.begin(None, vec![]);
        faults.mailbox.uncaptured("late".to_string());
        faults.collect(None);
        assert_eq!(faults.of(a), None);
        assert!(faults.of(b).expect("faulty").to_string().contains("late"));
        let (c, _) = faults.begin(None, vec![]);
        faults.collect(None);
        assert_eq!(faults.of(c), None, "an error spoils once");
    }
}
