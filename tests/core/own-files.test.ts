import assert from "node:assert/strict";
import { test } from "node:test";
import { strangersFolder } from "../../src/core/own-files.ts";

const foreign = { uid: (process.getuid?.() ?? 0) + 1_001, mode: 0o40777, dev: 7 };

test("a folder that another user has opened to everybody is a stranger's, unless it is the top of a mount", {
  skip: process.getuid === undefined && "the system has no user ids",
}, () => {
  assert.equal(strangersFolder(foreign, { dev: 7 }), true);
  assert.equal(strangersFolder(foreign, { dev: 1 }), false);
  assert.equal(strangersFolder({ ...foreign, mode: 0o40755 }, { dev: 7 }), false);
  assert.equal(strangersFolder({ ...foreign, uid: 0 }, { dev: 7 }), false);
});
