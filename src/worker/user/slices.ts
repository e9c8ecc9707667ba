import { phaseNames } from "../../core/request-phase.ts";
import { meets, type TagCondition } from "../../core/thresholds/selector.ts";
import type { SliceDefinition } from "../../core/thresholds/slice.ts";
import type { EndpointRecorder } from "../../stats/endpoint-recorder.ts";
import type { IntervalRecorder } from "../../stats/interval-recorder.ts";
import { canSelect, requestTag } from "./request-tags.ts";

/** A part of the requests that a threshold selects, for the requests of one user. */
interface UserSlice {
  readonly samples: EndpointRecorder;
  /** Conditions that can be checked when a request is sent: name, method and the tags of the request. */
  readonly atSending: readonly TagCondition[];
  /** Conditions that can only be checked when the request has ended. */
  readonly ofStatus: readonly TagCondition[];
  /** The recorded phase, as a position in `phaseNames`; -1 for the metrics that all endpoints have. */
  readonly phase: number;
}

/** A request that has ended, as slices record it. */
export interface SlicedRequest {
  /** The HTTP status code, or the name of the gRPC status. */
  readonly status: number | string;
  readonly serviceMicros: number;
  readonly responseMicros: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** The failure, as a position in `failureKinds`; -1 if the request has not failed. */
  readonly failure: number;
  readonly phases: RequestPhases;
  /** False if the times are left out because the load generator stalled. */
  readonly isTimed: boolean;
}

/** The durations of the phases of a request. */
interface RequestPhases {
  /** Returns the duration of the phase at this position of `phaseNames`; null if the request was never sent. */
  phaseMs(phase: number): number | null;
}

/** The slices that one request can be in. */
export class RequestSlices {
  readonly #slices: readonly UserSlice[];

  constructor(slices: readonly UserSlice[]) {
    this.#slices = slices;
  }

  record(request: SlicedRequest): void {
    const code = String(request.status);
    for (const { samples, ofStatus, phase } of this.#slices) {
      if (!ofStatus.every((condition) => meets(condition, code))) continue;
      if (phase < 0) recordAll(samples, request);
      else if (request.isTimed) recordPhase(samples, request.phases.phaseMs(phase));
    }
  }
}

/** Records all values that endpoints have. */
function recordAll(samples: EndpointRecorder, request: SlicedRequest): void {
  const { serviceMicros, responseMicros, bytesIn, bytesOut, failure, isTimed } = request;
  if (isTimed) samples.record(serviceMicros, responseMicros, bytesIn, bytesOut);
  else samples.recordUntimed(bytesIn, bytesOut);
  if (failure >= 0) samples.failures[failure] = (samples.failures[failure] ?? 0) + 1;
}

function recordPhase(samples: EndpointRecorder, phaseMs: number | null): void {
  if (phaseMs !== null) samples.record(phaseMs * 1_000, phaseMs * 1_000, 0, 0);
}

/** The slices that requests of one user can be in; shared by all users of a class in a scenario. */
export class UserSlices {
  readonly #slices: readonly UserSlice[];

  constructor(slices: readonly UserSlice[]) {
    this.#slices = slices;
  }

  /**
   * Returns the slices of a request; null if there are none.
   * @param group the path of the group of the request: the value of the tag `group` unless the test sets that tag; empty if
   * there is no group
   * @param isNested whether the parts of the request are in slices already; if so, only slices that select it by name apply
   */
  of(
    endpoint: Pick<EndpointRecorder, "method" | "name">,
    tags: Readonly<Record<string, string>> | undefined,
    group = "",
    isNested = false,
  ): RequestSlices | null {
    const tagged = (tag: string) => requestTag(tag, endpoint, tags, group);
    const slices = this.#slices.filter(
      ({ atSending }) =>
        atSending.every((one) => meets(one, tagged(one.tag))) &&
        canSelect(atSending, endpoint) &&
        (!isNested || atSending.some(({ tag, isNot }) => tag === "name" && !isNot)),
    );
    return slices.length === 0 ? null : new RequestSlices(slices);
  }
}

const ofUser: readonly string[] = ["scenario", "class"];

/** The slices of a run. If no threshold selects a part of the requests, requests have no extra cost. */
export class SliceSet {
  readonly #definitions: readonly SliceDefinition[];
  readonly #recorder: IntervalRecorder;
  readonly #byUser = new Map<string, UserSlices | null>();

  constructor(definitions: readonly SliceDefinition[], recorder: IntervalRecorder) {
    this.#definitions = definitions;
    this.#recorder = recorder;
  }

  /** Returns the slices of the users of a class in a scenario; null if their requests are in no slice. */
  of(scenario: string, className: string): UserSlices | null {
    if (this.#definitions.length === 0) return null;
    const key = `${scenario}\n${className}`;
    let slices = this.#byUser.get(key);
    if (slices === undefined) {
      slices = this.#compile(scenario, className);
      this.#byUser.set(key, slices);
    }
    return slices;
  }

  #compile(scenario: string, className: string): UserSlices | null {
    const slices = this.#definitions
      .filter(({ conditions }) =>
        conditions.every((one) => !ofUser.includes(one.tag) || meets(one, one.tag === "class" ? className : scenario)),
      )
      .map(({ key, conditions, phase }) => ({
        samples: this.#recorder.seriesOf(phase === null ? "slice" : "trend", key),
        phase: phase === null ? -1 : phaseNames.indexOf(phase),
        atSending: conditions.filter(({ tag }) => !ofUser.includes(tag) && tag !== "status"),
        ofStatus: conditions.filter(({ tag }) => tag === "status"),
      }));
    return slices.length === 0 ? null : new UserSlices(slices);
  }
}
