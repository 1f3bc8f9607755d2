//! Which part a function lives in.

use crate::Result;
use crate::module::Module;
use crate::parts::PARTS;

/// Functions with fewer bytes do not tell their module: the toolchain merges equal functions into one.
const TELLING: usize = 48;

/// Libraries whose functions are instances for types of others.
const COMMON: [&str; 4] = ["core::", "alloc::", "hashbrown::", "smallvec::"];

/// Through so many functions that do not tell whose they are, one is followed.
const WAY: usize = 4;

pub struct Homes {
    /// By function: 0 is the core, then the parts in order.
    home: Vec<usize>,
}

impl Homes {
    /// The roots of a part are its exports, and those of its functions that are only called through the table. Every other function
    /// that can be called from outside is a root of the core. A function that is reachable from the roots of one part only goes to that
    /// part; one that is reachable from several goes to the core.
    pub fn of(module: &Module) -> Result<Self> {
        let mut roots: Vec<(usize, u32)> = (0..module.imported).map(|function| (0, function)).collect();
        let mut listed = vec![0; module.exports.len()];
        for (part, description) in (1..).zip(PARTS) {
            for name in description.exports() {
                let Some(at) = module.exports.iter().position(|(export, _)| *export == name) else {
                    return Err(
                        format!("nothing is exported as {name}, which the part {} wants", description.name).into()
                    );
                };
                listed[at] = part;
            }
        }
        roots.extend(listed.into_iter().zip(&module.exports).map(|(part, &(_, function))| (part, function)));
        roots.extend(module.slots.iter().map(|&(_, function)| (addressee(module, function), function)));

        let mut needed = vec![0u32; module.types.len()];
        for part in 0..=PARTS.len() {
            let mut open: Vec<u32> = roots.iter().filter(|root| root.0 == part).map(|root| root.1).collect();
            while let Some(function) = open.pop() {
                let needed = &mut needed[function as usize];
                // What the core needs is there already.
                if *needed & (1 | 1 << part) == 0 {
                    *needed |= 1 << part;
                    open.extend(module.calls(function));
                }
            }
        }
        Ok(Self {
            home: needed
                .into_iter()
                .map(|needed| if needed.count_ones() == 1 { needed.trailing_zeros() as usize } else { 0 })
                .collect(),
        })
    }

    /// Everybody in one file.
    pub fn one(module: &Module) -> Self {
        Self { home: vec![0; module.types.len()] }
    }

    pub fn home(&self, function: u32) -> usize {
        self.home[function as usize]
    }
}

/// Whose a function is that is called through the table: that part's whose module it comes from or, as instances of what the standard
/// library has, that it leads into.
fn addressee(module: &Module, function: u32) -> usize {
    let own = member(module, function);
    if own != 0 {
        return own;
    }
    let mut led = Vec::new();
    leads(module, function, WAY, &mut led);
    led.dedup();
    if let [part] = led[..] { part } else { 0 }
}

/// The parts that a function leads into: directly, or through functions that do not tell whose they are.
fn leads(module: &Module, function: u32, way: usize, led: &mut Vec<usize>) {
    for &called in module.calls(function) {
        match member(module, called) {
            0 if way > 0 && is_common(module, called) => leads(module, called, way - 1, led),
            0 => {}
            part => led.push(part),
        }
    }
}

/// Small functions, and instances of what libraries have for every type.
fn is_common(module: &Module, function: u32) -> bool {
    let path = module.path(function);
    module.code(function).len() < TELLING || COMMON.iter().any(|library| path.starts_with(library))
}

fn member(module: &Module, function: u32) -> usize {
    if module.code(function).len() < TELLING {
        return 0;
    }
    let path = module.path(function);
    // What ends a value belongs to the value's module.
    let path = path.strip_prefix("core::ptr::drop_in_place<").unwrap_or(path);
    PARTS.iter().position(|part| part.has(path)).map_or(0, |at| at + 1)
}
