import { readFile } from "node:fs/promises";
import type { TestContext } from "node:test";
import type { Result } from "../../../src/report/result/result-schema.ts";
import type { MusterRun } from "../../support/muster-process.ts";
import type { SampleApi } from "../../support/sample-api.ts";

/** What is attacked: a master with two workers, in the middle of a run against the sample API. */
export interface AttackTarget {
  /** The process of the master, with its log. An attack must not end it. */
  readonly master: MusterRun;
  /** Where workers connect. */
  readonly workerPort: number;
  /** The token that workers need. */
  readonly token: string;
  /** The origin of the web page, without a slash at its end. */
  readonly webUrl: string;
  /** The service under load. An attack must not send it requests: those of the run are compared with what it counted. */
  readonly api: SampleApi;
}

/** One row of the attack table. Several rows attack the same master at the same time. */
export interface Attack {
  /** What is attempted, as a sentence that a report can contain. */
  readonly name: string;
  /** Attacks, and asserts what must happen: not merely that nothing crashed. */
  attack(t: TestContext, target: AttackTarget): Promise<void>;
  /** Asserts what the result of the attacked run says. */
  judge?(result: Result): void;
}

/** The memory of a process of this machine in MB. */
export async function memoryMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
}

/** The start of the names of requests that an attack invents: the service has none of them. */
export const forgedPath = "/forged";
