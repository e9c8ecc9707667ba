import fc from "fast-check";
import type { HealthReport, HealthSample } from "../../src/stats/health-sample.ts";

const micros = fc.nat({ max: 2 ** 31 - 1 }).map((value) => value / 1e3);
const millionths = (max: number) => fc.nat({ max: max * 1e6 }).map((value) => value / 1e6);

/** Rounded to the precision of the wire. */
export const healthReports: fc.Arbitrary<HealthReport> = fc.record(
  {
    utilisation: millionths(1),
    loopDelayP99Ms: micros,
    loopDelayMaxMs: micros,
    scheduleLagP99Ms: fc.option(micros),
    gcMs: micros,
    heapAfterGcBytes: fc.maxSafeNat(),
    rssBytes: fc.maxSafeNat(),
    cpu: millionths(64),
    sockets: fc.nat(),
    fileDescriptors: fc.nat(),
    fileDescriptorLimit: fc.option(fc.nat()),
    p50Ms: fc.option(micros),
  },
  { noNullPrototype: true },
);

/** The health of a healthy worker in one second. */
export const fineReport: HealthReport = {
  utilisation: 0.4,
  loopDelayP99Ms: 1,
  loopDelayMaxMs: 8,
  scheduleLagP99Ms: 0.8,
  gcMs: 5,
  heapAfterGcBytes: 30e6,
  rssBytes: 90e6,
  cpu: 0.45,
  sockets: 50,
  fileDescriptors: 80,
  fileDescriptorLimit: 1_024,
  p50Ms: 40,
};

export function sampleAt(second: number, over: Partial<HealthSample> = {}): HealthSample {
  const { fileDescriptorLimit: _, p50Ms: __, ...fine } = fineReport;
  return { atMs: second * 1_000, widthMs: 1_000, requests: 50, ...fine, ...over };
}
