import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { assertAsyncProperty } from "../../../support/property.ts";
import { withTimeout } from "../fixture.ts";
import { cutsOf, doubtfulResponse, legalResponse } from "../own/generated-responses.ts";
import { lenientResponses } from "../own/lenient-responses.ts";
import { refused, refusedChunks } from "../own/refused-responses.ts";
import { areEqual, differences } from "./differences.ts";
import { Playback, type Recording } from "./playback.ts";
import { recordings } from "./recordings.ts";

let playback: Playback;
before(async () => {
  playback = await Playback.start();
});
after(() => playback[Symbol.asyncDispose]());

/** What of the list explains that the engines disagree; null when they agree. Anything else is a defect of one. */
async function compare(recording: Recording): Promise<string | null> {
  const play = async () =>
    [await playback.outcome("own", recording), await playback.outcome("undici", recording)] as const;
  let [own, undici] = await play();
  // A busy machine may strike a short time limit between two pieces; a defect is there each time.
  for (let again = 0; again < 2 && recording.timeout !== undefined && !areEqual(own, undici); again++) {
    [own, undici] = await play();
  }
  if (areEqual(own, undici)) return null;
  const difference = differences.find(({ explains }) => explains(recording, own, undici));
  if (difference === undefined) assert.deepEqual({ recording, ...own }, { recording, ...undici });
  return difference?.what ?? null;
}

for (const { what, difference, ...recording } of recordings) {
  test(`${what}: ${difference === undefined ? "the same" : `different: ${difference}`}`, withTimeout, async () => {
    assert.equal(await compare(recording), difference ?? null);
  });
  test(`${what}, cut at every byte`, withTimeout, async () => {
    const everywhere = Array.from({ length: Math.min(recording.text.length, 300) - 1 }, (_, index) => index + 1);
    assert.equal(await compare({ ...recording, cuts: everywhere }), difference ?? null);
  });
}

test("splitting the bytes anywhere changes nothing", withTimeout, async () => {
  const { text } = recordings[0] as Recording;
  for (let cut = 1; cut < text.length; cut++) assert.equal(await compare({ text, cuts: [cut], ending: "keep" }), null);
});

for (const [what, text] of [...refused, ...refusedChunks]) {
  test(`what the parser refuses fails with either engine: ${what}`, withTimeout, async () => {
    for (const ending of ["close", "reset"] as const) await compare({ text, ending });
    const { kind } = await playback.outcome("own", { text, ending: "close" });
    assert.equal(kind, "protocol");
  });
}

for (const { what, text, status = 200, body = "hello" } of lenientResponses) {
  test(`what deployed servers send is read by this engine: ${what}`, withTimeout, async () => {
    const recording = { text, ending: "close" } as const;
    await compare(recording);
    const own = await playback.outcome("own", recording);
    assert.deepEqual([own.status, own.body, own.kind], [status, body, null]);
  });
}

const endings = fc.constantFrom("close" as const, "reset" as const);

test("generated responses that are right", async () => {
  const cutResponse = legalResponse.chain((response) => fc.tuple(fc.constant(response), cutsOf(response.text)));
  await assertAsyncProperty(
    fc.asyncProperty(cutResponse, async ([{ text, isAnswerToHead }, cuts]) => {
      await compare({ text, cuts, isAnswerToHead, ending: "close" });
    }),
    { seed: 1 },
  );
});

test("generated responses that may be wrong", async () => {
  await assertAsyncProperty(
    fc.asyncProperty(doubtfulResponse, endings, async ({ text, isAnswerToHead }, ending) => {
      await compare({ text, isAnswerToHead, ending });
    }),
    // The same each time: to look for what nobody has thought of is the work of `npm run fuzz`.
    { seed: 1 },
  );
});
