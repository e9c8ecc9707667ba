import { describeValue, isInstance } from "../../core/describe-value.ts";
import { parseDuration } from "../../core/duration.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import { hideSecrets } from "../../core/redaction/known-secrets.ts";
import { longestName } from "../../core/size-limits.ts";
import { rendezvousRequest, stopRunRequest } from "../../protocol/user-requests.ts";
import type { RendezvousOptions, StopVerdict } from "../../scenario/definition/virtual-user.ts";
import { RunRequestError, runRequests } from "../../scenario/shared/run-requests.ts";

const usualTimeout = "1m";
const longestReason = 1_000;
const verdicts: readonly StopVerdict[] = ["passed", "failed", "invalid"];

/**
 * Waits until enough users of all workers are waiting. Resolves to true if this happens in time; to false if it does not, or
 * if `signal` ends the wait.
 * @throws InvalidValue for an invalid argument; RunRequestError when the master refuses it
 */
export async function rendezvous(name: string, options: RendezvousOptions, signal: AbortSignal): Promise<boolean> {
  const payload = { name, ...meetingOf(name, options) };
  try {
    return (await runRequests("vu.rendezvous()").ask(rendezvousRequest.name, payload, { signal })) === true;
  } catch (error) {
    if (hasEnded(error)) return false;
    throw error;
  }
}

/** Whether the request was not answered because the user, or the run for this worker, has ended. */
export function hasEnded(error: unknown): boolean {
  return isInstance(error, RunRequestError) && (error.code === "cancelled" || error.code === "run-ended");
}

/**
 * Requests the end of the run. `onError` is called if the master does not get the request.
 * @throws InvalidValue for an invalid argument
 */
export function stopRun(reason: string, verdict: StopVerdict, user: string, onError: (error: unknown) => void): void {
  if (typeof reason !== "string" || reason.trim() === "") {
    throw new InvalidValue(
      `vu.stopRun: expected a reason, found ${describeValue(reason)}; write vu.stopRun("no stock")`,
    );
  }
  if (!verdicts.includes(verdict)) {
    throw new InvalidValue(`vu.stopRun: expected the verdict ${verdicts.join(", ")}, found ${describeValue(verdict)}`);
  }
  const payload = { reason: hideSecrets(reason).slice(0, longestReason), verdict, user };
  runRequests("vu.stopRun()")
    .ask(stopRunRequest.name, payload)
    .catch((error: unknown) => {
      if (!hasEnded(error)) onError(error);
    });
}

function meetingOf(name: string, options: RendezvousOptions): { users: number; timeoutMs: number } {
  const where = typeof name === "string" ? `vu.rendezvous(${JSON.stringify(name.slice(0, 60))})` : "vu.rendezvous";
  const example = 'write await vu.rendezvous("start", { users: 10 })';
  if (typeof name !== "string" || name === "" || name.length > longestName) {
    throw new InvalidValue(`${where}: expected a name of at most ${longestName} characters; ${example}`);
  }
  if (typeof options !== "object" || options === null) throw new InvalidValue(`${where}: expected options; ${example}`);
  const { users, timeout = usualTimeout, ...rest } = options;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new InvalidValue(`${where}: unknown option "${unknown}"; ${example}`);
  if (!Number.isSafeInteger(users) || users < 1) {
    throw new InvalidValue(`${where}: users: expected a whole number of 1 or more, found ${describeValue(users)}`);
  }
  return { users, timeoutMs: parseDuration(timeout) };
}
