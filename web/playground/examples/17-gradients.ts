// 17 · Gradients, compiled
// Transforms make functions of functions, graph to
// graph, so they compose with each other and with
// compile in any order.
import { compile, grad, init, tensor, valueAndGrad, vmap, type Tensor } from "interfuse";

await init();

const gradExp = grad((x: Tensor) => x.exp());
console.log("plain   ", gradExp(tensor(1)));
const compiled = compile(gradExp);
console.log("compiled", compiled(tensor(1)));

// The second derivative, for many points at once.
const f = (x: Tensor) => x.tanh();
const curve = compile(vmap(grad(grad(f))));
console.log("tanh''  ", curve(tensor([-1, 0, 1])));

// Value and gradient of a sum of squares in one go.
const both = compile(valueAndGrad((x: Tensor) => x.square().sum()));
const [value, slope] = both(tensor([1, 2, 3]));
console.log(value, slope);
