import { closeSync, openSync, writeSync } from "node:fs";
import { devNull } from "node:os";
import { IntervalRecorder } from "../../src/stats/interval-recorder.ts";
import { DescriptorReserve } from "../../src/worker/descriptor-reserve.ts";
import { HealthWatch } from "../../src/worker/health/health-watch.ts";
import { StallWatch } from "../../src/worker/health/stall-watch.ts";
import { TestClient } from "./http/fixture.ts";

/*
 * Started by a test under a low `ulimit -n`: opens files until no descriptor is left, and writes what still works.
 */
const [url = ""] = process.argv.slice(2);
const reserve = new DescriptorReserve(8);
const health = new HealthWatch(() => 0, new StallWatch(100, performance.now()));
const recorder = new IntervalRecorder();
using direct = new TestClient(url, "own");
using named = new TestClient("http://host.invalid", "own");
using other = new TestClient(url, "undici");
using afterwards = new TestClient(url, "own");

const opened: number[] = [];
function useUp(): void {
  try {
    for (;;) opened.push(openSync(devNull, "r"));
  } catch {
    // That was the last.
  }
}

useUp();
await new Promise((resolve) => setTimeout(resolve, 300));
const report = health.take(recorder);
const failed = await Promise.all([direct, named, other].map(async ({ http }) => (await http.get("/")).error));
reserve.release();
const released = (await afterwards.http.get("/")).status;
// What was released is taken again as soon as it is there.
useUp();
reserve.hold();
for (const descriptor of opened.splice(0)) closeSync(descriptor);
reserve.hold();
useUp();
reserve.release();
const imported = await import("../../src/report/numbers.ts").then(
  (loaded) => typeof loaded.percent,
  (error: unknown) => String(error),
);
for (const descriptor of opened.splice(0)) closeSync(descriptor);
health.close();
const { fileDescriptors, fileDescriptorLimit, rssBytes } = report ?? {};
writeSync(1, JSON.stringify({ fileDescriptors, fileDescriptorLimit, rssBytes, failed, released, imported }));
process.exit();
