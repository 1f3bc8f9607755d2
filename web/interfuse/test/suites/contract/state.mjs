/** @file Captured state (1.6), rule by rule, and what MLX gets wrong there (S10, S11). */

export const table = "state";

/** What captures what cannot be written to: [what, the container, what the error says of it]. */
const stuck = (x) => [
  ["frozen", Object.freeze({ x }), "state"],
  ["frozen", { deep: Object.freeze([x]) }, "outputs"],
  ["read-only", Object.defineProperty({}, "x", { value: x, enumerable: true }), "inputs"],
  [
    "a getter",
    {
      get x() {
        return x;
      },
    },
    "inputs",
  ],
];

export const cases = ({
  compile,
  tensor,
  ones,
  zeros,
  registerPytree,
  nn,
  random,
  interfuse,
  read,
  counts,
  counted,
  warnings,
  equal,
  deepEqual,
  near,
  ok,
  throws,
}) => [
  [
    "what is frozen is a constant as inputs, and an error where it would be changed",
    async () => {
      const [a, b] = [tensor([1, 2]), tensor([3, 4])];
      const inner = { b };
      const frozen = Object.freeze({ a, inner, list: Object.freeze([a, 3]) });
      const f = compile((x) => x.add(frozen.a).add(frozen.inner.b).add(frozen.list[0]), { inputs: frozen });
      deepEqual(await read(f(tensor([0, 0]))), [5, 8]);
      inner.b = tensor([0, 0]);
      deepEqual(await read(f(tensor([1, 1]))), [3, 5]);
      deepEqual(counts(f).slice(0, 2), [1, 1]);
      // The frozen containers around what changes are no hindrance.
      const state = { n: tensor(0) };
      const count = compile(() => void (state.n = state.n.add(1)), { state: Object.freeze([state]) });
      count();
      count();
      equal(await state.n.item(), 2);
      for (const [what, container, name] of stuck(a)) {
        const error = throws(
          () =>
            compile(
              function f(x) {
                return x;
              },
              { [name]: container },
            )(a),
          "CompileArgumentError",
        );
        ok(
          error.message.startsWith("compile('f'): the tensor at ") && error.message.includes(`in ${name} cannot be replaced`),
          `${what}: ${error.message}`,
        );
      }
      class Cell {
        constructor(x) {
          this.x = x;
        }
      }
      registerPytree(Cell, { flatten: ({ x }) => ({ children: [x] }), unflatten: ([x]) => new Cell(x) });
      const cell = Object.defineProperty(new Cell(a), "x", { writable: false });
      throws(
        () => compile((x) => x.add(cell.x), { state: cell })(a),
        "CompileArgumentError",
        "compile: Cell cannot be captured as state: its tensors cannot be replaced in place. Keep them in public properties, or capture the containers that hold them.",
      );
    },
  ],
  [
    "S10: append, delete, create and reorder are as in eager, on misses and hits",
    async () => {
      const list = [];
      const push = compile((x) => void list.push(x.add(1)), { outputs: list });
      for (const x of [3, 4, 5]) push(tensor(x));
      deepEqual(await Promise.all(list.map((x) => x.item())), [4, 5, 6]);
      list.length = 0;
      for (const x of [3, 4]) push(tensor(x));
      deepEqual(await Promise.all(list.map((x) => x.item())), [4, 5]);
      deepEqual(counts(push), [2, 3, 0, 3]);
      const pop = compile(() => list.pop().mul(10), { state: list });
      deepEqual([await pop().item(), list.length], [50, 1]);
      list.push(tensor(7));
      deepEqual([await pop().item(), list.length, pop.stats.hits], [70, 1, 1]);

      const state = { a: tensor(1), b: tensor(2) };
      const rename = compile(
        (x) => {
          const { a, b } = state;
          delete state.a;
          delete state.b;
          state.c = b.add(x);
          state.a = a;
        },
        { state },
      );
      for (const hit of [false, true]) {
        const { a } = state;
        rename(tensor(10));
        deepEqual(Object.keys(state), ["c", "a"], `keys, ${hit ? "hit" : "miss"}`);
        equal(await state.c.item(), 12);
        ok(state.a === a, "an untouched tensor is the same object");
        delete state.c;
        state.b = tensor(2);
      }
      equal(rename.stats.hits, 1);
      const accumulator = { total: tensor(0) };
      const add = compile((x) => void (accumulator.total = accumulator.total.add(x)), { outputs: accumulator });
      for (let i = 0; i < 3; i++) add(tensor(1));
      equal(await accumulator.total.item(), 3, "outputs alone are inputs too");
      deepEqual(counts(add), [2, 1, 0, 1]);
    },
  ],
  [
    "S11: a trace that throws leaves the state as it was",
    async () => {
      const state = { w: tensor([1, 2]), list: [tensor(1)], step: 0 };
      const { w, list } = state;
      let fail = true;
      const f = compile(
        (x) => {
          state.w = state.w.add(x);
          state.list.push(x);
          state.step = 1;
          state.extra = x;
          if (fail) throw new RangeError("mine");
        },
        { state },
      );
      throws(() => f(tensor([1, 1])), "RangeError", "mine");
      ok(state.w === w && state.list === list && list.length === 1 && state.step === 0 && !("extra" in state), "the originals");
      deepEqual(await read(state.w), [1, 2]);
      deepEqual(counts(f), [0, 0, 0, 0]);
      fail = false;
      f(tensor([1, 1]));
      deepEqual(await read(state.w), [2, 3]);
      deepEqual(Object.keys(state), ["w", "list", "step", "extra"]);
    },
  ],
  [
    "S11: capturing random.state as inputs only does not poison the generator",
    async () => {
      const noise = compile(() => random.uniform([2]), { inputs: random.state });
      random.seed(3);
      const compiled = [await read(noise()), await read(noise()), await read(random.uniform([2]))];
      random.seed(3);
      const eager = [await read(random.uniform([2])), await read(random.uniform([2])), await read(random.uniform([2]))];
      deepEqual(compiled, eager);
      deepEqual(counts(noise), [1, 1, 0, 1]);
    },
  ],
  [
    "(a) roots are containers",
    () => {
      class Odd {}
      throws(
        () => compile((x) => x, { state: tensor([1]), name: "f" }),
        "CompileArgumentError",
        "compile('f'): state is a tensor. A tensor cannot be replaced in place: put it into an object or array, and list that.",
      );
      throws(
        () => compile((x) => x, { inputs: new Odd(), name: "f" }),
        "CompileArgumentError",
        "compile('f'): inputs is Odd. It must be a plain object, an array, a Map, a module, random.state or an instance of a registered class.",
      );
      throws(() => compile((x) => x, { outputs: 3, name: "f" }), "CompileArgumentError");
      throws(
        () => compile((x) => x, { state: [new Odd()], name: "f" })(tensor([1])),
        "CompileArgumentError",
        "compile('f'): arguments must be trees of tensors or constants (numbers, strings, booleans, null); got Odd at state[0]. Register its class with registerPytree, or pass its parts.",
      );
    },
  ],
  [
    "(c) constants of the state are part of the key; one that changes at every call is warned of",
    async () => {
      const state = { w: tensor([1]), step: 0 };
      const f = compile(
        function train(x) {
          state.step += 1;
          state.w = state.w.add(x.mul(state.step));
        },
        { state },
      );
      const x = tensor([1]);
      const warned = warnings(() => {
        for (let i = 0; i < 12; i++) f(x);
      });
      deepEqual([state.step, ...(await read(state.w))], [12, 79]);
      deepEqual(warned, [
        "compile('train'): compiled anew 8 times because of the number state.step alone: make it a tensor, then it is not part of the key",
      ]);
      state.step = 0;
      f(x);
      deepEqual([state.step, f.stats.hits], [1, 1]);
    },
  ],
  [
    "(d) containers: the same objects, nested, moved, shared and new ones",
    async () => {
      const inner = { w: tensor([1]) };
      const state = {
        first: inner,
        again: inner,
        map: new Map([
          ["m", tensor([5])],
          [1, tensor([6])],
        ]),
        list: [[tensor([7])], []],
      };
      const { map, list } = state;
      const [[, empty], row] = [list, list[0]];
      const f = compile(
        (x) => {
          state.first.w = state.again.w.add(x);
          state.map.set("n", state.map.get("m").mul(x)).delete(1);
          state.list.reverse();
          state.made = { deep: [x.neg(), "text", null] };
        },
        { state },
      );
      for (const hit of [false, true]) {
        f(tensor([2]));
        ok(state.first === inner && state.again === inner && state.map === map && state.list === list, "the same containers");
        ok(list[0] === empty && list[1] === row, "moved containers");
        deepEqual(await read(inner.w), [hit ? 5 : 3]);
        deepEqual([...map.keys()], ["m", "n"]);
        deepEqual(await read(map.get("n")), [10]);
        deepEqual(Object.keys(state), ["first", "again", "map", "list", "made"]);
        deepEqual([await read(state.made.deep[0]), ...state.made.deep.slice(1)], [[-2], "text", null]);
        map.delete("n");
        map.set(1, tensor([6]));
        list.reverse();
        delete state.made;
      }
      deepEqual(counts(f), [1, 1, 0, 1]);
    },
  ],
  [
    "(f) a change of what is captured as inputs only is a fallback, or an error under fullgraph",
    async () => {
      const state = { w: tensor([1]) };
      const fn = (x) => void (state.w = state.w.add(x));
      const strict = compile(fn, { inputs: state, fullgraph: true, name: "f" });
      const error = throws(() => strict(tensor([1])), "FullgraphError");
      deepEqual([error.reason, await read(state.w), counts(strict)], ["mutation", [1], [0, 0, 0, 0]]);
      const loose = compile(fn, { inputs: state });
      const warned = warnings(() => {
        loose(tensor([1]));
        loose(tensor([1]));
      });
      deepEqual([await read(state.w), counts(loose), warned.length], [[3], [0, 0, 2, 0], 1]);
    },
  ],
  [
    "(g) one tensor captured twice: two inputs that diverge",
    async () => {
      const w = tensor([1]);
      const state = [w, w];
      const f = compile((x) => void (state[0] = state[1].add(x)), { state });
      for (let i = 0; i < 2; i++) {
        f(tensor([1]));
        deepEqual([await read(state[0]), await read(state[1])], [[2], [1]]);
      }
      deepEqual(await read(w), [1], "an alias taken before keeps the old value");
    },
  ],
  [
    "inputs are seen when they change, and are not when they are not captured",
    async () => {
      const state = { w: tensor([1]) };
      const seen = compile((x) => x.add(state.w), { inputs: state });
      const blind = compile((x) => x.add(state.w));
      deepEqual([await read(seen(tensor([1]))), await read(blind(tensor([1])))], [[2], [2]]);
      state.w = tensor([10]);
      deepEqual([await read(seen(tensor([1]))), await read(blind(tensor([1])))], [[11], [2]]);
      deepEqual(
        [counts(seen), counts(blind)],
        [
          [1, 1, 0, 1],
          [1, 1, 0, 1],
        ],
      );
    },
  ],
  [
    "registered classes and modules as state",
    async () => {
      class Sgd {
        constructor(rate, momentum) {
          this.rate = rate;
          this.momentum = momentum;
        }
      }
      registerPytree(Sgd, {
        flatten: (o) => ({ children: [o.momentum], aux: o.rate }),
        unflatten: ([momentum], rate) => new Sgd(rate, momentum),
      });
      class Model extends nn.Module {
        constructor() {
          super();
          this.w = tensor([1, 2]);
          this.layers = [{ b: tensor([0, 0]) }];
        }
      }
      const build = () => [new Model(), new Sgd(0.5, zeros([2]))];
      const step = (model, optimizer) => (x) => {
        const gradient = model.w.mul(x).add(model.layers[0].b);
        optimizer.momentum = optimizer.momentum.mul(0.5).add(gradient);
        model.w = model.w.sub(optimizer.momentum.mul(optimizer.rate));
        model.layers[0].b = model.layers[0].b.add(gradient);
        return gradient.sum();
      };
      const [model, optimizer] = build();
      const compiled = compile(step(model, optimizer), { state: [model.state, optimizer] });
      const [otherModel, otherOptimizer] = build();
      const eager = step(otherModel, otherOptimizer);
      const x = tensor([0.5, 0.25]);
      for (let i = 0; i < 4; i++) near([await compiled(x).item()], [await eager(x).item()], 1e-6, `loss ${i}`);
      near(await model.w.data(), await otherModel.w.data());
      near(await optimizer.momentum.data(), await otherOptimizer.momentum.data());
      near(await model.layers[0].b.data(), await otherModel.layers[0].b.data());
      deepEqual(counts(compiled), [3, 1, 0, 1]);
      ok(optimizer instanceof Sgd && optimizer.rate === 0.5, "the same optimizer");
      optimizer.rate = 0.25;
      compiled(x);
      equal(compiled.lastMiss.reason, "state[1].aux: 0.5 -> 0.25");
    },
  ],
  [
    "modules: parameters, freezing, update, train",
    async () => {
      class Inner extends nn.Module {
        constructor() {
          super();
          this.w = tensor([1]);
          this.scale = 2;
        }
      }
      class Outer extends nn.Module {
        constructor() {
          super();
          this.inner = new Inner();
          this.list = [new Inner(), tensor([5])];
          this._cache = tensor([9]);
        }
      }
      const model = new Outer();
      const names = (tree) => JSON.stringify(tree, (_, value) => (value instanceof interfuse.Tensor ? "t" : value));
      equal(names(model.parameters()), '{"inner":{"w":"t"},"list":[{"w":"t"},"t"]}');
      model.inner.freeze();
      equal(names(model.trainableParameters()), '{"list":[{"w":"t"},"t"]}');
      model.freeze().unfreeze("w");
      equal(names(model.trainableParameters()), '{"inner":{"w":"t"},"list":[{"w":"t"},{}]}');
      model.unfreeze();
      model.update({ inner: { w: tensor([7]) }, list: [{}, tensor([8])] });
      deepEqual([await read(model.inner.w), await read(model.list[1])], [[7], [8]]);
      throws(() => model.update({ inner: { w: tensor([1, 2]) } }), "CompileArgumentError");
      throws(() => model.update({ inner: { v: tensor([1]) } }), "CompileArgumentError");
      model.eval();
      deepEqual([model.training, model.inner.training, model.list[0].training], [false, false, false]);
      equal(model.train().modules().length, 3);
      const f = compile((m, x) => x.mul(m.inner.w).add(m.inner.scale));
      deepEqual(await read(f(model, tensor([2]))), [16]);
    },
  ],
  [
    "random.state: the numbers of the eager sequence, never frozen",
    async () => {
      const draw = () => random.uniform([3]);
      const f = compile(draw, { state: random.state });
      random.seed(11);
      const compiled = [await read(f()), await read(f()), await read(f())];
      random.seed(11);
      const eager = [await read(draw()), await read(draw()), await read(draw())];
      deepEqual(compiled, eager);
      deepEqual(counts(f), [2, 1, 0, 1]);
      random.seed(11);
      deepEqual(await read(f()), eager[0], "a seed between calls is seen");
      const keyed = compile((key) => random.uniform([3], { key }));
      deepEqual(await read(keyed(random.key(5))), await read(keyed(random.key(5))), "explicit keys are pure");
      equal(keyed.stats.fallbacks, 0);
    },
  ],
  [
    "state that is built by the first step makes two traces of a training run",
    async () => {
      const model = { w: tensor([4]) };
      const optimizer = {};
      const fn = counted((x) => {
        const gradient = model.w.mul(x);
        optimizer.m = optimizer.m ? optimizer.m.mul(0.9).add(gradient) : gradient;
        model.w = model.w.sub(optimizer.m.mul(0.1));
      });
      const step = compile(fn, { state: [model, optimizer] });
      for (let i = 0; i < 6; i++) step(tensor([1]));
      equal(fn.runs, 2);
      deepEqual(counts(step), [4, 2, 0, 2]);
    },
  ],
  [
    "an outer function must capture what an inner one changes",
    async () => {
      const state = { w: tensor([1]) };
      const inner = compile(
        (x) => {
          state.w = state.w.add(x);
          return state.w.mul(2);
        },
        { state },
      );
      const outer = compile((x) => inner(x));
      let results;
      const warned = warnings(() => (results = [outer(tensor([1])), outer(tensor([1]))]));
      deepEqual([await read(results[0]), await read(results[1]), await read(state.w)], [[4], [6], [3]]);
      deepEqual([counts(outer), counts(inner), warned.length], [[0, 0, 2, 0], [1, 1, 0, 1], 1]);
      const both = compile((x) => inner(x), { state });
      deepEqual([await read(both(tensor([1]))), await read(both(tensor([1]))), await read(state.w)], [[8], [10], [5]]);
      deepEqual(
        [counts(both), counts(inner)],
        [
          [1, 1, 0, 1],
          [1, 1, 0, 1],
        ],
      );
    },
  ],
];
export default { table, cases };
