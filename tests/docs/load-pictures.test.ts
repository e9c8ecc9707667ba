import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Chart, ticksEvery } from "../../scripts/docs/chart-svg.ts";
import { stallPicture } from "../../scripts/docs/load-pictures.ts";
import { root, tableRows } from "./markdown.ts";

const guide = await readFile(`${root}docs/guide/load-models.md`, "utf8");

test("a chart puts values where its axes say, and escapes what XML would read", () => {
  const chart = new Chart({
    title: "a < b",
    description: 'what "it" shows',
    height: 192,
    x: { label: "seconds", from: 0, to: 10, ticks: ticksEvery(5, 10) },
    y: { label: "users", from: 0, to: 100, ticks: ticksEvery(50, 100) },
  });
  chart.line(
    [
      { x: 0, y: 0 },
      { x: 5, y: 50 },
      { x: 10, y: 100 },
    ],
    { colour: "#000000" },
  );
  chart.bar(5, 10, 50, "#111111");
  const svg = chart.svg();

  assert.match(svg, /<polyline points="68,144 379,94 690,44"/);
  assert.match(svg, /<rect x="380" y="94" width="309" height="50" fill="#111111"\/>/);
  assert.match(svg, />a &lt; b</);
  assert.match(svg, /aria-label="what &quot;it&quot; shows"/);
  for (const word of ["seconds", "users", "50", "100"]) assert.ok(svg.includes(`>${word}</text>`), word);
});

test("the picture of the stall says the 99th percentiles", () => {
  const times = (p99: number) => ({
    ...{ min: 5, mean: 20, max: 2_000, stddev: 100 },
    percentiles: { "50": 5, "99": p99, "99.9": 2_000, "100": 2_000 },
  });
  const observed = (response: number, service: number) => ({
    responseTimeMs: times(response),
    serviceTimeMs: times(service),
  });
  const svg = stallPicture(observed(1_803.4, 12.6), observed(8.76, 8.76));
  for (const words of ["p99 1,803 ms", "p99 13 ms", "p99 8.8 ms"]) assert.ok(svg.includes(words), words);
});

test("the guide shows every picture, and quotes the figures that are in them", async () => {
  for (const name of ["load-stages", "load-open-ramp", "load-arrivals", "load-stall"]) {
    assert.ok(guide.includes(`](../images/${name}.svg)`), name);
    const svg = await readFile(`${root}docs/images/${name}.svg`, "utf8");
    assert.ok(svg.includes("seconds since the start") || svg.includes("percentile of the requests"), name);
  }
  const stall = await readFile(`${root}docs/images/load-stall.svg`, "utf8");
  const rows = tableRows(guide.slice(guide.indexOf("## Coordinated omission")));
  const [, open = [], , closed = []] = rows;
  const [response = "", service = ""] = open.slice(3);
  assert.match(open[0] ?? "", /maxUsers: 10/);
  assert.match(closed[0] ?? "", /closed/);
  for (const figure of [response, service, closed[3]])
    assert.ok(stall.includes(`p99 ${figure} ms`), `p99 ${figure} ms`);
});
