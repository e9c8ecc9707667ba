import inspector from "node:inspector";
import { dirname, resolve } from "node:path";
import { ConfigurationError } from "../../../core/errors.ts";
import { loadForDebugger } from "../../../scenario/bundle/test-frames.ts";

/**
 * Lets a debugger stop in the test's own source. With `port`, opens the inspector on it (0 takes a free port) and waits for
 * a debugger to attach; without, does so only if a debugger has started this process.
 * @throws ConfigurationError when the port is in use
 */
export function prepareDebugger(testFile: string, port: number | null): void {
  const isDebugged = inspector.url() !== undefined;
  if (port === null && !isDebugged) return;
  loadForDebugger(dirname(resolve(testFile)));
  if (port === null || isDebugged) return;
  inspector.open(port, "127.0.0.1");
  if (inspector.url() === undefined) throw new ConfigurationError(`--inspect-port ${port}: it is in use`);
  inspector.waitForDebugger();
}

/** Closes the inspector if it is open, because the session of a debugger would keep the process from ending. */
export function closeDebugger(): void {
  if (inspector.url() !== undefined) inspector.close();
}
