import * as z from "zod";
import { ConfigurationError } from "../../core/errors.ts";

const pair = z.object({ name: z.string(), value: z.string() });

const entry = z.object({
  /** ISO 8601. */
  startedDateTime: z.string(),
  /** Ms; -1 when it is not known. */
  time: z.number(),
  /** What the browser made it for: only Chromium says. */
  _resourceType: z.string().optional(),
  request: z.object({
    method: z.string(),
    url: z.string(),
    headers: z.array(pair),
    postData: z.object({ mimeType: z.string(), text: z.string().optional() }).optional(),
  }),
  response: z.object({
    status: z.number(),
    content: z.object({ mimeType: z.string().optional() }).optional(),
  }),
});

/** HTTP Archive 1.2, as far as it is used: http://www.softwareishard.com/blog/har-12-spec/ */
const archive = z.object({ log: z.object({ entries: z.array(entry) }) });

export type HarEntry = z.infer<typeof entry>;

/** The entries of a recording, in the order of time. @throws ConfigurationError when it is none */
export function readHar(file: string, text: string): HarEntry[] {
  const { data, error } = archive.safeParse(parsed(file, text));
  if (error !== undefined) {
    const [issue] = error.issues;
    throw new ConfigurationError(`${file} is no HAR file: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  return data.log.entries.toSorted((a, b) => Date.parse(a.startedDateTime) - Date.parse(b.startedDateTime));
}

function parsed(file: string, text: string): unknown {
  try {
    // Some recorders put a byte order mark first.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new ConfigurationError(`${file} is no HAR file: ${(cause as Error).message}`, { cause });
  }
}
