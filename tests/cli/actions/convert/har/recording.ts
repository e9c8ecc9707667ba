import { readHar } from "../../../../../src/cli/actions/convert/har/har.ts";
import {
  type RecordedSession,
  recordedSession,
  type SessionOptions,
} from "../../../../../src/cli/actions/convert/har/recorded-session.ts";

interface Recorded {
  readonly url: string;
  readonly method?: string;
  readonly type?: string;
  readonly mimeType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly mimeType: string; readonly text: string };
  readonly status?: number;
  readonly atMs?: number;
  readonly time?: number;
}

/** One entry of a HAR file, as a browser writes it. */
export function entry({
  url,
  method = "GET",
  type,
  mimeType,
  headers = {},
  body,
  status = 200,
  atMs = 0,
  time = 10,
}: Recorded) {
  return {
    startedDateTime: new Date(Date.UTC(2026, 0, 1) + atMs).toISOString(),
    time,
    ...(type === undefined ? {} : { _resourceType: type }),
    request: {
      method,
      url,
      headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
      ...(body === undefined ? {} : { postData: body }),
    },
    response: { status, content: { mimeType: mimeType ?? "text/html" } },
  };
}

/** The session that a HAR file with these entries is converted to. `log` has what is beside them: pages, for example. */
export function sessionOf(
  entries: readonly unknown[],
  options: Partial<SessionOptions> = {},
  log: Readonly<Record<string, unknown>> = {},
): RecordedSession {
  const har = readHar("x.har", { log: { version: "1.2", ...log, entries } });
  return recordedSession(har, { origins: [], everything: false, ...options });
}
