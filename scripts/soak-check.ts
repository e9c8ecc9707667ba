// `npm run soak:check [-- MINUTES]`: a real soak of 10 minutes, of which the workers' own heaps are judged by the test that
// judges services: theirs must not drift, or a service could be blamed for what is ours.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { DriftSeries } from "../src/analysis/drift/drift-series.ts";
import { soakDrift } from "../src/analysis/drift/soak-drift.ts";
import type { Result } from "../src/report/result/result-schema.ts";

const [minutes = "10"] = process.argv.slice(2);
const workers = 2;
const windowMs = 10_000;
const root = fileURLToPath(new URL("..", import.meta.url));
const muster = join(root, "bin/muster.js");

/** V8's own account: the isolate, when, and the heap after a collection, in MB. */
const collection = /\[\d+:(0x[0-9a-f]+)\]\s+(\d+) ms: .*? -> ([\d.]+) \(/;

/** The least heap after a collection in each window, of one isolate. */
class Heap {
  readonly subject: string;
  readonly #least = new Map<number, number>();

  constructor(subject: string) {
    this.subject = subject;
  }

  add(atMs: number, megabytes: number): void {
    const window = Math.floor(atMs / windowMs);
    this.#least.set(window, Math.min(megabytes, this.#least.get(window) ?? Number.POSITIVE_INFINITY));
  }

  series(): DriftSeries {
    const windows = [...this.#least].map(([window, megabytes]) => ({
      startMs: window * windowMs,
      durationMs: windowMs,
      value: megabytes * 1_048_576,
      weight: windowMs,
    }));
    return { subject: this.subject, statistic: "heap", windows: windows.slice(0, -1), limit: null };
  }
}

function start(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, words, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const output = { text: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output.text = (output.text + text).slice(-100_000);
    });
  }
  return { child, output };
}

async function find(output: { readonly text: string }, pattern: RegExp): Promise<string> {
  for (let tries = 0; tries < 300; tries++) {
    const found = pattern.exec(output.text)?.[1];
    if (found !== undefined) return found;
    await delay(100);
  }
  throw new Error(`waited in vain for ${pattern}\n${output.text}`);
}

function startWorker(number: number, port: string, heaps: Map<string, Heap>) {
  const words = ["--trace-gc", muster, "worker", `--master-port=${port}`, "--loglevel=warn"];
  const { child } = start(words);
  let rest = "";
  child.stdout.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [, isolate = "", atMs, megabytes] = collection.exec(line) ?? [];
      if (isolate === "") continue;
      const key = `${number} ${isolate}`;
      const heap = heaps.get(key) ?? new Heap(`worker ${number}, isolate ${isolate}`);
      heaps.set(key, heap);
      heap.add(Number(atMs), Number(megabytes));
    }
  });
  return child;
}

const folder = await mkdtemp(join(tmpdir(), "muster-soak-"));
const api = start([join(root, "examples/plot-palette/api/main.ts"), "--port=0"]);
try {
  const url = await find(api.output, /listening on (http:\S+)/);
  const file = join(root, "examples/plot-palette/plot-palette.ts");
  const resultFile = join(folder, "result.json");
  const flags = ["--profile=soak", "--users=400", "--spawn-rate=40", `--run-time=${minutes}m`, `--data-dir=${folder}`];
  const bind = ["--master-bind-port=0", `--expect-workers=${workers}`, `--json=${resultFile}`];
  const master = start([muster, "master", file, ...flags, ...bind], { API_ENDPOINT: url });
  const port = await find(master.output, /"port":(\d+)/);
  const heaps = new Map<string, Heap>();
  const children = Array.from({ length: workers }, (_, index) => startWorker(index + 1, port, heaps));
  await Promise.all([master.child, ...children].map((child) => once(child, "close")));
  const { total } = JSON.parse(await readFile(resultFile, "utf8")) as Result;
  console.log(`${minutes} min: ${total.requests} requests, ${total.failures} failures`);
  report([...heaps.values()]);
} finally {
  api.child.kill();
  await rm(folder, { recursive: true, force: true });
}

function report(heaps: readonly Heap[]): void {
  const drift = soakDrift(
    heaps.map((heap) => heap.series()),
    { leastWarmUpMs: 120_000 },
  );
  for (const { subject, verdict, trend } of drift.series) {
    const slope = trend === null ? "" : `, ${JSON.stringify(trend)}`;
    console.log(`${subject}: ${JSON.stringify(verdict)}${slope}`);
  }
  if (drift.kind === "drifting" || drift.kind === "insufficient") process.exitCode = 1;
  console.log(`heaps of the workers: ${drift.kind}`);
}
