/**
 * @file A small real data set for programs that learn: handwritten digits, part of the module "playground". The page brings the
 * file when a program asks for it; `data/digits.txt` says whose it is and under which licence, and goes with every copy.
 */
import about from "../../data/digits.txt?raw";

/** Pixels of one digit. */
const PIXELS = 64;

export interface Digits {
  /** How many there are. */
  readonly count: number;
  /** 64 greys each, 8 rows of 8, from 0 to 1. */
  readonly images: Float32Array;
  /** Which digit each is. */
  readonly labels: Uint32Array;
  /** Whose they are, and the licence. */
  readonly about: string;
}

/** Takes a file apart: 4 bits per pixel, all digits, then 4 bits per label; the lower half of a byte comes first. */
export function unpack(bytes: Uint8Array): { images: Float32Array; labels: Uint32Array } {
  const half = (at: number): number => (at % 2 === 0 ? bytes[at >> 1]! & 15 : bytes[at >> 1]! >> 4);
  // 65 halves a digit; an odd count leaves one over.
  const count = Math.floor((bytes.length * 2) / (PIXELS + 1));
  return {
    images: Float32Array.from({ length: count * PIXELS }, (_, at) => half(at) / 15),
    labels: Uint32Array.from({ length: count }, (_, at) => half(count * PIXELS + at)),
  };
}

/** The digits, in the order of the data set, from the file that the page gives. */
export async function digitsFrom(give: () => Promise<unknown>): Promise<Digits> {
  const { images, labels } = unpack(new Uint8Array((await give()) as ArrayBuffer));
  return { count: labels.length, images, labels, about };
}
