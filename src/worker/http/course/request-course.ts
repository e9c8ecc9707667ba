import type { AsyncLocalStorage } from "node:async_hooks";
import { retriesMetric } from "../../../core/thresholds/metrics.ts";
import type { Authenticator } from "../../../scenario/definition/authentication.ts";
import type { Expectation, HttpClient, RequestOptions } from "../../../scenario/definition/http.ts";
import type { VirtualUser } from "../../../scenario/definition/virtual-user.ts";
import type { IntervalRecorder } from "../../../stats/interval-recorder.ts";
import { Sleep } from "../../time/alarm-clock.ts";
import type { OutgoingRequest } from "../engine.ts";
import type { Target } from "../request/target.ts";
import { VirtualUserStopped } from "../response/failure.ts";
import { expecting } from "../response/judgement.ts";
import type { ReceivedResponse } from "../response/response.ts";
import { mostOpenRequests, TooManyRequests } from "../too-many-requests.ts";
import { startedAt } from "../trace/place-in-test.ts";
import type { CourseRules } from "./course-rules.ts";
import type { EditableRequest } from "./editable-request.ts";
import { isIdempotent, RetryRules } from "./retry-rules.ts";
import { UserAuthenticators } from "./user-authenticators.ts";

const oneMore = { kind: "counter", sum: 1 } as const;
/** How often a request is sent again because a response asked for other credentials. */
const mostChallenges = 2;

/** Marks the code that runs in a hook or an authentication; null until one of these runs. */
let inHook: AsyncLocalStorage<true> | null = null;

/** The client that a course belongs to. */
export interface CourseOwner extends HttpClient {
  readonly isStopped: boolean;
  readonly recorder: IntervalRecorder;
  resolve(url: string): Target;
  /** Returns the place in the test of the running code; empty unless requests are traced. */
  placeOfCode(): string;
}

/** The parts of a request that determine its retries and authentication. */
export interface AroundRequest {
  readonly method: string;
  readonly retries: RequestOptions["retries"];
  readonly auth: RequestOptions["auth"];
}

/** Sends a request once. `expect`: how its response is judged. */
type Send = (outgoing: OutgoingRequest, expect: Expectation | undefined) => Promise<ReceivedResponse>;

/** One attempt of a request. */
export interface RequestTry {
  /** The number of the attempt; 1 for the first. */
  readonly attempt: number;
  /** Prepares a request that was built for this attempt, and sends it with `send`. */
  carryOut(request: EditableRequest, expect: Expectation | undefined, send: Send): Promise<ReceivedResponse>;
}

/** The state of a request until its response is final. */
interface Pending {
  readonly authenticator: Authenticator | null;
  readonly retryRules: RetryRules | null;
  retries: number;
  challenges: number;
  /** Whether the request was refused before, and its authenticator was asked for new credentials. */
  wasRefused: boolean;
  /** Whether the request is sent again with other credentials after the latest response. */
  isRepeated: boolean;
}

/**
 * Runs the hooks, the authentication and the retries of the requests of one user. Most users have none.
 *
 *   build -> beforeRequest -> authorize -> send -> afterResponse -> final, or the next attempt
 */
export class RequestCourse {
  readonly #rules: CourseRules;
  readonly #owner: CourseOwner;
  /** The user; null in `setup` and `teardown`. */
  readonly #user: VirtualUser<object> | null;
  readonly #authenticators: UserAuthenticators;
  readonly #delays = new Set<Sleep>();
  /** The number of requests that have begun and are not final. */
  #open = 0;

  constructor(rules: CourseRules, owner: CourseOwner, user: VirtualUser<object> | null) {
    this.#rules = rules;
    this.#owner = owner;
    this.#user = user;
    this.#authenticators = new UserAuthenticators(rules.auth, { vu: user as VirtualUser | null, http: owner });
  }

  /** Whether a hook or an authentication is running. Its own requests have no hooks, credentials or retries. */
  get isInHook(): boolean {
    return inHook?.getStore() === true;
  }

  /**
   * Sends a request until its response is final. `build` builds and sends it for each attempt, and rejects as `send` of a
   * client does.
   * @throws TooManyRequests, InvalidRequest
   */
  send(
    { method, retries, auth }: AroundRequest,
    build: (attempt: RequestTry) => Promise<ReceivedResponse>,
  ): Promise<ReceivedResponse> {
    if (this.#open >= mostOpenRequests) throw new TooManyRequests();
    const retryRules = this.#retryRules(method, retries);
    const authenticator = this.#authenticators.of(auth);
    const pending = { authenticator, retryRules, retries: 0, challenges: 0, wasRefused: false, isRepeated: false };
    this.#open++;
    const place = this.#owner.placeOfCode();
    const repeat = () => this.#repeat(pending, build);
    return (place === "" ? repeat() : startedAt(place, repeat)).finally(() => {
      this.#open--;
    });
  }

  /** Ends the delays before retries. Called when the user is aborted. */
  interrupt(): void {
    for (const delay of this.#delays) delay.look();
  }

  /** Begins a new session, without the credentials of the last one. */
  renew(): void {
    this.#authenticators.renew();
  }

  #retryRules(method: string, retries: RequestOptions["retries"]): RetryRules | null {
    if (retries !== undefined) return new RetryRules(retries);
    return isIdempotent(method) ? this.#rules.retries : null;
  }

  async #repeat(
    pending: Pending,
    build: (attempt: RequestTry) => Promise<ReceivedResponse>,
  ): Promise<ReceivedResponse> {
    for (let attempt = 1; ; attempt++) {
      const response = await build({
        attempt,
        carryOut: (request, expect, send) => this.#carryOut(pending, request, expect, send),
      });
      if (pending.isRepeated) {
        response.discard();
        continue;
      }
      const delayMs = pending.retryRules?.delayMs(response, pending.retries + 1) ?? null;
      if (delayMs === null) return response;
      response.discard();
      await Sleep.begin(delayMs, () => this.#owner.isStopped, this.#delays);
      this.#requireRunning();
      pending.retries++;
      this.#owner.recorder.addMetric(retriesMetric, oneMore);
    }
  }

  async #carryOut(
    pending: Pending,
    request: EditableRequest,
    expect: Expectation | undefined,
    send: Send,
  ): Promise<ReceivedResponse> {
    const { beforeRequest, afterResponse } = this.#rules;
    for (const hook of beforeRequest) await hooked(() => hook(request, this.#user));
    const authenticator = request.headers.hasAuthorization ? null : pending.authenticator;
    if (authenticator !== null) await hooked(() => authenticator.authorize(request));
    this.#requireRunning();
    const outgoing = request.toOutgoing((url) => this.#owner.resolve(url));
    pending.isRepeated = false;
    const response = await send(outgoing, expectationOf(pending, authenticator, request, expect));
    response.retries = pending.retries;
    for (const hook of afterResponse) await hooked(() => hook(response, request, this.#user));
    if (authenticator !== null && response.status === 401 && !pending.isRepeated) {
      await this.#refuse(pending, authenticator, response, request);
    }
    return response;
  }

  /** Asks for new credentials, once. */
  async #refuse(
    pending: Pending,
    authenticator: Authenticator,
    response: ReceivedResponse,
    request: EditableRequest,
  ): Promise<void> {
    if (pending.wasRefused || authenticator.refused === undefined) return;
    pending.wasRefused = true;
    pending.isRepeated = (await hooked(() => authenticator.refused?.(response, request))) === true;
    this.#requireRunning();
  }

  #requireRunning(): void {
    if (this.#owner.isStopped) throw new VirtualUserStopped();
  }
}

/** Returns an expectation with which a response that asks for other credentials, within the limit, has not failed. */
function expectationOf(
  pending: Pending,
  authenticator: Authenticator | null,
  request: EditableRequest,
  expect: Expectation | undefined,
): Expectation | undefined {
  if (authenticator?.challenged === undefined) return expect;
  return expecting((response) => {
    const isChallenge = authenticator.challenged?.(response, request) === true;
    pending.isRepeated = isChallenge && pending.challenges++ < mostChallenges;
    return pending.isRepeated;
  }, expect);
}

/** Runs a hook or an authentication, whose own requests have no hooks, credentials or retries. */
function hooked(code: () => unknown): unknown {
  inHook ??= new (process.getBuiltinModule("node:async_hooks").AsyncLocalStorage)<true>();
  return inHook.run(true, code);
}
