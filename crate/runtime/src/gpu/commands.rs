//! Work that is encoded and not yet submitted.
//!
//! A submit costs more than encoding a small call: in the browser it is a message to another process that wakes four threads (5 to 50
//! microseconds), natively one to the driver (100 instead of 25 microseconds a call on a software adapter). So calls made one after
//! another share passes and submits. The first is sent at once, so that the GPU has something to do; then come two dispatches together,
//! four, and so on up to [`TOGETHER`]. Large dispatches count for many: beside their work a submit is nothing, and drivers end a
//! submission that takes seconds. Whatever must come after the work before it (uploads, reads, waiting, timestamps, error scopes,
//! buffers' ends) sends that first, by [`Shared::send`], and in the browser a microtask sends what is left at the end of a turn. So
//! natively a few small dispatches may lie here while nobody asks for anything.

use super::fault::failure;
use super::pipeline::Pipeline;
use super::shared::{Shared, State};
use std::rc::Rc;

/// So many small dispatches are sent together at most, unless one call has more.
pub(super) const TOGETHER: u32 = 64;

/// A pass that calls are encoded into.
pub(super) struct Open {
    // Before the encoder: dropping a pass ends it.
    pass: wgpu::ComputePass<'static>,
    encoder: wgpu::CommandEncoder,
    /// The one set last.
    pipeline: Option<Rc<Pipeline>>,
    /// How many dispatches are inside, large ones counted for many.
    weight: u64,
    /// The first and the last serial inside.
    serials: (u64, u64),
    /// Is a program inside that the device has not taken yet?
    doubtful: bool,
}

impl Open {
    /// Encodes a dispatch that counts for so many.
    pub(super) fn dispatch(
        &mut self,
        pipeline: &Rc<Pipeline>,
        group: &wgpu::BindGroup,
        [x, y, z]: [u32; 3],
        weight: u64,
    ) {
        if !self.pipeline.as_ref().is_some_and(|set| Rc::ptr_eq(set, pipeline)) {
            self.pass.set_pipeline(&pipeline.handle);
            self.pipeline = Some(pipeline.clone());
        }
        self.pass.set_bind_group(0, group, &[]);
        // An empty grid has no workgroups; such a dispatch is allowed and does nothing.
        self.pass.dispatch_workgroups(x, y, z);
        self.weight += weight;
    }
}

/// The open pass, if there is one, and when it goes.
pub(super) struct CommandBatch {
    open: Option<Open>,
    /// So much goes together now.
    together: u64,
    /// And so many at most.
    most: u64,
    /// A microtask will send what is left.
    #[cfg(target_arch = "wasm32")]
    due: bool,
}

impl CommandBatch {
    /// Nothing encoded yet; at most `most` dispatches wait for each other.
    pub(super) fn new(most: u32) -> CommandBatch {
        CommandBatch {
            open: None,
            together: 1,
            most: u64::from(most),
            #[cfg(target_arch = "wasm32")]
            due: false,
        }
    }

    /// The pass for work of that serial.
    pub(super) fn pass(&mut self, device: &wgpu::Device, serial: u64) -> &mut Open {
        let open = self.open.get_or_insert_with(|| {
            let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
            let pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default()).forget_lifetime();
            Open { pass, encoder, pipeline: None, weight: 0, serials: (serial, serial), doubtful: false }
        });
        open.serials.1 = serial;
        open
    }

    /// The device has not taken the program of the call that was encoded last.
    pub(super) fn doubt(&mut self) {
        if let Some(open) = &mut self.open {
            open.doubtful = true;
        }
    }
}

impl Shared {
    /// Submits what is encoded, because something is to come after it; the next call is sent at once again.
    pub(super) fn send(self: &Rc<Self>, state: &mut State) {
        state.commands.together = 1;
        self.submit(state);
    }

    fn submit(self: &Rc<Self>, state: &mut State) {
        let Some(Open { pass, encoder, serials, doubtful, .. }) = state.commands.open.take() else { return };
        state.counters.submits += 1;
        let work = move |_: &mut State| {
            drop(pass);
            self.queue.submit([encoder.finish()]);
        };
        if doubtful {
            let rounds = state.doubts.rounds();
            return self.doubt(state, serials.1, work, move |state, text| {
                let Some(text) = text else { return };
                state.weigh(move |state| {
                    if state.doubts.rounds() == rounds {
                        let error = failure(Some("a call"), &text);
                        (serials.0..=serials.1).for_each(|serial| state.faults.fail(serial, error.clone()));
                    }
                });
            });
        }
        work(state);
        // Natively an uncaptured error arrives while its cause is being submitted.
        #[cfg(not(target_arch = "wasm32"))]
        state.faults.collect((serials.0 == serials.1).then_some(serials.0));
        #[cfg(target_arch = "wasm32")]
        let _ = serials;
    }

    /// A call is encoded: submits if enough waits.
    pub(super) fn encoded(self: &Rc<Self>, state: &mut State) {
        let commands = &mut state.commands;
        let full = commands.open.as_ref().is_some_and(|open| open.weight >= commands.together);
        #[cfg(target_arch = "wasm32")]
        if !std::mem::replace(&mut commands.due, true) {
            let shared = Rc::downgrade(self);
            wasm_bindgen_futures::spawn_local(async move {
                let Some(shared) = shared.upgrade() else { return };
                // Still borrowed after a panic, which has said what there is to say.
                let Ok(mut state) = shared.state.try_borrow_mut() else { return };
                state.commands.due = false;
                shared.send(&mut state);
            });
        }
        if full {
            commands.together = commands.most.min(commands.together * 2);
            self.submit(state);
        }
    }
}
