//! The part that all schedules share: a kernel's buffers and uniforms as globals, its index expressions and its phases as values.
//!
//! Index arithmetic is u32 and wraps, so a polynomial with negative terms is right modulo 2^32, which is all that an index in range
//! needs; quotients, remainders, minima and maxima look at the sign and are signed unless both sides are known not to be negative.
//! A [`Point`] says what the coordinates are. With four lanes the innermost coordinate is a vector of four neighbours, and whatever
//! depends on it becomes a vector by itself; buffers that are only read or written in such aligned groups are bound as vectors.

use super::builder::{Builder, V, Width};
use super::{accumulate, running};
use crate::dim::{Atom, Dim};
use crate::dtype::{DType, Scalar};
use crate::emit::{Bin, Emit, Ty, Un};
use crate::kernel::{Access, Inst, Kernel, Phase, Role, Store, Uniform, ValueId};
use crate::ops;
use crate::target::Target;
use naga::{
    AddressSpace, BinaryOperator, GlobalVariable, Handle, MathFunction, ScalarKind, StorageAccess, StructMember,
    TypeInner,
};
use std::ops::Range;

/// The innermost coordinate of four lanes.
#[derive(Clone, Copy)]
pub(super) struct Lanes {
    /// Which axis.
    pub axis: usize,
    /// The coordinate divided by four.
    pub group: V,
    /// The coordinate of the first lane.
    pub base: V,
}

/// Where phases are evaluated: coordinates, and the values known so far.
#[derive(Clone)]
pub(super) struct Point {
    pub coords: Vec<Option<V>>,
    pub lanes: Option<Lanes>,
    pub values: Vec<Option<V>>,
}

impl Point {
    /// Nothing known yet.
    pub fn new(kernel: &Kernel) -> Point {
        Point { coords: vec![None; kernel.axes.len()], lanes: None, values: vec![None; kernel.values.len()] }
    }
}

/// A buffer as the shader declares it.
#[derive(Clone, Copy)]
struct Buffer {
    variable: Handle<GlobalVariable>,
    /// What it is an array of, or of vectors of.
    scalar: naga::Scalar,
}

/// A kernel being lowered.
pub(super) struct Lowering<'k> {
    pub b: Builder,
    pub kernel: &'k Kernel,
    /// Of each binding.
    buffers: Vec<Buffer>,
    packed: Vec<bool>,
    uniforms: Handle<GlobalVariable>,
    /// The variables of what runs along a row.
    pub running: Vec<(ValueId, V)>,
}

/// The machine type of a dtype's values.
pub(super) fn machine(dtype: DType) -> Ty {
    match dtype {
        DType::Bool => Ty::Bool,
        DType::Int32 => Ty::I32,
        DType::UInt32 => Ty::U32,
        DType::Float16 | DType::Float32 => Ty::F32,
    }
}

/// The scalar that a buffer holds.
fn stored(dtype: DType) -> naga::Scalar {
    match dtype {
        DType::Bool | DType::UInt32 => naga::Scalar::U32,
        DType::Int32 => naga::Scalar::I32,
        DType::Float16 => naga::Scalar::F16,
        DType::Float32 => naga::Scalar::F32,
    }
}

impl<'k> Lowering<'k> {
    /// Declares the buffers (`packed` ones as vectors of four) and the uniform block.
    pub fn new(kernel: &'k Kernel, target: &Target, packed: Vec<bool>) -> Lowering<'k> {
        let mut b = Builder::new();
        let half = kernel.bindings.iter().any(|binding| binding.dtype == DType::Float16);
        assert!(!half || target.features.float16, "float16 on a device without it:\n{kernel}");
        let mut buffers: Vec<Option<Buffer>> = vec![None; kernel.bindings.len()];
        let bound = kernel.bound();
        for (at, together) in bound.iter().enumerate() {
            let first = &kernel.bindings[together[0] as usize];
            let same = together.iter().all(|of| stored(kernel.bindings[*of as usize].dtype) == stored(first.dtype));
            // The values of a block may differ in dtype: words then, and what they mean is said where they are used.
            let scalar = if same { stored(first.dtype) } else { naga::Scalar::U32 };
            let packed = packed[together[0] as usize];
            let width = if packed { Width::Four } else { Width::One };
            let stride = u32::from(scalar.width) * if packed { 4 } else { 1 };
            let base = b.scalar_ty(scalar, width);
            let ty = b.array_ty(base, stride, None);
            let (word, access) = match kernel.access(together) {
                Access::Read => ("in", StorageAccess::LOAD),
                Access::Write => ("out", StorageAccess::LOAD | StorageAccess::STORE),
            };
            let name = match together.as_slice() {
                [only] => format!("b{only}_{word}"),
                _ => format!("block_{word}"),
            };
            let variable = b.declare(&name, AddressSpace::Storage { access }, Some(at as u32), ty);
            together.iter().for_each(|of| buffers[*of as usize] = Some(Buffer { variable, scalar }));
        }
        let buffers = buffers.into_iter().map(|buffer| buffer.expect("every binding is bound")).collect();
        let (u32_ty, f32_ty) = (b.value_ty(Ty::U32, Width::One), b.value_ty(Ty::F32, Width::One));
        let members = kernel.uniforms.iter().enumerate().map(|(at, uniform)| {
            let (name, ty) = match uniform {
                Uniform::Size(_) if at == 0 => ("size".to_string(), u32_ty),
                Uniform::Size(_) => (format!("s{at}"), u32_ty),
                Uniform::Literal(_) => (format!("c{at}"), f32_ty),
            };
            StructMember { name: Some(name), ty, binding: None, offset: 4 * at as u32 }
        });
        let inner = TypeInner::Struct { members: members.collect(), span: 4 * kernel.uniforms.len() as u32 };
        let name = Some(b.unique("Uniforms"));
        let ty = b.module.types.insert(naga::Type { name, inner }, naga::Span::UNDEFINED);
        let uniforms = b.declare("uniforms", AddressSpace::Uniform, Some(bound.len() as u32), ty);
        Lowering { b, kernel, buffers, packed, uniforms, running: Vec::new() }
    }

    /// A member of the uniform block.
    pub fn uniform(&mut self, member: u32) -> V {
        let block = self.b.global(self.uniforms);
        let pointer = self.b.field(block, member);
        let value = self.b.load_uniform(pointer);
        let name = match &self.kernel.uniforms[member as usize] {
            Uniform::Size(_) if member == 0 => "size".to_string(),
            Uniform::Size(_) => format!("s{member}"),
            Uniform::Literal(_) => format!("c{member}"),
        };
        self.b.name(value, &name);
        value
    }

    // Index expressions.

    /// A size that has no coordinates in it.
    pub fn size(&mut self, dim: &Dim) -> V {
        let nowhere = Point::new(self.kernel);
        self.dim(dim, &nowhere)
    }

    /// The expression at that point, as u32 modulo 2^32.
    pub fn dim(&mut self, dim: &Dim, point: &Point) -> V {
        if let Some(value) = dim.as_const() {
            return self.b.u(value as u32);
        }
        if let Some(member) = self.kernel.size_member(dim) {
            return self.uniform(member);
        }
        let (terms, constant) = dim.parts();
        let mut sum: Option<V> = None;
        // What is added comes before what is subtracted, the constant last: neighbours share all but the constant.
        for term in terms.iter().filter(|t| t.coefficient > 0) {
            let value = self.term(&term.factors, term.coefficient, point);
            sum = Some(match sum {
                Some(sum) => self.b.add(sum, value),
                None => value,
            });
        }
        for term in terms.iter().filter(|t| t.coefficient < 0) {
            let value = self.term(&term.factors, -term.coefficient, point);
            let before = match sum {
                Some(sum) => sum,
                None => self.b.u(0),
            };
            sum = Some(self.b.binary(BinaryOperator::Subtract, before, value));
        }
        let sum = sum.expect("not a constant");
        let magnitude = self.b.u(constant.unsigned_abs() as u32);
        if constant < 0 { self.b.binary(BinaryOperator::Subtract, sum, magnitude) } else { self.b.add(sum, magnitude) }
    }

    fn term(&mut self, factors: &[Atom], coefficient: i64, point: &Point) -> V {
        let mut product = self.b.u(coefficient as u32);
        for factor in factors {
            let factor = self.atom(factor, point);
            // The coefficient last: `i * 4u` reads better than `4u * i`.
            product = self.b.mul(factor, product);
        }
        product
    }

    fn atom(&mut self, atom: &Atom, point: &Point) -> V {
        match atom {
            Atom::Coord(axis) => {
                point.coords[*axis as usize].unwrap_or_else(|| panic!("i{axis} has no value here:\n{}", self.kernel))
            }
            Atom::Symbol(_) => {
                let size = Dim::atom(atom.clone());
                let member = self.kernel.size_member(&size);
                let member = member.unwrap_or_else(|| panic!("{size} is not in the uniform block:\n{}", self.kernel));
                self.uniform(member)
            }
            Atom::Value(id) => {
                let value = self.known(ValueId(*id), point);
                if self.kernel.value(ValueId(*id)).dtype == DType::Int32 { self.b.un(Un::IToU, value) } else { value }
            }
            Atom::FloorDiv(x, y) => self.quotient(x, y, point, BinaryOperator::Divide, "floor_div", floor_div),
            Atom::Mod(x, y) => self.quotient(x, y, point, BinaryOperator::Modulo, "floor_mod", floor_mod),
            Atom::Min(x, y) => self.extremum(x, y, point, MathFunction::Min),
            Atom::Max(x, y) => self.extremum(x, y, point, MathFunction::Max),
        }
    }

    fn quotient(
        &mut self,
        x: &Dim,
        y: &Dim,
        point: &Point,
        unsigned: BinaryOperator,
        name: &'static str,
        signed: fn(&mut Builder, [V; 2]) -> V,
    ) -> V {
        let (a, b) = (self.dim(x, point), self.dim(y, point));
        if self.non_negative(x) {
            return self.b.binary(unsigned, a, b);
        }
        let (a, b) = (self.signed(a), self.signed(b));
        let result = self.b.call(name, [Ty::I32, Ty::I32], Ty::I32, [a, b], signed);
        self.b.un(Un::IToU, result)
    }

    fn extremum(&mut self, x: &Dim, y: &Dim, point: &Point, fun: MathFunction) -> V {
        let (a, b) = (self.dim(x, point), self.dim(y, point));
        if self.non_negative(x) && self.non_negative(y) {
            return self.b.math(fun, a, Some(b));
        }
        let (a, b) = (self.signed(a), self.signed(b));
        let result = self.b.math(fun, a, Some(b));
        self.b.un(Un::IToU, result)
    }

    fn signed(&mut self, value: V) -> V {
        match self.b.as_literal(value) {
            Some(literal) => self.b.i(literal as i32),
            None => self.b.un(Un::UToI, value),
        }
    }

    /// Is it known not to be negative? Sizes and coordinates are not.
    fn non_negative(&self, dim: &Dim) -> bool {
        if let Some((low, _)) = dim.range(&self.kernel.bounds()) {
            return low >= 0;
        }
        let (terms, constant) = dim.parts();
        let atom = |atom: &Atom| match atom {
            Atom::Symbol(_) | Atom::Coord(_) | Atom::Mod(..) => true,
            Atom::Value(id) => self.kernel.value(ValueId(*id)).dtype == DType::UInt32,
            Atom::FloorDiv(x, _) => self.non_negative(x),
            Atom::Min(x, y) => self.non_negative(x) && self.non_negative(y),
            Atom::Max(x, y) => self.non_negative(x) || self.non_negative(y),
        };
        constant >= 0 && terms.iter().all(|t| t.coefficient > 0 && t.factors.iter().all(atom))
    }

    /// Splits a flat position into the coordinates of those axes, innermost last; the outermost needs no remainder.
    pub fn split(&mut self, flat: V, axes: &[usize], point: &mut Point) {
        let mut rest = flat;
        let mut left: Vec<usize> = axes.to_vec();
        while let Some(axis) = left.pop() {
            let extent = &self.kernel.axes[axis].extent;
            if extent.is(1) {
                point.coords[axis] = Some(self.b.u(0));
                continue;
            }
            if left.iter().all(|a| self.kernel.axes[*a].extent.is(1)) {
                point.coords[axis] = Some(rest);
                for axis in left.drain(..) {
                    point.coords[axis] = Some(self.b.u(0));
                }
                break;
            }
            let extent = self.size(extent);
            let coord = self.b.binary(BinaryOperator::Modulo, rest, extent);
            self.name_coord(coord, axis);
            point.coords[axis] = Some(coord);
            rest = self.b.binary(BinaryOperator::Divide, rest, extent);
        }
        for axis in axes {
            if let Some(coord) = point.coords[*axis] {
                self.name_coord(coord, *axis);
            }
        }
    }

    /// Names a coordinate by its axis: i, j, k, ...
    pub fn name_coord(&mut self, coord: V, axis: usize) {
        self.b.name(coord, self.coord_name(axis));
    }

    /// The name of an axis' coordinate.
    pub fn coord_name(&self, axis: usize) -> &'static str {
        ["i", "j", "k", "l", "p", "q", "r", "s"].get(axis).copied().unwrap_or("coord")
    }

    // Values.

    fn known(&self, id: ValueId, point: &Point) -> V {
        point.values[id.index()].unwrap_or_else(|| panic!("v{} has no value here:\n{}", id.0, self.kernel))
    }

    /// Computes the values of a phase's body.
    pub fn body(&mut self, body: &Range<u32>, point: &mut Point) {
        for id in body.clone() {
            let value = &self.kernel.values[id as usize];
            let computed = match &value.inst {
                Inst::Product { .. } | Inst::Reduced { .. } => {
                    // The schedule put it there.
                    self.known(ValueId(id), point);
                    continue;
                }
                Inst::Load { binding, index } => self.load(*binding, index, point),
                Inst::Index { value: index } => {
                    let index = self.dim(index, point);
                    if value.dtype == DType::UInt32 { index } else { self.signed(index) }
                }
                Inst::Inside { value, low, high } => self.inside(value, low, high, point),
                Inst::Literal { value } => self.literal(*value),
                Inst::Uniform { member } => self.uniform(*member),
                Inst::Apply { op, operand, args } => {
                    let args: Vec<V> = args.iter().map(|a| self.known(*a, point)).collect();
                    ops::apply(*op, &mut self.b, *operand, &args)
                }
                Inst::Cast { from, arg } => {
                    let arg = self.known(*arg, point);
                    ops::apply_cast(&mut self.b, *from, value.dtype, arg)
                }
                Inst::Bits { key, position } => {
                    let key = [self.known(key[0], point), self.known(key[1], point)];
                    let position = self.known(*position, point);
                    ops::random::bits(&mut self.b, key, position)
                }
                Inst::SortKey { from, arg } => {
                    let arg = self.known(*arg, point);
                    accumulate::sort_key(&mut self.b, *from, arg)
                }
                Inst::Running { op, arg, restart, .. } => {
                    let arg = self.known(*arg, point);
                    let restart = restart.map(|restart| self.known(restart, point));
                    running::step(self, ValueId(id), *op, arg, restart)
                }
            };
            let exact = matches!(value.inst, Inst::Load { .. } | Inst::Literal { .. } | Inst::Uniform { .. });
            let computed =
                if value.dtype == DType::Float16 && !exact { self.b.round_to_half(computed) } else { computed };
            self.name_value(computed, ValueId(id));
            point.values[id as usize] = Some(computed);
        }
    }

    /// Names a value by its number and op.
    pub fn name_value(&mut self, value: V, id: ValueId) {
        let about = self.kernel.value(id);
        let word = match &about.inst {
            Inst::Load { .. } => "load",
            Inst::Index { .. } => "index",
            Inst::Inside { .. } => "inside",
            // The uniform block has named it.
            Inst::Literal { .. } | Inst::Uniform { .. } => return,
            Inst::Apply { op, .. } => op.name(),
            Inst::Cast { .. } => about.dtype.name(),
            Inst::SortKey { .. } => "key",
            Inst::Bits { .. } => "bits",
            Inst::Reduced { op, .. } => op.name(),
            Inst::Running { op, .. } => op.name(),
            Inst::Product { .. } => "matmul",
        };
        self.b.name(value, &format!("v{}_{word}", id.0));
    }

    fn literal(&mut self, value: Scalar) -> V {
        match value.dtype() {
            DType::Bool => self.b.b(value.bits() != 0),
            DType::Int32 => self.b.i(value.bits() as i32),
            DType::UInt32 => self.b.u(value.bits()),
            DType::Float16 | DType::Float32 => self.b.f(f32::from_bits(value.lane())),
        }
    }

    fn inside(&mut self, value: &Dim, low: &Dim, high: &Dim, point: &Point) -> V {
        let range = value.range(&self.kernel.bounds());
        let below = |a: &Dim, b: &Dim| {
            // Is a <= b for every coordinate?
            b.sub(a).range(&self.kernel.bounds()).is_some_and(|(least, _)| least >= 0)
        };
        let above_low = below(low, value) || (low.is(0) && self.non_negative(value));
        let under_high = range.is_some() && below(&value.add(&Dim::ONE), high);
        let at = self.dim(value, point);
        let at = self.signed(at);
        let mut tests: Vec<V> = Vec::new();
        if !above_low {
            let low = self.dim(low, point);
            let low = self.signed(low);
            tests.push(self.b.binary(BinaryOperator::LessEqual, low, at));
        }
        if !under_high {
            let high = self.dim(high, point);
            let high = self.signed(high);
            tests.push(self.b.bin(Bin::ILt, at, high));
        }
        match tests[..] {
            [] => self.b.b(true),
            [one] => one,
            _ => self.b.bin(Bin::BAnd, tests[0], tests[1]),
        }
    }

    // Memory.

    /// The index of each lane, when the four lanes lie apart in a regular way.
    fn spread(&mut self, index: &Dim, point: &Point) -> Option<[V; 4]> {
        let lanes = point.lanes?;
        let (coefficient, _) = index.affine_in(lanes.axis)?;
        let stride = coefficient.as_const().filter(|c| *c != 0)?;
        let mut first = point.clone();
        first.coords[lanes.axis] = Some(lanes.base);
        let start = self.dim(index, &first);
        if self.b.width(start) == Width::Four {
            // A value in the index differs from lane to lane.
            return None;
        }
        Some(std::array::from_fn(|lane| {
            let offset = self.b.u((stride * lane as i64) as u32);
            self.b.add(start, offset)
        }))
    }

    /// The position of an aligned group of four in a packed buffer.
    fn group_index(&mut self, index: &Dim, point: &Point) -> Option<V> {
        let lanes = point.lanes?;
        let (coefficient, rest) = index.affine_in(lanes.axis)?;
        if !coefficient.is(1) {
            return None;
        }
        let rest = rest.floor_div(&Dim::Const(4), &|_| None);
        let rest = self.dim(&rest, point);
        Some(self.b.add(rest, lanes.group))
    }

    fn load(&mut self, binding: u32, index: &Dim, point: &Point) -> V {
        let dtype = self.kernel.bindings[binding as usize].dtype;
        let Buffer { variable, scalar } = self.buffers[binding as usize];
        let buffer = self.b.global(variable);
        let raw = if self.packed[binding as usize] {
            let at = self.group_index(index, point).expect("packed buffers are read in groups");
            let pointer = self.b.element(buffer, at);
            self.b.load(pointer, Width::Four)
        } else if let Some(indices) = self.spread(index, point) {
            let loaded = indices.map(|at| {
                let pointer = self.b.element(buffer, at);
                self.b.load(pointer, Width::One)
            });
            self.b.compose(loaded, scalar)
        } else {
            let at = self.dim(index, point);
            if self.b.width(at) == Width::One {
                let pointer = self.b.element(buffer, at);
                self.b.load(pointer, Width::One)
            } else {
                let loaded = std::array::from_fn(|lane| {
                    let at = self.b.lane(at, lane as u32);
                    let pointer = self.b.element(buffer, at);
                    self.b.load(pointer, Width::One)
                });
                self.b.compose(loaded, scalar)
            }
        };
        let raw = if scalar == stored(dtype) { raw } else { self.b.cast(raw, stored(dtype).kind, None) };
        match dtype {
            DType::Bool => {
                let zero = self.b.u(0);
                self.b.binary(BinaryOperator::NotEqual, raw, zero)
            }
            DType::Float16 => self.b.cast(raw, ScalarKind::Float, Some(4)),
            DType::Int32 | DType::UInt32 | DType::Float32 => raw,
        }
    }

    /// Writes what a phase stores.
    pub fn stores(&mut self, phase: &Phase, point: &Point) {
        for store in &phase.stores {
            self.store(store, point);
        }
    }

    fn store(&mut self, store: &Store, point: &Point) {
        let dtype = self.kernel.bindings[store.binding as usize].dtype;
        let Buffer { variable, scalar } = self.buffers[store.binding as usize];
        let buffer = self.b.global(variable);
        let value = self.known(store.value, point);
        let value = match dtype {
            DType::Bool => self.b.un(Un::BToU, value),
            DType::Float16 => self.b.cast(value, ScalarKind::Float, Some(2)),
            DType::Int32 | DType::UInt32 | DType::Float32 => value,
        };
        let value = if scalar == stored(dtype) { value } else { self.b.cast(value, scalar.kind, None) };
        if self.packed[store.binding as usize] {
            let at = self.group_index(&store.index, point).expect("packed buffers are written in groups");
            let pointer = self.b.element(buffer, at);
            let value = self.b.splat(value);
            self.b.store(pointer, value);
        } else if let Some(indices) = self.spread(&store.index, point) {
            for (lane, at) in indices.into_iter().enumerate() {
                let pointer = self.b.element(buffer, at);
                let value = self.b.lane(value, lane as u32);
                self.b.store(pointer, value);
            }
        } else {
            let at = self.dim(&store.index, point);
            let lanes = if self.b.width(at) == Width::Four { 4 } else { 1 };
            for lane in 0..lanes {
                let (at, value) = (self.b.lane(at, lane), self.b.lane(value, lane));
                let pointer = self.b.element(buffer, at);
                self.b.store(pointer, value);
            }
        }
    }

    /// The positions of the axes with one of those roles.
    pub fn axes(&self, roles: &[Role]) -> Vec<usize> {
        let axes = self.kernel.axes.iter().enumerate();
        axes.filter(|(_, axis)| roles.contains(&axis.role)).map(|(at, _)| at).collect()
    }
}

/// The quotient rounded down, for a positive divisor.
fn floor_div(e: &mut Builder, [x, y]: [V; 2]) -> V {
    let quotient = e.binary(BinaryOperator::Divide, x, y);
    let rest = e.binary(BinaryOperator::Modulo, x, y);
    let (zero, one) = (e.i(0), e.i(1));
    let negative = e.bin(Bin::ILt, rest, zero);
    let below = e.bin(Bin::ISub, quotient, one);
    e.select(negative, below, quotient)
}

/// The remainder in `0..y`, for a positive divisor.
fn floor_mod(e: &mut Builder, [x, y]: [V; 2]) -> V {
    let rest = e.binary(BinaryOperator::Modulo, x, y);
    let zero = e.i(0);
    let negative = e.bin(Bin::ILt, rest, zero);
    let above = e.bin(Bin::IAdd, rest, y);
    e.select(negative, above, rest)
}
