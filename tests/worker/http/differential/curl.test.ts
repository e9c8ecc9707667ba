import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { hasCurl } from "../../../../scripts/optional-tools.ts";
import { patienceMs } from "../../../support/wait-until.ts";
import { doubtfulResponse, legalResponse } from "../own/generated-responses.ts";
import { lenientResponses } from "../own/lenient-responses.ts";
import { parse } from "../own/parsed.ts";
import { refused, refusedChunks } from "../own/refused-responses.ts";
import { type CurlCase, readByCurl } from "./curl.ts";
import { differenceTo } from "./curl-differences.ts";

/** undici's parser is that of Node.js; this is a reference that shares nothing with either. */
const withCurl = { timeout: patienceMs, skip: (await hasCurl()) ? false : "curl is not installed" };

/** Responses that curl and the parser read differently, for no reason that is named. */
async function differences(cases: readonly CurlCase[]): Promise<unknown[]> {
  const outcomes = await readByCurl(cases);
  assert.equal(outcomes.length, cases.length);
  return cases.flatMap((one, index) => {
    const own = parse(one.text, { closes: true, isAnswerToHead: one.isAnswerToHead === true });
    const curl = outcomes[index] as (typeof outcomes)[number];
    const difference = differenceTo(curl, own, one);
    return difference === null ? [] : [{ difference, ...one, own, curl }];
  });
}

test("responses of deployed servers are parsed as curl parses them", withCurl, async () => {
  const outcomes = await readByCurl(lenientResponses);
  for (const [index, { what, status = 200, body = "hello", unlikeCurl }] of lenientResponses.entries()) {
    const curl = outcomes[index];
    const isSame = curl?.isAccepted === true && curl.status === status && curl.body === body;
    assert.equal(isSame, unlikeCurl === undefined, `${what}: ${JSON.stringify(curl)}`);
  }
});

test("the parser refuses what curl refuses, and the reason for any difference is named", withCurl, async () => {
  assert.deepEqual(await differences([...refused, ...refusedChunks].map(([, text]) => ({ text }))), []);
});

test("generated responses that are right are read as curl reads them", withCurl, async () => {
  const cases = fc.sample(legalResponse, { numRuns: 300, seed: 1 });
  assert.deepEqual(await differences(cases), []);
  for (const { text, isAnswerToHead } of cases)
    assert.equal(parse(text, { closes: true, isAnswerToHead }).outcome, "complete");
});

test("generated responses that may be wrong are never read as another message than curl's", withCurl, async () => {
  assert.deepEqual(await differences(fc.sample(doubtfulResponse, { numRuns: 1_000, seed: 1 })), []);
});
