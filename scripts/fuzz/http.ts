// Bytes from a server that the HTTP engine should not take as it does. First
// the parser alone: what it makes of bytes must not depend on how they are cut, and must not take long. Then the parser and curl, where
// that is installed, and both engines over sockets: they must agree, or disagree as tests/worker/http/differential/curl-differences.ts and
// differences.ts say.

import assert from "node:assert/strict";
import fc from "fast-check";
import { readByCurl } from "../../tests/worker/http/differential/curl.ts";
import { differenceTo } from "../../tests/worker/http/differential/curl-differences.ts";
import { areEqual, differences } from "../../tests/worker/http/differential/differences.ts";
import { Playback } from "../../tests/worker/http/differential/playback.ts";
import { cutsOf, doubtfulResponse } from "../../tests/worker/http/own/generated-responses.ts";
import { parse } from "../../tests/worker/http/own/parsed.ts";
import { hasCurl } from "../optional-tools.ts";
import type { FuzzTarget } from "./target.ts";

/** A parse of some hundred bytes takes microseconds. */
const longestParseMs = 1_000;
const runsPerRound = { parser: 3_000, curl: 1_000, engines: 300 };

const cutText = doubtfulResponse.chain((response) => fc.tuple(fc.constant(response), cutsOf(response.text)));
const endings = fc.constantFrom("close" as const, "reset" as const);

function fuzzParser(seed: number): void {
  const property = fc.property(cutText, fc.boolean(), ([{ text, isAnswerToHead }, cuts], closes) => {
    const beganMs = performance.now();
    const whole = parse(text, { isAnswerToHead, closes });
    assert.deepEqual(parse(text, { isAnswerToHead, closes, cuts }), whole);
    assert.ok(whole.body.length <= text.length, "a body longer than what came");
    assert.ok(performance.now() - beganMs < longestParseMs, "it took too long");
  });
  fc.assert(property, { seed, numRuns: runsPerRound.parser });
}

async function fuzzCurl(seed: number): Promise<void> {
  const cases = fc.sample(doubtfulResponse, { seed, numRuns: runsPerRound.curl });
  for (const [index, curl] of (await readByCurl(cases)).entries()) {
    const one = cases[index] as (typeof cases)[number];
    const own = parse(one.text, { closes: true, isAnswerToHead: one.isAnswerToHead });
    const difference = differenceTo(curl, own, one);
    assert.ok(difference === null, `${difference}: ${JSON.stringify({ ...one, own, curl })}`);
  }
}

async function fuzzEngines(seed: number, playback: Playback): Promise<void> {
  const property = fc.asyncProperty(cutText, endings, async ([{ text, isAnswerToHead }, cuts], ending) => {
    const recording = { text, isAnswerToHead, cuts, ending };
    const own = await playback.outcome("own", recording);
    const undici = await playback.outcome("undici", recording);
    if (areEqual(own, undici) || differences.some(({ explains }) => explains(recording, own, undici))) return;
    assert.deepEqual(own, undici);
  });
  await fc.assert(property, { seed, numRuns: runsPerRound.engines });
}

export async function httpTarget(): Promise<FuzzTarget> {
  const playback = await Playback.start();
  const comparesWithCurl = await hasCurl();
  if (!comparesWithCurl) console.log("curl is not installed: the parser is compared with undici only");
  return {
    round: async (seed) => {
      fuzzParser(seed);
      if (comparesWithCurl) await fuzzCurl(seed);
      await fuzzEngines(seed, playback);
      return runsPerRound.parser + (comparesWithCurl ? runsPerRound.curl : 0) + runsPerRound.engines;
    },
    [Symbol.asyncDispose]: () => playback[Symbol.asyncDispose](),
  };
}
