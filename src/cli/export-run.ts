import { requireWritable, writeOutput } from "../runner/output-file.ts";
import { baselineOfRun } from "../runner/run-baseline.ts";
import { requireStore, type StoreOptions } from "./existing-store.ts";

/** Writes a run as a baseline file: on one line, as it is for machines and half of it would be white space. */
export async function exportRun({ dataDir, out }: StoreOptions & { out: string }, word: string): Promise<void> {
  await requireWritable("--out", out);
  using store = requireStore(dataDir);
  await writeOutput("the baseline", out, `${JSON.stringify(baselineOfRun(store, word))}\n`);
}
