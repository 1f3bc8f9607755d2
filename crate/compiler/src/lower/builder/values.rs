//! Operations of the builder: each gives the handle of a new value, or of the value that the same operation gave before.

use super::{Builder, Info, Key, Motion, V, Width};
use crate::emit::Emit;
use naga::{
    BinaryOperator, Expression, GlobalVariable, Handle, Literal, LocalVariable, MathFunction, ScalarKind, Span,
    TypeInner, UnaryOperator, VectorSize,
};
use smallvec::SmallVec;

impl Builder {
    pub(super) fn literal(&mut self, literal: Literal, key: (u8, u32)) -> V {
        if let Some(found) = self.body.literals.get(&key) {
            return *found;
        }
        let value = self.append(Expression::Literal(literal), Info { depth: 0, width: Width::One, constant: true });
        self.body.literals.insert(key, value);
        value
    }

    /// A value that is not a constant expression, with the value of this constant.
    pub(super) fn runtime(&mut self, value: V) -> V {
        match self.body.function.expressions[value].clone() {
            Expression::Literal(literal) => {
                let pointer = match self.body.variables.get(&value) {
                    Some(known) => *known,
                    None => {
                        let ty = self.ty(TypeInner::Scalar(literal.scalar()));
                        let name = self.unique("constant");
                        let local = LocalVariable { name: Some(name), ty, init: Some(value) };
                        let local = self.body.function.local_variables.append(local, Span::UNDEFINED);
                        let info = Info { depth: 0, width: Width::One, constant: false };
                        self.append(Expression::LocalVariable(local), info)
                    }
                };
                self.body.variables.insert(value, pointer);
                // Nothing stores to it, so the load may stand at the top.
                self.emit(Expression::Load { pointer }, Some(Key::Load(pointer)), &[pointer], Width::One, Motion::Pure)
            }
            Expression::As { expr, kind, convert } => {
                let expr = self.runtime(expr);
                self.cast(expr, kind, convert)
            }
            Expression::Splat { value, .. } => {
                let value = self.runtime(value);
                self.splat(value)
            }
            Expression::Compose { ty, mut components } => {
                components[0] = self.runtime(components[0]);
                let operands = components.clone();
                self.emit(Expression::Compose { ty, components }, None, &operands, Width::Four, Motion::Pure)
            }
            _ => panic!("constants are literals, or composed or converted of them"),
        }
    }

    /// If all operands are constants, makes the first one a run-time value.
    pub(super) fn defuse(&mut self, operands: &mut [V]) {
        if operands.iter().all(|o| self.info(*o).constant) {
            operands[0] = self.runtime(operands[0]);
        }
    }

    // Operations.

    /// Four copies of a scalar; a vector stays.
    pub fn splat(&mut self, value: V) -> V {
        if self.width(value) == Width::Four {
            return value;
        }
        let expression = Expression::Splat { size: VectorSize::Quad, value };
        self.emit(expression, Some(Key::Splat(value)), &[value], Width::Four, Motion::Pure)
    }

    /// Brings operands to one width.
    pub(super) fn level(&mut self, operands: &mut [V]) -> Width {
        let width = operands.iter().map(|o| self.width(*o)).max().unwrap_or(Width::One);
        if width == Width::Four {
            for operand in operands.iter_mut() {
                *operand = self.splat(*operand);
            }
        }
        width
    }

    pub(super) fn unary(&mut self, op: UnaryOperator, x: V) -> V {
        let mut x = [x];
        self.defuse(&mut x);
        let expression = Expression::Unary { op, expr: x[0] };
        self.emit(expression, Some(Key::Unary(op, x[0])), &x, self.width(x[0]), Motion::Pure)
    }

    /// An infix operation.
    pub fn binary(&mut self, op: BinaryOperator, x: V, y: V) -> V {
        // The extent of an empty axis: nothing runs, but WGSL refuses the division.
        let divides = matches!(op, BinaryOperator::Divide | BinaryOperator::Modulo);
        let y = if divides && self.as_literal(y) == Some(0) { self.u(1) } else { y };
        let mut xy = [x, y];
        self.defuse(&mut xy);
        let width = self.level(&mut xy);
        let [left, right] = xy;
        let expression = Expression::Binary { op, left, right };
        self.emit(expression, Some(Key::Binary(op, left, right)), &xy, width, Motion::Pure)
    }

    /// A built-in function of one or two operands.
    pub fn math(&mut self, fun: MathFunction, x: V, y: Option<V>) -> V {
        let mut operands: SmallVec<[V; 2]> = [x].into_iter().chain(y).collect();
        self.defuse(&mut operands);
        let width = self.level(&mut operands);
        let (arg, arg1) = (operands[0], operands.get(1).copied());
        let expression = Expression::Math { fun, arg, arg1, arg2: None, arg3: None };
        self.emit(expression, Some(Key::Math(fun, arg, arg1)), &operands, width, Motion::Pure)
    }

    /// A conversion (`convert` gives the width in bytes) or a reinterpretation of bits (`None`).
    pub fn cast(&mut self, expr: V, kind: ScalarKind, convert: Option<u8>) -> V {
        let expression = Expression::As { expr, kind, convert };
        self.emit(expression, Some(Key::As(expr, kind, convert)), &[expr], self.width(expr), Motion::Pure)
    }

    /// A vector of four scalars.
    pub fn compose(&mut self, components: [V; 4], scalar: naga::Scalar) -> V {
        let ty = self.scalar_ty(scalar, Width::Four);
        let expression = Expression::Compose { ty, components: components.to_vec() };
        let key = Key::Compose(SmallVec::from_slice(&components));
        self.emit(expression, Some(key), &components, Width::Four, Motion::Pure)
    }

    /// A component of a vector of four; of a scalar, the scalar.
    pub fn lane(&mut self, vector: V, lane: u32) -> V {
        if self.width(vector) == Width::One {
            return vector;
        }
        if let Expression::Splat { value, .. } = self.body.function.expressions[vector] {
            return value;
        }
        self.field(vector, lane)
    }

    /// A member of a struct, a component of a vector, or a pointer to one.
    pub fn field(&mut self, base: V, index: u32) -> V {
        let expression = Expression::AccessIndex { base, index };
        self.emit(expression, Some(Key::Field(base, index)), &[base], Width::One, Motion::Pure)
    }

    /// A global variable.
    pub fn global(&mut self, global: Handle<GlobalVariable>) -> V {
        if let Some(found) = self.body.globals.get(&global) {
            return *found;
        }
        let info = Info { depth: 0, width: Width::One, constant: false };
        let value = self.append(Expression::GlobalVariable(global), info);
        self.body.globals.insert(global, value);
        value
    }

    /// A pointer to an element of an array.
    pub fn element(&mut self, base: V, index: V) -> V {
        let expression = Expression::Access { base, index };
        self.emit(expression, Some(Key::Element(base, index)), &[base, index], Width::One, Motion::Pure)
    }

    /// Reads memory that no statement of this kernel writes.
    pub fn load(&mut self, pointer: V, width: Width) -> V {
        self.emit(Expression::Load { pointer }, Some(Key::Load(pointer)), &[pointer], width, Motion::Load)
    }

    /// Reads the uniform block: possible anywhere.
    pub fn load_uniform(&mut self, pointer: V) -> V {
        self.emit(Expression::Load { pointer }, Some(Key::Load(pointer)), &[pointer], Width::One, Motion::Pure)
    }

    /// Reads memory that statements write, here and now.
    pub fn load_now(&mut self, pointer: V, width: Width) -> V {
        self.emit(Expression::Load { pointer }, None, &[pointer], width, Motion::Pinned)
    }

    // Short forms for u32 arithmetic.

    /// x + y
    pub fn add(&mut self, x: V, y: V) -> V {
        match (self.as_literal(x), self.as_literal(y)) {
            (Some(x), Some(y)) => self.u(x.wrapping_add(y)),
            (Some(0), None) => y,
            (None, Some(0)) => x,
            _ => self.binary(BinaryOperator::Add, x, y),
        }
    }

    /// x * y
    pub fn mul(&mut self, x: V, y: V) -> V {
        match (self.as_literal(x), self.as_literal(y)) {
            (Some(x), Some(y)) => self.u(x.wrapping_mul(y)),
            (Some(0), None) | (None, Some(0)) => self.u(0),
            (Some(1), None) => y,
            (None, Some(1)) => x,
            _ => self.binary(BinaryOperator::Multiply, x, y),
        }
    }

    /// The u32 literal, when it is one.
    pub fn as_literal(&self, value: V) -> Option<u32> {
        match self.body.function.expressions[value] {
            Expression::Literal(Literal::U32(found)) => Some(found),
            _ => None,
        }
    }

    /// Rounds float32 to float16 and back.
    pub fn round_to_half(&mut self, value: V) -> V {
        // The type must be in the module, or naga's writer leaves `enable f16;` out.
        self.ty(TypeInner::Scalar(naga::Scalar::F16));
        let half = self.cast(value, ScalarKind::Float, Some(2));
        self.cast(half, ScalarKind::Float, Some(4))
    }
}
