// `npm run compare:check [-- TRIALS SECONDS]`: what `muster compare` says of real runs. Each trial is three runs against a service of
// its own: two while it is as it is, one while it is 20 % slower. No change may be found between the first two, and the slower
// one must be found. Five trials at a time, as each uses little of the machine and disturbs the others a little.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ComparisonReport } from "../src/report/comparison/comparison-report.ts";

const [trials = 10, seconds = 30] = process.argv.slice(2).map(Number);
const atOnce = 5;
const medianMs = 30;
const root = fileURLToPath(new URL("..", import.meta.url));
const muster = join(root, "bin/muster.js");
const test = join(root, "examples/plot-palette/first-test.ts");

interface Trial {
  readonly same: ComparisonReport;
  readonly slower: ComparisonReport;
}

async function trial(): Promise<Trial> {
  const folder = await mkdtemp(join(tmpdir(), "muster-compare-check-"));
  const api = spawn(process.execPath, [join(root, "examples/plot-palette/api/main.ts"), "--port=0"]);
  try {
    const [line] = (await once(api.stdout, "data", { signal: AbortSignal.timeout(30_000) })) as [Buffer];
    const url = /http:\S+/.exec(line.toString())?.[0] ?? "";
    const run = async (factor: number) => {
      const settings = { latencyLognormal: { medianMs: medianMs * factor, sigma: 0.3 } };
      const body = JSON.stringify(settings);
      const answer = await fetch(`${url}/_control/misbehave`, {
        method: "POST",
        body,
        signal: AbortSignal.timeout(5_000),
      });
      if (!answer.ok) throw new Error(`the service refuses ${body}: ${answer.status}`);
      const load = ["--users=20", "--spawn-rate=20", `--run-time=${seconds}s`, "--loglevel=warn"];
      await command(["run", test, `--host=${url}`, `--data-dir=${folder}`, ...load]);
    };
    const compare = async () => {
      const file = join(folder, "comparison.json");
      await command(["compare", "previous", "last", `--data-dir=${folder}`, `--json=${file}`]);
      return JSON.parse(await readFile(file, "utf8")) as ComparisonReport;
    };
    await run(1);
    await run(1);
    const same = await compare();
    await run(1.2);
    return { same, slower: await compare() };
  } finally {
    api.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

async function command(words: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [muster, ...words], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const timeout = setTimeout(() => child.kill("SIGKILL"), (seconds + 60) * 1_000);
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(timeout);
  if (code !== 0) throw new Error(`muster ${words[0]} ended with ${code}:\n${said}`);
}

function line(report: ComparisonReport): string {
  const figures = report.total.figures.map(({ figure, change, outcome }) => {
    return `${figure} ${change === null ? "–" : `${(change * 100).toFixed(1)} %`}${outcome === "worse" ? " ✗" : ""}`;
  });
  return `${report.outcome.padEnd(10)} ${figures.join("  ")}`;
}

const done: Trial[] = [];
async function lane(): Promise<void> {
  while (started < trials) {
    const number = ++started;
    const found = await trial();
    done.push(found);
    console.log(`${number}  the same      ${line(found.same)}\n${number}  20 % slower   ${line(found.slower)}`);
  }
}
let started = 0;
await Promise.all(Array.from({ length: atOnce }, lane));
const alarms = done.filter(({ same }) => same.outcome === "worse" || same.outcome === "better").length;
const found = done.filter(({ slower }) => slower.outcome === "worse").length;
console.log(
  `\nthe same service: a change claimed in ${alarms} of ${trials}; 20 % slower: claimed in ${found} of ${trials}`,
);
process.exitCode = alarms === 0 && found === trials ? 0 : 1;
