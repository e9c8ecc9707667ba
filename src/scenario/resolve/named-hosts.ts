import { parseAddress } from "../../core/hosts/address.ts";
import { isMetadata, plainHost } from "../../core/hosts/host-rules.ts";

/** A URL up to its host. One whose host a template completes has no end here, and is left out. */
const urls = /\b(?:https?|wss?):\/\/(?:[^\s"'`\\/?#@<>${}]*@)?(\[[0-9a-f:.]+\]|[\w.-]*\w)(?=[:/?#"'`\s\\]|$)/gi;
/** A whole text that is a name with a dot, or "localhost", and maybe a port. */
const names = /(?<=["'`])((?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*|localhost)(?=(?::\d{1,5})?["'`])/gi;
/** esbuild names the file of each part of a bundle in a comment of its own line. */
const partStart = /^\/\/ (?=\S*[./]\S*$)/m;

/**
 * The hosts that a test names in its own text: in URLs, and as texts. What packages name, and URLs that are made of parts, does
 * not count.
 * @param source the bundle of the test
 */
export function hostsIn(source: string): string[] {
  const code = source.replace(/^\/\/# sourceMappingURL=.*$/m, "");
  const own = code.split(partStart).filter((part) => !part.slice(0, part.indexOf("\n")).includes("node_modules/"));
  return hostsOf(own.flatMap((part) => [part.matchAll(urls), part.matchAll(names)]));
}

/** The hosts in values of variables that a test reads: whole texts, and URLs. */
export function hostsInValues(values: readonly (string | null)[]): string[] {
  const texts = values.filter((value) => value !== null).map((value) => `"${value}"`);
  return hostsOf(texts.flatMap((text) => [text.matchAll(urls), text.matchAll(names)]));
}

function hostsOf(found: readonly Iterable<RegExpMatchArray>[]): string[] {
  const hosts = found.flatMap((matches) => [...matches].map((match) => normalized(match[1] ?? "")));
  return [...new Set(hosts)].filter((host) => {
    const address = parseAddress(host);
    return host !== "" && (address === null || !isMetadata(address));
  });
}

/** As the URL parser writes it: 0x7f.1 is 127.0.0.1. */
function normalized(host: string): string {
  return plainHost(URL.parse(`http://${host}/`)?.hostname ?? "");
}
