//! A GPU device for tests: the software adapter unless `INTERFUSE_ADAPTER` names another. No adapter, no test: they fail.

use interfuse_runtime::gpu::{Checks, GpuDevice, Options};

/// Opens the adapter with checked modules, so that a wrong index cannot look right by chance.
pub fn open() -> GpuDevice {
    open_with(Options { checks: Checks::Full, ..Options::default() })
}

/// Opens the adapter with other options.
pub fn open_with(options: Options) -> GpuDevice {
    let adapter = std::env::var("INTERFUSE_ADAPTER").ok();
    GpuDevice::open(Options { adapter, ..options })
        .expect("these tests need a Vulkan, Metal or DX12 driver; Mesa's lavapipe will do")
}
