//! Which sizes of a call are symbols, and their values.
//!
//! `shapeless` makes every size of every tensor argument a symbol of its own; `dynamicDims` names single ones, and equal names mean
//! equal sizes. Paths are looked up once per structure of arguments; a call then only reads the sizes.

use crate::error::{Error, ErrorKind, Result};
use interfuse_compiler::dim::{Dim, Symbol};
use interfuse_compiler::shape::{Aval, normalize_axis};
use interfuse_compiler::signature::tensor_paths;
use std::cell::RefCell;
use std::rc::Rc;

/// Structures of arguments that are remembered.
const STRUCTURES: usize = 8;

/// A size of an argument with a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedSize {
    /// Which tensor: the position of an argument, or the path to a tensor in it, such as `0.w`.
    pub path: String,
    /// Which axis, counted from either end.
    pub axis: i64,
    /// The name; equal names mean equal sizes.
    pub name: String,
}

/// Which sizes of a function's tensor arguments an entry leaves open.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct DynamicSizes {
    /// All of them; a guard that fails is an error then.
    pub shapeless: bool,
    /// Those with names; a guard that fails traces the function anew.
    pub named: Vec<NamedSize>,
}

impl DynamicSizes {
    /// Is every size fixed?
    pub fn is_empty(&self) -> bool {
        !self.shapeless && self.named.is_empty()
    }
}

/// What follows from the structure of the arguments: per tensor the named axes with their symbols, and the tensors' places.
struct Structure {
    named: Vec<Vec<(i64, u32)>>,
    paths: Vec<String>,
}

/// A call's sizes: what of its key and its trace they are.
#[derive(Debug)]
pub(crate) struct Bound {
    /// Shapes and dtypes of the tensors, with symbols 0, 1, ... for the open sizes.
    pub avals: Vec<Aval>,
    /// What the symbols are in this call.
    pub values: Vec<i64>,
    /// Their names, empty for those without.
    pub names: Vec<String>,
}

/// Reads the open sizes of calls: the options of a function, with the structures of arguments met so far.
#[derive(Default)]
pub(crate) struct Binder {
    options: DynamicSizes,
    /// Every name once, in the order of the options: the first symbols.
    names: Vec<String>,
    known: RefCell<Vec<Known>>,
}

/// A structure as a template, and what follows from it.
type Known = (Box<[u8]>, Rc<Structure>);

impl Binder {
    pub fn new(options: DynamicSizes) -> Binder {
        let mut names: Vec<String> = Vec::new();
        for NamedSize { name, .. } in &options.named {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        Binder { options, names, known: RefCell::default() }
    }

    /// Is every size fixed?
    pub fn is_empty(&self) -> bool {
        self.options.is_empty()
    }

    /// Is a guard that fails an error, rather than a reason to trace anew?
    pub fn is_strict(&self) -> bool {
        self.options.shapeless
    }

    /// Reads the open sizes of a call. An error when sizes of one name differ, or when the options name what is not there.
    pub fn bind(&self, label: &str, template: &[u8], inputs: &[&Aval]) -> Result<Bound> {
        let structure = self.structure(label, template)?;
        let mut bound = Bound {
            avals: Vec::with_capacity(inputs.len()),
            values: vec![-1; self.names.len()],
            names: self.names.clone(),
        };
        // Where each named size was met first.
        let mut met = vec![0usize; self.names.len()];
        for (at, input) in inputs.iter().enumerate() {
            let mut aval = Aval::clone(input);
            let rank = aval.shape.rank();
            for (axis, symbol) in structure.named.get(at).map_or(&[][..], Vec::as_slice) {
                let Some(axis) = normalize_axis(*axis, rank) else {
                    return Err(Error::new(
                        ErrorKind::CompileArgument,
                        label,
                        format!("dynamicDims names axis {axis} of {}, which is {input}", structure.paths[at]),
                        format!("It has {rank} axes."),
                    ));
                };
                let size = input.shape.0[axis].as_const().expect("arguments have known sizes");
                let known = &mut bound.values[*symbol as usize];
                if *known >= 0 && *known != size {
                    let name = &self.names[*symbol as usize];
                    return Err(Error::new(
                        ErrorKind::DimMismatch,
                        label,
                        format!(
                            "symbol '{name}' is {known} for {} and {size} for {}",
                            structure.paths[met[*symbol as usize]], structure.paths[at]
                        ),
                        "Sizes of one name are equal; give them different names if they need not be.",
                    ));
                }
                if *known < 0 {
                    (*known, met[*symbol as usize]) = (size, at);
                }
                aval.shape.0[axis] = Dim::symbol(Symbol(*symbol));
            }
            if self.options.shapeless {
                for dim in &mut aval.shape.0 {
                    if let Some(size) = dim.as_const() {
                        *dim = Dim::symbol(Symbol(bound.values.len() as u32));
                        bound.values.push(size);
                        bound.names.push(String::new());
                    }
                }
            }
            bound.avals.push(aval);
        }
        Ok(bound)
    }

    fn structure(&self, label: &str, template: &[u8]) -> Result<Rc<Structure>> {
        if let Some((_, structure)) = self.known.borrow().iter().find(|(known, _)| **known == *template) {
            return Ok(structure.clone());
        }
        let structure = Rc::new(self.find(label, template)?);
        let mut known = self.known.borrow_mut();
        known.truncate(STRUCTURES - 1);
        known.insert(0, (template.into(), structure.clone()));
        Ok(structure)
    }

    fn find(&self, label: &str, template: &[u8]) -> Result<Structure> {
        let malformed = |text: String| Error::new(ErrorKind::CompileArgument, label, text, "");
        let paths =
            tensor_paths(template).map_err(|bad| malformed(format!("the arguments are malformed: {}", bad.0)))?;
        let mut named = vec![Vec::new(); paths.len()];
        for size in &self.options.named {
            let wanted = segments(&size.path);
            let found = paths.iter().position(|path| {
                let path = segments(path);
                // `0.w` is `args[0].w`; in Rust, where the arguments of a function are one tree, it is `args[0][0].w` as well.
                path == wanted
                    || path.strip_prefix(&["args"]).is_some_and(|path| {
                        path == wanted || path.strip_prefix(&["0"]).is_some_and(|path| path == wanted)
                    })
            });
            let Some(at) = found else {
                let there = if paths.is_empty() {
                    "There are none.".into()
                } else {
                    format!("The tensors are {}.", paths.join(", "))
                };
                return Err(Error::new(
                    ErrorKind::CompileArgument,
                    label,
                    format!("dynamicDims names the argument {}, and there is no such tensor", size.path),
                    there,
                ));
            };
            let symbol = self.names.iter().position(|name| *name == size.name).expect("every name is in the list");
            named[at].push((size.axis, symbol as u32));
        }
        Ok(Structure { named, paths })
    }
}

/// The parts of a path: `args[0].w` is args, 0, w.
fn segments(path: &str) -> Vec<&str> {
    path.split(['.', '[', ']']).filter(|part| !part.is_empty()).collect()
}
