/** @file What there is to see: translations, profiles, and where in the program ops were called. */
import { deepEqual, equal, ok, rejects } from "../check.mjs";

/** The line of the caller, as the engine says it. */
const here = () =>
  Number(/inspect\.mjs(?:\?[^:]*)?:(\d+):\d+/.exec(new Error().stack.split("\n").filter((line) => line.includes("inspect.mjs"))[1])[1]);

export default ({ interfuse, devtools, kind }) => {
  const { compile, ones, profile, tensor } = interfuse;
  const gelu = (x) => x.mul(x.div(Math.SQRT2).erf().add(1)).div(2);
  return [
    [
      "inspect: a kernel in the languages below WGSL",
      async () => {
        const inspection = compile(gelu).inspect(ones([5]));
        for (const [language, word] of [
          ["msl", "kernel void"],
          ["spirv", "OpEntryPoint GLCompute"],
          ["hlsl", "[numthreads("],
          ["glsl", "#version 310 es"],
        ]) {
          const text = await inspection.translate(0, language);
          ok(text.includes(word) && text.length > 500, `${word} in ${text}`);
        }
        await rejects(
          inspection.translate(1, "msl"),
          "CompileArgumentError",
          "translate: there is no kernel 1. There are 1, counted from 0.",
        );
        await rejects(
          inspection.translate(0, "asm"),
          "CompileArgumentError",
          'translate: the language is "asm". It may be "msl", "spirv", "hlsl", "glsl".',
        );
        const half = compile((x) => x.add(1));
        if (kind === "cpu") {
          const error = await rejects(half.inspect(ones([2], { dtype: "float16" })).translate(0, "glsl"), "CompileArgumentError");
          ok(error.message.includes("cannot be translated to glsl"), error.message);
        }
      },
    ],
    [
      "inspect: where ops were called",
      () => {
        const lines = [];
        const f = compile((x) => {
          lines.push(here() + 1);
          const y = x.exp();
          lines.push(here() + 1);
          return interfuse.softmax(y.mul(2), 0);
        });
        const [trace] = f.inspect(ones([4])).graphs;
        const sources = trace.graph.nodes.filter(({ op }) => op === "exp" || op === "mul").map(({ source }) => source);
        deepEqual([...new Set(sources.map(({ line }) => line))], lines);
        ok(
          sources.every(({ file, column }) => /\/test\/suites\/inspect\.mjs$/.test(file) && column > 1),
          JSON.stringify(sources),
        );
        // Everything that softmax is made of was called where softmax was.
        const made = trace.graph.nodes.filter(({ source }) => source?.line === lines[1]).map(({ op }) => op);
        ok(made.includes("exp") && made.length > 4, made.join());
      },
    ],
    [
      "devtools: recordSources remembers positions outside of inspections",
      () => {
        const source = (captured) => {
          const [trace] = compile((x) => x.add(captured)).inspect(ones([2])).graphs;
          return trace.graph.nodes.find(({ op }) => op === "constant").source;
        };
        equal(source(tensor([1, 2]).exp()), undefined);
        devtools.recordSources(true);
        const line = here() + 1;
        const captured = tensor([1, 2]).exp();
        devtools.recordSources(false);
        equal(source(captured).line, line);
        ok(source(captured).file.includes("inspect.mjs"));
      },
    ],
    [
      "profile: every kernel's time, fused and unfused",
      async () => {
        const f = compile(gelu);
        const found = await profile(f, [tensor([-1, 0, 1, 2])], { repeats: 3 });
        equal(found.device, kind);
        equal(found.clock, kind === "cpu" ? "host" : found.clock);
        equal(found.fused.kernels.length, 1);
        ok(found.unfused.kernels.length >= 4, `${found.unfused.kernels.length} kernels unfused`);
        for (const run of [found.fused, found.unfused]) {
          ok(run.callMs > 0 && run.kernels.every(({ ms, bytes }) => ms >= 0 && bytes > 0), JSON.stringify(run));
          if (kind === "cpu") ok(run.kernelsMs > 0, "the host's clock shows times");
        }
        ok(found.maxAbsDifference < 1e-6, `a difference of ${found.maxAbsDifference}`);
        equal(found.repeats, 3);
        equal(found.note.includes("say nothing about GPUs"), found.isFallback);
        deepEqual([f.stats.hits, f.stats.misses], [0, 0], "statistics");
        // A function that is not compiled is as well.
        equal((await profile((x) => x.exp().sum(), [ones([100])], { repeats: 1 })).fused.kernels.length, 1);
        await rejects(
          profile(f, [ones([2])], { repeats: 0 }),
          "CompileArgumentError",
          "profile: repeats is 0. It must be at least 1 and at most 10000.",
        );
        await rejects(profile(f, ones([2])), "CompileArgumentError");
        await rejects(profile(f, [ones([2])], { times: 3 }), "CompileArgumentError");
      },
    ],
    [
      "inspectAs: another device, other modes, without a rule, with a schedule",
      async () => {
        const f = compile((x) => x.mul(1).exp().add(1));
        const x = ones([300]);
        const rules = ({ graphs }) => graphs.flatMap((pass) => pass.rules.map(({ name }) => name));
        ok(rules(devtools.inspectAs(f, [x])).includes("multiply by one"), "it fires");
        ok(!rules(devtools.inspectAs(f, [x], { rulesOff: ["multiply by one"] })).includes("multiply by one"), "it does not");
        equal(devtools.inspectAs(f, [x], { mode: "no-fuse" }).kernels.length, 2);
        const small = devtools.inspectAs(f, [x], {
          target: { class: "gpu", workgroupInvocations: 64, storageBuffers: 4, subgroups: true },
        });
        ok(small.kernels[0].schedule.endsWith("workgroup=64"), small.kernels[0].schedule);
        const [kernel] = devtools.inspectAs(f, [x], { schedules: ["map lanes=1 workgroup=32"] }).kernels;
        equal(kernel.schedule, "map lanes=1 workgroup=32");
        equal(kernel.runs, 1);
        const many = (xs) => xs.reduce((sum, y) => sum.add(y));
        const count = (storageBuffers) =>
          devtools.inspectAs(many, [Array.from({ length: 9 }, () => ones([4]))], { target: { class: "gpu", storageBuffers } }).kernels
            .length;
        deepEqual([count(4), count(10)], [4, 1]);
        const half = await rejects(
          (async () => devtools.inspectAs(f, [ones([2])], { target: { class: "gpu", storageBuffers: 1 } }))(),
          "CompileArgumentError",
        );
        ok(half.message.includes("At least 4 buffers"), half.message);
        for (const [given, word] of [
          [{ rulesOff: ["add nothing"] }, 'there is no rule "add nothing"'],
          [{ schedules: ["map"] }, "lanes=... is missing"],
          [{ target: { storageBuffer: 4 } }, "storageBuffer"],
          [{ mode: "disabled" }, "no-simplify"],
        ]) {
          const error = await rejects((async () => devtools.inspectAs(f, [x], given))(), "CompileArgumentError");
          ok(error.message.includes(word), error.message);
        }
        equal(f.stats.misses, 0);
        ok(devtools.rewriteRules.every(({ law }) => law.length > 8) && devtools.rewriteRules.length > 60, "every rule has a law");
      },
    ],
  ];
};
