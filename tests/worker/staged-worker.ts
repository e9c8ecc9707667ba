import { constantUsersPlan } from "../../src/core/plan/plan.ts";
import type { PrepareMessage } from "../../src/protocol/master-messages.ts";
import { decodeReport } from "../../src/protocol/report-frame.ts";
import type { ScenarioSpec } from "../../src/protocol/scenario-spec.ts";
import { hashOf } from "../../src/scenario/bundle/bundle.ts";
import type { DataPart } from "../../src/scenario/bundle/data-part.ts";
import type { IntervalReport } from "../../src/stats/interval-report.ts";
import { startWorker } from "../support/distributed.ts";
import type { MusterProcess } from "../support/muster-process.ts";
import { prepareMessage } from "../support/prepare-message.ts";
import type { Cleanup } from "../support/test-process.ts";
import { patienceMs } from "../support/wait-until.ts";
import { closedSpec } from "./executors/stage.ts";
import { eventually, TestServer } from "./http/fixture.ts";
import { type Manners, ScriptedMaster, type Visit } from "./link/scripted-master.ts";

/** For less time than the whole test, so that what the worker has said is told. */
const longestWaitMs = patienceMs / 2;

/** A test whose users ask for "/" now and then; `code` is run before each request. */
export function testSource(code = ""): string {
  return `import { constant, defineTest } from "muster-load";
    const get = (vu) => { ${code}; return vu.http.get("/"); };
    export default defineTest({
      users: [{ name: "Visitor", pause: constant("20ms"), tasks: { get } }],
      profiles: {},
    });`;
}

/** The service under load: how often it was asked, and when the last time. */
export class Target implements AsyncDisposable {
  requests = 0;
  lastAtMs = 0;
  readonly paths = new Set<string>();
  readonly server: TestServer;

  private constructor(server: TestServer) {
    this.server = server;
  }

  static async listen(): Promise<Target> {
    const target: Target = new Target(
      await TestServer.http(({ url = "" }, response) => {
        target.requests++;
        target.paths.add(url);
        target.lastAtMs = performance.now();
        response.end("{}");
      }),
    );
    return target;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

export interface StagedWorkerOptions {
  readonly source?: string;
  /** Files that the source imports as data. */
  readonly data?: readonly DataPart[];
  /** Files that the source sends, by the path that it gives. */
  readonly files?: readonly (DataPart & { readonly path: string })[];
  readonly users?: number;
  readonly durationMs?: number;
  readonly words?: readonly string[];
  readonly prepare?: Partial<PrepareMessage>;
}

/** A real worker process, a master that a test plays, and the service that it loads. */
export class StagedWorker {
  readonly process: MusterProcess;
  readonly target: Target;
  readonly #cleanup: Cleanup;
  readonly #options: StagedWorkerOptions;
  readonly #masters: ScriptedMaster[] = [];

  private constructor(cleanup: Cleanup, master: ScriptedMaster, target: Target, options: StagedWorkerOptions) {
    this.#cleanup = cleanup;
    this.target = target;
    this.#options = options;
    this.#adopt(master);
    this.process = startWorker(cleanup, master.port, "t", ...(options.words ?? []));
  }

  static async start(cleanup: Cleanup, options: StagedWorkerOptions = {}): Promise<StagedWorker> {
    const target = await Target.listen();
    cleanup.after(() => target[Symbol.asyncDispose]());
    return new StagedWorker(cleanup, await ScriptedMaster.listen(), target, options);
  }

  /** The master that is at work now. */
  get master(): ScriptedMaster {
    return this.#masters.at(-1) as ScriptedMaster;
  }

  /** All reports that were committed, by whichever master. */
  get reports(): IntervalReport[] {
    return this.#masters.flatMap((master) => master.committedFrames.map((frame) => decodeReport(frame)));
  }

  /** What the reports say the service was asked. */
  get requestsReported(): number {
    return this.reports.reduce((sum, report) => sum + (report.endpoints[0]?.requests ?? 0), 0);
  }

  get scenarios(): ScenarioSpec[] {
    const { users = 3, durationMs = 600_000 } = this.#options;
    const plan = constantUsersPlan({ users, spawnRatePerSecond: Number.POSITIVE_INFINITY, durationMs });
    return [
      closedSpec(
        plan,
        Array.from({ length: users }, (_, index) => index),
      ),
    ];
  }

  get prepare(): PrepareMessage {
    const host = this.target.server.url;
    return { ...prepareMessage, bundleHash: hashOf(this.#source), host, ...this.#options.prepare };
  }

  /** Gives the worker the test. */
  async load(visit: Visit): Promise<void> {
    visit.send(this.prepare);
    await this.until("it asks for the bundle", () => visit.said("need-bundle") !== undefined);
    this.sendBundle(visit);
  }

  sendBundle(visit: Visit): void {
    const data = (this.#options.data ?? []).map(({ hash, bytes }) => ({ hash, bytes: bytes.length }));
    const files = (this.#options.files ?? []).map(({ path, hash, bytes }) => ({ path, hash, bytes: bytes.length }));
    visit.send({ type: "bundle", hash: hashOf(this.#source), source: this.#source, data, files });
  }

  async ready(visit: Visit): Promise<void> {
    await this.load(visit);
    await this.until("it is ready", () => visit.said("ready") !== undefined);
  }

  /** Begins the load `inMs` from now, on the master's clock. */
  begin(visit: Visit, inMs = 20): void {
    const startAtMs = this.master.nowMs() + inMs;
    this.master.manners.startAtMs = startAtMs;
    visit.send({
      type: "start",
      startAtMs,
      iterationNumbers: { first: 0, step: 1 },
      setup: {},
      scenarios: this.scenarios,
    });
  }

  /** The worker's first visit, with the load under way. */
  async running(): Promise<Visit> {
    const visit = await this.master.visit(1);
    await this.ready(visit);
    this.begin(visit);
    await this.until("the load is under way", () => this.target.requests >= 5);
    return visit;
  }

  /** The master dies; what it has committed stays. */
  async killMaster(): Promise<void> {
    await this.master[Symbol.asyncDispose]();
  }

  /** Another takes its place, with another clock, and what the one before had committed. */
  async restartMaster(manners: Manners = {}): Promise<ScriptedMaster> {
    const { port, manners: before } = this.master;
    const kept = { port, startAtMs: before.startAtMs ?? null, lastSequence: before.lastSequence ?? 0 };
    this.#adopt(await ScriptedMaster.listen({ ...kept, ...manners }));
    return this.master;
  }

  async until(what: string, condition: () => boolean): Promise<void> {
    try {
      await eventually(condition, what, longestWaitMs);
    } catch (cause) {
      throw new Error(`${(cause as Error).message}\n${this.process.stderr}`, { cause });
    }
  }

  get #source(): string {
    return this.#options.source ?? testSource();
  }

  #adopt(master: ScriptedMaster): void {
    master.sequenceOf = (frame) => decodeReport(frame).sequence;
    this.#masters.push(master);
    this.#cleanup.after(() => master[Symbol.asyncDispose]());
  }
}
