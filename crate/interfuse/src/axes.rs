//! Axes as people write them: all, one, some, counted from either end.

use crate::error::{Error, ErrorKind, Result};
use crate::symbolic::seen;
use interfuse_compiler::kind;
use interfuse_compiler::shape::{Aval, normalize_axis};
use smallvec::SmallVec;
use std::ops::RangeFull;

/// Some axes of a tensor; negative ones count from the end.
///
/// ```
/// use interfuse::Tensor;
/// let x = Tensor::from([[1i32, 2], [3, 4]]);
/// assert_eq!(x.sum(.., false).to_vec::<i32>()?, [10]);
/// assert_eq!(x.sum(-1, false).to_vec::<i32>()?, [3, 7]);
/// assert_eq!(x.sum([0, 1], true).sizes(), [1, 1]);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Axes {
    /// Every axis.
    All,
    /// These.
    Some(SmallVec<[i64; 4]>),
}

impl From<RangeFull> for Axes {
    fn from(_: RangeFull) -> Axes {
        Axes::All
    }
}

impl From<i32> for Axes {
    fn from(axis: i32) -> Axes {
        Axes::Some([i64::from(axis)].into_iter().collect())
    }
}

impl From<i64> for Axes {
    fn from(axis: i64) -> Axes {
        Axes::Some([axis].into_iter().collect())
    }
}

impl<const N: usize> From<[i32; N]> for Axes {
    fn from(axes: [i32; N]) -> Axes {
        Axes::Some(axes.into_iter().map(i64::from).collect())
    }
}

impl From<&[i64]> for Axes {
    fn from(axes: &[i64]) -> Axes {
        Axes::Some(axes.iter().copied().collect())
    }
}

impl From<Option<&[i64]>> for Axes {
    fn from(axes: Option<&[i64]>) -> Axes {
        axes.map_or(Axes::All, Axes::from)
    }
}

/// One axis of a tensor, from the front.
pub(crate) fn one(op: &str, axis: i64, of: &Aval) -> Result<usize> {
    match normalize_axis(axis, of.shape.rank()) {
        Some(axis) => Ok(axis),
        None => within(op, axis, of.shape.rank(), &seen(of).to_string()),
    }
}

/// An axis among `rank`; `what` has them.
pub(crate) fn within(op: &str, axis: i64, rank: usize, what: &str) -> Result<usize> {
    normalize_axis(axis, rank).ok_or_else(|| {
        let hint = match rank {
            0 => "It has no axes.".to_string(),
            _ => format!("Its axes are 0 to {}, or -{rank} to -1 from the end.", rank - 1),
        };
        Error::new(ErrorKind::CompileArgument, op, format!("axis {axis} is out of range for {what}"), hint)
    })
}

impl Axes {
    /// From the front, sorted, each once.
    pub(crate) fn resolve(&self, op: &str, of: &Aval) -> Result<kind::Axes> {
        let rank = of.shape.rank();
        match self {
            Axes::All => Ok((0..rank as u32).collect()),
            Axes::Some(axes) => {
                let mut sorted = kind::Axes::new();
                for axis in axes {
                    let at = one(op, *axis, of)? as u32;
                    match sorted.binary_search(&at) {
                        Ok(_) => {
                            return Err(Error::new(
                                ErrorKind::CompileArgument,
                                op,
                                format!("axis {axis} of {} is named twice", seen(of)),
                                "Name every axis once.",
                            ));
                        }
                        Err(place) => sorted.insert(place, at),
                    }
                }
                Ok(sorted)
            }
        }
    }
}
