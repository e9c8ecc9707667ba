import assert from "node:assert/strict";
import { test } from "node:test";
import { FileFault } from "../../../src/scenario/bundle/file-fault.ts";
import { decodePlainText, decodeText } from "../../../src/scenario/bundle/file-text.ts";

const utf16 = (text: string, mark = "\ufeff") => Buffer.from(mark + text, "utf16le");

function assertRefused(bytes: Uint8Array, message: RegExp, line: number): void {
  assert.throws(
    () => decodePlainText(bytes),
    (error) => {
      assert.ok(error instanceof FileFault, String(error));
      assert.match(error.message, message);
      assert.equal(error.line, line);
      return true;
    },
  );
}

test("UTF-8 with and without a byte order mark, and UTF-16 with one", () => {
  const text = "näme\nAnn €😀\n";
  assert.equal(decodePlainText(Buffer.from(text)), text);
  assert.equal(decodePlainText(Buffer.from(`\ufeff${text}`)), text);
  assert.equal(decodePlainText(utf16(text)), text);
  assert.equal(decodePlainText(utf16(text).swap16()), text);
  assert.equal(decodePlainText(new Uint8Array()), "");
});

test("another encoding is refused with what to do", () => {
  assertRefused(utf16("a,b\n", ""), /seems to be UTF-16LE without .* iconv -f UTF-16LE -t UTF-8/, 1);
  assertRefused(utf16("a,b\n", "").swap16(), /seems to be UTF-16BE/, 1);
  assertRefused(Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), /UTF-32LE; convert it: iconv/, 1);
  assertRefused(Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x61]), /UTF-32BE/, 1);
  assertRefused(utf16("ab").subarray(0, 5), /says that it is UTF-16LE, but is not/, 1);
});

test("a byte that is not UTF-8 is named with its line and offset", () => {
  const latin1 = Buffer.from("name,town\nann,Köln\nbob,Mönchen\n", "latin1");
  assertRefused(latin1, /^byte 0xf6 at offset 5 of the line is not UTF-8; .*iconv -f WINDOWS-1252 -t UTF-8/, 2);
  assertRefused(Buffer.concat([Buffer.from("ä€😀\nx"), Buffer.from([0x80])]), /^byte 0x80 at offset 1 /, 2);
  assertRefused(Buffer.from("ä").subarray(0, 1), /^byte 0xc3 at offset 0 /, 1);
});

test("NUL characters are refused where lines of text are expected", () => {
  assertRefused(Buffer.from("name\nann\nbob\0\n"), /^a NUL character/, 3);
  assert.equal(decodeText(Buffer.from("a\0")), "a\0");
});
