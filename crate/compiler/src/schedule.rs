//! Schedules: how a kernel runs on a GPU, as a value.
//!
//! `lower/choose` chooses one by the kernel, the target and the thresholds of `tuning`; `lower` emits it; `inspect` shows its text;
//! `Tuning::schedules` of a target overrides the choice, which is what a tuner does as well. What a schedule leaves open follows from the
//! kernel alone (which buffers are bound as vectors, in which order rows are walked): a kernel, a schedule and a target are one shader.

mod text;

pub use text::BadSchedule;

/// How a kernel runs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Schedule {
    /// Maps and look-ups: an invocation computes one grid point, or four neighbours as a vector.
    Map {
        /// Invocations of a workgroup.
        workgroup: u32,
        /// Points of an invocation: 1 or 4.
        lanes: u32,
    },
    /// Rows, and contractions whose sums are rows.
    Row {
        /// Who does a row.
        by: By,
        /// Invocations of a workgroup.
        workgroup: u32,
        /// Points of a block of a long float32 sum.
        block: u32,
    },
    /// Contractions: an invocation computes a part of a tile of the result.
    Contract {
        /// Where operands wait for their use.
        staging: Staging,
        /// Invocations of a workgroup.
        workgroup: u32,
        /// Rows and columns of the result that an invocation computes.
        thread: [u32; 2],
        /// Along what its vectors lie.
        vectors: Vectors,
    },
    /// A plain loop of the CPU device; no GPU runs it.
    Serial,
}

/// Who does a row.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum By {
    /// One invocation.
    Thread,
    /// A workgroup, which combines what its invocations found in a tree in its memory.
    Workgroup,
    /// A workgroup, whose subgroups combine by themselves first.
    Subgroups,
}

/// Where operands of a contraction wait for their use.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Staging {
    /// Nowhere: every invocation loads its own.
    Registers,
    /// In workgroup memory, in slices of so many steps along k.
    Workgroup {
        /// Steps of a slice.
        depth: u32,
    },
}

/// How the tile of an invocation is made of vectors.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Vectors {
    /// Along n: `sum.xyzw += left * right.xyzw`.
    AlongN,
    /// Along k: `sum.xyzw += left.xyzw * right.xyzw`, added up at the end.
    AlongK,
    /// It is of scalars.
    None,
}
