import * as z from "zod";
import type { AskedOfRun, Baseline } from "../report/result/baseline.ts";
import { buildBaseline } from "../report/result/build-baseline.ts";
import { runFacts } from "../report/result/run-facts.ts";
import { extentOf, storedSteering } from "../report/result/stored-run-data.ts";
import { findRun } from "../store/find-run.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";

/** The parts of a result that a baseline contains. They are the same in results of all versions. */
const knownResult = z.object({
  verdict: z.string(),
  peakUsers: z.int(),
  run: z.object({
    durationMs: z.number(),
    loadMs: z.number().exactOptional(),
    workers: z.int(),
    musterVersion: z.string(),
  }),
});

/** Makes a baseline of the run that `word` names. @throws StoreError when it names no run; ConfigurationError when it names several */
export function baselineOfRun(store: Store, word: string): Baseline {
  const run = store.run(findRun(store.runs(), word).id) as RunRecord;
  const { data: result } = knownResult.safeParse(run.result);
  using reader = store.reader(run.id);
  const asked = askedOfRun(run, reader.controls());
  // Without a result, the run was killed or is still in progress.
  const { durationMs, peak } =
    result === undefined ? extentOf(reader.windows()) : { ...loadOf(result, asked), peak: result.peakUsers };
  return buildBaseline(
    {
      id: run.id,
      name: run.name,
      test: run.testName,
      profile: run.profile,
      host: run.host,
      startedAt: run.startedAt ?? run.createdAt,
      durationMs,
      workers: result?.run.workers ?? reader.workers().length,
      peakUsers: peak,
      verdict: result?.verdict ?? null,
      musterVersion: result?.run.musterVersion ?? null,
      ...asked,
    },
    reader.windows(),
    reader.observed().series,
  );
}

/**
 * Returns how long the load lasted, without the time in which its last iterations end, which would lower its rates. If the user
 * has changed the load, returns the whole duration, because a pause is part of the sections.
 */
function loadOf({ run }: z.infer<typeof knownResult>, { asked }: { readonly asked?: AskedOfRun }) {
  return { durationMs: asked?.wasSteered === true ? run.durationMs : (run.loadMs ?? run.durationMs) };
}

/** Returns the settings of a run; nothing for a run of a version that did not store its facts. */
function askedOfRun(
  { facts, bundleHash }: RunRecord,
  controls: Parameters<typeof storedSteering>[0],
): { asked?: AskedOfRun } {
  const { success, data } = runFacts.safeParse(facts);
  if (!success) return {};
  const { plan, classes, unverified } = data;
  const asked = { codeHash: bundleHash, plan, classes, wasSteered: storedSteering(controls).length > 0 };
  return { asked: unverified.length === 0 ? asked : { ...asked, insecure: unverified } };
}
