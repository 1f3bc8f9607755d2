//! The meaning of a kernel, point by point: no blocks, no lanes, no patterns. What the device must agree with.

use interfuse_compiler::dim::{Atom, Dim};
use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::kernel::{Access, Inst, Kernel, Over, Phase, Role, Uniform, ValueId};
use interfuse_compiler::kind::ReduceOp;
use interfuse_compiler::ops::random::block_bits;
use interfuse_compiler::ops::{Block, block, block_cast, block_round_f16};

/// Runs a kernel on lanes (float16 widened), reads first; the written buffers in binding order.
pub fn run(kernel: &Kernel, reads: &[Vec<u32>], symbols: &[i64]) -> Vec<Vec<u32>> {
    let size = |dim: &Dim| {
        dim.eval(&|atom| match atom {
            Atom::Symbol(s) => symbols[s.0 as usize],
            other => panic!("{other} in a size"),
        })
    };
    let extents: Vec<i64> = kernel.axes.iter().map(|a| size(&a.extent)).collect();
    let mut reads = reads.iter().cloned();
    let mut buffers: Vec<Vec<u32>> = Vec::new();
    for binding in &kernel.bindings {
        buffers.push(match binding.access {
            Access::Read => reads.next().expect("one per read binding"),
            Access::Write => vec![0xdead_beef; size(&binding.len) as usize],
        });
    }
    let mut run =
        Run { kernel, symbols, buffers, values: vec![0; kernel.values.len()], coords: vec![0; extents.len()] };
    let points = |roles: &[Role]| {
        let axes: Vec<usize> = (0..extents.len()).filter(|a| roles.contains(&kernel.axes[*a].role)).collect();
        let count: i64 = axes.iter().map(|a| extents[*a]).product();
        let extents = extents.clone();
        (0..count).map(move |mut flat| {
            let mut point = Vec::new();
            for axis in axes.iter().rev() {
                point.push((*axis, flat % extents[*axis]));
                flat /= extents[*axis];
            }
            point
        })
    };
    for grid in points(&[Role::Grid, Role::Batch, Role::M, Role::N]) {
        run.go_to(&grid);
        for phase in &kernel.phases {
            match phase.over {
                Over::Grid => {
                    let product =
                        phase.body.clone().find(|id| matches!(kernel.values[*id as usize].inst, Inst::Product { .. }));
                    if let Some(id) = product {
                        let Inst::Product { left, right } = kernel.values[id as usize].inst else { unreachable!() };
                        let mut sum = 0f64;
                        for k in points(&[Role::K]) {
                            run.go_to(&k);
                            kernel
                                .phases
                                .iter()
                                .filter(|p| matches!(p.over, Over::Left | Over::Right))
                                .for_each(|p| run.phase(p));
                            sum += f64::from(run.float(left)) * f64::from(run.float(right));
                        }
                        run.values[id as usize] = Scalar::from_f64(kernel.values[id as usize].dtype, sum).lane();
                    }
                    run.phase(phase);
                }
                Over::Rows => {
                    let mut seen: Vec<Vec<(u32, i64)>> = vec![Vec::new(); phase.reductions.len()];
                    for row in points(&[Role::Row]) {
                        run.go_to(&row);
                        run.phase(phase);
                        for (seen, id) in seen.iter_mut().zip(&phase.reductions) {
                            let Inst::Reduced { arg, position, .. } = &kernel.value(*id).inst else {
                                panic!("a reduction")
                            };
                            seen.push((run.values[arg.index()], run.eval(position)));
                        }
                    }
                    for (seen, id) in seen.iter().zip(&phase.reductions) {
                        let Inst::Reduced { op, arg, .. } = &kernel.value(*id).inst else { panic!("a reduction") };
                        run.values[id.index()] = reduce(*op, kernel.value(*arg).dtype, seen);
                    }
                }
                Over::Left | Over::Right => {}
            }
        }
    }
    let all = kernel.bindings.iter().zip(run.buffers);
    all.filter(|(b, _)| b.access == Access::Write).map(|(_, words)| words).collect()
}

fn reduce(op: ReduceOp, dtype: DType, seen: &[(u32, i64)]) -> u32 {
    let value = |lane: u32| Scalar::from_lane(dtype, lane).to_f64();
    let integer = |f: fn(u32, u32) -> u32| {
        let start = op.identity(dtype).expect("sums and products have one").bits();
        seen.iter().fold(start, |a, (x, _)| f(a, *x))
    };
    let best = || {
        let mut best: Option<(u32, i64)> = None;
        for (x, at) in seen {
            let wins = best.is_none_or(|(b, best_at)| {
                let (x, b) = (value(*x), value(b));
                let better = if matches!(op, ReduceOp::Max | ReduceOp::ArgMax) { x > b } else { x < b };
                let ties = x == b || (x.is_nan() && b.is_nan());
                better || (x.is_nan() && !b.is_nan()) || (ties && *at < best_at)
            });
            if wins {
                best = Some((*x, *at));
            }
        }
        best
    };
    match op {
        ReduceOp::Sum if dtype.is_float() => {
            Scalar::from_f64(dtype, seen.iter().map(|(x, _)| value(*x)).sum::<f64>() + 0.0).lane()
        }
        ReduceOp::Prod if dtype.is_float() => {
            Scalar::from_f64(dtype, seen.iter().map(|(x, _)| value(*x)).product()).lane()
        }
        ReduceOp::Sum => integer(u32::wrapping_add),
        ReduceOp::Prod => integer(u32::wrapping_mul),
        ReduceOp::Any => u32::from(seen.iter().any(|(x, _)| *x != 0)),
        ReduceOp::All => u32::from(seen.iter().all(|(x, _)| *x != 0)),
        ReduceOp::Max | ReduceOp::Min => best().map_or(op.start(dtype).lane(), |(x, _)| x),
        ReduceOp::ArgMax | ReduceOp::ArgMin => best().map_or(0, |(_, at)| at as u32),
    }
}

struct Run<'a> {
    kernel: &'a Kernel,
    symbols: &'a [i64],
    buffers: Vec<Vec<u32>>,
    values: Vec<u32>,
    coords: Vec<i64>,
}

impl Run<'_> {
    fn go_to(&mut self, point: &[(usize, i64)]) {
        point.iter().for_each(|(axis, at)| self.coords[*axis] = *at);
    }

    fn float(&self, id: ValueId) -> f32 {
        f32::from_bits(self.values[id.index()])
    }

    fn eval(&self, dim: &Dim) -> i64 {
        dim.eval(&|atom| match atom {
            Atom::Symbol(s) => self.symbols[s.0 as usize],
            Atom::Coord(axis) => self.coords[*axis as usize],
            Atom::Value(id) => i64::from(self.values[*id as usize] as i32),
            other => panic!("{other} is not a leaf"),
        })
    }

    fn phase(&mut self, phase: &Phase) {
        for id in phase.body.clone() {
            let value = &self.kernel.values[id as usize];
            let arg = |at: ValueId| [self.values[at.index()]];
            let mut out = [0];
            match &value.inst {
                Inst::Load { binding, index } => out[0] = self.buffers[*binding as usize][self.eval(index) as usize],
                Inst::Index { value } => out[0] = self.eval(value) as u32,
                Inst::Inside { value, low, high } => {
                    out[0] = u32::from((self.eval(low)..self.eval(high)).contains(&self.eval(value)));
                }
                Inst::Literal { value } => out[0] = value.lane(),
                Inst::Uniform { member } => match &self.kernel.uniforms[*member as usize] {
                    Uniform::Literal(value) => out[0] = value.lane(),
                    Uniform::Size(dim) => out[0] = self.eval(dim) as u32,
                },
                Inst::Apply { op, operand, args } => match block(*op, *operand) {
                    Block::Unary(f) => f(&arg(args[0]), &mut out),
                    Block::Binary(f) => f(&arg(args[0]), &arg(args[1]), &mut out),
                    Block::Ternary(f) => f(&arg(args[0]), &arg(args[1]), &arg(args[2]), &mut out),
                },
                Inst::Cast { from, arg: operand } => block_cast(*from, value.dtype)(&arg(*operand), &mut out),
                Inst::Bits { key, position } => {
                    block_bits(&arg(key[0]), &arg(key[1]), &arg(*position), &mut out);
                }
                Inst::Product { .. } | Inst::Reduced { .. } => continue,
                Inst::SortKey { .. } | Inst::Running { .. } => panic!("these tests make none"),
            }
            if value.dtype == DType::Float16 && matches!(value.inst, Inst::Apply { .. }) {
                block_round_f16(&mut out);
            }
            self.values[id as usize] = out[0];
        }
        for store in &phase.stores {
            let at = self.eval(&store.index) as usize;
            self.buffers[store.binding as usize][at] = self.values[store.value.index()];
        }
    }
}
