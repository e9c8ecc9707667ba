import { describeValue, isInstance } from "../../core/describe-value.ts";
import { DurationError, parseDuration } from "../../core/duration.ts";
import { InvalidValue, requireOptions } from "../../core/invalid-value.ts";
import { usualMeasureKind } from "../../core/measure-kind.ts";
import type { MeasuredCall, MeasureOptions } from "../../scenario/definition/measure.ts";
import { measurementTags } from "../../scenario/definition/measurement-tags.ts";
import { DataEmptyError } from "../../scenario/shared/data.ts";
import type { VirtualUserClient } from "../http/client.ts";
import { VirtualUserStopped } from "../http/response/failure.ts";
import { mostOpenRequests, TooManyRequests } from "../http/too-many-requests.ts";
import { Measurement, measurementOfCode } from "./measurement.ts";
import { OpenWait, type WaitOwner } from "./open-wait.ts";
import { failureOf, isMistake } from "./thrown.ts";
import { WorkCall } from "./work-call.ts";

const example = 'write await vu.measure("select jobs", () => pool.query("select * from jobs"), { kind: "SQL" })';
const options = ["kind", "tags", "timeout"];
/** A token, like HTTP methods, so that no output has to quote it. */
const validKind = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32}$/;

/** Runs and records the measures of one user. Validates its arguments, because a test may be written in JavaScript. */
export class UserMeasures implements WaitOwner {
  readonly waits = new Set<OpenWait<unknown>>();
  readonly #client: VirtualUserClient;
  readonly #isOfStop: (error: unknown) => boolean;
  #isStopped = false;

  /** @param isOfStop whether an error means that the user must stop; a measure that such an error ends has not failed */
  constructor(client: VirtualUserClient, isOfStop: (error: unknown) => boolean) {
    this.#client = client;
    this.#isOfStop = isOfStop;
  }

  /**
   * Runs `code` as a measure, and records it when it has ended.
   * @returns the result of `code`
   * @throws InvalidValue for an invalid argument; VirtualUserStopped; else the error of `code`
   */
  run<Value>(name: string, code: (call: MeasuredCall) => Value, given: MeasureOptions = {}): Promise<Awaited<Value>> {
    if (this.waits.size >= mostOpenRequests) throw new TooManyRequests();
    const promise = this.#begin(name, code, given);
    // Work that the test does not await has been recorded, and must not end the process.
    promise.catch(() => {});
    return promise;
  }

  async #begin<Value>(
    name: string,
    code: (call: MeasuredCall) => Value,
    given: MeasureOptions,
  ): Promise<Awaited<Value>> {
    const endpoint = { ...checked(name, code, given), name };
    const limitMs = limitOf(name, given) ?? this.#client.usualLimitMs;
    if (this.#isStopped) throw new VirtualUserStopped();
    const measurement = new Measurement(this.#client, endpoint);
    const wait = new OpenWait<Awaited<Value>>(this, measurement, limitMs, "result");
    const call = new WorkCall(wait);
    // Called at the time limit or at the end of the user. The code continues, and may abort its work.
    wait.onFailed = (error) => call.abort(error);
    this.#client.openMeasures++;
    // A custom `then` of the test that throws also rejects this promise.
    const work = new Promise<Awaited<Value>>((settle) =>
      settle(measurementOfCode.run(measurement, code, call) as Awaited<Value>),
    );
    work.then(
      (value) => wait.resolve(value),
      (error: unknown) => {
        wait.onFailed = null;
        if (DataEmptyError.endsUser(error)) wait.interrupt(error);
        else if (isInstance(error, VirtualUserStopped) || this.#isOfStop(error)) wait.interrupt();
        else wait.fail(error, failureOf(error), !isMistake(error));
      },
    );
    try {
      return await wait.promise;
    } finally {
      this.#client.openMeasures--;
    }
  }

  interrupted(): void {
    this.#client.interrupted();
  }

  /** Called when the code of an iteration or a hook has ended. Returns how many measures of this code are still open. */
  leaveOpen(): number {
    let left = 0;
    for (const wait of this.waits) if (wait.leave()) left++;
    return left;
  }

  /** Interrupts all open measures and refuses new ones. */
  abort(): void {
    this.#isStopped = true;
    for (const wait of [...this.waits]) wait.interrupt();
  }
}

function checked(name: unknown, code: unknown, given: unknown) {
  if (typeof name !== "string" || name.trim() === "") {
    const found = typeof name === "string" ? "an empty one" : describeValue(name);
    throw new InvalidValue(`vu.measure: expected a name, found ${found}; ${example}`);
  }
  const where = `vu.measure(${JSON.stringify(name)})`;
  if (typeof code !== "function") {
    throw new InvalidValue(`${where}: expected a function, found ${describeValue(code)}; ${example}`);
  }
  requireOptions(where, given, options, '{ kind: "SQL" }');
  const { kind = usualMeasureKind, tags } = given as MeasureOptions;
  if (typeof kind !== "string" || !validKind.test(kind)) {
    throw new InvalidValue(`${where}: kind is ${describeValue(kind)}; expected one word, such as "SQL"`);
  }
  return { kind, tags: tags === undefined ? undefined : measurementTags(where, { tags }) };
}

/** Returns the limit that the options set, in ms; undefined if they set none. */
function limitOf(name: string, { timeout }: MeasureOptions): number | undefined {
  if (timeout === undefined) return undefined;
  const where = `vu.measure(${JSON.stringify(name)}): timeout`;
  try {
    const limitMs = parseDuration(timeout);
    if (limitMs > 0) return limitMs;
  } catch (cause) {
    if (cause instanceof DurationError) throw new InvalidValue(`${where}: ${cause.message}`, { cause });
    throw cause;
  }
  throw new InvalidValue(`${where} is ${JSON.stringify(timeout)}; expected a time longer than zero`);
}
