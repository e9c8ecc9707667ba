import { isOfOnStop } from "../../../core/measure-kind.ts";
import type { IntervalRecorder } from "../../../stats/interval-recorder.ts";
import type { HttpEngine, OutgoingRequest } from "../engine.ts";
import type { RequestRows, RowPlace } from "./request-rows.ts";
import { RequestSpan } from "./request-span.ts";
import { type TraceIds, traceparentOf } from "./trace-ids.ts";
import { type EndedRequest, type RequestWatcher, responseMsOf, watchedEngine } from "./watched-engine.ts";

export interface WatchRules {
  readonly ids: TraceIds;
  /** The share of requests whose `traceparent` says that they are sampled; 0 adds no header. */
  readonly traceSample: number;
  readonly recorder: Pick<IntervalRecorder, "slowest">;
  /** Returns the milliseconds since the start of the run. */
  readonly sinceStartMs: () => number;
  /** The requests that the master wants individually; null if it wants none. */
  readonly rows: Pick<RequestRows, "add"> | null;
}

/** Adds traces to the requests of one user class, keeps the slowest of the sampled requests, and logs requests. */
export class RequestWatch implements RequestWatcher {
  readonly traceparent?: () => string;
  readonly #rules: WatchRules;
  readonly #place: RowPlace;

  constructor(rules: WatchRules, place: RowPlace) {
    const { ids, traceSample } = rules;
    this.#rules = rules;
    this.#place = place;
    if (traceSample === 0) return;
    this.traceparent = () => {
      const made = ids.next();
      return traceparentOf(made, made.position < traceSample);
    };
  }

  begin(request: OutgoingRequest): RequestSpan {
    const { ids, traceSample } = this.#rules;
    return RequestSpan.of(request, ids, traceSample);
  }

  ended(ended: EndedRequest): void {
    const { span, exchange, asked } = ended;
    this.#rules.rows?.add(ended, this.#place);
    if (span.isSampled && !exchange.isStalled && !isOfOnStop(asked.endpoint)) this.#offer(ended);
  }

  #offer(ended: EndedRequest): void {
    const { span, exchange, status } = ended;
    const { endpoint } = ended.asked;
    const { recorder, sinceStartMs } = this.#rules;
    const { serviceMs } = exchange.times;
    const responseMs = responseMsOf(ended);
    if (!recorder.slowest.takes(endpoint, responseMs)) return;
    recorder.slowest.add({
      method: endpoint.method,
      name: endpoint.name,
      atMs: Math.max(0, Math.round(sinceStartMs())),
      worker: 0,
      user: exchange.user,
      status,
      serviceMs,
      responseMs,
      traceId: span.traceId,
    });
  }
}

/** The engines of a run that traces or logs its requests: one for each class of users. */
export class WatchedEngines {
  readonly #engine: HttpEngine;
  readonly #rules: WatchRules;
  readonly #byPlace = new Map<string, HttpEngine>();

  constructor(engine: HttpEngine, rules: WatchRules) {
    this.#engine = engine;
    this.#rules = rules;
  }

  of(scenario: string, className: string): HttpEngine {
    const key = `${scenario}\n${className}`;
    let engine = this.#byPlace.get(key);
    if (engine === undefined) {
      engine = watchedEngine(this.#engine, new RequestWatch(this.#rules, { scenario, className }));
      this.#byPlace.set(key, engine);
    }
    return engine;
  }
}
