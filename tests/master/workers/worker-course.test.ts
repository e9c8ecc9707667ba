import assert from "node:assert/strict";
import { test } from "node:test";
import { WorkerCourse } from "../../../src/master/workers/worker-course.ts";
import type { WorkerSession } from "../../../src/protocol/worker-messages.ts";
import { record, reportOf } from "../../stats/recorder-events.ts";

const report = (sequence: number) => reportOf(record([]), { sequence });

/** A course, and what it has said of itself beside that something is different. */
function observed(): { course: WorkerCourse; told: string[] } {
  const told: string[] = [];
  const course = new WorkerCourse({
    onChange: () => {},
    onLost: () => told.push("lost"),
    onLeft: (reason) => told.push(`left: ${reason}`),
    onReturned: (isRunning) => told.push(`returned: ${isRunning}`),
  });
  return { course, told };
}

function running(): ReturnType<typeof observed> {
  const one = observed();
  one.course.toldToLoad();
  one.course.loaded();
  one.course.toldToBegin();
  return one;
}

const away: WorkerSession = { runId: "r", state: "running", elapsedMs: 1_000, stopped: null, lifecycle: null };

test("a worker is lost once, and comes back to what it did", () => {
  const { course, told } = running();
  course.lost("said nothing for 5 s");
  course.lost("and again");
  assert.equal(course.facts.lostBecause, "said nothing for 5 s");
  assert.equal(course.isAlive, false);
  course.wellAgain();
  assert.deepEqual([course.state, course.facts.lostBecause], ["running", null]);
  course.wellAgain();
  assert.deepEqual(told, ["lost", "returned: true"]);
});

test("one that was lost before it began comes back as far as it had come", () => {
  const { course, told } = observed();
  course.toldToLoad();
  course.lost("its process ended");
  course.wellAgain();
  assert.equal(course.state, "lost");
  course.resumed({ ...away, state: "ready", elapsedMs: null });
  assert.equal(course.state, "ready");
  assert.deepEqual(told, ["lost"]);
});

test("a start that did not reach it is to be given again", () => {
  const { course } = running();
  course.resumed({ ...away, state: "ready", elapsedMs: null });
  assert.equal(course.state, "ready");
});

test("it has left once its last report is there, though it says so before", () => {
  const { course, told } = running();
  course.resumed({ ...away, state: "stopped", stopped: { lastSequence: 2, reason: "told-to-go" } });
  assert.equal(course.state, "stopped");
  course.reported(report(1));
  assert.deepEqual([told, course.reports.isDone], [[], false]);
  course.reported(report(2));
  assert.deepEqual([told, course.reports.isDone], [["left: told-to-go"], true]);
});

test("one that stopped as planned while it was lost has not left", () => {
  const { course, told } = running();
  course.lost("said nothing for 5 s");
  course.stopped(0, "finished");
  assert.deepEqual([course.state, told], ["stopped", ["lost", "returned: false"]]);
});

test("what is kept of it is what is restored", () => {
  const { course } = running();
  course.started(3);
  course.reported(report(1));
  course.reports.commit(1);
  const again = observed().course;
  again.restore(course.facts);
  assert.deepEqual(again.facts, course.facts);
  assert.equal(again.facts.takenSequence, 1);
});
