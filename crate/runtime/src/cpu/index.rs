//! Index expressions with all sizes known, as data that is quick to evaluate per block.
//!
//! An expression becomes an affine part (a base and one coefficient per axis) and, where a quotient, remainder, minimum, maximum
//! or computed value is in it, a *rest*: a node of a small integer program. Nodes are shared by all expressions of a phase. A node
//! that is the same for all lanes of a block is evaluated once per block as i64, any other one per lane as i32 (positions stay
//! below 2^31: the device refuses larger buffers).

use super::space::Lanes;
use interfuse_compiler::dim::{Atom, Dim, Symbol, Term};
use interfuse_lanes::memory::{self, Arithmetic, Integers};

/// A node of the integer program: operands are positions of earlier nodes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Node {
    /// A number.
    Const(i64),
    /// The coordinate of an axis.
    Coord(usize),
    /// An int32 value of the kernel's program, by its id.
    Value(u32),
    /// Sum.
    Add(usize, usize),
    /// Product.
    Mul(usize, usize),
    /// Quotient rounded down.
    FloorDiv(usize, usize),
    /// Remainder in `0..divisor`.
    Mod(usize, usize),
    /// The smaller.
    Min(usize, usize),
    /// The larger.
    Max(usize, usize),
}

impl Node {
    fn operands(&self) -> Option<(usize, usize)> {
        match self {
            Node::Const(_) | Node::Coord(_) | Node::Value(_) => None,
            Node::Add(a, b)
            | Node::Mul(a, b)
            | Node::FloorDiv(a, b)
            | Node::Mod(a, b)
            | Node::Min(a, b)
            | Node::Max(a, b) => Some((*a, *b)),
        }
    }

    /// The node of these operands, as a number; coordinates and values are the caller's.
    fn combine(&self, a: i64, b: i64) -> i64 {
        match self {
            Node::Const(_) | Node::Coord(_) | Node::Value(_) => unreachable!("leaves have no operands"),
            Node::Add(..) => a.wrapping_add(b),
            Node::Mul(..) => a.wrapping_mul(b),
            Node::FloorDiv(..) => a.div_euclid(b.max(1)),
            Node::Mod(..) => a.rem_euclid(b.max(1)),
            Node::Min(..) => a.min(b),
            Node::Max(..) => a.max(b),
        }
    }
}

/// The sizes of a call: symbols by number, and the extents of the kernel's axes.
#[derive(Clone, Copy, Debug)]
pub struct Sizes<'a> {
    /// Values of symbols.
    pub symbols: &'a [i64],
    /// Extents of axes.
    pub extents: &'a [i64],
}

impl Sizes<'_> {
    /// The value of an expression of symbols.
    pub fn eval(&self, dim: &Dim) -> i64 {
        dim.eval(&|atom| match atom {
            Atom::Symbol(symbol) => self.symbol(*symbol),
            _ => unreachable!("a size depends on symbols only"),
        })
    }

    fn symbol(&self, symbol: Symbol) -> i64 {
        *self.symbols.get(symbol.0 as usize).expect("the device checks that a call gives every symbol")
    }

    /// A coordinate that can only be 0.
    fn is_fixed(&self, axis: usize) -> bool {
        self.extents[axis] <= 1
    }
}

/// `base + sum of coefficient * coordinate + rest`.
#[derive(Clone, Debug)]
pub struct Linear {
    /// The part without coordinates.
    pub base: i64,
    /// One per axis of the kernel.
    pub coefficients: Vec<i64>,
    /// What is not affine; `Dim::ZERO` when nothing is left.
    pub rest: Dim,
}

/// Does the expression mention a coordinate that can move, or a computed value?
fn moves(dim: &Dim, sizes: Sizes) -> bool {
    let mut found = false;
    dim.visit(&mut |atom| found |= is_moving_leaf(atom, sizes));
    found
}

fn is_moving_leaf(atom: &Atom, sizes: Sizes) -> bool {
    match atom {
        Atom::Coord(axis) => !sizes.is_fixed(*axis as usize),
        Atom::Value(_) => true,
        Atom::Symbol(_) | Atom::FloorDiv(..) | Atom::Mod(..) | Atom::Min(..) | Atom::Max(..) => false,
    }
}

fn atom_moves(atom: &Atom, sizes: Sizes) -> bool {
    match atom.operands() {
        Some((a, b)) => moves(a, sizes) || moves(b, sizes),
        None => is_moving_leaf(atom, sizes),
    }
}

/// The value of an atom that does not move.
fn still(atom: &Atom, sizes: Sizes) -> i64 {
    Dim::atom(atom.clone()).eval(&|leaf| match leaf {
        Atom::Symbol(symbol) => sizes.symbol(*symbol),
        _ => 0,
    })
}

/// Splits an expression into its affine part and the rest.
pub fn linear(dim: &Dim, sizes: Sizes) -> Linear {
    let (terms, constant) = dim.parts();
    let mut result = Linear { base: constant, coefficients: vec![0; sizes.extents.len()], rest: Dim::ZERO };
    let mut rest: Vec<&Term> = Vec::new();
    for term in terms {
        let mut factor = term.coefficient;
        let mut moving: Vec<&Atom> = Vec::new();
        for atom in &term.factors {
            if atom_moves(atom, sizes) {
                moving.push(atom);
            } else {
                factor *= still(atom, sizes);
            }
        }
        match moving.as_slice() {
            [] => result.base += factor,
            [Atom::Coord(axis)] => result.coefficients[*axis as usize] += factor,
            _ => rest.push(term),
        }
    }
    for term in rest {
        let product = term.factors.iter().fold(Dim::Const(term.coefficient), |p, f| p.mul(&Dim::atom(f.clone())));
        result.rest = result.rest.add(&product);
    }
    result
}

/// The integer program of a phase.
#[derive(Clone, Debug, Default)]
pub struct Nodes {
    /// Operands before users, each node once.
    pub list: Vec<Node>,
    /// Is it different from lane to lane?
    pub varying: Vec<bool>,
}

impl Nodes {
    fn intern(&mut self, node: Node, lanes: &Lanes) -> usize {
        if let Some((a, b)) = node.operands()
            && let (Node::Const(x), Node::Const(y)) = (&self.list[a], &self.list[b])
        {
            return self.intern(Node::Const(node.combine(*x, *y)), lanes);
        }
        if let Some(at) = self.list.iter().position(|n| *n == node) {
            return at;
        }
        self.varying.push(match &node {
            Node::Const(_) => false,
            Node::Coord(axis) => lanes.along(*axis).is_some(),
            Node::Value(_) => true,
            other => other.operands().is_some_and(|(a, b)| self.varying[a] || self.varying[b]),
        });
        self.list.push(node);
        self.list.len() - 1
    }

    /// The node that computes an expression.
    pub fn build(&mut self, dim: &Dim, sizes: Sizes, lanes: &Lanes) -> usize {
        let (terms, constant) = dim.parts();
        let mut sum = self.intern(Node::Const(constant), lanes);
        for term in terms {
            let mut product = self.intern(Node::Const(term.coefficient), lanes);
            for factor in &term.factors {
                let factor = self.build_atom(factor, sizes, lanes);
                product = match &self.list[product] {
                    Node::Const(1) => factor,
                    _ => self.intern(Node::Mul(product, factor), lanes),
                };
            }
            sum = match &self.list[sum] {
                Node::Const(0) => product,
                _ => self.intern(Node::Add(sum, product), lanes),
            };
        }
        sum
    }

    fn build_atom(&mut self, atom: &Atom, sizes: Sizes, lanes: &Lanes) -> usize {
        if !atom_moves(atom, sizes) {
            return self.intern(Node::Const(still(atom, sizes)), lanes);
        }
        let mut both = |a: &Dim, b: &Dim| (self.build(a, sizes, lanes), self.build(b, sizes, lanes));
        let node = match atom {
            Atom::Symbol(symbol) => Node::Const(sizes.symbol(*symbol)),
            Atom::Coord(axis) => Node::Coord(*axis as usize),
            Atom::Value(id) => Node::Value(*id),
            Atom::FloorDiv(a, b) => {
                let (a, b) = both(a, b);
                Node::FloorDiv(a, b)
            }
            Atom::Mod(a, b) => {
                let (a, b) = both(a, b);
                Node::Mod(a, b)
            }
            Atom::Min(a, b) => {
                let (a, b) = both(a, b);
                Node::Min(a, b)
            }
            Atom::Max(a, b) => {
                let (a, b) = both(a, b);
                Node::Max(a, b)
            }
        };
        self.intern(node, lanes)
    }
}

/// The results of nodes for the block at hand.
#[derive(Default, Debug)]
pub struct Ints {
    /// Of nodes that do not vary.
    pub scalars: Vec<i64>,
    /// Of nodes that do.
    pub lanes: Vec<Vec<i32>>,
}

impl Ints {
    /// Room for a program of that many nodes.
    pub fn reserve(&mut self, nodes: usize) {
        if self.scalars.len() < nodes {
            self.scalars.resize(nodes, 0);
            self.lanes.resize_with(nodes, Vec::new);
        }
    }

    /// Evaluates one node for `n` lanes; its operands have been evaluated. `value` are the lanes of a `Node::Value`.
    pub fn eval(&mut self, nodes: &Nodes, at: usize, lanes: &Lanes, coords: &[i64], value: &[u32], n: usize) {
        let node = &nodes.list[at];
        if !nodes.varying[at] {
            self.scalars[at] = match node {
                Node::Const(value) => *value,
                Node::Coord(axis) => coords[*axis],
                Node::Value(_) => unreachable!("values vary"),
                other => {
                    let (a, b) = other.operands().expect("not a leaf");
                    other.combine(self.scalars[a], self.scalars[b])
                }
            };
            return;
        }
        let mut out = std::mem::take(&mut self.lanes[at]);
        out.resize(n, 0);
        match node {
            Node::Const(_) => unreachable!("numbers do not vary"),
            Node::Coord(axis) => {
                let relative = lanes.along(*axis).expect("it varies along this axis");
                memory::moved(coords[*axis] as i32, relative, &mut out);
            }
            Node::Value(_) => out.copy_from_slice(bytemuck::cast_slice(&value[..n])),
            Node::Add(a, b) => self.calculate(nodes, Arithmetic::Add, *a, *b, &mut out),
            Node::Mul(a, b) => self.calculate(nodes, Arithmetic::Mul, *a, *b, &mut out),
            Node::FloorDiv(a, b) => self.calculate(nodes, Arithmetic::FloorDiv, *a, *b, &mut out),
            Node::Mod(a, b) => self.calculate(nodes, Arithmetic::Mod, *a, *b, &mut out),
            Node::Min(a, b) => self.calculate(nodes, Arithmetic::Min, *a, *b, &mut out),
            Node::Max(a, b) => self.calculate(nodes, Arithmetic::Max, *a, *b, &mut out),
        }
        self.lanes[at] = out;
    }

    fn calculate(&self, nodes: &Nodes, op: Arithmetic, a: usize, b: usize, out: &mut [i32]) {
        memory::calculate(op, self.get(nodes, a), self.get(nodes, b), out);
    }

    /// The results of a node for the block at hand.
    pub fn get(&self, nodes: &Nodes, at: usize) -> Integers<'_> {
        if nodes.varying[at] { Integers::Each(&self.lanes[at]) } else { Integers::Same(self.scalars[at]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn affine_parts_are_split_off_and_rests_computed() {
        let sizes = Sizes { symbols: &[5], extents: &[4, 6, 1] };
        let none = |_: &Atom| None;
        let s = Dim::symbol(Symbol(0));
        let (i, j, k) = (Dim::coord(0), Dim::coord(1), Dim::coord(2));
        let quotient = j.floor_div(&s, &none);
        // 5*i*s + 3*j + floordiv(j, s)*i - mod(i + j, 3) + k + 2
        let dim =
            i.mul(&s).scale(5).add(&j.scale(3)).add(&quotient.mul(&i)).sub(&i.add(&j).modulo(&Dim::Const(3), &none));
        let dim = dim.add(&k).add(&Dim::Const(2));
        let parts = linear(&dim, sizes);
        assert_eq!((parts.base, parts.coefficients.as_slice()), (2, [25, 3, 0].as_slice()));

        for varying in [None, Some(1), Some(0)] {
            let lanes = match varying {
                None => Lanes::single(),
                Some(axis) => Lanes { count: 3, axes: vec![(axis, vec![0, 1, 2])] },
            };
            let mut nodes = Nodes::default();
            let root = nodes.build(&parts.rest, sizes, &lanes);
            let coords = [1, 3, 0];
            let mut ints = Ints::default();
            ints.reserve(nodes.list.len());
            for at in 0..nodes.list.len() {
                ints.eval(&nodes, at, &lanes, &coords, &[], lanes.count);
            }
            for lane in 0..lanes.count {
                let at = |axis: usize| coords[axis] + if varying == Some(axis) { lane as i64 } else { 0 };
                let want = at(1).div_euclid(5) * at(0) - (at(0) + at(1)).rem_euclid(3);
                let got = if nodes.varying[root] { i64::from(ints.lanes[root][lane]) } else { ints.scalars[root] };
                assert_eq!(got, want, "{varying:?} lane {lane}");
            }
        }
    }
}
