import type { HealthSample, HealthWindow } from "../../stats/health-sample.ts";

/**
 * The number of fields per sample. Older windows have 12, without the last two; their samples have the time and width
 * of the window.
 */
export const fieldCount = 14;

/** Packs the samples of a window into a blob. */
export function pack(samples: HealthWindow["samples"]): Uint8Array {
  const numbers = new Float64Array(rowsOf(samples) * fieldCount);
  let at = 0;
  for (const [worker, some] of samples) {
    for (const one of some) {
      numbers[at] = worker;
      numbers[at + 1] = one.requests;
      numbers[at + 2] = one.utilisation;
      numbers[at + 3] = one.loopDelayP99Ms;
      numbers[at + 4] = one.loopDelayMaxMs;
      numbers[at + 5] = one.scheduleLagP99Ms ?? Number.NaN;
      numbers[at + 6] = one.gcMs;
      numbers[at + 7] = one.heapAfterGcBytes;
      numbers[at + 8] = one.rssBytes;
      numbers[at + 9] = one.cpu;
      numbers[at + 10] = one.sockets;
      numbers[at + 11] = one.fileDescriptors;
      numbers[at + 12] = one.atMs;
      numbers[at + 13] = one.widthMs;
      at += fieldCount;
    }
  }
  return new Uint8Array(numbers.buffer);
}

/** Unpacks a blob. @param fields the number of fields per sample */
export function unpack(
  bytes: Uint8Array,
  fields: number,
  window: Pick<HealthSample, "atMs" | "widthMs">,
): Map<number, HealthSample[]> {
  // A copy, because the bytes may not be aligned for numbers.
  const numbers = new Float64Array(bytes.slice().buffer);
  const samples = new Map<number, HealthSample[]>();
  for (let at = 0; at + fields <= numbers.length; at += fields) {
    const number = (field: number) => numbers[at + field] ?? 0;
    const lag = number(5);
    const sample: HealthSample = {
      atMs: fields > 12 ? number(12) : window.atMs,
      widthMs: fields > 13 ? number(13) : window.widthMs,
      requests: number(1),
      utilisation: number(2),
      loopDelayP99Ms: number(3),
      loopDelayMaxMs: number(4),
      scheduleLagP99Ms: Number.isNaN(lag) ? null : lag,
      gcMs: number(6),
      heapAfterGcBytes: number(7),
      rssBytes: number(8),
      cpu: number(9),
      sockets: number(10),
      fileDescriptors: number(11),
    };
    const found = samples.get(number(0));
    if (found === undefined) samples.set(number(0), [sample]);
    else found.push(sample);
  }
  return samples;
}

/** Returns the number of samples. */
export function rowsOf(samples: HealthWindow["samples"]): number {
  return samples.values().reduce((sum, { length }) => sum + length, 0);
}
