//! The browser's side: adopting a device, hearing its errors, and waiting for pipelines.
//!
//! The package requests adapter and device itself, because it needs what wgpu does not pass on. wgpu knows no way to adopt a device,
//! but it asks `navigator.gpu` for an adapter and that for a device: for the moment in which it looks, `navigator.gpu` is an object
//! of ours that answers with what is there already.
//!
//! Errors that no scope caught are heard by a listener of our own rather than by wgpu's: a device that was made elsewhere keeps its
//! `onuncapturederror`, and wgpu panics on internal errors, which are a driver's way to refuse a pipeline.

use super::adapter::{SUBGROUPS, feature_names, is_software};
use super::fault::Mailbox;
use super::pipeline::Source;
use super::shared::{Shared, State};
use super::{GpuDevice, Options};
use crate::device::{DeviceError, DeviceInfo, DeviceKind, Done, ProgramId};
use interfuse_compiler::kernel::Access;
use interfuse_compiler::plan::Plan;
use js_sys::{Array, Function, Object, Promise, Reflect};
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

const UNCAPTURED: &str = "uncapturederror";

fn failed(what: &str, error: &JsValue) -> DeviceError {
    let text = get(error, "message").as_string().or_else(|| error.as_string()).unwrap_or_else(|| format!("{error:?}"));
    DeviceError::Failed(format!("{what}: {text}"))
}

/// A property, or undefined.
fn get(object: &JsValue, name: &str) -> JsValue {
    // `Reflect.get` throws for what is neither an object nor a function.
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn set(object: &Object, name: &str, value: &JsValue) {
    Reflect::set(object, &name.into(), value).expect("a plain object takes properties");
}

/// A function that ignores its argument and answers once with a promise of that value.
fn answers(value: JsValue) -> JsValue {
    Closure::once_into_js(move |_: JsValue| -> JsValue { Promise::resolve(&value).into() })
}

/// A property that stands for another while this lives.
struct Standing {
    object: JsValue,
    name: &'static str,
    before: JsValue,
}

impl Standing {
    fn new(object: JsValue, name: &'static str, value: &JsValue) -> Result<Standing, DeviceError> {
        let target: &Object = object.unchecked_ref();
        let before = Object::get_own_property_descriptor(target, &name.into());
        let descriptor = Object::new();
        set(&descriptor, "value", value);
        set(&descriptor, "configurable", &true.into());
        set(&descriptor, "writable", &true.into());
        match Reflect::define_property(target, &name.into(), &descriptor) {
            Ok(true) => Ok(Standing { object, name, before }),
            Ok(false) => Err(DeviceError::Failed(format!("this environment does not let {name} be defined"))),
            Err(error) => Err(failed(name, &error)),
        }
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        let target: &Object = self.object.unchecked_ref();
        // It was configurable when it was defined, so neither can fail.
        let _ = match self.before.dyn_ref::<Object>() {
            Some(descriptor) => Reflect::define_property(target, &self.name.into(), descriptor),
            None => Reflect::delete_property(target, &self.name.into()),
        };
    }
}

/// An instance of wgpu that sees `gpu` as `navigator.gpu`.
fn instance(gpu: &JsValue) -> Result<wgpu::Instance, DeviceError> {
    let global: JsValue = js_sys::global().into();
    let mut standing = Vec::new();
    // Outside browsers (Node, Deno) there may be neither of the globals by which wgpu finds out where it runs.
    if get(&global, "Window").is_undefined() && get(&global, "WorkerGlobalScope").is_undefined() {
        standing.push(Standing::new(global.clone(), "WorkerGlobalScope", &Object::new())?);
    }
    if !get(&global, "navigator").is_object() {
        standing.push(Standing::new(global.clone(), "navigator", &Object::new())?);
    }
    standing.push(Standing::new(get(&global, "navigator"), "gpu", gpu)?);
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = wgpu::Backends::BROWSER_WEBGPU;
    let instance = wgpu::Instance::new(descriptor);
    // Backwards: the last may lie on the one before.
    while standing.pop().is_some() {}
    Ok(instance)
}

/// Hears the errors that no scope caught.
pub(super) struct Listener {
    device: JsValue,
    heard: Closure<dyn FnMut(JsValue)>,
}

impl Listener {
    fn new(device: &JsValue, mailbox: Mailbox) -> Listener {
        let heard = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            let error = get(&event, "error");
            let kind = get(&get(&error, "constructor"), "name").as_string().unwrap_or_default();
            mailbox.uncaptured(format!("{kind}: {}", get(&error, "message").as_string().unwrap_or_default()));
        });
        let listener = Listener { device: device.clone(), heard };
        listener.call("addEventListener");
        listener
    }

    fn call(&self, method: &str) {
        if let Some(method) = get(&self.device, method).dyn_ref::<Function>() {
            // A device that cannot be listened to reports by its scopes alone.
            let _ = method.call2(&self.device, &UNCAPTURED.into(), self.heard.as_ref());
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.call("removeEventListener");
    }
}

/// Runs `then` in a task of its own. In Chrome the event of an uncaptured error is such a task, and a map that was asked for after
/// the mistake can be answered before it: a read that does not wait for the next task would hand out what it should reject. (A
/// message is the fastest way to a task; timers are held back by milliseconds.)
pub(super) fn after_a_task(then: impl FnOnce() + 'static) {
    let channel = get(&js_sys::global(), "MessageChannel");
    let Some(Ok(channel)) = channel.dyn_ref::<Function>().map(|class| Reflect::construct(class, &Array::new())) else {
        return then();
    };
    let (inbox, outbox) = (get(&channel, "port1"), get(&channel, "port2"));
    let port = inbox.clone();
    let handler = Closure::once_into_js(move || {
        // An open port keeps Node running.
        if let Some(close) = get(&port, "close").dyn_ref::<Function>() {
            let _ = close.call0(&port);
        }
        then();
    });
    set(inbox.unchecked_ref(), "onmessage", &handler);
    if let Some(post) = get(&outbox, "postMessage").dyn_ref::<Function>() {
        let _ = post.call1(&outbox, &JsValue::NULL);
    }
}

/// Names of the features in use. wgpu does not know of subgroups in browsers.
fn named(features: wgpu::Features, device: &JsValue) -> Vec<String> {
    let has = |name: &str| {
        let all = get(device, "features");
        let has = get(&all, "has");
        let answer = has.dyn_ref::<Function>().and_then(|has| has.call1(&all, &JsValue::from_str(name)).ok());
        answer.is_some_and(|answer| answer.is_truthy())
    };
    let mut names = feature_names(features);
    if has(SUBGROUPS) && !names.iter().any(|name| name == SUBGROUPS) {
        names.push(SUBGROUPS.to_string());
    }
    names
}

fn describe(adapter: &JsValue, device: &JsValue, adopted: bool, features: wgpu::Features) -> DeviceInfo {
    let info = match get(adapter, "info") {
        info if info.is_object() => info,
        _ => get(device, "adapterInfo"),
    };
    let text = |name: &str| get(&info, name).as_string().unwrap_or_default();
    let (vendor, architecture, name, description) =
        (text("vendor"), text("architecture"), text("device"), text("description"));
    let flagged = |object: &JsValue| get(object, "isFallbackAdapter").as_bool().unwrap_or(false);
    let is_fallback = flagged(&info) || flagged(adapter) || is_software(&[&vendor, &architecture, &name, &description]);
    DeviceInfo {
        kind: DeviceKind::Gpu,
        vendor,
        architecture,
        device: name,
        description,
        backend: "webgpu".to_string(),
        is_fallback,
        features: named(features, device),
        reason: if adopted { "the GPUDevice that was passed in".to_string() } else { "WebGPU is there".to_string() },
    }
}

impl GpuDevice {
    /// Takes over a `GPUDevice`. `adapter` is the `GPUAdapter` that it came from, or undefined when that is not known. An adopted
    /// device is used and never destroyed; any other is destroyed with the last use of this.
    pub async fn from_web(
        adapter: JsValue,
        device: JsValue,
        adopted: bool,
        options: Options,
    ) -> Result<GpuDevice, DeviceError> {
        if !get(&device, "queue").is_object() {
            return Err(DeviceError::Failed("not a GPUDevice".to_string()));
        }
        let stand_in = Object::new();
        set(&stand_in, "requestDevice", &answers(device.clone()));
        let gpu = Object::new();
        set(&gpu, "requestAdapter", &answers(stand_in.into()));
        let instance = instance(&gpu)?;
        let found = instance.request_adapter(&wgpu::RequestAdapterOptions::default()).await;
        let found = found.map_err(|error| DeviceError::Failed(format!("adopting a device: {error}")))?;
        let opened = found.request_device(&wgpu::DeviceDescriptor::default()).await;
        let opened = opened.map_err(|error| DeviceError::Failed(format!("adopting a device: {error}")))?;
        let mailbox = Mailbox::default();
        let listener = Listener::new(&device, mailbox.clone());
        let info = describe(&adapter, &device, adopted, opened.0.features());
        Ok(GpuDevice::assemble(opened, info, options, mailbox, adopted, listener))
    }
}

/// Starts to make a pipeline without blocking the browser's GPU process; resolves with something to keep alive.
fn start(device: &JsValue, source: &Source) -> Option<Promise> {
    let call = |method: &str, argument: &JsValue| {
        let method = get(device, method);
        method.dyn_ref::<Function>()?.call1(device, argument).ok()
    };
    let object = |properties: &[(&str, JsValue)]| {
        let object = Object::new();
        properties.iter().for_each(|(name, value)| set(&object, name, value));
        JsValue::from(object)
    };
    let entries = Array::new();
    let storage =
        source.accesses.iter().map(|access| if *access == Access::Read { "read-only-storage" } else { "storage" });
    for (binding, kind) in storage.chain(["uniform"]).enumerate() {
        let buffer = object(&[("type", kind.into())]);
        let visibility = wgpu::ShaderStages::COMPUTE.bits();
        entries.push(&object(&[
            ("binding", (binding as u32).into()),
            ("visibility", visibility.into()),
            ("buffer", buffer),
        ]));
    }
    let group = call("createBindGroupLayout", &object(&[("entries", entries.into())]))?;
    let layout = call("createPipelineLayout", &object(&[("bindGroupLayouts", Array::of1(&group).into())]))?;
    let module = call("createShaderModule", &object(&[("code", source.wgsl.as_str().into())]))?;
    let stage = object(&[("module", module), ("entryPoint", source.entry.as_str().into())]);
    call("createComputePipelineAsync", &object(&[("layout", layout), ("compute", stage)]))?.dyn_into().ok()
}

/// Loads a program and resolves when its pipelines are made.
///
/// wgpu makes pipelines synchronously only: the page's thread goes on, but the browser's GPU process stands still meanwhile, and makes
/// one at a time. So the same pipelines are asked for asynchronously first, and kept until wgpu has made its own. In Chrome these
/// are then found, not made (measured in Chromium 156 on SwiftShader: 0.5 ms instead of 7 ms each).
pub(super) fn warm_up(shared: Rc<Shared>, id: ProgramId, plan: Arc<Plan>) -> Done {
    let lowered = shared.lower(&plan);
    let mut started: Vec<Rc<Source>> = Vec::new();
    // Their errors are not looked at: wgpu will make the same mistakes inside scopes of our own.
    let (promises, _) = shared.scoped(|| {
        let state = shared.state.borrow();
        let mut promises = Vec::new();
        for (source, _) in &lowered {
            if !state.pipelines.has(source) && !started.contains(source) {
                started.push(source.clone());
                promises.extend(start(&shared.listener.device, source));
            }
        }
        promises
    });
    shared.state.borrow_mut().warming.insert(id, (plan, lowered));
    Box::pin(async move {
        let mut kept = Vec::new();
        for promise in promises {
            kept.push(JsFuture::from(promise).await);
        }
        warmed(&shared, &mut shared.state.borrow_mut(), id)?;
        // The answers of the scopes around creation come when it is done.
        poll_fn(|context| {
            let mut state = shared.state.borrow_mut();
            let upto = state.faults.latest();
            if state.faults.scopes_answered(upto, context.waker()) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        drop(kept);
        shared.check_lost()?;
        // Dropped meanwhile: nothing to report.
        let program = shared.state.borrow().programs.get(&id).cloned();
        program.and_then(|program| program.fault()).map_or(Ok(()), Err)
    })
}

/// Loads a program that is being warmed up.
pub(super) fn warmed(shared: &Rc<Shared>, state: &mut State, id: ProgramId) -> Result<(), DeviceError> {
    let Some((plan, lowered)) = state.warming.remove(&id) else { return Ok(()) };
    let program = shared.load(state, plan, lowered)?;
    state.programs.insert(id, Rc::new(program));
    Ok(())
}
