//! What makes a kernel legal, as numbered rules.
//!
//! Debug builds and all tests run this after fusion, and tests on every kernel that they write. It looks at what is stored and trusts
//! nothing, as the rules of graphs do, and does not judge what a kernel computes.

use super::{Access, Class, Inst, Kernel, Over, Part, Phase, Role, Uniform, Value, ValueId};
use crate::dim::{Atom, Dim};
use crate::dtype::DType;
use crate::kind::{CombineOp, ReduceOp};
use crate::ops::{Op, Signature};
use crate::verify::{Broken, Numbered, Verdict, broken};
use std::ops::Range;

/// A rule of a legal kernel. Its number is its position, from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Rule {
    /// 1. Phases have all values in turn, the body's before the reductions; parts have all axes and all phases in turn.
    ValuesInTurn,
    /// 2. A class has its axes and its phases: maps a grid; rows also rows; contractions the left side, the right side, and a product
    ///    with its epilogue; serial kernels no phase.
    ClassFits,
    /// 3. Bindings that are read come before those that are written; only the former are loaded, only the latter stored.
    BindingsFit,
    /// 4. Bindings of one block are several, of elements of 4 bytes.
    BlocksFit,
    /// 5. Sizes depend on symbols only, and known ones are not negative.
    SizesAreSizes,
    /// 6. The uniform block begins with the number of grid points, and has every symbol that the code names.
    UniformsComplete,
    /// 7. What a value, a store or an index uses comes before it and is known where it runs: of its phase, or of a grid phase or a
    ///    reduction before it, in its part; a product has an element of either side.
    OperandsReach,
    /// 8. Operands and results have the dtypes that instructions, bindings and members of the uniform block say.
    DTypesFit,
    /// 9. Index expressions name coordinates that vary where they are evaluated.
    CoordsInScope,
    /// 10. Index expressions are in range, as far as a sample of the points tells.
    IndicesInRange,
    /// 11. Reductions end row phases, and only those of positions name one; what runs along a row runs along its one axis, all in one
    ///     order.
    AccumulatorsFit,
    /// 12. Every binding that is written is stored once, at as many points as it has elements; at fewer where a value names the place
    ///     of a part.
    WrittenOnce,
    /// 13. What is said to be a value of an earlier pass again is the same instruction in a later row phase.
    RepeatsFit,
}

impl Rule {
    /// All of them, in order.
    pub const ALL: [Rule; 13] = [
        Rule::ValuesInTurn,
        Rule::ClassFits,
        Rule::BindingsFit,
        Rule::BlocksFit,
        Rule::SizesAreSizes,
        Rule::UniformsComplete,
        Rule::OperandsReach,
        Rule::DTypesFit,
        Rule::CoordsInScope,
        Rule::IndicesInRange,
        Rule::AccumulatorsFit,
        Rule::WrittenOnce,
        Rule::RepeatsFit,
    ];
}

impl Numbered for Rule {
    fn number(self) -> usize {
        self as usize + 1
    }
}

/// A broken rule.
pub type Violation = Broken<Rule>;

/// Checks every rule.
///
/// # Errors
/// The first rule that is broken; those before it hold.
pub fn verify_kernel(kernel: &Kernel) -> Result<(), Violation> {
    values_in_turn(kernel)?;
    class_fits(kernel)?;
    bindings_fit(kernel)?;
    sizes(kernel)?;
    let places = Places::of(kernel);
    for (at, phase) in kernel.phases.iter().enumerate() {
        for id in phase.body.clone().chain(phase.reductions.iter().map(|id| id.0)) {
            places.value(at, id)?;
        }
        places.stores(at, phase)?;
    }
    accumulators_fit(kernel)?;
    written_once(kernel)?;
    repeats_fit(kernel, &places)
}

fn values_in_turn(kernel: &Kernel) -> Verdict<Rule> {
    let mut next = 0;
    for (at, phase) in kernel.phases.iter().enumerate() {
        let results = phase.reductions.iter().map(|id| id.0);
        if phase.body.start != next
            || phase.body.end < next
            || results.clone().zip(phase.body.end..).any(|(id, turn)| id != turn)
        {
            return broken(
                Rule::ValuesInTurn,
                format!("phase {at} does not begin at v{next} and end in its reductions"),
            );
        }
        next = phase.body.end + results.count() as u32;
    }
    if next as usize != kernel.values.len() {
        return broken(Rule::ValuesInTurn, format!("{} values, the phases have {next}", kernel.values.len()));
    }
    let in_turn = |of: fn(&Part) -> &Range<u32>, all: usize| {
        let next = |next, part| {
            let range = of(part);
            (range.start == next && range.end >= next).then_some(range.end)
        };
        kernel.parts.iter().try_fold(0, next) == Some(all as u32)
    };
    let covered = in_turn(|part| &part.axes, kernel.axes.len()) && in_turn(|part| &part.phases, kernel.phases.len());
    if !kernel.parts.is_empty() && !covered {
        return broken(Rule::ValuesInTurn, "the parts do not have all axes and phases in turn");
    }
    Ok(())
}

fn class_fits(kernel: &Kernel) -> Verdict<Rule> {
    let roles = |allowed: &[Role]| kernel.axes.iter().all(|axis| allowed.contains(&axis.role));
    let phases = |allowed: &[Over]| kernel.phases.iter().all(|phase| allowed.contains(&phase.over));
    let has = |role| kernel.axes.iter().any(|axis| axis.role == role);
    let products = kernel.values.iter().filter(|value| matches!(value.inst, Inst::Product { .. })).count();
    let fits = match kernel.class {
        Class::Map | Class::Index => roles(&[Role::Grid]) && phases(&[Over::Grid]) && products == 0,
        Class::Row => {
            roles(&[Role::Grid, Role::Row]) && has(Role::Row) && phases(&[Over::Grid, Over::Rows]) && products == 0
        }
        Class::Contract => {
            let over: Vec<Over> = kernel.phases.iter().map(|phase| phase.over).collect();
            let first = kernel.phases.last().and_then(|phase| kernel.values.get(phase.body.start as usize));
            roles(&[Role::Batch, Role::M, Role::N, Role::K])
                && has(Role::K)
                && over == [Over::Left, Over::Right, Over::Grid]
                && products == 1
                && first.is_some_and(|value| matches!(value.inst, Inst::Product { .. }))
        }
        Class::Serial => kernel.phases.is_empty(),
    };
    if !fits {
        return broken(Rule::ClassFits, format!("these axes and phases are not those of {:?}", kernel.class));
    }
    if kernel.serial.is_some() != (kernel.class == Class::Serial) {
        return broken(Rule::ClassFits, "serial kernels, and no others, say what they do");
    }
    let has_parts = !kernel.parts.is_empty();
    if has_parts && (kernel.parts.len() == 1 || !matches!(kernel.class, Class::Map | Class::Index)) {
        return broken(Rule::ClassFits, "parts are maps, two at least");
    }
    Ok(())
}

fn bindings_fit(kernel: &Kernel) -> Verdict<Rule> {
    if kernel.bindings.windows(2).any(|two| two[0].access == Access::Write && two[1].access == Access::Read) {
        return broken(Rule::BindingsFit, "a binding that is read stands behind one that is written");
    }
    let is = |binding: u32, access| kernel.bindings.get(binding as usize).is_some_and(|bound| bound.access == access);
    let loads = kernel.values.iter().filter_map(|value| match value.inst {
        Inst::Load { binding, .. } => Some(binding),
        _ => None,
    });
    let operands = kernel.serial.iter().flat_map(|(_, operands)| operands.iter().copied());
    if let Some(binding) = loads.chain(operands).find(|binding| !is(*binding, Access::Read)) {
        return broken(Rule::BindingsFit, format!("b{binding} is loaded, but not bound for reading"));
    }
    let mut stores = kernel.phases.iter().flat_map(|phase| &phase.stores);
    if let Some(store) = stores.find(|store| !is(store.binding, Access::Write)) {
        return broken(Rule::BindingsFit, format!("b{} is stored, but not bound for writing", store.binding));
    }
    for (at, binding) in kernel.bindings.iter().enumerate().filter(|(_, binding)| binding.block.is_some()) {
        let is_alone = kernel.bindings.iter().filter(|other| other.block == binding.block).count() == 1;
        if is_alone || binding.dtype.size_bytes() != 4 {
            return broken(Rule::BlocksFit, format!("b{at} is alone in its block, or its elements are not of 4 bytes"));
        }
    }
    Ok(())
}

fn sizes(kernel: &Kernel) -> Verdict<Rule> {
    let extents = kernel.axes.iter().map(|axis| &axis.extent);
    let members = kernel.uniforms.iter().filter_map(|uniform| match uniform {
        Uniform::Size(dim) => Some(dim),
        Uniform::Literal(_) => None,
    });
    for dim in extents.chain(kernel.bindings.iter().map(|binding| &binding.len)).chain(members) {
        let mut foreign = dim.as_const().is_some_and(|size| size < 0);
        dim.visit(&mut |atom| foreign |= matches!(atom, Atom::Coord(_) | Atom::Value(_)));
        if foreign {
            return broken(Rule::SizesAreSizes, format!("{dim} is no size"));
        }
    }
    if kernel.uniforms.first() != Some(&Uniform::Size(kernel.grid_points())) {
        return broken(Rule::UniformsComplete, format!("u0 is not {}, the grid points", kernel.grid_points()));
    }
    let in_code = kernel.values.iter().flat_map(|value| value.inst.dims());
    let in_stores = kernel.phases.iter().flat_map(|phase| &phase.stores).map(|store| &store.index);
    for dim in kernel.axes.iter().map(|axis| &axis.extent).chain(in_code).chain(in_stores) {
        if let Some(symbol) = dim.symbols().into_iter().find(|s| kernel.size_member(&Dim::symbol(*s)).is_none()) {
            return broken(Rule::UniformsComplete, format!("s{} of {dim} is no member", symbol.0));
        }
    }
    Ok(())
}

/// Where values are computed.
struct Places<'a> {
    kernel: &'a Kernel,
    /// Of each value its phase, and whether it is a reduction of that.
    of: Vec<(usize, bool)>,
}

impl Places<'_> {
    fn of(kernel: &Kernel) -> Places<'_> {
        let phases = kernel.phases.iter().enumerate();
        let of = phases.flat_map(|(at, phase)| {
            let bodies = phase.body.clone().map(move |_| (at, false));
            bodies.chain(phase.reductions.iter().map(move |_| (at, true)))
        });
        Places { kernel, of: of.collect() }
    }

    fn part(&self, phase: usize) -> Option<usize> {
        self.kernel.parts.iter().position(|part| part.phases.contains(&(phase as u32)))
    }

    /// Is a value known in a phase, below that number?
    fn reaches(&self, id: ValueId, phase: usize, below: usize) -> bool {
        let Some((from, is_reduction)) = self.of.get(id.index()).copied().filter(|_| id.index() < below) else {
            return false;
        };
        let lasts = is_reduction || self.kernel.phases[from].over == Over::Grid;
        let same = from == phase && !is_reduction;
        same || (from < phase && lasts && self.part(from) == self.part(phase))
    }

    fn value(&self, phase: usize, id: u32) -> Verdict<Rule> {
        let kernel = self.kernel;
        let Value { inst, dtype } = &kernel.values[id as usize];
        let over = kernel.phases[phase].over;
        let mut missing = None;
        let mut uses = |used: u32| {
            if !self.reaches(ValueId(used), phase, id as usize) {
                missing = Some(used);
            }
        };
        inst.operands(&mut uses);
        match inst {
            Inst::Reduced { arg, .. } => uses(arg.0),
            Inst::Product { left, right } => {
                let side = |id: &ValueId, over| {
                    self.of.get(id.index()).is_some_and(|(from, _)| kernel.phases[*from].over == over)
                };
                if !side(left, Over::Left) || !side(right, Over::Right) {
                    missing = Some(left.0);
                }
            }
            _ => {}
        }
        if let Some(missing) = missing {
            return broken(Rule::OperandsReach, format!("v{id} uses v{missing}, which is not known there"));
        }
        if !self.dtypes_fit(inst, *dtype) {
            return broken(Rule::DTypesFit, format!("v{id}: {}", kernel.values[id as usize]));
        }
        for dim in inst.dims() {
            let roles: &[Role] = if matches!(inst, Inst::Reduced { .. }) { &[Role::Row] } else { roles(over) };
            self.index(phase, dim, roles)?;
        }
        if let Inst::Load { binding, index } = inst {
            self.in_range(phase, *binding, index)?;
        }
        Ok(())
    }

    fn stores(&self, at: usize, phase: &Phase) -> Verdict<Rule> {
        for store in &phase.stores {
            let all = self.kernel.values.len();
            let mut known = self.reaches(store.value, at, all);
            store.operands(&mut |id| known &= self.reaches(ValueId(id), at, all));
            let text = format!("the store b{}[{}] = v{}", store.binding, store.index, store.value.0);
            if !known {
                return broken(Rule::OperandsReach, format!("{text} uses what is not known there"));
            }
            if self.kernel.value(store.value).dtype != self.kernel.bindings[store.binding as usize].dtype {
                return broken(Rule::DTypesFit, text);
            }
            self.index(at, &store.index, roles(phase.over))?;
            self.in_range(at, store.binding, &store.index)?;
        }
        Ok(())
    }

    fn dtypes_fit(&self, inst: &Inst, dtype: DType) -> bool {
        let of = |id: &ValueId| self.kernel.value(*id).dtype;
        match inst {
            Inst::Load { binding, .. } => self.kernel.bindings[*binding as usize].dtype == dtype,
            Inst::Index { .. } => matches!(dtype, DType::Int32 | DType::UInt32),
            Inst::Inside { .. } => dtype == DType::Bool,
            Inst::Literal { value } => value.dtype() == dtype,
            Inst::Uniform { member } => match self.kernel.uniforms.get(*member as usize) {
                Some(Uniform::Literal(value)) => value.dtype() == dtype && dtype.is_float(),
                _ => false,
            },
            Inst::Apply { op, operand, args } => {
                let wanted = |at: usize| if chooses(*op) && at == 0 { DType::Bool } else { *operand };
                args.len() == op.row().arity
                    && op.accepts(*operand)
                    && args.iter().enumerate().all(|(at, arg)| of(arg) == wanted(at))
                    && op.result_dtype(*operand) == dtype
            }
            Inst::Cast { from, arg } => of(arg) == *from,
            Inst::SortKey { from, arg } => of(arg) == *from && dtype == DType::UInt32,
            Inst::Bits { key, position } => {
                key.iter().chain([position]).all(|id| of(id) == DType::UInt32) && dtype == DType::UInt32
            }
            Inst::Running { op, arg, restart, .. } => {
                let takes = match op {
                    CombineOp::Set => false,
                    CombineOp::LogAddExp => dtype.is_float(),
                    CombineOp::Add | CombineOp::Mul => dtype != DType::Bool,
                    CombineOp::Max | CombineOp::Min => true,
                };
                takes && of(arg) == dtype && restart.as_ref().is_none_or(|restart| of(restart) == DType::Bool)
            }
            Inst::Reduced { op, arg, .. } => match op {
                ReduceOp::Any | ReduceOp::All => of(arg) == DType::Bool && dtype == DType::Bool,
                ReduceOp::Sum | ReduceOp::Prod => of(arg) != DType::Bool && of(arg) == dtype,
                ReduceOp::Max | ReduceOp::Min => of(arg) == dtype,
                ReduceOp::ArgMax | ReduceOp::ArgMin => dtype == DType::UInt32,
            },
            Inst::Product { left, right } => of(left) == dtype && of(right) == dtype && dtype.is_float(),
        }
    }

    /// An expression in a phase that may name coordinates of axes with those roles.
    fn index(&self, phase: usize, dim: &Dim, roles: &[Role]) -> Verdict<Rule> {
        let axes = self.part(phase).map(|part| &self.kernel.parts[part].axes);
        let varies = |axis: u32| {
            let here = axes.is_none_or(|axes| axes.contains(&axis));
            here && self.kernel.axes.get(axis as usize).is_some_and(|axis| roles.contains(&axis.role))
        };
        let (mut foreign, mut dtype) = (None, None);
        dim.visit(&mut |atom| match atom {
            Atom::Coord(axis) if !varies(*axis) => foreign = Some(*axis),
            Atom::Value(id) => {
                dtype = dtype.or(Some(self.kernel.value(ValueId(*id)).dtype).filter(|d| !d.is_integer()))
            }
            _ => {}
        });
        if let Some(axis) = foreign {
            return broken(Rule::CoordsInScope, format!("i{axis} of {dim} does not vary in phase {phase}"));
        }
        if let Some(dtype) = dtype {
            return broken(Rule::DTypesFit, format!("a value of {dtype} in {dim}"));
        }
        Ok(())
    }

    /// Looks at the corners of the space and at some points within.
    fn in_range(&self, phase: usize, binding: u32, index: &Dim) -> Verdict<Rule> {
        let bound = &self.kernel.bindings[binding as usize];
        let axes =
            self.part(phase).map_or(0..self.kernel.axes.len() as u32, |part| self.kernel.parts[part].axes.clone());
        let axes = &self.kernel.axes[axes.start as usize..axes.end as usize];
        let mut is_known = bound.len.as_const().is_some_and(|len| len > 0);
        is_known &= axes.iter().all(|axis| axis.extent.as_const().is_some_and(|extent| extent > 0));
        index.visit(&mut |atom| is_known &= matches!(atom, Atom::Coord(_)) || composed(atom));
        if !is_known {
            return Ok(());
        }
        // Of a block the place is added to the index.
        let most = if bound.block.is_some() { i64::MAX } else { bound.len.as_const().unwrap_or(i64::MAX) };
        let extent = |axis: u32| self.kernel.axes[axis as usize].extent.as_const().unwrap_or(1);
        let count = self.kernel.axes.len() as u32;
        for point in 0..count + 6 {
            let coordinate = |axis: u32| match point {
                0 => 0,
                1 => extent(axis) - 1,
                // Some points within, the same in every run.
                2..=5 => (i64::from(axis + 1) * i64::from(point) * 0x9E37_79B9) % extent(axis),
                other => {
                    if other - 6 == axis {
                        extent(axis) - 1
                    } else {
                        0
                    }
                }
            };
            let at = index.eval(&|atom| match atom {
                Atom::Coord(axis) => coordinate(*axis),
                other => unreachable!("{other} was looked for"),
            });
            if at < 0 || at >= most {
                return broken(Rule::IndicesInRange, format!("b{binding}[{index}] is element {at} of {}", bound.len));
            }
        }
        Ok(())
    }
}

/// Is it made of others, which are visited as well?
fn composed(atom: &Atom) -> bool {
    matches!(atom, Atom::FloorDiv(..) | Atom::Mod(..) | Atom::Min(..) | Atom::Max(..))
}

fn chooses(op: Op) -> bool {
    op.row().signature == Signature::Choose
}

/// Axes with those roles vary in a phase.
fn roles(over: Over) -> &'static [Role] {
    match over {
        Over::Grid => &[Role::Grid, Role::Batch, Role::M, Role::N],
        Over::Rows => &[Role::Grid, Role::Row],
        Over::Left => &[Role::Batch, Role::M, Role::K],
        Over::Right => &[Role::Batch, Role::N, Role::K],
    }
}

fn accumulators_fit(kernel: &Kernel) -> Verdict<Rule> {
    let (mut forwards, mut backwards) = (false, false);
    for (at, phase) in kernel.phases.iter().enumerate() {
        if phase.over != Over::Rows && !phase.reductions.is_empty() {
            return broken(Rule::AccumulatorsFit, format!("phase {at} reduces, but not along rows"));
        }
        for id in &phase.reductions {
            match &kernel.value(*id).inst {
                Inst::Reduced { op, position, .. } if op.is_arg() || position.is(0) => {}
                _ => return broken(Rule::AccumulatorsFit, format!("v{} is no reduction, or names a position", id.0)),
            }
        }
        for id in phase.body.clone() {
            match &kernel.value(ValueId(id)).inst {
                Inst::Reduced { .. } => {
                    return broken(Rule::AccumulatorsFit, format!("v{id} is a reduction in a body"));
                }
                Inst::Running { reverse, .. } => {
                    if phase.over != Over::Rows || kernel.axes_with(Role::Row).count() != 1 {
                        return broken(Rule::AccumulatorsFit, format!("v{id} does not run along the one axis of rows"));
                    }
                    forwards |= !*reverse;
                    backwards |= *reverse;
                }
                _ => {}
            }
        }
    }
    if forwards && backwards {
        return broken(Rule::AccumulatorsFit, "rows are walked in both orders");
    }
    Ok(())
}

fn written_once(kernel: &Kernel) -> Verdict<Rule> {
    if kernel.class == Class::Serial {
        return Ok(());
    }
    for (at, binding) in kernel.bindings.iter().enumerate().filter(|(_, binding)| binding.access == Access::Write) {
        let mut stores = kernel.phases.iter().enumerate().flat_map(|(phase, one)| {
            one.stores.iter().filter(|store| store.binding as usize == at).map(move |store| (phase, store))
        });
        let (Some((phase, store)), None) = (stores.next(), stores.next()) else {
            return broken(Rule::WrittenOnce, format!("b{at} is not stored by one store"));
        };
        let part = kernel.parts.iter().position(|part| part.phases.contains(&(phase as u32)));
        let points = match part {
            Some(part) => kernel.part_points(part),
            None => kernel.extent(roles(kernel.phases[phase].over)),
        };
        let mut is_named = false;
        store.operands(&mut |_| is_named = true);
        if let (Some(points), Some(len)) = (points.as_const(), binding.len.as_const())
            && points != len
            && !(is_named && points < len)
        {
            return broken(Rule::WrittenOnce, format!("b{at} has {len} elements, of which {points} are stored"));
        }
    }
    Ok(())
}

fn repeats_fit(kernel: &Kernel, places: &Places) -> Verdict<Rule> {
    for (later, first) in &kernel.repeats {
        let of = |id: &ValueId| {
            let (phase, is_reduction) = *places.of.get(id.index())?;
            (!is_reduction && kernel.phases[phase].over == Over::Rows).then_some((phase, kernel.value(*id)))
        };
        let fits = match (of(later), of(first)) {
            (Some((behind, a)), Some((before, b))) => {
                let same = std::mem::discriminant(&a.inst) == std::mem::discriminant(&b.inst);
                before < behind && same && a.dtype == b.dtype
            }
            _ => false,
        };
        if !fits {
            return broken(Rule::RepeatsFit, format!("v{} is not v{} of an earlier row phase again", later.0, first.0));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::Scalar;
    use crate::kernel::{Binding, Store, parse_kernel};

    /// A softmax with positions, a running sum and a value computed again: something for every rule to break.
    const ROWS: &str = "\
row kernel row_everything
  i0: grid < 4
  i1: row < s0
  b0: read float32[4*s0]
  b1: read float32[64]
  b2: write float32[4*s0]
  b3: write uint32[4]
  b4: write float32[4]
  u0: size 4
  u1: float32 0.3
  u2: size s0
  over rows
    v0: float32 = b0[s0*i0 + i1]
    v1: float32 = scan v0 op=add
    v2: float32 = max v1
    v3: uint32 = argmax v0 position=i1
  over grid
    v4: float32 = b1[16*i0 + 15]
    v5: float32 = add v2 v4
    b3[i0] = v3
    b4[i0] = v5
  over rows
    v6: float32 = b0[s0*i0 + i1]
    v7: float32 = uniform u1
    v8: float32 = mul v6 v7
    v9: float32 = sub v8 v5
    b2[s0*i0 + i1] = v9
  repeats v6=v0
";

    #[test]
    fn each_rule_is_told_by_a_kernel_that_breaks_it() {
        let legal = parse_kernel(ROWS).unwrap_or_else(|error| panic!("{error}"));
        verify_kernel(&legal).unwrap_or_else(|broken| panic!("{broken}"));
        let mut told = Vec::new();
        let mut check = |rule, breaks: &dyn Fn(&mut Kernel)| {
            let mut kernel = legal.clone();
            breaks(&mut kernel);
            let violation = verify_kernel(&kernel).expect_err("a broken kernel");
            assert_eq!(violation.rule, rule, "{violation}\n{kernel}");
            if told.last() != Some(&rule) {
                told.push(rule);
            }
        };
        let apply = |kernel: &mut Kernel, at: usize, arg: u32| {
            let Inst::Apply { args, .. } = &mut kernel.values[at].inst else { panic!("an op") };
            args[0] = ValueId(arg);
        };
        check(Rule::ValuesInTurn, &|k| k.phases[1].body.start = 5);
        check(Rule::ValuesInTurn, &|k| k.phases[0].reductions.reverse());
        check(Rule::ValuesInTurn, &|k| k.parts = vec![Part { axes: 0..1, phases: 0..3 }]);
        check(Rule::ClassFits, &|k| k.class = Class::Map);
        check(Rule::ClassFits, &|k| k.parts = vec![Part { axes: 0..2, phases: 0..3 }]);
        check(Rule::BindingsFit, &|k| k.bindings.swap(1, 2));
        check(Rule::BindingsFit, &|k| k.values[0].inst = Inst::Load { binding: 2, index: Dim::ZERO });
        check(Rule::BindingsFit, &|k| k.phases[2].stores[0].binding = 0);
        check(Rule::BlocksFit, &|k| k.bindings[3].block = Some(7));
        check(Rule::SizesAreSizes, &|k| k.bindings[1].len = Dim::coord(0));
        check(Rule::SizesAreSizes, &|k| k.axes[0].extent = Dim::Const(-1));
        check(Rule::UniformsComplete, &|k| k.uniforms[0] = Uniform::Size(Dim::Const(5)));
        check(Rule::UniformsComplete, &|k| k.uniforms.truncate(2));
        check(Rule::OperandsReach, &|k| apply(k, 9, 9));
        check(Rule::OperandsReach, &|k| apply(k, 5, 1));
        check(Rule::OperandsReach, &|k| k.phases[1].stores[0].value = ValueId(1));
        check(Rule::OperandsReach, &|k| k.phases[2].stores[0].index = Dim::atom(Atom::Value(0)));
        check(Rule::DTypesFit, &|k| apply(k, 5, 3));
        check(Rule::DTypesFit, &|k| k.values[4].dtype = DType::Int32);
        check(Rule::DTypesFit, &|k| k.uniforms[1] = Uniform::Literal(Scalar::i32(1)));
        check(Rule::DTypesFit, &|k| k.phases[1].stores[0].value = ValueId(5));
        check(Rule::CoordsInScope, &|k| k.values[4].inst = Inst::Load { binding: 1, index: Dim::coord(1) });
        check(Rule::CoordsInScope, &|k| k.phases[2].stores[0].index = Dim::coord(2));
        // Of rows of unknown length nothing is known.
        check(Rule::IndicesInRange, &|k| {
            let Inst::Load { index, .. } = &mut k.values[4].inst else { panic!("a load") };
            *index = index.add(&Dim::ONE);
            k.axes[1].extent = Dim::Const(3);
        });
        check(Rule::AccumulatorsFit, &|k| {
            let Inst::Reduced { position, .. } = &mut k.values[2].inst else { panic!("a reduction") };
            *position = Dim::coord(1);
        });
        check(Rule::AccumulatorsFit, &|k| {
            let backwards = Inst::Running { op: CombineOp::Add, arg: ValueId(6), restart: None, reverse: true };
            k.values[7] = Value { inst: backwards, dtype: DType::Float32 };
        });
        check(Rule::WrittenOnce, &|k| k.phases[1].stores.truncate(1));
        check(Rule::WrittenOnce, &|k| k.bindings[4].len = Dim::Const(5));
        check(Rule::WrittenOnce, &|k| {
            let twice: Store = k.phases[1].stores[1].clone();
            k.phases[1].stores.push(twice);
        });
        check(Rule::RepeatsFit, &|k| k.repeats.push((ValueId(8), ValueId(0))));
        check(Rule::RepeatsFit, &|k| k.repeats[0] = (ValueId(0), ValueId(6)));
        assert_eq!(told, Rule::ALL, "every rule has its kernel");
    }

    #[test]
    fn a_product_has_an_element_of_either_side() {
        let listing = "\
contract kernel contract_matmul
  i0: m < 2
  i1: n < 3
  i2: k < 5
  b0: read float32[10]
  b1: read float32[15]
  b2: write float32[6]
  over left
    v0 = b0[5*i0 + i2]
  over right
    v1 = b1[5*i1 + i2]
  over grid
    v2 = product v0 v1
    b2[3*i0 + i1] = v2
";
        let legal = parse_kernel(listing).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(verify_kernel(&legal), Ok(()));
        let rule = |breaks: &dyn Fn(&mut Kernel)| {
            let mut kernel = legal.clone();
            breaks(&mut kernel);
            verify_kernel(&kernel).expect_err("a broken kernel").rule
        };
        let product = |left, right| Inst::Product { left: ValueId(left), right: ValueId(right) };
        assert_eq!(rule(&|k| k.values[2].inst = product(1, 0)), Rule::OperandsReach);
        assert_eq!(rule(&|k| k.values[0].inst = Inst::Load { binding: 0, index: Dim::coord(1) }), Rule::CoordsInScope);
        assert_eq!(rule(&|k| k.phases.swap(0, 1)), Rule::ValuesInTurn);
        assert_eq!(
            rule(&|k| k.bindings.push(Binding { access: Access::Write, ..k.bindings[2].clone() })),
            Rule::WrittenOnce
        );
    }
}
