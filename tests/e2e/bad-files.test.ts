import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { testBadInput } from "../support/bad-input.ts";
import { MusterProcess } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A test file around one user class, with its other fields and those of the test. */
const testWith = (user: string, rest = "") => `
  import { between, closed, defineTest, defineUser } from "muster-load";
  const visitor = defineUser({ name: "Visitor", tasks: { look: (vu) => vu.http.get("/") }, ${user} });
  export default defineTest({ host: "http://127.0.0.1:9", users: [visitor], ${rest} });
`;

testBadInput("a bad test file", [
  { what: "no test file", words: ["run"], says: /^no test file; give one, e\.g\. / },
  {
    what: "a missing test file",
    words: ["run", "missing.ts"],
    says: /^test file not found: missing\.ts \(looked at \/.*\/missing\.ts\)$/,
  },
  {
    what: "a k6 script",
    words: ["run", "test.ts"],
    file: 'import http from "k6/http";\nexport default () => http.get("http://127.0.0.1:9");\n',
    says: /^test\.ts is a k6 script, which muster does not run: docs\/guide\/migrating-from-k6\.md shows /,
  },
  {
    what: "a syntax error, by its position",
    words: ["run", "test.ts"],
    file: 'import { closed } from "muster-load";\n\nexport default {\n  users: [],\n  load closed(),\n};\n',
    says: /^test\.ts:5:8: Expected "\}" but found "closed"/,
  },
  {
    what: "an import that cannot be found, by its position",
    words: ["run", "test.ts"],
    file: '\nimport nothing from "./nothing.ts";\nexport default nothing;\n',
    says: /^test\.ts:2:21: Could not resolve "\.\/nothing\.ts"/,
  },
  {
    what: "no default export",
    words: ["run", "test.ts"],
    file: "export const test = 1;\n",
    says: /^the test file has no default export; end it with: export default defineTest\(/,
  },
  {
    what: "a default export that is no test",
    words: ["run", "test.ts"],
    file: "export default 7;\n",
    says: /^in the test file, the default export: ./,
  },
  {
    what: "a test without users",
    words: ["run", "test.ts"],
    file: "export default { users: [] };\n",
    says: /^in the test file, users: /,
  },
  {
    what: "a misspelt field of the test",
    words: ["run", "test.ts"],
    file: testWith("", "profils: {}"),
    says: /"profils"/,
  },
  {
    what: "a threshold by one of k6's system tags, which no request has",
    words: ["plan", "test.ts"],
    file: testWith("", 'thresholds: { "http_reqs{expected_response:true}": "count>1" }'),
    says: /^threshold "http_reqs\{expected_response:true\}", column 11: there is no tag "expected_response": use status:2xx/,
  },
  {
    what: "a threshold on a class that the test does not have",
    words: ["run", "test.ts"],
    file: testWith("", 'thresholds: { "failures{class:Visitors}": "rate<0.1" }'),
    says: /column 10: the test has no user class "Visitors", did you mean "Visitor"\?$/,
  },
  {
    what: "a misspelt field of a user class",
    words: ["run", "test.ts"],
    file: testWith("wieght: 3"),
    says: /users\[0\].*"wieght"/,
  },
  {
    what: "a misspelt field of a task",
    words: ["run", "test.ts"],
    file: testWith("tasks: { look: { wieght: 3, run() {} } }"),
    says: /users\[0\]\.tasks\.look.*"wieght"/,
  },
  {
    what: "a misspelt field of a load",
    words: ["run", "test.ts"],
    file: testWith("", 'load: closed({ users: 1, spawnRat: 1, duration: "1s" })'),
    says: /load.*(spawnRate|"spawnRat")/,
  },
  {
    what: "a misspelt target",
    words: ["run", "test.ts"],
    file: testWith("", 'targets: { p59: "1s" }'),
    says: /targets.*"p59"/,
  },
  {
    what: "a threshold on an unknown metric",
    words: ["run", "test.ts"],
    file: testWith("", 'thresholds: { response_tme: "p(95)<1" }'),
    says: /"response_tme", did you mean "response_time"\?/,
  },
  {
    what: "a threshold that cannot be read",
    words: ["run", "test.ts"],
    file: testWith("", 'thresholds: { response_time: "p(95)~5" }'),
    says: /p\(95\)~5/,
  },
  {
    what: "a pause without a unit",
    words: ["run", "test.ts"],
    file: testWith('pause: between("1", "3s")'),
    says: /users\[0\]\.pause/,
  },
  {
    what: "a duration that is a number",
    words: ["run", "test.ts"],
    file: testWith("", "load: closed({ users: 1, spawnRate: 1, duration: 60 })"),
    says: /load\.duration/,
  },
  {
    what: "two user classes of one name",
    words: ["run", "test.ts"],
    file: testWith("").replace("[visitor]", "[visitor, visitor]"),
    says: /^two user classes are named Visitor$/,
  },
  {
    what: "test code that throws while it is loaded, by its place",
    words: ["run", "test.ts"],
    file: "const settings: { url?: { length: number } } = {};\n\nexport default settings.url!.length;\n",
    code: 107,
    says: /^the test file threw while it was loaded: TypeError: .* \(test\.ts:3:\d+\)$/,
  },
]);

test("the place of an error in a file elsewhere is the path as the user can open it", async (t) => {
  const folder = await temporaryFolder(t, {
    "tests/a.ts": 'export * from "./b.ts";',
    "tests/b.ts": "\n\nlet = 4 +;\n",
  });
  const muster = new MusterProcess(t, ["run", join(folder, "tests", "a.ts")], { cwd: folder });
  assert.deepEqual(await muster.ended(), { code: 104, signal: null });
  assert.match(muster.saidLines.join("\n"), /^muster: tests\/b\.ts:3:\d+: /);
});
