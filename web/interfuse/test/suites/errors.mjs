/** @file Every mistake is an error at the call, with a text that a person can act on; the texts are pinned. */
import { equal, ok, rejects, throws } from "../check.mjs";

const big = "Split it along an axis.";

/** [what, the mistake, the class, the whole text] */
const mistakes = ({
  at,
  compile,
  fori,
  full,
  io,
  nn,
  ones,
  optim,
  pad,
  random,
  registerPytree,
  scope,
  setCompileMode,
  tensor,
  tensordot,
  Tensor,
  zeros,
}) => [
  [
    "shapes",
    () => ones([2, 3]).add(ones([4])),
    "ShapeError",
    "add: float32[2,3] and float32[4] cannot be broadcast together. Sizes must be equal or 1, aligned at the last axis.",
  ],
  [
    "matrix product",
    () => ones([2, 3]).matmul(ones([2, 3])),
    "ShapeError",
    "matmul: float32[2,3] and float32[2,3]: axis 1 of the first has size 3, axis 0 of the second 2. They are multiplied and summed, so they must be equal; transpose one?",
  ],
  [
    "reshape",
    () => ones([75]).reshape([6, 12]),
    "ShapeError",
    "reshape: cannot reshape float32[75] of size 75 into [6, 12]. The number of elements must stay the same; one size may be -1.",
  ],
  [
    "an axis that is not there",
    () => ones([2, 3]).sum(2),
    "CompileArgumentError",
    "sum: axis 2 is out of range for float32[2,3]. Its axes are 0 to 1, or -2 to -1 from the end.",
  ],
  ["half an axis", () => ones([2, 3]).sum(1.5), "CompileArgumentError", "sum: an axis is 1.5. It must be an integer."],
  [
    "an axis twice",
    () => ones([2, 3]).sum([0, -2]),
    "CompileArgumentError",
    "sum: axis -2 of float32[2,3] is named twice. Name every axis once.",
  ],
  [
    "dtypes",
    () => tensor(new Int32Array(2)).add(tensor(new Uint32Array(2))),
    "DTypeError",
    "add: int32[2] and uint32[2] have no common dtype. Convert one of them with astype.",
  ],
  [
    "a dtype of an op",
    () => ones([2]).leftShift(1),
    "DTypeError",
    "leftShift: is not defined for float32. It works on integers and bool: convert with astype.",
  ],
  [
    "a number too large",
    () => tensor(new Int32Array(1)).add(2 ** 31),
    "DTypeError",
    "add: 2147483648 does not fit int32. Convert the tensor with astype, or make the number a tensor of another dtype.",
  ],
  [
    "an unknown dtype",
    () => zeros([2], { dtype: "int64" }),
    "DTypeError",
    'zeros: "int64" is not a dtype. There are no 64-bit integers on GPUs; use "int32" or "uint32".',
  ],
  [
    "a ragged array",
    () => tensor([[1, 2], [3]]),
    "ShapeError",
    "tensor: the nested arrays are ragged: [1] has 1 element, expected 2 elements as in the first. All rows must be equally long.",
  ],
  [
    "a ragged depth",
    () => tensor([[1, 2], 3]),
    "ShapeError",
    "tensor: the nested arrays are ragged: [1] has 3, expected an array of 2. All rows must be equally long.",
  ],
  [
    "int64 data",
    () => tensor(new BigInt64Array(2)),
    "DTypeError",
    'tensor: a BigInt64Array has 64-bit elements, which GPUs lack. Name the dtype to convert to, such as { dtype: "float32" }.',
  ],
  [
    "float64 data",
    () => tensor(new Float64Array(2)),
    "DTypeError",
    'tensor: a Float64Array has 64-bit elements, which GPUs lack. Name the dtype to convert to, such as { dtype: "float32" }.',
  ],
  [
    "a bigint",
    () => tensor([1n]),
    "DTypeError",
    "tensor: there is a bigint at [0], and GPUs have no 64-bit integers. Convert it with Number(...), or pass a BigInt64Array and a dtype.",
  ],
  [
    "a fraction as int32",
    () => tensor([1, 1.5], { dtype: "int32" }),
    "DTypeError",
    "tensor: 1.5 (element 1) is not an int32. Round or clip the values first, or use float32.",
  ],
  [
    "too few elements",
    () => tensor([1, 2, 3], { shape: [2, 2] }),
    "ShapeError",
    "tensor: 3 elements do not fill a shape of [2,2], which has 4. Give as many elements as the shape has.",
  ],
  [
    "2^31 elements",
    () => zeros([2 ** 31]),
    "LimitError",
    `zeros: a tensor of shape [2147483648] has more than 2147483647 elements. ${big}`,
  ],
  [
    "2^31 elements by broadcasting",
    () => full([65536, 1], 1).add(full([1, 32768], 1)),
    "LimitError",
    `add: a tensor of shape [65536,32768] has more than 2147483647 elements. ${big}`,
  ],
  [
    "an unknown option",
    () => ones([2]).sum(0, { keepdim: true }),
    "CompileArgumentError",
    'sum: there is no option "keepdim". There is keepdims.',
  ],
  [
    "an unknown option of compile",
    () =>
      compile(
        function f(x) {
          return x;
        },
        { maxSize: 1 },
      ),
    "CompileArgumentError",
    "compile('f'): there is no option \"maxSize\". The options are inputs, outputs, state, shapeless, dynamicDims, fullgraph, maxCacheSize, donate, name, onRecompile.",
  ],
  [
    "an option that makes no sense",
    () =>
      compile(
        function f(x) {
          return x;
        },
        { shapeless: "yes" },
      ),
    "CompileArgumentError",
    "compile('f'): shapeless is \"yes\". It must be true or false.",
  ],
  [
    "fullgraph that is no flag",
    () => compile((x) => x, { fullgraph: null }),
    "CompileArgumentError",
    `compile('anonymous'): fullgraph is null. It must be true or false.`,
  ],
  [
    "half an entry to keep",
    () => compile((x) => x, { maxCacheSize: 0.5 }),
    "CompileArgumentError",
    `compile('anonymous'): maxCacheSize is 0.5. It must be a whole number that is not negative, or Infinity.`,
  ],
  [
    "sizes named by a string",
    () => compile((x) => x, { dynamicDims: "batch" }),
    "CompileArgumentError",
    `compile('anonymous'): dynamicDims is "batch". It must name axes of arguments, such as { 0: { 0: "batch" } }.`,
  ],
  [
    "an axis that is no integer",
    () => compile((x) => x, { dynamicDims: { 0: { first: "batch" } } }),
    "CompileArgumentError",
    `compile('anonymous'): dynamicDims names the axis "first" of the argument 0. An axis is an integer.`,
  ],
  [
    "a position to donate that is negative",
    () => compile((x) => x, { donate: [-1] }),
    "CompileArgumentError",
    `compile('anonymous'): donate is an array of 1. It must be true, false or an array of positions of arguments.`,
  ],
  [
    "a name that is none",
    () => compile((x) => x, { name: 1 }),
    "CompileArgumentError",
    `compile('anonymous'): the name is 1. It must be a string.`,
  ],
  [
    "what recompiling is not",
    () => compile((x) => x, { onRecompile: "stop" }),
    "CompileArgumentError",
    `compile('anonymous'): onRecompile is "stop". It may be "ignore", "warn", "throw" or a function.`,
  ],
  ["no function", () => compile(3), "CompileArgumentError", "compile: the first argument must be a function or options, got 3"],
  [
    "a disposed tensor",
    () => {
      const x = ones([2]);
      x.dispose();
      return x.add(1);
    },
    "CompileArgumentError",
    "add: the tensor was disposed of. Dispose of a tensor after its last use; results keep what they need.",
  ],
  [
    "a string as operand",
    () => ones([2]).add("a"),
    "CompileArgumentError",
    'add: the operands must be tensors, numbers or booleans, got "a"',
  ],
  [
    "an array as operand",
    () => ones([2]).add([1, 2]),
    "CompileArgumentError",
    "add: the operands must be tensors, numbers or booleans, got an array of 2. Make a tensor of it with tensor(...).",
  ],
  [
    "an operator",
    () => ones([2]) + 1,
    "CompileArgumentError",
    "Tensor: JavaScript's operators cannot compute with tensors. Use the ops: add, sub, mul, div, mod, pow, neg, equal, less, lessEqual, greater, greaterEqual; or await item() for a number.",
  ],
  [
    "an item of many",
    () => ones([2]).item(),
    "ShapeError",
    "item: float32[2] has 2 elements, not one. Index or reduce it first, or read all of it.",
  ],
  [
    "data of a tracer",
    () =>
      compile(
        function f(x) {
          x.data();
          return x;
        },
        { fullgraph: true },
      )(ones([2])),
    "FullgraphError",
    "compile('f'): the function cannot be one graph, which fullgraph asks for: data: a tensor has no value while compile('f') traces the function. Return it and read the result, or compute with it (where, maximum, ...) instead of reading it.",
  ],
  [
    "item of a tracer",
    () =>
      compile(
        function f(x) {
          return x.sum().item();
        },
        { fullgraph: true },
      )(ones([2])),
    "FullgraphError",
    "compile('f'): the function cannot be one graph, which fullgraph asks for: item: a tensor has no value while compile('f') traces the function. Return it and read the result, or compute with it (where, maximum, ...) instead of reading it.",
  ],
  [
    "a read that is swallowed",
    () =>
      compile(
        function f(x) {
          try {
            x.data();
          } catch {
            /* too late */
          }
          return x;
        },
        { fullgraph: true },
      )(ones([2])),
    "FullgraphError",
    "compile('f'): the function cannot be one graph, which fullgraph asks for: data: a tensor has no value while compile('f') traces the function. Return it and read the result, or compute with it (where, maximum, ...) instead of reading it.",
  ],
  [
    "a tracer that leaked",
    () => {
      let leaked;
      compile(function f(x) {
        leaked = x.add(1);
        return x;
      })(ones([2]));
      return leaked.add(1);
    },
    "LeakedTracerError",
    "add: placeholder from compile('f') used after tracing. Return it, or list its container in `outputs`.",
  ],
  [
    "an argument closed over",
    () => {
      const c = ones([2]);
      return compile(function f(x) {
        return x.add(c);
      })(c);
    },
    "UncapturedInputError",
    "compile('f'): args[0] (float32[2]) is also closed over by the function. Use the argument inside the function, or do not pass it.",
  ],
  [
    "a Date in the arguments",
    () =>
      compile(function f(x) {
        return x;
      })(ones([2]), { x: [new Date()] }),
    "CompileArgumentError",
    "compile('f'): arguments must be trees of tensors or constants (numbers, strings, booleans, null); got Date at args[1].x[0]. Register its class with registerPytree, or pass its parts.",
  ],
  [
    "a typed array in the arguments",
    () =>
      compile(function f(x) {
        return x;
      })(new Float32Array(2)),
    "CompileArgumentError",
    "compile('f'): arguments must be trees of tensors or constants (numbers, strings, booleans, null); got Float32Array at args[0]. Make a tensor of it with tensor(...).",
  ],
  [
    "a cycle",
    () => {
      const a = [];
      a.push(a);
      return compile(function f() {
        return ones([1]);
      })(a);
    },
    "CompileArgumentError",
    "compile('f'): arguments must be trees of tensors or constants (numbers, strings, booleans, null); got a container inside itself at args[0][0]",
  ],
  [
    "a promise",
    () =>
      compile(
        async function f(x) {
          return x;
        },
        { fullgraph: true },
      )(ones([2])),
    "FullgraphError",
    "compile('f'): the function cannot be one graph, which fullgraph asks for: an asynchronous function cannot be traced. Compile the part between two awaits: a function that takes tensors and returns tensors. Read what it returns outside.",
  ],
  [
    "an unknown mode",
    () => setCompileMode("fast"),
    "CompileArgumentError",
    'setCompileMode: "fast" is not a mode. The modes are "enabled", "no-fuse", "no-simplify", "disabled".',
  ],
  [
    "a scope that waits",
    () => scope(async () => 1),
    "CompileArgumentError",
    "scope: the function returned a promise. A scope ends when the function returns: use scope.async, and own(...) for what it is to free.",
  ],
  [
    "a step of 0",
    () => ones([3]).slice([0, 3, 0]),
    "CompileArgumentError",
    "slice: the step of axis 0 of float32[3] is 0. Steps are positive or negative.",
  ],
  [
    "an index out of range",
    () => ones([3]).slice(3),
    "CompileArgumentError",
    "slice: index 3 is out of range for axis 0 of float32[3]. The axis has 3 elements.",
  ],
  [
    "a dtype that is no string",
    () => zeros([2], { dtype: Float32Array }),
    "CompileArgumentError",
    'zeros: dtype is function Float32Array. It may be "float32", "float16", "int32", "uint32" or "bool".',
  ],
  [
    "a dtype that is a number",
    () => ones([2]).astype(3),
    "CompileArgumentError",
    'astype: the dtype is 3. It may be "float32", "float16", "int32", "uint32" or "bool".',
  ],
  [
    "a reduction that is a number",
    () => nn.losses.mseLoss(ones([2]), ones([2]), { reduction: 3 }),
    "CompileArgumentError",
    'mseLoss: reduction is 3. It may be "none", "mean" or "sum".',
  ],
  [
    "a flag that is a string",
    () => ones([2]).sum(0, { keepdims: "no" }),
    "CompileArgumentError",
    'sum: keepdims is "no". It must be true or false.',
  ],
  [
    "an axis that is a symbol",
    () => ones([2]).cumsum(Symbol("s")),
    "CompileArgumentError",
    "cumsum: an argument is Symbol(s). It must be a number.",
  ],
  ["a shift that is a bigint", () => ones([2]).roll(1n), "CompileArgumentError", "roll: the shift must be a number, got bigint 1n"],
  [
    "a bound that is a tensor",
    () => random.randint(ones([]), 3),
    "CompileArgumentError",
    "random.randint: low must be a number, got Tensor",
  ],
  [
    "an array inside itself",
    () => {
      const a = [];
      a.push(a);
      return tensor(a);
    },
    "CompileArgumentError",
    "tensor: the arrays are nested deeper than 32 levels. Tensors have no more axes than that. Does an array hold itself?",
  ],
  [
    "more elements than there is room for",
    () => tensor([new Array(2 ** 32 - 1)]),
    "LimitError",
    "tensor: nested arrays of shape [1,4294967295] have more elements than can be held. Does an array hold itself?",
  ],
  [
    "a shape as second argument",
    () => tensor([1, 2], [2, 1]),
    "CompileArgumentError",
    "tensor: the second argument is an array of 2. The shape is an option: tensor(data, { shape }).",
  ],
  [
    "a key first",
    () => random.normal(random.key(1), [2]),
    "CompileArgumentError",
    "random.normal: the shape is a tensor. The shape comes first, and the key is an option: { key }.",
  ],
  [
    "a thousand million axes",
    () => tensordot(ones([2]), ones([2]), 1e9),
    "CompileArgumentError",
    "tensordot: 1000000000 axes cannot be summed over: the first tensor has 1. Name a number of axes that both have, or pairs of them.",
  ],
  [
    "no widths",
    () => pad(ones([2])),
    "CompileArgumentError",
    "pad: the widths are undefined. Give a number, [before, after], or that of every axis: [[before, after], ...].",
  ],
  [
    "one axis of two",
    () => ones([2, 2]).diagonal(0, 1),
    "CompileArgumentError",
    "diagonal: the axes are 1. Name two: [row axis, column axis].",
  ],
  ["no schedules", () => optim.joinSchedules(3, 4), "CompileArgumentError", "joinSchedules: the schedules are 3. Give an array of them."],
  ["a scope of a number", () => scope(3), "CompileArgumentError", "scope: the argument is 3. It must be a function."],
  [
    "softmax of a scalar",
    () => tensor(1).softmax(),
    "CompileArgumentError",
    "softmax: axis -1 is out of range for float32[]. It has no axes.",
  ],
  [
    "a mask as indices",
    () => ones([2]).take(tensor([true, false])),
    "DTypeError",
    "take: indices must be int32 or uint32, got bool[2]. A mask chooses as many elements as it likes, and shapes are known beforehand: use where, or multiply.",
  ],
  [
    "a mask as an index",
    () => at(ones([2]), tensor([true, false])).set(0),
    "DTypeError",
    "at.set: indices must be int32 or uint32, got bool[2]. A mask chooses as many elements as it likes, and shapes are known beforehand: use where, or multiply.",
  ],
  [
    "layers in an array",
    () => new nn.Sequential([new nn.Linear(1, 1)]),
    "CompileArgumentError",
    "Sequential: layer 0 is an array of 1. Every layer is an argument of its own: new Sequential(a, b).",
  ],
  [
    "a padding by name",
    () => new nn.Conv2d(1, 1, 3, { padding: "same" }),
    "CompileArgumentError",
    'Conv2d: padding is "same". It must be a number or an array of numbers.',
  ],
  [
    "a model that is frozen",
    () => {
      const model = new nn.Linear(1, 1).freeze();
      return nn.valueAndGrad(model, (x) => model.forward(x).sum())(ones([1]));
    },
    "CompileArgumentError",
    "nn.valueAndGrad: the Linear has no trainable parameters. All of them are frozen: call unfreeze() on what is to be trained.",
  ],
  [
    "a model without parameters",
    () => nn.valueAndGrad(new nn.Dropout(), (x) => x.sum())(ones([1])),
    "CompileArgumentError",
    "nn.valueAndGrad: the Dropout has no trainable parameters. Its tensors, and the layers that have some, must be public properties whose names do not begin with _.",
  ],
  [
    "a flatten that returns a number",
    () => {
      class Odd {}
      registerPytree(Odd, { flatten: () => 3, unflatten: () => new Odd() });
      return compile((x) => x)(new Odd());
    },
    "CompileArgumentError",
    "registerPytree: flatten of Odd returned 3. Return { children: [...], aux }.",
  ],
  [
    "a flatten without children",
    () => {
      class Bare {}
      registerPytree(Bare, { flatten: () => ({}), unflatten: () => new Bare() });
      return compile((x) => x)(new Bare());
    },
    "CompileArgumentError",
    "registerPytree: flatten of Bare returned undefined as children. Return { children: [...], aux }.",
  ],
  [
    "a tree too deep for a file",
    () => io.exportFunction((x) => x, deep(70)),
    "CompileArgumentError",
    "exportFunction: the arguments are nested more than 64 levels deep. Files hold no deeper trees: pass their parts.",
  ],
  [
    "an operator on a number that a loop changes",
    () => fori(3, (_, n) => n + 1, 0),
    "CompileArgumentError",
    "fori: a number in the carry changes from step to step, which makes it a tensor, and JavaScript's operators cannot compute with tensors. Use the ops as functions, such as add(n, 1).",
  ],
  [
    "a string that a loop changes",
    () => fori(3, (_, c) => ({ x: c.x, name: "b" }), { x: ones([1]), name: "a" }),
    "CompileArgumentError",
    'fori: carry.name is "a" before a step and "b" after it. The carry must keep its structure. Tensors and numbers may change, other constants stay as they are.',
  ],
  [
    "a fraction in a carry of int32",
    () => fori(3, () => 0.5, tensor(0, { dtype: "int32" })),
    "CompileArgumentError",
    "fori: carry is int32[] before a step and 0.5 after it. The carry must keep its structure. Tensors and numbers may change, other constants stay as they are.",
  ],
  [
    "another form of a carry",
    () => fori(3, (_, c) => ({ b: c.a }), { a: ones([1]) }),
    "CompileArgumentError",
    "fori: carry is {a} before a step and {b} after it. The carry must keep its structure. Tensors and numbers may change, other constants stay as they are.",
  ],
  [
    "new Tensor",
    () => new Tensor([1]),
    "CompileArgumentError",
    "Tensor: a tensor cannot be made of an array of 1 by new. Use tensor(...).",
  ],
];

/** An object in an object, so many times. */
function deep(levels) {
  let tree = 1;
  for (let i = 0; i < levels; i++) tree = { tree };
  return tree;
}

/** [what, who walks a tree] */
const walkers = ({ compile, evaluate, fori, grad, io, nn, ones, optim, scope, vmap }) => [
  ["arguments", (tree) => compile((x) => ones([1]))(tree)],
  ["results", (tree) => compile((x) => tree)(ones([1]))],
  ["state", (tree) => compile((x) => x, { state: tree })(ones([1]))],
  [
    "what is put into the state",
    (tree) => {
      const state = {};
      return compile((x) => void (state.x = tree), { state })(ones([1]));
    },
  ],
  ["grad", (tree) => grad((x, tree) => x.sum())(ones([1]), tree)],
  ["vmap", (tree) => vmap((x, tree) => x, { inAxes: [0, tree] })(ones([1]), tree)],
  ["a carry", (tree) => fori(1, (_, x) => x, tree)],
  ["evaluate", (tree) => evaluate(tree)],
  ["scope", (tree) => scope(() => tree)],
  ["saveSafetensors", (tree) => io.saveSafetensors(tree)],
  ["clipGradNorm", (tree) => optim.clipGradNorm([ones([1]), tree], 1)],
  ["a module", (tree) => Object.assign(new nn.Module(), { tree }).parameters()],
  ["modules", (tree) => Object.assign(new nn.Module(), { tree }).eval()],
  ["update", (tree) => Object.assign(new nn.Module(), { tree }).update({ tree })],
];

export default ({ interfuse, kind }) => [
  ...walkers(interfuse).map(([what, walk]) => [
    `errors: a tree that is too deep: ${what}`,
    async () => {
      for (const levels of [1500, 100_000]) {
        let error;
        try {
          await walk(deep(levels));
        } catch (caught) {
          error = caught;
        }
        equal(error?.name, "CompileArgumentError", String(error).slice(0, 200));
        ok(
          error.message.endsWith(
            "containers are nested more than 1000 levels deep. Does one contain itself? Put long lists into one array.",
          ),
          error.message.slice(0, 200),
        );
      }
    },
  ]),
  [
    "errors: a tree of 900 levels is none that is too deep, and one inside itself is",
    async () => {
      const { compile, grad, io, ones } = interfuse;
      const leaf = (x, levels) => (levels === 0 ? x : leaf(x.tree, levels - 1));
      const tree = deep(900);
      let last = tree;
      while (last.tree !== 1) last = last.tree;
      last.tree = ones([1]);
      equal(await compile((tree) => leaf(tree, 900).add(1))(tree).item(), 2);
      equal(await leaf(grad((tree) => leaf(tree, 900).sum())(tree), 900).item(), 1);
      ok((await io.saveSafetensors(tree)).length > 900, "a file");
      const cycle = { x: ones([1]) };
      cycle.cycle = cycle;
      await rejects(
        io.saveSafetensors(cycle),
        "CompileArgumentError",
        "saveSafetensors: containers are nested more than 1000 levels deep. Does one contain itself? Put long lists into one array.",
      );
    },
  ],
  ...mistakes(interfuse).map(([what, mistake, name, text]) => [
    `errors: ${what}`,
    async () => {
      const error = await rejects((async () => mistake())(), name, text);
      ok(error instanceof interfuse.InterfuseError && error instanceof interfuse[name] && error instanceof Error, "the classes");
      ok(error.message.startsWith(error.op) && error.message.endsWith(error.hint), "op and hint are parts of the message");
    },
  ]),
  [
    "errors: a tensor of another device",
    async () => {
      const { ones, setDevice } = interfuse;
      if (kind === "cpu")
        throws(
          () => setDevice("webgpu"),
          "DeviceError",
          'setDevice: no webgpu device was initialized. await init({ device: "webgpu" }) first.',
        );
      const here = ones([2]);
      setDevice("cpu");
      if (kind === "webgpu") {
        const there = ones([2]);
        const error = throws(() => here.add(there), "DeviceError");
        ok(/^add: .* on two devices/.test(error.message) && error.hint === "Move one of them with to(device).", error.message);
        const moved = await here.to("cpu");
        equal((await moved.add(there).data())[0], 2);
        setDevice("webgpu");
      }
    },
  ],
  [
    "errors: init refuses what it does not know",
    async () => {
      await rejects(
        interfuse.init({ devices: "cpu" }),
        "CompileArgumentError",
        'init: there is no option "devices". There are device, gpu, wasm, parts, positions, powerPreference and maxBytes.',
      );
      await rejects(
        interfuse.init({ device: "gpu" }),
        "CompileArgumentError",
        'init: device is "gpu". It may be "auto", "webgpu" or "cpu".',
      );
    },
  ],
];
