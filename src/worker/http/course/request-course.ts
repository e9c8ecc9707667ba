import type { AsyncLocalStorage } from "node:async_hooks";
import { retriesMetric } from "../../../core/thresholds/metrics.ts";
import type { RequestOptions } from "../../../scenario/definition/http.ts";
import type { VirtualUser } from "../../../scenario/definition/virtual-user.ts";
import type { IntervalRecorder } from "../../../stats/interval-recorder.ts";
import { Sleep } from "../../time/alarm-clock.ts";
import type { OutgoingRequest } from "../engine.ts";
import type { Target } from "../request/target.ts";
import { VirtualUserStopped } from "../response/failure.ts";
import type { ReceivedResponse } from "../response/response.ts";
import { mostOpenRequests, TooManyRequests } from "../too-many-requests.ts";
import type { CourseRules } from "./course-rules.ts";
import type { EditableRequest } from "./editable-request.ts";
import { isIdempotent, RetryRules } from "./retry-rules.ts";

const oneMore = { kind: "counter", sum: 1 } as const;

/** Tells which code runs in a hook; null until a request with hooks is sent. */
let inHook: AsyncLocalStorage<true> | null = null;

/** The client that a course belongs to. */
export interface CourseOwner {
  readonly isStopped: boolean;
  readonly recorder: IntervalRecorder;
  resolve(url: string): Target;
}

/** One try of a request. */
export interface RequestTry {
  /** 1 for the first. */
  readonly attempt: number;
  /** Prepares a request that was built for this try, and sends it by `send`. */
  carryOut(
    request: EditableRequest,
    send: (outgoing: OutgoingRequest) => Promise<ReceivedResponse>,
  ): Promise<ReceivedResponse>;
}

/**
 * What happens around the requests of one user besides sending them: hooks and retries. Most users have none.
 *
 *   build -> beforeRequest -> send -> afterResponse -> final, or a delay and the next try
 */
export class RequestCourse {
  readonly #rules: CourseRules;
  readonly #owner: CourseOwner;
  /** Null in `setup` and `teardown`. */
  readonly #user: VirtualUser<object> | null;
  readonly #delays = new Set<Sleep>();
  /** The number of requests that have begun and are not final. */
  #open = 0;

  constructor(rules: CourseRules, owner: CourseOwner, user: VirtualUser<object> | null) {
    this.#rules = rules;
    this.#owner = owner;
    this.#user = user;
  }

  /** True while a hook runs, whose own requests have no course. */
  get isInHook(): boolean {
    return inHook?.getStore() === true;
  }

  /**
   * Sends a request until its response is final. `build` builds it for each try, and rejects as `send` of a client does.
   * @throws TooManyRequests, InvalidRequest
   */
  send(
    method: string,
    retries: RequestOptions["retries"],
    build: (attempt: RequestTry) => Promise<ReceivedResponse>,
  ): Promise<ReceivedResponse> {
    if (this.#open >= mostOpenRequests) throw new TooManyRequests();
    const rules = this.#retryRules(method, retries);
    this.#open++;
    return this.#repeat(rules, build).finally(() => {
      this.#open--;
    });
  }

  /** Ends the delays before retries. Called when the user is aborted. */
  interrupt(): void {
    for (const delay of this.#delays) delay.look();
  }

  #retryRules(method: string, retries: RequestOptions["retries"]): RetryRules | null {
    if (retries !== undefined) return new RetryRules(retries);
    return isIdempotent(method) ? this.#rules.retries : null;
  }

  async #repeat(
    rules: RetryRules | null,
    build: (attempt: RequestTry) => Promise<ReceivedResponse>,
  ): Promise<ReceivedResponse> {
    for (let attempt = 1; ; attempt++) {
      const response = await build({ attempt, carryOut: (request, send) => this.#carryOut(request, send) });
      const delayMs = rules === null ? null : rules.delayMs(response, attempt);
      if (delayMs === null) return response;
      await Sleep.begin(delayMs, () => this.#owner.isStopped, this.#delays);
      if (this.#owner.isStopped) throw new VirtualUserStopped();
      this.#owner.recorder.addMetric(retriesMetric, oneMore);
    }
  }

  async #carryOut(
    request: EditableRequest,
    send: (outgoing: OutgoingRequest) => Promise<ReceivedResponse>,
  ): Promise<ReceivedResponse> {
    const { beforeRequest, afterResponse } = this.#rules;
    for (const hook of beforeRequest) await hooked(() => hook(request, this.#user));
    if (this.#owner.isStopped) throw new VirtualUserStopped();
    const response = await send(request.toOutgoing((url) => this.#owner.resolve(url)));
    response.retries = request.attempt - 1;
    for (const hook of afterResponse) await hooked(() => hook(response, request, this.#user));
    return response;
  }
}

/** Runs a hook. Without one that is asynchronous, a request begins in the same turn of the event loop. */
function hooked(hook: () => unknown): unknown {
  inHook ??= new (process.getBuiltinModule("node:async_hooks").AsyncLocalStorage)<true>();
  return inHook.run(true, hook);
}
