import { parseAddress } from "../../core/hosts/address.ts";
import { isMetadata, plainHost } from "../../core/hosts/host-rules.ts";

/** Matches a URL up to its host. A URL whose host is completed by a template has no end here, and is left out. */
const urls = /\b(?:https?|wss?):\/\/(?:[^\s"'`\\/?#@<>${}]*@)?(\[[0-9a-f:.]+\]|[\w.-]*\w)(?=[:/?#"'`\s\\]|$)/gi;
/** Matches a whole text that is a name with a dot, or "localhost", with or without a port. */
const names = /(?<=["'`])((?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*|localhost)(?=(?::\d{1,5})?["'`])/gi;
/** esbuild names the file of each part of a bundle in a comment on its own line. */
const partStart = /^\/\/ (?=\S*[./]\S*$)/m;

/**
 * Returns the hosts that a test names in its own text: in URLs, and as whole texts. Hosts that packages name, and URLs that
 * are composed of parts, do not count.
 * @param source the bundle of the test
 */
export function hostsIn(source: string): string[] {
  const code = source.replace(/^\/\/# sourceMappingURL=.*$/m, "");
  const own = code.split(partStart).filter((part) => !part.slice(0, part.indexOf("\n")).includes("node_modules/"));
  return hostsOf(own.flatMap((part) => [part.matchAll(urls), part.matchAll(names)]));
}

/** Returns the hosts in values of variables that a test reads: in URLs, and as whole texts. */
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

/** Returns a host as the URL parser writes it: 0x7f.1 is 127.0.0.1. */
function normalized(host: string): string {
  return plainHost(URL.parse(`http://${host}/`)?.hostname ?? "");
}
