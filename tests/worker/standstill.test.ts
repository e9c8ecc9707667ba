import assert from "node:assert/strict";
import { test } from "node:test";
import { Standstill } from "../../src/worker/standstill.ts";

/** A process that looks five times a second but while it stands still, and what it did with its load. */
class Process implements Disposable {
  readonly acts: string[] = [];
  readonly standstill: Standstill;
  #nowMs = 0;
  #cpuMs = 0;

  constructor(workerTimeoutMs: number) {
    const load = { hold: () => this.acts.push("hold"), release: () => this.acts.push("release") };
    this.standstill = new Standstill(
      workerTimeoutMs,
      load,
      () => this.#nowMs,
      () => this.#cpuMs,
    );
  }

  run(ms: number): void {
    for (let passedMs = 0; passedMs < ms; passedMs += 200) this.stall(200);
  }

  stall(ms: number): void {
    this.#nowMs += ms;
    this.standstill.look();
  }

  /** The code of the test computes for so long. */
  compute(ms: number): void {
    this.#cpuMs += ms;
    this.stall(ms);
  }

  [Symbol.dispose](): void {
    this.standstill.close();
  }
}

test("a process that stood still for as long as its master waits starts nothing until it is told what to do", () => {
  using worker = new Process(10_000);
  worker.run(5_000);
  worker.stall(8_000);
  worker.run(1_000);
  worker.compute(20_000);
  worker.standstill.told();
  assert.deepEqual(worker.acts, [], "it was slow, and not lost");
  worker.stall(18_000);
  worker.run(400);
  assert.deepEqual(worker.acts, ["hold"]);
  worker.standstill.told();
  worker.standstill.told();
  assert.deepEqual(worker.acts, ["hold", "release"]);
});

test("without a master it continues after a while", () => {
  using worker = new Process(10_000);
  worker.stall(12_000);
  worker.run(4_800);
  assert.deepEqual(worker.acts, ["hold"]);
  worker.run(400);
  assert.deepEqual(worker.acts, ["hold", "release"]);
});
