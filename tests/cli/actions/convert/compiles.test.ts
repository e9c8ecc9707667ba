import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { convertInputs } from "../../../../src/cli/actions/convert/convert.ts";
import { convertCurl } from "../../../../src/cli/actions/convert/curl/curl-text.ts";
import { sessionText } from "../../../../src/cli/actions/convert/har/session-text.ts";
import { convertCollection } from "../../../../src/cli/actions/convert/postman/postman-text.ts";
import { TestFolder } from "../../../scenario/bundle/test-folder.ts";
import { patienceMs } from "../../../support/wait-until.ts";
import { entry, sessionOf } from "./har/recording.ts";
import { sampleCollection } from "./postman/fixture.ts";

test("what is converted compiles with the types of muster", async () => {
  const root = join(import.meta.dirname, "../../../..");
  const other = "https://api.shop.example";
  const headers = { Authorization: "Bearer abc", ["__proto__"]: "x", "X-Tenant": "blue" };
  const posted = (postData: unknown) => ({
    ...entry({ url: other }),
    request: { method: "POST", url: other, headers: [], postData },
  });
  const entries = [
    entry({ url: "https://shop.example/", headers }),
    entry({ url: `${other}/jobs/17`, method: "OPTIONS", headers, status: 404 }),
    posted({ encoding: "base64", text: "AP8B", mimeType: "a/b" }),
    posted({ mimeType: "application/json", text: JSON.stringify({ text: "x".repeat(200) }) }),
    posted({ params: [{ name: "a b", value: "1" }] }),
  ];
  await using folder = await TestFolder.with({
    "package.json": '{"type":"module"}',
    "many.ts": sessionText(sessionOf(entries, { origins: ["https://shop.example", other] }), "x.har"),
    "one.ts": sessionText(sessionOf(entries), "x.har"),
    "correlated.ts": sessionText(sessionOf(correlatedEntries()), "x.har"),
    "curl.ts": convertCurl(
      "curl https://s/a -b c=1 -L -m 5 --json '[1]'; curl -k https://t -u a:b -F x=1 -F 'x=@y;type=a/b' --cert c:d --resolve t:443:::1,10.0.0.5",
      "x.sh",
    ).text,
    "openapi.ts": await openApiText(),
    "postman.ts": convertCollection("c.json", sampleCollection, null).text,
  });
  const options = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      paths: { "muster-load": [join(root, "src/index.ts")] },
      typeRoots: [join(root, "node_modules/@types")],
    },
    include: [],
    files: ["many", "one", "correlated", "curl", "openapi", "postman"].map((name) => folder.file(`${name}.ts`)),
  };
  await using project = await TestFolder.with({ "tsconfig.json": JSON.stringify(options) });
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [compiler, "-p", project.path, "--noEmit"], {
    encoding: "utf8",
    timeout: patienceMs,
  });
  assert.equal(status, 0, stdout);
});

/** A value from each kind of source, at each kind of place. */
function correlatedEntries(): unknown[] {
  const answered = (request: ReturnType<typeof entry>, text: string, headers: Record<string, string> = {}) => ({
    ...request,
    response: {
      ...request.response,
      headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
      content: { mimeType: headers["content-type"] ?? "", text },
    },
  });
  const url = "https://shop.example";
  const ids = JSON.stringify({ list: [{ id: 5, "a b": "k-1234567890" }, { id: 6 }], next: "/pages/n-123456789" });
  const sent = { user: "u-123456789", list: ["c-123456789==", 6], count: "6" };
  return [
    answered(entry({ url: `${url}/start` }), '<input name="csrf" value="c-123456789&#61;=">', {
      "content-type": "text/html",
      "set-cookie": "XSRF-TOKEN=x-123456789%3D",
      "x-user": "u-123456789",
    }),
    answered(entry({ url: `${url}/lists`, method: "POST" }), ids),
    entry({
      url: `${url}/lists/6?c=c-123456789%3D%3D`,
      method: "POST",
      headers: { "X-XSRF-TOKEN": "x-123456789=", "X-Key": "k-1234567890" },
      body: { mimeType: "application/json", text: JSON.stringify(sent) },
    }),
    entry({ url: `${url}/pages/n-123456789`, headers: { Authorization: "Token u-123456789" } }),
  ];
}

async function openApiText(): Promise<string> {
  const file = join(import.meta.dirname, "../../../../examples/plot-palette/api/openapi.yaml");
  return (await convertInputs([file], { origins: [], everything: false })).text;
}
