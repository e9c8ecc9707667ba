import assert from "node:assert/strict";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { readHarFile } from "../../../../../src/cli/actions/convert/har/har-file.ts";
import { ConfigurationError } from "../../../../../src/core/errors.ts";
import { temporaryFolder } from "../../../../support/temporary-folder.ts";

const text = '{"log":{"name":"é"}}';

test("a recording is read in the encodings that exporters write, gzipped or not", async (t) => {
  const file = join(await temporaryFolder(t), "x.har");
  const utf16 = Buffer.from(text, "utf16le");
  const forms = [
    Buffer.from(text),
    Buffer.from(`\uFEFF${text}`),
    utf16,
    Buffer.concat([Buffer.of(0xff, 0xfe), utf16]),
    Buffer.from(utf16).swap16(),
    Buffer.concat([Buffer.of(0xfe, 0xff), Buffer.from(utf16).swap16()]),
    gzipSync(text),
  ];
  for (const bytes of forms) {
    await writeFile(file, bytes);
    assert.deepEqual(await readHarFile(file), { log: { name: "é" } });
  }
});

test("what cannot be read is said in one line", async (t) => {
  const folder = await temporaryFolder(t, {
    empty: "",
    page: "<html>\n<b>",
    cut: '{"log":{"entries":[{"a',
    zip: "PK\u0003\u0004",
    gzip: "\u001f",
  });
  await writeFile(join(folder, "gzip"), gzipSync(text).subarray(0, 20));
  // A file of 1 GB without a byte on the disk.
  await writeFile(join(folder, "large"), "{");
  await truncate(join(folder, "large"), 1024 ** 3);
  const says = {
    empty: /is not a HAR file: it is empty$/,
    page: /is not a HAR file: it is not JSON: Unexpected token '<'/,
    cut: /is not a HAR file: it is not JSON, or ends too early: /,
    zip: /is not a HAR file: it is a zip archive; unpack it/,
    gzip: /is not a HAR file: it cannot be unpacked: /,
    large: /has 1024 MB, more than 400 MB: export it without the content of responses, or record less$/,
    missing: /cannot be read: ENOENT/,
    "": /cannot be read: EISDIR/,
  };
  for (const [name, pattern] of Object.entries(says)) {
    await assert.rejects(readHarFile(join(folder, name)), (error) => {
      assert.ok(error instanceof ConfigurationError);
      assert.match(error.message, pattern);
      assert.doesNotMatch(error.message, /[\r\n]/);
      return true;
    });
  }
});
