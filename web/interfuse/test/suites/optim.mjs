/** @file Optimisers, schedules and clipping, on trees of tensors. */
import { deepEqual, equal, near, ok, throws } from "../check.mjs";

export default ({ interfuse }) => {
  const { compile, optim, tensor } = interfuse;
  const read = async (x) => Array.from(await x.data());
  const gradient = (step) => [0.5 - 0.1 * step, -1 + 0.3 * step, 0.01 * (step + 1)];
  /** Parameters after six steps, by the package and by a formula of one element. */
  const agree = async (name, optimizer, one) => {
    let params = { w: tensor([1, -2]), deeper: [{ b: tensor(0.5) }] };
    const wanted = [1, -2, 0.5];
    const slots = [
      [0, 0],
      [0, 0],
      [0, 0],
    ];
    for (let step = 0; step < 6; step++) {
      const g = gradient(step);
      params = optimizer.update(params, { w: tensor([g[0], g[1]]), deeper: [{ b: tensor(g[2]) }] });
      for (let i = 0; i < 3; i++) wanted[i] = one(wanted[i], g[i], slots[i], step + 1);
    }
    near([...(await read(params.w)), await params.deeper[0].b.item()], wanted, 1e-5, name);
    equal(await optimizer.state.step.item(), 6);
  };
  const adam = (decay, correct) => (p, g, s, t) => {
    s[0] = 0.9 * s[0] + 0.1 * g;
    s[1] = 0.999 * s[1] + 0.001 * g * g;
    const [c, d] = correct ? [1 - 0.9 ** t, 1 - 0.999 ** t] : [1, 1];
    return p * (1 - 0.1 * decay) - (0.1 * (s[0] / c)) / (Math.sqrt(s[1] / d) + 1e-8);
  };
  return [
    [
      "optim: every rule follows its formula",
      async () => {
        await agree("SGD", new optim.SGD(0.1), (p, g) => p - 0.1 * g);
        await agree(
          "SGD, momentum",
          new optim.SGD(0.1, { momentum: 0.9, dampening: 0.25, weightDecay: 0.2 }),
          (p, g, s) => p - 0.1 * (s[0] = 0.9 * s[0] + 0.75 * (g + 0.2 * p)),
        );
        await agree(
          "SGD, Nesterov",
          new optim.SGD(0.1, { momentum: 0.9, nesterov: true }),
          (p, g, s) => p - 0.1 * (g + 0.9 * (s[0] = 0.9 * s[0] + g)),
        );
        await agree("Adam", new optim.Adam(0.1), adam(0, true));
        await agree("Adam, as in MLX", new optim.Adam(0.1, { biasCorrection: false }), adam(0, false));
        await agree("AdamW", new optim.AdamW(0.1, { weightDecay: 0.05 }), adam(0.05, true));
        await agree("Adagrad", new optim.Adagrad(0.1), (p, g, s) => p - (0.1 * g) / (Math.sqrt((s[0] += g * g)) + 1e-8));
        await agree(
          "RMSprop",
          new optim.RMSprop(0.1, { alpha: 0.9 }),
          (p, g, s) => p - (0.1 * g) / (Math.sqrt((s[0] = 0.9 * s[0] + 0.1 * g * g)) + 1e-8),
        );
        await agree("Lion", new optim.Lion(0.1, { weightDecay: 0.1 }), (p, g, s) => {
          const c = 0.9 * s[0] + 0.1 * g;
          s[0] = 0.99 * s[0] + 0.01 * g;
          return p * 0.99 - 0.1 * Math.sign(c);
        });
      },
    ],
    [
      "optim: the state is a plain object of tensors",
      async () => {
        const optimizer = new optim.Adam(0.5);
        const { state } = optimizer;
        deepEqual(Object.keys(state), ["step", "learningRate"]);
        deepEqual([state.step.shape, state.step.dtype, state.learningRate.dtype], [[], "int32", "float32"]);
        optimizer.init({ w: tensor([1, 2]) });
        deepEqual(
          [Object.keys(state), await read(state.m.w)],
          [
            ["step", "learningRate", "m", "v"],
            [0, 0],
          ],
        );
        optimizer.learningRate = 0.25;
        equal(await optimizer.learningRate.item(), 0.25);
        optimizer.update({ w: tensor([1, 2]) }, { w: tensor([1, 1]) });
        ok(optimizer.state === state && (await state.step.item()) === 1, "the same object, a step further");
        // Saved and restored.
        const other = new optim.Adam(0.5);
        other.state = { ...state };
        deepEqual(
          await read(other.applyGradients({ w: tensor([1, 1]) }, { w: tensor([1, 2]) }).w),
          await read(optimizer.applyGradients({ w: tensor([1, 1]) }, { w: tensor([1, 2]) }).w),
        );
      },
    ],
    [
      "optim: schedules follow the step",
      async () => {
        const { constant, cosineDecay, exponentialDecay, joinSchedules, linearSchedule, stepDecay } = optim;
        const cosine = (t) => 0.2 + 0.4 * (1 + Math.cos((Math.PI * Math.min(t, 10)) / 10));
        for (const [schedule, formula] of [
          [constant(0.3), () => 0.3],
          [linearSchedule(0, 0.5, 4), (t) => (0.5 * Math.min(t, 4)) / 4],
          [exponentialDecay(0.8, 0.9), (t) => 0.8 * 0.9 ** t],
          [stepDecay(0.8, 0.5, 3), (t) => 0.8 * 0.5 ** Math.floor(t / 3)],
          [cosineDecay(1, 10, 0.2), cosine],
          [joinSchedules([linearSchedule(0, 0.5, 4), cosineDecay(1, 10, 0.2)], [4]), (t) => (t < 4 ? t / 8 : cosine(t - 4))],
        ]) {
          for (const t of [0, 1, 3, 4, 7, 30]) near([await schedule(tensor(t, { dtype: "int32" })).item()], [formula(t)]);
        }
        const optimizer = new optim.SGD(exponentialDecay(1, 0.5));
        let p = tensor([0]);
        for (let i = 0; i < 3; i++) p = optimizer.update(p, tensor([1]));
        deepEqual(await read(p), [-1.75]);
      },
    ],
    [
      "optim: gradients are clipped together",
      async () => {
        const [clipped, norm] = optim.clipGradNorm({ a: tensor([3]), b: [tensor([4])] }, 1);
        equal(await norm.item(), 5);
        near([...(await read(clipped.a)), ...(await read(clipped.b[0]))], [0.6, 0.8]);
        const fused = compile((a, b) => optim.clipGradNorm([a, b], 10)[0])(tensor([3]), tensor([4]));
        deepEqual([await read(fused[0]), await read(fused[1])], [[3], [4]]);
      },
    ],
    [
      "optim: mistakes are told",
      () => {
        throws(() => new optim.SGD("fast"), "CompileArgumentError", 'SGD: the learning rate is "fast". Give a number or a schedule.');
        throws(() => new optim.SGD(0.1, { momentun: 0.9 }), "CompileArgumentError");
        throws(
          () => new optim.SGD(0.1, { nesterov: true }).update(tensor([1]), tensor([1])),
          "CompileArgumentError",
          "SGD: the momentum with nesterov is 0. Nesterov's momentum needs a momentum and no dampening.",
        );
        throws(
          () => new optim.Adam(0.1).update({ w: tensor([1]) }, { w: tensor([1, 2]) }),
          "ShapeError",
          "update: parameter 0 float32[1] and its gradient float32[2] differ in shape. They must have the same shape; squeeze or reshape one of them.",
        );
        throws(() => new optim.SGD(0.1).update({ n: tensor([1], { dtype: "int32" }) }, { n: tensor([1]) }), "DTypeError");
      },
    ],
  ];
};
