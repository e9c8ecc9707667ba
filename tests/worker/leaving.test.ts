import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { hashOf } from "../../src/scenario/bundle/bundle.ts";
import { HttpEngines } from "../../src/worker/http-engines.ts";
import type { LinkEvent, MasterWord, WorkerWord } from "../../src/worker/link/link-messages.ts";
import type { MasterLink } from "../../src/worker/link/master-link.ts";
import { monotonicMs } from "../../src/worker/time/monotonic.ts";
import { Worker } from "../../src/worker/worker.ts";
import { prepareMessage } from "../support/prepare-message.ts";
import { closedSpec } from "./executors/stage.ts";
import { eventually, withTimeout } from "./http/fixture.ts";

const source = `import { data, defineTest } from "muster-load";
  const rows = data([{ id: 1 }]);
  const sleep = (vu) => { rows.take().catch(() => {}); return vu.sleep("1h"); };
  export default defineTest({ users: [{ name: "Sleeper", tasks: { sleep } }], profiles: {} });`;
const welcome = { worker: 1, secret: "", runId: "r1", lastSequence: 0, startAtMs: null, stays: false };
const log = pino({ level: "silent" });

/** A worker in this process, and what it says to a master that is not there. */
class LinkedWorker {
  readonly said: WorkerWord[] = [];
  readonly worker: Worker;
  userCount: () => number = () => 0;
  #onEvent: (event: LinkEvent) => void = () => {};

  constructor() {
    const link: Pick<MasterLink, "url" | "attach" | "say" | "report" | "progress"> = {
      url: "ws://127.0.0.1:1",
      attach: (onEvent, userCount) => {
        this.#onEvent = onEvent;
        this.userCount = userCount;
      },
      say: (message) => this.said.push(message),
      report: (sequence) => this.learn({ type: "acknowledged", sequence }),
      progress: () => {},
    };
    const engines = new HttpEngines({ log, localAddresses: [], processes: 1 });
    this.worker = new Worker({ link: link as MasterLink, log, engines });
  }

  get types(): string[] {
    return this.said.map(({ type }) => type);
  }

  learn(event: LinkEvent): void {
    this.#onEvent(event);
  }

  /** Answers all requests for rows: there are none. */
  answerRequests(): void {
    const value = { ranges: [], isEmpty: true, isWanted: false, rows: [], format: null, head: "" };
    for (const message of this.said) {
      if (message.type === "request") this.hear({ type: "response", id: message.id, result: { value } });
    }
  }

  hear(message: MasterWord): void {
    this.learn({ type: "message", message });
  }
}

/** Starts a user that sleeps. */
async function sleeping(): Promise<LinkedWorker> {
  const linked = new LinkedWorker();
  linked.hear({ type: "welcome", ...welcome });
  linked.hear({ ...prepareMessage, bundleHash: hashOf(source) });
  linked.hear({ type: "bundle", hash: hashOf(source), source, data: [], files: [] });
  await eventually(() => linked.types.includes("ready"), "it is ready");
  linked.learn({ type: "timeline", startedAtMs: monotonicMs() });
  const scenarios = [closedSpec({ points: [{ atMs: 0, value: 1 }], durationMs: 60_000 }, [0])];
  linked.hear({ type: "start", startAtMs: 0, iterationNumbers: { first: 0, step: 1 }, setup: {}, scenarios });
  await eventually(() => linked.userCount() === 1, "its user sleeps");
  return linked;
}

test("a worker that is leaving says so again to a master that it has reached again", withTimeout, async () => {
  const linked = await sleeping();
  const { worker } = linked;
  linked.hear({ type: "welcome", ...welcome });
  assert.equal(linked.types.includes("leaving"), false);
  // The message is lost with the socket.
  worker.leave(60_000);
  linked.said.length = 0;
  linked.hear({ type: "welcome", ...welcome });
  assert.equal(linked.types.at(-1), "leaving");
  worker.leave(0);
  await eventually(() => linked.userCount() === 0, "its user has ended");
  linked.answerRequests();
  await eventually(() => linked.types.includes("stopped"), "it has stopped");
  assert.equal(await worker.ended, "over");
});

test(
  "a worker that is told to leave while it returns its rows still says that it has stopped",
  withTimeout,
  async () => {
    const linked = await sleeping();
    const { worker } = linked;
    linked.hear({ type: "stop", stopTimeoutMs: 0 });
    await eventually(() => linked.userCount() === 0, "its user has ended");
    worker.leave(60_000);
    await eventually(() => linked.types.filter((type) => type === "request").length === 2, "it returns its rows");
    linked.answerRequests();
    assert.equal(await worker.ended, "over");
    assert.ok(linked.types.includes("stopped"), linked.types.join());
  },
);
