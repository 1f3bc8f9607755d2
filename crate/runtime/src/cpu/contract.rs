//! The driver of contractions.
//!
//! Blocked as usual: a block of the result stays in a scratch tile while panels of both operands along a piece of k are packed and
//! multiplied (`gemm`); then the epilogue runs over the tile, lanes along its rows. An operand that is a plain float32 load is packed
//! straight from its buffer, unless every element would be looked up where blocks of lanes are copied sooner (windows of few
//! channels); any other `Left` or `Right` phase is computed into a scratch tile first, lanes along whichever of its axes is longer or
//! lies next to each other in memory. Sums are float32 over at most `KC` products each, then float32 over those.
//!
//! A matrix times a few vectors moves more than it computes: there the vectors are kept and the matrix is read once, where it is.

use super::frame::{Builder, Frame, Machine, Memory};
use super::grid::{crossing_values, merged_extents};
use super::index::{Sizes, linear};
use super::space::Lanes;
use interfuse_compiler::dtype::DType;
use interfuse_compiler::kernel::{Inst, Kernel, Over, Phase, Role, ValueId};
use interfuse_compiler::ops::block_round_f16;
use interfuse_compiler::tuning::cpu::{
    BLOCK_COST, COMPUTED, COMPUTED_DEPTH, FAR_COST, GATHERED_COST, GATHERED_LINE_COST, MATRIX_ROWS, MAX_LANES, NARROW,
    PACKED, TILE_COLUMNS, TILE_ROWS, VECTORS,
};
use interfuse_lanes::gemm::{Along, Isa, KC, MR, Offsets, Source, add_scaled, dots, multiply, pack};
use interfuse_lanes::memory::strided;

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

/// A piece of a group: from a position on, how many.
type Piece<'a> = (&'a Group, usize, usize);

/// A tile of the product: where its rows and columns begin, how many, and how far apart they are in it.
#[derive(Clone, Copy)]
struct Tile {
    rows: (usize, usize, usize),
    columns: (usize, usize, usize),
}

/// Scratch of one run.
#[derive(Default)]
struct Scratch {
    left: Vec<f32>,
    right: Vec<f32>,
    computed: Vec<u32>,
    line: Vec<u32>,
    tile: Vec<f32>,
}

/// Cuts a length into pieces: (start, length).
fn pieces(len: usize, most: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..len).step_by(most).map(move |from| (from, most.min(len - from)))
}

/// Rows of so many points to take at a time: so many elements together, in whole tiles, and not more than a block has lanes.
fn rows_of(elements: usize, depth: usize) -> usize {
    (elements / depth.max(1) / MR * MR).clamp(MR, MAX_LANES)
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
        let left = operand(kernel, &mut builder, sizes, Over::Left, left, &m, &k, &n);
        let right = operand(kernel, &mut builder, sizes, Over::Right, right, &n, &k, &m);
        let along_columns = n.size as i64 >= NARROW || n.size >= m.size;
        let lanes = if along_columns { n.lanes() } else { m.lanes() };
        let phases = kernel.phases.iter().filter(|p| p.over == Over::Grid);
        let epilogue = phases.map(|phase| builder.frame(phase, lanes.clone(), &[], &[])).collect();
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
            if self.m.size.min(self.n.size) <= VECTORS {
                self.run_vectors(machine, memory, &mut coords, &mut scratch);
                continue;
            }
            for column in (0..self.n.size).step_by(TILE_COLUMNS) {
                let columns = TILE_COLUMNS.min(self.n.size - column);
                for row in (0..self.m.size).step_by(TILE_ROWS) {
                    let rows = TILE_ROWS.min(self.m.size - row);
                    let stride = self.tile(machine, memory, &mut coords, &mut scratch, (row, rows), (column, columns));
                    let tile = Tile { rows: (row, rows, stride), columns: (column, columns, 1) };
                    self.finish(machine, memory, &mut coords, &scratch.tile, tile);
                }
            }
        }
    }

    /// A matrix times a few vectors.
    fn run_vectors(&self, machine: &mut Machine, memory: &mut Memory, coords: &mut [i64], scratch: &mut Scratch) {
        let matrix_is_left = self.n.size <= VECTORS;
        let (matrix, rows, vectors, count) = match matrix_is_left {
            true => (&self.left, &self.m, &self.right, &self.n),
            false => (&self.right, &self.n, &self.left, &self.m),
        };
        let (isa, depth) = (self.isa, self.k.size);
        {
            let (whole, all) = ((count, 0, count.size), (&self.k, 0, depth));
            let source = vectors.source(&mut scratch.computed, machine, memory, coords, whole, all);
            pack(&mut scratch.right, source, 1, count.size, depth);
        }
        let (most_rows, most_depth) = match matrix {
            Operand::Direct { .. } => (MATRIX_ROWS, depth.max(1)),
            Operand::Computed { .. } => (rows_of(COMPUTED, depth.min(COMPUTED_DEPTH)), COMPUTED_DEPTH),
        };
        let mut lines: Vec<(usize, f32)> = Vec::new();
        for row in (0..rows.size).step_by(MATRIX_ROWS) {
            let tile_rows = MATRIX_ROWS.min(rows.size - row);
            scratch.tile.clear();
            scratch.tile.resize(tile_rows * count.size, 0.0);
            for (first, from) in
                pieces(tile_rows, most_rows).flat_map(|r| pieces(depth, most_depth).map(move |k| (r, k)))
            {
                let ((first, rows_here), (from, depth_here)) = (first, from);
                let (whole, all) = ((rows, row + first, rows_here), (&self.k, from, depth_here));
                let source = matrix.source(&mut scratch.computed, machine, memory, coords, whole, all);
                if !source.depth.is_unit() && source.rows.is_unit() {
                    for vector in 0..count.size {
                        let scales = &scratch.right[vector * depth + from..][..depth_here];
                        lines.clear();
                        lines.extend(scales.iter().enumerate().map(|(k, scale)| (source.at(0, k), *scale)));
                        let out = &mut scratch.tile[vector * tile_rows + first..][..rows_here];
                        add_scaled(isa, source.words, &lines, out);
                    }
                    continue;
                }
                for at in 0..rows_here {
                    let out = &mut scratch.tile[first + at..];
                    let vectors = &scratch.right[from..];
                    if source.depth.is_unit() {
                        let values = &source.words[source.at(at, 0)..][..depth_here];
                        dots(isa, values, vectors, depth, out, tile_rows);
                    } else {
                        scratch.line.clear();
                        scratch.line.extend((0..depth_here).map(|k| source.words[source.at(at, k)]));
                        dots(isa, &scratch.line, vectors, depth, out, tile_rows);
                    }
                }
            }
            let (long, short) = ((row, tile_rows, 1), (0, count.size, tile_rows));
            let (rows, columns) = if matrix_is_left { (long, short) } else { (short, long) };
            self.finish(machine, memory, coords, &scratch.tile, Tile { rows, columns });
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
            let k = (&self.k, from, depth);
            let source =
                self.right.source(&mut scratch.computed, machine, memory, coords, (&self.n, column, columns), k);
            pack(&mut scratch.right, source, nr, columns, depth);
            for (first, count) in pieces(rows, rows_of(PACKED, depth)) {
                let piece = (&self.m, row + first, count);
                let source = self.left.source(&mut scratch.computed, machine, memory, coords, piece, k);
                pack(&mut scratch.left, source, MR, count, depth);
                let tile = &mut scratch.tile[first * stride..];
                multiply(self.isa, &scratch.left, &scratch.right, depth, tile, stride);
            }
        }
        stride
    }

    /// Runs the epilogue over a tile.
    fn finish(&self, machine: &mut Machine, memory: &mut Memory, coords: &mut [i64], values: &[f32], tile: Tile) {
        let most = self.epilogue.first().map_or(1, Frame::lanes);
        // Lines are rows of the tile with lanes along its columns, or the other way round.
        let rows = (&self.m, tile.rows);
        let columns = (&self.n, tile.columns);
        let (lines, lanes) = if self.along_columns { (rows, columns) } else { (columns, rows) };
        let (line_group, (line, lines, line_step)) = lines;
        let (group, (start, len, step)) = lanes;
        for at in 0..lines {
            line_group.locate(line + at, coords);
            let mut done = 0;
            while done < len {
                let n = group.locate(start + done, coords).min(len - done).min(most);
                let register = &mut machine.registers[self.product.0 as usize][..n];
                strided(&values[at * line_step + done * step..], step, register);
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

/// Decides how an operand is read; `others` are the rows of the other one.
#[allow(clippy::too_many_arguments)]
fn operand(
    kernel: &Kernel,
    builder: &mut Builder,
    sizes: Sizes,
    over: Over,
    value: ValueId,
    rows: &Group,
    depth: &Group,
    others: &Group,
) -> Operand {
    let phase: &Phase = kernel.phases.iter().find(|p| p.over == over).expect("an operand has its phase");
    // What an element costs with lanes along a group: its share of running a block, and more where neighbours are far apart.
    let cost = |group: &Group, most: usize| {
        let far = phase.body.clone().filter(|id| match &kernel.values[*id as usize].inst {
            Inst::Load { index, .. } => {
                let coefficients = linear(index, sizes).coefficients;
                group.axes.last().is_some_and(|axis| coefficients[*axis].unsigned_abs() > 1)
            }
            _ => false,
        });
        BLOCK_COST / group.lanes().count.min(most) as f64 + FAR_COST * far.count() as f64
    };
    let (by_depth, by_row) = (cost(depth, KC), cost(rows, rows_of(PACKED, depth.size)));
    if let Inst::Load { binding, index } = &kernel.value(value).inst
        && kernel.bindings[*binding as usize].dtype == DType::Float32
    {
        let parts = linear(index, sizes);
        let gathering = if rows.size.min(others.size) <= VECTORS { GATHERED_LINE_COST } else { GATHERED_COST };
        let in_order = rows.axes.len() < 2 || depth.axes.len() < 2;
        if parts.rest.is(0) && (in_order || by_depth.min(by_row) >= gathering) {
            let (rows, depth) = (rows.offsets(&parts.coefficients), depth.offsets(&parts.coefficients));
            let binding = *binding as usize;
            return Operand::Direct { binding, base: parts.base, coefficients: parts.coefficients, rows, depth };
        }
    }
    let along_depth = by_depth <= by_row;
    let lanes = if along_depth { depth.lanes() } else { rows.lanes() };
    Operand::Computed { frame: builder.frame(phase, lanes, &[value], &[]), along_depth }
}

impl Operand {
    /// Where a piece of the operand is, computing it first if it must be.
    fn source<'a, 'm: 'a>(
        &'a self,
        computed: &'a mut Vec<u32>,
        machine: &mut Machine,
        memory: &mut Memory<'m>,
        coords: &mut [i64],
        rows: Piece,
        depth: Piece,
    ) -> Source<'a> {
        match self {
            Operand::Direct { binding, base, coefficients, rows: row_offsets, depth: depth_offsets } => {
                // Only batch axes count here: those of rows and k are in the offsets.
                let own = |axis: &usize| rows.0.axes.contains(axis) || depth.0.axes.contains(axis);
                let batch: i64 = (0..coords.len()).filter(|a| !own(a)).map(|a| coefficients[a] * coords[a]).sum();
                let (words, base) = (memory.reads[*binding], base + batch);
                Source { words, base, rows: row_offsets.from(rows.1), depth: depth_offsets.from(depth.1) }
            }
            Operand::Computed { frame, along_depth } => {
                let (lines, lanes) = if *along_depth { (rows, depth) } else { (depth, rows) };
                compute(frame, computed, machine, memory, coords, lines, lanes);
                let (unit, line) = (Along::From(1, 0), Along::From(lanes.2 as i64, 0));
                let (rows, depth) = if *along_depth { (line, unit) } else { (unit, line) };
                Source { words: computed, base: 0, rows, depth }
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
    (line_group, line, lines): Piece,
    (group, start, len): Piece,
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
