import { isInstance } from "../../core/describe-value.ts";
import type { FailureKind } from "../../core/failure-kind.ts";
import { describeThrown } from "../../scenario/bundle/test-frames.ts";
import { classify, type Failure } from "../http/response/failure.ts";

/** Returns the failure for a value that the code of a measure threw. */
export function failureOf(thrown: unknown): Failure {
  if (!isInstance(thrown, Error)) return { kind: "other", message: describeThrown(thrown) };
  const { kind, message } = classify(thrown);
  if (kind !== "other") return { kind, message };
  const code: unknown = Reflect.get(thrown, "code");
  if (typeof code !== "string" || code.startsWith("MUSTER_")) return { kind: kindOfMessage(message), message };
  // Servers number their errors: SQLSTATE 23505 is easier to look up than its message.
  return { kind, message: message.includes(code) ? message : `${code}: ${message}` };
}

/** Returns the kind of an error without a code, by the messages of database and broker clients that lose the server. */
function kindOfMessage(message: string): FailureKind {
  if (lostConnection.test(message)) return "reset";
  return /\btim(?:ed? ?|e-)out\b/i.test(message) ? "timeout" : "other";
}

/** `pg`: "Connection terminated unexpectedly"; `ioredis`: "Connection is closed."; `mqtt`: "client disconnecting". */
const lostConnection = new RegExp(
  [
    String.raw`\bconnection (?:(?:is|was|has been|had) )?(?:already )?(?:closed|lost|terminated|ended|reset|dropped|aborted|error)\b`,
    String.raw`\b(?:closed|lost|ended) (?:the|its) connection\b`,
    String.raw`\bsocket (?:(?:is|was|has been) )?(?:closed|ended|hang up)\b`,
    String.raw`\bmax retries per request\b`,
    String.raw`\bclient (?:is )?(?:disconnect(?:ing|ed)|offline)\b`,
  ].join("|"),
  "i",
);

const mistakes = ["TypeError", "ReferenceError", "RangeError", "SyntaxError"];

/** Whether an error shows a mistake in the code of the test, which is reported with its stack as well. */
export function isMistake(thrown: unknown): boolean {
  if (!isInstance(thrown, Error)) return false;
  const code: unknown = Reflect.get(thrown, "code");
  if (typeof code === "string") return code.startsWith("MUSTER_INVALID_");
  // `fetch` throws a TypeError with a cause for a refused connection.
  return mistakes.includes(thrown.name) && thrown.cause === undefined;
}
