/** What a test imports as `muster-load/aws`. */

import { describeValue } from "../../core/describe-value.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import { env } from "../bundle/environment.ts";
import type { AuthContext, Authentication, Authenticator } from "../definition/authentication.ts";
import type { PendingRequest } from "../definition/request-hooks.ts";
import { type AwsCredentials, amzDate, hashOfBody, signatureV4 } from "./signature-v4.ts";

export type { AwsCredentials } from "./signature-v4.ts";

/** Credentials that expire. They are replaced five minutes before they expire, or after nine tenths of a shorter lifetime. */
export interface ExpiringAwsCredentials extends AwsCredentials {
  /** When the credentials expire; default: never. */
  readonly expiration?: Date | string;
}

/** Returns the credentials of all users of a worker, such as those of an assumed role. */
export type AwsCredentialSource = (context: AuthContext) => ExpiringAwsCredentials | Promise<ExpiringAwsCredentials>;

export interface SigV4Options {
  /** The name of the service in signatures; default "execute-api", which is API Gateway. */
  readonly service?: string;
  /** The region of the service. Default: `AWS_REGION`, or `AWS_DEFAULT_REGION`, in the environment of the master. */
  readonly region?: string;
  /**
   * The credentials to sign with. Default: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` in the
   * environment of the master. A function is called with the first request of each worker, and again before the credentials
   * expire.
   */
  readonly credentials?: AwsCredentials | AwsCredentialSource;
}

const mostEarlyMs = 5 * 60_000;

/**
 * Signs each request with AWS Signature Version 4. With IAM, API Gateway and other AWS services accept only signed requests.
 * Call it at the top level of the test file.
 * @throws InvalidValue without a region or credentials
 */
export function sigV4(options: SigV4Options = {}): Authentication {
  const { service = "execute-api", region = environmentRegion() } = options;
  const scope = { service, region: requiredRegion(region) };
  const { credentials = environmentCredentials() } = options;
  const known = typeof credentials === "function" ? new RenewedCredentials(credentials) : null;
  if (known === null) requireCredentials(credentials);
  return {
    forUser: (context): Authenticator => ({
      authorize(request) {
        const now = known === null ? (credentials as AwsCredentials) : known.of(context);
        return now instanceof Promise ? now.then((one) => sign(request, scope, one)) : sign(request, scope, now);
      },
    }),
  };
}

/** A request that the code of a test sends itself, such as one to CloudWatch in `observe`. */
export interface UnsignedRequest {
  /** The method; default "POST". */
  readonly method?: string;
  /** The whole URL. */
  readonly url: string;
  /** All headers that will be sent, except `host` and those that `signedHeaders` adds. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface SignedHeadersOptions {
  /** The name of the service in signatures, such as "monitoring", which is CloudWatch. */
  readonly service: string;
  /** The region; default: as in `sigV4`. */
  readonly region?: string;
  /** The credentials; default: as in `sigV4`, read with each call. */
  readonly credentials?: AwsCredentials;
}

/**
 * Returns the headers of a request, with those of AWS Signature Version 4. It is for code that does not send its requests as
 * a user, such as a function of `observe`.
 * @throws InvalidValue without a region or credentials
 */
export function signedHeaders(request: UnsignedRequest, options: SignedHeadersOptions): Record<string, string> {
  const { service, region = environmentRegion(), credentials = environmentCredentials() } = options;
  requireCredentials(credentials);
  const { method = "POST", url, headers = {}, body = "" } = request;
  const { host, pathname, search } = new URL(url);
  const date = amzDate(Date.now());
  const { sessionToken } = credentials;
  const all = {
    ...headers,
    "x-amz-date": date,
    ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
  };
  const signed = Object.entries({ host, ...all });
  const parts = { method, path: pathname, query: search.slice(1), headers: signed, bodyHash: hashOfBody(body) };
  const scope = { service, region: requiredRegion(region) };
  return { ...all, authorization: signatureV4(parts, date, scope, credentials) };
}

function environmentRegion(): string {
  return env("AWS_REGION", env("AWS_DEFAULT_REGION"));
}

/** @throws InvalidValue */
function requiredRegion(region: unknown): string {
  if (typeof region === "string" && region !== "") return region;
  throw new InvalidValue('sigV4: there is no region: give { region: "eu-west-1" }, or set AWS_REGION');
}

function sign(
  request: PendingRequest,
  scope: { readonly service: string; readonly region: string },
  credentials: AwsCredentials,
): void {
  // A plus is a space for some services and a plus for others; the signature would be right for only one of the two.
  const mark = request.url.indexOf("?");
  if (mark >= 0) request.url = request.url.slice(0, mark) + request.url.slice(mark).replaceAll("+", "%20");
  const { host, pathname, search } = new URL(request.url);
  const { method, headers, body } = request;
  const date = amzDate(Date.now());
  const bodyHash = hashOfBody(body);
  headers.set("x-amz-date", date);
  if (credentials.sessionToken !== undefined) headers.set("x-amz-security-token", credentials.sessionToken);
  if (scope.service === "s3") headers.set("x-amz-content-sha256", bodyHash);
  const own = headers.entries();
  const all = headers.get("host") === undefined ? [["host", host] as const, ...own] : own;
  const parts = { method, path: pathname, query: search.slice(1), headers: all, bodyHash };
  headers.set("authorization", signatureV4(parts, date, scope, credentials));
}

/** A call of the source of credentials that has not ended. */
interface Renewal {
  readonly by: AuthContext;
  readonly credentials: Promise<AwsCredentials>;
}

/** Credentials that all users of this worker share, until they expire. */
class RenewedCredentials {
  readonly #source: AwsCredentialSource;
  #current: AwsCredentials | null = null;
  #renewAtMs = 0;
  #pending: Renewal | null = null;

  constructor(source: AwsCredentialSource) {
    this.#source = source;
  }

  of(context: AuthContext): AwsCredentials | Promise<AwsCredentials> {
    if (this.#current !== null && Date.now() < this.#renewAtMs) return this.#current;
    return this.#renewed(context);
  }

  /** Waits for the call of another user, if there is one. If that user had to stop, this user calls the source. */
  async #renewed(context: AuthContext): Promise<AwsCredentials> {
    for (;;) {
      this.#pending ??= this.#renewal(context);
      const { by, credentials } = this.#pending;
      try {
        return await credentials;
      } catch (error) {
        if (by === context || by.vu?.signal.aborted !== true) throw error;
      }
    }
  }

  #renewal(by: AuthContext): Renewal {
    const credentials = this.#renew(by).finally(() => {
      this.#pending = null;
    });
    return { by, credentials };
  }

  async #renew(context: AuthContext): Promise<AwsCredentials> {
    const credentials = await this.#source(context);
    requireCredentials(credentials);
    const { expiration } = credentials;
    const nowMs = Date.now();
    const lifetimeMs = expiration === undefined ? Number.POSITIVE_INFINITY : new Date(expiration).getTime() - nowMs;
    if (Number.isNaN(lifetimeMs)) throw new InvalidValue(`sigV4: ${describeValue(expiration)} is not a date`);
    this.#renewAtMs = nowMs + lifetimeMs - Math.min(mostEarlyMs, lifetimeMs / 10);
    this.#current = credentials;
    return credentials;
  }
}

function environmentCredentials(): AwsCredentials {
  const accessKeyId = env("AWS_ACCESS_KEY_ID");
  const secretAccessKey = env("AWS_SECRET_ACCESS_KEY");
  const sessionToken = env("AWS_SESSION_TOKEN");
  if (accessKeyId === "" || secretAccessKey === "") {
    throw new InvalidValue(
      "sigV4: there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY where the master starts, or give { credentials }",
    );
  }
  return sessionToken === "" ? { accessKeyId, secretAccessKey } : { accessKeyId, secretAccessKey, sessionToken };
}

/** @throws InvalidValue */
function requireCredentials(given: unknown): asserts given is ExpiringAwsCredentials {
  if (typeof given !== "object" || given === null) {
    throw new InvalidValue(
      `sigV4: the credentials are ${describeValue(given)}; expected { accessKeyId, secretAccessKey }`,
    );
  }
  const { accessKeyId, secretAccessKey, sessionToken = "" } = given as Record<string, unknown>;
  for (const [name, value] of Object.entries({ accessKeyId, secretAccessKey, sessionToken })) {
    if (typeof value === "string" && (value !== "" || name === "sessionToken")) continue;
    throw new InvalidValue(`sigV4: ${name} is ${value === "" ? "empty" : describeValue(value)}; expected a string`);
  }
}
