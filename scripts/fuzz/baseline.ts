import { usualMinimalChange } from "../../src/analysis/comparison/figure-scale.ts";
import { comparedSources } from "../../src/cli/actions/compared-sources.ts";
import { comparisonReport } from "../../src/report/comparison/comparison-report.ts";
import { type FuzzTarget, mutatingTarget } from "./target.ts";
import { TemporaryInput } from "./temporary-input.ts";

/** Baseline files of `muster compare`. */
export function baselineTarget(): Promise<FuzzTarget> {
  const file = new TemporaryInput("baseline.json");
  return mutatingTarget({
    corpus: "baseline",
    inputsPerRound: 200,
    read: async (input) => {
      file.write(input);
      const [before, after] = await comparedSources(file.path, file.path, { dataDir: file.folder });
      if (before !== null && after !== null)
        comparisonReport(before, after, { minimal: usualMinimalChange, maxRegression: null });
    },
    close: () => file.remove(),
  });
}
