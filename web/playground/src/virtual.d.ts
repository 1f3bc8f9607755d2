/** @file Modules that the build makes; see vite.config.ts. */
declare module "virtual:examples" {
  export const list: { id: string; title: string }[];
  export const load: Record<string, () => Promise<{ default: string }>>;
}

/** The address of the script that programs run in. */
declare module "virtual:program" {
  const address: string;
  export default address;
}

/** The declarations that programs are checked against, by path; see `editor/checker.ts`. */
declare module "virtual:types" {
  const files: Record<string, string>;
  export default files;
}
