import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, type TestSuites } from "junit2json";
import { junitXml } from "../../../src/report/files/junit-xml.ts";
import type { Result } from "../../../src/report/result/result-schema.ts";
import { answer, resultOf, usual } from "../result-fixture.ts";

async function parsed(result: Result): Promise<TestSuites> {
  return (await parse(junitXml(result))) as TestSuites;
}

/** Each case, and what is wrong with it. */
async function cases(result: Result): Promise<[name: string | undefined, problem: string | undefined][]> {
  const { testsuite = [] } = await parsed(result);
  return testsuite.flatMap(({ testcase = [] }) =>
    testcase.map(({ name, failure, error }) => [name, (failure ?? error)?.[0]?.message]),
  );
}

const runCase = "the run was carried out and can be judged";

test("thresholds and checks are test cases: those that failed say by how much", async () => {
  const suites = await parsed(usual);
  assert.deepEqual([suites.tests, suites.failures, suites.errors, suites.time], [4, 2, 0, 60]);
  assert.deepEqual(await cases(usual), [
    [runCase, undefined],
    ["response_time: p(95)<500", undefined],
    ["failures: rate<0.01", "errors 50.0 % < 1 %"],
    ["created", "1 of 1 failed (100.0 %)"],
  ]);
});

test("a check that a threshold allows to fail now and then has not failed", async () => {
  const checks = [true, true, false].map((passed) => ({ kind: "check", name: "created", passed }) as const);
  const allowed = resultOf([answer("/", 1), ...checks], { checks: "rate>0.5" });
  assert.deepEqual((await cases(allowed)).at(-1), ["created", undefined]);
  const ofAnother = resultOf([answer("/", 1), ...checks], { "checks{check:found}": "rate>0.5" });
  assert.deepEqual((await cases(ofAnother)).at(-1), ["created", "1 of 3 failed (33.3 %)"]);
});

test("a run that cannot be judged is an error with its reason, also when all thresholds hold", async () => {
  const result: Result = {
    ...resultOf([answer("/", 1)], { response_time: "p(95)<500" }),
    verdict: "aborted",
    reasons: ["stopped by SIGTERM"],
  };
  const suites = await parsed(result);
  assert.equal(suites.errors, 1);
  assert.deepEqual(await cases(result), [
    [runCase, "stopped by SIGTERM"],
    ["response_time: p(95)<500", undefined],
  ]);
});

test("a run that failed by more than its thresholds says by what", async () => {
  const missed = resultOf([answer("/", 1, "no")], { failures: "rate<0.01" });
  const [reason = ""] = missed.reasons;
  const drifted: Result = { ...missed, reasons: [reason, "p95 drifted by 12 % in an hour"] };
  assert.deepEqual((await cases(missed))[0], [runCase, undefined]);
  assert.deepEqual((await cases(drifted))[0], [runCase, `${reason}; p95 drifted by 12 % in an hour`]);
});

test("any names and messages give valid XML with the same texts", async () => {
  const name = `<&"'>]]> \u0000\u0007\ud800\ufffe tab\tline\nnaïve 🦊`;
  const result = resultOf([answer("/", 1), { kind: "check", name, passed: false }]);
  const [, [read] = []] = await cases(result);
  const unreadable = ["\u0000", "\u0007", "\ud800", "\ufffe"];
  assert.equal(
    read,
    unreadable.reduce((text, character) => text.replace(character, "\ufffd"), name),
  );
});
