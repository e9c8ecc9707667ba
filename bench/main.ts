// `npm run bench [-- --json]`: every bench of this folder, one after another, as one table.

import { run as arrivals } from "./arrivals.ts";
import { run as codec } from "./codec.ts";
import { run as data } from "./data.ts";
import { run as http } from "./http.ts";
import { run as massLoss } from "./mass-loss.ts";
import { run as population } from "./population.ts";
import { run as recorder } from "./recorder.ts";

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** To the reference in the same run. */
  readonly ratio?: number | undefined;
}

const figures: readonly Figure[] = [
  ...recorder(),
  ...codec(),
  ...arrivals(),
  ...population(),
  ...massLoss(),
  ...(await data()),
  ...(await http()),
];

if (process.argv.includes("--json")) console.log(JSON.stringify(figures, null, 2));
else {
  // An absolute time means little on another machine; a ratio is to the reference in the same run.
  console.table(
    figures.map(({ name, value, unit, ratio }) => ({
      bench: name,
      value: `${value.toPrecision(3)} ${unit}`,
      "times the reference's speed": ratio === undefined ? "" : ratio.toFixed(1),
    })),
  );
}
