import { describeValue } from "../../../core/describe-value.ts";
import { describeThrown } from "../../../scenario/bundle/test-frames.ts";
import type { Expectation, HttpResponse } from "../../../scenario/definition/http.ts";
import { graphqlExpectations } from "../../../scenario/definition/protocols/graphql.ts";
import { InvalidRequest } from "../request/invalid-request.ts";
import type { Failure } from "./failure.ts";

// Not imported: the import loads all exports of node:http, including undici, and costs 45 ms of CPU at every start.
const { STATUS_CODES } = process.getBuiltinModule("node:http");

/** @throws InvalidRequest when no response could meet the expectation. */
export function checkExpectation(expect: unknown): asserts expect is Expectation | undefined {
  if (expect === undefined || typeof expect === "function" || isStatus(expect)) return;
  if (!Array.isArray(expect))
    throw new InvalidRequest(`the option expect is ${describeValue(expect)}; ${valid(expect)}`);
  if (expect.length === 0) throw new InvalidRequest(`the option expect is an empty list; ${valid(expect)}`);
  for (const one of expect) {
    if (!isStatus(one)) throw new InvalidRequest(`the option expect contains ${describeValue(one)}; ${valid(one)}`);
  }
}

function isStatus(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 100 && value <= 999;
}

function valid(given: unknown): string {
  if (typeof given === "string" && /^\d{3}$/.test(given)) return `write ${given}`;
  if (typeof given === "string" && /^\dxx$/i.test(given)) {
    const hundreds = given.charAt(0);
    return `write ({ status }) => status >= ${hundreds}00 && status <= ${hundreds}99`;
  }
  return "expected a status such as 201, a list of them, or a function of the response";
}

/** A failure that the expectation of the test has found, returned by an expectation of muster that includes it. */
class Judged {
  readonly failure: Failure;

  constructor(failure: Failure) {
    this.failure = failure;
  }
}

/** Returns an expectation that a response meets if `isExpected` returns true, or if it meets `expect`. */
export function expecting(
  isExpected: (response: HttpResponse) => boolean,
  expect: Expectation | undefined,
): Expectation {
  const decide = (response: HttpResponse) => {
    if (isExpected(response)) return true;
    const failure = judge(response, expect);
    return failure === null ? true : new Judged(failure);
  };
  return decide as Expectation;
}

/** Returns null if the response meets the expectation. Never throws. */
export function judge(response: HttpResponse, expect: Expectation | undefined): Failure | null {
  const { status } = response;
  if (expect === undefined || (status >= 400 && isGraphql(expect))) {
    if (status < 400) return null;
    return { kind: status < 500 ? "4xx" : "5xx", message: `${status} ${STATUS_CODES[status] ?? ""}`.trim() };
  }
  if (typeof expect === "function") return judgeBy(expect, response);
  const wanted = typeof expect === "number" ? [expect] : expect;
  if (wanted.includes(status)) return null;
  return { kind: "check", message: `expected status ${wanted.join(" or ")}, got ${status}` };
}

/** Whether an expectation is that of `graphql`, with which an error status keeps its own kind of failure. */
function isGraphql(expect: Expectation): boolean {
  return typeof expect === "function" && graphqlExpectations.has(expect);
}

/** Returns null if the response meets an expectation that is a function of the test. Never throws. */
export function judgeBy<Response>(expect: (response: Response) => unknown, response: Response): Failure | null {
  try {
    return unmet(expect(response));
  } catch (error) {
    return { kind: "check", message: `the expectation threw: ${describeThrown(error)}` };
  }
}

/** Interprets the value that an `expect` function of the test has returned. */
function unmet(verdict: unknown): Failure | null {
  if (verdict === true) return null;
  if (verdict instanceof Judged) return verdict.failure;
  if (typeof verdict === "string" && verdict !== "") return { kind: "check", message: verdict };
  if (verdict === false || verdict === "") return { kind: "check", message: "the expectation was not met" };
  return {
    kind: "check",
    message: `the expectation returned ${describeValue(verdict)}; expected true, false or a message`,
  };
}
