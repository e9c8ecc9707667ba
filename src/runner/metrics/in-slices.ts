import { setImmediate as nextTurn } from "node:timers/promises";

/** The longest part in ms. It is short because the event loop also receives the reports of the workers. */
const longestSliceMs = 5;

/** Reads a long sequence in short parts, so that the event loop is never held for long. */
export async function* inSlices<Piece>(pieces: Iterable<Piece>): AsyncGenerator<Piece, void, void> {
  let startedMs = performance.now();
  for (const piece of pieces) {
    yield piece;
    if (performance.now() - startedMs < longestSliceMs) continue;
    await nextTurn();
    startedMs = performance.now();
  }
}
