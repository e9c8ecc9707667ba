// `npm run prove:searches [-- NAME…]`: capacity searches and spikes against the sample API, whose true capacity and time to scale out are
// known. Names (capacity, cliff, users, spike, metastable) choose. Soaks are in tests/timing/analyses/drift.test.ts.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { MisbehaviourSettings } from "../examples/plot-palette/api/misbehaviour/settings.ts";
import { startApi } from "../examples/plot-palette/api/server.ts";
import { type Result, resultSchema } from "../src/report/result/result-schema.ts";

interface Finding {
  readonly found: string;
  readonly isTrue: boolean;
}

interface Proof {
  readonly name: string;
  readonly fixture: string;
  readonly profile: string;
  readonly misbehaviour: MisbehaviourSettings;
  readonly truth: string;
  readonly judge: (result: Result) => Finding;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const longestRunMs = 30 * 60_000;

/** So that the noise of the machine is small against what is measured. */
const latencyMs = 200;
const queue = { capacity: { requestsPerSecond: 400 } };

const proofs: readonly Proof[] = [
  ...[1, 2, 3].map(() => capacity("capacity", queue, 400, "plateau")),
  capacity("cliff", { errorAbove: { requestsPerSecond: 300 } }, 300, "error-cliff"),
  {
    name: "users",
    fixture: "searches",
    profile: "people",
    misbehaviour: { latencyMs, ...queue },
    truth: "highest at 400 req/s",
    judge: ({ capacity: found }) => {
      const perSecond = found?.kind === "users" ? (found.peakGoodput?.succeededPerSecond ?? 0) : 0;
      return {
        found: `${perSecond} req/s, ${JSON.stringify(found?.kind === "users" && found.law)}`,
        isTrue: near(perSecond, 400),
      };
    },
  },
  // 160 come and 100 are served per second: after 8 s 480 wait, which 10 times the capacity works off in 0.6 s.
  spiked(
    "spike",
    "full size",
    { capacity: { requestsPerSecond: 100 }, scaleOut: { afterMs: 8_000, factor: 10 } },
    {
      truth: "absorbed after 8.6 s",
      isTrue: ({ absorption }) => absorption.kind === "absorbed" && Math.abs(absorption.afterMs - 8_600) <= 2_000,
    },
  ),
  spiked(
    "spike",
    "full size",
    { capacity: { requestsPerSecond: 100 } },
    {
      truth: "not absorbed; recovered after 30 s",
      isTrue: ({ absorption, recovery }) =>
        absorption.kind === "not-absorbed" &&
        recovery.kind === "recovered" &&
        Math.abs(recovery.afterMs - 30_000) <= 2_000,
    },
  ),
  spiked(
    "metastable",
    "full size, brief",
    { neverRecover: { aboveRequestsPerSecond: 100, latencyMs: 400 } },
    {
      truth: "metastable",
      isTrue: ({ recovery }) => recovery.kind === "metastable",
    },
  ),
];

function near(value: number, truth: number): boolean {
  return Math.abs(value / truth - 1) <= 0.08;
}

function capacity(name: string, misbehaviour: MisbehaviourSettings, truth: number, overload: string): Proof {
  const judge = ({ capacity: result, run }: Result): Finding => {
    if (result?.kind !== "arrivals") return { found: "nothing", isTrue: false };
    const { capacity: found, trials } = result;
    if (found.kind !== "found") return { found: JSON.stringify(found), isTrue: false };
    const words = `${found.ratePerSecond}/s, ${result.overload}, ${trials.length} trials in ${Math.round(run.durationMs / 1_000)} s`;
    return { found: words, isTrue: near(found.ratePerSecond, truth) && result.overload === overload };
  };
  const all = { latencyMs, ...misbehaviour };
  return { name, fixture: "searches", profile: "scaled", misbehaviour: all, truth: `${truth}/s, ${overload}`, judge };
}

type Spike = NonNullable<Result["spike"]>["spikes"][number];

function spiked(
  name: string,
  profile: string,
  misbehaviour: MisbehaviourSettings,
  { truth, isTrue }: { readonly truth: string; readonly isTrue: (spike: Spike) => boolean },
): Proof {
  const judge = ({ spike: result }: Result): Finding => {
    const [spike] = result?.spikes ?? [];
    if (spike === undefined) return { found: "no spike", isTrue: false };
    const { absorption, recovery } = spike;
    return { found: JSON.stringify({ absorption, recovery }), isTrue: isTrue(spike) };
  };
  return { name, fixture: "spikes", profile, misbehaviour: { latencyMs, ...misbehaviour }, truth, judge };
}

async function resultOf({ fixture, profile, misbehaviour }: Proof): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "muster-proof-"));
  const api = await startApi({ misbehave: misbehaviour });
  try {
    const file = join(folder, "result.json");
    const test = join(root, `tests/e2e/fixtures/${fixture}.ts`);
    const words = ["run", test, `--profile=${profile}`, `--host=${api.url}`, `--json=${file}`, `--data-dir=${folder}`];
    const child = spawn(process.execPath, [join(root, "bin/muster.js"), ...words, "--loglevel=warn"], {
      stdio: ["ignore", "inherit", "ignore"],
      timeout: longestRunMs,
    });
    await once(child, "close");
    return resultSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } finally {
    await api.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const wanted = process.argv.slice(2);
const findings: string[] = [];
for (const proof of proofs) {
  if (wanted.length > 0 && !wanted.includes(proof.name)) continue;
  const { found, isTrue } = proof.judge(await resultOf(proof));
  findings.push(`${isTrue ? "✓" : "✗"} ${proof.name}: ${found} (truth: ${proof.truth})`);
  if (!isTrue) process.exitCode = 1;
}
console.log(`\n${findings.join("\n")}`);
