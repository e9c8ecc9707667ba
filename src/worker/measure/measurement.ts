import { AsyncLocalStorage } from "node:async_hooks";
import { failureKinds } from "../../core/failure-kind.ts";
import { nestedKind, onStopKind } from "../../core/measure-kind.ts";
import type { EndpointRecorder } from "../../stats/endpoint-recorder.ts";
import type { IntervalRecorder } from "../../stats/interval-recorder.ts";
import type { RequestTimes } from "../http/request-times.ts";
import type { Failure } from "../http/response/failure.ts";
import type { OpenGroup } from "../user/open-group.ts";
import type { UserSlices } from "../user/slices.ts";

/** When the first work of an iteration was due, and when the iteration was started or queued: see `VirtualUserClient`. */
export interface IterationDue {
  readonly dueMs: number;
  readonly actedMs: number;
}

/** A measured endpoint that is not an HTTP request. */
export interface MeasuredEndpoint {
  readonly kind: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>> | undefined;
}

/** The user that a measurement belongs to. */
export interface MeasurementOwner {
  readonly recorder: IntervalRecorder;
  /** The group of the code that runs now; null outside of groups. */
  readonly group: OpenGroup | null;
  readonly slices: UserSlices | null;
  /** Whether `onStop` of the user has begun. */
  readonly isOfOnStop: boolean;
  /** Returns when the iteration was due, for the first work in it; else null. */
  takeDue(): IterationDue | null;
  touchedByStall(fromMs: number, endedMs: number): boolean;
  /** Returns the position, in the files of the test, of the code that runs now; empty unless measurements are traced. */
  placeOfCode(): string;
  /** Called after a measurement was recorded. */
  measured(ended: EndedMeasurement): void;
}

export interface EndedMeasurement extends MeasuredEndpoint {
  /** Whether other work was measured inside this work. */
  readonly isNested: boolean;
  /** The path of the group; empty outside of groups. */
  readonly group: string;
  /** The position in the files of the test where the work began; empty unless measurements are traced. */
  readonly place: string;
  readonly durationMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly failure: Failure | null;
}

const noPhases = { phaseMs: () => null };

/**
 * One piece of work from its start to its end, recorded like a request. Its service time counts from its start. Its response
 * time counts from when the iteration was due if it is the first work of the iteration. Times are those of `performance.now()`.
 */
export class Measurement {
  readonly #owner: MeasurementOwner;
  readonly #endpoint: MeasuredEndpoint;
  readonly #group: OpenGroup | null;
  readonly #place: string;
  readonly #startedMs: number;
  readonly #isOfOnStop: boolean;
  /** When the first work inside this work is due: when this work was due. Null once that first work has begun. */
  #due: IterationDue | null;
  readonly #intendedMs: number;
  /** Whether other work was measured inside this work. */
  #isNested = false;

  constructor(owner: MeasurementOwner, endpoint: MeasuredEndpoint) {
    this.#owner = owner;
    this.#endpoint = endpoint;
    this.#group = owner.group;
    this.#isOfOnStop = owner.isOfOnStop;
    this.#place = owner.placeOfCode();
    this.#startedMs = performance.now();
    this.#due = owner.takeDue();
    this.#intendedMs = this.#due?.dueMs ?? this.#startedMs;
    this.#group?.requestBegan(this.#startedMs);
  }

  /** Called when a request or another measurement begins inside this work. For the first one, returns when it was due. */
  contains(): IterationDue | null {
    const due = this.#due;
    this.#isNested = true;
    this.#due = null;
    return due;
  }

  /**
   * Ends and records the work.
   * @param times the times of the phases; null if the work has none
   * @param status the number or the name by which thresholds select; 0 for none
   */
  end(
    failure: Failure | null,
    bytesIn: number,
    bytesOut: number,
    times: RequestTimes | null = null,
    status: number | string = 0,
  ): void {
    const endedMs = performance.now();
    this.#group?.requestEnded(endedMs);
    const [serviceMs, responseMs] = [endedMs - this.#startedMs, endedMs - this.#intendedMs];
    const isTimed = !this.#owner.touchedByStall(this.#intendedMs, endedMs);
    const { recorder } = this.#owner;
    const { kind, name } = this.#endpoint;
    const recorded = this.#isNested ? nestedKind(kind) : kind;
    const endpoint = recorder.endpoint(this.#isOfOnStop ? onStopKind(recorded) : recorded, name);
    if (isTimed) endpoint.record(serviceMs * 1_000, responseMs * 1_000, bytesIn, bytesOut);
    else endpoint.recordUntimed(bytesIn, bytesOut);
    if (isTimed) times?.recordPhases(endpoint.phases);
    const position = failure === null ? -1 : failureKinds.indexOf(failure.kind);
    if (failure !== null) {
      recorder.failure(endpoint, failure.kind, failure.message);
      this.#group?.requestFailed(position);
    }
    this.#recordSlices(endpoint, {
      ...{ status, serviceMicros: serviceMs * 1_000, responseMicros: responseMs * 1_000, bytesIn, bytesOut },
      ...{ failure: position, phases: times ?? noPhases, isTimed },
    });
    const group = this.#group?.path ?? "";
    this.#owner.measured({
      ...{ ...this.#endpoint, isNested: this.#isNested, group, place: this.#place },
      ...{ durationMs: serviceMs, bytesIn, bytesOut, failure },
    });
  }

  get startedMs(): number {
    return this.#startedMs;
  }

  /** Ends the work without a record, because its user was stopped. */
  interrupt(): void {
    this.#group?.requestEnded(performance.now());
  }

  #recordSlices(endpoint: EndpointRecorder, ended: Parameters<NonNullable<ReturnType<UserSlices["of"]>>["record"]>[0]) {
    // The parts of nested work are in slices already, except where a threshold names this endpoint.
    const { kind } = this.#endpoint;
    const named = { method: this.#isOfOnStop ? onStopKind(kind) : kind, name: endpoint.name };
    const slices = this.#owner.slices?.of(named, this.#endpoint.tags, this.#group?.path, this.#isNested);
    slices?.record(ended);
  }
}

/** Records a failure that belongs to no wait, such as a lost connection. It counts, but has no time. */
export function recordUntimedFailure(
  { recorder, slices }: Pick<MeasurementOwner, "recorder" | "slices">,
  { kind, name, tags }: MeasuredEndpoint,
  failure: Failure,
): void {
  const endpoint = recorder.endpoint(kind, name);
  endpoint.recordUntimed(0, 0);
  recorder.failure(endpoint, failure.kind, failure.message);
  slices?.of(endpoint, tags)?.record({
    ...{ status: 0, serviceMicros: 0, responseMicros: 0, bytesIn: 0, bytesOut: 0 },
    ...{ failure: failureKinds.indexOf(failure.kind), phases: noPhases, isTimed: false },
  });
}

/** The measurement whose code runs now. It follows the code through every `await`. */
export const measurementOfCode = new AsyncLocalStorage<Measurement>();
