import { OutgoingRequest } from "../engine.ts";
import type { Failure } from "../response/failure.ts";
import { parseTraceparent, type RequestIds, type TraceIds, traceparentOf } from "./trace-ids.ts";

const header = "traceparent";

/** One request of a run that traces or logs its requests. */
export class RequestSpan {
  /** The request as it is sent. */
  readonly request: OutgoingRequest;
  /** The id of its trace; empty if it has none. */
  readonly traceId: string;
  readonly spanId: string;
  /** Whether its `traceparent` says that the request is sampled. */
  readonly isSampled: boolean;
  /** The position of the request in [0, 1) for samples: see `RequestIds`. */
  readonly position: number;
  /** Why the request failed; null if it has not failed. */
  failure: Failure | null = null;

  private constructor(
    request: OutgoingRequest,
    ids: Pick<RequestIds, "traceId" | "spanId">,
    isSampled: boolean,
    position: number,
  ) {
    this.request = request;
    this.traceId = ids.traceId;
    this.spanId = ids.spanId;
    this.isSampled = isSampled;
    this.position = position;
  }

  /**
   * Creates the span of a request. A `traceparent` that the test sets itself is kept.
   * @param share the share of requests whose `traceparent` says that they are sampled; 0 adds no header
   */
  static of(request: OutgoingRequest, made: TraceIds, share: number): RequestSpan {
    const ids = made.next();
    const given = ofTest(request);
    if (given !== undefined) {
      const parsed = parseTraceparent(given);
      return new RequestSpan(request, parsed ?? noIds, parsed?.isSampled === true, ids.position);
    }
    if (share === 0) return new RequestSpan(request, noIds, false, ids.position);
    const isSampled = ids.position < share;
    return new RequestSpan(withHeader(request, traceparentOf(ids, isSampled)), ids, isSampled, ids.position);
  }
}

const noIds = { traceId: "", spanId: "" };

/** Returns the `traceparent` that the test has set; undefined if it has set none. */
function ofTest({ headers: { list } }: OutgoingRequest): string | undefined {
  for (let at = 0; at < list.length; at += 2) if (list[at]?.toLowerCase() === header) return list[at + 1];
  return undefined;
}

function withHeader({ method, origin, path, headers, body, kind }: OutgoingRequest, value: string): OutgoingRequest {
  const { list, hasHost, closes, hasConnection, hasLength } = headers;
  const added = { list: [...list, header, value], hasHost, closes, hasConnection, hasLength };
  return new OutgoingRequest(method, origin, path, added, body, kind);
}
