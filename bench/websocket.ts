// `npm run bench:websocket [-- --sockets=5000 --seconds=20 --json]`: the memory of an open WebSocket, and the CPU share of one worker whose
// users each ask once a second; the percentiles of the round trips beside those of the delays that the server made; and whether the server
// counted as many messages as the run. The worker and the server have a core each.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Result } from "../src/report/result/result-schema.ts";
import { waitUntil } from "../tests/support/wait-until.ts";
import { MusterRun, scenarioFile } from "./generators/muster-run.ts";
import { BenchError } from "./machine/bench-error.ts";
import { benchOptions, positive, positiveWhole } from "./machine/bench-options.ts";
import { interrupted, runBench, say, wait } from "./machine/bench-run.ts";
import { clientCore, describeMachine, machineLine, serverCore } from "./machine/machine.ts";
import { cpuSecondsOf, residentBytesOf } from "./machine/process-account.ts";
import { rounded } from "./machine/statistics.ts";
import type { ServerCounts } from "./websocket-server.ts";

/** What a worker is without many sockets. */
const fewSockets = 100;
const spawnRate = 500;
const settleSeconds = 5;
const timeoutMs = 120_000;

/** A server that ends with this. */
class EchoServer implements Disposable {
  readonly url: string;
  readonly #child: ReturnType<typeof spawn>;

  private constructor(port: number, child: ReturnType<typeof spawn>) {
    this.url = `http://127.0.0.1:${port}`;
    this.#child = child;
  }

  static async start(): Promise<EchoServer> {
    const file = fileURLToPath(new URL("websocket-server.ts", import.meta.url));
    const words = ["-c", String(serverCore), process.execPath, file];
    const child = spawn("taskset", words, { stdio: ["ignore", "inherit", "inherit", "ipc"], signal: interrupted });
    child.on("error", () => {
      // It was ended by a signal to the bench.
    });
    const [port] = (await once(child, "message", { signal: interrupted })) as [number];
    return new EchoServer(port, child);
  }

  async counts(): Promise<ServerCounts> {
    this.#child.send("counts");
    const [counts] = (await once(this.#child, "message", { signal: interrupted })) as [ServerCounts];
    return counts;
  }

  [Symbol.dispose](): void {
    this.#child.disconnect();
  }
}

interface Looked<Figure> {
  readonly figure: Figure;
  readonly result: Result;
  readonly counts: ServerCounts;
}

/** Runs a profile with so many sockets on a server of its own, and looks at its worker when all are open. */
async function withSockets<Figure>(
  profile: "idle" | "once-a-second",
  sockets: number,
  look: (workerPid: number) => Promise<Figure>,
): Promise<Looked<Figure>> {
  using server = await EchoServer.start();
  const flags = [`--host=${server.url}`, `--profile=${profile}`, `--users=${sockets}`, `--spawn-rate=${spawnRate}`];
  await using run = await MusterRun.start(scenarioFile("websocket"), flags, { core: clientCore });
  const workerPid = await run.workerPid();
  const areOpen = async () => {
    run.requireRunning();
    return (await server.counts()).open >= sockets;
  };
  await waitUntil(`${sockets} sockets are open`, areOpen, timeoutMs);
  const figure = await look(workerPid);
  run.stop();
  const result = await run.finished(timeoutMs);
  return { figure, result, counts: await server.counts() };
}

async function settledBytes(workerPid: number): Promise<number> {
  await wait(settleSeconds);
  return await residentBytesOf(workerPid);
}

async function cpuShareOf(workerPid: number, seconds: number): Promise<number> {
  // A user's second message is due a second after its first.
  await wait(2);
  const [before, at] = [await cpuSecondsOf(workerPid), performance.now()];
  await wait(seconds);
  return ((await cpuSecondsOf(workerPid)) - before) / ((performance.now() - at) / 1_000);
}

function countOf({ metrics = [] }: Result, name: string): number {
  const metric = metrics.find((one) => one.name === name);
  return metric?.kind === "counter" ? metric.count : 0;
}

/** The percentiles of the round trips and those of the server's delays. */
function percentilesOf(result: Result, { delaysMs }: ServerCounts) {
  const ask = result.endpoints.find(({ name }) => name === "ask");
  if (ask === undefined) throw new BenchError("nothing was asked");
  return [50, 95, 99].map((percentile, at) => {
    const [measuredMs, trueMs] = [ask.responseTimeMs.percentiles[String(percentile)] ?? 0, delaysMs[at] ?? 0];
    return {
      percentile,
      measuredMs: rounded(measuredMs),
      trueMs: rounded(trueMs),
      offBy: rounded(measuredMs / trueMs - 1),
    };
  });
}

await runBench(async () => {
  const options = benchOptions({ sockets: "5000", seconds: "20" });
  const sockets = positiveWhole("sockets", options.sockets);
  const seconds = positive("seconds", options.seconds);
  const machine = describeMachine();
  const few = await withSockets("idle", fewSockets, settledBytes);
  const many = await withSockets("idle", sockets, settledBytes);
  say(`memory: ${few.figure} B with ${fewSockets} sockets, ${many.figure} B with ${sockets}`);
  const busy = await withSockets("once-a-second", sockets, (pid) => cpuShareOf(pid, seconds));
  const { result, counts } = busy;
  const figures = {
    kilobytesPerSocket: rounded((many.figure - few.figure) / (sockets - fewSockets) / 1_000),
    workerMegabytes: rounded(many.figure / 1e6),
    cpuShareOncePerSecond: rounded(busy.figure),
    loadAverageAfter: rounded(loadavg()[0] ?? 0),
    failures: result.total.failures,
    verdict: result.verdict,
    messages: {
      sent: countOf(result, "messages_out"),
      serverReceived: counts.received,
      received: countOf(result, "messages_in"),
      serverSent: counts.sent,
    },
    percentiles: percentilesOf(result, counts),
  };
  if (options.json) {
    console.log(JSON.stringify({ bench: "websocket", sockets, seconds, machine, ...figures }, null, 2));
    return;
  }
  console.log(machineLine(machine));
  const { messages, percentiles, ...plain } = figures;
  console.table(plain);
  console.table(messages);
  console.table(percentiles);
});
