import { fstatSync } from "node:fs";
import { StandardStream } from "./standard-stream.ts";

const errorStallTimeoutMs = 2_000;
/** Whether this process is a worker whose master passes its standard error to a terminal. */
const isPassedToTerminal = process.env.MUSTER_TERMINAL === "1";

/** Standard error, for log lines, the live display and errors. */
export const stderr = new StandardStream(
  process.stderr,
  errorStallTimeoutMs,
  () => {},
  process.stderr.isTTY || isPassedToTerminal,
);

/** Whether standard output and standard error are the same terminal, so that one must not write over the other. */
export const isOneTerminal = process.stdout.isTTY && process.stderr.isTTY && deviceOf(1) === deviceOf(2);

/**
 * Standard output, for reports and results only. It waits for its reader without a limit, unless a run sets one. If both
 * streams are the same terminal, it uses the stream of standard error, which keeps the order of both.
 */
export const stdout = new StandardStream(
  isOneTerminal ? process.stderr : process.stdout,
  Number.POSITIVE_INFINITY,
  (error) => {
    // A reader may close the pipe when it has read enough: muster plan | head -1
    // Workers share the standard output of their run, which reports its failure.
    if ((error as NodeJS.ErrnoException).code === "EPIPE" || process.env.MUSTER_CHILD === "1") return;
    stderr.tryWrite(`muster: standard output failed: ${error.message}\n`);
  },
);

function deviceOf(descriptor: number): number | null {
  try {
    return fstatSync(descriptor).rdev;
  } catch {
    return null;
  }
}
