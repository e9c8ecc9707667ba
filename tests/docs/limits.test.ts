import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { limitsByActor } from "../../scripts/docs/limits/listed-limits.ts";
import { limitsPage } from "../../scripts/docs/limits.ts";
import { root } from "./markdown.ts";

test("docs/limits.md has the limits of the code: `npm run docs:limits` writes it", async () => {
  assert.equal(await readFile(join(root, "docs/limits.md"), "utf8"), await limitsPage());
});

/** Constants of the web API that are no limit of what somebody else sends. */
const others = ["maxEntries", "maxCharacters"];

test("each limit of the web API is listed", async () => {
  const listed = new Set(limitsByActor.flatMap(({ limits }) => limits.map(({ file, name }) => `${file} ${name}`)));
  for (const entry of await readdir(join(root, "src/api"), { recursive: true })) {
    if (!entry.endsWith(".ts")) continue;
    const text = await readFile(join(root, "src/api", entry), "utf8");
    for (const [, name = ""] of text.matchAll(/^(?:export )?const ((?:max|most|longest)[A-Z]\w*) = /gm)) {
      assert.ok(listed.has(`api/${entry} ${name}`) || others.includes(name), `src/api/${entry}: ${name}`);
    }
  }
});
