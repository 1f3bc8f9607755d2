// 21 · Principal components by power iteration
// The direction of most variance is what X'X v converges
// to. One iteration is two products and a norm; it is
// traced once and runs fifty times per component.
import { compile, init, random, tensor, type Tensor } from "interfuse";
import { chart } from "playground";

await init();

// 400 points in 6 dimensions, stretched along two directions.
const spread = tensor([5, 2.5, 0.5, 0.4, 0.3, 0.2]);
const turn = random.normal([6, 6], { key: random.key(3) });
const raw = random
  .normal([400, 6], { key: random.key(4) })
  .mul(spread)
  .matmul(turn);
const points = raw.sub(raw.mean(0));

const iterate = compile((x: Tensor, v: Tensor) => {
  const w = x.transpose().matmul(x.matmul(v));
  const length = w.square().sum().sqrt();
  return { v: w.div(length), variance: length.div(x.shape[0]!) };
});

const curve = chart("variance along the component", { x: "iteration", curves: ["first", "second"] });
const history: number[][] = [[], []];
let rest = points;
const components: Tensor[] = [];
for (let component = 0; component < 2; component++) {
  let v = random.normal([6, 1], { key: random.key(5) });
  for (let i = 0; i < 50; i++) {
    const next = iterate(rest, v);
    v = next.v;
    history[component]!.push((await next.variance.item()) as number);
  }
  components.push(v.reshape([6]));
  // What is left when this direction is taken out.
  rest = rest.sub(rest.matmul(v).matmul(v.transpose()));
}
history[0]!.forEach((first, i) => curve.add(i, first, history[1]![i]!));

const [a, b] = components;
console.log("first ", a);
console.log("second", b);
console.log("at right angles:", a!.mul(b!).sum());
const explained = (history[0]!.at(-1)! + history[1]!.at(-1)!) / (((await points.square().sum().item()) as number) / 400);
console.log(`two of six components explain ${(explained * 100).toFixed(1)} % of the variance`);
console.log(String(iterate.stats));
