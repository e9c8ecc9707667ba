import { type HealthSample, mergeSamples } from "./health-sample.ts";

/**
 * The samples of one worker, ascending, in bounded memory: when there are too many, those of one block of time become
 * one, in blocks twice as wide each time.
 */
export class HealthSeries {
  #samples: HealthSample[] = [];
  #blockMs = 1_000;

  get samples(): readonly HealthSample[] {
    return this.#samples;
  }

  get latest(): HealthSample | null {
    return this.#samples.at(-1) ?? null;
  }

  /** @param sample later than all before */
  add(sample: HealthSample, mostSamples: number): void {
    this.#samples.push(sample);
    while (this.#samples.length > mostSamples) this.#widen();
  }

  #widen(): void {
    this.#blockMs *= 2;
    const merged: HealthSample[] = [];
    for (const sample of this.#samples) {
      const before = merged.at(-1);
      const block = Math.floor(sample.atMs / this.#blockMs);
      if (before !== undefined && Math.floor(before.atMs / this.#blockMs) === block) {
        merged[merged.length - 1] = mergeSamples(before, sample);
      } else merged.push(sample);
    }
    this.#samples = merged;
  }
}
