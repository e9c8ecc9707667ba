import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { canMakeNamespaces } from "../../scripts/optional-tools.ts";
import { Random } from "../../src/core/random.ts";
import type { Result } from "../../src/report/result/result-schema.ts";
import { LoopWatch } from "../worker/health/loop-watch.ts";
import { CuttableProxy } from "./cuttable-proxy.ts";
import { startWorker } from "./distributed.ts";
import { fixture } from "./fixture.ts";
import { HitServer } from "./hit-server.ts";
import { type MusterProcess, MusterRun } from "./muster-process.ts";
import { mounted } from "./private-mount.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import type { Cleanup } from "./test-process.ts";
import { unusedPort } from "./unused-port.ts";
import { waitUntil } from "./wait-until.ts";

const allFaults = [
  "kill a worker",
  "stop a worker",
  "kill the master",
  "cut a socket",
  "freeze a worker",
  "silence a socket",
  "add a worker",
  "stop the master",
  "remove the store",
  "fill the disk",
] as const;
export type Fault = (typeof allFaults)[number];

/** Without namespaces of its own a trial cannot have a disk that fills up. */
export const faults: readonly Fault[] = (await canMakeNamespaces())
  ? allFaults
  : allFaults.filter((fault) => fault !== "fill the disk");

/** The kinds of load, which take turns with each round of faults. */
export const loads = ["users", "arrivals", "iterations"] as const;
export type TrialLoad = (typeof loads)[number];

export interface Trial {
  readonly seed: number;
  readonly fault: Fault;
  readonly load: TrialLoad;
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
/** The size of a disk that is filled up, in bytes. */
const diskBytes = 16_000_000;
/** A window, and the time to build, send and commit its report on an idle machine. */
const unsentMs = 1_000 + 500;
/** Each of the processes that this takes may be late by as much as this one was. */
const processesOfReport = 4;

/** The fault and the load of a trial, which its seed chooses. */
function subjectOf(seed: number): { fault: Fault; load: TrialLoad } {
  const fault = faults[seed % faults.length] as Fault;
  return { fault, load: loads[Math.floor(seed / faults.length) % loads.length] as TrialLoad };
}

/** Makes one run of 10 s with 3 workers and one fault at a random moment. All random values follow from the seed. */
export async function runTrial(cleanup: Cleanup, seed: number, { fault, load } = subjectOf(seed)): Promise<Trial> {
  const random = new Random(seed, 0);
  const [atMs, lengthMs] = momentOf(fault, random);
  using watch = new LoopWatch();
  const server = await HitServer.start(cleanup);
  const stage = await Stage.start(cleanup, server.url, load, fault);
  await waitUntil("the first request", async () => (await server.total()) > 0);
  await delay(atMs);
  const victim = stage.workers[Math.floor(random.next() * workerCount)] as MusterProcess;
  const faultAt = Date.now();
  await stage.inflict(fault, victim, lengthMs);
  const { code, result } = await stage.master.finished();
  const hits = await server.hits();
  const served = [...hits.values()].reduce((sum, times) => sum + times.length, 0);
  const ofVictim = fault === "kill a worker" ? (hits.get(String(victim.pid)) ?? []) : [];
  const unsentFromMs = faultAt - unsentMs - processesOfReport * watch.longestMs;
  const unreported = ofVictim.filter((time) => time >= unsentFromMs).length;
  return { seed, fault, load, atMs, lengthMs, code, result, served, unreported };
}

/** Returns when a fault begins and how long it lasts, in ms. */
function momentOf(fault: Fault, random: Random): [number, number] {
  // A worker that stands still or hears nothing for that long is declared lost, and comes back before the end.
  if (fault === "freeze a worker" || fault === "silence a socket") {
    return [Math.round(500 + random.next() * 3_000), Math.round(workerTimeoutMs + 1_000 + random.next() * 1_500)];
  }
  // Starting a worker takes seconds on a busy machine, and it is to join before the load ends.
  const latestMs = fault === "add a worker" ? 4_000 : 8_000;
  const atMs = Math.round(500 + random.next() * latestMs);
  return [atMs, Math.round(200 + random.next() * (fault === "stop a worker" && atMs > 4_000 ? 2_000 : 4_000))];
}

/** What is wrong with the outcome of a trial; null if it is as promised. */
export function faultOf(trial: Trial): string | null {
  return wrongCountOf(trial) ?? wrongLoadOf(trial) ?? untoldOf(trial);
}

/** Nothing is counted twice, and only what a killed worker could not report is missing. */
function wrongCountOf({ fault, result, served, unreported }: Trial): string | null {
  const { missing, duplicates } = result.ledger;
  const lost = served - result.total.requests;
  const gaps = fault === "kill a worker" ? 1 : 0;
  if (duplicates !== 0) return `${duplicates} duplicates`;
  if (missing.length !== gaps) return `missing: ${JSON.stringify(missing)}`;
  if (lost >= 0 && lost <= unreported) return null;
  return `${lost} of ${served} requests lost, of ${unreported} that could not be reported`;
}

/** The result names what has happened. */
function untoldOf({ fault, result }: Trial): string | null {
  const losesStore = fault === "fill the disk" || fault === "remove the store";
  if (losesStore && !/^the store failed/.test(result.warnings.join())) return "no word of the store that failed";
  if (fault === "add a worker" && result.workers.length !== workerCount + 1) return "the late worker is not there";
  return null;
}

/**
 * A run passes when its load was made, and is invalid, with the reason, when it was not. What was planned was made or has
 * a name. If more was made, because a worker continued while others had taken over, a warning says so.
 */
function wrongLoadOf({ fault, code, result, unreported }: Trial): string | null {
  const load = result.load?.[0];
  if (load === undefined) return "the result does not compare the load with the plan";
  const { planned, made, late, dropped } = load;
  const missing = planned - made - dropped;
  const isShort = /planned load.* was not generated|failed to start/.test(result.reasons.join());
  // Who has run its part of the iterations has ended, and cannot run another's (docs/decisions/018).
  if (code === 103 && fault === "kill a worker" && load.unit === "iterations") return null;
  if (code !== (isShort ? 110 : 0)) return `exit code ${code}: ${result.reasons.join("; ")}`;
  if (isShort && missing < 0.02 * planned) return `invalid, with ${missing} of ${planned} missing`;
  const isNamed = /more than the planned load/.test(result.warnings.join());
  // Two of the ten seconds of all users are what muster bears without a word (docs/decisions/060).
  const borne = load.unit === "userSeconds" ? 0.2 * planned : 0.03 * planned;
  if (-missing > borne && !isNamed) return `${made} made of ${planned} planned, without a word`;
  if (load.unit === "iterations" && !isShort && missing > late + unreported + 0.02 * planned) {
    return `${missing} of ${planned} arrivals have no name: ${JSON.stringify(load)}`;
  }
  return null;
}

/** A master on its own port, and workers that reach it through proxies. */
class Stage {
  readonly workers: readonly MusterProcess[];
  master: MusterRun;
  readonly #proxies: readonly CuttableProxy[];
  readonly #startMaster: (resume: string) => Promise<MusterRun>;
  readonly #startWorker: () => MusterProcess;
  readonly #dataFolder: string;

  private constructor(
    master: MusterRun,
    workers: readonly MusterProcess[],
    proxies: readonly CuttableProxy[],
    startMaster: (resume: string) => Promise<MusterRun>,
    startLateWorker: () => MusterProcess,
    dataFolder: string,
  ) {
    this.#startWorker = startLateWorker;
    this.#dataFolder = dataFolder;
    this.master = master;
    this.workers = workers;
    this.#proxies = proxies;
    this.#startMaster = startMaster;
  }

  static async start(cleanup: Cleanup, host: string, load: TrialLoad, fault: Fault): Promise<Stage> {
    const port = await unusedPort();
    const dataFolder = await temporaryFolder(cleanup);
    const words = [
      "master",
      fixture("hitters"),
      `--host=${host}`,
      `--expect-workers=${workerCount}`,
      `--worker-timeout=${workerTimeoutMs}ms`,
      `--master-bind-port=${port}`,
      ...(load === "users" ? [] : [`--profile=${load}`]),
    ];
    const through = fault === "fill the disk" ? mounted(dataFolder, `size=${diskBytes}`) : [];
    const startMaster = (resume: string) =>
      MusterRun.start(cleanup, [...words, `--resume=${resume}`], { MUSTER_DATA_DIR: dataFolder }, through);
    const master = await startMaster("auto");
    await master.masterPort();
    const proxies = await Promise.all(Array.from({ length: workerCount }, () => CuttableProxy.start(cleanup, port)));
    const workers = proxies.map((proxy) => startWorker(cleanup, proxy.port, ""));
    const startLateWorker = () => startWorker(cleanup, port, "");
    return new Stage(master, workers, proxies, startMaster, startLateWorker, dataFolder);
  }

  /** Resolves when the fault is over. */
  async inflict(fault: Fault, victim: MusterProcess, lengthMs: number): Promise<void> {
    switch (fault) {
      case "kill a worker":
        victim.kill("SIGKILL");
        return;
      case "stop a worker":
      case "freeze a worker":
        victim.kill("SIGSTOP");
        await delay(lengthMs);
        victim.kill("SIGCONT");
        return;
      case "cut a socket":
        this.#proxies[this.workers.indexOf(victim)]?.cut();
        return;
      case "silence a socket":
        this.#proxies[this.workers.indexOf(victim)]?.silence();
        return;
      case "add a worker":
        this.#startWorker();
        return;
      case "stop the master":
        this.master.kill("SIGSTOP");
        await delay(lengthMs);
        this.master.kill("SIGCONT");
        return;
      case "remove the store":
        await rm(this.#dataFolder, { recursive: true });
        return;
      case "fill the disk":
        await fill(join(`/proc/${this.master.pid}/root`, this.#dataFolder, "filler"));
        return;
      case "kill the master":
        this.master.kill("SIGKILL");
        await this.master.ended();
        await delay(lengthMs);
        this.master = await this.#startMaster("auto");
    }
  }
}

/** Writes until no space is left; the file system is that of another process. */
async function fill(file: string): Promise<void> {
  const stream = createWriteStream(file);
  stream.end(Buffer.alloc(diskBytes));
  // ENOSPC is what this is for.
  await once(stream, "close").catch(() => {});
}
