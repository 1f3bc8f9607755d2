/** @file The worked examples of tests/data/visible_examples.json: inputs and expected values from there, the functions from here. */

export const table = "worked examples";

const decode = (given, { tensor, qsin }) => {
  if (typeof given === "string") return decode(JSON.parse(given.slice(given.indexOf("{"))), { tensor, qsin });
  if (given.formula === "qsin") return qsin(given.shape, given.seed, given.scale, given.offset);
  return tensor(given.values, { dtype: given.dtype });
};

/** What each example does, by name: gives the results in the order of its expectations. */
const programs = {
  closure_lazy_constant: async ({ compile, int, equal }) => {
    const x = int(1);
    const lazy = x.add(x);
    const f = compile((y) => lazy.add(y));
    for (let i = 0; i < 2; i++) equal(await f(int(2)).item(), 4);
  },
  constant_and_tensor_swap_position: async ({ compile, counted, int, equal }) => {
    const fn = counted((x, y) => (typeof x === "number" ? y.add(x) : x.add(y)));
    const c = compile(fn);
    equal(await c(int(1), 1).item(), 2);
    equal(await c(1, int(1)).item(), 2);
    equal(fn.runs, 2, "trace count");
  },
  broadcast_only_then_add: async ({ compile, tensor, read, deepEqual, ok, broadcastTo }) => {
    const o = compile((a) => {
      const b = broadcastTo(a, [1]);
      return b.add(b);
    })(tensor(2));
    deepEqual([o.shape, await read(o)], [[1], [4]]);
    ok(String(o).startsWith("Tensor(float32[1]"), "a text");
  },
  many_inputs_first_strided_20: async ({ compile, ones, read, deepEqual, equal, evaluate }) => {
    const inputs = Array.from({ length: 20 }, () => ones([2, 2, 2, 2]).add(0));
    inputs[0] = inputs[0].transpose();
    evaluate(inputs);
    const sum = (list) => list.reduce((a, b) => a.add(b));
    const f = compile((...xs) => sum(xs.slice(0, 10)).add(sum(xs.slice(10))));
    const o = f(...inputs);
    deepEqual(o.shape, [2, 2, 2, 2]);
    deepEqual(await read(o), Array(16).fill(20));
    equal(f.stats.misses, 1);
  },
  unsigned_abs_fused: async ({ compile, tensor, read, deepEqual, equal }) => {
    const o = compile((x) => x.abs().add(1))(tensor([1, 2, 3], { dtype: "uint32" }));
    equal(o.dtype, "uint32");
    deepEqual(await read(o), [2, 3, 4]);
  },
  isinf_result_bool: async ({ compile, inputs, read, deepEqual, equal }) => {
    const o = compile((x) => x.add(2).isinf())(inputs.x);
    equal(o.dtype, "bool");
    deepEqual(await read(o), [0]);
  },
  max_into_equal_no_inputs: async ({ compile, inputs, max, expects }) => {
    const { x } = inputs;
    return expects(compile(() => x.equal(max(x, [1, 2], { keepdims: true })))());
  },
  preserves_name_and_arity: ({ compile, deepEqual }) => {
    function useful(x, y) {
      return x.add(y);
    }
    const { name, length } = compile(useful);
    deepEqual([name, length], ["useful", 2]);
  },
  deep_unary_graph: ({ compile, inputs, expects }) => {
    const f = compile((x) => {
      for (let i = 0; i < 10; i++) x = x.sin().cos();
      return x;
    });
    return expects(f(inputs.x));
  },
  value_used_by_fused_and_reduction: ({ compile, inputs, expects }) => {
    const f = compile((x) => {
      const a = x.exp().abs();
      return a.add(a.sum().mul(0.01).exp().abs());
    });
    return expects(f(inputs.x));
  },
  outer_scalar_change_needs_new_function: async ({ compile, int, equal }) => {
    let k = 2;
    const c = compile((x) => x.add(k));
    equal(await c(int(0)).item(), 2);
    k = 3;
    equal(await c(int(0)).item(), 2);
  },
  grad_two_inputs_wrt_first: ({ compile, grad, inputs, expects }) => {
    const loss = (w, x) => {
      const y = x.mul(w);
      return y.mul(y.exp()).sum();
    };
    return expects(compile(grad(loss))(inputs.w, inputs.x));
  },
  vmap_of_compiled_in_axes_0_1: ({ compile, vmap, inputs, expects }) => {
    const f = (x, y) => x.add(y).exp().add(y).abs();
    return expects(vmap(compile(f), { inAxes: [0, 1] })(inputs.x, inputs.y));
  },
  value_and_grad_update_inside_compile: ({ compile, valueAndGrad, inputs, expects }) => {
    const loss = (w1, w2, x) => {
      const [a, b] = [x.matmul(w1), x.matmul(w2)];
      return a.add(b.square()).square().sum();
    };
    const step = compile((w1, w2, x) => {
      const [l, g] = valueAndGrad(loss)(w1, w2, x);
      return [l, w1.add(g)];
    });
    return expects(...step(inputs.w1, inputs.w2, inputs.x));
  },
  module_like_params_dynamic_batch: async ({ compile, inputs, qsin, zeros, near, equal, ok }) => {
    const [w, b] = [qsin([4, 3], 5), zeros([3])];
    const f = (x) => x.matmul(w).add(b);
    const c = compile(f, { dynamicDims: { 0: { 0: "batch" } } });
    for (const x of [inputs.x1, inputs.x2]) near(await c(x).data(), await f(x).data(), 1e-5);
    equal(c.stats.misses, 1);
    ok(c.stats.hits >= 1, "a hit");
  },
  stats_basic: async ({ compile, inputs, read, counts, deepEqual, equal, ok }) => {
    const c = compile((x) => x.mul(2).add(1));
    deepEqual(await read(c(inputs.x)), [3, 5, 7]);
    const first = c.stats;
    deepEqual(counts(c), [0, 1, 0, 1]);
    ok(first.totalCompileTimeMs > 0 && first.totalCachedExecTimeMs === 0, "times after the miss");
    deepEqual(await read(c(inputs.x)), [3, 5, 7]);
    deepEqual(counts(c), [1, 1, 0, 1]);
    ok(c.stats.totalCompileTimeMs === first.totalCompileTimeMs && c.stats.totalCachedExecTimeMs > 0, "times after the hit");
    equal(c.stats.hitRate, 50);
  },
};

export const cases = (help) => {
  const { examples, deepEqual, near, ok } = help;
  const known = Object.keys(programs).sort();
  deepEqual(examples.cases.map(({ name }) => name).sort(), known, "the examples");
  return examples.cases
    .filter(({ name }) => name in programs)
    .map(({ name, given, then }) => [
      name,
      async () => {
        const inputs = Object.fromEntries(
          Object.entries(typeof given.inputs === "object" ? given.inputs : {}).flatMap(([key, value]) =>
            typeof value === "object" ? [[key, decode(value, help)]] : [],
          ),
        );
        /** Compares results with the values that the example states. */
        const expects = async (...results) => {
          const stated = then.filter(({ value }) => value !== undefined);
          ok(stated.length === results.length, "one result per expectation");
          for (const [i, { value, rtol = 1e-4 }] of stated.entries()) {
            deepEqual([results[i].shape, results[i].dtype], [value.shape, value.dtype]);
            near(await results[i].data(), value.values, rtol);
          }
        };
        await programs[name]({ ...help, inputs, expects });
      },
    ]);
};
export default { table, cases };
