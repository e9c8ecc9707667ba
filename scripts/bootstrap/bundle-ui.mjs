// Usage: node scripts/bootstrap/bundle-ui.mjs FOLDER
//
// Bundles the web page and the HTML report into FOLDER. A process of its own, because the bootstrap must run before esbuild is there.

import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { licensesOf } from "./licenses.mjs";
import { root } from "./paths.mjs";

/** The page shares types with the rest, how things are said, what thresholds are about, how histograms add up, and what is beyond noise. Anything else would drag the generator into the browser. */
const shared = new Set([
  "src/analysis/statistics/normal-distribution.ts",
  "src/analysis/statistics/ranks.ts",
  "src/analysis/statistics/serial-correlation.ts",
  "src/analysis/statistics/student-distribution.ts",
  "src/core/duration.ts",
  "src/core/errors.ts",
  "src/core/nearest.ts",
  "src/core/size-limits.ts",
  "src/core/thresholds/cursor.ts",
  "src/core/thresholds/describe.ts",
  "src/core/thresholds/evaluate.ts",
  "src/core/thresholds/expression.ts",
  "src/core/thresholds/foreign-metric.ts",
  "src/core/measure-kind.ts",
  "src/core/thresholds/measured-name.ts",
  "src/core/thresholds/metrics.ts",
  "src/core/thresholds/selector.ts",
  "src/report/comparison/comparison-cells.ts",
  "src/report/page/distribution-column.ts",
  "src/report/page/heat-map.ts",
  "src/report/page/look-next.ts",
  "src/report/page/moved-most.ts",
  "src/report/page/parts/packed-histogram.ts",
  "src/report/page/parts/range-figures.ts",
  "src/report/page/parts/slice-heat.ts",
  "src/report/page/parts/threshold-here.ts",
  "src/report/page/parts/wide-times.ts",
  "src/report/page/slow-endpoint.ts",
  "src/report/page/standing-out.ts",
  "src/report/numbers.ts",
  "src/report/result/distribution-of.ts",
  "src/report/text/early-end-line.ts",
  "src/report/text/threshold-line.ts",
  "src/stats/histogram/cumulative-histogram.ts",
  "src/stats/histogram/layout.ts",
  "src/stats/histogram/paged-counts.ts",
]);

/** Thresholds of a report were accepted once: no advice on metrics of other tools is needed. */
const withoutAdvice = {
  name: "without advice",
  setup({ onLoad }) {
    onLoad({ filter: /foreign-metric\.ts$/ }, () => ({ contents: "export const adviceOnMetric = () => undefined;" }));
  },
};

const folder = process.argv[2];
const options = {
  absWorkingDir: root,
  outdir: folder,
  bundle: true,
  minify: true,
  metafile: true,
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  plugins: [withoutAdvice],
  logLevel: "warning",
};
const built = await Promise.all([
  // The page loads what few runs need only when it is shown; a report is one file.
  build({
    ...options,
    entryPoints: { live: "src/ui/live/main.tsx" },
    format: "esm",
    splitting: true,
    chunkNames: "part-[hash]",
  }),
  build({
    ...options,
    entryPoints: {
      report: "src/ui/report/main.tsx",
      comparison: "src/ui/comparison/main.tsx",
      loader: "src/ui/report/loader.ts",
    },
    format: "iife",
  }),
]);

const inputs = built.flatMap(({ metafile }) => Object.keys(metafile.inputs));
const foreign = inputs.filter(
  (file) => !file.startsWith("src/ui/") && !shared.has(file) && !/^node_modules\/(fflate|preact|uplot)\//.test(file),
);
if (foreign.length > 0) throw new Error(`the web page must not contain ${foreign.join(", ")}`);

fs.copyFileSync(path.join(root, "src/ui/live/index.html"), path.join(folder, "index.html"));
for (const name of fs.readdirSync(folder)) {
  const file = path.join(folder, name);
  fs.writeFileSync(`${file}.gz`, gzipSync(fs.readFileSync(file), { level: 9 }));
}
fs.writeFileSync(path.join(folder, "third-party-licenses.txt"), licensesOf(inputs));
