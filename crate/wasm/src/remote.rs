//! A device elsewhere: the side that asks for work, and the side that does it. The package carries their messages.

use crate::host::{clock, thrown};
use interfuse::{DeviceHandle, Error, current_device};
use interfuse_runtime::remote::{End, Host, Port, RemoteDevice, Setup, Violation};
use js_sys::{Function, Promise, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

type Answer<T> = std::result::Result<T, JsValue>;

thread_local! {
    /// The device of the other side, if it is connected.
    static CONNECTED: RefCell<Option<(Rc<RemoteDevice>, DeviceHandle)>> = const { RefCell::new(None) };
    static HOSTS: RefCell<Vec<Option<Host>>> = const { RefCell::new(Vec::new()) };
}

/// Hands a message to the package, as bytes of its own.
fn send(port: &Function, message: &[u8]) {
    // A port that is closed swallows what it is given.
    let _ = port.call1(&JsValue::NULL, &Uint8Array::from(message));
}

struct ToHost(Function);

impl Port for ToHost {
    fn send(&self, message: Vec<u8>) {
        send(&self.0, &message);
    }

    fn later(&self, flush: Box<dyn FnOnce()>) {
        spawn_local(async move { flush() });
    }
}

/// Makes the device current that a message of the other side describes; `port` is called with the messages for it.
#[wasm_bindgen(js_name = connectDevice)]
pub fn connect_device(hello: &[u8], port: Function) -> Answer<()> {
    let device = RemoteDevice::connect(hello, Box::new(ToHost(port)));
    let device = Rc::new(device.map_err(|error| thrown(Error::from_device("connect", error)))?);
    let handle = DeviceHandle::new(device.clone());
    handle.set_max_bytes(device.max_bytes());
    interfuse::use_device(&handle);
    CONNECTED.with(|connected| *connected.borrow_mut() = Some((device, handle)));
    Ok(())
}

/// Takes a message of the other side. Gives the reason if the device is lost by it.
#[wasm_bindgen(js_name = receiveNews)]
pub fn receive_news(message: &[u8]) -> Option<String> {
    let (device, handle) = CONNECTED.with(|connected| connected.borrow().clone())?;
    let lost = device.receive(message);
    if lost.is_some() {
        handle.set_lost();
    }
    lost
}

/// Serves the current device: `port` is called with the messages for the other side, `turn` gives a promise that the event loop has
/// turned, and `ended` is called with ("violation", "lost" or "closed", reason). Gives the host's number.
#[wasm_bindgen(js_name = serveDevice)]
pub fn serve_device(port: Function, turn: Function, ended: Function, max_bytes: f64) -> Answer<u32> {
    let handle = current_device("serve").map_err(thrown)?;
    let device = handle.device().clone();
    let host = Host::new(Setup {
        device,
        read: interfuse::io::read_listing,
        fresh: Box::new(move || handle.fresh_id()),
        send: Box::new(move |message| send(&port, &message)),
        turn: Box::new(move || {
            let turned = turn.call0(&JsValue::NULL).map(|promise| JsFuture::from(promise.unchecked_into::<Promise>()));
            Box::pin(async move {
                if let Ok(turned) = turned {
                    let _ = turned.await;
                }
            })
        }),
        now: Box::new(clock),
        max_bytes: max_bytes as u64,
        rates: None,
    });
    let number = HOSTS.with(|hosts| {
        hosts.borrow_mut().push(Some(host.clone()));
        hosts.borrow().len() as u32 - 1
    });
    spawn_local(async move {
        let (kind, reason) = match host.work().await {
            End::Violation(Violation(reason)) => ("violation", reason.to_string()),
            End::Lost(reason) => ("lost", reason),
            End::Closed => ("closed", String::new()),
        };
        HOSTS.with(|hosts| hosts.borrow_mut()[number as usize] = None);
        // Whoever listens has no answer to give.
        let _ = ended.call2(&JsValue::NULL, &kind.into(), &reason.into());
    });
    Ok(number)
}

/// Takes a message for that host.
#[wasm_bindgen(js_name = receiveOrders)]
pub fn receive_orders(host: u32, message: &[u8]) {
    let host = HOSTS.with(|hosts| hosts.borrow().get(host as usize).cloned().flatten());
    if let Some(host) = host {
        // What is wrong with a message ends the work, which says so.
        let _ = host.receive(message);
    }
}

/// Ends the work of that host.
#[wasm_bindgen(js_name = closeHost)]
pub fn close_host(host: u32) {
    let host = HOSTS.with(|hosts| hosts.borrow().get(host as usize).cloned().flatten());
    if let Some(host) = host {
        host.close();
    }
}
