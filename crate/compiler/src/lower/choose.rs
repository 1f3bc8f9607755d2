//! The choice of a schedule, and which ones a kernel can have.

use super::analyse::{axis_of_quads, contiguity, four_lanes, rows_are_neighbours, spaces};
use super::narrow::as_row;
use crate::dim::Dim;
use crate::kernel::{Class, Kernel, Over, Phase, Role};
use crate::schedule::{By, Schedule, Staging, Vectors};
use crate::target::{AdapterClass, Target};
use crate::tuning::{
    NARROW_SHORT, REGISTER_TILE, ROW_ALONE_MOST, ROW_WORKGROUPS, ROWS_THAT_FILL, SUM_BLOCK, TILE_LARGE, TILE_LEAST,
    TILE_SIDE, Thresholds,
};

impl Schedule {
    /// The schedule of a kernel: the first of the target's own that fits it, or else what the thresholds say.
    pub fn select(kernel: &Kernel, target: &Target) -> Schedule {
        let wanted = target.tuning.schedules.iter().find(|schedule| schedule.check(kernel, target).is_ok());
        wanted.copied().unwrap_or_else(|| match kernel.class {
            Class::Map | Class::Index => map(kernel, target),
            Class::Row => row(kernel, target),
            Class::Contract => contract(kernel, target),
            Class::Serial => Schedule::Serial,
        })
    }

    /// Can the kernel run so on that target? An error says what is in the way.
    ///
    /// # Errors
    /// A sentence about the schedule.
    pub fn check(&self, kernel: &Kernel, target: &Target) -> Result<(), &'static str> {
        let demand = |holds: bool, why: &'static str| if holds { Ok(()) } else { Err(why) };
        let workgroup = match *self {
            Schedule::Map { workgroup, lanes } => {
                demand(matches!(kernel.class, Class::Map | Class::Index), "it is for maps and look-ups")?;
                let four = || four_lanes(kernel, &spaces(kernel)).is_some();
                demand(
                    lanes == 1 || (lanes == 4 && four()),
                    "an invocation does one point, or four where neighbours lie together",
                )?;
                workgroup
            }
            Schedule::Row { by, workgroup, block } => {
                let is_row = kernel.class == Class::Row || as_row(kernel).is_some();
                demand(is_row, "it is for rows and for contractions of narrow matrices")?;
                demand(block > 0, "a block has points")?;
                let alone = by == By::Thread;
                demand(
                    alone || kernel.walks_rows().is_none(),
                    "rows with running combinations are walked by one invocation",
                )?;
                demand(
                    alone || (workgroup.is_power_of_two() && workgroup <= 1024),
                    "a row is shared by a power of two of invocations",
                )?;
                demand(by != By::Subgroups || target.features.subgroups, "the device has no subgroups")?;
                let long = kernel.extent(&[Role::Row, Role::K]).as_const().is_none_or(|len| len > ROW_ALONE_MOST);
                let ends = target.class != AdapterClass::Gpu && kernel.walks_rows().is_none();
                demand(!(alone && long && ends), "drivers of software adapters end long loops of one invocation")?;
                workgroup
            }
            Schedule::Contract { staging, workgroup, thread: [rows, columns], vectors } => {
                demand(kernel.class == Class::Contract, "it is for contractions")?;
                let quads = |role: Role| axis_of_quads(kernel, role).is_some();
                let lie = match vectors {
                    Vectors::AlongN => quads(Role::N) && columns % 4 == 0,
                    Vectors::AlongK => quads(Role::K) && staging == Staging::Registers,
                    Vectors::None => true,
                };
                demand(lie, "its vectors need an axis of a multiple of four, and along n four columns each")?;
                demand(
                    rows > 0 && columns > 0 && rows * columns <= 64,
                    "a tile of an invocation has 1 to 64 elements",
                )?;
                if let Staging::Workgroup { depth } = staging {
                    let side = TILE_SIDE * TILE_SIDE;
                    demand(
                        workgroup == side && rows == columns && rows % 4 == 0,
                        "staged tiles are square, of 256 invocations",
                    )?;
                    demand(
                        depth * TILE_SIDE * (rows / 4) == side,
                        "each invocation stages one vector of each operand",
                    )?;
                    let bytes = depth * (2 * TILE_SIDE * (rows / 4) + 1) * 16;
                    demand(bytes <= target.limits.workgroup_bytes, "the slices do not fit into workgroup memory")?;
                }
                workgroup
            }
            Schedule::Serial => return demand(kernel.class == Class::Serial, "it is for plain loops"),
        };
        let most = target.limits.workgroup_invocations;
        demand(workgroup > 0 && workgroup <= most, "the device has no workgroups of that size")
    }
}

/// Invocations of a workgroup that does not cooperate.
fn independent(target: &Target) -> u32 {
    Thresholds::of(target.class).workgroup.min(target.limits.workgroup_invocations.max(1))
}

/// Four lanes wherever they can be used: on SwiftShader that is four times faster for a stream, on GPUs it turns four loads into one.
fn map(kernel: &Kernel, target: &Target) -> Schedule {
    let lanes = if four_lanes(kernel, &spaces(kernel)).is_some() { 4 } else { 1 };
    Schedule::Map { workgroup: independent(target), lanes }
}

fn row(kernel: &Kernel, target: &Target) -> Schedule {
    if !shares_rows(kernel, target) {
        return Schedule::Row { by: By::Thread, workgroup: independent(target), block: SUM_BLOCK };
    }
    let by = if target.features.subgroups { By::Subgroups } else { By::Workgroup };
    Schedule::Row { by, workgroup: shared_workgroup(kernel, target), block: SUM_BLOCK }
}

/// Does a workgroup share a row?
fn shares_rows(kernel: &Kernel, target: &Target) -> bool {
    if target.limits.workgroup_invocations < 32 || kernel.walks_rows().is_some() {
        return false;
    }
    match kernel.extent(&[Role::Row]).as_const() {
        Some(len) if len <= Thresholds::of(target.class).row_alone => return false,
        // Too long for the columns below as well.
        Some(len) if len > ROW_ALONE_MOST => return true,
        Some(_) => {}
        None => return true,
    }
    // Where the row axis strides and the innermost grid axis does not, lanes should lie along the grid.
    let many = kernel.extent(&[Role::Grid]).as_const().is_some_and(|rows| rows >= ROWS_THAT_FILL);
    !(many && rows_are_neighbours(kernel))
}

/// A power of two, no larger than it takes to give every lane a few points.
fn shared_workgroup(kernel: &Kernel, target: &Target) -> u32 {
    let most = target.limits.workgroup_invocations.min(Thresholds::of(target.class).row_workgroup);
    let len = kernel.extent(&[Role::Row]).as_const().unwrap_or(i64::MAX);
    let (_, wanted) = ROW_WORKGROUPS.into_iter().find(|(up_to, _)| len <= *up_to).expect("the last is for any length");
    let mut size = 32;
    while size * 2 <= most && size < wanted {
        size *= 2;
    }
    size
}

fn contract(kernel: &Kernel, target: &Target) -> Schedule {
    if let Some(rows) = narrow(kernel, target) {
        return row(&rows, target);
    }
    if stages_tiles(kernel, target) { staged(kernel) } else { registers(kernel, target) }
}

/// The contraction as rows, where that is the better schedule: at most four rows (or columns) and a matrix that lies along k.
fn narrow(kernel: &Kernel, target: &Target) -> Option<Kernel> {
    let most = Thresholds::of(target.class).narrow;
    let narrow = |role: Role| kernel.extent(&[role]).as_const().is_some_and(|e| e <= most);
    if kernel.extent(&[Role::K]).as_const().is_some_and(|k| k < NARROW_SHORT) {
        return None;
    }
    let along_k = |over: Over, free: Role| {
        let phase = kernel.phases.iter().find(|phase| phase.over == over);
        phase.is_some_and(|phase| contiguity(kernel, phase, Role::K) > contiguity(kernel, phase, free))
    };
    let fits = (narrow(Role::M) && along_k(Over::Right, Role::N)) || (narrow(Role::N) && along_k(Over::Left, Role::M));
    if fits { as_row(kernel) } else { None }
}

/// Is there room for the tiles, and a result that fills some of them?
fn stages_tiles(kernel: &Kernel, target: &Target) -> bool {
    let wide = |role: Role| kernel.extent(&[role]).as_const().is_none_or(|e| e >= TILE_LEAST);
    Thresholds::of(target.class).stages_tiles
        && target.limits.workgroup_invocations >= TILE_SIDE * TILE_SIDE
        && target.limits.workgroup_bytes >= 16384
        && wide(Role::M)
        && wide(Role::N)
}

fn staged(kernel: &Kernel) -> Schedule {
    let large = [Role::M, Role::N].iter().all(|r| kernel.extent(&[*r]).as_const().is_some_and(|e| e >= TILE_LARGE));
    let blocks = if large { 2 } else { 1 };
    Schedule::Contract {
        staging: Staging::Workgroup { depth: TILE_SIDE / blocks },
        workgroup: TILE_SIDE * TILE_SIDE,
        thread: [4 * blocks; 2],
        vectors: if axis_of_quads(kernel, Role::N).is_some() { Vectors::AlongN } else { Vectors::None },
    }
}

fn registers(kernel: &Kernel, target: &Target) -> Schedule {
    let phase = |over: Over| kernel.phases.iter().find(|phase| phase.over == over);
    let along = |phase: Option<&Phase>, role: Role| phase.map_or(0, |phase| contiguity(kernel, phase, role));
    let (left, right) = (phase(Over::Left), phase(Over::Right));
    let lie_along_k = along(right, Role::K) > along(right, Role::N) && along(left, Role::K) > 0;
    let vectors = if axis_of_quads(kernel, Role::K).is_some() && lie_along_k {
        Vectors::AlongK
    } else if axis_of_quads(kernel, Role::N).is_some() {
        Vectors::AlongN
    } else {
        Vectors::None
    };
    let most = |extent: &Dim| extent.as_const().map_or(REGISTER_TILE, |e| (e.max(1) as u32).min(REGISTER_TILE));
    let (m, n) = (kernel.extent(&[Role::M]), kernel.extent(&[Role::N]));
    let columns = match vectors {
        Vectors::AlongN if n.as_const().is_some_and(|n| n % 8 == 0) => 8,
        Vectors::AlongN => 4,
        Vectors::AlongK | Vectors::None => most(&n),
    };
    let workgroup = independent(target).min(64);
    Schedule::Contract { staging: Staging::Registers, workgroup, thread: [most(&m), columns], vectors }
}
