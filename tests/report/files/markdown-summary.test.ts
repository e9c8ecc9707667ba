import assert from "node:assert/strict";
import { test } from "node:test";
import { githubAnnotations } from "../../../src/report/files/github-annotations.ts";
import { markdownSummary } from "../../../src/report/files/markdown-summary.ts";
import { group, streamed } from "../../analysis/measurements.ts";
import { answer, resultOf, usual } from "../result-fixture.ts";

test("the summary has the verdict, why, and tables of thresholds, endpoints, errors and checks", () => {
  const lines = markdownSummary(usual).split("\n");
  for (const line of [
    "## ❌ Failed: plot-palette / standard",
    "- **error rate was 50 % (limit &lt; 1 %)**",
    "| ✅ | response\\_time: p(95)&lt;500 | p95 100 ms &lt; 500 (few samples) |",
    "| ❌ | failures: rate&lt;0.01 | errors 50.0 % &lt; 1 % |",
    "| GET /jobs/:id | 1 | 1 (100.0 %) | 40.0 | 40.0 | 40.0 | 40.0 | 0.0 |",
    "| Aggregated | 2 | 1 (50.0 %) | 40.0 | 100 | 100 | 100 | 0.0 |",
    "| 1 | check | GET /jobs/:id | no job |",
    "| ❌ | created | 0 | 1 |",
  ]) {
    assert.ok(lines.includes(line), `${line}\n\n${lines.join("\n")}`);
  }
});

test("streams have a table, if there are any", () => {
  const lines = markdownSummary(resultOf([streamed("/chat", 200, 50, 50, 1_000)])).split("\n");
  for (const line of [
    "| stream | streams | events | events/s | first p50 ms | first p95 ms | gap p50 ms | gap p95 ms | gap max ms |",
    "| GET /chat | 1 | 4 | 0.1 | 200 | 200 | 50.0 | 1,000 | 1,000 |",
  ]) {
    assert.ok(lines.includes(line), `${line}\n\n${lines.join("\n")}`);
  }
  assert.doesNotMatch(markdownSummary(usual), /stream/);
});

test("groups have a table, if there are any", () => {
  const lines = markdownSummary(resultOf([answer("/", 1), group("buy", 40, 60, true), group("buy::pay", 40, 0)])).split(
    "\n",
  );
  for (const line of [
    "| group | count | failures | p50 ms | p95 ms | p99 ms | max ms | active p95 ms |",
    "| buy | 1 | 1 (100.0 %) | 100 | 100 | 100 | 100 | 40.0 |",
    "| buy::pay | 1 | 0 | 40.0 | 40.0 | 40.0 | 40.0 | 40.0 |",
  ]) {
    assert.ok(lines.includes(line), `${line}\n\n${lines.join("\n")}`);
  }
  assert.doesNotMatch(markdownSummary(usual), /group/);
});

test("texts of a service stay within their cell and are not Markdown", () => {
  const result = resultOf([answer("/", 1, "a|b\n<img src=x> @all `x` [y](z) **w**")]);
  const row = markdownSummary(result)
    .split("\n")
    .find((line) => line.includes("img"));
  assert.equal(row, "| 1 | check | GET / | a\\|b &lt;img src=x&gt; \\@all \\`x\\` \\[y\\](z) \\*\\*w\\*\\* |");
});

test("with very many endpoints, the busiest are shown, with the number of the others", () => {
  const events = [...Array(60).keys()].flatMap((position) => Array(position + 1).fill(answer(`/${position}`, 1)));
  const summary = markdownSummary(resultOf(events));
  assert.match(summary, /\| GET \/59 \|/);
  assert.doesNotMatch(summary, /\| GET \/9 \|/);
  assert.match(summary, /and 10 more endpoints/);
});

test("annotations are the thresholds that failed, on one line each", () => {
  assert.deepEqual(githubAnnotations(usual), [
    "::error title=plot-palette / standard::errors 50.0 %25 < 1 %25  (failures: rate<0.01)",
  ]);
});

test("a run that cannot be judged is annotated with why", () => {
  const result = { ...resultOf([answer("/", 1)]), verdict: "invalid" as const, reasons: ["50 % of\nthe CPU: gone"] };
  assert.deepEqual(githubAnnotations(result), [
    "::error title=plot-palette / standard%3A invalid::50 %25 of%0Athe CPU: gone",
  ]);
  assert.deepEqual(githubAnnotations(resultOf([answer("/", 1)])), []);
});
