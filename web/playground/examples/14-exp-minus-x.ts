// 14 · A first compiled function
// The result is that of the plain function. The second
// call is a hit, and compiling the same function again
// finds the entries of the first time: one cache per
// function, whoever compiles it.
import { compile, init, tensor, type Tensor } from "interfuse";

await init();

const fun = (x: Tensor, y: Tensor) => x.neg().exp().add(y);
const x = tensor(1);
const y = tensor(2);
console.log("plain   ", fun(x, y));

const compiled = compile(fun);
console.log("compiled", compiled(x, y)); // compiled here
compiled(x, y); //                          not again
compile(fun)(x, y); //                      nor here
console.log(compiled.stats);

// A function made in the loop is another one each time
// and is compiled each time. Don't.
for (let i = 0; i < 3; i++) {
  const anew = compile((x: Tensor) => x.abs().exp());
  anew(x);
  console.log(`round ${i}: ${anew.stats}`);
}
