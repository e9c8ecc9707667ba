import { StandardStream } from "./standard-stream.ts";

const errorPatienceMs = 2_000;

/** For log lines, the live display and what is wrong. */
export const stderr = new StandardStream(process.stderr, errorPatienceMs);

/** For reports and results, and for nothing else. Its reader may take its time, unless a run waits for it. */
export const stdout = new StandardStream(process.stdout, Number.POSITIVE_INFINITY, (error) => {
  // Whoever has read enough may go: muster plan | head -1
  // The workers of a run have its standard output, and the run says it.
  if ((error as NodeJS.ErrnoException).code === "EPIPE" || process.env.MUSTER_CHILD === "1") return;
  stderr.say(`muster: standard output is given up: ${error.message}\n`);
});
