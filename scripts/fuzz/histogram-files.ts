import { readHistogramFile } from "../../src/report/hdr/histogram-file.ts";
import { LineFile } from "../../src/report/hdr/line-file.ts";
import { type FuzzTarget, mutatingTarget } from "./target.ts";
import { TemporaryInput } from "./temporary-input.ts";

/** Histogram logs and percentile texts of other tools. */
export function histogramFilesTarget(): Promise<FuzzTarget> {
  const file = new TemporaryInput("input.hlog");
  return mutatingTarget({
    corpus: "histogram-files",
    inputsPerRound: 200,
    read: (input) => {
      file.write(input);
      using lines = new LineFile(file.path);
      readHistogramFile(lines);
    },
    close: () => file.remove(),
  });
}
