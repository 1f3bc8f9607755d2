//! The device that the variable INTERFUSE_TEST_DEVICE names.

use crate::remote::Looped;
use interfuse::{DeviceChoice, DeviceHandle, init, use_device};
use std::cell::RefCell;
use std::rc::Rc;

thread_local! {
    static REMOTE: RefCell<Option<DeviceHandle>> = const { RefCell::new(None) };
}

/// Is the GPU to be tested, here or elsewhere?
pub fn is_gpu() -> bool {
    std::env::var("INTERFUSE_TEST_DEVICE").is_ok_and(|name| name.contains("webgpu"))
}

/// That device, which is current from now on: "cpu" (without the variable), "webgpu", or one of them behind messages: "remote-cpu",
/// "remote-webgpu".
pub fn device() -> DeviceHandle {
    let choice = if is_gpu() { DeviceChoice::Gpu } else { DeviceChoice::Cpu };
    if !std::env::var("INTERFUSE_TEST_DEVICE").is_ok_and(|name| name.starts_with("remote-")) {
        return init(choice).expect("a device");
    }
    let known = REMOTE.with(|remote| remote.borrow().clone());
    let remote = known.unwrap_or_else(|| {
        let served = init(choice).expect("a device").device().clone();
        DeviceHandle::new(Rc::new(Looped::around(served)))
    });
    REMOTE.with(|known| *known.borrow_mut() = Some(remote.clone()));
    use_device(&remote);
    remote
}
