import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ConfigurationError } from "../../src/core/errors.ts";
import { refuseForeignTest } from "../../src/runner/foreign-test.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const root = join(import.meta.dirname, "../..");

const foreign: readonly (readonly [name: string, text: string, says: RegExp])[] = [
  ["a.js", 'import http from "k6/http";\nexport default function () {}', /is a k6 script, .*migrating-from-k6\.md/],
  ["b.ts", "import { sleep } from 'k6';", /is a k6 script/],
  ["c.js", 'const { check } = require("k6");', /is a k6 script/],
  ["d.mjs", 'import "k6/experimental/browser"', /is a k6 script/],
  ["e.ts", 'import { simulation } from "@gatling.io/core";', /is a Gatling simulation/],
  ["locustfile.py", "from locust import HttpUser, task\n", /is a Locust file, .*migrating-from-locust\.md/],
  ["other.py", "print()", /is a Python file, .*migrating-from-locust\.md/],
  ["a.scala", "class A extends Simulation", /is a Gatling simulation/],
  ["A.java", "import io.gatling.javaapi.core.*;", /is a Gatling simulation/],
  ["a.yml", "config:\n  target: x\nscenarios: []", /is an Artillery script, .*"muster convert"/],
  ["b.yaml", "execution:\n- concurrency: 1\nscenarios: {}", /is a Taurus configuration/],
  ["a.jmx", "<jmeterTestPlan/>", /is a JMeter test plan/],
  ["shop.HAR", "{}", /is a recording, .*"muster convert"/],
  // By a name that is another format's.
  ["f.ts", "from locust import HttpUser, task, between\n", /is a Locust file/],
  ["g.js", "import time\nimport locust  # load\n", /is a Locust file/],
  ["locustfile", "from locust.contrib.fasthttp import FastHttpUser\n", /is a Locust file/],
  ["h.ts", '<?xml version="1.0"?>\n<jmeterTestPlan version="1.2">', /is a JMeter test plan/],
  ["plan.xml", '<jmeterTestPlan version="1.2">', /is a JMeter test plan/],
  ["i.ts", "config:\n  target: x\nscenarios:\n  - flow: []\n", /is an Artillery script/],
  ["a.json", '{ "config": { "target": "x" } }', /is an Artillery script/],
  ["j.ts", "package x\n\nimport io.gatling.core.Predef._\n", /is a Gatling simulation/],
  ["K.kt", "import io.gatling.javaapi.core.CoreDsl.*", /is a Gatling simulation/],
  ["shop.json", '{"log": {"entries": []}}', /is a recording, .*"muster convert"/],
  ["l.js", 'import { uuidv4 } from "https://jslib.k6.io/k6-utils/1.4.0/index.js";', /is a k6 script/],
  ["c.yml", "name: x", /is not a test file: a test is TypeScript or JavaScript, and its name ends in \.ts, /],
  ["D.java", "class D {}", /is not a test file/],
  ["none", "", /is not a test file/],
];

test("a test of another tool is named, with what to do instead", async (t) => {
  const folder = await temporaryFolder(t, Object.fromEntries(foreign.map(([name, text]) => [name, text])));
  await assert.rejects(refuseForeignTest(folder), /is a folder; give the test file in it$/);
  for (const [name, , says] of foreign) {
    await assert.rejects(refuseForeignTest(join(folder, name)), (error) => {
      assert.ok(error instanceof ConfigurationError);
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /\n/);
      const [guide] = /docs\/guide\/[\w-]+\.md/.exec(error.message) ?? [];
      assert.ok(guide === undefined || existsSync(join(root, guide)), error.message);
      return true;
    });
  }
});

test("tests of muster pass, whatever they tell of where they come from; a missing file is not judged", async (t) => {
  const own = {
    "a.ts":
      '// import http from "k6/http";\n/*\nimport { sleep } from "k6";\n*/\nimport { defineTest } from "muster-load";',
    "b.ts": 'import { k6 } from "./k6.ts"; import x from "k6-like"; const text = "k6";',
    "c.ts": 'import { defineTest } from "muster-load";\nconst yaml = `\nconfig:\n  a: 1\nfrom locust import x`;',
    "d.ts": 'import locust, { x } from "./locust.ts"; import io from "./io.ts";',
    "e.ts": "",
    // Takes seconds with a pattern that begins anew in each line.
    "f.ts": "\n".repeat(1_000_000),
  };
  const folder = await temporaryFolder(t, own);
  for (const name of [...Object.keys(own), "missing.py"]) await refuseForeignTest(join(folder, name));
});
