//! Reading back: what is asked for in one turn is copied into one staging buffer, in one submit, and mapped once.
//!
//! A read joins the open batch; the batch is sent when the first of its futures is polled, or when one of its buffers is dropped
//! (its memory may be written again after that). Natively whoever polls also drives the device, in waits of a few milliseconds, so
//! that any executor works; in the browser the device drives itself.

use super::fault::Mailbox;
use super::pool::Block;
use super::shared::{Shared, State, Use};
use crate::device::DeviceError;
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Bytes of one staging buffer, unless a single read is larger.
const CHUNK: u64 = 64 << 20;

/// Counts down callbacks of the device and wakes who waits for the last.
#[derive(Clone, Default)]
pub(super) struct Signal(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    outstanding: usize,
    failed: bool,
    wakers: Vec<Waker>,
}

impl Signal {
    fn open(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more callback will come; this is it.
    pub(super) fn expect(&self) -> impl FnOnce(bool) + Send + 'static {
        self.open().outstanding += 1;
        let signal = self.clone();
        move |ok| {
            let wakers = {
                let mut waiting = signal.open();
                waiting.outstanding -= 1;
                waiting.failed |= !ok;
                if waiting.outstanding > 0 { Vec::new() } else { std::mem::take(&mut waiting.wakers) }
            };
            wakers.into_iter().for_each(Waker::wake);
        }
    }

    /// Did all come, and did one fail? Otherwise that future is woken by the last.
    fn poll(&self, waker: &Waker) -> Poll<Result<(), ()>> {
        let mut waiting = self.open();
        if waiting.outstanding == 0 {
            return Poll::Ready(if waiting.failed { Err(()) } else { Ok(()) });
        }
        if !waiting.wakers.iter().any(|w| w.will_wake(waker)) {
            waiting.wakers.push(waker.clone());
        }
        Poll::Pending
    }
}

/// One buffer that somebody wants.
struct Request {
    block: Rc<Block>,
    /// The offset in the block.
    offset: u64,
    bytes: u64,
    /// Which work wrote it.
    written: u64,
    /// Where its copy is: staging buffer and offset.
    place: (usize, u64),
    answer: Option<Result<Vec<u8>, DeviceError>>,
}

/// Reads that are answered together.
#[derive(Default)]
pub(super) struct Batch {
    requests: Vec<Request>,
    staging: Vec<Rc<Block>>,
    signal: Signal,
    /// Why the copy could not be made.
    failed: Rc<RefCell<Option<String>>>,
    sent: Option<Sent>,
    answered: bool,
}

struct Sent {
    /// The last serial when it was sent.
    upto: u64,
    #[cfg_attr(target_arch = "wasm32", expect(dead_code, reason = "the browser drives the device"))]
    submission: Option<wgpu::SubmissionIndex>,
}

impl Batch {
    /// Does a read of that block wait to be sent?
    pub(super) fn wants(&self, block: &Rc<Block>) -> bool {
        self.requests.iter().any(|r| Rc::ptr_eq(&r.block, block))
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        // Nobody waited for the answer; on the web dropping frees nothing.
        self.staging.iter().for_each(|block| block.buffer().destroy());
    }
}

/// Asks for a buffer: joins the open batch or opens one.
pub(super) fn ask(
    state: &mut State,
    (block, offset): (Rc<Block>, u64),
    bytes: u64,
    written: u64,
) -> (Rc<RefCell<Batch>>, usize) {
    let batch = state.batch.get_or_insert_default().clone();
    let mut open = batch.borrow_mut();
    open.requests.push(Request { block, offset, bytes, written, place: (0, 0), answer: None });
    let at = open.requests.len() - 1;
    drop(open);
    (batch, at)
}

/// Sends the open batch.
pub(super) fn flush(shared: &Rc<Shared>, state: &mut State) -> Result<(), DeviceError> {
    let Some(batch) = state.batch.take() else { return Ok(()) };
    shared.send(state);
    let mut batch = batch.borrow_mut();
    let batch = &mut *batch;
    // Places first: reads in order, a new staging buffer when the chunk is full. Mapped offsets are multiples of 8.
    let mut sizes: Vec<u64> = Vec::new();
    for request in &mut batch.requests {
        let size = request.bytes.next_multiple_of(8);
        let chunks = sizes.len();
        match sizes.last_mut() {
            Some(last) if *last + size <= CHUNK => {
                request.place = (chunks - 1, *last);
                *last += size;
            }
            _ => {
                request.place = (chunks, 0);
                sizes.push(size);
            }
        }
    }
    let upto = state.faults.latest();
    // A device that cannot give staging memory fails the reads, not the buffers.
    let failed = sizes.iter().try_for_each(|size| {
        batch.staging.push(shared.staging(state, *size)?);
        Ok(())
    });
    if let Err(error) = failed {
        batch.requests.iter_mut().for_each(|r| r.answer = Some(Err(DeviceError::clone(&error))));
        for block in batch.staging.drain(..) {
            shared.give(state, Use::Staging, block);
        }
        batch.answered = true;
        batch.sent = Some(Sent { upto, submission: None });
        return Err(error);
    }
    // A copy that fails (from a buffer that never came to be) is this read's own error, not one from nowhere.
    let (submission, answers) = shared.scoped(|| {
        let mut encoder = shared.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        for request in batch.requests.iter().filter(|r| r.bytes > 0) {
            let (at, offset) = request.place;
            // Copies are in words; every block is at least a word longer than an odd number of halves.
            let size = request.bytes.next_multiple_of(4);
            encoder.copy_buffer_to_buffer(
                &request.block.buffer(),
                request.offset,
                &batch.staging[at].buffer(),
                offset,
                size,
            );
            state.counters.bytes_read += request.bytes;
        }
        shared.queue.submit([encoder.finish()])
    });
    state.counters.submits += 1;
    let failed = batch.failed.clone();
    shared.resolve(state, upto, answers, move |_, text| *failed.borrow_mut() = text);
    for block in &batch.staging {
        let done = batch.signal.expect();
        block.buffer().map_async(wgpu::MapMode::Read, .., move |result| {
            let ok = result.is_ok();
            #[cfg(target_arch = "wasm32")]
            super::web::after_a_task(move || done(ok));
            #[cfg(not(target_arch = "wasm32"))]
            done(ok);
        });
    }
    batch.sent = Some(Sent { upto, submission: Some(submission) });
    Ok(())
}

/// Takes the bytes of a mapped batch and hands its staging buffers back.
fn answer(shared: &Rc<Shared>, state: &mut State, batch: &mut Batch, mapped: Result<(), ()>) {
    batch.answered = true;
    let mapped = if batch.failed.borrow().is_some() { Err(()) } else { mapped };
    let upto = batch.sent.as_ref().map_or(0, |sent| sent.upto);
    // Errors of anything sent before the copies have arrived by now.
    state.faults.collect(None);
    for request in &mut batch.requests {
        let (at, offset) = request.place;
        request.answer = Some(match (state.faults.of(request.written), mapped) {
            (Some(error), _) => Err(error),
            (None, Err(())) => {
                let why =
                    batch.failed.borrow().clone().unwrap_or_else(|| "the device could not map memory".to_string());
                Err(DeviceError::Failed(format!("read: {why}")))
            }
            (None, Ok(())) if request.bytes == 0 => Ok(Vec::new()),
            (None, Ok(())) => {
                let range = offset..offset + request.bytes.next_multiple_of(4);
                match batch.staging[at].buffer().get_mapped_range(range) {
                    Ok(view) => Ok(view[..request.bytes as usize].to_vec()),
                    Err(error) => Err(DeviceError::Failed(format!("reading mapped memory: {error}"))),
                }
            }
        });
    }
    if mapped.is_ok() {
        state.faults.settle(upto);
    }
    for block in batch.staging.drain(..) {
        if mapped.is_ok() {
            block.buffer().unmap();
        } else {
            block.dead.set(true);
        }
        shared.give(state, Use::Staging, block);
    }
}

/// A promised read.
pub(super) struct Reading {
    pub(super) shared: Rc<Shared>,
    pub(super) batch: Rc<RefCell<Batch>>,
    pub(super) at: usize,
}

impl Future for Reading {
    type Output = Result<Vec<u8>, DeviceError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if let Some(lost) = this.shared.mailbox.loss() {
            return Poll::Ready(Err(lost));
        }
        #[cfg(not(target_arch = "wasm32"))]
        this.shared.answer_late();
        if this.batch.borrow().sent.is_none() {
            let mut state = this.shared.state.borrow_mut();
            if state.doubts.is_open() {
                // What it is to copy may be computed again.
                state.faults.wake_at_answer(context.waker());
                return Poll::Pending;
            }
            // The error is the answer of every read of the batch.
            let _ = flush(&this.shared, &mut state);
        }
        if !this.batch.borrow().answered {
            let (signal, upto) = {
                let batch = this.batch.borrow();
                (batch.signal.clone(), batch.sent.as_ref().map_or(0, |sent| sent.upto))
            };
            #[cfg(not(target_arch = "wasm32"))]
            if signal.poll(context.waker()).is_pending() {
                let submission = this.batch.borrow().sent.as_ref().and_then(|sent| sent.submission.clone());
                drive(&this.shared.device, submission);
            }
            let Poll::Ready(mapped) = signal.poll(context.waker()) else {
                // Nothing else wakes a native executor.
                #[cfg(not(target_arch = "wasm32"))]
                context.waker().wake_by_ref();
                return Poll::Pending;
            };
            let mut state = this.shared.state.borrow_mut();
            if !state.faults.scopes_answered(upto, context.waker()) {
                return Poll::Pending;
            }
            answer(&this.shared, &mut state, &mut this.batch.borrow_mut(), mapped);
        }
        if let Some(lost) = this.shared.mailbox.loss() {
            return Poll::Ready(Err(lost));
        }
        let taken = this.batch.borrow_mut().requests[this.at].answer.take();
        Poll::Ready(taken.expect("an answered batch has an answer for every read, taken once"))
    }
}

/// A promise that the queue is done with what was sent.
pub(super) struct Draining {
    #[cfg_attr(target_arch = "wasm32", expect(dead_code, reason = "the browser drives the device"))]
    pub(super) device: wgpu::Device,
    pub(super) mailbox: Mailbox,
    pub(super) signal: Signal,
}

impl Draining {
    /// Of everything sent so far.
    pub(super) fn new(shared: &Shared) -> Draining {
        let signal = Signal::default();
        let done = signal.expect();
        shared.queue.on_submitted_work_done(move || done(true));
        Draining { device: shared.device.clone(), mailbox: shared.mailbox.clone(), signal }
    }
}

impl Future for Draining {
    type Output = Result<(), DeviceError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(lost) = self.mailbox.loss() {
            return Poll::Ready(Err(lost));
        }
        #[cfg(not(target_arch = "wasm32"))]
        if self.signal.poll(context.waker()).is_pending() {
            drive(&self.device, None);
        }
        match self.signal.poll(context.waker()) {
            Poll::Ready(Ok(())) => Poll::Ready(Ok(())),
            Poll::Ready(Err(())) => {
                Poll::Ready(Err(DeviceError::Failed("the device could not map memory".to_string())))
            }
            Poll::Pending => {
                #[cfg(not(target_arch = "wasm32"))]
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}

/// Lets the device make progress: until that submission is done, or all are, but a few milliseconds at most.
#[cfg(not(target_arch = "wasm32"))]
fn drive(device: &wgpu::Device, submission: Option<wgpu::SubmissionIndex>) {
    let timeout = Some(std::time::Duration::from_millis(5));
    // A timeout is no error here: the future is polled again. A lost device tells the mailbox.
    let _ = device.poll(wgpu::PollType::Wait { submission_index: submission, timeout });
}
