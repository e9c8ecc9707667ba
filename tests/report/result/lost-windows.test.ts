import assert from "node:assert/strict";
import { test } from "node:test";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";
import { resultOf } from "../../../src/report/result/result-of.ts";
import { storedRunData } from "../../../src/report/result/stored-run-data.ts";
import { delta, requests } from "../../store/store-fixture.ts";
import { withRecorded } from "../recorded-run.ts";

/** The result of a soak whose windows were lost with its store. */
function resultOfSoak(expression: string) {
  const thresholds = parseThresholds({ requests: expression });
  const drift = { rampEndMs: 0, warmUpMs: 0, abort: false };
  const asked = { thresholds, arrivals: null, endMs: null, spike: null, drift, search: null };
  return withRecorded([delta(0, requests(5))], ({ run, recording }) => {
    const data = storedRunData(run, recording);
    const known = { ...data.facts, thresholds, asked };
    return resultOf({ ...data, facts: known, ending: { kind: "completed" }, windows: null, areWindowsLost: true });
  });
}

const reason = "not judged: drift, because the seconds of the run were lost with its store";

test("a soak whose drift cannot be judged any more does not pass", () => {
  const { verdict, exitCode, reasons } = resultOfSoak("count>1");
  assert.deepEqual([verdict, exitCode, reasons], ["invalid", 110, [reason]]);
});

test("a soak that fails without that stays failed", () => {
  const { verdict, exitCode, reasons } = resultOfSoak("count>10");
  assert.deepEqual([verdict, exitCode, reasons.at(-1)], ["failed", 99, reason]);
});
