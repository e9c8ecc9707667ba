import { ConfigurationError, exitCodes, MusterError } from "../../core/errors.ts";
import { ProtocolError } from "../../protocol/channel.ts";
import type { LinkEnd, Undelivered } from "./link-messages.ts";

/** The master did not answer, or was lost and did not come back, or came back with another run. */
export class MasterLostError extends MusterError {
  readonly code = "master-lost";
  readonly exitCode = exitCodes.tooFewWorkers;
}

/** Converts the end of the thread into the worker's error. Errors lose their class between threads. */
export function errorOf(end: LinkEnd, url: string): MusterError {
  switch (end.kind) {
    case "no-master":
      return new MasterLostError(`no master at ${url} (${end.reason})`);
    case "not-a-master":
      return new ConfigurationError(`${url} is not a muster master: ${end.reason}`);
    case "lost":
      return new MasterLostError(`lost the master: ${end.reason}${describe(end.left)}`);
    case "not-understood":
      return new ProtocolError(
        `the master sent a message that this worker cannot read: ${end.reason}${describe(end.left)}`,
      );
    case "refused": {
      const text = `the master refused this worker: ${end.message}`;
      if (end.reason === "bad-report") return new ProtocolError(text + describe(end.left));
      if (end.left === null) return new ConfigurationError(text);
      // The run of this worker is over, or another run has started: this is not an error.
      const isLost = end.reason === "other-run" || end.reason === "run-closed";
      return new (isLost ? MasterLostError : ConfigurationError)(text + describe(end.left));
    }
  }
}

function describe(left: Undelivered | null): string {
  if (left === null || left.reports === 0) return "";
  const { runId, reports } = left;
  return `; ${reports} ${reports === 1 ? "report" : "reports"} of run ${runId} ${reports === 1 ? "was" : "were"} not delivered`;
}
