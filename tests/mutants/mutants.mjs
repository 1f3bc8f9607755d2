/**
 * @file The bugs that `npm run mutants` seeds, each where a hand might slip. `find` must occur once in the file, and the named suite must
 * notice the change: a sign, a stride, a bound, a law that floats do not obey, a key that forgets something.
 */
export const mutants = [
  {
    name: "lowering subtracts where it should add",
    file: "crate/compiler/src/lower/builder/scalar.rs",
    find: "Bin::FAdd | Bin::IAdd => B::Add,",
    replace: "Bin::FAdd => B::Add,\n            Bin::IAdd => B::Subtract,",
    suite: "gpu",
  },
  {
    name: "a flip is off by one",
    file: "crate/compiler/src/fuse/coords.rs",
    find: "operand.0[axis].sub(&Dim::ONE).sub(i)",
    replace: "operand.0[axis].sub(i)",
    suite: "cpu",
  },
  {
    name: "a slice's step is forgotten",
    file: "crate/compiler/src/fuse/coords.rs",
    find: "i.scale(*by).add(first)",
    replace: "i.add(first)",
    suite: "cpu",
  },
  {
    name: "tanh's derivative has a wrong sign",
    file: "crate/lanes/src/ops.rs",
    find: "(d!(b, y, ((1.0 - y) * (1.0 + y))))",
    replace: "(d!(b, y, ((1.0 + y) * (1.0 + y))))",
    suite: "compiler",
  },
  {
    name: "x + 0 is x for floats too",
    file: "crate/compiler/src/simplify/scalar.rs",
    find: "let neutral = if dtype(r, x[1]).is_float() { -0.0 } else { 0.0 };",
    replace: "let neutral = 0.0;",
    suite: "compiler",
  },
  {
    name: "a maximum loses a NaN",
    file: "crate/lanes/src/reduce.rs",
    find: "if better | fl(new).is_nan() { new } else { old }",
    replace: "if better { new } else { old }",
    suite: "cpu",
  },
  {
    name: "a temporary's memory is given away a step early",
    file: "crate/compiler/src/plan/slots.rs",
    find: "filter(|id| last_use[id.index()] == at)",
    replace: "filter(|id| last_use[id.index()] <= at + 1)",
    suite: "cpu",
  },
  {
    name: "true and false have one key",
    file: "web/interfuse/src/writer.ts",
    find: "export const TRUE = 0x31;",
    replace: "export const TRUE = 0x30;",
    suite: "package",
  },
  {
    name: "a cotangent is lost where a value is used twice",
    file: "crate/compiler/src/vjp.rs",
    find: "collected[operand.index()] = Some(a.plus(collected[operand.index()], share)?);",
    replace: "collected[operand.index()] = Some(share);",
    suite: "compiler",
  },
  {
    name: "a guard on an open size is dropped",
    file: "crate/interfuse/src/symbolic/learn.rs",
    find: "self.guards.iter().find(",
    replace: "self.guards.iter().skip(1).find(",
    suite: "library",
  },
  {
    name: "random bits rotate by one too few",
    file: "crate/lanes/src/ops/random.rs",
    find: "[[13, 15, 26, 6], [17, 29, 16, 24]]",
    replace: "[[13, 15, 26, 6], [17, 29, 16, 23]]",
    suite: "cpu",
  },
];
