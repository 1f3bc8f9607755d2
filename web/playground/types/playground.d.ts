/** What a program may import to draw and to learn from; `src/run/figures.ts` makes it. */
declare module "playground" {
  /** A chart that grows while the program runs. */
  export function chart(title: string, options?: { x?: string; curves?: string[] }): { add(x: number, ...values: number[]): void };
  /** A picture of [height, width] or [height, width, 3 or 4], from 0 to 1; with the id of an earlier one it takes its place. */
  export function image(tensor: import("interfuse").Tensor, options?: { title?: string; id?: number | undefined }): Promise<number>;
  /** 1,797 handwritten digits: 64 greys each (8 rows of 8, from 0 to 1) and which digit it is; `about` says whose they are. */
  export function digits(): Promise<{
    readonly count: number;
    readonly images: Float32Array;
    readonly labels: Uint32Array;
    readonly about: string;
  }>;
  /** A bar: so much of so much is done. */
  export function progress(done: number, of: number, label?: string): void;
}
