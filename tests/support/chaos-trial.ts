import { setTimeout as delay } from "node:timers/promises";
import { Random } from "../../src/core/random.ts";
import type { Result } from "../../src/report/result/result-schema.ts";
import { CuttableProxy } from "./cuttable-proxy.ts";
import { startWorker } from "./distributed.ts";
import { fixture } from "./fixture.ts";
import { HitServer } from "./hit-server.ts";
import { type MusterProcess, MusterRun } from "./muster-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import type { Cleanup } from "./test-process.ts";
import { unusedPort } from "./unused-port.ts";
import { waitUntil } from "./wait-until.ts";

export const faults = ["kill a worker", "stop a worker", "kill the master", "cut a socket"] as const;
export type Fault = (typeof faults)[number];

export interface Trial {
  readonly seed: number;
  readonly fault: Fault;
  /**
   * When the fault begins, in ms since the first request, and how long it lasts (the absence of the master, the pause
   * of the worker).
   */
  readonly atMs: number;
  readonly lengthMs: number;
  readonly code: number | null;
  readonly result: Result;
  /** The requests that the service has counted. */
  readonly served: number;
  /** The requests of a killed worker since its last complete window. */
  readonly unreported: number;
}

const workerCount = 3;
const workerTimeoutMs = 3_000;
/** A window, and the time to build, send and commit its report. */
const unsentMs = 1_000 + 500;

/** Makes one run of 10 s with 3 workers and one fault at a random moment. All random values follow from the seed. */
export async function runTrial(cleanup: Cleanup, seed: number): Promise<Trial> {
  const random = new Random(seed, 0);
  const fault = faults[seed % faults.length] as Fault;
  const atMs = Math.round(500 + random.next() * 8_000);
  const lengthMs = Math.round(200 + random.next() * (fault === "stop a worker" && atMs > 4_000 ? 2_000 : 4_000));
  const server = await HitServer.start(cleanup);
  const stage = await Stage.start(cleanup, server.url);
  await waitUntil("the first request", async () => (await server.total()) > 0);
  await delay(atMs);
  const victim = stage.workers[Math.floor(random.next() * workerCount)] as MusterProcess;
  const faultAt = Date.now();
  await stage.inflict(fault, victim, lengthMs);
  const { code, result } = await stage.master.finished();
  const hits = await server.hits();
  const served = [...hits.values()].reduce((sum, times) => sum + times.length, 0);
  const ofVictim = fault === "kill a worker" ? (hits.get(String(victim.pid)) ?? []) : [];
  const unreported = ofVictim.filter((time) => time >= faultAt - unsentMs).length;
  return { seed, fault, atMs, lengthMs, code, result, served, unreported };
}

/** What is wrong with the outcome of a trial; null if it is as promised. */
export function faultOf({ fault, code, result, served, unreported }: Trial): string | null {
  const { missing, duplicates } = result.ledger;
  const lost = served - result.total.requests;
  if (code !== 0) return `exit code ${code}: ${result.reasons.join("; ")}`;
  if (duplicates !== 0) return `${duplicates} duplicates`;
  if (fault !== "kill a worker") {
    if (lost !== 0) return `${result.total.requests} requests in the result, ${served} served`;
    return missing.length === 0 ? null : `missing: ${JSON.stringify(missing)}`;
  }
  if (lost < 0 || lost > unreported) return `${lost} requests lost, of ${unreported} that were not yet reported`;
  return missing.length === 1 ? null : `missing: ${JSON.stringify(missing)}`;
}

/** A master on its own port, and workers that reach it through proxies. */
class Stage {
  readonly workers: readonly MusterProcess[];
  master: MusterRun;
  readonly #proxies: readonly CuttableProxy[];
  readonly #startMaster: (resume: string) => Promise<MusterRun>;

  private constructor(
    master: MusterRun,
    workers: readonly MusterProcess[],
    proxies: readonly CuttableProxy[],
    startMaster: (resume: string) => Promise<MusterRun>,
  ) {
    this.master = master;
    this.workers = workers;
    this.#proxies = proxies;
    this.#startMaster = startMaster;
  }

  static async start(cleanup: Cleanup, host: string): Promise<Stage> {
    const port = await unusedPort();
    const dataFolder = await temporaryFolder(cleanup);
    const words = [
      "master",
      fixture("hitters"),
      `--host=${host}`,
      `--expect-workers=${workerCount}`,
      `--worker-timeout=${workerTimeoutMs}ms`,
      `--master-bind-port=${port}`,
    ];
    const startMaster = (resume: string) =>
      MusterRun.start(cleanup, [...words, `--resume=${resume}`], { MUSTER_DATA_DIR: dataFolder });
    const master = await startMaster("auto");
    await master.masterPort();
    const proxies = await Promise.all(Array.from({ length: workerCount }, () => CuttableProxy.start(cleanup, port)));
    const workers = proxies.map((proxy) => startWorker(cleanup, proxy.port, ""));
    return new Stage(master, workers, proxies, startMaster);
  }

  /** Resolves when the fault is over. */
  async inflict(fault: Fault, victim: MusterProcess, lengthMs: number): Promise<void> {
    switch (fault) {
      case "kill a worker":
        victim.kill("SIGKILL");
        return;
      case "stop a worker":
        victim.kill("SIGSTOP");
        await delay(lengthMs);
        victim.kill("SIGCONT");
        return;
      case "cut a socket":
        this.#proxies[this.workers.indexOf(victim)]?.cut();
        return;
      case "kill the master":
        this.master.kill("SIGKILL");
        await this.master.ended();
        await delay(lengthMs);
        this.master = await this.#startMaster("auto");
    }
  }
}
