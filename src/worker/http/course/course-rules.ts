import type { AuthSetting } from "../../../scenario/definition/authentication.ts";
import type { TestDefinition, UserDefinition } from "../../../scenario/definition/define.ts";
import type { HttpResponse } from "../../../scenario/definition/http.ts";
import type { PendingRequest } from "../../../scenario/definition/request-hooks.ts";
import type { VirtualUser } from "../../../scenario/definition/virtual-user.ts";
import { Network } from "../network/network.ts";
import { DefaultHeaders } from "../request/default-headers.ts";
import { RetryRules } from "./retry-rules.ts";

type BeforeRequest = (request: PendingRequest, vu: VirtualUser<object> | null) => unknown;
type AfterResponse = (response: HttpResponse, request: PendingRequest, vu: VirtualUser<object> | null) => unknown;

/** The hooks, retries and authentication that a test and a class set for the requests of a user. */
export interface CourseRules {
  readonly beforeRequest: readonly BeforeRequest[];
  readonly afterResponse: readonly AfterResponse[];
  /** The retries of requests with an idempotent method; null for none. */
  readonly retries: RetryRules | null;
  /** The authentication; null for requests without credentials. */
  readonly auth: AuthSetting<VirtualUser<object> | null> | null;
}

export const noCourseRules: CourseRules = { beforeRequest: [], afterResponse: [], retries: null, auth: null };

/** Returns null if requests are just sent, as in most tests. */
function courseRulesOf(test: TestDefinition, user: UserDefinition | null): CourseRules | null {
  const beforeRequest = [test.beforeRequest?.bind(test), user?.beforeRequest?.bind(user)].filter(isDefined);
  const afterResponse = [test.afterResponse?.bind(test), user?.afterResponse?.bind(user)].filter(isDefined);
  const retries = user?.retries ?? test.retries ?? 0;
  const auth = user?.auth === undefined ? (test.auth ?? null) : user.auth;
  if (beforeRequest.length + afterResponse.length === 0 && retries === 0 && auth === null) return null;
  return {
    beforeRequest: beforeRequest as BeforeRequest[],
    afterResponse: afterResponse as AfterResponse[],
    retries: retries === 0 ? null : new RetryRules(retries),
    auth: auth as CourseRules["auth"],
  };
}

/** The settings of a test and a class for the client of a user. */
export interface ClassRules {
  readonly headers: DefaultHeaders;
  /** How the connections of the client are opened. */
  readonly network: Network;
  /** The hooks, retries and authentication of requests; null for none. */
  readonly course: CourseRules | null;
  /** Whether each iteration begins without cookies and headers of earlier ones. */
  readonly renewsSession: boolean;
  /** Whether connections are closed at the end of each iteration. */
  readonly renewsConnections: boolean;
}

/**
 * Returns the rules of a class, or of `setup` and `teardown` if `user` is null.
 * @throws InvalidRequest
 */
export function classRulesOf(test: TestDefinition, user: UserDefinition | null): ClassRules {
  const connections = user?.connections ?? test.connections;
  const closing = connections === "request" ? { connection: "close" } : undefined;
  return {
    headers: DefaultHeaders.of(test.headers, user?.headers, closing),
    network: Network.usual.with(test).with(user ?? {}),
    course: courseRulesOf(test, user),
    renewsSession: (user?.session ?? test.session) === "iteration",
    renewsConnections: connections === "iteration",
  };
}

function isDefined<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}
