//! Solving equations between sizes: what one size says about another.
//!
//! A front end that learns that two sizes are equal replaces one symbol by an expression of the others, so that shapes which are equal
//! become equal values. Nothing here guesses: where no symbol stands alone there is no answer.

use super::{Atom, Dim, Symbol, Term, gcd};
use crate::small;

impl Dim {
    /// The quotient when the divisor, a product of atoms with a factor, divides every term; `None` when it does not or has terms of
    /// its own. The divisor must not be 0 where the quotient is used.
    pub fn exact_quotient(&self, divisor: &Dim) -> Option<Dim> {
        if let Some(d) = divisor.as_const() {
            let (terms, constant) = self.parts();
            let divides = d != 0 && constant % d == 0 && terms.iter().all(|term| term.coefficient % d == 0);
            return divides.then(|| {
                let of = |term: &Term| Term { factors: term.factors.clone(), coefficient: term.coefficient / d };
                Dim::from_terms(terms.iter().map(of).collect(), constant / d)
            });
        }
        let ([by], 0) = divisor.parts() else { return None };
        let (terms, 0) = self.parts() else { return None };
        let quotient = |term: &Term| {
            let mut factors = term.factors.clone();
            for factor in &by.factors {
                let at = factors.iter().position(|known| known == factor)?;
                factors.remove(at);
            }
            let whole = term.coefficient % by.coefficient == 0;
            whole.then(|| product(&factors).scale(term.coefficient / by.coefficient))
        };
        terms.iter().try_fold(Dim::ZERO, |sum, term| Some(sum.add(&quotient(term)?)))
    }

    /// Solves `self = 0`: a symbol and what it is then, free of it. Of several symbols the last one, so that those that a program met
    /// first stay. `None` when every symbol has a factor or stands inside something else.
    pub fn solve(&self) -> Option<(Symbol, Dim)> {
        let (terms, _) = self.parts();
        let alone = terms.iter().rev().find_map(|term| {
            let [atom @ Atom::Symbol(symbol)] = term.factors.as_slice() else { return None };
            if term.coefficient.abs() != 1 {
                return None;
            }
            let mut times = 0;
            self.visit(&mut |met| times += u32::from(met == atom));
            (times == 1).then_some((*symbol, term.coefficient))
        });
        let common = |(symbol, coefficient): (Symbol, i64)| {
            let rest = self.sub(&Dim::symbol(symbol).scale(coefficient));
            (symbol, rest.scale(-coefficient))
        };
        alone.map(common).or_else(|| {
            // 2*a - 2*b = 0 is a - b = 0.
            let (terms, constant) = self.parts();
            let factor = terms.iter().fold(constant.abs(), |g, term| gcd(g, term.coefficient.abs()));
            (factor > 1).then(|| self.exact_quotient(&Dim::Const(factor))?.solve())?
        })
    }

    /// Every symbol in it, in order and each once.
    pub fn symbols(&self) -> Vec<Symbol> {
        let mut symbols = Vec::new();
        self.visit(&mut |atom| {
            if let Atom::Symbol(symbol) = atom {
                symbols.push(*symbol);
            }
        });
        small::sort(&mut symbols);
        symbols.dedup();
        symbols
    }
}

fn product(factors: &[Atom]) -> Dim {
    factors.iter().fold(Dim::ONE, |product, factor| product.mul(&Dim::atom(factor.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(id: u32) -> Dim {
        Dim::symbol(Symbol(id))
    }

    #[test]
    fn exact_quotients() {
        let check = |a: Dim, b: Dim, want: Option<&str>| {
            assert_eq!(a.exact_quotient(&b).map(|q| q.to_string()).as_deref(), want, "{a} / {b}");
        };
        check(s(0).mul(&s(1)).scale(4), s(1).scale(2), Some("2*s0"));
        check(s(0).mul(&s(1)).add(&s(1)), s(1), Some("s0 + 1"));
        check(s(0).scale(6), Dim::Const(3), Some("2*s0"));
        check(s(0).scale(6), Dim::Const(4), None);
        check(s(0).add(&Dim::ONE), s(0), None);
        check(s(0), s(1), None);
        check(s(0), s(0), Some("1"));
        check(Dim::Const(12), Dim::Const(0), None);
    }

    #[test]
    fn equations_are_solved_for_the_last_symbol() {
        let check = |zero: Dim, want: Option<&str>| {
            let solved = zero.solve().map(|(symbol, value)| format!("s{} = {value}", symbol.0));
            assert_eq!(solved.as_deref(), want, "{zero} = 0");
        };
        check(s(0).sub(&s(1)), Some("s1 = s0"));
        check(s(0).sub(&Dim::Const(3)), Some("s0 = 3"));
        check(Dim::Const(8).sub(&s(0).scale(2)), Some("s0 = 4"));
        check(s(0).scale(2).sub(&s(1).scale(2)), Some("s1 = s0"));
        check(s(0).scale(2).sub(&s(1)), Some("s1 = 2*s0"));
        check(s(0).mul(&s(1)).sub(&Dim::Const(6)), None);
        check(s(0).scale(2).sub(&s(1).scale(3)), None);
        check(s(0).mul(&s(0)).sub(&s(0)), None);
    }
}
