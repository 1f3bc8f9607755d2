//! The listing of a kernel: golden tests, panics and debugging show it, and [`super::parse_kernel`] reads it.
//!
//! ```text
//! row kernel row_max_sub
//!   i0: grid < 4
//!   i1: row < 5
//!   b0: read float32[20]
//!   b1: write float32[20]
//!   u0: size 4
//!   over rows
//!     v0: float32 = b0[5*i0 + i1]
//!     v1: float32 = max v0
//!   over rows
//!     v2: float32 = b0[5*i0 + i1]
//!     v3: float32 = sub v2 v1
//!     b1[5*i0 + i1] = v3
//!   repeats v2=v0
//! ```
//!
//! Axes, bindings and the uniform block come first, then the phases, each with its values, its reductions and its stores; `part 0..2`
//! says that what follows is a part over those axes. Values that a kernel computes again are listed at the end. Printing and parsing
//! are inverse to each other.

use super::{Access, Class, Inst, Kernel, Over, Role, Serial, Uniform, Value};
use crate::text::scalar;
use std::fmt;

impl Class {
    /// The word in listings.
    pub(super) fn word(self) -> &'static str {
        if self == Class::Serial { "serial" } else { self.name() }
    }
}

impl Role {
    /// The word in listings.
    pub(super) fn word(self) -> &'static str {
        match self {
            Role::Grid => "grid",
            Role::Row => "row",
            Role::Batch => "batch",
            Role::M => "m",
            Role::N => "n",
            Role::K => "k",
        }
    }
}

impl Over {
    /// The word in listings.
    pub(super) fn word(self) -> &'static str {
        match self {
            Over::Grid => "grid",
            Over::Rows => "rows",
            Over::Left => "left",
            Over::Right => "right",
        }
    }
}

impl fmt::Display for Value {
    /// The line of a value, without its number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = ", self.dtype)?;
        match &self.inst {
            Inst::Load { binding, index } => write!(f, "b{binding}[{index}]"),
            Inst::Index { value } => write!(f, "index {value}"),
            Inst::Inside { value, low, high } => write!(f, "inside {low} <= {value} < {high}"),
            Inst::Literal { value } => write!(f, "literal {}", scalar(*value)),
            Inst::Uniform { member } => write!(f, "uniform u{member}"),
            Inst::Apply { op, args, .. } => {
                f.write_str(op.name())?;
                args.iter().try_for_each(|arg| write!(f, " v{}", arg.0))
            }
            Inst::Cast { arg, .. } => write!(f, "astype v{}", arg.0),
            Inst::SortKey { arg, .. } => write!(f, "sortKey v{}", arg.0),
            Inst::Bits { key: [a, b], position } => write!(f, "randomBits v{} v{} v{}", a.0, b.0, position.0),
            Inst::Reduced { op, arg, position } => {
                write!(f, "{} v{}", op.name(), arg.0)?;
                if position.is(0) { Ok(()) } else { write!(f, " position={position}") }
            }
            Inst::Running { op, arg, restart, reverse } => {
                write!(f, "scan v{} op={}", arg.0, op.name())?;
                restart.map_or(Ok(()), |restart| write!(f, " restart=v{}", restart.0))?;
                f.write_str(if *reverse { " reverse" } else { "" })
            }
            Inst::Product { left, right } => write!(f, "product v{} v{}", left.0, right.0),
        }
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} kernel {}", self.class.word(), self.name)?;
        for (at, axis) in self.axes.iter().enumerate() {
            writeln!(f, "  i{at}: {} < {}", axis.role.word(), axis.extent)?;
        }
        for (at, binding) in self.bindings.iter().enumerate() {
            let word = if binding.access == Access::Read { "read" } else { "write" };
            write!(f, "  b{at}: {word} {}[{}]", binding.dtype, binding.len)?;
            binding.block.map_or(Ok(()), |block| write!(f, " block={block}"))?;
            writeln!(f)?;
        }
        for (at, uniform) in self.uniforms.iter().enumerate() {
            match uniform {
                Uniform::Size(dim) => writeln!(f, "  u{at}: size {dim}")?,
                Uniform::Literal(value) => writeln!(f, "  u{at}: {} {}", value.dtype(), scalar(*value))?,
            }
        }
        if let Some((serial, operands)) = &self.serial {
            match serial {
                Serial::Scan { op, reverse } => {
                    write!(f, "  serial scan op={}{}", op.name(), if *reverse { " reverse" } else { "" })?;
                }
                Serial::Sort => write!(f, "  serial argsort")?,
                Serial::Scatter { op } => write!(f, "  serial scatter op={}", op.name())?,
                Serial::Loop => write!(f, "  serial loop")?,
            }
            operands.iter().try_for_each(|operand| write!(f, " b{operand}"))?;
            writeln!(f)?;
        }
        for (at, phase) in self.phases.iter().enumerate() {
            if let Some(part) = self.parts.iter().find(|part| part.phases.start == at as u32) {
                writeln!(f, "  part {}..{}", part.axes.start, part.axes.end)?;
            }
            writeln!(f, "  over {}", phase.over.word())?;
            for id in phase.body.clone().chain(phase.reductions.iter().map(|id| id.0)) {
                match self.values.get(id as usize) {
                    Some(value) => writeln!(f, "    v{id}: {value}")?,
                    None => writeln!(f, "    v{id} is missing")?,
                }
            }
            for store in &phase.stores {
                writeln!(f, "    b{}[{}] = v{}", store.binding, store.index, store.value.0)?;
            }
        }
        if !self.repeats.is_empty() {
            f.write_str("  repeats")?;
            self.repeats.iter().try_for_each(|(later, first)| write!(f, " v{}=v{}", later.0, first.0))?;
            writeln!(f)?;
        }
        Ok(())
    }
}
