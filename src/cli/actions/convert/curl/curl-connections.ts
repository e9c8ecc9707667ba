import { curlConnectTo, parseDestination, parsePlace } from "../../../../scenario/connections/connect-to.ts";
import { enclosed, keyCode } from "../code/literals.ts";
import { type CurlCertificates, certificateCode } from "./curl-certificates.ts";
import type { CurlOption } from "./curl-options.ts";

/** `--resolve HOST:PORT:ADDRESS,ADDRESS`; a "+" in front lets the entry time out. */
const resolve = /^\+?(\[[^\]]*\]|[^:]*)(:\d+):(.+)$/;

/** An entry of the option `connectTo` of a test. */
export type ConnectToEntry = readonly [place: string, destinations: readonly string[]];

/** How the requests of a command connect. */
export interface CurlConnections {
  readonly isInsecure: boolean;
  readonly certificates: CurlCertificates | null;
  readonly connectTo: readonly ConnectToEntry[];
}

/** Writes the options of a test that make it connect as its commands do. */
export function connectionCode(commands: readonly CurlConnections[]): string[] {
  const entries = new Map(commands.flatMap((command) => command.connectTo));
  const fields = [...entries].map(([place, destinations]) => {
    const texts = destinations.map((one) => JSON.stringify(one));
    return `${keyCode(place)}: ${texts.length > 1 ? enclosed(texts, "[]", "    ") : texts.join("")}`;
  });
  const tls = [
    ...commands
      .flatMap(({ certificates }) => certificates ?? [])
      .slice(0, 1)
      .flatMap(certificateCode),
    ...(commands.some(({ isInsecure }) => isInsecure) ? ["insecure: true"] : []),
  ];
  return [
    ...(tls.length === 0 ? [] : [`tls: ${enclosed(tls, "{}", "  ")}`]),
    ...(fields.length === 0 ? [] : [`connectTo: ${enclosed(fields, "{}", "  ")}`]),
  ];
}

/** Returns the entry that has the effect of an option; null if there is none. @param hostname the host of the URL */
export function connectToEntry({ name, value }: CurlOption, hostname: string): ConnectToEntry | null {
  const entry = givenEntry(name, value, hostname);
  if (entry === null) return null;
  const [place, destinations] = entry;
  const parsed = [parsePlace(place), ...destinations.map(parseDestination)];
  return parsed.some((one) => typeof one === "string") ? null : entry;
}

function givenEntry(name: string, value: string, hostname: string): ConnectToEntry | null {
  if (name === "unix-socket") return [hostname, [`unix:${value}`]];
  if (name === "resolve") {
    const [, from = "", port = "", addresses = ""] = resolve.exec(value) ?? [];
    return [`${from === "*" ? "" : from}${port}`, addresses.split(",")];
  }
  const given = name === "connect-to" ? curlConnectTo(value) : null;
  return given === null ? null : [given[0], [given[1]]];
}
