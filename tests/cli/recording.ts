import type { HarEntry } from "../../src/cli/convert/har.ts";

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

/** One entry of a HAR file. */
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
}: Recorded): HarEntry {
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
