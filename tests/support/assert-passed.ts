import assert from "node:assert/strict";
import type { Result } from "../../src/report/result/result-schema.ts";
import { Disturbed } from "./attempts.ts";

/** What muster says when the machine was too busy for its load: that is right, and not what a test of something else is about. */
export const ofBusyMachine =
  /stalled|the load generator was late|more than two seconds late|started iterations late|had to wait for a CPU|did not run all users: add workers|though users were free: add workers/;

/** Fails unless the run passed, or is invalid for no other reason than a busy machine. */
export function assertPassed(code: number | null, { verdict, reasons }: Result): void {
  if (code === 110 && reasons.every((reason) => ofBusyMachine.test(reason))) return;
  assert.deepEqual([code, verdict], [0, "passed"], String(reasons));
}

/** @throws Disturbed if the machine was too busy for the load of a run that is to be judged by its load */
export function requireUndisturbed({ verdict, reasons }: Result): void {
  if (verdict === "invalid" && reasons.some((reason) => ofBusyMachine.test(reason))) {
    throw new Disturbed(reasons.join("\n"));
  }
}

/** The kinds of the events of a run, except for a master that a busy machine kept from running for a while. */
export function eventKindsOf({ events }: Result): string[] {
  return events.map(({ kind }) => kind).filter((kind) => kind !== "master-stalled");
}

/** The warnings of a run, except for those of a busy machine. */
export function warningsOf({ warnings }: Result): string[] {
  return warnings.filter((text) => !ofBusyMachine.test(text));
}
