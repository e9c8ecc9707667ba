import { count, percent } from "../numbers.ts";
import type { Result } from "../result/result-schema.ts";
import { closeNote, shortThreshold } from "../text/threshold-line.ts";

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Escapes text for XML 1.0 and removes characters that XML cannot contain. */
function xmlText(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"]/g, (character) => entities[character] ?? "");
}

/** Writes an element. Undefined attributes are left out. */
function xmlTag(name: string, attributes: Readonly<Record<string, string | number>>, content = ""): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(String(value))}"`);
  return `<${name}${written.join("")}${content === "" ? "/>" : `>${content}</${name}>`}`;
}

/** Encodes line breaks in an attribute, which parsers would replace by spaces. */
function attribute(text: string): string {
  return xmlText(text).replace(/[\t\n\r]/g, (character) => `&#${character.codePointAt(0)};`);
}

/** A test case in JUnit XML, which passed or has a problem. */
interface TestCase {
  readonly name: string;
  readonly problem: { readonly kind: "failure" | "error"; readonly type: string; readonly message: string } | null;
  /** Text that is written whether or not the case passed. */
  readonly output: string;
}

/**
 * Renders the result as JUnit XML, in the dialect of Jenkins, GitLab and GitHub Actions. It has a suite for the run
 * itself, one for its thresholds and one for its checks. The run is an error unless it passed or failed by its
 * thresholds.
 */
export function junitXml(result: Result): string {
  const suites: [name: string, cases: TestCase[]][] = [
    ["run", [runCase(result)]],
    ["thresholds", thresholdCases(result)],
    ["checks", checkCases(result)],
  ];
  const written = suites.filter(([, cases]) => cases.length > 0).map(([name, cases]) => suite(result, name, cases));
  const attributes = { name: "muster", ...counts(suites.flatMap(([, cases]) => cases)), time: seconds(result) };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xmlTag("testsuites", attributes, `\n${written.join("")}`)}\n`;
}

function suite(result: Result, name: string, cases: readonly TestCase[]): string {
  const { run } = result;
  const attributes = {
    name: `${run.test} / ${run.profile}: ${name}`,
    ...counts(cases),
    skipped: 0,
    time: seconds(result),
    timestamp: run.startedAt.slice(0, 19),
    hostname: run.host,
  };
  const classname = `muster.${run.test}.${run.profile}.${name}`;
  const content = cases.map((one) => `    ${testCase(classname, one, seconds(result))}\n`).join("");
  return `  ${xmlTag("testsuite", attributes, `\n${content}  `)}\n`;
}

function testCase(classname: string, { name, problem, output }: TestCase, time: string): string {
  const said = output === "" ? "" : xmlTag("system-out", {}, xmlText(output));
  const problems =
    problem === null
      ? ""
      : xmlTag(problem.kind, { message: problem.message, type: problem.type }, xmlText(problem.message));
  return xmlTag("testcase", { classname, name, time }, problems + said);
}

/** The case of the run itself. It fails for any reason other than thresholds, which have their own cases. */
function runCase({ verdict, reasons, warnings, thresholds }: Result): TestCase {
  const message = reasons.join("; ");
  const missed = thresholds.filter(({ passed }) => !passed).length;
  const isSaid = verdict === "passed" || (verdict === "failed" && missed > 0 && reasons.length <= missed);
  const kind = verdict === "failed" ? "failure" : "error";
  return {
    name: "the run was carried out and can be judged",
    problem: isSaid ? null : { kind, type: verdict, message },
    output: warnings.join("\n"),
  };
}

function thresholdCases({ thresholds }: Result): TestCase[] {
  return thresholds.map((threshold) => {
    const { metric, expression, passed } = threshold;
    const short = shortThreshold({ ...threshold, noData: threshold.value === null });
    const message = `${short}${closeNote(threshold)}`;
    return {
      name: `${metric}: ${expression}`,
      problem: passed ? null : { kind: "failure", type: "threshold", message },
      output: passed ? message : "",
    };
  });
}

/** The cases of the checks. Failures of a check are allowed if a threshold on all checks, or on this check, passes. */
function checkCases({ checks, thresholds }: Result): TestCase[] {
  const held = thresholds.filter(({ metric, passed }) => passed && /^checks\b/.test(metric));
  const isAllowed = (name: string) =>
    held.some(({ metric }) => metric === "checks" || metric === `checks{check:${name}}`);
  return checks.map(({ name, passes, failures }) => {
    const total = passes + failures;
    const message = `${count(failures)} of ${count(total)} failed (${percent(total === 0 ? 0 : failures / total)})`;
    const hasFailed = failures > 0 && !isAllowed(name);
    return {
      name,
      problem: hasFailed ? { kind: "failure", type: "check", message } : null,
      output: hasFailed ? "" : message,
    };
  });
}

function counts(cases: readonly TestCase[]): { tests: number; failures: number; errors: number } {
  const of = (kind: "failure" | "error") => cases.filter(({ problem }) => problem?.kind === kind).length;
  return { tests: cases.length, failures: of("failure"), errors: of("error") };
}

function seconds({ run }: Result): string {
  return (run.durationMs / 1_000).toFixed(3);
}
