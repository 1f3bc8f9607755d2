//! The driver of scans, sorts and scatters: which lines of which buffers; the loops are [`serial`].

use super::frame::Memory;
use super::index::Sizes;
use super::reduce::update;
use interfuse_compiler::dtype::DType;
use interfuse_compiler::kernel::{Kernel, Role, Serial};
use interfuse_lanes::serial::{self, Lines};

/// A kernel of class `Serial` for known sizes.
#[derive(Debug)]
pub struct SerialKernel {
    serial: Serial,
    /// Bindings of the operands, and of the result.
    operands: Vec<usize>,
    result: usize,
    /// Of the first operand.
    dtype: DType,
    /// Of the indices of a scatter, and how many there are.
    indices: (DType, usize),
    lines: Lines,
}

impl SerialKernel {
    /// Prepares a kernel for these values of the symbols.
    pub fn new(kernel: &Kernel, symbols: &[i64]) -> SerialKernel {
        let (serial, operands) = kernel.serial.as_ref().expect("a serial kernel says what it does");
        let sizes = Sizes { symbols, extents: &[] };
        let extent = |at: usize| sizes.eval(&kernel.axes[at].extent).max(0) as usize;
        let binding = |at: usize| &kernel.bindings[operands[at] as usize];
        let indices = match serial {
            Serial::Scatter { .. } => (binding(1).dtype, sizes.eval(&binding(1).len).max(0) as usize),
            Serial::Scan { .. } | Serial::Sort | Serial::Loop => (DType::Int32, 0),
        };
        debug_assert!(kernel.axes[1].role == Role::Row);
        SerialKernel {
            serial: *serial,
            operands: operands.iter().map(|binding| *binding as usize).collect(),
            result: kernel.bindings.len() - 1,
            dtype: binding(0).dtype,
            indices,
            lines: Lines { outer: extent(0), size: extent(1), inner: extent(2) },
        }
    }

    /// Runs it.
    pub fn run(&self, memory: &mut Memory) {
        let out = &mut *memory.writes[self.result];
        let data = memory.reads[self.operands[0]];
        let (lines, dtype) = (self.lines, self.dtype);
        match self.serial {
            Serial::Scan { op, reverse } => {
                let starts = self.operands.get(1).map(|binding| memory.reads[*binding]);
                serial::scan(lines, update(op), reverse, dtype, (data, starts), out);
            }
            Serial::Sort => serial::order(lines, dtype, data, out),
            Serial::Loop => unreachable!("the plan has the kernels of a loop's body"),
            Serial::Scatter { op } => {
                let (index_dtype, count) = self.indices;
                let indices = (index_dtype, &memory.reads[self.operands[1]][..count]);
                let both = (data, memory.reads[self.operands[2]]);
                serial::scatter(lines, update(op), dtype, both, indices, out);
            }
        }
    }
}
