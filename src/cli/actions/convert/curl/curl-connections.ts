import { parseDestination, parsePlace } from "../../../../scenario/connections/connect-to.ts";
import { enclosed, keyCode } from "../code/literals.ts";
import type { CurlOption } from "./curl-options.ts";

const host = String.raw`(\[[^\]]*\]|[^:]*)`;
/** `--connect-to HOST:PORT:HOST:PORT`, in which each part may be empty. */
const connectTo = new RegExp(`^${host}(:\\d*):${host}(:\\d*)$`);
/** `--resolve HOST:PORT:ADDRESS,ADDRESS`; a "+" in front lets the entry time out. */
const resolve = new RegExp(`^\\+?${host}(:\\d+):(.+)$`);

/** An entry of the option `connectTo` of a test. */
export type ConnectToEntry = readonly [place: string, destinations: readonly string[]];

/** How the requests of a command connect. */
export interface CurlConnections {
  readonly isInsecure: boolean;
  readonly connectTo: readonly ConnectToEntry[];
}

/** The options of a test that connect as its commands do, as they are written in the test. */
export function connectionCode(commands: readonly CurlConnections[]): string[] {
  const entries = new Map(commands.flatMap((command) => command.connectTo));
  const fields = [...entries].map(([place, destinations]) => {
    const texts = destinations.map((one) => JSON.stringify(one));
    return `${keyCode(place)}: ${texts.length > 1 ? enclosed(texts, "[]", "    ") : texts.join("")}`;
  });
  return [
    ...(commands.some(({ isInsecure }) => isInsecure) ? ["tls: { insecure: true }"] : []),
    ...(fields.length === 0 ? [] : [`connectTo: ${enclosed(fields, "{}", "  ")}`]),
  ];
}

/** The entry that does what an option does; null if there is none. @param hostname the host of the URL */
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
  if (name !== "connect-to") return null;
  const [, from = "", fromPort = "", to = "", toPort = ""] = connectTo.exec(value) ?? [];
  const place = from + (fromPort === ":" ? "" : fromPort);
  return [place || "*", [to + (toPort === ":" ? "" : toPort)]];
}
