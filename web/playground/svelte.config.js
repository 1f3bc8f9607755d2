/** @file Svelte's own settings: runes everywhere, so that state is written in one way only. */
export default { compilerOptions: { runes: true } };
