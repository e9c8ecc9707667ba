import { describeValue } from "../../../core/describe-value.ts";
import type { PendingRequest } from "../../../scenario/definition/request-hooks.ts";
import { BodySegments, type OutgoingBody } from "../body-segments.ts";
import { OutgoingRequest } from "../engine.ts";
import { InvalidRequest } from "../request/invalid-request.ts";
import type { RequestHeaders } from "../request/request-headers.ts";
import type { Target } from "../request/target.ts";

type Tags = Readonly<Record<string, string>>;

const noTags: Tags = {};

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

  /** `built` has `headers` as its headers. */
  constructor(built: OutgoingRequest, headers: RequestHeaders, name: string, tags: Tags | undefined, attempt: number) {
    this.#built = built;
    this.method = built.method;
    this.name = name;
    this.tags = tags ?? noTags;
    this.attempt = attempt;
    this.headers = headers;
    this.url = built.origin + built.path;
    this.body = built.body;
  }

  /**
   * The request as it is to be sent.
   * @param resolve as `Routes.resolve`
   * @throws InvalidRequest for a URL or a body that cannot be sent
   */
  toOutgoing(resolve: (url: string) => Target): OutgoingRequest {
    const { method, origin, path, kind } = this.#built;
    const target = this.url === origin + path ? null : resolve(this.url);
    if (target !== null) this.headers.authorize(target.authorization);
    const body = bodyToSend(this.body);
    return new OutgoingRequest(method, target?.origin ?? origin, target?.path ?? path, this.headers, body, kind);
  }
}

function bodyToSend(body: PendingRequest["body"]): OutgoingBody {
  if (body === null || typeof body === "string" || body instanceof Uint8Array || body instanceof BodySegments) {
    return body;
  }
  throw new InvalidRequest(`the body that beforeRequest set is ${describeValue(body)}; expected a text or bytes`);
}
