import { endedChildrenCpuSeconds } from "../machine/process-account.ts";
import { TemporaryFolder } from "../machine/temporary-folder.ts";
import type { Nginx } from "../target/nginx.ts";
import type { Generator, Measured, Trial } from "./generator.ts";

/** One run of one generator, beside what nginx says of it. */
export interface RoundFigure extends Measured {
  readonly name: string;
  /** What nginx has served more than the generator reports. */
  readonly uncounted: number;
  /** CPU time of nginx by the seconds of the load: near 1, the server was the limit. */
  readonly serverShare: number;
  /** CPU time of all the generator's processes by its requests, from start to end. */
  readonly cpuMicrosPerRequest: number;
  /** What does not add up; empty when all does. */
  readonly faults: readonly string[];
}

export async function runRound(
  generator: Generator,
  nginx: Nginx,
  load: Pick<Trial, "variant" | "users" | "seconds">,
): Promise<RoundFigure> {
  await using folder = await TemporaryFolder.create();
  const certificateFile = nginx.certificate?.certificateFile ?? null;
  const trial: Trial = { ...load, origin: nginx.origin, folder: folder.path, certificateFile };
  const before = await nginx.quiet();
  const cpuBefore = await nginx.cpuSeconds();
  const ownCpuBefore = await endedChildrenCpuSeconds();
  const measured = await generator.run(trial);
  const ownCpuSeconds = (await endedChildrenCpuSeconds()) - ownCpuBefore;
  const after = await nginx.quiet();
  const serverShare = ((await nginx.cpuSeconds()) - cpuBefore) / trial.seconds;
  const uncounted = after.requests - before.requests - measured.requests;
  const faults = [
    ...countFaults(measured, uncounted, generator.mostUncounted(trial)),
    ...(certificateFile === null ? byteFaults(measured, await nginx.responseBytes()) : []),
  ];
  const cpuMicrosPerRequest = (ownCpuSeconds * 1e6) / measured.requests;
  return { ...measured, name: generator.name, uncounted, serverShare, cpuMicrosPerRequest, faults };
}

function countFaults({ requests, failures }: Measured, uncounted: number, mostUncounted: number): string[] {
  const faults: string[] = [];
  if (uncounted < 0 || uncounted > mostUncounted) {
    faults.push(`reports ${requests} requests, nginx served ${requests + uncounted}`);
  }
  if (requests === 0) faults.push("no request");
  if (failures > 0) faults.push(`${failures} failures`);
  return faults;
}

/** All answers are of one size. */
function byteFaults({ requests, bytesIn }: Measured, responseBytes: number): string[] {
  if (bytesIn === undefined || bytesIn === requests * responseBytes) return [];
  return [`reports ${bytesIn} bytes in, nginx sent ${requests} x ${responseBytes}`];
}
