// 19 · Mandelbrot
// Sixteen steps of z = z² + c and the count of those that
// stayed inside are one kernel; it runs six times.
import { compile, init, linspace, maximum, meshgrid, where, zerosLike, type Tensor } from "interfuse";
import { image, progress } from "playground";

await init();

const [width, height, rounds, steps] = [360, 240, 6, 16];
const [re, im] = meshgrid([linspace(-2.2, 1, width), linspace(-1.1, 1.1, height)]) as [Tensor, Tensor];

const step = compile((re: Tensor, im: Tensor, x: Tensor, y: Tensor, count: Tensor) => {
  for (let i = 0; i < steps; i++) {
    const [xx, yy] = [x.square(), y.square()];
    const inside = xx.add(yy).lessEqual(4);
    // Outside, z stays where it is: it would overflow.
    [x, y] = [where(inside, xx.sub(yy).add(re), x), where(inside, x.mul(y).mul(2).add(im), y)];
    count = count.add(inside.astype("float32"));
  }
  return [x, y, count] as const;
});

let [x, y, count] = [zerosLike(re), zerosLike(re), zerosLike(re)];
let id: number | undefined;
for (let round = 1; round <= rounds; round++) {
  [x, y, count] = step(re, im, x, y, count);
  id = await image(count.div(rounds * steps).sqrt(), { title: `after ${round * steps} steps`, id });
  progress(round, rounds);
}
const inside = count
  .equal(rounds * steps)
  .astype("float32")
  .mean();
console.log("inside:", await inside.item(), String(step.stats), "kernels:", step.cache()[0]?.kernels);
console.log("largest |z|:", maximum(x.abs(), y.abs()).max());
