/** @file What users write must have the types that they expect; `npm run check` compiles this against the built package. */
import {
  add,
  compile,
  customFunction,
  grad,
  init,
  jvp,
  tensor,
  valueAndGrad,
  vjp,
  vmap,
  where,
  type CompiledFunction,
  type DType,
  type MissReport,
  type Tensor,
} from "interfuse";
import { subscribe } from "interfuse/devtools";

await init({ device: "auto", maxBytes: 1e9 });

const f = compile((x: Tensor, k: number, tree: { w: Tensor }) => ({ y: x.mul(k).add(tree.w), k }), {
  maxCacheSize: 2,
  onRecompile: (why: MissReport) => void why.reason,
});
const { y, k }: { y: Tensor; k: number } = f(tensor([1, 2]), 2, { w: tensor([[true]]) });
const named: CompiledFunction<(x: Tensor) => Tensor> = compile({ name: "g" })((x: Tensor) => x.exp());
const warm: Promise<void> = f.warmup(y, k, { w: y });
const wgsl: string | undefined = f.inspect(y, k, { w: y }).kernels[0]?.wgsl;
const dtype: DType = where(y.greater(0), y, add(y, 1)).dtype;
const taken: Tensor = y.slice(0, null, [1, -1], [null, null, -1]).sum([0, 1], { keepdims: true });
const stop: () => void = subscribe((event) => {
  if (event.type === "miss") console.log(event.report.hint);
});
using freed = named(y);
const loss = (p: { w: Tensor }, x: Tensor): Tensor => p.w.mul(x).sum();
const first: { w: Tensor } = grad(loss)({ w: y }, y);
const second: Tensor = grad(loss, { argnums: 1 })({ w: y }, y);
const both: [Tensor, { w: Tensor }] = grad(loss, { argnums: [1, 0] })({ w: y }, y);
const [value, gradient]: [Tensor, { w: Tensor }] = compile(valueAndGrad(loss))({ w: y }, y);
const [[, more]] = valueAndGrad((x: Tensor): [Tensor, { aux: Tensor }] => [x.sum(), { aux: x }], { hasAux: true })(y);
const [out, [pulled]]: [Tensor, [Tensor]] = vjp((x: Tensor) => x.exp(), [y], y);
const [, rate]: [Tensor, Tensor] = jvp((x: Tensor) => x.exp(), [y], [y]);
const rows: Tensor = vmap(
  customFunction((x: Tensor) => x.round(), { vjp: ([x], ct) => ct.mul(x) }),
  { inAxes: [0] },
)(y);
void [first, second, both, value, gradient, more.aux, out, pulled, rate, rows];
void [warm, wgsl, dtype, taken, stop, freed];

// @ts-expect-error a misspelt option
y.sum(0, { keepdim: true });
// @ts-expect-error the arguments are those of the function
f(1);
// @ts-expect-error an unknown dtype
tensor([1], { dtype: "int64" });
// @ts-expect-error operands are tensors, numbers or booleans
y.add("1");
