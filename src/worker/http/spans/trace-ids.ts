import { createHash } from "node:crypto";

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The ids of one request. `position` is uniform in [0, 1): the request is in each sample with a larger share. */
export interface RequestIds {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits, which a `traceparent` has as the id of the parent. */
  readonly spanId: string;
  readonly position: number;
}

/**
 * The trace ids of one worker in one run. The first 8 bytes identify the run and the worker, so no other worker and no other
 * run has the same ones. The last 8 bytes are a permutation of a counter that depends on the seed and the worker: none
 * repeats, all bits look random, as samplers of a share of trace ids require (W3C Trace Context, level 2, 3.2.2.5), and a run
 * with the same seed has the same ones in the same order.
 */
export class TraceIds {
  readonly #run: string;
  readonly #keys: readonly number[];
  #made = 0;

  /** @param worker the number of the worker in the run: no other worker ever gets it */
  constructor(runId: string, seed: number, worker: number) {
    this.#run = hashOf(`run ${runId} worker ${worker}`).toString("hex", 0, 8);
    const keys = hashOf(`seed ${seed} worker ${worker}`);
    this.#keys = Array.from({ length: 6 }, (_, position) => keys.readInt32LE(4 * position));
  }

  next(): RequestIds {
    const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0, sixth = 0] = this.#keys;
    const count = this.#made++;
    // A Feistel network: whatever its rounds compute, no two counters have the same result.
    let left = Math.floor(count / 2 ** 32) | 0;
    let right = count | 0;
    left ^= mixed(right ^ first);
    right ^= mixed(left ^ second);
    left ^= mixed(right ^ third);
    right ^= mixed(left ^ fourth);
    const spanLeft = mixed(left ^ fifth);
    const spanRight = mixed(right ^ sixth);
    return {
      traceId: this.#run + hexOf(left) + hexOf(right),
      // An id of zeros is invalid.
      spanId: hexOf(spanLeft) + hexOf(spanLeft === 0 && spanRight === 0 ? 1 : spanRight),
      position: (right >>> 0) / 2 ** 32,
    };
  }
}

/** Returns the value of a header `traceparent` (W3C Trace Context, 3.2). */
export function traceparentOf({ traceId, spanId }: Omit<RequestIds, "position">, isSampled: boolean): string {
  return `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;
}

/** Reads a header `traceparent`; null if it is not valid. Of a later version, only the known part is read. */
export function parseTraceparent(
  value: string,
): (Omit<RequestIds, "position"> & { readonly isSampled: boolean }) | null {
  const parts = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/.exec(value);
  if (parts === null) return null;
  const [, traceId = "", spanId = "", flags = ""] = parts;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** The finalizer of MurmurHash3, a permutation of the 32-bit integers. */
function mixed(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

function hexOf(word: number): string {
  return (
    (hexOfByte[word >>> 24] ?? "") +
    (hexOfByte[(word >>> 16) & 255] ?? "") +
    (hexOfByte[(word >>> 8) & 255] ?? "") +
    (hexOfByte[word & 255] ?? "")
  );
}
