import type { AsyncLocalStorage } from "node:async_hooks";
import { firstFrameIn } from "../../../scenario/bundle/test-frames.ts";

/**
 * The number of frames to keep in a stack trace. V8 keeps 10 by default, fewer than the frames of muster between a request
 * and the code of the test.
 */
const mostFrames = 60;

/** The places in the test of requests that are sent later, such as after a token was requested; null until the first one. */
let begun: AsyncLocalStorage<string> | null = null;

/**
 * Runs code for a request that began at this place in the test. Requests that the code sends get this place, unless another
 * part of the test makes them.
 */
export function startedAt<Value>(place: string, code: () => Value): Value {
  begun ??= new (process.getBuiltinModule("node:async_hooks").AsyncLocalStorage)<string>();
  return begun.run(place, code);
}

/**
 * Returns the place in the test files of the code that is running, or else of the code that began the request; empty if
 * neither is in a test file.
 */
export function placeInTest(): string {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = mostFrames;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = before;
  const place = firstFrameIn(stack) || (begun?.getStore() ?? "");
  // The test of a URL has no file.
  return place.startsWith("muster-test") ? "" : place;
}
