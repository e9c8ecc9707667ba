import assert from "node:assert/strict";
import { test } from "node:test";
import { firstLoadBytes } from "../support/first-load.ts";

test("a browser loads at most 90 kB of the page first", (t) => {
  const bytes = firstLoadBytes();
  t.diagnostic(`${bytes} bytes`);
  assert.ok(bytes <= 90_000, `${bytes} bytes`);
});
