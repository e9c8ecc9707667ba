import { countsInTotals } from "../../core/measure-kind.ts";
import { hdrTag } from "../files/hdr-log.ts";

/** The name of an endpoint. A tag is such a name in the format of the tool that wrote it. */
interface EndpointName {
  readonly method: string;
  readonly name: string;
}

/**
 * Finds the endpoint of each tag. It is the endpoint of the other side of the comparison whose tag, title ("GET /jobs") or name
 * equals the tag, if there is only one; otherwise a new endpoint that only this file has. No two tags have the same endpoint.
 */
export function endpointsOfTags(
  tags: Iterable<string>,
  isMusters: boolean,
  others: readonly EndpointName[],
): ReadonlyMap<string, EndpointName> {
  const found = new Map<string, EndpointName>();
  const free = new Set(others);
  const named = [...tags].filter((tag) => tag !== "");
  const forms = [hdrTag, titleOf, (_: string, name: string) => name, (_: string, name: string) => hdrTag("", name)];
  for (const form of forms) {
    const byForm = Map.groupBy(free, ({ method, name }) => form(method, name));
    for (const tag of named) {
      const [only, ...more] = byForm.get(tag) ?? [];
      if (found.has(tag) || only === undefined || more.length > 0) continue;
      found.set(tag, only);
      free.delete(only);
    }
  }
  for (const tag of named) if (!found.has(tag)) found.set(tag, isMusters ? readTag(tag) : { method: "", name: tag });
  return found;
}

function titleOf(method: string, name: string): string {
  return `${method} ${name}`.trim();
}

/** Whether the values of one of muster's tags are the total of others, as in a measure that contains measured work. */
export function isNestedTag(tag: string): boolean {
  return !countsInTotals(readTag(tag));
}

/** The reverse of `hdrTag`. */
function readTag(tag: string): EndpointName {
  const [, method = "", encoded = tag] = /^([^:]+):(.*)$/.exec(tag) ?? [];
  const name = encoded.replace(/(?:%[0-9A-F]{2})+/g, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      return bytes;
    }
  });
  return { method, name };
}
