/**
 * @file Keys as bytes: what flattening writes and crate/compiler/src/signature.rs reads. Typed and length-prefixed, so that no two
 * different calls share a key.
 */

/** Tags of items, as crate/compiler/src/signature.rs reads them: a letter each. */
export const TENSOR = 0x74; // t
export const NUMBER = 0x6e; // n
export const STRING = 0x73; // s
export const TRUE = 0x31; // 1
export const FALSE = 0x30; // 0
export const NULL = 0x4e; // N
export const UNDEFINED = 0x55; // U
export const ARRAY = 0x61; // a
export const OBJECT = 0x6f; // o
export const CLASS = 0x63; // c
export const ROOT = 0x72; // r

const SHORT = 48;
const encoder = new TextEncoder();
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The bytes of one tree after another, reused between calls. */
export class Writer {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  private room(count: number): number {
    const at = this.length;
    if (at + count > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, at + count));
      larger.set(this.bytes);
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    this.length = at + count;
    return at;
  }

  reset(): void {
    this.length = 0;
  }

  tag(tag: number): void {
    const at = this.room(1);
    this.bytes[at] = tag;
  }

  count(value: number): void {
    const at = this.room(4);
    this.view.setUint32(at, value, true);
  }

  number(value: number): void {
    const at = this.room(8);
    // Every NaN is the one NaN.
    this.view.setFloat64(at, Number.isNaN(value) ? NaN : value, true);
  }

  text(value: string): void {
    const { length } = value;
    if (length > SHORT) return this.encode(value);
    // Keys are short and plain: written here in a tenth of the time that the encoder takes.
    const start = this.room(4 + length);
    const { bytes } = this;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f || code === 0) {
        this.length = start;
        return this.encode(value);
      }
      bytes[start + 4 + i] = code;
    }
    this.view.setUint32(start, length, true);
  }

  private encode(value: string): void {
    // Three bytes per code unit are always enough, six where it is escaped.
    const start = this.room(4 + value.length * 6 + 8);
    // Lone surrogates would all become U+FFFD, but different strings must stay different: such strings are written as escapes,
    // behind a zero; and so is what begins with a zero itself.
    const whole = LONE_SURROGATE.test(value) || value.charCodeAt(0) === 0 ? `\0${JSON.stringify(value)}` : value;
    const { written } = encoder.encodeInto(whole, this.bytes.subarray(start + 4));
    this.view.setUint32(start, written, true);
    this.length = start + 4 + written;
  }

  done(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}
