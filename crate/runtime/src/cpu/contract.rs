//! The driver of contractions.
//!
//! Blocked as usual: a block of the result stays in a scratch tile while panels of both operands along a piece of k are packed and
//! multiplied (`gemm`); then the epilogue runs over the tile, lanes along its rows. An operand that is a plain float32 load is packed
//! straight from its buffer; any other `Left` or `Right` phase is computed into a scratch tile first, lanes along whichever of its
//! axes lies next to each other in memory. Sums are float32 over at most `KC` products each, then float32 over those.

use super::frame::{Builder, Frame, Machine, Memory};
use super::gemm::{Isa, KC, MR, Offsets, Source, multiply, pack};
use super::grid::{crossing_values, merged_extents};
use super::index::{Sizes, linear};
use super::space::{Lanes, MAX_LANES};
use interfuse_compiler::dtype::DType;
use interfuse_compiler::kernel::{Inst, Kernel, Over, Phase, Role, ValueId};
use interfuse_compiler::ops::block_round_f16;

/// Rows of the left operand packed at a time: with `KC` points a quarter of a second-level cache.
const MC: usize = 64;
/// Rows and columns of the result's tile.
const TILE_ROWS: usize = 1024;
const TILE_COLUMNS: usize = 256;
/// A result narrower than this has the lanes of its epilogue along its rows.
const NARROW: i64 = 8;

/// Axes of one role, flattened row-major.
#[derive(Clone, Debug)]
struct Group {
    axes: Vec<usize>,
    extents: Vec<i64>,
    size: usize,
}

impl Group {
    fn new(kernel: &Kernel, role: Role, extents: &[i64]) -> Group {
        let axes: Vec<usize> = kernel.axes_with(role).filter(|a| extents[*a] != 1).collect();
        let extents: Vec<i64> = axes.iter().map(|a| extents[*a]).collect();
        let size = extents.iter().product::<i64>() as usize;
        Group { axes, extents, size }
    }

    /// Sets the coordinates of a flattened position; how many positions follow on the innermost axis, itself included.
    fn locate(&self, position: usize, coords: &mut [i64]) -> usize {
        let (mut rest, mut run) = (position as i64, 1);
        for (at, (axis, extent)) in self.axes.iter().zip(&self.extents).enumerate().rev() {
            coords[*axis] = rest % extent;
            rest /= extent;
            if at + 1 == self.axes.len() {
                run = extent - coords[*axis];
            }
        }
        run as usize
    }

    /// Lanes along the innermost axis.
    fn lanes(&self) -> Lanes {
        match (self.axes.last(), self.extents.last()) {
            (Some(axis), Some(extent)) if *extent > 1 => {
                let count = (*extent as usize).min(MAX_LANES);
                Lanes { count, axes: vec![(*axis, (0..count as i32).collect())] }
            }
            _ => Lanes::single(),
        }
    }

    fn offsets(&self, coefficients: &[i64]) -> Offsets {
        match self.axes.as_slice() {
            [] => Offsets::Stride(0),
            [axis] => Offsets::Stride(coefficients[*axis]),
            axes => {
                let mut coords = vec![0; coefficients.len()];
                let offset = |position: usize| {
                    self.locate(position, &mut coords);
                    axes.iter().map(|a| coefficients[*a] * coords[*a]).sum::<i64>() as i32
                };
                Offsets::Table((0..self.size).map(offset).collect())
            }
        }
    }
}

/// An operand.
#[derive(Debug)]
enum Operand {
    /// A plain float32 load.
    Direct { binding: usize, base: i64, coefficients: Vec<i64>, rows: Offsets, depth: Offsets },
    /// A program.
    Computed { frame: Frame, along_depth: bool },
}

/// A contraction, ready to run.
#[derive(Debug)]
pub struct ContractKernel {
    rank: usize,
    batch: Group,
    m: Group,
    n: Group,
    k: Group,
    left: Operand,
    right: Operand,
    /// The register and dtype of the product.
    product: (u32, DType),
    epilogue: Vec<Frame>,
    /// Do the lanes of the epilogue run along the result's columns?
    along_columns: bool,
    constants: Vec<(u32, u32)>,
    registers: usize,
    isa: Isa,
}

/// Scratch of one run.
#[derive(Default)]
struct Scratch {
    left: Vec<f32>,
    right: Vec<f32>,
    computed: Vec<u32>,
    tile: Vec<f32>,
}

impl ContractKernel {
    /// Prepares a contraction for the given symbol values.
    pub fn new(kernel: &Kernel, symbols: &[i64]) -> ContractKernel {
        let extents = merged_extents(kernel, symbols);
        let sizes = Sizes { symbols, extents: &extents };
        let group = |role: Role| Group::new(kernel, role, &extents);
        let (batch, m, n, k) = (group(Role::Batch), group(Role::M), group(Role::N), group(Role::K));
        let is_product = |v: &interfuse_compiler::kernel::Value| matches!(v.inst, Inst::Product { .. });
        let at = kernel.values.iter().position(is_product).expect("a contraction has a product");
        let Inst::Product { left, right } = kernel.values[at].inst else { unreachable!("it is the product") };

        let crossing = crossing_values(kernel);
        let mut builder = Builder::new(kernel, sizes, |id| id.index() == at || crossing[id.index()]);
        let left = operand(kernel, &mut builder, sizes, Over::Left, left, &m, &k);
        let right = operand(kernel, &mut builder, sizes, Over::Right, right, &n, &k);
        let along_columns = n.size as i64 >= NARROW || n.size >= m.size;
        let lanes = if along_columns { n.lanes() } else { m.lanes() };
        let phases = kernel.phases.iter().filter(|p| p.over == Over::Grid);
        let epilogue = phases.map(|phase| builder.frame(phase, lanes.clone(), &[])).collect();
        let product = (builder.pinned(ValueId(at as u32)).expect("the product is pinned"), kernel.values[at].dtype);
        let (rank, registers, constants) = (extents.len(), builder.registers(), builder.constants);
        let isa = Isa::best();
        ContractKernel {
            rank,
            batch,
            m,
            n,
            k,
            left,
            right,
            product,
            epilogue,
            along_columns,
            constants,
            registers,
            isa,
        }
    }

    /// Runs the contraction.
    pub fn run(&self, machine: &mut Machine, memory: &mut Memory) {
        if self.batch.size * self.m.size * self.n.size == 0 {
            return;
        }
        machine.reserve(self.registers, MAX_LANES);
        for (bits, register) in &self.constants {
            machine.registers[*register as usize].fill(*bits);
        }
        let mut coords = vec![0i64; self.rank];
        let mut scratch = Scratch::default();
        for batch in 0..self.batch.size {
            self.batch.locate(batch, &mut coords);
            for column in (0..self.n.size).step_by(TILE_COLUMNS) {
                let columns = TILE_COLUMNS.min(self.n.size - column);
                for row in (0..self.m.size).step_by(TILE_ROWS) {
                    let rows = TILE_ROWS.min(self.m.size - row);
                    let stride = self.tile(machine, memory, &mut coords, &mut scratch, (row, rows), (column, columns));
                    self.finish(machine, memory, &mut coords, &scratch.tile, stride, (row, rows), (column, columns));
                }
            }
        }
    }

    /// Computes one tile of the product; the distance of its rows.
    fn tile(
        &self,
        machine: &mut Machine,
        memory: &mut Memory,
        coords: &mut [i64],
        scratch: &mut Scratch,
        (row, rows): (usize, usize),
        (column, columns): (usize, usize),
    ) -> usize {
        let nr = self.isa.nr();
        let stride = columns.next_multiple_of(nr);
        scratch.tile.clear();
        scratch.tile.resize(rows.next_multiple_of(MR) * stride, 0.0);
        for from in (0..self.k.size).step_by(KC) {
            let depth = KC.min(self.k.size - from);
            let right = (&mut scratch.right, &mut scratch.computed);
            self.right.pack(right, machine, memory, coords, (&self.n, column, columns), (&self.k, from, depth), nr);
            for first in (0..rows).step_by(MC) {
                let count = MC.min(rows - first);
                let left = (&mut scratch.left, &mut scratch.computed);
                self.left.pack(left, machine, memory, coords, (&self.m, row + first, count), (&self.k, from, depth), MR);
                let tile = &mut scratch.tile[first * stride..];
                multiply(self.isa, &scratch.left, &scratch.right, depth, tile, stride);
            }
        }
        stride
    }

    /// Runs the epilogue over a tile.
    #[allow(clippy::too_many_arguments)]
    fn finish(
        &self,
        machine: &mut Machine,
        memory: &mut Memory,
        coords: &mut [i64],
        tile: &[f32],
        stride: usize,
        (row, rows): (usize, usize),
        (column, columns): (usize, usize),
    ) {
        let most = self.epilogue.first().map_or(1, Frame::lanes);
        // Lines are rows of the tile with lanes along its columns, or the other way round.
        let (line_group, line, lines, group, start, len, line_step, step) = match self.along_columns {
            true => (&self.m, row, rows, &self.n, column, columns, stride, 1),
            false => (&self.n, column, columns, &self.m, row, rows, 1, stride),
        };
        for at in 0..lines {
            line_group.locate(line + at, coords);
            let mut done = 0;
            while done < len {
                let n = group.locate(start + done, coords).min(len - done).min(most);
                let register = &mut machine.registers[self.product.0 as usize][..n];
                let values = tile[at * line_step + done * step..].iter().step_by(step);
                register.iter_mut().zip(values).for_each(|(lane, value)| *lane = value.to_bits());
                if self.product.1 == DType::Float16 {
                    block_round_f16(register);
                }
                for frame in &self.epilogue {
                    frame.run(machine, memory, coords, n);
                }
                done += n;
            }
        }
    }
}

/// Decides how an operand is read.
fn operand(
    kernel: &Kernel,
    builder: &mut Builder,
    sizes: Sizes,
    over: Over,
    value: ValueId,
    rows: &Group,
    depth: &Group,
) -> Operand {
    let phase: &Phase = kernel.phases.iter().find(|p| p.over == over).expect("an operand has its phase");
    if let Inst::Load { binding, index } = &kernel.value(value).inst
        && kernel.bindings[*binding as usize].dtype == DType::Float32
    {
        let parts = linear(index, sizes);
        if parts.rest.is(0) {
            let (rows, depth) = (rows.offsets(&parts.coefficients), depth.offsets(&parts.coefficients));
            let binding = *binding as usize;
            return Operand::Direct { binding, base: parts.base, coefficients: parts.coefficients, rows, depth };
        }
    }
    let (mut by_row, mut by_depth) = (0, 0);
    for id in phase.body.clone() {
        if let Inst::Load { index, .. } = &kernel.values[id as usize].inst {
            let coefficients = linear(index, sizes).coefficients;
            let is_close = |group: &Group| group.axes.last().is_some_and(|axis| coefficients[*axis].unsigned_abs() == 1);
            by_row += u32::from(is_close(rows));
            by_depth += u32::from(is_close(depth));
        }
    }
    let along_depth = by_depth >= by_row;
    let lanes = if along_depth { depth.lanes() } else { rows.lanes() };
    Operand::Computed { frame: builder.frame(phase, lanes, &[value]), along_depth }
}

impl Operand {
    /// Packs a piece of the operand into panels of `width` rows.
    #[allow(clippy::too_many_arguments)]
    fn pack(
        &self,
        (out, computed): (&mut Vec<f32>, &mut Vec<u32>),
        machine: &mut Machine,
        memory: &mut Memory,
        coords: &mut [i64],
        (row_group, row, rows): (&Group, usize, usize),
        (depth_group, from, depth): (&Group, usize, usize),
        width: usize,
    ) {
        match self {
            Operand::Direct { binding, base, coefficients, rows: row_offsets, depth: depth_offsets } => {
                // Only batch axes count here: those of rows and k are in the offsets.
                let own = |axis: &usize| row_group.axes.contains(axis) || depth_group.axes.contains(axis);
                let batch: i64 = (0..coords.len()).filter(|a| !own(a)).map(|a| coefficients[a] * coords[a]).sum();
                let words = memory.reads[*binding];
                let source = Source { words, base: base + batch, rows: row_offsets, depth: depth_offsets };
                pack(out, source, width, row, rows, from, depth);
            }
            Operand::Computed { frame, along_depth } => {
                let (lines, lanes) = match along_depth {
                    true => ((row_group, row, rows), (depth_group, from, depth)),
                    false => ((depth_group, from, depth), (row_group, row, rows)),
                };
                compute(frame, computed, machine, memory, coords, lines, lanes);
                let (unit, line) = (Offsets::Stride(1), Offsets::Stride(lanes.2 as i64));
                let (row_offsets, depth_offsets) = if *along_depth { (&line, &unit) } else { (&unit, &line) };
                let source = Source { words: computed, base: 0, rows: row_offsets, depth: depth_offsets };
                pack(out, source, width, 0, rows, 0, depth);
            }
        }
    }
}

/// Computes a piece of an operand, line by line.
fn compute(
    frame: &Frame,
    out: &mut Vec<u32>,
    machine: &mut Machine,
    memory: &mut Memory,
    coords: &mut [i64],
    (line_group, line, lines): (&Group, usize, usize),
    (group, start, len): (&Group, usize, usize),
) {
    out.clear();
    for at in 0..lines {
        line_group.locate(line + at, coords);
        let mut done = 0;
        while done < len {
            let n = group.locate(start + done, coords).min(len - done).min(frame.lanes());
            frame.run(machine, memory, coords, n);
            out.extend_from_slice(frame.read(frame.wanted[0], machine, memory, n));
            done += n;
        }
    }
}
