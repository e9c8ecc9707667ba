import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { ByteWriter } from "../../../src/protocol/bytes.ts";
import type { MasterMessage } from "../../../src/protocol/master-messages.ts";
import { encodeReport } from "../../../src/protocol/report-frame.ts";
import type { Hello } from "../../../src/protocol/worker-messages.ts";
import { IntervalRecorder } from "../../../src/stats/interval-recorder.ts";
import type { LoadProgress } from "../../../src/stats/interval-report.ts";
import { SimulatedWorker } from "../../master/workers/simulated-worker.ts";
import type { Introduced } from "../../protocol/introduce.ts";
import { waitUntil } from "../../support/wait-until.ts";
import type { AttackTarget } from "./attack.ts";

type Heard<Type extends MasterMessage["type"]> = Extract<MasterMessage, { type: Type }>;

type Entrance = Pick<AttackTarget, "workerPort" | "token">;

export interface ForgedReport {
  readonly sequence?: number;
  /** The first second that it is about; default: the first second of the run that no report of this worker was about. */
  readonly window?: number;
  readonly windowCount?: number;
  /** The window begins so many seconds later than it would otherwise. */
  readonly aheadSeconds?: number;
  readonly users?: number;
  /** The names of the classes of the users; default: the one of the test. */
  readonly classes?: readonly string[];
  readonly load?: readonly LoadProgress[];
}

/** A worker with the right token that keeps to the protocol until the attack says otherwise. */
export class HostileWorker extends SimulatedWorker {
  #window = 0;
  #sequence = 0;

  /** Connects, and waits for the answer to its hello. */
  static async connect(
    t: { after(undo: () => void): void },
    { workerPort, token }: Entrance,
    hello: Partial<Hello & Introduced> = {},
  ): Promise<HostileWorker> {
    const worker = new HostileWorker(workerPort, { id: `hostile ${randomUUID()}`, token, ...hello });
    t.after(() => worker.socket.terminate());
    await worker.answered();
    return worker;
  }

  /** Connects, loads the test, and is given a part of the load. */
  static async join(
    t: { after(undo: () => void): void },
    target: Entrance,
    hello: Partial<Hello & Introduced> = {},
  ): Promise<HostileWorker> {
    const worker = await HostileWorker.connect(t, target, hello);
    await worker.hears("prepare");
    worker.say({ type: "ready" });
    await worker.hears("start");
    worker.#window = await worker.second();
    const beat = setInterval(() => worker.beat(), 1_000);
    worker.socket.on("close", () => clearInterval(beat));
    t.after(() => clearInterval(beat));
    return worker;
  }

  get runId(): string {
    return this.heard.find((message) => message.type === "welcome")?.runId ?? "";
  }

  /** The hash of the code of the test. */
  get bundleHash(): string {
    return this.heard.find((message) => message.type === "prepare")?.bundleHash ?? "";
  }

  /** Resolves to the first message of this type. */
  hears<Type extends MasterMessage["type"]>(type: Type): Promise<Heard<Type>> {
    return waitUntil(`"${type}" from the master`, () => {
      const found = this.heard.find((message) => message.type === type);
      if (found === undefined && this.closed !== null) throw new Error(`closed: ${this.closed.reason}`);
      return found as Heard<Type> | undefined;
    });
  }

  /** The second of the run that goes on now, by the master's clock. */
  async second(): Promise<number> {
    const { startAtMs } = await this.hears("start");
    const probe = this.heard.length + 1;
    this.say({ type: "clock-probe", probe });
    const { masterMs } = await waitUntil("the master's clock", () => {
      const found = this.heard.find((message) => message.type === "clock-reply" && message.probe === probe);
      return found as Heard<"clock-reply"> | undefined;
    });
    return Math.floor((masterMs - startAtMs) / 1_000);
  }

  /** Sends a report of what `lie` has recorded. */
  forge(lie: (recorder: IntervalRecorder) => void, report: ForgedReport = {}): void {
    this.#sequence = report.sequence ?? this.#sequence + 1;
    const first = (report.window ?? this.#window) + (report.aheadSeconds ?? 0);
    const count = report.windowCount ?? 1;
    this.#window = Math.max(this.#window, first + count);
    const recorder = new IntervalRecorder();
    lie(recorder);
    const peak = report.users ?? 0;
    const classes = peak === 0 ? [] : (report.classes ?? ["Visitor"]);
    const users = { peak, byClass: new Map(classes.map((name) => [name, peak])) };
    const frame = encodeReport(new ByteWriter(), this.#sequence, { first, count }, recorder, users, null, report.load);
    this.socket.send(frame);
  }

  /** Waits until the master has closed the socket because of what it says, and asserts the reason that it names. */
  async refusedBecause(reason: RegExp): Promise<void> {
    const { code, reason: said } = await waitUntil("the master to close the socket", () => this.closed);
    assert.match(said, reason);
    assert.equal(code, 4002, said);
  }
}
