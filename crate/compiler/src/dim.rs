//! Integer expressions: the sizes of symbolic shapes and the index arithmetic of kernels.
//!
//! Both are the same algebra, a polynomial with integer coefficients over *atoms*: a symbol of a symbolic size, a coordinate of a
//! kernel's iteration space, a value that a kernel computed (gathers), or a floor division, remainder, minimum or maximum that could
//! not be simplified away. The normal form (terms sorted by their atoms, no zero coefficients) makes equal expressions equal values,
//! so views compose by arithmetic: a transpose of a reshape of a slice becomes one polynomial, and what cancels is gone.
//!
//! Constants are held unboxed: a graph without symbols never allocates here.

mod solve;

use crate::small;
use smallvec::{SmallVec, smallvec};
use std::fmt;
use std::sync::Arc;

/// A size that is not known until the call.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Symbol(pub u32);

/// An indivisible part of a polynomial.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Atom {
    /// A symbolic size.
    Symbol(Symbol),
    /// The coordinate of that axis of a kernel's iteration space.
    Coord(u32),
    /// An int32 value of a kernel's program, by its id there.
    Value(u32),
    /// Quotient rounded to minus infinity; the divisor is positive.
    FloorDiv(Dim, Dim),
    /// Remainder in `0..divisor`; the divisor is positive.
    Mod(Dim, Dim),
    /// The smaller.
    Min(Dim, Dim),
    /// The larger.
    Max(Dim, Dim),
}

/// A product of atoms with an integer factor.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Term {
    /// Sorted; an atom stands here once per power.
    pub factors: SmallVec<[Atom; 1]>,
    /// Not zero.
    pub coefficient: i64,
}

/// A polynomial with at least one term.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Poly {
    /// Sorted by factors, each list of factors once.
    pub terms: Vec<Term>,
    /// The part without atoms.
    pub constant: i64,
}

/// An integer expression in normal form.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dim {
    /// A number.
    Const(i64),
    /// Anything with an atom in it.
    Poly(Arc<Poly>),
}

/// What is known of an atom: inclusive bounds, `None` when it has none.
pub type Range = Option<(i64, i64)>;

impl Dim {
    /// Zero.
    pub const ZERO: Dim = Dim::Const(0);
    /// One.
    pub const ONE: Dim = Dim::Const(1);

    /// A symbolic size.
    pub fn symbol(symbol: Symbol) -> Dim {
        Dim::atom(Atom::Symbol(symbol))
    }

    /// The coordinate of an axis of a kernel.
    pub fn coord(axis: usize) -> Dim {
        Dim::atom(Atom::Coord(axis as u32))
    }

    /// An atom alone.
    pub fn atom(atom: Atom) -> Dim {
        Dim::Poly(Arc::new(Poly { terms: vec![Term { factors: smallvec![atom], coefficient: 1 }], constant: 0 }))
    }

    /// The number, when this is one.
    pub fn as_const(&self) -> Option<i64> {
        match self {
            Dim::Const(value) => Some(*value),
            Dim::Poly(_) => None,
        }
    }

    /// The number as a size, when this is one and not negative.
    pub fn as_usize(&self) -> Option<usize> {
        self.as_const().and_then(|value| usize::try_from(value).ok())
    }

    /// Is this that number?
    pub fn is(&self, value: i64) -> bool {
        self.as_const() == Some(value)
    }

    /// Terms and constant part.
    pub fn parts(&self) -> (&[Term], i64) {
        match self {
            Dim::Const(value) => (&[], *value),
            Dim::Poly(poly) => (&poly.terms, poly.constant),
        }
    }

    fn from_terms(mut terms: Vec<Term>, constant: i64) -> Dim {
        small::sort_by(&mut terms, |a, b| a.factors < b.factors);
        let mut merged: Vec<Term> = Vec::with_capacity(terms.len());
        for term in terms {
            match merged.last_mut() {
                Some(last) if last.factors == term.factors => last.coefficient += term.coefficient,
                _ => merged.push(term),
            }
        }
        merged.retain(|term| term.coefficient != 0);
        if let Some((merged, constant)) = rejoin(&merged, constant) {
            return Dim::from_terms(merged, constant);
        }
        if merged.is_empty() { Dim::Const(constant) } else { Dim::Poly(Arc::new(Poly { terms: merged, constant })) }
    }

    /// Sum.
    pub fn add(&self, other: &Dim) -> Dim {
        match (self, other) {
            (Dim::Const(a), Dim::Const(b)) => Dim::Const(a + b),
            (_, Dim::Const(0)) => self.clone(),
            (Dim::Const(0), _) => other.clone(),
            _ => {
                let ((ta, ca), (tb, cb)) = (self.parts(), other.parts());
                Dim::from_terms(ta.iter().chain(tb).cloned().collect(), ca + cb)
            }
        }
    }

    /// Difference.
    pub fn sub(&self, other: &Dim) -> Dim {
        self.add(&other.scale(-1))
    }

    /// Product with a number.
    pub fn scale(&self, factor: i64) -> Dim {
        match self {
            Dim::Const(value) => Dim::Const(value * factor),
            _ if factor == 0 => Dim::ZERO,
            _ if factor == 1 => self.clone(),
            Dim::Poly(poly) => Dim::from_terms(
                poly.terms
                    .iter()
                    .map(|t| Term { factors: t.factors.clone(), coefficient: t.coefficient * factor })
                    .collect(),
                poly.constant * factor,
            ),
        }
    }

    /// Product.
    pub fn mul(&self, other: &Dim) -> Dim {
        match (self, other) {
            (Dim::Const(a), _) => other.scale(*a),
            (_, Dim::Const(b)) => self.scale(*b),
            _ => {
                let ((ta, ca), (tb, cb)) = (self.parts(), other.parts());
                let mut terms = Vec::new();
                for a in ta {
                    for b in tb {
                        let mut factors = a.factors.clone();
                        factors.extend(b.factors.iter().cloned());
                        small::sort(&mut factors);
                        terms.push(Term { factors, coefficient: a.coefficient * b.coefficient });
                    }
                    terms.push(Term { factors: a.factors.clone(), coefficient: a.coefficient * cb });
                }
                terms.extend(tb.iter().map(|b| Term { factors: b.factors.clone(), coefficient: b.coefficient * ca }));
                Dim::from_terms(terms, ca * cb)
            }
        }
    }

    /// Inclusive bounds of the expression, given those of its atoms.
    pub fn range(&self, of: &dyn Fn(&Atom) -> Range) -> Range {
        let (terms, constant) = self.parts();
        let (mut low, mut high) = (constant, constant);
        for term in terms {
            let (mut a, mut b) = (term.coefficient, term.coefficient);
            for factor in &term.factors {
                let (l, h) = factor.range(of)?;
                let corners = [a.checked_mul(l)?, a.checked_mul(h)?, b.checked_mul(l)?, b.checked_mul(h)?];
                a = *corners.iter().min().expect("four corners");
                b = *corners.iter().max().expect("four corners");
            }
            low = low.checked_add(a)?;
            high = high.checked_add(b)?;
        }
        Some((low, high))
    }

    /// `floor(self / divisor)` for a positive divisor, simplified by what is known of the atoms.
    pub fn floor_div(&self, divisor: &Dim, of: &dyn Fn(&Atom) -> Range) -> Dim {
        if divisor.is(1) {
            return self.clone();
        }
        if self == divisor {
            return Dim::ONE;
        }
        let Some(d) = divisor.as_const() else {
            let (quotient, rest) = self.split_by(divisor);
            let rest = if rest.is(0) { Dim::ZERO } else { Dim::atom(Atom::FloorDiv(rest, divisor.clone())) };
            return quotient.add(&rest);
        };
        if d == 0 {
            // An axis is empty, and then nobody uses the value; the same as `eval` gives.
            return self.clone();
        }
        if let Some(value) = self.as_const() {
            return Dim::Const(value.div_euclid(d));
        }
        // self = d * quotient + rest: the quotient leaves the division exactly.
        let (quotient, rest) = self.split(d);
        let rest_quotient = match rest.range(of) {
            Some((low, high)) if low.div_euclid(d) == high.div_euclid(d) => Dim::Const(low.div_euclid(d)),
            _ => divide_rest(&rest, d, of),
        };
        quotient.add(&rest_quotient)
    }

    /// `self - divisor * floor(self / divisor)` for a positive divisor.
    pub fn modulo(&self, divisor: &Dim, of: &dyn Fn(&Atom) -> Range) -> Dim {
        if divisor.is(1) || self == divisor {
            return Dim::ZERO;
        }
        let Some(d) = divisor.as_const() else {
            let (_, rest) = self.split_by(divisor);
            return if rest.is(0) { Dim::ZERO } else { Dim::atom(Atom::Mod(rest, divisor.clone())) };
        };
        if d == 0 {
            return Dim::ZERO;
        }
        if let Some(value) = self.as_const() {
            return Dim::Const(value.rem_euclid(d));
        }
        let (_, rest) = self.split(d);
        if let Some((low, high)) = rest.range(of)
            && low.div_euclid(d) == high.div_euclid(d)
        {
            return rest.sub(&Dim::Const(low.div_euclid(d) * d));
        }
        // (g*y + z) mod (g*k) = g*(y mod k) + z  when 0 <= z < g.
        if let Some((g, y, z)) = divide_common(&rest, d, of) {
            return y.modulo(&Dim::Const(d / g), of).scale(g).add(&z);
        }
        if let [Term { factors, coefficient: 1 }] = rest.parts().0
            && rest.parts().1 == 0
            && let [Atom::Mod(inner, Dim::Const(m))] = factors.as_slice()
            && m % d == 0
        {
            return inner.modulo(divisor, of);
        }
        if rest.is(0) { Dim::ZERO } else { Dim::atom(Atom::Mod(rest, divisor.clone())) }
    }

    /// The smaller of two.
    pub fn smaller(&self, other: &Dim, of: &dyn Fn(&Atom) -> Range) -> Dim {
        match self.sub(other).range(of) {
            Some((_, high)) if high <= 0 => self.clone(),
            Some((low, _)) if low >= 0 => other.clone(),
            _ => Dim::atom(Atom::Min(self.clone(), other.clone())),
        }
    }

    /// The larger of two.
    pub fn larger(&self, other: &Dim, of: &dyn Fn(&Atom) -> Range) -> Dim {
        match self.sub(other).range(of) {
            Some((low, _)) if low >= 0 => self.clone(),
            Some((_, high)) if high <= 0 => other.clone(),
            _ => Dim::atom(Atom::Max(self.clone(), other.clone())),
        }
    }

    /// `self = d * quotient + rest`, where the rest holds the terms that d does not divide and a constant in `0..d`.
    fn split(&self, d: i64) -> (Dim, Dim) {
        let (terms, constant) = self.parts();
        // Of a coefficient larger than the divisor the whole part leaves too.
        let of = |part: &dyn Fn(i64) -> i64| -> Vec<Term> {
            let term = |t: &Term| Term { factors: t.factors.clone(), coefficient: part(t.coefficient) };
            terms.iter().map(term).filter(|t| t.coefficient != 0).collect()
        };
        (
            Dim::from_terms(of(&|c| c / d), constant.div_euclid(d)),
            Dim::from_terms(of(&|c| c % d), constant.rem_euclid(d)),
        )
    }

    /// The terms that a symbolic divisor divides, divided, and the others.
    fn split_by(&self, divisor: &Dim) -> (Dim, Dim) {
        let (&[Term { factors: ref by, coefficient: 1 }], 0) = divisor.parts() else {
            return (Dim::ZERO, self.clone());
        };
        let (terms, constant) = self.parts();
        let (mut quotient, mut rest, mut count) = (Vec::new(), Vec::new(), 0);
        for term in terms {
            let mut factors = term.factors.clone();
            let divides = by.iter().all(|factor| match factors.iter().position(|f| f == factor) {
                Some(at) => {
                    factors.remove(at);
                    true
                }
                None => false,
            });
            match (divides, factors.is_empty()) {
                (true, false) => quotient.push(Term { factors, coefficient: term.coefficient }),
                (true, true) => count += term.coefficient,
                (false, _) => rest.push(term.clone()),
            }
        }
        (Dim::from_terms(quotient, count), Dim::from_terms(rest, constant))
    }

    /// The value, given that of every symbol, coordinate and kernel value.
    pub fn eval(&self, of: &dyn Fn(&Atom) -> i64) -> i64 {
        let (terms, constant) = self.parts();
        let term = |t: &Term| t.coefficient * t.factors.iter().map(|f| f.eval(of)).product::<i64>();
        terms.iter().map(term).sum::<i64>() + constant
    }

    /// Replaces atoms: `with` gives the replacement of a symbol, coordinate or value, or `None` to keep it.
    pub fn substitute(&self, with: &dyn Fn(&Atom) -> Option<Dim>, of: &dyn Fn(&Atom) -> Range) -> Dim {
        let (terms, constant) = self.parts();
        let mut sum = Dim::Const(constant);
        for term in terms {
            let mut product = Dim::Const(term.coefficient);
            for factor in &term.factors {
                product = product.mul(&factor.substitute(with, of));
            }
            sum = sum.add(&product);
        }
        sum
    }

    /// Calls `visit` for every atom, those inside divisions included, in order.
    pub fn visit(&self, visit: &mut dyn FnMut(&Atom)) {
        for term in self.parts().0 {
            for factor in &term.factors {
                visit(factor);
                if let Some((a, b)) = factor.operands() {
                    a.visit(visit);
                    b.visit(visit);
                }
            }
        }
    }

    /// Does it depend on a symbol?
    pub fn is_symbolic(&self) -> bool {
        let mut found = false;
        self.visit(&mut |atom| found |= matches!(atom, Atom::Symbol(_)));
        found
    }

    /// `self = coefficient * coord(axis) + rest` where the rest does not depend on that coordinate and the coefficient is free of
    /// coordinates and values; `None` when the dependence is not of that form.
    pub fn affine_in(&self, axis: usize) -> Option<(Dim, Dim)> {
        let wanted = Atom::Coord(axis as u32);
        let depends = |atom: &Atom| {
            *atom == wanted || {
                let mut found = false;
                if let Some((a, b)) = atom.operands() {
                    a.visit(&mut |x| found |= *x == wanted);
                    b.visit(&mut |x| found |= *x == wanted);
                }
                found
            }
        };
        let (terms, constant) = self.parts();
        let (with, without): (Vec<&Term>, Vec<&Term>) = terms.iter().partition(|t| t.factors.iter().any(depends));
        let mut coefficient = Dim::ZERO;
        for term in with {
            let mut factors = term.factors.clone();
            let at = factors.iter().position(|f| *f == wanted)?;
            factors.remove(at);
            if factors.iter().any(|f| !matches!(f, Atom::Symbol(_))) {
                return None;
            }
            let rest = if factors.is_empty() {
                Dim::Const(term.coefficient)
            } else {
                Dim::from_terms(vec![Term { factors, coefficient: term.coefficient }], 0)
            };
            coefficient = coefficient.add(&rest);
        }
        Some((coefficient, Dim::from_terms(without.into_iter().cloned().collect(), constant)))
    }
}

/// Finds `m * (x mod d)` beside `m * d * floor(x / d)` and joins them to `m * x`: this is how a reshape there and back vanishes.
fn rejoin(terms: &[Term], constant: i64) -> Option<(Vec<Term>, i64)> {
    for (at, term) in terms.iter().enumerate() {
        let [Atom::Mod(x, Dim::Const(d))] = term.factors.as_slice() else { continue };
        // Without bounds this normalises nested quotients exactly as the construction did.
        let quotient = divide_rest(x, *d, &|_| None);
        let ([only], 0) = quotient.parts() else { continue };
        let Some(other) = terms
            .iter()
            .position(|t| t.factors == only.factors && only.coefficient == 1 && t.coefficient == term.coefficient * d)
        else {
            continue;
        };
        let (x_terms, x_constant) = x.parts();
        let mut joined: Vec<Term> =
            terms.iter().enumerate().filter(|(i, _)| *i != at && *i != other).map(|(_, t)| t.clone()).collect();
        joined.extend(
            x_terms.iter().map(|t| Term { factors: t.factors.clone(), coefficient: t.coefficient * term.coefficient }),
        );
        return Some((joined, constant + x_constant * term.coefficient));
    }
    None
}

/// `floor(rest / d)` where no term of `rest` is divisible by d.
fn divide_rest(rest: &Dim, d: i64, of: &dyn Fn(&Atom) -> Range) -> Dim {
    if let Some(value) = rest.as_const() {
        return Dim::Const(value.div_euclid(d));
    }
    // floor(floor(x / a) / d) = floor(x / (a * d))
    if let ([Term { factors, coefficient: 1 }], 0) = rest.parts()
        && let [Atom::FloorDiv(x, Dim::Const(a))] = factors.as_slice()
    {
        return x.floor_div(&Dim::Const(a * d), of);
    }
    // floor((x mod (d*k)) / d) = floor(x / d) mod k
    if let ([Term { factors, coefficient: 1 }], 0) = rest.parts()
        && let [Atom::Mod(x, Dim::Const(m))] = factors.as_slice()
        && m % d == 0
    {
        return x.floor_div(&Dim::Const(d), of).modulo(&Dim::Const(m / d), of);
    }
    // floor((g*y + z) / (g*k)) = floor(y / k)  when 0 <= z < g
    if let Some((g, y, _)) = divide_common(rest, d, of) {
        return y.floor_div(&Dim::Const(d / g), of);
    }
    Dim::atom(Atom::FloorDiv(rest.clone(), Dim::Const(d)))
}

/// `rest = g*y + z` with `g > 1` dividing d and `0 <= z < g`.
fn divide_common(rest: &Dim, d: i64, of: &dyn Fn(&Atom) -> Range) -> Option<(i64, Dim, Dim)> {
    let mut candidates: SmallVec<[i64; 4]> =
        rest.parts().0.iter().map(|t| gcd(t.coefficient.abs(), d)).filter(|g| *g > 1 && *g < d).collect();
    small::sort(&mut candidates);
    candidates.dedup();
    for g in candidates.into_iter().rev() {
        let (y, z) = rest.split(g);
        if y.as_const().is_some() {
            continue;
        }
        match z.range(of) {
            Some((low, high)) if low >= 0 && high < g => return Some((g, y, z)),
            _ => {}
        }
    }
    None
}

fn gcd(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Atom {
    /// The two expressions inside a quotient, remainder, minimum or maximum.
    pub fn operands(&self) -> Option<(&Dim, &Dim)> {
        match self {
            Atom::FloorDiv(a, b) | Atom::Mod(a, b) | Atom::Min(a, b) | Atom::Max(a, b) => Some((a, b)),
            Atom::Symbol(_) | Atom::Coord(_) | Atom::Value(_) => None,
        }
    }

    fn range(&self, of: &dyn Fn(&Atom) -> Range) -> Range {
        match self {
            Atom::Symbol(_) | Atom::Coord(_) | Atom::Value(_) => of(self),
            Atom::FloorDiv(a, b) => {
                let ((low, high), d) = (a.range(of)?, b.as_const()?);
                Some((low.div_euclid(d), high.div_euclid(d)))
            }
            Atom::Mod(_, b) => Some((0, b.as_const()? - 1)),
            Atom::Min(a, b) => {
                let ((al, ah), (bl, bh)) = (a.range(of)?, b.range(of)?);
                Some((al.min(bl), ah.min(bh)))
            }
            Atom::Max(a, b) => {
                let ((al, ah), (bl, bh)) = (a.range(of)?, b.range(of)?);
                Some((al.max(bl), ah.max(bh)))
            }
        }
    }

    fn eval(&self, of: &dyn Fn(&Atom) -> i64) -> i64 {
        match self {
            Atom::Symbol(_) | Atom::Coord(_) | Atom::Value(_) => of(self),
            // A symbolic divisor is 0 only where an axis is empty, and then nobody uses the value.
            Atom::FloorDiv(a, b) => a.eval(of).div_euclid(b.eval(of).max(1)),
            Atom::Mod(a, b) => a.eval(of).rem_euclid(b.eval(of).max(1)),
            Atom::Min(a, b) => a.eval(of).min(b.eval(of)),
            Atom::Max(a, b) => a.eval(of).max(b.eval(of)),
        }
    }

    fn substitute(&self, with: &dyn Fn(&Atom) -> Option<Dim>, of: &dyn Fn(&Atom) -> Range) -> Dim {
        match self {
            Atom::Symbol(_) | Atom::Coord(_) | Atom::Value(_) => with(self).unwrap_or_else(|| Dim::atom(self.clone())),
            Atom::FloorDiv(a, b) => a.substitute(with, of).floor_div(&b.substitute(with, of), of),
            Atom::Mod(a, b) => a.substitute(with, of).modulo(&b.substitute(with, of), of),
            Atom::Min(a, b) => a.substitute(with, of).smaller(&b.substitute(with, of), of),
            Atom::Max(a, b) => a.substitute(with, of).larger(&b.substitute(with, of), of),
        }
    }
}

impl From<usize> for Dim {
    fn from(value: usize) -> Dim {
        Dim::Const(i64::try_from(value).expect("a size fits in i64"))
    }
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Atom::Symbol(Symbol(id)) => write!(f, "s{id}"),
            Atom::Coord(axis) => write!(f, "i{axis}"),
            Atom::Value(id) => write!(f, "v{id}"),
            Atom::FloorDiv(a, b) => write!(f, "floordiv({a}, {b})"),
            Atom::Mod(a, b) => write!(f, "mod({a}, {b})"),
            Atom::Min(a, b) => write!(f, "min({a}, {b})"),
            Atom::Max(a, b) => write!(f, "max({a}, {b})"),
        }
    }
}

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (terms, constant) = self.parts();
        for (at, term) in terms.iter().enumerate() {
            let magnitude = term.coefficient.unsigned_abs();
            match (at, term.coefficient < 0) {
                (0, true) => write!(f, "-")?,
                (0, false) => {}
                (_, true) => write!(f, " - ")?,
                (_, false) => write!(f, " + ")?,
            }
            if magnitude != 1 {
                write!(f, "{magnitude}*")?;
            }
            for (i, factor) in term.factors.iter().enumerate() {
                write!(f, "{}{factor}", if i > 0 { "*" } else { "" })?;
            }
        }
        match (terms.is_empty(), constant) {
            (true, _) => write!(f, "{constant}"),
            (false, 0) => Ok(()),
            (false, c) if c < 0 => write!(f, " - {}", c.unsigned_abs()),
            (false, c) => write!(f, " + {c}"),
        }
    }
}

impl fmt::Debug for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(extents: &'static [i64]) -> impl Fn(&Atom) -> Range {
        move |atom| match atom {
            Atom::Coord(axis) => extents.get(*axis as usize).map(|e| (0, e - 1)),
            _ => None,
        }
    }

    #[test]
    fn polynomials_have_one_normal_form() {
        let (a, b) = (Dim::symbol(Symbol(0)), Dim::symbol(Symbol(1)));
        let left = a.add(&b).mul(&a.sub(&b));
        let right = a.mul(&a).sub(&b.mul(&b));
        assert_eq!(left, right);
        assert_eq!(left.to_string(), "s0*s0 - s1*s1");
        assert_eq!(a.sub(&a), Dim::ZERO);
    }

    #[test]
    fn a_reshape_there_and_back_vanishes() {
        // [6, 4] -> [24] -> [2, 3, 4] -> [24]
        let extents = bounds(&[24]);
        let flat = Dim::coord(0);
        let (c4, c12) = (Dim::Const(4), Dim::Const(12));
        let last = flat.modulo(&c4, &extents);
        let middle = flat.floor_div(&c4, &extents).modulo(&Dim::Const(3), &extents);
        let first = flat.floor_div(&c12, &extents);
        let again = first.scale(3).add(&middle).scale(4).add(&last);
        assert_eq!(again, flat);
    }

    #[test]
    fn quotients_use_what_is_known_of_coordinates() {
        let extents = bounds(&[5, 4, 3]);
        let index = Dim::coord(0).scale(12).add(&Dim::coord(1).scale(3)).add(&Dim::coord(2));
        assert_eq!(index.floor_div(&Dim::Const(12), &extents), Dim::coord(0));
        assert_eq!(index.modulo(&Dim::Const(12), &extents), Dim::coord(1).scale(3).add(&Dim::coord(2)));
        assert_eq!(index.floor_div(&Dim::Const(3), &extents).modulo(&Dim::Const(4), &extents), Dim::coord(1));
        assert_eq!(index.floor_div(&Dim::Const(6), &extents).to_string(), "2*i0 + floordiv(i1, 2)");
    }

    #[test]
    fn simplified_expressions_keep_their_value() {
        // Every combination of a small index, divisor and shape, against plain arithmetic.
        let extents = bounds(&[5, 4]);
        for s in [-4i64, -1, 1, 2, 3, 4, 6] {
            for c in [-7i64, 0, 5] {
                for d in [1i64, 2, 3, 4, 6, 8] {
                    let x = Dim::coord(0).scale(s).add(&Dim::coord(1)).add(&Dim::Const(c));
                    let (q, r) = (x.floor_div(&Dim::Const(d), &extents), x.modulo(&Dim::Const(d), &extents));
                    let q2 = q.floor_div(&Dim::Const(2), &extents);
                    let r2 = r.floor_div(&Dim::Const(2), &extents);
                    for i in 0..5 {
                        for j in 0..4 {
                            let of = |atom: &Atom| if *atom == Atom::Coord(0) { i } else { j };
                            let plain = s * i + j + c;
                            assert_eq!(q.eval(&of), plain.div_euclid(d), "({x}) / {d} = {q}");
                            assert_eq!(r.eval(&of), plain.rem_euclid(d), "({x}) % {d} = {r}");
                            assert_eq!(q2.eval(&of), plain.div_euclid(d).div_euclid(2), "{q2}");
                            assert_eq!(r2.eval(&of), plain.rem_euclid(d).div_euclid(2), "{r2}");
                            assert_eq!(q.scale(d).add(&r).eval(&of), plain);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn affine_parts_are_found() {
        let x = Dim::coord(0).scale(12).add(&Dim::coord(1)).add(&Dim::Const(5));
        let (coefficient, rest) = x.affine_in(0).expect("affine");
        assert_eq!((coefficient, rest.to_string()), (Dim::Const(12), "i1 + 5".to_string()));
        let y = x.modulo(&Dim::symbol(Symbol(0)), &|_| None);
        assert!(y.affine_in(0).is_none());
        assert_eq!(y.affine_in(2), Some((Dim::ZERO, y.clone())));
    }
}
