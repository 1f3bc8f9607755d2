/** @file Networks: losses, activations, layers, `nn.valueAndGrad`, and training steps, compiled and not. */
import { deepEqual, equal, near, ok, throws } from "../check.mjs";

export default ({ interfuse, devtools, kind }) => {
  const { compile, io, memory, nn, optim, random, tensor, Tensor } = interfuse;
  const { losses } = nn;
  const read = async (x) => Array.from(await x.data());
  const sigmoid = (x) => 1 / (1 + Math.exp(-x));

  /** The model, data and step of MLX's guide. */
  const guide = () => {
    random.seed(3);
    const model = new nn.Linear(10, 1);
    const optimizer = new optim.SGD(0.1, { momentum: 0.8 });
    const x = random.uniform([4, 10], { key: random.key(1) });
    const y = tensor([0, 1, 0, 1]);
    const lossFn = (model, x, y) => losses.binaryCrossEntropy(model.forward(x).squeeze(), y);
    const lossAndGrad = nn.valueAndGrad(model, lossFn);
    const step = (x, y) => {
      const [loss, grads] = lossAndGrad(model, x, y);
      optimizer.update(model, grads);
      return loss;
    };
    return { model, optimizer, x, y, step };
  };

  /**
   * Every layer, activation and loss: a function of tensors, and the shapes of its arguments at sizes (m, n); "int" before a shape asks
   * for class indices.
   */
  const everything = () => {
    random.seed(5);
    const flat = (m) => [[m, 8]];
    const deep = (m, n) => [[m, n, 8]];
    const signal = (m, n) => [[m, n + 4, 8]];
    const picture = (m, n) => [[m, n + 4, n + 3, 8]];
    const pair = (m, n) => [
      [m, n],
      [m, n],
    ];
    const of = (layer) => (x) => layer.forward(x);
    const dropping = random.key(9);
    const layers = [
      ["Linear", of(new nn.Linear(8, 5)), flat],
      ["Linear, deep", of(new nn.Linear(8, 5, { bias: false })), deep],
      ["Embedding", of(new nn.Embedding(6, 3)), (m, n) => [["int", m, n]]],
      ["LayerNorm", of(new nn.LayerNorm(8)), deep],
      ["RMSNorm", of(new nn.RMSNorm(8)), deep],
      ["BatchNorm", of(new nn.BatchNorm(8).eval()), deep],
      ["BatchNorm, training", of(new nn.BatchNorm(8, { trackRunningStats: false })), deep],
      ["Conv1d", of(new nn.Conv1d(8, 6, 3, { padding: 1, stride: 2 })), signal],
      ["Conv2d", of(new nn.Conv2d(8, 4, [3, 2], { groups: 2 })), picture],
      ["Dropout", of(new nn.Dropout(0.25)), deep],
      ["bernoulli with a key", (x) => x.mul(random.bernoulli(0.5, x.shape, { key: dropping })), deep],
      ["MultiHeadAttention", of(new nn.MultiHeadAttention(8, 2, { bias: true })), deep],
      ["Sequential", of(new nn.Sequential(new nn.Linear(8, 4), nn.gelu, new nn.LayerNorm(4), new nn.Linear(4, 2))), flat],
      ["prelu", (x) => nn.prelu(x, tensor(0.3)), deep],
    ];
    const names = [
      "relu",
      "gelu",
      "silu",
      "elu",
      "celu",
      "selu",
      "relu6",
      "relu2",
      "leakyRelu",
      "softplus",
      "softsign",
      "softshrink",
      "hardShrink",
      "logSigmoid",
      "mish",
      "hardswish",
      "hardTanh",
      "geluApprox",
      "geluFastApprox",
      "softmin",
      "step",
      "glu",
      "tanh",
      "sigmoid",
      "softmax",
      "logSoftmax",
    ];
    const activations = names.map((name) => [name, (x) => (nn[name] ?? interfuse[name])(x), deep]);
    const { crossEntropy, binaryCrossEntropy, tripletLoss, marginRankingLoss, gaussianNllLoss, ...others } = losses;
    const two = Object.entries(others).map(([name, loss]) => [
      name,
      name === "nllLoss" ? (x, y) => loss(x.logSoftmax(), y) : (x, y) => loss(x, y),
      name === "nllLoss"
        ? (m, n) => [
            [m, n, 6],
            ["int", m, n],
          ]
        : pair,
    ]);
    return [
      ...layers,
      ...activations,
      ...two,
      [
        "crossEntropy",
        (x, y) => crossEntropy(x, y, { labelSmoothing: 0.1, reduction: "mean" }),
        (m, n) => [
          [m, n, 6],
          ["int", m, n],
        ],
      ],
      ["crossEntropy of probabilities", (x, y) => crossEntropy(x, y.softmax()), pair],
      ["binaryCrossEntropy", (x, y) => binaryCrossEntropy(x, y.sigmoid()), pair],
      [
        "tripletLoss",
        (a, b, c) => tripletLoss(a, b, c),
        (m, n) => [
          [m, n],
          [m, n],
          [m, n],
        ],
      ],
      [
        "marginRankingLoss",
        (a, b, c) => marginRankingLoss(a, b, c.sign(), { margin: 0.5 }),
        (m, n) => [
          [m, n],
          [m, n],
          [m, n],
        ],
      ],
      [
        "gaussianNllLoss",
        (a, b, c) => gaussianNllLoss(a, b, c.exp()),
        (m, n) => [
          [m, n],
          [m, n],
          [m, n],
        ],
      ],
    ];
  };
  const sizes = [
    [3, 4],
    [5, 2],
    [1, 7],
    [4, 1],
    [2, 9],
    [8, 3],
  ];
  const argument = (shape, seed) =>
    shape[0] === "int" ? random.randint(0, 6, shape.slice(1), { key: random.key(seed) }) : random.normal(shape, { key: random.key(seed) });

  return [
    [
      "nn: every layer, activation and loss is traced at one size and runs at five others without a guard, as do its gradients",
      async () => {
        for (const [name, fn, shapes] of everything()) {
          // A software GPU makes pipelines slowly: there the gradients of layers stand for all.
          const differentiable = shapes(1, 1)[0][0] !== "int" && (kind === "cpu" || /^[A-Z]/.test(name));
          const slopes = interfuse.grad((...args) =>
            fn(...args)
              .square()
              .sum(),
          );
          for (const [what, run] of differentiable
            ? [
                ["value", fn],
                ["gradient", slopes],
              ]
            : [["value", fn]]) {
            const state = name === "Dropout" ? { state: random.state } : {};
            const f = compile((...args) => run(...args), { shapeless: true, ...state });
            for (const [m, n] of sizes) {
              const args = shapes(m, n).map((shape, seed) => argument(shape, seed));
              const seeded = (work) => (random.seed(m), work(...args));
              const [got, want] = [seeded(f), seeded(run)];
              deepEqual([got.shape, got.dtype], [want.shape, want.dtype], `${what} of ${name} at ${m}, ${n}`);
              near(await read(got), await read(want), 2e-5, `${what} of ${name} at ${m}, ${n}`);
            }
            const { traces, hits, fallbacks, guardFailures } = f.stats;
            deepEqual([traces, hits, fallbacks, guardFailures], [1, 5, 0, 0], `${what} of ${name}`);
            deepEqual(f.cache()[0].guards, [], `guards: ${what} of ${name}`);
          }
        }
        const linear = compile(new nn.Linear(8, 5).forward.bind(new nn.Linear(8, 5)), { shapeless: true });
        linear(random.normal([3, 8], { key: random.key(1) }));
        deepEqual(linear.cache()[0].rules, ["s1 == 8 (Linear)"], "what eager mode asks for as well");
        throws(() => linear(random.normal([3, 7], { key: random.key(1) })), "ShapeGuardError", undefined);
      },
    ],
    [
      "nn: losses have their values and default reductions",
      async () => {
        const [p, y] = [tensor([0.5, -2, 3]), tensor([1, 1, -1])];
        const is = async (loss, wanted) => near(await read(loss), wanted, 2e-6);
        await is(losses.mseLoss(p, y), [25.25 / 3]);
        await is(losses.mseLoss(p, y, { reduction: "none" }), [0.25, 9, 16]);
        await is(losses.l1Loss(p, y, { reduction: "sum" }), [7.5]);
        await is(losses.smoothL1Loss(p, y, { beta: 2, reduction: "none" }), [0.0625, 2, 3]);
        await is(losses.huberLoss(p, y, { delta: 2 }), [0.125, 4, 6]);
        await is(
          losses.logCoshLoss(p, y),
          [0.5, 3, 4].map((d) => Math.log(Math.cosh(d))),
        );
        await is(losses.hingeLoss(p, y), [0.5, 3, 4]);
        await is(losses.marginRankingLoss(p, tensor([0, 0, 0]), y, { margin: 1 }), [0.5, 3, 4]);
        const bce = (p, y) => -(y * Math.log(p) + (1 - y) * Math.log(1 - p));
        const targets = tensor([1, 0, 0.25]);
        const each = [bce(sigmoid(0.5), 1), bce(sigmoid(-2), 0), bce(sigmoid(3), 0.25)];
        await is(losses.binaryCrossEntropy(p, targets), [(each[0] + each[1] + each[2]) / 3]);
        await is(losses.binaryCrossEntropy(p.sigmoid(), targets, { withLogits: false, weights: tensor([1, 2, 3]), reduction: "none" }), [
          each[0],
          2 * each[1],
          3 * each[2],
        ]);
        const logits = tensor([
          [1, 2, 3],
          [1000, 0, -1000],
        ]);
        const lse = 3 + Math.log(1 + Math.exp(-1) + Math.exp(-2));
        await is(losses.crossEntropy(logits, tensor([1, 0])), [lse - 2, 0]);
        await is(losses.crossEntropy(logits, tensor(Int32Array.of(1, 0)), { reduction: "mean" }), [(lse - 2) / 2]);
        await is(
          losses.crossEntropy(
            logits,
            tensor([
              [0.25, 0.25, 0.5],
              [0, 1, 0],
            ]),
          ),
          [lse - 2.25, 1000],
        );
        await is(losses.crossEntropy(logits, tensor([0, 0]), { labelSmoothing: 0.3, weights: tensor([2, 1]) }), [2 * (lse - 1.3), 300]);
        await is(losses.crossEntropy(logits.transpose(), tensor([1, 0]), { axis: 0 }), [lse - 2, 0]);
        await is(losses.crossEntropy(logits, tensor([3, 0])), [NaN, 0]);
        await is(losses.nllLoss(interfuse.logSoftmax(logits), tensor([1, 0])), [lse - 2, 0]);
        await is(losses.klDivLoss(tensor([[0.5, 0.5]]).log(), tensor([[0.25, 0.75]]).log()), [0.25 * Math.log(0.5) + 0.75 * Math.log(1.5)]);
        await is(losses.gaussianNllLoss(p, y, tensor([1, 4, 0]), { eps: 0.5, reduction: "none" }), [
          0.125,
          (Math.log(4) + 2.25) / 2,
          (Math.log(0.5) + 32) / 2,
        ]);
        await is(losses.cosineSimilarityLoss(tensor([[3, 4]]), tensor([[4, 3]])), [24 / 25]);
        await is(losses.tripletLoss(tensor([[0, 0]]), tensor([[1, 0]]), tensor([[0, 1]]), { eps: 0 }), [1]);
        equal(
          await compile((a, b) => losses.crossEntropy(a, b, { reduction: "sum" }))(logits, tensor([1, 0])).item(),
          await losses.crossEntropy(logits, tensor([1, 0]), { reduction: "sum" }).item(),
        );
        throws(
          () => losses.mseLoss(tensor([1, 2]), tensor([[1], [2]])),
          "ShapeError",
          "mseLoss: predictions float32[2] and targets float32[2,1] differ in shape. They must have the same shape; squeeze or reshape one of them.",
        );
        throws(
          () => losses.l1Loss(p, y, { reduction: "median" }),
          "CompileArgumentError",
          'l1Loss: reduction is "median". It may be "none", "mean" or "sum".',
        );
        throws(() => losses.mseLoss(p, 3), "CompileArgumentError");
      },
    ],
    [
      "nn: activations have their values",
      async () => {
        const values = [-2, -0.5, 0, 0.5, 8];
        const x = tensor(values);
        for (const [name, f, ...args] of [
          ["elu", (x) => (x > 0 ? x : 1.5 * Math.expm1(x)), 1.5],
          ["celu", (x) => Math.max(x, 0) + Math.min(0, Math.expm1(x))],
          ["relu6", (x) => Math.min(Math.max(x, 0), 6)],
          ["relu2", (x) => Math.max(x, 0) ** 2],
          ["leakyRelu", (x) => (x > 0 ? x : 0.1 * x), 0.1],
          ["softsign", (x) => x / (1 + Math.abs(x))],
          ["softshrink", (x) => (Math.abs(x) > 0.5 ? x - 0.5 * Math.sign(x) : 0)],
          ["hardShrink", (x) => (Math.abs(x) > 1 ? x : 0), 1],
          ["logSigmoid", (x) => Math.log(sigmoid(x))],
          ["mish", (x) => x * Math.tanh(Math.log1p(Math.exp(x)))],
          ["hardswish", (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6],
          ["hardTanh", (x) => Math.min(Math.max(x, -2), 3), -2, 3],
          ["geluFastApprox", (x) => x * sigmoid(1.702 * x)],
          ["step", (x) => (x > 0.25 ? 1 : 0), 0.25],
          ["silu", (x) => x * sigmoid(x)],
          ["relu", (x) => Math.max(x, 0)],
          ["tanh", Math.tanh],
        ]) {
          near(await read(nn[name](x, ...args)), values.map(f), 3e-6, name);
        }
        near(await read(nn.selu(tensor([-1, 1]))), [-1.1113307, 1.050701]);
        near(await read(nn.glu(tensor([1, 2, 0, 1]))), [0.5, 2 * sigmoid(1)]);
        near(
          await read(nn.prelu(x, tensor(0.25))),
          values.map((x) => (x > 0 ? x : 0.25 * x)),
        );
        near(await read(nn.softmin(tensor([0, 0]))), [0.5, 0.5]);
      },
    ],
    [
      "nn: layers have their shapes, values and parameters",
      async () => {
        const linear = new nn.Linear(2, 3);
        deepEqual([linear.weight.shape, linear.bias.shape], [[3, 2], [3]]);
        ok(
          (await read(linear.weight)).every((w) => Math.abs(w) <= Math.SQRT1_2),
          "weights within 1 / sqrt(inputs)",
        );
        linear.update({
          weight: tensor([
            [1, 0],
            [0, 1],
            [1, 1],
          ]),
          bias: tensor([0, 10, 0]),
        });
        deepEqual(await read(linear.forward(tensor([[1, 2]]))), [1, 12, 3]);
        deepEqual(Object.keys(new nn.Linear(2, 3, { bias: false }).parameters()), ["weight"]);
        const embedding = new nn.Embedding(4, 2);
        embedding.update({
          weight: tensor([
            [0, 1],
            [2, 3],
            [4, 5],
            [6, 7],
          ]),
        });
        deepEqual(await read(embedding.forward(tensor(Int32Array.of(3, 0)))), [6, 7, 0, 1]);
        deepEqual(await read(embedding.asLinear(tensor([1, 1]))), [1, 5, 9, 13]);
        near(
          await read(
            new nn.LayerNorm(2, { eps: 0 }).forward(
              tensor([
                [1, 2],
                [3, -4],
              ]),
            ),
          ),
          [-1, 1, 1, -1],
        );
        deepEqual(Object.keys(new nn.LayerNorm(2, { affine: false }).parameters()), []);
        near(await read(new nn.RMSNorm(2, { eps: 0 }).forward(tensor([[1, 2]]))), [1 / Math.sqrt(2.5), 2 / Math.sqrt(2.5)]);
        const conv = new nn.Conv1d(1, 2, 2);
        conv.update({
          weight: tensor([
            [[1], [1]],
            [[1], [-1]],
          ]),
          bias: tensor([0, 10]),
        });
        deepEqual(await read(conv.forward(tensor([[[1], [2], [4]]]))), [3, 9, 6, 8]);
        const image = new nn.Conv2d(4, 6, 3, { stride: 2, padding: 1, groups: 2, bias: false });
        deepEqual(
          [image.weight.shape, image.forward(interfuse.ones([2, 5, 7, 4])).shape, Object.keys(image.parameters())],
          [[6, 3, 3, 2], [2, 3, 4, 6], ["weight"]],
        );
        const attention = new nn.MultiHeadAttention(8, 2);
        const x = random.normal([2, 3, 8], { key: random.key(1) });
        deepEqual(attention.forward(x).shape, [2, 3, 8]);
        const mask = nn.MultiHeadAttention.createAdditiveCausalMask(3);
        const masked = attention.forward(x, x, x, mask);
        const alone = attention.forward(x.slice(null, [0, 1]));
        near(await read(masked.slice(null, [0, 1])), await read(alone), 1e-5, "the first position sees itself only");
        deepEqual(Object.keys(attention.parameters()), ["queryProj", "keyProj", "valueProj", "outProj"]);
        throws(
          () => new nn.MultiHeadAttention(8, 3),
          "CompileArgumentError",
          "MultiHeadAttention: 8 features cannot be divided into 3 heads. The number of heads must be a divisor of the features.",
        );
        const model = new nn.Sequential(new nn.Linear(2, 4), nn.relu, new nn.Linear(4, 1), (x) => x.squeeze(-1));
        deepEqual(
          model.forward(
            tensor([
              [1, 2],
              [3, 4],
            ]),
          ).shape,
          [2],
        );
        deepEqual(
          (await io.saveSafetensors(model.parameters())).length > 0 &&
            Object.keys(io.loadSafetensors(await io.saveSafetensors(model.parameters()))),
          ["layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias"],
        );
        const seeded = nn.init.heNormal([100, 50], { key: random.key(2) });
        near([await seeded.std().item()], [1 / Math.sqrt(50)], 0.01);
      },
    ],
    [
      "nn: batch norm follows the batches, dropout draws anew",
      async () => {
        const norm = new nn.BatchNorm(2, { eps: 0 });
        const x = tensor([
          [1, 2],
          [3, -4],
        ]);
        near(await read(norm.forward(x)), [-1, 1, 1, -1]);
        near([...(await read(norm.runningMean)), ...(await read(norm.runningVar))], [0.2, -0.1, 1, 1.8]);
        near(await read(norm.eval().forward(x)), [0.8, 2.1 / Math.sqrt(1.8), 2.8, -3.9 / Math.sqrt(1.8)]);
        deepEqual(Object.keys(norm.trainableParameters()), ["weight", "bias"]);
        // Running statistics follow in a compiled step as well, though the step differentiates the layer.
        const build = () => new nn.Sequential(new nn.BatchNorm(2), (x) => x.square());
        const train = async (model, compiled) => {
          const lossAndGrad = nn.valueAndGrad(model, (x) => model.forward(x).sum());
          const step = (x) => lossAndGrad(x)[0];
          const run = compiled ? compile(step, { state: model.state }) : step;
          for (let i = 0; i < 3; i++)
            await run(
              tensor([
                [1, 2],
                [3, -4 - i],
              ]),
            ).item();
          return [...(await read(model.layers[0].runningMean)), ...(await read(model.layers[0].runningVar))];
        };
        const plain = await train(build(), false);
        near(await train(build(), true), plain);
        ok(plain[0] > 0.5 && plain[1] < -0.3, `the statistics moved: ${plain}`);

        const dropout = new nn.Dropout(0.5);
        const ones = interfuse.ones([1000]);
        const run = compile((x) => dropout.forward(x), { state: random.state });
        const draw = async () => {
          random.seed(11);
          return [await read(run(ones)), await read(run(ones))];
        };
        const [first, second] = await draw();
        ok(
          first.some((value, i) => value !== second[i]),
          "two steps differ",
        );
        deepEqual(await draw(), [first, second], "a seed repeats");
        ok(
          first.every((value) => value === 0 || value === 2) && Math.abs(first.reduce((a, b) => a + b, 0) - 1000) < 150,
          "half is kept, doubled",
        );
        random.seed(11);
        deepEqual(await read(dropout.forward(ones)), first, "as it is without compiling");
        equal(dropout.eval().forward(ones), ones);
      },
    ],
    [
      "nn: valueAndGrad differentiates by the trainable parameters, and leaves the model as it was",
      async () => {
        const model = new nn.Sequential(new nn.Linear(2, 1), nn.tanh);
        model.update({ layers: [{ weight: tensor([[1, -1]]), bias: tensor([0.5]) }] });
        const before = model.layers[0].weight;
        const lossFn = (x, scale) => model.forward(x).sum().mul(scale);
        const [loss, grads] = nn.valueAndGrad(model, lossFn)(tensor([[1, 2]]), 2);
        const slope = 2 * (1 - Math.tanh(-0.5) ** 2);
        near(
          [await loss.item(), ...(await read(grads.layers[0].weight)), ...(await read(grads.layers[0].bias))],
          [2 * Math.tanh(-0.5), slope, 2 * slope, slope],
        );
        ok(model.layers[0].weight === before, "the same tensors as before");
        model.layers[0].freeze("weight");
        deepEqual(Object.keys(nn.valueAndGrad(model, lossFn)(tensor([[1, 2]]), 2)[1].layers[0]), ["bias"]);
        const [[value, more], some] = nn.valueAndGrad(model, (x) => [model.forward(x).sum(), { x2: x.mul(2) }], { hasAux: true })(
          tensor([[1, 2]]),
        );
        near([await value.item(), ...(await read(more.x2)), ...(await read(some.layers[0].bias))], [Math.tanh(-0.5), 2, 4, slope / 2]);
        throws(
          () =>
            nn.valueAndGrad(model, () => {
              throw new RangeError("mine");
            })(),
          "RangeError",
          "mine",
        );
        ok(model.layers[0].weight === before, "also after a throw");
        throws(
          () => nn.valueAndGrad({}, lossFn),
          "CompileArgumentError",
          "nn.valueAndGrad: the first argument must be a module, got Object",
        );
      },
    ],
    [
      "nn: the training step of the guide, compiled as uncompiled",
      async () => {
        const plain = guide();
        const eager = [];
        for (let it = 0; it < 10; it++) eager.push(await plain.step(plain.x, plain.y).item());
        ok(eager[9] < eager[0], "it learns");
        const fused = guide();
        const step = compile(fused.step, { state: [fused.model.state, fused.optimizer.state] });
        const compiled = [];
        for (let it = 0; it < 10; it++) compiled.push(await step(fused.x, fused.y).item());
        near(compiled, eager, 1e-6);
        deepEqual([step.stats.traces, step.stats.hits], [2, 8], "the first step makes the state");
        near(await read(fused.model.weight), await read(plain.model.weight), 1e-6);
        equal(await fused.optimizer.step.item(), 10);
      },
    ],
    [
      "nn: an LSTM by scan learns, and ten thousand steps are the kernels of ten",
      async () => {
        const width = 8;
        const weight = (seed, ...shape) => random.normal(shape, { key: random.key(seed) }).mul(0.3);
        let params = {
          x: weight(1, 1, 4 * width),
          h: weight(2, width, 4 * width),
          b: interfuse.zeros([4 * width]),
          out: weight(3, width, 1),
        };
        const cell = (p, { h, c }, x) => {
          const [keep, write, show, value] = x.matmul(p.x).add(h.matmul(p.h)).add(p.b).split(4, -1);
          const next = keep.add(1).sigmoid().mul(c).add(write.sigmoid().mul(value.tanh()));
          const seen = show.sigmoid().mul(next.tanh());
          return [{ h: seen, c: next }, seen.matmul(p.out)];
        };
        let runs = 0;
        const loss = (p, wave) => {
          const rest = { h: interfuse.zeros([wave.shape[1], width]), c: interfuse.zeros([wave.shape[1], width]) };
          const [, guesses] = interfuse.scan((state, x) => (runs++, cell(p, state, x)), rest, wave.slice([0, -1]));
          return guesses
            .sub(wave.slice([1]))
            .square()
            .mean();
        };
        const wave = (length, batch) =>
          interfuse
            .arange(length)
            .astype("float32")
            .reshape([length, 1, 1])
            .mul(0.5)
            .add(interfuse.arange(batch).reshape([batch, 1]))
            .sin();
        const optimizer = new optim.Adam(0.02);
        optimizer.init(params);
        const step = compile(
          (p, wave) => {
            const [value, grads] = interfuse.valueAndGrad(loss)(p, wave);
            return [value, optimizer.applyGradients(grads, p)];
          },
          { state: optimizer.state },
        );
        const seen = [];
        for (let at = 0; at < 40; at++) {
          const [value, next] = step(params, wave(13, 4));
          seen.push(await value.item());
          params = next;
        }
        ok(seen[39] < 0.2 * seen[0], `it learns: ${seen[0]} to ${seen[39]}`);
        deepEqual([step.stats.traces, step.stats.hits, runs], [1, 39, 1]);
        const value = compile(loss);
        await value(params, wave(11, 1)).item();
        const long = await value(params, wave(10_001, 1)).item();
        ok(long > 0 && long < 0.5, `the loss of ten thousand steps: ${long}`);
        const [many, few] = value.cache();
        ok(Math.abs(many.kernels - few.kernels) <= 2, `${many.kernels} kernels, ${few.kernels} of ten steps`);
      },
    ],
    [
      "nn: a thousand compiled steps take one trace, at most one submit each, and no memory",
      async () => {
        const { model, optimizer, x, y, step } = guide();
        optimizer.init(model);
        const compiled = compile(step, { state: [model.state, optimizer.state] });
        let before;
        for (let i = 0; i < 1000; i++) {
          const { submits, bytesRead } = devtools.counters();
          const loss = compiled(x, y);
          const after = devtools.counters();
          if (i > 0) ok(after.submits - submits <= 1 && after.bytesRead === bytesRead, `${after.submits - submits} submits in step ${i}`);
          loss.dispose();
          // The collector runs between macrotasks only: a page that trains awaits something now and then.
          if (i % 100 === 99) {
            await new Promise((resolve) => setTimeout(resolve, 0));
            await model.bias.item();
          }
          if (i === 199) before = memory().peakBytes;
        }
        deepEqual([compiled.stats.traces, compiled.stats.hits], [1, 999]);
        equal(await optimizer.step.item(), 1000);
        ok(memory().peakBytes <= before * 4 + 1_000_000, `bytes at the peak, from ${before} to ${memory().peakBytes}`);
        ok(model instanceof nn.Module && model.weight instanceof Tensor, "the model is what it was");
      },
    ],
  ];
};
