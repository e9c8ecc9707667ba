// `node bench/simulated-workers.ts PORT COUNT ENDPOINTS`: so many workers on sockets of their own, which load nothing, and
// report once a second what a busy worker would. Prints, when their master ends the run, how long acknowledgements took.

import { WebSocket } from "ws";
import { ByteWriter } from "../src/protocol/bytes.ts";
import type { MasterMessage } from "../src/protocol/master-messages.ts";
import { encodeReport } from "../src/protocol/report-frame.ts";
import { IntervalRecorder } from "../src/stats/interval-recorder.ts";
import { introduce } from "../tests/protocol/introduce.ts";
import { fineReport } from "../tests/stats/health-fixtures.ts";
import { lognormalSamples } from "../tests/stats/lognormal-samples.ts";

const [port = "0", count = "10", endpoints = "20"] = process.argv.slice(2);
const token = process.env.MUSTER_TOKEN ?? "";
const samplesPerEndpoint = 50;
const tasks = Array.from({ length: 8 }, (_, task) => ({ name: `task ${task}` }));
const windowMs = 1_000;

const writer = new ByteWriter();
const recorder = new IntervalRecorder();
const ackMs: number[] = [];

/** What all of them saw in a second: the same, but each second another. */
function frameOf(sequence: number): Uint8Array {
  recorder.reset();
  for (let position = 0; position < Number(endpoints); position++) {
    const endpoint = recorder.endpoint("GET", `/endpoint/${position}`);
    for (const sample of lognormalSamples(samplesPerEndpoint, sequence * 100 + position)) {
      endpoint.record(sample, sample, 500, 100);
    }
  }
  for (let task = 0; task < tasks.length; task++) recorder.tasks.of("default", "User", tasks).count(task);
  const users = { peak: 10, byClass: new Map([["User", 10]]) };
  return encodeReport(writer, sequence, { first: sequence - 1, count: 1 }, recorder, users, fineReport);
}

const frames: Uint8Array[] = [];

class SimulatedWorker {
  readonly #socket: WebSocket;
  readonly #sentMs: number[] = [];
  readonly #heartbeat: NodeJS.Timeout;
  #reports: NodeJS.Timeout | null = null;
  #probes = 0;

  constructor(index: number) {
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
    introduce(this.#socket, { token }, () =>
      this.#say({
        type: "hello",
        id: `simulated-${index}`,
        host: "simulated",
        pid: index + 1,
        version: "0.0.0",
        session: null,
      }),
    );
    this.#socket.on("message", (data: Buffer) => this.#hear(JSON.parse(data.toString("utf8")) as MasterMessage));
    this.#heartbeat = setInterval(
      () => this.#say({ type: "heartbeat", users: 10, blockedMs: 0, wallMs: Date.now() }),
      1_000,
    );
  }

  get isOpen(): boolean {
    return this.#socket.readyState <= this.#socket.OPEN;
  }

  #hear(message: MasterMessage): void {
    if (message.type === "welcome") this.#say({ type: "clock-probe", probe: this.#probes++ });
    else if (message.type === "prepare") this.#say({ type: "ready" });
    else if (message.type === "start") this.#begin();
    else if (message.type === "ack") this.#acknowledged(message.sequence);
    else if (message.type === "stop") this.#stop();
    else if (message.type === "quit") this.#socket.close();
  }

  /** Each begins at another moment of the second, as workers do whose reports take their time. */
  #begin(): void {
    this.#say({ type: "started", skewMs: 1 });
    setTimeout(
      () => {
        this.#report();
        this.#reports = setInterval(() => this.#report(), windowMs);
      },
      windowMs + Math.random() * 200,
    );
  }

  #report(): void {
    const sequence = this.#sentMs.push(performance.now());
    frames[sequence] ??= frameOf(sequence);
    this.#socket.send(frames[sequence]);
  }

  #acknowledged(sequence: number): void {
    const sentMs = this.#sentMs[sequence - 1];
    if (sentMs !== undefined) ackMs.push(performance.now() - sentMs);
  }

  #stop(): void {
    if (this.#reports !== null) clearInterval(this.#reports);
    clearInterval(this.#heartbeat);
    this.#say({ type: "stopped", lastSequence: this.#sentMs.length, reason: "finished" });
  }

  #say(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }
}

const workers = Array.from({ length: Number(count) }, (_, index) => new SimulatedWorker(index));
const ended = setInterval(() => {
  if (workers.some((worker) => worker.isOpen)) return;
  clearInterval(ended);
  ackMs.sort((a, b) => a - b);
  const at = (share: number) => ackMs[Math.floor(share * (ackMs.length - 1))] ?? null;
  console.log(JSON.stringify({ acknowledged: ackMs.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }));
}, 200);
