import { describeValue } from "../../../core/describe-value.ts";
import type { PendingRequest } from "../../../scenario/definition/request-hooks.ts";
import { BodySegments, type OutgoingBody } from "../body-segments.ts";
import { OutgoingRequest } from "../engine.ts";
import { staysWithOrigin } from "../request/credentials.ts";
import { InvalidRequest } from "../request/invalid-request.ts";
import type { RequestHeaders } from "../request/request-headers.ts";
import type { Target } from "../request/target.ts";

type Tags = Readonly<Record<string, string>>;

const noTags: Tags = {};

interface RequestFacts {
  readonly name: string;
  readonly tags: Tags | undefined;
  /** Whether a redirect has led to another origin: then hooks add no credentials. */
  readonly isElsewhere: boolean;
  readonly attempt: number;
}

/** A request that was built and can still be changed. */
export class EditableRequest implements PendingRequest {
  readonly method: string;
  readonly name: string;
  readonly tags: Tags;
  readonly attempt: number;
  readonly headers: RequestHeaders;
  url: string;
  body: PendingRequest["body"];
  readonly #built: OutgoingRequest;
  /** The headers, before hooks see them, of a request that a redirect has led to another origin; null for any other request. */
  readonly #before: ReadonlySet<string> | null;

  /** `built` has `headers` as its headers. */
  constructor(built: OutgoingRequest, headers: RequestHeaders, { name, tags, isElsewhere, attempt }: RequestFacts) {
    this.#built = built;
    this.#before = isElsewhere ? new Set(headers.entries().map(joined)) : null;
    this.method = built.method;
    this.name = name;
    this.tags = tags ?? noTags;
    this.attempt = attempt;
    this.headers = headers;
    this.url = built.origin + built.path;
    this.body = built.body;
  }

  /**
   * Returns the request to send.
   * @param resolve `Routes.resolve`
   * @throws InvalidRequest for a URL or a body that cannot be sent
   */
  toOutgoing(resolve: (url: string) => Target): OutgoingRequest {
    const { method, origin, path, kind } = this.#built;
    const target = this.url === origin + path ? null : resolve(this.url);
    // A hook that chooses another origin knows who gets the credentials.
    const isChosen = target !== null && target.origin !== origin;
    if (this.#before !== null && !isChosen) this.#dropNewCredentials(this.#before);
    else if (target !== null) this.headers.authorize(target.authorization);
    const body = bodyToSend(this.body);
    if (this.headers.hasLength) this.headers.checkLength(body);
    return new OutgoingRequest(method, target?.origin ?? origin, target?.path ?? path, this.headers, body, kind);
  }

  #dropNewCredentials(before: ReadonlySet<string>): void {
    for (const header of this.headers.entries()) {
      if (!before.has(joined(header)) && staysWithOrigin(...header)) this.headers.delete(header[0]);
    }
  }
}

function joined([name, value]: readonly [name: string, value: string]): string {
  return `${name.toLowerCase()}: ${value}`;
}

function bodyToSend(body: PendingRequest["body"]): OutgoingBody {
  if (body === null || typeof body === "string" || body instanceof Uint8Array || body instanceof BodySegments) {
    return body;
  }
  throw new InvalidRequest(`the body that beforeRequest set is ${describeValue(body)}; expected a string or bytes`);
}
