import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Generator, outputOf } from "./generator.ts";

const folder = fileURLToPath(new URL("artillery/node_modules/artillery/", import.meta.url));

/** It has no users who go on for so long: each sends so many requests, which takes about the seconds of the trial. */
const requestsPerUserAndSecond = 25;

interface Report {
  readonly aggregate: {
    readonly counters: Readonly<Record<string, number>>;
    /** Milliseconds since 1970. */
    readonly firstCounterAt: number;
    readonly lastCounterAt: number;
  };
}

/** From npm into a folder of its own: 969 packages and 590 MB. */
export const artillery: Generator = {
  name: "Artillery",
  install: "npm install --prefix bench/generators/artillery --ignore-scripts --no-save artillery@2.0.21",
  mostUncounted: () => 0,
  async version() {
    const text = await readFile(`${folder}package.json`, "utf8").catch(() => null);
    return text === null ? null : (JSON.parse(text) as { version: string }).version;
  },
  async run(trial) {
    const script = join(trial.folder, "artillery.json");
    const output = join(trial.folder, "artillery-report.json");
    const loop = [{ get: { url: "/jobs" } }];
    const test = {
      config: {
        target: trial.origin,
        phases: [{ duration: 1, arrivalCount: trial.users }],
        tls: { rejectUnauthorized: false },
      },
      scenarios: [{ flow: [{ loop, count: trial.seconds * requestsPerUserAndSecond }] }],
    };
    await writeFile(script, JSON.stringify(test));
    const words = [process.execPath, `${folder}bin/run`, "run", "--quiet", "--output", output, script];
    await outputOf(words, trial, { ARTILLERY_DISABLE_TELEMETRY: "true" });
    const { counters, firstCounterAt, lastCounterAt } = (JSON.parse(await readFile(output, "utf8")) as Report)
      .aggregate;
    const requests = counters["http.requests"] ?? 0;
    const failures = requests - (counters["http.codes.200"] ?? 0);
    return { requests, failures, ratePerSecond: (requests * 1_000) / (lastCounterAt - firstCounterAt) };
  },
};
