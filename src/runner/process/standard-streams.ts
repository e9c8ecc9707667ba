import { StandardStream } from "./standard-stream.ts";

const errorStallTimeoutMs = 2_000;

/** For log lines, the live display and errors. */
export const stderr = new StandardStream(process.stderr, errorStallTimeoutMs);

/** For reports and results only. Without a limit for its reader; a run sets one. */
export const stdout = new StandardStream(process.stdout, Number.POSITIVE_INFINITY, (error) => {
  // A reader may close the pipe when it has read enough: muster plan | head -1
  // Workers share the standard output of their run, which reports its failure.
  if ((error as NodeJS.ErrnoException).code === "EPIPE" || process.env.MUSTER_CHILD === "1") return;
  stderr.tryWrite(`muster: standard output failed: ${error.message}\n`);
});
