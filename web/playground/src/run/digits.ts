/**
 * @file A small real data set for programs that learn: handwritten digits, part of the module "playground". The file is fetched when a
 * program asks for it; `data/digits.txt` says whose it is and under which licence, and goes with every copy.
 */
import about from "../../data/digits.txt?raw";
import address from "../../data/digits.bin?url";

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

/** The digits, in the order of the data set. */
export async function digits(): Promise<Digits> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the digits could not be loaded: ${response.status} ${response.statusText}`);
  const { images, labels } = unpack(new Uint8Array(await response.arrayBuffer()));
  return { count: labels.length, images, labels, about };
}
