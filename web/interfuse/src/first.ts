/**
 * @file Evaluated before every other module of the package, which is all that it is for: in a bundle, where modules lie one after the
 * other in that order, its place is where the code of the package begins. See positions.ts.
 */

/** The stack of this line. */
export const first: string = new Error().stack ?? "";
