import assert from "node:assert/strict";
import { test } from "node:test";
import type { MetricFamily } from "../../../src/runner/metrics/metric-family.ts";
import { PrometheusEndpoint } from "../../../src/runner/metrics/prometheus-endpoint.ts";
import { waitUntil } from "../../support/wait-until.ts";

test("a scrape after the end has the final values, although an earlier one is still being written", async (t) => {
  const endpoint = new PrometheusEndpoint({ host: "127.0.0.1", port: 0 });
  t.after(() => endpoint.close());
  const url = await endpoint.listen();
  let isFinal = false;
  let hasBegun = false;
  let hasAsked = false;
  /** Goes on, with pauses, until the final values are asked for. */
  function* slowPoints() {
    while (!hasAsked) {
      hasBegun = true;
      const startedMs = performance.now();
      while (performance.now() - startedMs < 10);
      yield { labels: {}, value: 0 };
    }
  }
  function families(): MetricFamily[] {
    hasAsked = isFinal;
    const points = isFinal ? [{ labels: {}, value: 1 }] : slowPoints();
    return [{ kind: "gauge", name: "muster.final", unit: "", help: "h", points }];
  }
  endpoint.serve({
    runId: "r",
    get isFinal() {
      return isFinal;
    },
    families,
  });
  const early = fetch(url).then((response) => response.text());
  await waitUntil("the first scrape", () => hasBegun);
  isFinal = true;
  const scraped = endpoint.finalScrape(600_000);
  const late = await fetch(url);
  assert.match(await late.text(), /^muster_final\{.*\} 1$/m);
  await scraped;
  assert.doesNotMatch(await early, /\} 1$/m);
});
