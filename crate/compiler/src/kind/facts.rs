//! What is known of every kind: one table, a row per kind.
//!
//! Whatever is the same question for all kinds is a column here, and asked of the row. What has an answer of its own for each kind, with
//! the kind's parameters in it, stays a `match` (shape rules, values, derivatives). `kind/tests.rs` holds every row against what the
//! compiler does.

use super::{Kind, View};
use crate::ops::random::BITS_COST;

/// How many operands a kind takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arity {
    /// At least so many.
    pub least: usize,
    /// At most so many.
    pub most: usize,
}

impl Arity {
    const fn exactly(count: usize) -> Arity {
        Arity { least: count, most: count }
    }

    /// As many as something inside the kind says.
    const ANY: Arity = Arity { least: 0, most: usize::MAX };
}

/// What becomes of a node when its graph becomes kernels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lowering {
    /// Its value is in memory before the first kernel: an argument, a constant.
    Bound,
    /// Computed from the coordinates alone, at no cost, so never stored for others.
    Free,
    /// Computed from one element of each operand, at its own coordinates.
    Elementwise,
    /// The operand at other coordinates, which are arithmetic.
    View,
    /// One of the operands' elements, which one depends on values: makes a map an index kernel.
    LookUp,
    /// Computed from the coordinates and a few fixed elements of the operand.
    Keyed,
    /// As the operand; simplification and fusion see what it holds apart.
    Barrier,
    /// A pass over rows.
    Row,
    /// A sum of products.
    Contraction,
    /// A map that stores where an operand says; GPUs only.
    Permutation,
    /// A plain loop on the CPU device; on GPUs it is written as other kinds, or in blocks.
    Serial,
    /// Other kinds stand in for it everywhere.
    Rewritten,
    /// Steps of the plan, which repeat the kernels of its body.
    Steps,
    /// Its body, which simplification puts in its place.
    Inlined,
}

impl Lowering {
    /// Can it be computed inside a kernel at any coordinates? Reductions and contractions cannot: they need axes of their own.
    pub fn is_pointwise(self) -> bool {
        match self {
            Lowering::Free
            | Lowering::Elementwise
            | Lowering::View
            | Lowering::LookUp
            | Lowering::Keyed
            | Lowering::Barrier => true,
            Lowering::Bound
            | Lowering::Row
            | Lowering::Contraction
            | Lowering::Permutation
            | Lowering::Serial
            | Lowering::Rewritten
            | Lowering::Steps
            | Lowering::Inlined => false,
        }
    }
}

/// The rewrite rules of `simplify` that look at a kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RuleGroup {
    /// Those of scalar ops.
    Map,
    /// Those of changes of dtype.
    Cast,
    /// Those of views.
    View,
    /// Those of reductions.
    Reduce,
    /// The rest, each of which looks at few kinds.
    Index,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// The word that names the kind in listings, graphs and reasons.
    pub name: &'static str,
    /// How many operands it takes.
    pub arity: Arity,
    /// What becomes of it.
    pub lowering: Lowering,
    /// Scalar operations per element where it is computed inside a kernel; an addition is 1. See `fuse::cost`.
    pub ops: u32,
    /// Instructions of a kernel's program that it becomes; what the cap on a kernel's size counts.
    pub instructions: u32,
    /// The rewrite rules that look at it.
    pub rules: Option<RuleGroup>,
    /// Do derivatives go through it, from float results to float operands? Scalar ops say by which operands.
    pub differentiable: bool,
}

impl Kind {
    /// The row of the kind. Columns: name, operands, lowering, operations and instructions, rules, differentiable.
    pub fn facts(&self) -> Facts {
        const NO: bool = false;
        const YES: bool = true;
        const NONE: Arity = Arity::exactly(0);
        const ONE: Arity = Arity::exactly(1);
        const TWO: Arity = Arity::exactly(2);
        const ANY: Arity = Arity::ANY;
        const INDEX: Option<RuleGroup> = Some(RuleGroup::Index);
        const VIEW: Option<RuleGroup> = Some(RuleGroup::View);
        use Lowering as L;
        match self {
            Kind::Input { .. } => row("input", NONE, L::Bound, (0, 0), None, NO),
            Kind::Constant { .. } => row("constant", NONE, L::Bound, (0, 0), None, NO),
            Kind::Literal { .. } => row("literal", NONE, L::Free, (0, 0), None, NO),
            Kind::Iota { .. } => row("iota", NONE, L::Free, (0, 0), INDEX, NO),
            Kind::Size { .. } => row("size", NONE, L::Free, (0, 0), INDEX, NO),
            Kind::Map { op } => {
                let of = op.row();
                row(of.name, Arity::exactly(of.arity), L::Elementwise, (of.cost, 1), Some(RuleGroup::Map), YES)
            }
            Kind::Cast { .. } => row("astype", ONE, L::Elementwise, (1, 1), Some(RuleGroup::Cast), YES),
            Kind::Reduce { op, .. } => row(op.name(), ONE, L::Row, (0, 1), Some(RuleGroup::Reduce), YES),
            Kind::Scan { .. } => row("scan", Arity { least: 1, most: 2 }, L::Serial, (0, 0), None, YES),
            Kind::View(View::Reshape { .. }) => row("reshape", ONE, L::View, (0, 0), VIEW, YES),
            Kind::View(View::Transpose { .. }) => row("transpose", ONE, L::View, (0, 0), VIEW, YES),
            Kind::View(View::Broadcast { .. }) => row("broadcast", ONE, L::View, (0, 0), VIEW, YES),
            Kind::View(View::Slice { .. }) => row("slice", ONE, L::View, (0, 0), VIEW, YES),
            Kind::View(View::Flip { .. }) => row("flip", ONE, L::View, (0, 0), VIEW, YES),
            Kind::View(View::Pad { .. }) => row("pad", ONE, L::View, (0, 0), VIEW, YES),
            Kind::Dot { .. } => row("dot", TWO, L::Contraction, (0, 1), INDEX, YES),
            Kind::Conv { .. } => row("conv", TWO, L::Rewritten, (0, 0), None, YES),
            Kind::Gather { .. } => row("gather", TWO, L::LookUp, (4, 4), INDEX, YES),
            Kind::Scatter { .. } => row("scatter", Arity::exactly(3), L::Serial, (0, 0), INDEX, YES),
            Kind::Concatenate { .. } => row("concatenate", ANY, L::LookUp, (4, 3), INDEX, YES),
            Kind::ArgSort { .. } => row("argsort", ONE, L::Serial, (0, 0), INDEX, NO),
            Kind::SortKey => row("sortKey", ONE, L::Elementwise, (4, 1), None, NO),
            Kind::Permute => row("permute", TWO, L::Permutation, (0, 0), None, NO),
            Kind::RandomBits { .. } => row("randomBits", ONE, L::Keyed, (BITS_COST, 8), None, NO),
            Kind::Call { .. } => row("call", ANY, L::Inlined, (0, 0), None, YES),
            Kind::Loop { .. } => row("loop", ANY, L::Steps, (0, 0), None, YES),
            Kind::Barrier { .. } => row("barrier", ONE, L::Barrier, (0, 0), None, YES),
        }
    }

    /// The word that names this in listings, graphs and reasons.
    pub fn name(&self) -> &'static str {
        self.facts().name
    }

    /// What becomes of it when its graph becomes kernels.
    pub fn lowering(&self) -> Lowering {
        self.facts().lowering
    }
}

const fn row(
    name: &'static str,
    arity: Arity,
    lowering: Lowering,
    (ops, instructions): (u32, u32),
    rules: Option<RuleGroup>,
    differentiable: bool,
) -> Facts {
    Facts { name, arity, lowering, ops, instructions, rules, differentiable }
}
