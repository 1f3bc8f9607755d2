//! A small builder over naga IR that reads like SSA: every method returns the handle of a new value.
//!
//! It takes four burdens off the schedules. *Scopes*: naga wants each expression emitted once, in a block that dominates its uses;
//! the builder keeps a stack of open blocks, emits every pure value in the outermost one where its operands exist (so index
//! arithmetic leaves loops by itself), and hands out the same handle for the same operation in scope. *Widths*: a value is a scalar
//! or a vector of four; operations on a mixture splat the scalars. *Constants*: WGSL makes an operation of constants only a
//! constant expression, and a constant expression that overflows an error; such an operation reads one of its operands from a
//! variable instead. *Names*: values are named after the nodes they compute, which makes the text readable, keeps nesting far below
//! Tint's limit of 128, and gives every line its node.
//!
//! It knows nothing of kernels; types of values are the business of the caller, as with [`crate::emit::Emit`]. `values` are its operations,
//! `flow` its statements, `scalar` the machine that scalar meanings run on.

mod flow;
mod scalar;
mod values;

pub(super) use scalar::is_nan;

use crate::emit::Ty;
use crate::small::{HashMap, HashSet};
use naga::{
    ArraySize, BinaryOperator, Block, Expression, Function, FunctionArgument, FunctionResult, GlobalVariable, Handle,
    LocalVariable, MathFunction, Module, ScalarKind, Span, Statement, Type, TypeInner, UnaryOperator, VectorSize,
};
use smallvec::SmallVec;
use std::num::NonZeroU32;

/// A value of the function being built.
pub(super) type V = Handle<Expression>;

/// One lane, or four lanes that compute four neighbouring points.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) enum Width {
    One,
    Four,
}

/// What the builder knows of a value.
#[derive(Clone, Copy)]
struct Info {
    /// The innermost block that it needs, as a position on the stack of open blocks.
    depth: usize,
    width: Width,
    /// Would WGSL see a constant expression?
    constant: bool,
}

/// How far a value may move out of the block where it is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Motion {
    /// Arithmetic: out of any loop.
    Pure,
    /// Loads of memory that nobody writes: out of loops that certainly run.
    Load,
    /// Stays: it reads what statements write.
    Pinned,
}

/// What kind of block is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Region {
    Root,
    Loop { runs: bool, variable: Handle<LocalVariable>, step: V },
    If { condition: V },
}

/// An operation, for finding it again.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Unary(UnaryOperator, V),
    Binary(BinaryOperator, V, V),
    Select(V, V, V),
    As(V, ScalarKind, Option<u8>),
    Math(MathFunction, V, Option<V>),
    Splat(V),
    Compose(SmallVec<[V; 4]>),
    Field(V, u32),
    Element(V, V),
    Load(V),
    Call(Handle<Function>, SmallVec<[V; 4]>),
}

struct Open {
    block: Block,
    /// Expressions at the end of the block that no statement emits yet: a contiguous run of handles.
    run: Option<(V, V)>,
    found: HashMap<Key, V>,
    region: Region,
}

impl Open {
    fn new(region: Region) -> Open {
        Open { block: Block::new(), run: None, found: HashMap::default(), region }
    }

    fn flush(&mut self) {
        if let Some((first, last)) = self.run.take() {
            self.block.push(Statement::Emit(naga::Range::new_from_bounds(first, last)), Span::UNDEFINED);
        }
    }

    fn push(&mut self, statement: Statement) {
        self.flush();
        self.block.push(statement, Span::UNDEFINED);
    }

    fn emit(&mut self, value: V) {
        match &mut self.run {
            Some((_, last)) if last.index() + 1 == value.index() => *last = value,
            _ => {
                self.flush();
                self.run = Some((value, value));
            }
        }
    }
}

/// The function being built.
struct Body {
    function: Function,
    open: Vec<Open>,
    info: Vec<Info>,
    literals: HashMap<(u8, u32), V>,
    globals: HashMap<Handle<GlobalVariable>, V>,
    /// Pointers to the variables of literals that must not be constant expressions. Loads of them are found again by block.
    variables: HashMap<V, V>,
    /// Names of call results, which naga's writer does not name; the text pass does.
    calls: Vec<(usize, String)>,
}

impl Body {
    fn new(name: String) -> Body {
        Body {
            function: Function { name: Some(name), ..Function::default() },
            open: vec![Open::new(Region::Root)],
            info: Vec::new(),
            literals: HashMap::default(),
            globals: HashMap::default(),
            variables: HashMap::default(),
            calls: Vec::new(),
        }
    }
}

/// A finished function with the names of its call results.
pub(super) struct Finished {
    pub function: Function,
    pub calls: Vec<(usize, String)>,
}

/// A function that waits until the one inside is built.
pub(super) struct Waiting(Body);

/// Builds a module, one function at a time.
pub(super) struct Builder {
    pub module: Module,
    body: Body,
    helpers: HashMap<(String, Width), Handle<Function>>,
    names: HashSet<String>,
    /// Per function of the module: names of its call results.
    pub calls: Vec<Vec<(usize, String)>>,
}

fn scalar_of(ty: Ty) -> naga::Scalar {
    match ty {
        Ty::F32 => naga::Scalar::F32,
        Ty::I32 => naga::Scalar::I32,
        Ty::U32 => naga::Scalar::U32,
        Ty::Bool => naga::Scalar::BOOL,
    }
}

impl Builder {
    /// An empty module.
    pub fn new() -> Builder {
        Builder {
            module: Module::default(),
            body: Body::new(String::new()),
            helpers: HashMap::default(),
            names: HashSet::default(),
            calls: Vec::new(),
        }
    }

    // Types and names.

    /// The handle of a type.
    pub fn ty(&mut self, inner: TypeInner) -> Handle<Type> {
        self.module.types.insert(Type { name: None, inner }, Span::UNDEFINED)
    }

    /// The type of a value of that machine type and width.
    pub fn value_ty(&mut self, ty: Ty, width: Width) -> Handle<Type> {
        self.scalar_ty(scalar_of(ty), width)
    }

    /// The type of scalars or vectors of four.
    pub fn scalar_ty(&mut self, scalar: naga::Scalar, width: Width) -> Handle<Type> {
        self.ty(match width {
            Width::One => TypeInner::Scalar(scalar),
            Width::Four => TypeInner::Vector { size: VectorSize::Quad, scalar },
        })
    }

    /// An array type; `len` is `None` for the run-time sized arrays of buffers.
    pub fn array_ty(&mut self, base: Handle<Type>, stride: u32, len: Option<u32>) -> Handle<Type> {
        let size = match len {
            Some(len) => ArraySize::Constant(NonZeroU32::new(len).expect("arrays of kernels are not empty")),
            None => ArraySize::Dynamic,
        };
        self.ty(TypeInner::Array { base, size, stride })
    }

    /// Reserves a name that nothing else in the module has. A second `x` becomes `x_b`: naga would append digits and underscores.
    pub fn unique(&mut self, name: &str) -> String {
        let mut candidate = name.to_string();
        let mut letter = b'b';
        while !self.names.insert(candidate.clone()) {
            candidate = format!("{name}_{}", char::from(letter));
            if letter == b'z' {
                return self.unique(&format!("{name}_z"));
            }
            letter += 1;
        }
        candidate
    }

    // Functions.

    /// Starts a function and makes it the one being built; the one before waits in the result.
    fn enter(&mut self, name: &str) -> Body {
        let name = self.unique(name);
        std::mem::replace(&mut self.body, Body::new(name))
    }

    fn leave(&mut self, before: Body) -> Finished {
        let mut body = std::mem::replace(&mut self.body, before);
        assert_eq!(body.open.len(), 1, "a block is still open");
        let mut root = body.open.pop().expect("the root block");
        root.flush();
        body.function.body = root.block;
        Finished { function: body.function, calls: body.calls }
    }

    /// Starts a function beside the one being built; parameters follow with [`Builder::parameter`].
    pub fn begin_function(&mut self, name: &str) -> Waiting {
        Waiting(self.enter(name))
    }

    /// A parameter of a function that is not the entry point.
    pub fn parameter(&mut self, name: &str, ty: Ty, width: Width) -> V {
        let ty = self.value_ty(ty, width);
        self.argument(name, ty, None, width)
    }

    /// Ends the function; `result` is what it returns.
    pub fn end_function(&mut self, before: Waiting, result: Option<(V, Ty)>) -> Handle<Function> {
        if let Some((value, ty)) = result {
            self.push(Statement::Return { value: Some(value) });
            let ty = self.value_ty(ty, self.width(value));
            self.body.function.result = Some(FunctionResult { ty, binding: None });
        }
        let finished = self.leave(before.0);
        self.calls.push(finished.calls);
        self.module.functions.append(finished.function, Span::UNDEFINED)
    }

    /// Starts the entry point's function.
    pub fn begin_entry(&mut self, name: &str) -> Waiting {
        // naga writes an underscore behind a name that ends in a digit (`map_exp2`), and pipelines ask for the name as written.
        let digit = name.ends_with(|c: char| c.is_ascii_digit());
        Waiting(if digit { self.enter(&format!("{name}_kernel")) } else { self.enter(name) })
    }

    /// Ends the entry point's function; gives it and its name.
    pub fn end_entry(&mut self, before: Waiting) -> (Function, String) {
        let name = self.body.function.name.take().expect("named by enter");
        let finished = self.leave(before.0);
        self.calls.push(finished.calls);
        (finished.function, name)
    }

    /// Adds a parameter to the function being built.
    pub fn argument(&mut self, name: &str, ty: Handle<Type>, binding: Option<naga::Binding>, width: Width) -> V {
        let at = self.body.function.arguments.len() as u32;
        self.body.function.arguments.push(FunctionArgument { name: Some(name.to_string()), ty, binding });
        self.append(Expression::FunctionArgument(at), Info { depth: 0, width, constant: false })
    }

    /// A parameter of the entry point that the pipeline fills.
    pub fn builtin(&mut self, name: &str, builtin: naga::BuiltIn) -> V {
        use naga::BuiltIn::{LocalInvocationIndex, SubgroupInvocationId, SubgroupSize};
        let vector = !matches!(builtin, LocalInvocationIndex | SubgroupInvocationId | SubgroupSize);
        let scalar = naga::Scalar::U32;
        let ty = self.ty(if vector {
            TypeInner::Vector { size: VectorSize::Tri, scalar }
        } else {
            TypeInner::Scalar(scalar)
        });
        self.argument(name, ty, Some(naga::Binding::BuiltIn(builtin)), Width::One)
    }

    /// Calls a function; its result has that width.
    pub fn call_function(&mut self, function: Handle<Function>, args: &[V], width: Width) -> V {
        self.call_with(function, args, width)
    }

    /// Calls a function for its effect.
    pub fn call_procedure(&mut self, function: Handle<Function>, args: &[V]) {
        self.push(Statement::Call { function, arguments: args.to_vec(), result: None });
    }

    fn call_with(&mut self, function: Handle<Function>, args: &[V], width: Width) -> V {
        let key = Key::Call(function, args.iter().copied().collect());
        if let Some(found) = self.find(&key) {
            return found;
        }
        let depth = args.iter().map(|a| self.info(*a).depth).max().unwrap_or(0);
        // A helper may read buffers (the operands of a contraction do), so a call moves like a load.
        let at = self.place(depth, Motion::Load);
        let info = Info { depth: at, width, constant: false };
        let result = self.append(Expression::CallResult(function), info);
        let open = &mut self.body.open[at];
        open.push(Statement::Call { function, arguments: args.to_vec(), result: Some(result) });
        open.found.insert(key, result);
        result
    }

    // Appending values.

    fn info(&self, value: V) -> Info {
        self.body.info[value.index()]
    }

    /// One lane or four?
    pub fn width(&self, value: V) -> Width {
        self.info(value).width
    }

    fn append(&mut self, expression: Expression, info: Info) -> V {
        self.body.info.push(info);
        self.body.function.expressions.append(expression, Span::UNDEFINED)
    }

    fn find(&self, key: &Key) -> Option<V> {
        self.body.open.iter().rev().find_map(|open| open.found.get(key)).copied()
    }

    /// The outermost open block where a value of that depth may be computed.
    fn place(&self, depth: usize, motion: Motion) -> usize {
        let mut at = self.body.open.len() - 1;
        while at > depth {
            let leaves = match self.body.open[at].region {
                Region::Root | Region::If { .. } => false,
                Region::Loop { runs, .. } => motion == Motion::Pure || (motion == Motion::Load && runs),
            };
            if !leaves {
                break;
            }
            at -= 1;
        }
        at
    }

    fn emit(&mut self, expression: Expression, key: Option<Key>, operands: &[V], width: Width, motion: Motion) -> V {
        if let Some(key) = &key
            && let Some(found) = self.find(key)
        {
            return found;
        }
        let depth = operands.iter().map(|o| self.info(*o).depth).max().unwrap_or(0);
        let at = if motion == Motion::Pinned { self.body.open.len() - 1 } else { self.place(depth, motion) };
        let constant = motion == Motion::Pure && operands.iter().all(|o| self.info(*o).constant);
        let value = self.append(expression, Info { depth: at, width, constant });
        let open = &mut self.body.open[at];
        open.emit(value);
        if let Some(key) = key {
            open.found.insert(key, value);
        }
        value
    }

    /// Adds a statement to the innermost open block.
    pub fn push(&mut self, statement: Statement) {
        self.body.open.last_mut().expect("the root block").push(statement);
    }

    /// Names a value in the text, unless it is a literal, a parameter, or named already.
    pub fn name(&mut self, value: V, name: &str) {
        match self.body.function.expressions[value] {
            Expression::Literal(_)
            | Expression::FunctionArgument(_)
            | Expression::GlobalVariable(_)
            | Expression::LocalVariable(_) => {}
            Expression::CallResult(_) => {
                if self.body.calls.iter().all(|(at, _)| *at != value.index()) {
                    let name = self.unique(name);
                    self.body.calls.push((value.index(), name));
                }
            }
            _ => {
                if !self.body.function.named_expressions.contains_key(&value) {
                    let name = self.unique(name);
                    self.body.function.named_expressions.insert(value, name);
                }
            }
        }
    }
}
