import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Result } from "../../../src/report/result/result-schema.ts";
import { MusterRun } from "../../support/muster-process.ts";
import type { Cleanup } from "../../support/test-process.ts";
import { waitUntil } from "../../support/wait-until.ts";

/** The path of a test file in examples/clients. */
export function example(name: string): string {
  return fileURLToPath(new URL(`../../../examples/clients/${name}.ts`, import.meta.url));
}

/** The requests of each endpoint, and the failures of those that have some, by name. */
export function countsOf({ endpoints }: Pick<Result, "endpoints">) {
  const requests = Object.fromEntries(endpoints.map((one) => [one.name, one.requests]));
  const failures = Object.fromEntries(
    endpoints.filter((one) => one.failures > 0).map((one) => [one.name, one.failures]),
  );
  return { requests, failures };
}

/** The kinds of all failures. */
export function kindsOf({ total }: Pick<Result, "total">): string[] {
  return Object.keys(total.failureKinds).sort();
}

/** A server that can fail in the middle of a run. */
interface FailingServer {
  crash(): Promise<void>;
  restart(): Promise<void>;
}

const outageMs = 1_500;
const runMs = 6_000;

/**
 * Runs an example on two workers, crashes the server in the middle, and starts it again.
 * @param calls how often the server was called since its start
 */
export async function runWithOutage(
  cleanup: Cleanup,
  name: string,
  env: Readonly<Record<string, string>>,
  server: FailingServer,
  calls: () => Promise<number>,
) {
  const words = [example(name), "--users=8", "--spawn-rate=100", `--run-time=${runMs}ms`, "--workers=2"];
  const run = await MusterRun.start(cleanup, ["run", ...words, "--stop-timeout=5s"], env);
  await waitUntil("some calls", async () => (await calls()) > 50);
  await server.crash();
  await delay(outageMs);
  await server.restart();
  await waitUntil("calls after the outage", async () => (await calls()) > 20);
  const { code, result } = await run.finished();
  // It failed by what the outage did, and ended on time.
  assert.equal(result.verdict, "failed", String(result.reasons));
  assert.equal(code, 99);
  assert.ok(result.run.durationMs < runMs + 60_000, `${result.run.durationMs} ms`);
  assert.ok(result.total.failures > 0);
  assert.deepEqual(
    result.errors.filter(({ kind }) => kind === "exception"),
    [],
    "what failed is no exception",
  );
  return result;
}
