//! Statements of the builder: variables, stores, loops, branches, barriers and combinations across invocations.

use super::{Builder, Info, Motion, Open, Region, V, Width};
use crate::emit::Ty;
use crate::lower::text::COUNTER;
use naga::{
    AddressSpace, Barrier, BinaryOperator, Block, Expression, GlobalVariable, Handle, LocalVariable, Span, Statement,
    Type,
};

impl Builder {
    /// Writes memory.
    pub fn store(&mut self, pointer: V, value: V) {
        self.push(Statement::Store { pointer, value });
    }

    /// A variable of the function, as a pointer.
    pub fn variable(&mut self, name: &str, ty: Handle<Type>) -> V {
        let name = self.unique(name);
        let local = LocalVariable { name: Some(name), ty, init: None };
        let local = self.body.function.local_variables.append(local, Span::UNDEFINED);
        self.append(Expression::LocalVariable(local), Info { depth: 0, width: Width::One, constant: false })
    }

    /// A module-scope variable.
    pub fn declare(
        &mut self,
        name: &str,
        space: AddressSpace,
        binding: Option<u32>,
        ty: Handle<Type>,
    ) -> Handle<GlobalVariable> {
        let name = self.unique(name);
        let binding = binding.map(|binding| naga::ResourceBinding { group: 0, binding });
        let global = GlobalVariable {
            name: Some(name),
            space,
            binding,
            ty,
            init: None,
            memory_decorations: naga::MemoryDecorations::empty(),
        };
        self.module.global_variables.append(global, Span::UNDEFINED)
    }

    // Control flow.

    /// Opens `for (name = start; name < end; name += step)`; `runs` when the body certainly runs at least once.
    pub fn begin_loop(&mut self, name: &str, start: V, end: V, step: V, runs: bool) -> V {
        let u32_ty = self.value_ty(Ty::U32, Width::One);
        let variable_name = self.unique(&format!("{}{name}", COUNTER));
        let local = LocalVariable { name: Some(variable_name), ty: u32_ty, init: None };
        let variable = self.body.function.local_variables.append(local, Span::UNDEFINED);
        let info = Info { depth: 0, width: Width::One, constant: false };
        let pointer = self.append(Expression::LocalVariable(variable), info);
        self.store(pointer, start);
        self.body.open.push(Open::new(Region::Loop { runs, variable, step }));
        let value = self.load_now(pointer, Width::One);
        self.name(value, name);
        // Written out by hand: the comparison must stay in the loop.
        let expression = Expression::Binary { op: BinaryOperator::GreaterEqual, left: value, right: end };
        let done = self.emit(expression, None, &[value, end], Width::One, Motion::Pinned);
        let mut accept = Block::new();
        accept.push(Statement::Break, Span::UNDEFINED);
        self.push(Statement::If { condition: done, accept, reject: Block::new() });
        value
    }

    /// Closes the innermost loop.
    pub fn end_loop(&mut self) {
        let mut open = self.body.open.pop().expect("a loop");
        let Region::Loop { variable, step, .. } = open.region else { panic!("the innermost block is not a loop") };
        open.flush();
        // The continuing block is its own: `next = next + step`.
        let info = Info { depth: 0, width: Width::One, constant: false };
        let pointer = self.append(Expression::LocalVariable(variable), info);
        let before = self.append(Expression::Load { pointer }, info);
        let after = Expression::Binary { op: BinaryOperator::Add, left: before, right: step };
        let after = self.append(after, info);
        let mut continuing = Block::new();
        continuing.push(Statement::Emit(naga::Range::new_from_bounds(before, after)), Span::UNDEFINED);
        continuing.push(Statement::Store { pointer, value: after }, Span::UNDEFINED);
        self.push(Statement::Loop { body: open.block, continuing, break_if: None });
    }

    /// Opens `if (condition)`.
    pub fn begin_if(&mut self, condition: V) {
        self.body.open.push(Open::new(Region::If { condition }));
    }

    /// Closes the innermost `if`.
    pub fn end_if(&mut self) {
        let mut open = self.body.open.pop().expect("an if");
        let Region::If { condition } = open.region else { panic!("the innermost block is not an if") };
        open.flush();
        self.push(Statement::If { condition, accept: open.block, reject: Block::new() });
    }

    /// `if (condition) { return; }`
    pub fn return_if(&mut self, condition: V) {
        let mut accept = Block::new();
        accept.push(Statement::Return { value: None }, Span::UNDEFINED);
        self.push(Statement::If { condition, accept, reject: Block::new() });
    }

    /// Waits for the workgroup and makes its writes to workgroup memory visible.
    pub fn barrier(&mut self) {
        self.push(Statement::ControlBarrier(Barrier::WORK_GROUP));
    }

    /// The combination of a value of all invocations of a subgroup, which all get it.
    pub fn across_subgroup(&mut self, op: naga::SubgroupOperation, value: V, ty: Ty) -> V {
        let ty = self.value_ty(ty, Width::One);
        // It belongs where it stands: other invocations take part.
        let info = Info { depth: self.body.open.len() - 1, width: Width::One, constant: false };
        let result = self.append(Expression::SubgroupOperationResult { ty }, info);
        let collective_op = naga::CollectiveOperation::Reduce;
        self.push(Statement::SubgroupCollectiveOperation { op, collective_op, argument: value, result });
        result
    }
}
