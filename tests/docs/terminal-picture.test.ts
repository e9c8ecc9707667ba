import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { terminalSvg } from "../../scripts/docs/ansi-svg.ts";
import { root } from "./markdown.ts";

test("a picture of a terminal keeps text, columns and colours, and escapes what XML would read", () => {
  const svg = terminalSvg([
    { caption: "at <the> end", ansi: "\n\x1b[32m✓\x1b[39m p95 < 5\n   \x1b[2mmuted\nstill\x1b[0m & not\n\n" },
  ]);
  const texts = [...svg.matchAll(/<text(?: class="(\w+)")? x="([\d.]+)"[^>]*>([^<]*)<\/text>/g)].map((match) =>
    match.slice(1),
  );
  assert.deepEqual(texts, [
    ["caption", "16", "at &lt;the&gt; end"],
    ["f2", "16.0", "✓"],
    [undefined, "31.6", "p95 &lt; 5"],
    ["d", "39.4", "muted"],
    ["d", "16.0", "still"],
    [undefined, "62.8", "&amp; not"],
  ]);
});

test("the picture in the README shows a whole run", async () => {
  const svg = await readFile(`${root}docs/images/terminal.svg`, "utf8");
  for (const words of ["muster run", "PASSED", "Aggregated", "4 workers"]) assert.ok(svg.includes(words), words);
});
