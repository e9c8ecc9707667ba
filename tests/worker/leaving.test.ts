import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { hashOf } from "../../src/scenario/bundle/bundle.ts";
import { HttpEngines } from "../../src/worker/http-engines.ts";
import type { LinkEvent, MasterWord, WorkerWord } from "../../src/worker/link/link-messages.ts";
import type { MasterLink } from "../../src/worker/link/master-link.ts";
import { monotonicMs } from "../../src/worker/time/monotonic.ts";
import { Worker } from "../../src/worker/worker.ts";
import { closedSpec } from "./executors/stage.ts";
import { eventually, withTimeout } from "./http/fixture.ts";
import { prepareMessage } from "./prepare-message.ts";

const source = `import { defineTest } from "muster-load";
  export default defineTest({ users: [{ name: "Sleeper", tasks: { sleep: (vu) => vu.sleep("1h") } }], profiles: {} });`;
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

  hear(message: MasterWord): void {
    this.learn({ type: "message", message });
  }
}

test("a worker that is leaving says so again to a master that it has reached again", withTimeout, async () => {
  const linked = new LinkedWorker();
  const { worker } = linked;
  const welcome = { worker: 1, secret: "", runId: "r1", lastSequence: 0, startAtMs: null, stays: false };
  linked.hear({ type: "welcome", ...welcome });
  linked.hear({ ...prepareMessage, bundleHash: hashOf(source) });
  linked.hear({ type: "bundle", hash: hashOf(source), source, data: [], files: [] });
  await eventually(() => linked.types.includes("ready"), "it is ready");
  linked.learn({ type: "timeline", startedAtMs: monotonicMs() });
  const scenarios = [closedSpec({ points: [{ atMs: 0, value: 1 }], durationMs: 60_000 }, [0])];
  linked.hear({ type: "start", startAtMs: 0, iterationNumbers: { first: 0, step: 1 }, setup: {}, scenarios });
  await eventually(() => linked.userCount() === 1, "its user sleeps");
  linked.hear({ type: "welcome", ...welcome });
  assert.equal(linked.types.includes("leaving"), false);
  // The message is lost with the socket.
  worker.leave(60_000);
  linked.said.length = 0;
  linked.hear({ type: "welcome", ...welcome });
  assert.deepEqual(linked.types, ["leaving"]);
  worker.leave(0);
  await eventually(() => linked.types.includes("stopped"), "it has stopped");
  assert.equal(await worker.ended, "over");
});
