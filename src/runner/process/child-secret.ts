import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as z from "zod";
import { keepSecret } from "../../core/redaction/known-secrets.ts";

const secretMessage = z.strictObject({ musterToken: z.string() });

/** Whether this process is a worker that another process of muster has started. */
export const isChild = process.env.MUSTER_CHILD === "1" && process.send !== undefined;

/** Passes the token to a child over its IPC channel: others can read its environment and its command line. */
export function sendSecret(child: ChildProcess, token: string): void {
  child.send({ musterToken: token } satisfies z.infer<typeof secretMessage>, () => {
    // A child that could not be started, or has ended, is reported elsewhere.
  });
}

/** Receives the token that `sendSecret` has sent to this process. */
export async function receiveSecret(): Promise<string> {
  const [message] = await once(process, "message");
  const { musterToken } = secretMessage.parse(message);
  keepSecret(musterToken);
  return musterToken;
}
