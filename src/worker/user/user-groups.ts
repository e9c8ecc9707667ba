import { describeValue } from "../../core/describe-value.ts";
import { failureKinds } from "../../core/failure-kind.ts";
import { groupSeparator } from "../../core/group-path.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import type { IntervalRecorder } from "../../stats/interval-recorder.ts";
import type { VirtualUserClient } from "../http/client.ts";
import type { UserParts } from "../recorded-parts.ts";
import { groupOfCode, OpenGroup } from "./open-group.ts";

const example = 'write await vu.group("checkout", async () => { … })';
/** The failure of a group that has no failed request, but whose code threw. */
const threw = failureKinds.indexOf("other");

/** Runs and records the groups of one user. Validates its arguments, because a test may be written in JavaScript. */
export class UserGroups {
  readonly #client: VirtualUserClient;
  readonly #recorder: IntervalRecorder;
  readonly #parts: UserParts | null;
  /** Whether the end of the run has interrupted the code of the user. */
  readonly #isInterrupted: (hasThrown: boolean) => boolean;
  /** Whether an error of its code ends the user without a failure. */
  readonly #endsUser: (error: unknown) => boolean;

  constructor(
    client: VirtualUserClient,
    recorder: IntervalRecorder,
    parts: UserParts | null,
    isInterrupted: (hasThrown: boolean) => boolean,
    endsUser: (error: unknown) => boolean,
  ) {
    this.#client = client;
    this.#recorder = recorder;
    this.#parts = parts;
    this.#isInterrupted = isInterrupted;
    this.#endsUser = endsUser;
  }

  /**
   * Runs `code` as a group, and records it when the code has ended.
   * @returns the result of `code`
   * @throws InvalidValue for an invalid argument; else the error of `code`
   */
  async run<Value>(name: string, code: () => Value): Promise<Awaited<Value>> {
    requireName(name);
    if (typeof code !== "function") {
      throw new InvalidValue(
        `vu.group(${JSON.stringify(name)}): expected a function, found ${describeValue(code)}; ${example}`,
      );
    }
    const group = new OpenGroup(name, this.#client.group, performance.now());
    this.#client.openGroups++;
    let hasThrown = false;
    let isInVain = false;
    try {
      return await groupOfCode.run(group, code);
    } catch (error) {
      hasThrown = true;
      isInVain = this.#endsUser(error);
      throw error;
    } finally {
      this.#client.openGroups--;
      if (!isInVain && !this.#isInterrupted(hasThrown)) this.#record(group, hasThrown);
    }
  }

  #record(group: OpenGroup, hasThrown: boolean): void {
    const { path, startedMs } = group;
    const endedMs = performance.now();
    const durationMs = endedMs - startedMs;
    const pausedMs = group.pausedMs(endedMs);
    const activeMs = durationMs - pausedMs;
    const isTimed = !this.#client.touchedByStall(startedMs, endedMs);
    const failure = group.failure >= 0 ? group.failure : hasThrown ? threw : -1;
    const samples = this.#recorder.group(path);
    if (pausedMs > 0) samples.expectOpenLoad();
    if (isTimed) samples.record(activeMs * 1_000, durationMs * 1_000, 0, 0);
    else samples.recordUntimed(0, 0);
    if (failure >= 0) samples.failures[failure] = (samples.failures[failure] ?? 0) + 1;
    this.#parts?.grouped({ path, times: isTimed ? { durationMs, activeMs } : null, hasFailed: failure >= 0 });
  }
}

function requireName(name: string): void {
  if (typeof name !== "string" || name === "") {
    const found = name === "" ? "an empty one" : describeValue(name);
    throw new InvalidValue(`vu.group: expected a name, found ${found}; ${example}`);
  }
  if (!name.includes(groupSeparator)) return;
  const nested = `a name cannot contain ${groupSeparator}, which separates nested groups: call vu.group within vu.group`;
  throw new InvalidValue(`vu.group(${JSON.stringify(name)}): ${nested}`);
}
