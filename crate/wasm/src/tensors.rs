//! Tensors as handles: making them of data, asking what they are, reading them back, letting them go.

use crate::args;
use crate::host::{promise, thrown};
use crate::slab::{self, keep};
use half::f16;
use interfuse::{DType, Error, Tensor};
use js_sys::{Float32Array, Int32Array, Promise, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

type Answer<T> = Result<T, JsValue>;

/// A tensor of elements as the host stores them: float32 (also for float16, which is rounded here), int32, uint32, bool as uint32.
#[wasm_bindgen]
pub fn tensor(dtype: &str, sizes: &[f64], bytes: &[u8]) -> Answer<u32> {
    const OP: &str = "tensor";
    let make = || {
        let dtype = args::dtype(OP, dtype)?;
        let sizes = args::ints(OP, "a size", sizes)?;
        if dtype != DType::Float16 {
            return Tensor::from_bytes(dtype, &sizes, bytes);
        }
        let halves = |four: &[u8]| f16::from_f32(f32::from_le_bytes(four.try_into().expect("4 bytes"))).to_le_bytes();
        let rounded: Vec<u8> = bytes.chunks_exact(4).flat_map(halves).collect();
        Tensor::from_bytes(dtype, &sizes, &rounded)
    };
    make().map(keep).map_err(thrown)
}

/// The position of the dtype in bool, int32, uint32, float16, float32.
#[wasm_bindgen]
pub fn dtype(x: u32) -> Answer<u32> {
    slab::with("dtype", x, |x| DType::ALL.iter().position(|dtype| *dtype == x.dtype()).expect("ALL is all") as u32)
        .map_err(thrown)
}

/// The names of the dtypes, in the order of `dtype`.
#[wasm_bindgen(js_name = dtypeNames)]
pub fn dtype_names() -> Vec<String> {
    DType::ALL.iter().map(|dtype| dtype.name().to_string()).collect()
}

/// Bytes on the device.
#[wasm_bindgen]
pub fn nbytes(x: u32) -> Answer<f64> {
    slab::with("nbytes", x, |x| x.nbytes() as f64).map_err(thrown)
}

/// Dtype, shape and state in words.
#[wasm_bindgen]
pub fn describe(x: u32) -> String {
    slab::with("toString", x, Tensor::to_string).unwrap_or_else(|_| slab::describe_gone(x).to_string())
}

/// Does it stand for a value of a function that is, or was, being traced?
#[wasm_bindgen(js_name = isTracer)]
pub fn is_tracer(x: u32) -> bool {
    slab::with("isTracer", x, Tensor::is_tracer).unwrap_or(false)
}

/// The kind of device it is on.
#[wasm_bindgen(js_name = deviceOf)]
pub fn device_of(x: u32) -> Answer<String> {
    slab::with("device", x, |x| x.device().info().kind.name().to_string()).map_err(thrown)
}

/// Gives a handle back.
#[wasm_bindgen]
pub fn release(x: u32) {
    slab::release(x);
}

/// Gives handles back.
#[wasm_bindgen(js_name = releaseAll)]
pub fn release_all(handles: &[u32]) {
    handles.iter().for_each(|x| slab::release(*x));
}

/// Refuses tensors that are not one element.
#[wasm_bindgen(js_name = checkItem)]
pub fn check_item(x: u32) -> Answer<()> {
    slab::tensor("item", x).and_then(|x| x.check_item()).map_err(thrown)
}

/// A promise of the elements: Float32Array for floats, Int32Array, Uint32Array, Uint8Array of 0 and 1 for bool. A mistake is thrown
/// at once, in the name of `op`.
#[wasm_bindgen]
pub fn data(x: u32, op: &str) -> Answer<Promise> {
    let start = || {
        let x = slab::tensor(op, x)?;
        Ok((x.dtype(), x.read_as(op)?))
    };
    let (dtype, read) = start().map_err(thrown)?;
    Ok(promise(async move {
        let bytes = read.await.map_err(thrown)?;
        Ok(typed(dtype, &bytes))
    }))
}

fn typed(dtype: DType, bytes: &[u8]) -> JsValue {
    let word = |four: &[u8]| u32::from_le_bytes(four.try_into().expect("4 bytes"));
    match dtype {
        DType::Bool => {
            Uint8Array::from(&*bytes.chunks_exact(4).map(|four| u8::from(word(four) != 0)).collect::<Vec<_>>()).into()
        }
        DType::Float16 => {
            let wide = |two: &[u8]| f16::from_le_bytes(two.try_into().expect("2 bytes")).to_f32();
            Float32Array::from(&*bytes.chunks_exact(2).map(wide).collect::<Vec<_>>()).into()
        }
        // The bytes are the elements already, on a little-endian machine, which Wasm is.
        DType::Int32 | DType::UInt32 | DType::Float32 => {
            let buffer = Uint8Array::from(bytes).buffer();
            match dtype {
                DType::Int32 => Int32Array::new(&buffer).into(),
                DType::UInt32 => Uint32Array::new(&buffer).into(),
                DType::Bool | DType::Float16 | DType::Float32 => Float32Array::new(&buffer).into(),
            }
        }
    }
}

/// A promise of the handle of a copy on the known device of that kind.
#[wasm_bindgen(js_name = to)]
pub fn to(x: u32, kind: &str) -> Answer<Promise> {
    const OP: &str = "to";
    let start = || {
        let x = slab::tensor(OP, x)?;
        let device = crate::device::of_kind(OP, kind)?;
        let read = if *x.device() == device { None } else { Some(x.read_as(OP)?) };
        Ok::<_, Error>((x, device, read))
    };
    let (x, device, read) = start().map_err(thrown)?;
    Ok(promise(async move {
        let Some(read) = read else { return Ok(keep(x).into()) };
        let bytes = read.await.map_err(thrown)?;
        let sizes: Vec<i64> = x.sizes().into_iter().map(|size| size as i64).collect();
        let moved =
            Tensor::from_bytes_on(&device, x.dtype(), &sizes, &bytes).map_err(|error| thrown(error.named(OP)))?;
        Ok(keep(moved).into())
    }))
}

/// Submits what these tensors need.
#[wasm_bindgen]
pub fn evaluate(handles: &[u32]) -> Answer<()> {
    slab::tensors("evaluate", handles).and_then(|tensors| interfuse::evaluate(&tensors)).map_err(thrown)
}

/// Resolves when everything asked of the device before is done.
#[wasm_bindgen]
pub fn synchronize() -> Answer<Promise> {
    let device = interfuse::current_device("synchronize").map_err(thrown)?;
    let done = device.device().synchronize();
    Ok(promise(async move {
        let failed = |error| thrown(Error::from_device("synchronize", error));
        done.await.map(|()| JsValue::UNDEFINED).map_err(failed)
    }))
}
