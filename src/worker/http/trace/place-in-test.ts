import type { AsyncLocalStorage } from "node:async_hooks";
import { firstFrameIn } from "../../../scenario/bundle/test-frames.ts";

/** The frames of muster between a request and the code of the test are more than the 10 that V8 keeps. */
const mostFrames = 60;

/** The places where requests have begun that are sent later, such as after a token was requested; null before the first. */
let begun: AsyncLocalStorage<string> | null = null;

/** Runs code for a request of this place in the test: it is the place of all that no other part of the test makes. */
export function startedAt<Value>(place: string, code: () => Value): Value {
  begun ??= new (process.getBuiltinModule("node:async_hooks").AsyncLocalStorage)<string>();
  return begun.run(place, code);
}

/** Returns where in the files of the test the code is that is running, or has begun this; empty outside of them. */
export function placeInTest(): string {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = mostFrames;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = before;
  const place = firstFrameIn(stack) || (begun?.getStore() ?? "");
  // The test of a URL has no file.
  return place.startsWith("muster-test") ? "" : place;
}
