/** @file Fallback and fullgraph (1.8), nesting, leaks and misuse (1.4, 1.5), and what the upstreams get wrong there (S3, S4). */

export const table = "fallback, nesting, misuse";

const title = (reason, at) => `${reason}${at === 4 ? " by a promise" : at > 5 ? ` ${at - 4}` : ""}`;

export const cases = ({
  compile,
  tensor,
  ones,
  random,
  disableCompile,
  enableCompile,
  nn,
  optim,
  interfuse,
  devtools,
  kind,
  read,
  counts,
  counted,
  warnings,
  equal,
  deepEqual,
  near,
  ok,
  throws,
}) => {
  /** Reasons with a function that has them, what it gives, and a word of the remedy. */
  const reasons = () => {
    const state = { w: tensor([1]) };
    const model = new nn.BatchNorm(1, { affine: false });
    const momentum = new optim.SGD(1, { momentum: 0.5 });
    const falling = new optim.SGD(optim.stepDecay(1, 0.5, 1));
    const layer = new (class extends nn.Module {
      w = tensor([8]);
    })();
    return [
      ["host-read", (x) => (x.data(), x.add(1)), {}, "Return it and read the result"],
      ["mutation", (x) => (state.w = state.w.add(x)).mul(1), { inputs: state }, "`outputs` or `state`"],
      ["random", (x) => x.add(random.uniform([1]).mul(0)).add(1), {}, "random.state"],
      ["async", async (x) => x.add(1), {}, "between two awaits"],
      ["async", (x) => Promise.resolve(x.add(1)), {}, "between two awaits"],
      // What a function would leave a placeholder in: the values are those of a run for every call.
      [
        "tracer-write",
        (x) => ((random.state.key = x.astype("uint32").broadcastTo([2])), x.add(1)),
        {},
        "(`state`)",
        [2, 2, 2],
        "random.state",
      ],
      ["tracer-write", (x) => layer.update({ w: layer.w.sub(x) }).w.mul(1), {}, "(`state`)", [7, 6, 5], "update"],
      [
        "tracer-write",
        (x) => (model.forward(x.reshape([1, 1])), model.runningMean.mul(1)),
        {},
        "(`state`)",
        [0.1, 0.19, 0.271],
        "BatchNorm",
      ],
      ["tracer-write", (x) => momentum.update({ w: x }, { w: x }).w, {}, "(`state`)", [0, -0.5, -0.75], "update"],
      ["tracer-write", (x) => falling.update({ w: x }, { w: x }).w, {}, "(`state`)", [0, 0.5, 0.75], "update"],
      ["tracer-write", (x) => ((falling.learningRate = x.sum()), x.add(1)), {}, "(`state`)", [2, 2, 2], "update"],
    ];
  };
  return [
    [
      "S3: a read in a trace never freezes a value or a branch",
      async () => {
        const f = compile((x) => (String(x).includes("tracing"), x.sum().item(), x.mul(2)));
        warnings(() => f(tensor([1])));
        deepEqual(await read(f(tensor([1]))), [2]);
        deepEqual(await read(f(tensor([5]))), [10]);
        const swallow = compile((x) => {
          let read = false;
          try {
            x.item();
            read = true;
          } catch {
            // Not a way around it.
          }
          return read ? x.mul(10) : x.mul(100);
        });
        let first;
        warnings(() => (first = swallow(tensor([1]))));
        deepEqual([await read(first), await read(swallow(tensor([2])))], [[10], [20]]);
        deepEqual(counts(swallow), [0, 0, 2, 0]);
      },
    ],
    [
      "S4: nested calls of compiled functions are inlined, with any arguments",
      async () => {
        const body = counted((x) => x.exp());
        const inner = compile(body);
        const outerBody = counted((x) => inner(inner(x)).add(inner(tensor([0]))));
        const outer = compile(outerBody);
        for (let i = 0; i < 3; i++) outer(tensor([0.5]));
        deepEqual([body.runs, outerBody.runs], [3, 1]);
        deepEqual(
          [counts(inner), counts(outer)],
          [
            [0, 0, 0, 0],
            [2, 1, 0, 1],
          ],
        );
        inner(tensor([1]));
        deepEqual([body.runs, ...counts(inner)], [4, 0, 1, 0, 1]);
        const closing = compile((x) => compile((y) => y.add(x))(tensor([1])));
        deepEqual([await read(closing(tensor([1]))), await read(closing(tensor([5])))], [[2], [6]]);
      },
    ],
    ...reasons().flatMap(([reason], at) => [
      [
        `${title(reason, at)}: eager, counted, remembered, warned of once`,
        async () => {
          const [, fn, options, remedy, wanted = reason === "mutation" ? [2, 3, 4] : [2, 2, 2]] = reasons()[at];
          const body = counted(fn);
          const f = compile(at === 3 ? fn : body, { ...options, name: "f" });
          const results = [];
          const warned = warnings(() => {
            for (let i = 0; i < 3; i++) results.push(f(tensor([1])));
          });
          const values = await Promise.all(results.map(async (result) => (await read(await result))[0]));
          near(values, wanted, 1e-6, "values");
          deepEqual([...counts(f), f.stats.traces, f.stats.hitRate], [0, 0, 3, 0, 0, 0]);
          if (at !== 3) equal(body.runs, 4, "one trace and three runs");
          equal(warned.length, 1);
          ok(warned[0].startsWith("compile('f') runs eagerly: ") && warned[0].includes(remedy), warned[0]);
          deepEqual([f.lastFallback.reason, f.lastFallback.function], [reason, "f"]);
          warnings(() => f(tensor([1]), "more"));
          equal(f.stats.fallbacks, 4, "another key");
          f.clearCache();
          warnings(() => f(tensor([1])));
          if (at !== 3) equal(body.runs, 8, "clearCache forgets the verdict");
        },
      ],
      [
        `${title(reason, at)}: FullgraphError under fullgraph`,
        async () => {
          const [, fn, options, remedy, , op] = reasons()[at];
          const f = compile(fn, { ...options, fullgraph: true, name: "f" });
          for (let i = 0; i < 2; i++) {
            const error = throws(() => f(tensor([1])), "FullgraphError");
            equal(error.reason, reason);
            ok(error.opPath.startsWith("compile('f')"), error.opPath);
            ok(error.message.includes(remedy), error.message);
            ok(error.cause instanceof interfuse.InterfuseError, "a cause");
            if (op !== undefined) equal(error.opPath, `compile('f') > ${op}`);
            if (reason === "host-read")
              ok(error.cause.name === "HostReadError" && error.opPath === "compile('f') > data", `${error.cause.name} at ${error.opPath}`);
          }
          deepEqual(counts(f), [0, 0, 0, 0]);
        },
      ],
    ]),
    [
      "tracer-write: the whole text, nothing written, and no break where it is captured, an argument or new",
      async () => {
        class Model extends nn.Module {
          w = tensor([8]);
        }
        const model = new Model();
        const { w } = model;
        const body = (m, x) => m.update({ w: m.w.sub(x) }).w.mul(1);
        const strict = { fullgraph: true, name: "f" };
        const text =
          "compile('f'): the function cannot be one graph, which fullgraph asks for: update: parameters.w was to take a tensor that has no value while compile('f') traces the function. Capture what holds it (`state`), pass it as an argument, or return the new value.";
        throws(() => compile((x) => body(model, x), strict)(tensor([1])), "FullgraphError", text);
        ok(model.w === w, "the model is as it was");
        const step = compile((x) => body(model, x), { ...strict, state: model });
        deepEqual([await read(step(tensor([1]))), await read(step(tensor([1]))), await read(model.w)], [[7], [6], [6]]);
        deepEqual(await read(compile(body, strict)(model, tensor([1]))), [5]);
        deepEqual(await read(model.w), [6], "an argument is a copy");
        deepEqual(await read(compile((x) => body(new Model(), x), strict)(tensor([1]))), [7]);
        // Gradients lend the model other tensors, and give its own back.
        const gradient = compile((x) => nn.valueAndGrad(model, (y) => model.w.mul(y).sum())(x)[1].w, strict);
        deepEqual(await read(gradient(tensor([3]))), [3]);
        deepEqual([await read(model.w), counts(gradient)], [[6], [0, 1, 0, 1]]);
        // An optimiser that the function makes itself, and one of a constant rate that remembers nothing, are nobody's state.
        const rule = (make) => compile((x) => make().update({ w: x }, { w: x }).w, strict);
        const plain = new optim.SGD(0.5);
        deepEqual(
          [await read(rule(() => new optim.SGD(0.5, { momentum: 0.5 }))(tensor([1]))), await read(rule(() => plain)(tensor([1])))],
          [[0.5], [0.5]],
        );
      },
    ],
    [
      "evaluating a traced tensor is a host read",
      () => {
        const f = compile((x) => (interfuse.evaluate(x), x.add(1)), { fullgraph: true });
        const error = throws(() => f(tensor([1])), "FullgraphError");
        deepEqual([error.reason, error.cause.op], ["host-read", "evaluate"]);
      },
    ],
    [
      "not reasons: the user's errors, misfitting shapes, printing, outer arrays",
      async () => {
        const mine = compile(() => {
          throw new RangeError("mine");
        });
        throws(() => mine(tensor([1])), "RangeError", "mine");
        throws(() => compile((x) => x.reshape([7]))(tensor([1])), "ShapeError");
        const seen = [];
        const f = compile((x) => (seen.push(x.add(1)), seen.push(String(x)), x.mul(2)));
        f(tensor([3]));
        deepEqual([seen[1], counts(f)], ["Tensor(float32[1], tracing)", [0, 1, 0, 1]]);
        f(tensor([3]));
        equal(seen.length, 2, "side effects happen once per trace");
        throws(() => seen[0].add(1), "LeakedTracerError");
        throws(() => seen[0].data(), "LeakedTracerError");
      },
    ],
    [
      "the function gets containers of its own, compiled, by fallback and disabled",
      async () => {
        const args = { list: [tensor([1])], k: 1 };
        const mutate = (o) => {
          o.list.push(1);
          o.k = 2;
          delete o.list;
        };
        const check = () => deepEqual([args.list.length, args.k], [1, 1]);
        compile((o) => void mutate(o))(args);
        check();
        warnings(() => compile((o) => (o.list[0].data(), mutate(o), 1))(args));
        check();
        disableCompile();
        compile((o) => void mutate(o))(args);
        enableCompile();
        check();
      },
    ],
    [
      "UncapturedInputError: an argument that is closed over too",
      async () => {
        const x = tensor([1]);
        const f = compile((y) => y.add(x), { name: "f" });
        throws(
          () => f(x),
          "UncapturedInputError",
          "compile('f'): args[0] (float32[1]) is also closed over by the function. Use the argument inside the function, or do not pass it.",
        );
        deepEqual(await read(f(tensor([2]))), [3]);
        const state = { w: x };
        const g = compile((y) => y.add(x).add(state.w), { inputs: state, name: "g" });
        throws(
          () => g(tensor([1])),
          "UncapturedInputError",
          "compile('g'): inputs.w (float32[1]) is also closed over by the function. Use the argument inside the function, or do not pass it.",
        );
      },
    ],
    [
      "results: constants frozen, containers new, inputs as new handles, keys in order",
      async () => {
        let n = 0;
        const f = compile((x) => ({ b: x, a: [x, x], n: ++n, none: undefined, nul: null }));
        const x = tensor([1]);
        const [first, second] = [f(x), f(x)];
        deepEqual([first.n, second.n, second.nul, second.none], [1, 1, null, undefined]);
        deepEqual(Object.keys(second), ["b", "a", "n", "none", "nul"]);
        ok(first.a !== second.a && second.b !== x && second.a[0] !== second.a[1], "new handles and containers");
        deepEqual(await read(second.a[1]), [1]);
      },
    ],
    [
      "a lost or switched device: entries go, functions compile anew",
      async () => {
        const f = compile((x) => x.mul(3).add(1));
        deepEqual(await read(f(tensor([1]))), [4]);
        const other = kind === "cpu" ? undefined : "cpu";
        if (other !== undefined) {
          interfuse.setDevice(other);
          deepEqual(await read(f(tensor([2]))), [7]);
          equal(f.lastMiss.reason, "the device changed");
          interfuse.setDevice(kind);
          deepEqual(await read(f(tensor([1]))), [4]);
          deepEqual(counts(f), [1, 2, 0, 2]);
        } else deepEqual(counts(f), [0, 1, 0, 1]);
      },
    ],
    [
      "events tell of fallbacks",
      () => {
        const events = [];
        const stop = devtools.subscribe((event) => events.push(event));
        const f = compile((x) => (x.data(), x), { name: "told" });
        warnings(() => f(ones([1])));
        stop();
        const event = events.find(({ type }) => type === "fallback");
        deepEqual([event.report.function, event.report.reason], ["told", "host-read"]);
      },
    ],
  ];
};
export default { table, cases };
