// `npm run chaos [-- TRIALS [FIRST-SEED]]`: so many runs of 10 s (default 200), each with one fault at a random moment, held
// against what the service itself counted. A trial is repeated by its seed.

import { faultOf, faults, runTrial } from "../tests/support/chaos-trial.ts";

const [trials = "200", firstSeed = "1"] = process.argv.slice(2);
let failed = 0;
if (!faults.includes("fill the disk")) console.log("no trial fills a disk: mount namespaces cannot be made here");

for (let seed = Number(firstSeed); seed < Number(firstSeed) + Number(trials); seed++) {
  const undos: (() => Promise<void> | void)[] = [];
  try {
    const trial = await runTrial({ after: (undo) => undos.push(undo) }, seed);
    const fault = faultOf(trial);
    if (fault !== null) failed++;
    const { atMs, lengthMs, served, unreported, result } = trial;
    const counts = `${result.total.requests} of ${served} requests in the result${unreported > 0 ? `, ${unreported} could not be` : ""}`;
    console.log(
      `${fault === null ? "ok  " : "FAIL"} seed ${seed}: ${trial.load}, ${trial.fault} at ${atMs} ms for ${lengthMs} ms: ${fault ?? counts}`,
    );
  } catch (error) {
    failed++;
    console.log(`FAIL seed ${seed}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    for (const undo of undos) await undo();
  }
}
console.log(`${Number(trials) - failed} of ${trials} trials as promised`);
process.exitCode = failed > 0 ? 1 : 0;
