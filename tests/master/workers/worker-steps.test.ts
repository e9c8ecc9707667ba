import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  isAlive,
  isDone,
  type WorkerState,
  workerFacts,
  workerState,
} from "../../../src/master/workers/worker-state.ts";
import { advance, type WorkerInput } from "../../../src/master/workers/worker-steps.ts";
import type { WorkerSession } from "../../../src/protocol/worker-messages.ts";
import { record, reportOf } from "../../stats/recorder-events.ts";
import { assertProperty } from "../../support/property.ts";

const report = (sequence: number): WorkerInput => ({ type: "report", report: reportOf(record([]), { sequence }) });
const lost = (reason: string): WorkerInput => ({ type: "lost", reason });
const beat = (blockedMs = 0): WorkerInput => ({ type: "heartbeat", users: 1, blockedMs, clockOffsetMs: 0 });
const running: readonly WorkerInput[] = [
  { type: "connected" },
  { type: "prepare" },
  { type: "ready" } as WorkerInput,
  { type: "start" },
];
const session: WorkerSession = { runId: "r", state: "running", elapsedMs: 1_000, stopped: null, lifecycle: null };
const resumed = (part: Partial<WorkerSession>): WorkerInput => ({ type: "resumed", session: { ...session, ...part } });

/** The state after all inputs, and the events on the way. */
function after(...inputs: readonly WorkerInput[]): { state: WorkerState; events: string[] } {
  let state = workerState(null);
  const events: string[] = [];
  for (const input of inputs) {
    const step = advance(state, input);
    state = step.state;
    for (const event of step.events) {
      const more = event.kind === "returned" ? ` ${event.isRunning}` : event.kind === "left" ? ` ${event.reason}` : "";
      events.push(event.kind + more);
    }
  }
  return { state, events };
}

test("a worker is lost once, and returns to what it did", () => {
  const away = after(...running, lost("sent nothing for 5 s"), lost("and again"));
  assert.deepEqual([away.state.lostBecause, isAlive(away.state)], ["sent nothing for 5 s", false]);
  const { state, events } = after(...running, lost("sent nothing for 5 s"), lost("and again"), beat(), beat());
  assert.deepEqual([state.status, state.lostBecause], ["running", null]);
  assert.deepEqual(events, ["ready", "lost", "returned true"]);
});

test("a blocked worker that is lost does not return by its heartbeat", () => {
  assert.equal(after(...running, lost("silent"), beat(6_000)).state.status, "lost");
});

test("a worker that was lost before its load started returns as far as it had come", () => {
  const loading: readonly WorkerInput[] = [
    { type: "connected" },
    { type: "prepare" },
    lost("its process ended"),
    beat(),
  ];
  assert.equal(after(...loading).state.status, "lost");
  const { state, events } = after(...loading, resumed({ state: "ready", elapsedMs: null }));
  assert.deepEqual([state.status, events], ["ready", ["lost", "ready"]]);
});

test("a start that did not reach the worker is given again", () => {
  assert.equal(after(...running, resumed({ state: "ready", elapsedMs: null })).state.status, "ready");
});

test("a worker has left once its last report has been taken, though it says so before", () => {
  const told = resumed({ state: "stopped", stopped: { lastSequence: 2, reason: "told-to-go" } });
  const first = after(...running, told, report(1));
  assert.deepEqual([first.state.status, isDone(first.state), first.events], ["stopped", false, ["ready"]]);
  const second = after(...running, told, report(1), report(2));
  assert.deepEqual([isDone(second.state), second.events], [true, ["ready", "left told-to-go"]]);
});

test("a worker that stopped as planned while it was lost has not left", () => {
  const stopped: WorkerInput = { type: "stopped", lastSequence: 0, reason: "finished" };
  const { state, events } = after(...running, lost("sent nothing for 5 s"), stopped);
  assert.deepEqual([state.status, events], ["stopped", ["ready", "lost", "returned false"]]);
});

test("how late a worker started is reported, and the stored facts restore the state", () => {
  const { state, events } = after(...running, { type: "started", skewMs: 3 }, report(1), { type: "ack", sequence: 1 });
  assert.deepEqual([state.startSkewMs, events], [3, ["ready", "started"]]);
  const again = workerState(workerFacts(state));
  assert.deepEqual(workerFacts(again), workerFacts(state));
  assert.deepEqual([again.takenSequence, again.committedSequence, again.isAwaited], [1, 1, true]);
});

const inputs = fc.oneof(
  fc.constantFrom<WorkerInput>(
    ...running,
    beat(),
    beat(6_000),
    { type: "leave" },
    { type: "quit" },
    { type: "started", skewMs: 1 },
    { type: "unreadable", side: "sent", reason: "x" },
    { type: "unreadable", side: "received", reason: "x" } as unknown as WorkerInput,
    resumed({}),
    resumed({ state: "ready", elapsedMs: null }),
    lost("a"),
    lost("b"),
  ),
  fc.nat(5).map(report),
  fc.nat(5).map((sequence): WorkerInput => ({ type: "ack", sequence })),
  fc
    .tuple(fc.nat(5), fc.constantFrom("finished", "told-to-go", "orphaned"))
    .map(([lastSequence, reason]) => ({ type: "stopped", lastSequence, reason }) as WorkerInput),
);

test("property: whatever comes, sequences never decrease", () => {
  assertProperty(
    fc.property(fc.array(inputs, { maxLength: 30 }), (given) => {
      let before = workerState(null);
      for (const input of given) {
        const { state } = advance(before, input);
        assert.ok(state.takenSequence >= before.takenSequence);
        assert.ok(state.committedSequence >= before.committedSequence);
        before = state;
      }
    }),
  );
});

test("property: whatever comes, each change to and from lost is one event, and a worker leaves once at most", () => {
  assertProperty(
    fc.property(fc.array(inputs, { maxLength: 30 }), (given) => {
      let before = workerState(null);
      let leftCount = 0;
      for (const input of given) {
        const { state, events } = advance(before, input);
        const kinds = events.map(({ kind }) => kind);
        const isNewlyLost = before.status !== "lost" && state.status === "lost";
        assert.equal(kinds.includes("lost"), isNewlyLost);
        if (kinds.includes("returned")) assert.equal(before.status, "lost");
        leftCount += kinds.filter((kind) => kind === "left").length;
        before = state;
      }
      assert.ok(leftCount <= 1);
    }),
  );
});
