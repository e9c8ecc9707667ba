import { type Destination, parseDestination, parsePlace } from "../../../scenario/connections/connect-to.ts";
import type { ConnectionOptions, ConnectTo } from "../../../scenario/connections/connection.ts";
import { secretBytes } from "../../../scenario/connections/secret-files.ts";
import { Names } from "./names.ts";
import { type ReadSecret, TlsSettings } from "./tls-settings.ts";

/** The host and port of a URL. */
interface UrlPlace {
  readonly host: string;
  readonly port: number;
}

/** One entry of `connectTo`. Connections use its destinations in turn. */
interface Redirection {
  readonly host: string | null;
  readonly port: number | null;
  readonly destinations: readonly Destination[];
  turn: number;
}

/** How the connections of a class are opened: where they go, how names are resolved, and TLS. */
export class Network {
  /** For a test that sets nothing about connections. */
  static readonly usual = new Network(TlsSettings.usual, Names.usual);
  readonly tls: TlsSettings;
  readonly names: Names;
  readonly #redirections: readonly Redirection[];

  constructor(tls: TlsSettings, names: Names, redirections: readonly Redirection[] = []) {
    this.tls = tls;
    this.names = names;
    this.#redirections = redirections;
  }

  /**
   * Returns the network with the settings of a class, or of a test, in place of those it has. Entries of `connectTo` come
   * before those it has. The options are valid.
   */
  with({ tls, connectTo, resolve }: ConnectionOptions, read: ReadSecret = secretBytes): Network {
    if (tls === undefined && connectTo === undefined && resolve === undefined) return this;
    return new Network(
      tls === undefined ? this.tls : this.tls.with(tls, read),
      resolve === undefined ? this.names : new Names(resolve),
      connectTo === undefined ? this.#redirections : [...redirectionsOf(connectTo), ...this.#redirections],
    );
  }

  withTls(tls: TlsSettings): Network {
    return new Network(tls, this.names, this.#redirections);
  }

  /**
   * Loads the certificates for requests to `origin`, which takes 16 ms of CPU the first time. Otherwise, the first connection
   * would do it, and its request would seem slow.
   */
  prepareFor(origin: string): void {
    if (origin.startsWith("https:")) void this.tls.context;
  }

  /** Whether `connectTo` names this host and port. */
  redirects(place: UrlPlace): boolean {
    return this.#redirections.length > 0 && this.#redirectionOf(place) !== undefined;
  }

  /** Where the next connection for a URL with this host and port goes; null for there. */
  destinationOf(place: UrlPlace): Destination | null {
    if (this.#redirections.length === 0) return null;
    const found = this.#redirectionOf(place);
    if (found === undefined) return null;
    return found.destinations[found.turn++ % found.destinations.length] ?? null;
  }

  /** The first entry that matches. */
  #redirectionOf({ host, port }: UrlPlace): Redirection | undefined {
    return this.#redirections.find(
      (one) => (one.host === null || one.host === host) && (one.port === null || one.port === port),
    );
  }
}

function redirectionsOf(connectTo: ConnectTo): Redirection[] {
  return Object.entries(connectTo).flatMap(([key, value]) => {
    const place = parsePlace(key);
    const destinations = [value].flat().map(parseDestination);
    const valid = destinations.filter((one) => typeof one !== "string");
    return typeof place === "string"
      ? []
      : [{ ...place, destinations: valid, turn: Math.floor(Math.random() * valid.length) }];
  });
}
