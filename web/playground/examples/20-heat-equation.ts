// 20 · The heat equation
// One explicit step adds a share of the Laplacian, which
// is four shifted copies: views, so nothing is moved for
// them. Compiled once, run a few hundred times; Stop ends
// it at any moment.
import { arange, compile, init, meshgrid, pad, where, type Tensor } from "interfuse";
import { chart, image, progress } from "playground";

await init();

const n = 96;
const [row, column] = meshgrid([arange(n), arange(n)], { indexing: "ij" }) as [Tensor, Tensor];
const disk = (r: number, c: number, radius: number) =>
  row
    .sub(r)
    .square()
    .add(column.sub(c).square())
    .less(radius * radius);

const step = compile((u: Tensor, heated: Tensor) => {
  // Cold walls: outside of the plate it is 0.
  const wide = pad(u, [
    [1, 1],
    [1, 1],
  ]);
  const up = wide.slice([0, n], [1, n + 1]);
  const down = wide.slice([2, n + 2], [1, n + 1]);
  const left = wide.slice([1, n + 1], [0, n]);
  const right = wide.slice([1, n + 1], [2, n + 2]);
  const laplacian = up.add(down).add(left).add(right).sub(u.mul(4));
  return where(heated, 1, u.add(laplacian.mul(0.24)));
});

const heated = disk(30, 30, 9).logicalOr(disk(64, 60, 14));
let u = heated.astype("float32");
const warmth = chart("mean temperature", { x: "step", curves: ["mean"] });
let id: number | undefined;
const steps = 400;
for (let at = 1; at <= steps; at++) {
  u = step(u, heated);
  if (at % 20 !== 0) continue;
  warmth.add(at, (await u.mean().item()) as number);
  id = await image(u, { title: `step ${at}`, id });
  progress(at, steps);
}
console.log("mean", u.mean(), "hottest", u.max());
console.log(String(step.stats));
