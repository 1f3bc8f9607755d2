/**
 * @file Programs of real sizes in Chromium, compiled and eagerly, on WebGPU and on the CPU device: whether they are right, how long a
 * call takes with its read, and how long the page's thread was busy at a time.
 */

const M = 2 ** 20;
const programs = [
  ["sort", 2 ** 18],
  ["cumsum of a costly producer", 4 * M],
  ["scatterAdd of as many updates as places", M],
  ["scatterAdd into few places", M],
  ["at().set", M],
  ["gradient of take", M],
  // The slowest to compile of all that `npm run sizes` plans.
  ["gradient of at().min", M + 1],
];
const number = (x) => (Number.isFinite(x) ? x.toFixed(1) : "-").padStart(9);

/** Prints the table; the page is one that is served this package. */
export async function large(page) {
  console.log(
    `real sizes in Chromium: milliseconds of a first call and the median of 5${"".padEnd(4)}first   (task)       ms   (task)   differs`,
  );
  for (const [name, n] of programs) {
    const results = await page.evaluate(async ([name, n]) => (await import("/test/browser/large.js")).run(name, n, 5), [name, n]);
    for (const [way, r] of Object.entries(results))
      console.log(
        `${`${name} of ${n}, ${way}`.padEnd(70)}${number(r.first)}${number(r.firstTask)}${number(r.ms)}${number(r.task)}   ${r.differs.toExponential(1)}${r.fallbacks ? ` ${r.fallbacks} fallbacks` : ""}`,
      );
  }
  const trained = await page.evaluate(async () => (await import("/test/browser/large.js")).train(50_000, 256, 4096, 6));
  for (const [way, r] of Object.entries(trained))
    console.log(
      `${`embedding [50000, 256], 4096 indices, a step, ${way}`.padEnd(70)}${number(r.first)}         ${number(r.ms)}${number(r.task)}   losses ${r.losses.map((x) => x.toFixed(4)).join(" ")}`,
    );
}
