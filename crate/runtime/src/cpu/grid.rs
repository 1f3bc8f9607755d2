//! The driver of map, index and row kernels.
//!
//! Blocks of the grid run through all phases one after another; what a phase hands to the next are values of grid level in pinned
//! registers. How lanes cover a row kernel is decided by strides and sizes:
//!
//! * lanes along the rows, one row at a time: the rows are long and their points lie next to each other;
//! * lanes across the grid, one row point at a time: the rows are short, or it is the grid that lies next to each other (a reduction
//!   over the first axis);
//! * across the grid as well where running combinations walk the rows, from whichever end;
//! * both, where the whole grid is smaller than a block: lanes are row points x rows.
//!
//! All of them are one loop over blocks of row points inside a loop over blocks of the grid.

use super::frame::{Builder, Frame, Machine, Memory, reduced_value};
use super::index::{Sizes, linear};
use super::reduce::Accumulator;
use super::space::{Lanes, Space};
use interfuse_compiler::dim::{Atom, Dim};
use interfuse_compiler::dtype::DType;
use interfuse_compiler::fuse::cost;
use interfuse_compiler::kernel::{Inst, Kernel, Over, Role, ValueId, Walk};
use interfuse_compiler::kind::ReduceOp;
use interfuse_compiler::small;
use interfuse_compiler::tuning::cpu::{FAR, KEPT_ELEMENTS, LEAST_LANES, MAX_LANES, NARROW_GRID, SHORT_ROW};
use interfuse_lanes::memory::repeat;
use interfuse_lanes::reduce::Positions;

/// A map, index or row kernel, ready to run.
#[derive(Debug)]
pub struct GridKernel {
    rank: usize,
    grid: Space,
    rows: Space,
    phases: Vec<PhaseFrame>,
    constants: Vec<(u32, u32)>,
    registers: usize,
    lanes: usize,
    /// The axis of a row that is walked from its end, and its extent.
    backwards: Option<(usize, i64)>,
}

#[derive(Debug)]
struct PhaseFrame {
    over: Over,
    frame: Frame,
    /// The register, op and operand dtype of each reduction.
    reductions: Vec<(u32, ReduceOp, DType)>,
    /// The slots in which the frame's wanted values are kept for later passes.
    saved: Vec<u32>,
    /// Registers of grid-level values to repeat over the lanes of row blocks.
    shared: Vec<u32>,
}

/// Extents in which neighbouring axes of one role that every expression walks as one are one (the outer gets extent 1).
pub fn merged_extents(kernel: &Kernel, symbols: &[i64]) -> Vec<i64> {
    let mut extents: Vec<i64> = vec![0; kernel.axes.len()];
    for (extent, axis) in extents.iter_mut().zip(&kernel.axes) {
        *extent = Sizes { symbols, extents: &[] }.eval(&axis.extent);
    }
    let stores = kernel.phases.iter().flat_map(|p| p.stores.iter().map(|s| &s.index));
    let expressions: Vec<&Dim> = kernel.values.iter().flat_map(|value| value.inst.dims()).chain(stores).collect();
    let sizes = Sizes { symbols, extents: &extents };
    let expressions: Vec<_> = expressions.into_iter().map(|dim| linear(dim, sizes)).collect();
    let mut mentioned = vec![false; extents.len()];
    for expression in &expressions {
        expression.rest.visit(&mut |atom| {
            if let Atom::Coord(axis) = atom {
                mentioned[*axis as usize] = true;
            }
        });
    }
    for role in [Role::Grid, Role::Row, Role::Batch, Role::M, Role::N, Role::K] {
        let mut axes: Vec<usize> = kernel.axes_with(role).filter(|a| extents[*a] != 1).collect();
        let Some(mut inner) = axes.pop() else { continue };
        while let Some(outer) = axes.pop() {
            let walks_on = expressions.iter().all(|e| e.coefficients[outer] == e.coefficients[inner] * extents[inner]);
            if walks_on && !mentioned[outer] && !mentioned[inner] {
                extents[inner] *= extents[outer];
                extents[outer] = 1;
            } else {
                inner = outer;
            }
        }
    }
    extents
}

impl GridKernel {
    /// Prepares a kernel for the given symbol values.
    pub fn new(kernel: &Kernel, symbols: &[i64]) -> GridKernel {
        let extents = merged_extents(kernel, symbols);
        let sizes = Sizes { symbols, extents: &extents };
        let grid_axes: Vec<usize> = kernel.axes_with(Role::Grid).filter(|a| extents[*a] != 1).collect();
        let row_axes: Vec<usize> = kernel.axes_with(Role::Row).filter(|a| extents[*a] != 1).collect();
        let has_rows = kernel.phases.iter().any(|p| p.over == Over::Rows);
        let walk = kernel.walks_rows();
        let (grid_cap, row_cap) = match has_rows && walk.is_none() {
            true => lane_caps(kernel, sizes, &grid_axes, &row_axes),
            // Maps, and rows that are walked point by point.
            false => (MAX_LANES, 1),
        };
        // Fewer columns at a time where what is kept of them would not fit otherwise.
        let length = row_axes.iter().map(|axis| extents[*axis].max(1) as usize).product::<usize>();
        let grid_cap = match row_cap == 1 && !kernel.repeats.is_empty() {
            true => grid_cap.min((KEPT_ELEMENTS / length).max(LEAST_LANES)),
            false => grid_cap,
        };
        let backwards = row_axes.first().filter(|_| walk == Some(Walk::Backwards)).map(|axis| (*axis, extents[*axis]));
        let grid = match tile_axis(kernel, sizes, &grid_axes) {
            Some(along) if !has_rows => Space::tiled(grid_axes, &extents, along),
            _ => Space::new(grid_axes, &extents, grid_cap),
        };
        let rows = Space::new(row_axes, &extents, row_cap);

        let crossing = crossing_values(kernel);
        let mut builder = Builder::new(kernel, sizes, |id| crossing[id.index()]);
        let grid_lanes = grid.lanes();
        let row_lanes = Lanes::product(&rows.lanes(), &grid_lanes);
        let lanes = row_lanes.count;
        let row_elements = (rows.points().max(0) as usize).saturating_mul(grid.block());
        let kept = if row_elements <= KEPT_ELEMENTS { cost::kept(kernel) } else { Vec::new() };
        let slot = |earlier: &ValueId| kept.iter().position(|(_, of)| of == earlier).expect("listed") as u32;
        let reads: Vec<(ValueId, u32)> = kept.iter().map(|(later, earlier)| (*later, slot(earlier))).collect();
        let phases = kernel.phases.iter().map(|phase| {
            let lanes = if phase.over == Over::Rows { row_lanes.clone() } else { grid_lanes.clone() };
            let mut saved: Vec<ValueId> =
                kept.iter().map(|(_, earlier)| *earlier).filter(|id| phase.body.contains(&id.0)).collect();
            small::sort(&mut saved);
            saved.dedup();
            let frame = builder.frame(phase, lanes, &saved, &reads);
            let register = |id: ValueId| builder.pinned(id).expect("results of reductions are pinned");
            let reduction = |id: &ValueId| match &kernel.value(*id).inst {
                Inst::Reduced { op, arg, .. } => (register(*id), *op, kernel.value(*arg).dtype),
                _ => unreachable!("it is a reduction"),
            };
            let own = phase.body.clone().map(ValueId).chain(phase.reductions.iter().copied());
            PhaseFrame {
                over: phase.over,
                frame,
                reductions: phase.reductions.iter().map(reduction).collect(),
                saved: saved.iter().map(slot).collect(),
                shared: own.filter(|id| crossing[id.index()]).map(register).collect(),
            }
        });
        let phases = phases.collect();
        let (registers, constants) = (builder.registers(), builder.constants);
        GridKernel { rank: extents.len(), grid, rows, phases, constants, registers, lanes, backwards }
    }

    /// Runs the kernel.
    pub fn run(&self, machine: &mut Machine, memory: &mut Memory) {
        machine.reserve(self.registers, self.lanes);
        let slots = self.phases.iter().flat_map(|phase| &phase.saved).max().map_or(0, |slot| *slot as usize + 1);
        if machine.kept.len() < slots {
            machine.kept.resize_with(slots, Vec::new);
        }
        for (bits, register) in &self.constants {
            machine.registers[*register as usize][..self.lanes].fill(*bits);
        }
        let of_phase =
            |phase: &PhaseFrame| phase.reductions.iter().map(|(_, op, dtype)| Accumulator::new(*op, *dtype)).collect();
        let mut accumulators: Vec<Vec<Accumulator>> = self.phases.iter().map(of_phase).collect();
        let mut coords = vec![0i64; self.rank];
        let mut positions = Vec::new();
        let mut points = self.grid.start(&mut coords);
        while points > 0 {
            for (phase, accumulators) in self.phases.iter().zip(&mut accumulators) {
                match phase.over {
                    Over::Rows => {
                        self.run_rows(phase, accumulators, machine, memory, &mut coords, points, &mut positions)
                    }
                    Over::Grid => phase.frame.run(machine, memory, &coords, points),
                    Over::Left | Over::Right => unreachable!("contractions have their own driver"),
                }
                if phase.over == Over::Grid || !phase.reductions.is_empty() {
                    for register in &phase.shared {
                        repeat(&mut machine.registers[*register as usize][..self.lanes], points);
                    }
                }
            }
            points = self.grid.advance(&mut coords);
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn run_rows(
        &self,
        phase: &PhaseFrame,
        accumulators: &mut [Accumulator],
        machine: &mut Machine,
        memory: &mut Memory,
        coords: &mut [i64],
        points: usize,
        positions: &mut Vec<u32>,
    ) {
        accumulators.iter_mut().for_each(|a| a.start(points));
        for (register, first) in &phase.frame.running {
            machine.registers[*register as usize][..points].fill(*first);
        }
        let mut done = 0;
        let mut row_points = self.rows.start(coords);
        while row_points > 0 {
            let n = row_points * points;
            let turn = |coords: &mut [i64]| {
                if let Some((axis, extent)) = self.backwards {
                    coords[axis] = extent - 1 - coords[axis];
                }
            };
            turn(coords);
            machine.kept_at = done;
            phase.frame.run(machine, memory, coords, n);
            turn(coords);
            for (slot, place) in phase.saved.iter().zip(&phase.frame.wanted) {
                let mut kept = std::mem::take(&mut machine.kept[*slot as usize]);
                kept.truncate(done);
                kept.extend_from_slice(phase.frame.read(*place, machine, memory, n));
                machine.kept[*slot as usize] = kept;
            }
            done += n;
            for (accumulator, (place, position)) in accumulators.iter_mut().zip(&phase.frame.reductions) {
                let values = phase.frame.read(*place, machine, memory, n);
                let position = match position.map(|node| phase.frame.position(node, machine)) {
                    None => Positions::Same(0),
                    Some(Ok(position)) => Positions::Same(position),
                    Some(Err(lanes)) => {
                        positions.clear();
                        positions.extend(lanes[..n].iter().map(|p| *p as u32));
                        Positions::Lanes(positions)
                    }
                };
                accumulator.update(values, position);
            }
            row_points = self.rows.advance(coords);
        }
        for (accumulator, (register, ..)) in accumulators.iter_mut().zip(&phase.reductions) {
            accumulator.finish(&mut machine.registers[*register as usize]);
        }
    }
}

/// Values that one phase computes and another (or the driver) reads.
pub fn crossing_values(kernel: &Kernel) -> Vec<bool> {
    let mut defined = vec![usize::MAX; kernel.values.len()];
    let mut crossing = vec![false; kernel.values.len()];
    for (at, phase) in kernel.phases.iter().enumerate() {
        phase.body.clone().for_each(|id| defined[id as usize] = at);
        for id in &phase.reductions {
            crossing[id.index()] = true;
        }
    }
    for (at, phase) in kernel.phases.iter().enumerate() {
        let mut touch = |id: u32| {
            if defined[id as usize] != at && defined[id as usize] != usize::MAX {
                crossing[id as usize] = true;
            }
        };
        for id in phase.body.clone() {
            kernel.values[id as usize].inst.operands(&mut touch);
        }
        for store in &phase.stores {
            touch(store.value.0);
            store.operands(&mut touch);
        }
        for id in &phase.reductions {
            touch(reduced_value(kernel, *id).0);
        }
    }
    crossing
}

/// An axis whose neighbours are next to each other in a buffer where those of the innermost axis are far apart.
fn tile_axis(kernel: &Kernel, sizes: Sizes, grid_axes: &[usize]) -> Option<usize> {
    let (innermost, outer) = grid_axes.split_last()?;
    let loads = kernel.values.iter().filter_map(|v| match &v.inst {
        Inst::Load { index, .. } => Some(index),
        _ => None,
    });
    let stores = kernel.phases.iter().flat_map(|p| p.stores.iter().map(|s| &s.index));
    loads.chain(stores).find_map(|index| {
        let coefficients = linear(index, sizes).coefficients;
        let far = coefficients[*innermost].unsigned_abs() >= FAR;
        let close = |axis: &&usize| coefficients[**axis].unsigned_abs() == 1 && sizes.extents[**axis] >= 4;
        outer.iter().find(close).copied().filter(|_| far)
    })
}

/// Lanes of a block along the grid and along the rows, at most.
fn lane_caps(kernel: &Kernel, sizes: Sizes, grid_axes: &[usize], row_axes: &[usize]) -> (usize, usize) {
    let extent = |axes: &[usize]| axes.iter().map(|a| sizes.extents[*a]).product::<i64>();
    let (grid, rows) = (extent(grid_axes), extent(row_axes));
    let along_rows = (1, MAX_LANES);
    if grid <= 1 {
        return along_rows;
    }
    let across = match grid <= NARROW_GRID {
        true => (grid as usize, MAX_LANES / grid as usize),
        false => (MAX_LANES, 1),
    };
    if rows < SHORT_ROW {
        return across;
    }
    // Which neighbours are next to each other in memory?
    let is_close = |index: &Dim, axis: Option<&usize>| {
        axis.is_some_and(|axis| linear(index, sizes).coefficients[*axis].unsigned_abs() == 1)
    };
    let (mut by_row, mut by_grid) = (0, 0);
    for phase in kernel.phases.iter().filter(|p| p.over == Over::Rows) {
        let loads = phase.body.clone().filter_map(|id| match &kernel.values[id as usize].inst {
            Inst::Load { index, .. } => Some(index),
            _ => None,
        });
        for index in loads.chain(phase.stores.iter().map(|s| &s.index)) {
            by_row += u32::from(is_close(index, row_axes.last()));
            by_grid += u32::from(is_close(index, grid_axes.last()));
        }
    }
    if by_grid > by_row { across } else { along_rows }
}
