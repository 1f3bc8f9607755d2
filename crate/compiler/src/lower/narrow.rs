//! Contractions as row kernels: a sum along k is a row. A narrow contraction keeps a GPU busy only when a workgroup shares each sum.

use crate::dim::{Atom, Dim};
use crate::dtype::DType;
use crate::kernel::{Class, Inst, Kernel, Over, Phase, Role, Store, Value, ValueId};
use crate::kind::ReduceOp;
use crate::ops::Op;
use smallvec::smallvec;

/// The row kernel that computes the same, where the phases of the contraction stand so that there is one.
pub(super) fn as_row(kernel: &Kernel) -> Option<Kernel> {
    if kernel.class != Class::Contract {
        return None;
    }
    let [left, right, finish] = &kernel.phases[..] else { return None };
    let product = finish.body.start;
    let in_order = left.over == Over::Left && left.body == (0..right.body.start) && right.body.end == product;
    let Inst::Product { left: x, right: y } = kernel.values.get(product as usize)?.inst else { return None };
    in_order.then(|| rewrite(kernel, product, x, y))
}

/// The value of a contraction that a value of its row kernel computes, or a part of it.
pub(super) fn origin(contraction: &Kernel, id: ValueId) -> ValueId {
    let product = contraction.phases[2].body.start;
    if id.0 > product { ValueId(id.0 - 1) } else { id }
}

/// The product becomes a multiplication (a new value) and a sum; what follows moves by one.
fn rewrite(kernel: &Kernel, product: u32, x: ValueId, y: ValueId) -> Kernel {
    let moved = |id: ValueId| if id.0 >= product { ValueId(id.0 + 1) } else { id };
    let moved_dim = |dim: &Dim| {
        dim.substitute(
            &|atom| match atom {
                Atom::Value(id) if *id >= product => Some(Dim::atom(Atom::Value(id + 1))),
                _ => None,
            },
            &kernel.bounds(),
        )
    };
    let mut row = kernel.clone();
    row.class = Class::Row;
    for axis in &mut row.axes {
        axis.role = if axis.role == Role::K { Role::Row } else { Role::Grid };
    }
    let about = &kernel.values[product as usize];
    row.values.truncate(product as usize);
    let multiply = Inst::Apply { op: Op::Mul, operand: DType::Float32, args: smallvec![x, y] };
    row.values.push(Value { inst: multiply, dtype: DType::Float32 });
    let sum = Inst::Reduced { op: ReduceOp::Sum, arg: ValueId(product), position: Dim::ZERO };
    row.values.push(Value { inst: sum, dtype: about.dtype });
    for value in &kernel.values[product as usize + 1..] {
        let mut value = value.clone();
        value.inst.args_mut(&mut |arg| *arg = moved(*arg));
        value.inst.dims_mut(&mut |dim| *dim = moved_dim(dim));
        row.values.push(value);
    }
    let finish = &kernel.phases[2];
    let stores =
        finish.stores.iter().map(|s| Store { binding: s.binding, index: moved_dim(&s.index), value: moved(s.value) });
    row.phases = vec![
        Phase { over: Over::Rows, body: 0..product + 1, reductions: vec![ValueId(product + 1)], stores: Vec::new() },
        Phase {
            over: Over::Grid,
            body: product + 2..finish.body.end + 1,
            reductions: Vec::new(),
            stores: stores.collect(),
        },
    ];
    row
}
