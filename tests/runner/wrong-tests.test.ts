import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { MusterError } from "../../src/core/errors.ts";
import { loadTest } from "../../src/runner/load-test.ts";

const imports = `import { between, closed, counter, defineTest, defineUser, env, findCapacity, iterations, open, shape, throughput, trend } from "muster-load";\n`;
/** A test with other fields, and with other fields of its class. */
const testWith = (fields: string, ofUser = "") =>
  `${imports}const visitor = defineUser({ name: "Visitor", tasks: { look: (vu) => vu.http.get("/") }, ${ofUser} });
export default defineTest({ host: "http://127.0.0.1:9", users: [visitor], ${fields} });\n`;
const userWith = (fields: string) => testWith("", fields);
const loadWith = (load: string) => testWith(`load: ${load}`);

/** Wrong test files, and the whole message: the place, and what to write. */
const wrong: readonly (readonly [what: string, file: string, message: RegExp])[] = [
  // The file
  ["an empty file", "", /^the test file has no default export; end it with: export default defineTest\(/],
  [
    "a test without default",
    `${testWith("").replace("export default", "export const test =")}`,
    /no default export; end it with/,
  ],
  [
    "a k6 script",
    'import { check } from "k6";\nexport default () => check();',
    /^wrong\.ts is a k6 script, which .*migrating-from-k6\.md shows/,
  ],
  [
    "a Locust file",
    "from locust import HttpUser\n\nclass A(HttpUser):\n    pass\n",
    /^wrong\.ts is a Locust file, .*migrating-from-locust\.md/,
  ],
  ["a syntax error", "export default {\n  users: [,\n", /^wrong\.ts:3:1: Unexpected end of file$/],
  ["JSON", '{ "a": 1 }', /^wrong\.ts:1:6: Expected ";" but found ":"$/],
  [
    "a package that is missing",
    'import _ from "lodash";\nexport default _;',
    /^wrong\.ts:1:15: Could not resolve "lodash"; install it: npm install lodash$/,
  ],
  [
    "a file that is missing",
    'import rows from "./rows.csv";\nexport default rows;',
    /^wrong\.ts:1:18: Could not resolve "\.\/rows\.csv"$/,
  ],
  [
    "a misspelt import",
    'import { definetest } from "muster-load";\nexport default definetest({});',
    /export named 'definetest'; did you mean defineTest\?$/,
  ],
  ["an undefined variable", testWith("name: NAME"), /ReferenceError: NAME is not defined \(wrong\.ts:3:\d+\)$/],
  ["a thrown text", 'throw "broken";', /^the test file threw while it was loaded: 'broken'$/],
  [
    "a function by default",
    "export default function () {}",
    /, the default export: expected an object, found a function$/,
  ],
  [
    "a promise by default",
    testWith("").replace(/export default (.*);/s, "export default Promise.resolve($1);"),
    /, users: it is missing; expected a list$/,
  ],
  // The test
  [
    "a misspelt field",
    testWith("profils: {}"),
    /, the default export: Unrecognized key: "profils"; did you mean profiles\?$/,
  ],
  ["no host", testWith("host: undefined"), /^no host: give --host, or `host` in the test file, e\.g\. "http:/],
  [
    "a host without a scheme",
    testWith('host: "shop.example"'),
    /^host "shop\.example" is not .*, e\.g\. "http:\/\/shop\.example"$/,
  ],
  [
    "a host with a query",
    testWith('host: "http://a/?x=1"'),
    /has a query, which a base URL cannot have: pass it with each request$/,
  ],
  ["Artillery's base URL", testWith('baseUrl: "http://a"'), /Unrecognized key: "baseUrl"; write host$/],
  ["one class without a list", testWith("users: visitor"), /, users: expected a list, found an object; write \[ … \]$/],
  ["a JavaScript class", testWith("users: [class Visitor {}]"), /, users\[0\]: expected an object, found a function$/],
  [
    "no class",
    testWith("users: []"),
    /, users: a test needs at least one user class$|, users: expected at least 1 items, found 0$/,
  ],
  ["two classes of one name", testWith("users: [visitor, visitor]"), /^two user classes are named Visitor$/],
  ["a setup that is no function", testWith("setup: {}"), /, setup: expected a function$/],
  ["a number of redirects", testWith("maxRedirects: true"), /, maxRedirects: expected a number, found true$/],
  ["a timeout without a unit", testWith("timeout: 30"), /, timeout: expected a string, found the number 30/],
  [
    "a limit of another library",
    testWith('timeout: { read: "1s" }'),
    /, timeout: Unrecognized key: "read"; the fields are connect, headers, body, total$/,
  ],
  // A class
  ["a class without a name", userWith("name: undefined"), /, users\[0\]\.name: it is missing; expected a string$/],
  ["a class with an empty name", userWith('name: ""'), /, users\[0\]\.name: expected a non-empty string$/],
  ["a class without tasks", userWith("tasks: {}"), /, users\[0\]\.tasks: a user class needs at least one task$/],
  ["a misspelt hook", userWith("onstart() {}"), /, users\[0\]: Unrecognized key: "onstart"; did you mean onStart\?$/],
  ["Locust's hook", userWith("on_start() {}"), /"on_start"; did you mean onStart\?$/],
  ["Locust's pause", userWith('wait_time: between("1s", "2s")'), /"wait_time"; write pause$/],
  [
    "a weight that is text",
    userWith('weight: "3"'),
    /, users\[0\]\.weight: expected a number, found the string "3"; write 3$/,
  ],
  ["a negative weight", userWith("weight: -1"), /, users\[0\]\.weight: expected at least 0, found the number -1$/],
  [
    "half a user",
    userWith("fixedCount: 1.5"),
    /, users\[0\]\.fixedCount: expected a whole number, found the number 1\.5$/,
  ],
  [
    "a misspelt order",
    userWith('order: "sequentail"'),
    /, users\[0\]\.order: expected .*"sequential", found the string "sequentail"; did you mean "sequential"\?$/,
  ],
  ["a state that is no function", userWith("state: {}"), /, users\[0\]\.state: expected a function$/],
  [
    "a tag without a list",
    userWith('tags: "a"'),
    /, users\[0\]\.tags: expected a list, found the string "a"; write \[ … \]$/,
  ],
  [
    "a header of two lines",
    userWith('headers: { a: "b\\nc" }'),
    /, users\[0\]\.headers\.a: the value of the header a contains a line break$/,
  ],
  ["headers as pairs", userWith('headers: [["a", "b"]]'), /, users\[0\]\.headers: expected an object, found a list$/],
  [
    "a task without code",
    userWith("tasks: { look: { weight: 1 } }"),
    /, users\[0\]\.tasks\.look\.run: expected a function$/,
  ],
  [
    "a task that was called",
    userWith("tasks: { look: Promise.resolve() }"),
    /, users\[0\]\.tasks\.look\.run: expected a function$/,
  ],
  [
    "a misspelt field of a task",
    userWith("tasks: { look: { wieght: 3, run() {} } }"),
    /, users\[0\]\.tasks\.look: .*"wieght"; did you mean weight\?$/,
  ],
  [
    "a pause without a unit",
    userWith("pause: between(1, 3)"),
    /, users\[0\]\.pause: expected a pause such as between\("1s", "3s"\)/,
  ],
  [
    "a pause backwards",
    userWith('pause: between("3s", "1s")'),
    /, users\[0\]\.pause: the shortest pause is longer than the longest$/,
  ],
  [
    "a throughput of nothing",
    userWith("pause: throughput(0)"),
    /, users\[0\]\.pause\.perSecond: expected more than 0, found the number 0$/,
  ],
  // A load
  [
    "a load without its kind",
    loadWith('{ users: 10, duration: "1m" }'),
    /, load\.kind: expected a load such as closed\(/,
  ],
  [
    "a duration without a unit",
    loadWith('closed({ users: 1, spawnRate: 1, duration: "60" })'),
    /, load\.duration: .*"60" has no unit: write for example "60s"/,
  ],
  [
    "a duration that is a number",
    loadWith("closed({ users: 1, spawnRate: 1, duration: 60 })"),
    /, load\.duration: expected a string, found the number 60; write "60s" or "60ms"$/,
  ],
  [
    "a duration in words",
    loadWith('closed({ users: 1, spawnRate: 1, duration: "5 minutes" })'),
    /contains a space; valid examples are "30s"/,
  ],
  [
    "a load without a duration",
    loadWith("open({ rate: 1 })"),
    /, load\.duration: it is missing; write a duration such as "30s"$/,
  ],
  [
    "a spawn rate of 0",
    loadWith('closed({ users: 1, spawnRate: 0, duration: "1s" })'),
    /, load\.spawnRate: expected more than 0, found the number 0$/,
  ],
  [
    "k6's stages",
    loadWith('closed({ stages: [{ duration: "1s", vus: 3 }] })'),
    /, load\.stages\[0\]: .*"vus"; the fields are duration, target$/,
  ],
  ["no stages", loadWith("closed({ stages: [] })"), /, load\.stages: expected at least 1 items, found 0$/],
  [
    "a rate in words",
    loadWith('open({ rate: "10/s", duration: "1s" })'),
    /, load\.rate: expected a number, found the string "10\/s"$/,
  ],
  [
    "another policy",
    loadWith('open({ rate: 1, duration: "1s", whenBusy: "wait" })'),
    /, load\.whenBusy: expected "queue" or "drop", found the string "wait"$/,
  ],
  [
    "two counts of iterations",
    loadWith("iterations({ users: 1, total: 1, perUser: 1 })"),
    /, load: give total or perUser$/,
  ],
  [
    "a search backwards",
    loadWith("findCapacity({ start: 10, max: 5 })"),
    /^findCapacity: start is 10, but max only 5$/,
  ],
  ["a shape that is no function", loadWith("shape({ users: 1 })"), /, load\.shape: expected a function$/],
  [
    "a profile without a load",
    testWith("profiles: { a: {} }"),
    /, profiles\.a\.load: it is missing; expected an object$/,
  ],
  [
    "an unknown class in a profile",
    testWith("profiles: { a: { users: { Vistor: 1 }, load: iterations({ users: 1, total: 1 }) } }"),
    /^unknown user class "Vistor"; did you mean Visitor\?$/,
  ],
  // Criteria and metrics
  [
    "a target without a unit",
    testWith("targets: { p95: 500 }"),
    /, targets\.p95: expected a string, found the number 500; write "500s" or "500ms"$/,
  ],
  [
    "an error rate without a unit",
    testWith('targets: { errorRate: "1" }'),
    /^target errorRate: expected a percentage from 0% to 100%, such as "1%", found "1"$/,
  ],
  ["another percentile", testWith('targets: { p101: "1s" }'), /, targets: .*"p101"; the fields are p50, p95, p99, /],
  [
    "a threshold without a limit",
    testWith('thresholds: { response_time: "p(95)" }'),
    /column 6: expected one of < <= .*, found the end$/,
  ],
  [
    "a statistic that a metric lacks",
    testWith('thresholds: { response_time: "rate<1" }'),
    /column 1: response_time is a trend and has no rate, expected one of avg/,
  ],
  [
    "a threshold by one of k6's system tags, which no request has",
    testWith('thresholds: { "http_reqs{expected_response:true}": "count>1" }'),
    /^threshold "http_reqs\{expected_response:true\}", column 11: there is no tag "expected_response": use status:2xx/,
  ],
  [
    "a threshold on a class that the test does not have",
    testWith('thresholds: { "failures{class:Visitors}": "rate<0.1" }'),
    /column 10: the test has no user class "Visitors", did you mean "Visitor"\?$/,
  ],
  [
    "a threshold on an unknown metric",
    testWith('thresholds: { response_tme: "p(95)<1" }'),
    /"response_tme", did you mean "response_time"\?/,
  ],
  ["a threshold that cannot be read", testWith('thresholds: { response_time: "p(95)~5" }'), /p\(95\)~5/],
  ["a misspelt target", testWith('targets: { p59: "1s" }'), /targets.*"p59"/],
  [
    "a misspelt field of a load",
    loadWith('closed({ users: 1, spawnRat: 1, duration: "1s" })'),
    /load.*(spawnRate|"spawnRat")/,
  ],
  ["a default export that is no test", "export default 7;\n", /^in the test file, the default export: ./],
  [
    "an unknown tag",
    testWith('thresholds: { "http_reqs{nam:/a}": "count>1" }'),
    /column 11: unknown tag "nam", did you mean "name"\?$/,
  ],
  [
    "two metrics of one name",
    `counter("a"); trend("a");\n${testWith("")}`,
    /^metric "a" is already a counter; it cannot be a trend too$/,
  ],
  [
    "a name of a metric with a brace",
    `counter("a b{");\n${testWith("")}`,
    /^metric "a b\{": a name consists of letters, digits, .*, such as "cart_size"$/,
  ],
];

describe("a wrong test file gets one message, with the place and what to write", () => {
  const from = process.cwd();
  let folder = "";
  before(async () => {
    // The bundler keeps the working directory of its first use.
    folder = await mkdtemp(join(tmpdir(), "muster-wrong-"));
    process.chdir(folder);
  });
  after(async () => {
    process.chdir(from);
    await rm(folder, { recursive: true });
  });
  for (const [what, file, message] of wrong) {
    test(what, async () => {
      await writeFile(join(folder, "wrong.ts"), file);
      await assert.rejects(loadTest(["wrong.ts"], {}), (error) => {
        assert.ok(error instanceof MusterError, String(error));
        assert.doesNotMatch(error.message, /[\r\n]|Invalid input|Invalid option|Too small|Too big/);
        assert.match(error.message, message);
        return true;
      });
    });
  }
});

test("there are at least fifty of them", () => assert.ok(wrong.length >= 50, String(wrong.length)));
