//! Every threshold by which the compiler chooses between ways to compute the same: those that differ from class to class of adapters
//! ([`Thresholds`]), the others as constants, and those of the CPU device's drivers ([`cpu`]). What weighs bytes against operations is
//! `fuse/cost`; beside it only what a construction itself demands is a number elsewhere.
//!
//! Figures named here were measured on SwiftShader (Chromium 156) and llvmpipe (Mesa 22.3) where they say so. Those of GPUs follow from
//! what is common to them (subgroups of 32 or 64, 16 KiB of workgroup memory), and are for a tuner to better.

use crate::target::AdapterClass;

/// What differs from class to class.
#[derive(Debug)]
pub struct Thresholds {
    /// Invocations of a workgroup that does not cooperate.
    pub workgroup: u32,
    /// Rows up to this length are done by one invocation each. On software adapters a barrier costs ten times the work between two.
    pub row_alone: i64,
    /// Invocations that share a row, at most.
    pub row_workgroup: u32,
    /// Do workgroups stage the tiles of contractions? On SwiftShader 1.9 GFLOP/s, against 4.9 of tiles in registers.
    pub stages_tiles: bool,
    /// Contractions of at most so many rows or columns whose matrix lies along k are rows; 0 for never. One invocation per sum would
    /// leave a GPU idle.
    pub narrow: i64,
}

impl Thresholds {
    /// Of a class.
    pub fn of(class: AdapterClass) -> &'static Thresholds {
        match class {
            AdapterClass::Gpu => &GPU,
            AdapterClass::Software | AdapterClass::Cpu => &SOFTWARE,
        }
    }
}

static GPU: Thresholds =
    Thresholds { workgroup: 256, row_alone: 32, row_workgroup: 256, stages_tiles: true, narrow: 4 };

/// The CPU device has no schedules; its kernels are lowered for looking at.
static SOFTWARE: Thresholds =
    Thresholds { workgroup: 64, row_alone: ROW_ALONE_MOST, row_workgroup: 64, stages_tiles: false, narrow: 0 };

// Rows.

/// Longer rows, and rows of unknown length, are shared whatever the class: one invocation alone would use one lane of the CPU where the
/// workgroup uses all, and llvmpipe silently ends an invocation's loops after 65,535 iterations altogether.
pub const ROW_ALONE_MOST: i64 = 8192;
/// With so many rows, and neighbouring rows neighbours in memory, one invocation per row fills a GPU.
pub const ROWS_THAT_FILL: i64 = 4096;
/// Rows are shared by a workgroup of 32, 64, 128 or 256 invocations: by the first up to this length, and so on.
pub const ROW_WORKGROUPS: [(i64, u32); 4] = [(128, 32), (512, 64), (2048, 128), (i64::MAX, 256)];
/// Points of a block of a long sum: the error of a float32 sum grows with the block and the number of blocks, not with the row.
pub const SUM_BLOCK: u32 = 256;

// Contractions.

/// Results of fewer rows or columns than this leave most of a staged tile empty.
pub const TILE_LEAST: i64 = 32;
/// Results of so many rows and columns have tiles of 128 x 128 enough for every core; each element staged is then used twice as often.
pub const TILE_LARGE: i64 = 2048;
/// Invocations along each side of a staged tile.
pub const TILE_SIDE: u32 = 16;
/// Rows and columns of a tile in registers.
pub const REGISTER_TILE: u32 = 4;
/// Sums shorter than this are done by one invocation, however narrow the contraction.
pub const NARROW_SHORT: i64 = 64;
/// Operands of more values than this are functions of the shader.
pub const OPERAND_INLINE: usize = 8;

// What is split before fusion.

/// Rows this long are split even when the kernel that reduces them also goes over their elements again.
pub const SPLIT_ROW: i64 = 1 << 20;
/// Rows this long are split when nothing goes over their elements again.
pub const SPLIT_PURE_ROW: i64 = 1 << 16;
/// With this many rows the device is busy without splitting.
pub const SPLIT_BUSY_ROWS: i64 = 64;
/// Elements of a part of a split row.
pub const SPLIT_PART: i64 = 4096;
/// Parts of a split row.
pub const SPLIT_MOST_PARTS: i64 = 1024;
/// A contraction that sums more is done in parts: llvmpipe would end the loop of one invocation.
pub const SPLIT_SUM: i64 = 1 << 15;

// Scans, sorts, scatters.

/// Elements of a block that is scanned by one invocation.
pub const SCAN_BLOCK: i64 = 32;
/// Axes up to this length are scanned as one block.
pub const SCAN_SHORT: i64 = 128;
/// Levels of an axis of unknown length; what is left then is scanned as one block.
pub const SCAN_LEVELS: u32 = 2;
/// Axes up to this length are sorted by comparing all pairs: two dispatches, and as much work per element as the axis is long.
pub const SORT_SHORT: i64 = 128;
/// So are longer ones of so many pairs in all.
pub const SORT_PAIRS: i64 = 1 << 22;
/// Elements of a block whose digits are counted together. A count fits a byte.
pub const SORT_BLOCK: i64 = 32;
/// Steps of a bisection within one kernel.
pub const SEARCH_STEPS: usize = 10;
/// With at most this many pairs of an element and an update, each element goes over all updates.
pub const SCATTER_PAIRS: i64 = 1 << 22;

// Fusion.

/// With more sources than this a node counts as one possible buffer of its own.
pub const FOOTPRINT: usize = 4;
/// Scalar operations that may be repeated per extra position of a value within a kernel.
pub const REPEATED_OPS: u32 = 24;
/// Scalar operations that may sit in a contraction's loads.
pub const PROLOGUE_OPS: u32 = 4;
/// Scalar operations that cost as much as moving a byte where kernels that need a value anyway would each compute it: many of these are
/// hidden, or computed once per row.
pub const OPS_PER_BYTE: f64 = 8.0;
/// Scalar operations that a kernel rather repeats for every element than waits for another kernel that does them for one.
pub const SCALAR_OPS: u32 = 96;
/// Groups that a group tries to merge with, per shared operand: keeps merging linear.
pub const MERGE_TRIES: usize = 4;
/// Elements of a temporary that is next to nothing.
pub const SMALL_TEMPORARY: i64 = 4096;
/// Kernels in the making that a map may still join: keeps the search linear.
pub const OPEN_KERNELS: usize = 4;
/// A larger value gains nothing from sharing a kernel, and loses much when it is kept for the sake of others.
pub const MEMBER_BYTES: u64 = 32 << 20;
/// Bytes of one shared block at most.
pub const ARENA_BYTES: u64 = 256 << 20;

/// What the CPU device's drivers choose by, which run kernels without schedules.
pub mod cpu {
    use interfuse_lanes::gemm::KC;

    // Blocks of lanes.

    /// Lanes of one block at most: 2 KiB per register, so that a dozen live registers stay in the first-level cache.
    pub const MAX_LANES: usize = 512;
    /// Lanes of a block at least, where fewer would let it keep its rows.
    pub const LEAST_LANES: usize = 64;
    /// The sides of a tile: two cache lines along what is next to each other there, and few lines of what is far apart, because lines
    /// at a power of two share a cache set (16 x 32 takes twice as long for 2048 x 2048).
    pub const TILE: [i64; 2] = [32, 8];
    /// Elements at least this far apart share no cache line.
    pub const FAR: u64 = 16;

    // Rows.

    /// A grid narrower than this shares its blocks with row points.
    pub const NARROW_GRID: i64 = 128;
    /// Rows shorter than this run across the grid.
    pub const SHORT_ROW: i64 = 16;
    /// Elements that are kept at a time, of each value: two megabytes stay in the caches that a core has for itself.
    pub const KEPT_ELEMENTS: usize = 1 << 19;
    /// Blocks that a float32 lane adds up before it moves to float64.
    pub const BLOCKS_PER_FLUSH: u32 = 32;

    // Contractions.

    /// Elements of the left operand packed at a time: a quarter of a second-level cache.
    pub const PACKED: usize = 64 * KC;
    /// Rows of the result's tile.
    pub const TILE_ROWS: usize = 1024;
    /// Columns of the result's tile.
    pub const TILE_COLUMNS: usize = 256;
    /// With at most so many rows or columns the result is a matrix times vectors.
    pub const VECTORS: usize = 4;
    /// Rows of the matrix in the tile of a matrix times vectors.
    pub const MATRIX_ROWS: usize = 1024;
    /// Points along k that are computed of the matrix at a time.
    pub const COMPUTED_DEPTH: usize = 16 * KC;
    /// Elements that are computed of the matrix at a time.
    pub const COMPUTED: usize = 64 * COMPUTED_DEPTH;
    /// A result narrower than this has the lanes of its epilogue along its rows.
    pub const NARROW: i64 = 8;

    // Packing an operand straight from its buffer, or by blocks of lanes. Only the ratios of these costs matter. They were not timed one
    // by one but fitted to the convolutions of `runtime/examples/cpu_bench.rs` on one x86 machine.

    /// What running a block of lanes costs.
    pub const BLOCK_COST: f64 = 64.0;
    /// What a lane costs more that is not next to its neighbour.
    pub const FAR_COST: f64 = 1.0;
    /// What an element costs whose row and place along k are both looked up, as it is packed.
    pub const GATHERED_COST: f64 = 1.0;
    /// What it costs as part of a line.
    pub const GATHERED_LINE_COST: f64 = 3.5;
}
