//! Which buffers can be bound as vectors of four, when the lanes of each phase lie along some axis.
//!
//! A buffer is packed when all that is read and written of it are aligned groups of four: positions `c + 4 * something` with c the
//! coordinate of the lanes and the rest the same for all four.

use crate::dim::{Atom, Dim};
use crate::kernel::{Inst, Kernel};

/// What the analysis found.
pub(super) struct Packing {
    /// Per binding: is it an array of vectors?
    pub packed: Vec<bool>,
    /// Does every access along the lanes step by one element, and is everything stored in packed buffers?
    pub steps_of_one: bool,
}

impl Packing {
    /// `lanes` gives, per phase, the axis of the lanes; its extent must be a multiple of four.
    pub fn of(kernel: &Kernel, lanes: &[Option<usize>]) -> Packing {
        let mut packed: Vec<bool> =
            kernel.bindings.iter().map(|b| b.len.as_const().is_some_and(|len| len % 4 == 0)).collect();
        let mut steps_of_one = true;
        // Which values differ from lane to lane?
        let mut varies = vec![false; kernel.values.len()];
        for (phase, axis) in kernel.phases.iter().zip(lanes) {
            for id in phase.body.clone() {
                let value = &kernel.values[id as usize];
                varies[id as usize] = match &value.inst {
                    Inst::Load { binding, index } => {
                        let differs = depends(index, *axis, &varies);
                        let rest = if differs { steps(index, *axis, &varies) } else { None };
                        steps_of_one &= !differs || rest.is_some();
                        packed[*binding as usize] &= rest.is_some_and(|rest| aligned(&rest));
                        differs
                    }
                    // Rows have no lanes.
                    Inst::Running { .. } | Inst::Reduced { .. } => false,
                    // A product differs from one column to the next.
                    Inst::Product { .. } => axis.is_some(),
                    inst => {
                        let mut differs = inst.dims().into_iter().any(|dim| depends(dim, *axis, &varies));
                        inst.operands(&mut |of| differs |= varies[of as usize]);
                        differs
                    }
                };
            }
            for store in &phase.stores {
                let rest = steps(&store.index, *axis, &varies);
                packed[store.binding as usize] &= rest.is_some_and(|rest| aligned(&rest));
            }
        }
        // A block is an array of vectors for all that lies in it, or for none.
        for together in kernel.bound() {
            let all = together.iter().all(|at| packed[*at as usize]);
            together.iter().for_each(|at| packed[*at as usize] = all);
        }
        let mut stored = kernel.phases.iter().flat_map(|p| &p.stores);
        steps_of_one &= stored.all(|s| packed[s.binding as usize]);
        Packing { packed, steps_of_one }
    }
}

fn depends(dim: &Dim, axis: Option<usize>, varies: &[bool]) -> bool {
    let mut found = false;
    dim.visit(&mut |atom| {
        found |= match atom {
            Atom::Coord(coord) => axis == Some(*coord as usize),
            Atom::Value(value) => varies[*value as usize],
            _ => false,
        };
    });
    found
}

/// The rest of `index = coordinate of the lanes + rest`, when the rest is the same for all lanes.
fn steps(index: &Dim, axis: Option<usize>, varies: &[bool]) -> Option<Dim> {
    let (coefficient, rest) = index.affine_in(axis?)?;
    (coefficient.is(1) && !depends(&rest, axis, varies)).then_some(rest)
}

fn aligned(rest: &Dim) -> bool {
    let (terms, constant) = rest.parts();
    constant % 4 == 0 && terms.iter().all(|t| t.coefficient % 4 == 0)
}
