import { firstFrameIn } from "../../../scenario/bundle/test-frames.ts";

/** The frames of muster between a request and the code of the test are more than the 10 that V8 keeps. */
const mostFrames = 60;

/** Returns where in the files of the test the code is that is running; empty outside of them. */
export function placeInTest(): string {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = mostFrames;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = before;
  const place = firstFrameIn(stack);
  // The test of a URL has no file.
  return place.startsWith("muster-test") ? "" : place;
}
