import type { Expectation } from "../../scenario/definition/http.ts";
import type { EndpointRecorder } from "../../stats/endpoint-recorder.ts";
import type { OpenGroup } from "../user/open-group.ts";
import type { RequestSlices } from "../user/slices.ts";
import type { OutgoingRequest } from "./engine.ts";
import type { ReceivedResponse } from "./response/response.ts";
import type { ResponseStream } from "./stream/response-stream.ts";
import type { TimeLimits } from "./time-limits.ts";

/** A pending request: the request, how its response is checked, and the promise that settles with the result. */
export class AskedRequest {
  readonly request: OutgoingRequest;
  readonly endpoint: EndpointRecorder;
  readonly limits: TimeLimits;
  readonly expect: Expectation | undefined;
  /** The parts of the requests that thresholds select and that include this one; null for most tests. */
  readonly slices: RequestSlices | null;
  /** The group in which the test made the request; null outside of groups. */
  readonly group: OpenGroup | null;
  /** The body on its way to the test; null for most requests, whose response is passed on when it is complete. */
  readonly stream: ResponseStream | null;
  readonly response: Promise<ReceivedResponse>;
  resolve!: (response: ReceivedResponse) => void;
  reject!: (error: Error) => void;

  constructor(
    request: OutgoingRequest,
    endpoint: EndpointRecorder,
    limits: TimeLimits,
    expect: Expectation | undefined,
    slices: RequestSlices | null,
    group: OpenGroup | null,
    stream: ResponseStream | null,
  ) {
    this.request = request;
    this.endpoint = endpoint;
    this.limits = limits;
    this.expect = expect;
    this.slices = slices;
    this.group = group;
    this.stream = stream;
    // V8 inlines this, but not `Promise.withResolvers`.
    this.response = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}
