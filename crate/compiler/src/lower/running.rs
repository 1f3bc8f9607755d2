//! Running combinations: a variable per scan of a phase, which every point of the row reads and writes.
//!
//! Maxima and minima of floats run as the integers in the same order that reductions use, so NaN wins exactly.

use super::accumulate::{accumulator_ty, combine, decode, encode, neutral};
use super::builder::{V, Width};
use super::lowering::Lowering;
use crate::dtype::DType;
use crate::emit::{Emit, Ty};
use crate::kernel::{Inst, Phase, ValueId};
use crate::kind::CombineOp;
use crate::ops::{self, Op};

/// Variables for what runs in a phase, holding what changes nothing.
pub(super) fn start(p: &mut Lowering, phase: &Phase) {
    for id in phase.body.clone() {
        let value = &p.kernel.values[id as usize];
        let Inst::Running { op, .. } = value.inst else { continue };
        let (ty, first) = match op.reduction() {
            Some(op) => (accumulator_ty(op, value.dtype), neutral(op, value.dtype)),
            None => (Ty::F32, f32::NEG_INFINITY.to_bits()),
        };
        let variable_ty = p.b.value_ty(ty, Width::One);
        let variable = p.b.variable(&format!("v{id}_running"), variable_ty);
        let first = match ty {
            Ty::F32 => p.b.f(f32::from_bits(first)),
            Ty::I32 => p.b.i(first as i32),
            Ty::U32 | Ty::Bool => p.b.u(first),
        };
        p.b.store(variable, first);
        p.running.push((ValueId(id), variable));
    }
}

/// Takes in the value of a point.
pub(super) fn step(p: &mut Lowering, id: ValueId, op: CombineOp, arg: V, restart: Option<V>) -> V {
    let dtype = p.kernel.value(id).dtype;
    let (_, variable) = *p.running.iter().rev().find(|(of, _)| *of == id).expect("every phase starts what runs in it");
    let before = p.b.load_now(variable, Width::One);
    let Some(reduce) = op.reduction() else {
        let next = ops::apply(Op::LogAddExp, &mut p.b, DType::Float32, &[before, arg]);
        return keep(p, variable, next, arg, restart);
    };
    let key = encode(&mut p.b, reduce, dtype, arg);
    let next = combine(&mut p.b, reduce, accumulator_ty(reduce, dtype), before, key);
    let next = keep(p, variable, next, key, restart);
    decode(&mut p.b, reduce, dtype, next)
}

/// What the next point combines with.
fn keep(p: &mut Lowering, variable: V, next: V, alone: V, restart: Option<V>) -> V {
    let next = match restart {
        Some(restart) => p.b.select(restart, alone, next),
        None => next,
    };
    p.b.store(variable, next);
    next
}
