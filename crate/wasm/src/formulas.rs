//! The library's further ops behind one export, because an export of its own costs each of them more than its call: a name, tensors,
//! and numbers, of which NaN stands for one that is left out and lists begin with their length.

use crate::args::{self, Sent};
use crate::host::thrown;
use crate::slab::{self, keep};
use interfuse::library::{self, Place, Running, Window};
use interfuse::{Axes, Error, ErrorKind, Result, Tensor};
use wasm_bindgen::prelude::*;

/// Numbers, read one after the other.
struct Numbers<'a> {
    op: &'a str,
    left: &'a [f64],
}

impl<'a> Numbers<'a> {
    fn next(&mut self) -> f64 {
        match self.left.split_first() {
            Some((first, rest)) => {
                self.left = rest;
                *first
            }
            None => f64::NAN,
        }
    }

    fn int(&mut self, what: &str) -> Result<i64> {
        let value = self.next();
        args::int(self.op, what, value)
    }

    fn maybe(&mut self, what: &str) -> Result<Option<i64>> {
        let value = self.next();
        if value.is_nan() { Ok(None) } else { args::int(self.op, what, value).map(Some) }
    }

    fn flag(&mut self) -> bool {
        self.next() == 1.0
    }

    fn part(&mut self, count: usize) -> &'a [f64] {
        let (part, rest) = self.left.split_at(count.min(self.left.len()));
        self.left = rest;
        part
    }

    fn list(&mut self, what: &str) -> Result<Option<Vec<i64>>> {
        let count = self.next();
        if count.is_nan() {
            return Ok(None);
        }
        let part = self.part(count as usize);
        args::ints(self.op, what, part).map(Some)
    }

    fn axes(&mut self) -> Result<Axes> {
        Ok(Axes::from(self.list("an axis")?.as_deref()))
    }

    fn running(&mut self) -> Running {
        Running { reverse: self.flag(), exclusive: self.flag() }
    }

    fn window(&mut self) -> Result<Window> {
        let list = |list: Option<Vec<i64>>, default: i64| list.unwrap_or_else(|| vec![default]);
        Ok(Window {
            stride: list(self.list("the stride")?, 1),
            padding: list(self.list("the padding")?, 0),
            dilation: list(self.list("the dilation")?, 1),
            groups: self.int("the number of groups")?,
        })
    }

    /// A tensor by its handle, or a number or boolean.
    fn sent(&mut self) -> Result<Sent> {
        let (handle, value) = (self.next(), self.next());
        Sent::new(self.op, handle as u32, value)
    }
}

/// Calls the function of the library with that name.
#[wasm_bindgen]
pub fn formula(name: &str, text: &str, tensors: &[u32], numbers: &[f64]) -> std::result::Result<u32, JsValue> {
    call(name, text, tensors, Numbers { op: name, left: numbers }).map(keep).map_err(thrown)
}

fn call(name: &str, text: &str, handles: &[u32], mut n: Numbers<'_>) -> Result<Tensor> {
    let tensors = slab::tensors(name, handles)?;
    let unknown =
        || Error::new(ErrorKind::CompileArgument, name, "there is no such function", "This is a bug of interfuse.");
    let first = || tensors.first().ok_or_else(unknown);
    let second = || tensors.get(1).ok_or_else(unknown);
    let scans = [
        ("cumsum", library::cumsum as fn(&Tensor, Option<i64>, Running) -> Result<Tensor>),
        ("cumprod", library::cumprod),
        ("cummax", library::cummax),
        ("cummin", library::cummin),
        ("logcumsumexp", library::logcumsumexp),
    ];
    if let Some((_, scan)) = scans.iter().find(|(own, _)| *own == name) {
        return scan(first()?, n.maybe("the axis")?, n.running());
    }
    match name {
        "sort" => library::sort(first()?, n.maybe("the axis")?),
        "argsort" => library::argsort(first()?, n.maybe("the axis")?),
        "topk" => library::topk(first()?, n.int("the count")?, n.maybe("the axis")?),
        "median" => library::median(first()?, n.axes()?, n.flag()),
        "quantile" => {
            let q = n.next();
            library::quantile(first()?, q, n.axes()?, n.flag())
        }
        "norm" => {
            let order = n.next();
            library::norm(first()?, order, n.axes()?, n.flag())
        }
        "takeAlongAxis" => library::take_along_axis(first()?, second()?, n.maybe("the axis")?),
        "putAlongAxis" => {
            let axis = n.maybe("the axis")?;
            library::put_along_axis(first()?, second()?, n.sent()?.operand(), axis)
        }
        "scatterAdd" => {
            library::scatter_add(first()?, second()?, tensors.get(2).ok_or_else(unknown)?, n.int("the axis")?)
        }
        "conv1d" => library::conv1d(first()?, second()?, &n.window()?),
        "conv2d" => library::conv2d(first()?, second()?, &n.window()?),
        "convTranspose1d" | "convTranspose2d" => {
            let (window, more) = (n.window()?, n.list("the output padding")?.unwrap_or_else(|| vec![0]));
            let function =
                if name == "convTranspose1d" { library::conv_transpose1d } else { library::conv_transpose2d };
            function(first()?, second()?, &window, &more)
        }
        "maxPool" | "avgPool" => {
            let size = n.list("the window")?.unwrap_or_default();
            let stride = n.list("the stride")?;
            let padding = n.list("the padding")?.unwrap_or_else(|| vec![0]);
            let function = if name == "maxPool" { library::max_pool } else { library::avg_pool };
            function(first()?, &size, stride.as_deref(), &padding)
        }
        "einsum" => library::einsum(text, &tensors),
        "kron" => library::kron(first()?, second()?),
        "diag" => library::diag(first()?, n.int("k")?),
        "diagonal" | "trace" => {
            let function = if name == "trace" { library::trace } else { library::diagonal };
            function(first()?, n.int("k")?, n.int("an axis")?, n.int("an axis")?)
        }
        "nanToNum" => {
            let (nan, above, below) = (n.next(), n.next(), n.next());
            let given = |value: f64| (!value.is_nan()).then_some(value);
            library::nan_to_num(first()?, given(nan).unwrap_or(0.0), given(above), given(below))
        }
        "round" => library::round_to(first()?, n.int("the number of decimals")?),
        "permutation" => interfuse::random::permutation_of(first()?, n.int("the axis")?, tensors.get(1)),
        "permutationOf" => interfuse::random::permutation(n.int("the count")?, tensors.first()),
        _ => at(name, text, &tensors, n),
    }
}

/// `x.at(...)`: `text` says what to do; four numbers per axis as `args::ranges` reads them, or 3 and the position of a tensor.
fn at(op: &str, text: &str, tensors: &[Tensor], mut n: Numbers<'_>) -> Result<Tensor> {
    let unknown =
        || Error::new(ErrorKind::CompileArgument, op, "there is no such function", "This is a bug of interfuse.");
    let x = tensors.first().ok_or_else(unknown)?;
    let mut places = Vec::new();
    for _ in 0..n.int("the number of indices")? {
        let part = n.part(4);
        places.push(match part {
            [3.0, tensor, ..] => Place::Of(tensors.get(*tensor as usize).ok_or_else(unknown)?.clone()),
            part => Place::Known(args::ranges(op, part)?.pop().ok_or_else(unknown)?),
        });
    }
    let at = library::at(x, places);
    if text == "get" {
        return at.get();
    }
    let value = n.sent()?;
    match text {
        "set" => at.set(value.operand()),
        "add" => at.add(value.operand()),
        "mul" => at.mul(value.operand()),
        "max" => at.max(value.operand()),
        "min" => at.min(value.operand()),
        _ => Err(unknown()),
    }
}
