/** An answer ready to send: body and headers are serialized once, so constant replies cost nothing per request. */
export class Reply {
  readonly status: number;
  readonly body: string;
  readonly bodyBytes: number;
  /** Flat name, value, name, value: the form that `writeHead` takes without copying. */
  readonly headers: readonly string[];

  constructor(status: number, body: string, extraHeaders: readonly string[] = [], type = "application/json") {
    this.status = status;
    this.body = body;
    this.bodyBytes = Buffer.byteLength(body);
    this.headers =
      status === 204 ? extraHeaders : ["content-type", type, "content-length", String(this.bodyBytes), ...extraHeaders];
  }
}

export function jsonReply(status: number, value: unknown): Reply {
  return new Reply(status, JSON.stringify(value));
}

/** An error answer: `{error}`, with the request's field to blame when there is one. */
export function errorReply(status: number, error: string, field?: string, extraHeaders?: readonly string[]): Reply {
  return new Reply(status, JSON.stringify(field === undefined ? { error } : { error, field }), extraHeaders);
}

export const NO_CONTENT = new Reply(204, "");
