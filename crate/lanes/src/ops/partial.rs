//! Partial derivatives, written against whatever can apply the rows: graphs, and doubles in the tests.

use super::Op;

/// What formulas of derivatives are built with: a graph, or numbers.
pub trait Build {
    /// A value of any shape.
    type N: Clone;
    /// Applies a row; operands have one shape.
    fn op(&mut self, op: Op, args: &[Self::N]) -> Self::N;
    /// A weak constant of the shape and dtype of `like`.
    fn number(&mut self, value: f64, like: &Self::N) -> Self::N;
}

/// `d!(b, like, (x * (Sin y)))`: a fully parenthesised formula; literals become numbers like `like`.
macro_rules! d {
    ($b:ident, $l:ident, {$c:expr}) => { $b.number($c, $l) };
    ($b:ident, $l:ident, $c:literal) => { $b.number($c, $l) };
    ($b:ident, $l:ident, $x:ident) => { $x.clone() };
    ($b:ident, $l:ident, ($x:tt + $y:tt)) => { $crate::ops::partial::d!($b, $l, (Add $x $y)) };
    ($b:ident, $l:ident, ($x:tt - $y:tt)) => { $crate::ops::partial::d!($b, $l, (Sub $x $y)) };
    ($b:ident, $l:ident, ($x:tt * $y:tt)) => { $crate::ops::partial::d!($b, $l, (Mul $x $y)) };
    ($b:ident, $l:ident, ($x:tt / $y:tt)) => { $crate::ops::partial::d!($b, $l, (Div $x $y)) };
    ($b:ident, $l:ident, ($op:ident $($x:tt)+)) => {{
        let operands = [$($crate::ops::partial::d!($b, $l, $x)),+];
        $b.op($crate::ops::Op::$op, &operands)
    }};
}
pub(crate) use d;
