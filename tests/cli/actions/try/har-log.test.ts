import assert from "node:assert/strict";
import { test } from "node:test";
import { harLog } from "../../../../src/cli/actions/try/har-log.ts";
import { OutgoingRequest } from "../../../../src/worker/http/engine.ts";
import { TracedRequest } from "../../../../src/worker/http/trace/traced-request.ts";

/** The content of a response in the HAR file. */
function contentOf(body: Buffer, type: string): unknown {
  const headers = { list: [], hasHost: false, closes: false, hasConnection: false, hasLength: false };
  const traced = new TracedRequest(new OutgoingRequest("GET", "http://127.0.0.1", "/", headers, null, {}), "", 0, 0);
  traced.responseHeaders = [["content-type", type]];
  traced.streamed = body;
  return JSON.parse(harLog([traced])).log.entries[0].response.content;
}

test("secrets are masked in a text in another encoding than UTF-8, and bytes stay as they are", () => {
  const type = "application/json; charset=iso-8859-1";
  const latin = Buffer.from(`{"city":"München","text":"${"x".repeat(100)}","token":"t0p"}`, "latin1");
  const text = `{"city":"M\ufffdnchen","text":"${"x".repeat(100)}","token":"***"}`;
  assert.deepEqual(contentOf(latin, type), { size: latin.length, mimeType: type, text });
  const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00]);
  const image = { size: 6, mimeType: "image/png", text: bytes.toString("base64"), encoding: "base64" };
  assert.deepEqual(contentOf(bytes, "image/png"), image);
});
