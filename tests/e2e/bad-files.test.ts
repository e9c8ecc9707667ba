import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { testBadInput } from "../support/bad-input.ts";
import { MusterProcess } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** What is wrong inside of a test file: tests/runner/wrong-tests.test.ts. These are what the command makes of it. */
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
