import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { dashboardQueries } from "../support/dashboard.ts";
import { root } from "./markdown.ts";

/** The names in the code, as OpenTelemetry has them. */
async function metricNames(): Promise<string[]> {
  const files = ["request-families.ts", "run-families.ts", "worker-families.ts"];
  const texts = await Promise.all(files.map((name) => readFile(join(root, "src/runner/metrics", name), "utf8")));
  return [...new Set(texts.join("").match(/(?<=")muster\.[a-z0-9_.]+(?=")/g) ?? [])];
}

test("the dashboard asks only for metrics that there are", async () => {
  const known = new Set((await metricNames()).map((name) => name.replaceAll(".", "_")));
  const queries = await dashboardQueries();
  assert.ok(known.size > 40 && queries.length > 20, `${known.size} names, ${queries.length} queries`);
  for (const { panel, expression } of queries) {
    const names = expression.match(/muster_\w+/g) ?? [];
    assert.ok(names.length > 0, panel);
    for (const name of names) {
      const bare = name.replace(/_bucket$|_total$/, "").replace(/_seconds$|_bytes$|_ratio$/, "");
      assert.ok(known.has(bare), `${panel}: ${name}`);
    }
  }
});

test("the guide names each metric", async () => {
  const guide = await readFile(join(root, "docs/guide/metrics-out.md"), "utf8");
  // "`muster.worker.cpu.cores`, `.memory.rss`": what begins with a dot replaces the end of the name before.
  const written = [...guide.matchAll(/`(muster(?:\.[a-z0-9_]+)+|(?:\.[a-z0-9_]+)+)`/g)].map(([, name = ""]) => name);
  const endings = written.filter((name) => name.startsWith("."));
  for (const name of await metricNames()) {
    const isNamed = written.includes(name) || endings.some((ending) => name.endsWith(ending));
    assert.ok(isNamed, name);
  }
});
