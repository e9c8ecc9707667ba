/** What a shell makes of a signal. */
const signalOffset = 128;
const namedSignals: Readonly<Record<number, NodeJS.Signals>> = { 6: "SIGABRT", 9: "SIGKILL" };

/** How a worker's process has ended, and what that commonly means. */
export function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  const by = signal ?? namedSignals[(code ?? 0) - signalOffset] ?? null;
  switch (by) {
    case "SIGABRT":
      return (
        "its process aborted (SIGABRT), as Node.js does when the heap is full: keep less in memory, add workers, " +
        "or allow more (NODE_OPTIONS=--max-old-space-size=8192, in MB)"
      );
    case "SIGKILL":
      return "its process was killed (SIGKILL): by the system if the machine ran out of memory, or by somebody";
    case null:
      return code === null || code === 0 ? "its process ended" : `its process ended with exit code ${code}`;
    default:
      return `its process was ended by ${by}`;
  }
}
